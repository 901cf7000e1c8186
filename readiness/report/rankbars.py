"""How often a country has each rank: a bar for each place, the rank of the run marked."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

from markupsafe import Markup

from readiness.numbers import place
from readiness.report.interval_words import chance

WIDTH, HEIGHT = 400, 190
LEFT, RIGHT, TOP, BOTTOM = 8, 8, 24, 46
FEWEST = 7  # places that are drawn at least
WIDE = 36  # a bar that has room for its share above it
MARKED = 14  # places that can each have their number below

HEAD = Markup('<svg class="bars" viewBox="0 0 {} {}" role="img" aria-labelledby="bars-title bars-desc">')
TEXTS = Markup('<title id="bars-title">{}</title><desc id="bars-desc">{}</desc>')
BAR = Markup('<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}"/>')
TEXT = Markup('<text class="{kind}" x="{x}" y="{y}">{text}</text>')


def rank_bars(places: Sequence[tuple[float, float]], own: float, of: int, name: str) -> Markup:
    """Return the shares of replicates by rank as SVG: the places that occur and some beside them, of `of` in all.

    `places` are rank and share; `own` is the rank of the run, whose number has "run" below it and whose bar is darker.
    """
    first, last = window([rank for rank, _ in places] + [own], of)
    pitch = (WIDTH - LEFT - RIGHT) / (last - first + 1)
    tallest = max(share for _, share in places)
    parts = [HEAD.format(WIDTH, HEIGHT), TEXTS.format(f"{name}: share of replicates by rank", _said(places))]
    parts.append(Markup('<path class="axis" d="M{} {}H{}"/>').format(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT))
    whole = all(rank == int(rank) for rank, _ in places)
    for rank, share in places:
        x = LEFT + (rank - first + 0.5) * pitch
        height = share / tallest * (HEIGHT - TOP - BOTTOM)
        y = HEIGHT - BOTTOM - height
        width = pitch * (0.78 if whole else 0.4)
        kind = "own" if rank == own else "rest"
        parts.append(BAR.format(kind=kind, x=_n(x - width / 2), y=_n(y), width=_n(width), height=_n(height)))
        if (pitch >= WIDE and whole) or share == tallest:
            parts.append(TEXT.format(kind="share", x=_n(x), y=_n(y - 6), text=_short(share)))
    step = ceil((last - first + 1) / MARKED)
    for number in range(first, last + 1):
        if (number - first) % step == 0 or number == own:
            parts.append(_mark(number, own, LEFT + (number - first + 0.5) * pitch))
    return Markup("").join([*parts, Markup("</svg>")])


def window(ranks: Sequence[float], of: int) -> tuple[int, int]:
    """Return the first and last place to draw: all that occur, and around them enough for a scale.

    >>> window([1, 2], 27), window([12, 13, 14], 27), window([26, 27], 27), window([1], 3)
    ((1, 7), (10, 16), (21, 27), (1, 3))
    """
    first, last = floor(min(ranks)), ceil(max(ranks))
    missing = max(0, min(FEWEST, of) - (last - first + 1))
    first = max(1, first - missing // 2)
    last = min(of, max(last, first + min(FEWEST, of) - 1))
    return max(1, min(first, last - min(FEWEST, of) + 1)), last


def _mark(number: int, own: float, x: float) -> Markup:
    kind = "place here" if number == own else "place"
    found = TEXT.format(kind=kind, x=_n(x), y=HEIGHT - BOTTOM + 18, text=number)
    below = TEXT.format(kind=kind, x=_n(x), y=HEIGHT - BOTTOM + 36, text="run")
    return found + below if number == own else found


def _said(places: Sequence[tuple[float, float]]) -> str:
    return ", ".join(f"rank {place(rank)}: {chance(share)}" for rank, share in places) + "."


def _short(share: float) -> str:
    return chance(share).replace("under ", "<").replace("over ", ">").replace(" %", "%")


def _n(number: float) -> str:
    """Return a coordinate with one decimal at most."""
    return f"{number:.1f}".removesuffix(".0")
