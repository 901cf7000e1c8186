"""Settings that vary a recipe: what they change, and what is refused with a way out."""

from __future__ import annotations

import pytest

from readiness.reading.overrides import override


@pytest.fixture
def framework(small):
    return small.framework()


@pytest.fixture
def recipe(small):
    return small.recipe()


def test_a_method_starts_from_its_defaults(recipe, framework):
    changed = override(recipe, framework, ["treat=winsorise_then_log", "impute.method=em"])
    assert changed.parameters("treat")["points"] == 5
    assert changed.method("impute").name == "em"
    assert changed.name == "plain+treat=winsorise_then_log+impute.method=em"
    assert recipe.method("impute").name == "none", "the recipe itself is left as it was"


def test_a_parameter_keeps_the_method(recipe, framework):
    changed = override(recipe, framework, ["treat.points=1", "treat.fit=all", "aggregate.coverage=1"])
    assert changed.method("treat").name == "winsorise"
    assert (changed.parameters("treat")["points"], changed.fit("treat")) == (1, "all")
    assert changed.coverage("index", "index") == 1


def test_a_node_has_its_own_method_and_parameter(recipe, framework):
    changed = override(recipe, framework, ["aggregate.index=geometric", "aggregate.index.floor=2"])
    assert changed.method("aggregate", *framework.places("index")).name == "geometric"
    assert changed.parameters("aggregate", *framework.places("index")) == {"floor": 2}
    assert changed.method("aggregate", *framework.places("compute")).name == "arithmetic"


@pytest.mark.parametrize("node", ["compute", "chips", "indicator"])
def test_an_indicator_follows_itself_its_groups_and_its_level(recipe, framework, node):
    changed = override(recipe, framework, [f"normalise.{node}=rank"])
    assert changed.method("normalise", *framework.places("chips")).name == "rank"
    other = changed.method("normalise", *framework.places("coders")).name
    assert other == ("rank" if node == "indicator" else "min_max")


def test_the_nearest_place_wins(recipe, framework):
    settings = ["normalise.indicator=rank", "normalise.compute=borda", "normalise.chips=z_score"]
    changed = override(recipe, framework, settings)
    names = {code: changed.method("normalise", *framework.places(code)).name for code in ("chips", "cables", "coders")}
    assert names == {"chips": "z_score", "cables": "borda", "coders": "rank"}


def test_a_new_general_method_takes_the_place_of_all(recipe, framework):
    changed = override(recipe, framework, ["aggregate.index=geometric", "aggregate=minimum"])
    assert changed.method("aggregate", *framework.places("index")).name == "minimum"


@pytest.mark.parametrize(
    ("setting", "code", "word"),
    [
        ("geometric", "E541", "STEP=METHOD"),
        ("aggregate=", "E541", "STEP=METHOD"),
        ("a.b.c.d=1", "E541", "STEP=METHOD"),
        ("treat.points.more=1", "E541", "is a parameter"),
        ("agregate=geometric", "E502", "aggregate"),
        ("aggregate=geometrik", "E514", "geometric"),
        ("aggregate.compte=geometric", "E518", "compute"),
        ("impute.compute=mean", "E518", "a parameter"),
        ("aggregate.chips=geometric", "E518", "a group or a level"),
        ("treat.points=-1", "E515", "0 to 1000"),
        ("treat.points=many", "E515", "a number"),
        ("treat.pointz=1", "E518", "points"),
        ("treat.fit=oldest", "E515", "newest"),
        ("aggregate.floor=1", "E515", "coverage"),
    ],
)
def test_a_wrong_setting_is_refused(recipe, framework, violations, setting, code, word):
    (found,) = violations(override, recipe, framework, [setting])
    assert (found.code, found.file) == (code, "--set")
    assert word in str(found)


def test_all_faults_come_at_once(recipe, framework, violations):
    found = violations(override, recipe, framework, ["agregate=geometric", "foo", "treat=winsorise"])
    assert {each.code for each in found} == {"E502", "E541"}


def test_what_cannot_go_together_is_refused_with_two_ways_out(recipe, framework, violations):
    (found,) = violations(override, recipe, framework, ["normalise=z_score", "aggregate.index=geometric"])
    assert found.code == "E516"
    assert "normalise = min_max" in found.hint
    assert "aggregate_at.index = arithmetic" in found.hint
    (found,) = violations(override, recipe, framework, ["normalise=z_score", "weight=entropy"])
    assert "weight = equal" in found.hint


def test_a_floor_that_no_score_exceeds_is_refused(recipe, framework, violations):
    """Scores from 0 to 1 under a floor of 1 would make all countries equal, and nobody would be told."""
    (found,) = violations(override, recipe, framework, ["normalise.high=1", "aggregate=geometric"])
    assert (found.code, found.column) == ("E516", "aggregate")
    assert "normalise.high = 100, or aggregate.floor = 0.01" in found.hint
    assert override(recipe, framework, ["normalise.high=1", "aggregate=geometric", "aggregate.floor=0.01"])


@pytest.mark.parametrize("setting", ["transform.chips.base=10", "transform.base=10", "weight.fit=all"])
def test_what_would_change_nothing_is_refused(recipe, framework, violations, setting):
    assert {each.code for each in violations(override, recipe, framework, [setting])} <= {"E515", "E518"}
