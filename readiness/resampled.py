"""Statistics of many resamples of one table at once: a row counts as often as it was drawn, the replicate is last.

A resample is given by how often each row stands in it, so that no row is copied: sums over rows run in the order of the
table, for all replicates side by side. A single table is a batch of one in which every row counts once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from readiness.registry import helper

FEWEST = 3  # rows that a relation of columns can be learned from
SAME = 1e-12  # values that differ by a smaller share are equal but for rounding
CLOSE = 1e-6  # values whose deviation is a smaller share of their mean are compared one by one
Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]


def mean(x: Numbers, order: Whole, counts: Numbers, out: Numbers) -> None:
    """Write the mean of each column.

    Shapes   x (column, row); order as in spearman; counts (row, replicate); out (column, replicate), written.
    Gaps     are left out, column by column; a column without values has none.
    """
    weights = np.empty(counts.shape[1])
    for c in range(x.shape[0]):
        column_mean(x[c], counts, weights, out[c])


def deviation(x: Numbers, order: Whole, counts: Numbers, out: Numbers) -> None:
    """Write the standard deviation of each column, with the divisor n - 1.

    Shapes   as in mean.
    Gaps     are left out, column by column; a column with fewer than two values has none.
    """
    weights, means = np.empty(counts.shape[1]), np.empty(counts.shape[1])
    for c in range(x.shape[0]):
        column_mean(x[c], counts, weights, means)
        column_squares(x[c], counts, means, out[c])
        for r in range(counts.shape[1]):
            out[c, r] = np.sqrt(out[c, r] / (weights[r] - 1)) if weights[r] > 1 else np.nan


def median(x: Numbers, order: Whole, counts: Numbers, out: Numbers) -> None:
    """Write the median of each column; of an even number of values the mean of the middle two.

    Shapes   as in mean.
    Gaps     are left out, column by column; a column without values has none.
    """
    weights, passed = np.empty(counts.shape[1]), np.empty(counts.shape[1])
    upper = np.empty(counts.shape[1])
    for c in range(x.shape[0]):
        column_mean(x[c], counts, weights, passed)
        passed[:] = 0.0
        out[c], upper[:] = np.nan, np.nan
        for place in range(x.shape[1]):
            v = order[c, place]
            for r in range(counts.shape[1] if not np.isnan(x[c, v]) else 0):
                before = 2 * passed[r]
                passed[r] += counts[v, r]
                out[c, r] = x[c, v] if before < weights[r] <= 2 * passed[r] else out[c, r]
                upper[r] = x[c, v] if before <= weights[r] < 2 * passed[r] else upper[r]
        for r in range(counts.shape[1]):
            out[c, r] = out[c, r] + (upper[r] - out[c, r]) / 2


def pearson(x: Numbers, order: Whole, counts: Numbers, out: Numbers) -> None:
    """Write Pearson's correlation of every two columns.

    Shapes   as in mean, but out (column, column, replicate).
    Gaps     are not allowed in x. Fewer than three rows, or a column that is constant in them: no correlation.
    """
    values = np.empty((x.shape[0], x.shape[1], counts.shape[1]))
    for c in range(x.shape[0]):
        for v in range(x.shape[1]):
            values[c, v] = x[c, v]
    correlate(values, counts, out)


def spearman(x: Numbers, order: Whole, counts: Numbers, out: Numbers) -> None:
    """Write Spearman's correlation of every two columns: Pearson's of the ranks that the rows have in the resample.

    Shapes   as in pearson; order (column, row): the rows of x from the smallest value to the largest, gaps last.
    Gaps     as in pearson. Equal values share the mean of their ranks; a row drawn twice is equal to itself.
    """
    ranks = np.empty((x.shape[0], x.shape[1], counts.shape[1]))
    below, here = np.empty(counts.shape[1]), np.empty(counts.shape[1])
    for c in range(x.shape[0]):
        below[:] = 0.0
        start = 0
        for place in range(x.shape[1]):
            if place == start:
                here[:] = 0.0
            for r in range(counts.shape[1]):
                here[r] += counts[order[c, place], r]
            if place + 1 == x.shape[1] or x[c, order[c, place + 1]] != x[c, order[c, place]]:
                for equal in range(start, place + 1):
                    for r in range(counts.shape[1]):
                        ranks[c, order[c, equal], r] = below[r] + (here[r] + 1) / 2
                for r in range(counts.shape[1]):
                    below[r] += here[r]
                start = place + 1
    correlate(ranks, counts, out)


def alpha(x: Numbers, order: Whole, counts: Numbers, out: Numbers) -> None:
    """Write Cronbach's alpha of the columns as they are.

    Formula  k / (k - 1) (1 - sum of the columns' variances / variance of their sum).
    Shapes   as in mean, but out (replicate,).
    Gaps     are not allowed in x. Fewer than three rows or two columns, or all constant: no alpha.
    """
    scale = np.ones((x.shape[0], counts.shape[1]))
    reliability(x, counts, scale, out)


def standardised_alpha(x: Numbers, order: Whole, counts: Numbers, out: Numbers) -> None:
    """Write Cronbach's alpha of the columns brought to variance 1; a constant column leaves none.

    Shapes   as in alpha.
    Gaps     as in alpha.
    """
    lanes = counts.shape[1]
    weights, means, squares, scale = np.empty(lanes), np.empty(lanes), np.empty(lanes), np.empty((x.shape[0], lanes))
    for c in range(x.shape[0]):
        column_mean(x[c], counts, weights, means)
        column_squares(x[c], counts, means, squares)
        scales(x[c].copy().reshape(-1, 1), counts, weights, means, squares, scale[c])
    reliability(x, counts, scale, out)


@helper
def column_mean(values: Numbers, counts: Numbers, weights: Numbers, out: Numbers) -> None:
    """Write the mean of one column and how many values it has; gaps are left out."""
    weights[:] = 0.0
    out[:] = 0.0
    for v in range(values.shape[0]):
        if not np.isnan(values[v]):
            for r in range(counts.shape[1]):
                weights[r] += counts[v, r]
                out[r] += counts[v, r] * values[v]
    for r in range(counts.shape[1]):
        out[r] = out[r] / weights[r] if weights[r] > 0 else np.nan


@helper
def column_squares(values: Numbers, counts: Numbers, means: Numbers, out: Numbers) -> None:
    """Write the sum of squares of one column about its means; gaps are left out."""
    out[:] = 0.0
    for v in range(values.shape[0]):
        if not np.isnan(values[v]):
            for r in range(counts.shape[1]):
                out[r] += counts[v, r] * (values[v] - means[r]) * (values[v] - means[r])


@helper
def scales(values: Numbers, counts: Numbers, weights: Numbers, means: Numbers, squares: Numbers, out: Numbers) -> None:
    """Write 1 / root of a column's sum of squares; none with fewer than three rows or if they differ by rounding only.

    Shapes   values (row, replicate), or (row, 1) if they are the same for all, less their mean or not; the others
             (replicate,). Only where the squares are small against the mean are values compared one by one.
    """
    doubtful = 0
    for r in range(out.shape[0]):
        out[r] = 1 / np.sqrt(squares[r]) if weights[r] >= FEWEST else np.nan
        doubtful += squares[r] <= weights[r] * (CLOSE * means[r]) ** 2
    for r in range(out.shape[0] if doubtful > 0 else 0):
        if squares[r] <= weights[r] * (CLOSE * means[r]) ** 2 and not differ(values, counts, means[r], r):
            out[r] = np.nan


@helper
def differ(values: Numbers, counts: Numbers, mean: float, r: int) -> bool:
    """Say whether two rows of a resample differ by more than rounding, measured against their mean."""
    low, high = np.inf, -np.inf
    for v in range(counts.shape[0]):
        if counts[v, r] > 0:
            value = values[v, r if values.shape[1] > 1 else 0]
            low, high = min(low, value), max(high, value)
    return high - low > SAME * abs(mean)


@helper
def correlate(values: Numbers, counts: Numbers, out: Numbers) -> None:
    """Write the correlations of columns (column, row, replicate), which are overwritten."""
    columns, rows, lanes = values.shape
    weights, means, scale = np.zeros(lanes), np.empty((columns, lanes)), np.empty((columns, lanes))
    for v in range(rows):
        for r in range(lanes):
            weights[r] += counts[v, r]
    for p in range(columns):
        centre(values[p], counts, weights, means[p])
    cross_products(values, counts, out)
    for p in range(columns):
        scales(values[p], counts, weights, means[p], out[p, p], scale[p])
        for r in range(lanes):
            out[p, p, r] = 1.0 if scale[p, r] > 0 else np.nan
    for p in range(columns):
        for q in range(p):
            for r in range(lanes):
                found = out[p, q, r] * scale[p, r] * scale[q, r]
                found = -1.0 if found < -1 else found  # a gap stays one
                out[p, q, r] = out[q, p, r] = 1.0 if found > 1 else found


@helper
def centre(values: Numbers, counts: Numbers, weights: Numbers, means: Numbers) -> None:
    """Take the mean from the values of a column (row, replicate), and write it."""
    means[:] = 0.0
    for v in range(counts.shape[0]):
        for r in range(counts.shape[1]):
            means[r] += counts[v, r] * values[v, r]
    for r in range(counts.shape[1]):
        means[r] /= weights[r]
    for v in range(counts.shape[0]):
        for r in range(counts.shape[1]):
            values[v, r] -= means[r]


@helper
def cross_products(values: Numbers, counts: Numbers, out: Numbers) -> None:
    """Write the sums of products of every two columns (column, row, replicate), on and below the diagonal."""
    columns, rows, lanes = values.shape
    products = np.empty((rows, lanes))
    for p in range(columns):
        for v in range(rows):
            for r in range(lanes):
                products[v, r] = counts[v, r] * values[p, v, r]
        for q in range(p + 1):
            sums = out[p, q]
            sums[:] = 0.0
            for v in range(rows):
                for r in range(lanes):
                    sums[r] += products[v, r] * values[q, v, r]


@helper
def reliability(x: Numbers, counts: Numbers, scale: Numbers, out: Numbers) -> None:
    """Write Cronbach's alpha of columns that are multiplied by a scale (column, replicate)."""
    columns, lanes = x.shape[0], counts.shape[1]
    weights, means = np.empty(lanes), np.empty((columns, lanes))
    for c in range(columns):
        column_mean(x[c], counts, weights, means[c])
    parts, whole, total = np.zeros(lanes), np.zeros(lanes), np.empty(lanes)
    for v in range(x.shape[1]):
        total[:] = 0.0
        for c in range(columns):
            for r in range(lanes):
                away = (x[c, v] - means[c, r]) * scale[c, r]
                total[r] += away
                parts[r] += counts[v, r] * away * away
        for r in range(lanes):
            whole[r] += counts[v, r] * total[r] * total[r]
    for r in range(lanes):
        known = columns > 1 and weights[r] >= FEWEST and whole[r] > SAME * parts[r]
        out[r] = columns / (columns - 1) * (1 - parts[r] / whole[r]) if known else np.nan
