"""How often a country has each rank: a bar for each place, the rank of the run marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, floor

from markupsafe import Markup

from readiness.report.charts.svg import WIDTH, Canvas
from readiness.report.charts.widths import width_of

HEIGHT = 150
LEFT, RIGHT, TOP, BOTTOM = 8, 8, 24, 40
FEWEST = 7  # places that are drawn at least
WIDE = 36  # a bar that has room for its share above it
CLEAR = 22  # from the middle of the own number to that of the next
MARKED = 14  # places that can each have their number below


def rank_bars(
    places: Sequence[tuple[float, float]],
    own: float,
    of: int,
    words: tuple[str, str, str],
    write: Callable[[float], str],
    key: str = "bars",
) -> Markup:
    """Return the shares of replicates by rank: the places that occur and some beside them, of `of` in all.

    `places` are rank and share; `own` is the rank of the run, whose bar is darker and has the last of `words` below it;
    the others are title and description. `write` writes a share.
    """
    first, last = window([rank for rank, _ in places] + [own], of)
    pitch = (WIDTH - LEFT - RIGHT) / (last - first + 1)
    tallest = max(share for _, share in places)
    canvas = Canvas("bars", HEIGHT, words[0], words[1], key)
    canvas.line((LEFT, HEIGHT - BOTTOM), (WIDTH - RIGHT, HEIGHT - BOTTOM), "axis")
    whole = all(rank == int(rank) for rank, _ in places)
    for rank, share in places:
        x = LEFT + (rank - first + 0.5) * pitch
        height = share / tallest * (HEIGHT - TOP - BOTTOM)
        width = pitch * (0.78 if whole else 0.4)
        place = (x - width / 2, HEIGHT - BOTTOM - height, width, height)
        canvas.rect(place, "mine" if rank == own else "rest")
        if (pitch >= WIDE and whole) or share == tallest:
            text = write(share)
            half = width_of(text) / 2
            canvas.text(min(max(x, half), WIDTH - half), HEIGHT - BOTTOM - height - 6, text, "middle soft")
    step = ceil((last - first + 1) / MARKED)
    numbers = [number for number in range(first, last + 1) if (number - first) % step == 0]
    beside = [number for number in numbers if abs(number - own) * pitch > CLEAR]
    for number in (own, *beside):
        _mark(canvas, number, own, LEFT + (number - first + 0.5) * pitch, words[2])
    return canvas.svg()


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


def _mark(canvas: Canvas, number: float, own: float, x: float, run: str) -> None:
    here = number == own
    canvas.text(x, HEIGHT - BOTTOM + 16, f"{number:g}", "middle strong" if here else "middle soft")
    if here:
        canvas.text(x, HEIGHT - BOTTOM + 32, run, "middle strong")
