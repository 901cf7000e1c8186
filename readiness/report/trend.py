"""Scores over the editions: a small line for each node, and a chart for the index."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from readiness.numbers import GAP, printed
from readiness.report.scale import Scale

Values = Sequence[float | None]
Point = tuple[float, float]

SMALL = (84, 28, 4)
CHART_WIDTH, CHART_HEIGHT = 480, 240
LEFT, RIGHT, TOP, BOTTOM = 44, 112, 14, 30
LABEL_HEIGHT = 19


def sparkline(values: Values, editions: Sequence[int], scale: Scale, decimals: int) -> Markup:
    """Return a small line of scores, drawn on the whole scale; its text says every value."""
    width, height, margin = SMALL
    spots = [
        None if value is None else (x, height - margin - scale.place(value) * (height - 2 * margin))
        for x, value in zip(_across(len(values), margin, width - margin), values, strict=True)
    ]
    label = said(values, editions, decimals)
    return Markup(
        f'<svg class="spark" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">'
        f"{_line(spots)}{_dots(spots[-1:], 2.5)}</svg>"
    )


def said(values: Values, editions: Sequence[int], decimals: int) -> str:
    """Say the scores of all editions."""
    texts = [printed(value, decimals) for value in values]
    return ", ".join(
        f"{edition}: {'no score' if text == GAP else text}" for edition, text in zip(editions, texts, strict=True)
    )


def chart(own: Values, other: Values, names: tuple[str, str], editions: Sequence[int], scale: Scale) -> Markup:
    """Return the line of a country and that of the reference, each named at its end; `other` may be empty."""
    across = _across(len(editions), LEFT + 8, CHART_WIDTH - RIGHT)
    spots = [_spots(values, across, scale) for values in (own, other)]
    title = f"Score by edition. {names[0]}: {said(own, editions, scale.index_decimals)}."
    if other:
        title += f" {names[1]}: {said(other, editions, scale.index_decimals)}."
    parts = [
        _grid(scale),
        *(
            f'<text class="tick" x="{_n(x)}" y="{CHART_HEIGHT - 8}">{e}</text>'
            for x, e in zip(across, editions, strict=True)
        ),
        f'<g class="other">{_line(spots[1])}</g>',
        f'<g class="own">{_line(spots[0])}{_dots(spots[0], 3.5)}</g>',
        _ends(spots, names),
    ]
    head = f'<svg class="chart" viewBox="0 0 {CHART_WIDTH} {CHART_HEIGHT}" role="img" aria-label="{escape(title)}">'
    return Markup(head + "".join(parts) + "</svg>")


def _spots(values: Values, across: Sequence[float], scale: Scale) -> list[Point | None]:
    return [
        None if value is None else (x, _height(scale.place(value))) for x, value in zip(across, values, strict=False)
    ]


def _height(place: float) -> float:
    return CHART_HEIGHT - BOTTOM - place * (CHART_HEIGHT - TOP - BOTTOM)


def _across(number: int, left: float, right: float) -> list[float]:
    """Spread places evenly from left to right; a single one stands in the middle."""
    if number == 1:
        return [(left + right) / 2]
    return [left + (right - left) * place / (number - 1) for place in range(number)]


def _grid(scale: Scale) -> str:
    """Draw the class limits and both ends as lines with their values."""
    ends = [round(end * 10**scale.coarse) for end in (scale.low, scale.high)]
    lines = []
    for number in [ends[0], *scale.limits, ends[1]]:
        y = _n(_height(scale.place(number / 10**scale.coarse)))
        text = scale.tick(number)
        lines.append(
            f'<path class="grid" d="M{LEFT} {y}H{CHART_WIDTH - RIGHT + 8}"/>'
            f'<text class="tick left" x="{LEFT - 6}" y="{y}" dy="5">{text}</text>'
        )
    return "".join(lines)


def _ends(spots: Sequence[Sequence[Point | None]], names: tuple[str, str]) -> str:
    """Name each line at its end; names that would touch are moved apart."""
    last = [next((spot for spot in reversed(line) if spot), None) for line in spots]
    heights = [spot[1] if spot else None for spot in last]
    if heights[0] is not None and heights[1] is not None and abs(heights[0] - heights[1]) < LABEL_HEIGHT:
        middle = sum(heights) / 2
        side = -1 if heights[0] <= heights[1] else 1
        heights = [middle + side * LABEL_HEIGHT / 2, middle - side * LABEL_HEIGHT / 2]
    return "".join(
        f'<text class="name {kind}" x="{_n(spot[0] + 9)}" y="{_n(height)}" dy="5">{escape(name)}</text>'
        for spot, height, name, kind in zip(last, heights, names, ("own", "other"), strict=True)
        if spot and height is not None
    )


def _line(spots: Sequence[Point | None]) -> str:
    """Draw a line with a break at every gap; a score alone between gaps is a dot."""
    runs: list[list[Point]] = [[]]
    for spot in spots:
        if spot:
            runs[-1].append(spot)
        elif runs[-1]:
            runs.append([])
    path = "".join("M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in run) for run in runs if len(run) > 1)
    alone = [run[0] for run in runs if len(run) == 1]
    return (f'<path d="{path}"/>' if path else "") + _dots(alone, 2)


def _dots(spots: Sequence[Point | None], radius: float) -> str:
    return "".join(f'<circle cx="{_n(spot[0])}" cy="{_n(spot[1])}" r="{radius}"/>' for spot in spots if spot)


def _n(number: float) -> str:
    """Return a coordinate with one decimal at most."""
    return f"{number:.1f}".removesuffix(".0")
