"""The chart of targets: value, goal and where the trend leads, each row on its own scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from readiness.numbers import figure
from readiness.plotting_canvas import (
    DOWN,
    INK,
    MARK,
    UP,
    Chart,
    Said,
    alt,
    beside,
    finished,
    raw,
    rows_of,
    table,
    tips,
    values,
)
from readiness.plotting_names import country_labels, labels, member_or_reference, no_chart
from readiness.report.data import Facts
from readiness.report.interval_words import DASH
from readiness.report.words import edition_title
from readiness.target_table import BEHIND, MISSED, ON_TRACK, REACHED, VERDICTS

WIDTH, BAR_ROW = 240, 26
COLOURS = {REACHED: UP, ON_TRACK: UP, BEHIND: DOWN, MISSED: DOWN}
ENDS = (0.0, 1.05)


def targets(facts: Facts, tables: Mapping[str, pl.DataFrame], country: str) -> Chart:
    """Return value, goal and projection of each target of a country or of the reference, with what can be said.

    Errors   ReadinessError where the index declares no targets.
    """
    code = member_or_reference(facts.framework, country)
    if "targets" not in tables:
        raise no_chart("targets", facts.framework.name, "an index that declares targets")
    own = {row["target"]: row for row in tables["targets"].filter(pl.col("country") == code).rows(named=True)}
    declared = [each for each in facts.framework.targets if each in own]
    names = labels({each: facts.framework.targets[each].name for each in declared})
    rows = [_row(facts, own[each], names[each]) for each in declared]
    rows.sort(key=lambda row: VERDICTS.index(row["verdict"]))
    said = _said(facts, country_labels(facts.framework)[code], rows)
    return finished(_layers(rows), said, width=WIDTH, height=BAR_ROW * max(len(rows), 1), beside=560)


def _row(facts: Facts, row: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a row: places of value, goal and projection between zero and the largest of them, and all in words."""
    target = facts.framework.targets[row["target"]]
    numbers = {each: row[each] for each in ("value", "goal", "projection_low", "projection_high")}
    known = [0.0, *(number for number in numbers.values() if number is not None)]
    low, span = min(known), max(known) - min(known)
    places = {each: None if number is None or not span else (number - low) / span for each, number in numbers.items()}
    value, goal = (figure(row[each]) for each in ("value", "goal"))
    when = "" if row["year"] is None else f" ({row['year']})"
    return {
        "name": name,
        "verdict": row["verdict"],
        **places,
        "zero": -low / span if span else 0.0,
        "colour": COLOURS.get(row["verdict"], MARK),
        "now": f"{value} {target.unit}{when}" if row["value"] is not None else "no figure",
        "then": f"{goal} {target.unit} by {row['goal_year']}" if row["goal"] is not None else "no number set",
        "trend": _projection(row, target.unit),
        "reason": row["reason"] or "",
        "less": "less is better" if not target.higher_is_better else "more is better",
        "says": _says(row, value, goal, target.unit),
    }


def _says(row: Mapping[str, Any], value: str, goal: str, unit: str) -> str:
    if row["value"] is None:
        aim = "" if row["goal"] is None else f"; goal {goal} ({unit}), {row['goal_year']}"
        return f"{row['verdict']}{aim}"
    aim = "" if row["goal"] is None else f"; goal {goal}, {row['goal_year']}"
    return f"{row['verdict']}: {value} {unit}{aim}"


def _projection(row: Mapping[str, Any], unit: str) -> str:
    if row["projection_low"] is None or row["projection_high"] is None:
        return "no trend"
    return f"{figure(row['projection_low'])}{DASH}{figure(row['projection_high'])} {unit} in {row['goal_year']}"


def _layers(rows: Sequence[dict[str, Any]]) -> list[alt.Chart]:
    y = rows_of("name", [row["name"] for row in rows], 300)
    value, goal, low = (values(field, "", ENDS).axis(None) for field in ("value", "goal", "projection_low"))
    base, ink = alt.Chart(table(rows)), alt.value(INK)
    hover = tips(name="Target", now="Value", then="Goal", less="Direction", trend="90 % interval of the trend")
    hover += tips(verdict="Verdict", reason="Why")
    bar, line = base.mark_bar(height={"band": 0.5}), base.mark_rule(strokeWidth=2, opacity=1)
    tick = base.mark_tick(thickness=3, height={"band": 0.85}, opacity=1)
    return [
        bar.encode(y=y, x=value, x2="zero:Q", color=raw("colour"), tooltip=hover),
        line.encode(y=y, x=low, x2="projection_high:Q", color=ink, tooltip=hover),
        tick.encode(y=y, x=goal, color=ink, tooltip=hover),
        beside(base, y, "says", WIDTH).encode(tooltip=hover),
    ]


def _said(facts: Facts, name: str, rows: Sequence[dict[str, Any]]) -> Said:
    number = {verdict: sum(row["verdict"] == verdict for row in rows) for verdict in VERDICTS}
    counts = ", ".join(f"{each} {verdict}" for verdict, each in number.items() if each)
    title = f"{name}, {len(rows)} targets: {counts}" if rows else f"{name}: no target means anything for one country"
    subtitle = (
        f"{edition_title(facts.framework, facts.edition)}: newest value (bar), goal (tick) and 90 % interval of the "
        "trend in the goal's year (line). Each row has its own scale, from zero to the largest of the three."
    )
    told = "; ".join(f"{row['name']}: {row['says']}" for row in rows)
    return Said(title, subtitle, f"{title}. {told}.")
