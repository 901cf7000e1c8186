"""Every method at the size of the index, 27 countries and 40 indicators, beside the same formula in NumPy.

What is timed is the compiled kernel, with its fit if it has one. NumPy is timed in turns with it: looped over
replicates, and over all replicates at once where the formula can do that. Of every time the least counts.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from method_calls import ALL, Given, prepared
from numpy_peers import all_at_once, has_peer, peer, peer_at_once
from ratios import interleaved, record, timed

from readiness.registry import Method

COUNTRIES, INDICATORS, EDITIONS = 27, 40, 5
FEWER = {"impute": 100}  # replicates of a batch; the others: 1000
FEW = {"principal_components": 20, "optimised": 0, "em": 20, "multiple": 20, "box_cox": 100, "regression": 20}
ONE_BY_ONE = {"kemeny"}  # brute force over all orders is no peer at this size
HEAVY = {"copeland", "borda"}  # NumPy's arrays of pairs: so many replicates at once fill the memory
PATIENCE = 1.0  # seconds after which no further round of a formula begins
AIMS = {"arithmetic": 5.0, "geometric": 5.0}  # times NumPy's loop; the others: not slower
LOOP, AT_ONCE = "NumPy's loop", "NumPy at once"
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


def numpy_calls(method: Method, replicates: int) -> dict[str, tuple[Callable[[], object], int]]:
    """Return NumPy's ways and how many replicates a call does: ten or a hundred stand for many."""
    looped = min(replicates, 10)
    calls = {LOOP: (peer(method, at_full_size(method, looped)), looped)}
    if all_at_once(method) and replicates > 1:
        together = min(replicates, 100) if method.name in HEAVY else replicates
        calls[AT_ONCE] = (peer_at_once(method, at_full_size(method, together)), together)
    return calls


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
        benchmark.extra_info.update(method=f"{method.step} {method.name}", replicates=replicates)
        benchmark.extra_info["nanoseconds a replicate"] = benchmark.stats.stats.min / replicates * 1e9
        if has_peer(method) and method.name not in ONE_BY_ONE:
            for name, (call, work) in numpy_calls(method, replicates).items():
                found = interleaved(timed(run, replicates), timed(call, work), limit=PATIENCE)
                aim = None if method.slow else AIMS.get(method.name, 1.0) if name == LOOP else 1.0
                record(benchmark, name, found, aim=aim, replicates=True)
