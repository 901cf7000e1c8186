"""Normalise by order: a score says how many others do worse, not by how much."""

from __future__ import annotations

import numpy as np

from readiness.registry import Parameter, helper, inlined, method

AXES = "indicator unit replicate"
SOME = 64  # replicates whose values and counts stay in the nearest memory
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


@helper
def orient(x, bounds, i, rows):
    """Write an indicator's values, (unit, replicate), turned so that more is better."""
    for c in range(x.shape[1]):
        for r in range(x.shape[2]):
            rows[c, r] = x[i, c, r] if bounds[i, 1, r] > bounds[i, 0, r] else -x[i, c, r]


@helper
def count_worse(rows, worse):
    """Count for each unit those that do worse, (unit, replicate); every two units are compared once."""
    for c in range(rows.shape[0]):
        for r in range(rows.shape[1]):
            worse[c, r] = 0.0
        for d in range(c):
            duel(rows[c], rows[d], worse[c], worse[d])


@inlined
def duel(a, b, below_a, below_b):
    """Add one to the count of the better of two units in each replicate."""
    for r in range(a.shape[0]):
        below_a[r] += 1.0 if b[r] < a[r] else 0.0
        below_b[r] += 1.0 if a[r] < b[r] else 0.0


@helper
def count_halves(rows, halves):
    """Count for each unit twice those that do worse and once those that tie, (unit, replicate)."""
    for c in range(rows.shape[0]):
        for r in range(rows.shape[1]):
            halves[c, r] = -1.0  # a unit ties with itself
        for d in range(rows.shape[0]):
            for r in range(rows.shape[1]):
                halves[c, r] += (1.0 if rows[d, r] < rows[c, r] else 0.0) + (1.0 if rows[d, r] <= rows[c, r] else 0.0)


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
    rows, worse = np.empty(x.shape[1:]), np.empty(x.shape[1:])
    for i in range(x.shape[0]):
        orient(x, bounds, i, rows)
        count_worse(rows, worse)
        for c in range(x.shape[1]):
            for r in range(x.shape[2]):
                out[i, c, r] = low + step * worse[c, r] if not np.isnan(x[i, c, r]) else np.nan


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
    rows, halves = np.empty(x.shape[1:]), np.empty(x.shape[1:])
    for i in range(x.shape[0]):
        orient(x, bounds, i, rows)
        count_halves(rows, halves)
        for c in range(x.shape[1]):
            for r in range(x.shape[2]):
                out[i, c, r] = low + step * halves[c, r] / 2 if not np.isnan(x[i, c, r]) else np.nan


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
    some = min(SOME, x.shape[2])
    rows, worse, rivals = np.empty((x.shape[1], some)), np.empty((x.shape[1], some)), np.empty(some)
    for i in range(x.shape[0]):
        for start in range(0, x.shape[2], SOME):
            stop = min(start + SOME, x.shape[2])
            orient_some(x, bounds, i, start, stop, rows)
            count_worse(rows, worse)
            for r in range(some):
                rivals[r] = -1.0  # a unit is no rival of itself
            for c in range(x.shape[1]):
                for r in range(some):
                    rivals[r] += 0.0 if np.isnan(rows[c, r]) else 1.0
            for c in range(x.shape[1]):
                spread_out(rows[c], worse[c], rivals, low, high, out[i, c, start:stop])


@helper
def orient_some(x, bounds, i, start, stop, rows):
    """Write some replicates of an indicator's values, turned so that more is better."""
    for c in range(x.shape[1]):
        for r in range(stop - start):
            value = x[i, c, start + r]
            rows[c, r] = value if bounds[i, 1, start + r] > bounds[i, 0, start + r] else -value


@inlined
def spread_out(rows, worse, rivals, low, high, out):
    """Score one unit by the share of its rivals that do worse."""
    for r in range(out.shape[0]):
        known = (rivals[r] > 0) & (not np.isnan(rows[r]))
        out[r] = low + (high - low) * worse[r] / rivals[r] if known else np.nan
