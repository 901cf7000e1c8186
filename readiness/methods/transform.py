"""Transform: bend the scale of an indicator before outliers are looked for."""

from __future__ import annotations

import numpy as np

from readiness.registry import method

AXES = "indicator country replicate"


@method("transform", "none", says="the figure as it is", axes=AXES, source="identity")
def none(x, out):
    """Leave the figure as it is.

    Shapes   x, out (indicator, country, replicate), any unit.
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
    source="OECD/JRC Handbook (2008), step 5, logarithmic transformation",
)
def log(x, out):
    """Take the natural logarithm.

    Shapes   x, out (indicator, country, replicate), any unit.
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
    source="OECD/JRC Handbook (2008), step 5, logarithm of one plus the value",
)
def log1p(x, out):
    """Take the natural logarithm of one plus the value, so that a true zero stays zero.

    Shapes   x, out (indicator, country, replicate), any unit.
    Gaps     stay gaps; values of minus one and below have no logarithm and become gaps.
    """
    for i in range(x.shape[0]):
        for c in range(x.shape[1]):
            for r in range(x.shape[2]):
                value = x[i, c, r]
                out[i, c, r] = np.log1p(value) if value > -1 else np.nan
