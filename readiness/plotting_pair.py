"""The chart of two countries side by side: their scores on the same nodes, and who leads beyond noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from readiness.contrast import contrast
from readiness.plotting_canvas import (
    DOWN,
    HIGHLIGHT,
    MARK,
    Chart,
    Said,
    alt,
    around,
    beside,
    finished,
    rows_of,
    score_title,
    table,
    tips,
    values,
)
from readiness.plotting_names import country_labels, known, node_labels, rank_text
from readiness.report.data import Facts
from readiness.report.interval_words import chance
from readiness.report.words import edition_title, level_word, plural

BAR_ROW = 26
COLOURS, SHAPES = (HIGHLIGHT, DOWN), ("circle", "diamond")
SIDES = ("one", "other")

Pair = tuple[str, str]


def compare(facts: Facts, one: str, other: str, level: str | None = None) -> Chart:
    """Return the scores of two countries joined by a line: on the index and its children, or on all nodes of a level.

    A line has the colour of the country that leads beyond noise, with a chance of 95 % or more; else it is grey.
    """
    found = contrast(facts.results, one, other)
    names = country_labels(facts.framework)
    codes, pair = (found.one, found.other), (names[found.one], names[found.other])
    nodes = _nodes(facts, level)
    told = node_labels(facts.framework, nodes)
    own = [row for row in found.table.rows(named=True) if row["node"] in nodes and row["difference"] is not None]
    own.sort(key=lambda row: (row["node"] != facts.root, -row["difference"]))
    rows = [_row(facts, row, told[row["node"]], codes, pair) for row in own]
    said = _said(facts, rows, pair, level)
    return finished(_layers(facts, rows, pair), said, height=BAR_ROW * max(len(rows), 1), beside=290)


def _nodes(facts: Facts, level: str | None) -> list[str]:
    """Return the nodes that are compared. Errors: ReadinessError for a level that the index does not have."""
    if level is None:
        return [facts.root, *facts.pillars]
    levels = {each: level_word(each) for each in facts.framework.levels}
    wanted = known("level", level, levels)
    return [node for node in facts.framework.nodes if facts.framework.level(node) == wanted]


def _row(facts: Facts, row: Mapping[str, Any], name: str, codes: Pair, pair: Pair) -> dict[str, Any]:
    leader = None if row["leads"] is None else codes.index(row["leads"])
    return {
        "node": row["node"],
        "name": name,
        "one": row["one"],
        "other": row["other"],
        "one_text": _text(facts, codes[0], row["node"]),
        "other_text": _text(facts, codes[1], row["node"]),
        "chance": "not computed" if row["chance"] is None else chance(row["chance"]),
        "leads": "" if leader is None else pair[leader],
        "says": _verdict(row, None if leader is None else pair[leader]),
        "colour": MARK if leader is None else COLOURS[leader],
        "ahead": row["difference"],
    }


def _text(facts: Facts, code: str, node: str) -> str:
    return f"{facts.printed_score(code, node)}, rank {rank_text(facts, code, node)}"


def _verdict(row: Mapping[str, Any], leader: str | None) -> str:
    if leader is not None:
        return f"{leader} leads"
    return "not simulated" if row["chance"] is None else "within noise"


def _layers(facts: Facts, rows: Sequence[dict[str, Any]], pair: Pair) -> list[alt.Chart]:
    ends = around([row[side] for row in rows for side in SIDES])
    y = rows_of("name", [row["name"] for row in rows], 300)
    one, score = (values(field, score_title(facts.scale), ends) for field in ("one", "score"))
    whose = [{**row, "who": who, "score": row[side]} for row in rows for side, who in zip(SIDES, pair, strict=True)]
    hover = tips(name="Node", says="Beyond noise", chance=f"Chance that {pair[0]} is ahead")
    hover += [alt.Tooltip(f"{side}_text:N", title=who) for side, who in zip(SIDES, pair, strict=True)]
    base = alt.Chart(table(rows))
    line = base.mark_rule(strokeWidth=3, opacity=1)
    dot = alt.Chart(table(whose)).mark_point(filled=True, size=95, opacity=1)
    stroke = alt.Stroke("colour:N", scale=None)  # another channel than the dots', whose colours have a legend
    return [
        line.encode(y=y, x=one, x2="other:Q", stroke=stroke, tooltip=hover),
        dot.encode(y=y, x=score, **_legend(pair), tooltip=hover),
        beside(base, y, "says"),
    ]


def _legend(pair: Pair) -> dict[str, alt.Color | alt.Shape]:
    """Return colour and shape of the two countries, with one legend for both."""
    legend = alt.Legend(title=None, orient="bottom", direction="horizontal", labelFontSize=12, symbolSize=90)
    colours, shapes = (alt.Scale(domain=list(pair), range=list(each)) for each in (COLOURS, SHAPES))
    return {
        "color": alt.Color("who:N", scale=colours, sort=None, legend=legend),
        "shape": alt.Shape("who:N", scale=shapes, sort=None, legend=legend),
    }


def _said(facts: Facts, rows: Sequence[dict[str, Any]], pair: Pair, level: str | None) -> Said:
    """Say who is ahead on how many nodes, beyond noise where that was computed."""
    parts = [row for row in rows if level is not None or row["node"] != facts.root]
    what = plural(level_word(facts.framework.level(parts[0]["node"]))) if parts else "parts"
    simulated = any(row["says"] != "not simulated" for row in parts)
    if simulated:
        number = [sum(row["leads"] == name for row in parts) for name in pair]
        title = f"Beyond noise {pair[0]} leads on {number[0]} of {len(parts)} {what}, {pair[1]} on {number[1]}"
    else:
        ahead = sum(row["ahead"] > 0 for row in parts)
        behind = sum(row["ahead"] < 0 for row in parts)
        title = f"{pair[0]} is ahead on {ahead} of {len(parts)} {what}, {pair[1]} on {behind}"
    subtitle = f"{edition_title(facts.framework, facts.edition)}: scores of {pair[0]} and {pair[1]}. "
    subtitle += (
        "A coloured line: one of them leads with a chance of 95 % or more."
        if simulated
        else "Whether that is more than noise was not computed."
    )
    told = "; ".join(f"{row['name']}: {row['one_text']} and {row['other_text']}, {row['says']}" for row in rows)
    return Said(title, subtitle, f"{pair[0]} and {pair[1]}. {told}.")
