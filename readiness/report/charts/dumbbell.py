"""A dumbbell: for each indicator the own score, that of the peers and that of the reference on one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from readiness.report.charts.axis import Axis
from readiness.report.charts.svg import WIDTH, Canvas
from readiness.report.charts.widths import rooms, width_of

LEFT, RIGHT, TOP, BOTTOM = 196, 40, 40, 6
ROW = 30


@dataclass(frozen=True)
class Pair:
    """A row: label, own value, the others' values (a gap is not drawn), the own value as text, and all in words."""

    label: str
    own: float
    others: tuple[float | None, ...]
    text: str
    says: str


def dumbbell(rows: Sequence[Pair], axis: Axis, series: Sequence[str], key: str, title: str, desc: str) -> Markup:
    """Return the chart; `series` names the own mark and the others', in order."""
    height = TOP + ROW * len(rows) + BOTTOM
    canvas = Canvas("dumbbell", height, title, desc, key)
    _legend(canvas, series)
    for value, text in axis.ticks:
        x = axis.place(value, LEFT, WIDTH - RIGHT)
        canvas.line((x, TOP - 4), (x, height - BOTTOM), "grid")
        canvas.text(x, TOP - 9, text, "tick")
    for number, row in enumerate(rows):
        _draw(canvas, row, axis, TOP + ROW * (number + 0.5))
    return canvas.svg()


def _draw(canvas: Canvas, row: Pair, axis: Axis, y: float) -> None:
    canvas.open(row.says)
    canvas.label(LEFT - 12, y, row.label, LEFT - 12)
    places = [axis.place(value, LEFT, WIDTH - RIGHT) for value in (row.own, *row.others) if value is not None]
    canvas.line((min(places), y), (max(places), y), "link")
    for number, value in enumerate(row.others):
        if value is not None:
            _mark(canvas, axis.place(value, LEFT, WIDTH - RIGHT), y, number)
    x = axis.place(row.own, LEFT, WIDTH - RIGHT)
    canvas.circle(x, y, 5, "own")
    wide = 9 + width_of(row.text, "strong")
    fits = (x - wide > LEFT - 12, x + wide < WIDTH)
    right = _free(x, places, 1) >= _free(x, places, -1) if all(fits) else fits[1]
    canvas.text(x + 9 if right else x - 9, y + 4.5, row.text, "strong clear" if right else "strong clear end")
    canvas.close()


def _free(x: float, places: Sequence[float], side: int) -> float:
    """Return how far it is from a mark to the next one on a side, where its number would stand."""
    return min(((each - x) * side for each in places if (each - x) * side > 0), default=float(WIDTH))


def _mark(canvas: Canvas, x: float, y: float, number: int) -> None:
    """Draw the mark of another series: an open circle for the first, a bar for the second."""
    if number == 0:
        canvas.circle(x, y, 4, "peer")
    else:
        canvas.line((x, y - 6), (x, y + 6), "reference")


def _legend(canvas: Canvas, series: Sequence[str]) -> None:
    x = 8.0
    shares = rooms([30 + width_of(name) for name in series], WIDTH - x)
    for number, (name, room) in enumerate(zip(series, shares, strict=True)):
        if number == 0:
            canvas.circle(x, 9, 5, "own")
        else:
            _mark(canvas, x, 9, number - 1)
        canvas.legend(x + 10, name, room - 22)
        x += room
