"""Impute from the same unit's figures in other editions."""

from __future__ import annotations

import numpy as np

from readiness.registry import Parameter, helper, method

AXES = "edition indicator unit replicate"
COINR = "Becker et al., COINr: An R package for developing composite indicators, JOSS 7(78) 4567 (2022), panel data"


@method(
    "impute",
    "carry_forward",
    says="A gap takes the same unit's figure in the newest earlier edition that has one, at most {age} years before.",
    axes=AXES,
    source=f"{COINR}; OECD/JRC Handbook (2008), step 3, cold deck",
    formula="filled = x of the newest edition with year - age <= its year < year and a known x",
    example="Known 5 in 2021 and 7 in 2023, age 3: 2024 and 2026 take 7, 2027 stays a gap.",
    parameters={"age": Parameter(3, 1, 100, "oldest figure taken, in years", whole=True)},
    properties=("keeps_known", "unit_free"),
)
def carry_forward(x, siblings, clusters, years, noise, out, error, age):
    """Fill a gap with the newest earlier figure of the same unit and indicator.

    Shapes   x, out, error (edition, indicator, unit, replicate), any unit; years (edition,), in any order; the other
             inputs are not used.
    Gaps     filled, unless no earlier edition of at most `age` years before has a figure. A filled figure is not
             carried further, so that none is ever older than `age`. One edition alone fills nothing.
    Error    none can be known from one figure.
    """
    editions, indicators, units, replicates = x.shape
    for e in range(editions):
        for i in range(indicators):
            for u in range(units):
                for r in range(replicates):
                    out[e, i, u, r] = x[e, i, u, r]
                    error[e, i, u, r] = np.nan
                    if np.isnan(x[e, i, u, r]):
                        before = neighbour(x, years, e, i, u, r, -1.0)
                        if before >= 0 and years[e] - years[before] <= age:
                            out[e, i, u, r] = x[before, i, u, r]


@method(
    "impute",
    "linear_in_time",
    says="A gap lies on the straight line between the unit's figures in the nearest earlier and later editions; "
    "beyond the first and "
    "the last the nearest one is held if ends = 1 (here {ends}).",
    axes=AXES,
    source=f"{COINR}, linear interpolation",
    formula="filled = a + (b - a) (year - year of a) / (year of b - year of a)",
    example="Known 4 in 2020 and 10 in 2023: 2021 takes 6, 2022 takes 8; 2024 takes 10 with ends = 1, else a gap.",
    parameters={"ends": Parameter(0, 0, 1, "1: hold the nearest known figure beyond the first and last", whole=True)},
    properties=("keeps_known", "unit_free"),
)
def linear_in_time(x, siblings, clusters, years, noise, out, error, ends):
    """Fill a gap on the straight line between the nearest earlier and later figures of the same unit and indicator.

    Shapes   x, out, error (edition, indicator, unit, replicate), any unit; years (edition,), in any order; the other
             inputs are not used.
    Gaps     filled between two known figures; before the first and after the last one only if `ends` is 1, with the
             nearest known figure. No figure in another year: stays a gap.
    Error    none can be known without a model of the path.
    """
    editions, indicators, units, replicates = x.shape
    for e in range(editions):
        for i in range(indicators):
            for u in range(units):
                for r in range(replicates):
                    out[e, i, u, r] = x[e, i, u, r]
                    error[e, i, u, r] = np.nan
                    if np.isnan(x[e, i, u, r]):
                        before = neighbour(x, years, e, i, u, r, -1.0)
                        after = neighbour(x, years, e, i, u, r, 1.0)
                        out[e, i, u, r] = between(x, years, e, i, u, r, before, after, ends > 0)


@helper
def neighbour(x, years, e, i, u, r, side):
    """Return the nearest edition on one side (-1 earlier, 1 later) that has the figure; -1 if there is none."""
    found = -1
    for f in range(x.shape[0]):
        distance = side * (years[f] - years[e])
        if distance > 0 and not np.isnan(x[f, i, u, r]) and (found < 0 or distance < side * (years[found] - years[e])):
            found = f
    return found


@helper
def between(x, years, e, i, u, r, before, after, hold):
    """Return the value of edition e on the line between two editions; with one of them missing, the other's or a gap.

    Both ends are weighted, so that the value never leaves them by rounding and far figures do not overflow.
    """
    if before >= 0 and after >= 0:
        share = (years[e] - years[before]) / (years[after] - years[before])
        value = (1.0 - share) * x[before, i, u, r] + share * x[after, i, u, r]
        low, high = min(x[before, i, u, r], x[after, i, u, r]), max(x[before, i, u, r], x[after, i, u, r])
        return min(max(value, low), high)
    nearest = before if before >= 0 else after
    return x[nearest, i, u, r] if hold and nearest >= 0 else np.nan
