"""A dot-range chart: for each country a dot for the run, a thick line for 50 % and a thin line for 90 %."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from readiness.report.charts.axis import Axis
from readiness.report.charts.svg import WIDTH, Canvas
from readiness.report.charts.widths import width_of

ROW = 18
LEFT, RIGHT, TOP, BOTTOM = 116, 44, 26, 8


@dataclass(frozen=True)
class Range:
    """A row: who, tier, value of the run, ends of the 50 % and of the 90 % interval, all in words; `own` stands out."""

    code: str
    name: str
    tier: int | None
    dot: float
    half: tuple[float, float]
    most: tuple[float, float]
    says: str
    own: bool = False


def dot_range(rows: Sequence[Range], axis: Axis, key: str, title: str, desc: str, tier: str = "Tier") -> Markup:
    """Return the chart: a row for each country, a rule between tiers and the tier's number at the right."""
    height = TOP + ROW * len(rows) + BOTTOM
    canvas = Canvas("ranges", height, title, desc, key)
    for value, text in axis.ticks:
        x = axis.place(value, LEFT, WIDTH - RIGHT)
        canvas.line((x, TOP - 4), (x, height - BOTTOM), "grid")
        canvas.text(x, TOP - 10, text, "tick")
    if any(row.tier for row in rows):
        canvas.text(WIDTH - 2, TOP - 10, tier, "end soft")
    before: int | None = -1
    for number, row in enumerate(rows):
        y = TOP + ROW * number
        if row.tier != before:
            canvas.line((0, y), (WIDTH, y), "rule")
            canvas.text(WIDTH - 2, y + 14, str(row.tier or ""), "end soft")
            before = row.tier
        _draw(canvas, row, axis, y + ROW / 2)
    return canvas.svg()


def _draw(canvas: Canvas, row: Range, axis: Axis, y: float) -> None:
    canvas.open(row.says)
    if row.own:
        canvas.rect((0, y - ROW / 2, WIDTH - RIGHT + 10, ROW), "band")
    name = row.name if width_of(row.name, "strong") <= LEFT - 12 else row.code
    canvas.text(LEFT - 12, y + 4.5, name, "end strong" if row.own else "end")
    for style, (low, high) in (("thin", row.most), ("thick", row.half)):
        if low != high:
            first, last = (axis.place(end, LEFT, WIDTH - RIGHT) for end in (low, high))
            canvas.line((first, y), (last, y), f"{style} mine" if row.own else style)
    canvas.circle(axis.place(row.dot, LEFT, WIDTH - RIGHT), y, 3.5, "dot")
    canvas.close()
