"""Which choice matters: six factors, all ranks and scores with bootstrap errors, beside plain NumPy and SALib.

The peer scores one run after the other in plain NumPy (as COINr does in R: one index a run) and hands its results to
SALib, output by output. It is timed on some runs and on one output, and counted for all: its time does not depend on
the values. It varies weights and figures, with caps and bounds found anew, and neither transforms figures nor has
other methods, so that it has a little less to do than ours.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np
import pytest
from numpy_simulation import Simulation
from ratios import interleaved, record, timed
from SALib.analyze import sobol as salib

import readiness
from readiness.figure_errors import figure_errors
from readiness.results import prepare
from readiness.sensitivity import sensitivity

FACTORS, OUTPUTS, RESAMPLES, SOME = 6, 55, 1000, 40
MORE = ["leave-out=indicator", "normalise=min_max,percentile_rank"]  # two factors beside the four of the recipe


@pytest.fixture(scope="module")
def index():
    return readiness.run()


def plain(index):
    """Return the index as a plain NumPy simulation with varied weights and figures."""
    framework, variation = index.framework, index.recipe.variation
    given = prepare(framework, index.panel, index.recipe)
    found = figure_errors(framework, index.panel, given.used, index.edition, variation)
    members = slice(0, len(framework.units))
    return Simulation(
        tree={code: dict(framework.groups[code].children) for code in framework.nodes if code in framework.groups},
        figures=given.denominated[:, :, members],
        seed=1,
        falling=tuple(code for code in framework.leaves if framework.indicators[code].direction < 0),
        noise=("uniform", 0.25),
        errors=(found.size[:, members], found.low[:, members], found.high[:, members], found.common),
        points=2,
    )


def peer(index, points):
    """Return a sampler of the seconds that NumPy and SALib need for the whole analysis."""
    simulation, runs = plain(index), points * (FACTORS + 2)
    results = np.random.default_rng(1).normal(size=runs)
    problem = {"num_vars": FACTORS, "names": [f"x{i}" for i in range(FACTORS)], "bounds": [[0, 1]] * FACTORS}

    def sample():
        start = perf_counter()
        simulation.replicates(SOME)
        scored = perf_counter()
        salib.analyze(problem, results, calc_second_order=False, num_resamples=RESAMPLES, seed=3)
        return (scored - start) / SOME * runs + (perf_counter() - scored) * OUTPUTS

    return sample


@pytest.mark.benchmark(group="sensitivity")
@pytest.mark.parametrize("points", [2**12, 2**14])
def test_all_ranks_and_scores_of_six_factors(benchmark, index, points):
    n = points if benchmark.enabled else 64
    found = benchmark(sensitivity, index, n, vary=MORE, resamples=RESAMPLES if benchmark.enabled else 20)
    assert len(found.factors) == FACTORS
    assert found.runs == n * (FACTORS + 2)
    assert found.indices[index.framework.root].variance.size == OUTPUTS
    if benchmark.enabled:
        ours = timed(lambda: sensitivity(index, n, vary=MORE, resamples=RESAMPLES))
        record(benchmark, "NumPy and SALib", interleaved(ours, peer(index, n), rounds=3), aim=200)


@pytest.mark.benchmark(group="sensitivity")
def test_methods_only_by_every_combination(benchmark, index):
    settings = ["weights=off", "figures=off"]
    found = benchmark(sensitivity, index, vary=settings)
    assert (found.points, found.runs) == (0, 4)
