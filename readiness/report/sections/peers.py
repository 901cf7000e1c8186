"""Section 5, peers: who is alike by a stated rule, how they stand, and who overtook whom."""

from __future__ import annotations

from readiness.numbers import GAP
from readiness.peers import BOTH, OUTPUT, PEOPLE, PROFILE, RULES
from readiness.report.charts.heatmap import Tile, heatmap
from readiness.report.data import Facts
from readiness.report.document import NUMBER, Block, Cell, Chart, Column, Row, Section, Table, Text
from readiness.report.interval_words import briefly
from readiness.report.wording import rank_cell, reference_name, score_cell


def peers_of(facts: Facts, code: str, chosen: tuple[str, ...] = ()) -> list[str]:
    """Return a country's peers: those the officer chose, else the nearest in output and people, else in profile."""
    if chosen:
        return [each for each in chosen if each != code]
    return facts.peers.get((code, BOTH)) or facts.peers.get((code, PROFILE)) or []


def section(facts: Facts, code: str, chosen: tuple[str, ...] = ()) -> Section | None:
    """Return the section, or nothing where no other country can be a peer."""
    say, peers = facts.say, peers_of(facts, code, chosen)
    if not peers:
        return None
    rule = say("chosen by the officer") if chosen else say(RULES[BOTH if (code, BOTH) in facts.peers else PROFILE])
    names = say.listed([facts.country(each) for each in peers])
    blocks: list[Block] = [Text(say("Peers, {rule}: {names}.", rule=rule, names=names))]
    blocks.append(peers_chart(facts, code, peers))
    blocks.append(_table(facts, code, peers))
    blocks.append(_rules(facts, code))
    blocks += [Text(text) for text in overtaking(facts, code)]
    return Section("peers", say("Peers"), tuple(blocks))


def peers_chart(facts: Facts, code: str, peers: list[str]) -> Chart:
    """Return the pillars of the country, its peers and the reference as a heat map."""
    say = facts.say
    shown = [code, *peers, *([facts.reference] if facts.reference else [])]
    rows = [
        (reference_name(facts) if each == facts.reference else facts.country(each), _tiles(facts, each))
        for each in shown
    ]
    own = {node: facts.score(code, node) for node in facts.pillars}
    ahead = [
        node
        for node, score in own.items()
        if score is not None and all(score > (facts.score(each, node) or -1e300) for each in peers)
    ]
    if ahead:
        names = say.listed([facts.name(node) for node in ahead])
        title = say("{name} scores above all of its peers in: {names}", name=facts.country(code), names=names)
    else:
        title = say("{name} scores above all of its peers in none of the pillars", name=facts.country(code))
    plotted = say("Score of each pillar; darker is higher, on the same classes as the map.")
    columns = [facts.name(node) for node in facts.pillars]
    svg = heatmap(rows, columns, "peers", (title, plotted), facts.country(code))
    alt = ". ".join(f"{name}: " + ", ".join(tile.says for tile in tiles) for name, tiles in rows) + "."
    return Chart(title, plotted, svg, alt)


def _tiles(facts: Facts, code: str) -> list[Tile]:
    return [
        Tile(
            facts.printed_score(code, node),
            facts.class_of(code, node),
            f"{facts.name(node)} {facts.printed_score(code, node)}",
        )
        for node in facts.pillars
    ]


def _table(facts: Facts, code: str, peers: list[str]) -> Table:
    say, spread = facts.say, facts.spread
    columns = [Column(say("Country"), width=1.6), Column(say("Rank"), NUMBER), Column(say("Score"), NUMBER)]
    columns += [Column(say("We are ahead"), NUMBER)] if spread else []
    columns += [Column(facts.name(node), NUMBER) for node in facts.pillars]
    rows = []
    for each in (code, *peers):
        cells = [Cell(facts.country(each), link="" if each == code else f"{each}.html")]
        cells += [rank_cell(facts, each, facts.root), score_cell(facts, each, facts.root, strong=True)]
        if spread:
            known = each != code and (code, each) in spread.above
            cells.append(Cell(briefly(spread.ahead(code, each), say) if known else GAP, say("the country itself")))
        cells += [score_cell(facts, each, node) for node in facts.pillars]
        rows.append(Row(tuple(cells), "own" if each == code else ""))
    return Table(say("The country and its peers"), tuple(columns), tuple(rows))


def _rules(facts: Facts, code: str) -> Table:
    """Return the nearest countries by every rule."""
    say = facts.say
    columns = (Column(say("Rule"), width=1.4), Column(say("Nearest countries"), width=2))
    rules = [rule for rule in (BOTH, OUTPUT, PEOPLE, PROFILE) if (code, rule) in facts.peers]
    rows = tuple(
        Row((Cell(say(RULES[rule])), Cell(", ".join(facts.country(each) for each in facts.peers[code, rule]))))
        for rule in rules
    )
    return Table(say("Who else is alike"), columns, rows)


def overtaking(facts: Facts, code: str) -> list[str]:
    """Say who overtook the country since the edition before, and whom it overtook."""
    if facts.previous is None or None in facts.ranks[code][-2:]:
        return []
    say, (before, now) = facts.say, facts.ranks[code][-2:]
    past: dict[str, list[str]] = {"by": [], "of": []}
    for each in facts.order:
        old, new = facts.ranks[each][-2:]
        if each == code or old is None or new is None:
            continue
        name = facts.country(each)
        if facts.spread and not facts.spread.apart(code, each):
            name = say("{name} (cannot be told apart)", name=name)
        if old > before and new < now:
            past["by"].append(name)
        elif old < before and new > now:
            past["of"].append(name)
    found = []
    if past["by"]:
        found.append(say("Overtook us since {edition}: {names}.", edition=facts.previous, names=say.listed(past["by"])))
    if past["of"]:
        found.append(
            say("Overtaken by us since {edition}: {names}.", edition=facts.previous, names=say.listed(past["of"]))
        )
    return found or [say("Since {edition} nobody overtook us and we overtook nobody.", edition=facts.previous)]
