"""A waterfall: from the score before to the score after, one step for each cause, top to bottom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from readiness.report.charts.svg import WIDTH, Canvas
from readiness.report.charts.widths import width_of

LEFT, TOP, BOTTOM = 172, 6, 6
ROW, GAP = 18, 13  # a label of two lines keeps clear of the next
ROOM = 6


@dataclass(frozen=True)
class Step:
    """A cause: its label, what it adds, the text of that, and all in words."""

    label: str
    value: float
    text: str
    says: str


def waterfall(
    ends: tuple[tuple[str, float, str], tuple[str, float, str]], steps: Sequence[Step], key: str, title: str, desc: str
) -> Markup:
    """Return the chart; `ends` are label, value and text of the score before and after.

    The axis does not begin at zero: the bars of the ends are cut, which a mark at their foot shows.
    """
    rows = len(steps) + 2
    height = TOP + rows * (ROW + GAP) - GAP + BOTTOM
    canvas = Canvas("waterfall", height, title, desc, key)
    levels = [ends[0][1]]
    for step in steps:
        levels.append(levels[-1] + step.value)
    low, high = min(levels), max(levels)
    span = max(high - low, 1e-9)
    widest = max(width_of(text, "strong") for text in (ends[0][2], ends[1][2], *(step.text for step in steps)))
    start, end = LEFT + 34.0, WIDTH - widest - 2 * ROOM

    def place(value: float) -> float:
        return start + (value - low) / span * (end - start)

    _end(canvas, ends[0], place(levels[0]), 0)
    for number, (step, (before, after)) in enumerate(zip(steps, pairwise(levels), strict=True), start=1):
        _step(canvas, step, (place(before), place(after)), number)
    _end(canvas, ends[1], place(levels[-1]), rows - 1)
    for number, level in enumerate(levels):
        y = _top(number) + ROW
        canvas.line((place(level), y), (place(level), y + GAP), "link")
    return canvas.svg()


def _top(number: int) -> float:
    return TOP + number * (ROW + GAP)


def _end(canvas: Canvas, end: tuple[str, float, str], x: float, number: int) -> None:
    label, _, text = end
    y = _top(number)
    canvas.open(f"{label}: {text}")
    canvas.label(LEFT - 10, y + ROW / 2, label, LEFT - 10, "end strong")
    canvas.rect((LEFT, y, x - LEFT, ROW), "whole")
    canvas.path(f"M{LEFT + 9} {y - 2}l5 {ROW + 4}M{LEFT + 14} {y - 2}l5 {ROW + 4}", "cut")
    canvas.text(x + ROOM, y + ROW / 2 + 4.5, text, "strong")
    canvas.close()


def _step(canvas: Canvas, step: Step, ends: tuple[float, float], number: int) -> None:
    y = _top(number)
    low, high = min(ends), max(ends)
    canvas.open(step.says)
    canvas.label(LEFT - 10, y + ROW / 2, step.label, LEFT - 10)
    canvas.rect((low, y, high - low, ROW), "up" if step.value >= 0 else "down")
    canvas.text(high + ROOM, y + ROW / 2 + 4.5, step.text)
    canvas.close()
