"""Section 9, the table of all indicators: figure, year, flag, score, reference, best, rank, points, change, source."""

from __future__ import annotations

from markupsafe import Markup

from readiness.numbers import fixed, printed
from readiness.report.charts.lines import sparkline
from readiness.report.data import Facts
from readiness.report.document import NUMBER, Block, Cell, Column, Listing, Row, Section, Table, Text
from readiness.report.notes import notes_of
from readiness.report.points import points, why_no_points
from readiness.report.sources import sources_of, used_for
from readiness.report.wording import figure_text, interval, rank_text, reference_name, score_cell, signed
from readiness.report.words import flags_in_words


def section(facts: Facts, code: str) -> Section:
    """Return the section: a table for each pillar, context, flags and sources."""
    say, parts = facts.say, points(facts, code)
    blocks: list[Block] = [_pillar(facts, code, node, parts) for node in facts.pillars]
    blocks.append(Listing(pairs=_legend(facts, code)))
    context = _context(facts, code)
    blocks += [context] if context else []
    blocks.append(_sources(facts, code))
    blocks.append(Text(say("The file and row of every figure stand in cells.parquet."), "note", "../cells.parquet"))
    return Section("indicators", say("All indicators"), tuple(blocks))


def _pillar(facts: Facts, code: str, pillar: str, parts: dict[str, int]) -> Table:
    say, short = facts.say, reference_name(facts)
    columns = [Column(say("Indicator"), width=2.7), Column(say("Figure"), width=2.0), Column(say("Score"), NUMBER)]
    columns += [Column(short, NUMBER)] if short else []
    columns += [Column(say("Best"), NUMBER), Column(say("Rank"), NUMBER), Column(say("Points"), NUMBER)]
    columns += [Column(say("Since {edition}", edition=facts.previous), NUMBER)] if facts.previous else []
    columns += [Column(say("Trend"), width=1.2)] if facts.previous else []
    below = [node for node in facts.framework.below(pillar) if node != pillar] or [pillar]
    rows = tuple(_row(facts, code, node, parts) for node in below)
    beside = interval(facts, code, pillar)
    caption = f"{facts.name(pillar)}: " + say(
        "score {score}, rank {rank}", score=facts.printed_score(code, pillar), rank=rank_text(facts, code, pillar)
    )
    told = say("interval {interval}", interval=beside)
    caption += f" ({told})" if beside else ""
    demand = facts.nodes[pillar]["why"]
    if demand and pillar in facts.framework.groups:
        caption += ". " + say("Demand: {demand}", demand=say.data(demand))
    return Table(caption, tuple(columns), rows, key=f"p-{pillar}")


def _row(facts: Facts, code: str, node: str, parts: dict[str, int]) -> Row:
    say, row = facts.say, facts.scores[code, node]
    leaf = node in facts.framework.indicators
    no_points = "" if node in parts else why_no_points(facts, code, node)
    best = next((each for each in facts.framework.units if facts.scores[each, node]["rank"] == 1), "")
    rank = Cell(
        str(row["rank"]) if row["rank"] else ":",
        say.reason(row["reason"]) or say("no rank"),
        tuple(filter(None, [interval(facts, code, node)])),
    )
    cells = [
        Cell(facts.name(node), notes=notes_of(facts, code, node), link=_anchor(facts, node) if leaf else ""),
        _figure(facts, code, node) if leaf else Cell(""),
        score_cell(facts, code, node, strong=True),
    ]
    cells += [score_cell(facts, facts.reference, node)] if reference_name(facts) else []
    cells.append(Cell(best or ":", say("nobody has a rank"), (facts.printed_score(best, node),) if best else ()))
    cells += [rank, Cell(say.digits(fixed(parts.get(node), facts.scale.index_decimals)), no_points)]
    if facts.previous:
        before, now = facts.history[code, node][-2:]
        apart = None if before is None or now is None else now - before
        told = signed(say, apart, facts.scale.decimals)
        cells += [Cell(told, say("no score in one of the two editions")), Cell("", spark=_spark(facts, code, node))]
    return Row(
        tuple(cells),
        "" if leaf else "group",
        depth=1 if leaf and facts.framework.parents[node] not in (facts.root, *facts.pillars) else 0,
    )


def _spark(facts: Facts, code: str, node: str) -> Markup:
    history, decimals = facts.history[code, node], facts.scale.decimals
    texts = [facts.say("no score") if each is None else facts.say.digits(printed(each, decimals)) for each in history]
    says = ", ".join(f"{edition}: {text}" for edition, text in zip(facts.editions, texts, strict=True))
    return sparkline(history, facts.scale, says)


def _figure(facts: Facts, code: str, leaf: str) -> Cell:
    """Return a figure as published, with year and flags; below it as divided where that differs."""
    say, cell, node = facts.say, facts.cells[code, leaf], facts.nodes[leaf]
    text = figure_text(say, cell["raw"], node["unit"])
    dated = f"{text}, {cell['year']}" if cell["year"] else text
    after = figure_text(say, cell["denominated"], node["scored_unit"])
    divided = cell["denominator"] is not None and text != after
    notes = (say("after division: {figure}", figure=after),) if divided else ()
    flags = tuple((flag, say(meaning)) for flag, meaning in flags_in_words(cell["obs_status"]))
    return Cell(dated, say.reason(cell["reason"]) or say("no figure"), notes, abbreviations=flags)


def _anchor(facts: Facts, leaf: str) -> str:
    return f"method.html#i{facts.framework.leaves.index(leaf) + 1}"


def _legend(facts: Facts, code: str) -> tuple[tuple[str, str], ...]:
    """Return how to read the tables."""
    say = facts.say
    used = sorted({flag for leaf in facts.framework.leaves for flag in facts.cells[code, leaf]["obs_status"] or ""})
    found = [
        (say("Figure"), say("as published, with its unit and year")),
        (say("Best"), say("the country of rank 1, and its score")),
        (say("Points"), say("what a part adds to the score of the index; rounded so that they add up")),
        ("“:”", say("no value; the reason stands with it")),
        *((flag, say(meaning)) for flag in used for _, meaning in flags_in_words(flag)),
    ]
    if facts.spread:
        found.insert(
            2, (say("Rank"), say("below it its 90 % interval; single indicators are not simulated and have none"))
        )
    return tuple(found)


def _context(facts: Facts, code: str) -> Table | None:
    say, rows = facts.say, facts.context.get(code, [])
    columns = (
        Column(say("Series"), width=2),
        Column(say("Figure"), width=1.6),
        Column(say("Year"), NUMBER, 0.6),
        Column(say("Source"), width=1.4),
    )
    body = tuple(
        Row(
            (
                Cell(say.data(row["name"])),
                Cell(figure_text(say, row["value"], row["unit"])),
                Cell(str(row["year"])),
                Cell(row["source"] or say("not stated")),
            )
        )
        for row in rows
    )
    caption = say("Context: series that describe the country and are not part of the score")
    return Table(caption, columns, body) if body else None


def _sources(facts: Facts, code: str) -> Table:
    say = facts.say
    heads = ((say("Source"), 1.4), (say("Data sets"), 2.0), (say("Licence"), 1.6), (say("Used for"), 1.2))
    columns = tuple(Column(head, width=width) for head, width in heads)
    rows = tuple(
        Row(
            (
                Cell(each.organisation or say("not stated")),
                Cell(", ".join(each.datasets) or ":", say("not stated")),
                Cell(each.licence or say("not stated")),
                Cell(used_for(say, each)),
            )
        )
        for each in sources_of(facts, code)
    )
    return Table(say("Who publishes the figures of this report, and under which licence"), columns, rows)
