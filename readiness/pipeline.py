"""The steps of an index in order, on plain arrays.

Axes are [indicator, country, replicate], weights [child, replicate]; the official run is one replicate. What is fitted
(caps, bounds) is found once and applied to every edition. Only formulas are compiled; this file is their order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from readiness.framework import Framework
from readiness.recipe import Recipe
from readiness.registry import Method, lookup

Array = np.ndarray


@dataclass(frozen=True)
class Plan:
    """A framework and a recipe, ready to be applied to figures of `units`; only the first `members` are ranked."""

    framework: Framework
    recipe: Recipe
    units: tuple[str, ...]
    members: int

    @cached_property
    def weights(self) -> dict[str, Array]:
        """Return each group's weights by the recipe, [child, 1]."""
        rule = self.recipe.method("weight")
        found = {}
        for code, group in self.framework.groups.items():
            given = np.array(list(group.children.values()))[:, None]
            found[code] = np.empty_like(given)
            rule.run(given, found[code])
        return found

    @cached_property
    def shares(self) -> dict[str, float]:
        """Return every node's share of its parent by the recipe's weights, when nothing is missing."""
        shares = {self.framework.root: 1.0}
        for code, weights in self.weights.items():
            whole = weights.sum()
            shares.update(zip(self.framework.children(code), (weights[:, 0] / whole).tolist(), strict=True))
        return shares

    def transforms(self) -> list[str]:
        """Return the transform of each indicator: its own, or the recipe's for all."""
        chosen = self.recipe.steps["transform"].method
        indicators = (self.framework.indicators[code] for code in self.framework.leaves)
        return [each.transform if chosen == "declared" else chosen for each in indicators]


@dataclass(frozen=True)
class Fit:
    """What was learned: caps and bounds, [indicator, 1]; on which editions (positions), all that count if -1."""

    cap_low: Array
    cap_high: Array
    zero: Array
    full: Array
    newest: Array


@dataclass(frozen=True)
class Stages:
    """Every stage of a run; no stage overwrites another. Arrays are [edition, indicator or node, unit].

    `counted` [edition, indicator] says whether an indicator counts; `figures` [edition, unit] is the share of declared
    indicator weight with a figure; rank 0 is no rank. Nodes are in the framework's order.
    """

    denominated: Array
    counted: Array
    imputed: Array
    transformed: Array
    treated: Array
    normalised: Array
    scores: Array
    covered: Array
    ranks: Array
    figures: Array
    fit: Fit


def score(plan: Plan, denominated: Array) -> Stages:
    """Compute an index from denominated figures.

    Shapes   denominated (edition, indicator, unit): indicators in the order of framework.leaves, units as in the plan.
    Gaps     NaN in, NaN out; an indicator with too few figures in an edition is out for all units there.
    """
    counted = indicators_that_count(plan, denominated)
    figures = figure_shares(plan, denominated, counted)
    considered = np.where(counted[:, :, None], denominated, np.nan)
    imputed = np.stack([impute(plan, x[..., None]) for x in considered])
    transformed = np.stack([transform(plan, x) for x in imputed])
    newest = newest_counted(counted)
    cap_low, cap_high = fit_caps(plan, transformed, newest)
    treated = np.stack([treat(plan, x, cap_low, cap_high) for x in transformed])
    zero, full = fit_bounds(plan, treated, newest)
    normalised = np.stack([normalise(plan, x, zero, full) for x in treated])
    nodes = [aggregate(plan, x, plan.weights) for x in normalised]
    scores, covered = (np.stack([node[part] for node in nodes]) for part in (0, 1))
    scores[:, 0, :][figures < plan.framework.rules.unit_coverage - 1e-12] = np.nan
    ranks = np.stack([rank(plan, x) for x in scores])
    fit = Fit(cap_low, cap_high, zero, full, newest)
    stages = (imputed, transformed, treated, normalised, scores, covered, ranks)
    return Stages(denominated, counted, *(stage[..., 0] for stage in stages), figures, fit)


def indicators_that_count(plan: Plan, denominated: Array) -> Array:
    """Say which indicators have a figure for enough of the ranked units, [edition, indicator]."""
    present = (~np.isnan(denominated[:, :, : plan.members])).sum(axis=2)
    return present >= plan.framework.rules.figures_needed(plan.members)


def figure_shares(plan: Plan, denominated: Array, counted: Array) -> Array:
    """Return the share of the declared indicator weight that has a figure, [edition, unit]."""
    framework = plan.framework
    whole = {framework.root: 1.0}
    for code in framework.nodes[1:]:
        whole[code] = whole[framework.parents[code]] * plan.shares[code]
    shares = np.array([whole[code] for code in framework.leaves])
    present = ~np.isnan(denominated) & counted[:, :, None]
    return np.einsum("i,eiu->eu", shares, present.astype(float))


def newest_counted(counted: Array) -> Array:
    """Return the position of the newest edition in which each indicator counts, -1 for none."""
    positions = np.where(counted, np.arange(len(counted))[:, None], -1)
    return positions.max(axis=0)


def impute(plan: Plan, x: Array) -> Array:
    """Fill gaps by the recipe's method; a reference unit beyond the members keeps its own."""
    return _apply(plan, plan.recipe.method("impute"), x, [], otherwise=x)


def transform(plan: Plan, x: Array) -> Array:
    """Bend each indicator's scale by its transform."""
    out = np.empty_like(x)
    names = plan.transforms()
    for name in dict.fromkeys(names):
        rows = [position for position, own in enumerate(names) if own == name]
        part = np.empty_like(x[rows])
        lookup("transform", name).run(x[rows], part)
        out[rows] = part
    return out


def fit_caps(plan: Plan, transformed: Array, newest: Array) -> tuple[Array, Array]:
    """Find the caps of each indicator on the newest edition in which it counts, or on all editions."""
    sample = _sample(plan, transformed, newest, plan.recipe.fit("treat"))
    low, high = (np.empty((len(sample), sample.shape[2])) for _ in range(2))
    plan.recipe.method("treat").run_fit(sample, low, high, *plan.recipe.parameters("treat").values())
    return low, high


def treat(plan: Plan, x: Array, low: Array, high: Array) -> Array:
    """Apply the caps."""
    return _apply(plan, plan.recipe.method("treat"), x, [low, high], otherwise=x)


def fit_bounds(plan: Plan, treated: Array, newest: Array) -> tuple[Array, Array]:
    """Find, for each indicator, the values that score the two ends of the scale."""
    sample = _sample(plan, treated, newest, plan.recipe.fit("normalise"))
    indicators = [plan.framework.indicators[code] for code in plan.framework.leaves]
    direction = np.array([each.direction for each in indicators])
    declared = np.array([each.goalposts or (np.nan, np.nan) for each in indicators])
    zero, full = (np.empty((len(sample), sample.shape[2])) for _ in range(2))
    plan.recipe.method("normalise").run_fit(sample, direction, declared, zero, full)
    return zero, full


def normalise(plan: Plan, x: Array, zero: Array, full: Array) -> Array:
    """Bring the indicators to one scale. Where a score rests on the other units, the reference has none."""
    scale = plan.recipe.parameters("normalise").values()
    return _apply(plan, plan.recipe.method("normalise"), x, [zero, full, *scale], otherwise=np.full_like(x, np.nan))


def aggregate(plan: Plan, leaves: Array, weights: Mapping[str, Array]) -> tuple[Array, Array]:
    """Score every node from the indicators' scores, children before parents.

    Shapes   leaves (indicator, unit, replicate); weights of each group (child, replicate); returns scores and covered
             shares, both (node, unit, replicate) in the order of framework.nodes.
    """
    framework = plan.framework
    place = {code: position for position, code in enumerate(framework.nodes)}
    scores = np.empty((len(framework.nodes), *leaves.shape[1:]))
    scores[[place[code] for code in framework.leaves]] = leaves
    covered = (~np.isnan(scores)).astype(float)
    coverage = float(framework.rules.node_coverage)
    for code in framework.groups_upward:
        level = framework.level(code)
        rule = plan.recipe.method("aggregate", code, level)
        children = scores[[place[child] for child in framework.children(code)]]
        parameters = plan.recipe.parameters("aggregate", code, level).values()
        rule.run(children, weights[code], coverage, scores[place[code]], covered[place[code]], *parameters)
    return scores, covered


def rank(plan: Plan, scores: Array) -> Array:
    """Rank the members on every node; a reference unit has no rank.

    Shapes   scores (node, unit, replicate); returns whole numbers of the same shape, 0 for no rank.
    """
    rule, parameters = plan.recipe.method("rank"), plan.recipe.parameters("rank").values()
    ranks = np.zeros(scores.shape, dtype=np.int32)
    for node in range(len(scores)):
        own = np.zeros((plan.members, scores.shape[2]), dtype=np.int32)
        rule.run(np.ascontiguousarray(scores[node, : plan.members]), own, *parameters)
        ranks[node, : plan.members] = own
    return ranks


def reference_mean(plan: Plan, scores: Array, weights: Array) -> Array:
    """Return each node's mean over the members that have a score, weighted; a gap where one of them has no weight.

    Shapes   scores (node, unit), weights (member,), any positive scale; returns (node,).
    """
    members = scores[:, : plan.members]
    x = np.ascontiguousarray(members.T)[..., None]
    w = np.nan_to_num(weights)[:, None]
    mean, covered = np.empty((len(scores), 1)), np.empty((len(scores), 1))
    lookup("aggregate", "arithmetic").run(x, w, 0.0, mean, covered)
    unknown = (~np.isnan(members) & np.isnan(weights)).any(axis=1)
    return np.where(unknown, np.nan, mean[:, 0])


def _sample(plan: Plan, x: Array, newest: Array, fit: str) -> Array:
    """Gather what a fit learns from: [indicator, value, replicate], members only, of one edition or of all."""
    members = x[:, :, : plan.members]
    if fit == "newest":
        return np.stack([members[position, indicator] for indicator, position in enumerate(newest)])
    return np.ascontiguousarray(np.moveaxis(members, 0, 1).reshape(x.shape[1], -1, x.shape[3]))


def _apply(plan: Plan, method: Method, x: Array, arguments: list, otherwise: Array) -> Array:
    """Run a formula on all units, or on the members alone where units depend on each other."""
    if method.pointwise:
        out = np.empty_like(x)
        method.run(np.ascontiguousarray(x), *arguments, out)
        return out
    members = np.ascontiguousarray(x[:, : plan.members])
    part = np.empty_like(members)
    method.run(members, *arguments, part)
    return np.concatenate([part, otherwise[:, plan.members :]], axis=1)
