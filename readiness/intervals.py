"""Confidence intervals from a bootstrap distribution: percentile, basic and BCa, one for each component."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Interval = Literal["bca", "basic", "percentile"]
METHODS = ("bca", "basic", "percentile")
SAME = 1e-12  # values that differ by a smaller share are equal but for rounding
NORMAL = NormalDist()

NO_ESTIMATE = "the statistic has no value on the data"
NO_REPLICATES = "fewer than two replicates have a value"
ONE_SIDE = "BCa: all replicates lie on one side of the estimate, so its bias cannot be judged"
NO_JACKKNIFE = "BCa: the statistic has no value when a certain unit is left out"
NO_CHANGE = "BCa: leaving out a single unit never changes the statistic, so there is no acceleration"
TOO_SKEW = "BCa: the acceleration is too large for this level"


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """Limits, standard errors, numbers of failed replicates and reasons for gaps, each in the estimate's shape."""

    low: Numbers
    high: Numbers
    standard_error: Numbers
    failed: NDArray[np.int64]
    reason: NDArray[np.object_]


class _Ends(NamedTuple):
    """One interval, or why there is none."""

    low: float = np.nan
    high: float = np.nan
    reason: str = ""


class _NoIntervalError(Exception):
    """Carries the reason why an interval cannot be computed."""


def intervals(
    estimate: Numbers,
    distribution: Numbers,
    left_out: Sequence[Numbers] = (),
    *,
    level: float = 0.95,
    method: Interval = "bca",
) -> Intervals:
    """Return a two-sided confidence interval for each component of an estimate.

    Shapes   estimate any; distribution the same and the replicate behind it; left_out, for BCa: for each stratum the
             estimates when one of its units is left out, (..., unit).
    Formula  percentile: quantiles q of the distribution at (1 - level)/2 and 1 - (1 - level)/2, interpolated linearly.
             basic: twice the estimate less the other quantile. BCa: quantiles at Phi(z0 + (z0 + z)/(1 - a(z0 + z))),
             z0 the normal quantile of the share of replicates below the estimate, ties counted half; acceleration
             a = sum(u^3/n^3) / (6 sum(u^2/n^2)^1.5), u = (n - 1)(mean of left_out - left_out), n units in a stratum.
    Gaps     a replicate without a finite value is left out and counted in `failed`. A distribution of one single
             value that is the estimate gives that point. Where no interval can be computed there is a gap, and
             `reason` says why; nothing else is put in its place.
    Source   Efron (1987), JASA 82, 171-185; Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapters
             13 and 14; Davison and Hinkley (1997), Bootstrap Methods and their Application, chapter 5.
    """
    check_interval(level, method)
    estimate = np.asarray(estimate, dtype=np.float64)
    shape = estimate.shape
    draws = np.reshape(distribution, (estimate.size, -1))
    jackknife = [np.reshape(each, (estimate.size, -1)) for each in left_out]
    ends, errors, failed = [], np.full(estimate.size, np.nan), np.empty(estimate.size, dtype=np.int64)
    for k, value in enumerate(estimate.ravel()):
        kept = draws[k] if np.isfinite(draws[k]).all() else draws[k][np.isfinite(draws[k])]
        failed[k] = draws.shape[1] - len(kept)
        errors[k] = kept.std(ddof=1) if len(kept) > 1 else np.nan
        ends.append(_ends(float(value), kept, [each[k] for each in jackknife], level, method))
    low, high, reason = zip(*ends, strict=True) if ends else ((), (), ())
    reasons = np.array(reason, dtype=object)
    return Intervals(
        np.reshape(low, shape),
        np.reshape(high, shape),
        errors.reshape(shape),
        failed.reshape(shape),
        reasons.reshape(shape),
    )


def check_interval(level: float, method: str) -> None:
    """Raise a ValueError for a level or a method that does not exist."""
    if not 0 < level < 1:
        raise ValueError(f"level is between 0 and 1, got {level}")
    if method not in METHODS:
        raise ValueError(f"method is one of {', '.join(METHODS)}, got {method!r}")


def _ends(estimate: float, kept: Numbers, left_out: list[Numbers], level: float, method: str) -> _Ends:
    """Return the interval of one component from its replicates that have a value."""
    if not np.isfinite(estimate) or len(kept) < 2:
        return _Ends(reason=NO_REPLICATES if np.isfinite(estimate) else NO_ESTIMATE)
    least, most = kept.min(), kept.max()
    rounding = SAME * max(abs(least), abs(most), abs(estimate))
    if max(most, estimate) - min(least, estimate) <= rounding:
        return _Ends(estimate, estimate)
    kept = np.sort(kept)
    tail = (1 - level) / 2
    if method == "percentile":
        return _Ends(_quantile(kept, tail), _quantile(kept, 1 - tail))
    if method == "basic":
        return _Ends(2 * estimate - _quantile(kept, 1 - tail), 2 * estimate - _quantile(kept, tail))
    try:
        bias, a = _bias_correction(estimate, kept, rounding), _acceleration(left_out)
        return _Ends(*(_quantile(kept, _adjusted(share, bias, a)) for share in (tail, 1 - tail)))
    except _NoIntervalError as gap:
        return _Ends(reason=str(gap))


def _quantile(kept: Numbers, share: float) -> float:
    """Return a quantile of numbers in rising order, interpolated linearly (type 7 of Hyndman and Fan, 1996)."""
    place = share * (len(kept) - 1)
    below = min(int(place), len(kept) - 2)
    return float(kept[below] + (place - below) * (kept[below + 1] - kept[below]))


def _bias_correction(estimate: float, kept: Numbers, rounding: float) -> float:
    """Return z0: how far, in normal quantiles, the estimate is from the median of the replicates."""
    below = np.searchsorted(kept, estimate - rounding, side="left")
    up_to = np.searchsorted(kept, estimate + rounding, side="right")
    share = (below + up_to) / (2 * len(kept))
    if not 0 < share < 1:
        raise _NoIntervalError(ONE_SIDE)
    return NORMAL.inv_cdf(share)


def _acceleration(left_out: list[Numbers]) -> float:
    """Return the acceleration from the jackknife; a stratum of a single unit adds nothing."""
    cubes, squares = 0.0, 0.0
    for values in left_out:
        n = len(values)
        if n < 2:
            continue
        if not np.isfinite(values).all():
            raise _NoIntervalError(NO_JACKKNIFE)
        u = (n - 1) * (values.mean() - values)
        if np.abs(u).max() > SAME * n * np.abs(values).max():
            cubes += float((u**3).sum()) / n**3
            squares += float((u**2).sum()) / n**2
    if squares == 0:
        raise _NoIntervalError(NO_CHANGE)
    return cubes / (6 * squares**1.5)


def _adjusted(share: float, bias: float, acceleration: float) -> float:
    """Return the share of replicates that BCa takes in the place of a nominal one."""
    z = bias + NORMAL.inv_cdf(share)
    if acceleration * z >= 1:  # beyond the pole the limits change places
        raise _NoIntervalError(TOO_SKEW)
    return NORMAL.cdf(bias + z / (1 - acceleration * z))
