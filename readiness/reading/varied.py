"""What a variation asks of a framework: levels, nodes and sources that exist, errors that are declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from readiness.errors import Violation, nearest
from readiness.framework import Framework
from readiness.reading.overrides import KINDS, nodes_for
from readiness.recipe import AT, Recipe
from readiness.registry import STEPS
from readiness.resolved import alike
from readiness.variation_faults import TABLE


def place_faults(recipe: Recipe, framework: Framework, file: str) -> Iterator[Violation]:
    """Find levels, groups, nodes, indicators and organisations that the framework has not, and what varies nothing."""
    variation = recipe.variation
    yield from _left_out(variation.leave_out, framework, file)
    places = [*framework.groups, *framework.levels[1:]]
    for place in variation.weights_at:
        if place not in places:
            yield _unknown(place, places, "a group, or a level below the index", f"weights_at.{place}", file)
    if variation.figures:
        yield from _errors(recipe, framework, file)
    for place, given in variation.choices.items():
        step, _, node = place.partition(".")
        if step not in STEPS or not node:
            continue
        column, known = f"choices.{place}", nodes_for(step, framework)
        if node not in known:
            expected = f"{KINDS[step]} of the index" if step in AT else f"{step} alone: it is done for all at once"
            yield _unknown(node, known, expected, column, file)
        elif given and not alike(step, given[0], recipe.choice(step, *_places(node, framework))):
            own = recipe.choice(step, *_places(node, framework)).method
            hint = f"Write {own} in [{step}_at.{node}] too."
            found, expected = f"{given[0].method} for {node}", f"{own}, the recipe's own, as the first"
            yield Violation("E748", file, found, expected, column=f"{TABLE}.{column}", hint=hint)


def _places(node: str, framework: Framework) -> tuple[str, ...]:
    return framework.places(node) if node in framework.nodes else (node,)


def _left_out(level: str, framework: Framework, file: str) -> Iterator[Violation]:
    below = framework.levels[1:]
    if level and level not in below:
        yield _unknown(level, below, "a level below the index: " + ", ".join(below), "leave_out", file)
    elif level and sum(framework.level(code) == level for code in framework.nodes) < 2:
        expected = "a level of two nodes or more"
        yield Violation("E745", file, f"one {level}", expected, column=f"{TABLE}.leave_out")


def _errors(recipe: Recipe, framework: Framework, file: str) -> Iterator[Violation]:
    """Find errors without a size, and shares of indicators or sources that are not there."""
    indicators = [framework.indicators[code] for code in framework.leaves]
    models = [(each, each.error.get("model", "none")) for each in indicators]
    for each, model in models:
        if model in ("absolute", "relative") and "size" not in each.error:
            yield Violation("E501", each.file, expected="size, a number above zero", column="error.size")
    if not recipe.variation.revisions and all(model == "none" for _, model in models):
        expected = "a table [error] in the file of an indicator"
        yield Violation("E745", file, "no indicator with an error", expected, column=f"{TABLE}.figures")
    names = [*framework.leaves, *dict.fromkeys(each.source.get("organisation", "") for each in indicators)]
    for name in recipe.variation.common:
        if name not in names:
            yield _unknown(name, names, "an indicator, or an organisation of [source]", f"figures.common.{name}", file)


def _unknown(found: str, known: Iterable[str], expected: str, column: str, file: str) -> Violation:
    return Violation("E518", file, found, expected, column=f"{TABLE}.{column}", hint=nearest(found, known))
