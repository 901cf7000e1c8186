"""What all charts share: a canvas that escapes every text, labels that fit, and the style that print needs inside."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from markupsafe import Markup, escape

from readiness.report.charts.widths import width_of
from readiness.report.visible import visible

STYLES = Path(__file__).parents[1] / "templates"
WIDTH = 420  # of every chart: on a narrow screen its letters stay legible
FONT = "Source Sans 3"
VARIABLE = re.compile(r"var\(--([\w-]+)\)")


class Canvas:
    """An SVG picture that is put together mark by mark; `kind` is its class, to which the style sheet speaks."""

    def __init__(self, kind: str, height: float, title: str, desc: str, key: str) -> None:
        head = Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" class="chart {}" viewBox="0 0 {} {}" role="img" '
            'aria-labelledby="{k}-title {k}-desc"><title id="{k}-title">{}</title><desc id="{k}-desc">{}</desc>'
        )
        words = (visible(title), visible(desc))
        self._parts = [head.format(kind, short(WIDTH), short(height), *words, k=key)]

    def path(self, d: str, style: str) -> None:
        """Draw a path."""
        self._parts.append(Markup('<path class="{}" d="{}"/>').format(style, d))

    def line(self, start: tuple[float, float], end: tuple[float, float], style: str) -> None:
        """Draw a straight line."""
        self.path(f"M{short(start[0])} {short(start[1])}L{short(end[0])} {short(end[1])}", style)

    def rect(self, place: tuple[float, float, float, float], style: str) -> None:
        """Draw a rectangle: left, top, width, height; one of no width is drawn as a hair."""
        x, y, width, height = place
        mark = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>')
        self._parts.append(mark.format(style, short(x), short(y), short(max(width, 0.5)), short(height)))

    def circle(self, x: float, y: float, radius: float, style: str) -> None:
        """Draw a dot."""
        self._parts.append(
            Markup('<circle class="{}" cx="{}" cy="{}" r="{}"/>').format(style, short(x), short(y), radius)
        )

    def text(self, x: float, y: float, text: str, style: str = "") -> None:
        """Write a text; the style says whether it begins, ends or has its middle there."""
        self._parts.append(
            Markup('<text class="{}" x="{}" y="{}">{}</text>').format(style, short(x), short(y), visible(text))
        )

    def label(self, x: float, y: float, text: str, room: float, style: str = "end") -> None:
        """Write a label around a height: in one line, or in two that have so much room."""
        told = lines_of(text, room, style)
        top = y + 4.5 - 6.5 * (len(told) - 1)
        for number, line in enumerate(told):
            self.text(x, top + 13 * number, line, style)

    def open(self, title: str) -> None:
        """Begin a group of marks that says something when it is pointed at."""
        self._parts.append(Markup("<g><title>{}</title>").format(visible(title)))

    def close(self) -> None:
        """End the group."""
        self._parts.append(Markup("</g>"))

    def legend(self, x: float, name: str, room: float) -> None:
        """Write the name of a series behind its sign; one too long for its room is told in full when pointed at."""
        self.open(name)
        self.text(x, 13, cut(name, room, width_of), "soft")
        self.close()

    def svg(self) -> Markup:
        """Return the picture."""
        return Markup("").join([*self._parts, Markup("</svg>")])


def lines_of(text: str, room: float, style: str = "") -> list[str]:
    """Break a label into two lines at most that have so much room."""
    return wrapped(text, room, partial(width_of, style=style))


def wrapped(text: str, room: float, measure: Callable[[str], float] = len) -> list[str]:
    """Break a text into two lines at most; what does not fit ends in an ellipsis. Room is told in letters or units.

    >>> wrapped("Use of advanced cloud services", 16)
    ['Use of advanced', 'cloud services']
    """
    if measure(text) <= room:
        return [text]
    lines, words = [""], text.split(" ")
    for word in words:
        joined = f"{lines[-1]} {word}".strip()
        if measure(joined) <= room or not lines[-1]:
            lines[-1] = joined
        else:
            lines.append(word)
    if len(lines) > 2:
        lines = [lines[0], " ".join(lines[1:])]
    return [cut(line, room, measure) for line in lines]


def cut(text: str, room: float, measure: Callable[[str], float] = len) -> str:
    """Return a text that fits; what does not ends in an ellipsis."""
    if measure(text) <= room:
        return text
    kept = text[: int(room)].rstrip()  # no letter is narrower than a unit
    while kept and measure(f"{kept}…") > room:
        kept = kept[:-1].rstrip()
    return f"{kept}…"


def short(number: float) -> str:
    """Return a coordinate with one decimal at most."""
    return f"{number:.1f}".removesuffix(".0")


def printable(svg: str) -> str:
    """Return a chart with its colours, font and sizes inside, for a place without a style sheet."""
    head, mark, rest = svg.partition(">")
    return f"{head}{mark}<style>{_resolved()}</style>{rest}"


@cache
def _resolved() -> str:
    """Return the style sheet of the charts with the colours of the light palette in it."""
    light = (STYLES / "style.css").read_text(encoding="utf-8").split("@media", 1)[0]
    palette = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light))
    rules = (STYLES / "charts.css").read_text(encoding="utf-8")
    plain = VARIABLE.sub(lambda found: palette[found[1]], rules)
    font = escape(f"text {{ font-family: '{FONT}'; }}").unescape()
    return re.sub(r"/\*.*?\*/|\s+", " ", f"{plain} {font}", flags=re.DOTALL)
