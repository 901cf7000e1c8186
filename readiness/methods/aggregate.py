"""Aggregate: one score for a group from the scores of its children.

Every method has the same gap rule: a child without a score, or with weight zero, leaves the weight to the others; the
group has a gap where less than the share `coverage` of its weight is present.
"""

from __future__ import annotations

import numpy as np

from readiness.registry import Parameter, helper, method

AXES = "child country replicate"
ROUNDING = 1e-12  # a share of two thirds must pass a limit of two thirds


@helper
@method(
    "aggregate",
    "arithmetic",
    says="the weighted arithmetic mean",
    axes=AXES,
    source="OECD/JRC Handbook (2008), step 6, additive aggregation",
    additive=True,
)
def arithmetic(x, w, coverage, out, covered):
    """Weighted arithmetic mean of the children of a group.

    Shapes   x (child, country, replicate); w (child, replicate), zero or more, any positive scale; coverage a share;
             out (country, replicate) and covered (country, replicate), the share of weight present, written.
    Gaps     a child without a value leaves its weight to the others; below `coverage` a gap.
    """
    children, countries, replicates = x.shape
    for c in range(countries):
        for r in range(replicates):
            out[c, r] = 0.0
            covered[c, r] = 0.0
        for k in range(children):
            for r in range(replicates):
                present = w[k, r] > 0 and not np.isnan(x[k, c, r])
                out[c, r] += w[k, r] * x[k, c, r] if present else 0.0
                covered[c, r] += w[k, r] if present else 0.0
        for r in range(replicates):
            whole = 0.0
            for k in range(children):
                whole += w[k, r]
            enough = covered[c, r] > 0 and covered[c, r] >= (coverage - ROUNDING) * whole
            out[c, r] = out[c, r] / covered[c, r] if enough else np.nan
            covered[c, r] = covered[c, r] / whole if whole > 0 else 0.0


@method(
    "aggregate",
    "geometric",
    says="the weighted geometric mean, scores below {floor} counting as {floor}",
    axes=AXES,
    source="OECD/JRC Handbook (2008), step 6, geometric aggregation",
    parameters={"floor": Parameter(1.0, 1e-12, 1e9, "scores below it count as it")},
    non_negative=True,
)
def geometric(x, w, coverage, out, covered, floor):
    """Weighted geometric mean of the children of a group.

    Shapes   x (child, country, replicate); w (child, replicate), zero or more, any positive scale; coverage a share;
             out (country, replicate) and covered (country, replicate), the share of weight present, written.
    Gaps     a child without a value leaves its weight to the others; below `coverage` a gap.
    Floor    scores below `floor`, zero among them, count as `floor`: one zero does not erase a country.

    The mean of 4 and 9 with equal weights is 6.
    """
    arithmetic(np.log(np.maximum(x, floor)), w, coverage, out, covered)
    out[:] = np.exp(out)
