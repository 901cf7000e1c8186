"""Aggregate: one score for a group from the scores of its children. Here: the weighted means.

Every method has the same gap rule: a child without a score, or with weight zero, leaves the weight to the others; the
group has a gap where less than the share `coverage` of its weight is present.
"""

from __future__ import annotations

import numpy as np

from readiness.registry import Parameter, helper, method

AXES = "child unit replicate"
ROUNDING = 1e-12  # a share of two thirds must pass a limit of two thirds
NEARLY_ZERO = 1e-6  # a power mean this near to the geometric mean is it: the root would only magnify rounding
TINY = 1e-300  # has a logarithm, and is nothing beside any score
LOG_2 = 0.6931471805599453
LOG_2_UPPER, LOG_2_LOWER = 6.93147180369123816490e-01, 1.90821492927058770002e-10  # products with the first are exact
SHIFTER = 1.5 * 2.0**52  # a number added to it is rounded to a whole one, which stands in the last bits
LEAST_POWER = -700.0  # the exponential of less is nothing beside 1
ROOT_HALF = 0x3FE6A09E667F3BCD  # the bits of the square root of one half
FLOOR = Parameter(1.0, 1e-12, 1e9, "scores below it count as it")


@method(
    "aggregate",
    "arithmetic",
    says="the weighted arithmetic mean",
    axes=AXES,
    source="OECD/JRC Handbook (2008), step 6, additive aggregation",
    formula="score = sum(w x) / sum(w)",
    example="Weights 3 and 1, scores 4 and 8: (12 + 8) / 4 = 5.",
    additive=True,
    properties=("monotone", "homogeneous", "translation", "idempotent", "between"),
)
def arithmetic(x, w, coverage, out, covered):
    """Weighted arithmetic mean of the children of a group.

    Shapes   x (child, unit, replicate); w (child, replicate), zero or more, any positive scale; coverage a share;
             out (unit, replicate) and covered (unit, replicate), the share of weight present, written.
    Gaps     a child without a value leaves its weight to the others; below `coverage` a gap.
    """
    whole = begin(w, out, covered)
    for c in range(x.shape[1]):
        for k in range(x.shape[0]):
            for r in range(x.shape[2]):
                present = (w[k, r] > 0) & (not np.isnan(x[k, c, r]))
                out[c, r] += w[k, r] * x[k, c, r] if present else 0.0
                covered[c, r] += w[k, r] if present else 0.0
        for r in range(x.shape[2]):
            out[c, r] = out[c, r] / covered[c, r] if covered[c, r] > 0 else np.nan
    settle(whole, coverage, out, covered)


@method(
    "aggregate",
    "geometric",
    says="the weighted geometric mean, scores below {floor} counting as {floor}",
    axes=AXES,
    source="OECD/JRC Handbook (2008), step 6, geometric aggregation",
    formula="score = exp(sum(w log(max(x, floor))) / sum(w))",
    example="Weights 1 and 1, scores 4 and 9: the square root of 36 = 6.",
    parameters={"floor": FLOOR},
    non_negative=True,
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
    logs = np.empty((x.shape[0], x.shape[2]))
    values, bits, powers = np.ravel(logs), np.frombuffer(logs, np.int64), np.empty(logs.size)
    for c in range(x.shape[1]):
        for k in range(x.shape[0]):
            for r in range(x.shape[2]):
                logs[k, r] = x[k, c, r] if x[k, c, r] > floor else floor
        logarithms(values, bits, powers)
        add(x, w, c, logs, out, covered)
        for r in range(x.shape[2]):
            out[c, r] = np.exp(out[c, r] / covered[c, r]) if covered[c, r] > 0 else np.nan
    settle(whole, coverage, out, covered)


@method(
    "aggregate",
    "harmonic",
    says="the weighted harmonic mean, scores below {floor} counting as {floor}",
    axes=AXES,
    source="Hardy, Littlewood and Polya (1934), Inequalities, chapter 2",
    formula="score = sum(w) / sum(w / max(x, floor))",
    example="Weights 1 and 1, scores 3 and 6: 2 / (1/3 + 1/6) = 4.",
    parameters={"floor": FLOOR},
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
    inverses = np.empty((x.shape[0], x.shape[2]))
    for c in range(x.shape[1]):
        for k in range(x.shape[0]):
            for r in range(x.shape[2]):
                inverses[k, r] = 1.0 / (x[k, c, r] if x[k, c, r] > floor else floor)
        add(x, w, c, inverses, out, covered)
        for r in range(x.shape[2]):
            out[c, r] = covered[c, r] / out[c, r] if covered[c, r] > 0 else np.nan
    settle(whole, coverage, out, covered)


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
    children, units, replicates = x.shape
    whole = begin(w, out, covered)
    flat = abs(power) < NEARLY_ZERO
    least, lowest = (TINY, 0.0) if power >= NEARLY_ZERO else (floor, -np.inf)
    terms, largest = np.empty((children, replicates)), np.empty(replicates)
    values, bits, powers = np.ravel(terms), np.frombuffer(terms, np.int64), np.empty(terms.size)
    for c in range(units):
        for r in range(replicates):
            largest[r] = -np.inf
        for k in range(children):
            for r in range(replicates):
                terms[k, r] = x[k, c, r] if x[k, c, r] > least else least
        logarithms(values, bits, powers)
        for k in range(children):
            for r in range(replicates):
                terms[k, r] *= 1.0 if flat else power
                counts = (w[k, r] > 0) & (not np.isnan(x[k, c, r])) & (terms[k, r] > largest[r])
                largest[r] = terms[k, r] if counts else largest[r]
        if not flat:  # measured from the largest term, so that no power overflows
            for k in range(children):
                for r in range(replicates):
                    something = (w[k, r] > 0) & (x[k, c, r] > lowest)
                    terms[k, r] = terms[k, r] - largest[r] if something else -np.inf
            exponentials(values, bits, powers)
        add(x, w, c, terms, out, covered)
        for r in range(replicates):
            if covered[c, r] > 0 and flat:
                out[c, r] = np.exp(out[c, r] / covered[c, r])
            elif covered[c, r] > 0 and out[c, r] > 0:
                out[c, r] = np.exp((largest[r] + np.log(out[c, r] / covered[c, r])) / power)
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
def add(x, w, c, terms, out, covered):
    """Add the terms of a unit's children to its sum, and their weights to the weight present."""
    for k in range(x.shape[0]):
        for r in range(x.shape[2]):
            present = (w[k, r] > 0) & (not np.isnan(x[k, c, r]))
            out[c, r] += w[k, r] * terms[k, r] if present else 0.0
            covered[c, r] += w[k, r] if present else 0.0


@helper
def settle(whole, coverage, out, covered):
    """Make a gap where too little weight is present; turn the weight present into a share."""
    for c in range(out.shape[0]):
        for r in range(out.shape[1]):
            enough = covered[c, r] > 0 and covered[c, r] >= (coverage - ROUNDING) * whole[r]
            out[c, r] = out[c, r] if enough else np.nan
            covered[c, r] = covered[c, r] / whole[r] if whole[r] > 0 else 0.0


@helper
def logarithms(values, bits, powers):
    """Replace positive values by their natural logarithms; `bits` are the same memory read as whole numbers.

    Arithmetic alone, so that the compiler takes eight at a time (geometric: 2.3 microseconds a replicate of 27 x 40,
    4.9 with the library's logarithm) and every machine gives the same bits. Within two units of the last digit:
    log(m 2^p) = p log 2 + 2 atanh((m - 1) / (m + 1)), m between the roots of 1/2 and 2, eleven terms of the series.
    """
    for i in range(values.shape[0]):
        power = (bits[i] - ROOT_HALF) >> 52
        bits[i] -= power << 52
        powers[i] = power
    for i in range(values.shape[0]):
        f = (values[i] - 1.0) / (values[i] + 1.0)
        s = f * f
        tail = 1 / 11 + s * (1 / 13 + s * (1 / 15 + s * (1 / 17 + s * (1 / 19 + s * (1 / 21)))))
        tail = s * (1 / 3 + s * (1 / 5 + s * (1 / 7 + s * (1 / 9 + s * tail))))
        values[i] = powers[i] * LOG_2 + 2.0 * (f + f * tail)


@helper
def exponentials(values, bits, powers):
    """Replace values of zero or less by their exponentials, those below -700 by 0; `bits` are the same memory.

    Arithmetic alone, as in `logarithms`. Within two units of the last digit: exp(p log 2 + f) = 2^p exp(f), twelve
    terms of the series. The sum with SHIFTER ends in the digits of p, which are then added to the exponent.
    """
    steps = np.frombuffer(powers, np.int64)
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
