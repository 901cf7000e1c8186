"""Overrides of a recipe: STEP=METHOD, STEP.PARAMETER=VALUE, STEP.NODE=METHOD, STEP.NODE.PARAMETER=VALUE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from readiness.errors import USAGE, ReadinessError, Violation, nearest
from readiness.framework import Framework
from readiness.recipe import AT, FITS, Choice, Recipe
from readiness.registry import COMMON, STEPS, methods

PLACE = "--set"


def override(recipe: Recipe, framework: Framework, settings: Sequence[str]) -> Recipe:
    """Return a recipe with settings such as "aggregate.index=geometric" applied in order; its name says them.

    A new method starts from its defaults. Errors: ReadinessError with every fault of all settings at once.
    """
    found: list[Violation] = []
    changed = recipe
    for setting in settings:
        try:
            changed = _apply(changed, framework, setting)
        except ReadinessError as error:
            found += error.violations
    changed = changed.varying_as(recipe)
    found = found or changed.faults(PLACE)
    if found:
        raise ReadinessError(found, USAGE)
    return replace(changed, name="+".join([recipe.name, *settings])) if settings else recipe


def _apply(recipe: Recipe, framework: Framework, setting: str) -> Recipe:
    left, mark, value = (part.strip() for part in setting.partition("="))
    step, *path = left.split(".")
    if not mark or not value or len(path) > 2:
        raise _fault("E541", setting, "STEP=METHOD, STEP.PARAMETER=VALUE or STEP.NODE=METHOD")
    if step not in STEPS:
        raise _fault("E502", step, "a step: " + ", ".join(STEPS), nearest(step, STEPS))
    if path and not _is_parameter(step, path[0]):
        return _apply_at(recipe, framework, step, path[0], path[1] if len(path) == 2 else "method", value)
    if len(path) == 2:
        raise _fault("E541", setting, "STEP.NODE.PARAMETER=VALUE; " + path[0] + " is a parameter")
    changed = _changed(recipe.steps[step], path[0] if path else "method", value)
    at = recipe.at if path and path[0] != "method" else {each: own for each, own in recipe.at.items() if each != step}
    return replace(recipe, steps={**recipe.steps, step: changed}, at=at)


def _apply_at(recipe: Recipe, framework: Framework, step: str, node: str, key: str, value: str) -> Recipe:
    known = nodes_for(step, framework)
    if node not in known:
        parameters = sorted(
            {name for method in methods(step) for name in method.parameters} | set(COMMON.get(step, {}))
        )
        expected = "a parameter" + (f", or {KINDS[step]} of the index" if step in AT else "")
        raise _fault("E518", f"{step}.{node}", expected, nearest(node, [*known, *parameters]))
    own = recipe.at.get(step, {})
    base = own.get(
        node, recipe.choice(step, *framework.places(node)) if node in framework.parents else recipe.steps[step]
    )
    return replace(recipe, at={**recipe.at, step: {**own, node: _changed(base, key, value)}})


KINDS = {
    **dict.fromkeys(("transform", "treat", "normalise"), "an indicator, a group, or the level of the indicators,"),
    **dict.fromkeys(("weight", "aggregate"), "a group or a level"),
}


def nodes_for(step: str, framework: Framework) -> tuple[str, ...]:
    """Return the nodes and levels that may do a step by a method of their own."""
    groups = (*framework.groups, *framework.levels[:-1])
    if step in ("weight", "aggregate"):
        return tuple(dict.fromkeys(groups))
    return tuple(dict.fromkeys((*framework.nodes, framework.levels[-1]))) if step in AT else ()


def _changed(choice: Choice, key: str, value: str) -> Choice:
    if key == "method":
        return Choice(value)
    if key == "fit":
        return replace(choice, fit=value)
    return replace(choice, parameters={**choice.parameters, key: _number(value)})


def _is_parameter(step: str, word: str) -> bool:
    known = {name for method in methods(step) for name in method.parameters}
    return word in known or word in COMMON.get(step, {}) or word == "method" or (word == "fit" and step in FITS)


def _number(value: str) -> float | str:
    try:
        return float(value)
    except ValueError:
        return value


def _fault(code: str, found: str, expected: str, hint: str = "") -> ReadinessError:
    return ReadinessError(Violation(code, PLACE, found, expected, hint=hint), USAGE)
