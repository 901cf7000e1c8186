"""Ranks: ties, decimals and gaps, against scipy and figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import stats

from readiness.registry import lookup, methods

NAN = np.nan
RULES = {"competition": "min", "dense": "dense", "fractional": "average"}
over = pytest.mark.parametrize("name", RULES)


def ranked(name, scores, decimals=2, plain=False):
    """Rank (unit,) or (unit, replicate) scores."""
    x = np.array(scores, dtype=float)
    table = np.ascontiguousarray(x.reshape(len(x), -1))
    out, method = np.full(table.shape, -77.0), lookup("rank", name)
    (method.function if plain else method.run)(table, out, decimals)
    return out.reshape(x.shape)


def test_all_methods_are_tested_here():
    assert {method.name for method in methods("rank")} == set(RULES)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("competition", [4, 1, 0, 2, 2, 5]), ("dense", [3, 1, 0, 2, 2, 4]), ("fractional", [4, 1, 0, 2.5, 2.5, 5])],
)
def test_ties_and_gaps(name, expected):
    assert ranked(name, [5, 9, NAN, 7, 7, 1]).tolist() == expected


@over
@pytest.mark.parametrize("decimals", [0, 1, 2, 12])
def test_ranks_are_those_of_scipy_on_rounded_scores(name, decimals):
    scores = np.random.default_rng(5).integers(-2000, 2000, (60, 4)) / 1000.0
    expected = stats.rankdata(-np.round(scores, decimals), method=RULES[name], axis=0)
    assert_array_equal(ranked(name, scores, decimals), expected)


@over
def test_gaps_are_nobodys_rival(name):
    scores = np.round(np.random.default_rng(1).uniform(-5, 5, 30), 0)
    with_gaps = np.insert(scores, [0, 4, 4, 30], NAN)
    ranks = ranked(name, with_gaps)
    assert_array_equal(ranks[~np.isnan(with_gaps)], ranked(name, scores))
    assert (ranks[np.isnan(with_gaps)] == 0).all()


@over
def test_no_scores_one_score_and_equal_scores(name):
    assert ranked(name, [NAN, NAN]).tolist() == [0, 0]
    assert ranked(name, [-3.0]).tolist() == [1]
    assert ranked(name, [0.0, NAN, -0.0, 0.0]).tolist() == {"fractional": [2, 0, 2, 2]}.get(name, [1, 0, 1, 1])


def test_scores_that_print_alike_tie():
    assert ranked("competition", [50.004, 50.001, 50.006]).tolist() == [2, 2, 1]
    assert ranked("competition", [50.004, 50.001, 50.006], decimals=3).tolist() == [2, 3, 1]


def test_fractional_ranks_have_the_same_sum_with_and_without_ties():
    scores = np.random.default_rng(2).integers(0, 6, (27, 50))
    assert (ranked("fractional", scores).sum(axis=0) == 27 * 28 / 2).all()


@over
def test_compiled_is_plain_and_replicates_do_not_meet(name):
    scores = np.round(np.random.default_rng(3).uniform(-1, 1, (12, 5)), 1)
    scores[2, 1] = scores[:, 4] = NAN
    batch = ranked(name, scores)
    assert_array_equal(ranked(name, scores, plain=True), batch)
    for r in range(5):
        assert_array_equal(ranked(name, scores[:, r]), batch[:, r])


@over
def test_units_in_another_order_keep_their_ranks(name):
    scores = np.round(np.random.default_rng(4).uniform(0, 3, 25), 1)
    order = np.random.default_rng(5).permutation(25)
    assert_array_equal(ranked(name, scores[order]), ranked(name, scores)[order])
