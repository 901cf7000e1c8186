"""Copeland and Borda: against brute force, the handbook's five countries and cases that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from readiness.registry import lookup

NAN = np.nan
# Finland, United States, Sweden, Japan, Korea: OECD/JRC Handbook (2008), table 35
FIVE_COUNTRIES = np.array(
    [
        [187, 125.6, 200.2, 50.7, 3.080, 4.150, 10, 27.4],
        [289, 130, 179.1, 66.2, 2.997, 4.073, 12, 13.9],
        [271, 156.6, 125.8, 59.7, 3.096, 4.145, 11.4, 15.3],
        [994, 64.6, 49, 80.8, 3.003, 3.865, 9.5, 10],
        [779, 9.8, 4.8, 66.7, 2.972, 3.653, 10.8, 23.2],
    ]
).T
over = pytest.mark.parametrize("name", ["copeland", "borda"])


def scores_of(name, x, w=None, coverage=0.5, plain=False, low=0.0, high=100.0):
    """Aggregate (child, unit) or (child, unit, replicate); weights are equal if none are given."""
    x = np.array(x, dtype=float)
    table = np.ascontiguousarray(x.reshape(*x.shape[:2], -1))
    weights = np.ones(len(x)) if w is None else np.array(w, dtype=float)
    weights = np.ascontiguousarray(np.broadcast_to(weights.reshape(len(x), -1), (len(x), table.shape[2])))
    out, covered = np.full(table.shape[1:], -77.0), np.full(table.shape[1:], -77.0)
    method = lookup("aggregate", name)
    (method.function if plain else method.run)(table, weights, coverage, out, covered, low, high)
    return out.reshape(x.shape[1:])


def compared(x, w, coverage):
    """Return the units with enough of the weight."""
    return [c for c in range(x.shape[1]) if w[~np.isnan(x[:, c])].sum() >= max(coverage * w.sum() - 1e-12, 1e-300)]


def copeland_by_hand(x, w, coverage):
    units, out = compared(x, w, coverage), np.full(x.shape[1], NAN)
    for a in units:
        wins = 0
        for b in units:
            both = [k for k in range(len(x)) if w[k] > 0 and np.isfinite(x[k, a] + x[k, b])]
            won = sum(w[k] * (1.0 if x[k, a] > x[k, b] else 0.5 * (x[k, a] == x[k, b])) for k in both)
            share = won / sum(w[k] for k in both) if both else 0.5
            wins += 0 if a == b or abs(share - 0.5) < 1e-9 else 1 if share > 0.5 else -1
        out[a] = 100 * (wins + len(units) - 1) / (2 * (len(units) - 1)) if len(units) > 1 else 100
    return out


def borda_by_hand(x, w, coverage):
    """Use scipy's mean ranks: a unit with mean rank p of n has (p - 1) / (n - 1) of the others behind it."""
    units, out = compared(x, w, coverage), np.full(x.shape[1], NAN)
    for c in units:
        sums = np.zeros(2)
        for k in range(len(x)):
            rivals = [d for d in units if np.isfinite(x[k, d])]
            if w[k] > 0 and c in rivals and len(rivals) > 1:
                places = dict(zip(rivals, stats.rankdata(x[k, rivals]), strict=True))
                sums += w[k] * np.array([(places[c] - 1) / (len(rivals) - 1), 1])
        out[c] = 100 * (sums[0] / sums[1] if sums[1] else 0.5 if len(units) > 1 else 1)
    return out


def messy(seed, children=6, units=8):
    """Ties, gaps, zeros, values below zero, a weight of zero."""
    rng = np.random.default_rng(seed)
    x = rng.integers(-2, 3, (children, units)).astype(float)
    x[rng.random(x.shape) < 0.3] = NAN
    w = np.round(rng.uniform(0.1, 1, children), 1)
    w[seed % children] = 0.0
    return x, w


@pytest.mark.parametrize("seed", range(40))
def test_as_by_hand(seed):
    x, w = messy(seed)
    for coverage in (0.0, 0.5, 0.9):
        assert_allclose(scores_of("copeland", x, w, coverage), copeland_by_hand(x, w, coverage), rtol=1e-13)
        assert_allclose(scores_of("borda", x, w, coverage), borda_by_hand(x, w, coverage), rtol=1e-13)


def test_a_circle_and_a_winner():
    assert scores_of("copeland", [[3, 2, 1], [1, 2, 3], [2, 3, 1]]).tolist() == [50, 100, 0]
    assert scores_of("copeland", [[3, 2, 1], [1, 3, 2], [2, 1, 3]]).tolist() == [50, 50, 50]
    assert scores_of("copeland", [[1, 2], [2, 1]], [2, 1]).tolist() == [0, 100]
    assert scores_of("copeland", [[1, 2], [2, 1]], [1, 1], low=10, high=20).tolist() == [15, 15]


def test_half_the_weight_is_no_majority():
    """0.1 + 0.2 against 0.3: the sums differ in the last bit only."""
    assert scores_of("copeland", [[2, 1], [2, 1], [1, 2]], [0.1, 0.2, 0.3]).tolist() == [50, 50]
    assert scores_of("copeland", [[1, 2], [1, 2], [2, 1]], [0.1, 0.2, 0.3]).tolist() == [50, 50]
    assert scores_of("copeland", [[2, 1], [2, 1], [1, 2]], [0.1, 0.2, 0.3 - 1e-9]).tolist() == [100, 0]


def test_borda_counts_places():
    assert scores_of("borda", [[3, 1, 2], [5, 5, 9]]).tolist() == [62.5, 12.5, 75]
    assert scores_of("borda", [[3, 1, 2], [5, 5, 9]], [3, 1], low=-1, high=1).tolist() == [0.625, -0.875, 0.25]


def test_how_far_ahead_does_not_count():
    x, w = messy(3)
    for name in ("copeland", "borda"):
        assert_array_equal(scores_of(name, np.sign(x) * x**2 * 7, w), scores_of(name, x, w))


def test_five_countries_of_the_handbook():
    """By counts of 8: the United States tie with Finland and Sweden, Sweden beats Finland, all three beat Japan, all
    beat Korea. Wins less losses: 1, 2, 3, -2 and -4.
    """
    assert scores_of("copeland", FIVE_COUNTRIES).tolist() == [62.5, 75, 87.5, 25, 0]
    expected = (stats.rankdata(FIVE_COUNTRIES, axis=1) - 1).mean(axis=0) * 25
    assert_allclose(scores_of("borda", FIVE_COUNTRIES), expected, rtol=1e-14)


@over
@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_units_does_not_matter(name, seed):
    x, w = messy(seed, units=11)
    order = np.random.default_rng(seed).permutation(11)
    assert_array_equal(scores_of(name, x[:, order], w), scores_of(name, x, w)[order])


@over
def test_a_unit_alone_is_beaten_by_nobody(name):
    assert scores_of(name, [[3.0], [4.0]]).tolist() == [100]
    assert_array_equal(scores_of(name, [[3, NAN], [4, 9]], [3, 1]), [100, NAN])  # the other has too little weight


@over
def test_units_without_a_common_child_tie(name):
    assert scores_of(name, [[3, NAN], [NAN, 9]]).tolist() == [50, 50]


def test_a_child_that_one_unit_has_leaves_its_weight_to_the_others():
    x = [[3, 1, 2], [8, NAN, NAN]]
    assert scores_of("borda", x).tolist() == scores_of("borda", x[:1]).tolist() == [100, 0, 50]


@over
def test_equal_units_score_half_way_and_gaps_stay_gaps(name):
    assert scores_of(name, np.full((3, 4), 2.0)).tolist() == [50] * 4
    assert np.isnan(scores_of(name, np.full((3, 4), NAN))).all()


@over
def test_raising_a_score_never_harms_its_unit(name):
    for seed in range(30):
        x, w = messy(seed)
        raised = x.copy()
        raised[seed % 6, seed % 8] += 1.5
        before, after = (scores_of(name, each, w)[seed % 8] for each in (x, raised))
        assert np.isnan(before) or after >= before - 1e-12


@over
def test_compiled_is_plain_and_replicates_do_not_meet(name):
    tables = [messy(seed) for seed in range(4)]
    x, w = (np.stack(each, axis=-1) for each in zip(*tables, strict=True))
    batch = scores_of(name, x, w)
    assert_array_equal(scores_of(name, x, w, plain=True), batch)
    for r, (own, weights) in enumerate(tables):
        assert_array_equal(scores_of(name, own, weights), batch[:, r])
