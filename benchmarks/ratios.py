"""How many times as fast ours is as a peer, measured so that a noisy neighbour hits both.

A benchmark with a peer times both in turns and writes the ratio of the least times into `benchmark.extra_info`:

    from ratios import interleaved, record, timed

    def test_arithmetic(benchmark):
        benchmark(ours)
        if benchmark.enabled:  # not when benchmarks run once, as tests
            found = interleaved(timed(ours, work=1000), timed(peer, work=10))
            record(benchmark, "NumPy's loop", found, aim=5)

`work` is how many replicates (or other equal units) a call does: the peer may do fewer. A peer that measures itself,
such as a yardstick in C, is a function without arguments that returns the seconds of one unit of work: see
yardstick.py.

extra_info then holds, and `readiness bench` reads:

    peer                     name of the peer, short
    ratio                    how many times as fast ours is: the peer's least time / our least time, both a unit of work
    aim                      the ratio wanted, or None
    noise                    spread of the rounds of both, as a share of the ratio: see Ratio
    replicates_per_second    ours, only where work is counted in replicates (`replicates=True`)
    others                   for a second and third peer: a list of the same keys, in the order of the calls of `record`
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

Sampler = Callable[[], float]  # measures once; returns the seconds of one unit of work

ROUNDS = 15
SHORTEST = 3e-3  # seconds: a call quicker than that is repeated, so that the clock does not count
LONG = 0.5  # seconds: a call as slow as that is not repeated to find out how long it takes
LEAST_ROUNDS = 3
SECONDS, LIMIT = 0.5, 10.0


@dataclass(frozen=True, slots=True)
class Ratio:
    """Seconds a unit of work of ours and the peer, round by round."""

    ours: tuple[float, ...]
    peer: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """How many times as fast ours is: least against least, since noise only ever adds."""
        return min(self.peer) / min(self.ours)

    @property
    def noise(self) -> float:
        """The share that the ratio may be off: the spread of both sides, as two independent errors."""
        return math.hypot(spread(self.ours), spread(self.peer))


def interleaved(
    ours: Sampler, peer: Sampler, *, rounds: int = ROUNDS, seconds: float = SECONDS, limit: float = LIMIT
) -> Ratio:
    """Measure both in turns, the first of each pair alternating; return the times of all rounds.

    Both are run once before, so that compilation, caches and memory are warm. There are so many rounds at least, and
    more until `seconds` are over, since a neighbour may be busy for a while; after `limit` seconds no further round
    begins, but three there are in any case.
    """
    ours()
    peer()
    found: tuple[list[float], list[float]] = ([], [])
    start = perf_counter()
    while _more(len(found[0]), perf_counter() - start, rounds, seconds, limit):
        for side in (0, 1) if len(found[0]) % 2 == 0 else (1, 0):
            found[side].append((ours, peer)[side]())
    return Ratio(tuple(found[0]), tuple(found[1]))


def timed(call: Callable[[], object], work: float = 1) -> Sampler:
    """Return a sampler of a call that does so much work; a quick call is repeated within a sample."""
    repeats = 0

    def sample() -> float:
        nonlocal repeats
        if not repeats:
            first = _seconds(call, 1)  # may compile
            usual = first if first > LONG else _seconds(call, 1)
            repeats = max(1, math.ceil(SHORTEST / max(usual, 1e-9)))
            return usual / work
        return _seconds(call, repeats) / repeats / work

    return sample


def record(benchmark: Any, peer: str, found: Ratio, *, aim: float | None = None, replicates: bool = False) -> Ratio:
    """Write a ratio into a benchmark's extra_info, as said above; return it."""
    info = {"peer": peer, "ratio": found.ratio, "aim": aim, "noise": found.noise}
    if replicates:
        info["replicates_per_second"] = 1 / min(found.ours)
    if "peer" in benchmark.extra_info:
        benchmark.extra_info.setdefault("others", []).append(info)
    else:
        benchmark.extra_info.update(info)
    return found


def spread(times: tuple[float, ...]) -> float:
    """Return quartile distance / median of the quicker half of the rounds.

    The slower half tells what the neighbours did; the ratio is made of the least times, which they do not touch.
    """
    quick = sorted(times)[: len(times) // 2 + 1]
    low, middle, high = statistics.quantiles(quick, n=4, method="inclusive") if len(quick) > 1 else quick * 3
    return (high - low) / middle


def _more(done: int, passed: float, rounds: int, seconds: float, limit: float) -> bool:
    return done < LEAST_ROUNDS or (passed < limit and (done < rounds or passed < seconds))


def _seconds(call: Callable[[], object], repeats: int) -> float:
    start = perf_counter()
    for _ in range(repeats):
        call()
    return perf_counter() - start
