"""Normalisation, method by method: figures worked out by hand, closed forms, and pymcdm."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from pymcdm import normalizations
from scipy import stats

from readiness.registry import lookup, methods

NAN = np.nan
UP, DOWN = 1.0, -1.0
LINES = ["min_max", "z_score", "distance_to_maximum", "distance_to_reference", "adjusted_mazziotta_pareto"]
BY_ORDER = ["rank", "borda", "percentile_rank"]
ALL = [each.name for each in methods("normalise")]
DECLARED = {"goalposts": (0, 10), "target": (8, 8), "reference": 6}

RATIOS = ("distance_to_maximum", "distance_to_reference", "distance_to_target", "fraction_of_maximum")


def bounds_of(name, sample, direction=UP, goalposts=(NAN, NAN), target=(NAN, NAN), reference=NAN, **numbers):
    """Return the four bounds that a method learns for one indicator."""
    method = lookup("normalise", name)
    learned = np.array(sample, dtype=float)[None, :, None]
    declared = np.array([*goalposts, *target, reference], dtype=float)[None, :, None]
    bounds = np.full((1, 4, 1), -77.0)
    given = {key: each.default for key, each in method.parameters.items()} | numbers
    method.run_fit(learned, np.array([direction]), declared, bounds, *method.numbers(given, fitted=True))
    return bounds


def scored(name, values, direction=UP, sample=None, **details):
    """Score the figures of one indicator, by bounds from another sample if one is given.

    Ratios run to 1 here, as their sources print them; by default they run to 100 like the other scales.
    """
    method = lookup("normalise", name)
    details = {"high": 1.0} | details if name in RATIOS else details
    x = np.array(values, dtype=float)[None, :, None]
    out = np.full_like(x, -77.0)
    bounds = bounds_of(name, values if sample is None else sample, direction, **details)
    numbers = {key: details.get(key, each.default) for key, each in method.parameters.items()}
    method.run(x, bounds, *method.numbers(numbers, fitted=False), out)
    return out[0, :, 0]


def test_scales_with_two_ends_run_from_0_to_100_unless_their_source_has_fixed_ends():
    for each in methods("normalise"):
        ends = tuple(each.parameters[end].default for end in ("low", "high") if end in each.parameters)
        fixed = {"z_score": (0, 1), "adjusted_mazziotta_pareto": (70, 130)}
        assert len(ends) == 1 or ends == fixed.get(each.name, (0, 100)), each.name


def test_every_method_of_the_step_is_tried_here():
    tried = {*LINES, *BY_ORDER, "goalposts", "scaled", "fraction_of_maximum", "distance_to_target"}
    assert set(ALL) == tried


@pytest.mark.parametrize(
    ("name", "values", "up", "down", "details"),
    [
        ("min_max", [3, 5, 7], [0, 50, 100], [100, 50, 0], {}),
        ("goalposts", [0, 5, 12, -5], [0, 50, 120, -50], [100, 50, -20, 150], {"goalposts": (0, 10)}),
        ("z_score", [1, 3, 5], [-1, 0, 1], [1, 0, -1], {}),
        ("scaled", [1, 4, 7], [0, 50, 100], [100, 50, 0], {"bottom": 1.0, "top": 7.0}),
        ("distance_to_maximum", [2, 8, 10], [0, 0.75, 1], [1, 0.25, 0], {}),
        ("distance_to_reference", [2, 6, 10], [0, 1, 2], [2, 1, 0], {"reference": 6}),
        ("distance_to_reference", [2, 3, 10], [0, 1 / 3, 8 / 3], [1.6, 1.4, 0], {"reference": 5}),
        ("fraction_of_maximum", [2, 8, -4], [0.25, 1, -0.5], [0.75, 0, 1.5], {}),
        ("adjusted_mazziotta_pareto", [2, 6, 10], [70, 100, 130], [130, 100, 70], {"reference": 6}),
        ("adjusted_mazziotta_pareto", [0, 2, 10], [76, 88, 136], [124, 112, 64], {"reference": 4}),
        ("distance_to_target", [0, 4, 10], [0, 0.5, 1.25], [5, 3, 0], {"target": (8, 8)}),
        ("distance_to_target", [0, 2, 4, 5, 6, 9, 10], [0, 0.5, 1, 1, 1, 0.25, 0], None, {"target": (4, 6)}),
        ("rank", [3, 9, 3, 5], [1, 4, 1, 3], [3, 1, 3, 2], {}),
        ("borda", [3, 9, 3, 5], [0.5, 3, 0.5, 2], [2.5, 0, 2.5, 1], {}),
        ("percentile_rank", [3, 9, 3, 5], [0, 100, 0, 200 / 3], [200 / 3, 0, 200 / 3, 100 / 3], {}),
    ],
)
def test_worked_examples(name, values, up, down, details):
    """A gap changes nothing for the others; a band (no second result) does not ask for the direction."""
    with_gap = [*values, NAN]
    assert_allclose(scored(name, with_gap, UP, **details), [*up, NAN], rtol=1e-14)
    assert_allclose(scored(name, with_gap, DOWN, **details), [*(up if down is None else down), NAN], rtol=1e-14)


@pytest.mark.parametrize("direction", [UP, DOWN])
@pytest.mark.parametrize(
    ("name", "oracle"),
    [
        ("min_max", normalizations.minmax_normalization),
        ("distance_to_maximum", normalizations.minmax_normalization),
        ("fraction_of_maximum", normalizations.max_normalization),
    ],
)
def test_scores_are_those_of_pymcdm(name, oracle, direction):
    values = np.random.default_rng(4).lognormal(1, 1, 27)
    expected = oracle(values, cost=direction == DOWN)
    assert_allclose(scored(name, values, direction, low=0.0, high=1.0), expected, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("name", [name for name in ALL if name not in BY_ORDER])
def test_values_beyond_the_bounds_are_cut_on_request_only(name):
    """The scale of 0 to 10 is learned elsewhere; -50 and 30 lie outside it, under every method."""
    details = DECLARED | {"goalposts": (0, 10), "bottom": 0.0, "top": 10.0, "low": 1.0, "high": 9.0}
    names = {*lookup("normalise", name).parameters, "goalposts", "target", "reference"}
    details = {key: value for key, value in details.items() if key in names}
    for direction, worse, better in ((UP, -50, 30), (DOWN, 30, -50)):
        free = scored(name, [worse, better], direction, sample=range(11), **details)
        assert free[0] < 1
        assert free[1] > 9
        below = scored(name, [worse, better], direction, sample=range(11), cut_below=1, **details)
        above = scored(name, [worse, better], direction, sample=range(11), cut_above=1, **details)
        assert_array_equal(below, [1, free[1]])
        assert_array_equal(above, [free[0], 9])


@pytest.mark.parametrize("name", ALL)
def test_range_of_scores_is_a_choice(name):
    """Scores on another range are the same up to a line."""
    values = [1, 4, 2, 9, 7, 7]
    ends = ("low", "step") if name in ("rank", "borda") else ("low", "high")
    one = scored(name, values, **DECLARED, **dict(zip(ends, (0.0, 1.0), strict=True)))
    other = scored(name, values, **DECLARED, **dict(zip(ends, (20.0, 23.0), strict=True)))
    factor = 23 if ends[1] == "step" else 3
    assert_allclose(other, 20 + factor * one, rtol=1e-13)
    assert np.ptp(one) > 0


@pytest.mark.parametrize("direction", [UP, DOWN])
@pytest.mark.parametrize("values", [[2, 2, 2], [0.1] * 10, [0.7] * 3, [4, NAN, NAN], [NAN, NAN], [7]])
@pytest.mark.parametrize("name", [*LINES, "distance_to_target"])
def test_equal_values_give_gaps(name, values, direction):
    better = 9 if direction == UP else -9
    assert np.isnan(scored(name, values, direction, target=(better, better), reference=better)).all()


def test_declared_bounds_score_equal_values_and_a_single_one():
    assert_array_equal(scored("goalposts", [4, 4], goalposts=(0, 8)), [50, 50])
    assert_array_equal(scored("scaled", [25]), [25])
    assert_array_equal(scored("distance_to_target", [4], goalposts=(0, NAN), target=(8, 8)), [0.5])
    assert_array_equal(scored("fraction_of_maximum", [4, 4, 4]), [1, 1, 1])
    assert_array_equal(scored("fraction_of_maximum", [4, 4, 4], DOWN), [0, 0, 0])


@pytest.mark.parametrize("direction", [UP, DOWN])
def test_bounds_that_make_no_scale_give_gaps(direction):
    """No or equal goalposts, a scale of no width or upside down, a maximum that is not above zero."""
    for posts in ((NAN, NAN), (5, 5)):
        assert np.isnan(scored("goalposts", [1, 5, 9], direction, goalposts=posts)).all()
    for bottom in (3.0, 7.0):
        assert np.isnan(scored("scaled", [1, 5, 9], direction, bottom=bottom, top=3.0)).all()
    for values in ([-3, -1], [0, 0], [-2, 0]):
        assert np.isnan(scored("fraction_of_maximum", values, direction)).all()


def test_goalposts_on_a_negative_indicator_are_turned_round():
    """Mortality between 10 and 50: the lower goalpost is the good one."""
    out = scored("goalposts", [10, 20, 50], DOWN, goalposts=(10, 50))
    assert_array_equal(out, [100, 75, 0])
    bounds = bounds_of("goalposts", [0], DOWN, goalposts=(10, 50))[0, :, 0]
    assert_array_equal(bounds, [50, 10, NAN, NAN])


@pytest.mark.parametrize("direction", [UP, DOWN])
def test_z_score_divides_by_the_sample_standard_deviation(direction):
    values = np.array([3.0, 1.0, NAN, 4.0, 1.5, 9.2])
    expected = direction * stats.zscore(values, ddof=1, nan_policy="omit")
    assert_allclose(scored("z_score", values, direction), expected, rtol=1e-13)
    assert_allclose(scored("z_score", values, direction, low=50.0, high=60.0), 50 + 10 * expected, rtol=1e-13)


@pytest.mark.parametrize("direction", [UP, DOWN])
@pytest.mark.parametrize("reference", [2, 1, 11, 10, -5, 40, NAN])
def test_a_reference_that_is_not_better_than_the_worst_value_gives_gaps(reference, direction):
    """It would turn the scale round. One without a value makes no scale either."""
    out = scored("distance_to_reference", [2, 6, 10], direction, reference=reference)
    worst = 2 if direction == UP else 10
    assert np.isnan(out).all() == (not direction * (reference - worst) > 0)


@pytest.mark.parametrize("direction", [UP, DOWN])
def test_adjusted_mazziotta_pareto_has_the_reference_at_100(direction):
    """The mean is 100 if it is the reference, and 60 points are the whole range, in either direction."""
    values = np.random.default_rng(8).normal(50, 12, 27)
    out = scored("adjusted_mazziotta_pareto", values, direction, reference=values.mean())
    assert out.mean() == pytest.approx(100, abs=1e-12)
    assert np.ptp(out) == pytest.approx(60, abs=1e-12)
    assert_allclose(out, 100 + direction * 60 * (values - values.mean()) / np.ptp(values), rtol=1e-13)
    assert scored("adjusted_mazziotta_pareto", [7.5], direction, sample=values, reference=7.5)[0] == pytest.approx(100)
    assert np.isnan(scored("adjusted_mazziotta_pareto", values, direction)).all()


def test_range_of_the_adjusted_mazziotta_pareto_index_is_that_of_the_whole_sample():
    """Later years stretch the range from 2 to 22; the first year, with reference 6, is scored by it."""
    assert_array_equal(
        scored("adjusted_mazziotta_pareto", [2, 6, 10], sample=[2, 6, 10, 12, 22], reference=6), [88, 100, 112]
    )


def test_one_ended_target_looks_at_the_worse_side_only():
    assert_array_equal(scored("distance_to_target", [4, 8, 12, 10], DOWN, target=(6, 6)), [8 / 6, 4 / 6, 0, 2 / 6])
    assert_array_equal(scored("distance_to_target", [4, 12], DOWN, target=(6, 6), cut_above=1), [1, 0])
    assert np.isnan(scored("distance_to_target", [4, 8], UP, target=(4, 4))).all()  # no worse than the worst value
    assert np.isnan(scored("distance_to_target", [4, 8], DOWN, target=(8, 8))).all()
    assert np.isnan(scored("distance_to_target", [4, 8])).all()  # no target


def test_band_falls_to_declared_goalposts_if_there_are_any():
    values = [0, 2, 4, 6, 8, 16, 20, NAN]
    out = scored("distance_to_target", values, goalposts=(2, 10), target=(4, 6))
    assert_array_equal(out, [-1, 0, 1, 1, 0.5, -1.5, -2.5, NAN])
    cut = scored("distance_to_target", values, goalposts=(2, 10), target=(4, 6), cut_below=1, low=10.0, high=20.0)
    assert_array_equal(cut, [10, 10, 20, 20, 15, 10, 10, NAN])


def test_band_without_room_on_one_side_has_no_scores_there():
    """The sample has nothing below the band: a value that turns up there later has no line to lie on."""
    assert_array_equal(scored("distance_to_target", [1, 5, 9, 7], sample=[4, 9], target=(3, 5)), [NAN, 1, 0, 0.5])
    assert_array_equal(scored("distance_to_target", [1, 5, 4, 9], sample=[1, 4], target=(5, 6)), [0, 1, 0.75, NAN])
    assert_array_equal(scored("distance_to_target", [5, 5, NAN], target=(4, 6)), [1, 1, NAN])  # a constant inside it
    assert_array_equal(scored("distance_to_target", [7, 7, 5], sample=[7, 7], target=(4, 6)), [NAN, NAN, 1])


def test_ties_share_the_lower_rank_and_half_the_points():
    values = [5, 5, NAN, 5]
    assert_array_equal(scored("rank", values), [1, 1, NAN, 1])
    assert_array_equal(scored("borda", values), [1, 1, NAN, 1])
    assert_array_equal(scored("percentile_rank", values), [0, 0, NAN, 0])
    assert_array_equal(scored("rank", [1, 2, 2, 9], low=0.0, step=10.0), [0, 10, 10, 30])


@pytest.mark.parametrize("direction", [UP, DOWN])
def test_orders_are_those_of_scipy(direction):
    values = np.random.default_rng(2).integers(0, 12, 27).astype(float)
    ranks = {rule: stats.rankdata(direction * values, method=rule) for rule in ("min", "average")}
    assert_array_equal(scored("rank", values, direction), ranks["min"])
    assert_array_equal(scored("borda", values, direction), ranks["average"] - 1)
    assert_allclose(scored("percentile_rank", values, direction), 100 * (ranks["min"] - 1) / 26, rtol=1e-14)


def test_a_single_country_leads_nobody():
    assert_array_equal(scored("rank", [NAN, 4]), [NAN, 1])
    assert_array_equal(scored("borda", [NAN, 4]), [NAN, 0])
    assert np.isnan(scored("percentile_rank", [NAN, 4])).all()


@pytest.mark.parametrize("name", ALL)
def test_two_replicates_have_each_their_own_bounds(name):
    method = lookup("normalise", name)
    one, other = [1.0, 4.0, 2.0, 9.0], [3.0, 30.0, 8.0, 2.0]
    x = np.ascontiguousarray(np.array([one, other]).T[None])
    declared = np.array([0, 10, 8, 8, 6.0])[None, :, None] * np.ones(2)
    bounds, out = np.empty((1, 4, 2)), np.empty_like(x)
    numbers = {key: each.default for key, each in method.parameters.items()}
    numbers |= {"high": 1.0} if name in RATIOS else {}
    method.run_fit(x, np.array([UP]), declared, bounds, *method.numbers(numbers, fitted=True))
    method.run(x, bounds, *method.numbers(numbers, fitted=False), out)
    for lane, values in enumerate((one, other)):
        assert_array_equal(out[0, :, lane], scored(name, values, **DECLARED))


@settings(derandomize=True, deadline=None, database=None, max_examples=60)
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=9), st.sampled_from([UP, DOWN]))
def test_rescaling_keeps_the_order(values, direction):
    out = scored("min_max", values, direction)
    if max(values) == min(values):
        assert np.isnan(out).all()
        return
    assert (np.diff(out[np.argsort(direction * np.array(values))]) >= 0).all()
    assert (out.min(), out.max()) == (0, 100)
