"""Ratios are measured in turns; the yardsticks in C do the work they claim."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))
import ratios
import yardstick


@pytest.fixture(scope="module")
def programs():
    yardstick.require()


def made_up(size):
    """Return the figures of the yardsticks: a linear congruential generator of 64 bits, its upper 53."""
    state, found = 1, []
    for _ in range(size):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        found.append((state >> 11) * 2.0**-53)
    return np.array(found)


def mean_rank_by_numpy(name, units, indicators, replicates):
    """Return the mean rank of the first unit, and its standard error, by NumPy's generator."""
    rng = np.random.default_rng(27)
    figures = made_up(units * indicators)
    if name == "weights":
        scores = rng.exponential(size=(replicates, indicators)) @ figures.reshape(units, indicators).T
    else:
        drawn = rng.normal(figures.reshape(indicators, units), 0.05, (replicates, indicators, units))
        low, high = drawn.min(axis=2, keepdims=True), drawn.max(axis=2, keepdims=True)
        weights = rng.uniform(0.75, 1.25, (replicates, indicators))
        scores = np.einsum("rm,rmn->rn", weights / weights.sum(1, keepdims=True), (drawn - low) / (high - low))
    ranks = 1 + (scores > scores[:, :1]).sum(axis=1)
    return ranks.mean(), ranks.std() / replicates**0.5


@pytest.mark.parametrize("name", yardstick.NAMES)
@pytest.mark.parametrize("size", [(3, 2), (10, 7)])
def test_a_yardstick_ranks_as_numpy_does(programs, name, size):
    expected, error = mean_rank_by_numpy(name, *size, 100_000)
    found = yardstick.measure(name, *size, 1_000_000)
    assert found.faults == 0
    assert found.mean_rank == pytest.approx(expected, abs=4 * error + 1e-6)


@pytest.mark.parametrize("name", yardstick.NAMES)
def test_a_yardstick_counts_the_same_with_any_number_of_threads(programs, name):
    found = {yardstick.measure(name, 27, 38, 20_000, threads).mean_rank for threads in (1, 2, 5)}
    assert len(found) == 1


@pytest.mark.parametrize("size", [(0, 4), (65, 4), (4, 0), (4, 129)])
def test_a_size_beyond_the_yardstick_is_refused(programs, size):
    with pytest.raises(yardstick.NoYardstickError, match="1 to 64 units"):
        yardstick.measure("weights", *size, 1000)


def test_without_a_compiler_a_test_is_skipped_with_the_reason(monkeypatch):
    monkeypatch.setattr(yardstick.shutil, "which", lambda name: None)
    yardstick.program.cache_clear()
    with pytest.raises(pytest.skip.Exception, match="no gcc"):
        yardstick.require()


def test_ours_and_the_peer_are_measured_in_turns_and_the_least_counts():
    order = []
    times = {"ours": itertools.cycle([2.0, 1.0, 8.0]), "peer": itertools.cycle([50.0, 6.0, 30.0])}

    def side(name):
        order.append(name)
        return next(times[name])

    found = ratios.interleaved(lambda: side("ours"), lambda: side("peer"), rounds=6, seconds=0)
    assert found.ratio == 6.0
    assert order == ["ours", "peer"] * 2 + ["peer", "ours"] + ["ours", "peer"] + ["peer", "ours"] + [
        "ours",
        "peer",
        "peer",
        "ours",
    ]


def test_the_clock_ends_the_rounds_but_three_there_are():
    assert len(ratios.interleaved(lambda: 1.0, lambda: 2.0, rounds=50, limit=0.0).ours) == 3
    assert len(ratios.interleaved(lambda: 1.0, lambda: 2.0, rounds=5, seconds=0.05).ours) > 50


def test_noise_is_the_spread_of_the_quicker_half_of_both_sides():
    steady = ratios.Ratio((1.0,) * 5 + (90.0,) * 4, (2.0,) * 9)
    assert steady.noise == 0
    uneven = ratios.Ratio((1.0, 2.0, 3.0, 50.0, 50.0), (4.0,) * 5)  # quartiles 1.5 and 2.5 about 2
    assert uneven.noise == pytest.approx(0.5)


def test_work_divides_the_time_and_a_quick_call_is_repeated():
    calls = []
    sample = ratios.timed(lambda: calls.append(None), work=1000)
    assert 0 < sample() < 1e-6
    before = len(calls)
    assert 0 < sample() < 1e-8
    assert len(calls) - before > 1000


def test_a_second_peer_stands_beside_the_first():
    benchmark = SimpleNamespace(extra_info={})
    found = ratios.Ratio((1.0, 1.0), (2.0, 2.0))
    ratios.record(benchmark, "NumPy", found, aim=5, replicates=True)
    ratios.record(benchmark, "C", found)
    assert benchmark.extra_info == {
        "peer": "NumPy",
        "ratio": 2.0,
        "aim": 5,
        "noise": 0.0,
        "replicates_per_second": 1.0,
        "others": [{"peer": "C", "ratio": 2.0, "aim": None, "noise": 0.0}],
    }
