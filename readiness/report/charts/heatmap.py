"""A table of coloured cells with their values printed in them: countries by pillars, or indicators by state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from readiness.report.charts.svg import WIDTH, Canvas, cut, lines_of
from readiness.report.charts.widths import width_of

LEFT, TOP = 112, 38
ROW, TALL = 22, 14  # height of a row, and of each line of its label
HEAD = "middle soft small"


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
    styles = ["end strong" if label == own else "end" for label, _ in rows]
    tall = [len(lines_of(label, left - 8, style)) for (label, _), style in zip(rows, styles, strict=True)]
    high = max(ROW, TALL * max(tall))
    height = TOP + high * len(rows) + 2
    canvas = Canvas("heatmap", height, *words, key)
    width = (WIDTH - left) / max(1, len(columns))
    _heads(canvas, columns, left, width)
    for number, (label, tiles) in enumerate(rows):
        y = TOP + high * number
        canvas.label(left - 8, y + high / 2, label, left - 8, styles[number])
        for place, tile in enumerate(tiles):
            _draw(canvas, tile, (left + width * place, y, width, high), label)
    return canvas.svg()


def _heads(canvas: Canvas, columns: Sequence[str], left: float, width: float) -> None:
    """Write the headings; where a word is too long for its column they stand higher and lower in turn."""
    turned = any(width_of(word, HEAD) > width for name in columns for word in name.split(" "))
    for number, name in enumerate(columns):
        x = left + width * (number + 0.5)
        if turned:
            told = cut(name, 2 * width, partial(width_of, style=HEAD))
            x = min(x, WIDTH - width_of(told, HEAD) / 2)
            canvas.text(x, TOP - (8 if number % 2 else 24), told, HEAD)
        else:
            canvas.label(x, TOP - 18, name, width, HEAD)


def _draw(canvas: Canvas, tile: Tile, place: tuple[float, float, float, float], label: str) -> None:
    x, y, width, high = place
    style = "none" if tile.style is None else f"c{tile.style}"
    canvas.open(f"{label}: {tile.says}")
    canvas.rect((x + 1, y + 1, width - 2, high - 2), f"cell {style}")
    room = width - 2
    size = next((each for each in ("", "small", "tiny") if width_of(tile.text, each) <= room), "tiny")
    canvas.text(x + width / 2, y + high / 2 + 4.5, tile.text, f"middle on {style} {size}".rstrip())
    canvas.close()
