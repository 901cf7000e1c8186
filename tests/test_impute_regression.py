"""Regression on a correlated indicator: against SciPy, by hand, and where a gap must stay."""

from __future__ import annotations

import numpy as np
import pytest
from filling import column, fill, table
from numpy.testing import assert_allclose
from scipy.stats import linregress

SIBLING = (1, 2, 3, 4, 5, 6)
FIGURES = (2, 4, 5, 4, 5, None)


def test_prediction_by_hand():
    out, error = fill("regression", table(SIBLING, FIGURES))
    assert out[0, 1, 5, 0] == pytest.approx(5.8)
    assert error[0, 1, 5, 0] == pytest.approx(np.sqrt(0.8 * (1 + 1 / 5 + 9 / 10)))


def test_prediction_equals_scipy():
    rng = np.random.default_rng(2)
    x = 1e3 + 50 * rng.normal(size=20)
    y = 0.3 * x - 7 + 5 * rng.normal(size=20)
    y[[3, 11]] = np.nan
    x[5] = np.nan
    both = ~np.isnan(x) & ~np.isnan(y)
    line = linregress(x[both], y[both])
    out, error = fill("regression", np.stack([x, y])[None, :, :, None])
    expected = line.intercept + line.slope * x[[3, 11]]
    n, spread = both.sum(), ((x[both] - x[both].mean()) ** 2).sum()
    variance = line.stderr**2 * spread
    own = 1 / n + (x[[3, 11]] - x[both].mean()) ** 2 / spread
    assert_allclose(out[0, 1, [3, 11], 0], expected, rtol=1e-12)
    assert_allclose(error[0, 1, [3, 11], 0], np.sqrt(variance * (1 + own)), rtol=1e-12)


def test_best_correlated_indicator_that_the_unit_has_is_taken():
    """The first sibling lies on a line with the gaps' indicator, against it; the second is close to it."""
    straight, close = (10, 8, 6, 4, 2, None, 0), (1, 2, 3, 4, 6, 6, 7)
    out, error = fill("regression", table(straight, close, (1, 2, 3, 4, 5, None, None)))
    line = linregress(close[:5], [1, 2, 3, 4, 5])
    assert out[0, 2, 6, 0] == pytest.approx(6.0)
    assert error[0, 2, 6, 0] == pytest.approx(0.0, abs=1e-12)
    assert out[0, 2, 5, 0] == pytest.approx(line.intercept + line.slope * 6)


@pytest.mark.parametrize(("limit", "filled"), [(0.77, True), (0.78, False), (0.0, True), (1.0, False)])
def test_weakly_correlated_indicators_predict_nothing(limit, filled):
    out, _ = fill("regression", table(SIBLING, FIGURES), correlation=limit)
    assert np.isnan(out[0, 1, 5, 0]) == (not filled)


def test_points_on_a_line_pass_a_limit_of_one():
    """The correlation of these figures is computed as 1 less the last bit."""
    sibling = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    line = 2.1 * sibling + 0.3
    out, _ = fill("regression", table(sibling, (*line[:5], None)), correlation=1)
    assert out[0, 1, 5, 0] == pytest.approx(line[5])


@pytest.mark.parametrize(("pairs", "filled"), [(5, True), (6, False), (3, True)])
def test_too_few_pairs_predict_nothing(pairs, filled):
    out, _ = fill("regression", table(SIBLING, FIGURES), pairs=pairs)
    assert np.isnan(out[0, 1, 5, 0]) == (not filled)


def test_two_pairs_are_never_enough():
    """A line through two points leaves no residual to tell its error by."""
    assert np.isnan(fill("regression", table((1, 2, 3), (2, 4, None)), pairs=2)[0][0, 1, 2, 0])


@pytest.mark.parametrize(("siblings_only", "filled"), [(1, False), (0, True)])
def test_indicators_of_another_parent_count_only_if_allowed(siblings_only, filled):
    out, _ = fill("regression", table(SIBLING, FIGURES), siblings=[0, 1], siblings_only=siblings_only)
    assert np.isnan(out[0, 1, 5, 0]) == (not filled)


@pytest.mark.parametrize("constant", [0, 1])
def test_constant_indicator_neither_predicts_nor_is_predicted(constant):
    rows = [SIBLING, FIGURES]
    rows[constant] = tuple(None if each is None else 0.1 for each in rows[constant])
    out, error = fill("regression", table(*rows), correlation=0)
    assert np.isnan(out[0, 1, 5, 0])
    assert np.isnan(error).all()


def test_filled_figures_predict_nothing():
    """The last unit has no figure of the first indicator: its filled one must not serve the second."""
    out, _ = fill("regression", table((*SIBLING, None), (*FIGURES, None)))
    assert np.isnan(out[0, :, 6, 0]).all()


def test_unit_without_siblings_keeps_its_gap():
    assert np.isnan(fill("regression", column(*FIGURES))[0][0, 0, 5, 0])
