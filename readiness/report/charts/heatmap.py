"""A table of coloured cells with their values printed in them: countries by pillars, or indicators by state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from readiness.report.charts.svg import LETTER, WIDTH, Canvas

LEFT, TOP = 112, 38
ROW = 22
NARROW, TIGHT = 6.3, 5.6  # width of a letter of a heading, which is set smaller than the rest; of a long one's


@dataclass(frozen=True)
class Tile:
    """A cell: its text, its class of colour (None for no value) and what it is in words."""

    text: str
    style: int | None
    says: str


def heatmap(
    rows: Sequence[tuple[str, Sequence[Tile]]],
    columns: Sequence[str],
    key: str,
    words: tuple[str, str],
    own: str = "",
    left: float = LEFT,
) -> Markup:
    """Return the chart; the row `own` stands out. Headings break into two lines, or stand higher and lower in turn.

    `words` are title and description; `left` is the room for the names of the rows.
    """
    height = TOP + ROW * len(rows) + 2
    canvas = Canvas("heatmap", height, *words, key)
    width = (WIDTH - left) / max(1, len(columns))
    letters = max(4, int(width / NARROW))
    turned = any(len(word) > letters for name in columns for word in name.split(" "))  # in no line of their own
    for number, name in enumerate(columns):
        x = left + width * (number + 0.5)
        if turned:
            y = TOP - (12 if number % 2 else 28)
            canvas.label(x, y, name, int(2 * width / TIGHT), "middle soft small", lines=1)
        else:
            canvas.label(x, TOP - 18, name, letters, "middle soft small")
    for number, (label, tiles) in enumerate(rows):
        y = TOP + ROW * number
        canvas.label(left - 8, y + ROW / 2, label, int(left / LETTER), "end strong" if label == own else "end")
        for place, tile in enumerate(tiles):
            _draw(canvas, tile, left + width * place, y, width)
    return canvas.svg()


def _draw(canvas: Canvas, tile: Tile, x: float, y: float, width: float) -> None:
    style = "none" if tile.style is None else f"c{tile.style}"
    canvas.open(tile.says)
    canvas.rect((x + 1, y + 1, width - 2, ROW - 2), f"cell {style}")
    canvas.text(x + width / 2, y + ROW / 2 + 4.5, tile.text, f"middle on {style}")
    canvas.close()
