"""Which rows are drawn, and the errors that follow in closed form."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from bootstrap_cases import SCHEMES, SCORES, SKEWED
from scipy import stats

from readiness import resampling
from readiness.bootstrap import bootstrap
from readiness.resampled_statistics import STATISTICS
from readiness.resampling import Blocks, Clusters, Rows, resampled_rows


def monte_carlo(variance, replicates):
    """Return the standard error expected, and three times its error from the number of replicates."""
    return {"expected": np.sqrt(variance), "abs": 3 * np.sqrt(variance / (2 * replicates))}


def test_error_of_a_mean_is_the_deviation_by_the_root_of_n():
    found = bootstrap("mean", SKEWED, replicates=20_000, seed=4)
    assert found.standard_error == pytest.approx(**monte_carlo(SKEWED.var() / 40, 20_000))


def test_error_of_a_stratified_mean_comes_from_within_strata():
    labels = np.array(SCHEMES["strata"].strata)
    x = SCORES[:, 0] + 9 * (labels == "a")
    parts = [x[labels == each] for each in "abc"]
    found = bootstrap("mean", x, replicates=20_000, seed=4, scheme=SCHEMES["strata"])
    assert found.standard_error == pytest.approx(**monte_carlo(sum(len(p) * p.var() for p in parts) / 27**2, 20_000))


@pytest.mark.parametrize("circular", [True, False])
def test_error_of_a_series_comes_from_its_blocks(circular):
    series = np.cumsum(np.random.default_rng(5).normal(size=40))
    starts = range(40 if circular else 36)
    means = np.array([np.take(series, range(s, s + 5), mode="wrap").mean() for s in starts])
    found = bootstrap("mean", series, replicates=20_000, seed=4, scheme=Blocks(5, circular=circular))
    assert found.standard_error == pytest.approx(**monte_carlo(means.var() / 8, 20_000))


def test_error_of_a_total_comes_from_the_totals_of_clusters():
    labels = SCHEMES["clusters"].labels
    totals = np.bincount(labels, weights=SKEWED[:27])
    found = bootstrap(np.sum, SKEWED[:27], replicates=20_000, seed=4, scheme=SCHEMES["clusters"])
    assert found.standard_error == pytest.approx(**monte_carlo(7 * totals.var(), 20_000))


def test_every_row_is_drawn_equally_often():
    rows = resampled_rows(Rows(), 27, 20_000, seed=9)
    counts = np.bincount(rows.ravel(), minlength=27)
    assert stats.chisquare(counts).pvalue > 0.001
    assert stats.chisquare(np.bincount(27 * rows[0] + rows[1], minlength=27 * 27)).pvalue > 0.001


def test_strata_keep_their_sizes():
    labels = np.array(SCHEMES["strata"].strata)
    drawn = labels[resampled_rows(SCHEMES["strata"], 27, 500, seed=1)]
    assert {tuple(np.sum(lane == each) for each in "abc") for lane in drawn.T} == {(9, 11, 7)}


@pytest.mark.parametrize("circular", [True, False])
def test_blocks_keep_their_neighbours(circular):
    rows = resampled_rows(Blocks(4, circular=circular), 27, 500, seed=1)
    steps = np.diff(np.vstack([rows, np.full((1, 500), -9)]), axis=0)[np.arange(27) % 4 != 3][:-1]
    assert set(np.unique(steps)) == ({1, -26} if circular else {1})
    assert set(np.unique(rows[::4])) == set(range(27 if circular else 24))


def test_blocks_stay_in_their_series():
    series = np.array(SCHEMES["series"].strata)
    rows = resampled_rows(SCHEMES["series"], 27, 200, seed=1)
    assert (series[rows] == np.repeat(["a", "b"], [9, 18])[:, None]).all()
    place = np.empty(27, dtype=int)
    for each in "ab":
        place[series == each] = np.arange(np.sum(series == each))
    assert set(np.unique(np.diff(place[rows[:4]], axis=0))) == {1, -8}


def test_clusters_come_whole():
    labels, rows = np.array(SCHEMES["clusters"].labels), resampled_rows(SCHEMES["clusters"], 27, 500, seed=1)
    for lane in rows.T:
        times = np.bincount(lane[lane >= 0], minlength=27)
        assert sum(times[4 * cluster] for cluster in range(7)) == 7
        assert all(len(set(times[labels == cluster])) == 1 for cluster in range(7))
    assert (rows == -1).any()  # the last cluster has three rows, the others four


def test_clusters_stay_in_their_strata():
    strata = np.repeat(["a", "b"], [12, 15])
    rows = resampled_rows(Clusters(SCHEMES["clusters"].labels, strata), 27, 300, seed=1)
    assert (np.sum(strata[rows] == "a", axis=0, where=rows >= 0) == 12).all()


def test_kernels_call_their_own_file_only():
    kernels = [each.kernel for each in STATISTICS.values()] + [
        resampling.place,
        resampling.count_rows,
        resampling.gather,
    ]
    for kernel in kernels:
        called = [kernel.__globals__.get(name) for name in kernel.__code__.co_names]
        assert {each.__module__ for each in called if inspect.isfunction(each)} <= {kernel.__module__}
