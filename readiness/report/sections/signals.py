"""Section 4, strengths and weaknesses by rule, and how far the peers are on the same indicators."""

from __future__ import annotations

from statistics import mean, stdev

from readiness.numbers import GAP, printed
from readiness.report.charts.axis import of_values
from readiness.report.charts.dumbbell import Pair, dumbbell
from readiness.report.data import Facts
from readiness.report.document import NUMBER, Block, Cell, Chart, Column, Row, Section, Table, Text
from readiness.report.reasons import mark
from readiness.report.wording import figure_text, reference_name
from readiness.signals import STRENGTH, WEAKNESS, Signal, signals

SHOWN = 8  # of a kind that are listed; what is more is counted
DRAWN = 5  # of a kind that are drawn


def section(facts: Facts, code: str, peers: list[str]) -> Section:
    """Return the section; indicators that rest on thin data stand in brackets and are not drawn."""
    say = facts.say
    found = signals(facts.framework, facts.results.tables, code, facts.edition)
    if not found:
        text = Text(say("No indicator stands out from the others."))
        return Section("signals", say("Strengths and weaknesses"), (text,))
    blocks: list[Block] = [Text(text) for text in _summary(facts, found)]
    drawn = [each for kind in (STRENGTH, WEAKNESS) for each in _firm(found, kind)[:DRAWN]]
    blocks += [_chart(facts, code, peers, drawn)] if drawn else []
    blocks += [_table(facts, code, peers, found, kind) for kind in (STRENGTH, WEAKNESS)]
    blocks.append(Text(say(RULE), "note"))
    return Section("signals", say("Strengths and weaknesses"), tuple(blocks))


RULE = mark(
    "A strength is an indicator among the country's own best eighth and in the better half of all countries, or one of "
    "rank 3 or better; a weakness mirrors this (rule of the Global Innovation Index). Peers: more than one standard "
    "deviation from the mean of the peers. In brackets: too few figures around it, or a figure of low reliability."
)


def _firm(found: list[Signal], kind: str) -> list[Signal]:
    return [each for each in found if each.kind == kind and not each.thin]


def _summary(facts: Facts, found: list[Signal]) -> list[str]:
    """Name the strongest and the weakest indicator, and say how many there are of each kind."""
    say = facts.say
    told = []
    strong, weak = _firm(found, STRENGTH), _firm(found, WEAKNESS)
    if strong:
        words = {"name": facts.name(strong[0].indicator), "rank": f"{strong[0].rank:g}"}
        told.append(
            say.plural(
                "{number} strength: {name} (rank {rank}).",
                "{number} strengths, first of all {name} (rank {rank}).",
                len(strong),
                **words,
            )
        )
    if weak:
        words = {"name": facts.name(weak[0].indicator), "rank": f"{weak[0].rank:g}"}
        told.append(
            say.plural(
                "{number} weakness: {name} (rank {rank}).",
                "{number} weaknesses, first of all {name} (rank {rank}).",
                len(weak),
                **words,
            )
        )
    return [" ".join(told)] if told else []


def _chart(facts: Facts, code: str, peers: list[str], drawn: list[Signal]) -> Chart:
    """Return own score, mean of the peers and reference on each indicator that stands out."""
    say, short = facts.say, reference_name(facts)
    rows = []
    for each in drawn:
        own = facts.score(code, each.indicator)
        others = (_mean(facts, peers, each.indicator), facts.score(facts.reference, each.indicator))
        text = facts.printed_score(code, each.indicator)
        beside = [say.digits(printed(value, facts.scale.decimals)) for value in others]
        told = say("{name}: {own}, peers {peers}", name=facts.name(each.indicator), own=text, peers=beside[0])
        told += f", {short} {beside[1]}" if short else ""
        rows.append(Pair(facts.name(each.indicator), own or 0.0, others if short else others[:1], text, told))
    series = [facts.country(code), say("mean of the peers"), *([short] if short else [])]
    title = say("{name} and its peers on what stands out", name=facts.country(code))
    plotted = say("Scores from {low} to {high}.", low=f"{facts.scale.low:g}", high=f"{facts.scale.high:g}")
    axis = of_values(facts.scale.low, facts.scale.high, say.digits)
    svg = dumbbell(rows, axis, series, "signals", title, plotted)
    return Chart(title, plotted, svg, say.series([row.says for row in rows]) + ".")


def _mean(facts: Facts, peers: list[str], node: str) -> float | None:
    scores = [score for each in peers if (score := facts.score(each, node)) is not None]
    return mean(scores) if scores else None


def _beside_peers(facts: Facts, code: str, peers: list[str], node: str) -> str:
    """Say whether a score is more than one standard deviation from the mean of the peers."""
    scores = [score for each in peers if (score := facts.score(each, node)) is not None]
    own = facts.score(code, node)
    if own is None or len(scores) < 2:
        return GAP
    away = own - mean(scores)
    if abs(away) <= stdev(scores):
        return facts.say("alike")
    return facts.say("above") if away > 0 else facts.say("below")


def _table(facts: Facts, code: str, peers: list[str], found: list[Signal], kind: str) -> Table:
    """Return the indicators of a kind: figure, year and flag, rank, score, and how they stand to the peers."""
    say = facts.say
    own = [each for each in found if each.kind == kind]
    heads = (say("Figure"), say("Rank"), say("Score"), say("Peers"))
    columns = (
        Column(say("Strength") if kind == STRENGTH else say("Weakness"), width=2.4),
        Column(heads[0], width=1.8),
        Column(heads[1], NUMBER),
        Column(heads[2], NUMBER),
        Column(heads[3]),
    )
    rows = []
    for each in own[:SHOWN]:
        cell, node = facts.cells[code, each.indicator], facts.nodes[each.indicator]
        name = facts.name(each.indicator)
        shown = Cell(f"[{name}]", notes=(say.reason(each.thin),)) if each.thin else Cell(name)
        dated = ", ".join(part for part in (str(cell["year"] or ""), cell["obs_status"] or "") if part)
        rank = say("{rank} of {number}", rank=f"{each.rank:g}", number=each.of)
        told = figure_text(say, cell["raw"], node["unit"])
        figure = Cell(told, say.reason(cell["reason"]), (dated,) if dated else ())
        score = Cell(facts.printed_score(code, each.indicator))
        beside = Cell(_beside_peers(facts, code, peers, each.indicator), say("too few peers"))
        rows.append(Row((shown, figure, Cell(rank), score, beside)))
    caption = say("Strengths") if kind == STRENGTH else say("Weaknesses")
    if len(own) > SHOWN:
        caption += ". " + say.plural(
            "{number} more is in the table of indicators.",
            "{number} more are in the table of indicators.",
            len(own) - SHOWN,
        )
    return Table(caption, columns, tuple(rows))
