"""Which pairs of units are shown to be in order: tests of all differences at once, stepping down.

A hypothesis is "j is not above k". All hypotheses of a family are tested against one critical value, so that the
probability of rejecting a true one anywhere in the family stays below 1 - level.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from readiness.estimates import Array, Estimates
from readiness.rank_sets import Draws, Flags, Places, largest, spread
from readiness.registry import compiled

SIDES = ("two", "lower", "upper")
LARGEST = 2**24  # numbers that the maxima of several families may take up


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be shown: at which level, about which units, and by which variant."""

    level: float
    simultaneous: bool
    side: str
    stepdown: bool
    asked: Flags


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of units in play: `ahead` is the hypothesis "first is not above second", `behind` the reverse.

    A hypothesis that was rejected, or was never asked, is False.
    """

    first: Places
    second: Places
    family: Places
    ahead: Flags
    behind: Flags

    def keep(self, flags: Flags) -> Pairs:
        """Return some of the pairs."""
        return Pairs(*(each[flags] for each in (self.first, self.second, self.family, self.ahead, self.behind)))


def shown(estimates: Estimates, question: Question, draws: int, seed: int) -> tuple[Places, Places]:
    """Return for each unit how many others it is shown to be above, and how many below.

    Source   Mogstad, Romano, Shaikh and Wilhelm, Review of Economic Studies 91:476 (2024), algorithm of the stepdown.
    """
    factor, error = spread(estimates)
    difference = estimates.estimate[:, None] - estimates.estimate[None, :]
    wins = (error == 0) & (difference > 0)  # wins[j, k]: for the rank of j it is shown that j is above k
    losses = wins.T.copy()
    pairs = _pairs(question, error)
    simulated = Draws(factor, draws, seed)
    while len(pairs.first):
        lead = difference[pairs.first, pairs.second]
        bound = _critical_values(pairs, error, simulated, question.level) * error[pairs.first, pairs.second]
        ahead, behind = pairs.ahead & (lead > bound), pairs.behind & (-lead > bound)
        wins[pairs.first[ahead], pairs.second[ahead]] = True
        losses[pairs.first[behind], pairs.second[behind]] = True
        if question.simultaneous:
            losses[pairs.second[ahead], pairs.first[ahead]] = True
            wins[pairs.second[behind], pairs.first[behind]] = True
        again = np.isin(pairs.family, pairs.family[ahead | behind]) & question.stepdown
        left = replace(pairs, ahead=pairs.ahead & ~ahead, behind=pairs.behind & ~behind)
        pairs = left.keep(again & (left.ahead | left.behind))
    return wins.sum(axis=1), losses.sum(axis=1)


def _pairs(question: Question, error: Array) -> Pairs:
    """Return the pairs in play: of all units asked about in one family, or a family for each of them."""
    asked, size = question.asked, len(question.asked)
    if question.simultaneous:
        first, second = np.triu_indices(size, 1)
        ahead, behind = _bearing(question.side, asked[first], asked[second])
        pairs = Pairs(first, second, np.zeros_like(first), ahead, behind)
    else:
        first, second = np.nonzero(asked[:, None] & ~np.eye(size, dtype=bool))
        ahead, behind = _bearing(question.side, np.ones(len(first), dtype=bool), np.zeros(len(first), dtype=bool))
        pairs = Pairs(first, second, first, ahead, behind)
    return pairs.keep((error[pairs.first, pairs.second] > 0) & (pairs.ahead | pairs.behind))


def _bearing(side: str, first: Flags, second: Flags) -> tuple[Flags, Flags]:
    """Say which hypotheses, "first is not above second" and the reverse, bear on the ranks of the units asked about.

    That j is above k bounds the rank of j from above and the rank of k from below.
    """
    if side == "upper":
        return first, second
    if side == "lower":
        return second, first
    return first | second, first | second


def _critical_values(pairs: Pairs, error: Array, draws: Draws, level: float) -> Array:
    """Return for each pair the critical value of its family: the quantile of the largest of its standardised errors.

    With Z the errors and s the standard error of a difference, the hypothesis "first is not above second" brings
    (Z[first] - Z[second]) / s, the reverse hypothesis the negative of it. Quantiles are of type 7. A value below zero
    counts as zero, so that nothing is shown against the estimates.
    """
    families, place = np.unique(pairs.family, return_inverse=True)
    at_once = max(1, LARGEST // draws.count)
    values = np.empty(len(families))
    for start in range(0, len(families), at_once):
        chosen = (place >= start) & (place < start + at_once)
        maxima = _maxima(pairs.keep(chosen), place[chosen] - start, error, draws)
        for row, family in enumerate(maxima, start=start):
            values[row] = max(0.0, np.quantile(family, level))
    return values[place]


def _maxima(pairs: Pairs, row: Places, error: Array, draws: Draws) -> Array:
    """Return the largest standardised error of each family in each draw, (family, draw)."""
    scale = 1 / error[pairs.first, pairs.second]
    sign = pairs.ahead.astype(np.int64) - pairs.behind.astype(np.int64)  # 0: both, the larger is the absolute one
    rows = int(row.max()) + 1
    maxima = np.empty((rows, draws.count))

    def fill(block: range, errors: Array) -> None:
        out = np.full((rows, len(block)), -np.inf)
        compiled(largest)(errors, pairs.first, pairs.second, scale, sign, row, out)
        maxima[:, block.start : block.stop] = out

    draws.each(fill)
    return maxima
