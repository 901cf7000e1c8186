"""Impute: what stands in for a figure that is not there."""

from __future__ import annotations

import numpy as np

from readiness.registry import method


@method(
    "impute",
    "none",
    says="Gaps stay gaps.",
    axes="indicator country replicate",
    source="OECD/JRC Handbook (2008), step 3",
)
def none(x, out):
    """Leave gaps as they are.

    Shapes   x, out (indicator, country, replicate), any unit.
    Gaps     stay gaps; the aggregation re-shares their weight.
    """
    for i in range(x.shape[0]):
        for c in range(x.shape[1]):
            for r in range(x.shape[2]):
                out[i, c, r] = x[i, c, r]


@method(
    "impute",
    "mean",
    says="A gap takes the mean of the countries that have a figure in the same edition.",
    axes="indicator country replicate",
    source="OECD/JRC Handbook (2008), step 3, unconditional mean",
    pointwise=False,
)
def mean(x, out):
    """Fill a gap with the mean of the countries that have a figure in the same edition.

    Shapes   x, out (indicator, country, replicate), any unit.
    Gaps     filled, unless no country has a figure. Shrinks the spread: the source warns of it.
    """
    indicators, countries, replicates = x.shape
    for i in range(indicators):
        for r in range(replicates):
            total = 0.0
            count = 0
            for c in range(countries):
                if not np.isnan(x[i, c, r]):
                    total += x[i, c, r]
                    count += 1
            for c in range(countries):
                gap = np.isnan(x[i, c, r])
                out[i, c, r] = (total / count if count > 0 else np.nan) if gap else x[i, c, r]
