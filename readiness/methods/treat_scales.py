"""Treat, what is learned: which scales are bent, and how. Where outliers are capped stands in treat.py.

A kernel calls only its own file, so the skewness of values that are not capped stands here again; tests/test_treat.py
holds both files to one rule.
"""

from __future__ import annotations

import numpy as np

from readiness.registry import helper


def log_where_skewed(sample, low, high, shift, power, skewness, kurtosis, always):
    """Bend by ln(x) what has a long tail on the right.

    Shapes   sample (indicator, value, replicate); low, high, shift, power (indicator, replicate), written: no caps,
             shift 0, power 0 where bent, else NaN.
    Gaps     are skipped. An indicator with a value of zero or below is not bent, nor one with equal values only, nor,
             unless `always` is 1, one of fewer than four values or with its tail on the left.
    """
    clear(low, high, shift, power)
    for i in range(sample.shape[0]):
        for r in range(sample.shape[2]):
            values = sample[i, :, r]
            if extent(values)[0] > 0 and calls_for(values, 0.0, skewness, kurtosis, always):
                power[i, r] = 0.0


def log1p_where_skewed(sample, low, high, shift, power, skewness, kurtosis, always):
    """Bend by ln(1 + x) what has a long tail on the right.

    Shapes   sample (indicator, value, replicate); low, high, shift, power (indicator, replicate), written: no caps,
             shift 1 and power 0 where bent, else 0 and NaN.
    Gaps     are skipped. An indicator with a value of minus one or below is not bent, nor one with equal values only,
             nor, unless `always` is 1, one of fewer than four values or with its tail on the left.
    """
    clear(low, high, shift, power)
    for i in range(sample.shape[0]):
        for r in range(sample.shape[2]):
            values = sample[i, :, r]
            if extent(values)[0] > -1 and calls_for(values, 0.0, skewness, kurtosis, always):
                shift[i, r], power[i, r] = 1.0, 0.0


def log_shift_where_skewed(sample, low, high, shift, power, skewness, kurtosis, always):
    """Bend by ln(x - min + 0.01 range) what has a long tail on the right; values of any sign will do.

    Shapes   sample (indicator, value, replicate); low, high, shift, power (indicator, replicate), written: shift 0.01
             range - min, power 0 and the minimum as lower cap where bent (a smaller value of another edition has no
             such logarithm and counts as it), else no caps, 0 and NaN.
    Gaps     are skipped. An indicator with equal values only is not bent, nor, unless `always` is 1, one of fewer than
             four values or with its tail on the left.
    """
    clear(low, high, shift, power)
    for i in range(sample.shape[0]):
        for r in range(sample.shape[2]):
            values = sample[i, :, r]
            if calls_for(values, 0.0, skewness, kurtosis, always):
                least, most = extent(values)
                low[i, r], shift[i, r], power[i, r] = least, 0.01 * (most - least) - least, 0.0


def box_cox_where_skewed(sample, low, high, shift, power, exponent, estimate, share, skewness, kurtosis, always):
    """Bend by a Box-Cox power, a given one or the likeliest, what is skewed to the side that the power draws in.

    Where the minimum is not above zero, `share` of the range less the minimum is added to all values first.

    Shapes   sample (indicator, value, replicate); low, high, shift, power (indicator, replicate), written: what is
             added and the power where bent, else 0 and NaN; where something is added the minimum is the lower cap, as
             a smaller value of another edition may have no such power.
    Gaps     are skipped. An indicator with equal values only is not bent, nor, unless `always` is 1, one of fewer than
             four values or with its tail on the side that the power lengthens.
    """
    clear(low, high, shift, power)
    for i in range(sample.shape[0]):
        for r in range(sample.shape[2]):
            values = sample[i, :, r]
            if not differ(values) or (always == 0 and tail(values, skewness, kurtosis) == 0):
                continue
            least, most = extent(values)
            added = share * (most - least) - least if least <= 0 else 0.0
            chosen = likeliest_power(values, added) if estimate > 0 else exponent
            if calls_for(values, chosen, skewness, kurtosis, always):
                low[i, r] = least if least <= 0 else -np.inf
                shift[i, r], power[i, r] = added, chosen


@helper
def clear(low, high, shift, power):
    """Set no caps and no bend."""
    for i in range(low.shape[0]):
        for r in range(low.shape[1]):
            low[i, r], high[i, r], shift[i, r], power[i, r] = -np.inf, np.inf, 0.0, np.nan


@helper
def calls_for(values, power, skewness, kurtosis, always):
    """Tell whether a scale is to be bent: it is skewed past both limits, and this power draws in that tail.

    A power below 1, a logarithm among them, draws in a tail on the right and lengthens one on the left; a power above
    1 does the reverse. If `always` is 1 every scale of different values is bent.
    """
    return differ(values) and (always > 0 or (1.0 - power) * tail(values, skewness, kurtosis) > 0)


@helper
def differ(values):
    """Tell whether there are different values; those that differ by rounding alone do not count."""
    least, most = extent(values)
    return most - least > 1e-12 * max(abs(least), abs(most))


@helper
def extent(values):
    """Find the smallest and the largest value; NaN where there is none."""
    least, most = np.inf, -np.inf
    for value in values:
        if not np.isnan(value):
            least, most = min(least, value), max(most, value)
    return (least, most) if least <= most else (np.nan, np.nan)


@helper
def tail(values, skewness, kurtosis):
    """Return the sample skewness where it and the excess kurtosis are both past their limits, else 0.

    Source   as `skewness_and_kurtosis` in treat.py.
    """
    n, total = 0, 0.0
    for value in values:
        if not np.isnan(value):
            n += 1
            total += value
    if n < 4:
        return 0.0
    mean, m2, m3, m4 = total / n, 0.0, 0.0, 0.0
    for value in values:
        if not np.isnan(value):
            d = value - mean
            m2 += d * d
            m3 += d * d * d
            m4 += d * d * (d * d)
    m2, m3, m4 = m2 / n, m3 / n, m4 / n
    if m2 <= 1e-28 * mean**2:  # all equal but for rounding
        return 0.0
    excess = (n - 1.0) / ((n - 2) * (n - 3.0)) * ((n + 1) * (m4 / m2**2 - 3) + 6)
    skew = m3 / (m2 * np.sqrt(m2)) * np.sqrt(n * (n - 1.0)) / (n - 2)
    return skew if abs(skew) > skewness and excess > kurtosis else 0.0


@helper
def likeliest_power(values, shift):
    """Find the Box-Cox power between -5 and 5 of the greatest likelihood by golden section, to four decimals.

    Four decimals, because the last digits of a logarithm differ between processors and the bent figures should not.
    """
    low, high, golden = -5.0, 5.0, (np.sqrt(5.0) - 1) / 2
    left, right = high - golden * (high - low), low + golden * (high - low)
    at_left, at_right = log_likelihood(values, shift, left), log_likelihood(values, shift, right)
    while high - low > 1e-7:
        if at_left < at_right:
            low, left, at_left = left, right, at_right
            right = low + golden * (high - low)
            at_right = log_likelihood(values, shift, right)
        else:
            high, right, at_right = right, left, at_left
            left = high - golden * (high - low)
            at_left = log_likelihood(values, shift, left)
    return np.floor((low + high) / 2 * 1e4 + 0.5) / 1e4


@helper
def log_likelihood(values, shift, power):
    """Logarithm of the likelihood that the bent values come from a normal distribution, up to a constant.

    Values are divided by their geometric mean first: the Jacobian is then 1 and no power overflows early.
    """
    count, total = 0, 0.0
    for value in values:
        if not np.isnan(value):
            count += 1
            total += np.log(value + shift)
    centre = total / count
    mean, squares, seen = 0.0, 0.0, 0
    for value in values:
        if not np.isnan(value):
            place = np.log(value + shift) - centre
            bent = np.expm1(power * place) / power if power != 0 else place
            seen += 1
            apart = bent - mean
            mean += apart / seen
            squares += apart * (bent - mean)
    return -0.5 * count * np.log(squares / count)
