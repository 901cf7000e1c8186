"""What all charts share: altair, colours, axes, titles, and rows of plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from re import sub
from textwrap import wrap
from typing import Any

from readiness.report.charts.axis import of_places
from readiness.scale import Scale

try:
    import altair as alt
except ImportError as missing:
    raise ImportError("Charts need altair: pip install 'readiness[notebook]'") from missing

# Every mark has a contrast of 3 to 1 or more on white, every text 4.5 to 1; the meaning of a colour is also a word,
# a shape or a side.
HIGHLIGHT, MARK, BAR, DOWN, UP = "#0e47cb", "#767f8c", "#3f73b5", "#c0500f", "#1a7f5a"
INK, FADED, WHITE = "#10243e", "#5a6270", "#ffffff"
LINES = (HIGHLIGHT, DOWN, UP, "#8a3ea8", "#806000", "#0b7285", "#b3246b", "#4d4d4d")
CLASSES = ("#eef3fb", "#c6d8ef", "#8fb3dc", "#3f73b5", "#123f7d")
ON_CLASSES = (INK, INK, INK, WHITE, WHITE)

WIDTH = 440
ROW = 20  # height of a country's row
LETTER, SMALL_LETTER = 7.6, 6.1  # mean widths of a title's and of a subtitle's letters
NAMES = 150  # what the names at the left take
TITLE_SIZE, SUBTITLE_SIZE, LABEL_SIZE = 14, 12, 12

Chart = alt.LayerChart
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Said:
    """What a chart says in words: its finding, what is plotted, and all of it for those who do not see it."""

    title: str
    subtitle: str
    description: str


def table(rows: Iterable[Row]) -> alt.Data:
    """Return rows as a chart's data: numbers that are not finite become gaps."""
    return alt.Data(values=[{name: _plain(value) for name, value in row.items()} for row in rows])


def finished(
    layers: Sequence[alt.Chart | alt.LayerChart], said: Said, *, width: int = WIDTH, height: int, beside: int = NAMES
) -> Chart:
    """Return layers as one chart with its words; `beside` is the room that names take beside it.

    Nothing is set for the chart as a whole that could not be set for a part, so that charts can be put side by side.
    """
    room = width + beside
    title = alt.TitleParams(
        text=_lines(said.title, room / LETTER),
        subtitle=_lines(said.subtitle, room / SMALL_LETTER),
        anchor="start",
        frame="bounds",
        fontSize=TITLE_SIZE,
        subtitleFontSize=SUBTITLE_SIZE,
        subtitleColor=FADED,
        color=INK,
        offset=12,
    )
    view = alt.ViewBackground(stroke=None)
    return alt.layer(*layers).properties(
        title=title, description=said.description, width=width, height=height, view=view
    )


def rows_of(field: str, order: Sequence[str], limit: int = 230, **more: Any) -> alt.Y:
    """Return the axis of names: one row each, in an order, long names in full in the tooltip."""
    axis = alt.Axis(title=None, ticks=False, domain=False, labelLimit=limit, labelFontSize=LABEL_SIZE, labelColor=INK)
    return alt.Y(f"{field}:N", scale=alt.Scale(domain=list(order), padding=0), sort=None, axis=axis, **more)


def places(field: str, size: int) -> alt.X:
    """Return an axis of ranks with whole places as ticks: the first, multiples of a round step, up to the last."""
    ticks = [int(value) for value, _ in of_places(size).ticks]
    axis = alt.Axis(title="Rank (1 is the best)", values=ticks, format="d", orient="top", **quiet())
    scale = alt.Scale(domain=[0.5, size + 0.5], nice=False, zero=False)
    return alt.X(f"{field}:Q", scale=scale, axis=axis)


def values(field: str, title: str, ends: tuple[float, float]) -> alt.X:
    """Return an axis of values between two ends."""
    axis = alt.Axis(title=title, orient="top", tickCount=8, **quiet())
    return alt.X(f"{field}:Q", scale=alt.Scale(domain=list(ends), nice=False, zero=False), axis=axis)


def quiet() -> dict[str, Any]:
    """Return what all axes of numbers have: pale lines, no line of their own, readable texts."""
    return {
        "gridColor": "#dfe2e7",
        "domain": False,
        "ticks": False,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "titleColor": FADED,
        "labelColor": FADED,
        "titlePadding": 6,
    }


def score_title(scale: Scale, what: str = "Score") -> str:
    """Return the title of an axis of scores, which says the scale."""
    return f"{what} (points, {scale.low:g} to {scale.high:g})"


def raw(field: str) -> alt.Color:
    """Return a colour that a row's field holds itself."""
    return alt.Color(f"{field}:N", scale=None, legend=None)


def beside(base: alt.Chart, y: alt.Y, field: str, width: float = WIDTH) -> alt.Chart:
    """Return a text field of each row, written at the right of a chart of some width."""
    text = base.mark_text(align="left", fontSize=11, color=INK)
    return text.encode(y=y, x=alt.value(width + 8), text=f"{field}:N")


def tips(**titles: str) -> list[alt.Tooltip]:
    """Return tooltips of text fields with their titles."""
    return [alt.Tooltip(f"{field}:N", title=title) for field, title in titles.items()]


def around(numbers: Iterable[float | None], share: float = 0.06) -> tuple[float, float]:
    """Return two ends that hold all numbers, with some room.

    >>> around([10.0, None, 20.0], 0.1)
    (9.0, 21.0)
    """
    known = [number for number in numbers if number is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    room = share * (high - low) or 1.0
    return low - room, high + room


def _lines(text: str, letters: float) -> list[str]:
    """Break a text into lines; a number stays with its percent sign."""
    return wrap(sub(r"(?<=\d) %", "\N{NO-BREAK SPACE}%", text), int(letters))


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not isfinite(value) else value
