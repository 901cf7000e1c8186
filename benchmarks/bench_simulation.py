"""A simulation at the size of the index, 27 countries: replicates a second, beside C by hand and batched NumPy.

Ours is the engine itself, job and batches, as `readiness simulate` runs them. The first group counts what its peers
count, the ranks of the index; the groups of the official tree count all that a simulation keeps unless they say
otherwise.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import yardstick
from ratios import interleaved, record, timed
from simulated_cases import job_of, make_plan, no_errors

import readiness
from readiness.batches import Total, on_threads
from readiness.choices import Choice
from readiness.figure_errors import figure_errors
from readiness.results import prepare
from readiness.simulation import BATCH, Job, make_job
from readiness.variation import Variation, WeightNoise

UNITS, INDICATORS, FIGURES = 27, 40, 38
CORES = min(2, os.cpu_count() or 1)
FLAT = Variation(weights=WeightNoise("flat"))
QUARTER = WeightNoise("uniform", 0.25)
RANKED = Choice("competition", {"decimals": 2})
THREADS = pytest.mark.parametrize("threads", [1, CORES])


def flat_job(units, indicators, variation, size=0.0):
    """Return the simulation of an index without pillars, ranks only; the last mix if there are several."""
    tree = {"index": {f"x{number:03}": 1.0 for number in range(indicators)}}
    plan = make_plan(tree, units, variation=variation, rank=RANKED)
    figures = np.random.default_rng(1).random((indicators, units)) * 100
    job = job_of(plan, figures, no_errors(plan, size=size), only_ranks=True)
    return last(job)


def last(job):
    """Return the job with its last mix alone, in which everything varies."""
    return Job(job.seed, job.mixes[-1:], job.layouts[-1:])


def official_job(variation, **how):
    """Return a simulation of the built-in index."""
    index = readiness.run()
    recipe = replace(index.recipe, variation=variation)
    given = prepare(index.framework, index.panel, recipe)
    errors = figure_errors(index.framework, index.panel, given.used, index.edition, recipe.variation)
    return last(make_job(given.plan, given.denominated, recipe.variation, errors, 1, **how))


def simulate(job, batches, threads):
    """Run so many batches; return the total."""
    total = Total.empty(job)
    on_threads(job, total, batches, threads)
    return total


def batched_numpy(figures, replicates, threads):
    """Count ranks of additive scores under exponential weights: a matrix product and a double argsort a block."""
    units, block = figures.shape[1], 2000

    def count(seed):
        counts = np.zeros((units, units), np.int64)
        drawn = np.random.default_rng(seed).standard_exponential((block, len(figures)))
        scores = (drawn / drawn.sum(axis=1, keepdims=True)) @ figures
        ranks = np.argsort(np.argsort(-scores, axis=1), axis=1)
        for unit in range(units):
            counts[unit] += np.bincount(ranks[:, unit], minlength=units)
        return counts

    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(count, range(replicates // block)))


@pytest.mark.benchmark(group="weights vary, ranks")
@THREADS
def test_flat_weights(benchmark, threads):
    job, batches = flat_job(UNITS, INDICATORS, FLAT), 50 * threads
    total = benchmark(simulate, job, batches, threads)
    assert total.counts[0].ranks.sum() == UNITS * batches * BATCH
    if benchmark.enabled:
        ours = timed(lambda: simulate(job, batches, threads), work=batches * BATCH)
        figures = np.random.default_rng(1).random((INDICATORS, UNITS))
        numpy = timed(lambda: batched_numpy(figures, 20_000 * threads, threads), work=20_000 * threads)
        record(benchmark, "batched NumPy", interleaved(ours, numpy), aim=6, replicates=True)
        yardstick.require()
        peer = yardstick.sampler("weights", UNITS, INDICATORS, 400_000 * threads, threads=threads)
        record(benchmark, "C by hand", interleaved(ours, peer), replicates=True)


@pytest.mark.benchmark(group="figures vary too, ranks")
@THREADS
def test_figures_and_weights(benchmark, threads):
    both = Variation(weights=QUARTER, figures=True)
    job, batches = flat_job(UNITS, FIGURES, both, size=5.0), 6 * threads
    total = benchmark(simulate, job, batches, threads)
    assert total.counts[0].ranks.sum() == UNITS * batches * BATCH
    if benchmark.enabled:
        yardstick.require()
        ours = timed(lambda: simulate(job, batches, threads), work=batches * BATCH)
        peer = yardstick.sampler("figures", UNITS, FIGURES, 40_000 * threads, threads=threads)
        record(benchmark, "C by hand", interleaved(ours, peer), replicates=True)


OFFICIAL = {
    "weights on four levels, index": (
        Variation(weights=QUARTER),
        {"nodes": ("index",), "only_ranks": True},
    ),
    "weights on four levels, all 19 groups": (Variation(weights=QUARTER), {"only_ranks": True}),
    "weights on four levels, all groups, all tables": (Variation(weights=QUARTER), {}),
    "weights, figures, 3 scales, 3 means, index": (
        Variation(
            weights=QUARTER,
            figures=True,
            choices={
                "normalise": (
                    Choice("min_max"),
                    Choice("percentile_rank"),
                    Choice("adjusted_mazziotta_pareto", {"low": 0.0, "high": 100.0}),
                ),
                "aggregate.index": (Choice("arithmetic"), Choice("harmonic"), Choice("mean_min")),
            },
        ),
        {"nodes": ("index",), "only_ranks": True},
    ),
    "the recipe's own, all groups, all tables": (None, {}),
}


@pytest.mark.benchmark(group="official tree")
@pytest.mark.parametrize("what", OFFICIAL)
def test_official_tree(benchmark, what):
    """One thread is the peer: two are to be nearly twice as fast."""
    variation, how = OFFICIAL[what]
    job = official_job(readiness.run().recipe.variation if variation is None else variation, **how)
    batches = 8
    total = benchmark(simulate, job, batches, CORES)
    assert total.counts[0].cells.sum() == batches * BATCH
    if benchmark.enabled:
        ours = timed(lambda: simulate(job, batches, CORES), work=batches * BATCH)
        alone = timed(lambda: simulate(job, batches, 1), work=batches * BATCH)
        record(benchmark, "one thread", interleaved(ours, alone), aim=1.85, replicates=True)


@pytest.mark.benchmark(group="number of units")
@pytest.mark.parametrize("units", [64, 240, 1160])
def test_regions(benchmark, units):
    """The peer is 64 units, its time multiplied by units x log(units): the cost is to grow no faster."""
    job, few = flat_job(units, 60, FLAT), flat_job(64, 60, FLAT)
    total = benchmark(simulate, job, 2, 1)
    assert total.counts[0].ranks.sum() == units * 2 * BATCH
    if benchmark.enabled and units > 64:
        growth = units * np.log(units) / (64 * np.log(64))
        ours = timed(lambda: simulate(job, 2, 1), work=2 * BATCH * growth)
        record(
            benchmark, "64 units, grown", interleaved(ours, timed(lambda: simulate(few, 4, 1), work=4 * BATCH)), aim=1
        )
