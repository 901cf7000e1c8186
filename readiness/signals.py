"""Strengths and weaknesses of a country among its indicators, by rule: nothing is signalled that rests on thin data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

import polars as pl

from readiness.framework import Framework

SHARE = 8  # one indicator in so many: the 10th of about 80 indicators is the rule of the Global Innovation Index
TOP = 3  # ranks that are a strength by themselves, and from the end a weakness
STRENGTH, WEAKNESS = "strength", "weakness"


@dataclass(frozen=True)
class Signal:
    """An indicator that stands out: rank among `of` countries, how many are worse, percentile rank.

    `thin` says that it rests on too little to be signalled: it is told in brackets.
    """

    indicator: str
    kind: str
    rank: float
    of: int
    worse: int
    percentile: float
    thin: str = ""


def signals(framework: Framework, tables: Mapping[str, pl.DataFrame], country: str, edition: int) -> list[Signal]:
    """Return the strengths of a country, the best first, then its weaknesses, the worst first.

    A strength is an indicator whose percentile rank, (n - rank) / (n - 1) among the n countries with a figure, is
    above one half and at least that of the country's own k-th best, k an eighth of the indicators that it has, rounded
    up; or whose rank is 3 or better. A weakness mirrors this from below: its percentile rank is the share of the
    others that are worse, so that all who share the last place are last. Both are thin, and told in brackets, where
    less of the sub-pillar's weight is present than a country needs for a rank, or the figure is flagged as of low
    reliability.

    Source   Global Innovation Index (WIPO), Appendix on strengths and weaknesses; k is scaled from 10 of about 80.
    """
    now = pl.col("edition") == edition
    scores = tables["scores"].filter(now & pl.col("node").is_in(framework.leaves))
    ranked = scores.filter(pl.col("rank").is_not_null())
    of = dict(ranked.group_by("node").len().iter_rows())
    worse = _worse(ranked, country)
    own = [
        row
        for row in scores.filter(pl.col("country") == country).iter_rows(named=True)
        if row["rank"] is not None and row["effective"] and of[row["node"]] > 1
    ]
    if not own:
        return []
    flags = _flags(tables["cells"], country, edition)
    covered = _covered(tables["scores"].filter(now), country)
    limit = float(framework.rules.unit_coverage)
    found = []
    above = {row["node"]: (of[row["node"]] - row["rank"]) / (of[row["node"]] - 1) for row in own}
    below = {node: worse[node] / (of[node] - 1) for node in above}
    k = max(1, ceil(len(own) / SHARE))
    limits = sorted(above.values())[-k], sorted(below.values())[k - 1]
    for row in own:
        node, number = row["node"], of[row["node"]]
        parent = framework.parents[node]
        thin = "low reliability" if "u" in flags.get(node, "") else ""
        if covered.get(parent, 0.0) < limit - 1e-12:
            thin = f"{framework.name_of(parent)} has too few figures"
        kind = _kind((above[node], row["rank"]), (below[node], worse[node]), limits)
        if kind:
            share = above[node] if kind == STRENGTH else below[node]
            found.append(Signal(node, kind, row["rank"], number, worse[node], share, thin))
    order = framework.leaves.index
    best = [each for each in found if each.kind == STRENGTH]
    worst = [each for each in found if each.kind == WEAKNESS]
    return [
        *sorted(best, key=lambda each: (-each.percentile, order(each.indicator))),
        *sorted(worst, key=lambda each: (each.percentile, order(each.indicator))),
    ]


def _kind(best: tuple[float, float], worst: tuple[float, int], limits: tuple[float, float]) -> str:
    """Return what an indicator is; mostly nothing.

    `best` are percentile rank and rank, `worst` percentile rank from below and how many are worse, `limits` those that
    the country's own k-th best and k-th worst have.
    """
    (high, rank), (low, worse) = best, worst
    if high > 0.5 and (rank <= TOP or high >= limits[0]):
        return STRENGTH
    if low < 0.5 and (worse < TOP or low <= limits[1]):
        return WEAKNESS
    return ""


def _worse(ranked: pl.DataFrame, country: str) -> dict[str, int]:
    """Return how many countries are worse than one, by indicator."""
    own = ranked.filter(pl.col("country") == country).select("node", own="rank")
    rows = ranked.join(own, on="node").group_by("node").agg((pl.col("rank") > pl.col("own")).sum())
    return dict(rows.iter_rows())


def _flags(cells: pl.DataFrame, country: str, edition: int) -> dict[str, Any]:
    own = cells.filter((pl.col("edition") == edition) & (pl.col("country") == country))
    return {node: flags or "" for node, flags in own.select("indicator", "obs_status").iter_rows()}


def _covered(scores: pl.DataFrame, country: str) -> dict[str, float]:
    return dict(scores.filter(pl.col("country") == country).select("node", "covered").iter_rows())
