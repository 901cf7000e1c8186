"""Normalise: bring indicators of different units of measurement to one scale by a straight line.

What is learned from a sample stands in normalise_fits.py: for each indicator two values, `zero`, which scores `low`,
and `full`, which scores `high`, the larger of them `zero` where less is better.
"""

from __future__ import annotations

import numpy as np

from readiness.methods.normalise_fits import (
    extremes,
    goalposts,
    half_a_range_around,
    mean_and_deviation,
    nothing_and_maximum,
    whole_scale,
    worst_and_reference,
)
from readiness.registry import Parameter, inlined, method

AXES = "indicator unit replicate"
HANDBOOK = "OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 5"
COINR = "Becker and others (2022), COINr, Journal of Open Source Software 7(78):4567"
LINE = "score = low + (high - low) (x - zero) / (full - zero)"
UNIT = Parameter("", meaning="code of the unit that is the reference; the mean of the countries if empty", kind="unit")


def scale(low, high, **before):
    """Return the parameters of a line whose scores run from `low` to `high` unless the recipe says otherwise."""
    ends = {
        "low": Parameter(low, -1e9, 1e9, "score at the lower bound"),
        "high": Parameter(high, -1e9, 1e9, "score at the upper bound"),
        "cut_below": Parameter(0, 0, 1, "1 lifts scores below `low` to it", whole=True),
        "cut_above": Parameter(0, 0, 1, "1 lowers scores above `high` to it", whole=True),
    }
    return before | ends


@method(
    "normalise",
    "adjusted_mazziotta_pareto",
    says="Half a range of the values below the reference scores {low}, half a range above it {high}, mirrored where "
    "less is better. The reference is the unit '{unit}', the mean of the countries where none is named.",
    axes=AXES,
    source="Mazziotta and Pareto (2016), Social Indicators Research 127(3):983-1003",
    formula=f"{LINE}; zero and full = reference -/+ (max - min) / 2, exchanged where less is better",
    example="Values 2, 6 and 10, the reference 6: 70, 100 and 130; where less is better 130, 100 and 70.",
    fit=half_a_range_around,
    parameters=scale(70.0, 130.0, unit=UNIT),
    properties=("monotone", "unit_free"),
)
@method(
    "normalise",
    "fraction_of_maximum",
    says="Nothing scores {low}, the largest value {high}, other values in proportion; the other way round where "
    "less is better.",
    axes=AXES,
    source="Hwang and Yoon (1981), Multiple Attribute Decision Making, linear scale transformation",
    formula="score = low + (high - low) x / max; where less is better low + (high - low) (1 - x / max)",
    example="Values 2 and 8 score 25 and 100; where less is better 75 and 0.",
    fit=nothing_and_maximum,
    parameters=scale(0.0, 100.0),
    any_sign=True,
    properties=("monotone", "ratio_free"),
)
@method(
    "normalise",
    "distance_to_reference",
    says="The worst value scores {low}, the reference {high}, other values in proportion. The reference is the "
    "unit '{unit}', the mean of the countries where none is named.",
    axes=AXES,
    source=f"{HANDBOOK}, distance to a reference",
    formula=f"{LINE}; zero = worst value, full = value of the reference",
    example="Values 2, 6 and 10, the second the reference: 0, 100 and 200; where less is better 200, 100 and 0.",
    fit=worst_and_reference,
    parameters=scale(0.0, 100.0, unit=UNIT),
    properties=("monotone", "unit_free"),
)
@method(
    "normalise",
    "distance_to_maximum",
    says="The best value scores {high}, the others less by their distance to it in ranges, the worst {low}; the "
    "bounds are those of min_max.",
    axes=AXES,
    source=COINR,
    formula="score = low + (high - low) (1 - (max - x) / (max - min)), which is min_max from 0 to 1; mirrored where "
    "less is better",
    example="Values 2, 8 and 10 score 0, 100 (1 - 2/8) = 75 and 100.",
    fit=extremes,
    parameters=scale(0.0, 100.0),
    properties=("monotone", "unit_free"),
)
@method(
    "normalise",
    "scaled",
    says="All indicators share one scale: its worse end, {bottom} or {top}, scores {low}, its better end {high}, "
    "other values in proportion.",
    axes=AXES,
    source=f"{HANDBOOK}, re-scaling between given ends",
    formula=f"{LINE}; zero = bottom, full = top, exchanged where less is better",
    example="Bottom 1 and top 7: the value 4 scores 50, the value 7 scores 100; where less is better 0.",
    fit=whole_scale,
    parameters=scale(
        0.0,
        100.0,
        bottom=Parameter(0.0, -1e12, 1e12, "lower end of the scale of all indicators"),
        top=Parameter(100.0, -1e12, 1e12, "upper end of the scale of all indicators"),
    ),
    fitted=("bottom", "top"),
    properties=("monotone",),
)
@method(
    "normalise",
    "z_score",
    says="The mean scores {low}, one standard deviation to the better side {high}, other values in proportion.",
    axes=AXES,
    source=f"{HANDBOOK}, standardisation",
    formula=f"{LINE}; zero = mean, full = mean + sample standard deviation (divisor n - 1) to the better side",
    example="Values 1, 3 and 5 (mean 3, standard deviation 2) score -1, 0 and 1.",
    fit=mean_and_deviation,
    whole_sample=True,
    parameters=scale(0.0, 1.0),
    any_sign=True,
    properties=("monotone", "unit_free"),
)
@method(
    "normalise",
    "goalposts",
    says="The worse of two declared bounds scores {low}, the better {high}, other values in proportion.",
    axes=AXES,
    source="UNDP, Human Development Report, technical note 1",
    formula=f"{LINE}; zero = worse goalpost, full = better goalpost",
    example="Goalposts 0 and 10: the value 5 scores 50 and 12 scores 120; where less is better 12 scores -20.",
    fit=goalposts,
    parameters=scale(0.0, 100.0),
    needs="goalposts",
    properties=("monotone", "unit_free"),
)
@method(
    "normalise",
    "min_max",
    says="The worst value scores {low}, the best {high}, the others in proportion.",
    axes=AXES,
    source=HANDBOOK,
    formula=f"{LINE}; zero = worst value, full = best value",
    example="Values 3, 5 and 7 score 0, 50 and 100; where less is better 100, 50 and 0.",
    fit=extremes,
    parameters=scale(0.0, 100.0),
    properties=("monotone", "unit_free"),
)
def rescale(x, bounds, low, high, cut_below, cut_above, out):
    """Place each value on the line through its bounds: `low` at zero, `high` at full.

    Values beyond the bounds stay on the line unless they are cut: at `low` if cut_below is 1, at `high` if cut_above.

    Shapes   x, out (indicator, unit, replicate); bounds (indicator, 4, replicate), zero and full come first, in the
             unit of x; low, high numbers, the scores at the bounds; cut_below, cut_above 0 or 1.
    Gaps     stay gaps. Bounds that are equal (a constant indicator) or NaN give a gap for every unit.
    """
    for i in range(x.shape[0]):
        for c in range(x.shape[1]):
            put_on_line(x[i, c], bounds[i, 0], bounds[i, 1], low, high, out[i, c])
            if cut_below > 0 or cut_above > 0:
                cut(low if cut_below > 0 else np.nan, high if cut_above > 0 else np.nan, low < high, out[i, c])


@inlined
def put_on_line(x, zero, full, low, high, out):
    """Place one unit's values, [replicate]."""
    for r in range(x.shape[0]):
        span = full[r] - zero[r]
        score = low + (x[r] - zero[r]) * ((high - low) / span)
        best = (x[r] == full[r]) & (not np.isnan(span))  # exactly, whatever the rounding
        out[r] = np.nan if span == 0 else high if best else score


@inlined
def cut(low, high, rising, out):
    """Bring scores beyond the ends to the ends; an end that is not cut is NaN."""
    for r in range(out.shape[0]):
        below = out[r] < low if rising else out[r] > low
        above = out[r] > high if rising else out[r] < high
        out[r] = low if below else high if above else out[r]
