"""What is kept of replicates, against NumPy on the stored scores and ranks: gaps, ties, odd numbers of lanes."""

from __future__ import annotations

import numpy as np
import pytest

from readiness.registry import lookup
from readiness.simulated import _quantiles, covariance, quantile_of_bins, quantile_of_cells, quantile_of_counts, tiers
from readiness.tally import Counts, Layout, Sums, count_index, count_node

LANES = (1, 7, 8, 31, 32, 33, 1000)


def scores_of(units, lanes, seed=1, scale=1.0, gaps=0.05):
    """Return correlated scores around levels of their own, some missing; one unit has none at all."""
    random = np.random.default_rng(seed)
    own = random.normal(50, 8, size=(units, 1)) + random.normal(size=(units, lanes)) + random.normal(size=lanes)
    own[random.random(own.shape) < gaps] = np.nan
    own[units // 2] = np.nan
    return own * scale


def ranked(scores, method="competition", decimals=0):
    ranks = np.empty_like(scores)
    lookup("rank", method).run(scores, ranks, decimals)
    return ranks


def layout_of(scores, ranks, halves=1, bins=512, children=3):
    """Return a layout of one node with bins around the scores; the first replicate stands for the run."""
    low, high = np.nanmin(scores), np.nanmax(scores)
    flat = np.full((1, len(scores)), low - (high - low) / 2)
    scale = np.full((1, len(scores)), bins / (2 * (high - low) or 1.0))
    return Layout(
        ("index",), np.nan_to_num(scores[None, :, 0]), ranks[None, :, 0], flat, scale, bins, children, halves, 1, True
    )


def counted(scores, ranks, shares=None, halves=1, lanes=0, layout=None):
    """Count some replicates, `lanes` at a time (all if 0)."""
    layout = layout or layout_of(scores, ranks, halves)
    shares = np.full((3, scores.shape[1]), 1 / 3) if shares is None else shares
    counts, sums = Counts.empty(layout), Sums.empty(layout)
    for start in range(0, scores.shape[1], lanes or scores.shape[1]):
        own = slice(start, start + (lanes or scores.shape[1]))
        part = [np.ascontiguousarray(each[:, own]) for each in (scores, ranks, shares)]
        count_node(layout, 0, *part[:2], counts, sums)
        count_index(layout, *part, counts, sums)
    return layout, counts, sums


@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize(("method", "halves"), [("competition", 1), ("dense", 1), ("fractional", 2)])
def test_ranks_and_pairs_are_counted(lanes, method, halves):
    scores = scores_of(9, lanes)
    ranks = ranked(scores, method)
    _, counts, _ = counted(scores, ranks, halves=halves)
    for unit in range(9):
        assert (
            counts.ranks[0, unit].tolist()
            == np.bincount((ranks[unit] * halves).astype(int), minlength=9 * halves + 1).tolist()
        )
        for other in range(9):
            both = (ranks[unit] > 0) & (ranks[other] > 0) & (ranks[unit] < ranks[other])
            assert counts.above[0, unit, other] == both.sum()
    assert (counts.ranks[0].sum(axis=1) == lanes).all()


def test_pairs_and_ties_add_up_to_the_replicates():
    scores = scores_of(8, 500, gaps=0)
    ranks = ranked(scores)
    _, counts, _ = counted(scores, ranks)
    above = counts.above[0]
    there = np.delete(np.arange(8), 4)
    ties = (ranks[there][:, None] == ranks[there][None]).sum(axis=2)
    assert ties.sum() > 500 * 7
    assert (above[np.ix_(there, there)] + above[np.ix_(there, there)].T + ties)[~np.eye(7, dtype=bool)].tolist() == [
        500
    ] * 42
    assert not above[4].any()
    assert not above[:, 4].any()
    assert not np.diag(above).any()


def test_an_expected_rank_is_one_and_how_many_are_above():
    """Exact for ties too, since the best of equal units has as many above it as the others."""
    scores = scores_of(8, 777)
    ranks = ranked(scores)
    _, counts, _ = counted(scores, ranks)
    places = np.arange(1, 9)
    assert np.array_equal(counts.ranks[0, :, 1:] @ places, (ranks > 0).sum(axis=1) + counts.above[0].sum(axis=0))


@pytest.mark.parametrize("odd", [0.5, 9.0, 1e300, -3.0, np.nan, np.inf])
def test_a_number_that_is_no_place_counts_as_no_rank(odd):
    """Ranks of a plain function can be anything; nothing outside the table may be written."""
    ranks = np.tile(np.arange(1.0, 5.0)[:, None], 10)
    ranks[1, 3] = odd
    layout = layout_of(np.ones((4, 10)), ranks)
    counts = Counts.empty(layout)
    count_node(layout, 0, np.ones((4, 10)), np.where(np.isfinite(ranks), ranks, 0.0), counts, Sums.empty(layout))
    assert counts.ranks[0, 1].tolist() == [1, 0, 9, 0, 0]
    assert counts.ranks.sum() == 40


@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize("scale", [1.0, 1e-9, 1e9])
def test_moments_and_covariances_are_those_of_numpy(lanes, scale):
    scores = scores_of(6, lanes, scale=scale, gaps=0)
    _, _, sums = counted(scores, ranked(scores / scale))
    there = np.delete(np.arange(6), 3)
    number, total, squares = sums.moments[0]
    assert number.tolist() == [lanes, lanes, lanes, 0, lanes, lanes]
    mean = scores[there, 0] + total[there] / lanes
    np.testing.assert_allclose(mean, scores[there].mean(axis=1), rtol=1e-13)
    if lanes > 1:
        wanted = np.cov(scores[there])
        found = covariance(sums)[np.ix_(there, there)]
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-11 * wanted.max())
        variance = (squares - total**2 / lanes)[there] / (lanes - 1)
        np.testing.assert_allclose(variance, np.diag(wanted), rtol=1e-10)


def test_gaps_do_not_enter_means():
    scores = scores_of(6, 400, gaps=0.2)
    _, _, sums = counted(scores, ranked(scores))
    number, total, _ = sums.moments[0]
    there = number > 0
    assert np.array_equal(number, (~np.isnan(scores)).sum(axis=1))
    centre = np.nan_to_num(scores[:, 0])
    np.testing.assert_allclose(
        (centre + total / np.maximum(number, 1))[there], np.nanmean(scores[there], axis=1), rtol=1e-12
    )


def test_weights_of_winners_are_the_mean_shares_under_which_a_unit_is_first():
    random = np.random.default_rng(2)
    scores, shares = random.random((4, 300)).round(1), random.dirichlet(np.ones(3), 300).T.copy()
    scores[random.random(scores.shape) < 0.2] = np.nan
    ranks = ranked(scores, decimals=1)
    _, counts, sums = counted(scores, ranks, shares)
    first = ranks == 1
    assert first.sum() > np.isfinite(scores).any(axis=0).sum(), "ties for the first place count for each"
    assert np.array_equal(counts.wins, first.sum(axis=1))
    np.testing.assert_allclose(sums.winners, first @ shares.T, rtol=1e-12)


def test_the_mean_shift_leaves_out_units_without_a_rank():
    scores = scores_of(7, 300, gaps=0.1)
    ranks = ranked(scores)
    _, _, sums = counted(scores, ranks)
    known = (ranks > 0) & (ranks[:, :1] > 0)
    shifts = np.where(known, abs(ranks - ranks[:, :1]), 0).sum(axis=0) / known.sum(axis=0)
    np.testing.assert_allclose(sums.shift, [300, shifts.sum(), (shifts**2).sum()], rtol=1e-12)


@pytest.mark.parametrize("lanes", [1, 7, 256])
def test_counts_do_not_depend_on_how_many_are_counted_at_a_time(lanes):
    scores = scores_of(9, 1000)
    ranks = ranked(scores)
    _, whole, sums = counted(scores, ranks)
    _, parts, others = counted(scores, ranks, lanes=lanes)
    for name in ("ranks", "above", "bins", "wins"):
        assert np.array_equal(getattr(whole, name), getattr(parts, name))
    for name in ("moments", "products", "winners", "shift"):
        np.testing.assert_allclose(getattr(others, name), getattr(sums, name), rtol=1e-9, atol=1e-9)


# Quantiles


@pytest.mark.parametrize("scale", [1.0, 1e-9, 1e9])
@pytest.mark.parametrize("share", [0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975])
def test_quantiles_of_bins_are_near_those_of_the_scores(scale, share):
    scores = scores_of(6, 4000, scale=scale)
    layout, counts, _ = counted(scores, ranked(scores / scale))
    bins = counts.bins[0, :, : layout.bins]
    assert np.array_equal(bins.sum(axis=1), (~np.isnan(scores)).sum(axis=1)), "gaps are in no bin"
    found = quantile_of_bins(bins, bins.cumsum(axis=1), layout.low[0], layout.scale[0], share)
    there = np.delete(np.arange(6), 3)
    exact = np.nanquantile(scores[there], share, axis=1)
    assert np.isnan(found[3])
    assert np.abs(found[there] - exact).max() <= 1 / layout.scale[0, 0]


def test_scores_beyond_the_bins_are_kept_in_the_outermost():
    scores = np.array([[-1e9, 0.0, 1.0, 2.0, 1e9, np.nan, np.inf, -np.inf]])
    layout = Layout(
        ("index",), np.zeros((1, 1)), np.ones((1, 1)), np.zeros((1, 1)), np.full((1, 1), 2.0), 4, 1, 1, 1, False
    )
    counts = Counts.empty(layout)
    count_node(layout, 0, scores, np.ones_like(scores), counts, Sums.empty(layout))
    assert counts.bins[0, 0, :4].tolist() == [3, 0, 1, 3]


@pytest.mark.parametrize("share", [0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975])
def test_quantiles_of_ranks_are_the_smallest_rank_that_so_many_do_not_exceed(share):
    ranks = np.random.default_rng(4).integers(1, 8, size=(5, 1000))
    counts = np.stack([np.bincount(own, minlength=8)[1:] for own in ranks])
    counts = np.vstack([counts, np.zeros(7, int)])
    found = quantile_of_counts(counts.cumsum(axis=1), np.arange(1, 8), share)
    expected = np.quantile(ranks, share, axis=1, method="inverted_cdf")
    assert found[:-1].tolist() == expected.tolist()
    assert np.isnan(found[-1])


def test_the_ends_of_intervals_are_those_of_whole_order_statistics():
    """2.5 % of 40 replicates are one: 0.5 - 0.475 would be a bit more, and make it two."""
    counts = np.ones((1, 40), int).cumsum(axis=1)
    found = {name: quantile_of_counts(counts, np.arange(1, 41), share).item() for name, share in _quantiles()}
    assert found == {
        "median": 20,
        "low_95": 1,
        "high_95": 39,
        "low_90": 2,
        "high_90": 38,
        "low_50": 10,
        "high_50": 30,
    }


def test_quantiles_of_a_few_scores_are_among_them():
    scores, times = np.array([[3.0, 1.0, np.nan, 2.0], [np.nan] * 4, [5, 5, 5, 5]]), np.array([10, 30, 50, 60])
    for share, expected in ((0.025, 1), (0.3, 1), (0.301, 2), (0.9, 2), (0.91, 3), (1.0, 3)):
        found = quantile_of_cells(scores, times, share)
        assert (found[0], found[2]) == (expected, 5)
        assert np.isnan(found[1])


# Tiers


def above_of(pairs, units):
    above = np.zeros((units, units), int)
    for (first, second), count in pairs.items():
        above[first, second] = count
    return above


def test_tiers_by_hand():
    """a leads; b is not behind it in 95 of 100, c is; c leads; d is not behind c, whatever it is to a and b; e is."""
    pairs = {(0, 1): 94, (0, 2): 95, (0, 3): 100, (2, 3): 60, (1, 2): 51, (2, 4): 99, (0, 4): 100}
    order = np.array([1.0, 2, 3, 4, 5])
    assert tiers(order, above_of(pairs, 5), 100).tolist() == [1, 1, 2, 2, 3]
    turned = above_of({(4, 3): 100, (3, 2): 10, (3, 1): 95, (1, 0): 94}, 5)
    assert tiers(order[::-1].copy(), turned, 100).tolist() == [3, 3, 2, 2, 1], "the order of the file does not matter"


def test_equal_ranks_and_units_without_a_rank_in_tiers():
    order = np.array([2.0, 0, 1, 2])
    assert tiers(order, above_of({(2, 0): 100, (2, 3): 100, (0, 3): 50}, 4), 100).tolist() == [2, 0, 1, 2]
    assert tiers(np.zeros(3), np.zeros((3, 3), int), 100).tolist() == [0, 0, 0]
