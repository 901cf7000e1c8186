"""Normalise: bring indicators of different units to one scale.

A fit finds, for each indicator, two values: `zero`, which scores `low`, and `full`, which scores `high`. The
indicator's direction is in their order and nowhere else: where less is better, `zero` is the larger of the two.
"""

from __future__ import annotations

import numpy as np

from readiness.registry import Parameter, method

AXES = "indicator country replicate"
SCALE = {
    "low": Parameter(0.0, -1e9, 1e9, "score at the lower bound"),
    "high": Parameter(100.0, -1e9, 1e9, "score at the upper bound"),
}


def extremes(sample, direction, declared, zero, full):
    """Take the smallest and the largest value of the sample as bounds.

    Shapes   sample (indicator, value, replicate); direction (indicator,), 1 or -1; declared (indicator, 2), not used;
             zero, full (indicator, replicate), written, in the unit of the sample.
    Gaps     are skipped; no value at all gives NaN bounds.
    """
    for i in range(sample.shape[0]):
        for r in range(sample.shape[2]):
            smallest, largest = np.inf, -np.inf
            for value in sample[i, :, r]:
                if value < smallest:
                    smallest = value
                if value > largest:
                    largest = value
            if smallest > largest:
                smallest, largest = np.nan, np.nan
            zero[i, r] = smallest if direction[i] > 0 else largest
            full[i, r] = largest if direction[i] > 0 else smallest


def goalposts(sample, direction, declared, zero, full):
    """Take the bounds that the indicators' files declare.

    Shapes   sample (indicator, value, replicate), not used; direction (indicator,), 1 or -1; declared (indicator, 2),
             minimum and maximum; zero, full (indicator, replicate), written, in the unit of the figures.
    """
    for i in range(declared.shape[0]):
        for r in range(zero.shape[1]):
            zero[i, r] = declared[i, 0] if direction[i] > 0 else declared[i, 1]
            full[i, r] = declared[i, 1] if direction[i] > 0 else declared[i, 0]


def mean_and_deviation(sample, direction, declared, zero, full):
    """Put `zero` at the mean and `full` one sample standard deviation (divisor n - 1) to the better side.

    Shapes   sample (indicator, value, replicate); direction (indicator,), 1 or -1; declared (indicator, 2), not used;
             zero, full (indicator, replicate), written, in the unit of the sample.
    Gaps     are skipped; fewer than two values give NaN bounds.
    """
    for i in range(sample.shape[0]):
        for r in range(sample.shape[2]):
            count, total = 0, 0.0
            for value in sample[i, :, r]:
                if not np.isnan(value):
                    count += 1
                    total += value
            mean = total / count if count > 0 else np.nan
            squares = 0.0
            for value in sample[i, :, r]:
                if not np.isnan(value):
                    squares += (value - mean) ** 2
            deviation = np.sqrt(squares / (count - 1)) if count > 1 else np.nan
            if deviation <= 1e-14 * abs(mean):  # all equal but for rounding
                deviation = 0.0
            zero[i, r] = mean
            full[i, r] = mean + direction[i] * deviation


def orientation(sample, direction, declared, zero, full):
    """Pass on the direction alone: `full` lies above `zero` where more is better.

    Shapes   sample (indicator, value, replicate) and declared (indicator, 2), not used; direction (indicator,), 1 or
             -1; zero, full (indicator, replicate), written.
    """
    for i in range(direction.shape[0]):
        for r in range(zero.shape[1]):
            zero[i, r] = 0.0
            full[i, r] = direction[i]


@method(
    "normalise",
    "min_max",
    says="The worst value scores {low}, the best {high}, the others in proportion.",
    axes=AXES,
    source="OECD/JRC Handbook (2008), step 5",
    fit=extremes,
    parameters=SCALE,
)
@method(
    "normalise",
    "goalposts",
    says="The worse of two declared bounds scores {low}, the better {high}, other values in proportion; values "
    "outside are not cut.",
    axes=AXES,
    source="UNDP, Human Development Report, technical note 1",
    fit=goalposts,
    parameters=SCALE,
    needs_declared=True,
)
@method(
    "normalise",
    "z_score",
    says="The mean scores {low}, one standard deviation to the better side {high}, other values in proportion.",
    axes=AXES,
    source="OECD/JRC Handbook (2008), step 5, standardisation",
    fit=mean_and_deviation,
    parameters={
        "low": Parameter(0.0, -1e9, 1e9, "score at the mean"),
        "high": Parameter(1.0, -1e9, 1e9, "score one standard deviation above the mean"),
    },
    any_sign=True,
)
def rescale(x, zero, full, low, high, out):
    """Place each value on the line through its bounds: `low` at zero, `high` at full; values outside are not cut.

    Shapes   x, out (indicator, country, replicate); zero, full (indicator, replicate), in the unit of x;
             low, high numbers, the scores at the bounds.
    Gaps     stay gaps. Equal bounds (a constant indicator) give a gap for every country.
    """
    for i in range(x.shape[0]):
        for c in range(x.shape[1]):
            for r in range(x.shape[2]):
                span = full[i, r] - zero[i, r]
                place = (x[i, c, r] - zero[i, r]) / span if span != 0 else np.nan
                out[i, c, r] = low + (high - low) * place


@method(
    "normalise",
    "rank",
    says="A country scores by the share of the other countries that do worse: {low} for none, {high} for all.",
    axes=AXES,
    source="OECD/JRC Handbook (2008), step 5, ranking",
    fit=orientation,
    parameters=SCALE,
    pointwise=False,
)
def rank_scale(x, zero, full, low, high, out):
    """Score the share of the other countries that do worse: the last gets `low`, a lone leader `high`.

    Shapes   x, out (indicator, country, replicate); zero, full (indicator, replicate), only their order counts;
             low, high numbers.
    Gaps     stay gaps and are nobody's rival. Ties share the lower score. A country without rivals gets a gap.
    """
    for i in range(x.shape[0]):
        for c in range(x.shape[1]):
            for r in range(x.shape[2]):
                sign = 1.0 if full[i, r] > zero[i, r] else -1.0
                value = sign * x[i, c, r]
                rivals, beaten = 0, 0
                for d in range(x.shape[1]):
                    if d != c and not np.isnan(x[i, d, r]):
                        rivals += 1
                        if sign * x[i, d, r] < value:
                            beaten += 1
                known = rivals > 0 and not np.isnan(value)
                out[i, c, r] = low + (high - low) * beaten / rivals if known else np.nan
