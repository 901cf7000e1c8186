"""Intervals of the bootstrap against scipy, their coverage, and the reasons for gaps."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from bootstrap_cases import METHODS, SCORES, SKEWED
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from readiness import intervals as ends
from readiness.bootstrap import bootstrap
from readiness.intervals import intervals
from readiness.resampling import Clusters, Rows


def scipy_interval(data, statistic, distribution, method, **options):
    given = SimpleNamespace(bootstrap_distribution=distribution)
    name = {"bca": "BCa"}.get(method, method)
    found = stats.bootstrap(data, statistic, n_resamples=0, bootstrap_result=given, method=name, **options)
    return [*found.confidence_interval, found.standard_error]


@pytest.mark.parametrize("level", [0.5, 0.95])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("data", [SKEWED, np.round(32 * SKEWED) / 32], ids=["smooth", "tied"])
@pytest.mark.parametrize("name", ["mean", "median", "sd"])
def test_intervals_equal_scipys_from_the_same_replicates(name, data, method, level):
    peer = {"mean": np.mean, "median": np.median, "sd": lambda x, axis: np.std(x, axis=axis, ddof=1)}[name]
    found = bootstrap(name, data, replicates=1999, seed=3, method=method, level=level)
    wanted = scipy_interval((data,), peer, found.distribution, method, confidence_level=level)
    assert_allclose([found.low, found.high, found.standard_error], wanted, rtol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_intervals_of_a_correlation_equal_scipys(method):
    found = bootstrap("pearson", SCORES[:, :2], replicates=1999, seed=3, method=method)
    wanted = scipy_interval(
        tuple(SCORES[:, :2].T), lambda x, y: np.corrcoef(x, y)[0, 1], found.distribution[0, 1], method, paired=True
    )
    assert_allclose([found.low[0, 1], found.high[0, 1], found.standard_error[0, 1]], wanted, rtol=1e-12)


def test_acceleration_of_strata_equals_scipys_of_several_samples():
    first, second = SKEWED[:25], SKEWED[25:] ** 2
    table = np.column_stack([np.concatenate([first, second]), np.repeat([0.0, 1.0], [25, 15])])
    found = bootstrap(
        lambda t: t[t[:, 1] == 0, 0].mean() - t[t[:, 1] == 1, 0].mean(), table, replicates=999, scheme=Rows(table[:, 1])
    )
    wanted = scipy_interval((first, second), lambda x, y, axis: x.mean(axis) - y.mean(axis), found.distribution, "bca")
    assert_allclose([found.low, found.high, found.standard_error], wanted, rtol=1e-12)


def test_ties_but_for_rounding_count_half():
    counts = np.round(8 * SKEWED)
    found, tenth = (bootstrap("mean", data, replicates=1999, seed=3) for data in (counts, counts / 10))
    assert_allclose([10 * tenth.low, 10 * tenth.high], [found.low, found.high], rtol=1e-12)


def test_own_resamples_agree_with_scipys_own():
    found = bootstrap("mean", SKEWED, replicates=50_000, seed=1)
    peer = stats.bootstrap((SKEWED,), np.mean, n_resamples=50_000, rng=2)
    assert stats.ks_2samp(found.distribution, peer.bootstrap_distribution).pvalue > 0.001
    assert_allclose([found.low, found.high], peer.confidence_interval, atol=0.02 * (found.high - found.low))


@pytest.mark.parametrize("method", METHODS)
def test_intervals_cover_what_they_promise(method):
    rng, trials, inside = np.random.default_rng(11), 600, 0
    for trial in range(trials):
        found = bootstrap("mean", rng.normal(5, 2, 60), replicates=699, level=0.9, method=method, seed=trial, threads=1)
        inside += found.low <= 5 <= found.high
    assert inside / trials == pytest.approx(0.9, abs=3 * np.sqrt(0.09 / trials))


def test_bca_covers_a_skewed_case_better_than_basic():
    rng, trials, inside = np.random.default_rng(12), 500, {"bca": 0, "basic": 0}
    for trial in range(trials):
        data = rng.lognormal(0, 1, 50)
        for method in inside:
            found = bootstrap("mean", data, replicates=699, method=method, seed=trial, threads=1)
            inside[method] += found.low <= np.exp(0.5) <= found.high
    assert inside["bca"] > inside["basic"] + 5


def test_a_distribution_of_one_value_is_a_point():
    found = bootstrap("pearson", SCORES, replicates=99)
    for field in (found.low, found.high):
        assert_array_equal(np.diag(field), np.ones(6))
    assert (found.reason == "").all()
    for method in METHODS:
        flat = bootstrap("mean", np.full(9, 0.1), replicates=99, method=method)
        assert (flat.low, flat.high, flat.reason) == (flat.estimate, flat.estimate, "")


def test_a_statistic_without_value_has_no_interval():
    table = np.column_stack([SCORES[:, :2], np.ones(27)])
    found = bootstrap("pearson", table, replicates=99)
    assert (
        np.isnan(found.estimate[2]).all() and np.isnan(found.low[2]).all() and np.isnan(found.standard_error[2]).all()
    )
    assert set(found.reason[2]) == {ends.NO_ESTIMATE}
    assert found.reason[0, 1] == ""
    assert (found.failed[2] == 99).all() and found.failed[0, 1] == 0


@pytest.mark.parametrize(
    ("statistic", "data", "reason"),
    [
        (lambda x: float(len(np.unique(x))), SKEWED, ends.ONE_SIDE),
        (np.median, np.repeat([0.0, 1.0], [19, 22]), ends.NO_CHANGE),
        (lambda x: x.mean() if len(x) == 40 else np.nan, SKEWED, ends.NO_JACKKNIFE),
        (lambda x: x[0] if np.array_equal(x, SKEWED) else np.nan, SKEWED, ends.NO_REPLICATES),
    ],
)
def test_what_bca_cannot_do_is_a_gap_with_its_reason(statistic, data, reason):
    found = bootstrap(statistic, data, replicates=199)
    assert np.isnan(found.low) and np.isnan(found.high)
    assert found.reason == reason
    if reason != ends.NO_REPLICATES:
        other = bootstrap(statistic, data, replicates=199, method="percentile")
        assert other.low < other.high and other.reason == ""


def test_too_large_an_acceleration_is_a_gap():
    left_out = [np.where(np.arange(1000) == 0, -1.0, 0.0)]  # one unit does it all: the acceleration is 1/6
    found = intervals(0.0, np.linspace(-1, 1, 101), left_out, level=1 - 1e-14)
    assert np.isnan(found.low) and found.reason == ends.TOO_SKEW


def test_one_cluster_alone_has_no_jackknife_and_no_spread():
    found = bootstrap("mean", SKEWED, replicates=19, scheme=Clusters(np.zeros(40)))
    assert (found.low, found.high) == (found.estimate, found.estimate)


def test_replicates_without_a_value_are_counted_and_left_out():
    found = bootstrap(lambda x: x.mean() if SKEWED[0] in x else np.nan, SKEWED, replicates=400, method="percentile")
    missing = np.isnan(found.distribution)
    assert found.failed == missing.sum() > 50
    assert_allclose([found.low, found.high], np.quantile(found.distribution[~missing], [0.025, 0.975]))
    assert found.standard_error == pytest.approx(found.distribution[~missing].std(ddof=1))
