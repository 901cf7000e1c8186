"""Random numbers by counter beside NumPy's generators: 40 and 1026 numbers of 1024 replicates, in one thread.

Forty are what a draw of weights takes, 1026 one of noise for 27 countries and 38 indicators. NumPy draws one long row
from one state: it has no replicate that could be drawn alone. Both kinds are timed, its Philox (64 bits, the nearest
kin) and PCG64 (its default). Both sides return a new array.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from ratios import interleaved, record, timed

from readiness.streams import exponentials, gammas, normals, uniforms

REPLICATES = 1024
PEERS = {"NumPy's Philox": np.random.Philox, "NumPy's PCG64": np.random.PCG64}
TIME = {"min_rounds": 5, "max_time": 0.5, "warmup": True, "warmup_iterations": 1}
ALPHAS = {"gammas of 3": 3.0, "gammas of 0.3": 0.3}

Draw = Callable[[], np.ndarray]


def ours(law: str, numbers: int, replicates: int) -> Draw:
    if law in ALPHAS:
        return lambda: gammas(1, 1, np.full(numbers, ALPHAS[law]), replicates)
    plain = {"uniforms": uniforms, "exponentials": exponentials, "normals": normals}[law]
    return lambda: plain(1, 1, (numbers,), replicates)


def peer(law: str, numbers: int, kind: type) -> Draw:
    generator, shape = np.random.Generator(kind(1)), (numbers, REPLICATES)
    if law in ALPHAS:
        return lambda: generator.standard_gamma(ALPHAS[law], shape)
    name = {"uniforms": "random", "exponentials": "standard_exponential", "normals": "standard_normal"}[law]
    return lambda: getattr(generator, name)(shape)


CASES = [
    pytest.param(law, numbers, marks=pytest.mark.benchmark(group=f"streams, {numbers} numbers", **TIME))
    for numbers in (40, 1026)
    for law in ("uniforms", "exponentials", "normals", *ALPHAS)
]


@pytest.mark.parametrize(("law", "numbers"), CASES)
def test_draw(benchmark, law, numbers):
    replicates = REPLICATES if benchmark.enabled else 3
    run = ours(law, numbers, replicates)
    drawn = benchmark(run)
    assert drawn.shape == (numbers, replicates)
    if benchmark.enabled:
        own = timed(run, work=replicates)
        benchmark.extra_info.update(law=law, numbers=numbers)
        for name, kind in PEERS.items():
            found = interleaved(own, timed(peer(law, numbers, kind), work=REPLICATES))
            record(benchmark, name, found, aim=1, replicates=True)
            benchmark.extra_info["nanoseconds a number"] = min(found.ours) / numbers * 1e9
