"""Kemeny orders: against brute force, scipy's solver and the handbook's five and 23 countries."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import optimize
from test_outranking import FIVE_COUNTRIES

from readiness import programmes
from readiness.programmes import linear, optimal_orders, order_support, support
from readiness.registry import lookup

NAN = np.nan
FINLAND, USA, SWEDEN, JAPAN, KOREA = range(5)
# OECD/JRC Handbook (2008): eight indicators of 23 countries (table A.2), last the printed score (table 19)
TECHNOLOGY = np.array(
    [
        [187, 125.6, 200.2, 50.7, 3.08, 4.15, 10, 27.4, 1],
        [289, 130, 179.1, 66.2, 3, 4.07, 12, 13.9, 1],
        [271, 156.6, 125.8, 59.7, 3.1, 4.14, 11.4, 15.3, 1],
        [994, 64.6, 49, 80.8, 3, 3.86, 9.5, 10, 0.87],
        [779, 9.8, 4.8, 66.7, 2.97, 3.65, 10.8, 23.2, 0.8],
        [189, 151.2, 136, 50.9, 3.02, 3.77, 9.4, 9.5, 0.75],
        [82, 134, 57.4, 61.9, 3.02, 3.73, 9.4, 14.9, 0.71],
        [31, 38.6, 108, 48.7, 2.94, 4.18, 11.6, 14.2, 0.73],
        [75, 18.2, 125.9, 16.2, 2.94, 3.94, 10.9, 25.3, 0.66],
        [8, 25.5, 72.3, 74.9, 2.95, 3.83, 7.1, 24.2, 0.62],
        [235, 36.8, 41.2, 64.2, 2.94, 3.75, 10.2, 14.4, 0.62],
        [103, 20.2, 193.6, 19, 3.12, 4.39, 11.9, 11.2, 0.86],
        [106, 110.3, 48.6, 53.6, 2.97, 3.68, 9.4, 12.3, 0.6],
        [72, 73.9, 58.9, 47.6, 2.91, 3.86, 9.3, 13.6, 0.54],
        [103, 13, 146.7, 15.4, 2.86, 3.91, 11.7, 13.1, 0.58],
        [165, 14.8, 84.2, 50.3, 2.99, 3.79, 8.4, 13.6, 0.52],
        [205, 33.6, 36.4, 58.9, 2.97, 3.8, 7.9, 12.6, 0.51],
        [74, 43.6, 43.2, 45, 2.96, 3.74, 9.6, 11, 0.49],
        [42, 8.6, 21, 53.4, 2.86, 3.62, 7.3, 15.6, 0.34],
        [13, 9.8, 30.4, 51, 3, 3.65, 7.2, 13, 0.38],
        [28, 4.2, 25, 51.7, 2.75, 3.68, 9.5, 8.2, 0.31],
        [26, 6.2, 21.6, 63.5, 2.73, 3.46, 9.1, 7.7, 0.27],
        [105, 4, 20.3, 49.5, 2.84, 3.71, 7.1, 10.6, 0.28],
    ]
).T


def aggregated(name, x, w=None, coverage=0.5, **numbers):
    """Aggregate (child, unit); weights are equal if none are given."""
    x, method = np.array(x, dtype=float), lookup("aggregate", name)
    w = np.ones(len(x)) if w is None else np.array(w, dtype=float)
    out, covered = np.full((x.shape[1], 1), -77.0), np.full((x.shape[1], 1), -77.0)
    defaults = {key: parameter.default for key, parameter in method.parameters.items()}
    method.run(x[:, :, None], w[:, None], coverage, out, covered, *method.numbers(defaults | numbers, fitted=False))
    return out[:, 0]


def best_support(pairs):
    """Find the greatest support of any order, set by set of the units placed first: 2^n steps."""
    n = len(pairs)
    best = np.full(2**n, -np.inf)
    best[0] = 0.0
    for placed in range(2**n):
        rest = [unit for unit in range(n) if not placed >> unit & 1]
        for unit in rest:
            gain = sum(pairs[unit, other] for other in rest if other != unit)
            best[placed | 1 << unit] = max(best[placed | 1 << unit], best[placed] + gain)
    return best[-1]


def all_best_orders(pairs):
    """Go through all orders; sort the best ones by the Borda score of their units, then by position."""
    orders = list(itertools.permutations(range(len(pairs))))
    supports = np.array([order_support(order, pairs) for order in orders])
    place = np.argsort(np.lexsort((np.arange(len(pairs)), -np.round(pairs.sum(axis=1), 9))))
    best = [list(orders[i]) for i in np.flatnonzero(supports > supports.max() - 1e-9)]
    return sorted(best, key=lambda order: place[order].tolist())


def tied(seed, children, units):
    """Few different values, so that many orders have the greatest support; some gaps."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 3, (children, units)).astype(float)
    if seed % 2:
        x[rng.random(x.shape) < 0.2] = NAN
    return x, np.ones(children) if seed % 3 else rng.uniform(0.1, 1, children)


@pytest.mark.parametrize("seed", range(24))
def test_orders_are_those_of_brute_force(seed):
    x, w = tied(seed, children=2 + seed % 4, units=2 + seed % 5)
    pairs = support(x, w)
    expected = all_best_orders(pairs)
    assert optimal_orders(pairs, 1000) == expected
    assert optimal_orders(pairs) == expected[:1]
    assert optimal_orders(pairs, 3) == expected[:3]


@pytest.mark.parametrize(("units", "seed"), [(8, 16), (10, 8), (10, 13), (9, 1), (10, 2), (11, 3)])
def test_circles_everywhere(units, seed, monkeypatch):
    """Tournaments with one vote a pair. In the first three the linear programme ends in fractions."""
    needed, solve = [], programmes._Ordering._solve

    def solving(self, target, *, whole):
        needed.append(whole)
        return solve(self, target, whole=whole)

    monkeypatch.setattr(programmes._Ordering, "_solve", solving)
    upper = np.triu(np.random.default_rng(seed).random((units, units)) < 0.5, 1)
    pairs = (upper | np.tril(~upper.T, -1)) + 0.5 * np.eye(units)
    assert order_support(optimal_orders(pairs)[0], pairs) == pytest.approx(best_support(pairs), abs=1e-9)
    assert any(needed) == ((units, seed) in [(8, 16), (10, 8), (10, 13)])


def milp_support(pairs):
    """Find the greatest support by scipy's solver with all triples at once."""
    n = len(pairs)
    cells = {pair: i for i, pair in enumerate(itertools.permutations(range(n), 2))}
    rows = [[(a, b), (b, a)] for a, b in itertools.combinations(range(n), 2)]
    rows += [[(a, b), (b, c), (c, a)] for a, b, c in itertools.permutations(range(n), 3) if a < min(b, c)]
    matrix = np.zeros((len(rows), len(cells)))
    for row, pairs_of in enumerate(rows):
        matrix[row, [cells[pair] for pair in pairs_of]] = 1
    lower = [1.0 if len(row) == 2 else 0.0 for row in rows]
    limits = optimize.LinearConstraint(matrix, lower, [len(row) - 1.0 for row in rows])
    bounds = optimize.Bounds(0, 1)
    return -optimize.milp([-pairs[p] for p in cells], constraints=limits, bounds=bounds, integrality=1).fun


@pytest.mark.parametrize("seed", range(3))
def test_support_is_that_of_scipy(seed):
    x = np.random.default_rng(seed).random((5 + 10 * seed, 14))
    pairs = support(x, np.ones(len(x)))
    assert order_support(optimal_orders(pairs)[0], pairs) == pytest.approx(milp_support(pairs), abs=1e-9)


def test_support_is_a_share_of_the_weight_that_both_have():
    pairs = support(np.array([[1, 2, NAN], [3, NAN, NAN], [5, 4, 5]]), np.array([1.0, 5.0, 2.0]))
    assert_allclose(pairs, [[1 / 2, 2 / 3, 1 / 2], [1 / 3, 1 / 2, 0], [1 / 2, 1, 1 / 2]], rtol=1e-15)
    assert (support(np.array([[NAN, 1.0]]), np.ones(1)) == 0.5).all()


def test_five_countries_of_the_handbook():
    """Table 37: the greatest support, 6.375, is reached by three orders. Finland and the United States have the same
    Borda score; in the index the latter is first, by its patents.
    """
    pairs = support(FIVE_COUNTRIES, np.full(8, 1 / 8))
    assert pairs[FINLAND, USA] == 0.5
    assert pairs[SWEDEN, FINLAND] == 5 / 8
    orders = optimal_orders(pairs, 10)
    assert orders == [
        [SWEDEN, FINLAND, USA, JAPAN, KOREA],
        [SWEDEN, USA, FINLAND, JAPAN, KOREA],
        [USA, SWEDEN, FINLAND, JAPAN, KOREA],
    ]
    assert [order_support(order, pairs) for order in orders] == [6.375] * 3
    assert aggregated("kemeny", FIVE_COUNTRIES).tolist() == [50, 75, 100, 25, 0]


def test_all_countries_of_the_handbook():
    """The printed order of table 38 has 182.1; the greatest support with equal weights is 184.5."""
    pairs = support(TECHNOLOGY[:8], np.ones(8))
    orders = optimal_orders(pairs, 200)
    assert [order_support(order, pairs) for order in orders] == pytest.approx([184.5] * 96, abs=1e-9)
    assert len({tuple(order) for order in orders}) == 96


@pytest.mark.parametrize("seed", range(8))
def test_the_order_of_the_units_does_not_matter(seed):
    x, w = tied(seed, children=5, units=9)
    alike = [c for c in range(9) if any(d != c and np.array_equal(x[:, c], x[:, d], equal_nan=True) for d in range(9))]
    assert not alike
    order = np.random.default_rng(seed).permutation(9)
    assert_array_equal(aggregated("kemeny", x[:, order], w), aggregated("kemeny", x, w)[order])


def test_kemeny_scores_by_place():
    assert aggregated("kemeny", [[1, 2], [2, 1]], [2, 1]).tolist() == [0, 100]
    assert aggregated("kemeny", [[5, 9, 7], [5, 9, 7]], low=-1, high=1).tolist() == [-1, 1, 0]
    assert aggregated("kemeny", [[3], [4]]).tolist() == [100]
    assert_array_equal(aggregated("kemeny", [[3, NAN, 4], [4, 9, NAN]], [3, 1]), [0, NAN, 100][:3])


def test_kemeny_orders_equal_units_and_strangers_by_position():
    assert aggregated("kemeny", np.full((3, 5), 2.0)).tolist() == [100, 75, 50, 25, 0]
    assert aggregated("kemeny", [[NAN, 3], [9, NAN]]).tolist() == [0, 100]  # by the first child: a gap comes last
    assert np.isnan(aggregated("kemeny", np.full((2, 3), NAN))).all()


def test_linear_programmes():
    assert_allclose(
        linear(np.array([3.0, 2.0]), np.array([[1.0, 1.0], [1.0, 0.0]]), np.zeros(2), np.array([4.0, 1.0])),
        [1, 3],
        rtol=1e-9,
    )
    assert linear(np.ones(1), np.zeros((1, 1)), np.zeros(1), np.ones(1)) is None  # without a bound
    assert linear(np.ones(1), np.ones((1, 1)), np.array([-2.0]), np.array([-1.0])) is None  # without a solution
