"""Transforms and treatment of outliers: figures worked out by hand, and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from readiness.methods.treat import shape, skewness_and_kurtosis
from readiness.methods.treat_scales import likeliest_power, log_likelihood, tail
from readiness.registry import compiled, lookup, methods

NAN, INF = np.nan, np.inf
TWENTY, FORTY = list(range(1, 21)), list(range(1, 41))
RIGHT = [*TWENTY, 100, 200]  # a long tail on the right
LEFT = [-value for value in RIGHT]
BENDS = ["log", "log1p", "log_shift", "box_cox"]


def transformed(name, values):
    x = np.array(values, dtype=float)[None, :, None]
    out = np.empty_like(x)
    lookup("transform", name).run(x, out)
    return out[0, :, 0]


def learned(name, values, **numbers):
    """Return caps, shift and power that a method finds for one indicator."""
    method = lookup("treat", name)
    sample = np.array(values, dtype=float)[None, :, None]
    four = [np.full((1, 1), -77.0) for _ in range(4)]
    given = {key: each.default for key, each in method.parameters.items()} | numbers
    method.run_fit(sample, *four, *method.numbers(given, fitted=True))
    return tuple(float(each[0, 0]) for each in four)


def caps(values, **numbers):
    low, high, shift, power = learned("winsorise", values, **numbers)
    assert (shift, np.isnan(power)) == (0, True)
    return low, high


def treated(name, values, sample=None, **numbers):
    """Treat the figures of one indicator, by what another sample teaches if one is given."""
    found = learned(name, values if sample is None else sample, **numbers)
    x = np.array(values, dtype=float)[None, :, None]
    out = np.full_like(x, -77.0)
    lookup("treat", name).run(x, *(np.array([[each]]) for each in found), out)
    return out[0, :, 0]


def test_every_method_of_the_step_is_tried_here():
    assert {each.name for each in methods("treat")} == {"none", "winsorise", *BENDS, "winsorise_then_log"}
    assert {each.name for each in methods("transform")} == {"none", "log", "log1p", "log10"}


def test_logarithms_have_no_value_below_their_domain():
    assert_allclose(transformed("log", [1, np.e, 0, -1, NAN]), [0, 1, NAN, NAN, NAN], rtol=1e-15)
    assert_allclose(transformed("log1p", [0, np.e - 1, -1, -2, NAN]), [0, 1, NAN, NAN, NAN], rtol=1e-15)
    assert_allclose(transformed("log10", [1, 1000, 0.1, 0, -1, NAN]), [0, 3, -1, NAN, NAN, NAN], rtol=1e-15)
    assert_array_equal(transformed("none", [1, 0, -1, NAN]), [1, 0, -1, NAN])


@pytest.mark.parametrize("seed", range(20))
def test_skewness_and_kurtosis_are_the_sample_adjusted_ones(seed):
    rng = np.random.default_rng(seed)
    values = rng.lognormal(2, 1 + seed / 10, 4 + seed)
    bottom, top = np.quantile(values, [0.1, 0.9]) if seed % 2 else (-INF, INF)
    capped = np.clip(values, bottom, top)
    expected = stats.skew(capped, bias=False), stats.kurtosis(capped, bias=False)
    with_gaps = np.insert(values, [0, 2, 4], NAN)
    for function in (skewness_and_kurtosis, compiled(skewness_and_kurtosis)):
        assert_allclose(function(with_gaps, bottom, top), expected, rtol=1e-11, atol=1e-12)


def test_shape_of_every_indicator_and_replicate():
    x = np.random.default_rng(6).lognormal(0, 1, (3, 15, 2))
    x[2, :, 1] = 5.0
    skewness, kurtosis = np.empty((3, 2)), np.empty((3, 2))
    compiled(shape)(x, skewness, kurtosis)
    assert_allclose(skewness[:2], stats.skew(x[:2], axis=1, bias=False), rtol=1e-11)
    assert_allclose(kurtosis[:2], stats.kurtosis(x[:2], axis=1, bias=False), rtol=1e-11)
    assert np.isfinite([skewness[2, 0], kurtosis[2, 0]]).all()
    assert np.isnan([skewness[2, 1], kurtosis[2, 1]]).all()


@pytest.mark.parametrize("seed", range(20))
def test_caps_and_bends_look_at_one_skewness(seed):
    rng = np.random.default_rng(seed)
    values = rng.lognormal(0, 1, 4 + seed) * rng.choice([1, -1])
    skewness, kurtosis = skewness_and_kurtosis(values, -INF, INF)
    for function in (tail, compiled(tail)):
        assert_allclose(function(values, 0.0, -INF), skewness, rtol=1e-13)
        assert function(values, 0.0, kurtosis - 1e-9) != 0
        assert function(values, 0.0, kurtosis + 1e-9) == 0
        assert function(values, abs(skewness) + 1e-9, -INF) == 0


@pytest.mark.parametrize("values", [[1, 2, 30], [NAN, 1, 2, 30, NAN], [0.1 + 0.2, 0.3, 0.3, 0.3, 0.3], [5] * 9])
def test_too_few_or_equal_values_are_not_treated(values):
    assert np.isnan(skewness_and_kurtosis(np.array(values, dtype=float), -INF, INF)).all()
    for name in ("winsorise", "winsorise_then_log", *BENDS):
        assert_array_equal(learned(name, values), (-INF, INF, 0, NAN))
        assert_array_equal(treated(name, values), values)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([*range(1, 11), 100], (-INF, 10)),  # one outlier moves to the next value
        (RIGHT, (-INF, 20)),  # two: 200 to 100, then both to 20
        ([*TWENTY, 100, 100], (-INF, 20)),  # a tie moves together
        ([*FORTY, 300, 400, 500], (-INF, 300)),  # the third round would move a third country
        ([*FORTY, 300, 300, 300], (-INF, INF)),  # a tie of three is never split
        ([*TWENTY, NAN, 200, NAN, 100], (-INF, 20)),  # gaps are skipped
        (LEFT, (-20, INF)),  # the left side is its mirror image
        (TWENTY, (-INF, INF)),  # nothing is extreme
        ([-60, *range(-5, 6), 60], (-INF, INF)),  # kurtosis 5.7 alone is no reason
        ([*range(1, 31), 60, 60, 60], (-INF, INF)),  # not both limits are passed
    ],
)
def test_outliers_move_to_the_next_value_inward(values, expected):
    assert caps(values) == expected


def test_points_limit_the_countries_that_are_moved():
    assert [caps([*FORTY, 300, 400, 500], points=most)[1] for most in (0, 1, 2, 3)] == [INF, 400, 300, 40]
    assert caps([*TWENTY, 100, 100], points=1) == (-INF, INF)


def test_limits_are_passed_not_met():
    values = [*range(1, 11), 100]
    skewness, kurtosis = compiled(skewness_and_kurtosis)(np.array(values, dtype=float), -INF, INF)
    assert caps(values, skewness=skewness) == caps(values, kurtosis=kurtosis) == (-INF, INF)
    assert caps(values, skewness=skewness - 1e-9, kurtosis=kurtosis - 1e-9) == (-INF, 10)
    assert np.isnan(learned("log", values, skewness=skewness)[3])
    assert learned("log", values, skewness=skewness - 1e-9, kurtosis=kurtosis - 1e-9)[3] == 0


def test_caps_are_where_values_beyond_them_go():
    assert_array_equal(treated("winsorise", [-9, 5, 100, NAN], sample=RIGHT), [-9, 5, 20, NAN])
    assert_array_equal(treated("winsorise", [-100, -5, 9, NAN], sample=LEFT), [-20, -5, 9, NAN])
    assert_array_equal(treated("none", [-9, 0, 1e9, NAN], sample=RIGHT), [-9, 0, 1e9, NAN])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("log", np.log),
        ("log1p", np.log1p),
        ("log_shift", lambda x: np.log(x - 1 + 1.99)),  # minimum 1, range 199
        ("box_cox", np.log),  # the default power is 0
    ],
)
def test_a_long_right_tail_is_drawn_in(name, expected):
    values = np.array([*RIGHT, NAN], dtype=float)
    assert_allclose(treated(name, values), expected(values), rtol=1e-14)
    assert_array_equal(treated(name, TWENTY), TWENTY)  # nothing is extreme
    added = {"log1p": 1, "log_shift": 0.19 - 1}.get(name, 0)
    assert_allclose(treated(name, TWENTY, always=1), np.log(np.array(TWENTY) + added), rtol=1e-13)


@pytest.mark.parametrize("name", BENDS)
def test_a_left_tail_is_not_made_longer(name):
    """A logarithm pulls the two lowest of these further away: it draws in a tail on the right only."""
    left = 201.0 + np.array(LEFT)
    assert_array_equal(treated(name, left), left)
    drawn = treated(name, left, always=1)
    assert stats.skew(drawn, bias=False) < stats.skew(left, bias=False) < -2


def test_a_power_above_one_draws_in_a_left_tail_only():
    left = 201.0 + np.array(LEFT)
    drawn = treated("box_cox", left, power=3.0)
    assert_allclose(drawn, (left**3 - 1) / 3, rtol=1e-12)
    assert abs(stats.skew(drawn, bias=False)) < abs(stats.skew(left, bias=False))
    assert_array_equal(treated("box_cox", RIGHT, power=3.0), RIGHT)
    assert_array_equal(treated("box_cox", RIGHT, power=1.0), RIGHT)  # bends nothing


@pytest.mark.parametrize(
    ("name", "values", "bent"),
    [
        ("log", [0, *RIGHT], False),
        ("log", [-1, *RIGHT], False),
        ("log", [0.001, *RIGHT], True),
        ("log1p", [0, *RIGHT], True),
        ("log1p", [-0.9, *RIGHT], True),
        ("log1p", [-1, *RIGHT], False),
        ("log_shift", [-50, *RIGHT], True),
        ("box_cox", [-50, *RIGHT], True),
    ],
)
def test_zeros_and_values_below_under_a_logarithm(name, values, bent):
    """An indicator with a value that has no logarithm stays as it is, even if every indicator is to be bent."""
    for always in (0, 1):
        out = treated(name, values, always=always)
        assert np.isfinite(out).all()
        assert np.array_equal(out, values) != bent


def test_box_cox_lifts_what_is_not_above_zero():
    """Minimum -10, range 210: 0.01 of the range is 2.1, so that 12.1 is added to all."""
    values = np.array([-10, *RIGHT], dtype=float)
    assert learned("box_cox", values) == (-10, INF, pytest.approx(12.1), 0)
    assert learned("box_cox", RIGHT)[0] == -INF, "nothing is added: the power has its own limit, zero"
    assert_allclose(treated("box_cox", values, power=-0.5), stats.boxcox(values + 12.1, -0.5), rtol=1e-12)
    assert learned("box_cox", values, shift=1.0)[2] == pytest.approx(220)
    assert learned("box_cox", [0, *RIGHT])[2] == pytest.approx(2)
    assert learned("box_cox", RIGHT)[2] == 0


@pytest.mark.parametrize("power", [-5.0, -0.5, 0.0, 0.3, 1.0, 2.0, 5.0])
def test_bent_values_are_those_of_scipy(power):
    values = np.random.default_rng(3).lognormal(0, 1, 27)
    assert_allclose(treated("box_cox", values, power=power, always=1), stats.boxcox(values, power), rtol=1e-11)


@pytest.mark.parametrize("seed", range(8))
def test_likeliest_power_is_that_of_scipy(seed):
    rng = np.random.default_rng(seed)
    values = rng.lognormal(2, 0.4 + seed / 4, 12 + 5 * seed) if seed % 2 else rng.normal(60, 6, 40) ** (1 + seed / 4)
    expected = stats.boxcox_normmax(values, method="mle")
    for function in (likeliest_power, compiled(likeliest_power)):
        assert function(np.append(values, NAN), 0.0) == pytest.approx(np.clip(expected, -5, 5), abs=6e-5)
    found = learned("box_cox", values, estimate=1, always=1)[3]
    assert_allclose(treated("box_cox", values, estimate=1, always=1), stats.boxcox(values, found), rtol=1e-9)


def test_likelihood_is_that_of_scipy_up_to_a_constant():
    values = np.random.default_rng(11).lognormal(1, 0.8, 27)
    powers = (-3.0, -0.5, 0.0, 0.7, 2.0)
    expected = [stats.boxcox_llf(power, values) for power in powers]
    found = [log_likelihood(values, 0.0, power) for power in powers]
    assert_allclose(np.diff(found), np.diff(expected), rtol=1e-9)


def test_likeliest_power_stays_between_its_ends():
    values = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.1])
    assert compiled(likeliest_power)(values, 0.0) == -5
    assert compiled(likeliest_power)(2.1 - values, 0.0) == 5


def test_winsorised_values_stay_if_that_was_enough():
    assert learned("winsorise_then_log", RIGHT)[:2] == (-INF, 20)
    assert_array_equal(treated("winsorise_then_log", RIGHT), [*TWENTY, 20, 20])
    assert_array_equal(treated("winsorise_then_log", TWENTY), TWENTY)


def test_where_capping_is_not_enough_the_original_values_are_bent():
    values = np.array(RIGHT, dtype=float)
    assert_array_equal(learned("winsorise_then_log", values, points=1), (min(RIGHT), INF, 0.99, 0))
    assert_allclose(treated("winsorise_then_log", values, points=1), np.log(values + 0.99), rtol=1e-14)
    tie = [*FORTY, *[300] * 6]
    assert_array_equal(learned("winsorise_then_log", tie), learned("none", tie))  # skewness 2.3, kurtosis 3.4: passes
    tie = [*FORTY, *FORTY, *[1000] * 6]  # a tie of six is never split, five may be moved
    assert_allclose(treated("winsorise_then_log", tie), np.log(np.array(tie) - 1 + 9.99), rtol=1e-14)


def test_a_left_tail_keeps_its_caps_where_they_are_not_enough():
    found = learned("winsorise_then_log", LEFT, points=1)
    assert_array_equal(found, (-100, INF, 0, NAN))


def test_values_of_another_edition_below_the_logarithm_become_gaps_or_count_as_the_smallest():
    assert_array_equal(treated("log", [0, -3, 1, NAN], sample=RIGHT), [NAN, NAN, 0, NAN])
    assert_array_equal(treated("log1p", [-1, 0, NAN], sample=RIGHT), [NAN, 0, NAN])
    out = treated("log_shift", [-0.99, -50, min(RIGHT), 500], sample=RIGHT)
    assert_allclose(out, [*[np.log(min(RIGHT) + 0.99)] * 3, np.log(500.99)], rtol=1e-12)


def test_a_power_too_large_for_a_number_is_a_gap():
    assert_array_equal(treated("box_cox", [1, 1e100], sample=RIGHT, power=5.0, always=1), [0, NAN])
    assert_array_equal(treated("box_cox", [1, 1e-100], sample=RIGHT, power=-5.0, always=1), [0, NAN])


@pytest.mark.parametrize("name", [each.name for each in methods("treat")])
def test_two_replicates_are_treated_each_by_its_own(name):
    method = lookup("treat", name)
    x = np.ascontiguousarray(np.array([RIGHT, [*TWENTY, 21, 22]], dtype=float).T[None])
    four, out = [np.full((1, 2), -77.0) for _ in range(4)], np.empty_like(x)
    method.run_fit(x, *four, *[each.default for each in method.parameters.values()])
    method.run(x, *four, out)
    for lane in range(2):
        assert_array_equal(out[0, :, lane], treated(name, x[0, :, lane]))
    assert (name == "none") == np.array_equal(out, x)


@settings(derandomize=True, deadline=None, database=None, max_examples=60)
@given(st.lists(st.floats(-1e6, 1e6), min_size=5, max_size=12), st.floats(1e-3, 1e3), st.floats(-1e3, 1e3))
def test_shifted_logarithm_does_not_depend_on_the_unit(values, factor, moved):
    """In another unit all bent values differ by one constant, the logarithm of the factor."""
    x = np.array(values)
    assume(np.ptp(x) > 1e-3 * np.abs(x).max() > 1e-3)
    one, other = (treated("log_shift", each, always=1) for each in (x, factor * x + moved))
    assert_allclose(other - one, np.log(factor), rtol=1e-6, atol=1e-6)
