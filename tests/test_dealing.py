"""Which combination of methods a replicate uses: even shares at every number of replicates, and no tie to the draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from simulated_cases import job_of, make_plan, replicates_of, tables_of

from readiness import streams
from readiness.choices import Choice
from readiness.dealing import chosen_at, combinations, deal, each, thresholds
from readiness.pipeline import score
from readiness.variation import Variation, WeightNoise

TREE = {"index": {"a": 1, "b": 1}, "a": {"x": 1, "y": 2}, "b": {"z": 1, "v": 1}}
SHARES = [(0.5, 0.5), (0.9, 0.1), (1, 2, 3), (1,) * 8, (0.001, 0.999), (0.25, 0.25, 0.3, 0.2), (1,) * 50]
FIGURES = np.random.default_rng(3).normal(50, 10, size=(4, 8))


def numbers(first, last):
    return np.arange(first, last, dtype=np.uint64)


def counted(cells, count):
    """Return how often each cell came up after each replicate, [cell, replicate]."""
    return np.cumsum(np.arange(count)[:, None] == cells, axis=1)


@pytest.mark.parametrize("shares", SHARES, ids=str)
def test_shares_are_kept_at_every_number_of_replicates(shares):
    """Intervals on a circle of golden steps: the count of each lies within a few of its share, whatever the number."""
    cells = deal(numbers(0, 20_000), thresholds(shares))
    wanted = np.array(shares)[:, None] / sum(shares) * np.arange(1, 20_001)
    distance = np.abs(counted(cells, len(shares)) - wanted)
    assert distance[:, :1000].max() < 3
    assert distance.max() < 4
    assert distance.mean() < 1


def test_far_replicates_are_dealt_as_evenly_as_the_first():
    for start in (10**6, 10**12, 2**63, 2**64 - 5000):
        cells = deal(np.uint64(start) + numbers(0, 4096), thresholds([1, 1, 2]))
        assert np.bincount(cells) == pytest.approx([1024, 1024, 2048], abs=4)


def test_the_first_of_many_are_those_of_few():
    ends = thresholds([1, 2, 3])
    whole = deal(numbers(0, 5000), ends)
    assert np.array_equal(deal(numbers(0, 700), ends), whole[:700])
    assert np.array_equal(deal(numbers(700, 5000), ends), whole[700:])
    shuffled = np.random.default_rng(1).permutation(5000)
    assert np.array_equal(deal(shuffled.astype(np.uint64), ends), whole[shuffled])


def test_each_replicate_has_one_cell_in_order():
    cells = deal(numbers(0, 999), thresholds([3, 1, 1]))
    found = dict(each(cells, 3))
    assert all((np.diff(mine) > 0).all() for mine in found.values())
    assert sorted(np.concatenate(list(found.values()))) == list(range(999))
    assert [number for number, _ in each(np.array([2, 2]), 3)] == [2], "a cell without replicates is passed over"


def test_one_cell_takes_all():
    assert not deal(numbers(0, 100), thresholds([1.0])).any()


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.2, 0.3, 0.5)])
def test_cells_and_draws_are_independent(shares):
    """Within each cell every source of noise has its own law: by Kolmogorov and Smirnov."""
    count = 60_000
    cells = deal(numbers(0, count), thresholds(shares))
    uniform = streams.uniforms(5, streams.WEIGHTS, (3,), count)
    normal = streams.normals(5, streams.FIGURES, (3,), count)
    for cell in range(len(shares)):
        mine = cells == cell
        for row in range(3):
            assert stats.kstest(uniform[row, mine], "uniform").pvalue > 1e-4
            assert stats.kstest(normal[row, mine], "norm").pvalue > 1e-4
    for one in uniform:
        assert abs(np.corrcoef(cells, one)[0, 1]) < 4 / np.sqrt(count)
        assert abs(np.corrcoef(cells[1:], one[:-1])[0, 1]) < 4 / np.sqrt(count)


def test_a_number_from_0_to_1_stands_for_an_alternative():
    assert chosen_at(np.array([0.0, 0.19, 0.2, 0.49, 0.5, 0.999]), (2, 3, 5)).tolist() == [0, 0, 1, 1, 2, 2]


# Combinations


CHOICES = {
    "normalise": (Choice("min_max"), Choice("z_score")),
    "aggregate.index": (Choice("arithmetic"), Choice("geometric"), Choice("harmonic")),
}


def varying(**more):
    return make_plan(TREE, 8, variation=Variation(choices=CHOICES, **more))


def test_combinations_multiply_their_probabilities():
    plan = varying(shares={"normalise": (0.7, 0.3), "aggregate.index": (0.5, 0.3, 0.2)})
    found = combinations(plan.recipe, plan.framework, list(CHOICES))
    assert len(found) == 6
    assert [each.chance for each in found] == pytest.approx([0.35, 0.21, 0.14, 0.15, 0.09, 0.06])
    assert found[0].recipe.steps["normalise"].method == "min_max"
    assert found[-1].text == "normalise = z_score, aggregate.index = harmonic"
    assert [bool(each.faults) for each in found] == [False, False, False, False, True, True]


def test_what_cannot_work_is_left_out_and_named_and_the_others_share_its_replicates():
    plan = varying(shares={"normalise": (0.7, 0.3), "aggregate.index": (0.5, 0.3, 0.2)})
    mixes = tables_of(job_of(plan, FIGURES), 8500)["mixes"]
    rows = {row["methods"]: row for row in mixes.iter_rows(named=True)}
    assert len(rows) == 6
    out = [row for row in rows.values() if row["replicates"] == 0]
    assert [row["methods"].endswith(("geometric", "harmonic")) for row in out] == [True, True]
    assert all("below zero" in row["reason"] for row in out)
    kept = [row for row in rows.values() if row["replicates"]]
    assert not any(row["reason"] for row in kept)
    expected = np.array([0.35, 0.21, 0.14, 0.15]) / 0.85 * 8500
    assert sorted(row["replicates"] for row in kept) == pytest.approx(sorted(expected), abs=3)


def test_each_combination_is_the_run_of_its_own_recipe():
    plan = varying()
    job = job_of(plan, FIGURES)
    found = [each for each in combinations(plan.recipe, plan.framework, list(CHOICES)) if not each.faults]
    (mix,) = job.mixes
    assert mix.texts == tuple(each.text for each in found)
    dealt = deal(numbers(0, 40), mix.ends)
    scores = replicates_of(job, 40)["index"]
    for number, combination in enumerate(found):
        run = score(replace(plan, recipe=combination.recipe), FIGURES[None])
        for replicate in np.flatnonzero(dealt == number):
            np.testing.assert_allclose(scores[:, replicate], run.scores[0, 0], rtol=1e-12)
        assert (dealt == number).sum() == pytest.approx(10, abs=1)


def test_a_factor_alone_keeps_the_recipe_s_own_methods():
    plan = varying(weights=WeightNoise("uniform"), figures=True)
    job = job_of(plan, FIGURES)
    assert [mix.name for mix in job.mixes] == ["weights", "figures", "choices", "method", "all"]
    assert [len(mix.cells) for mix in job.mixes] == [1, 1, 4, 4, 4]
    assert [mix.steady for mix in job.mixes] == [False, False, True, False, False]
    assert job.mixes[0].texts == ("as in the recipe",)


def test_replicates_of_single_factors_and_of_all_share_their_draws():
    """Common random numbers: where the cell is the recipe's own, "all" without errors of figures is "weights"."""
    plan = varying(weights=WeightNoise("uniform"), figures=True)
    job = job_of(plan, FIGURES)
    dealt = deal(numbers(0, 60), job.mixes[-1].ends)
    alone, together = (replicates_of(job, 60, mix)["index"] for mix in ("weights", "all"))
    assert (dealt == 0).sum() > 10
    np.testing.assert_allclose(alone[:, dealt == 0], together[:, dealt == 0], rtol=1e-12)
