"""Section 8, data quality: coverage, age, flags, imputed cells one by one and what they do."""

from __future__ import annotations

from readiness.numbers import GAP, percent, printed
from readiness.report.charts.heatmap import Tile, heatmap
from readiness.report.data import Facts, Row
from readiness.report.document import Block, Boxes, Cell, Chart, Column, Listing, Section, Table, Text
from readiness.report.document import Row as TableRow
from readiness.report.wording import figure_text
from readiness.report.words import flags_in_words

OLD = 3  # years from which a figure is called old in the chart
FRESH, MIDDLE, AGED = 4, 2, 1  # classes of colour by age


def section(facts: Facts, code: str) -> Section | None:
    """Return the section, or nothing where it was not computed."""
    own = facts.quality.get(code)
    if own is None:
        return None
    say = facts.say
    blocks: list[Block] = [_boxes(facts, own), _matrix(facts, code, own)]
    imputed = _imputed(facts, code)
    blocks += [imputed, Text(_effect(facts, code, own))] if imputed else [Text(say("No value is imputed."))]
    flagged = _flagged(facts, code)
    blocks += [flagged] if flagged else [Text(say("No figure in use carries a flag."))]
    gaps = _gaps(facts, code)
    blocks += [gaps] if gaps else []
    grades = say(
        "Grade A: {a} of the weight has a figure and the figures are two years old or less on average; B: {b} and "
        "three years; else C.",
        a=say.percent("95"),
        b=say.percent("80"),
    )
    blocks.append(Text(grades, "note"))
    return Section("quality", say("Data quality"), tuple(blocks))


def in_a_sentence(facts: Facts, code: str) -> list[str]:
    """Say what the score rests on, in a sentence; nothing where it was not computed."""
    own = facts.quality.get(code)
    if own is None:
        return []
    text = facts.say(
        "Data, grade {grade}: figures for {figures} of {counted} indicators; with a flag: {flagged}; imputed: "
        "{imputed}.",
        **own,
    )
    return [f"{text} {_oldest(facts, own)}".rstrip()]


def _oldest_briefly(facts: Facts, own: Row) -> str:
    if own["oldest"] is None:
        return ""
    return facts.say.plural("oldest: {number} year", "oldest: {number} years", own["oldest"])


def _oldest(facts: Facts, own: Row) -> str:
    say = facts.say
    if own["oldest"] is None:
        return ""
    return say.plural(
        "The oldest figure is {number} year old.", "The oldest figure is {number} years old.", own["oldest"]
    )


def _boxes(facts: Facts, own: Row) -> Boxes:
    say = facts.say
    share = say.percent(percent(own["coverage"]).removesuffix(" %"))
    age = say.digits(printed(own["mean_age"], 1))
    return Boxes(
        (
            (say("Grade"), own["grade"], ""),
            (say("Figures"), say("{figures} of {counted}", **own), say("{share} of the weight", share=share)),
            (say("Mean age"), say("{age} years", age=age), _oldest_briefly(facts, own)),
            (say("Flagged"), str(own["flagged"]), ""),
            (say("Imputed"), str(own["imputed"]), ""),
        )
    )


def _matrix(facts: Facts, code: str, own: Row) -> Chart:
    """Return each indicator's state: year of the figure and flag, imputed, a gap, or out of the edition."""
    say = facts.say
    groups = [
        node for node in facts.framework.groups if set(facts.framework.children(node)) & set(facts.framework.leaves)
    ]
    ordered = [node for node in facts.framework.nodes if node in groups]
    widest = max(len(_leaves(facts, node)) for node in ordered)
    rows = []
    for node in ordered:
        tiles = [_tile(facts, code, leaf) for leaf in _leaves(facts, node)]
        rows.append((facts.name(node), tiles))
    title = say(
        "{figures} of {counted} indicators have a figure. {oldest}",
        figures=own["figures"],
        counted=own["counted"],
        oldest=_oldest(facts, own),
    ).removesuffix(".")
    plotted = say(
        "Year of each figure, in the order of the table of indicators; a letter is a flag, i+ is imputed, : is a "
        "gap, out does not count. Darker is newer."
    )
    alt = ". ".join(f"{name}: " + ", ".join(tile.says for tile in tiles) for name, tiles in rows) + "."
    svg = heatmap(rows, [str(number) for number in range(1, widest + 1)], "coverage", (title, plotted), left=190)
    return Chart(title, plotted, svg, alt)


def _leaves(facts: Facts, node: str) -> list[str]:
    return [child for child in facts.framework.children(node) if child in facts.framework.indicators]


def _tile(facts: Facts, code: str, leaf: str) -> Tile:
    cell, name = facts.cells[code, leaf], facts.name(leaf)
    if cell["status"] == "out":
        return Tile(facts.say("out"), None, facts.say.named(name, facts.say.reason(cell["reason"])))
    if cell["status"] == "imputed":
        return Tile("i+", 0, facts.say("{name}: imputed", name=name))
    if cell["raw"] is None:
        return Tile(GAP, None, facts.say.named(name, facts.say.reason(cell["reason"])))
    age = facts.edition - facts.framework.rules.lag - cell["year"]
    style = FRESH if age <= 1 else MIDDLE if age < OLD else AGED
    text = f"{cell['year']}{cell['obs_status'] or ''}"
    return Tile(text, style, facts.say.named(name, text))


def _imputed(facts: Facts, code: str) -> Table | None:
    say = facts.say
    rows = [
        TableRow(
            (
                Cell(facts.name(leaf)),
                Cell(figure_text(say, cell["imputed"], facts.nodes[leaf]["scored_unit"])),
                Cell(cell["imputation"] or ""),
                Cell(figure_text(say, cell["imputation_error"], facts.nodes[leaf]["scored_unit"]), say("not known")),
            )
        )
        for leaf in facts.framework.leaves
        if (cell := facts.cells[code, leaf])["status"] == "imputed"
    ]
    heads = (say("Indicator"), say("Imputed value"), say("Method"), say("Standard error"))
    columns = tuple(Column(head, width=2.0 if head == heads[0] else 1.0) for head in heads)
    return Table(say("Imputed values, each by itself"), columns, tuple(rows)) if rows else None


def _effect(facts: Facts, code: str, own: Row) -> str:
    """Say what score and rank would be without the imputed values."""
    say, decimals = facts.say, facts.scale.index_decimals
    if own["score_observed"] is None:
        return say("Without them there would be no score, or it cannot be told.")
    score, rank = say.digits(printed(own["score_observed"], decimals)), own["rank_observed"]
    shown = facts.printed_score(code, facts.root)
    return say(
        "Without them the score would be {score} (now {shown}) and the rank {rank}.",
        score=score,
        shown=shown,
        rank=GAP if rank is None else f"{rank:g}",
    )


def _flagged(facts: Facts, code: str) -> Table | None:
    say, rows = facts.say, []
    for leaf in facts.framework.leaves:
        cell = facts.cells[code, leaf]
        if cell["raw"] is None or not cell["obs_status"] or cell["status"] == "out":
            continue
        meaning = say.series([say(text) for _, text in flags_in_words(cell["obs_status"])])
        figure = figure_text(say, cell["raw"], facts.nodes[leaf]["unit"])
        texts = (facts.name(leaf), figure, str(cell["year"]), cell["obs_status"], meaning)
        rows.append(TableRow(tuple(Cell(text) for text in texts)))
    heads = (
        (say("Indicator"), 2.0),
        (say("Figure"), 1.6),
        (say("Year"), 0.6),
        (say("Flag"), 0.5),
        (say("Meaning"), 1.6),
    )
    columns = tuple(Column(head, width=width) for head, width in heads)
    return Table(say("Figures that carry a flag of their source"), columns, tuple(rows)) if rows else None


def _gaps(facts: Facts, code: str) -> Listing | None:
    pairs = tuple(
        (facts.name(leaf), facts.say.reason(cell["reason"]) or facts.say("no figure"))
        for leaf in facts.framework.leaves
        if (cell := facts.cells[code, leaf])["status"] in ("gap", "out")
    )
    return Listing(pairs=pairs) if pairs else None
