"""The tile map: one square for each country, at about its place in Europe."""

from __future__ import annotations

from markupsafe import Markup

from readiness.countries import EU27
from readiness.report.data import Facts
from readiness.report.words import listed

TILE, GAP = 60, 4
STEP = TILE + GAP
LEFT, TOP = (min(country.tile[axis] for country in EU27.values()) for axis in (0, 1))
RIGHT, BOTTOM = (max(country.tile[axis] for country in EU27.values()) for axis in (0, 1))
WIDTH, HEIGHT = (RIGHT - LEFT + 1) * STEP, (BOTTOM - TOP + 1) * STEP

TILE_MARKS = Markup(
    '<a href="{code}.html" tabindex="-1"><g class="tile {style}" transform="translate({x} {y})">'
    '<title>{title}</title><rect width="60" height="60" rx="3"/>'
    '<text x="30" y="26" class="code">{code}</text><text x="30" y="47">{score}</text></g></a>'
)


def tile_map(facts: Facts) -> Markup:
    """Return the map as SVG, or nothing where a unit has no tile.

    A picture holds no links for the keyboard: the table of the ranking has the same ones.
    """
    units = facts.framework.units
    if not all(code in EU27 for code in units):
        return Markup("")
    tiles = Markup("").join(_tile(facts, code) for code in units)
    head = Markup(
        '<svg class="map" viewBox="0 0 {} {}" role="img" aria-labelledby="map-title map-desc">'
        '<title id="map-title">{}</title><desc id="map-desc">{}</desc>'
    )
    title = f"{facts.name(facts.root)} by country, edition {facts.edition}"
    return head.format(WIDTH, HEIGHT, title, describe(facts)) + tiles + Markup("</svg>")


def describe(facts: Facts) -> str:
    """Say what the map shows: the countries of each class, highest class first."""
    members: dict[int | None, list[str]] = {}
    for code in facts.order:
        members.setdefault(facts.class_of(code, facts.root), []).append(facts.framework.unit_name(code))
    legend = facts.scale.legend()
    parts = [f"{legend[each]}: {listed(members[each])}." for each in reversed(range(len(legend))) if each in members]
    return " ".join([*parts, *([f"No score: {listed(members[None])}."] if None in members else [])])


def _tile(facts: Facts, code: str) -> Markup:
    column, row = EU27[code].tile
    each = facts.class_of(code, facts.root)
    score = facts.printed_score(code, facts.root)
    return TILE_MARKS.format(
        code=code,
        style="none" if each is None else f"c{each}",
        x=(column - LEFT) * STEP + GAP // 2,
        y=(row - TOP) * STEP + GAP // 2,
        title=f"{facts.framework.unit_name(code)}: {score}",
        score=score,
    )
