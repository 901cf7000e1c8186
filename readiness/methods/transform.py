"""Transform: bend the scale of an indicator before outliers are looked for."""

from __future__ import annotations

import numpy as np

from readiness.registry import method

AXES = "indicator unit replicate"
HANDBOOK = "OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 5"


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
    for i in range(x.shape[0]):
        for c in range(x.shape[1]):
            for r in range(x.shape[2]):
                out[i, c, r] = x[i, c, r]


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
    for i in range(x.shape[0]):
        for c in range(x.shape[1]):
            for r in range(x.shape[2]):
                value = x[i, c, r]
                out[i, c, r] = np.log(value) if value > 0 else np.nan


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
    for i in range(x.shape[0]):
        for c in range(x.shape[1]):
            for r in range(x.shape[2]):
                value = x[i, c, r]
                out[i, c, r] = np.log1p(value) if value > -1 else np.nan


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
    for i in range(x.shape[0]):
        for c in range(x.shape[1]):
            for r in range(x.shape[2]):
                value = x[i, c, r]
                out[i, c, r] = np.log10(value) if value > 0 else np.nan
