"""The imputations in NumPy, for the oracle and the benchmarks; see numpy_formulas. Each returns figures and errors."""

from __future__ import annotations

import numpy as np
from numpy_formulas import NAN, formula


def cells(x):
    """Go through editions and indicators."""
    return np.ndindex(*x.shape[:2])


@formula("impute", "none")
def none(x, siblings, clusters, years, noise):
    return x.copy(), np.full(x.shape, NAN)


def by_group(x, groups, centre, own):
    out, error = x.copy(), np.full(x.shape, NAN)
    for group in np.unique(groups[groups >= 0]):
        for at in cells(x):
            inside = groups == group
            known = x[at][inside & ~np.isnan(x[at])]
            gaps = inside & np.isnan(x[at])
            if known.size:
                out[at][gaps] = centre(known)
            if known.size > 1:
                error[at][gaps] = known.std(ddof=1) * np.sqrt(1 + own / known.size)
    return out, error


@formula("impute", "mean", batch=False)
def mean(x, siblings, clusters, years, noise):
    return by_group(x, np.zeros(x.shape[2]), np.mean, 1.0)


@formula("impute", "median", batch=False)
def median(x, siblings, clusters, years, noise):
    return by_group(x, np.zeros(x.shape[2]), np.median, np.pi / 2)


@formula("impute", "group_mean", batch=False)
def group_mean(x, siblings, clusters, years, noise):
    return by_group(x, clusters, np.mean, 1.0)


@formula("impute", "group_median", batch=False)
def group_median(x, siblings, clusters, years, noise):
    return by_group(x, clusters, np.median, np.pi / 2)


@formula("impute", "carry_forward")
def carry_forward(x, siblings, clusters, years, noise, age):
    """The years ascend."""
    out = x.copy()
    for later in range(len(years)):
        for earlier in range(later - 1, -1, -1):
            if years[later] - years[earlier] <= age:
                out[later] = np.where(np.isnan(out[later]), x[earlier], out[later])
    return out, np.full(x.shape, NAN)


@formula("impute", "linear_in_time", batch=False)
def linear_in_time(x, siblings, clusters, years, noise, ends):
    out = x.copy()
    beyond = {} if ends else {"left": NAN, "right": NAN}
    for i, u in np.ndindex(*x.shape[1:]):
        gaps = np.isnan(x[:, i, u])
        if gaps.any() and not gaps.all():
            out[gaps, i, u] = np.interp(years[gaps], years[~gaps], x[~gaps, i, u], **beyond)
    return out, np.full(x.shape, NAN)


def related(target, other, pairs):
    """Return the absolute correlation of two indicators, and the figures of the units that have both."""
    both = ~np.isnan(target) & ~np.isnan(other)
    a, b = other[both], target[both]
    flat = a.size < max(pairs, 3) or np.ptp(a) == 0 or np.ptp(b) == 0
    return -1.0 if flat else abs(np.corrcoef(a, b)[0, 1]), a, b


def line_through(a, b, at):
    """Predict at a point by the least-squares line through (a, b), with the standard error of the prediction."""
    slope, start = np.polyfit(a - a.mean(), b, 1)
    residuals = b - start - slope * (a - a.mean())
    away = at - a.mean()
    own = 1 / a.size + away**2 / ((a - a.mean()) ** 2).sum()
    return start + slope * away, np.sqrt((residuals**2).sum() / (a.size - 2) * (1 + own))


@formula("impute", "regression", batch=False)
def regression(x, siblings, clusters, years, noise, **limits):
    out, error = x.copy(), np.full(x.shape, NAN)
    for e, i in cells(x):
        others = [
            k for k in range(x.shape[1]) if k != i and (not limits["siblings_only"] or siblings[k] == siblings[i])
        ]
        found = {k: related(x[e, i], x[e, k], limits["pairs"]) for k in others}
        for u in np.flatnonzero(np.isnan(x[e, i])):
            usable = [k for k in others if found[k][0] >= limits["correlation"] and not np.isnan(x[e, k, u])]
            if usable:
                best = max(usable, key=lambda k: found[k][0])
                out[e, i, u], error[e, i, u] = line_through(*found[best][1:], x[e, best, u])
    return out, error
