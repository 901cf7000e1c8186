"""A straight line through the figures of some years: its pace, and where it leads, with their errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log, sqrt

from scipy.special import stdtrit

LEVEL = 0.90  # of the intervals of projections
LARGEST = 709.0  # the exponential of more is beyond all numbers


@dataclass(frozen=True, slots=True)
class Trend:
    """The least-squares line through figures by year; of their logarithms if `growth`.

    pace        change a year, in the unit of the figures; of a growth the share by which it grows, 0.5 for 50 %
    pace_error  its standard error, nothing for two figures, through which every line is exact
    """

    number: int
    first: int
    pace: float
    pace_error: float | None
    growth: bool
    mean_year: float
    mean: float
    slope: float
    spread: float | None  # residual standard deviation, divisor n - 2
    squares: float  # of the years around their mean

    def at(self, year: int) -> tuple[float, float | None, float | None]:
        """Return the value of the line in a year and the interval that a new figure of that year lies in.

        Formula  line -/+ t s sqrt(1 + 1/n + (year - mean)^2 / squares), t the quantile of Student's t with n - 2
                 degrees of freedom, s the residual standard deviation; the ends of a growth are exponentials.
        Gaps     two figures have no interval.
        Source   Draper and Smith (1998), Applied Regression Analysis, chapter 1.
        """
        middle = self.mean + self.slope * (year - self.mean_year)
        if self.spread is None:
            return self._back(middle), None, None
        far = (year - self.mean_year) ** 2 / self.squares
        reach = float(stdtrit(self.number - 2, (1 + LEVEL) / 2)) * self.spread * sqrt(1 + 1 / self.number + far)
        return self._back(middle), self._back(middle - reach), self._back(middle + reach)

    def _back(self, value: float) -> float:
        if not self.growth:
            return value
        return exp(value) if value < LARGEST else inf


def trend(years: Sequence[int], values: Sequence[float], *, growth: bool = False) -> Trend | None:
    """Return the line through figures of different years, or nothing for fewer than two, or a growth from nothing.

    Formula  slope = sum((t - mean t)(y - mean y)) / sum((t - mean t)^2); its error s / sqrt(sum((t - mean t)^2)).
    """
    number = len(years)
    if number < 2 or (growth and min(values) <= 0):
        return None
    y = [log(value) for value in values] if growth else list(values)
    mean_year, mean = sum(years) / number, sum(y) / number
    squares = sum((year - mean_year) ** 2 for year in years)
    slope = sum((year - mean_year) * (each - mean) for year, each in zip(years, y, strict=True)) / squares
    rest = sum((each - mean - slope * (year - mean_year)) ** 2 for year, each in zip(years, y, strict=True))
    spread = sqrt(rest / (number - 2)) if number > 2 else None
    error = None if spread is None else spread / sqrt(squares)
    pace = exp(slope) - 1 if growth else slope
    if growth and error is not None:
        error *= exp(slope)  # to first order
    return Trend(number, min(years), pace, error, growth, mean_year, mean, slope, spread, squares)
