"""Checked TOML documents of an index folder -> Framework."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from readiness.framework import Framework, Group, Indicator, Reference, Rules
from readiness.reading.opinions import Opinions
from readiness.reading.toml import Document, as_fraction
from readiness.reading.translations import Messages
from readiness.reading.units import clusters_of, units_of
from readiness.target import Target


def build(
    document: Document,
    files: Mapping[str, Document],
    opinions: Opinions,
    targets: Mapping[str, Target],
    texts: Mapping[str, Messages],
) -> Framework:
    """Return the framework that framework.toml and the files of the indicators declare, all of them sound."""
    content = document.content
    beside = {kind: content.get(kind, []) for kind in ("context", "denominators", "reported")}
    described = {code for codes in beside.values() for code in codes}
    reference = content.get("reference")
    return Framework(
        code=content["code"],
        name=content["name"],
        root=content["root"],
        levels=tuple(content["levels"]),
        units=units_of(content),
        editions=tuple(sorted(content["editions"])),
        rules=_rules(content.get("rules", {})),
        groups={
            code: Group(
                code, children={child: float(weight) for child, weight in weights.items()}, **_words(content, code)
            )
            for code, weights in content["weights"].items()
        },
        indicators={code: _indicator(code, each) for code, each in files.items() if code not in described},
        **{kind: {code: _indicator(code, files[code]) for code in codes} for kind, codes in beside.items()},
        reference=Reference(**reference) if reference else None,
        unit_names=dict(content.get("unit_names", {})),
        clusters=clusters_of(content),
        opinions=opinions,
        targets=targets,
        peers=dict(content.get("peers", {})),
        texts=texts,
    )


def _words(content: Any, code: str) -> dict[str, str]:
    return dict(content["groups"][code])


def _pair(value: Any) -> tuple[float, float]:
    low, high = value if isinstance(value, list) else (value, value)
    return float(low), float(high)


def _rules(content: dict[str, Any]) -> Rules:
    shares = {key: as_fraction(value) for key, value in content.items() if key.endswith("coverage")}
    return Rules(**{**content, **shares})


def _indicator(code: str, document: Document) -> Indicator:
    content = dict(document.content)
    denominator, rebase = content.pop("denominator", {}), content.pop("rebase", None)
    pairs = {key: _pair(content.pop(key)) for key in ("range", "goalposts", "target") if key in content}
    texts = {key: " ".join(content.pop(key).split()) for key in ("definition", "why", "note") if key in content}
    return Indicator(
        code=code,
        file=document.file,
        denominator=denominator.get("series", ""),
        per=float(denominator.get("per", 1)),
        denominated_unit=denominator.get("unit", ""),
        rebase=(rebase["from"], rebase["to"]) if rebase else None,
        **{"why": "", **texts, **pairs, **content},
    )
