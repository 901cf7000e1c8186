"""What is wrong with the choices of a recipe: unknown names, numbers out of bounds, methods that do not go together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from readiness.errors import ReadinessError, Violation, nearest
from readiness.registry import COMMON, Method, Parameter, lookup

if TYPE_CHECKING:
    from readiness.recipe import Choice

Resolved = Iterable[tuple[str, Method, Mapping[str, Any]]]


def choice_faults(table: str, step: str, choice: Choice, fits: tuple[str, ...], file: str) -> list[Violation]:
    """List the faults of one choice; `table` is where it stands in a recipe file."""
    if choice.function is not None or (step, choice.method) == ("transform", "declared"):
        return []
    try:
        method = lookup(step, choice.method, file)
    except ReadinessError as error:
        return [replace(each, column=f"{table}.method") for each in error.violations]
    known = {**method.parameters, **COMMON.get(step, {})}
    found = [
        Violation("E515", file, name, ", ".join(known) or "none", column=f"{table}.{name}", hint=nearest(name, known))
        for name in choice.parameters
        if name not in known
    ]
    if choice.fit and choice.fit not in fits:
        found.append(Violation("E515", file, choice.fit, " or ".join(fits) or "no fit", column=f"{table}.fit"))
    for name, value in choice.parameters.items():
        expected = _unfit(known[name], value) if name in known else ""
        if expected:
            found.append(Violation("E515", file, _text(value), expected, column=f"{table}.{name}"))
    return found or list(_upside_down(table, choice, known, file))


def conflicts(resolved: Resolved, file: str) -> list[Violation]:
    """List methods that take no values below zero behind a scale that gives some, with two ways out."""
    chosen = list(resolved)
    below = [(table, method) for table, method, given in chosen if _goes_below_zero(method, given)]
    return [
        Violation(
            "E516",
            file,
            f"{method.name} of {scale.name}",
            "scores of zero or more",
            column=table,
            hint=f"{method.name} has no meaning below zero, where {scale.name} scores can lie ({place}). "
            f"Two ways out: normalise = min_max, or {table} = {WITHOUT[method.step]}",
        )
        for table, method, _ in chosen
        if method.non_negative
        for place, scale in below[:1]
    ]


WITHOUT = {"aggregate": "arithmetic", "weight": "equal"}  # what takes values of any sign


def _goes_below_zero(method: Method, given: Mapping[str, Any]) -> bool:
    if method.step != "normalise":
        return False
    ends = [given[end] for end in ("low", "high") if end in given]
    return method.any_sign or min(ends, default=0.0) < 0


def _unfit(parameter: Parameter, value: Any) -> str:
    """Return what was expected of a parameter's value, nothing where it fits."""
    if parameter.kind != "number":
        return "" if isinstance(value, str) else f"a text: the code or name of a {parameter.kind}"
    if isinstance(value, str):
        return "a number"
    fits = parameter.low <= value <= parameter.high and (not parameter.whole or value == int(value))
    kind = "a whole number" if parameter.whole else "a number"
    return "" if fits else f"{kind} from {parameter.low:g} to {parameter.high:g}"


def _upside_down(table: str, choice: Choice, known: Mapping[str, Parameter], file: str) -> Iterator[Violation]:
    """Yield a finding where the lower end of a pair of parameters is not below the upper."""
    for lower, upper in PAIRS:
        if lower in known and upper in known:
            low, high = (choice.parameters.get(name, known[name].default) for name in (lower, upper))
            if low >= high:
                found, expected = f"{low:g} to {high:g}", f"{lower} below {upper}"
                yield Violation("E515", file, found, expected, column=f"{table}.{lower}")


PAIRS = (("low", "high"), ("bottom", "top"), ("share_low", "share_high"), ("pie_low", "pie_high"))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:g}"
