"""Two editions side by side: on one tree and one list of units, with what each has of figures, scales and weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from readiness.choices import Choice
from readiness.merging import Merged, merge
from readiness.plan import Array, Plan
from readiness.recipe import Recipe
from readiness.sides import Side, given_weights

OLD, REVISED, NEW = range(3)  # figures before, before as the later side knows them, after


@dataclass(frozen=True)
class Comparison:
    """Two sides on one tree and one list of units: members of either side first, then reference units.

    Shapes   figures (3, indicator, unit): before, before as the later side knows it, after; samples (3, edition,
             indicator, unit), what scales learn from; observed of the shape of figures, 0 where a value stands for a
             gap; shared (indicator,), true where an indicator counts on both sides and means the same; weights by later
             or not and group, (child,).
    """

    before: Side
    after: Side
    merged: Merged
    units: tuple[str, ...]
    figures: Array
    samples: Array
    observed: Array
    shared: Array
    weights: Mapping[bool, Mapping[str, Array]]
    declared: Mapping[bool, Mapping[str, Array]]

    @property
    def fixed(self) -> bool:
        """Say whether all states have the scales of one run: its editions are compared with each other."""
        return self.before.stages is self.after.stages

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """Return the indicators of the merged tree."""
        return self.merged.framework(later=True).leaves

    @cached_property
    def plans(self) -> dict[tuple[bool, bool, bool], Plan]:
        """Return the plans made so far, by method, countries, and whether any child is enough for a score."""
        return {}

    def plan(self, *, method: bool, countries: bool, lenient: bool = False) -> Plan:
        """Return the plan of a state: tree and recipe of one side, units of one."""
        key = (method, countries, lenient)
        if key not in self.plans:
            side, members = (self.after if each else self.before for each in (method, countries))
            framework = self.merged.framework(later=method)
            recipe = given_weights(_renamed(side.results.recipe, self.merged.others if method else self.merged.ones))
            recipe = _lenient(recipe) if lenient else recipe
            own = members.plan
            self.plans[key] = Plan(framework, recipe, own.units, own.members, (self.after.edition,))
        return self.plans[key]


def compared(before: Side, after: Side) -> Comparison:
    """Put two sides on one tree and one list of units."""
    members = [side.plan.units[: side.plan.members] for side in (before, after)]
    outside = [side.plan.units[side.plan.members :] for side in (before, after)]
    units = tuple(dict.fromkeys((*members[0], *members[1], *outside[0], *outside[1])))
    merged = merge(before.results.framework, after.results.framework, units)
    leaves = merged.framework(later=True).leaves
    revised = before.as_known_to(after)
    depth = max(len(before.sample), len(after.sample))
    given = _three(before, after, revised)
    figures = [_placed(side, own[None], merged, leaves, units)[0] for side, own, _ in given]
    samples = [_deep(_placed(side, sample, merged, leaves, units), depth) for side, _, sample in given]
    both = np.array([leaf in merged.shared for leaf in leaves])
    counted = [~np.isnan(figures[each]).all(axis=1) for each in (OLD, NEW)]
    return Comparison(
        before,
        after,
        merged,
        units,
        np.stack(figures),
        np.stack(samples),
        np.stack([_placed(side, (~side.filled).astype(float)[None], merged, leaves, units)[0] for side, *_ in given]),
        both & counted[0] & counted[1],
        {later: merged.weights(side.stages.weights, later=later) for later, side in ((False, before), (True, after))},
        {later: merged.weights(_declared(side), later=later) for later, side in ((False, before), (True, after))},
    )


def _declared(side: Side) -> dict[str, Array]:
    return {code: way.declared for code, way in side.plan.groups.items()}


def _three(before: Side, after: Side, revised: tuple[Array, Array]) -> list[tuple[Side, Array, Array]]:
    return [(before, before.figures, before.sample), (before, *revised), (after, after.figures, after.sample)]


def _placed(side: Side, values: Array, merged: Merged, leaves: tuple[str, ...], units: tuple[str, ...]) -> Array:
    """Bring arrays of a side [edition, indicator, unit] to the merged tree and units; what it lacks is a gap."""
    codes = merged.others if side.results.framework is merged.other else merged.ones
    own, rows = side.plan.framework.leaves, side.plan.units
    found = np.full((len(values), len(leaves), len(units)), np.nan)
    here = [(at, own.index(codes[leaf])) for at, leaf in enumerate(leaves) if codes.get(leaf) in own]
    there = [(at, rows.index(unit)) for at, unit in enumerate(units) if unit in rows]
    to, source = zip(*here, strict=True)
    at, column = zip(*there, strict=True)
    found[np.ix_(range(len(values)), to, at)] = values[np.ix_(range(len(values)), source, column)]
    return found


def _deep(values: Array, depth: int) -> Array:
    """Put empty editions in front, so that the newest of both sides are the last."""
    empty = np.full((depth - len(values), *values.shape[1:]), np.nan)
    return np.concatenate([empty, values])


def _lenient(recipe: Recipe) -> Recipe:
    """Return a recipe in which a group has a score as soon as one child has."""
    own = {node: _loose(choice) for node, choice in recipe.at.get("aggregate", {}).items()}
    at = {**recipe.at, "aggregate": own} if own else recipe.at
    return replace(recipe, steps={**recipe.steps, "aggregate": _loose(recipe.steps["aggregate"])}, at=at)


def _loose(choice: Choice) -> Choice:
    return replace(choice, parameters={**choice.parameters, "coverage": 0.0})


def _renamed(recipe: Recipe, codes: Mapping[str, str]) -> Recipe:
    """Return a recipe whose choices for single nodes stand under the names of the merged tree."""
    at = {
        step: {**own, **{code: own[name] for code, name in codes.items() if name in own}}
        for step, own in recipe.at.items()
    }
    return replace(recipe, at=at)
