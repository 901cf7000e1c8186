"""A simulation: what varies together, batch by batch. A batch is a pure function of the job and its number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from readiness.cells import make_cells
from readiness.counting import write_shares
from readiness.dealing import Combination, combinations, deal, each, thresholds
from readiness.figure_errors import FigureErrors
from readiness.lanes import Cell, Draws
from readiness.pipeline import pooled
from readiness.plan import Array, Plan
from readiness.registry import compiled
from readiness.tally import Counts, Layout, Sums, count_index, count_node
from readiness.variation import Variation

BATCH = 4096  # replicates that are counted together: what is lost when a worker dies
PILOT, SLOW_PILOT = 1024, 64  # replicates that tell where the bins of scores lie; where a solver is called in each
BINS = 512
FEW_LANES, MANY_LANES = 512, 4096  # replicates at a time, with varied figures and without: few calls, near memory
NOISES = ("weights", "exclusion", "figures")


@dataclass(frozen=True)
class Mix:
    """What varies together, the cells of its combinations of methods, and how replicates are dealt to them.

    `left_out` are combinations that cannot work; `ends` is for dealing.deal.
    """

    name: str
    factors: tuple[str, ...]
    cells: tuple[Cell, ...]
    texts: tuple[str, ...]
    ends: Array
    left_out: tuple[Combination, ...]
    every: int = 1  # it takes part in every so many batches

    def draws(self, replicates: Array) -> Draws:
        """Return the draws of some replicates: each takes its own number from every source of noise."""
        own = {noise: replicates if noise in self.factors else None for noise in NOISES}
        return Draws(len(replicates), **own)

    def planned(self, replicates: int) -> int:
        """Return how many of the first replicates of a job are the mix's own."""
        batches, rest = divmod(replicates, BATCH)
        return -(-batches // self.every) * BATCH + (rest if batches % self.every == 0 else 0)

    @property
    def steady(self) -> bool:
        """Say whether nothing is drawn: all replicates of a cell are then the same."""
        return not set(NOISES) & set(self.factors)

    @property
    def lanes(self) -> int:
        """Return how many replicates are computed at a time; the results do not depend on it but for sums."""
        return FEW_LANES if "figures" in self.factors else MANY_LANES


@dataclass(frozen=True)
class Job:
    """All that batches are computed from; it can be sent to other processes."""

    seed: int
    mixes: tuple[Mix, ...]
    layouts: tuple[Layout, ...]

    def batch(self, number: int, counts: Sequence[Counts], first: int = 0, last: int = BATCH) -> list[Sums]:
        """Compute one batch of every mix: add to the counts and return the sums, in the order of the mixes."""
        replicates = np.arange(number * BATCH + first, number * BATCH + last, dtype=np.uint64)
        return [
            run(mix, layout, replicates if number % mix.every == 0 else replicates[:0], own)
            for mix, layout, own in zip(self.mixes, self.layouts, counts, strict=True)
        ]

    def empty(self) -> list[Counts]:
        """Return counts of nothing for every mix."""
        return [Counts.empty(layout) for layout in self.layouts]


def run(mix: Mix, layout: Layout, replicates: Array, counts: Counts) -> Sums:
    """Compute some replicates of a mix: add to its counts, return its sums."""
    sums = Sums.empty(layout)
    for number, mine in each(deal(replicates, mix.ends), len(mix.cells)):
        cell = mix.cells[number]
        counts.cells[number] += len(mine)
        if mix.steady:
            continue  # all replicates of the cell are one; `settled` counts it
        for start in range(0, len(mine), mix.lanes):
            tally(cell, layout, mix.draws(replicates[mine[start : start + mix.lanes]]), counts, sums)
    return sums


def settled(mix: Mix, layout: Layout, counts: Counts, sums: Sums) -> tuple[Counts, Sums]:
    """Return counts and sums of a mix in which nothing is drawn: each cell's replicate, as often as it was dealt."""
    if not mix.steady:
        return counts, sums
    whole, total = Counts.empty(layout), Sums.empty(layout)
    for cell, times in zip(mix.cells, counts.cells, strict=True):
        once, alone = Counts.empty(layout), Sums.empty(layout)
        tally(cell, layout, Draws(1), once, alone)
        whole.add(once, int(times))
        total.add(alone, int(times))
    whole.cells += counts.cells
    return whole, total


def cell_scores(mix: Mix, layout: Layout) -> Array:
    """Return the scores of a mix in which nothing is drawn, [node x unit, cell]."""
    found = [{code: scores[:, 0] for code, scores, _ in cell.scores(Draws(1))} for cell in mix.cells]
    return np.stack([np.concatenate([scores[code] for code in layout.nodes]) for scores in found], axis=1)


def tally(cell: Cell, layout: Layout, draws: Draws, counts: Counts, sums: Sums) -> None:
    """Score a cell's replicates and count them."""
    rank, numbers = cell.ranking
    central = layout.weights_vary and not layout.only_ranks
    weights = np.empty((layout.children if central else 0, draws.lanes))
    for code, scores, drawn in cell.scores(draws):
        if central:
            compiled(write_shares)(drawn, weights[cell.spans[code]])
        if code in layout.nodes:
            each_lane = scores if scores.shape[1] == draws.lanes else np.repeat(scores, draws.lanes, axis=1)
            ranks = np.empty_like(each_lane)
            rank(each_lane, ranks, *numbers)
            count_node(layout, layout.nodes.index(code), each_lane, ranks, counts, sums)
    count_index(layout, each_lane, ranks, weights, counts, sums)


def make_job(
    plan: Plan,
    denominated: Array,
    variation: Variation,
    errors: FigureErrors,
    seed: int,
    *,
    nodes: Sequence[str] = (),
    every: int = 1,
    only_ranks: bool = False,
) -> Job:
    """Return a simulation of a plan's newest edition: one mix for each set of factors that vary together.

    `nodes` are the groups that are counted, all if none are named, the index always. Only the last mix, in which all
    varies, takes part in every batch if `every` is more than 1. `only_ranks` counts nothing but ranks.
    """
    wanted = tuple(code for code in plan.groups if not nodes or code in nodes or code == plan.framework.root)
    nominal, found = _combined(plan, denominated, variation, errors, seed)
    made = [_mix(name, factors, plan, nominal, found) for name, factors in sets(variation)]
    made = [*(replace(mix, every=every) for mix in made[:-1]), made[-1]]
    layouts = tuple(replace(_layout(mix, nominal, wanted), only_ranks=only_ranks) for mix in made)
    return Job(seed, tuple(made), layouts)


def whole_mix(
    plan: Plan, denominated: Array, variation: Variation, errors: FigureErrors, seed: int, at: int = -1
) -> Mix:
    """Return the mix in which all varies, of the edition at a position; something varies."""
    nominal, found = _combined(plan, denominated, variation, errors, seed, at)
    name, factors = sets(variation)[-1]
    return _mix(name, factors, plan, nominal, found)


def _combined(
    plan: Plan, denominated: Array, variation: Variation, errors: FigureErrors, seed: int, at: int = -1
) -> tuple[list[Cell], list[tuple[Combination, tuple[Cell, ...]]]]:
    """Return the cells of the recipe itself, and of every combination of the methods that vary."""
    given = (denominated, variation, seed, errors, at)
    places = [factor for factor in variation.factors if factor not in NOISES]
    found = [
        (each, () if each.faults else tuple(make_cells(replace(plan, recipe=each.recipe), *given)))
        for each in (combinations(plan.recipe, plan.framework, places) if places else ())
    ]
    return make_cells(plan, *given), found


def sets(variation: Variation) -> list[tuple[str, tuple[str, ...]]]:
    """Return what varies together: each factor alone, the choices of method, all that is judgement, and all.

    Errors of figures are sampling error; weights, exclusion and choices are judgement ("method").
    """
    factors = variation.factors
    alone = [factor for factor in factors if factor in NOISES]
    places = tuple(factor for factor in factors if factor not in NOISES)
    found = [(factor, (factor,)) for factor in alone] + ([("choices", places)] if places else [])
    judgement = tuple(factor for factor in factors if factor != "figures")
    if "figures" in factors and len([name for name, _ in found if name != "figures"]) > 1:
        found.append(("method", judgement))
    if len(found) > 1:
        found.append(("all", factors))
    return found


def _mix(
    name: str,
    factors: tuple[str, ...],
    plan: Plan,
    nominal: Sequence[Cell],
    found: Sequence[tuple[Combination, tuple[Cell, ...]]],
) -> Mix:
    """Put a mix together: of the combinations those that leave all places but its own as the recipe has them."""
    own = [
        (each, cells) for each, cells in found if all(not option or place in factors for place, option in each.chosen)
    ]
    own = own if set(factors) - set(NOISES) else [(Combination((), plan.recipe, 1.0), tuple(nominal))]
    working = [(each, cells) for each, cells in own if cells]
    return Mix(
        name,
        factors,
        tuple(cell for _, cells in working for cell in cells),
        tuple(each.text for each, cells in working for _ in cells),
        thresholds([each.chance / len(cells) for each, cells in working for _ in cells]),
        tuple(each for each, cells in own if not cells),
    )


def _layout(mix: Mix, nominal: Sequence[Cell], nodes: tuple[str, ...]) -> Layout:
    """Lay out the counts of a mix: its first replicates say between which scores the bins lie."""
    rank, numbers = nominal[0].ranking
    centre = _nominal_scores(nominal, nodes)
    ranks = np.empty_like(centre)
    for node, scores in enumerate(centre):
        own = np.empty((len(scores), 1))
        rank(np.ascontiguousarray(scores[:, None]), own, *numbers)
        ranks[node] = own[:, 0]
    low, high = np.where(np.isnan(centre), 0.0, centre), np.where(np.isnan(centre), 0.0, centre)
    for code, found in _pilot(mix, nodes):
        node = nodes.index(code)
        there = ~np.isnan(found)
        low[node] = np.minimum(low[node], np.where(there, found, np.inf).min(axis=1))
        high[node] = np.maximum(high[node], np.where(there, found, -np.inf).max(axis=1))
    size = np.maximum(abs(low), abs(high)).max(axis=1, keepdims=True)  # a node's scores are of one scale
    room = np.maximum(high - low, np.where(size > 0, 1e-6 * size, 1.0))
    halves = 2 if any(cell.plan.recipe.method("rank").name == "fractional" for cell in mix.cells) else 1
    scale = BINS / (2 * room)
    vary = "weights" in mix.factors
    return Layout(
        nodes,
        np.nan_to_num(centre),
        ranks,
        low - room / 2,
        scale,
        BINS,
        nominal[0].children,
        halves,
        len(mix.cells),
        vary,
    )


def _nominal_scores(nominal: Sequence[Cell], nodes: tuple[str, ...]) -> Array:
    """Return the scores of the run, [node, unit]: those of the draws of an imputation, pooled."""
    cells = [{code: scores[:, 0] for code, scores, _ in cell.scores(Draws(1))} for cell in nominal]
    draws = np.stack([np.stack([own[code] for code in nodes]) for own in cells], axis=-1)
    return pooled(draws[None])[0][0]


def _pilot(mix: Mix, nodes: tuple[str, ...]) -> Iterator[tuple[str, Array]]:
    """Yield scores of the first replicates, node by node."""
    methods = [method for cell in mix.cells for _, method, _ in cell.plan.recipe.resolved()]
    replicates = np.arange(SLOW_PILOT if any(method.slow for method in methods) else PILOT, dtype=np.uint64)
    for number, mine in each(deal(replicates, mix.ends), len(mix.cells)):
        draws = Draws(1) if mix.steady else mix.draws(replicates[mine])
        for code, scores, _ in mix.cells[number].scores(draws):
            if code in nodes:
                yield code, scores
