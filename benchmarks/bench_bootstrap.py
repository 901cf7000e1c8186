"""The bootstrap of six pillar scores of 27 countries, 10 000 replicates with BCa intervals, beside scipy's.

scipy.stats.bootstrap gets statistics that NumPy computes for all replicates at once, which is its quickest way.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from numpy_weights import by_components, shares
from ratios import interleaved, record, timed
from scipy import stats

from readiness.bootstrap import bootstrap
from readiness.resampled_statistics import learned_weights
from readiness.resampling import Blocks, Clusters, Rows

COUNTRIES, PILLARS, REPLICATES = 27, 6, 10_000
FEW = 300  # replicates of the peer that takes them one by one
RNG = np.random.default_rng(6)
SCORES = 50 + 10 * (RNG.normal(size=(COUNTRIES, PILLARS)) + RNG.normal(size=(COUNTRIES, 1)))


def pearson(*columns, axis):
    """Correlations of the columns, (..., row) each; returns (column, column, ...)."""
    x = np.stack(columns, axis=-2)
    x = x - x.mean(axis=-1, keepdims=True)
    x /= np.sqrt((x**2).sum(axis=-1, keepdims=True))
    return np.moveaxis(x @ x.swapaxes(-1, -2), (-2, -1), (0, 1))


def raw_alpha(*columns, axis):
    parts = sum(column.var(axis=axis, ddof=1) for column in columns)
    return PILLARS / (PILLARS - 1) * (1 - parts / sum(columns).var(axis=axis, ddof=1))


def first_component(*columns, axis):
    _, vectors = np.linalg.eigh(np.moveaxis(pearson(*columns, axis=axis), (0, 1), (-2, -1)))
    return np.moveaxis(vectors[..., -1] ** 2, -1, 0)


CASES = {
    "pearson": ("pearson", pearson, 3),
    "alpha": ("raw_alpha", raw_alpha, 3),
    "weights": (learned_weights("principal_components", factors=1), first_component, 1),
}


def ours(statistic, replicates=REPLICATES, scheme=None):
    return bootstrap(statistic, SCORES, replicates=replicates, scheme=scheme, seed=1)


def scipys(statistic, replicates=REPLICATES):
    columns = tuple(SCORES.T)
    return stats.bootstrap(columns, statistic, n_resamples=replicates, paired=True, vectorized=True, rng=1)


@pytest.mark.benchmark(group="bootstrap")
@pytest.mark.parametrize("case", CASES)
def test_statistic(benchmark, case):
    statistic, peer, aim = CASES[case]
    found = benchmark(ours, statistic)
    assert_allclose(found.estimate, peer(*SCORES.T, axis=-1), rtol=1e-9)
    if benchmark.enabled:
        ratio = interleaved(
            timed(lambda: ours(statistic), work=REPLICATES), timed(lambda: quiet(peer), work=REPLICATES), rounds=9
        )
        record(benchmark, "scipy.stats.bootstrap, vectorised", ratio, aim=aim, replicates=True)


def quiet(statistic):
    """Run scipy's without its warning that a correlation of a column with itself has no BCa interval."""
    with np.errstate(invalid="ignore", divide="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        return scipys(statistic)


@pytest.mark.benchmark(group="bootstrap")
def test_rotated_weights(benchmark):
    """The index's own weights by principal components: the rotation cannot be done for all replicates at once."""
    statistic = learned_weights("principal_components")
    found = benchmark(ours, statistic)
    assert_allclose(found.estimate, rotated(*SCORES.T), rtol=1e-6)
    if benchmark.enabled:
        ratio = interleaved(
            timed(lambda: ours(statistic), work=REPLICATES), timed(lambda: one_by_one(FEW), work=FEW), rounds=5
        )
        record(benchmark, "scipy.stats.bootstrap, NumPy one by one", ratio, aim=50, replicates=True)


def rotated(*columns):
    return shares(by_components(np.array(columns), None, 0))


def one_by_one(replicates):
    columns, way = tuple(SCORES.T), {"paired": True, "vectorized": False, "method": "percentile"}
    return stats.bootstrap(columns, lambda *x: rotated(*x)[0], n_resamples=replicates, rng=1, **way)


@pytest.mark.benchmark(group="bootstrap, schemes")
@pytest.mark.parametrize("name", ["rows", "strata", "blocks", "clusters"])
def test_scheme(benchmark, name):
    third = np.arange(COUNTRIES) // 9
    scheme = {"rows": Rows(), "strata": Rows(third), "blocks": Blocks(3), "clusters": Clusters(np.arange(27) // 3)}[
        name
    ]
    found = benchmark(ours, "spearman", scheme=scheme)
    assert np.isfinite(found.low[np.triu_indices(PILLARS, 1)]).all()
