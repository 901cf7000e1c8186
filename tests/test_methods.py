"""Rules that every method keeps, over the registry, so that a new method is tested by existing."""

from __future__ import annotations

import inspect
from dataclasses import replace

import numba
import numpy as np
import pytest
from method_calls import (
    ALL,
    QUICK,
    REPLICATES,
    SEVERAL,
    UNWRITTEN,
    WITH_COUNTRIES,
    call,
    figures,
    flat,
    given,
    numbers,
    over_each,
    usual,
)
from method_laws import LAWS, laws, shares
from numpy.testing import assert_allclose, assert_array_equal

from readiness import registry
from readiness.registry import lookup, methods

KEEPING_GAPS = [each for each in ALL if each.step in ("transform", "treat", "normalise")]
AGGREGATES = list(methods("aggregate"))
POINTWISE = [each for each in ALL if each.pointwise and each.step in ("transform", "treat", "normalise", "aggregate")]
ORDERS = {"kemeny"}  # gives every country a place of its own
LAST_DIGITS, ITERATED = 1e-13, 1e-6  # sums in another order; iterations that may then stop a step apart
ITERATIVE = {"em", "multiple", "optimised", "principal_components"}

over, over_countries = over_each(ALL), over_each(WITH_COUNTRIES)


def per_country(method):
    return SEVERAL.get(method.step, 1)


def agreement(method):
    """Return how closely compiled and plain must agree: bit for bit, unless a logarithm, exponential or power is used.

    Those come from other libraries, whose last digit may differ.
    """
    source = inspect.getsource(inspect.getmodule(method.function))
    return 4e-15 if any(each in source for each in ("np.log", "np.exp", "** power")) else 0.0


def compiled_equals_plain(method, data):
    for fast, slow in zip(call(method, data), call(method, data, plain=True), strict=True):
        assert_allclose(fast, slow, rtol=agreement(method), atol=agreement(method))


@over_each(QUICK)
@pytest.mark.parametrize("seed", range(3))
def test_compiled_equals_plain_python(method, seed):
    compiled_equals_plain(method, usual(method, seed, replicates=1 + seed % 2))


@over_each(QUICK)
def test_compiled_equals_plain_python_on_a_single_country(method):
    x = figures(method, countries=1)
    x[..., 0, :] = np.where(np.isnan(x[..., 0, :]), 3.0, x[..., 0, :])
    compiled_equals_plain(method, given(method, x))


@over
def test_one_lane_of_a_batch_equals_the_single_run(method):
    data = usual(method)
    batch = call(method, data)
    for lane in range(REPLICATES):
        for whole, single in zip(batch, call(method, data.lane(lane)), strict=True):
            assert_array_equal(whole[..., lane], single[..., 0])


@over
def test_twice_the_same_gives_the_same(method):
    for one, other in zip(call(method, usual(method)), call(method, usual(method)), strict=True):
        assert_array_equal(one, other)


@over
def test_everything_is_written(method):
    for out in call(method, usual(method)):
        assert not (out == UNWRITTEN).any()


@over
def test_input_is_left_as_it_was(method):
    data = usual(method)
    call(method, data)
    assert_array_equal(data.x, usual(method).x)
    if data.weights is not None:
        assert_array_equal(data.weights, usual(method).weights)


@over
def test_something_comes_out(method):
    assert np.isfinite(call(method, usual(method))[0]).any()


@over_countries
def test_permuting_countries_permutes_the_result(method):
    data = usual(method)
    order = np.random.default_rng(7).permutation(len(data.countries))
    straight, permuted = call(method, data), call(method, data.permuted(order))
    near = ITERATED if method.name in ITERATIVE else LAST_DIGITS
    for position, (one, other) in enumerate(zip(straight, permuted, strict=True)):
        expected = np.take(one, order, axis=-2) if position < per_country(method) else one
        assert_allclose(other, expected, rtol=near, atol=near)


@over_each(list(methods("weight")))
def test_order_of_countries_does_not_move_weights(method):
    data = usual(method)
    near = ITERATED if method.name in ITERATIVE else LAST_DIGITS
    moved = call(method, data.permuted(np.random.default_rng(7).permutation(len(data.countries))))[0]
    assert_allclose(shares(moved), shares(call(method, data)[0]), rtol=near, atol=near)


@over_each(list(methods("weight")))
def test_weights_are_never_negative_and_what_weighs_zero_stays_out(method):
    data = usual(method)
    weights = call(method, data)[0]
    assert (weights >= 0).all()
    assert (weights[data.weights == 0] == 0).all()
    assert (weights.sum(axis=0) > 0).all()


@over_each(KEEPING_GAPS)
def test_gaps_give_no_value(method):
    data = usual(method)
    assert np.isnan(call(method, data)[0][np.isnan(data.x)]).all()


@over_each(AGGREGATES)
def test_share_of_weight_present_is_told_and_decides(method):
    data = usual(method)
    weights = data.weights[:, None]
    share = np.where(np.isnan(data.x), 0.0, weights).sum(axis=0) / weights.sum(axis=0)
    for coverage in (0.0, 0.5, 0.8, 1.0):
        out, covered = call(method, replace(data, coverage=coverage))
        assert_allclose(covered, share, rtol=1e-14, atol=1e-14)
        assert np.isnan(out[(share < coverage) | (share == 0)]).all()
        if method.pointwise:
            assert np.isfinite(out[(share >= coverage) & (share > 0)]).all()


@over_each(AGGREGATES)
def test_coverage_that_just_reaches_the_limit_is_enough(method):
    """Two thirds of 0.4 + 0.7 + 0.1 are 0.7 + 0.1, though not to the last bit."""
    x = np.full((3, 4, 1), 50.0) + np.arange(4.0)[:, None]
    x[0] = np.nan
    data = given(method, x, weights=np.array([[0.4], [0.7], [0.1]]), coverage=2 / 3)
    assert np.isfinite(call(method, data)[0]).all()
    assert np.isnan(call(method, replace(data, coverage=2 / 3 + 1e-6))[0]).all()


@over_countries
def test_no_figures_give_no_values(method):
    data = flat(method, 2, 5, 2, np.nan)
    out, *others = call(method, data)
    assert (out == 0).all() if method.step == "rank" else np.isnan(out).all()
    for one, other in zip(others, call(method, data, plain=True)[1:], strict=True):
        assert_array_equal(one, other)


@over_each(list(methods("weight")))
def test_no_figures_give_equal_weights_where_weights_are_learned(method):
    data = flat(method, 4, 5, 2, np.nan)
    weights = shares(call(method, data)[0])
    assert np.isfinite(weights).all()
    if method.learns:
        assert_allclose(weights, (data.weights > 0) / 3, rtol=1e-12)


@over_each([each for each in WITH_COUNTRIES if each.name not in ORDERS])
def test_constant_column_treats_all_countries_alike(method):
    out = call(method, flat(method, 2, 6, 2, 3.7))[0]
    assert_array_equal(out, np.broadcast_to(out[..., :1, :], out.shape))


@over
def test_a_single_country_is_no_special_case(method):
    x = figures(method, countries=1)
    x[..., 0, :] = np.where(np.isnan(x[..., 0, :]), 3.0, x[..., 0, :])
    data = given(method, x)
    for out in call(method, data):
        assert not (out == UNWRITTEN).any()
    if method.step == "rank":
        assert (call(method, data)[0] == 1).all()


@over_each(POINTWISE)
def test_pointwise_methods_do_not_look_at_other_countries(method):
    data = usual(method)
    out, *learned = call(method, data)
    one = data.with_figures(data.x[..., 4:5, :])
    written = np.empty_like(one.x)
    if method.step in ("treat", "normalise"):
        method.run(one.x, *learned, *(numbers(method, one) if method.step == "normalise" else ()), written)
    else:
        written = call(method, one)[0]
    assert_array_equal(written[..., 0, :], out[..., 4, :])


@over
def test_every_declared_law_is_known(method):
    assert {(method.step, law) for law in method.properties} <= set(LAWS)


@pytest.mark.parametrize(
    ("method", "law"),
    [pytest.param(method, law, id=f"{method.step}-{method.name}-{law}") for method in ALL for law in laws(method)],
)
def test_method_keeps_the_laws_it_declares(method, law):
    LAWS[method.step, law](method, usual(method))


def test_kernels_are_compiled_where_nothing_can_be_kept_on_disk(monkeypatch):
    keep = numba.njit

    def njit(*, cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return keep(**options)

    monkeypatch.setattr(numba, "njit", njit)
    method = lookup("transform", "none")
    out = np.empty((1, 2, 1))
    registry._compile(method.function)(np.array([[[2.0], [0.0]]]), out)
    assert out[0, :, 0].tolist() == [2.0, 0.0]
