"""Normalise by order: a score says how many others do worse, not by how much."""

from __future__ import annotations

import numpy as np

from readiness.registry import Parameter, method

AXES = "indicator unit replicate"
HANDBOOK = "OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 5"


def steps(low):
    """Return the parameters of a score that rises by a step for each country that does worse."""
    return {
        "low": Parameter(low, -1e9, 1e9, "score of a country that leads nobody"),
        "step": Parameter(1.0, 0.0, 1e9, "what each country that does worse adds"),
    }


def orientation(sample, direction, declared, bounds):
    """Pass on the direction alone: `full` lies above `zero` where more is better.

    Shapes   sample (indicator, value, replicate) and declared (indicator, 5, replicate), not used; direction
             (indicator,), 1 or -1; bounds (indicator, 4, replicate), written: 0, the direction and twice NaN.
    Gaps     play no part.
    """
    for i in range(bounds.shape[0]):
        for r in range(bounds.shape[2]):
            bounds[i, 0, r] = 0.0
            bounds[i, 1, r] = direction[i]
            bounds[i, 2, r] = np.nan
            bounds[i, 3, r] = np.nan


@method(
    "normalise",
    "rank",
    says="A country scores {low}, and {step} more for each country that does worse.",
    axes=AXES,
    source=f"{HANDBOOK}, ranking",
    formula="score = low + step (number of units that do worse)",
    example="Values 3, 9, 3 and 5 score 1, 4, 1 and 3; where less is better 3, 1, 3 and 2.",
    fit=orientation,
    parameters=steps(1.0),
    pointwise=False,
    properties=("monotone", "unit_free"),
)
def rank_scale(x, bounds, low, step, out):
    """Count the units that do worse: the last gets `low`, every unit left behind adds `step`.

    Shapes   x, out (indicator, unit, replicate); bounds (indicator, 4, replicate), zero and full come first, only their
             order counts; low, step numbers.
    Gaps     stay gaps and are not counted. Ties share the lower score; where all are equal, and for a single unit, the
             score is `low`.
    """
    for i in range(x.shape[0]):
        for c in range(x.shape[1]):
            for r in range(x.shape[2]):
                sign = 1.0 if bounds[i, 1, r] > bounds[i, 0, r] else -1.0
                value = sign * x[i, c, r]
                worse = 0
                for d in range(x.shape[1]):
                    worse += sign * x[i, d, r] < value
                out[i, c, r] = low + step * worse if not np.isnan(value) else np.nan


@method(
    "normalise",
    "borda",
    says="A country scores {low}, {step} more for each country that does worse and half of it for each that ties.",
    axes=AXES,
    source="Borda (1781), Mémoire sur les élections au scrutin; Young (1974), Journal of Economic Theory 9(1):43-52",
    formula="score = low + step (number of units that do worse + half the number of those that tie)",
    example="Values 3, 9, 3 and 5 score 0.5, 3, 0.5 and 2; where less is better 2.5, 0, 2.5 and 1.",
    fit=orientation,
    parameters=steps(0.0),
    pointwise=False,
    properties=("monotone", "unit_free"),
)
def borda_count(x, bounds, low, step, out):
    """Count the units that do worse, and half of those that tie.

    Shapes   x, out (indicator, unit, replicate); bounds (indicator, 4, replicate), zero and full come first, only their
             order counts; low, step numbers.
    Gaps     stay gaps and are not counted. Where all n are equal each scores low + step (n - 1) / 2; a single unit
             scores `low`.
    """
    for i in range(x.shape[0]):
        for c in range(x.shape[1]):
            for r in range(x.shape[2]):
                sign = 1.0 if bounds[i, 1, r] > bounds[i, 0, r] else -1.0
                value = sign * x[i, c, r]
                halves = -1  # a unit ties with itself
                for d in range(x.shape[1]):
                    other = sign * x[i, d, r]
                    halves += 2 * (other < value) + (other == value)
                out[i, c, r] = low + step * halves / 2 if not np.isnan(value) else np.nan


@method(
    "normalise",
    "percentile_rank",
    says="A country scores by the share of the other countries that do worse: {low} for none, {high} for all.",
    axes=AXES,
    source="Becker and others (2022), COINr, Journal of Open Source Software 7(78):4567; "
    f"{HANDBOOK}, ranking and percentiles",
    formula="score = low + (high - low) (rank - 1) / (n - 1), rank 1 for the worst of n",
    example="Values 3, 9, 3 and 5 score 0, 100, 0 and 66.67; where less is better 66.67, 0, 66.67 and 33.33.",
    fit=orientation,
    parameters={
        "low": Parameter(0.0, -1e9, 1e9, "score of a country that leads nobody"),
        "high": Parameter(100.0, -1e9, 1e9, "score of a country that leads all others"),
    },
    pointwise=False,
    properties=("monotone", "unit_free"),
)
def percentile_scale(x, bounds, low, high, out):
    """Score the share of the other units that do worse: the last gets `low`, a lone leader `high`.

    Shapes   x, out (indicator, unit, replicate); bounds (indicator, 4, replicate), zero and full come first, only their
             order counts; low, high numbers.
    Gaps     stay gaps and are nobody's rival. Ties share the lower score; where all are equal it is `low`. A unit
             without rivals gets a gap.
    """
    for i in range(x.shape[0]):
        for c in range(x.shape[1]):
            for r in range(x.shape[2]):
                sign = 1.0 if bounds[i, 1, r] > bounds[i, 0, r] else -1.0
                value = sign * x[i, c, r]
                rivals, worse = -1, 0  # a unit is no rival of itself
                for d in range(x.shape[1]):
                    rivals += not np.isnan(x[i, d, r])
                    worse += sign * x[i, d, r] < value
                known = rivals > 0 and not np.isnan(value)
                out[i, c, r] = low + (high - low) * worse / rivals if known else np.nan
