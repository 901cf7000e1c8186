"""Laws of confidence sets for ranks: what they contain, what changes nothing, differences without error, threads."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_estimates import ends, example, independent, inside, named, random_covariance, related

from readiness import rank_sets as simulation
from readiness import rank_tests
from readiness.estimates import Estimates
from readiness.inference import interval_sets, naive_bootstrap, rank_sets

# laws


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_laws_of_the_sets(data):
    size = data.draw(st.integers(2, 8))
    x = data.draw(st.lists(st.integers(-6, 6), min_size=size, max_size=size))
    error = data.draw(st.lists(st.sampled_from([0.0, 0.3, 1.0, 2.5]), min_size=size, max_size=size))
    estimates = independent(x, error)
    options = {"draws": 300, "seed": data.draw(st.integers(0, 9))}
    both = rank_sets(estimates, **options)
    rank = [1 + sum(other > each for other in both["estimate"]) for each in both["estimate"]]
    assert both["rank"].to_list() == rank
    assert (both["lower"] <= both["rank"]).all()
    assert (both["rank"] <= both["upper"]).all()
    assert inside(both, rank_sets(estimates, stepdown=False, **options))
    assert inside(rank_sets(estimates, simultaneous=False, **options), both)
    assert inside(rank_sets(estimates, about=["u001"], **options), both)
    assert inside(both, rank_sets(estimates, level=0.99, **options))
    assert rank_sets(estimates, side="lower", **options)["lower"].equals(both["lower"])
    assert rank_sets(estimates, side="upper", **options)["upper"].equals(both["upper"])


def test_a_one_sided_marginal_bound_is_sharper_than_a_two_sided_one():
    x, error = example()
    both = rank_sets(independent(x, error), simultaneous=False)
    low, high = (rank_sets(independent(x, error), simultaneous=False, side=side) for side in ("lower", "upper"))
    assert (low["lower"] >= both["lower"]).all()
    assert (high["upper"] <= both["upper"]).all()
    assert (low["lower"] > both["lower"]).any()
    assert (high["upper"] < both["upper"]).any()


def test_stepdown_and_marginal_sets_are_truly_sharper():
    x, error = example()
    width = {
        (simultaneous, stepdown): (found["upper"] - found["lower"]).sum()
        for simultaneous in (True, False)
        for stepdown in (True, False)
        for found in [rank_sets(independent(x, error), simultaneous=simultaneous, stepdown=stepdown)]
    }
    assert width[False, True] < width[False, False]
    assert width[True, True] < width[True, False]
    assert width[False, True] < width[True, True]


def test_shift_and_scale_change_nothing():
    x, error = example()
    found = ends(rank_sets(independent(x, error)))
    for shift, scale in ((1024.0, 1.0), (0.0, 8.0), (-3.0, 0.37)):
        assert ends(rank_sets(independent(scale * x + shift, scale * error))) == found


def test_sets_widen_with_the_errors():
    x, error = example()
    sets = [rank_sets(independent(x, factor * error)) for factor in (0.2, 0.5, 1.0, 1.7, 4.0)]
    assert all(inside(narrow, wide) for narrow, wide in pairwise(sets))
    assert not inside(sets[-1], sets[0])


def test_an_error_that_all_units_share_changes_nothing():
    x, error = example()
    found = rank_sets(independent(x, error))
    for shared in (0.5, 64.0):
        assert rank_sets(related(x, np.diag(error**2) + shared)).equals(found)


def test_a_mirrored_ranking_has_mirrored_sets():
    x, error = example()
    found, mirrored = (ends(rank_sets(independent(sign * x, error), stepdown=False)) for sign in (1, -1))
    assert {unit: (28 - high, 28 - low) for unit, (low, high) in mirrored.items()} == found


def test_the_order_of_rows_plays_no_part():
    x, error = example()
    units, covariance = np.array(named(27)), random_covariance(27, 2) + np.diag(error**2)
    found = rank_sets(Estimates(tuple(units), x, covariance))
    for seed in range(3):
        p = np.random.default_rng(seed).permutation(27)
        again = rank_sets(Estimates(tuple(units[p]), x[p], covariance[np.ix_(p, p)]))
        assert again.equals(found)


def test_positive_correlation_sharpens_the_sets():
    x, error = example()
    scale = np.outer(error, error)
    alone, together = (np.where(np.eye(27) == 1, scale, share * scale) for share in (0.0, 0.9))
    sets = [rank_sets(related(x, covariance), draws=20_000) for covariance in (alone, together)]
    widths = [(found["upper"] - found["lower"]).sum() for found in sets]
    assert widths[1] < widths[0]


# differences without error


def test_without_errors_ranks_are_known_and_ties_share_their_places():
    found = rank_sets(independent([7.0, 9.0, 7.0, 1.0], 0.0))
    assert ends(found) == {"u001": (1, 1), "u000": (2, 3), "u002": (2, 3), "u003": (4, 4)}
    assert found["rank"].to_list() == [1, 2, 2, 4]
    assert ends(interval_sets(independent([7.0, 9.0, 7.0, 1.0], 0.0))) == ends(found)


def test_units_that_move_together_keep_their_order():
    covariance = np.array([[4.0, 4.0, 0.0], [4.0, 4.0, 0.0], [0.0, 0.0, 4.0]])
    found = ends(rank_sets(related([5.0, 5.001, 5.0], covariance)))
    assert found == {"u001": (1, 2), "u000": (2, 3), "u002": (1, 3)}
    tied = ends(rank_sets(related([5.0, 5.0, 90.0], covariance)))
    assert tied == {"u002": (1, 1), "u000": (2, 3), "u001": (2, 3)}


def test_only_the_errors_of_differences_count():
    x = np.array([3.0, 2.0, 1.0])
    assert ends(rank_sets(related(x, np.full((3, 3), 50.0)))) == {"u000": (1, 1), "u001": (2, 2), "u002": (3, 3)}


def test_a_covariance_of_low_rank_is_taken():
    x, _ = example(12)
    root = np.random.default_rng(4).normal(size=(12, 3))
    covariance = 30 * root @ root.T
    found = rank_sets(related(x, covariance))
    floor = rank_sets(related(x, covariance + 1e-9 * np.eye(12)))
    assert ends(found) == ends(floor)
    assert (found["upper"] > found["lower"]).any()


def test_large_errors_beside_small_ones_lose_no_digits():
    found = ends(rank_sets(independent([5.0, 0.0, 0.0], [1.0, 1.0, 1e9])))
    assert found == {"u000": (1, 2), "u001": (2, 3), "u002": (1, 3)}


# simulation


def test_sets_are_the_same_for_any_threads_and_blocks(monkeypatch):
    x, error = example()
    estimates = related(x, random_covariance(27, 1) + np.diag(error**2))
    calls = [
        lambda: rank_sets(estimates, draws=5003),
        lambda: rank_sets(estimates, draws=5003, simultaneous=False),
        lambda: naive_bootstrap(estimates, draws=5003),
    ]
    found = [call() for call in calls]
    for module, name, value in (
        (simulation, "workers", lambda: 1),
        (simulation, "workers", lambda: 7),
        (simulation, "BLOCK", 64),
        (simulation, "KEPT", 0),
        (rank_tests, "LARGEST", 20_000),
    ):
        monkeypatch.setattr(module, name, value)
        assert all(call().equals(first) for call, first in zip(calls, found, strict=True))


def test_errors_have_the_covariance_asked_for():
    covariance = random_covariance(6, 3)
    factor, error = simulation.spread(related(np.zeros(6), covariance))
    variance = np.diag(covariance)
    expected = variance[:, None] + variance[None, :] - 2 * covariance
    assert error**2 == pytest.approx(expected, abs=1e-12)
    drawn = np.empty((6, 40_000))

    def keep(block, z):
        drawn[:, block.start : block.stop] = z

    simulation.Draws(factor, 40_000, 1).each(keep)
    found = (drawn[:, None, :] - drawn[None, :, :]).var(axis=2)
    assert found == pytest.approx(expected, rel=4 * np.sqrt(2 / 40_000), abs=1e-12)
    assert np.abs(drawn.mean(axis=1)).max() < 4 * error.max() / np.sqrt(40_000)


def test_seeds_differ_and_repeat():
    x, error = example()
    widths = {seed: rank_sets(independent(x, error), draws=200, seed=seed) for seed in (0, 1, 2, 3)}
    assert rank_sets(independent(x, error), draws=200, seed=1).equals(widths[1])
    assert any(not widths[0].equals(widths[seed]) for seed in (1, 2, 3))
