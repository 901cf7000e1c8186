"""Any method of the registry run on small data: builds what each step asks for and returns all that is written.

Every array is contiguous float64 and every number has the type of its default, as in the pipeline, so that one
compiled kernel serves all tests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from readiness.registry import Method, compiled, methods

ALL = list(methods())
QUICK = [each for each in ALL if not each.slow]
WITH_COUNTRIES = [each for each in ALL if each.step != "weight"]
SEVERAL = {"impute": 2, "aggregate": 2, "weight": 0}  # how many of a step's outputs are per country; the others: one
INDICATORS, COUNTRIES, REPLICATES, EDITIONS = 4, 11, 3, 3
UNWRITTEN = -77.0
DIRECTIONS = np.array([1.0, -1.0, 1.0, -1.0])
GOALPOSTS = np.array([[0.0, 50.0], [-5.0, 80.0], [-2.0, 9.0], [-400.0, 0.0]])
TARGETS = np.array([[20.0, 20.0], [5.0, 10.0], [3.0, 3.0], [-9.0, -2.0]])
REFERENCES = np.array([30.0, 3.0, 7.0, -100.0])
Prepared = tuple[list[np.ndarray], Callable[[], None]]


@dataclass(frozen=True)
class Given:
    """What a method is run on. `x` has the replicate last and the country before it.

    impute (edition, indicator, country, replicate); rank (country, replicate); the others (indicator, country,
    replicate), where a weight or an aggregate takes the indicators as children.
    """

    x: np.ndarray
    countries: np.ndarray  # who stands in which row: decides clusters and noise
    numbers: dict[str, float] = field(default_factory=dict)  # parameters that differ from their defaults
    weights: np.ndarray | None = None  # (child, replicate)
    coverage: float = 0.5
    declared: np.ndarray | None = None  # (indicator, 5, replicate)
    directions: np.ndarray | None = None
    lanes: tuple[int, ...] = (0, 1, 2)  # which replicates these are

    def with_figures(self, x: np.ndarray) -> Given:
        return replace(self, x=np.ascontiguousarray(x, dtype=float))

    def permuted(self, order: np.ndarray) -> Given:
        moved = replace(self, countries=self.countries[order])
        return moved.with_figures(np.take(self.x, order, axis=-2))

    def lane(self, number: int) -> Given:
        mine = slice(number, number + 1)
        weights = None if self.weights is None else np.ascontiguousarray(self.weights[:, mine])
        return replace(self, weights=weights, lanes=self.lanes[mine]).with_figures(self.x[..., mine])


def given(method: Method, x: np.ndarray, **details) -> Given:
    """Stand figures before a method; weights are chosen so that those of two replicates differ by a power of two."""
    x = np.ascontiguousarray(x, dtype=float)
    lanes = tuple(range(x.shape[-1]))
    weights = None
    if method.step in ("weight", "aggregate"):
        first = [2.0, 0.0, 1.0, 5.0] if method.step == "weight" else [2.0, 1.0, 0.5, 0.25]
        weights = np.resize(first, x.shape[0])[:, None] * 2.0 ** np.arange(x.shape[-1])
    return Given(x, np.arange(x.shape[-2]), **{"weights": weights, "lanes": lanes} | details)


def figures(method: Method, seed: int = 1, countries: int = COUNTRIES, replicates: int = REPLICATES) -> np.ndarray:
    """Return skewed figures with gaps, ties, zeros, values below zero and one far outlier an indicator.

    A solver gets fewer; a method that takes no values below zero gets none.
    """
    rng = np.random.default_rng(seed)
    countries = min(countries, 6) if method.slow else countries
    x = np.exp(rng.normal(1.0, 1.0, (INDICATORS, countries, replicates)))
    x[1:3] = np.round(x[1:3])
    x[2] -= 2.0
    x[3] *= -1.0
    for i, far in enumerate((400.0, 90.0, 60.0, -300.0)):
        x[i, (3 * i) % countries] = far
    x[rng.random(x.shape) < 0.15] = np.nan
    x = np.abs(x) if method.non_negative else x
    if method.step == "rank":
        return x[1]  # it has ties
    if method.step != "impute":
        return x
    growth = np.array([0.8, 0.9, 1.0])[:, None, None, None]
    years = growth * x + rng.normal(0.0, 0.1, (EDITIONS, *x.shape))
    years[rng.random(years.shape) < 0.1] = np.nan
    return years


def usual(method: Method, seed: int = 1, **sizes: int) -> Given:
    """Return the small data that every rule is tried on."""
    return given(method, figures(method, seed, **sizes))


def flat(method: Method, indicators: int, countries: int, replicates: int, value: float) -> Given:
    """Return data of one value only."""
    x = np.full((EDITIONS, indicators, countries, replicates), value)
    return given(method, {"impute": x, "rank": x[0, 0]}.get(method.step, x[0]))


def call(method: Method, data: Given, plain: bool = False) -> list[np.ndarray]:
    """Run a method, compiled or in plain Python, and return all it writes, the result proper first."""
    written, run = prepared(method, data, plain)
    run()
    return written


def prepared(method: Method, data: Given, plain: bool = False) -> Prepared:
    """Return the arrays that a method writes, and what fills them when it is called."""
    form = as_compiled if plain else (lambda function: function) if method.slow else compiled
    return _STEPS[method.step](method, data, form)


def as_compiled(function: Callable) -> Callable:
    """Let plain Python divide by zero as compiled code does: the result is infinite or NaN, and nobody is warned."""

    def quiet(*arguments):
        with np.errstate(all="ignore"):
            return function(*arguments)

    return quiet


def numbers(method: Method, data: Given, *, fitted: bool = False) -> list[float]:
    """Return the numbers that the fit or the formula takes, whole ones as int."""
    values = {name: parameter.default for name, parameter in method.parameters.items()} | data.numbers
    kinds = {name: int if parameter.whole else float for name, parameter in method.parameters.items()}
    typed = {name: value if isinstance(value, str) else kinds[name](value) for name, value in values.items()}
    return method.numbers(typed, fitted=fitted)


def blank(*shape: int) -> np.ndarray:
    return np.full(shape, UNWRITTEN)


def noise(data: Given) -> np.ndarray:
    """Return standard normal draws that belong to a country and a replicate, wherever they stand."""
    draws = np.random.default_rng(99).standard_normal((*data.x.shape[:2], 40, 12))
    return np.ascontiguousarray(draws[:, :, data.countries][..., list(data.lanes)])


def siblings(data: Given) -> np.ndarray:
    """Put indicators into groups of three."""
    return np.arange(data.x.shape[1]) // 3


def years(data: Given) -> np.ndarray:
    return 2020.0 + np.arange(data.x.shape[0])


def clusters(data: Given) -> np.ndarray:
    """Put countries into three clusters, every fifth into none."""
    return np.where(data.countries % 5 == 4, -1, data.countries % 3)


def declared(data: Given) -> np.ndarray:
    """Return the goalposts, targets and references that the indicators declare."""
    if data.declared is not None:
        return np.ascontiguousarray(data.declared)
    columns = np.resize(np.column_stack([GOALPOSTS, TARGETS, REFERENCES]), (data.x.shape[0], 5))
    return np.ascontiguousarray(np.repeat(columns[:, :, None], data.x.shape[-1], axis=2))


def opinions(method: Method, children: int) -> np.ndarray:
    """Return opinions on children: how much more one counts than another, or the points that five experts gave.

    There is one set of them, whatever the number of replicates.
    """
    rng = np.random.default_rng(5)
    if method.name == "budget_allocation":
        return np.round(rng.uniform(0.0, 60.0, (children, 5)))[:, :, None]
    worth = np.exp(rng.normal(0.0, 0.7, children))
    judged = np.triu(worth[:, None] / worth * np.exp(rng.normal(0.0, 0.1, (children, children))), 1)
    mirrored = np.divide(1.0, judged.T, out=np.zeros_like(judged), where=judged.T > 0)
    return (judged + mirrored + np.eye(children))[:, :, None]


def directions(data: Given) -> np.ndarray:
    return np.resize(DIRECTIONS, data.x.shape[0]) if data.directions is None else data.directions


def _impute(method: Method, data: Given, form: Callable) -> Prepared:
    written = [blank(*data.x.shape), blank(*data.x.shape)]
    beside = siblings(data), clusters(data), years(data), noise(data)
    arguments = (data.x, *beside, *written, *numbers(method, data))
    return written, lambda: form(method.function)(*arguments)


def _plain(method: Method, data: Given, form: Callable) -> Prepared:
    out = blank(*data.x.shape)
    arguments = (data.x, out, *numbers(method, data))
    return [out], lambda: form(method.function)(*arguments)


def _treat(method: Method, data: Given, form: Callable) -> Prepared:
    learned = [blank(data.x.shape[0], data.x.shape[2]) for _ in range(4)]
    out, fitted = blank(*data.x.shape), numbers(method, data, fitted=True)

    def run() -> None:
        form(method.fit)(data.x, *learned, *fitted)
        form(method.function)(data.x, *learned, out)

    return [out, *learned], run


def _normalise(method: Method, data: Given, form: Callable) -> Prepared:
    bounds, out = blank(data.x.shape[0], 4, data.x.shape[2]), blank(*data.x.shape)
    learned_from = (data.x, directions(data), declared(data), bounds, *numbers(method, data, fitted=True))
    others = numbers(method, data)

    def run() -> None:
        form(method.fit)(*learned_from)
        form(method.function)(data.x, bounds, *others, out)

    return [out, bounds], run


def _weight(method: Method, data: Given, form: Callable) -> Prepared:
    out = blank(*data.weights.shape)
    sample = opinions(method, len(out)) if method.needs == "opinions" else data.x
    arguments = (data.weights, sample, out, *numbers(method, data))
    return [out], lambda: form(method.function)(*arguments)


def _aggregate(method: Method, data: Given, form: Callable) -> Prepared:
    written = [blank(*data.x.shape[1:]), blank(*data.x.shape[1:])]
    arguments = (data.x, data.weights, data.coverage, *written, *numbers(method, data))
    return written, lambda: form(method.function)(*arguments)


_STEPS = {
    "impute": _impute,
    "transform": _plain,
    "treat": _treat,
    "normalise": _normalise,
    "weight": _weight,
    "aggregate": _aggregate,
    "rank": _plain,
}


def over_each(of: list[Method]) -> pytest.MarkDecorator:
    """Repeat a test for each of these methods."""
    return pytest.mark.parametrize("method", of, ids=lambda method: f"{method.step}-{method.name}")
