"""Treat, what is learned: where outliers are capped. Which scales are bent stands in treat_scales.py.

Every fit finds caps, a shift and a power for each indicator; one formula, `bend` in treat_bend.py, applies them to any
edition.
"""

from __future__ import annotations

import numpy as np

from readiness.registry import helper, inlined

NEARLY = 1e-6  # rounding does not move a skewness so far


def no_treatment(sample, low, high, shift, power):
    """Set no caps and bend no scale.

    Shapes   sample, not used; low, high, shift, power (indicator, replicate), written: -inf, inf, 0 and NaN.
    Gaps     play no part.
    """
    clear(low, high, shift, power)


def outlier_caps(sample, low, high, shift, power, points, skewness, kurtosis):
    """Find the caps that pull in one value after the other until the distribution is no longer extreme.

    That is, while abs(skewness) and excess kurtosis both pass their limits. Each round moves the extreme on the side
    of the skew, and what ties with it, to the next value; it ends before more than `points` values would have moved.

    Shapes   sample (indicator, value, replicate); low, high (indicator, replicate), written: -inf and inf where
             nothing is treated; shift, power (indicator, replicate), written: 0 and NaN, no bend.
    Gaps     are skipped. Fewer than four values, or all equal: no treatment.
    """
    clear(low, high, shift, power)
    sums, several = np.empty((5, sample.shape[2])), sample.shape[2] > 1
    for i in range(sample.shape[0]):
        if several:
            shapes(sample[i], sums[0], sums[1], sums[2], sums[3], sums[4])
        for r in range(sample.shape[2]):
            nearly = not several or (abs(sums[0, r]) > skewness - NEARLY) & (sums[1, r] > kurtosis - NEARLY)
            if nearly:  # `caps` decides
                low[i, r], high[i, r] = caps(sample[i, :, r], points, skewness, kurtosis)


def caps_or_log(sample, low, high, shift, power, points, skewness, kurtosis):
    """Cap outliers; where that is not enough, forget the caps and bend by ln(x - min + 0.01 range) instead.

    A tail on the left, which a logarithm would lengthen, keeps its caps.

    Shapes   sample (indicator, value, replicate); the others (indicator, replicate), written: caps, or a bend with the
             minimum as lower cap, as in log_shift_where_skewed (treat_scales.py).
    Gaps     are skipped. Fewer than four values, or all equal: no treatment.
    """
    clear(low, high, shift, power)
    for i in range(sample.shape[0]):
        for r in range(sample.shape[2]):
            values = sample[i, :, r]
            bottom, top = caps(values, points, skewness, kurtosis)
            low[i, r], high[i, r] = bottom, top
            enough = tail(values, bottom, top, skewness, kurtosis) == 0
            if not enough and tail(values, -np.inf, np.inf, skewness, kurtosis) > 0:
                least, most = extent(values)
                if most - least > 1e-12 * max(abs(least), abs(most)):  # else all equal but for rounding
                    low[i, r], high[i, r] = least, np.inf
                    shift[i, r], power[i, r] = 0.01 * (most - least) - least, 0.0


def shape(x, skewness, kurtosis):
    """Find the sample skewness and excess kurtosis of every indicator.

    Shapes   x (indicator, value, replicate); skewness, kurtosis (indicator, replicate), written.
    Gaps     are skipped; fewer than four values, or all equal, give NaN.
    """
    for i in range(x.shape[0]):
        for r in range(x.shape[2]):
            skewness[i, r], kurtosis[i, r] = skewness_and_kurtosis(x[i, :, r], -np.inf, np.inf)


@helper
def clear(low, high, shift, power):
    """Set no caps and no bend."""
    for i in range(low.shape[0]):
        for r in range(low.shape[1]):
            low[i, r], high[i, r], shift[i, r], power[i, r] = -np.inf, np.inf, 0.0, np.nan


@helper
def caps(values, points, skewness, kurtosis):
    """Pull in the extreme on the side of the skew, value by value, while both limits are passed."""
    bottom, top = -np.inf, np.inf
    skew = tail(values, bottom, top, skewness, kurtosis)
    while skew != 0:
        lower, upper = one_step_in(values, bottom, top, skew)
        if outside(values, lower, upper) > points:
            break
        bottom, top = lower, upper
        skew = tail(values, bottom, top, skewness, kurtosis)
    return bottom, top


@helper
def tail(values, bottom, top, skewness, kurtosis):
    """Return the skewness after capping where it and the excess kurtosis are both past their limits, else 0."""
    skew, excess = skewness_and_kurtosis(values, bottom, top)
    return skew if abs(skew) > skewness and excess > kurtosis else 0.0


@helper
def skewness_and_kurtosis(values, bottom, top):
    """Sample skewness G1 and excess kurtosis G2 of the values after capping; NaN below four values or if all are equal.

    Source   Joanes and Gill (1998), The Statistician 47(1); the same as Excel and scipy.stats with bias=False.
    """
    n, total = 0, 0.0
    for value in values:
        if not np.isnan(value):
            n += 1
            total += min(max(value, bottom), top)
    if n < 4:
        return np.nan, np.nan
    mean = total / n
    m2, m3, m4 = 0.0, 0.0, 0.0
    for value in values:
        if not np.isnan(value):
            d = min(max(value, bottom), top) - mean
            m2 += d * d
            m3 += d * d * d
            m4 += d * d * (d * d)
    m2, m3, m4 = m2 / n, m3 / n, m4 / n
    if m2 <= 1e-28 * mean**2:  # all equal but for rounding
        return np.nan, np.nan
    excess = (n - 1.0) / ((n - 2) * (n - 3.0)) * ((n + 1) * (m4 / m2**2 - 3) + 6)
    return m3 / (m2 * np.sqrt(m2)) * np.sqrt(n * (n - 1.0)) / (n - 2), excess


@helper
def one_step_in(values, bottom, top, skewness):
    """Move the cap on the side of the skew to the next value inward."""
    side = 1.0 if skewness > 0 else -1.0
    extreme, inner = -np.inf, -np.inf
    for value in values:
        capped = side * min(max(value, bottom), top)
        extreme = capped if capped > extreme else extreme
    for value in values:
        capped = side * min(max(value, bottom), top)
        inner = capped if inner < capped < extreme else inner
    return (bottom, inner) if skewness > 0 else (-inner, top)


@helper
def outside(values, bottom, top):
    """Count the values that the caps would move."""
    count = 0
    for value in values:
        count += value < bottom or value > top
    return count


@helper
def extent(values):
    """Find the smallest and the largest value; NaN where there is none."""
    least, most = np.inf, -np.inf
    for value in values:
        if not np.isnan(value):
            least, most = min(least, value), max(most, value)
    return (least, most) if least <= most else (np.nan, np.nan)


@helper
def shapes(values, skew, excess, n, mean, m2):
    """Find skewness and excess kurtosis of all replicates at once, [value, replicate]; other rows are scratch."""
    for r in range(n.shape[0]):
        n[r], mean[r], m2[r], skew[r], excess[r] = 0.0, 0.0, 0.0, 0.0, 0.0
    for c in range(values.shape[0]):
        add_values(values[c], n, mean)
    for r in range(n.shape[0]):
        mean[r] /= n[r]
    for c in range(values.shape[0]):
        add_powers(values[c], mean, m2, skew, excess)
    for r in range(n.shape[0]):
        k, v = n[r], m2[r] / n[r]
        fourth = (k - 1.0) / ((k - 2) * (k - 3.0)) * ((k + 1) * (excess[r] / k / (v * v) - 3) + 6)
        third = skew[r] / k / (v * np.sqrt(v)) * np.sqrt(k * (k - 1.0)) / (k - 2)
        some = (k >= 4) & (v > 1e-28 * mean[r] * mean[r])
        skew[r], excess[r] = (third if some else np.nan), (fourth if some else np.nan)


@inlined
def add_values(values, n, total):
    """Count one more value of each replicate and add it, gaps left out."""
    for r in range(values.shape[0]):
        n[r] += 0.0 if np.isnan(values[r]) else 1.0
        total[r] += 0.0 if np.isnan(values[r]) else values[r]


@inlined
def add_powers(values, mean, m2, m3, m4):
    """Add powers of one more value's distance from the mean, gaps left out."""
    for r in range(values.shape[0]):
        d = 0.0 if np.isnan(values[r]) else values[r] - mean[r]
        m2[r] += d * d
        m3[r] += d * d * d
        m4[r] += d * d * (d * d)
