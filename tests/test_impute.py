"""What stands in for a gap: laws of every method, and the simple methods against figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from filling import NAMES, YEARS, column, figures, fill, series
from numpy.testing import assert_allclose, assert_array_equal

from readiness.registry import methods

GROUPS = [0, 0, 1, 1, 2, -1, 0, 1, 2, 2, -1, 0]
SIBLINGS = [0, 0, 1, 1, 1]
over = pytest.mark.parametrize("name", NAMES)


def usual(name, x, **other):
    """Run a method on the figures of `figures`, with groups, parents, years and noise."""
    given = {"siblings": SIBLINGS, "clusters": GROUPS, "years": YEARS} | other
    given.setdefault("noise", np.random.default_rng(5).normal(size=x.shape))
    return fill(name, x, **given)


def test_all_methods_are_tested_here():
    assert {each.name for each in methods("impute")} == set(NAMES)


@over
def test_known_figures_are_untouched_and_have_no_error(name):
    x = figures()
    before = x.copy()
    out, error = usual(name, x)
    known = ~np.isnan(x)
    assert_array_equal(x, before)
    assert_array_equal(out[known], x[known])
    assert np.isnan(error[known]).all()


@over
def test_every_cell_is_written_and_gaps_have_no_error(name):
    out, error = usual(name, figures())
    assert not (out == -77).any()
    assert not (error == -77).any()
    assert np.isnan(error[np.isnan(out)]).all()
    assert (error[~np.isnan(error)] >= 0).all()
    assert np.isfinite(out[~np.isnan(out)]).all()


@over
def test_something_is_filled_except_by_none(name):
    x = figures()
    filled = np.isnan(x) & ~np.isnan(usual(name, x)[0])
    assert filled.any() == (name != "none")


@over
@pytest.mark.parametrize("seed", range(2))
def test_compiled_equals_plain_python(name, seed):
    x = figures(seed, units=12, replicates=2)
    for fast, slow in zip(usual(name, x), usual(name, x, plain=True), strict=True):
        assert_array_equal(fast, slow)


@over
def test_one_replicate_of_a_batch_equals_the_single_run(name):
    x = figures()
    x[..., 2] = x[..., 1]
    noise = np.random.default_rng(5).normal(size=x.shape)
    batch = usual(name, x, noise=noise)
    for r in range(3):
        lane = np.s_[..., r : r + 1]
        single = usual(name, x[lane], noise=np.ascontiguousarray(noise[lane]))
        for whole, alone in zip(batch, single, strict=True):
            assert_array_equal(whole[lane], alone)


@over
def test_permuting_units_permutes_the_result(name):
    x, order = figures(), np.random.default_rng(3).permutation(12)
    noise = np.random.default_rng(5).normal(size=x.shape)
    straight = usual(name, x, noise=noise)
    other = {"clusters": np.array(GROUPS)[order], "noise": np.ascontiguousarray(noise[:, :, order])}
    permuted = usual(name, x[:, :, order], **other)
    for one, two in zip(straight, permuted, strict=True):
        assert_allclose(two, one[:, :, order], rtol=1e-9)


@over
def test_permuting_indicators_permutes_the_result(name):
    x, order = figures(), np.array([3, 0, 4, 2, 1])
    straight = usual(name, x, noise=np.zeros_like(x))
    permuted = usual(name, x[:, order], siblings=np.array(SIBLINGS)[order], noise=np.zeros_like(x))
    for one, two in zip(straight, permuted, strict=True):
        assert_allclose(two, one[:, order], rtol=1e-9)


@over
def test_units_of_measurement_do_not_matter(name):
    x = figures()
    slope = np.array([3.0, 0.01, 2e-6, 1e4, 7.0])[:, None, None]
    shift = np.array([10.0, -4.0, 0.5, 2.0, 0.0])[:, None, None]
    (out, error), (out_two, error_two) = usual(name, x), usual(name, slope * x + shift)
    assert_allclose(out_two, slope * out + shift, rtol=1e-7, atol=1e-9)
    assert_allclose(error_two, slope * error, rtol=1e-7, atol=1e-9)


@over
@pytest.mark.parametrize("plain", [False, True])
def test_no_figures_fill_nothing(name, plain):
    out, error = fill(name, np.full((2, 3, 4, 2), np.nan), plain=plain)
    assert np.isnan(out).all()
    assert np.isnan(error).all()


@over
def test_one_unit_alone_is_filled_over_time_only(name):
    x = figures(units=1, gaps=0.0)
    x[1, 2] = np.nan
    out, error = fill(name, x, years=YEARS)
    over_time = name in {"carry_forward", "linear_in_time"}
    assert np.isnan(out[1, 2]).all() == (not over_time)
    assert np.isnan(error).all()
    assert_array_equal(out[0], x[0])


@over
@pytest.mark.parametrize("value", [0.0, 0.1, -3.7])
def test_constant_indicator_is_filled_with_its_value_or_not_at_all(name, value):
    x = figures()
    x[:, 1] = np.where(np.isnan(x[:, 1]), np.nan, value)
    out, error = usual(name, x)
    filled = np.isnan(x[:, 1]) & ~np.isnan(out[:, 1])
    assert_array_equal(out[:, 1][filled], value)
    assert (error[:, 1][filled & ~np.isnan(error[:, 1])] == 0).all()
    assert filled.any() == (name not in {"none", "regression", "em", "multiple"})


def test_mean_by_hand():
    out, error = fill("mean", column(2, 4, None, 6))
    assert out.ravel().tolist() == [2, 4, 4, 6]
    assert error[0, 0, 2, 0] == pytest.approx(2 * np.sqrt(4 / 3))


def test_mean_of_one_figure_has_no_known_error():
    out, error = fill("mean", column(None, 5, None))
    assert out.ravel().tolist() == [5, 5, 5]
    assert np.isnan(error).all()


@pytest.mark.parametrize(("known", "middle"), [((9, 2, 4), 4), ((9, 2, 6, 4), 5), ((-1, 0), -0.5), ((7,), 7)])
def test_median_by_hand(known, middle):
    out, error = fill("median", column(*known, None))
    n = len(known)
    assert out[0, 0, -1, 0] == middle
    if n > 1:
        assert error[0, 0, -1, 0] == pytest.approx(np.std(known, ddof=1) * np.sqrt(1 + np.pi / (2 * n)))
    else:
        assert np.isnan(error).all()


@pytest.mark.parametrize(("name", "first", "second"), [("group_mean", 5, 30), ("group_median", 4, 30)])
def test_group_values_by_hand(name, first, second):
    """Units in no group and units whose group has no figure keep their gaps; a single figure has no known error."""
    x = column(2, 4, 9, None, 30, None, None, None)
    out, error = fill(name, x, clusters=[0, 0, 0, 0, 7, 7, 3, -1])
    assert out.ravel().tolist()[:6] == [2, 4, 9, first, 30, second]
    assert np.isnan(out.ravel()[6:]).all()
    assert error[0, 0, 3, 0] > 0
    assert np.isnan(error[0, 0, 5, 0])


def test_figures_of_units_in_no_group_count_for_nobody():
    out, _ = fill("group_mean", column(2, 100, None, None), clusters=[0, -1, 0, -1])
    assert out[0, 0, 2, 0] == 2
    assert np.isnan(out[0, 0, 3, 0])


def test_editions_do_not_mix_in_means():
    x = np.concatenate([column(1, 3, None), column(10, 30, None)])
    assert fill("mean", x)[0][:, 0, 2, 0].tolist() == [2, 20]


@pytest.mark.parametrize(
    ("age", "filled"), [(1, [5, None, 7, 7, None, None]), (3, [5, 5, 7, 7, 7, None]), (9, [5, 5, 7, 7, 7, 7])]
)
def test_newest_earlier_figure_is_carried_no_further_than_its_age(age, filled):
    x = series(5, None, 7, None, None, None)
    out, error = fill("carry_forward", x, years=[2021, 2023, 2024, 2025, 2027, 2028], age=age)
    assert_array_equal(out, series(*filled))
    assert np.isnan(error).all()


def test_carried_figures_come_by_year_not_by_position():
    out, _ = fill("carry_forward", series(None, 7, 5), years=[2025, 2024, 2022])
    assert out.ravel().tolist() == [7, 7, 5]


def test_later_figures_are_never_carried_back():
    assert np.isnan(fill("carry_forward", series(None, 7))[0][0]).all()


@pytest.mark.parametrize(("ends", "filled"), [(0, [None, 4, 6, 8, 10, None]), (1, [4, 4, 6, 8, 10, 10])])
def test_line_in_time_by_hand(ends, filled):
    x = series(None, 4, None, None, 10, None)
    out, error = fill("linear_in_time", x, years=[2018, 2020, 2021, 2022, 2023, 2030], ends=ends)
    assert_allclose(out, series(*filled), rtol=1e-15)
    assert np.isnan(error).all()


def test_line_in_time_weighs_unequal_steps_and_any_order():
    out, _ = fill("linear_in_time", series(10, None, 4), years=[2030, 2022, 2020])
    assert_allclose(out.ravel(), [10, 5.2, 4])


def test_line_between_equal_figures_is_that_figure():
    assert fill("linear_in_time", series(0.1, None, 0.1), years=[2020, 2021, 2025])[0][1, 0, 0, 0] == 0.1


@pytest.mark.parametrize(("name", "given"), [("carry_forward", {}), ("linear_in_time", {"ends": 1})])
def test_other_edition_of_the_same_year_is_neither_earlier_nor_later(name, given):
    assert np.isnan(fill(name, series(3, None), years=[2020, 2020], **given)[0][1]).all()
    out, _ = fill(name, series(2, 3, None), years=[2019, 2020, 2020], **given)
    assert out.ravel().tolist() == [2, 3, 2]


def test_line_in_time_uses_known_figures_of_the_same_unit_only():
    x = np.concatenate([column(1, 100), column(None, None), column(3, None)])
    assert fill("linear_in_time", x)[0][1, 0, 0, 0] == 2
    assert np.isnan(fill("linear_in_time", x)[0][1, 0, 1, 0])
