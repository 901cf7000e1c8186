"""Treat: pull in the few values that would set the scale for everybody else.

Two ways: outliers are capped (winsorised), or the whole scale is bent (a logarithm, a Box-Cox power). What is learned
from a sample stands in treat.py (caps) and treat_scales.py; here are the methods and the one formula that applies what
any of them learned.
"""

from __future__ import annotations

import numpy as np

from readiness.methods.treat import caps_or_log, no_treatment, outlier_caps
from readiness.methods.treat_scales import (
    box_cox_where_skewed,
    log1p_where_skewed,
    log_shift_where_skewed,
    log_where_skewed,
)
from readiness.registry import Parameter, helper, inlined, method

AXES = "indicator unit replicate"
HANDBOOK = "OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 3"
BOX_COX = "Box and Cox (1964), Journal of the Royal Statistical Society B 26(2):211-252"
COINR = "Becker and others (2022), COINr, Journal of Open Source Software 7(78):4567"
LIMITS = {
    "skewness": Parameter(2.0, 0.0, 100.0, "limit of the absolute sample skewness"),
    "kurtosis": Parameter(3.5, -10.0, 1000.0, "limit of the sample excess kurtosis"),
}
BENT = LIMITS | {"always": Parameter(0, 0, 1, "1 bends every indicator, whatever its skewness", whole=True)}
WHERE = (
    "Where the skewness of an indicator is above {skewness} with the long tail on the right, and its excess kurtosis "
    "above {kurtosis}, "
)
ALL = " Every indicator is bent: {always} (1 yes, 0 no)."


@method(
    "treat",
    "winsorise_then_log",
    says="Where the absolute skewness of an indicator is above {skewness} and its excess kurtosis above {kurtosis}, "
    "the most extreme countries, {points} at most, are set to the next value. Where that is not enough, a long tail on "
    "the right is drawn in by the logarithm of the distance to the minimum plus a hundredth of the range instead.",
    axes=AXES,
    source=f"{COINR}, default treatment; {HANDBOOK}",
    formula="y = min(max(x, lower cap), upper cap); if the limits are still passed, y = ln(x - min + 0.01 (max - min))",
    example="Values 1, 2, ..., 20, 100 and 200: both become 20. With one point at most 1 becomes ln(1.99) = 0.688 and "
    "200 becomes ln(200.99) = 5.303.",
    fit=caps_or_log,
    parameters={"points": Parameter(5, 0, 1000, "the most countries moved where caps are found", whole=True)} | LIMITS,
    properties=("monotone", "unit_free"),
)
@method(
    "treat",
    "box_cox",
    says="Where the absolute skewness of an indicator is above {skewness} and its excess kurtosis above {kurtosis}, "
    "its scale is bent by the Box-Cox power {power}, or by the likeliest power: {estimate} (1 yes, 0 no), if that "
    "draws in the tail. Where the minimum is not above zero, {shift} of the range less the minimum is added first."
    + ALL,
    axes=AXES,
    source=BOX_COX,
    formula="y = ((x + shift)^power - 1) / power, ln(x + shift) for power 0",
    example="Power 0.5: the value 9 becomes (3 - 1) / 0.5 = 4, the value 1 becomes 0.",
    fit=box_cox_where_skewed,
    parameters={
        "power": Parameter(0.0, -5.0, 5.0, "exponent of the bend; 0 is the natural logarithm"),
        "estimate": Parameter(0, 0, 1, "1 takes the power of the greatest likelihood from -5 to 5", whole=True),
        "shift": Parameter(0.01, 0.001, 10.0, "share of the range at which the smallest value is put, if it is <= 0"),
    }
    | BENT,
    properties=("monotone",),
)
@method(
    "treat",
    "log_shift",
    says=WHERE
    + "its scale is bent by the logarithm of the distance to the minimum plus a hundredth of the range."
    + ALL,
    axes=AXES,
    source=f"{COINR}, log transformation; {HANDBOOK}",
    formula="y = ln(x - min + 0.01 (max - min))",
    example="Values from 0 to 100: 0 becomes ln(1) = 0, 9 becomes ln(10) = 2.303, 100 becomes ln(101) = 4.615.",
    fit=log_shift_where_skewed,
    parameters=BENT,
    properties=("monotone", "unit_free"),
)
@method(
    "treat",
    "log1p",
    says=WHERE + "and no value is -1 or below, its scale is bent by the natural logarithm of one plus the value." + ALL,
    axes=AXES,
    source=f"{HANDBOOK}, logarithm of one plus the value",
    formula="y = ln(1 + x)",
    example="Values 0, 1 and 1000 become 0, 0.693 and 6.909 if the indicator is skewed past the limits.",
    fit=log1p_where_skewed,
    parameters=BENT,
    properties=("monotone",),
)
@method(
    "treat",
    "log",
    says=WHERE + "and all values are above zero, its scale is bent by the natural logarithm." + ALL,
    axes=AXES,
    source=f"{HANDBOOK}, logarithmic transformation",
    formula="y = ln(x)",
    example="Values 1, 2 and 1000 become 0, 0.693 and 6.908 if the indicator is skewed past the limits.",
    fit=log_where_skewed,
    parameters=BENT,
    properties=("monotone",),
)
@method(
    "treat",
    "winsorise",
    says="Where the absolute skewness of an indicator is above {skewness} and its excess kurtosis above {kurtosis}, "
    "the most extreme countries, {points} at most, are set to the next value.",
    axes=AXES,
    source=f"{HANDBOOK}; limits of the JRC's audits (Saisana and others)",
    formula="y = min(max(x, lower cap), upper cap)",
    example="Values 1, 2, ..., 20, 100 and 200: 200 becomes 100, then both become 20.",
    fit=outlier_caps,
    parameters={"points": Parameter(2, 0, 1000, "the most countries moved where caps are found", whole=True)} | LIMITS,
    properties=("monotone", "unit_free"),
)
@method(
    "treat",
    "none",
    says="No value is changed.",
    axes=AXES,
    source="identity",
    formula="y = x",
    example="The value 3 stays 3.",
    fit=no_treatment,
    properties=("monotone", "unit_free"),
)
def bend(x, low, high, shift, power, out):
    """Set values beyond the caps to the caps, then bend the scale where it has a power.

    Shapes   x, out (indicator, unit, replicate); low, high, shift, power (indicator, replicate), caps and shift in the
             unit of x; power NaN for no bend, 0 for the natural logarithm, else the Box-Cox exponent.
    Gaps     stay gaps. Under a bend, a value whose sum with the shift is not above zero becomes a gap, and so does one
             whose power is too large for a number.
    """
    for i in range(x.shape[0]):
        straight = True
        for r in range(x.shape[2]):
            straight &= np.isnan(power[i, r])
        for c in range(x.shape[1]):
            cap(x[i, c], low[i], high[i], out[i, c])
            if not straight:
                curve(shift[i], power[i], out[i, c])


@inlined
def cap(x, low, high, out):
    """Set one unit's values beyond the caps to the caps, [replicate]."""
    for r in range(x.shape[0]):
        value = low[r] if x[r] < low[r] else x[r]
        out[r] = high[r] if value > high[r] else value


@helper
def curve(shift, power, out):
    """Bend one unit's values where the scale has a power, [replicate]."""
    for r in range(out.shape[0]):
        exponent, value = power[r], out[r] + shift[r]
        if not np.isnan(exponent):
            place = np.log(value) if value > 0 else np.nan
            value = np.expm1(exponent * place) / exponent if exponent != 0 else place
            out[r] = value if abs(value) < np.inf else np.nan
