"""The chart of moves: what each indicator would add to a country's score if it had the median figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from readiness.numbers import figure, whole
from readiness.plotting_canvas import (
    BAR,
    UP,
    Chart,
    Said,
    alt,
    around,
    beside,
    finished,
    raw,
    rows_of,
    table,
    tips,
    values,
)
from readiness.plotting_names import no_chart, node_labels, places_won, signed
from readiness.report.data import Facts
from readiness.report.interval_words import chance
from readiness.report.words import edition_title, listed
from readiness.sides import member

BAR_ROW = 26
MOST_NAMES = 2  # indicators that a title names
NOT_COMPUTED = "not computed"


def moves(facts: Facts, tables: Mapping[str, pl.DataFrame], country: str, most: int = 12) -> Chart:
    """Return what the median figure of each indicator would add to a country's score, with places and their chance.

    The `most` indicators that add most are shown. Arithmetic, not a forecast.

    Errors   ReadinessError where the run has no table of moves, or none is asked for.
    """
    code = member(facts.framework, country)
    if most < 1:
        raise no_chart("moves", f"most={most}", "1 or more")
    if "moves" not in tables:
        raise no_chart("moves", "no table of moves", "scores of one set of figures without a solver")
    own = tables["moves"].filter((pl.col("country") == code) & (pl.col("gain") > 0))
    found = own.sort(["gain", "indicator"], descending=[True, False]).head(most).rows(named=True)
    names = node_labels(facts.framework, facts.framework.leaves)
    rows = [_move(facts, row, names[row["indicator"]]) for row in found]
    said = _said(facts, facts.framework.unit_name(code), rows)
    return finished(_layers(rows), said, height=BAR_ROW * max(len(rows), 1), beside=260)


def _layers(rows: Sequence[dict[str, Any]]) -> list[alt.Chart]:
    ends = (0.0, around([0.0, *(row["gain"] for row in rows)], 0.08)[1])
    y = rows_of("name", [row["name"] for row in rows], 300)
    x = values("gain", "Gain (points of the index)", ends)
    base = alt.Chart(table(rows))
    hover = tips(name="Indicator", value="Figure", median="Median", text="Gain", places="Places", chance="Chance")
    bar = base.mark_bar(height={"band": 0.62})
    return [bar.encode(y=y, x=x, x2="start:Q", color=raw("colour"), tooltip=hover), beside(base, y, "says")]


def _move(facts: Facts, row: Mapping[str, Any], name: str) -> dict[str, Any]:
    gain = signed(whole(row["gain"], facts.scale.index_decimals), facts.scale.index_decimals)
    unit = facts.framework.indicators[row["indicator"]].scored_unit
    won = places_won(row["places"])
    brackets = "" if row["chance"] is None else f" ({chance(row['chance'])})"
    return {
        "name": name,
        "gain": row["gain"],
        "start": 0.0,
        "text": gain,
        "number": row["places"],
        "places": won,
        "chance": NOT_COMPUTED if row["chance"] is None else chance(row["chance"]),
        "says": f"{gain}, {won}{brackets}",
        "value": f"{figure(row['value'])} {unit}",
        "median": f"{figure(row['median'])} {unit}",
        "colour": UP if row["places"] else BAR,
    }


def _said(facts: Facts, name: str, rows: Sequence[dict[str, Any]]) -> Said:
    subtitle = (
        f"{edition_title(facts.framework, facts.edition)}: points and places if one indicator had the median figure "
        "and all else stayed."
    )
    if any(row["chance"] != NOT_COMPUTED for row in rows):
        subtitle += " In brackets: share of replicates in which that wins a place."
    subtitle += " Arithmetic, not a forecast."
    if not rows:
        title = f"No indicator at the median would add to the score of {name}"
        return Said(title, subtitle, f"{title}.")
    most = max(row["number"] or 0 for row in rows)
    best = [row["name"] for row in rows if (row["number"] or 0) == most]
    title = f"No single indicator at the median would win {name} a place"
    if most > 0:
        who = listed(best) if len(best) <= MOST_NAMES else f"Each of {len(best)} indicators"
        title = f"{who} at the median would win {name} {places_won(most).removesuffix(' won')}"
    told = "; ".join(f"{row['name']} {row['says']}" for row in rows)
    return Said(title, subtitle, f"{title}. {told}.")
