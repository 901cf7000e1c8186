"""Targets against figures: value, distance, pace needed, pace so far, where the trend leads, and what can be said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any, NamedTuple

import polars as pl

from readiness.editions import usable
from readiness.framework import Framework
from readiness.panel import Panel
from readiness.target import EQUAL, PUBLISHED, Target
from readiness.trends import LEVEL, trend

FEWEST = 4  # figures of a trend that a verdict may rest on
RECENT = 3  # newest figures whose pace must agree with the trend: near an end of the scale a straight line is too fast
REACHED, ON_TRACK, BEHIND, MISSED = "reached", "on track", "behind", "missed"
UNKNOWN, NOT_REPORTED, NO_NUMBER = "cannot be said", "not reported", "no number set"
VERDICTS = (REACHED, ON_TRACK, BEHIND, MISSED, UNKNOWN, NOT_REPORTED, NO_NUMBER)
PERCENT = "%"  # units that begin so lie between 0 and 100

Series = dict[int, float]


@dataclass(frozen=True)
class Known:
    """The figures that targets are held against: by series and country, the value of each year."""

    framework: Framework
    figures: Mapping[tuple[str, str], Series]

    def of(self, series: str, country: str) -> Series:
        """Return the figures of a series for a country by year, the earliest first."""
        return self.figures.get((series, country), {})

    def newest(self, series: str, country: str, year: int) -> float | None:
        """Return the newest figure up to a year."""
        own = self.of(series, country)
        known = [each for each in own if each <= year]
        return own[max(known)] if known else None


class Outlook(NamedTuple):
    """How many figures the trend has, the interval it leads to, and whether the pace of the newest figures will do."""

    figures: int
    low: float | None
    high: float | None
    enough: bool


def target_rows(framework: Framework, panel: Panel, edition: int, as_of: date | None = None) -> list[dict[str, Any]]:
    """Return a row for each target and country, the reference among them (see tables.TABLES["targets"]).

    Figures up to the edition's last year count; what officers report counts up to the edition itself. Forecasts and
    confidential figures do not count.
    """
    known = known_figures(framework, panel, edition, as_of)
    reference = [framework.reference.code] if framework.reference else []
    return [
        _row(known, each, country)
        for each in framework.targets.values()
        for country in (*(framework.units if each.national else ()), *reference)
    ]


def known_figures(framework: Framework, panel: Panel, edition: int, as_of: date | None = None) -> Known:
    """Return the figures of a panel that targets are held against in an edition."""
    wanted = {each.series for each in framework.targets.values()}
    wanted |= {each.times for each in framework.targets.values()} | {each.split for each in framework.targets.values()}
    last = pl.when(pl.col("indicator").is_in(list(framework.reported))).then(edition)
    last = last.otherwise(edition - framework.rules.lag)
    frame = panel.known(as_of).rename({"value": "raw"})
    frame = frame.filter(pl.col("indicator").is_in(list(wanted)) & usable() & (pl.col("year") <= last)).sort("year")
    figures: dict[tuple[str, str], Series] = {}
    for series, country, year, value in frame.select("indicator", "geo", "year", "raw").iter_rows():
        figures.setdefault((series, country), {})[year] = value
    return Known(framework, figures)


def values(known: Known, target: Target, country: str) -> Series:
    """Return the values of a target for a country by year, the earliest first.

    Those of the reference are published ones, or sums over the countries: of a measured series in the years in which
    all have a figure, of a reported one over those that have reported by then.
    """
    reference = known.framework.reference
    if reference is None or country != reference.code or target.combine == PUBLISHED:
        return _own(known, target, country)
    parts = [_own(known, target, unit) for unit in known.framework.units] if target.national else []
    if target.series in known.framework.reported:
        own = _own(known, target, country)  # figures of the Union itself
        years = sorted({year for part in parts for year in part})
        return own or {year: sum(_until(part, year) for part in parts) for year in years}
    years = set.intersection(*(set(part) for part in parts)) if parts else set()
    return {year: sum(part[year] for part in parts) for year in sorted(years)}


def _until(part: Series, year: int) -> float:
    reported = [each for each in part if each <= year]
    return part[max(reported)] if reported else 0.0


def _own(known: Known, target: Target, country: str) -> Series:
    own = known.of(target.series, country)
    if target.times:
        factors = {year: known.newest(target.times, country, year) for year in own}
        own = {year: value * factors[year] for year, value in own.items() if factors[year] is not None}
    return {year: value / target.per for year, value in own.items()}


def goal_of(known: Known, target: Target, country: str, series: Series) -> float | None:
    """Return what is to be reached: the same for all, a multiple of the own baseline, or the own part of the whole."""
    reference = known.framework.reference
    whole = reference is not None and country == reference.code
    if target.goal is None:
        return None
    if target.multiple:
        baseline = _baseline(target, series)
        return None if not baseline else target.goal * baseline
    if whole or not target.split:
        return target.goal
    if target.split == EQUAL:
        return target.goal / len(known.framework.units)
    sizes = [known.newest(target.split, unit, target.by) for unit in known.framework.units]
    own = known.newest(target.split, country, target.by)
    return None if own is None or None in sizes else target.goal * own / sum(size for size in sizes if size is not None)


def _baseline(target: Target, series: Series) -> float | None:
    if target.start is not None or target.baseline is None:
        return target.start
    return series.get(target.baseline)


def _row(known: Known, target: Target, country: str) -> dict[str, Any]:
    series = values(known, target, country)
    goal, baseline = goal_of(known, target, country, series), _baseline(target, series)
    year = max(series) if series else None
    value = series[year] if year is not None else None
    recent = {each: series[each] for each in series if target.since is None or each >= target.since}
    line = trend(list(recent), list(recent.values()), growth=target.growth)
    ends = _clipped(target, line.at(target.by)) if line else (None, None, None)
    needed, recent_pace = _needed(target, value, year, goal), _recent(target, recent)
    enough = None not in (needed, recent_pace) and _met(target, recent_pace, needed)
    outlook = Outlook(len(recent), *ends[1:], enough)
    verdict, reason = _verdict(known, target, (year, value), goal, outlook)
    return {
        "target": target.code,
        "country": country,
        "series": target.series,
        "year": year,
        "value": value,
        "baseline_year": target.baseline,
        "baseline": baseline,
        "goal": goal,
        "goal_year": target.by,
        "distance": None if None in (goal, value) else goal - value,
        "progress": _progress(value, baseline, goal),
        "needed": needed,
        "pace": line.pace if line else None,
        "pace_error": line.pace_error if line else None,
        "recent": recent_pace,
        "figures": len(recent),
        "first_year": line.first if line else None,
        **dict(zip(("projection", "projection_low", "projection_high"), ends, strict=True)),
        "verdict": verdict,
        "reason": reason,
    }


def _progress(value: float | None, baseline: float | None, goal: float | None) -> float | None:
    """Return the share of the way from the baseline to the goal that is done; may be below 0 or above 1."""
    if value is None or baseline is None or goal is None or goal == baseline:
        return None
    return (value - baseline) / (goal - baseline)


def _needed(target: Target, value: float | None, year: int | None, goal: float | None) -> float | None:
    """Return the pace that reaches the goal in time: change a year, or growth a year; nothing once it is reached."""
    if value is None or goal is None or year is None or year >= target.by or _met(target, value, goal):
        return None
    if target.growth:
        return (goal / value) ** (1 / (target.by - year)) - 1 if value > 0 else None
    return (goal - value) / (target.by - year)


def _recent(target: Target, series: Series) -> float | None:
    """Return the pace of the newest figures; nothing where there are fewer than two, or a growth begins at nothing."""
    last = sorted(series)[-RECENT:]
    if len(last) < 2 or (target.growth and min(series[last[0]], series[last[-1]]) <= 0):
        return None
    span = last[-1] - last[0]
    if target.growth:
        return (series[last[-1]] / series[last[0]]) ** (1 / span) - 1
    return (series[last[-1]] - series[last[0]]) / span


def _met(target: Target, value: float, goal: float) -> bool:
    return value >= goal if target.higher_is_better else value <= goal


def _clipped(target: Target, ends: tuple[float, float | None, float | None]) -> tuple[float | None, ...]:
    """Keep a projection of shares within 0 and 100, and any other at zero or above."""
    top = 100.0 if target.unit.startswith(PERCENT) else float("inf")
    return tuple(None if end is None or not isfinite(end) else min(max(end, 0.0), top) for end in ends)


def _verdict(
    known: Known, target: Target, newest: tuple[int | None, float | None], goal: float | None, outlook: Outlook
) -> tuple[str, str]:
    """Return what can be said and why; `newest` are year and value.

    A verdict on the way needs four figures, an interval of the trend that lies on one side of the goal, and newest
    figures whose pace says the same.
    """
    year, value = newest
    if value is None or year is None:
        reported = target.series in known.framework.reported
        return (NOT_REPORTED, "no officer has reported a figure") if reported else (UNKNOWN, "there is no figure")
    if goal is None:
        return _no_goal(target)
    if _met(target, value, goal):
        return _reached(target, value, goal)
    return (MISSED, "the year has passed") if year >= target.by else _on_the_way(target, goal, outlook)


def _no_goal(target: Target) -> tuple[str, str]:
    if target.goal is None:
        return NO_NUMBER, "nobody has set a number"
    nothing = f"there is nothing to multiply: {target.baseline} has no value above zero"
    return UNKNOWN, nothing if target.multiple else "a part of the goal cannot be computed"


def _reached(target: Target, value: float, goal: float) -> tuple[str, str]:
    """Return that a goal is met, unless only by what the measure may overstate."""
    if _met(target, value * (1 - target.overstated), goal):
        return REACHED, "the goal is met"
    share = f"{100 * target.overstated:.0f} %"
    return UNKNOWN, f"the goal is met, but not once the measure is taken to be {share} too large"


def _on_the_way(target: Target, goal: float, outlook: Outlook) -> tuple[str, str]:
    """Return the verdict that the trend and the newest figures allow."""
    number = outlook.figures
    if number < FEWEST:
        return UNKNOWN, f"too few figures: {number}, and {FEWEST} are needed for a trend"
    if outlook.low is None or outlook.high is None:
        return UNKNOWN, "some years have nothing, from which no growth can be reckoned"
    worst, best = (outlook.low, outlook.high) if target.higher_is_better else (outlook.high, outlook.low)
    interval = f"{100 * LEVEL:.0f} % interval of the trend in {target.by}"
    if _met(target, worst, goal):
        slow = f"the {interval} is beyond the goal, but the newest figures are slower than needed"
        return (ON_TRACK, f"the whole {interval} is beyond the goal") if outlook.enough else (UNKNOWN, slow)
    if not _met(target, best, goal):
        fast = f"the {interval} is short of the goal, but the newest figures are as fast as needed"
        return (UNKNOWN, fast) if outlook.enough else (BEHIND, f"the whole {interval} is short of the goal")
    return UNKNOWN, f"the {interval} holds the goal"
