"""A folder of TOML files -> Framework."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from readiness.errors import ReadinessError, Violation, errors_in, nearest, raise_errors
from readiness.framework import Framework
from readiness.reading.building import build
from readiness.reading.opinions import opinion_files, read_opinions
from readiness.reading.places import label
from readiness.reading.targets import TARGETS, read_targets
from readiness.reading.toml import Document, Key, read_toml
from readiness.reading.translations import read_translations, translation_files
from readiness.reading.trees import tree_faults
from readiness.reading.units import unit_faults
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
    "reported": Key("texts"),
    "peers": TABLE,
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
PEERS = {"output": NEEDED, "people": NEEDED}  # series that say how rich and how large a country is
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
NOT_INDICATORS = ("framework", "recipe", "replicate", "targets")  # other files beside framework.toml, and itself
BESIDE = ("figures", "weights", "opinions", "texts")  # folders of an index that hold no indicators
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
    beside = [*opinion_files(folder), *([folder / TARGETS] if (folder / TARGETS).is_file() else [])]
    return [folder / "framework.toml", *_indicator_files(folder, content), *beside, *translation_files(folder)]


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
    opinions, targets, texts = {}, {}, {}
    if not shape:
        places = {path.stem: path.parent.relative_to(folder).parts for path in files}
        found += tree_faults(document, indicators, places)
        children = {group: tuple(weights) for group, weights in document.content["weights"].items()}
        opinions, faults = read_opinions(folder, children)
        targets, wrong = read_targets(folder, document.content, indicators)
        texts, amiss = read_translations(folder)
        found += [*_peer_faults(document), *faults, *wrong, *amiss]
    return (None if errors_in(found) else build(document, indicators, opinions, targets, texts)), found


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
    if "peers" in content:
        found += document.check(PEERS, "peers")
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


def _peer_faults(document: Document) -> list[Violation]:
    known = [*document.content.get("context", []), *document.content.get("denominators", [])]
    return [
        document.fault("E513", key, "peers", found=code, expected="a series of context or denominators")
        for key, code in document.content.get("peers", {}).items()
        if code not in known
    ]


def _denominator_faults(each: Document, denominators: Iterable[str]) -> list[Violation]:
    named = [("series", "denominator"), ("from", "rebase"), ("to", "rebase")]
    series = [(key, table, each.content[table][key]) for key, table in named if table in each.content]
    expected = "one of the framework's denominators: " + ", ".join(denominators)
    return [
        each.fault("E513", key, table, found=code, expected=expected)
        for key, table, code in series
        if code not in denominators
    ]
