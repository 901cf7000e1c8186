"""What would move a country: one figure at a time set to the median of all, all else as it is. Arithmetic only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from readiness import climbing, steps
from readiness.dealing import deal, each
from readiness.lanes import Cell, Draws, Weighing
from readiness.movements import may_simulate, mix_of
from readiness.plan import Array
from readiness.registry import Kernel
from readiness.rescoring import rescored
from readiness.sides import Side
from readiness.simulation import Mix
from readiness.tables import conform

TABLE = "moves"
REPLICATES = 2048
LANES = 128  # replicates at a time: each stands for hundreds of changed countries

AHEAD, GAP, OUT = "at the median or better", "no figure", "does not count in this edition"


@dataclass(frozen=True)
class Moves:
    """Single changes of an edition, each of another figure: which unit, which indicator, what to, (change,) each."""

    units: Array
    rows: Array
    values: Array

    def applied(self, figures: Array) -> Array:
        """Return the figures with one change in each lane, (indicator, unit, lane)."""
        x = np.repeat(figures[:, :, None], len(self.units), axis=2)
        x[self.rows, self.units, np.arange(len(self.units))] = self.values
        return x


def moves_table(side: Side, seed: int = 1, replicates: int = REPLICATES) -> pl.DataFrame:
    """Return points and places that each country would gain with the median figure of each indicator.

    The scale is that of the run. The chance is the share of replicates, of all that varies, in which the country ranks
    better with the median than without, its error and all else drawn alike.

    Columns  those of answer_tables.ANSWERS["moves"]; a row for each country and indicator.
    Gaps     no chance where nothing varies, none is asked for (no replicates), or a method compares the countries with
             each other.
    """
    members, leaves = side.plan.members, side.plan.framework.leaves
    figures = side.figures[:, :members]
    medians = _medians(figures)
    behind = _behind(side, figures, medians)
    rows, units = np.nonzero(behind)
    moves = Moves(units, rows, medians[rows])
    gain, places, chance = (np.full(figures.shape, np.nan) for _ in range(3))
    if len(rows):
        scores, ranks = rescored(side, moves.applied(side.figures))
        root = side.plan.place[side.plan.framework.root]
        lanes = np.arange(len(rows))
        now = side.stages.ranks[side.at, root, units]
        there = ranks[root, units, lanes]
        gain[rows, units] = scores[root, units, lanes] - side.stages.scores[side.at, root, units]
        places[rows, units] = np.where((now > 0) & (there > 0), now - there, np.nan)
        drawn = chances(side, moves, seed, replicates)
        chance[rows, units] = np.where(now > 0, drawn, np.nan)
    counted = side.stages.counted[side.at]
    reasons = np.where(np.isnan(figures), GAP, np.where(behind, None, AHEAD))
    reasons[~counted] = OUT
    frame = pl.DataFrame(
        {
            "country": np.tile(side.plan.units[:members], len(leaves)),
            "indicator": np.repeat(leaves, members),
            "value": figures.ravel(),
            "median": np.repeat(medians, members),
            "gain": gain.ravel(),
            "places": places.ravel(),
            "chance": chance.ravel(),
        }
    )
    numbers = ("value", "median", "gain", "places", "chance")
    told = pl.Series("reason", reasons.ravel().tolist(), dtype=pl.String)
    return conform(TABLE, frame.with_columns(pl.col(numbers).fill_nan(None), told))


def _medians(figures: Array) -> Array:
    """Return the median of each indicator over the countries that have a figure, a gap where none has."""
    found = np.full(len(figures), np.nan)
    there = ~np.isnan(figures).all(axis=1)
    found[there] = np.nanmedian(figures[there], axis=1)
    return found


def _behind(side: Side, figures: Array, medians: Array) -> Array:
    """Say which figures are worse than the median, (indicator, member)."""
    framework = side.plan.framework
    direction = np.array([framework.indicators[code].direction for code in framework.leaves])
    return (medians[:, None] - figures) * direction[:, None] > 0


def chances(side: Side, moves: Moves, seed: int, replicates: int = REPLICATES) -> Array:
    """Return, for each change, the share of replicates in which it wins the country a place of the index, (change,)."""
    variation = side.results.recipe.variation
    if replicates == 0 or variation.nothing or not may_simulate(side.results.recipe):
        return np.full(len(moves.units), np.nan)
    mix = mix_of(side, variation, seed)
    if not all(_pointwise(cell) for cell in mix.cells):
        return np.full(len(moves.units), np.nan)
    won = np.zeros(len(moves.units), np.int64)
    for cell, draws in _draws(mix, replicates):
        won += _won(cell, moves, draws)
    return won / replicates


def _pointwise(cell: Cell) -> bool:
    """Say whether a country's score depends on its own figures and the scale alone."""
    parts = [part.method for step in ("treat", "normalise") for part in cell.plan.parts(step)]
    means = [way.aggregate for way in cell.plan.groups.values()]
    return all(method.pointwise for method in (*parts, *means)) and not cell.followers


def _draws(mix: Mix, replicates: int) -> Iterator[tuple[Cell, Draws]]:
    wanted = np.arange(replicates, dtype=np.uint64)
    for number, mine in each(deal(wanted, mix.ends), len(mix.cells)):
        for start in range(0, len(mine), LANES):
            yield mix.cells[number], mix.draws(wanted[mine[start : start + LANES]])


def _won(cell: Cell, moves: Moves, draws: Draws) -> Array:
    """Count the replicates in which each change wins a place.

    Only the changed indicator of a country has another score, so that all changes are scored as further units.
    """
    base, changed = _leaf_scores(cell, moves, draws)
    rank, numbers = cell.ranking
    own = np.ascontiguousarray(_root(cell, base, cell.unfit, draws))
    apart = base[:, :, moves.units]
    apart[0, moves.rows, np.arange(len(moves.units))] = changed
    moved = _root(cell, apart, cell.unfit[:, moves.units], draws)
    before = _ranks(rank, numbers, own)
    won = np.zeros(len(moves.units), np.int64)
    for number, unit in enumerate(moves.units):
        instead = own.copy()
        instead[unit] = moved[number]
        after = _ranks(rank, numbers, instead)[unit]
        won[number] = ((after > 0) & (before[unit] > after)).sum()
    return won


def _leaf_scores(cell: Cell, moves: Moves, draws: Draws) -> tuple[Array, Array]:
    """Return the scores of all indicators, (1, indicator, member, lane), and of what is changed, (change, lane)."""
    members = cell.plan.members
    if draws.figures is None:
        x = np.repeat(cell.figures[:, :, None], draws.lanes, axis=2)
    else:
        x = cell.varied_figures(draws.figures)
    bent = steps.transform(cell.plan, x[None])
    scale = cell.scale(bent)
    base = cell.on_scale(bent, scale)[:, :, :members]
    other = x.copy()
    other[moves.rows, moves.units] += (moves.values - cell.figures[moves.rows, moves.units])[:, None]
    changed = cell.on_scale(steps.transform(cell.plan, other[None]), scale)[0, moves.rows, moves.units]
    return base, changed


def _root(cell: Cell, leaves: Array, unfit: Array, draws: Draws) -> Array:
    """Return the scores of the index, (unit, lane)."""
    plan = replace(cell.plan, units=("",) * leaves.shape[2], members=leaves.shape[2], witnesses=0)
    *_, (_, scores, _, _, _) = climbing.climb(plan, leaves, unfit, Weighing(cell, draws))
    return np.broadcast_to(scores[0], (leaves.shape[2], draws.lanes))


def _ranks(rank: Kernel, numbers: list[float], scores: Array) -> Array:
    out = np.empty_like(scores)
    rank(np.ascontiguousarray(scores), out, *numbers)
    return out
