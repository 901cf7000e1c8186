"""The chart of a change: from the score of one edition to that of the next, cause by cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import polars as pl

from readiness.causes import TOTAL
from readiness.numbers import apportion, fixed, whole
from readiness.plotting_canvas import (
    DOWN,
    INK,
    MARK,
    UP,
    Chart,
    Said,
    alt,
    around,
    beside,
    finished,
    raw,
    rows_of,
    score_title,
    table,
    tips,
    values,
)
from readiness.plotting_names import labels, no_chart, node_of, places_won, signed
from readiness.report.data import Facts
from readiness.report.why import causes_in_words
from readiness.report.words import edition_title
from readiness.sides import member

BAR_ROW = 30
OF_INDICATOR = {"own_revision": "revised", "own_figures": "new figure", "indicators": "enters or leaves"}
LONGEST = 350  # width of a cause's name


def change(
    facts: Facts, tables: Mapping[str, pl.DataFrame], country: str, node: str | None = None, *, by_indicator: bool
) -> Chart:
    """Return the waterfall of a country's change: causes in their order, their points adding up to the printed change.

    Errors   ReadinessError where the run has no table of changes, or the node no score in one of the two editions.
    """
    code, at = member(facts.framework, country), node_of(facts.framework, node)
    if "change" not in tables:
        raise no_chart(
            "change", "no table of changes", "two editions, and scores of one set of figures without a solver"
        )
    own = (pl.col("country") == code) & (pl.col("node") == at)
    causes = tables["change"].filter(own).rows(named=True)
    if not causes:
        raise no_chart("change", f"{code} {at}", "a score in both editions")
    moved = tables["movements"].filter(own).rows(named=True)
    history = dict(zip(facts.editions, facts.history[code, at], strict=True))
    ends = (history[causes[0]["before"]], history[causes[0]["after"]])  # both are there where there are causes
    rows = _rows(facts, causes, ends, facts.decimals(at), by_indicator=by_indicator)
    total = next(row for row in causes if row["cause"] == TOTAL)
    return finished(
        _layers(facts, rows, at), _said(facts, (code, at), rows, total, moved), height=BAR_ROW * len(rows), beside=230
    )


def _rows(
    facts: Facts, causes: Sequence[dict[str, Any]], ends: tuple[float, float], decimals: int, *, by_indicator: bool
) -> list[dict[str, Any]]:
    """Return a row for each end and each cause: where its bar begins and stops, points and places in words."""
    steps = [row for row in causes if row["cause"] != TOTAL and _told(row, causes, by_indicator=by_indicator)]
    first, last = (whole(end, decimals) or 0 for end in ends)
    points = apportion([row["points"] * 10.0**decimals for row in steps], last - first) if steps else []
    names = labels({f"{row['cause']} {row['indicator']}": _name(facts, row) for row in steps})
    rows = [_end(str(causes[0]["before"]), ends[0], decimals)]
    at = ends[0]
    for row, name, number in zip(steps, names.values(), points, strict=True):
        rows.append({"cause": name, "start": at, "stop": at + row["points"], **_step(row, number, decimals)})
        at += row["points"]
    return [*rows, _end(str(causes[0]["after"]), ends[1], decimals)]


def _step(row: Mapping[str, Any], number: int, decimals: int) -> dict[str, Any]:
    """Return points and places of a cause, and the colour of their side; `number` are the printed points."""
    return {
        "indicator": row["indicator"],
        "points": row["points"],
        "text": f"{signed(number, decimals)}, {places_won(row['places'])}",
        "number": signed(number, decimals),
        "places": places_won(row["places"]),
        "colour": UP if number > 0 else DOWN if number < 0 else MARK,
    }


def _told(row: Mapping[str, Any], causes: Sequence[Mapping[str, Any]], *, by_indicator: bool) -> bool:
    """Say whether a row is drawn: a whole cause, or its indicators where it has some and they are asked for."""
    if row["indicator"]:
        return by_indicator
    split = any(other["cause"] == row["cause"] and other["indicator"] for other in causes)
    return not (by_indicator and split)


def _name(facts: Facts, row: Mapping[str, Any]) -> str:
    word = causes_in_words(facts.say)[row["cause"]]
    if not row["indicator"]:
        return word
    known = row["indicator"] in facts.framework.all_indicators
    name = facts.framework.name_of(row["indicator"]) if known else row["indicator"]
    return f"{name} ({OF_INDICATOR[row['cause']]})"


def _end(edition: str, score: float, decimals: int) -> dict[str, Any]:
    text = fixed(whole(score, decimals), decimals)
    return {
        "cause": f"Score {edition}",
        "start": score,
        "stop": score,
        "points": None,
        "text": text,
        "number": text,
        "places": "",
        "colour": INK,
    }


def _layers(facts: Facts, rows: Sequence[dict[str, Any]], node: str) -> list[alt.Chart]:
    ends = around([row[side] for row in rows for side in ("start", "stop")], 0.12)
    order, title = [row["cause"] for row in rows], score_title(facts.scale, facts.name(node))
    y = rows_of("cause", order, LONGEST)
    start, stop = (values(field, title, ends) for field in ("start", "stop"))
    steps = alt.Chart(table(row for row in rows if row["points"] is not None))
    closed = alt.Chart(table(row for row in rows if row["points"] is None))
    bar, tick = steps.mark_bar(height={"band": 0.6}), closed.mark_tick(thickness=4, height={"band": 0.7}, opacity=1)
    hover = tips(cause="Cause", number="Points", places="Places")
    return [
        _links(rows, order, stop),
        bar.encode(y=y, x=start, x2="stop:Q", color=raw("colour"), tooltip=hover),
        tick.encode(y=y, x=stop, color=raw("colour"), tooltip=tips(cause="Edition", text="Score")),
        beside(alt.Chart(table(rows)), y, "text"),
    ]


def _links(rows: Sequence[dict[str, Any]], order: Sequence[str], stop: alt.X) -> alt.Chart:
    """Draw a line from where a row stops down to the next, which begins there."""
    links = [{"cause": row["cause"], "next": below["cause"], "stop": row["stop"]} for row, below in pairwise(rows)]
    rule = alt.Chart(table(links)).mark_rule(color=MARK, opacity=1)
    return rule.encode(y=rows_of("cause", order, LONGEST, bandPosition=0.5), y2=alt.Y2("next:N"), x=stop)


def _said(
    facts: Facts,
    what: tuple[str, str],
    rows: Sequence[dict[str, Any]],
    total: Mapping[str, Any],
    moved: Sequence[Mapping[str, Any]],
) -> Said:
    name, node = facts.framework.unit_name(what[0]), facts.name(what[1])
    decimals = facts.decimals(what[1])
    first, last = (whole(rows[end]["stop"], decimals) or 0 for end in (0, -1))
    moved_to = "the same rank" if total["places"] == 0 else places_won(total["places"])
    title = f"{name}: {signed(last - first, decimals)} points, {moved_to} in {total['after']}"
    steps = [row for row in rows if row["points"] is not None]
    most = max(steps, key=lambda row: abs(row["points"]), default=None)
    if most and round(abs(most["points"]), decimals) > 0:
        cause = most["cause"] if most["indicator"] else f"{most['cause'][0].lower()}{most['cause'][1:]}"
        title += f". Largest part: {cause}, {most['number']}"
    subtitle = (
        f"{edition_title(facts.framework, facts.edition)}: score of {node} {total['before']} and {total['after']}, and "
        "what each cause adds in its order. The axis does not begin at zero."
    )
    told = "; ".join(f"{row['cause']} {row['text']}" for row in rows)
    return Said(title, f"{subtitle} {_noise(moved)}".strip(), f"{name}, {node}: {told}.")


def _noise(moved: Sequence[Mapping[str, Any]]) -> str:
    """Say whether the change is beyond noise, where that was computed."""
    beyond = moved[0]["beyond_noise"] if moved else None
    if beyond is None:
        return "Whether the change is beyond noise was not computed."
    verdict = (
        "beyond noise: its 90 % interval does not hold zero" if beyond else "within noise: its 90 % interval holds zero"
    )
    return f"The change is {verdict}."
