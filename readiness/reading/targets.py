"""targets.toml of an index folder -> Targets: what the index measures its countries against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from readiness.errors import ReadinessError, Violation, nearest
from readiness.reading.toml import Document, Key, as_fraction, read_toml
from readiness.target import COMBINE, EQUAL, Target

TARGETS = "targets.toml"
TARGET = {
    "name": Key("text", required=True),
    "demand": Key("text"),
    "origin": Key("text", required=True),
    "series": Key("text", required=True),
    "times": Key("text"),
    "per": Key("positive"),
    "unit": Key("text", required=True),
    "combine": Key("text", choices=COMBINE),
    "goal": Key("number"),
    "multiple": Key("flag"),
    "start": Key("number"),
    "baseline": Key("whole"),
    "split": Key("text"),
    "by": Key("whole", required=True),
    "higher_is_better": Key("flag"),
    "national": Key("flag"),
    "growth": Key("flag"),
    "since": Key("whole"),
    "overstated": Key("share"),
    "proxy": Key("text"),
    "context": Key("flag"),
}
NUMBERS = ("per", "goal", "start")
TEXTS = ("name", "demand", "origin", "proxy")


def read_targets(
    folder: Path, content: Mapping[str, Any], indicators: Mapping[str, Document]
) -> tuple[dict[str, Target], list[Violation]]:
    """Return the targets of an index by code, and all findings; none where there is no file.

    `content` is that of framework.toml, `indicators` are the files of its series by code.
    """
    if not (folder / TARGETS).is_file():
        return {}, []
    try:
        document = read_toml(folder / TARGETS)
    except ReadinessError as error:
        return {}, error.violations
    found = [fault for code in document.content for fault in document.check(TARGET, code)]
    found = found or [fault for code in document.content for fault in _faults(document, code, content, indicators)]
    return ({} if found else {code: _target(code, each) for code, each in document.content.items()}), found


def _faults(
    document: Document, code: str, content: Mapping[str, Any], indicators: Mapping[str, Document]
) -> Iterator[Violation]:
    """Yield series that do not exist, and goals that cannot be computed."""
    each, denominators = document.content[code], content.get("denominators", [])
    if each["series"] not in indicators:
        expected, hint = "a series with a file in the index folder", nearest(each["series"], indicators)
        yield document.fault("E513", "series", code, found=each["series"], expected=expected, hint=hint)
    for key, words in (("times", ()), ("split", (EQUAL,))):
        if key in each and each[key] not in (*words, *denominators):
            expected = "one of " + ", ".join((*words, *denominators))
            yield document.fault("E513", key, code, found=each[key], expected=expected)
    if each.get("multiple") and ("goal" not in each or "baseline" not in each):
        yield document.fault("E501", "multiple", code, expected="goal and baseline, of which it is a multiple")
    if each.get("split") and each.get("multiple"):
        yield document.fault("E503", "split", code, found="split", expected="no split: each country multiplies its own")
    if "start" in each and "baseline" not in each:
        yield document.fault("E501", "start", code, expected="baseline, the year of the start")


def _target(code: str, each: Mapping[str, Any]) -> Target:
    texts = {key: " ".join(each[key].split()) for key in TEXTS if key in each}
    numbers = {key: float(each[key]) for key in NUMBERS if key in each}
    share = {"overstated": float(as_fraction(each["overstated"]) or 0)} if "overstated" in each else {}
    return Target(code, **{**each, **texts, **numbers, **share})
