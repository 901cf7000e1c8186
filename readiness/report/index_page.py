"""The page of the index: ranking with intervals and tiers, map, how certain, what moved, method, downloads."""

from __future__ import annotations

from readiness.numbers import fixed, whole
from readiness.report.data import Facts
from readiness.report.document import (
    NUMBER,
    RANGE,
    Block,
    Boxes,
    Cell,
    Column,
    Document,
    Link,
    Links,
    Listing,
    Row,
    Section,
    Side,
    Table,
)
from readiness.report.maps import map_chart
from readiness.report.officer import caution, foot
from readiness.report.ranking import ranking_section
from readiness.report.sections.standing import ranking_chart
from readiness.report.why import set_points
from readiness.report.wording import change_range, places_cell, reference_name, signed, told_interval


def index_page(facts: Facts, downloads: tuple[Link, ...] = ()) -> Document:
    """Return the page; `downloads` are the files beside it."""
    say = facts.say
    found = [ranking_section(facts), _map(facts), _certainty(facts), _method(facts)]
    if downloads:
        found.append(Section("downloads", say("Downloads"), (Links(downloads),)))
    kept = tuple(each for each in found if each is not None)
    return Document(
        say.language, facts.title, facts.title, lead(facts), Boxes(()), (caution(facts),), kept, foot(facts), "index"
    )


def lead(facts: Facts) -> str:
    """Say who leads, who is last, how far the scores lie apart, and where the reference stands."""
    say = facts.say
    ranked = [code for code in facts.order if facts.ranks[code][-1] is not None]
    if not ranked:
        return say("No country has a rank in edition {edition}.", edition=facts.edition)
    first, last = ranked[0], ranked[-1]
    told = [_placed(facts, code) for code in dict.fromkeys((*ranked[:2], last))]
    decimals = facts.scale.index_decimals
    top, bottom = ((whole(facts.score(code, facts.root), decimals) or 0) for code in (first, last))
    apart = say.digits(fixed(top - bottom, decimals))
    text = say.series(told) + ". " + say("{points} points lie between the first and the last.", points=apart)
    if facts.reference:
        text += " " + say.named(facts.country(facts.reference), facts.printed_score(facts.reference, facts.root)) + "."
    return text


def _placed(facts: Facts, code: str) -> str:
    words = {
        "name": facts.country(code),
        "rank": facts.ranks[code][-1],
        "interval": told_interval(facts, code),
        "score": facts.printed_score(code, facts.root),
    }
    if words["interval"]:
        return facts.say("{name}: rank {rank} ({interval}), score {score}", **words)
    return facts.say("{name}: rank {rank}, score {score}", **words)


def _map(facts: Facts) -> Section | None:
    tiles = map_chart(facts, linked=True)
    return Section("map", facts.say("Map"), (tiles,)) if tiles else None


def _certainty(facts: Facts) -> Section | None:
    """Return the ranks with their intervals as a chart, and how much of a change is noise."""
    say, spread = facts.say, facts.spread
    if spread is None or not any(spread.row(code, facts.root) for code in facts.order):
        return None
    blocks: list[Block] = [ranking_chart(facts, spread)]
    moved = [
        row for (_, node), row in facts.movements.items() if node == facts.root and row["beyond_noise"] is not None
    ]
    if moved:
        blocks.append(_changes(facts, sum(row["beyond_noise"] for row in moved), len(moved)))
    return Section("certainty", say("How certain, and what moved"), (Side(tuple(blocks)),))


def _changes(facts: Facts, real: int, number: int) -> Table:
    """Return the change of every country's score since the edition before, with its paired interval."""
    say, decimals = facts.say, facts.scale.index_decimals
    columns = (
        Column(say("Country")),
        Column(say("Change"), NUMBER),
        Column(say("90 %"), RANGE),
        Column(say("By the set"), NUMBER),
        Column(say("Places"), NUMBER),
    )
    rows = []
    for code in facts.order:
        row = facts.movements.get((code, facts.root))
        if row is None or row["change"] is None:
            continue
        between, part = change_range(facts, row, decimals), set_points(facts.changes.get((code, facts.root), ()))
        told = Cell(signed(say, row["change"], decimals), strong=bool(row["beyond_noise"]))
        name = Cell(facts.country(code), link=f"{code}.html")
        by_set = Cell(signed(say, part, decimals), say("the causes cannot be told apart"))
        rows.append(Row((name, told, Cell(between), by_set, places_cell(facts, row))))
    caption = say(
        "Change of the score since {edition}: for {real} of {number} countries it is beyond noise (bold). By the set: "
        "what indicators that enter or leave add to it",
        edition=facts.previous,
        real=real,
        number=number,
    )
    return Table(caption, columns, tuple(rows), "fit")


def _method(facts: Facts) -> Section:
    """Return the method in a few lines; the whole of it stands on a page of its own."""
    say, recipe, rules = facts.say, facts.results.recipe, facts.framework.rules
    counts, leaves = len(facts.indicators_counted[facts.edition]), len(facts.framework.leaves)
    steps = ("normalise", "weight", "aggregate", "treat", "impute")
    methods = {step: say.data(recipe.method(step).name.replace("_", "-")) for step in steps}
    untouched = {"treat": say("left as they are"), "impute": say("not filled")}
    methods |= {step: told for step, told in untouched.items() if recipe.method(step).name == "none"}
    lines = [
        say(
            "{counts} of {leaves} indicators in {groups} parts count, each with a figure of {first} to {last}.",
            counts=counts,
            leaves=leaves,
            groups=len(facts.pillars),
            first=facts.edition - rules.lag - rules.max_age,
            last=facts.edition - rules.lag,
        ),
        say("Scale: {normalise}. Weights: {weight}. Mean: {aggregate}. Outliers: {treat}. Gaps: {impute}.", **methods),
    ]
    short = reference_name(facts)
    if short:
        lines.append(
            say("{name} is the mean of the countries and never ranked.", name=short)
            if facts.framework.reference and facts.framework.reference.rule == "weighted_mean"
            else say("{name} is scored like a country and never ranked.", name=short)
        )
    link = Links(
        (
            Link(
                "method.html",
                say("How it is computed, what counts, all indicators and sources"),
                language="" if say.language == "en" else "en",
            ),
        )
    )
    return Section("method", say("Method"), (Listing(items=tuple(lines)), link))
