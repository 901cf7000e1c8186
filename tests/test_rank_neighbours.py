"""Beside the confidence sets: tau-best, intervals that do not overlap, resampled ranks and their probabilities."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from rank_estimates import ends, example, independent, inside
from scipy.stats import norm

from readiness import rank_sets as simulation
from readiness.inference import interval_sets, naive_bootstrap, rank_probabilities, rank_sets, tau_best, tau_worst


def test_tau_best_are_the_units_whose_bound_is_tau_or_better():
    x, error = example()
    estimates = independent(x, error)
    sets = rank_sets(estimates)
    for tau in (1, 5, 27):
        best, worst = tau_best(estimates, tau), tau_worst(estimates, tau)
        assert best.columns == ["unit", "estimate", "rank", "lower"]
        assert worst.columns == ["unit", "estimate", "rank", "upper"]
        assert best["unit"].to_list() == sets.filter(pl.col("lower") <= tau)["unit"].to_list()
        assert worst["unit"].to_list() == sets.filter(pl.col("upper") >= 28 - tau)["unit"].to_list()
        assert best.height >= tau
        assert worst.height >= tau
    assert tau_best(estimates, 27).height == 27


def test_tau_worst_are_the_best_of_the_mirrored_estimates():
    x, error = example()
    worst = tau_worst(independent(x, error), 4, stepdown=False)["unit"].to_list()
    best = tau_best(independent(-x, error), 4, stepdown=False)["unit"].to_list()
    assert sorted(worst) == sorted(best)


def test_intervals_that_do_not_overlap_show_an_order():
    half = norm.ppf((1 + 0.95 ** (1 / 3)) / 2)  # of three intervals with error 1
    assert half == pytest.approx(2.388, abs=5e-4)  # the two-sided Sidak value for three
    found = ends(interval_sets(independent([2.01 * half, 0.0, -1.0], 1.0)))
    assert found == {"u000": (1, 1), "u001": (2, 3), "u002": (2, 3)}
    assert ends(interval_sets(independent([1.99 * half, 0.0, -1.0], 1.0)))["u000"] == (1, 2)


def test_interval_sets_hold_the_simulated_ones():
    x, error = example()
    simulated, intervals = rank_sets(independent(x, error)), interval_sets(independent(x, error))
    assert inside(simulated, intervals)
    assert not inside(intervals, simulated)


def test_probabilities_of_ranks_are_those_of_a_flat_prior():
    found = rank_probabilities(independent([1.0, 0.0], [0.6, 0.8]), draws=50_000)
    share = found.filter((pl.col("unit") == "u000") & (pl.col("rank") == 1))["share"].item()
    exact = norm.cdf(1.0)
    assert share == pytest.approx(exact, abs=3 * np.sqrt(exact * (1 - exact) / 50_000))
    x, error = example(12)
    found = rank_probabilities(independent(x, error), draws=20_000)
    assert found.group_by("unit").agg(pl.col("share").sum())["share"].to_list() == pytest.approx([1.0] * 12)
    assert found.group_by("rank").agg(pl.col("share").sum())["share"].to_list() == pytest.approx([1.0] * 12)
    expected = found.group_by("unit").agg((pl.col("rank") * pl.col("share")).sum().alias("mean")).sort("unit")["mean"]
    gap = (x[None, :] - x[:, None]) / np.sqrt(error[None, :] ** 2 + error[:, None] ** 2)
    assert expected.to_numpy() == pytest.approx(0.5 + norm.cdf(gap).sum(axis=1), abs=0.06)


def test_resampled_intervals_are_percentiles_of_resampled_ranks():
    x, error = example(8)
    estimates = independent(x, error)
    factor, _ = simulation.spread(estimates)
    drawn = np.empty((8, 2000))

    def keep(block, z):
        drawn[:, block.start : block.stop] = x[:, None] + z

    simulation.Draws(factor, 2000, 0).each(keep)
    ranks = 1 + (drawn[None, :, :] > drawn[:, None, :]).sum(axis=1)
    low, high = (np.quantile(ranks, q, axis=1, method="inverted_cdf") for q in (0.05, 0.95))
    found = naive_bootstrap(estimates, level=0.9, draws=2000).sort("unit")
    assert found["lower"].to_list() == low.tolist()
    assert found["upper"].to_list() == high.tolist()


def test_tied_units_without_error_share_the_smaller_resampled_rank():
    assert ends(naive_bootstrap(independent([4.0, 4.0, 1.0], 0.0), draws=100)) == {
        "u000": (1, 1),
        "u001": (1, 1),
        "u002": (3, 3),
    }
