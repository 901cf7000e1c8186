"""Between two editions: the index with some of what changed as it was before and the rest as it is after.

A state switches each cause of change from before to after by itself. States are lanes, the last axis of every array, so
that thousands are scored at once by the formulas of the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

import numpy as np

from readiness import climbing, steps
from readiness.causes import unlike
from readiness.comparison import NEW, OLD, REVISED, Comparison
from readiness.plan import Array, Plan
from readiness.rescoring import climbed

LANES = 256  # states that are scored at a time, so that what scales learn from stays small


@dataclass(frozen=True)
class Switches:
    """Which states are asked for: true where a part is as it is after.

    Shapes   own (lane,), the unit that is asked about; own_revision, own_figures, present (indicator, lane), for its
             own figures and for which indicators there are; the others (lane,).
    """

    own: Array
    own_revision: Array
    own_figures: Array
    present: Array
    other_revision: Array
    other_scale: Array
    other_figures: Array
    weights: Array
    method: Array
    countries: Array

    def part(self, lanes: Array) -> Switches:
        """Return some of the states."""
        return Switches(**{each.name: getattr(self, each.name)[..., lanes] for each in fields(self)})


def evaluate(comparison: Comparison, switches: Switches) -> tuple[Array, Array]:
    """Return score and rank of each state's own unit on every node of the merged tree, both (node, lane).

    Gaps     where too little is there for a score on the way between two editions that have one, what is there is
             taken; where nothing is, a gap. Rank 0 is no rank.
    """
    nodes = len(comparison.merged.framework(later=True).nodes)
    scores, ranks = np.full((nodes, len(switches.own)), np.nan), np.zeros((nodes, len(switches.own)))
    for lanes in _alike(switches):
        part = switches.part(lanes)
        own = part.own
        plan = comparison.plan(method=bool(part.method[0]), countries=bool(part.countries[0]))
        rows = [comparison.units.index(unit) for unit in plan.units]
        place = np.array([rows.index(each) if each in rows[: plan.members] else -1 for each in own.tolist()])
        every = _scores(comparison, plan, part, rows)
        lane = np.arange(len(lanes))
        mine = every[:, place, lane]
        if np.isnan(mine).any():
            loose = comparison.plan(method=bool(part.method[0]), countries=bool(part.countries[0]), lenient=True)
            mine = np.where(np.isnan(mine), _scores(comparison, loose, part, rows)[:, place, lane], mine)
        mine[:, place < 0] = np.nan
        every[:, place, lane] = np.where(place < 0, every[:, place, lane], mine)
        order = steps.rank(plan, every[None])[0]
        scores[:, lanes], ranks[:, lanes] = mine, np.where(place < 0, 0.0, order[:, place, lane])
    return scores, ranks


def _alike(switches: Switches) -> Iterator[Array]:
    """Yield lanes that have one plan, some at a time."""
    for method in (False, True):
        for countries in (False, True):
            lanes = np.flatnonzero((switches.method == method) & (switches.countries == countries))
            for start in range(0, len(lanes), LANES):
                yield lanes[start : start + LANES]


def _scores(comparison: Comparison, plan: Plan, switches: Switches, rows: list[int]) -> Array:
    """Return the scores of all units of a plan in all states, [node, unit, lane]."""
    x = _mixed(comparison.figures, comparison, switches, switches.other_figures)[None][:, :, rows]
    leaves = _leaves(comparison, plan, np.ascontiguousarray(x), switches, rows)
    weigh = _Weighing(comparison, switches)
    there = _mixed(comparison.observed, comparison, switches, switches.other_figures)[:, rows] == 1
    return climbed(plan, leaves, weigh, _unfit(plan, there & ~np.isnan(x[0]), weigh, switches, rows))


def _leaves(comparison: Comparison, plan: Plan, x: Array, switches: Switches, rows: list[int]) -> Array:
    """Bring the figures of all states to scores, [1, indicator, unit, lane], on the run's scale or each on its own."""
    lanes = x.shape[3]
    if comparison.fixed:
        fit = comparison.after.stages.fit
        treatment = tuple(np.repeat(each[:, None], lanes, axis=1) for each in (fit.low, fit.high, fit.shift, fit.power))
        bounds = np.repeat(fit.bounds[..., None], lanes, axis=2)
        return steps.normalise(plan, steps.treat(plan, steps.transform(plan, x), treatment), bounds)
    sample = np.stack(
        [
            _mixed(comparison.samples[:, e], comparison, switches, switches.other_scale)[:, rows]
            for e in range(comparison.samples.shape[1])
        ]
    )
    newest = np.full(x.shape[1], len(sample) - 1)
    bent = steps.transform(plan, sample)
    treatment = steps.fit_treatment(plan, bent, newest)
    bounds = steps.fit_bounds(plan, steps.treat(plan, bent, treatment), treatment, newest)
    return steps.normalise(plan, steps.treat(plan, steps.transform(plan, x), treatment), bounds)


def _mixed(values: Array, comparison: Comparison, switches: Switches, others: Array) -> Array:
    """Choose, for each indicator, unit and state, the figure before, before as revised, or after.

    A figure that was only revised is no new one: of an indicator in both trees the one after is taken where it differs.

    Shapes   values (3, indicator, unit); others (lane,), whether the others' figures are those after; returns
             (indicator, unit, lane).
    """
    shared = comparison.shared[:, None]
    newer = ~comparison.shared[:, None, None] | unlike(values[REVISED], values[NEW])[..., None]
    rest = np.where(shared, others[None], switches.present)
    rest = np.where(rest[:, None] & newer, NEW, np.where(switches.other_revision[None], REVISED, OLD)[:, None])
    mine = np.where(shared, switches.own_figures, switches.present)
    mine = np.where(mine & newer[:, switches.own, 0], NEW, np.where(switches.own_revision, REVISED, OLD))
    rest[:, switches.own, np.arange(len(switches.own))] = mine
    return np.take_along_axis(values[..., None], rest[None], axis=0)[0]


def _unfit(plan: Plan, there: Array, weigh: _Weighing, switches: Switches, rows: list[int]) -> Array:
    """Say which units may have no score of the index, [unit, lane]; the own unit always may, between two that have."""
    shares = np.einsum("il,iul->ul", weigh.shares(plan), there.astype(float))
    unfit = shares < float(plan.framework.rules.unit_coverage) - climbing.ROUNDING
    for at, unit in enumerate(rows):
        unfit[at] &= switches.own != unit
    return unfit


class _Weighing:
    """Gives each group the weights of each state; a child that a state does not have counts for nothing."""

    def __init__(self, comparison: Comparison, switches: Switches) -> None:
        self.comparison, self.switches = comparison, switches
        self.there = self._there()

    def __call__(self, code: str, weights: Array) -> tuple[Array, Array]:
        """Return a group's weights in each state, (child, lane), and those it is judged by, which are the same."""
        own = self._of(code, self.comparison.weights)
        return own, own

    def _of(self, code: str, given: Mapping[bool, Mapping[str, Array]]) -> Array:
        before, after = (given[later][code][:, None] for later in (False, True))
        there = np.stack([self.there[child] for child in self.comparison.merged.groups[code].children])
        return np.where(self.switches.weights[None], after, before) * there

    def shares(self, plan: Plan) -> Array:
        """Return each indicator's declared share of the index in each state, (indicator, lane)."""
        found = {plan.framework.root: np.ones(len(self.switches.own))}
        for code in plan.framework.nodes:
            for child, own in self._declared(plan, code):
                found[child] = found[code] * own
        return np.stack([found[leaf] for leaf in plan.framework.leaves])

    def _declared(self, plan: Plan, code: str) -> Iterator[tuple[str, Array]]:
        children = plan.framework.children(code)
        if children:
            weights = self._of(code, self.comparison.declared)
            whole = weights.sum(axis=0)
            yield from zip(
                children, np.divide(weights, whole, out=np.zeros_like(weights), where=whole > 0), strict=True
            )

    def _there(self) -> dict[str, Array]:
        """Say in which states each node is part of the tree."""
        merged, present = self.comparison.merged, self.switches.present
        found: dict[str, Array] = {}
        for row, leaf in enumerate(self.comparison.leaves):
            only_after, only_before = leaf not in merged.ones, leaf not in merged.others
            found[leaf] = present[row] if only_after else ~present[row] if only_before else np.ones_like(present[row])
        for code in reversed(self.comparison.merged.framework(later=True).nodes):
            if code in merged.groups:
                below = np.stack([found[child] for child in merged.groups[code].children]).any(axis=0)
                found[code] = np.ones_like(below) if code in merged.shared else below
        return found
