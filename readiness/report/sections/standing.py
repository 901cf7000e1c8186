"""Section 1, where we stand: rank with interval and tier, chances, and who cannot be told apart from us."""

from __future__ import annotations

from itertools import pairwise

from readiness.numbers import GAP
from readiness.report.charts.axis import of_places
from readiness.report.charts.dotrange import Range, dot_range
from readiness.report.charts.rankbars import rank_bars
from readiness.report.data import Facts
from readiness.report.document import NUMBER, RANGE, Block, Cell, Chart, Column, Row, Section, Side, Table, Text
from readiness.report.interval_words import briefly, chance, places_text, short_sources, varied_in_words
from readiness.report.reasons import mark
from readiness.report.spread import Spread, is_outside
from readiness.report.wording import interval, rank_text

BESIDE = 3  # neighbours above and below that are always told
TOPS = (1, 3, 5, 10)


def section(facts: Facts, code: str) -> Section:
    """Return the section; without a simulation it says rank and score alone."""
    say = facts.say
    spread = facts.spread if facts.spread and facts.spread.row(code, facts.root) else None
    if spread is None:
        reason = say.reason(facts.scores[code, facts.root]["reason"])
        text = say("No rank: {reason}.", reason=reason) if reason else say("Rank {rank}.", rank=rank_text(facts, code))
        return Section("standing", say("Where we stand"), (Text(text), Text(say(NONE), "note")))
    blocks: list[Block] = [Text(" ".join(says(facts, spread, code)))]
    blocks += [ranking_chart(facts, spread, code)]
    blocks.append(Side((_bars(facts, spread, code), _tops(facts, spread, code))))
    blocks.append(_neighbours(facts, spread, code))
    blocks += [_sources(facts, spread, code)] if len(spread.mixes) > 1 else []
    blocks += [Text(text, "note") for text in _outside(facts, spread, code)]
    return Section("standing", say("Where we stand"), tuple(blocks))


OUTSIDE = mark("The rank of the run lies outside its own interval in {names}: in most replicates it is another.")
NONE = mark("Intervals of ranks were not computed in this run, so small differences may be chance.")


def says(facts: Facts, spread: Spread, code: str) -> list[str]:
    """Say rank with interval, tier, and from how many countries this one cannot be told apart."""
    say, row = facts.say, spread.rows[code, facts.root]
    name, low, high = facts.country(code), row["rank_low_90"], row["rank_high_90"]
    where = {"name": name, "rank": rank_text(facts, code), "low": low, "high": high, "share": say.percent("90")}
    if low == high:
        found = [say("{name}: rank {rank}. In at least {share} of the replicates it has just this rank.", **where)]
    else:
        found = [
            say("{name}: rank {rank}. In at least {share} of the replicates its rank is from {low} to {high}.", **where)
        ]
    alike = untold(facts, spread, code)
    if alike:
        names = say.listed([facts.country(each) for each in alike])
        found.append(say("Cannot be told apart from: {names}.", names=names))
    else:
        found.append(say("Can be told apart from every other country."))
    found.append(say("Tier {tier} of {number}.", tier=row["tier"], number=_tiers(facts, spread)))
    return found


def untold(facts: Facts, spread: Spread, code: str) -> list[str]:
    """Return the countries that neither lead this one in 95 % of the replicates nor are led by it."""
    ranked = [each for each in facts.order if spread.row(each, facts.root)]
    return [each for each in ranked if each != code and not spread.apart(code, each)]


def ranking_chart(facts: Facts, spread: Spread, code: str = "") -> Chart:
    """Return the ranks of all countries with their intervals; one of them stands out."""
    say = facts.say
    ranked = [each for each in facts.order if spread.row(each, facts.root)]
    rows = [_range(facts, spread, each, own=each == code) for each in ranked]
    plotted = say(
        "Rank of each country, edition {edition}. Dot: the run. Thick line: 50 %, thin line: 90 % of the replicates.",
        edition=facts.edition,
    )
    if code:
        title = say(
            "{name}: rank {rank}, interval {interval}",
            name=facts.country(code),
            rank=rank_text(facts, code),
            interval=interval(facts, code),
        )
    else:
        together = sum(not spread.apart(*pair) for pair in pairwise(ranked))
        title = say(
            "Of {number} pairs of neighbours, {together} cannot be told apart",
            number=max(0, len(ranked) - 1),
            together=together,
        )
    alt = " ".join(each.says + "." for each in rows)
    svg = dot_range(rows, of_places(facts.ranked[facts.root]), "range-rank", title, plotted, say("Tier"))
    return Chart(title, plotted, svg, alt, ranges_table(facts, spread, ranked))


def ranges_table(facts: Facts, spread: Spread, ranked: list[str]) -> Table:
    """Return the numbers of the chart of ranks."""
    say = facts.say
    heads = (say("Country"), say("Rank"), say("50 %"), say("90 %"), say("Tier"))
    columns = tuple(
        Column(head, kind) for head, kind in zip(heads, ("text", NUMBER, RANGE, RANGE, NUMBER), strict=True)
    )
    rows = []
    for code in ranked:
        row = spread.rows[code, facts.root]
        texts = (facts.country(code), row["rank"], places_text(row, 50), places_text(row), row["tier"] or GAP)
        rows.append(Row(tuple(Cell(str(text)) for text in texts)))
    return Table(say("Ranks and their intervals"), columns, tuple(rows), "fit")


def _range(facts: Facts, spread: Spread, code: str, *, own: bool) -> Range:
    row = spread.rows[code, facts.root]
    half, most = ((row[f"rank_low_{level}"], row[f"rank_high_{level}"]) for level in (50, 90))
    words = {"name": facts.country(code), "rank": row["rank"], "half": places_text(row, 50), "most": places_text(row)}
    told = facts.say("{name}: rank {rank}; 50 %: {half}; 90 %: {most}", **words)
    return Range(code, facts.country(code), row["tier"], row["rank"], half, most, told, own)


def _tiers(facts: Facts, spread: Spread) -> int:
    return max(row["tier"] or 0 for (_, node), row in spread.rows.items() if node == facts.root)


def _bars(facts: Facts, spread: Spread, code: str) -> Chart:
    say, row = facts.say, spread.rows[code, facts.root]
    places = spread.places[code]
    most, share = max(places, key=lambda pair: (pair[1], -pair[0]))
    title = say("Most often rank {rank}: in {share} of the replicates", rank=f"{most:g}", share=chance(share, say))
    plotted = say("Share of replicates by rank; the darker bar is the rank of the run.")
    alt = ", ".join(say("rank {rank}: {share}", rank=f"{rank:g}", share=chance(part, say)) for rank, part in places)
    words = (title, f"{plotted} {alt}.", say("run"))
    svg = rank_bars(places, row["rank"], facts.ranked[facts.root], words, lambda part: briefly(part, say), "bars")
    return Chart(title, plotted, svg, f"{alt}.", width=0.6)


def _tops(facts: Facts, spread: Spread, code: str) -> Table:
    say, row = facts.say, spread.rows[code, facts.root]
    columns = (Column(say("To be")), Column(say("Chance"), NUMBER))
    told = [number for number in TOPS if number < facts.ranked[facts.root]]
    rows = [
        (say("first") if number == 1 else say("among the first {number}", number=number), row[f"top_{number}"])
        for number in told
    ]
    cells = tuple(Row((Cell(label), Cell(chance(share, say)))) for label, share in rows)
    return Table(say("Chances"), columns, cells, "fit")


def _neighbours(facts: Facts, spread: Spread, code: str) -> Table:
    """Return the countries that cannot be told apart from this one, and the nearest ones."""
    say = facts.say
    ranked = [each for each in facts.order if spread.row(each, facts.root)]
    at = ranked.index(code)
    near = {*ranked[max(0, at - BESIDE) : at + BESIDE + 1], *untold(facts, spread, code)} - {code}
    heads = (say("Country"), say("Rank"), say("90 %"), say("We are ahead"), say("Told apart"))
    columns = tuple(
        Column(head, kind) for head, kind in zip(heads, ("text", NUMBER, RANGE, NUMBER, "text"), strict=True)
    )
    rows = tuple(
        Row(
            (
                Cell(facts.country(each), link=f"{each}.html"),
                Cell(str(spread.rows[each, facts.root]["rank"])),
                Cell(places_text(spread.rows[each, facts.root])),
                Cell(chance(spread.ahead(code, each), say)),
                Cell(_apart(facts, spread, code, each)),
            )
        )
        for each in ranked
        if each in near
    )
    caption = say(
        "The neighbours in the ranking: how often {name} is ahead of each. Told apart: one of the two is ahead "
        "in {share} of the replicates.",
        name=facts.country(code),
        share=say.percent("95"),
    )
    return Table(caption, columns, rows, "fit")


def _apart(facts: Facts, spread: Spread, code: str, other: str) -> str:
    if not spread.apart(code, other):
        return facts.say("no")
    return facts.say("yes, ahead") if spread.leads(code, other) else facts.say("yes, behind")


def _sources(facts: Facts, spread: Spread, code: str) -> Table:
    say = facts.say
    columns = (Column(say("If only this varies")), Column(say("90 %"), RANGE), Column(say("Width"), NUMBER))
    rows = []
    for mix in spread.mixes:
        row = spread.sources.get((mix, code))
        if row is not None and row["rank_low_90"] is not None:
            width = f"{row['rank_high_90'] - row['rank_low_90']:g}"
            rows.append(Row((Cell(short_sources(say).get(mix, mix)), Cell(places_text(row)), Cell(width))))
    caption = say(
        "Where the width of the interval comes from, in {number} replicates in which {what} vary",
        number=say.digits(f"{spread.replicates:,}"),
        what=varied_in_words(spread, say),
    )
    return Table(caption, columns, tuple(rows), "fit")


def _outside(facts: Facts, spread: Spread, code: str) -> list[str]:
    """Name the parts of the index where the rank of the run lies outside its 90 % interval."""
    rows = [(node, spread.row(code, node)) for node in facts.framework.groups]
    found = [f"{facts.name(node)} ({row['rank']}; {places_text(row)})" for node, row in rows if row and is_outside(row)]
    if not found:
        return []
    return [facts.say(OUTSIDE, names=facts.say.listed(found))]
