"""Normalise by the distance to a target: a line up to one number, or a plateau over a band."""

from __future__ import annotations

import numpy as np

from readiness.registry import Parameter, method


def worst_and_target(sample, direction, declared, bounds):
    """Put `zero` at the worst value and `full` at the target, on both sides where the target is a band.

    A target that is one number has one side: the worse. A band from its lower to its upper end has two, whatever the
    direction. The worst values are the declared goalposts, else the extremes of the sample.

    Shapes   sample (indicator, value, replicate); direction (indicator,), 1 or -1; declared (indicator, 5, replicate):
             goalpost minimum and maximum, lower and upper end of the target, and one not used; bounds (indicator, 4,
             replicate), written: zero and full, and for a band full_above and zero_above (else NaN).
    Gaps     of the sample are skipped. No target, or a sample of equal values where no goalposts are declared, gives
             NaN bounds; so does a target that is not better than the worst value, a band on that side alone.
    """
    for i in range(sample.shape[0]):
        for r in range(sample.shape[2]):
            least, most = np.inf, -np.inf
            for value in sample[i, :, r]:
                if not np.isnan(value):
                    least, most = min(least, value), max(most, value)
            if not least < most:  # equal values, or none, have no worst
                least, most = np.nan, np.nan
            least = least if np.isnan(declared[i, 0, r]) else declared[i, 0, r]
            most = most if np.isnan(declared[i, 1, r]) else declared[i, 1, r]
            lower, upper = declared[i, 2, r], declared[i, 3, r]
            band = lower < upper
            up = band or direction[i] > 0  # the line of zero and full rises
            bounds[i, 0, r] = least if up else most
            bounds[i, 1, r] = lower
            bounds[i, 2, r] = upper if band else np.nan
            bounds[i, 3, r] = most if band else np.nan
            if not (least < lower if up else upper < most):
                bounds[i, 0, r] = np.nan
            if not upper < most:
                bounds[i, 3, r] = np.nan


@method(
    "normalise",
    "distance_to_target",
    says="The worst value, or a declared goalpost, scores {low}, the declared target {high}, other values in "
    "proportion. A target that is a band scores {high} all over, less on both sides of it.",
    axes="indicator unit replicate",
    source="OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 5, distance to a reference; for a "
    "band Derringer and Suich (1980), Journal of Quality Technology 12(4):214-219, linear desirability",
    formula="score = low + (high - low) (x - min) / (target - min), where less is better (max - x) / (max - target); a "
    "band: (x - min) / (lower - min) below it, (max - x) / (max - upper) above it, 1 inside",
    example="Values 0 to 10: with target 8 the value 4 scores 50 and 10 scores 125; with the band 4 to 6 the values "
    "2, 5 and 9 score 50, 100 and 25.",
    fit=worst_and_target,
    parameters={
        "low": Parameter(0.0, -1e9, 1e9, "score at the worst value"),
        "high": Parameter(100.0, -1e9, 1e9, "score at the target"),
        "cut_below": Parameter(0, 0, 1, "1 lifts scores below `low` to it", whole=True),
        "cut_above": Parameter(0, 0, 1, "1 lowers scores above `high` to it", whole=True),
    },
    needs="target",
    properties=("unit_free",),
)
def distance_to_target(x, bounds, low, high, cut_below, cut_above, out):
    """Place each value on the line from the worst value to the target, or on the plateau of a band.

    Beyond a target that is one number the line goes on, unless cut_above is 1. Beyond the worst values it goes on below
    `low`, unless cut_below is 1.

    Shapes   x, out (indicator, unit, replicate); bounds (indicator, 4, replicate): zero and full, and for a band
             full_above and zero_above (else NaN), in the unit of x; low, high numbers; cut_below, cut_above 0 or 1.
    Gaps     stay gaps. NaN bounds give a gap for every unit, for a band only on the side of the missing bound: inside
             it every value scores `high`, those of a constant indicator too.
    """
    for i in range(x.shape[0]):
        for c in range(x.shape[1]):
            for r in range(x.shape[2]):
                value = x[i, c, r]
                zero, full, upper = bounds[i, 0, r], bounds[i, 1, r], bounds[i, 2, r]
                if value > upper:  # never where upper is NaN: no band
                    zero, full = bounds[i, 3, r], upper
                place = (value - zero) / (full - zero) if zero != full else np.nan
                if full <= value <= upper:
                    place = 1.0
                if cut_below > 0 and place < 0:
                    place = 0.0
                if cut_above > 0 and place > 1:
                    place = 1.0
                out[i, c, r] = low + (high - low) * place
