"""Treat, what is learned: where outliers are capped and which scales are bent. The methods stand in treat_bend.py.

Every fit finds caps, a shift and a power for each indicator; one formula, `bend`, applies them to any edition.
"""

from __future__ import annotations

import numpy as np

from readiness.registry import helper, inlined

NEARLY = 1e-6  # rounding does not move a skewness so far


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


def shape(x, skewness, kurtosis):
    """Find the sample skewness and excess kurtosis of every indicator.

    Shapes   x (indicator, value, replicate); skewness, kurtosis (indicator, replicate), written.
    Gaps     are skipped; fewer than four values, or all equal, give NaN.
    """
    for i in range(x.shape[0]):
        for r in range(x.shape[2]):
            skewness[i, r], kurtosis[i, r] = skewness_and_kurtosis(x[i, :, r], -np.inf, np.inf)


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
def tail(values, bottom, top, skewness, kurtosis):
    """Return the skewness after capping where it and the excess kurtosis are both past their limits, else 0."""
    skew, excess = skewness_and_kurtosis(values, bottom, top)
    return skew if abs(skew) > skewness and excess > kurtosis else 0.0


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
def extent(values):
    """Find the smallest and the largest value; NaN where there is none."""
    least, most = np.inf, -np.inf
    for value in values:
        if not np.isnan(value):
            least, most = min(least, value), max(most, value)
    return (least, most) if least <= most else (np.nan, np.nan)


@helper
def differ(values):
    """Tell whether there are different values; those that differ by rounding alone do not count."""
    least, most = extent(values)
    return most - least > 1e-12 * max(abs(least), abs(most))


@helper
def calls_for(values, power, skewness, kurtosis, always):
    """Tell whether a scale is to be bent: it is skewed past both limits, and this power draws in that tail.

    A power below 1, a logarithm among them, draws in a tail on the right and lengthens one on the left; a power above
    1 does the reverse. If `always` is 1 every scale of different values is bent.
    """
    return differ(values) and (always > 0 or (1.0 - power) * tail(values, -np.inf, np.inf, skewness, kurtosis) > 0)


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
def clear(low, high, shift, power):
    """Set no caps and no bend."""
    for i in range(low.shape[0]):
        for r in range(low.shape[1]):
            low[i, r], high[i, r], shift[i, r], power[i, r] = -np.inf, np.inf, 0.0, np.nan


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
            nearly = not several or (abs(sums[0, r]) > skewness - NEARLY) & (
                sums[1, r] > kurtosis - NEARLY
            )  # `tail` decides
            if nearly:
                low[i, r], high[i, r] = caps(sample[i, :, r], points, skewness, kurtosis)


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
                low[i, r], most = extent(values)
                shift[i, r], power[i, r] = 0.01 * (most - low[i, r]) - low[i, r], 0.0


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
            if not differ(values) or (always == 0 and tail(values, -np.inf, np.inf, skewness, kurtosis) == 0):
                continue
            least, most = extent(values)
            added = share * (most - least) - least if least <= 0 else 0.0
            chosen = likeliest_power(values, added) if estimate > 0 else exponent
            if calls_for(values, chosen, skewness, kurtosis, always):
                low[i, r] = least if least <= 0 else -np.inf
                shift[i, r], power[i, r] = added, chosen


def caps_or_log(sample, low, high, shift, power, points, skewness, kurtosis):
    """Cap outliers; where that is not enough, forget the caps and bend by ln(x - min + 0.01 range) instead.

    A tail on the left, which a logarithm would lengthen, keeps its caps.

    Shapes   sample (indicator, value, replicate); the others (indicator, replicate), written: caps, or a bend with the
             minimum as lower cap, as in log_shift_where_skewed.
    Gaps     are skipped. Fewer than four values, or all equal: no treatment.
    """
    clear(low, high, shift, power)
    for i in range(sample.shape[0]):
        for r in range(sample.shape[2]):
            values = sample[i, :, r]
            bottom, top = caps(values, points, skewness, kurtosis)
            enough = tail(values, bottom, top, skewness, kurtosis) == 0
            if enough or not calls_for(values, 0.0, skewness, kurtosis, 0):
                low[i, r], high[i, r] = bottom, top
            else:
                low[i, r], most = extent(values)
                shift[i, r], power[i, r] = 0.01 * (most - low[i, r]) - low[i, r], 0.0
