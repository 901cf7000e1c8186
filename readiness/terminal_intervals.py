"""What the terminal shows of a simulation: intervals and tiers beside a ranking, and a line on what varied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from readiness.numbers import place
from readiness.report.interval_words import DASH, places_text, told_places, varied_in_words
from readiness.report.spread import is_outside, spread_of
from readiness.shown import shown_mix

if TYPE_CHECKING:
    from readiness.results import Results


def rank_intervals(results: Results) -> dict[str, tuple[str, str]]:
    """Return the 90 % interval of the rank and the tier of each country as texts; nothing without a simulation."""
    spread = spread_of(results)
    if spread is None:
        return {}
    rows = {code: spread.row(code, results.framework.root) for code in results.framework.units}
    return {code: (_plain(places_text(row)), str(row["tier"] or "")) for code, row in rows.items() if row}


def interval_note(results: Results) -> str:
    """Say what the intervals and tiers of a ranking are, and whose rank lies outside; or that there are none."""
    spread = spread_of(results)
    if spread is None and "intervals" in results.tables:
        return "Only ranks were counted: the table intervals has their intervals, and nothing of scores and tiers."
    if spread is None:
        return "Intervals of ranks were not computed."
    note = (
        f"90 %: interval of the rank in {spread.replicates:,} replicates (seed {spread.summary['seed']}) in which "
        f"{varied_in_words(spread)} vary. Tier: countries that the first of them does not lead in 95 % of "
        "the replicates."
    )
    rows = [(code, spread.row(code, results.framework.root)) for code in results.ranks["country"]]
    out = [
        f"{results.framework.unit_name(code)} ({row['rank']}, {_plain(told_places(row))})"
        for code, row in rows
        if row and is_outside(row)
    ]
    return f"{note} The rank of the run lies outside its interval: {', '.join(out)}." if out else note


def rank_beside(tables: Mapping[str, pl.DataFrame], country: str, node: str) -> str:
    """Return the 90 % interval of a rank in brackets, nothing where none was computed."""
    if not {"intervals", "simulation"} <= set(tables):
        return ""
    shown = shown_mix(tables)
    mine = (pl.col("varied") == shown) & (pl.col("country") == country) & (pl.col("node") == node)
    own = tables["intervals"].filter(mine & pl.col("rank_low_90").is_not_null())
    if own.is_empty():
        return ""
    low, high = (place(own[f"rank_{side}_90"][0]) for side in ("low", "high"))
    return f" (90 % interval {low}-{high})"


def _plain(text: str) -> str:
    """Return a range with a hyphen, which every terminal has."""
    return text.replace(DASH, "-")
