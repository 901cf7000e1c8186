"""The benefit of the doubt, scores and common weights: against scipy's solver, the handbook and cases by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import optimize
from test_solved import TECHNOLOGY, aggregated

from readiness.programmes import impossible
from readiness.registry import lookup

NAN = np.nan


def learned(sample, given=None, share_low=0.0, share_high=1.0):
    """Return the common weights for a sample (child, value)."""
    sample = np.array(sample, dtype=float)
    given = np.ones((len(sample), 1)) if given is None else np.array(given, dtype=float)[:, None]
    out = np.full_like(given, -77.0)
    lookup("weight", "benefit_of_the_doubt").run(given, sample[:, :, None], out, share_low, share_high)
    return out[:, 0]


def envelope(x, unit, share=(0.0, 1.0), pie=(0.0, 1.0)):
    """Solve one unit's programme with scipy; x (child, unit) without gaps."""
    own, m = x[:, unit], len(x)
    each, ones = np.eye(m), np.ones((m, m))
    parts = np.diag(own)[own > 0]
    whole = np.tile(own, (len(parts), 1))
    rows = [x.T, share[0] * ones - each, each - share[1] * ones, pie[0] * whole - parts, parts - pie[1] * whole]
    limits = np.concatenate([np.ones(x.shape[1]), np.zeros(2 * m + 2 * len(parts))])
    return -optimize.linprog(-own, A_ub=np.concatenate(rows), b_ub=limits, method="highs").fun


@pytest.mark.parametrize(
    ("share", "pie"),
    [((0, 1), (0, 1)), ((0.1, 0.3), (0, 1)), ((0, 1), (0.05, 0.6)), ((0.02, 0.9), (0.01, 0.7)), ((0, 0.25), (0, 1))],
)
def test_benefit_of_the_doubt_is_that_of_scipy(share, pie):
    x = np.random.default_rng(1).uniform(5, 100, (6, 12))
    x[2, 3] = x[0, 5] = 0.0
    bounds = {"share_low": share[0], "share_high": share[1], "pie_low": pie[0], "pie_high": pie[1]}
    expected = [envelope(x, unit, share, pie) for unit in range(12)]
    assert_allclose(aggregated("benefit_of_the_doubt", x, high=1.0, **bounds), expected, rtol=1e-8, atol=1e-8)


def test_scores_of_the_handbook():
    """Table 19: min-max over the 23 countries, each weight between 10 % and 15 % of the sum of the weights."""
    figures, printed = TECHNOLOGY[:8], TECHNOLOGY[8]
    low, high = figures.min(axis=1, keepdims=True), figures.max(axis=1, keepdims=True)
    scaled = (figures - low) / (high - low)
    scores = aggregated("benefit_of_the_doubt", scaled, high=1.0, share_low=0.1, share_high=0.15)
    assert np.abs(scores - printed).max() < 0.00701


def test_benefit_of_the_doubt_by_hand():
    assert_allclose(aggregated("benefit_of_the_doubt", [[4, 2, 1], [1, 2, 4]]), [100, 80, 100], rtol=1e-9)
    assert_allclose(aggregated("benefit_of_the_doubt", [[4, 1, 0]]), [100, 25, 0], rtol=1e-9)
    assert_allclose(aggregated("benefit_of_the_doubt", [[4, 2], [0, -3]]), [100, 50], rtol=1e-9)
    equal = aggregated("benefit_of_the_doubt", [[4, 1], [2, 1]], share_low=0.5, share_high=0.5)
    assert_allclose(equal, [100, 100 / 3], rtol=1e-9)


def test_a_gap_is_left_out_of_the_own_programme_and_is_nothing_against_others():
    alone = aggregated("benefit_of_the_doubt", [[4, 2, 1], [NAN, 2, 4]])
    assert_allclose(alone, [100, 87.5, 100], rtol=1e-9)  # 2 v1 + 2 v2, 4 v1 <= 1, v1 + 4 v2 <= 1: 1/4 and 3/16
    assert_array_equal(alone, aggregated("benefit_of_the_doubt", [[4, 2, 1], [0, 2, 4]]))
    assert_allclose(aggregated("benefit_of_the_doubt", [[4, NAN], [8, 4], [9, NAN]], coverage=0.3), [100, 50])
    outside = aggregated("benefit_of_the_doubt", [[2, 4, NAN], [2, 1, 9]], [2, 1])
    assert_allclose(outside, [100, 100, NAN])  # the last has too little weight, and is held against nobody: else 66.7


def test_a_unit_that_cannot_keep_the_bounds_has_a_gap():
    x = np.array([[4.0, 2, 1], [1, 2, 4], [3, NAN, 3]])
    assert_array_equal(np.isnan(aggregated("benefit_of_the_doubt", x, share_high=0.4)), [False, True, False])
    x[2, 1] = 0.0
    assert_array_equal(np.isnan(aggregated("benefit_of_the_doubt", x, pie_high=0.4)), [False, True, False])
    tiny = np.array([[1.0, 100], [100, 1.0]])  # each bound can be kept, not both
    both = aggregated("benefit_of_the_doubt", tiny, share_low=0.4, pie_low=0.2)
    assert np.isnan(both).all()


def test_bounds_that_no_weights_can_keep():
    assert impossible({}, 1) == impossible({"share_low": 0.125, "share_high": 0.125, "floor": 9.0}, 8) == ""
    assert impossible({"share_low": 0.1, "share_high": 0.15, "pie_low": 0.1}, 8) == ""
    assert impossible({"share_low": 0.2}, 8) == "8 shares of at least 0.2 make more than 1 (share_low)"
    assert impossible({"pie_high": 0.3}, 3) == "3 shares of at most 0.3 make less than 1 (pie_high)"
    assert impossible({"share_low": 0.5, "share_high": 0.2}, 2) == "share_low 0.5 is above share_high 0.2"


def test_common_weights_by_hand():
    assert_allclose(learned([[4, 2], [2, 4]]), [0.5, 0.5], rtol=1e-9)
    assert_allclose(learned([[4, 2, NAN], [2, 4, 0]], [9, 0.1]), [0.5, 0.5], rtol=1e-9)
    assert_allclose(learned([[4, 2], [1, 1]]), [0, 1], atol=1e-9)  # the second child alone brings both to the top
    assert_allclose(learned([[4, 2], [1, 1]], share_low=0.2), [0.2, 0.8], rtol=1e-9)
    assert_allclose(learned([[4, 2], [5, 5], [0, 0]]), [0, 1, 0], atol=1e-9)
    assert_allclose(learned([[4, 2], [5, 5], [2, 4]], [1, 0, 1]), [0.5, 0, 0.5], rtol=1e-9)


def test_ties_between_common_weights():
    """The least sum of distances, then the least largest weight, then the earlier children."""
    assert_allclose(learned([[4, 2, 0], [1, 1, 0]]), [0, 1], atol=1e-9)  # a unit with nothing is always at distance 1
    assert_allclose(learned([[4, 2], [4, 2]]), [0.5, 0.5], rtol=1e-9)
    assert_allclose(learned([[4, 2], [4, 2], [1, 2]]), [1 / 3, 0, 2 / 3], atol=1e-9)  # v1 + v2 = 1/6, v3 = 1/3
    alike = learned([[3, 4], [4, 1], [2, 0], [0, 3], [0, 3]])
    assert_allclose(alike, [3 / 13, 3 / 13, 3 / 13, 3 / 13, 1 / 13], rtol=1e-9)  # 27/27 for both; the last two alike


@pytest.mark.parametrize("sample", [np.full((3, 4), NAN), np.zeros((3, 4)), -np.ones((3, 2)), [[1], [NAN], [2]]])
def test_common_weights_are_equal_where_nothing_can_be_learned(sample):
    assert_allclose(learned(sample), [1 / 3] * 3, rtol=1e-15)
    assert_allclose(learned(sample, [1, 0, 1]), [0.5, 0, 0.5], rtol=1e-15)


def test_common_weights_minimise_the_largest_distance():
    x = np.random.default_rng(3).uniform(1, 100, (5, 27))
    for low, high in ((0.0, 1.0), (0.1, 0.3)):
        w = learned(x, share_low=low, share_high=high)
        assert w.sum() == pytest.approx(1, rel=1e-12)
        assert (w >= low - 1e-9).all()
        assert (w <= high + 1e-9).all()
        sums = w @ x
        top = np.eye(6)[5]  # scipy: w and the least sum m, all sums between m and 1
        each, ones = np.eye(5, 6), np.append(np.ones(5), 0.0)
        rows = np.concatenate(
            [np.c_[x.T, np.zeros(27)], np.c_[-x.T, np.ones(27)], low * ones - each, each - high * ones]
        )
        limits = np.concatenate([np.ones(27), np.zeros(27 + 10)])
        worst = -optimize.linprog(-top, A_ub=rows, b_ub=limits, method="highs").fun
        assert sums.min() / sums.max() == pytest.approx(worst, rel=1e-8)


def test_common_weights_under_impossible_bounds_are_zero():
    assert learned([[4, 2], [2, 4]], share_high=0.4).tolist() == [0, 0]
