"""Treat: pull in the few values that would set the scale for everybody else."""

from __future__ import annotations

import numpy as np

from readiness.registry import Parameter, helper, method

AXES = "indicator country replicate"


@helper
def skewness_and_kurtosis(values, bottom, top):
    """Sample skewness G1 and excess kurtosis G2 of the values after capping; NaN below four values or if all are equal.

    Source   Joanes and Gill (1998), The Statistician 47(1); the same as Excel and scipy.stats with bias=False.
    """
    n = 0
    total = 0.0
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
            m2 += d**2 / n
            m3 += d**3 / n
            m4 += d**4 / n
    if m2 <= 1e-28 * mean**2:  # all equal but for rounding
        return np.nan, np.nan
    skewness = m3 / m2**1.5 * np.sqrt(n * (n - 1.0)) / (n - 2)
    excess = (n - 1.0) / ((n - 2) * (n - 3.0)) * ((n + 1) * (m4 / m2**2 - 3) + 6)
    return skewness, excess


@helper
def one_step_in(values, bottom, top, skewness):
    """Move the cap on the side of the skew to the next value inward."""
    extreme = -np.inf if skewness > 0 else np.inf
    for value in values:
        capped = min(max(value, bottom), top)
        if (skewness > 0 and capped > extreme) or (skewness < 0 and capped < extreme):
            extreme = capped
    inner = -np.inf if skewness > 0 else np.inf
    for value in values:
        capped = min(max(value, bottom), top)
        if (skewness > 0 and inner < capped < extreme) or (skewness < 0 and inner > capped > extreme):
            inner = capped
    return (bottom, inner) if skewness > 0 else (inner, top)


@helper
def outside(values, bottom, top):
    """Count the values that the caps would move."""
    count = 0
    for value in values:
        if value < bottom or value > top:
            count += 1
    return count


def no_caps(sample, low, high):
    """Set no caps.

    Shapes   sample (indicator, country, replicate); low, high (indicator, replicate), written: -inf and inf.
    """
    for i in range(low.shape[0]):
        for r in range(low.shape[1]):
            low[i, r], high[i, r] = -np.inf, np.inf


def outlier_caps(sample, low, high, points, skewness, kurtosis):
    """Find the caps that pull in one country after the other until the distribution is no longer extreme.

    An indicator is treated while abs(skewness) and excess kurtosis both pass their limits. Each round moves the
    extreme on the side of the skew to the next value; countries that tie move together. It ends before a round
    that would have moved more than `points` countries in all.

    Shapes   sample (indicator, country, replicate); low, high (indicator, replicate), written: -inf and inf where
             nothing is treated.
    Gaps     are skipped. Fewer than four values, or all equal: no treatment.
    """
    for i in range(sample.shape[0]):
        for r in range(sample.shape[2]):
            values = sample[i, :, r]
            bottom, top = -np.inf, np.inf
            skew, excess = skewness_and_kurtosis(values, bottom, top)
            while abs(skew) > skewness and excess > kurtosis:
                lower, upper = one_step_in(values, bottom, top, skew)
                if outside(values, lower, upper) > points:
                    break
                bottom, top = lower, upper
                skew, excess = skewness_and_kurtosis(values, bottom, top)
            low[i, r], high[i, r] = bottom, top


@method("treat", "none", says="No value is changed.", axes=AXES, source="identity", fit=no_caps)
@method(
    "treat",
    "winsorise",
    says="Where the absolute skewness of an indicator is above {skewness} and its excess kurtosis above {kurtosis}, "
    "the most extreme countries, {points} at most, are set to the next value.",
    axes=AXES,
    source="OECD/JRC Handbook (2008), step 3; limits of the JRC's audits (Saisana and others)",
    fit=outlier_caps,
    parameters={
        "points": Parameter(2, 0, 1000, "the most countries that may be moved", whole=True),
        "skewness": Parameter(2.0, 0.0, 100.0, "limit of the absolute sample skewness"),
        "kurtosis": Parameter(3.5, -10.0, 1000.0, "limit of the sample excess kurtosis"),
    },
)
def cap(x, low, high, out):
    """Set values beyond the caps to the caps.

    Shapes   x, out (indicator, country, replicate); low, high (indicator, replicate), in the unit of x.
    Gaps     stay gaps.
    """
    for i in range(x.shape[0]):
        for c in range(x.shape[1]):
            for r in range(x.shape[2]):
                value = x[i, c, r]
                if value < low[i, r]:
                    value = low[i, r]
                elif value > high[i, r]:
                    value = high[i, r]
                out[i, c, r] = value
