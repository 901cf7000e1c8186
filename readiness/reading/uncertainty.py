"""[uncertainty] of a recipe file -> Variation: the kinds of its values, and the line of each finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from readiness.choices import Choice
from readiness.errors import Violation
from readiness.reading.chosen import choice_of, shape_faults
from readiness.reading.toml import Document, Key, is_number
from readiness.registry import STEPS
from readiness.variation import NOISES, Variation, WeightNoise

TABLE = "uncertainty"
CONTENT = {
    "leave_out": Key("text"),
    "refit": Key("flag"),
    "revisions": Key("flag"),
    "weights": Key("table"),
    "weights_at": Key("table"),
    "figures": Key("table"),
    "choices": Key("table"),
    "shares": Key("table"),
}
NOISE = {"method": Key("text", required=True), "spread": Key("number"), "concentration": Key("number")}
FIGURES = {"flags": Key("table"), "common": Key("table")}


def uncertainty_faults(document: Document) -> list[Violation]:
    """List unknown keys and values of the wrong kind in [uncertainty], each with its line."""
    if TABLE not in document.content:
        return []
    content = document.content[TABLE]
    if not isinstance(content, Mapping):
        return [document.fault("E503", TABLE, found=str(content), expected="a table")]
    figures = {"figures": Key("flag" if isinstance(content.get("figures"), bool) else "table")}
    found = document.check({**CONTENT, **figures}, TABLE)
    for place, noise in _noises(content).items():
        found += _noise_faults(document, place, noise)
    if isinstance(content.get("figures"), Mapping):
        found += document.check(FIGURES, f"{TABLE}.figures")
        for name in FIGURES:
            found += _number_faults(document, f"{TABLE}.figures.{name}", content["figures"].get(name))
    for place, given in _flat(_table(content, "choices")):
        for each in _listed(given):
            table = {"method": each} if isinstance(each, str) else each
            found += shape_faults(document, f"{TABLE}.choices.{place}", table)
    for place, given in _flat(_table(content, "shares")):
        if not isinstance(given, list) or not all(map(is_number, given)):
            words = {"found": str(given), "expected": "a list of numbers"}
            found.append(document.fault("E503", place, f"{TABLE}.shares", **words))
    return [replace(each, row=line_of(document, each.column)) for each in found]


def variation_of(content: Mapping[str, Any], own: Callable[[str], Choice | None]) -> Variation:
    """Return what varies; a name alone that is the recipe's own method there means the recipe's own choice."""
    figures = content.get("figures", False)
    errors = figures if isinstance(figures, Mapping) else {}
    return Variation(
        weights=_noise(content.get("weights", {})),
        weights_at={place: _noise(noise) for place, noise in content.get("weights_at", {}).items()},
        leave_out=content.get("leave_out", ""),
        figures=figures is not False,
        flags={letter: float(factor) for letter, factor in errors.get("flags", {}).items()},
        common={name: float(share) for name, share in errors.get("common", {}).items()},
        revisions=content.get("revisions", False),
        refit=content.get("refit", True),
        choices={
            place: tuple(alternative(each, own(place)) for each in _listed(given))
            for place, given in _flat(content.get("choices", {}))
        },
        shares={place: tuple(map(float, given)) for place, given in _flat(content.get("shares", {}))},
    )


def alternative(given: str | Mapping[str, Any], own: Choice | None) -> Choice:
    """Return an alternative from its name or its table."""
    if isinstance(given, str):
        return own if own is not None and own.method == given else Choice(given)
    return choice_of(given)


def line_of(document: Document, column: str) -> int | None:
    """Return the line of the longest part of a column that stands in the file, whatever tables its keys are in."""
    parts = column.split(".")
    for end in range(len(parts), 0, -1):
        for split in range(end - 1, -1, -1):
            key, table = ".".join(parts[split:end]), ".".join(parts[:split])
            row = document.line(key, table)
            if row is not None and row != document.line("", table):
                return row
    return None


def _noises(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tables of noise by their places."""
    own = {f"{TABLE}.weights": content["weights"]} if isinstance(content.get("weights"), Mapping) else {}
    return own | {f"{TABLE}.weights_at.{place}": noise for place, noise in _table(content, "weights_at").items()}


def _noise_faults(document: Document, place: str, noise: Any) -> list[Violation]:
    found = document.check(NOISE, place)
    method = noise.get("method") if isinstance(noise, Mapping) else None
    if found or method not in NOISES:
        return found
    return [
        document.fault("E515", key, place, found=key, expected=NOISES[method] or f"no number; {method} takes none")
        for key in noise
        if key not in ("method", NOISES[method])
    ]


def _number_faults(document: Document, table: str, values: Any) -> list[Violation]:
    return [
        document.fault("E503", key, table, found=str(value), expected="a number")
        for key, value in (values.items() if isinstance(values, Mapping) else ())
        if not is_number(value)
    ]


def _noise(table: Mapping[str, Any]) -> WeightNoise:
    numbers = {key: float(value) for key, value in table.items() if key != "method"}
    return WeightNoise(table.get("method", "none"), **numbers)


def _table(content: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    given = content.get(key, {})
    return given if isinstance(given, Mapping) else {}


def _flat(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Go through a table of places: "aggregate.index" = ..., or aggregate.index = ..., which TOML nests."""
    for key, value in table.items():
        if key in STEPS and isinstance(value, Mapping) and not isinstance(value.get("method"), str):
            yield from ((f"{key}.{node}", own) for node, own in value.items())
        else:
            yield key, value


def _listed(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]
