"""Every method against the same formula written in NumPy, independently of the kernels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from method_calls import ALL, call, declared, given, over_each, usual
from method_laws import shares
from numpy.testing import assert_allclose
from numpy_peers import all_at_once, has_peer, peer, peer_at_once
from numpy_weights import importances

from readiness.registry import lookup

OWN_ORACLE = {("weight", "optimised"), ("weight", "benefit_of_the_doubt")}  # many weights may be as good
PEERED = [each for each in ALL if (each.step, each.name) not in OWN_ORACLE]
TOGETHER = [each for each in PEERED if all_at_once(each)]
SETTLED = {"tolerance": 1e-11, "rounds": 20_000}
ITERATED = {"em": SETTLED, "multiple": SETTLED}  # both sides go on until nothing moves
NEAR = {"em": 1e-7, "multiple": 1e-7, "principal_components": 1e-6, "benefit_of_the_doubt": 1e-8}
VARIED = [
    ("impute", "carry_forward", {"age": 1}),
    ("impute", "linear_in_time", {"ends": 1}),
    ("impute", "regression", {"correlation": 0.0, "siblings_only": 0, "pairs": 3}),
    ("impute", "em", SETTLED | {"siblings_only": 1, "ridge": 1.0}),
    ("treat", "winsorise", {"points": 1, "skewness": 0.5, "kurtosis": 0.0}),
    ("treat", "winsorise_then_log", {"points": 1, "skewness": 0.5, "kurtosis": 0.0}),
    ("treat", "log", {"always": 1}),
    ("treat", "log1p", {"always": 1}),
    ("treat", "log_shift", {"always": 1}),
    ("treat", "box_cox", {"always": 1, "estimate": 1}),
    ("treat", "box_cox", {"always": 1, "power": 0.5, "shift": 0.2}),
    ("normalise", "min_max", {"low": 1.0, "high": 7.0, "cut_below": 1}),
    ("normalise", "goalposts", {"cut_below": 1, "cut_above": 1}),
    ("normalise", "scaled", {"bottom": -10.0, "top": 30.0, "cut_above": 1}),
    ("normalise", "distance_to_target", {"low": 10.0, "high": 20.0, "cut_below": 1, "cut_above": 1}),
    ("normalise", "borda", {"low": 3.0, "step": 0.5}),
    ("weight", "principal_components", {"factors": 2}),
    ("aggregate", "geometric", {"floor": 4.0}),
    ("aggregate", "power_mean", {"power": -2.0, "floor": 0.5}),
    ("aggregate", "power_mean", {"power": 0.0}),
    ("aggregate", "power_mean", {"power": 3.0}),
    ("aggregate", "mean_min", {"alpha": 0.8, "beta": 2.0}),
    ("aggregate", "ordered_weighted", {"orness": 0.7}),
    ("aggregate", "mazziotta_pareto", {"sign": 1}),
    ("rank", "competition", {"decimals": 0}),
    ("rank", "fractional", {"decimals": 0}),
]


def agrees(method, data):
    """Compare what the method writes first, and an imputation's errors, with NumPy's loop over replicates."""
    near = NEAR.get(method.name, 1e-11)
    got = call(method, data)
    results = peer(method, data)()
    parts = zip(*results, strict=True) if method.step == "impute" else [results]
    for out, expected in zip(got, parts, strict=False):
        mine = shares(out) if method.step == "weight" else out
        assert_allclose(mine, np.stack(expected, axis=-1), rtol=near, atol=near)


@pytest.mark.parametrize("seed", range(4))
@over_each(PEERED)
def test_method_agrees_with_numpy(method, seed):
    data = usual(method, seed)
    agrees(method, replace(data, numbers=ITERATED.get(method.name, {})))


@pytest.mark.parametrize(("step", "name", "numbers"), VARIED)
def test_method_agrees_with_numpy_whatever_its_parameters(step, name, numbers):
    method = lookup(step, name)
    assert set(numbers) <= set(method.parameters)
    agrees(method, replace(usual(method, 11), numbers=numbers))


@pytest.mark.parametrize("name", ["distance_to_reference", "adjusted_mazziotta_pareto", "distance_to_target"])
def test_what_is_not_declared_is_taken_from_the_figures(name):
    method = lookup("normalise", name)
    data = usual(method, 12)
    asked = declared(data).copy()
    asked[:, [0, 1, 4]] = np.nan
    agrees(method, replace(data, declared=asked))


@over_each(TOGETHER)
def test_numpy_over_all_replicates_agrees_with_its_own_loop(method):
    """The benchmarks compare with both."""
    data = usual(method)
    looped = peer(method, data)()
    parts = zip(*looped, strict=True) if method.step == "impute" else [looped]
    together = peer_at_once(method, data)()
    for whole, single in zip(together if method.step == "impute" else [together], parts, strict=True):
        assert_allclose(whole, np.stack(single, axis=-1), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("name", ["kemeny", "copeland", "borda", "benefit_of_the_doubt"])
@pytest.mark.parametrize("seed", range(6))
def test_ties_and_equal_countries_are_treated_as_in_numpy(name, seed):
    method = lookup("aggregate", name)
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 3, (4, 6, 2)).astype(float)
    scores[rng.random(scores.shape) < 0.1] = np.nan
    agrees(method, given(method, scores, weights=np.array([[1.0, 1.0], [1.0, 0.0], [2.0, 1.0], [1.0, 1.0]])))


def complete(data, r):
    """Return the children that count, and their scores where all of them have one."""
    inside = np.flatnonzero(data.weights[:, r] > 0)
    x = data.x[inside, :, r]
    return inside, x[:, ~np.isnan(x).any(axis=0)]


def distance_from_aims(data, r, weights):
    """Return how far the importances of children are from the declared shares."""
    inside, x = complete(data, r)
    return ((importances(x, weights[inside]) - shares(data.weights[inside, r])) ** 2).sum()


def distance_from_top(data, r, weights):
    """Return how far the last unit is below one, where the first has one."""
    inside, x = complete(data, r)
    sums = weights[inside] @ x
    return 1 - sums.min() / sums.max()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("name", "distance"), [("optimised", distance_from_aims), ("benefit_of_the_doubt", distance_from_top)]
)
def test_weights_that_are_searched_for_are_as_good_as_numpys(name, distance, seed):
    method = lookup("weight", name)
    data = usual(method, seed)
    ours = call(method, data)[0]
    for r, theirs in enumerate(peer(method, data)()):
        assert distance(data, r, shares(ours[:, r])) <= distance(data, r, theirs) + 1e-9


def test_every_method_has_a_formula_in_numpy():
    assert [f"{each.step} {each.name}" for each in ALL if not has_peer(each)] == []
