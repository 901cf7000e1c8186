"""Impute: what stands in for a figure that is not there, from the other units of the same edition.

A method writes a full copy of the figures with gaps filled where it can, and the standard error of each filled cell.
Known figures are never touched.
"""

from __future__ import annotations

import numpy as np

from readiness.registry import Parameter, helper, method

AXES = "edition indicator unit replicate"
LITTLE_RUBIN = "Little and Rubin, Statistical Analysis with Missing Data (3rd ed. 2019), chapter 4"
HANDBOOK = "OECD/JRC Handbook (2008), step 3"
BY = Parameter("", meaning="grouping of the units; the first one if empty", kind="grouping")


@method(
    "impute",
    "none",
    says="Gaps stay gaps.",
    axes=AXES,
    source=HANDBOOK,
    formula="filled = x",
    example="Figures 4, gap, 9: 4, gap, 9.",
    properties=("keeps_known", "unit_free"),
)
def none(x, siblings, clusters, years, noise, out, error):
    """Leave gaps as they are.

    Shapes   x, out, error (edition, indicator, unit, replicate), any unit; the other inputs are not used.
    Gaps     stay gaps; the aggregation re-shares their weight.
    Error    none: nothing is filled.
    """
    given, kept, errors = np.frombuffer(x, np.float64), np.frombuffer(out, np.float64), np.frombuffer(error, np.float64)
    for i in range(given.shape[0]):
        kept[i] = given[i]
        errors[i] = np.nan


@method(
    "impute",
    "mean",
    says="A gap takes the mean of the units that have a figure in the same edition.",
    axes=AXES,
    source=f"{HANDBOOK}, unconditional mean; {LITTLE_RUBIN}",
    formula="filled = sum of known x / n; error = s sqrt(1 + 1/n)",
    example="Known 2, 4 and 6: a gap takes 4, standard error 2 sqrt(1 + 1/3) = 2.31.",
    pointwise=False,
    properties=("keeps_known", "unit_free"),
)
def mean(x, siblings, clusters, years, noise, out, error):
    """Fill a gap with the mean of the units that have a figure in the same edition.

    Shapes   x, out, error (edition, indicator, unit, replicate), any unit; the other inputs are not used.
    Gaps     filled, unless no unit has a figure. Shrinks the spread: the Handbook warns of it.
    Error    of a prediction: s sqrt(1 + 1/n), s the sample standard deviation (divisor n - 1) of the n known figures;
             unknown where n = 1. Equal figures give 0.
    """
    fill(x, np.zeros(x.shape[2], np.int64), False, out, error)


@method(
    "impute",
    "median",
    says="A gap takes the median of the units that have a figure in the same edition.",
    axes=AXES,
    source=f"{HANDBOOK}, unconditional median; {LITTLE_RUBIN}",
    formula="filled = middle of the known x; error = s sqrt(1 + pi / (2 n))",
    example="Known 2, 4 and 9: a gap takes 4. Known 2, 4, 6 and 9: it takes 5.",
    pointwise=False,
    properties=("keeps_known", "unit_free"),
)
def median(x, siblings, clusters, years, noise, out, error):
    """Fill a gap with the median of the units that have a figure in the same edition.

    Shapes   x, out, error (edition, indicator, unit, replicate), any unit; the other inputs are not used.
    Gaps     filled, unless no unit has a figure. An even number of figures: the mean of the middle two.
    Error    of a prediction: s sqrt(1 + pi / (2 n)), s the sample standard deviation (divisor n - 1) of the n known
             figures, pi / (2 n) the large-sample variance of a median under a normal law; unknown where n = 1.
    """
    fill(x, np.zeros(x.shape[2], np.int64), True, out, error)


@method(
    "impute",
    "group_mean",
    says="A gap takes the mean of the units of the same {by} group that have a figure in the same edition.",
    axes=AXES,
    source=f"{LITTLE_RUBIN}, means within adjustment cells",
    formula="filled = sum of known x in the group / n; error = s sqrt(1 + 1/n)",
    example="Known 2 and 4 in the unit's group, 30 in another: a gap takes 3, standard error sqrt(2) sqrt(3/2) = 1.73.",
    parameters={"by": BY},
    needs="clusters",
    pointwise=False,
    properties=("keeps_known", "unit_free"),
)
def group_mean(x, siblings, clusters, years, noise, out, error):
    """Fill a gap with the mean of the units of the same group that have a figure in the same edition.

    Shapes   x, out, error (edition, indicator, unit, replicate), any unit; clusters (unit,), same number = same group,
             below 0 = in none; the other inputs are not used.
    Gaps     filled, unless the unit is in no group or no unit of its group has a figure.
    Error    of a prediction: s sqrt(1 + 1/n) with the s and n of the group; unknown where n = 1.
    """
    fill(x, clusters, False, out, error)


@method(
    "impute",
    "group_median",
    says="A gap takes the median of the units of the same {by} group that have a figure in the same edition.",
    axes=AXES,
    source=f"{LITTLE_RUBIN}, adjustment cells",
    formula="filled = middle of the known x in the group; error = s sqrt(1 + pi / (2 n))",
    example="Known 2, 4 and 9 in the unit's group, 30 in another: a gap takes 4.",
    parameters={"by": BY},
    needs="clusters",
    pointwise=False,
    properties=("keeps_known", "unit_free"),
)
def group_median(x, siblings, clusters, years, noise, out, error):
    """Fill a gap with the median of the units of the same group that have a figure in the same edition.

    Shapes   x, out, error (edition, indicator, unit, replicate), any unit; clusters (unit,), same number = same group,
             below 0 = in none; the other inputs are not used.
    Gaps     filled, unless the unit is in no group or no unit of its group has a figure.
    Error    of a prediction: s sqrt(1 + pi / (2 n)) with the s and n of the group; unknown where n = 1.
    """
    fill(x, clusters, True, out, error)


@helper
def fill(x, groups, at_median, out, error):
    """Fill each gap from the known figures of its group; a group below 0 fills nothing."""
    editions, indicators, units, replicates = x.shape
    known = np.empty(units)
    for e in range(editions):
        for i in range(indicators):
            for u in range(units):
                for r in range(replicates):
                    out[e, i, u, r] = x[e, i, u, r]
                    error[e, i, u, r] = np.nan
                    if np.isnan(x[e, i, u, r]) and groups[u] >= 0:
                        count = collect(x, e, i, r, groups, groups[u], known)
                        if count > 0:
                            out[e, i, u, r] = middle(known, count, at_median)
                            error[e, i, u, r] = prediction_error(known, count, at_median)


@helper
def collect(x, e, i, r, groups, group, known):
    """Gather the known figures of a group in ascending order and return how many there are."""
    count = 0
    for u in range(x.shape[2]):
        if groups[u] == group and not np.isnan(x[e, i, u, r]):
            place = count
            while place > 0 and known[place - 1] > x[e, i, u, r]:
                known[place] = known[place - 1]
                place -= 1
            known[place] = x[e, i, u, r]
            count += 1
    return count


@helper
def middle(known, count, at_median):
    """Return the median or the mean of ascending figures."""
    if at_median:
        return 0.5 * known[(count - 1) // 2] + 0.5 * known[count // 2]
    total = 0.0
    for k in range(count):
        total += known[k] - known[0]  # from the smallest on: equal figures have exactly their mean
    return known[0] + total / count


@helper
def prediction_error(known, count, at_median):
    """Return the standard error of a mean or median as the prediction of a further figure."""
    if count < 2:
        return np.nan
    centre = middle(known, count, False)
    squares = 0.0
    for k in range(count):
        squares += (known[k] - centre) ** 2
    own = 0.5 * np.pi / count if at_median else 1.0 / count
    return np.sqrt(squares / (count - 1) * (1.0 + own))
