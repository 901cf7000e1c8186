"""Charts in five classes of colour: countries by pillar, and the map of tiles. A class is that of the printed score."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import Any

from readiness.countries import EU27
from readiness.numbers import GAP, whole
from readiness.plotting_canvas import (
    CLASSES,
    HIGHLIGHT,
    INK,
    MARK,
    ON_CLASSES,
    ROW,
    WHITE,
    Chart,
    Said,
    alt,
    finished,
    raw,
    rows_of,
    table,
    tips,
)
from readiness.plotting_names import country_labels, labels, members, no_chart, node_of, rank_text
from readiness.report.data import Facts
from readiness.report.words import edition_title, listed

NO_SCORE = "no score"
COLUMN = 78  # width of a pillar's column
LETTERS = 12  # of a pillar's name in a line
TILE = 46


def pillars(facts: Facts) -> Chart:
    """Return a heat map of countries and pillars: every score printed, its colour that of the printed score's class."""
    names = country_labels(facts.framework)
    columns = labels({node: fill(facts.name(node), LETTERS) for node in facts.pillars})
    shown = [*facts.order, *([facts.reference] if facts.reference else [])]
    rows = [
        {**_cell(facts, code, node), "country": names[code], "name": names[code], "pillar": columns[node]}
        for code in shown
        for node in facts.pillars
    ]
    base = alt.Chart(table(rows))
    axis = alt.Axis(
        title=None, orient="top", labelAngle=0, ticks=False, domain=False, labelExpr="split(datum.label, '\\n')"
    )
    x = alt.X("pillar:N", scale=alt.Scale(domain=list(columns.values()), padding=0), sort=None, axis=axis)
    y = rows_of("country", [names[code] for code in shown])
    hover = tips(name="Country", node="Pillar", text="Score", rank="Rank")
    layers = [
        base.mark_rect(stroke=WHITE, strokeWidth=1).encode(x=x, y=y, color=_colours(facts, rows), tooltip=hover),
        base.mark_text(fontSize=11).encode(x=x, y=y, text="text:N", color=raw("ink")),
    ]
    width, height = COLUMN * len(columns), ROW * len(shown)
    return finished(layers, _said_of_pillars(facts), width=width, height=height)


def tile_map(facts: Facts, node: str | None = None, highlight: str | Sequence[str] = ()) -> Chart:
    """Return a square for each country at about its place in Europe, in the colour of its score's class.

    Errors   ReadinessError for an index of other units than the member states.
    """
    code, chosen = node_of(facts.framework, node), members(facts.framework, highlight)
    other = [unit for unit in facts.framework.units if unit not in EU27]
    if other:
        raise no_chart("map", other[0], "an index of member states, which have a place on the map")
    names = country_labels(facts.framework)
    rows = [
        {**_cell(facts, unit, code), "name": names[unit], **_tile(unit, chosen=unit in chosen)}
        for unit in facts.framework.units
    ]
    columns, lines = (len(_span(axis)) for axis in (0, 1))
    said = _said_of_map(facts, rows, code)
    return finished(_tiles(facts, rows), said, width=TILE * columns, height=TILE * lines, beside=0)


def _tiles(facts: Facts, rows: Sequence[dict[str, Any]]) -> list[alt.Chart]:
    base = alt.Chart(table(rows))
    place = {"x": _side(0), "y": _side(1)}
    edge = {
        "stroke": alt.Stroke("edge:N", scale=None, legend=None),
        "strokeWidth": alt.StrokeWidth("edge_width:Q", scale=None, legend=None),
    }
    hover = tips(name="Country", node="Node", text="Score", rank="Rank")
    code, score = base.mark_text(dy=-7, fontSize=12, fontWeight="bold"), base.mark_text(dy=8, fontSize=11)
    return [
        base.mark_rect(cornerRadius=3).encode(**place, **edge, color=_colours(facts, rows), tooltip=hover),
        code.encode(**place, text="code:N", color=raw("ink")),
        score.encode(**place, text="text:N", color=raw("ink")),
    ]


def _cell(facts: Facts, country: str, node: str) -> dict[str, Any]:
    """Return what a square of a country and a node shows."""
    each = facts.class_of(country, node)
    row = facts.scores[country, node]
    return {
        "code": country,
        "node": facts.name(node),
        "score": row["score"],
        "text": facts.printed_score(country, node),
        "rank": rank_text(facts, country, node),
        "class": NO_SCORE if each is None else facts.scale.legend()[each],
        "ink": INK if each is None else ON_CLASSES[each],
    }


def _colours(facts: Facts, rows: Sequence[dict[str, Any]]) -> alt.Color:
    """Return the five classes with what each holds; what has no score is white and has the sign of a gap."""
    domain, colours = list(facts.scale.legend()), list(CLASSES)
    if any(row["class"] == NO_SCORE for row in rows):
        domain, colours = [*domain, NO_SCORE], [*colours, WHITE]
    legend = alt.Legend(
        title="Score",
        orient="bottom",
        direction="horizontal",
        symbolType="square",
        symbolStrokeColor=MARK,
        symbolStrokeWidth=1,
        labelFontSize=11,
        titleFontSize=11,
        columns=3,
    )
    return alt.Color("class:N", scale=alt.Scale(domain=domain, range=colours), sort=None, legend=legend)


def _span(axis: int) -> range:
    tiles = [country.tile[axis] for country in EU27.values()]
    return range(min(tiles), max(tiles) + 1)


def _side(axis: int) -> alt.X | alt.Y:
    scale = alt.Scale(domain=list(_span(axis)), paddingInner=0.06, paddingOuter=0.03)
    channel, field = ((alt.X, "column:O"), (alt.Y, "line:O"))[axis]
    return channel(field, scale=scale, sort=None, axis=None)


def _tile(unit: str, *, chosen: bool) -> dict[str, Any]:
    column, line = EU27[unit].tile
    return {"column": column, "line": line, "edge": HIGHLIGHT if chosen else MARK, "edge_width": 3 if chosen else 0.5}


def _said_of_pillars(facts: Facts) -> Said:
    subtitle = (
        f"{edition_title(facts.framework, facts.edition)}: score of each country on each pillar, in the order of the "
        f"ranking. “{GAP}” is a gap."
    )
    told = "; ".join(
        f"{facts.framework.unit_name(code)} "
        + ", ".join(f"{facts.name(node)} {facts.printed_score(code, node)}" for node in facts.pillars)
        for code in facts.order
    )
    return Said(_widest(facts), subtitle, f"Scores by pillar: {told}.")


def _widest(facts: Facts) -> str:
    """Name the pillar on which the countries lie furthest apart, as printed."""
    decimals, found = facts.scale.decimals, {}
    for node in facts.pillars:
        known = [whole(facts.score(code, node), decimals) for code in facts.order]
        numbers = [number for number in known if number is not None]
        if numbers:
            found[node] = max(numbers) - min(numbers)
    if not found:
        return f"{facts.name(facts.root)} by country and pillar"
    most = max(found.values())
    return f"Countries lie furthest apart on {listed([facts.name(node) for node in found if found[node] == most])}"


def _said_of_map(facts: Facts, rows: Sequence[dict[str, Any]], node: str) -> Said:
    legend = facts.scale.legend()
    best = next((text for text in reversed(legend) if any(row["class"] == text for row in rows)), None)
    name = facts.name(node)
    subtitle = f"{edition_title(facts.framework, facts.edition)}: {name}, a square for each country."
    if best is None:
        return Said(f"{name}: no country has a score", subtitle, "No country has a score.")
    number = sum(row["class"] == best for row in rows)
    title = f"{number} of {len(rows)} countries {'scores' if number == 1 else 'score'} {best}: {name}"
    told = "; ".join(f"{row['name']} {row['text']}" for row in rows)
    return Said(title, subtitle, f"{title}. {told}.")
