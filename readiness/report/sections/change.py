"""Section 3, what changed and why: causes in points and places, what did most, and what is no more than noise."""

from __future__ import annotations

from readiness.numbers import GAP, printed
from readiness.report.charts.lines import lines
from readiness.report.charts.waterfall import Step, waterfall
from readiness.report.data import Facts, Row
from readiness.report.document import NUMBER, RANGE, Block, Cell, Chart, Column, Section, Side, Table, Text
from readiness.report.document import Row as TableRow
from readiness.report.reasons import mark
from readiness.report.texts import Texts
from readiness.report.why import added_up, by_indicator, causes, causes_in_words, finding, sentences, set_points, turned
from readiness.report.wording import (
    change_range,
    noise_text,
    number,
    places_cell,
    places_moved,
    reference_name,
    signed,
)

MOST = 8  # indicators that are listed

SET = mark("The indicators that count differ between editions (last column), so a change can come from the set alone.")


def section(facts: Facts, code: str) -> Section | None:
    """Return the section, or nothing for an index with a single edition."""
    if facts.previous is None:
        return None
    say, rows = facts.say, facts.changes.get((code, facts.root))
    blocks: list[Block] = []
    if rows:
        blocks.append(Text(" ".join(why(facts, code))))
        blocks.append(change_chart(facts, code, rows))
        blocks.append(_causes_table(facts, rows))
        blocks.append(Text(_order(facts, rows), "note"))
        blocks += [_indicators_table(facts, code, rows)] if by_indicator(rows) else []
    elif facts.movements.get((code, facts.root)):
        blocks.append(Text(_no_causes(facts, code)))
    blocks += [_movements_table(facts, code)] if facts.movements else []
    blocks.append(Side((_editions_chart(facts, code), _editions_table(facts, code))))
    blocks += [Text(say(SET), "note")] if len(set(facts.indicators_counted.values())) > 1 else []
    return Section("change", say("What changed and why"), tuple(blocks))


def why(facts: Facts, code: str) -> list[str]:
    """Return the three sentences on a country's change since the edition before; nothing without its causes."""
    rows = facts.changes.get((code, facts.root))
    if not rows:
        return []
    names = {leaf: facts.name(leaf) for leaf in facts.framework.leaves}
    movement, decimals = facts.movements.get((code, facts.root)), facts.scale.index_decimals
    return sentences(facts.say, facts.country(code), rows, movement, names, decimals)


def _no_causes(facts: Facts, code: str) -> str:
    row = facts.movements[code, facts.root]
    points = signed(facts.say, row["change"], facts.scale.index_decimals)
    return facts.say(
        "{points} points, {places}. The causes cannot be told apart for this method.",
        points=points,
        places=places_moved(facts.say, row["places"]),
    )


def change_chart(facts: Facts, code: str, rows: list[Row]) -> Chart:
    """Return the waterfall from the score before to the score after."""
    say, decimals, words = facts.say, facts.scale.index_decimals, causes_in_words(facts.say)
    history = facts.history[code, facts.root]
    texts = [say.digits(printed(value, decimals)) for value in history[-2:]]
    ends = tuple(
        (str(edition), value, text)
        for edition, value, text in zip(facts.editions[-2:], history[-2:], texts, strict=True)
    )
    steps = []
    for row, told in zip(causes(rows), added_up(rows, decimals), strict=False):
        text = signed(say, told["points"], decimals)
        steps.append(Step(words[row["cause"]], row["points"], text, say.named(words[row["cause"]], text)))
    movement = facts.movements.get((code, facts.root))
    title = finding(say, rows, decimals, noise=bool(movement) and movement["beyond_noise"] is False)
    plotted = say(
        "Score in {before} and {after}, and what each cause adds, in points. The bars of the scores are cut.",
        before=facts.previous,
        after=facts.edition,
    )
    alt = f"{ends[0][0]}: {ends[0][2]}. " + say.series([step.says for step in steps]) + f". {ends[1][0]}: {ends[1][2]}."
    return Chart(title, plotted, waterfall(ends, steps, "change", title, plotted), alt)


def _causes_table(facts: Facts, rows: list[Row]) -> Table:
    say, decimals, words = facts.say, facts.scale.index_decimals, causes_in_words(facts.say)
    heads = (say("Points"), say("Places"), say("Points, mean of all orders"), say("Places, mean of all orders"))
    columns = (Column(say("Cause"), width=2.4), *(Column(head, NUMBER) for head in heads))

    def cells(label: str, row: Row) -> tuple[Cell, ...]:
        numbers = (
            signed(say, row["points"], decimals),
            signed(say, row["places"], 0),
            signed(say, row["shapley"], decimals),
            signed(say, row["shapley_places"], 1),
        )
        return (Cell(label), *(Cell(text) for text in numbers))

    *parts, whole = added_up(rows, decimals)
    body = [TableRow(cells(words[row["cause"]], row)) for row in parts]
    total = TableRow(cells(say("The whole change"), whole), "total")
    return Table(say("Causes of the change since {edition}", edition=facts.previous), columns, (*body, total))


def _order(facts: Facts, rows: list[Row]) -> str:
    """Say in which order the causes come, where the mean of all orders differs in sign, and what a run cannot show."""
    say = facts.say
    text = say(
        "Causes come in this order, each after those before it; the mean of all orders (Shapley value) stands "
        "beside it."
    )
    if turned(rows):
        names = say.listed([causes_in_words(say)[row["cause"]] for row in turned(rows)])
        text += " " + say("The two differ in sign for: {causes}.", causes=names)
    return (
        text
        + " "
        + say(
            "Both editions are computed by the method and with the figures of today, so that revisions, "
            "weights and method are no causes here; “readiness why” compares with last year's own run."
        )
    )


def _indicators_table(facts: Facts, code: str, rows: list[Row]) -> Table:
    say, decimals, words = facts.say, facts.scale.index_decimals, causes_in_words(facts.say)
    columns = (
        Column(say("Indicator"), width=2.9),
        Column(say("Cause"), width=2.0),
        Column(say("Figure"), NUMBER),
        Column(say("Points"), NUMBER),
        Column(say("Places"), NUMBER),
    )
    body = []
    for row in by_indicator(rows)[:MOST]:
        cell = facts.cells[code, row["indicator"]]
        figure = number(say, cell["raw"])
        year = (str(cell["year"]),) if cell["year"] and figure != GAP else ()
        points, places = signed(say, row["points"], decimals), signed(say, row["places"], 0)
        name = Cell(facts.name(row["indicator"]))
        cells = (name, Cell(words[row["cause"]]), Cell(figure, notes=year), Cell(points), Cell(places))
        body.append(TableRow(cells))
    return Table(say("The indicators that did most"), columns, tuple(body))


def _movements_table(facts: Facts, code: str) -> Table:
    """Return how far index, pillars and sub-pillars moved, each with the interval of the paired difference."""
    say = facts.say
    drawn = any(row["beyond_noise"] is not None for row in facts.movements.values())
    columns = [
        Column(say("Part of the index"), width=2.4),
        Column(str(facts.previous), NUMBER, 0.75),
        Column(str(facts.edition), NUMBER, 0.75),
        Column(say("Change"), NUMBER, 0.9),
    ]
    columns += [Column(say("90 %"), RANGE, 1.6), Column(say("Against noise"), width=1.3)] if drawn else []
    columns += [Column(say("By the set"), NUMBER, 0.9), Column(say("Places"), NUMBER, 1.75)]
    body = []
    for node in facts.framework.nodes:
        row = facts.movements.get((code, node))
        if row is None or row["score_before"] is row["score_after"] is None:
            continue
        depth = facts.framework.depths[node]
        kind = "group" if depth <= 1 else ""
        cells = _movement_cells(facts, code, row, drawn=drawn)
        body.append(TableRow((Cell(facts.name(node)), *cells), kind, depth=max(0, depth - 1)))
    caption = say(
        "How far every part moved. Beyond noise: the middle {share} of the replicates, drawn alike for both editions, "
        "lie on one side of zero. By the set: what indicators that enter or leave add to the change.",
        share=say.percent("90"),
    )
    return Table(caption, tuple(columns), tuple(body))


def _movement_cells(facts: Facts, code: str, row: Row, *, drawn: bool) -> tuple[Cell, ...]:
    """Return scores, change, interval, verdict, the part of the set and places; gaps where one edition has no score."""
    say, decimals = facts.say, facts.scale.decimals
    gap = say("no score in one of the two editions")
    scores = [Cell(say.digits(printed(row[name], decimals)), gap) for name in ("score_before", "score_after")]
    found = [*scores, Cell(signed(say, row["change"], decimals), gap)]
    if drawn:
        known = row["change_low_90"] is not None
        found += [Cell(change_range(facts, row, decimals), gap), Cell(noise_text(facts, row) if known else GAP, gap)]
    part = None if row["change"] is None else set_points(facts.changes.get((code, row["node"]), ()))
    return (*found, Cell(signed(say, part, decimals), gap), places_cell(facts, row))


def _editions_chart(facts: Facts, code: str) -> Chart:
    say, decimals = facts.say, facts.scale.index_decimals
    other = facts.history.get((facts.reference, facts.root), [])
    names = (facts.country(code), reference_name(facts))

    def said(values: list[float | None]) -> str:
        texts = [say("no score") if each is None else say.digits(printed(each, decimals)) for each in values]
        return ", ".join(f"{edition}: {text}" for edition, text in zip(facts.editions, texts, strict=True))

    own = facts.history[code, facts.root]
    alt = f"{names[0]}: {said(own)}." + (f" {names[1]}: {said(other)}." if other else "")
    ranks = [each for each in facts.ranks[code] if each]
    title = _span(say, names[0], ranks, len(ranks)) if ranks else names[0]
    plotted = say("Score by edition, all by one method and with one scale.")
    svg = lines((own, other), names, facts.editions, facts.scale, (title, alt), "editions")
    return Chart(title, plotted, svg, alt)


def _span(say: Texts, name: str, ranks: list[float], number: int) -> str:
    """Say between which ranks a country was in the editions in which it has one."""
    best, worst = (f"{place:g}" for place in (min(ranks), max(ranks)))
    if best == worst:
        return say("{name}: rank {rank} in all of {number} editions", name=name, rank=best, number=number)
    return say("{name}: rank {best} to {worst} in {number} editions", name=name, best=best, worst=worst, number=number)


def _editions_table(facts: Facts, code: str) -> Table:
    say, decimals, short = facts.say, facts.scale.index_decimals, reference_name(facts)
    columns = [Column(say("Edition")), Column(say("Rank"), NUMBER), Column(say("Score"), NUMBER)]
    columns += [Column(short, NUMBER)] if short else []
    columns.append(Column(say("Indicators"), NUMBER))
    others = facts.history.get((facts.reference, facts.root), [None] * len(facts.editions))
    body = []
    for place, edition in enumerate(facts.editions):
        rank, score, other = facts.ranks[code][place], facts.history[code, facts.root][place], others[place]
        shown = [GAP if each is None else say.digits(printed(each, decimals)) for each in (score, other)]
        cells = [Cell(str(edition)), Cell(str(rank) if rank else GAP, say("no rank")), Cell(shown[0], say("no score"))]
        cells += [Cell(shown[1], say("no score"))] if short else []
        cells.append(Cell(str(len(facts.indicators_counted[edition]))))
        body.append(TableRow(tuple(cells)))
    return Table(say("Rank and score by edition"), tuple(columns), tuple(body), "fit")
