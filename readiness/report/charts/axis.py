"""Axes: which numbers stand beside a chart, and where a value lies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from readiness.numbers import printed

STEPS = (1, 2, 5, 10, 20, 50, 100)
MOST_TICKS = 6
EDGE = 0.02  # of the span, left free at both ends


@dataclass(frozen=True)
class Axis:
    """Where values lie: `first` at the start, `last` at the end; `ticks` are values and their texts."""

    first: float
    last: float
    ticks: Sequence[tuple[float, str]]

    def place(self, value: float, start: float, end: float) -> float:
        """Return the place of a value between two coordinates; what lies outside is drawn at the end."""
        span = self.last - self.first
        share = (value - self.first) / span if span else 0.5
        return start + min(1.0, max(0.0, share)) * (end - start)


def of_places(size: int) -> Axis:
    """Return an axis of places: the first, multiples of a round step, up to the last.

    >>> [text for _, text in of_places(27).ticks]
    ['1', '5', '10', '15', '20', '25']
    """
    step = next((each for each in STEPS if size <= each * MOST_TICKS), size)
    return Axis(1, size, [(tick, str(tick)) for tick in dict.fromkeys([1, *range(step, size + 1, step)])])


def of_values(low: float, high: float, say: Callable[[str], str] = str, most: int = MOST_TICKS) -> Axis:
    """Return an axis that holds all values, with multiples of a round step; `say` writes a printed number.

    >>> [text for _, text in of_values(12.1, 87.9).ticks], [text for _, text in of_values(-0.31, 0.2).ticks]
    (['20', '40', '60', '80'], ['−0.3', '−0.2', '−0.1', '0.0', '0.1', '0.2'])
    """
    span = high - low
    if span <= 1e-9 * max(abs(low), abs(high)):
        span = 0.1 * abs(high) or 1.0  # all values are alike: the axis shows what is around them
        low, high = low - span / 2, high + span / 2
    power = floor(log10(span / most))
    step = next(each * 10.0**power for each in (1, 2, 5, 10) if span <= each * 10.0**power * most)
    power = floor(log10(step) + 1e-9)
    marks = [mark * step for mark in range(ceil((low - EDGE * span) / step), floor((high + EDGE * span) / step) + 1)]
    texts = [(mark, say(printed(mark, max(0, -power)))) for mark in marks]
    return Axis(low - EDGE * span, high + EDGE * span, texts)
