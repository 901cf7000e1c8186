"""Transform: bend the scale of an indicator before outliers are looked for."""

from __future__ import annotations

import numpy as np

from readiness.registry import helper, method

AXES = "indicator unit replicate"
HANDBOOK = "OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 5"
ROOT_HALF = 0x3FE6A09E667F3BCD  # the bits of the square root of one half
SMALLEST, LIFT = 2.2250738585072014e-308, 2.0**54  # numbers below the first have fewer digits, until multiplied
SPLITTER = 2.0**27 + 1  # a number times it, and the difference, leave the upper half of the digits
# Constants in two parts, the first with few digits so that its products are exact: log 2, 1 / log 10, log10 2.
LOG_2, LOG_2_REST = 6.93147180369123816490e-01, 1.90821492927058770002e-10
DECIMAL, DECIMAL_REST = 4.34294481878168880939e-01, 2.50829467116452752298e-11
LOG10_2, LOG10_2_REST = 3.01029995663611771306e-01, 3.69423907715893078616e-13


@helper
def halves(value, i, figures, bits):
    """Split a positive number into 2^power (1 + f), with 1 + f between the roots of 1/2 and 2; return power and f.

    Cell i of `figures` is where it is done: `bits` is the same memory, read as whole numbers.
    """
    few = value < SMALLEST
    figures[i] = value * LIFT if few else value
    power = (bits[i] - ROOT_HALF) >> 52
    bits[i] -= power << 52
    return power - 54.0 if few else power + 0.0, figures[i] - 1.0


@helper
def series(f):
    """Return log(1 + f) - f + f^2 / 2, by a polynomial in s^2, s = f / (2 + f).

    Arithmetic alone: the compiler takes eight numbers at a time, and every machine gives the same bits. The
    coefficients are those of fdlibm (Sun Microsystems, 1993), good for less than one unit of the last digit.
    """
    s = f / (f + 2.0)
    z = s * s
    w = z * z
    even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    odd = 1.818357216161805012e-01 + w * 1.479819860511658591e-01
    odd = z * (6.666666666666735130e-01 + w * (2.857142874366239149e-01 + w * odd))
    return s * (0.5 * f * f + (even + odd))


@method(
    "transform",
    "none",
    says="the figure as it is",
    axes=AXES,
    source="identity",
    formula="y = x",
    example="The figure 3 stays 3.",
)
def none(x, out):
    """Leave the figure as it is.

    Shapes   x, out (indicator, unit, replicate), any unit of measurement.
    Gaps     stay gaps.
    """
    figures, copied = np.frombuffer(x, np.float64), np.frombuffer(out, np.float64)
    for i in range(figures.shape[0]):
        copied[i] = figures[i]


@method(
    "transform",
    "log",
    says="the natural logarithm",
    axes=AXES,
    source=f"{HANDBOOK}, logarithmic transformation",
    formula="y = ln(x), a gap where x <= 0",
    example="The figure 7.389 becomes 2, the figure 1 becomes 0, the figure 0 a gap.",
)
def log(x, out):
    """Take the natural logarithm.

    Shapes   x, out (indicator, unit, replicate), any unit of measurement.
    Gaps     stay gaps; zero and values below zero have no logarithm and become gaps.
    """
    figures, logs, bits = np.frombuffer(x, np.float64), np.frombuffer(out, np.float64), np.frombuffer(out, np.int64)
    for i in range(figures.shape[0]):
        value = figures[i]
        inside = (value > 0) & (value < np.inf)
        power, f = halves(value if inside else 1.0, i, logs, bits)
        found = power * LOG_2 - ((0.5 * f * f - (series(f) + power * LOG_2_REST)) - f)
        logs[i] = found if inside else value if value > 0 else np.nan


@method(
    "transform",
    "log1p",
    says="the natural logarithm of one plus the value, so that zero stays zero",
    axes=AXES,
    source=f"{HANDBOOK}, logarithm of one plus the value",
    formula="y = ln(1 + x), a gap where x <= -1",
    example="The figure 0 stays 0, the figure 6.389 becomes 2, the figure -1 a gap.",
)
def log1p(x, out):
    """Take the natural logarithm of one plus the value, so that a true zero stays zero.

    Shapes   x, out (indicator, unit, replicate), any unit of measurement.
    Gaps     stay gaps; values of minus one and below have no logarithm and become gaps.
    """
    figures, logs, bits = np.frombuffer(x, np.float64), np.frombuffer(out, np.float64), np.frombuffer(out, np.int64)
    for i in range(figures.shape[0]):
        value = figures[i]
        inside = (value > -1) & (value < np.inf)
        known = value if inside else 0.0
        whole = 1.0 + known
        lost = (1.0 - (whole - (whole - 1.0))) + (known - (whole - 1.0))  # what the sum has rounded away
        power, f = halves(whole, i, logs, bits)
        rest = 0.0 if power == 0 else lost / whole
        f = known if power == 0 else f
        found = power * LOG_2 - ((0.5 * f * f - (series(f) + (power * LOG_2_REST + rest))) - f)
        logs[i] = found if inside else value if value > 0 else np.nan


@method(
    "transform",
    "log10",
    says="the logarithm to base 10",
    axes=AXES,
    source=f"{HANDBOOK}, logarithmic transformation",
    formula="y = log10(x), a gap where x <= 0",
    example="The figure 1000 becomes 3, the figure 0.1 becomes -1, the figure 0 a gap.",
)
def log10(x, out):
    """Take the logarithm to base 10.

    Shapes   x, out (indicator, unit, replicate), any unit of measurement.
    Gaps     stay gaps; zero and values below zero have no logarithm and become gaps.
    """
    figures, logs, bits = np.frombuffer(x, np.float64), np.frombuffer(out, np.float64), np.frombuffer(out, np.int64)
    for i in range(figures.shape[0]):
        value = figures[i]
        inside = (value > 0) & (value < np.inf)
        power, f = halves(value if inside else 1.0, i, logs, bits)
        bend = 0.5 * f * f
        far = SPLITTER * (f - bend)
        upper = far - (far - (f - bend))
        lower = (f - upper) - bend + series(f)
        near = power * LOG10_2 + upper * DECIMAL
        left = (power * LOG10_2 - near) + upper * DECIMAL
        found = near + (power * LOG10_2_REST + (lower + upper) * DECIMAL_REST + lower * DECIMAL + left)
        logs[i] = found if inside else value if value > 0 else np.nan
