"""Sobol' indices: on which factor a result depends, by itself and with the others, and how well each index is known.

A factor is a column of the design. Inputs that move together share one: the caller lets one column drive them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from readiness.sobol_errors import resampled_sums, sums_and_largest
from readiness.sobol_runs import Runs, collected

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NEVER, FEW, RARELY = "never varies", "fewer than two complete rows", "varies in too few resamples: no error"


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """One kind of index with its bootstrap standard error and percentile interval, each (factor, output)."""

    value: Floats
    error: Floats
    low: Floats
    high: Floats

    @property
    def half_width(self) -> Floats:
        """Return half the length of each interval."""
        return (self.high - self.low) / 2


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity:
    """Sobol' indices of all factors for all outputs.

    Shapes   first (the factor alone), total (with all its interactions) and interaction (total less first):
             (factor, output); variance, rows, left_out, still: (output,).
    Gaps     NaN, for the reason in `reasons`, which is empty where nothing is wrong. `rows` were used, `left_out` rows
             had a failed run. In `still` resamples the output did not vary; its errors come from the others.
    """

    first: Estimates
    total: Estimates
    interaction: Estimates
    variance: Floats
    rows: NDArray[np.int64]
    left_out: NDArray[np.int64]
    still: NDArray[np.int64]
    reasons: tuple[str, ...]
    points: int  # rows of the design, n
    resamples: int
    level: float


@dataclass(frozen=True, slots=True, eq=False)
class Doubts:
    """Where an index says nothing, and by which rule of `doubtful`; each (factor, output)."""

    wide_first: Flags
    wide_total: Flags
    negative: Flags
    above_total: Flags

    @property
    def first(self) -> Flags:
        """Return where the first-order index is doubtful."""
        return self.wide_first | self.negative | self.above_total

    @property
    def total(self) -> Flags:
        """Return where the total index is doubtful."""
        return self.wide_total | self.above_total


def indices(
    y_a: ArrayLike,
    y_b: ArrayLike,
    y_ab: ArrayLike,
    *,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int,
    threads: int | None = None,
) -> Sensitivity:
    """Return the first-order and total Sobol' indices of every factor for every output, with their errors.

    With results y less their mean over all runs, and V the variance of A and B together (divisor 2n):
    first S_i = mean(y_B (y_ABi - y_A)) / V, total ST_i = mean((y_A - y_ABi)^2) / (2 V).

    Shapes   y_a, y_b (n, output); y_ab (factor, n, output).
    Gaps     a row with a failed run (not finite, or beyond 1e100) is left out for that output. An output that does not
             vary over A and B, or has fewer than two rows, is a gap with a reason.
    Error    percentile bootstrap over rows, the same rows for all factors and outputs. It takes rows as independent;
             Sobol' points fill the cube more evenly: for smooth outputs the errors are far too large, for jagged ones
             and strong interactions about right.
    Source   Saltelli et al., Computer Physics Communications 181:259 (2010), table 2; Jansen, ibid. 117:35 (1999);
             Archer, Saltelli and Sobol, Journal of Statistical Computation and Simulation 58:99 (1997), bootstrap.
    """
    if resamples < 2 or not 0 < level < 1:
        raise ValueError(f"at least 2 resamples and a level between 0 and 1, got {resamples} and {level}")
    runs = collected(y_a, y_b, y_ab)
    sums, largest = sums_and_largest(runs.terms, runs.points, runs.columns, threads)
    drawn = resampled_sums(runs.terms, runs.points, largest, resamples, seed=seed, threads=threads)
    value, spread = runs.ratios(sums), runs.ratios(drawn)
    still = np.isnan(spread[:, 0, 0]).sum(axis=0)
    first, total, interaction = map(Estimates, value, *_errors(spread, still, level))
    return Sensitivity(
        first=first,
        total=total,
        interaction=interaction,
        variance=runs.variance(sums)[0] * runs.scale**2,
        rows=runs.rows,
        left_out=runs.points - runs.rows,
        still=still,
        reasons=tuple(_reasons(runs, resamples - still)),
        points=runs.points,
        resamples=resamples,
        level=level,
    )


def enough(sensitivity: Sensitivity, half_width: float = 0.05) -> int:
    """Return how many base points, a power of two, would bring every interval of S and ST within +- half_width.

    Widths shrink with the square root of n. Gaps do not count; no interval at all is a ValueError.
    """
    widths = np.concatenate([sensitivity.first.half_width, sensitivity.total.half_width])
    if not half_width > 0 or np.isnan(widths).all():
        raise ValueError("a half width above 0 and an output with an interval are needed")
    needed = sensitivity.points * (float(np.nanmax(widths)) / half_width) ** 2
    return 2 ** max(1, int(np.ceil(np.log2(max(needed, 1.0)))))


def doubtful(sensitivity: Sensitivity, half_width: float = 0.1) -> Doubts:
    """Return where the error makes an index meaningless; a gap is not in doubt, it has its reason.

    Wide      the interval is wider than +- half_width, or there is none although the index has a value.
    Negative  the whole interval of the first-order index lies below 0, which no such index can.
    Above     the whole interval of total less first lies below 0, although a factor's total is never the smaller one.
    """
    first, total = sensitivity.first, sensitivity.total
    return Doubts(
        wide_first=~(first.half_width <= half_width) & ~np.isnan(first.value),
        wide_total=~(total.half_width <= half_width) & ~np.isnan(total.value),
        negative=first.high < 0,
        above_total=sensitivity.interaction.high < 0,
    )


def mean_rank_shift(ranks: ArrayLike, reference: ArrayLike) -> Floats:
    """Return the mean over units of how many places a unit's rank is away from its rank of reference.

    Shapes   ranks (unit, replicate), reference (unit,); returns (replicate,).
    Gaps     a unit without a rank in one of the two is left out; a replicate with no unit left is a gap.
    Source   OECD/JRC, Handbook on Constructing Composite Indicators (2008), equation 38.

    >>> mean_rank_shift([[1, 3], [2, 2], [3, 1]], [1, 2, 3]).round(3).tolist()
    [0.0, 1.333]
    """
    shift = np.abs(np.asarray(reference, dtype=np.float64)[:, None] - np.asarray(ranks, dtype=np.float64))
    there = ~np.isnan(shift)
    units = there.sum(axis=0)
    return np.where(units > 0, shift.sum(axis=0, where=there) / np.maximum(units, 1), np.nan)


def _errors(spread: Floats, still: NDArray[np.int64], level: float) -> tuple[Floats, Floats, Floats]:
    """Return standard error, lower and upper end, (kind, factor, output), from the indices of all resamples."""
    out = _summary(spread, level)
    for o in np.flatnonzero(still):
        kept = spread[~np.isnan(spread[:, 0, 0, o]), ..., o]
        out[..., o] = _summary(kept, level) if len(kept) > 1 else np.nan
    return out[0], out[1], out[2]


def _summary(spread: Floats, level: float) -> Floats:
    """Return the standard deviation and the two quantiles over resamples, one under the other."""
    tails = np.quantile(spread, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return np.stack([spread.std(axis=0, ddof=1), *tails])


def _reasons(runs: Runs, kept: NDArray[np.int64]) -> list[str]:
    """Say for each output why it has no index, or an index without error; nothing where it has both."""
    rules = [(runs.rows < 2, FEW), (np.isinf(runs.grain), NEVER), (kept < 2, RARELY)]
    return [next((why for where, why in rules if where[o]), "") for o in range(len(kept))]
