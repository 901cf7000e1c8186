"""Statistics of a table against the handbook's printed figures, closed forms and other programmes."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
from numpy.testing import assert_allclose
from technology_index import (
    ALPHA,
    ALPHA_IF_DELETED,
    COMPARISONS,
    CORRELATIONS,
    EIGENVALUES,
    INPUTS,
    ITEM_TOTAL,
    LOADINGS,
    VARIANCE_PERCENT,
)

import readiness.statistics
from readiness.statistics import (
    alpha_if_deleted,
    consistency_ratio,
    correlations,
    cronbach_alpha,
    importance_residual,
    importances,
    item_total,
    principal_components,
    varimax,
)

NAN = np.nan
HOLED = np.vstack([INPUTS, np.where(np.arange(8) == 2, NAN, 50.0)])  # one more row, with a gap


def test_examples_are_right():
    assert doctest.testmod(readiness.statistics).attempted >= 4
    assert doctest.testmod(readiness.statistics).failed == 0


def test_correlations_meet_the_handbook():
    found = correlations(INPUTS)
    for row, printed in enumerate(CORRELATIONS):
        assert_allclose(found[row, :row], printed, atol=0.02)
    assert_allclose(found, np.corrcoef(INPUTS.T), atol=1e-14)


def test_reliability_meets_the_handbook():
    assert cronbach_alpha(INPUTS) == pytest.approx(ALPHA, abs=0.005)
    assert_allclose(alpha_if_deleted(INPUTS), ALPHA_IF_DELETED, atol=0.002)
    assert_allclose(item_total(INPUTS), ITEM_TOTAL, atol=0.006)


def test_components_meet_the_handbook():
    found = principal_components(INPUTS)
    assert_allclose(found.eigenvalues, EIGENVALUES, atol=0.06)
    assert_allclose(100 * found.eigenvalues / 8, VARIANCE_PERCENT, atol=0.111)  # the fifth: 5.89, printed 6.0
    rotated = np.abs(varimax(found.loadings[:, :4]))
    order = [int(np.abs(rotated - np.abs(column)[:, None]).sum(axis=0).argmin()) for column in LOADINGS.T]
    assert sorted(order) == [0, 1, 2, 3]
    assert_allclose(rotated[:, order], np.abs(LOADINGS), atol=0.025)


def test_loadings_make_up_the_correlations():
    found = principal_components(INPUTS)
    assert_allclose(found.loadings @ found.loadings.T, np.corrcoef(INPUTS.T), atol=1e-12)


def test_rows_with_a_gap_are_left_out():
    assert cronbach_alpha(HOLED) == cronbach_alpha(INPUTS)
    assert_allclose(alpha_if_deleted(HOLED), alpha_if_deleted(INPUTS))
    assert_allclose(item_total(HOLED), item_total(INPUTS))
    assert_allclose(principal_components(HOLED).eigenvalues, principal_components(INPUTS).eigenvalues)
    assert_allclose(importances(HOLED, np.ones(8)), importances(INPUTS, np.ones(8)))


def test_correlation_takes_the_rows_that_both_have():
    x = np.array([[1, 1, NAN], [2, 3, 1], [3, 2, 2], [4, NAN, 5], [NAN, 9, 1]])
    found = correlations(x)
    assert found[0, 1] == pytest.approx(0.5)
    assert found[0, 2] == pytest.approx(np.corrcoef([2, 3, 4], [1, 2, 5])[0, 1])
    assert np.isnan(correlations([[1, 1], [2, NAN], [3, 2]])[0, 1])  # two rows
    assert np.isnan(correlations([[1, 5], [2, 5], [4, 5]])[1]).all()  # a constant column, with itself too


def test_alpha_of_columns_with_equal_correlation():
    """Standardised: k r / (1 + (k - 1) r) for the mean correlation r; of a column twice, 1."""
    k, r = 8, np.corrcoef(INPUTS.T)[np.triu_indices(8, 1)].mean()
    assert cronbach_alpha(INPUTS) == pytest.approx(k * r / (1 + (k - 1) * r), rel=1e-12)
    assert cronbach_alpha([[1, 1], [2, 2], [5, 5]], standardised=False) == pytest.approx(1)
    assert cronbach_alpha([[1, 2], [2, 1], [3, 3]], standardised=False) == pytest.approx(2 * (1 - 2 / 3))


def test_what_cannot_be_known_is_a_gap():
    flat = np.column_stack([[1.0, 2, 4, 3], [2.0, 2, 2, 2], [3.0, 1, 2, 2]])
    assert np.isnan(cronbach_alpha(flat))
    assert np.isfinite(cronbach_alpha(flat, standardised=False))
    assert np.isnan(cronbach_alpha(np.full((4, 2), 3.0), standardised=False))
    assert np.isnan(cronbach_alpha([[1, 2], [2, 3]]))
    assert np.isnan(cronbach_alpha([[1], [2], [4]]))
    assert np.isnan(alpha_if_deleted([[1, 2], [2, 1], [3, 3]])).all()
    assert np.isnan(item_total(flat)).all()
    assert np.isnan(item_total([[1], [2], [4]])).all()
    for table in (flat, np.full((5, 2), NAN), [[1, 2], [2, 1]], np.empty((4, 0))):
        found = principal_components(table)
        assert np.isnan(found.eigenvalues).all()
        assert np.isnan(found.loadings).all()


def test_input_is_left_as_it_was():
    before = INPUTS.copy()
    for function in (correlations, cronbach_alpha, item_total, principal_components):
        function(INPUTS)
    importances(INPUTS, np.ones(8))
    assert (before == INPUTS).all()


def test_importances_are_shares_of_squared_correlations():
    x, weights = INPUTS, np.arange(8.0)
    squares = np.array([np.corrcoef(column, x @ weights)[0, 1] ** 2 for column in x.T])
    assert_allclose(importances(x, weights), squares / squares.sum(), rtol=1e-12)
    declared = np.array([1.0, 0, 1, 1, 1, 1, 1, 1])
    found = importances(x, weights * declared, declared)
    assert np.isnan(found[1])
    assert np.nansum(found) == pytest.approx(1)
    target = declared[declared > 0] / 7
    expected = ((found[declared > 0] - target) ** 2).sum()
    assert importance_residual(x, weights * declared, declared) == pytest.approx(expected)


def test_importances_that_cannot_be_known_are_gaps():
    assert np.isnan(importances([[1, 2], [2, 1]], [1, 1])).all()  # two rows
    assert np.isnan(importances([[1, 3], [2, 2], [3, 1]], [1, 1])).all()  # a constant mean
    assert np.isnan(importances(np.full((4, 2), 7.0), [1, 1])).all()
    assert np.isnan(importance_residual(np.full((4, 2), 7.0), [1, 1], [1, 1]))
    assert_allclose(importances([[1, 7, NAN], [2, 7, NAN], [4, 7, NAN]], [1, 1, 1]), [1, NAN, NAN])


def test_consistency_of_comparisons():
    found = consistency_ratio(COMPARISONS)
    assert found.largest_eigenvalue == pytest.approx(np.linalg.eigvals(COMPARISONS).real.max(), rel=1e-12)
    assert found.index == pytest.approx((found.largest_eigenvalue - 8) / 7)
    assert found.ratio == pytest.approx(found.index / 1.41)
    weights = np.array([5.0, 3, 1, 1])
    assert_allclose(consistency_ratio(weights[:, None] / weights), [4, 0, 0], atol=1e-12)
    assert_allclose(consistency_ratio([[1, 9], [1 / 9, 1]]), [2, 0, 0], atol=1e-12)
    assert_allclose(consistency_ratio([[1]]), [1, 0, 0])
    circle = consistency_ratio([[1, 2, 1 / 2], [1 / 2, 1, 2], [2, 1 / 2, 1]])  # 1 + 2 + 1/2
    assert_allclose(circle, [3.5, 0.25, 0.25 / 0.58], rtol=1e-12)


@pytest.mark.parametrize(
    "unfit", [np.ones((2, 3)), np.ones((16, 16)), [[1, -1], [-1, 1]], [[1, NAN], [1, 1]], [[1, np.inf], [0.1, 1]], [[]]]
)
def test_comparisons_that_are_none_are_refused(unfit):
    with pytest.raises(ValueError, match="comparisons must be"):
        consistency_ratio(unfit)


def test_tables_that_are_none_are_refused():
    with pytest.raises(ValueError, match="rows and columns"):
        correlations([1, 2, 3])
    with pytest.raises(ValueError, match="finite"):
        varimax([[1.0, NAN]])
