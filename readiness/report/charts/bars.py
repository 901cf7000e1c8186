"""Horizontal bars to both sides of zero: what each part adds or takes away, the number at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from readiness.report.charts.svg import WIDTH, Canvas
from readiness.report.charts.widths import rooms, width_of

LEFT, TOP, BOTTOM = 192, 6, 6
THIN, ROW, GAP = 11, 17, 9
APART = 14  # gap where a row has one bar: a label of two lines keeps clear of the next
ROOM = 8  # between a bar and its number
SHORTEST, NARROWEST = 60.0, 60.0  # of the labels, and of what is left for bars


@dataclass(frozen=True)
class Bar:
    """One row: its label, and for each series a value and its text; a gap has no bar. `says` is the row in words."""

    label: str
    values: tuple[float | None, ...]
    texts: tuple[str, ...]
    says: str


def bars(rows: Sequence[Bar], series: Sequence[str], key: str, title: str, desc: str) -> Markup:
    """Return the chart; the bars of a row stand below each other, and a legend names the series if they are several."""
    several = len(series) > 1
    thick, gap = (len(series) * (THIN + 2), GAP) if several else (ROW, APART)
    step = thick + gap
    top = TOP + (18 if several else 0)
    height = top + step * len(rows) + BOTTOM
    canvas = Canvas("bars2", height, title, desc, key)
    if several:
        _legend(canvas, series)
    left, place = _scale(rows)
    for number, row in enumerate(rows):
        _draw(canvas, row, (left, place), (top + step * number, thick), several=several)
    zero = place(0.0)
    canvas.line((zero, top - 2), (zero, height - BOTTOM), "axis")
    return canvas.svg()


class _Place:
    """Puts values between the margins, with room for a number on either side that has bars."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self.low, self.span = low, max(high - low, 1e-9)
        self.start, self.end = start, end

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / self.span * (self.end - self.start)


def _scale(rows: Sequence[Bar]) -> tuple[float, _Place]:
    """Return where the labels end, and the places of values; long numbers leave less room for labels."""
    values = [
        (value, text) for row in rows for value, text in zip(row.values, row.texts, strict=True) if value is not None
    ]
    low, high = min([0.0, *(value for value, _ in values)]), max([0.0, *(value for value, _ in values)])
    before = max([0.0, *(width_of(text) + ROOM for value, text in values if value < 0)])
    after = max([10.0, *(width_of(text) + ROOM for value, text in values if value >= 0)])
    left = max(SHORTEST, min(float(LEFT), WIDTH - before - after - NARROWEST))
    return left, _Place(low, high, left + before, WIDTH - after)


def _draw(canvas: Canvas, row: Bar, across: tuple[float, _Place], down: tuple[float, float], *, several: bool) -> None:
    """Draw a row: `across` are the end of the labels and the places of values, `down` its top and height."""
    (left, place), (top, tall) = across, down
    canvas.open(row.says)
    canvas.label(left - 10, top + tall / 2, row.label, left - 10)
    thick = THIN if several else ROW
    zero = place(0.0)
    for number, (value, text) in enumerate(zip(row.values, row.texts, strict=True)):
        y = top + number * (THIN + 2)
        if value is None:
            canvas.text(zero + ROOM, y + thick / 2 + 4.5, text, "soft")
            continue
        end = place(value)
        style = f"{'up' if value >= 0 else 'down'} s{number}"
        canvas.rect((min(zero, end), y, abs(end - zero), thick), style)
        inside = end + ROOM - 3 if value >= 0 else end - ROOM + 3
        canvas.text(inside, y + thick / 2 + 4.5, text, "" if value >= 0 else "end")
    canvas.close()


def _legend(canvas: Canvas, series: Sequence[str]) -> None:
    x = float(LEFT)
    shares = rooms([30 + width_of(name) for name in series], WIDTH - x)
    for number, (name, room) in enumerate(zip(series, shares, strict=True)):
        canvas.rect((x, 3, 12, 10), f"up s{number}")
        canvas.legend(x + 17, name, room - 20)
        x += room
