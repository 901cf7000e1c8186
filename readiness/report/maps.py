"""The map of the index: each country's printed score on a tile, with what it shows in words."""

from __future__ import annotations

from itertools import pairwise

from readiness.report.charts.tilemap import Square, has_tiles, tile_map
from readiness.report.data import Facts
from readiness.report.document import Chart


def map_chart(facts: Facts, own: str = "", *, linked: bool = False) -> Chart | None:
    """Return the map, or nothing where a unit has no tile; one country may stand out, and tiles may lead to pages."""
    if not has_tiles(facts.framework.units):
        return None
    say = facts.say
    squares = [
        Square(
            code,
            facts.printed_score(code, facts.root),
            facts.class_of(code, facts.root),
            facts.say.named(facts.country(code), facts.printed_score(code, facts.root)),
            f"{code}.html" if linked else "",
            code == own,
        )
        for code in facts.framework.units
    ]
    title = say("Score of each country, edition {edition}", edition=facts.edition)
    plotted = say("A tile is a country at about its place; darker is higher.") + " " + legend(facts)
    return Chart(title, plotted, tile_map(squares, title, describe(facts)), describe(facts))


def legend(facts: Facts) -> str:
    """Say what each class of colour holds, from light to dark."""
    return facts.say("Classes: {limits}.", limits=facts.say.series(limits(facts)))


def limits(facts: Facts) -> list[str]:
    """Return what each class holds."""
    say, scale = facts.say, facts.scale
    texts = [say.digits(scale.tick(limit)) for limit in scale.limits]
    inner = [say("{low} to under {high}", low=low, high=high) for low, high in pairwise(texts)]
    return [say("under {limit}", limit=texts[0]), *inner, say("{limit} and more", limit=texts[-1])]


def describe(facts: Facts) -> str:
    """Say what the map shows: the countries of each class, highest class first."""
    say = facts.say
    members: dict[int | None, list[str]] = {}
    for code in facts.order:
        members.setdefault(facts.class_of(code, facts.root), []).append(facts.country(code))
    known = [(text, members[each]) for each, text in enumerate(limits(facts)) if each in members]
    told = [say.named(text, say.listed(names)) + "." for text, names in known]
    without = say("No score: {names}.", names=say.listed(members[None])) if None in members else ""
    return " ".join([*reversed(told), *([without] if without else [])])
