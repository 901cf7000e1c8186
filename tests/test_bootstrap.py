"""The bootstrap against scipy, closed forms and its own laws."""

from __future__ import annotations

import doctest

import numpy as np
import polars as pl
import pytest
from bootstrap_cases import COARSE, HOLED, SCHEMES, SCORES, SKEWED
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

import readiness.bootstrap
import readiness.resampled_statistics
from readiness import intervals as ends
from readiness.bootstrap import bootstrap
from readiness.errors import ReadinessError
from readiness.resampled_statistics import STATISTICS, learned_weights, vectorised
from readiness.resampling import Blocks, Clusters, Rows, resampled_rows
from readiness.statistics import correlations, cronbach_alpha


def whole(x):
    return x[~np.isnan(x).any(axis=1)]


def alpha(x):
    k = x.shape[1]
    return k / (k - 1) * (1 - x.var(axis=0, ddof=1).sum() / x.sum(axis=1).var(ddof=1))


NUMPY = {
    "mean": lambda x: np.nanmean(x, axis=0),
    "median": lambda x: np.nanmedian(x, axis=0),
    "sd": lambda x: np.nanstd(x, axis=0, ddof=1),
    "pearson": lambda x: np.corrcoef(whole(x).T),
    "spearman": lambda x: np.corrcoef(stats.rankdata(whole(x), axis=0).T),
    "raw_alpha": lambda x: alpha(whole(x)),
    "standardised_alpha": lambda x: alpha(stats.zscore(whole(x), axis=0)),
}


def resamples(table, scheme, replicates, seed):
    rows = resampled_rows(scheme, len(table), replicates, seed)
    return [table[lane[lane >= 0]] for lane in rows.T]


def test_examples_are_right():
    for module in (readiness.bootstrap, readiness.resampled_statistics):
        assert doctest.testmod(module).attempted >= 1
        assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("table", [SCORES, HOLED, COARSE], ids=["full", "gaps", "ties"])
@pytest.mark.parametrize("name", STATISTICS)
def test_a_replicate_is_the_statistic_of_its_rows(name, table):
    for scheme in (SCHEMES["rows"], SCHEMES["clusters"]):
        found = bootstrap(name, table, replicates=60, seed=5, scheme=scheme, method="percentile")
        wanted = np.stack([NUMPY[name](sample) for sample in resamples(table, scheme, 60, 5)], axis=-1)
        assert_allclose(found.distribution, wanted, rtol=1e-12, atol=1e-12)
        assert_allclose(found.estimate, NUMPY[name](table), rtol=1e-12)


@pytest.mark.parametrize("table", [SCORES, HOLED], ids=["full", "gaps"])
def test_statistics_of_the_index_are_those_of_the_audit(table):
    assert_allclose(bootstrap("raw_alpha", table, replicates=2).estimate, cronbach_alpha(table, standardised=False))
    assert_allclose(bootstrap("standardised_alpha", table, replicates=2).estimate, cronbach_alpha(table))
    assert_allclose(bootstrap("pearson", table, replicates=2).estimate, correlations(whole(table)), rtol=1e-12)


@pytest.mark.parametrize("scheme", [SCHEMES["rows"], SCHEMES["clusters"]], ids=["rows", "clusters"])
def test_weights_of_the_first_component_are_its_squared_loadings(scheme):
    found = bootstrap(learned_weights("principal_components", factors=1), SCORES, replicates=40, seed=2, scheme=scheme)
    for replicate, sample in enumerate(resamples(SCORES, scheme, 40, 2)):
        _, vectors = np.linalg.eigh(np.corrcoef(sample.T))
        assert_allclose(found.distribution[:, replicate], vectors[:, -1] ** 2, rtol=1e-9)


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_functions_are_told_the_same_resamples(scheme):
    named = bootstrap("mean", HOLED, replicates=50, scheme=scheme)
    plain = bootstrap(lambda t: np.nanmean(t, axis=0), HOLED, replicates=50, scheme=scheme)
    batch = bootstrap(vectorised(lambda t: np.nanmean(t, axis=0)), HOLED, replicates=50, scheme=scheme)
    for field in ("estimate", "distribution", "low", "high", "standard_error"):
        assert_allclose(getattr(plain, field), getattr(named, field), rtol=1e-9)
        assert_allclose(getattr(batch, field), getattr(named, field), rtol=1e-9)


def test_a_single_column_gives_single_numbers():
    for statistic in ("median", np.median, vectorised(lambda t: np.median(t, axis=0))):
        found = bootstrap(statistic, SKEWED, replicates=99)
        assert (found.distribution.shape, np.shape(found.low), found.reason) == ((99,), (), "")
        assert found.estimate == np.median(SKEWED)


def test_a_frame_is_a_table():
    frame = pl.DataFrame(SCORES)
    assert_array_equal(
        bootstrap("mean", frame, replicates=9).distribution, bootstrap("mean", SCORES, replicates=9).distribution
    )


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_fewer_replicates_are_the_first_of_more(scheme):
    more = bootstrap("spearman", SCORES, replicates=900, scheme=scheme, seed=6)
    fewer = bootstrap("spearman", SCORES, replicates=450, scheme=scheme, seed=6)
    assert fewer.distribution.tobytes() == np.ascontiguousarray(more.distribution[..., :450]).tobytes()
    other = bootstrap("spearman", SCORES, replicates=450, scheme=scheme, seed=7)
    assert not np.array_equal(other.distribution, fewer.distribution)


@pytest.mark.parametrize("lanes", [1, 7, 1000])
@pytest.mark.parametrize("name", [*STATISTICS, "weights"])
def test_neither_threads_nor_batches_change_a_byte(monkeypatch, name, lanes):
    statistic = learned_weights("principal_components") if name == "weights" else name
    once = bootstrap(statistic, HOLED, replicates=300, threads=1)
    monkeypatch.setattr(readiness.bootstrap, "LANES", lanes)
    monkeypatch.setattr(readiness.bootstrap, "WORTH", 0.0)
    again = bootstrap(statistic, HOLED, replicates=300, threads=3)
    for field in ("distribution", "low", "high", "standard_error"):
        assert np.asarray(getattr(again, field)).tobytes() == np.asarray(getattr(once, field)).tobytes()


def test_memory_is_bounded_for_many_rows(monkeypatch):
    seen = []
    monkeypatch.setattr(readiness.bootstrap, "NUMBERS", (27 * 6 + 6 * 6) * 10)
    bootstrap(vectorised(lambda t: seen.append(t.shape[-1]) or t.mean(axis=(0, 1))), SCORES, replicates=95)
    assert max(seen) == 10


def test_no_complete_row_gives_gaps():
    table = SCORES.copy()
    table[np.arange(27), np.arange(27) % 6] = np.nan
    for name in ("pearson", "spearman", "raw_alpha", "standardised_alpha"):
        found = bootstrap(name, table, replicates=9)
        assert np.isnan(found.low).all() and set(np.ravel(found.reason)) == {ends.NO_ESTIMATE}
    assert np.isfinite(bootstrap("mean", table, replicates=99).low).all()


def test_columns_that_differ_by_rounding_only_are_constant():
    table = np.column_stack([SCORES[:, 0], np.full(27, 1e6) + 1e-9 * (np.arange(27) % 2)])
    assert np.isnan(bootstrap("pearson", table, replicates=9).distribution[0, 1]).all()
    assert np.isnan(bootstrap("standardised_alpha", table, replicates=9).distribution).all()
    table[:, 1] = 1e6 + 1e-3 * SCORES[:, 1]  # differs by little, yet truly
    assert np.isfinite(bootstrap("pearson", table, replicates=9).distribution).all()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: bootstrap("kurtosis", SCORES), "one of mean, median"),
        (lambda: bootstrap("pearson", SKEWED), "two columns"),
        (lambda: bootstrap(learned_weights("entropy"), SKEWED), "two columns"),
        (lambda: learned_weights("equal"), "not learned"),
        (lambda: learned_weights("entropy", factors=1), "no parameters"),
        (lambda: bootstrap("mean", [1.0, np.inf]), "finite"),
        (lambda: bootstrap("mean", []), "rows"),
        (lambda: bootstrap("mean", SCORES[None]), "shape"),
        (lambda: bootstrap("mean", SCORES, replicates=1), "at least 2"),
        (lambda: bootstrap("mean", SCORES, level=95), "between 0 and 1"),
        (lambda: bootstrap("mean", SCORES, method="BCA"), "bca, basic, percentile"),
        (lambda: bootstrap("mean", SCORES, scheme=Blocks(28)), "from 1 to the 27"),
        (lambda: bootstrap("mean", SCORES, scheme=Blocks(0)), "from 1 to the 27"),
        (lambda: bootstrap("mean", SCORES, scheme=Rows(["a"])), "each of the 27 rows"),
        (lambda: bootstrap("mean", SCORES, scheme=Rows([None] * 27)), "no gap"),
        (lambda: bootstrap("mean", SCORES, scheme=Clusters([0] * 27, [0, 1, 1] * 9)), "more than one stratum"),
        (lambda: bootstrap(vectorised(lambda t: t.mean()), SCORES), "must return"),
        (lambda: bootstrap("mean", SCORES, threads=0), "threads"),
        (lambda: bootstrap("mean", SCORES, seed=-1), "seed"),
    ],
)
def test_what_does_not_fit_is_said(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_an_unknown_weighting_is_an_error_with_the_nearest():
    with pytest.raises(ReadinessError, match="principal_components"):
        learned_weights("principal_component")


@pytest.mark.parametrize("name", ["pearson", "spearman"])
def test_intervals_of_a_matrix_are_those_of_its_pairs(name):
    found = bootstrap(name, COARSE, replicates=300)
    pair = bootstrap(name, COARSE[:, [4, 1]], replicates=300)
    for field in ("low", "high", "standard_error", "failed", "reason"):
        values = getattr(found, field)
        assert_array_equal(values, values.T)
        if field not in ("failed", "reason"):
            assert_allclose(values[4, 1], getattr(pair, field)[0, 1], rtol=1e-12)
