"""Sobol' indices from every combination, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from readiness.sobol_exact import exact_indices


def test_an_output_without_a_value_in_some_combination_is_a_gap_with_a_reason():
    y = np.array([[1.0, np.nan, 3.0], [2.0, 5.0, 3.0]])
    found = exact_indices(y, [(0.5, 0.5)])
    assert found.reasons == ("", "a combination has no value", "never varies")
    assert found.first.value[0, 0] == found.total.value[0, 0] == 1
    assert np.isnan(found.total.value[0, 1:]).all()
    assert found.left_out.tolist() == [0, 1, 0]


def test_exact_indices_of_a_product_with_uneven_chances():
    """y = x1 x2: V1 = m2^2 v1, V2 = m1^2 v2, V12 = v1 v2."""
    x1, p1, x2, p2 = np.array([1.0, 3.0]), np.array([0.8, 0.2]), np.array([0.0, 1.0, 4.0]), np.array([0.5, 0.25, 0.25])
    found = exact_indices(np.multiply.outer(x1, x2)[..., None], [p1, p2])
    (m1, v1), (m2, v2) = ((p @ x, p @ x**2 - (p @ x) ** 2) for x, p in ((x1, p1), (x2, p2)))
    parts = np.array([m2**2 * v1, m1**2 * v2, v1 * v2])
    assert found.variance[0] == pytest.approx(parts.sum())
    assert found.first.value[:, 0] == pytest.approx(parts[:2] / parts.sum())
    assert found.total.value[:, 0] == pytest.approx((parts[:2] + parts[2]) / parts.sum())
