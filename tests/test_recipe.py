"""Recipes and own weights: what can be chosen, what is refused and where, and that a choice decides the result."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import readiness
from readiness.reading.demands import node_faults
from readiness.reading.recipes import check_weights, read_weights
from readiness.recipe import Choice, Recipe
from readiness.registry import STEPS, methods

FILE = "recipe.toml"
OWN = "../own.toml"
EU = "EU27_2020"


def places(found):
    return [(each.code, each.file.rsplit("/", 1)[-1], each.row) for each in found]


def test_recipe_fills_in_every_default(small):
    assert small.recipe().declaration() == {
        "name": "plain",
        "impute": {"method": "none"},
        "transform": {"method": "declared"},
        "treat": {"method": "winsorise", "points": 2.0, "skewness": 2.0, "kurtosis": 3.5, "fit": "newest"},
        "normalise": {
            "method": "min_max",
            "low": 0.0,
            "high": 100.0,
            "cut_below": 0,
            "cut_above": 0,
            "fit": "all",
        },
        "weight": {"method": "declared"},
        "aggregate": {"method": "arithmetic"},
        "rank": {"method": "competition", "decimals": 2.0},
    }


def test_built_in_recipes_are_sound():
    for index in ("eari", "desi-2022"):
        folder = readiness.reading.places.index_folder("indicators", index)
        assert readiness.read_recipe(folder / FILE).faults() == []


# old text, new text, code, start of the line that is named
IN_RECIPE = {
    "unknown step": ("[impute]", "[imput]\n[impute]", "E502", "[imput]"),
    "step without method": ('method = "min_max"', "low = 0", "E501", "[normalise]"),
    "method that is no text": ('method = "min_max"', "method = 3", "E501", "method = 3"),
    "text for a number": ("points = 2", 'points = "2"', "E515", "points"),
    "truth for a number": ("points = 2", "points = true", "E503", "points"),
    "number that is infinite": ("points = 2", "points = inf", "E503", "points"),
    "unknown method": ('method = "min_max"', 'method = "minmax"', "E514", 'method = "minmax"'),
    "unknown parameter": ("points = 2", "pointss = 2", "E515", "pointss"),
    "parameter below its bounds": ("points = 2", "points = -1", "E515", "points"),
    "parameter above its bounds": ("decimals = 2", "decimals = 13", "E515", "decimals"),
    "parameter that is not whole": ("points = 2", "points = 1.5", "E515", "points"),
    "unknown editions of a fit": ("points = 2", 'fit = "oldest"', "E515", "fit"),
    "fit of a step that learns nothing": ("decimals = 2", 'fit = "all"', "E515", "fit"),
    "fit that is no text": ("points = 2", "fit = 3", None, "fit = 3"),
    "node's unknown method": (
        "[rank]", '[aggregate_at.compute]\nmethod = "geometrc"\n\n[rank]', "E514", 'method = "geometrc"'),
    "node's parameter": (
        "[rank]", '[aggregate_at.compute]\nmethod = "geometric"\nfloor = -1\n\n[rank]', "E515", "floor"),
}  # fmt: skip


@pytest.mark.parametrize("case", IN_RECIPE)
def test_fault_of_a_recipe_names_its_line(small, violations, case):
    old, new, code, start = IN_RECIPE[case]
    small.edit(FILE, old, new)
    (found,) = violations(small.recipe)
    assert found.code == (code or found.code)
    assert (found.file.rsplit("/", 1)[-1], found.row) == (FILE, small.line(FILE, start))


def test_missing_step_is_refused(small, violations):
    small.edit(FILE, '[weight]\nmethod = "declared"\n', "")
    (found,) = violations(small.recipe)
    assert (found.code, found.column, found.row) == ("E501", "weight.method", None)


@pytest.mark.parametrize("value", ["3", '"compute"', "[1]"])
def test_aggregations_of_nodes_are_a_table(small, violations, value):
    small.write(FILE, f"aggregate_at = {value}\n" + small.path(FILE).read_text(encoding="utf-8"))
    assert {each.row for each in violations(small.recipe)} == {1}


def test_hints_name_the_nearest(small, violations):
    small.edit(FILE, "[impute]", "[imputes]\n[impute]")
    assert violations(small.recipe)[0].hint == "Did you mean impute?"
    small.edit(FILE, "[imputes]\n", "")
    small.edit(FILE, "winsorise", "winsorize")
    assert violations(small.recipe)[0].hint.startswith("Did you mean winsorise")


def test_all_faults_of_a_recipe_are_listed_at_once(small, violations):
    small.edit(FILE, "points = 2", "points = -1\nskew = 2")
    small.edit(FILE, "decimals = 2", "decimals = 2.5")
    small.edit(FILE, '"min_max"', '"min_mx"')
    rows = [small.line(FILE, start) for start in ("points", "skew", 'method = "min_mx"', "decimals")]
    codes = ["E515", "E515", "E514", "E515"]
    assert places(violations(small.recipe)) == [(code, FILE, row) for code, row in zip(codes, rows, strict=True)]


def test_geometric_mean_of_scores_below_zero_is_refused(small, violations):
    small.edit(FILE, '"arithmetic"', '"geometric"')
    assert small.recipe().method("aggregate").name == "geometric"
    small.edit(FILE, '"min_max"', '"min_max"\nlow = -1')
    (found,) = violations(small.recipe)
    assert (found.code, found.row) == ("E516", small.line(FILE, "[aggregate]"))
    small.edit(FILE, '"min_max"\nlow = -1', '"z_score"')
    (found,) = violations(small.recipe)
    assert (found.code, found.found) == ("E516", "geometric of z_score")


def test_geometric_mean_of_one_node_is_refused_too(small, violations):
    small.edit(FILE, '"min_max"', '"z_score"')
    small.write(FILE, small.path(FILE).read_text(encoding="utf-8") + '\n[aggregate_at.index]\nmethod = "geometric"\n')
    assert [each.code for each in violations(small.recipe)] == ["E516"]


def test_replace_changes_the_named_steps_only(small):
    recipe = small.recipe()
    changed = recipe.replace(aggregate="geometric", treat=Choice("winsorise", {"points": 1.0}))
    assert changed.method("aggregate").name == "geometric"
    assert changed.parameters("treat") == {"points": 1.0, "skewness": 2.0, "kurtosis": 3.5}
    assert {step for step in STEPS if changed.steps[step] != recipe.steps[step]} == {"aggregate", "treat"}
    assert changed.name == "plain+aggregate=geometric+treat=winsorise"
    assert recipe.replace("mine", rank="dense").name == "mine"
    assert recipe.method("aggregate").name == "arithmetic"
    with pytest.raises(FrozenInstanceError):
        recipe.name = "other"


def test_replace_refuses_what_a_file_may_not_have(small, violations):
    recipe = small.recipe()
    (found,) = violations(recipe.replace, agregate="geometric")
    assert found.code == "E502"
    assert "aggregate" in found.hint
    assert [each.code for each in violations(recipe.replace, aggregate="geometrik")] == ["E514"]
    assert [each.code for each in violations(recipe.replace, rank=Choice("dense", {"decimals": 0.5}))] == ["E515"]
    assert [each.code for each in violations(recipe.replace, aggregate="geometric", normalise="z_score")] == ["E516"]


def test_node_wins_over_level_and_level_over_all(small):
    recipe = small.recipe()
    at = {"pillar": Choice("geometric", {"floor": 2.0}), "compute": Choice("arithmetic")}
    mixed = Recipe("mixed", recipe.steps, {"aggregate": at})
    assert [mixed.method("aggregate", node, "pillar").name for node in ("compute", "skills")] == [
        "arithmetic",
        "geometric",
    ]
    assert mixed.method("aggregate", "index", "index").name == "arithmetic"
    assert mixed.parameters("aggregate", "skills", "pillar") == {"floor": 2.0}
    assert mixed.declaration()["aggregate_at"]["pillar"] == {"method": "geometric", "floor": 2.0}
    assert "aggregate" not in mixed.replace(aggregate="arithmetic").at
    plain, other = small.run(recipe=recipe).scores, small.run(recipe=mixed).scores
    changed = plain.join(other, on=["edition", "country", "node"]).filter(pl.col("score") != pl.col("score_right"))
    assert set(changed["node"]) == {"skills", "index"}


def test_unknown_node_of_a_recipe_is_refused(small, violations):
    recipe = Recipe(
        "r", small.recipe().steps, {"aggregate": {"computer": Choice("geometric"), "chips": Choice("geometric")}}
    )
    found = node_faults(recipe, small.framework())
    assert [(each.code, each.found) for each in found] == [("E518", "computer"), ("E518", "chips")]
    assert found[0].hint == "Did you mean compute?"
    assert [each.code for each in violations(small.run, recipe=recipe)] == ["E518", "E518"]


def test_goalposts_must_be_declared(small, violations):
    small.edit(FILE, '"min_max"', '"goalposts"')
    assert [each.code for each in violations(small.run)] == ["E501"] * 5
    for code, place in (("chips", "compute"), ("cables", "compute"), ("price", "compute"), ("coders", "skills")):
        small.edit(f"{place}/{code}.toml", 'unit = "points"', 'unit = "points"\ngoalposts = [0, 100]')
    (found,) = violations(small.run)
    assert found.file.endswith("skills/courses.toml")
    small.edit("skills/courses.toml", 'unit = "points"', 'unit = "points"\ngoalposts = [0, 100]')
    scores = small.run().scores.filter((pl.col("country") == "AT") & (pl.col("edition") == 2024))
    found = dict(scores.select("node", "score").iter_rows())
    assert (found["chips"], found["price"], found["coders"]) == (10.0, 91.0, 3.0)


@pytest.mark.parametrize("method", [each for each in methods() if not each.needs], ids=lambda m: f"{m.step}-{m.name}")
def test_every_method_can_be_chosen(small, method):
    small.drop("chips", ("AT",))
    results = small.run(recipe=small.recipe().replace(**{method.step: method.name}))
    ranks = results.ranks["rank"]
    assert ranks.null_count() == 0
    assert ranks.min() == 1


# Own weights


@pytest.mark.parametrize("text", ["compute = 3\nchips = 0\n", "[index]\ncompute = 3\n[compute]\nchips = 0\n"])
def test_own_weights_have_two_forms(small, text):
    weights = read_weights(small.write(OWN, text), small.framework())
    assert weights == {"compute": 3.0, "chips": 0.0}
    results = small.run(weights=small.path(OWN))
    assert_frame_equal(results.scores, small.run(weights=weights).scores)
    assert_frame_equal(results.scores, small.run().reweight(weights).scores)
    assert results.framework.groups["index"].children == {"compute": 3.0, "skills": 1.0}
    assert results.framework.groups["compute"].children == {"chips": 0.0, "cables": 1.0, "price": 2.0}


IN_WEIGHTS = {
    "unknown node": ("skills = 1\ncomputer = 3\n", "E518", 2),
    "unknown group": ("[indx]\ncompute = 3\n", "E518", 1),
    "child of another group": ("[index]\ncompute = 1\ncoders = 3\n", "E518", 3),
    "root": ("index = 1\n", "E518", 1),
    "negative": ("skills = 1\n[compute]\nchips = -1\n", "E506", 3),
    "text": ('skills = "1"\n', "E503", 1),
    "truth": ("skills = true\n", "E503", 1),
    "not a number": ("skills = nan\n", "E503", 1),
    "all zero": ("[index]\ncompute = 0\nskills = 0\n", "E507", 2),
    "all zero with what is declared": ("compute = 0\nskills = 0.0\n", "E507", 1),
    "wrong syntax": ("skills = 1\ncompute 3\n", "E107", 2),
}


@pytest.mark.parametrize("case", IN_WEIGHTS)
def test_fault_of_own_weights_names_its_line(small, violations, case):
    text, code, row = IN_WEIGHTS[case]
    found = violations(small.run, weights=small.write(OWN, text))
    assert places(found) == [(code, "own.toml", row)]


def test_all_faults_of_own_weights_are_listed_at_once(small):
    found = check_weights({"computer": 1, "chips": -1, "price": "2"}, small.framework())
    assert sorted(each.code for each in found) == ["E503", "E506", "E518"]
    assert "compute" in next(each.hint for each in found if each.code == "E518")


def test_reweight_refuses_what_a_file_may_not_have(small, violations):
    results = small.run()
    assert [each.code for each in violations(results.reweight, computer=1)] == ["E518"]
    assert [each.code for each in violations(results.reweight, compute=-1)] == ["E506"]
    assert [each.code for each in violations(results.reweight, {"compute": 0}, skills=0)] == ["E507"]


def test_unknown_edition_is_refused(small, violations):
    (found,) = violations(small.run, edition=2022)
    assert (found.code, found.expected) == ("E517", "one of 2023, 2024")


@pytest.mark.parametrize("asked", [("ATT",), ("AT", "compte"), ("AT", "index", 2022)])
def test_trace_of_what_is_not_there_is_refused(small, violations, asked):
    assert [each.code for each in violations(small.run().trace, *asked)] == ["E520"]


def test_reweight_equals_a_run_with_weights(eari):
    again = readiness.run(weights={"compute": 3, "energy": 0})
    assert_frame_equal(eari.reweight({"compute": 3}, energy=0).scores, again.scores)
    assert not again.scores.equals(eari.scores)
    assert eari.reweight(compute=3).digest != eari.digest


def test_with_recipe_equals_a_run_with_the_recipe(eari):
    recipe = eari.recipe.replace(aggregate="geometric")
    again = eari.with_recipe(recipe)
    assert_frame_equal(again.scores, readiness.run(recipe=recipe).scores)
    index = again.scores.filter((pl.col("node") == "index") & (pl.col("country") != EU))
    both = index.join(eari.scores, on=["edition", "country", "node"])
    assert (both["score"] < both["score_right"]).all(), "a geometric mean is the lower one"
    assert again.scores["contribution"].null_count() == again.scores.height
    assert again.trace("AT").slice(1)["points"].null_count() == len(eari.framework.nodes) - 1
