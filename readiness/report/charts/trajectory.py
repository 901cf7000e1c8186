"""A trajectory: figures by year, the path to the goal, and where the trend leads with its interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from readiness.report.charts.axis import Axis, of_values
from readiness.report.charts.svg import WIDTH, Canvas, short
from readiness.report.charts.widths import width_of

HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 190, 60, 62, 14, 24
Spot = tuple[float, float]


@dataclass(frozen=True)
class Course:
    """What is drawn: figures by year; goal and its year; where the trend leads in that year, with its interval or not.

    `goal_text` and `value_text` stand at the goal and at the newest figure.
    """

    figures: Sequence[tuple[int, float]]
    goal: float | None
    by: int
    trend: tuple[float, float, float] | None
    goal_text: str
    value_text: str


def trajectory(course: Course, key: str, title: str, desc: str, say: Callable[[str], str] = str) -> Markup:
    """Return the chart: dots and a line for figures, a dashed line to the goal, a band for the trend's interval."""
    canvas = Canvas("trajectory", HEIGHT, title, desc, key)
    years = [year for year, _ in course.figures]
    first, last = min(years), max(*years, course.by)
    values = [value for _, value in course.figures] + ([] if course.goal is None else [course.goal])
    shown = [min(max(end, _lowest(values)), _highest(values)) for end in course.trend or ()]
    up = of_values(min([*values, *shown]), max([*values, *shown]), say, 4)
    across = Axis(first, last, [])
    left = max(LEFT, 14 + max(width_of(text) for _, text in up.ticks))
    right = WIDTH - max(RIGHT, 12 + width_of(course.goal_text, "strong"))

    def spot(year: int, value: float) -> Spot:
        return across.place(year, left, right), up.place(value, HEIGHT - BOTTOM, TOP)

    _frame(canvas, up, (left, right), [(year, spot(year, up.first)[0]) for year in (first, years[-1], course.by)])
    newest = spot(*course.figures[-1])
    if course.trend:
        middle, low, high = (spot(course.by, value) for value in shown)
        canvas.path(f"M{_at(newest)}L{_at(low)}L{_at(high)}Z", "band")
        canvas.line(newest, middle, "trend")
    if course.goal is not None:
        goal = spot(course.by, course.goal)
        canvas.line(newest, goal, "path")
        canvas.path(f"M{_at(goal)}m-5 0l5 -5l5 5l-5 5z", "goal")
        canvas.text(goal[0] + 9, goal[1] + 4.5, course.goal_text, "strong")
    canvas.path("M" + "L".join(_at(spot(*each)) for each in course.figures), "line")
    for each in course.figures:
        canvas.circle(*spot(*each), 3, "own")
    above, fits = newest[1] > TOP + 20, newest[0] - 4 - width_of(course.value_text, "strong") > left
    y = newest[1] + (-8 if above else 18)
    canvas.text(newest[0] + (-4 if fits else 4), y, course.value_text, "end strong" if fits else "strong")
    return canvas.svg()


def _lowest(values: Sequence[float]) -> float:
    """Return how far down the interval of a trend is drawn: a wide one must not press the figures flat."""
    return min(values) - (max(values) - min(values))


def _highest(values: Sequence[float]) -> float:
    return max(values) + (max(values) - min(values))


def _frame(canvas: Canvas, up: Axis, ends: tuple[float, float], years: Sequence[tuple[int, float]]) -> None:
    """Draw the lines of the axis with their numbers, and the years that have room, each given with its place."""
    left, right = ends
    for value, text in up.ticks:
        y = up.place(value, HEIGHT - BOTTOM, TOP)
        canvas.line((left - 4, y), (right + 4, y), "grid")
        canvas.text(left - 8, y + 4.5, text, "end soft")
    written: list[float] = []
    for year, x in years:
        if all(abs(x - other) > 32 for other in written):
            canvas.text(x, HEIGHT - 7, str(year), "middle soft")
            written.append(x)


def _at(spot: Spot) -> str:
    return f"{short(spot[0])} {short(spot[1])}"
