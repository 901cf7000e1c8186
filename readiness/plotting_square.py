"""A square of dots: its two sides, and where the code of each dot stands so that codes do not cover each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, exp, floor, log, log10
from typing import Any

from readiness.plotting_canvas import alt, around, quiet
from readiness.plotting_names import no_chart

SIDE = 420
LETTER, LINE = 6.5, 11  # width and height of a code's letters
RADIUS = 5  # of what a dot takes

Stand = tuple[str, int, int]  # alignment, and distance from the dot across and down
Box = tuple[float, float, float, float]  # left, top, right, bottom
STANDS: tuple[Stand, ...] = (("left", 6, 0), ("right", -6, 0), ("center", 0, -10), ("center", 0, 10))  # best first


@dataclass(frozen=True)
class Side:
    """One side of the square: the field it shows, its title, its ends, and whether steps along it are factors."""

    field: str
    title: str
    ends: tuple[float, float]
    log: bool = False

    def channel(self) -> alt.X | alt.Y:
        """Return the side as an axis."""
        kind = {"type": "log"} if self.log else {"zero": False}
        marks = (
            {"values": self.ticks(), "labelOverlap": "greedy", "labelSeparation": 8} if self.log else {"tickCount": 6}
        )
        scale = alt.Scale(domain=list(self.ends), nice=False, **kind)
        channel = {"x": alt.X, "y": alt.Y}[self.field]
        return channel(f"{self.field}:Q", scale=scale, axis=alt.Axis(title=self.title, **marks, **quiet()))

    def ticks(self) -> list[float]:
        """Return 1, 2 and 5 times the powers of ten between the ends."""
        powers = range(floor(log10(self.ends[0])), ceil(log10(self.ends[1])) + 1)
        marks = [digit * 10.0**power for power in powers for digit in (1, 2, 5)]
        return [mark for mark in marks if self.ends[0] <= mark <= self.ends[1]]

    def place(self, value: float) -> float:
        """Return where a value lies, from the left or from the top."""
        low, high, at = (log(each) if self.log else each for each in (*self.ends, value))
        share = (at - low) / (high - low)
        return SIDE * (share if self.field == "x" else 1 - share)


def side_for(field: str, title: str, rows: Sequence[Mapping[str, Any]], *, factors: bool = False) -> Side:
    """Return a side that holds the values of all rows.

    Errors   ReadinessError where steps are to be factors and a value is not above zero.
    """
    numbers = [row[field] for row in rows]
    if not factors:
        return Side(field, title, around(numbers))
    if min(numbers, default=1.0) <= 0:
        raise no_chart("scatter", f"log_{field} of {title}", "a series of numbers above zero")
    low, high = around([log(number) for number in numbers])
    return Side(field, title, (exp(low), exp(high)), log=True)


def stands(rows: Sequence[Mapping[str, Any]], sides: Sequence[Side]) -> list[tuple[Stand, list[Mapping[str, Any]]]]:
    """Return which rows have their code where: each at the first stand that meets nothing, else at the first of all."""
    dots = [(sides[0].place(row["x"]), sides[1].place(row["y"])) for row in rows]
    taken: list[Box] = [(x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS) for x, y in dots]
    found: dict[Stand, list[Mapping[str, Any]]] = {stand: [] for stand in STANDS}
    for number, (row, dot) in enumerate(zip(rows, dots, strict=True)):
        others = taken[:number] + taken[number + 1 :]
        boxes = {stand: _box(dot, stand, row["code"]) for stand in STANDS}
        free = [stand for stand, box in boxes.items() if not any(_meet(box, other) for other in others)]
        stand = free[0] if free else STANDS[0]
        taken.append(boxes[stand])
        found[stand].append(row)
    return [(stand, own) for stand, own in found.items() if own]


def _box(dot: tuple[float, float], stand: Stand, code: str) -> Box:
    align, dx, dy = stand
    width = LETTER * len(code)
    left = dot[0] + dx - {"left": 0.0, "right": width, "center": width / 2}[align]
    return left, dot[1] + dy - LINE / 2, left + width, dot[1] + dy + LINE / 2


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
