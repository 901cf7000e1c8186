"""Aggregate, the methods that look at balance: what is weak counts more than its weight.

The gap rule is that of aggregate.py. A kernel calls only its own file, so `begin` and `settle` stand here again;
tests/test_aggregate.py holds every method to one gap rule.
"""

from __future__ import annotations

import numpy as np

from readiness.registry import Parameter, helper, method

AXES = "child unit replicate"
ROUNDING = 1e-12  # a share of two thirds must pass a limit of two thirds


@method(
    "aggregate",
    "harmonic",
    says="the weighted harmonic mean, scores below {floor} counting as {floor}",
    axes=AXES,
    source="Hardy, Littlewood and Polya (1934), Inequalities, chapter 2",
    formula="score = sum(w) / sum(w / max(x, floor))",
    example="Weights 1 and 1, scores 3 and 6: 2 / (1/3 + 1/6) = 4.",
    parameters={"floor": Parameter(1.0, 1e-12, 1e9, "scores below it count as it")},
    non_negative=True,
    properties=("monotone",),
)
def harmonic(x, w, coverage, out, covered, floor):
    """Weighted harmonic mean of the children of a group.

    Shapes   x (child, unit, replicate); w (child, replicate), zero or more, any positive scale; coverage a share;
             out (unit, replicate) and covered (unit, replicate), the share of weight present, written.
    Gaps     a child without a value leaves its weight to the others; below `coverage` a gap.
    Floor    scores below `floor`, zero and less among them, count as `floor`: one zero does not erase a unit.
    """
    whole = begin(w, out, covered)
    for c in range(x.shape[1]):
        for k in range(x.shape[0]):
            for r in range(x.shape[2]):
                present = (w[k, r] > 0) & (not np.isnan(x[k, c, r]))
                inverse = 1.0 / (x[k, c, r] if x[k, c, r] > floor else floor)
                out[c, r] += w[k, r] * inverse if present else 0.0
                covered[c, r] += w[k, r] if present else 0.0
        for r in range(x.shape[2]):
            out[c, r] = covered[c, r] / out[c, r] if covered[c, r] > 0 else np.nan
    settle(whole, coverage, out, covered)


@method(
    "aggregate",
    "minimum",
    says="the lowest score of the children",
    axes=AXES,
    source="OECD/JRC Handbook (2008), step 6, full non-compensability",
    formula="score = min(x) over the children with weight",
    example="Scores 4, 9 and 6: 4.",
    properties=("monotone", "homogeneous", "translation", "idempotent", "between"),
)
def minimum(x, w, coverage, out, covered):
    """Lowest score among the children of a group; weights only say which children count.

    Shapes   x (child, unit, replicate); w (child, replicate), zero or more, any positive scale; coverage a share;
             out (unit, replicate) and covered (unit, replicate), the share of weight present, written.
    Gaps     a child without a value, or with weight zero, is left out; below `coverage` a gap.
    """
    whole = begin(w, out, covered)
    for c in range(x.shape[1]):
        for r in range(x.shape[2]):
            out[c, r] = np.inf
        for k in range(x.shape[0]):
            for r in range(x.shape[2]):
                present = (w[k, r] > 0) & (not np.isnan(x[k, c, r]))
                out[c, r] = x[k, c, r] if present & (x[k, c, r] < out[c, r]) else out[c, r]
                covered[c, r] += w[k, r] if present else 0.0
    settle(whole, coverage, out, covered)


@method(
    "aggregate",
    "mean_min",
    says="the weighted mean less {alpha} of its distance to the lowest score, smoothed by {beta}",
    axes=AXES,
    source="Casadio Tarabusi and Guarini (2013), An unbalance adjustment method for development indicators, "
    "Social Indicators Research 112",
    formula="score = M - alpha (sqrt((M - min)^2 + beta^2) - beta), M = sum(w x) / sum(w)",
    example="Alpha 0.5, beta 0, weights 1 and 1, scores 4 and 10: 7 - 0.5 (7 - 4) = 5.5.",
    parameters={
        "alpha": Parameter(0.5, 0.0, 1.0, "0 is the mean, 1 with beta 0 the lowest score"),
        "beta": Parameter(0.0, 0.0, 1e9, "0 takes off a share of any distance, more spares the small distances"),
    },
    properties=("monotone", "translation", "idempotent", "between"),
)
def mean_min(x, w, coverage, out, covered, alpha, beta):
    """Weighted mean with a penalty for the distance between it and the lowest score.

    Shapes   x (child, unit, replicate); w (child, replicate), zero or more, any positive scale; coverage a share;
             out (unit, replicate) and covered (unit, replicate), the share of weight present, written.
    Gaps     a child without a value, or with weight zero, is left out of mean and minimum; below `coverage` a gap.
    """
    whole = begin(w, out, covered)
    lowest = np.empty(x.shape[2])
    for c in range(x.shape[1]):
        for r in range(x.shape[2]):
            lowest[r] = np.inf
        for k in range(x.shape[0]):
            for r in range(x.shape[2]):
                present = (w[k, r] > 0) & (not np.isnan(x[k, c, r]))
                out[c, r] += w[k, r] * x[k, c, r] if present else 0.0
                covered[c, r] += w[k, r] if present else 0.0
                lowest[r] = x[k, c, r] if present & (x[k, c, r] < lowest[r]) else lowest[r]
        for r in range(x.shape[2]):
            if covered[c, r] > 0:
                mean = out[c, r] / covered[c, r]
                distance = mean - lowest[r]
                out[c, r] = mean - alpha * (np.sqrt(distance * distance + beta * beta) - beta)
    settle(whole, coverage, out, covered)


@method(
    "aggregate",
    "ordered_weighted",
    says="the ordered weighted average with orness {orness}: below 0.5 the low scores count more, above the high",
    axes=AXES,
    source="Yager (1996), Quantifier guided aggregation using OWA operators, International Journal of Intelligent "
    "Systems 11",
    formula="score = sum_j (Q(W_j) - Q(W_(j-1))) x_(j), x_(1) the best, W_j the weight share of the j best, "
    "Q(r) = r^((1 - orness) / orness)",
    example="Orness 1/3, so Q(r) = r^2, weights 1 and 1, scores 8 and 4: 8 / 4 + 4 (1 - 1 / 4) = 5.",
    parameters={"orness": Parameter(1 / 3, 0.01, 0.99, "0.5 is the mean; near 0 the lowest score, near 1 the highest")},
    properties=("monotone", "homogeneous", "translation", "idempotent", "between"),
)
def ordered_weighted(x, w, coverage, out, covered, orness):
    """Mean in which a score's place among the unit's own scores counts beside its child's weight.

    Shapes   x (child, unit, replicate); w (child, replicate), zero or more, any positive scale; coverage a share;
             out (unit, replicate) and covered (unit, replicate), the share of weight present, written.
    Gaps     a child without a value leaves its weight to the others; below `coverage` a gap.
    Default  orness 1/3 gives Q(r) = r^2, the usual quantifier for "most": a high score counts once most are high.
    """
    children, units, replicates = x.shape
    whole = begin(w, out, covered)
    power = (1 - orness) / orness
    values, weights = np.empty(children), np.empty(children)
    for c in range(units):
        for r in range(replicates):
            count = 0
            for k in range(children):
                if w[k, r] > 0 and not np.isnan(x[k, c, r]):
                    place = count
                    while place > 0 and values[place - 1] < x[k, c, r]:
                        values[place], weights[place] = values[place - 1], weights[place - 1]
                        place -= 1
                    values[place], weights[place] = x[k, c, r], w[k, r]
                    covered[c, r] += w[k, r]
                    count += 1
            before, running = 0.0, 0.0
            for j in range(count):
                running += weights[j]
                after = (running / covered[c, r]) ** power
                out[c, r] += (after - before) * values[j]
                before = after
    settle(whole, coverage, out, covered)


@method(
    "aggregate",
    "mazziotta_pareto",
    says="the weighted mean with its variance divided by it added (sign {sign}; -1 takes it off)",
    axes=AXES,
    source="Mazziotta and Pareto (2016), On a generalized non-compensatory composite index, Social Indicators "
    "Research 127",
    formula="score = M + sign S^2 / M, M = sum(w x) / sum(w), S^2 = sum(w (x - M)^2) / sum(w)",
    example="Sign -1, weights 1 and 1, scores 90 and 110: 100 - 100 / 100 = 99.",
    parameters={
        "sign": Parameter(-1, -1, 1, "-1 where more is better, 1 where more is worse, 0 no penalty", whole=True)
    },
    non_negative=True,
    properties=("homogeneous", "idempotent"),
)
def mazziotta_pareto(x, w, coverage, out, covered, sign):
    """Weighted mean with a penalty for the spread of the children: the variance (divisor n) over the mean.

    Shapes   x (child, unit, replicate); w (child, replicate), zero or more, any positive scale; coverage a share;
             out (unit, replicate) and covered (unit, replicate), the share of weight present, written.
    Gaps     a child without a value leaves its weight to the others; below `coverage` a gap.
    Floor    scores below 0 count as 0; a mean of 0 scores 0. A very uneven unit may score below 0.
    """
    whole = begin(w, out, covered)
    spread = np.empty(x.shape[2])
    for c in range(x.shape[1]):
        for k in range(x.shape[0]):
            for r in range(x.shape[2]):
                present = (w[k, r] > 0) & (not np.isnan(x[k, c, r]))
                out[c, r] += w[k, r] * x[k, c, r] if present & (x[k, c, r] > 0) else 0.0
                covered[c, r] += w[k, r] if present else 0.0
        for r in range(x.shape[2]):
            spread[r] = 0.0
            out[c, r] = out[c, r] / covered[c, r] if covered[c, r] > 0 else np.nan
        for k in range(x.shape[0]):
            for r in range(x.shape[2]):
                present = (w[k, r] > 0) & (not np.isnan(x[k, c, r]))
                distance = (x[k, c, r] if x[k, c, r] > 0 else 0.0) - out[c, r]
                spread[r] += w[k, r] * distance * distance if present else 0.0
        for r in range(x.shape[2]):
            if out[c, r] > 0:
                out[c, r] += sign * spread[r] / covered[c, r] / out[c, r]
    settle(whole, coverage, out, covered)


@helper
def begin(w, out, covered):
    """Set all sums to zero; return the whole weight of each replicate."""
    whole = np.zeros(w.shape[1])
    for k in range(w.shape[0]):
        for r in range(w.shape[1]):
            whole[r] += w[k, r]
    for c in range(out.shape[0]):
        for r in range(out.shape[1]):
            out[c, r] = 0.0
            covered[c, r] = 0.0
    return whole


@helper
def settle(whole, coverage, out, covered):
    """Make a gap where too little weight is present; turn the weight present into a share."""
    for c in range(out.shape[0]):
        for r in range(out.shape[1]):
            enough = covered[c, r] > 0 and covered[c, r] >= (coverage - ROUNDING) * whole[r]
            out[c, r] = out[c, r] if enough else np.nan
            covered[c, r] = covered[c, r] / whole[r] if whole[r] > 0 else 0.0
