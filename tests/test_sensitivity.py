"""Sensitivity of an index: indices that are known, and designs that can be enumerated by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import polars as pl
import pytest

from readiness.lanes import Draws
from readiness.reading.variations import vary
from readiness.results import prepare
from readiness.sensitivity import make_grid, official_ranks, sensitivity
from readiness.sensitivity_runs import DRAWS, every_cell, plan_runs, score_runs
from readiness.sobol import doubtful, indices, mean_rank_shift
from readiness.sobol_design import split


def varying(results, *settings):
    return replace(results, recipe=vary(results.recipe, results.framework, settings))


@pytest.fixture
def run(small):
    """Compute the small index, with what varies."""
    return lambda *settings: varying(small.run(), *settings)


def grid_of(results):
    prepared = prepare(results.framework, results.panel, results.recipe, results.edition)
    return make_grid(prepared, results, 3)[0]


def by_hand(results):
    """Return scores and ranks of the index for every combination of the alternatives, through the official pipeline."""
    choices = results.recipe.variation.choices
    scores, ranks = [], []
    for chosen in product(*choices.values()):
        own = results.with_recipe(results.recipe.picked(dict(zip(choices, chosen, strict=True))))
        found = own.scores.filter(pl.col("edition") == own.edition, pl.col("node") == "index")
        own_scores = dict(found.select("country", "score").iter_rows())
        scores.append([own_scores[unit] for unit in own.framework.units])
        ranks.append(official_ranks(own, "index"))
    shift = mean_rank_shift(np.array(ranks).T, official_ranks(results, "index"))
    shape = [len(each) for each in choices.values()]
    chances = [results.recipe.variation.chances(place) for place in choices]
    return np.column_stack([scores, ranks, shift]).reshape(*shape, -1), chances


def decomposed(y, chances):
    """Return first and total indices, (factor, output), by loops over the definition."""
    cells = list(np.ndindex(y.shape[:-1]))
    chance = {cell: np.prod([chances[i][option] for i, option in enumerate(cell)]) for cell in cells}
    mean = sum(chance[cell] * y[cell] for cell in cells)
    variance = sum(chance[cell] * (y[cell] - mean) ** 2 for cell in cells)
    first, total = [], []
    for i in range(len(chances)):

        def given(keep):
            groups = {keep(cell) for cell in cells}
            out = 0
            for group in groups:
                own = [cell for cell in cells if keep(cell) == group]
                weight = sum(chance[cell] for cell in own)
                out = out + weight * (sum(chance[cell] * y[cell] for cell in own) / weight - mean) ** 2
            return out

        first.append(given(lambda cell, i=i: cell[i]) / variance)
        total.append(1 - given(lambda cell, i=i: (*cell[:i], *cell[i + 1 :])) / variance)
    return np.array(first), np.array(total)


def rows(found, factor, output, country=None):
    own = found.table.filter(pl.col("factor") == factor, pl.col("output") == output)
    return own if country is None else own.filter(pl.col("country") == country)


THREE = (
    "normalise=min_max:0.7,percentile_rank:0.3",
    "aggregate.compute=arithmetic,geometric",
    "aggregate.index=arithmetic:0.5,geometric:0.2,minimum:0.3",
)


def test_where_only_methods_vary_the_indices_are_those_of_all_combinations_by_hand(run):
    results = run("nothing", *THREE)
    found = sensitivity(results)
    y, chances = by_hand(results)
    varies = np.ptp(y.reshape(12, -1), axis=0) > 1e-9
    first, total = decomposed(y[..., varies], chances)
    own = found.indices["index"]
    assert varies.sum() > 8
    assert np.allclose(own.first.value[:, varies], first, rtol=0, atol=1e-9)
    assert np.allclose(own.total.value[:, varies], total, rtol=0, atol=1e-9)
    assert (found.points, found.runs, found.different) == (0, 12, 12)
    assert set(found.table["first_error"].drop_nulls()) == {0.0}
    assert all("never varies" in own.reasons[each] for each in np.flatnonzero(~varies))


def test_a_design_of_methods_only_comes_to_the_exact_indices(run):
    results = run("nothing", *THREE)
    grid = grid_of(results)
    exact = sensitivity(results).indices["index"].first.value
    planned = plan_runs(grid, 2**12, 3)
    assert planned.size == 12  # every combination is scored once
    scores, _ = score_runs(grid, planned, ("index",))
    found = indices(*split(scores[0][planned.rows], 3), resamples=100, seed=3)
    assert np.abs(found.first.value - exact[:, : scores.shape[2]]).max() < 0.01


def test_the_only_factor_that_matters_explains_everything(small, run):
    """The errors that an indicator declares are not there: the factor is drawn and does nothing."""
    small.edit("compute/chips.toml", "[source]", '[error]\nmodel = "published"\nreason = "As published."\n\n[source]')
    found = sensitivity(run("weights=0.5", "figures"), 2**12)
    assert found.factors == ("weights", "figures")
    assert found.notes == ("Chips: 6 of 6 figures have no published error; taken was none.",)
    for output in ("score", "rank", "shift"):
        inert = rows(found, "figures", output).drop_nulls("first")
        assert set(inert["first"]) == set(inert["total"]) == {0.0}
        varying = rows(found, "weights", output).drop_nulls("first")
        assert varying.height >= 1
        assert (varying["first"] - 1).abs().max() < 0.1
        assert (varying["total"] - 1).abs().max() < 0.1
        assert ((varying["first"] - 1).abs() < 4 * varying["first_error"] + 1e-9).all()


def test_effects_that_add_up_have_no_interaction(run):
    """The index is the mean of its two pillars, each varied by itself."""
    skills = "aggregate.skills=arithmetic:0.75,geometric:0.25"
    results = run("nothing", "aggregate.compute=arithmetic,geometric", skills)
    found = sensitivity(results, nodes=["all"])
    own = found.table.filter(pl.col("output") == "score", pl.col("first").is_not_null())
    assert own["interaction"].abs().max() < 1e-9
    index = own.filter(pl.col("node") == "index")
    assert (index.group_by("country").agg(pl.col("first").sum())["first"] - 1).abs().max() < 1e-9
    compute = own.filter(pl.col("node") == "compute", pl.col("factor") == "aggregate.compute")
    assert (compute["first"] - 1).abs().max() < 1e-9
    y, _ = by_hand(results)
    unit = 4
    low, high = y[0, 0, unit], y[1, 0, unit]
    other = y[0, 1, unit]
    parts = np.array([(high - low) ** 2 / 4, (other - low) ** 2 * 0.25 * 0.75])
    country = results.framework.units[unit]
    for factor, share in zip(found.factors, parts / parts.sum(), strict=True):
        assert rows(found, factor, "score", country).filter(node="index")["first"].item() == pytest.approx(share)


def test_noise_in_one_pillar_and_a_method_in_the_other_add_up(run):
    """The score is the mean of two independent parts; the variance of each is found by itself."""
    choice = "aggregate.skills=arithmetic,geometric"
    both = sensitivity(run("weights.compute=0.8", choice), 2**12)
    noise, method = sensitivity(run("weights.compute=0.8"), 2**12), sensitivity(run(choice))
    parts = np.array([each.indices["index"].variance[:6] for each in (noise, method)])
    own, varies = both.indices["index"], parts.min(axis=0) > 1e-6
    assert varies.sum() >= 3
    expected = (parts / parts.sum(axis=0))[:, varies]
    assert np.abs(own.first.value[:, :6][:, varies] - expected).max() < 0.05
    assert np.abs(own.total.value[:, :6][:, varies] - expected).max() < 0.05
    assert np.abs(own.variance[:6] - parts.sum(axis=0))[varies].max() < 0.05 * own.variance[:6].max()


def test_without_noise_and_with_the_recipes_own_methods_a_run_is_the_official_one(eari):
    grid = grid_of(varying(eari, "nothing", "normalise=percentile_rank"))
    nodes = tuple(eari.framework.groups_upward)
    scores, ranks = score_runs(grid, every_cell(grid), nodes)
    for node, code in enumerate(nodes):
        own = eari.scores.filter(pl.col("edition") == eari.edition, pl.col("node") == code)
        official = dict(own.select("country", "score").iter_rows())
        expected = [official[unit] for unit in eari.framework.units]
        assert np.allclose(scores[node, 0], np.array(expected, float), rtol=0, atol=1e-12, equal_nan=True)
        assert np.array_equal(ranks[node, 0], official_ranks(eari, code), equal_nan=True)
    assert not np.array_equal(scores[-1, 0], scores[-1, 1])


def test_every_row_is_scored_with_its_own_replicates_and_methods(eari):
    """A row of A with one column of B is what the cell gives when it is asked for that row alone."""
    grid, n = grid_of(varying(eari, "leave-out=indicator")), 64
    planned = plan_runs(grid, n, 3)
    scores, _ = score_runs(grid, planned, ("index",), 1)
    own = planned.rows.reshape(-1, n)
    assert own.shape[0] == len(grid.factors) + 2
    for block, changed in enumerate([(), grid.factors, *((factor,) for factor in grid.factors)]):
        for j in (0, 17, 63):
            place = own[block, j]
            numbers = {noise: [j + n * (noise in changed)] for noise in grid.noises}
            assert {noise: [planned.numbers[noise][place]] for noise in grid.noises} == numbers
            draws = Draws(1, **{noise: np.array(each, np.uint64) for noise, each in numbers.items()})
            *_, (_, alone, _) = grid.all_cells[planned.cell[place]].scores(draws)
            assert np.allclose(scores[0, place], alone[:, 0], rtol=0, atol=1e-12)


def test_a_method_of_a_row_is_that_of_a_or_of_b(run):
    grid = grid_of(run("weights=0.5", *THREE))
    planned = plan_runs(grid, 128, 5)
    combinations = np.array(list(grid.cells))[planned.cell[planned.rows]].reshape(-1, 128, 3)
    a, b = combinations[:2]
    for i, factor in enumerate(grid.factors):
        expected = a.copy()
        if factor in grid.chances:
            expected[:, i - 1] = b[:, i - 1]
        assert np.array_equal(combinations[2 + i], expected)
    shares = [np.bincount(a[:, place]) / 128 for place in range(3)]
    for found, chances in zip(shares, grid.chances.values(), strict=True):
        assert np.abs(found - chances).max() < 0.02


def test_the_table_is_the_same_for_any_number_of_threads(eari):
    found = [sensitivity(eari, 64, 5, resamples=50, threads=threads).table for threads in (1, 2, 5)]
    assert found[0].equals(found[1])
    assert found[0].equals(found[2])
    assert not found[0].equals(sensitivity(eari, 64, 6, resamples=50).table)


def test_the_shift_is_the_mean_distance_of_ranks_from_the_official_ones(eari):
    results = varying(eari, "nothing", "weights=1")
    found, grid = sensitivity(results, 64, 3), grid_of(results)
    planned = plan_runs(grid, 64, 3)
    _, ranks = score_runs(grid, planned, ("index",))
    shift = np.abs(ranks[0] - official_ranks(results, "index")).mean(axis=1)[planned.rows[:128]]
    assert rows(found, "weights", "shift")["sd"].item() == pytest.approx(shift.std(), rel=1e-9)


def test_a_country_without_a_rank_has_no_index_and_does_not_count_in_the_shift(small):
    everyone = ("AT", "BE", "BG", "CY", "CZ")
    for indicator in ("chips", "cables", "price"):
        small.drop(indicator, ("DE",))
    results = varying(small.run(), "weights=0.5")
    assert np.isnan(official_ranks(results, "index")).tolist() == [False] * 5 + [True]
    found = sensitivity(results, 64, 3)
    for output in ("score", "rank"):
        own = rows(found, "weights", output, "DE").row(0, named=True)
        assert (own["first"], own["rows"], own["failed"], own["doubt"]) == (None, 0, 64, "fewer than two complete rows")
    assert set(found.table.filter(pl.col("country").is_in(everyone))["failed"]) == {0}
    shift = rows(found, "weights", "shift").row(0, named=True)
    assert (shift["rows"], shift["failed"]) == (64, 0)


def test_draws_of_an_imputation_are_a_factor(small):
    small.drop("chips", ("DE",), (2023, 2022))
    done = small.run(settings=["impute=multiple", "impute.draws=8"])
    found = sensitivity(varying(done, "weights=0.05"), 256)
    assert found.factors == ("weights", DRAWS)
    own = rows(found, DRAWS, "score")
    imputed = own.filter(country="DE")
    assert imputed["first"].item() > 0.1
    assert (rows(found, "weights", "score")["first"] + own["first"] < 1.1).all()


def test_a_doubtful_index_says_why_and_how_many_points_would_do(eari):
    found = sensitivity(eari, 64, 1, resamples=100)
    own = found.indices["index"]
    marked = doubtful(own)
    table = found.table.filter(node="index")
    assert table["doubt"].drop_nulls().len() == (marked.first | marked.total).sum() + len(found.factors) * sum(
        map(bool, own.reasons)
    )
    shift = rows(found, "weights", "shift").row(0, named=True)
    width = (shift["first_high"] - shift["first_low"]) / 2
    assert width > 0.1
    assert f"first known to +-{width:.2f} only" in shift["doubt"]
    widest = max(kind.half_width[:, -1].max() for kind in (own.first, own.total))
    assert found.enough(0.05) >= 64 * (widest / 0.05) ** 2 > found.enough(0.05) / 2
    for unit in ("EE", "PT"):
        output = 27 + found.units.index(unit)
        wider = max(kind.half_width[:, each].max() for kind in (own.first, own.total) for each in (output, -1))
        assert found.enough(0.01, units=[unit]) >= 64 * (wider / 0.01) ** 2 > found.enough(0.01, units=[unit]) / 2
