"""Section 7, what would move us: each figure set to the median of all countries. Arithmetic, not advice."""

from __future__ import annotations

from readiness.report.charts.bars import Bar, bars
from readiness.report.data import Facts, Row
from readiness.report.document import NUMBER, Block, Cell, Chart, Column, Section, Table, Text
from readiness.report.document import Row as TableRow
from readiness.report.interval_words import chance
from readiness.report.reasons import mark
from readiness.report.wording import figure_text, places_moved, signed

DRAWN, LISTED = 8, 15


def section(facts: Facts, code: str) -> Section | None:
    """Return the section, or nothing where it was not computed."""
    if code not in facts.moves:
        return None
    say, title, rows = facts.say, facts.say("What would move us"), gains(facts, code)
    if not rows:
        text = say("Every figure is at the median of all countries or better: there is nothing to gain from it.")
        return Section("moves", title, (Text(text),))
    blocks: list[Block] = [moves_chart(facts, rows[:DRAWN]), _table(facts, code, rows[:LISTED])]
    if len(rows) > LISTED:
        more = say.plural(
            "{number} more indicator is behind the median and would add less.",
            "{number} more indicators are behind the median and would add less.",
            len(rows) - LISTED,
        )
        blocks.append(Text(more, "note"))
    blocks.append(Text(say(RULE), "note"))
    return Section("moves", title, tuple(blocks))


RULE = mark(
    "One figure at a time is set to the median of all countries, on the scale of the run; all else stays. The chance "
    "is the share of replicates in which the country then ranks better than without. This is arithmetic, not advice "
    "and not a forecast: it does not say what a figure costs to move, or that others stand still."
)


def gains(facts: Facts, code: str) -> list[Row]:
    """Return what there is to gain, the most points first."""
    rows = [row for row in facts.moves.get(code, []) if row["gain"] is not None]
    return sorted(rows, key=lambda row: -row["gain"])


def moves_chart(facts: Facts, rows: list[Row]) -> Chart:
    """Return the points that the median would add, and the chance of a better rank."""
    say, decimals = facts.say, facts.scale.index_decimals
    drawn = []
    for row in rows:
        points = signed(say, row["gain"], decimals)
        text = points if row["chance"] is None else f"{points} · {chance(row['chance'], say)}"
        drawn.append(
            Bar(facts.name(row["indicator"]), (row["gain"],), (text,), say.named(facts.name(row["indicator"]), text))
        )
    first = rows[0]
    words = {
        "name": facts.name(first["indicator"]),
        "points": signed(say, first["gain"], decimals),
        "places": places_moved(say, first["places"]),
    }
    if first["chance"] is None:
        title = say("{name} at the median: {points} points, {places}", **words)
    else:
        words["share"] = chance(first["chance"], say)
        title = say("{name} at the median: {points} points, chance to rank better {share}", **words)
    plotted = say("Points that the median of all countries would add, and the chance to rank better with it.")
    alt = say.series([bar.says for bar in drawn]) + "."
    return Chart(title, plotted, bars(drawn, (say("points"),), "moves", title, plotted), alt)


def _table(facts: Facts, code: str, rows: list[Row]) -> Table:
    say, decimals = facts.say, facts.scale.index_decimals
    heads = (say("Figure"), say("Median"))
    columns = (
        Column(say("Indicator"), width=2.2),
        *(Column(head, width=1.9) for head in heads),
        Column(say("Points"), NUMBER, 0.8),
        Column(say("Places"), NUMBER, 0.8),
        Column(say("Chance to rank better"), NUMBER),
    )
    body = []
    for row in rows:
        unit = facts.nodes[row["indicator"]]["scored_unit"]
        known = row["chance"] is not None
        told = chance(row["chance"], say) if known else ":"
        year = facts.cells[code, row["indicator"]]["year"]
        body.append(
            TableRow(
                (
                    Cell(facts.name(row["indicator"])),
                    Cell(", ".join(filter(None, [figure_text(say, row["value"], unit), str(year or "")]))),
                    Cell(figure_text(say, row["median"], unit)),
                    Cell(signed(say, row["gain"], decimals)),
                    Cell(signed(say, row["places"], 0)),
                    Cell(told, say("not simulated")),
                )
            )
        )
    return Table(say("Each indicator set to the median, by points"), columns, tuple(body))
