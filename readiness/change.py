"""Why a score and a rank moved between two editions or two runs: causes that add up to the published difference.

The causes come in a fixed order; each is the difference that it makes when those before it have been made. Beside this
stands the mean of that difference over all orders, the Shapley value, which adds up as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import product
from math import factorial

import numpy as np
import polars as pl

from readiness.answer_tables import ANSWERS
from readiness.causes import BY_INDICATOR, CAUSES, TOTAL, differs, unlike
from readiness.comparison import NEW, OLD, REVISED, Comparison, compared
from readiness.errors import NOT_REPRODUCIBLE, ReadinessError, Violation
from readiness.plan import Array
from readiness.sides import SAME, Side, must_be_met
from readiness.states import Switches, evaluate
from readiness.tables import conform

TABLE = "change"

Step = tuple[str, int]  # a cause and an indicator's position, -1 for the whole cause


def change_table(before: Side, after: Side, countries: Sequence[str] = ()) -> pl.DataFrame:
    """Return the causes of the change between two sides, for some countries or for all that are ranked on both.

    Columns  those of answer_tables.ANSWERS["change"]. Rows are the whole change of every node that has a score on both
             sides, its causes, and of three causes the part of each indicator that has one.
    Order    data revision (own, then others'), own new figures, others' new figures through the scale and then through
             the ranks, indicators that enter or leave, weights, method, countries.
    Source   Shapley (1953), A value for n-person games; Shorrocks (2013), Decomposition procedures for distributional
             analysis, Journal of Economic Inequality 11:99-126.

    Errors   ReadinessError where the first or the last state is not the published table.
    """
    for side in (before, after):
        must_be_met(side)
    comparison = compared(before, after)
    members = [side.plan.units[: side.plan.members] for side in (before, after)]
    both = [unit for unit in members[1] if unit in members[0] and (not countries or unit in countries)]
    frames = [_frame(Decomposition(comparison, unit)) for unit in both]
    empty = pl.DataFrame(schema={name: column.dtype.type for name, column in ANSWERS[TABLE].columns.items()})
    return conform(TABLE, pl.concat(frames) if frames else empty)


@dataclass(frozen=True)
class Decomposition:
    """The change of one country, cause by cause."""

    comparison: Comparison
    country: str

    @property
    def unit(self) -> int:
        """Return the position of the country among the units."""
        return self.comparison.units.index(self.country)

    @cached_property
    def active(self) -> tuple[str, ...]:
        """Return the causes that can make a difference."""
        return tuple(cause for cause in CAUSES if differs(self.comparison, cause))

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Return the steps from before to after, in order: a cause, or an indicator of it."""
        return tuple(step for cause in self.active for step in self._split(cause))

    @cached_property
    def path(self) -> tuple[Array, Array]:
        """Return score and rank before the first step and after each, (node, step + 1); gaps keep the value before."""
        done = [[], *(list(self.steps[: number + 1]) for number in range(len(self.steps)))]
        scores, ranks = evaluate(self.comparison, self._switches(done))
        for end, at in ((0, 0), (1, -1)):
            _must_meet(self.comparison, self.country, end, np.stack([scores[:, at], ranks[:, at]]))
        return _carried(scores, np.isnan(scores)), _carried(ranks, ranks == 0)

    @cached_property
    def shapley(self) -> tuple[Array, Array]:
        """Return the mean difference of score and of places won over all orders, (node, active cause)."""
        sets = list(product((False, True), repeat=len(self.active)))
        done = [[(cause, -1) for cause, on in zip(self.active, each, strict=True) if on] for each in sets]
        scores, ranks = evaluate(self.comparison, self._switches(done))
        scores = np.where(np.isnan(scores), scores[:, :1], scores)
        ranks = np.where(ranks == 0, ranks[:, :1], ranks)
        return shapley_values(scores, len(self.active)), -shapley_values(ranks, len(self.active))

    def _split(self, cause: str) -> Iterator[Step]:
        """Yield an indicator of a cause after the other, where it makes a difference; those that enter come first."""
        moved = np.flatnonzero(self._moved(cause)) if cause in BY_INDICATOR else ()
        ones = self.comparison.merged.ones
        entering = [row for row in moved if self.comparison.leaves[row] not in ones or self._gap(row)]
        yield from ((cause, int(row)) for row in (*entering, *(row for row in moved if row not in entering)))
        if not len(moved):
            yield cause, -1

    def _gap(self, row: int) -> bool:
        """Say whether an indicator did not count before."""
        return bool(np.isnan(self.comparison.figures[OLD, row]).all())

    def _moved(self, cause: str) -> Array:
        """Say which indicators a cause touches."""
        if cause == "indicators":
            return ~self.comparison.shared
        pair = (OLD, REVISED) if cause == "own_revision" else (REVISED, NEW)
        own = self.comparison.figures[:, :, self.unit], self.comparison.samples[:, :, :, self.unit]
        touched = [unlike(own[0][pair[0]], own[0][pair[1]]), unlike(own[1][pair[0]], own[1][pair[1]]).any(axis=0)]
        moved = touched[0] | touched[1]
        return moved & self.comparison.shared if cause == "own_figures" else moved

    def _switches(self, done: Sequence[Sequence[Step]]) -> Switches:
        """Return the states in which so much has been done; the whole of a cause switches all its indicators."""
        lanes, rows = len(done), len(self.comparison.leaves)
        parts = {"own_revision": "own_revision", "own_figures": "own_figures", "indicators": "present"}
        given = {
            each.name: np.zeros((rows, lanes) if each.name in parts.values() else lanes, dtype=bool)
            for each in fields(Switches)
        }
        given["own"] = np.full(lanes, self.unit)
        for lane, steps in enumerate(done):
            for cause, row in steps:
                array = given[parts.get(cause, cause)]
                array[(slice(None) if row < 0 else row, lane) if cause in parts else lane] = True
        return Switches(**given)


def shapley_values(values: Array, players: int) -> Array:
    """Return the Shapley value of every player.

    Shapes   values (node, set), the sets of players in the order of itertools.product, the first player the slowest;
             returns (node, player).
    Formula  sum over sets S without i of |S|! (n - |S| - 1)! / n! (v(S and i) - v(S)).

    >>> shapley_values(np.array([[0.0, 1.0, 2.0, 6.0]]), 2)
    array([[3.5, 2.5]])
    """
    cube = values.reshape(len(values), *(2,) * players)
    sizes = np.indices((2,) * players).sum(axis=0)
    found = np.zeros((len(values), players))
    for player in range(players):
        gain = np.diff(cube, axis=player + 1).squeeze(axis=player + 1)
        size = sizes.take(0, axis=player)
        weight = np.array([factorial(s) * factorial(players - s - 1) / factorial(players) for s in range(players)])
        found[:, player] = (gain * weight[size]).reshape(len(values), -1).sum(axis=1)
    return found


def _carried(values: Array, gaps: Array) -> Array:
    """Put the value before in the place of a gap, along the steps; a gap at the start stays."""
    places = np.maximum.accumulate(np.where(gaps, 0, np.arange(values.shape[1])), axis=1)
    return np.take_along_axis(values, places, axis=1)


def _must_meet(comparison: Comparison, country: str, end: int, found: Array) -> None:
    """Refuse a change of which an end is not what was published; `found` are scores and ranks, (2, node).

    `end` is 0 before and 1 after.
    """
    side = comparison.after if end else comparison.before
    codes = comparison.merged.others if end else comparison.merged.ones
    for row, node in enumerate(comparison.merged.framework(later=True).nodes):
        if node not in comparison.merged.shared:
            continue
        for own, other in zip(_published(side, country, codes[node]), found[:, row], strict=True):
            if own and not np.isnan(own) and not abs(other - own) <= SAME * max(1.0, abs(own)):
                words = (f"{country} {node} in {side.edition}", repr(own), f"{float(other)!r}, computed again")
                raise ReadinessError(Violation("E782", *words), NOT_REPRODUCIBLE)


def _frame(one: Decomposition) -> pl.DataFrame:
    """Return the rows of a country: for each node the whole change, its causes, and their parts by indicator."""
    comparison = one.comparison
    nodes = comparison.merged.framework(later=True).nodes
    scores, ranks = one.path
    values, places = one.shapley
    kept = [
        row
        for row, node in enumerate(nodes)
        if node in comparison.merged.shared and _has_both(comparison, one.country, node)
    ]
    points, won = np.diff(scores, axis=1), ranks[:, :-1] - ranks[:, 1:]
    columns: dict[str, list] = {name: [] for name in ("node", "position", "cause", "indicator", "points", "places")}
    columns |= {"shapley": [], "shapley_places": []}

    def add(node: str, cause: str, indicator: str, *numbers: float | None) -> None:
        row = (node, 0 if cause == TOTAL else CAUSES.index(cause) + 1, cause, indicator, *numbers)
        for name, value in zip(columns, row, strict=True):
            columns[name].append(value)

    for row in kept:
        whole = (scores[row, -1] - scores[row, 0], ranks[row, 0] - ranks[row, -1])
        add(nodes[row], TOTAL, "", *whole, *whole)
        for number, cause in enumerate(one.active):
            own = [at for at, (name, _) in enumerate(one.steps) if name == cause]
            told = (points[row, own].sum(), won[row, own].sum())
            add(nodes[row], cause, "", *told, values[row, number], places[row, number])
            for at in own:
                leaf = one.steps[at][1]
                if leaf >= 0 and (points[row, at] or won[row, at]):
                    add(nodes[row], cause, comparison.leaves[leaf], points[row, at], won[row, at], None, None)
    frame = pl.DataFrame(columns, schema_overrides={name: ANSWERS[TABLE].columns[name].dtype.type for name in columns})
    return frame.with_columns(
        pl.lit(comparison.before.edition).alias("before"),
        pl.lit(comparison.after.edition).alias("after"),
        pl.lit(one.country).alias("country"),
    )


def _published(side: Side, country: str, node: str) -> tuple[float, float]:
    """Return score and rank of a country's node; a score that is missing is NaN, a rank 0."""
    at = side.at, side.plan.place[node], side.plan.units.index(country)
    return float(side.stages.scores[at]), float(side.stages.ranks[at])


def _has_both(comparison: Comparison, country: str, node: str) -> bool:
    ends = ((comparison.before, comparison.merged.ones), (comparison.after, comparison.merged.others))
    return not any(np.isnan(_published(side, country, codes[node])[0]) for side, codes in ends)
