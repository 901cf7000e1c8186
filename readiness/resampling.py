"""Which rows stand in a resample: rows, blocks of a series or whole clusters, drawn again within their strata.

Every scheme becomes one plan: a list of units that can be drawn (a unit is a run of rows) and a list of slots, each of
which takes one unit of its stratum. So the draw, the statistics and the jackknife know one rule only.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from readiness import streams
from readiness.registry import compiled

NOTHING = -1  # stands in a resample where no row is: clusters differ in size
Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
Placed = NDArray[np.int32]
Labels = Iterable[Hashable]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows are drawn one by one with replacement; with strata as many in each as it has.

    Source   Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapters 6 and 8.
    """

    strata: Labels | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Runs of neighbouring rows are drawn, so that what lasts from row to row stays; each stratum is a series.

    The last block is cut so that a resample has as many rows as the series. Circular blocks run from the end on to the
    beginning, so that every row is drawn equally often; moving blocks do not.

    Source   Politis and Romano (1992), in Exploring the Limits of Bootstrap, 263-270; moving blocks: Künsch (1989),
             Annals of Statistics 17(3), 1217-1241.
    """

    length: int
    circular: bool = True
    strata: Labels | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """Rows with the same label are drawn together, as many clusters of each stratum as it has.

    Source   Davison and Hinkley (1997), Bootstrap Methods and their Application, section 3.8.
    """

    labels: Labels
    strata: Labels | None = None


Scheme = Rows | Blocks | Clusters


class Plan(NamedTuple):
    """What a scheme means for rows that are there.

    Shapes   first, choices, take (slot,): the first unit that the slot may take, how many from there on, and how many
             rows of it at most; starts (unit + 1,) and members: the rows of the units, one unit after the other.
             left_out: for each stratum the groups of rows that the jackknife leaves out, one at a time.
    """

    first: Whole
    choices: Whole
    take: Whole
    starts: Whole
    members: Whole
    left_out: list[list[Whole]]

    @property
    def most(self) -> int:
        """Return how many rows a resample has at most."""
        sizes = np.diff(self.starts)
        each = [sizes[f : f + n].max() for f, n in zip(self.first, self.choices, strict=True)]
        return int(np.minimum(each, self.take).sum())


def resampled_rows(scheme: Scheme, count: int, replicates: range | int, seed: int) -> Placed:
    """Return the numbers of the rows that stand in each resample.

    Shapes   (place, replicate); -1 where a resample has no more rows, which happens with clusters of different size.
    Errors   labels or a length that do not fit the rows: ValueError.
    """
    wanted = replicates if isinstance(replicates, range) else range(replicates)
    return drawn_rows(plan(scheme, count), wanted, seed)


def plan(scheme: Scheme, count: int) -> Plan:
    """Return the plan of a scheme for this many rows."""
    strata = _groups(scheme.strata, count, "strata") if scheme.strata is not None else [np.arange(count)]
    if isinstance(scheme, Blocks):
        return _joined([_series(rows, scheme) for rows in strata])
    if isinstance(scheme, Rows):
        return _joined([_whole_units([rows[i : i + 1] for i in range(len(rows))]) for rows in strata])
    return _joined([_whole_units(units) for units in _clusters(strata, scheme.labels, count)])


def drawn_rows(plan: Plan, replicates: range, seed: int) -> Placed:
    """Return the rows of some resamples: a replicate is the same whichever others are drawn with it."""
    rows = np.empty((plan.most, len(replicates)), dtype=np.int32)
    draws = _draws(seed, len(plan.first), replicates)
    compiled(place)(draws, plan.first, plan.choices, plan.take, plan.starts, plan.members, rows)
    return rows


def rows_left(left_out: list[Whole], count: int) -> Placed:
    """Return for each group the rows that remain when it is left out; -1 behind them if another group is smaller."""
    rows = np.full((count - min(map(len, left_out)), len(left_out)), NOTHING, dtype=np.int32)
    for lane, gone in enumerate(left_out):
        rows[: count - len(gone), lane] = np.delete(np.arange(count), gone)
    return rows


def place(
    draws: Numbers, first: Whole, choices: Whole, take: Whole, starts: Whole, members: Whole, rows: Placed
) -> None:
    """Write the rows of the units that are drawn.

    Shapes   draws (slot, replicate), from 0 to below 1; rows (place, replicate), written.
    """
    at = np.zeros(draws.shape[1], dtype=np.int64)
    for s in range(draws.shape[0]):
        for r in range(draws.shape[1]):
            unit = first[s] + min(np.int64(draws[s, r] * choices[s]), choices[s] - 1)
            for m in range(starts[unit], min(starts[unit + 1], starts[unit] + take[s])):
                rows[at[r], r] = members[m]
                at[r] += 1
    for r in range(draws.shape[1]):
        for rest in range(at[r], rows.shape[0]):
            rows[rest, r] = NOTHING


def count_rows(rows: Placed, counts: Numbers) -> None:
    """Write how often each row stands in each resample.

    Shapes   rows (place, replicate); counts (row, replicate), written.
    """
    counts[:] = 0.0
    for p in range(rows.shape[0]):
        for r in range(rows.shape[1]):
            if rows[p, r] >= 0:
                counts[rows[p, r], r] += 1.0


def gather(x: Numbers, rows: Placed, out: Numbers) -> None:
    """Write the resampled values; a gap where a resample has no row.

    Shapes   x (column, row); rows (place, replicate); out (column, place, replicate), written.
    """
    for c in range(x.shape[0]):
        for p in range(rows.shape[0]):
            for r in range(rows.shape[1]):
                out[c, p, r] = x[c, rows[p, r]] if rows[p, r] >= 0 else np.nan


def _draws(seed: int, slots: int, replicates: range) -> Numbers:
    """Return numbers between 0 and 1 (slot, replicate); a replicate has its own values of the counter.

    A slot takes one of m units by rounding m times such a number down: of 2**32 draws two units differ by one at most.
    """
    return streams.uniforms(seed, streams.BOOTSTRAP, (slots,), replicates)


def _series(rows: Whole, scheme: Blocks) -> Plan:
    """Return the plan of one series. The jackknife leaves out blocks that stand side by side."""
    n, length = len(rows), scheme.length
    if not 1 <= length <= n:
        raise ValueError(f"the length of a block is from 1 to the {n} rows of the shortest series, got {length}")
    begins = np.arange(n if scheme.circular else n - length + 1)
    members = rows[(begins[:, None] + np.arange(length)) % n]
    slots = -(-n // length)
    take = np.full(slots, length)
    take[-1] = n - (slots - 1) * length
    apart = [rows[i : i + length] for i in range(0, n, length)]
    starts = np.arange(len(begins) + 1) * length
    return Plan(np.zeros(slots, np.int64), np.full(slots, len(begins)), take, starts, members.ravel(), [apart])


def _whole_units(units: list[Whole]) -> Plan:
    """Return the plan of one stratum whose units are drawn whole, as many as there are."""
    sizes = np.array([len(unit) for unit in units])
    starts = np.concatenate([[0], np.cumsum(sizes)])
    n = len(units)
    take = np.full(n, sizes.max())
    return Plan(np.zeros(n, np.int64), np.full(n, n), take, starts, np.concatenate(units), [units])


def _joined(plans: list[Plan]) -> Plan:
    """Put the plans of the strata behind each other."""
    units = np.cumsum([0] + [len(each.starts) - 1 for each in plans])
    rows = np.cumsum([0] + [len(each.members) for each in plans])
    return Plan(
        np.concatenate([each.first + shift for each, shift in zip(plans, units[:-1], strict=True)]),
        np.concatenate([each.choices for each in plans]),
        np.concatenate([each.take for each in plans]),
        np.concatenate([[0]] + [each.starts[1:] + shift for each, shift in zip(plans, rows[:-1], strict=True)]),
        np.concatenate([each.members for each in plans]),
        [groups for each in plans for groups in each.left_out],
    )


def _clusters(strata: list[Whole], labels: Labels, count: int) -> list[list[Whole]]:
    """Return the clusters of each stratum; one that lies in two is an error."""
    clusters = _groups(labels, count, "labels")
    stratum = np.empty(count, dtype=np.int64)
    for number, rows in enumerate(strata):
        stratum[rows] = number
    for cluster in clusters:
        if len(set(stratum[cluster].tolist())) > 1:
            raise ValueError(f"the cluster of row {cluster[0]} lies in more than one stratum")
    return [[each for each in clusters if stratum[each[0]] == number] for number in range(len(strata))]


def _groups(labels: Labels, count: int, name: str) -> list[Whole]:
    """Return the rows of each label, in the order in which the labels first stand."""
    given = list(labels)
    if len(given) != count:
        raise ValueError(f"{name} must have one label for each of the {count} rows, got {len(given)}")
    if any(label is None or (isinstance(label, float) and np.isnan(label)) for label in given):
        raise ValueError(f"{name} must have no gap")
    rows: dict[Hashable, list[int]] = {}
    for row, label in enumerate(given):
        rows.setdefault(label, []).append(row)
    return [np.array(each) for each in rows.values()]
