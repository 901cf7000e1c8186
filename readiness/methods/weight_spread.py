"""Weights learned from the scores by their spread: entropy, and contrast and conflict (CRITIC).

What is learned from, and why three helpers stand here once more, is said in weight_data.py.
"""

from __future__ import annotations

import numpy as np

from readiness.registry import helper, method

AXES = "child value replicate"
FEWEST = 3  # rows that something can be learned from
SAME = 1e-12  # values that differ by a smaller share are equal but for rounding


@helper
def differ(values):
    """Say whether there are two values that differ by more than rounding; gaps are skipped."""
    low, high = np.inf, -np.inf
    for value in values:
        if not np.isnan(value):
            low, high = min(low, value), max(high, value)
    return high - low > SAME * max(abs(low), abs(high)) if high > low else False


@helper
def complete_rows(given, sample, r, place, rows):
    """Gather the scores of the children that take part, without the rows in which one of them has a gap.

    Writes the children's numbers to `place` and their scores to `rows`; returns how many children and rows there are.
    A child whose scores are the same in all rows that are left takes no part; with fewer than three rows none does.
    """
    part, count, kept = 0, 0, 0
    for k in range(sample.shape[0]):
        if given[k, r] > 0 and differ(sample[k, :, r]):
            place[part] = k
            part += 1
    for v in range(sample.shape[1]):
        whole = part > 0
        for p in range(part):
            whole = whole and not np.isnan(sample[place[p], v, r])
        if whole:
            for p in range(part):
                rows[p, count] = sample[place[p], v, r]
            count += 1
    for p in range(part):
        if count >= FEWEST and differ(rows[p, :count]):
            place[kept] = place[p]
            for v in range(count):
                rows[kept, v] = rows[p, v]
            kept += 1
    return kept, count


@helper
def write_weights(given, r, place, weights, part, out):
    """Write what was learned; the others weigh nothing. Nothing learned: all that are not declared zero weigh the same.

    Weights of zero for all that take part say that none is better than the others: these weigh the same.
    """
    total = 0.0
    for p in range(part):
        total += weights[p]
    for k in range(given.shape[0]):
        out[k, r] = 1.0 if part == 0 and given[k, r] > 0 else 0.0
    for p in range(part):
        out[place[p], r] = weights[p] / total if total > 0 else 1.0


@method(
    "weight",
    "entropy",
    says="A child weighs the more the less evenly its scores are spread over the units (Shannon's entropy).",
    axes=AXES,
    source="Shannon (1948), Bell System Technical Journal 27; Zeleny (1982), Multiple Criteria Decision Making, "
    "chapter 7",
    formula="weight = 1 + sum(p ln p) / ln(n), where p = score / sum of the scores of n units",
    example="Scores 1, 1, 1 and 3, 0, 0: the first are the same and weigh nothing, the second weigh 1 + 0 = 1.",
    non_negative=True,
    learns=True,
    properties=("scale_free", "unit_free"),
)
def entropy(given, sample, out):
    """Weigh each child by what its scores lack of the largest entropy, that of a constant.

    Shapes   given, out (child, replicate); sample (child, value, replicate), scores of zero or more in any unit.
    Gaps     a row with a gap in a child that takes part is skipped. A child without two different scores, or declared
             zero, weighs nothing. Fewer than three rows, or no child whose scores differ: equal weights for all that
             are not declared zero.
    Floor    scores below zero count as zero; p ln p is zero where p is.
    """
    children, values = sample.shape[0], sample.shape[1]
    place, rows, weights = np.empty(children, dtype=np.int64), np.empty((children, values)), np.empty(children)
    for r in range(given.shape[1]):
        part, count = complete_rows(given, sample, r, place, rows)
        for p in range(part):
            total, weights[p] = 0.0, 0.0
            for v in range(count):
                total += max(rows[p, v], 0.0)
            for v in range(count):
                if rows[p, v] > 0:
                    # ln(n p) and not ln(p): near a constant the terms are then small and lose no digits
                    share = rows[p, v] / total
                    weights[p] += share * np.log(count * share) / np.log(count)
            weights[p] = weights[p] if weights[p] > SAME else 0.0
        write_weights(given, r, place, weights, part, out)


@helper
def correlations(rows, part, count, matrix, lengths):
    """Write the correlations of the rows, and the roots of the sums of squares about the means; the rows are scaled."""
    for p in range(part):
        mean, squares = 0.0, 0.0
        for v in range(count):
            mean += rows[p, v] / count
        for v in range(count):
            rows[p, v] -= mean
            squares += rows[p, v] * rows[p, v]
        lengths[p] = np.sqrt(squares)
        for v in range(count):
            rows[p, v] /= lengths[p]
    for p in range(part):
        for q in range(part):
            matrix[p, q] = 1.0 if p == q else 0.0
            for v in range(count if p != q else 0):
                matrix[p, q] += rows[p, v] * rows[q, v]


@method(
    "weight",
    "critic",
    says="A child weighs its standard deviation times its conflict with the others, one less correlation with each "
    "(CRITIC).",
    axes=AXES,
    source="Diakoulaki, Mavrotas and Papayannakis (1995), Computers and Operations Research 22(7), 763-770",
    formula="weight = standard deviation * sum over the other children of (1 - correlation)",
    example="Scores 0, 1, 2, then 0, 2, 4, then 2, 0, 1: deviations 1, 2, 1, conflicts 1.5, 1.5, 3: shares 0.2, 0.4, "
    "0.4.",
    learns=True,
    properties=("scale_free",),
)
def critic(given, sample, out):
    """Weigh each child by its contrast, the standard deviation of its scores as they are, and its conflict.

    Shapes   given, out (child, replicate); sample (child, value, replicate), scores on one scale: a scale twice as wide
             makes a child weigh twice as much.
    Gaps     a row with a gap in a child that takes part is skipped. A child without two different scores, or declared
             zero, weighs nothing. Fewer than three rows, or no child whose scores differ: equal weights for all that
             are not declared zero. No conflict at all, or a single child: those that take part weigh the same.
    """
    children, values = sample.shape[0], sample.shape[1]
    place, rows = np.empty(children, dtype=np.int64), np.empty((children, values))
    matrix, lengths, weights = np.empty((children, children)), np.empty(children), np.empty(children)
    for r in range(given.shape[1]):
        part, count = complete_rows(given, sample, r, place, rows)
        correlations(rows, part, count, matrix, lengths)
        for p in range(part):
            conflict = 0.0
            for q in range(part):
                conflict += 1 - matrix[p, q] if matrix[p, q] < 1 - SAME else 0.0
            weights[p] = lengths[p] * conflict  # the divisor under the root is the same for all
        write_weights(given, r, place, weights, part, out)
