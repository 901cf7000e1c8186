"""The formulas of the steps as one writes them in NumPy from a textbook: the oracle of the tests, the peer of the
benchmarks. They know nothing of the kernels.

Each takes one replicate, without the last axis. One marked `batch` takes all replicates at once as well.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

FORMULAS: dict[tuple[str, str], Callable] = {}
BATCH: set[tuple[str, str]] = set()
NAN = np.nan


def formula(step: str, name: str, batch: bool = True) -> Callable[[Callable], Callable]:
    def keep(function: Callable) -> Callable:
        FORMULAS[step, name] = function
        if batch:
            BATCH.add((step, name))
        return function

    return keep


def lowest(x):
    return np.fmin.reduce(x, axis=1, keepdims=True)


def highest(x):
    return np.fmax.reduce(x, axis=1, keepdims=True)


def mean(x, axis=1):
    known = ~np.isnan(x)
    return ratio(np.where(known, x, 0.0).sum(axis=axis, keepdims=True), known.sum(axis=axis, keepdims=True))


def ratio(above, below):
    """Divide; where the divisor is zero there is no value."""
    above, below = np.broadcast_arrays(np.asarray(above, dtype=float), np.asarray(below, dtype=float))
    return np.divide(above, below, out=np.full(above.shape, NAN), where=below != 0)


def along(values, x):
    """Stand values of indicators before the countries of x, and before its replicates if it has any."""
    return values.reshape(values.shape + (1,) * (x.ndim - values.ndim)) if values.ndim == 1 else values[:, None]


def where_positive(function, x):
    """Apply a function where x is above zero; elsewhere there is no value."""
    return function(x, out=np.full(x.shape, NAN), where=x > 0)


@formula("transform", "none")
def as_it_is(x):
    return x.copy()


@formula("transform", "log")
def natural_logarithm(x):
    return where_positive(np.log, x)


@formula("transform", "log1p")
def logarithm_of_one_plus(x):
    return np.log1p(x, out=np.full(x.shape, NAN), where=x > -1)


@formula("transform", "log10")
def decimal_logarithm(x):
    return where_positive(np.log10, x)


def line(x, zero, full, low, high, cut_below, cut_above):
    place = ratio(x - zero, full - zero)
    place = np.maximum(place, 0.0) if cut_below else place
    return low + (high - low) * (np.minimum(place, 1.0) if cut_above else place)


def turned(x, direction, worst, best):
    """Return worst and best as they are where more is better, else swapped."""
    up = along(direction, x) > 0
    return np.where(up, worst, best), np.where(up, best, worst)


@formula("normalise", "min_max")
@formula("normalise", "distance_to_maximum")
def between_extremes(x, direction, declared, **scale):
    return line(x, *turned(x, direction, lowest(x), highest(x)), **scale)


@formula("normalise", "goalposts")
def between_goalposts(x, direction, declared, **scale):
    return line(x, *turned(x, direction, along(declared[:, 0], x), along(declared[:, 1], x)), **scale)


@formula("normalise", "z_score")
def standardised(x, direction, declared, **scale):
    known = ~np.isnan(x)
    squares = np.where(known, (x - mean(x)) ** 2, 0.0).sum(axis=1, keepdims=True)
    deviation = np.sqrt(ratio(squares, np.maximum(known.sum(axis=1, keepdims=True) - 1, 0)))
    return line(x, mean(x), mean(x) + along(direction, x) * deviation, **scale)


@formula("normalise", "scaled")
def of_a_common_scale(x, direction, declared, bottom, top, **scale):
    return line(x, *turned(x, direction, bottom, top), **scale)


@formula("normalise", "distance_to_reference")
def distance_to_reference(x, direction, declared, **scale):
    worst, best = turned(x, direction, lowest(x), highest(x))
    full = along(declared[:, 4], x)
    better = (along(direction, x) * (full - worst) > 0) & (worst != best)
    return line(x, worst, np.where(better, full, NAN), **scale)


@formula("normalise", "fraction_of_maximum")
def fraction_of_maximum(x, direction, declared, **scale):
    top = np.where(highest(x) > 0, highest(x), NAN)
    return line(x, *turned(x, direction, 0.0, top), **scale)


@formula("normalise", "adjusted_mazziotta_pareto")
def around_reference(x, direction, declared, **scale):
    half = (highest(x) - lowest(x)) / 2
    centre = along(declared[:, 4], x)
    return line(x, *turned(x, direction, centre - half, centre + half), **scale)


@formula("normalise", "distance_to_target")
def distance_to_target(x, direction, declared, **scale):
    """Full inside a band, falling to the extremes on both sides; a target of one number has its worse side only."""
    least, most, lower, upper = (along(declared[:, column], x) for column in range(4))
    least = np.where(np.isnan(least), lowest(x), least)
    most = np.where(np.isnan(most), highest(x), most)
    rising, falling = line(x, least, lower, **scale), line(x, most, upper, **scale)
    one_sided = np.where(along(direction, x) > 0, rising, falling)
    inside = np.where(np.isnan(x), NAN, scale["high"])
    return np.where(lower == upper, one_sided, np.where(x < lower, rising, np.where(x > upper, falling, inside)))


def rivals(x, direction):
    """Count, for each country, those that have a value, those that do worse and those that tie, itself left out."""
    value = along(direction, x) * x
    worse = (value[:, None] < value[:, :, None]).sum(axis=2)
    equal = (value[:, None] == value[:, :, None]).sum(axis=2) - 1
    known = (~np.isnan(x)).sum(axis=1, keepdims=True) - 1
    return known, np.where(np.isnan(x), NAN, worse), np.where(np.isnan(x), NAN, equal)


@formula("normalise", "rank")
def places_from_below(x, direction, declared, low, step):
    return low + step * rivals(x, direction)[1]


@formula("normalise", "borda")
def points_of_borda(x, direction, declared, low, step):
    _, worse, equal = rivals(x, direction)
    return low + step * (worse + equal / 2)


@formula("normalise", "percentile_rank")
def percentile_rank(x, direction, declared, low, high):
    known, worse, _ = rivals(x, direction)
    return low + (high - low) * ratio(worse, known)


def higher_and_equal(x, decimals):
    scores = np.rint(x * 10.0**decimals)
    return (scores[None] > scores[:, None]).sum(axis=1), (scores[None] == scores[:, None]).sum(axis=1)


@formula("rank", "competition")
def competition_ranks(x, decimals):
    return np.where(np.isnan(x), 0.0, higher_and_equal(x, decimals)[0] + 1.0)


@formula("rank", "fractional")
def fractional_ranks(x, decimals):
    higher, equal = higher_and_equal(x, decimals)
    return np.where(np.isnan(x), 0.0, higher + (equal + 1.0) / 2)


@formula("rank", "dense", batch=False)
def dense_ranks(x, decimals):
    out, known = np.zeros(x.shape), ~np.isnan(x)
    out[known] = np.unique(-np.rint(x[known] * 10.0**decimals), return_inverse=True)[1] + 1.0
    return out
