"""Sobol' indices of 54 outputs (27 ranks, 27 scores) and 6 factors with 1000 resamples, beside SALib.

SALib takes one output a call. It is timed on one output and counted as a unit of work, our call as 54: the time that
SALib takes does not depend on the values, so that all 54 would take 54 times as long.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np
import pytest
from ratios import interleaved, record, timed
from SALib.analyze import sobol as salib

from readiness.sobol import indices
from readiness.sobol_design import design, split, stacked

FACTORS, OUTPUTS, RESAMPLES = 6, 54, 1000
PROBLEM = {"num_vars": FACTORS, "names": [f"x{i}" for i in range(FACTORS)], "bounds": [[0, 1]] * FACTORS}


def results(n):
    """Return y_a, y_b and y_ab of outputs that depend on all factors, with interactions."""
    x = stacked(*design(FACTORS, n, 1))
    slopes = np.random.default_rng(2).normal(size=(FACTORS, OUTPUTS))
    return split(np.tanh(2 * x @ slopes) + x[:, :1] * x[:, 1:2], FACTORS)


def one_of_salib(y_a, y_b, y_ab):
    """Return a sampler of SALib's seconds for one output; a call is too slow to be repeated within a sample."""
    runs = np.concatenate([y_a[None], y_ab, y_b[None]])[:, :, 0].T.ravel()

    def sample():
        start = perf_counter()
        salib.analyze(PROBLEM, runs, calc_second_order=False, num_resamples=RESAMPLES, seed=3)
        return perf_counter() - start

    return sample


@pytest.mark.benchmark(group="sobol")
@pytest.mark.parametrize("n", [2**10, 2**14])
def test_indices_with_errors(benchmark, n):
    y = results(n if benchmark.enabled else 64)
    found = benchmark(indices, *y, resamples=RESAMPLES, seed=1)
    assert found.reasons == ("",) * OUTPUTS and np.isfinite(found.total.error).all()
    if benchmark.enabled:
        ours = timed(lambda: indices(*y, resamples=RESAMPLES, seed=1), work=OUTPUTS)
        ratio = interleaved(ours, one_of_salib(*y), rounds=3)
        record(benchmark, "SALib, one output", ratio, aim=50)


@pytest.mark.benchmark(group="sobol")
def test_design(benchmark):
    a, b = benchmark(design, FACTORS, 2**14 if benchmark.enabled else 64, 1)
    assert a.shape == b.shape
