"""How often the sets hold the true ranks, over many samples from known truths, with ties and without.

With ties a set must hold the whole range of places that equal units share. Shortfalls are judged at three standard
errors of the simulation.
"""

from __future__ import annotations

import numpy as np
import pytest

from readiness.estimates import Estimates
from readiness.inference import interval_sets, naive_bootstrap, rank_sets, tau_best, tau_worst

SAMPLES = 400
LEVEL = 0.9  # at 0.95 too few samples miss to tell a method at its level from one that never misses
LEAST = LEVEL - 3 * np.sqrt(LEVEL * (1 - LEVEL) / SAMPLES)
UNITS = tuple("ABCDEFGH")
ERROR = np.array([0.8, 1.0, 1.2, 1.0, 0.6, 1.0, 1.5, 1.0])
TRUTHS = {
    "all equal": np.zeros(8),
    "two groups": np.array([0.0, 0.0, 0.0, 0.0, 4.0, 4.0, 4.0, 4.0]),
    "ties and gaps": np.array([5.0, 5.0, 5.0, 2.0, 2.0, 0.0, 0.0, -6.0]),
    "no ties": np.array([0.0, 1.5, 3.0, 4.5, 6.0, 7.5, 9.0, 10.5]),
}
COVARIANCES = {
    "independent": np.diag(ERROR**2),
    "correlated": np.outer(ERROR, ERROR) * 0.6 ** np.abs(np.subtract.outer(np.arange(8), np.arange(8))),
}
CASES = [*((truth, "independent") for truth in TRUTHS), ("ties and gaps", "correlated")]


def samples(truth, covariance):
    """Draw estimates around a truth, a seed for the sets beside each."""
    root = np.linalg.cholesky(covariance)
    drawn = truth + np.random.default_rng(20261122).normal(size=(SAMPLES, len(truth))) @ root.T
    return [(Estimates(UNITS, x, covariance), seed) for seed, x in enumerate(drawn)]


def held(found, first, last):
    """Say of each unit whether its set goes from its first true place or before to its last or beyond."""
    order = np.argsort([UNITS.index(name) for name in found["unit"]])
    return (found["lower"].to_numpy()[order] <= first) & (found["upper"].to_numpy()[order] >= last)


def places(truth):
    """Return the first and the last place of each unit: equal ones share a range."""
    return 1 + (truth[None, :] > truth[:, None]).sum(axis=1), (truth[None, :] >= truth[:, None]).sum(axis=1)


@pytest.mark.parametrize(("truth", "covariance"), CASES)
def test_simultaneous_sets_hold_all_true_ranks_at_their_level(truth, covariance):
    first, last = places(TRUTHS[truth])
    options = {"level": LEVEL, "draws": 1000}
    drawn = samples(TRUTHS[truth], COVARIANCES[covariance])
    both = [held(rank_sets(each, seed=seed, **options), first, last).all() for each, seed in drawn]
    single = [held(rank_sets(each, seed=seed, stepdown=False, **options), first, last).all() for each, seed in drawn]
    joint = [held(interval_sets(each, level=LEVEL), first, last).all() for each, _ in drawn]
    assert np.mean(both) >= LEAST
    assert np.mean(single) >= np.mean(both)
    assert np.mean(joint) >= LEAST
    if truth == "all equal":  # every false claim counts here: the level is met and not far exceeded
        assert np.mean(both) <= 1 - (1 - LEVEL) / 2


@pytest.mark.parametrize(("truth", "covariance"), CASES)
def test_marginal_sets_hold_each_true_rank_at_their_level(truth, covariance):
    first, last = places(TRUTHS[truth])
    drawn = samples(TRUTHS[truth], COVARIANCES[covariance])
    for side in ("two", "lower", "upper") if truth == "ties and gaps" else ("two",):
        options = {"level": LEVEL, "simultaneous": False, "side": side, "draws": 1000}
        found = np.array([held(rank_sets(each, seed=seed, **options), first, last) for each, seed in drawn])
        assert found.mean(axis=0).min() >= LEAST, side


@pytest.mark.parametrize("truth", ["two groups", "ties and gaps", "no ties"])
def test_the_tau_best_and_worst_are_all_among_those_named(truth):
    theta = TRUTHS[truth]
    best, worst = places(theta)[0] <= 2, places(-theta)[0] <= 2
    hits = []
    for each, seed in samples(theta, COVARIANCES["independent"]):
        options = {"level": LEVEL, "seed": seed, "draws": 1000}
        for found, true in ((tau_best(each, 2, **options), best), (tau_worst(each, 2, **options), worst)):
            hits.append({unit for unit, member in zip(UNITS, true, strict=True) if member} <= set(found["unit"]))
    assert np.mean(hits[0::2]) >= LEAST
    assert np.mean(hits[1::2]) >= LEAST


def test_the_plain_bootstrap_misses_tied_ranks():
    """Ties share the smaller rank, here 1: the intervals are asked for that rank only, one unit at a time."""
    drawn = samples(TRUTHS["all equal"], COVARIANCES["independent"])
    hits = []
    for each, seed in drawn:
        plain = naive_bootstrap(each, level=LEVEL, seed=seed, draws=1000).sort("unit")
        sets = rank_sets(each, level=LEVEL, seed=seed, draws=1000, simultaneous=False).sort("unit")
        hits.append([(found["lower"] == 1).to_numpy() for found in (plain, sets)])
    covered = np.mean(hits, axis=0)  # method, unit
    assert covered[1].min() >= LEAST
    assert covered[0].max() < LEVEL - 0.1
    assert np.all(hits, axis=2).mean(axis=0)[0] < 0.2  # all eight at once


def test_without_ties_and_with_small_errors_every_method_is_right():
    drawn = samples(10 * TRUTHS["no ties"], COVARIANCES["independent"])[:50]
    for each, seed in drawn:
        for found in (naive_bootstrap(each, draws=500, seed=seed), rank_sets(each, draws=500, seed=seed)):
            assert (found["lower"] == found["rank"]).all()
            assert (found["upper"] == found["rank"]).all()
