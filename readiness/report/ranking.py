"""The ranking as a table: ranks and scores with intervals, tiers, change, and the pillars as a heat map."""

from __future__ import annotations

from itertools import groupby

from readiness.report.data import Facts
from readiness.report.document import NUMBER, RANGE, Cell, Column, Row, Section, Table, Text
from readiness.report.interval_words import neighbours_in_words, varied_in_words
from readiness.report.maps import limits
from readiness.report.why import mostly_set
from readiness.report.wording import interval, score_cell, score_range, signed

LONG = "long"


def ranking_section(facts: Facts) -> Section:
    """Return the ranking as a table that is the heat map of the pillars too."""
    say, spread = facts.say, facts.spread
    scores = bool(spread and spread.one_scale)
    columns = [Column(say("Rank"), NUMBER)]
    columns += [Column(say("90 %"), RANGE)] if spread else []
    columns += [Column(say("Country"), LONG), Column(say("Score"), NUMBER)]
    columns += [Column(say("90 %"), RANGE)] if scores else []
    columns += [Column(say("Since {edition}", edition=facts.previous), NUMBER)] if facts.previous else []
    columns += [Column(facts.name(node), NUMBER) for node in facts.pillars]
    rows = [row for band in _bands(facts) for row in _band_rows(facts, *band, scores=scores)]
    if facts.reference and facts.score(facts.reference, facts.root) is not None:
        rows.append(_reference_row(facts, scores=scores))
    number = len(facts.framework.units)
    caption = say.plural("Rank and score of {number} country.", "Rank and score of {number} countries.", number)
    caption += " " + say(
        "Scores run from {low} to {high}; more is better. Classes of colour: {limits}.",
        low=f"{facts.scale.low:g}",
        high=f"{facts.scale.high:g}",
        limits=say.series(limits(facts)),
    )
    table = Table(caption, tuple(columns), tuple(rows), key="ranking")
    notes = [Text(text, "note") for text in (_below(facts), change_note(facts)) if text]
    return Section("ranks", say("Ranking"), (table, *notes))


def _bands(facts: Facts) -> list[tuple[int | None, list[str], list[str]]]:
    """Return tier, what is to be said of its neighbours, and its countries, in the order of the ranking."""
    spread = facts.spread
    if spread is None:
        return [(None, [], list(facts.order))]
    tiers = {code: row["tier"] if (row := spread.row(code, facts.root)) else None for code in facts.order}
    found, above = [], None
    ordered = sorted(facts.order, key=lambda code: tiers[code] or len(tiers) + 1)
    for tier, own in groupby(ordered, lambda code: tiers[code]):
        codes = list(own)
        members = [(code, facts.country(code)) for code in codes]
        said = neighbours_in_words(spread, members, above, facts.say) if tier else []
        found.append((tier, said, codes))
        above = members[-1]
    return found


def _band_rows(facts: Facts, tier: int | None, said: list[str], codes: list[str], *, scores: bool) -> list[Row]:
    """Return the heading of a tier, where there are tiers, and the rows of its countries."""
    say, rows = facts.say, []
    if facts.spread:
        head = say("Tier {tier}", tier=tier) if tier else say("Without a rank")
        rows.append(Row((Cell(head, notes=tuple(said)),), "band"))
    for code in codes:
        row = facts.scores[code, facts.root]
        reason = say.reason(row["reason"]) or say("no rank")
        cells = [Cell(str(row["rank"]) if row["rank"] else ":", reason)]
        cells += [Cell(interval(facts, code) or ":", say("no interval"))] if facts.spread else []
        cells += [Cell(facts.country(code), link=f"{code}.html"), score_cell(facts, code, facts.root, strong=True)]
        cells += [Cell(score_range(facts, code) or ":", say("no interval"))] if scores else []
        cells += [_since(facts, code)] if facts.previous else []
        cells += [score_cell(facts, code, node, heat=True) for node in facts.pillars]
        rows.append(Row(tuple(cells)))
    return rows


def _since(facts: Facts, code: str) -> Cell:
    """Return the places won or lost, and the change of the score, marked where it is noise."""
    say = facts.say
    before, now = facts.ranks[code][-2:]
    if before is None or now is None:
        return Cell(":", say("no rank in one of the two editions"))
    places = f"{abs(before - now):g}"
    if before == now:
        text = say("same")
    else:
        text = say("up {places}", places=places) if now < before else say("down {places}", places=places)
    row = facts.movements.get((code, facts.root))
    if row is None or row["change"] is None:
        return Cell(text)
    points = signed(say, row["change"], facts.scale.index_decimals)
    if row["beyond_noise"] is False:
        points = say("{points}, noise", points=points)
    elif mostly_set(facts.changes.get((code, facts.root), ())):
        points = say("{points}, set", points=points)
    return Cell(text, notes=(points,))


def _reference_row(facts: Facts, *, scores: bool) -> Row:
    cells = [Cell("")] + ([Cell("")] if facts.spread else [])
    cells += [Cell(facts.country(facts.reference)), score_cell(facts, facts.reference, facts.root, strong=True)]
    cells += ([Cell("")] if scores else []) + ([Cell("")] if facts.previous else [])
    cells += [score_cell(facts, facts.reference, node, heat=True) for node in facts.pillars]
    return Row(tuple(cells), "total")


def _below(facts: Facts) -> str:
    """Say what an interval, a tier and a pair that cannot be told apart are."""
    spread, say = facts.spread, facts.say
    if spread is None:
        return ""
    words = {
        "number": say.digits(f"{spread.replicates:,}"),
        "seed": spread.summary["seed"],
        "what": varied_in_words(spread, say),
        "share": say.percent("95"),
    }
    return say(
        "90 %: from the 5 % to the 95 % quantile of {number} replicates (seed {seed}) in which {what} vary. Two "
        "countries cannot be told apart if neither is above the other in {share} of them. A tier holds the "
        "countries that its first does not lead in {share}; neighbours on both sides of its border may still be "
        "alike, and then the line of the tier says so.",
        **words,
    )


def change_note(facts: Facts) -> str:
    """Say what the column of changes shows, and how far the indicators of the two editions are the same."""
    if facts.previous is None:
        return ""
    say = facts.say
    old, new = (len(facts.indicators_counted[edition]) for edition in (facts.previous, facts.edition))
    text = say(
        "Since {edition}: places won (up) or lost (down), and the change of the score. Noise: the middle {share} of "
        "the paired replicates do not lie on one side of zero.",
        edition=facts.previous,
        share=say.percent("90"),
    )
    counted = {"before": facts.previous, "old": old, "after": facts.edition, "new": new}
    if facts.indicators_counted[facts.previous] == facts.indicators_counted[facts.edition]:
        return f"{text} " + say("The same {new} indicators count in {before} and in {after}.", **counted)
    more = say("{old} indicators count in {before}, {new} in {after}: a change can come from this alone.", **counted)
    return f"{text} {more} " + say("Set: most of the change does.")
