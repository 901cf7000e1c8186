"""Confidence sets for ranks at the size of the index, 27 countries and 100,000 draws, beside plain NumPy.

NumPy computes all pairs of a block of draws at once, from the same normal numbers, and is timed in the same run; its
time stands in extra_info as a ratio. Its draws are made before the clock starts, the engine's are part of its time.
"""

from __future__ import annotations

import time

import numpy as np
import pytest
from numpy_rank_sets import errors, marginal_sets
from numpy_rank_sets import rank_sets as plain_rank_sets

from readiness.estimates import Estimates
from readiness.inference import naive_bootstrap, rank_sets

SIZE, DRAWS, PEER_DRAWS = 27, 100_000, 10_000


@pytest.fixture(scope="module")
def estimates():
    generator = np.random.default_rng(1)
    units = tuple(f"u{place:02d}" for place in range(SIZE))
    return Estimates.independent(units, generator.normal(50, 10, SIZE), generator.uniform(1, 3, SIZE))


def peer_seconds(plain, estimates, z):
    """Return the least time of three runs of NumPy, for all draws."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        plain(estimates.estimate, estimates.covariance, z)
        times.append(time.perf_counter() - start)
    return min(times) * DRAWS / z.shape[1]


@pytest.mark.benchmark(group="rank sets")
@pytest.mark.parametrize(
    ("name", "options", "plain"),
    [
        ("simultaneous, stepdown", {}, plain_rank_sets),
        ("marginal of all, stepdown", {"simultaneous": False}, marginal_sets),
    ],
)
def test_rank_sets(benchmark, estimates, name, options, plain):
    draws = DRAWS if benchmark.enabled else 1000
    found = benchmark(rank_sets, estimates, draws=draws, **options).sort("unit")
    z = errors(estimates.covariance, PEER_DRAWS if benchmark.enabled else draws)
    if benchmark.enabled:
        own = benchmark.stats.stats.min
        benchmark.extra_info.update(method=name, draws=draws)
        benchmark.extra_info["nanoseconds a draw"] = own / draws * 1e9
        benchmark.extra_info["NumPy / engine"] = peer_seconds(plain, estimates, z) / own
    else:
        low, high = plain(estimates.estimate, estimates.covariance, z)
        assert found["lower"].to_list() == low.tolist()
        assert found["upper"].to_list() == high.tolist()


@pytest.mark.benchmark(group="rank sets")
def test_resampled_ranks(benchmark, estimates):
    draws = DRAWS if benchmark.enabled else 1000
    found = benchmark(naive_bootstrap, estimates, draws=draws)
    assert found.height == SIZE
