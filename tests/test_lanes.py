"""Replicates of an index: equal to the run when nothing is drawn, else to a simulation in plain NumPy."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from numpy_simulation import Simulation
from simulated_cases import AS_IT_IS, job_of, make_plan, no_errors, replicates_of

import readiness
from readiness.cells import make_cells
from readiness.choices import Choice
from readiness.figure_errors import figure_errors
from readiness.framework import Rules
from readiness.lanes import Draws
from readiness.pipeline import score
from readiness.registry import methods
from readiness.results import prepare
from readiness.simulation import make_job
from readiness.variation import Variation, WeightNoise

TREE = {"index": {"a": 1, "b": 2, "w": 1}, "a": {"x": 1, "y": 2, "p": 1}, "b": {"z": 1, "v": 1, "q": 2}}
FALLING = ("y", "q")
HALF = Rules(0, 9, Fraction(0), Fraction(1, 2), Fraction(0))
COUNTING = Rules(0, 9, Fraction(1, 2), Fraction(1, 2), Fraction(1, 2))
REPLICATES = np.arange(3, dtype=np.uint64)
FIGURES = Variation(figures=True)


def figures_of(editions=3, units=15, seed=1):
    """Return skewed figures [edition, indicator, unit] with gaps, one indicator missing in the newest edition.

    In older editions stand a zero and a number below it, which have no logarithm, and the extremes of some indicators.
    """
    random = np.random.default_rng(seed)
    figures = np.exp(random.normal(1, 1.2, size=(editions, 7, units)))
    figures[random.random(figures.shape) < 0.1] = np.nan
    figures[-1, 3] = figures[0, 1] = np.nan
    figures[0, 4, 2], figures[0, 5, 3] = 0.0, -1.0
    figures[-1, 1:, 4] = np.nan
    return figures


def nominal(plan, figures, draws, exact=False):
    """Return the mean over the cells of what nothing is drawn for, [group, unit, replicate], and the run's."""
    cells = make_cells(plan, figures, plan.recipe.variation, 7, no_errors(plan))
    stages, whole = score(plan, figures), []
    for cell in cells:
        still = replace(cell, errors=replace(cell.errors, size=np.zeros_like(cell.errors.size))) if exact else cell
        found = {code: scores for code, scores, _ in still.scores(draws)}
        whole.append([np.broadcast_to(found[code], (plan.members, draws.lanes)) for code in plan.groups])
    return np.mean(whole, axis=0), np.stack(
        [stages.scores[-1, plan.place[code], : plan.members] for code in plan.groups]
    )


def agree(plan, figures, exact=False):
    for draws in (Draws(1), Draws(3, figures=REPLICATES)):
        found, run = nominal(plan, figures, draws, exact)
        np.testing.assert_allclose(found, np.repeat(run[..., None], draws.lanes, axis=2), rtol=0, atol=1e-9)


# A replicate for which nothing is drawn is the run


def ways():
    """Go through every method that needs nothing declared, fitted on the newest edition or on all."""
    for method in methods():
        if method.needs or method.slow or method.step == "rank":
            continue
        learns = method.step in ("treat", "normalise") or method.learns
        yield from ((method.step, method.name, fit) for fit in (("newest", "all") if learns else ("",)))


@pytest.mark.parametrize(("step", "name", "fit"), list(ways()))
@pytest.mark.parametrize("refit", [True, False], ids=["refitted", "kept"])
def test_figures_without_errors_give_the_run(step, name, fit, refit):
    steps = {"normalise": Choice("min_max", {}, "all"), step: Choice(name, {}, fit)}
    for rules in (HALF, COUNTING):
        plan = make_plan(
            TREE, 15, editions=3, falling=FALLING, rules=rules, variation=Variation(figures=True, refit=refit), **steps
        )
        agree(plan, figures_of(), exact=step == "impute")


def test_an_own_transform_that_turns_the_order_gives_the_run():
    plan = make_plan(
        TREE,
        15,
        editions=3,
        variation=FIGURES,
        transform=Choice("away", {}, "", lambda x: np.abs(x - 3)),
        normalise=Choice("min_max", {}, "all"),
    )
    agree(plan, figures_of())


def test_goalposts_and_bends_give_the_run():
    plan = make_plan(TREE, 15, editions=3, variation=FIGURES, treat=Choice("log1p"), normalise=Choice("goalposts"))
    posts = {code: replace(each, goalposts=(0.0, 30.0)) for code, each in plan.framework.indicators.items()}
    agree(replace(plan, framework=replace(plan.framework, indicators=posts)), figures_of())


@pytest.mark.parametrize("weight", ["declared", "principal_components", "entropy"])
def test_draws_of_an_imputation_are_cells_whose_mean_is_the_run(weight):
    plan = make_plan(
        TREE,
        15,
        editions=3,
        rules=COUNTING,
        variation=FIGURES,
        impute=Choice("multiple", {"draws": 4}),
        weight=Choice(weight),
    )
    found, run = nominal(plan, figures_of(), Draws(1))
    np.testing.assert_allclose(found[..., 0], run, atol=1e-9)


@pytest.mark.parametrize("noise", ["none", "uniform", "dirichlet", "flat", "bootstrap"])
def test_imputed_draws_lead_to_the_run_s_own_scores_and_ranks(noise):
    variation = Variation(weights=WeightNoise(noise), leave_out="pillar")
    plan = make_plan(TREE, 15, editions=3, variation=variation, impute=Choice("multiple", {"draws": 3}))
    stages = score(plan, figures_of())
    for layout in job_of(plan, figures_of()).layouts:
        places = [plan.place[code] for code in layout.nodes]
        assert np.array_equal(layout.ranks, stages.ranks[-1, places])
        known = ~np.isnan(stages.scores[-1, places])
        assert np.array_equal(layout.centre[known], stages.scores[-1, places][known])


@pytest.mark.parametrize("index", ["eari", "desi-2022", "hdi", "tai-2008"])
def test_built_in_indices_without_noise_are_their_runs(index):
    run = readiness.run(index=index)
    given = prepare(run.framework, run.panel, run.recipe)
    variation = replace(run.recipe.variation, figures=True)
    errors = figure_errors(run.framework, run.panel, given.used, run.edition, variation)
    silent = replace(errors, size=np.zeros_like(errors.size))
    (cell,) = make_cells(given.plan, given.denominated, variation, 1, silent)
    own = run.scores.filter(run.scores["edition"] == run.edition)
    rows = {(row["node"], row["country"]): row["score"] for row in own.iter_rows(named=True)}
    for draws in (Draws(1), Draws(3, figures=REPLICATES)):
        for code, scores, _ in cell.scores(draws):
            expected = np.array([rows[code, unit] for unit in run.framework.units], dtype=float)
            np.testing.assert_allclose(scores, np.repeat(expected[:, None], scores.shape[1], axis=1), rtol=0, atol=1e-9)


# Against the simulation in plain NumPy


def same(plan, figures, oracle, errors=None, count=300, seed=11, mix=""):
    """Compare every score of every node of some replicates."""
    job = make_job(plan, figures, plan.recipe.variation, errors or no_errors(plan), seed)
    found, expected = replicates_of(job, count, mix), oracle.replicates(count)
    assert set(found) == set(expected)
    for code in expected:
        np.testing.assert_allclose(found[code], expected[code], rtol=0, atol=1e-9, err_msg=code)
    known = [scores[~np.isnan(scores)] for scores in expected["index"]]
    assert sum(len(scores) > 100 and np.ptp(scores) > 1e-3 for scores in known) > 10, "something varies"


def varied(variation, **options):
    """Return a plan, its figures and their oracle."""
    figures = figures_of()
    figures[-1, 3] = figures[1, 3]
    plan = make_plan(
        TREE,
        15,
        editions=3,
        falling=FALLING,
        rules=HALF,
        variation=variation,
        normalise=Choice("min_max", {}, "all"),
        **options,
    )
    return plan, figures, Simulation(TREE, figures, 11, FALLING)


@pytest.mark.parametrize(
    "law", [("uniform", 0.25), ("uniform", 1.0), ("dirichlet", 3.0), ("flat", 0.0), ("bootstrap", 0.0)]
)
def test_weights_on_all_levels(law):
    name, number = law
    plan, figures, oracle = varied(Variation(weights=WeightNoise(name, spread=number, concentration=number)))
    same(plan, figures, replace(oracle, noise=law))


@pytest.mark.parametrize("level", ["pillar", "indicator"])
def test_one_node_of_a_level_is_left_out(level):
    plan, figures, oracle = varied(Variation(leave_out=level))
    below = {"pillar": ("a", "b"), "indicator": tuple(oracle.leaves)}[level]
    same(plan, figures, replace(oracle, left_out=below))


@pytest.mark.parametrize("refit", [True, False], ids=["refitted", "kept"])
def test_figures_with_caps_bounds_ranges_and_a_common_error(refit):
    plan, figures, oracle = varied(
        Variation(weights=WeightNoise("uniform"), figures=True, refit=refit), treat=Choice("winsorise", {"points": 2})
    )
    size = np.where(np.isnan(figures[-1]), 0.0, 0.2 * np.abs(figures[-1]) + 0.3)
    size[2] = 0.0
    low, high = np.full_like(size, 0.0), np.full_like(size, np.nanquantile(figures[-1], 0.97))
    low[0], high[0] = -np.inf, np.inf
    figures[-1] = np.clip(figures[-1], low, high)
    common = np.linspace(0, 1, len(size))
    errors = no_errors(plan, size=size, low=low, high=high, common=common)
    oracle = replace(
        oracle, figures=figures, noise=("uniform", 0.25), errors=(size, low, high, common), points=2, refit=refit
    )
    same(plan, figures, oracle, errors)


def test_choices_of_method_replicate_by_replicate():
    choices = {
        "normalise": (Choice("min_max", {}, "all"), Choice("percentile_rank", {"low": 0, "high": 100})),
        "aggregate": (Choice("arithmetic"), Choice("geometric")),
    }
    plan, figures, oracle = varied(Variation(weights=WeightNoise("uniform"), choices=choices))
    job = make_job(plan, figures, plan.recipe.variation, no_errors(plan), 11)
    found = replicates_of(job, 400)["index"]
    golden = np.array([replicate * 0x9E3779B97F4A7C15 % 2**64 / 2**64 for replicate in range(1, 401)])
    dealt = np.floor(golden * 4)
    for cell, (scale, aggregate) in enumerate(
        (scale, aggregate) for scale in ("min_max", "percentile_rank") for aggregate in ("arithmetic", "geometric")
    ):
        expected = replace(oracle, noise=("uniform", 0.25), scale=scale, aggregate=aggregate).replicates(400)["index"]
        assert (dealt == cell).sum() == pytest.approx(100, abs=2)
        np.testing.assert_allclose(found[:, dealt == cell], expected[:, dealt == cell], rtol=0, atol=1e-9)


# Errors with a covariance, and weights that are learned


def test_a_covariance_takes_the_place_of_the_sizes():
    matrix = np.array([[16.0, 8, 0], [8, 16, 0], [0, 0, 9]])
    plan = make_plan({"index": {"x": 1}}, 3, variation=FIGURES, normalise=AS_IT_IS)
    errors = replace(no_errors(plan, size=np.sqrt(np.diag(matrix))), factor={0: np.linalg.cholesky(matrix)})
    scores = replicates_of(job_of(plan, [[10.0, 20, 30]], errors), 20_000)["index"]
    np.testing.assert_allclose(np.cov(scores), matrix, atol=4 * 16 * np.sqrt(2 / 20_000))


def test_a_filled_gap_keeps_its_own_error_beside_a_covariance():
    plan = make_plan({"index": {"x": 1}}, 3, variation=FIGURES, normalise=AS_IT_IS, impute=Choice("mean"))
    errors = replace(no_errors(plan, size=np.array([[2.0, 2.0, 0.0]])), factor={0: np.diag([2.0, 2.0, 0.0])})
    job = job_of(plan, [[10.0, 20, np.nan]], errors)
    size = job.mixes[0].cells[0].errors.size[0, 2]
    scores = replicates_of(job, 20_000)["index"]
    assert size > 0
    assert scores.std(axis=1) == pytest.approx([2, 2, size], rel=0.02)


@pytest.mark.parametrize(
    "noise", [WeightNoise("none"), WeightNoise("dirichlet", concentration=50), WeightNoise("uniform")]
)
def test_replicates_with_learned_weights_do_not_depend_on_their_neighbours(noise):
    plan = make_plan(TREE, 15, variation=Variation(weights=noise, figures=True), weight=Choice("entropy"))
    figures = figures_of(1, seed=4)
    figures[0, 3] = figures[0, 0]
    (cell,) = make_cells(plan, figures, plan.recipe.variation, 3, no_errors(plan, size=0.4))
    numbers = np.arange(12, dtype=np.uint64)
    whole = [scores for _, scores, _ in cell.scores(Draws(12, weights=numbers, figures=numbers))][-1]
    for replicate in range(12):
        one = numbers[replicate : replicate + 1]
        alone = [scores for _, scores, _ in cell.scores(Draws(1, weights=one, figures=one))][-1]
        np.testing.assert_allclose(alone[:, 0], whole[:, replicate], rtol=1e-12)


@pytest.mark.parametrize("fit", ["newest", "all"])
@pytest.mark.parametrize("refit", [True, False])
def test_learned_weights_follow_the_figures_only_where_they_are_learned_from_them_alone(fit, refit):
    plan = make_plan(TREE, 15, variation=Variation(figures=True, refit=refit), weight=Choice("entropy", {}, fit))
    figures = figures_of(1, seed=4)
    figures[0, [1, 3]] = figures[0, [4, 0]]
    (cell,) = make_cells(plan, figures, plan.recipe.variation, 3, no_errors(plan, size=0.4))
    run = score(plan, figures).weights
    for code, _, weights in cell.scores(Draws(3, figures=REPLICATES)):
        moved = np.abs(weights / weights.sum(axis=0) - (run[code] / run[code].sum())[:, None]).max(axis=0)
        assert (moved > 1e-6).all() if refit and fit == "newest" else (moved < 1e-12).all()


def test_flat_weights_leave_a_child_without_weight_out():
    plan = make_plan({"index": {"x": 1, "y": 0, "z": 1}}, 4, variation=Variation(weights=WeightNoise("flat")))
    (cell,) = job_of(plan, np.random.default_rng(1).random((3, 4))).mixes[0].cells
    ((_, _, weights),) = cell.scores(Draws(50, weights=np.arange(50, dtype=np.uint64)))
    assert not weights[1].any()
    assert weights[[0, 2]].min() > 0
