"""Normalise, what is learned: the two ends of each indicator's line. The methods stand in normalise.py.

Every fit finds, for each indicator, `zero`, which scores `low`, and `full`, which scores `high`. The direction is in
their order and nowhere else: where less is better, `zero` is the larger of the two.
"""

from __future__ import annotations

import numpy as np

from readiness.registry import helper, inlined


def extremes(sample, direction, declared, bounds):
    """Take the smallest and the largest value of the sample as bounds.

    Shapes   sample (indicator, value, replicate); direction (indicator,), 1 or -1; declared (indicator, 5, replicate),
             not used; bounds (indicator, 4, replicate), written: zero, full and twice NaN, in the unit of the sample.
    Gaps     of the sample are skipped; no value at all gives NaN bounds.
    """
    for i in range(sample.shape[0]):
        upward = direction[i] > 0
        least, most = (bounds[i, 0], bounds[i, 1]) if upward else (bounds[i, 1], bounds[i, 0])
        span_rows(sample[i], least, most, bounds[i, 2], bounds[i, 3])


def goalposts(sample, direction, declared, bounds):
    """Take the bounds that the indicators' files declare.

    Shapes   sample (indicator, value, replicate), not used; direction (indicator,), 1 or -1; declared (indicator, 5,
             replicate), minimum and maximum come first; bounds (indicator, 4, replicate), written.
    Gaps     an indicator without goalposts has NaN bounds.
    """
    for i in range(bounds.shape[0]):
        for r in range(bounds.shape[2]):
            draw_line(bounds, i, r, declared[i, 0, r], declared[i, 1, r], direction[i])


def mean_and_deviation(sample, direction, declared, bounds):
    """Put `zero` at the mean and `full` one sample standard deviation (divisor n - 1) to the better side.

    Shapes   sample (indicator, value, replicate); direction (indicator,), 1 or -1; declared (indicator, 5, replicate),
             not used; bounds (indicator, 4, replicate), written, in the unit of the sample.
    Gaps     of the sample are skipped; fewer than two values give NaN bounds.
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
            draw_line(bounds, i, r, mean, mean + direction[i] * deviation, 1.0)


def whole_scale(sample, direction, declared, bounds, bottom, top):
    """Take the ends of a scale that all indicators share, such as 1 to 7 in a survey of opinions.

    Shapes   sample (indicator, value, replicate) and declared (indicator, 5, replicate), not used; direction
             (indicator,), 1 or -1; bounds (indicator, 4, replicate), written; bottom, top numbers.
    Gaps     a bottom that is not below the top gives NaN bounds.
    """
    for i in range(bounds.shape[0]):
        for r in range(bounds.shape[2]):
            draw_line(bounds, i, r, bottom if bottom < top else np.nan, top, direction[i])


def worst_and_reference(sample, direction, declared, bounds):
    """Put `zero` at the worst value of the sample and `full` at the reference.

    Shapes   sample (indicator, value, replicate); direction (indicator,), 1 or -1; declared (indicator, 5, replicate),
             the value of the reference comes last; bounds (indicator, 4, replicate), written, in the unit of the
             sample.
    Gaps     of the sample are skipped. A sample of equal values, a reference that is not better than the worst value,
             or one without a value gives a gap for every unit.
    """
    for i in range(sample.shape[0]):
        for r in range(sample.shape[2]):
            least, most = extent(sample[i, :, r])
            worst = least if direction[i] > 0 else most
            reference = declared[i, 4, r]
            if not (least < most and direction[i] * (reference - worst) > 0):
                reference = np.nan
            draw_line(bounds, i, r, worst, reference, 1.0)


def nothing_and_maximum(sample, direction, declared, bounds):
    """Take a true zero and the largest value of the sample as bounds.

    Shapes   sample (indicator, value, replicate); direction (indicator,), 1 or -1; declared (indicator, 5, replicate),
             not used; bounds (indicator, 4, replicate), written, in the unit of the sample.
    Gaps     of the sample are skipped. A largest value of zero or below gives a gap for every unit.
    """
    for i in range(sample.shape[0]):
        for r in range(sample.shape[2]):
            most = extent(sample[i, :, r])[1]
            draw_line(bounds, i, r, 0.0, most if most > 0 else np.nan, direction[i])


def half_a_range_around(sample, direction, declared, bounds):
    """Put the bounds half the range of the sample below and above the reference.

    Shapes   sample (indicator, value, replicate); direction (indicator,), 1 or -1; declared (indicator, 5, replicate),
             the value of the reference comes last; bounds (indicator, 4, replicate), written, in the unit of the
             sample.
    Gaps     of the sample are skipped. A reference without a value gives a gap for every unit.
    """
    for i in range(sample.shape[0]):
        for r in range(sample.shape[2]):
            least, most = extent(sample[i, :, r])
            reference, half = declared[i, 4, r], (most - least) / 2
            draw_line(bounds, i, r, reference - half, reference + half, direction[i])


@helper
def draw_line(bounds, i, r, lower, upper, direction):
    """Let scores rise from `lower` to `upper` where more is better, from `upper` to `lower` where less is."""
    bounds[i, 0, r] = lower if direction > 0 else upper
    bounds[i, 1, r] = upper if direction > 0 else lower
    bounds[i, 2, r] = np.nan
    bounds[i, 3, r] = np.nan


@helper
def extent(values):
    """Find the smallest and the largest value; NaN where there is none."""
    least, most = np.inf, -np.inf
    for value in values:
        if value < least:
            least = value
        if value > most:
            most = value
    return (least, most) if least <= most else (np.nan, np.nan)


@helper
def span_rows(values, least, most, third, fourth):
    """Find the smallest and the largest value of each replicate, [value, replicate]; NaN where there is none."""
    for r in range(least.shape[0]):
        least[r], most[r] = np.inf, -np.inf
        third[r], fourth[r] = np.nan, np.nan
    for c in range(values.shape[0]):
        widen(values[c], least, most)
    for r in range(least.shape[0]):
        none = least[r] > most[r]
        least[r] = np.nan if none else least[r]
        most[r] = np.nan if none else most[r]


@inlined
def widen(values, least, most):
    """Let the smallest and the largest value so far take in one more; gaps change nothing."""
    for r in range(values.shape[0]):
        least[r] = values[r] if values[r] < least[r] else least[r]
        most[r] = values[r] if values[r] > most[r] else most[r]
