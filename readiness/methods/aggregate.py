"""Aggregate: one score for a group from the scores of its children. Here: the weighted means.

Every method has the same gap rule: a child without a score, or with weight zero, leaves the weight to the others; the
group has a gap where less than the share `coverage` of its weight is present.
"""

from __future__ import annotations

import numpy as np

from readiness.registry import Parameter, helper, inlined, method

AXES = "child unit replicate"
ROUNDING = 1e-12  # a share of two thirds must pass a limit of two thirds
NEARLY_ZERO = 1e-6  # a power mean this near to the geometric mean is it: the root would only magnify rounding
TINY = 1e-300  # has a logarithm, and is nothing beside any score
LOG_2 = 0.6931471805599453
LOG_2_UPPER, LOG_2_LOWER = 6.93147180369123816490e-01, 1.90821492927058770002e-10  # products with the first are exact
SHIFTER = 1.5 * 2.0**52  # a number added to it is rounded to a whole one, which stands in the last bits
LEAST_POWER = -700.0  # the exponential of less is nothing beside 1
LANES = 256  # replicates whose weights and sums of some children stay in the nearest memory
ROOT_HALF = 0x3FE6A09E667F3BCD  # the bits of the square root of one half


@method(
    "aggregate",
    "arithmetic",
    says="the weighted arithmetic mean",
    axes=AXES,
    source="OECD/JRC Handbook (2008), step 6, additive aggregation",
    formula="score = sum(w x) / sum(w)",
    example="Weights 3 and 1, scores 4 and 8: (12 + 8) / 4 = 5.",
    additive=True,
    steady=True,
    properties=("monotone", "homogeneous", "translation", "idempotent", "between"),
)
def arithmetic(x, w, coverage, out, covered):
    """Weighted arithmetic mean of the children of a group.

    Shapes   x (child, unit, replicate); w (child, replicate), zero or more, any positive scale; coverage a share;
             out (unit, replicate) and covered (unit, replicate), the share of weight present, written. Scores that are
             the same in all replicates may come as one.
    Gaps     a child without a value leaves its weight to the others; below `coverage` a gap.
    """
    whole = begin(w, out, covered)
    complete = add(x, w, x, out, covered)
    for c in range(x.shape[1]):
        divide(out[c], whole if complete[c] else covered[c])
        settle(whole, complete[c], coverage, out[c], covered[c])


@method(
    "aggregate",
    "geometric",
    says="the weighted geometric mean, scores below {floor} counting as {floor}",
    axes=AXES,
    source="OECD/JRC Handbook (2008), step 6, geometric aggregation",
    formula="score = exp(sum(w log(max(x, floor))) / sum(w))",
    example="Weights 1 and 1, scores 4 and 9: the square root of 36 = 6.",
    parameters={"floor": Parameter(1.0, 1e-12, 1e9, "scores below it count as it")},
    non_negative=True,
    steady=True,
    properties=("monotone",),
)
def geometric(x, w, coverage, out, covered, floor):
    """Weighted geometric mean of the children of a group.

    Shapes   x (child, unit, replicate); w (child, replicate), zero or more, any positive scale; coverage a share;
             out (unit, replicate) and covered (unit, replicate), the share of weight present, written.
    Gaps     a child without a value leaves its weight to the others; below `coverage` a gap.
    Floor    scores below `floor`, zero and less among them, count as `floor`: one zero does not erase a unit.
    """
    whole = begin(w, out, covered)
    logs, powers = np.empty(x.shape), np.empty(max(x.shape[1] * x.shape[2], w.shape[1]))
    for k in range(x.shape[0]):
        logarithms(x[k].reshape(-1), floor, logs[k].reshape(-1), powers)
    complete = add(x, w, logs, out, covered)
    for c in range(x.shape[1]):
        divide(out[c], whole if complete[c] else covered[c])
        exponentials(out[c], powers)
        settle(whole, complete[c], coverage, out[c], covered[c])


@method(
    "aggregate",
    "power_mean",
    says="the weighted power mean with power {power}; where that is 0 or less, scores below {floor} count as {floor}",
    axes=AXES,
    source="Hardy, Littlewood and Polya (1934), Inequalities, chapter 2",
    formula="score = (sum(w x^power) / sum(w))^(1 / power); the geometric mean for power 0",
    example="Power 0.5, weights 1 and 1, scores 4 and 16: ((2 + 4) / 2)^2 = 9.",
    parameters={
        "power": Parameter(0.5, -50.0, 50.0, "1 is the arithmetic mean, 0 the geometric, -1 the harmonic"),
        "floor": Parameter(1.0, 1e-12, 1e9, "scores below it count as it where the power is 0 or less"),
    },
    non_negative=True,
    properties=("monotone",),
)
def power_mean(x, w, coverage, out, covered, power, floor):
    """Weighted power mean (generalised mean) of the children of a group: the smaller the power, the more the low count.

    Shapes   x (child, unit, replicate); w (child, replicate), zero or more, any positive scale; coverage a share;
             out (unit, replicate) and covered (unit, replicate), the share of weight present, written.
    Gaps     a child without a value leaves its weight to the others; below `coverage` a gap.
    Floor    power 0 or less: scores below `floor` count as `floor`. Power above 0: scores below 0 count as 0.
    Zero     powers nearer to 0 than a millionth count as 0, the geometric mean, from which they differ as little.
    """
    whole = begin(w, out, covered)
    flat = abs(power) < NEARLY_ZERO
    least, lowest = (TINY, 0.0) if power >= NEARLY_ZERO else (floor, -np.inf)
    terms, largest, powers = np.empty(x.shape), np.empty(out.shape), np.empty(x.shape[2])
    for c in range(x.shape[1]):
        for r in range(x.shape[2]):
            largest[c, r] = -np.inf
        for k in range(x.shape[0]):
            logarithms(x[k, c], least, terms[k, c], powers)
            raise_terms(x[k, c], w[k], 1.0 if flat else power, terms[k, c], largest[c])
        for k in range(x.shape[0]):
            if not flat:  # measured from the largest term, so that no power overflows
                measure(x[k, c], w[k], lowest, largest[c], terms[k, c])
                exponentials(terms[k, c], powers)
    complete = add(x, w, terms, out, covered)
    for c in range(x.shape[1]):
        present = whole if complete[c] else covered[c]
        for r in range(x.shape[2]):
            if present[r] > 0 and flat:
                out[c, r] = np.exp(out[c, r] / present[r])
            elif present[r] > 0 and out[c, r] > 0:
                out[c, r] = np.exp((largest[c, r] + np.log(out[c, r] / present[r])) / power)
        settle(whole, complete[c], coverage, out[c], covered[c])


@helper
def begin(w, out, covered):
    """Set all sums to zero; return the whole weight of each replicate."""
    whole = np.zeros(w.shape[1])
    for k in range(w.shape[0]):
        add_one(1.0, w[k], whole)
    for c in range(out.shape[0]):
        for r in range(out.shape[1]):
            out[c, r], covered[c, r] = 0.0, 0.0
    return whole


@helper
def add(x, w, terms, out, covered):
    """Add the terms of each unit's children to its sum, and their weights to the weight present.

    Return which units are known to have all their children: their weights are not added.
    """
    complete = np.zeros(x.shape[1], np.bool_)
    if x.shape[2] == 1:
        add_steady(x, w, terms, out, covered, complete)
        return complete
    for c in range(x.shape[1]):
        for k in range(x.shape[0]):
            add_child(x[k, c], w[k], terms[k, c], out[c], covered[c])
    return complete


@inlined
def add_child(x, w, terms, out, covered):
    """Add one child's terms and weights where it has a score, [replicate] each."""
    for r in range(x.shape[0]):
        present = (w[r] > 0) & (not np.isnan(x[r]))
        out[r] += w[r] * terms[r] if present else 0.0
        covered[r] += w[r] if present else 0.0


@helper
def add_steady(x, w, terms, out, covered, complete):
    """Do as `add` where scores are the same in all replicates: whether a child has one is asked once.

    Children eight at a time in their order, and so few replicates that they stay near the processor.
    """
    children, units, replicates = x.shape[0], x.shape[1], w.shape[1]
    for c in range(units):
        gaps = 0
        for k in range(children):
            gaps += np.isnan(x[k, c, 0])
        complete[c] = gaps == 0
        for k in range(0 if complete[c] else children):
            if not np.isnan(x[k, c, 0]):
                add_one(terms[k, c, 0], w[k], out[c])
                add_one(1.0, w[k], covered[c])
    eights = children - children % 8
    for start in range(0, replicates, LANES):
        stop = min(start + LANES, replicates)
        for k in range(0, eights, 8):
            add_eight(terms, w, k, start, stop, complete, out)
        for k in range(eights, children):
            for c in range(units):
                if complete[c]:
                    add_one(terms[k, c, 0], w[k, start:stop], out[c, start:stop])


@inlined
def add_eight(terms, w, k, start, stop, complete, out):
    """Add the weighted terms of eight children, one after the other, for every unit that has all."""
    w0, w1, w2, w3 = w[k, start:stop], w[k + 1, start:stop], w[k + 2, start:stop], w[k + 3, start:stop]
    w4, w5, w6, w7 = w[k + 4, start:stop], w[k + 5, start:stop], w[k + 6, start:stop], w[k + 7, start:stop]
    for c in range(out.shape[0]):
        if complete[c]:
            t0, t1, t2, t3 = terms[k, c, 0], terms[k + 1, c, 0], terms[k + 2, c, 0], terms[k + 3, c, 0]
            t4, t5, t6, t7 = terms[k + 4, c, 0], terms[k + 5, c, 0], terms[k + 6, c, 0], terms[k + 7, c, 0]
            own = out[c, start:stop]
            for r in range(own.shape[0]):
                first = own[r] + t0 * w0[r] + t1 * w1[r] + t2 * w2[r] + t3 * w3[r]
                own[r] = first + t4 * w4[r] + t5 * w5[r] + t6 * w6[r] + t7 * w7[r]


@inlined
def add_one(term, w, out):
    """Add one child's weighted term to a sum."""
    for r in range(out.shape[0]):
        out[r] += term * w[r]


@inlined
def divide(out, by):
    """Divide a sum by the weight that is in it."""
    for r in range(out.shape[0]):
        out[r] = out[r] / by[r] if by[r] > 0 else np.nan


@inlined
def settle(whole, complete, coverage, out, covered):
    """Make a gap where too little weight is present; turn the weight present into a share, 1 if `complete`."""
    for r in range(0 if complete else out.shape[0]):
        enough = covered[r] > 0 and covered[r] >= (coverage - ROUNDING) * whole[r]
        out[r] = out[r] if enough else np.nan
        covered[r] = covered[r] / whole[r] if whole[r] > 0 else 0.0
    for r in range(out.shape[0] if complete else 0):
        out[r] = out[r] if whole[r] > 0 else np.nan
        covered[r] = 1.0 if whole[r] > 0 else 0.0


@helper
def raise_terms(x, w, power, terms, largest):
    """Multiply logarithms by the power, and keep the largest that counts."""
    for r in range(x.shape[0]):
        terms[r] *= power
        counts = (w[r] > 0) & (not np.isnan(x[r])) & (terms[r] > largest[r])
        largest[r] = terms[r] if counts else largest[r]


@helper
def measure(x, w, lowest, largest, terms):
    """Measure terms from the largest; a child that counts for nothing is infinitely far below."""
    for r in range(x.shape[0]):
        something = (w[r] > 0) & (x[r] > lowest)
        terms[r] = terms[r] - largest[r] if something else -np.inf


@helper
def logarithms(x, floor, out, powers):
    """Write the natural logarithms of scores; those below the floor, which is above zero, and gaps count as the floor.

    Arithmetic alone, so that the compiler takes eight at a time (geometric: 2.3 microseconds a replicate of 27 x 40,
    4.9 with the library's logarithm) and every machine gives the same bits. Within two units of the last digit:
    log(m 2^p) = p log 2 + 2 atanh((m - 1) / (m + 1)), m between the roots of 1/2 and 2, eleven terms of the series.
    """
    bits = out.view(np.int64)
    for i in range(x.shape[0]):
        out[i] = x[i] if x[i] > floor else floor
    for i in range(x.shape[0]):
        power = (bits[i] - ROOT_HALF) >> 52
        bits[i] -= power << 52
        powers[i] = power
    for i in range(x.shape[0]):
        f = (out[i] - 1.0) / (out[i] + 1.0)
        s = f * f
        tail = 1 / 11 + s * (1 / 13 + s * (1 / 15 + s * (1 / 17 + s * (1 / 19 + s * (1 / 21)))))
        tail = s * (1 / 3 + s * (1 / 5 + s * (1 / 7 + s * (1 / 9 + s * tail))))
        out[i] = powers[i] * LOG_2 + 2.0 * (f + f * tail)


@helper
def exponentials(values, powers):
    """Replace values below 700 by their exponentials, those below -700 and gaps by 0.

    Arithmetic alone, as in `logarithms`. Within two units of the last digit: exp(p log 2 + f) = 2^p exp(f), twelve
    terms of the series. The sum with SHIFTER ends in the digits of p, which are then added to the exponent.
    """
    steps, bits = powers.view(np.int64), values.view(np.int64)
    for i in range(values.shape[0]):
        value = values[i] if values[i] > LEAST_POWER else LEAST_POWER
        powers[i] = value * (1 / LOG_2) + SHIFTER
        power = powers[i] - SHIFTER
        f = (value - power * LOG_2_UPPER) - power * LOG_2_LOWER
        tail = 1 / 40320 + f * (1 / 362880 + f * (1 / 3628800 + f * (1 / 39916800 + f * (1 / 479001600))))
        tail = 1 / 24 + f * (1 / 120 + f * (1 / 720 + f * (1 / 5040 + f * tail)))
        values[i] = 1 + f * (1 + f * (1 / 2 + f * (1 / 6 + f * tail))) if values[i] > LEAST_POWER else 0.0
    for i in range(values.shape[0]):
        bits[i] += steps[i] << 52 if bits[i] != 0 else 0
