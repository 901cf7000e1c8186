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
    """An indicator that stands out. `thin` says that it rests on too little to be signalled: it is told in brackets."""

    indicator: str
    kind: str
    rank: float
    of: int
    percentile: float
    thin: str = ""


def signals(framework: Framework, tables: Mapping[str, pl.DataFrame], country: str, edition: int) -> list[Signal]:
    """Return the strengths of a country, the best first, then its weaknesses, the worst first.

    A strength is an indicator whose percentile rank, (n - rank) / (n - 1) among the n countries with a figure, is
    above one half and at least that of the country's own k-th best, k an eighth of the indicators that it has, rounded
    up; or whose rank is 3 or better. A weakness mirrors this. Both are thin, and told in brackets, where less of the
    sub-pillar's weight is present than a country needs for a rank, or the figure is flagged as of low reliability.

    Source   Global Innovation Index (WIPO), Appendix on strengths and weaknesses; k is scaled from 10 of about 80.
    """
    now = pl.col("edition") == edition
    scores = tables["scores"].filter(now & pl.col("node").is_in(framework.leaves))
    counts = scores.filter(pl.col("rank").is_not_null()).group_by("node").len()
    of = dict(counts.iter_rows())
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
    percentiles = {row["node"]: (of[row["node"]] - row["rank"]) / (of[row["node"]] - 1) for row in own}
    k = max(1, ceil(len(own) / SHARE))
    ordered = sorted(percentiles.values())
    for row in own:
        node, share, number = row["node"], percentiles[row["node"]], of[row["node"]]
        parent = framework.parents[node]
        thin = "low reliability" if "u" in flags.get(node, "") else ""
        if covered.get(parent, 0.0) < limit - 1e-12:
            thin = f"{framework.name_of(parent)} has too few figures"
        kind = _kind(share, row["rank"], number, (ordered[-k], ordered[k - 1]))
        if kind:
            found.append(Signal(node, kind, row["rank"], number, share, thin))
    order = framework.leaves.index
    best = [each for each in found if each.kind == STRENGTH]
    worst = [each for each in found if each.kind == WEAKNESS]
    return [
        *sorted(best, key=lambda each: (-each.percentile, order(each.indicator))),
        *sorted(worst, key=lambda each: (each.percentile, order(each.indicator))),
    ]


def _kind(share: float, rank: float, number: int, limits: tuple[float, float]) -> str:
    """Return what an indicator is by its percentile rank, its rank and the country's own limits; mostly nothing."""
    high, low = limits
    if (rank <= TOP and share > 0.5) or (share >= high and share > 0.5):
        return STRENGTH
    if (rank > number - TOP and share < 0.5) or (share <= low and share < 0.5):
        return WEAKNESS
    return ""


def _flags(cells: pl.DataFrame, country: str, edition: int) -> dict[str, Any]:
    own = cells.filter((pl.col("edition") == edition) & (pl.col("country") == country))
    return {node: flags or "" for node, flags in own.select("indicator", "obs_status").iter_rows()}


def _covered(scores: pl.DataFrame, country: str) -> dict[str, float]:
    return dict(scores.filter(pl.col("country") == country).select("node", "covered").iter_rows())
