"""Linear and integer programmes: a thin wrapper of HiGHS, and the orders of units with the greatest support.

One thread and fixed options, so the same figures give the same answer. HiGHS (Huangfu and Hall 2018, Mathematical
Programming Computation 10) is imported when it is first needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from itertools import combinations, islice, product
from typing import Any

import numpy as np

Array = np.ndarray

EQUAL = 1e-9  # supports nearer than this are equal
WHOLE = 1e-6  # a solution nearer than this to whole numbers is whole
BOUNDS = (("share_low", "share_high"), ("pie_low", "pie_high"))


def solver() -> Any:
    """Return HiGHS, silent, on one thread, with the tightest tolerances it has."""
    highs = import_module("highspy").Highs()
    options = {"output_flag": False, "threads": 1, "random_seed": 0, "mip_rel_gap": 0.0, "mip_abs_gap": 1e-9}
    options |= {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
    for name, value in options.items():
        highs.setOptionValue(name, value)
    return highs


def linear(cost: Array, rows: Array, lower: Array, upper: Array) -> Array | None:
    """Return w >= 0 with the greatest cost @ w under lower <= rows @ w <= upper; None if there is none.

    Shapes   cost and result (variable,); rows (row, variable), dense; lower and upper (row,), infinite for no bound.
    """
    highspy, highs = import_module("highspy"), solver()
    programme = highspy.HighsLp()
    programme.num_row_, programme.num_col_ = rows.shape
    programme.sense_ = highspy.ObjSense.kMaximize
    programme.col_cost_, programme.col_lower_ = cost, np.zeros(len(cost))
    programme.col_upper_ = np.full(len(cost), np.inf)
    programme.row_lower_, programme.row_upper_ = lower, upper
    row, column = np.nonzero(rows)
    programme.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    programme.a_matrix_.start_ = np.searchsorted(row, np.arange(len(rows) + 1)).astype(np.int32)
    programme.a_matrix_.index_, programme.a_matrix_.value_ = column.astype(np.int32), rows[row, column]
    highs.passModel(programme)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return np.maximum(np.array(highs.getSolution().col_value), 0.0)


def impossible(parameters: Mapping[str, float], children: int) -> str:
    """Say why no weights of so many children can keep the bounds on their shares; "" if some can."""
    for names in BOUNDS:
        low, high = (float(parameters.get(name, default)) for name, default in zip(names, (0.0, 1.0), strict=True))
        if low > high:
            return f"{names[0]} {low:g} is above {names[1]} {high:g}"
        if low * children > 1 + EQUAL:
            return f"{children} shares of at least {low:g} make more than 1 ({names[0]})"
        if high * children < 1 - EQUAL:
            return f"{children} shares of at most {high:g} make less than 1 ({names[1]})"
    return ""


def support(x: Array, w: Array) -> Array:
    """Return for each pair of units the weight share of the children on which the first is ahead, a tie counting half.

    Shapes   x (child, unit), w (child,), zero or more; returns (unit, unit): support[a, b] + support[b, a] = 1.
    Gaps     a pair is compared on the children that both units have; without one, or with itself, it is a tie: 1/2.
    """
    lead, shared = (np.zeros((x.shape[1], x.shape[1])) for _ in range(2))
    for values, weight in zip(x, w, strict=True):
        both = ~np.isnan(values[:, None]) & ~np.isnan(values)
        lead += weight * ((values[:, None] > values).astype(float) - (values[:, None] < values))
        shared += weight * both
    return 0.5 + 0.5 * np.divide(lead, shared, out=np.zeros_like(lead), where=shared > 0)


def order_support(order: Sequence[int], support: Array) -> float:
    """Return the support of an order, best first: the sum over its pairs of the support of the former."""
    ordered = support[np.ix_(order, order)]
    return float(np.triu(ordered, 1).sum())


def optimal_orders(support: Array, limit: int = 1, preference: Sequence[int] | None = None) -> list[list[int]]:
    """Return the orders of units with the greatest support, best unit first; no more than `limit` of them.

    Canonical   they come sorted as words are, the letters sorted by `preference`: if it is not given, by the Borda
                score (the sum of a unit's support), then by position. The first is the canonical one.
    Method      units that beat each other in a circle stay together; each such block is a linear programme.
    Source      Young and Levenglick (1978), A consistent extension of Condorcet's election principle, SIAM Journal on
                Applied Mathematics 35; Truchon (1998) for the blocks; Reinelt (1985) for the programme.
    """
    if preference is None:
        preference = np.lexsort((np.arange(len(support)), -np.round(support.sum(axis=1), 9)))
    blocks = _blocks(support, [int(unit) for unit in preference])
    found = [list(islice(_block_orders(support, block), limit)) for block in blocks]
    return [[unit for part in parts for unit in part] for parts in islice(product(*found), limit)]


def _blocks(support: Array, preference: list[int]) -> list[list[int]]:
    """Split the units so that each of a block beats all of the later ones; every optimal order keeps to that."""
    reach = support >= support.T - EQUAL
    for via in range(len(support)):
        reach |= np.outer(reach[:, via], reach[via])
    reached = reach.sum(axis=1)
    return [[unit for unit in preference if reached[unit] == size] for size in sorted(set(reached), reverse=True)]


def _block_orders(support: Array, block: list[int]) -> Iterator[list[int]]:
    """Go through the optimal orders of a block; its units are listed by preference, and so are the orders."""
    if len(block) == 1:
        return iter([block])
    programme = _Ordering(support[np.ix_(block, block)])
    best = programme.best([], -np.inf)
    return ([block[unit] for unit in order] for order in _continue(programme, [], best))


def _continue(programme: _Ordering, start: list[int], order: list[int]) -> Iterator[list[int]]:
    """Go through the optimal orders that begin with `start`; `order` is one of them."""
    if len(start) == len(order):
        yield order
        return
    target, margins = order_support(order, programme.support), programme.support - programme.support.T
    rest = [unit for unit in range(len(order)) if unit not in start]
    for unit in rest:
        last_is_behind = start and margins[unit, start[-1]] > EQUAL  # then exchanging the two would gain
        if last_is_behind or margins[unit, rest].sum() < -EQUAL:  # and here moving the unit to the end
            continue
        known = order[len(start)] == unit
        found = order if known else programme.best([*start, unit], target)
        if found is not None:
            yield from _continue(programme, [*start, unit], found)


class _Ordering:
    """The linear ordering programme: x[a, b] = 1 where a comes before b, for a < b, and no circles of three.

    The limits 0 <= x[a, b] + x[b, c] - x[a, c] <= 1 are added when a solution breaks them; once added, they stay.
    """

    def __init__(self, support: Array) -> None:
        self.support = support
        self.first, self.second = np.triu_indices(len(support), 1)
        count = len(self.first)
        self.columns = np.arange(count, dtype=np.int32)
        self.number = np.zeros(support.shape, dtype=np.int32)
        self.number[self.first, self.second] = self.columns
        a, b, c = np.array(list(combinations(range(len(support)), 3)), dtype=int).reshape(-1, 3).T
        self.triples = np.stack([self.number[a, b], self.number[b, c], self.number[a, c]], axis=1)
        self.highs, empty = solver(), np.empty(0, dtype=np.int32)
        gains = support[self.first, self.second] - support[self.second, self.first]
        self.base = support[self.second, self.first].sum()
        self.highs.addCols(count, -gains, np.zeros(count), np.ones(count), 0, empty, empty, np.empty(0))

    def best(self, start: list[int], target: float) -> list[int] | None:
        """Return an order of greatest support among those that begin with `start`; None if it misses the target."""
        low, high = np.zeros(len(self.columns)), np.ones(len(self.columns))
        place = {unit: position for position, unit in enumerate(start)}
        for position, (a, b) in enumerate(zip(self.first.tolist(), self.second.tolist(), strict=True)):
            if a in place or b in place:
                before = place.get(a, len(self.support)) < place.get(b, len(self.support))
                low[position] = high[position] = float(before)
        self.highs.changeColsBounds(len(self.columns), self.columns, low, high)
        x = self._solve(target, whole=False)
        if x is not None and (np.abs(x - np.round(x)) > WHOLE).any():
            x = self._solve(target, whole=True)
        if x is None:
            return None
        before = np.zeros_like(self.support)
        before[self.first, self.second], before[self.second, self.first] = np.round(x), 1 - np.round(x)
        order = np.argsort(-before.sum(axis=1), kind="stable").tolist()
        return order if order_support(order, self.support) >= target - EQUAL else None

    def _solve(self, target: float, *, whole: bool) -> Array | None:
        """Solve, adding broken limits until none is left; None as soon as the target is out of reach."""
        self.highs.changeColsIntegrality(len(self.columns), self.columns, np.full(len(self.columns), whole, np.uint8))
        while True:
            self.highs.run()
            if self.base - self.highs.getObjectiveValue() < target - 100 * EQUAL:
                return None
            x = np.array(self.highs.getSolution().col_value)
            turns = x[self.triples] @ np.array([1.0, 1.0, -1.0])
            broken = self.triples[(turns < -WHOLE) | (turns > 1 + WHOLE)]
            if not len(broken):
                return x
            count = len(broken)
            self.highs.addRows(
                count,
                np.zeros(count),
                np.ones(count),
                3 * count,
                3 * np.arange(count, dtype=np.int32),
                broken.ravel(),
                np.tile([1.0, 1.0, -1.0], count),
            )
