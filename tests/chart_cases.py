"""Charts of every kind, drawn from ordinary and from extreme values: name -> SVG."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from readiness.numbers import printed
from readiness.report.charts.axis import of_places, of_values
from readiness.report.charts.bars import Bar, bars
from readiness.report.charts.dotrange import Range, dot_range
from readiness.report.charts.dumbbell import Pair, dumbbell
from readiness.report.charts.heatmap import Tile, heatmap
from readiness.report.charts.lines import lines, sparkline
from readiness.report.charts.rankbars import rank_bars
from readiness.report.charts.tilemap import Square, tile_map
from readiness.report.charts.trajectory import Course, trajectory
from readiness.report.charts.waterfall import Step, waterfall
from readiness.scale import Scale

HUNDRED = Scale(0, 100, 2, 1)
WORDS = ("Title", "Description")
PLAIN = ("Compute", "Use of advanced cloud services by enterprises", "Government budget for research")
LONG = "Donaudampfschifffahrtsgesellschaftskapitän" * 3  # a word that breaks nowhere
SENTENCE = "A very long name of something that somebody wanted to measure in each of the countries " * 3
HOSTILE = "</text><script>alert(1)</script>\"'&<!--"
TWO = (PLAIN[1], PLAIN[2])  # of two lines each
LABELS = (PLAIN[1], LONG, SENTENCE)


def signed(value: float, decimals: int = 2) -> str:
    text = printed(value, decimals)
    return f"+{text}" if value > 0 else text


def bars_of(*rows: tuple[float | None, ...], labels: tuple[str, ...] = PLAIN, series: tuple[str, ...] = ()) -> Markup:
    names = series or ("EU27", "Finland")[: len(rows[0])]
    drawn = []
    for number, values in enumerate(rows):
        texts = tuple(":" if value is None else signed(value) for value in values)
        label = labels[number % len(labels)]
        drawn.append(Bar(label, values, texts, f"{label}: {', '.join(texts)}"))
    return bars(drawn, names, "bars2", *WORDS)


def ranges_of(
    *rows: tuple[float, float, float], size: float = 27, names: tuple[str, ...] = (), own: int = -1
) -> Markup:
    drawn = []
    for number, (dot, low, high) in enumerate(rows):
        name = names[number] if names else f"Country {number}"
        half = ((low + dot) / 2, (high + dot) / 2)
        drawn.append(Range(f"C{number}", name, number + 1, dot, half, (low, high), f"{name}: {dot}", number == own))
    values = [value for row in rows for value in row]
    axis = of_places(int(size)) if min(values) >= 1 else of_values(min(values), max(values))
    return dot_range(drawn, axis, "ranges", *WORDS)


def pairs_of(
    *rows: tuple[float, float | None, float | None],
    labels: tuple[str, ...] = PLAIN,
    low: float = 0,
    high: float = 100,
    series: tuple[str, ...] = ("Portugal", "mean of the peers", "EU27"),
) -> Markup:
    drawn = []
    for number, (own, *others) in enumerate(rows):
        label = labels[number % len(labels)]
        drawn.append(Pair(label, own, tuple(others), printed(own, 1), f"{label}: {printed(own, 1)}"))
    return dumbbell(drawn, of_values(low, high), series, "dumbbell", *WORDS)


def tiles_of(*rows: tuple[float | None, ...], labels: tuple[str, ...] = PLAIN, columns: tuple[str, ...] = ()) -> Markup:
    heads = columns or tuple(f"Pillar {number}" for number in range(len(rows[0])))
    drawn = []
    for number, values in enumerate(rows):
        tiles = []
        for head, value in zip(heads, values, strict=True):
            text = printed(value, 1)
            style = None if value is None else HUNDRED.class_of(round(10 * value), 1)
            tiles.append(Tile(text, style, f"{head} {text}"))
        drawn.append((labels[number % len(labels)], tiles))
    return heatmap(drawn, heads, "heatmap", WORDS, labels[0])


def lines_of(
    own: list[float | None],
    other: list[float | None],
    scale: Scale = HUNDRED,
    names: tuple[str, str] = ("Portugal", "EU27"),
) -> Markup:
    return lines((own, other), names, [2022 + each for each in range(len(own))], scale, WORDS)


def places_of(*places: tuple[float, float], own: float, of: int) -> Markup:
    return rank_bars(places, own, of, (*WORDS, "run"), lambda share: f"{round(100 * share)} %")


def map_of(values: dict[str, float | None], own: str = "", decimals: int = 2) -> Markup:
    squares = []
    for code, value in values.items():
        text = printed(value, decimals)
        style = None if value is None else HUNDRED.class_of(round(value * 10**decimals), decimals)
        squares.append(Square(code, text, style, f"{code}: {text}", f"{code}.html", code == own))
    return tile_map(squares, *WORDS)


def course_of(
    *figures: float,
    goal: float | None = 75,
    by: int = 2030,
    trend: tuple[float, float, float] | None = None,
    text: str = "",
) -> Markup:
    shown = [(2026 - len(figures) + number, value) for number, value in enumerate(figures)]
    return trajectory(
        Course(shown, goal, by, trend, text or printed(goal, 0), text or printed(figures[-1], 1)), "course", *WORDS
    )


def steps_of(before: float, *values: float, labels: tuple[str, ...] = PLAIN) -> Markup:
    after = before + sum(values)
    drawn = []
    for number, value in enumerate(values):
        label = labels[number % len(labels)]
        drawn.append(Step(label, value, signed(value), f"{label}: {signed(value)}"))
    ends = (("2025", before, printed(before, 2)), ("2026", after, printed(after, 2)))
    return waterfall(ends, drawn, "waterfall", *WORDS)


ORDINARY: dict[str, Callable[[], Markup]] = {
    "bars": lambda: bars_of((1.25,), (-0.5,), (0.0,)),
    "bars of two series": lambda: bars_of((1.25, -2.0), (-0.5, 0.25), (None, 3.0)),
    "ranges": lambda: ranges_of((1, 1, 2), (2, 1, 3), (3, 3, 3), own=1),
    "dumbbell": lambda: pairs_of((48.1, 22.7, 52.5), (80.5, None, 69.4), (5.0, 57.5, None)),
    "heatmap": lambda: tiles_of((48.1, 19.9, 80.0), (60.0, None, 39.9)),
    "lines": lambda: lines_of([40.0, 45.5, None, 50.25], [50.0, 51.0, 52.0, 52.4]),
    "rank bars": lambda: places_of((13, 0.14), (14, 0.45), (15, 0.41), own=15, of=27),
    "map": lambda: map_of({"PT": 51.25, "ES": 55.7, "FI": 82.36, "RO": 19.99, "MT": None}, own="PT"),
    "trajectory": lambda: course_of(7.2, 7.9, 8.6, 11.5, trend=(17.0, 12.0, 22.0)),
    "waterfall": lambda: steps_of(50.6, 1.38, 0.0, -0.72),
    "spark": lambda: sparkline([10.0, None, 30.0, 20.0], HUNDRED, "2022: 10.0"),
}
HUGE, TINY = 123_456_789.5, 1e-12
EXTREME: dict[str, Callable[[], Markup]] = {
    "bars all equal": lambda: bars_of((1.0,), (1.0,), (1.0,)),
    "bars all zero": lambda: bars_of((0.0, 0.0), (0.0, 0.0)),
    "bars all negative": lambda: bars_of((-1.0,), (-20.5,), (-0.01,)),
    "bars huge": lambda: bars_of((HUGE, -HUGE), (TINY, -TINY)),
    "bars of gaps": lambda: bars_of((None, None), (None, None)),
    "bars one row": lambda: bars_of((0.5,)),
    "bars long": lambda: bars_of((1.0, 2.0), (-1.0, -2.0), (0.5, 0.1), labels=LABELS, series=(SENTENCE, LONG)),
    "ranges all equal": lambda: ranges_of((1, 1, 1), (1, 1, 1)),
    "ranges one row": lambda: ranges_of((1, 1, 1), size=1),
    "ranges negative": lambda: ranges_of((-2.0, -2.5, -1.0), (0.3, 0.1, 0.9)),
    "ranges huge": lambda: ranges_of((HUGE, -HUGE, HUGE), (0.0, 0.0, 0.0)),
    "ranges beyond the axis": lambda: ranges_of((50, 1, 99), size=3),
    "ranges long": lambda: ranges_of((1, 1, 2), (2, 1, 2), size=2, names=(LONG, SENTENCE), own=0),
    "dumbbell all equal": lambda: pairs_of((50.0, 50.0, 50.0)),
    "dumbbell at the ends": lambda: pairs_of((0.0, 0.0, 100.0), (100.0, 0.0, 100.0), (99.9, 100.0, 98.0)),
    "dumbbell beyond the axis": lambda: pairs_of((HUGE, -HUGE, 0.0), (-3.0, 101.0, None)),
    "dumbbell of gaps": lambda: pairs_of((50.0, None, None)),
    "dumbbell huge": lambda: pairs_of((HUGE, 0.0, -HUGE), low=-HUGE, high=HUGE),
    "dumbbell long": lambda: pairs_of(
        (0.0, 40.0, 50.0), (100.0, 1.0, 2.0), labels=LABELS, series=(LONG, SENTENCE, LONG)
    ),
    "heatmap all equal": lambda: tiles_of((50.0, 50.0), (50.0, 50.0)),
    "heatmap of gaps": lambda: tiles_of((None, None), (None, None)),
    "heatmap one cell": lambda: tiles_of((99.95,)),
    "heatmap huge": lambda: tiles_of((-HUGE, HUGE, 0.0)),
    "heatmap of labels in two lines": lambda: tiles_of((1.0,), (2.0,), (3.0,), labels=TWO),
    "heatmap of many columns": lambda: tiles_of(tuple(float(each) for each in range(12))),
    "heatmap long": lambda: tiles_of((1.0, 2.0), (5.0, 6.0), labels=LABELS, columns=(SENTENCE, "Pillar")),
    "lines one edition": lambda: lines_of([50.0], [60.0]),
    "lines all equal": lambda: lines_of([50.0, 50.0, 50.0], [50.0, 50.0, 50.0]),
    "lines of gaps": lambda: lines_of([None, None], [None, None]),
    "lines alone": lambda: lines_of([10.0, None, 20.0], []),
    "lines beyond the scale": lambda: lines_of([-HUGE, HUGE], [HUGE, -HUGE]),
    "lines at the ends": lambda: lines_of([0.0, 0.0], [0.0, 100.0]),
    "lines negative": lambda: lines_of([-1.5, 2.0], [-0.5, -0.1], Scale(-2.5, 2.5, 2, 2)),
    "lines long": lambda: lines_of([50.0, 60.0], [55.0, 65.0], names=("Bosnia and Herzegovina", SENTENCE)),
    "rank bars one place": lambda: places_of((1, 1.0), own=1, of=1),
    "rank bars all equal": lambda: places_of(*((each, 1 / 27) for each in range(1, 28)), own=27, of=27),
    "rank bars outside": lambda: places_of((20, 0.999), (21, 0.001), own=3, of=27),
    "rank bars shared": lambda: places_of((1, 0.5), (1.5, 0.5), own=1.5, of=2),
    "rank bars wide": lambda: places_of((1, 0.9), (27, 0.1), own=27, of=27),
    "rank bars of many": lambda: places_of((1, 0.5), (1160, 0.5), own=700, of=1160),
    "map all equal": lambda: map_of(dict.fromkeys(("PT", "FI", "CY", "MT", "IE"), 50.0)),
    "map of gaps": lambda: map_of(dict.fromkeys(("PT", "FI"))),
    "map huge": lambda: map_of({"PT": 1234.567, "FI": -99.5, "CY": 100.0}),
    "trajectory all equal": lambda: course_of(5.0, 5.0, 5.0, goal=5),
    "trajectory without a goal": lambda: course_of(5.0, 6.0, goal=None),
    "trajectory one figure": lambda: course_of(5.0),
    "trajectory negative": lambda: course_of(-5.0, -6.0, -7.0, goal=-20, trend=(-9.0, -10.0, -8.0)),
    "trajectory huge": lambda: course_of(
        HUGE, 2 * HUGE, goal=9 * HUGE, trend=(HUGE, -99 * HUGE, 99 * HUGE), text="1,110 m"
    ),
    "trajectory past": lambda: course_of(5.0, 6.0, 7.0, by=2020),
    "trajectory next year": lambda: course_of(5.0, 6.0, 7.0, 90.0, by=2026),
    "waterfall all zero": lambda: steps_of(50.0, 0.0, 0.0),
    "waterfall negative": lambda: steps_of(-5.0, -1.0, -2.0),
    "waterfall huge": lambda: steps_of(0.0, HUGE, -2 * HUGE),
    "waterfall without causes": lambda: steps_of(50.0),
    "waterfall long": lambda: steps_of(50.0, 1.0, -1.0, 2.0, labels=LABELS),
    "spark of gaps": lambda: sparkline([None, None], HUNDRED, "no score"),
    "spark one edition": lambda: sparkline([HUGE], HUNDRED, "huge"),
    "spark all equal": lambda: sparkline([0.0, 0.0], HUNDRED, "zero"),
}
ESCAPED: dict[str, Callable[[], Markup]] = {
    "bars": lambda: bars([Bar(HOSTILE, (1.0,), (HOSTILE,), HOSTILE)], (HOSTILE, HOSTILE), "k", HOSTILE, HOSTILE),
    "ranges": lambda: dot_range(
        [Range(HOSTILE, HOSTILE, 1, 1, (1, 1), (1, 1), HOSTILE)], of_places(1), "k", HOSTILE, HOSTILE, HOSTILE
    ),
    "dumbbell": lambda: dumbbell(
        [Pair(HOSTILE, 1, (1,), HOSTILE, HOSTILE)], of_values(0, 1), (HOSTILE, HOSTILE), "k", HOSTILE, HOSTILE
    ),
    "heatmap": lambda: heatmap([(HOSTILE, [Tile(HOSTILE, 1, HOSTILE)])], [HOSTILE], "k", (HOSTILE, HOSTILE)),
    "lines": lambda: lines(([1.0], [2.0]), (HOSTILE, HOSTILE), [2026], HUNDRED, (HOSTILE, HOSTILE)),
    "rank bars": lambda: rank_bars([(1, 1.0)], 1, 1, (HOSTILE, HOSTILE, HOSTILE), lambda _: HOSTILE),
    "map": lambda: tile_map([Square("PT", HOSTILE, 1, HOSTILE, f"{HOSTILE}.html")], HOSTILE, HOSTILE),
    "trajectory": lambda: trajectory(
        Course([(2025, 1.0)], 2.0, 2030, None, HOSTILE, HOSTILE), "k", HOSTILE, HOSTILE, lambda _: HOSTILE
    ),
    "waterfall": lambda: waterfall(
        ((HOSTILE, 1.0, HOSTILE), (HOSTILE, 2.0, HOSTILE)),
        [Step(HOSTILE, 1.0, HOSTILE, HOSTILE)],
        "k",
        HOSTILE,
        HOSTILE,
    ),
    "spark": lambda: sparkline([1.0], HUNDRED, HOSTILE),
}
