"""A dot-range chart: for each country a dot for the run, a thick line for 50 % and a thin line for 90 %."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from markupsafe import Markup

from readiness.numbers import printed

WIDTH, ROW = 400, 19
LEFT, RIGHT, TOP, BOTTOM = 112, 52, 26, 8
STEPS = (1, 2, 5, 10, 20, 50, 100)
MOST_TICKS = 6
EDGE = 0.02  # of the span, left free at both ends
LONGEST = 15  # letters of a name that fit at the left

HEAD = Markup(
    '<svg class="ranges" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{id}-title {id}-desc">'
    '<title id="{id}-title">{title}</title><desc id="{id}-desc">{desc}</desc>'
)
LINE = Markup('<path class="{kind}" d="M{first} {y}H{last}"/>')
TICK = Markup('<path class="grid" d="M{x} {top}V{bottom}"/><text class="tick" x="{x}" y="{y}">{text}</text>')
TIER = Markup('<path class="rule" d="M0 {y}H{width}"/>')
NUMBER = Markup('<text class="tier" x="{x}" y="{y}">{tier}</text>')
DOT = Markup('<circle cx="{x}" cy="{y}" r="3.5"/>')
NAME = Markup('<text class="name" x="{x}" y="{y}" dy="5">{name}</text>')


@dataclass(frozen=True)
class Range:
    """A row of the chart: who, tier, value of the run, ends of the 50 % and of the 90 % interval, all in words."""

    code: str
    name: str
    tier: int | None
    dot: float
    half: tuple[float, float]
    most: tuple[float, float]
    says: str


@dataclass(frozen=True)
class Axis:
    """Where values lie: `first` is drawn at the left end, `last` at the right; `ticks` are values and their texts."""

    first: float
    last: float
    ticks: Sequence[tuple[float, str]]

    def place(self, value: float) -> float:
        """Return the place of a value between the margins; what lies outside is drawn at the end."""
        span = self.last - self.first
        share = (value - self.first) / span if span else 0.5
        return LEFT + min(1.0, max(0.0, share)) * (WIDTH - LEFT - RIGHT)


def dot_range(rows: Sequence[Range], axis: Axis, name: str, title: str, desc: str) -> Markup:
    """Return the chart as SVG: a row for each country, a rule between tiers and the tier's number at the right.

    `name` starts the ids of its title and its description.
    """
    height = TOP + ROW * len(rows) + BOTTOM
    parts = [HEAD.format(width=WIDTH, height=height, id=name, title=title, desc=desc)]
    parts += [
        TICK.format(x=_n(axis.place(value)), top=TOP - 4, bottom=height - BOTTOM, y=TOP - 10, text=text)
        for value, text in axis.ticks
    ]
    parts.append(NUMBER.format(x=WIDTH - 2, y=TOP - 10, tier="Tier"))
    before: int | None = -1
    for number, row in enumerate(rows):
        y = TOP + ROW * number
        if row.tier != before:
            parts.append(TIER.format(y=y, width=WIDTH))
            parts.append(NUMBER.format(x=WIDTH - 2, y=y + 15, tier=row.tier or ""))
            before = row.tier
        parts.append(_row(row, axis.place, y + ROW / 2))
    return Markup("").join([*parts, Markup("</svg>")])


def of_places(size: int) -> Axis:
    """Return an axis of places: the first, multiples of a round step, up to the last.

    >>> [text for _, text in of_places(27).ticks]
    ['1', '5', '10', '15', '20', '25']
    """
    step = next((each for each in STEPS if size <= each * MOST_TICKS), size)
    return Axis(1, size, [(tick, str(tick)) for tick in dict.fromkeys([1, *range(step, size + 1, step)])])


def of_values(low: float, high: float) -> Axis:
    """Return an axis that holds all values, with multiples of a round step.

    >>> [text for _, text in of_values(12.1, 87.9).ticks], [text for _, text in of_values(-0.31, 0.2).ticks]
    (['20', '40', '60', '80'], ['−0.3', '−0.2', '−0.1', '0.0', '0.1', '0.2'])
    """
    span = max(high - low, 1e-9)
    power = floor(log10(span / MOST_TICKS))
    step = next(each * 10.0**power for each in (1, 2, 5, 10) if span <= each * 10.0**power * MOST_TICKS)
    power = floor(log10(step) + 1e-9)
    marks = [mark * step for mark in range(ceil((low - EDGE * span) / step), floor((high + EDGE * span) / step) + 1)]
    texts = [(mark, printed(mark, max(0, -power))) for mark in marks]
    return Axis(low - EDGE * span, high + EDGE * span, texts)


def _row(row: Range, place: Callable[[float], float], y: float) -> Markup:
    lines = [
        LINE.format(kind=kind, first=_n(place(low)), y=_n(y), last=_n(place(high)))
        for kind, (low, high) in (("thin", row.most), ("thick", row.half))
        if low != high
    ]
    name = row.name if len(row.name) <= LONGEST else row.code
    text = NAME.format(x=LEFT - 12, y=_n(y), name=name)
    dot = DOT.format(x=_n(place(row.dot)), y=_n(y))
    return Markup("<g><title>{}</title>").format(row.says) + text + Markup("").join(lines) + dot + Markup("</g>")


def _n(number: float) -> str:
    """Return a coordinate with one decimal at most."""
    return f"{number:.1f}".removesuffix(".0")
