"""What a recipe asks of a framework: nodes that exist, goalposts, targets, groupings of units, opinions of experts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from readiness.editions import scored_reference
from readiness.errors import Violation, nearest
from readiness.framework import Framework, Indicator
from readiness.programmes import impossible
from readiness.reading.overrides import KINDS, nodes_for
from readiness.reading.varied import place_faults
from readiness.recipe import Recipe
from readiness.registry import lookup
from readiness.variation_faults import TABLE, variation_faults


def node_faults(recipe: Recipe, framework: Framework, file: str = "recipe") -> list[Violation]:
    """List what a recipe asks of a framework that has it not."""
    return [
        *_nodes(recipe, framework, file),
        *_declared(recipe, framework),
        *_logarithms(recipe, framework),
        *_opinions(recipe, framework, file),
        *_units(recipe, framework, file),
        *_shares(recipe, framework, file),
        *variation_demands(recipe, framework, file),
    ]


def variation_demands(recipe: Recipe, framework: Framework, file: str = "recipe") -> list[Violation]:
    """List what is wrong with a recipe's variation, and what it, each alternative by itself, asks of a framework."""
    variation = recipe.variation
    found = variation_faults(variation, recipe.own, file)
    wrong = {fault.column for fault in found}
    found += place_faults(recipe, framework, file)
    lacking = _alone(recipe, framework, file) if variation.choices else []
    for place, given in variation.choices.items():
        step, _, node = place.partition(".")
        column = f"{TABLE}.choices.{place}"
        if not any(each.startswith(column) for each in wrong) and (not node or node in nodes_for(step, framework)):
            for choice in given[1:]:
                new = [each for each in _alone(recipe.picked({place: choice}), framework, file) if each not in lacking]
                found += [replace(each, column=column) if each.file == file else each for each in new]
    return list(dict.fromkeys(found))


def _alone(recipe: Recipe, framework: Framework, file: str) -> list[Violation]:
    """List what single methods lack, not what two of them make impossible."""
    demands = (_opinions, _units, _shares)
    return [*_declared(recipe, framework), *(each for find in demands for each in find(recipe, framework, file))]


def transform_of(recipe: Recipe, indicator: Indicator, framework: Framework) -> str:
    """Return the name of an indicator's transform: its own where the recipe says "declared"."""
    chosen = recipe.choice("transform", *framework.places(indicator.code)).method
    return indicator.transform if chosen == "declared" else chosen


def _nodes(recipe: Recipe, framework: Framework, file: str) -> Iterator[Violation]:
    for step, choices in recipe.at.items():
        known = nodes_for(step, framework)
        for node in choices:
            if node not in known:
                expected = f"{KINDS[step]} of the index"
                yield Violation("E518", file, node, expected, column=f"{step}_at", hint=nearest(node, known))


def _declared(recipe: Recipe, framework: Framework) -> Iterator[Violation]:
    """Find indicators without the goalposts or targets that their scale needs."""
    for each in framework.indicators.values():
        needs = recipe.method("normalise", *framework.places(each.code)).needs
        if needs == "goalposts" and each.goalposts is None:
            yield Violation("E501", each.file, expected="goalposts = [minimum, maximum]", column="goalposts")
        if needs == "target" and each.target is None:
            yield Violation("E501", each.file, expected="target = a number, or [lower, upper]", column="target")


def _logarithms(recipe: Recipe, framework: Framework) -> Iterator[Violation]:
    """Find declared bounds that have no value after the indicator's transform, which they go through."""
    for each in framework.indicators.values():
        needs = recipe.method("normalise", *framework.places(each.code)).needs
        bounds = [value for pair in each.bounds_for(needs).values() for value in pair]
        name = transform_of(recipe, each, framework)
        if not bounds or name == "none" or recipe.choice("transform", *framework.places(each.code)).function:
            continue
        x = np.array(bounds).reshape(1, -1, 1)
        bent = np.empty_like(x)
        lookup("transform", name).run(x, bent)
        if np.isnan(bent).any():
            found, expected = ", ".join(f"{value:g}" for value in bounds), f"values that {name} can take"
            yield Violation("E544", each.file, found, expected, column=needs)


def _opinions(recipe: Recipe, framework: Framework, file: str) -> Iterator[Violation]:
    for code in framework.groups:
        method = recipe.method("weight", *framework.places(code))
        lacks = method.needs == "opinions" and code not in framework.opinions.get(method.name, {})
        if lacks and len(framework.children(code)) > 1:
            expected = f"a table opinions/{method.name}/{code}.csv in the index folder"
            yield Violation("E543", file, f"{method.name} for {code}", expected, column="weight")


def _units(recipe: Recipe, framework: Framework, file: str) -> Iterator[Violation]:
    """Find reference units and groupings of units that parameters name and the framework has not."""
    shown = [*framework.units, *scored_reference(framework)]
    for table, method, given in recipe.resolved():
        if method.needs == "clusters" and not framework.clusters:
            yield Violation(
                "E543", file, method.name, "a grouping of the units, [clusters.NAME] in framework.toml", column=table
            )
            continue
        for name, parameter in method.parameters.items():
            known = {"unit": shown, "grouping": list(framework.clusters)}.get(parameter.kind)
            asked = framework.unit_code(given[name]) if parameter.kind == "unit" else given[name]
            if known is not None and asked and asked not in known:
                expected, hint = f"the code or name of a {parameter.kind} of the index", nearest(given[name], known)
                yield Violation("E543", file, str(given[name]), expected, column=f"{table}.{name}", hint=hint)


def _shares(recipe: Recipe, framework: Framework, file: str) -> Iterator[Violation]:
    """Find bounds on the weights' shares that no weights of a group can keep."""
    for code in framework.groups:
        for step in ("aggregate", "weight"):
            places = framework.places(code)
            if recipe.method(step, *places).name == "benefit_of_the_doubt":
                children = sum(weight > 0 for weight in framework.groups[code].children.values())
                reason = impossible(recipe.parameters(step, *places), children)
                if reason:
                    yield Violation("E515", file, f"{code}: {reason}", "bounds that some weights keep", column=step)
