"""Weight: how much each child of a group counts, as it is declared or as experts say.

A child whose declared weight is zero stays out whatever the method. Weights have any positive scale.
"""

from __future__ import annotations

import numpy as np

from readiness.registry import helper, method

AXES = "child value replicate"
ROUNDS = 10_000  # of power iteration; comparisons on Saaty's scale need some hundred
SETTLED = 1e-14  # the largest change of a share in the last round


@method(
    "weight",
    "declared",
    says="Weights are those that the framework declares.",
    axes=AXES,
    source="OECD/JRC Handbook (2008), step 6, weights set by the makers of the index",
    formula="weight = declared weight",
    example="Declared weights 2, 0 and 1: the first child counts two thirds, the second nothing, the third one third.",
    properties=("scale_free", "unit_free"),
)
def declared(given, sample, out):
    """Take the weights that the framework declares.

    Shapes   given, out (child, replicate), zero or more, any positive scale; sample (child, value, replicate), not
             used.
    Gaps     play no part: the sample is not looked at.
    """
    for k in range(given.shape[0]):
        for r in range(given.shape[1]):
            out[k, r] = given[k, r]


@method(
    "weight",
    "equal",
    says="All children of a group weigh the same.",
    axes=AXES,
    source="OECD/JRC Handbook (2008), step 6, equal weighting",
    formula="weight = 1; 0 where the declared weight is 0",
    example="Declared weights 2, 0 and 1: the first and the third child count one half each, the second nothing.",
    properties=("scale_free", "unit_free"),
)
def equal(given, sample, out):
    """Give every child the same weight; a child whose declared weight is zero stays out.

    Shapes   given, out (child, replicate), zero or more, any positive scale; sample (child, value, replicate), not
             used.
    Gaps     play no part: the sample is not looked at.
    """
    for k in range(given.shape[0]):
        for r in range(given.shape[1]):
            out[k, r] = 1.0 if given[k, r] > 0 else 0.0


@helper
def gave_points(given, sample, k, expert, r, lane):
    """Say whether an expert gave a figure for a child that takes part."""
    return given[k, r] > 0 and sample[k, expert, lane] >= 0


@helper
def pair_up(given, lanes, like):
    """Write for each replicate the first of the row up to it in which the same children and opinions take part.

    Opinions give all of these the same weights, so that they are worked out once.
    """
    for r in range(given.shape[1]):
        like[r] = 1 if 0 < r < lanes else 0  # 1: something is new
    for k in range(given.shape[0]):
        for r in range(1, given.shape[1]):
            like[r] |= (given[k, r] > 0) != (given[k, r - 1] > 0)
    for r in range(given.shape[1]):
        like[r] = r if r == 0 or like[r] > 0 else like[r - 1]


@helper
def share_out(given, sample, r, points, out):
    """Write the weights of one replicate: the mean shares of points; `points` is room for what each expert gave."""
    lane = min(r, sample.shape[2] - 1)
    for expert in range(sample.shape[1]):
        points[expert] = 0.0
        for k in range(sample.shape[0]):
            points[expert] += sample[k, expert, lane] if gave_points(given, sample, k, expert, r, lane) else 0.0
    total = 0.0
    for k in range(sample.shape[0]):
        shares, answers = 0.0, 0
        for expert in range(sample.shape[1]):
            if points[expert] > 0 and gave_points(given, sample, k, expert, r, lane):
                shares += sample[k, expert, lane] / points[expert]
                answers += 1
        out[k, r] = shares / answers if answers > 0 else 0.0
        total += out[k, r]
    for k in range(sample.shape[0] if total == 0 else 0):
        out[k, r] = 1.0 if given[k, r] > 0 else 0.0


@method(
    "weight",
    "budget_allocation",
    says="Experts share out points among the children; a child weighs the mean of its shares.",
    axes=AXES,
    source="OECD/JRC Handbook (2008), step 6, budget allocation process",
    formula="weight = mean over experts of (points for the child / all points that the expert gave)",
    example="One expert gives 60 and 40 points, another 1 and 3: the shares 0.6 and 0.25 make 0.425, the other 0.575.",
    needs="opinions",
    properties=("scale_free",),
)
def budget_allocation(given, sample, out):
    """Take the mean of the shares that experts give to a child.

    Shapes   given, out (child, replicate); sample (child, expert, replicate), points of zero or more; one replicate
             of opinions serves all replicates of the weights.
    Gaps     an expert's shares are taken over what the expert gave; a child without a figure from an expert has the
             mean of the others, one without any figure weighs nothing. An expert who gave no points, or none to the
             children that take part, is skipped; are all skipped, the children weigh the same. A figure below zero is
             a gap.
    """
    points, like = np.empty(sample.shape[1]), np.empty(given.shape[1], dtype=np.int64)
    pair_up(given, sample.shape[2], like)
    for r in range(given.shape[1]):
        if like[r] == r:
            share_out(given, sample, r, points, out)
    for k in range(given.shape[0]):
        for r in range(given.shape[1]):
            out[k, r] = out[k, like[r]]


@helper
def comparison(sample, i, j, lane):
    """Return how much more child i counts than child j: as compared, else one over the mirror, else 1."""
    if i == j:
        return 1.0
    if j < sample.shape[1] and 0 < sample[i, j, lane] < np.inf:
        return sample[i, j, lane]
    if i < sample.shape[1] and 0 < sample[j, i, lane] < np.inf:
        return 1.0 / sample[j, i, lane]
    return 1.0


@method(
    "weight",
    "analytic_hierarchy",
    says="Experts compare the children in pairs; the weights are the principal eigenvector of the comparisons.",
    axes=AXES,
    source="Saaty (1980), The Analytic Hierarchy Process, McGraw-Hill; OECD/JRC Handbook (2008), step 6",
    formula="A w = lambda_max w, where A[i, j] says how many times more child i counts than child j",
    example="A counts twice as much as B and four times as much as C, B twice as much as C: 4/7, 2/7 and 1/7.",
    needs="opinions",
    properties=("scale_free",),
)
def analytic_hierarchy(given, sample, out):
    """Find the principal eigenvector of a matrix of paired comparisons by power iteration.

    Shapes   given, out (child, replicate); sample (child, child, replicate), sample[i, j] says how much more i counts
             than j; one replicate of opinions serves all replicates of the weights.
    Gaps     a comparison that is not given, or not above zero, is one over its mirror; are both missing, the two
             count the same. The diagonal is 1. A child that stays out leaves the matrix with its row and column.
    """
    children, lanes = sample.shape[0], sample.shape[2]
    step = np.empty(children)
    for r in range(given.shape[1]):
        lane = min(r, lanes - 1)
        for k in range(children):
            out[k, r] = 1.0 if given[k, r] > 0 else 0.0
        change, rounds = 1.0, 0
        while change > SETTLED and rounds < ROUNDS:
            total = 0.0
            for i in range(children):
                step[i] = 0.0
                if given[i, r] > 0:
                    for j in range(children):
                        step[i] += comparison(sample, i, j, lane) * out[j, r]
                total += step[i]
            change = 0.0
            for i in range(children):
                share = step[i] / total if total > 0 else 0.0
                change = max(change, abs(share - out[i, r]))
                out[i, r] = share
            rounds += 1
