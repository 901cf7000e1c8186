"""Rubin's rules by hand, by their closed form, and at their limits."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

import readiness.pooling
from readiness.pooling import pool


def test_three_imputations_by_hand():
    """U = 2, B = 4, T = 2 + 4/3 4 = 22/3; degrees = 2 (1 + 2 / (16/3))^2 = 2 (11/8)^2 = 121/32."""
    estimate, variance, degrees = pool([10, 12, 14], [1, 2, 3])
    assert estimate == 12
    assert variance == pytest.approx(22 / 3)
    assert degrees == pytest.approx(121 / 32)


def test_small_complete_data_by_hand():
    """With 20 complete degrees: w = 20 21/23 (2 / (22/3)) = 20 21/23 3/11, then 1 / (32/121 + 1/w)."""
    w = 20 * 21 / 23 * 3 / 11
    assert pool([10, 12, 14], [1, 2, 3], 20).degrees == pytest.approx(1 / (32 / 121 + 1 / w))


def test_many_complete_degrees_change_nothing_and_few_bound_the_result():
    q, u = [1.0, 1.4, 0.8, 1.1], [0.2, 0.3, 0.25, 0.2]
    assert pool(q, u, 1e12).degrees == pytest.approx(pool(q, u).degrees)
    assert_array_equal(pool(q, u, np.inf).degrees, pool(q, u).degrees)
    for few in (3, 10, 26):
        assert pool(q, u, few).degrees < min(few, pool(q, u).degrees)


def test_leading_axes_are_pooled_one_by_one():
    rng = np.random.default_rng(1)
    q, u = rng.normal(size=(2, 3, 7)), rng.random((2, 3, 7))
    together = pool(q, u, 26)
    for place in np.ndindex(2, 3):
        assert_allclose([each[place] for each in together], pool(q[place], u[place], 26), rtol=1e-14)
    assert_allclose(pool(q, 0.5).variance, 0.5 + 8 / 7 * q.var(axis=-1, ddof=1))


def test_equal_estimates_leave_the_variance_within():
    result = pool([[3, 3, 3], [0, 0, 0]], [[1, 2, 3], [0, 0, 0]])
    assert result.variance.tolist() == [2, 0]
    assert np.isinf(result.degrees).all()
    assert_allclose(pool([3, 3, 3], [1, 2, 3], 20).degrees, 20 * 21 / 23)
    assert_allclose(pool([3, 3, 3], [0, 0, 0], 20).degrees, 20 * 21 / 23)


def test_without_variance_within_only_the_draws_count():
    for complete in (None, 20):
        estimate, variance, degrees = pool([1, 2, 3], [0, 0, 0], complete)
        assert (estimate, variance, degrees) == (2, pytest.approx(4 / 3), 2)


def test_gap_in_one_imputation_is_a_gap():
    q, u = np.ones((3, 4)), np.ones((3, 4))
    q[0, 2] = u[1, 0] = np.nan
    for each in pool(q, u):
        assert np.isnan(each).tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("estimates", "variances", "complete", "wrong"),
    [
        ([1.0], [1.0], None, "at least 2"),
        (1.0, 1.0, None, "at least 2"),
        ([1, 2], [1, -1], None, "0 or more"),
        ([1, 2], [1, 1], 0, "above 0"),
        ([1, 2], [1, 1], np.nan, "above 0"),
    ],
)
def test_what_cannot_be_pooled_is_refused(estimates, variances, complete, wrong):
    with pytest.raises(ValueError, match=wrong):
        pool(estimates, variances, complete)


def test_intervals_cover_the_truth():
    """A mean of 20 normal figures, 6 of them imputed five times from a fit that is itself drawn: 95 % of intervals."""
    rng = np.random.default_rng(6)
    known = rng.normal(size=(4000, 14))
    scale = np.sqrt(13 * known.var(axis=1, ddof=1)[:, None] / rng.chisquare(13, (4000, 5)))
    centre = known.mean(axis=1)[:, None] + scale / np.sqrt(14) * rng.normal(size=(4000, 5))
    drawn = centre[..., None] + scale[..., None] * rng.normal(size=(4000, 5, 6))
    whole = np.concatenate([np.broadcast_to(known[:, None], (4000, 5, 14)), drawn], axis=-1)
    estimate, variance, degrees = pool(whole.mean(axis=-1), whole.var(axis=-1, ddof=1) / 20, 19)
    covered = np.abs(estimate) <= stats.t.ppf(0.975, degrees) * np.sqrt(variance)
    assert 0.935 < covered.mean() < 0.965


def test_example_of_the_docstring():
    assert doctest.testmod(readiness.pooling).attempted == 1
    assert doctest.testmod(readiness.pooling).failed == 0
