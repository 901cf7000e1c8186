"""The laws of the methods on figures that Hypothesis makes up: gaps, ties, zeros, negatives, very large, very small."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from method_calls import ALL, GOALPOSTS, QUICK, REFERENCES, TARGETS, UNWRITTEN, Given, call, over_each
from method_laws import LAWS, close, laws, shares
from numpy.testing import assert_allclose, assert_array_equal
from numpy_peers import has_peer, peer

from readiness.registry import Method, lookup, methods

SMOOTH = {("impute", "unit_free"), ("treat", "unit_free"), ("weight", "unit_free")}  # a tie or limit may tip either way
AGGREGATES = list(methods("aggregate"))
LAWFUL = [(method, law) for method in ALL for law in laws(method)]
PEERED = [each for each in QUICK if has_peer(each) and each.step in ("transform", "normalise", "aggregate", "rank")]


def steady(examples: int):
    calm = (HealthCheck.too_slow, HealthCheck.data_too_large)
    return settings(derandomize=True, deadline=None, database=None, max_examples=examples, suppress_health_check=calm)


def figure() -> st.SearchStrategy[float]:
    """Return hundredths, mostly small whole numbers so that there are ties, or a gap."""
    hundredths = st.integers(-10_000, 10_000).map(lambda number: number / 100)
    return st.one_of(st.integers(-3, 9).map(float), hundredths, st.just(np.nan))


@st.composite
def tables(draw, method: Method, alike: bool = False) -> Given:
    """Make up figures of any size for a method, with the goalposts, targets and weights that go with them."""
    countries, replicates = draw(st.integers(1, 4 if method.slow else 6)), draw(st.integers(1, 2))
    children = draw(st.integers(1, 4))
    shape = {"impute": (2, children), "rank": ()}.get(method.step, (children,))
    x = draw(arrays.arrays(float, (*shape, countries, replicates), elements=figure(), fill=st.nothing()))
    size = draw(st.sampled_from([1.0, 1.0, 1e-7, 1e9])) if method.step != "rank" else 1.0
    x = size * (np.abs(x) if method.non_negative else x)
    if alike:  # as with the official run: all replicates the same
        x = np.repeat(x[..., :1], replicates, axis=-1)
    posts = np.column_stack([GOALPOSTS, TARGETS, REFERENCES])[:children, :, None] * np.ones(replicates)
    weights = draw(st.lists(st.integers(0, 4), min_size=children, max_size=children).filter(any))
    return Given(
        np.ascontiguousarray(x),
        np.arange(countries),
        weights=np.array(weights, dtype=float)[:, None] * np.ones(replicates),
        coverage=draw(st.sampled_from([0.0, 0.5, 1.0])),
        declared=size * posts,
        lanes=tuple(range(replicates)),
    )


@st.composite
def smooth(draw, method: Method) -> Given:
    """Make up figures without ties, some of them missing, the indicators more or less correlated."""
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    countries, spread = draw(st.integers(4, 9)), draw(st.sampled_from([0.1, 1.0]))
    common = rng.normal(0, 1, (countries, 1))
    x = np.exp(spread * (common + rng.normal(0, 1, (2, 4, countries, 1))))
    x[rng.random(x.shape) < draw(st.sampled_from([0.0, 0.1, 0.3]))] = np.nan
    x = x if method.step == "impute" else np.ascontiguousarray(x[0])
    return Given(x, np.arange(countries), weights=np.array([[2.0], [0.0], [1.0], [5.0]]), lanes=(0,))


def check_over(strategy, examples, check):
    """Run a check over made-up data."""

    @steady(examples)
    @given(strategy)
    def over_data(data):
        check(data)

    over_data()


def examples_of(method: Method) -> int:
    return 5 if method.slow else 25


@pytest.mark.parametrize(
    ("method", "law"), [pytest.param(*each, id=f"{each[0].step}-{each[0].name}-{each[1]}") for each in LAWFUL]
)
def test_law_holds_on_any_figures(method, law):
    data = smooth(method) if (method.step, law) in SMOOTH else tables(method)
    check_over(data, examples_of(method), lambda given: LAWS[method.step, law](method, given))


@over_each(ALL)
def test_everything_is_written_and_nothing_is_infinite(method):
    def check(data):
        out, *others = call(method, data)
        assert not np.isinf(out).any()
        assert not any((each == UNWRITTEN).any() for each in (out, *others))

    check_over(tables(method), examples_of(method), check)


@over_each(QUICK)
def test_equal_replicates_have_equal_results(method):
    def check(data):
        data = replace(data, lanes=(0,) * len(data.lanes))
        for out in call(method, data):
            assert_array_equal(out, np.repeat(out[..., :1], out.shape[-1], axis=-1))

    check_over(tables(method, alike=True), examples_of(method), check)


@over_each(PEERED)
def test_method_agrees_with_numpy_on_any_figures(method):
    def check(data):
        close(call(method, data)[0], np.stack(peer(method, data)(), axis=-1), 1e-8)

    check_over(tables(method), examples_of(method), check)


@over_each(AGGREGATES)
def test_a_child_that_is_missing_or_weighs_nothing_is_as_if_it_were_not_there(method):
    def check(data):
        data = replace(data, coverage=0.0)
        rest = replace(data, weights=np.ascontiguousarray(data.weights[1:])).with_figures(data.x[1:])
        lighter, gone = data.weights.copy(), data.x.copy()
        lighter[0], gone[0] = 0.0, np.nan
        expected = call(method, rest)
        close(call(method, data.with_figures(gone))[0], expected[0])
        for one, other in zip(call(method, replace(data, weights=lighter)), expected, strict=True):
            close(one, other)

    several = tables(method).filter(lambda data: data.x.shape[0] > 1 and data.weights[1:].any())
    check_over(several, examples_of(method), check)


@over_each(AGGREGATES)
def test_scaling_weights_changes_nothing(method):
    def check(data):
        out, covered = call(method, data)
        for factor in (8.0, 0.3):
            same = call(method, replace(data, weights=factor * data.weights))
            close(same[0], out)
            assert_allclose(same[1], covered, rtol=1e-12, atol=1e-12)

    check_over(tables(method), examples_of(method), check)


@over_each([each for each in AGGREGATES if "monotone" in each.properties])
def test_a_dominated_country_never_ranks_above(method):
    """One country has at least what another has, in every child that counts."""

    def check(data):
        x = data.x.copy()
        x[:, 0] = np.where(np.isnan(x[:, -1]), np.nan, np.fmax(x[:, 0], x[:, -1]))
        scores = call(method, data.with_figures(x))[0]
        slack = 1e-10 * np.abs(scores[np.isfinite(scores)]).max(initial=1.0)
        assert not (scores[0] < scores[-1] - slack).any()
        ranks = call(lookup("rank", "competition"), Given(scores, data.countries, numbers={"decimals": 2}))[0]
        assert not ((ranks[0] > ranks[-1]) & (scores[0] >= scores[-1])).any()

    check_over(tables(method), examples_of(method), check)


@over_each(list(methods("weight")))
def test_weights_are_shares_of_the_children_that_count(method):
    def check(data):
        weights = call(method, data)[0]
        assert np.isfinite(weights).all()
        assert (weights >= 0).all()
        assert (weights[data.weights == 0] == 0).all()
        assert_allclose(shares(weights).sum(axis=0), 1.0, rtol=1e-12)

    check_over(tables(method), examples_of(method), check)


@pytest.mark.parametrize("name", ["em", "multiple"])
def test_imputed_figures_have_an_error_and_known_figures_none(name):
    def check(data):
        out, error = call(lookup("impute", name), data)
        filled = np.isnan(data.x) & ~np.isnan(out)
        assert_array_equal(np.isnan(error), ~filled)

    check_over(tables(lookup("impute", name)), 25, check)
