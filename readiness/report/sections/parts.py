"""Section 2, what it is made of: pillars and sub-pillars, and the gap to the reference and to the best by part."""

from __future__ import annotations

from readiness.numbers import GAP, apportion, fixed, percent, whole
from readiness.report.charts.bars import Bar, bars
from readiness.report.data import Facts
from readiness.report.document import NUMBER, Block, Cell, Chart, Column, Row, Section, Table
from readiness.report.points import points, why_no_points
from readiness.report.wording import number, rank_cell, reference_name, score_cell, signed


def section(facts: Facts, code: str) -> Section:
    """Return the section."""
    say = facts.say
    blocks: list[Block] = []
    chart = gap_chart(facts, code)
    blocks += [chart] if chart else []
    blocks.append(parts_table(facts, code))
    absolute = _absolute(facts, code)
    blocks += [absolute] if absolute else []
    return Section("parts", say("What the score is made of"), tuple(blocks))


def gaps(facts: Facts, code: str, other: str) -> dict[str, int] | None:
    """Return the parts of the difference to another score by pillar, in units of its last printed decimal.

    They add up to the printed difference. None where a score is missing or the index is not a sum of its pillars, or is
    one of other shares.
    """
    decimals = facts.scale.index_decimals
    own, theirs = facts.score(code, facts.root), facts.score(other, facts.root)
    if own is None or theirs is None:
        return None
    parts = []
    for pillar in facts.pillars:
        mine, rest, row = facts.score(code, pillar), facts.score(other, pillar), facts.scores[code, pillar]
        if mine is None or rest is None or row["share"] is None or row["contribution"] is None:
            return None
        parts.append(row["share"] * (mine - rest) * 10.0**decimals)
    total = (whole(own, decimals) or 0) - (whole(theirs, decimals) or 0)
    if abs(sum(parts) - total) > len(parts):
        return None
    return dict(zip(facts.pillars, apportion(parts, total), strict=True))


def best_of(facts: Facts, code: str) -> str:
    """Return the country with the best rank beside this one, nothing where no other has one."""
    return next((each for each in facts.order if each != code and facts.scores[each, facts.root]["rank"]), "")


def gap_chart(facts: Facts, code: str) -> Chart | None:
    """Return what each pillar adds to the difference to the reference and to the best country."""
    say, best = facts.say, best_of(facts, code)
    known = [(other, gaps(facts, code, other)) for other in (facts.reference, best) if other]
    series = [(other, found) for other, found in known if found is not None]
    if not series:
        return None
    decimals = facts.scale.index_decimals
    named = [reference_name(facts) if other == facts.reference else facts.country(other) for other, _ in series]
    rows = []
    for pillar in facts.pillars:
        values = tuple(found[pillar] / 10**decimals for _, found in series)
        texts = tuple(signed(say, value, decimals) for value in values)
        told = ", ".join(f"{name} {text}" for name, text in zip(named, texts, strict=True))
        rows.append(Bar(facts.name(pillar), values, texts, say.named(facts.name(pillar), told)))
    title = _finding(facts, series[0][1], named[0])
    totals = [sum(found.values()) / 10**decimals for _, found in series]
    added = [f"{name} {signed(say, total, decimals)}" for name, total in zip(named, totals, strict=True)]
    plotted = say(
        "Points that each pillar adds to the difference in score to {names}. They add up to: {totals}.",
        names=say.listed(named),
        totals=say.series(added),
    )
    svg = bars(rows, named, "gaps", title, plotted)
    columns = (Column(say("Pillar")), *(Column(say("To {name}", name=name), NUMBER) for name in named))
    cells = [Row((Cell(row.label), *(Cell(text) for text in row.texts))) for row in rows]
    total = Row((Cell(say("Index")), *(Cell(signed(say, each, decimals)) for each in totals)), "total")
    table = Table(say("Difference in points"), columns, (*cells, total), "fit")
    return Chart(title, plotted, svg, say.series([row.says for row in rows]) + ".", table)


def _finding(facts: Facts, found: dict[str, int], name: str) -> str:
    """Name the pillars that add most and least to the difference."""
    say, decimals = facts.say, facts.scale.index_decimals
    high, low = max(found, key=lambda each: found[each]), min(found, key=lambda each: found[each])

    def told(pillar: str) -> str:
        return f"{facts.name(pillar)} ({signed(say, found[pillar] / 10**decimals, decimals)})"

    if found[low] >= 0:
        return say("Ahead of {name} in every pillar, most in {high}", name=name, high=told(high))
    if found[high] <= 0:
        return say("Behind {name} in every pillar, most in {low}", name=name, low=told(low))
    return say(
        "Against {name}: most is gained in {high}, most lost in {low}", name=name, high=told(high), low=told(low)
    )


def parts_table(facts: Facts, code: str) -> Table:
    """Return pillars and sub-pillars: score, reference, best, rank, share and points."""
    say, parts, best = facts.say, points(facts, code), best_of(facts, code)
    short = reference_name(facts)
    columns = [Column(say("Part of the index"), width=2.6), Column(say("Score"), NUMBER)]
    columns += [Column(short, NUMBER)] if short else []
    columns += [Column(facts.country(best), NUMBER)] if best else []
    columns += [Column(head, NUMBER) for head in (say("Rank"), say("Share"), say("Points"))]
    others = [each for each in (facts.reference, best) if each]
    rows = []
    for node in facts.framework.nodes:
        if node == facts.root or (node not in facts.framework.groups and node not in facts.pillars):
            continue
        no_points = "" if node in parts else why_no_points(facts, code, node)
        share = facts.scores[code, node]["effective"]
        told = GAP if share is None else say.percent(percent(share).removesuffix(" %"))
        cells = [
            Cell(facts.name(node)),
            score_cell(facts, code, node, heat=True),
            *(score_cell(facts, other, node) for other in others),
            rank_cell(facts, code, node),
            Cell(told, no_points),
            Cell(say.digits(fixed(parts.get(node), facts.scale.index_decimals)), no_points),
        ]
        depth = facts.framework.depths[node] - 1
        rows.append(Row(tuple(cells), "group" if depth == 0 else "", depth=depth))
    total = fixed(parts.get(facts.root), facts.scale.index_decimals)
    caption = say("Share: part of the index that rests on it. Points: what it adds to the score of the index.")
    if total != GAP:
        caption += " " + say("The points add up to {total}.", total=say.digits(total))
    return Table(caption, tuple(columns), tuple(rows))


def _absolute(facts: Facts, code: str) -> Table | None:
    """Return figures that are divided by another series, with the ranks before and after the division."""
    say, rows = facts.say, []
    for leaf in facts.framework.leaves:
        each = facts.framework.indicators[leaf]
        cell = facts.cells[code, leaf]
        if not each.denominator or cell["raw"] is None or cell["denominated"] is None:
            continue
        ranks = [_rank_by(facts, code, leaf, name) for name in ("raw", "denominated")]
        rows.append(
            Row(
                (
                    Cell(facts.name(leaf)),
                    Cell(number(say, cell["raw"]), notes=(say.data(each.unit),)),
                    Cell(str(ranks[0])),
                    Cell(number(say, cell["denominated"]), notes=(say.data(each.scored_unit),)),
                    Cell(str(ranks[1])),
                )
            )
        )
    if not rows:
        return None
    heads = (say("In absolute numbers"), say("Rank"), say("Divided"), say("Rank"))
    columns = (Column(say("Indicator"), width=2), *(Column(head, NUMBER) for head in heads))
    return Table(say("Size and intensity: the index scores the divided figure"), columns, tuple(rows))


def _rank_by(facts: Facts, code: str, leaf: str, column: str) -> int:
    """Return the place of a country by a figure, the best first."""
    better = facts.framework.indicators[leaf].direction
    own = facts.cells[code, leaf][column]
    values = [facts.cells[unit, leaf][column] for unit in facts.framework.units]
    return 1 + sum(value is not None and (value - own) * better > 0 for value in values)
