"""Scores of an index with the covariance that errors of its figures give them."""

from __future__ import annotations

import numpy as np
import pytest
from small_index import Small

import readiness
from readiness.errors import ReadinessError
from readiness.sampling import index_estimates


def test_an_index_whose_indicators_declare_no_error_has_no_confidence_sets(tmp_path):
    small = Small(tmp_path)
    results = readiness.run(framework=small.folder, data=[small.write_figures()])
    with pytest.raises(ReadinessError) as raised:
        index_estimates(results, 1000)
    assert [each.code for each in raised.value.violations] == ["E745"]


def test_the_covariance_is_that_of_the_figures_alone_whatever_else_varies(eari):
    plain = index_estimates(eari, 2000)
    simulated = index_estimates(eari.simulate(2000, nodes=(eari.framework.root,)), 2000)
    assert plain.units == simulated.units
    assert np.array_equal(plain.estimate, simulated.estimate)
    assert np.array_equal(plain.covariance, simulated.covariance)
    assert (plain.error > 0).all()
