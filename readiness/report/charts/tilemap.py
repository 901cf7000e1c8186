"""The tile map: one square for each country, at about its place in Europe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from readiness.countries import EU27
from readiness.report.charts.widths import width_of
from readiness.report.visible import visible

SIDE, GAP = 60, 4
STEP = SIDE + GAP
LEFT, TOP = (min(country.tile[axis] for country in EU27.values()) for axis in (0, 1))
RIGHT, BOTTOM = (max(country.tile[axis] for country in EU27.values()) for axis in (0, 1))
WIDTH, HEIGHT = (RIGHT - LEFT + 1) * STEP, (BOTTOM - TOP + 1) * STEP

HEAD = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" class="chart map" viewBox="0 0 {} {}" role="{}" '
    'aria-labelledby="map-title map-desc"><title id="map-title">{}</title><desc id="map-desc">{}</desc>'
)
MARK = Markup(
    '<g class="tile {style}{own}" transform="translate({x} {y})"><title>{says}</title>'
    '<rect class="cell {style}" width="60" height="60" rx="3"/>'
    '<text class="middle strong on {style}" x="30" y="26">{code}</text>'
    '<text class="middle on {style}{size}" x="30" y="47">{text}</text></g>'
)
LINK = Markup('<a href="{href}" tabindex="-1">{mark}</a>')


@dataclass(frozen=True)
class Square:
    """A country: its code, printed score, class of colour (None for no score), what it is in words, and its page."""

    code: str
    text: str
    style: int | None
    says: str
    href: str = ""
    own: bool = False


def has_tiles(units: Sequence[str]) -> bool:
    """Say whether every unit of an index has a place on the map."""
    return all(code in EU27 for code in units)


def tile_map(squares: Sequence[Square], title: str, desc: str) -> Markup:
    """Return the map; with links it is a group, without them a picture.

    Its links are not in the order of the keyboard: the table of the ranking has the same ones.
    """
    tiles = Markup("").join(_tile(each) for each in squares)
    role = "group" if any(each.href for each in squares) else "img"
    return HEAD.format(WIDTH, HEIGHT, role, visible(title), visible(desc)) + tiles + Markup("</svg>")


def _tile(square: Square) -> Markup:
    column, row = EU27[square.code].tile
    mark = MARK.format(
        style="none" if square.style is None else f"c{square.style}",
        own=" own" if square.own else "",
        x=(column - LEFT) * STEP + GAP // 2,
        y=(row - TOP) * STEP + GAP // 2,
        says=visible(square.says),
        code=square.code,
        text=visible(square.text),
        size=" small" if width_of(square.text, "tile") > SIDE else "",
    )
    return LINK.format(href=square.href, mark=mark) if square.href else mark
