"""A folder of TOML files -> Framework."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from readiness.errors import ReadinessError, Violation, errors_in, nearest, raise_errors
from readiness.framework import Framework, Group, Indicator, Reference, Rules
from readiness.reading.opinions import Opinions, opinion_files, read_opinions
from readiness.reading.places import label
from readiness.reading.toml import Document, Key, as_fraction, read_toml
from readiness.reading.trees import tree_faults
from readiness.reading.units import clusters_of, unit_faults, units_of
from readiness.registry import methods

TEXT, TABLE = Key("text"), Key("table")
NEEDED, NEEDED_TABLE = Key("text", required=True), Key("table", required=True)

FRAMEWORK = {
    "code": NEEDED,
    "name": NEEDED,
    "root": NEEDED,
    "levels": Key("texts", required=True),
    "units": Key("text or texts", required=True),
    "editions": Key("years", required=True),
    "context": Key("texts"),
    "denominators": Key("texts"),
    "rules": TABLE,
    "reference": TABLE,
    "unit_names": Key("names"),
    "clusters": TABLE,
    "weights": NEEDED_TABLE,
    "groups": NEEDED_TABLE,
}
RULES = {
    "lag": Key("whole"),
    "max_age": Key("whole"),
    "indicator_coverage": Key("share"),
    "node_coverage": Key("share"),
    "unit_coverage": Key("share"),
}
REFERENCE = {
    "code": NEEDED,
    "name": NEEDED,
    "rule": Key("text", required=True, choices=("weighted_mean", "own_figures")),
    "weight": TEXT,
}
GROUP = {"name": NEEDED, "demand": TEXT}
INDICATOR = {
    "name": NEEDED,
    "unit": NEEDED,
    "higher_is_better": Key("flag", required=True),
    "definition": NEEDED,
    "why": TEXT,
    "note": TEXT,
    "range": Key("pair"),
    "goalposts": Key("pair"),
    "target": Key("number or pair"),
    "transform": TEXT,
    "max_age": Key("whole"),
    "denominator": TABLE,
    "rebase": TABLE,
    "error": TABLE,
    "source": NEEDED_TABLE,
}
NOT_INDICATORS = ("framework", "recipe", "replicate")  # other files beside framework.toml, and itself
BESIDE = ("figures", "weights", "opinions")  # folders of an index that hold no indicators
PARTS = {
    "denominator": {"series": NEEDED, "per": Key("positive", required=True), "unit": NEEDED},
    "rebase": {"from": NEEDED, "to": NEEDED},
    "error": {
        "model": Key("text", required=True, choices=("published", "absolute", "relative", "none")),
        "size": Key("positive"),
        "reason": NEEDED,
    },
    "source": {"organisation": NEEDED, "dataset": TEXT, "filter": TEXT, "licence": TEXT},
}


def framework_files(folder: Path) -> list[Path]:
    """List the files that declare an index: framework.toml first, then the indicators by path."""
    content = read_toml(folder / "framework.toml").content
    return [folder / "framework.toml", *_indicator_files(folder, content), *opinion_files(folder)]


def read_framework(folder: str | Path) -> Framework:
    """Read and check an index folder; every fault in all its files is raised at once."""
    framework, found = examine_framework(Path(folder))
    raise_errors(found)
    if framework is None:
        raise AssertionError("a folder without errors gives a framework")
    return framework


def examine_framework(folder: Path) -> tuple[Framework | None, list[Violation]]:
    """Return the framework, or nothing where it has errors, and all findings."""
    document, found = None, []
    try:
        document = read_toml(folder / "framework.toml")
    except ReadinessError as error:
        found += error.violations
    shape = _framework_faults(document) if document is not None else []
    indicators: dict[str, Document] = {}
    files = _indicator_files(folder, document.content if document is not None else {})
    for path in files:
        try:
            each = read_toml(path)
        except ReadinessError as error:
            found += error.violations
            indicators.setdefault(path.stem, Document(label(path), {}, ""))
            continue
        if path.stem in indicators:
            found.append(
                Violation("E512", each.file, path.stem, f"one file; the other is {indicators[path.stem].file}")
            )
        indicators[path.stem] = each
        found += _indicator_faults(each, document if document is not None and not shape else None)
    if document is None:
        return None, found
    found += shape
    opinions: Opinions = {}
    if not shape:
        places = {path.stem: path.parent.relative_to(folder).parts for path in files}
        found += tree_faults(document, indicators, places)
        children = {group: tuple(weights) for group, weights in document.content["weights"].items()}
        opinions, faults = read_opinions(folder, children)
        found += faults
    return (None if errors_in(found) else _build(document, indicators, opinions)), found


def _indicator_files(folder: Path, content: Mapping[str, Any]) -> list[Path]:
    """List the files of indicators.

    Hidden folders, figures, weights and opinions hold none; beside framework.toml stand those that its root names.
    """
    here = [path.relative_to(folder).parts for path in folder.rglob("*.toml") if path.parent != folder]
    kept = [parts for parts in here if parts[0] not in BESIDE and not any(part.startswith(".") for part in parts)]
    beside = [folder / f"{code}.toml" for code in _below_the_root(content)]
    return sorted([path for path in beside if path.is_file()] + [folder.joinpath(*parts) for parts in kept])


def _below_the_root(content: Mapping[str, Any]) -> list[str]:
    """Return the children of the root, as far as they can be names of files beside framework.toml."""
    root, weights = content.get("root"), content.get("weights")
    own = weights.get(root) if isinstance(weights, Mapping) and isinstance(root, str) else None
    names = list(own) if isinstance(own, Mapping) else []
    return [name for name in names if re.fullmatch(r"[A-Za-z0-9_.-]+", name) and name not in NOT_INDICATORS]


def _framework_faults(document: Document) -> list[Violation]:
    found = document.check(FRAMEWORK)
    content = document.content
    if "rules" in content:
        found += document.check(RULES, "rules")
    if "reference" in content:
        found += document.check(REFERENCE, "reference")
    for code in content["groups"] if isinstance(content.get("groups"), Mapping) else ():
        found += document.check(GROUP, f"groups.{code}")
    return found or unit_faults(document)


def _indicator_faults(each: Document, framework: Document | None) -> list[Violation]:
    found = each.check(INDICATOR)
    for table, specification in PARTS.items():
        if table in each.content:
            found += each.check(specification, table)
    transform = each.content.get("transform", "none")
    known = [method.name for method in methods("transform")]
    if transform not in known:
        words = {"expected": "one of " + ", ".join(known), "hint": nearest(str(transform), known)}
        found.append(each.fault("E514", "transform", found=str(transform), **words))
    if framework is not None and not found:
        found += _denominator_faults(each, framework.content.get("denominators", []))
    return found


def _denominator_faults(each: Document, denominators: Iterable[str]) -> list[Violation]:
    named = [("series", "denominator"), ("from", "rebase"), ("to", "rebase")]
    series = [(key, table, each.content[table][key]) for key, table in named if table in each.content]
    expected = "one of the framework's denominators: " + ", ".join(denominators)
    return [
        each.fault("E513", key, table, found=code, expected=expected)
        for key, table, code in series
        if code not in denominators
    ]


def _build(document: Document, files: dict[str, Document], opinions: Opinions) -> Framework:
    content = document.content
    context, denominators = content.get("context", []), content.get("denominators", [])
    described = {*context, *denominators}
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
        context={code: _indicator(code, files[code]) for code in context},
        denominators={code: _indicator(code, files[code]) for code in denominators},
        reference=Reference(**reference) if reference else None,
        unit_names=dict(content.get("unit_names", {})),
        clusters=clusters_of(content),
        opinions=opinions,
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
