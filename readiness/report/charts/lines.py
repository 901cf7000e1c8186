"""Scores over the editions: a small line for each node, and a chart for the index."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from markupsafe import Markup

from readiness.report.charts.svg import Canvas, cut, short
from readiness.report.charts.widths import width_of
from readiness.report.visible import visible
from readiness.scale import Scale

Values = Sequence[float | None]
Point = tuple[float, float]

SMALL = (84, 28, 4)
WIDTH, HEIGHT = 420, 200
LEFT, TOP, BOTTOM = 40, 14, 26
LABEL_HEIGHT = 17
LONGEST = 170.0  # of a name at the end of a line
SPARK = Markup('<svg xmlns="http://www.w3.org/2000/svg" class="spark" viewBox="0 0 {} {}" role="img" aria-label="{}">')


def sparkline(values: Values, scale: Scale, says: str) -> Markup:
    """Return a small line of scores, drawn on the whole scale; its text says every value."""
    width, height, margin = SMALL
    spots = [
        None if value is None else (x, height - margin - scale.place(value) * (height - 2 * margin))
        for x, value in zip(_across(len(values), margin, width - margin), values, strict=True)
    ]
    head = SPARK.format(width, height, visible(says))
    return head + Markup(f"{_line(spots)}{_dots(spots[-1:], 2.5)}</svg>")


def lines(
    values: tuple[Values, Values],
    names: tuple[str, str],
    editions: Sequence[int],
    scale: Scale,
    words: tuple[str, str],
    key: str = "lines",
) -> Markup:
    """Return the line of a country and that of the reference, each named at its end; the second may be empty.

    `words` are title and description.
    """
    right = 24 + min(LONGEST, max(width_of(name, "strong") for name in names))
    ticks = _ticks(scale)
    left = max(LEFT, 10 + max(width_of(text) for _, text in ticks))
    across = _across(len(editions), left + 8, WIDTH - right)
    spots = [_spots(own, across, scale) for own in values]
    canvas = Canvas("lines", HEIGHT, *words, key)
    _grid(canvas, ticks, (left, WIDTH - right + 8))
    for x, edition in zip(across, editions, strict=True):
        canvas.text(x, HEIGHT - 8, str(edition), "middle soft")
    for line, style in ((spots[1], "other"), (spots[0], "mine")):
        for run in _runs(line):
            canvas.path("M" + "L".join(f"{short(x)} {short(y)}" for x, y in run), style)
    for spot in spots[0]:
        if spot:
            canvas.circle(*spot, 3.5, "own")
    _ends(canvas, spots, names)
    return canvas.svg()


def _spots(values: Values, across: Sequence[float], scale: Scale) -> list[Point | None]:
    pairs = zip(across, values, strict=False)
    return [None if value is None else (x, _height(scale.place(value))) for x, value in pairs]


def _height(place: float) -> float:
    return HEIGHT - BOTTOM - place * (HEIGHT - TOP - BOTTOM)


def _across(number: int, left: float, right: float) -> list[float]:
    """Spread places evenly from left to right; a single one stands in the middle."""
    if number == 1:
        return [(left + right) / 2]
    return [left + (right - left) * place / (number - 1) for place in range(number)]


def _ticks(scale: Scale) -> list[tuple[float, str]]:
    """Return the heights of the class limits and of both ends, with their texts."""
    ends = [round(end * 10**scale.coarse) for end in (scale.low, scale.high)]
    numbers = [ends[0], *scale.limits, ends[1]]
    return [(_height(scale.place(number / 10**scale.coarse)), scale.tick(number)) for number in numbers]


def _grid(canvas: Canvas, ticks: Sequence[tuple[float, str]], ends: tuple[float, float]) -> None:
    for y, text in ticks:
        canvas.line((ends[0], y), (ends[1], y), "grid")
        canvas.text(ends[0] - 6, y + 4.5, text, "end soft")


def _ends(canvas: Canvas, spots: Sequence[Sequence[Point | None]], names: tuple[str, str]) -> None:
    """Name each line at its end; names that would touch are moved apart."""
    last = [next((spot for spot in reversed(line) if spot), None) for line in spots]
    heights = [spot[1] if spot else None for spot in last]
    if heights[0] is not None and heights[1] is not None and abs(heights[0] - heights[1]) < LABEL_HEIGHT:
        middle = sum(heights) / 2
        side = -1 if heights[0] <= heights[1] else 1
        heights = [middle + side * LABEL_HEIGHT / 2, middle - side * LABEL_HEIGHT / 2]
    for spot, height, name, style in zip(last, heights, names, ("strong blue", "strong other"), strict=True):
        if spot and height is not None:
            canvas.open(name)
            canvas.text(spot[0] + 9, height + 4.5, cut(name, LONGEST, partial(width_of, style=style)), style)
            canvas.close()


def _runs(spots: Sequence[Point | None]) -> list[list[Point]]:
    """Split a line at its gaps; a point alone between gaps is no line."""
    runs: list[list[Point]] = [[]]
    for spot in spots:
        if spot:
            runs[-1].append(spot)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if len(run) > 1]


def _line(spots: Sequence[Point | None]) -> str:
    """Draw a line with a break at every gap; a score alone between gaps is a dot."""
    path = "".join("M" + "L".join(f"{short(x)} {short(y)}" for x, y in run) for run in _runs(spots))
    on_lines = {spot for run in _runs(spots) for spot in run}
    alone = [spot for spot in spots if spot and spot not in on_lines]
    return (f'<path d="{path}"/>' if path else "") + _dots(alone, 2)


def _dots(spots: Sequence[Point | None], radius: float) -> str:
    return "".join(f'<circle cx="{short(spot[0])}" cy="{short(spot[1])}" r="{radius}"/>' for spot in spots if spot)
