"""A choice of a recipe, and what can be wrong with it: unknown names, wrong numbers, methods that do not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from readiness.errors import ReadinessError, Violation, nearest
from readiness.registry import COMMON, Method, Parameter, lookup

Resolved = Iterable[tuple[str, Method, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Choice:
    """A method's name and the parameters that are set; the others have their defaults.

    `function` is a plain function that takes the place of a registered method (see own_methods).
    """

    method: str
    parameters: Mapping[str, float | str] = field(default_factory=dict)
    fit: str = ""
    function: Callable[..., Any] | None = None


def choice_faults(table: str, step: str, choice: Choice, fits: tuple[str, ...], file: str) -> list[Violation]:
    """List the faults of one choice; `table` is where it stands in a recipe file."""
    try:
        known = {**_parameters(step, choice, file), **COMMON.get(step, {})}
    except ReadinessError as error:
        return [replace(each, column=f"{table}.method") for each in error.violations]
    if step == "weight" and choice.function is None and not lookup(step, choice.method).learns:
        fits = ()
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


def _parameters(step: str, choice: Choice, file: str) -> Mapping[str, Parameter]:
    """Return what the chosen method takes; a plain function and the declared transforms take nothing."""
    free = choice.function is not None or (step, choice.method) == ("transform", "declared")
    return {} if free else lookup(step, choice.method, file).parameters


def conflicts(resolved: Resolved, file: str) -> list[Violation]:
    """List methods that cannot work behind the chosen scales, each with two ways out."""
    chosen = list(resolved)
    return [*_below_zero(chosen, file), *_below_the_floor(chosen, file)]


def _below_zero(chosen: list[tuple[str, Method, Mapping[str, Any]]], file: str) -> list[Violation]:
    """List methods that take no values below zero behind a scale that gives some."""
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


def _below_the_floor(chosen: list[tuple[str, Method, Mapping[str, Any]]], file: str) -> list[Violation]:
    """List means whose floor no score of the scale exceeds: all would be equal."""
    scales = [(scale, given) for _, scale, given in chosen if scale.step == "normalise" and not scale.any_sign]
    tops = [(given["high"], scale.name) for scale, given in scales if "high" in given]
    top, name = max(tops, default=(float("inf"), ""))
    return [
        Violation(
            "E516",
            file,
            f"floor {given['floor']:g} of {method.name}, {name} up to {top:g}",
            "a floor below the scale's upper end",
            column=table,
            hint=f"Scores below the floor count as it, so all would be equal. Two ways out: normalise.high = 100, or "
            f"{table}.floor = {top / 100:g}",
        )
        for table, method, given in chosen
        if method.step == "aggregate" and given.get("floor", -1.0) >= top
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
