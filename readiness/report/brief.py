"""The minister's brief: two pages that say where a country stands, why it moved, and what now."""

from __future__ import annotations

from readiness.numbers import GAP
from readiness.report.data import Facts
from readiness.report.document import (
    NUMBER,
    Block,
    Cell,
    Chart,
    Column,
    Document,
    Listing,
    Row,
    Section,
    Side,
    Table,
    Text,
)
from readiness.report.officer import caution, foot, front_boxes, front_notes, headline
from readiness.report.options import Options
from readiness.report.sections import change, moves, parts, peers, quality, standing, targets
from readiness.report.wording import rank_cell, reference_name, score_cell
from readiness.signals import STRENGTH, WEAKNESS
from readiness.signals import signals as found_signals
from readiness.target import Target
from readiness.target_table import NOT_REPORTED

MOVES, SIGNALS = 5, 3


def ministers_brief(facts: Facts, code: str, options: Options | None = None) -> Document:
    """Return the brief on a country."""
    chosen = options or Options(code)
    beside = peers.peers_of(facts, code, chosen.peers)
    found = [
        _stand(facts, code),
        _moved(facts, code),
        _targets(facts, code),
        _next(facts, code),
        _peers(facts, code, beside),
    ]
    return Document(
        facts.say.language,
        facts.title,
        facts.country(code),
        headline(facts, code),
        front_boxes(facts, code),
        tuple(each for each in front_notes(facts, chosen) if each != caution(facts)),
        tuple(each for each in found if each is not None),
        f"{caution(facts)} {foot(facts)}",
        "brief",
    )


def _stand(facts: Facts, code: str) -> Section:
    """Return rank, pillars, and the gap to the reference."""
    say, spread = facts.say, facts.spread if facts.spread and facts.spread.row(code, facts.root) else None
    blocks: list[Block] = []
    pillars = _pillars(facts, code)
    if spread is None:
        blocks.append(pillars)
    else:
        blocks.append(Text(" ".join(standing.says(facts, spread, code)[1:])))
        blocks.append(Side((standing.ranking_chart(facts, spread, code), pillars)))
    gap = parts.gap_chart(facts, code)
    if gap and isinstance(blocks[-1], Side):
        ranking, table = blocks[-1].blocks
        blocks[-1] = Side((ranking, table, gap))
    elif gap:
        blocks.append(gap)
    return Section("standing", say("Where we stand"), tuple(blocks))


def _pillars(facts: Facts, code: str) -> Table:
    """Return the pillars: score, reference, rank with interval."""
    say, short = facts.say, reference_name(facts)
    columns = [Column(say("Pillar"), width=1.8), Column(say("Score"), NUMBER)]
    columns += [Column(short, NUMBER)] if short else []
    columns.append(Column(say("Rank"), NUMBER))
    rows = []
    for node in facts.pillars:
        cells = [Cell(facts.name(node)), score_cell(facts, code, node, heat=True)]
        cells += [score_cell(facts, facts.reference, node)] if short else []
        rows.append(Row((*cells, rank_cell(facts, code, node))))
    return Table(say("Pillars, with the 90 % interval of the rank"), tuple(columns), tuple(rows), "fit")


def _moved(facts: Facts, code: str) -> Section | None:
    """Return why score and rank moved, in three sentences and a waterfall."""
    said = change.why(facts, code)
    if not said:
        return None
    rows = facts.changes[code, facts.root]
    blocks: list[Block] = [Side((change.change_chart(facts, code, rows), Text(" ".join(said))))]
    return Section("change", facts.say("Why did we move, and is it real?"), tuple(blocks))


def _targets(facts: Facts, code: str) -> Section | None:
    """Return the targets that have a figure, each with its verdict; the others are named."""
    say = facts.say
    known = [each for each in facts.framework.targets.values() if (each.code, code) in facts.targets]
    told = [each for each in known if facts.targets[each.code, code]["verdict"] != NOT_REPORTED]
    silent = [say.data(each.name) for each in known if each not in told]
    blocks: list[Block] = [_targets_table(facts, code, own, caption) for caption, own in targets.by_origin(say, told)]
    blocks += [Text(say("Not reported yet: {names}.", names=say.series(silent)), "note")] if silent else []
    return Section("targets", say("Targets"), tuple(blocks)) if blocks else None


def _targets_table(facts: Facts, code: str, own: list[Target], caption: str) -> Table:
    """Return targets with value, goal and verdict; what the verdict rests on stands below it."""
    say = facts.say
    heads = ((say("Target"), "text", 2.6), (say("Value"), NUMBER, 1.0), (say("Goal"), NUMBER, 1.0))
    columns = (*(Column(*head) for head in heads), Column(say("Verdict"), width=3.4))
    rows = []
    for each in own:
        row = facts.targets[each.code, code]
        value, goal = (targets.short_figure(say, row[name]) for name in ("value", "goal"))
        dated = (str(row["year"]),) if row["year"] else ()
        why = say.series(list(filter(None, (say("proxy") if each.proxy else "", say.reason(row["reason"])))))
        verdict = Cell(targets.verdict(say, row), notes=(why,) if why else (), strong=True)
        name = Cell(say.data(each.name), notes=(say.data(each.unit),))
        rows.append(Row((name, Cell(value, notes=dated), Cell(goal, notes=(str(each.by),)), verdict)))
    return Table(caption, columns, tuple(rows))


def _next(facts: Facts, code: str) -> Section | None:
    """Return what would move the country most, and what stands out among its indicators."""
    say = facts.say
    rows = moves.gains(facts, code)[:MOVES]
    blocks: list[Block] = []
    chart: Chart | None = moves.moves_chart(facts, rows) if rows else None
    listing = _stands_out(facts, code)
    if chart and listing:
        blocks.append(Side((chart, listing)))
    else:
        blocks += [each for each in (chart, listing) if each is not None]
    if chart:
        blocks.append(Text(say("Arithmetic, not advice and not a forecast."), "note"))
    return Section("moves", say("What now"), tuple(blocks)) if blocks else None


def _peers(facts: Facts, code: str, beside: list[str]) -> Section | None:
    """Return the pillars beside those of the peers, who overtook whom, and what the data are like."""
    say, blocks = facts.say, []
    texts = [*peers.overtaking(facts, code), *quality.in_a_sentence(facts, code)]
    if beside:
        blocks.append(Side((peers.peers_chart(facts, code, beside), Listing(items=tuple(texts)))))
    elif texts:
        blocks.append(Listing(items=tuple(texts)))
    return Section("peers", say("Peers and data"), tuple(blocks)) if blocks else None


def _stands_out(facts: Facts, code: str) -> Listing | None:
    """Return the first strengths and weaknesses, each with its rank."""
    say = facts.say
    found = [
        each for each in found_signals(facts.framework, facts.results.tables, code, facts.edition) if not each.thin
    ]
    pairs = []
    for kind, head in ((STRENGTH, say("Strengths")), (WEAKNESS, say("Weaknesses"))):
        told = [
            say("{name}: rank {rank}", name=facts.name(each.indicator), rank=f"{each.rank:g}")
            for each in found
            if each.kind == kind
        ][:SIGNALS]
        pairs.append((head, say.series(told) or GAP))
    return Listing(pairs=tuple(pairs)) if found else None
