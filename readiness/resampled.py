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
        out[c] = 0.0
        for v in range(x.shape[1]):
            if not np.isnan(x[c, v]):
                for r in range(counts.shape[1]):
                    out[c, r] += counts[v, r] * (x[c, v] - means[r]) * (x[c, v] - means[r])
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
    scale = np.empty((x.shape[0], counts.shape[1]))
    deviation(x, order, counts, scale)
    values = np.empty((x.shape[1], counts.shape[1]))
    varies = np.empty(counts.shape[1])
    for c in range(x.shape[0]):
        for v in range(x.shape[1]):
            values[v] = x[c, v]
        differ(values, counts, varies)
        for r in range(counts.shape[1]):
            scale[c, r] = 1 / scale[c, r] if varies[r] > 0 else np.nan
    reliability(x, counts, scale, out)


helper(deviation)  # standardised_alpha calls it


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
def differ(values: Numbers, counts: Numbers, out: Numbers) -> None:
    """Write 1 where two rows of a resample differ by more than rounding, else 0: values (row, replicate)."""
    lanes = counts.shape[1]
    low, high = np.full(lanes, np.inf), np.full(lanes, -np.inf)
    for v in range(counts.shape[0]):
        for r in range(lanes):
            low[r] = values[v, r] if counts[v, r] > 0 and values[v, r] < low[r] else low[r]
            high[r] = values[v, r] if counts[v, r] > 0 and values[v, r] > high[r] else high[r]
    for r in range(lanes):
        out[r] = 1.0 if high[r] - low[r] > SAME * max(abs(low[r]), abs(high[r])) else 0.0


@helper
def correlate(values: Numbers, counts: Numbers, out: Numbers) -> None:
    """Write the correlations of columns (column, row, replicate), which are overwritten."""
    columns, rows, lanes = values.shape
    weights, means, varies = np.zeros(lanes), np.empty(lanes), np.empty((columns, lanes))
    for v in range(rows):
        for r in range(lanes):
            weights[r] += counts[v, r]
    for p in range(columns):
        differ(values[p], counts, varies[p])
        means[:] = 0.0
        for v in range(rows):
            for r in range(lanes):
                means[r] += counts[v, r] * values[p, v, r]
        for r in range(lanes):
            means[r] /= weights[r]
        for v in range(rows):
            for r in range(lanes):
                values[p, v, r] -= means[r]
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
    for p in range(columns):
        for q in range(p):
            for r in range(lanes):
                known = weights[r] >= FEWEST and varies[p, r] > 0 and varies[q, r] > 0
                found = out[p, q, r] / np.sqrt(out[p, p, r] * out[q, q, r]) if known else np.nan
                out[p, q, r] = out[q, p, r] = min(max(found, -1.0), 1.0) if known else np.nan
    for p in range(columns):
        for r in range(lanes):
            out[p, p, r] = 1.0 if weights[r] >= FEWEST and varies[p, r] > 0 else np.nan


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
