"""Plain functions in the place of methods, and what a framework must have for some methods."""

from __future__ import annotations

from functools import partial

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import readiness
from readiness.own_methods import identity
from readiness.recipe import Choice


def fill_with_zero(x):
    return np.where(np.isnan(x), 0.0, x)


def double(x):
    return 2.0 * x


def as_fraction(x, direction):
    low, high = np.nanmin(x, axis=1, keepdims=True), np.nanmax(x, axis=1, keepdims=True)
    share = (x - low) / (high - low)
    return np.where(direction[:, None, None] > 0, share, 1 - share)


def by_spread(given, sample):
    return np.nanstd(sample, axis=1)


def weighted_mean(x, w):
    share = np.where(np.isnan(x), 0.0, w[:, None, :])
    return np.nansum(share * x, axis=0) / share.sum(axis=0)


def lowest_first(x):
    return np.argsort(np.argsort(x, axis=0), axis=0) + 1.0


def all_alike(x, w):
    return np.zeros(3)


OWN = {
    "impute": fill_with_zero,
    "transform": double,
    "treat": double,
    "normalise": as_fraction,
    "weight": by_spread,
    "aggregate": weighted_mean,
    "rank": lowest_first,
}


@pytest.mark.parametrize("step", OWN)
def test_a_plain_function_takes_the_place_of_any_step(small, step):
    recipe = small.recipe().replace(**{step: OWN[step]})
    results = small.run(recipe=recipe)
    assert results.ranks["score"].null_count() == 0
    declared = recipe.declaration()[step]
    assert declared["method"] == OWN[step].__name__
    assert declared["function"] == identity(OWN[step])
    assert recipe.name == f"plain+{step}={OWN[step].__name__}"


def test_a_mean_of_ones_own_gives_the_scores_of_the_registered_one(small):
    small.drop("chips", ("AT", "BE"))
    plain = small.run()
    own = plain.with_recipe(plain.recipe.replace(aggregate=weighted_mean))
    assert_frame_equal(
        own.scores.select("score", "rank", "covered"), plain.scores.select("score", "rank", "covered"), abs_tol=1e-12
    )
    assert own.digest != plain.digest


def test_a_function_for_one_node_only(small):
    recipe = small.recipe()
    mixed = readiness.Recipe("r", recipe.steps, {"aggregate": {"compute": Choice("own", function=weighted_mean)}})
    assert_frame_equal(
        small.run(recipe=mixed).scores.select("score"), small.run().scores.select("score"), abs_tol=1e-12
    )


def test_coverage_holds_for_a_function_too(small):
    recipe = small.recipe().replace(aggregate=Choice("own", {"coverage": 1.0}, function=weighted_mean))
    small.drop("chips", ("AT",))
    scores = small.run(recipe=recipe).scores
    own = scores.filter((pl.col("node") == "compute") & (pl.col("country") == "AT") & (pl.col("edition") == 2024))
    assert own["score"].to_list() == [None]
    assert "100 % is needed" in own["reason"][0]


def test_a_result_of_another_shape_is_refused(small, violations):
    recipe = small.recipe().replace(aggregate=all_alike)
    (found,) = violations(small.run, recipe=recipe)
    assert (found.code, found.file, found.found) == ("E542", "all_alike", "3")


def test_the_identity_is_what_the_function_does():
    assert identity(double) == identity(double)
    assert identity(double) != identity(fill_with_zero)


class Power:
    def __init__(self, exponent):
        self.exponent = exponent

    def __call__(self, x):
        return x**self.exponent

    def of(self, x):
        return x**self.exponent


def down(x, again=None):
    def again(y):
        return again(y - 1) if y > 0 else x

    return again


def test_a_function_that_carries_itself_has_an_identity():
    assert identity(down(1)) == identity(down(1)) != identity(down(2))


def times(factor):
    return lambda x: factor * x


def test_the_identity_holds_the_values_that_a_function_carries_along():
    def scaled(x, factor=2.0):
        return factor * x

    assert identity(times(2.0)) == identity(times(2.0))
    assert identity(times(2.0)) != identity(times(3.0))
    assert identity(times(np.array([1.0]))) != identity(times(np.array([2.0])))
    assert identity(Power(1)) == identity(Power(1)) != identity(Power(2))
    assert identity(Power(1).of) != identity(Power(2).of)
    assert identity(partial(scaled, factor=2.0)) != identity(partial(scaled, factor=3.0)) != identity(scaled)


# What a framework must have


def test_a_grouping_is_needed_for_group_means(small, violations):
    recipe = small.recipe().replace(impute="group_mean")
    (found,) = violations(small.run, recipe=recipe)
    assert found.code == "E543"
    small.edit(
        "framework.toml",
        "[weights.index]",
        '[clusters.size]\nbig = ["DE", "AT"]\nsmall = ["BE", "CY"]\n\n[weights.index]',
    )
    small.drop("chips", ("AT", "BG"))
    results = small.run(recipe=recipe)
    cells = results.cells.filter((pl.col("indicator") == "chips") & (pl.col("edition") == 2024))
    found = {row["country"]: (row["imputed"], row["imputation"]) for row in cells.iter_rows(named=True)}
    assert found["AT"] == (60.0, "group_mean"), "Germany's, the only other of its group"
    assert found["BE"] == (20.0, None), "its own figure"
    assert found["BG"] == (None, None), "in no group"
    (fault,) = violations(small.run, recipe=small.recipe().replace(impute=Choice("group_mean", {"by": "siz"})))
    assert (fault.code, fault.hint) == ("E543", "Did you mean size?")


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ('[clusters.size]\nbig = ["DE", "XX"]\n', "E513"),
        ('[clusters.size]\nbig = ["DE"]\nsmall = ["DE"]\n', "E512"),
        ("[clusters.size]\nbig = 3\n", "E503"),
        ("[clusters]\nsize = 3\n", "E503"),
        ('[unit_names]\nXX = "Nowhere"\n', "E513"),
        ("[unit_names]\nDE = 3\n", "E503"),
    ],
)
def test_faults_of_groupings_and_names_are_found(small, violations, table, code):
    small.edit("framework.toml", "[weights.index]", f"{table}\n[weights.index]")
    assert [each.code for each in violations(small.framework)] == [code]


def test_names_of_units_are_shown(small):
    small.edit("framework.toml", "[weights.index]", '[unit_names]\nDE = "Land der Ideen"\n\n[weights.index]')
    results = small.run()
    assert "Land der Ideen" in results.ranks["name"]
    assert "Austria" in results.ranks["name"]


def test_goalposts_go_through_the_transform(small, violations):
    for code, place in (
        ("chips", "compute"),
        ("cables", "compute"),
        ("price", "compute"),
        ("coders", "skills"),
        ("courses", "skills"),
    ):
        small.edit(f"{place}/{code}.toml", "definition", "goalposts = [1, 100]\ndefinition")
    small.edit("compute/chips.toml", "definition", 'transform = "log"\ndefinition')
    results = small.run(recipe=small.recipe().replace(normalise="goalposts", treat="none"))
    row = results.cells.filter(
        (pl.col("indicator") == "chips") & (pl.col("country") == "AT") & (pl.col("edition") == 2024)
    ).row(0, named=True)
    assert row["raw"] == 10
    assert row["normalised"] == pytest.approx(50, abs=1e-12), "log 10 lies half way from log 1 to log 100"
    small.edit("compute/chips.toml", "[1, 100]", "[0, 100]")
    (found,) = violations(small.run, recipe=small.recipe().replace(normalise="goalposts"))
    assert (found.code, found.column) == ("E544", "goalposts")


def test_the_reference_unit_scores_the_upper_end(small, violations):
    recipe = small.recipe().replace(normalise=Choice("distance_to_reference", {"unit": "CZ"}), treat="none")
    cells = small.run(recipe=recipe).cells.filter((pl.col("country") == "CZ") & (pl.col("edition") == 2024))
    high = recipe.parameters("normalise")["high"]
    assert cells["normalised"].to_list() == pytest.approx([high] * 5)
    (found,) = violations(
        small.run, recipe=small.recipe().replace(normalise=Choice("distance_to_reference", {"unit": "XX"}))
    )
    assert found.code == "E543"


def test_multiple_imputation_pools_its_draws(small):
    small.drop("chips", ("AT",))
    recipe = small.recipe().replace(impute=Choice("multiple", {"draws": 8.0, "seed": 3.0}))
    results = small.run(recipe=recipe)
    index = results.scores.filter(
        (pl.col("node") == "index") & (pl.col("edition") == 2024) & pl.col("rank").is_not_null()
    )
    errors = dict(index.select("country", "imputation_error").iter_rows())
    assert errors["AT"] > 0
    assert results.cells.filter(pl.col("status") == "imputed")["imputation_error"].min() > 0
    assert_frame_equal(results.scores, small.run(recipe=recipe).scores)
    other = small.run(recipe=small.recipe().replace(impute=Choice("multiple", {"draws": 8.0, "seed": 4.0})))
    assert other.digest != results.digest
    assert other.scores["score"].to_list() != results.scores["score"].to_list()


def test_a_goalpost_that_the_treatment_cannot_bend_is_refused(violations):
    """Otherwise the indicator would be a gap for every country, and with it the index."""
    found = violations(readiness.run, index="tai-2008", settings=["treat=log", "treat.always=1"])
    assert {each.code for each in found} == {"E544"}
    (hint,) = (each.hint for each in found if each.file.endswith("tai-2008/patents.toml"))
    assert "treat_at.patents = none" in hint
