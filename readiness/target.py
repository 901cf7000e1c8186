"""What an index declares as a target: what is measured for it, how much by when, and what the measure leaves open."""

from __future__ import annotations

from dataclasses import dataclass

SUM, PUBLISHED = "sum", "published"
EQUAL = "equal"
COMBINE = (SUM, PUBLISHED)


@dataclass(frozen=True, slots=True)
class Target:
    """One target. Its value is the newest figure of `series`, times that of `times`, divided by `per`.

    series    a series with an indicator file: scored, context or reported by officers
    times     a denominator, such as the population, that the figure is multiplied by
    combine   how the value of the reference comes about: the sum of those of the countries, in years for which all
              have one (reported series: of those that reported), or the figure published for the reference
    goal      what is to be reached, nothing where no number was set; a multiple of the value in the year `baseline`
              if `multiple`
    start     value that was named for the year `baseline` when the target was set, where no figure gives it
    split     how the goal of the reference is divided among the countries: in proportion to a denominator, "equal", or
              not at all, where each country has the same goal
    by        year by which it is to be reached
    national  whether it means anything for a single country
    growth    pace and projection are those of the logarithm: a steady growth in per cent
    since     first year of the trend
    overstated  share of the value that may not be what is meant: the goal must be met without it
    proxy     what the series measures in the place of what is meant; empty where it measures just that
    context   set by others, shown beside
    """

    code: str
    name: str
    origin: str
    series: str
    unit: str
    by: int
    higher_is_better: bool = True
    demand: str = ""
    times: str = ""
    per: float = 1.0
    combine: str = SUM
    goal: float | None = None
    multiple: bool = False
    start: float | None = None
    baseline: int | None = None
    split: str = ""
    national: bool = True
    growth: bool = False
    since: int | None = None
    overstated: float = 0.0
    proxy: str = ""
    context: bool = False
