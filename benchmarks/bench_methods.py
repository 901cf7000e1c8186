"""Every method at the size of the index, 27 countries and 40 indicators, beside the same formula in NumPy.

What is timed is the compiled kernel, with its fit if it has one. NumPy is timed in the same run and stands in
extra_info: looped over replicates, and over all replicates at once where the formula can do that. Of every time the
least counts.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np
import pytest
from method_calls import ALL, Given, prepared
from numpy_peers import all_at_once, has_peer, peer, peer_at_once

from readiness.registry import Method

COUNTRIES, INDICATORS, EDITIONS = 27, 40, 5
FEWER = {"impute": 100}  # replicates of a batch; the others: 1000
FEW = {"principal_components": 20, "optimised": 0, "em": 20, "multiple": 20, "box_cox": 100, "regression": 20}
ONE_BY_ONE = {"kemeny"}  # brute force over all orders is no peer at this size
HEAVY = {"copeland", "borda"}  # NumPy's arrays of pairs: so many replicates at once fill the memory
PATIENCE = 0.2  # seconds for the rounds of one NumPy formula
TIME = {"min_rounds": 5, "max_time": 0.2, "warmup": True, "warmup_iterations": 1}


def sizes(method: Method) -> list[int]:
    """Return the replicates to time a method with: one, and a batch."""
    batch = FEW.get(method.name, FEWER.get(method.step, 1000))
    return [1] if method.slow or not batch else [1, batch]


def figures(method: Method, replicates: int) -> np.ndarray:
    """Return correlated, skewed figures above zero, 5 % of them missing; scores to learn weights from are complete.

    Imputation along time has five editions, the others one.
    """
    rng = np.random.default_rng(27)
    editions = EDITIONS if method.name in ("carry_forward", "linear_in_time") else 1
    common = rng.normal(0, 1, (editions, 1, COUNTRIES, 1))
    x = 20 * np.exp(0.4 * (common + rng.normal(0, 1, (editions, INDICATORS, COUNTRIES, replicates))))
    if method.step != "weight":
        x[rng.random(x.shape) < 0.05] = np.nan
    return {"impute": x, "rank": x[0, 0]}.get(method.step, x[0])


def at_full_size(method: Method, replicates: int) -> Given:
    weights = np.random.default_rng(40).uniform(0.5, 2.0, (INDICATORS, replicates))
    lanes = tuple(replicate % 12 for replicate in range(replicates))
    return Given(figures(method, replicates), np.arange(COUNTRIES), weights=weights, lanes=lanes)


def least_seconds(run: Callable[[], object]) -> float:
    """Run again and again until patience ends, at least twice; return the least time."""
    times: list[float] = []
    while len(times) < 2 or sum(times) < PATIENCE:
        start = perf_counter()
        run()
        times.append(perf_counter() - start)
    return min(times)


def numpy_seconds(method: Method, replicates: int) -> dict[str, float]:
    """Return what a replicate takes NumPy: looped, and at once; ten or a hundred replicates stand for many."""
    looped = min(replicates, 10)
    seconds = {"loop": least_seconds(peer(method, at_full_size(method, looped))) / looped}
    if all_at_once(method) and replicates > 1:
        together = min(replicates, 100) if method.name in HEAVY else replicates
        seconds["at once"] = least_seconds(peer_at_once(method, at_full_size(method, together))) / together
    return seconds


CASES = [
    pytest.param(
        method,
        replicates,
        id=f"{method.step}-{method.name}-{replicates}",
        marks=pytest.mark.benchmark(
            group=f"{method.step}, {'one replicate' if replicates == 1 else 'a batch'}", **TIME
        ),
    )
    for method in ALL
    for replicates in sizes(method)
]


@pytest.mark.parametrize(("method", "replicates"), CASES)
def test_method(benchmark, method, replicates):
    replicates = replicates if benchmark.enabled else min(replicates, 2)
    written, run = prepared(method, at_full_size(method, replicates))
    benchmark(run)
    assert np.isfinite(written[0]).any()
    if benchmark.enabled:
        own = benchmark.stats.stats.min / replicates
        benchmark.extra_info.update(method=f"{method.step} {method.name}", replicates=replicates)
        benchmark.extra_info["nanoseconds a replicate"] = own * 1e9
        if has_peer(method) and method.name not in ONE_BY_ONE:
            for way, seconds in numpy_seconds(method, replicates).items():
                benchmark.extra_info[f"NumPy {way} / kernel"] = seconds / own
