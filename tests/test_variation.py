"""What varies in a simulation: how it is declared, what is refused and on which line, and that it is told apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from readiness.choices import Choice
from readiness.reading.demands import node_faults
from readiness.reading.overrides import override
from readiness.results import digest
from readiness.variation import Variation, WeightNoise

FILE = "recipe.toml"
FULL = """
[uncertainty]
leave_out = "indicator"
refit = false
revisions = true

[uncertainty.weights]
method = "uniform"
spread = 0.3

[uncertainty.weights_at.pillar]
method = "dirichlet"
concentration = 50

[uncertainty.weights_at.compute]
method = "flat"

[uncertainty.figures]
flags = { e = 1.5, u = 2 }
common = { "Office" = 0.3, chips = 0 }

[uncertainty.choices]
normalise = ["min_max", { method = "percentile_rank", high = 50 }]
"aggregate.index" = ["geometric"]

[uncertainty.shares]
normalise = [0.75, 0.25]
"""


def declare(small, text):
    small.write(FILE, small.path(FILE).read_text(encoding="utf-8") + "\n" + text)
    return small


def test_every_key_is_read(small):
    variation = declare(small, FULL).recipe().variation
    assert (variation.leave_out, variation.refit, variation.revisions, variation.figures) == (
        "indicator",
        False,
        True,
        True,
    )
    assert variation.weights == WeightNoise("uniform", spread=0.3)
    assert variation.weights_at["pillar"] == WeightNoise("dirichlet", concentration=50)
    assert variation.weights_at["compute"].method == "flat"
    assert (variation.flags, variation.common) == ({"e": 1.5, "u": 2.0}, {"Office": 0.3, "chips": 0.0})
    assert [each.method for each in variation.choices["normalise"]] == ["min_max", "percentile_rank"]
    assert variation.choices["normalise"][1].parameters == {"high": 50.0}
    assert [each.method for each in variation.choices["aggregate.index"]] == ["arithmetic", "geometric"]
    assert (variation.chances("normalise"), variation.chances("aggregate.index")) == ((0.75, 0.25), (0.5, 0.5))
    assert variation.factors == ("weights", "exclusion", "figures", "normalise", "aggregate.index")
    assert node_faults(small.recipe(), small.framework()) == []


def test_nothing_varies_unless_it_is_declared(small):
    assert small.recipe().variation == Variation()
    assert Variation().nothing
    assert not Variation()
    assert Variation().factors == ()
    assert not Variation(weights_at={"pillar": WeightNoise("none")}, flags={"e": 2.0}, common={"x": 0.5}, refit=False)
    assert Variation(revisions=True).factors == ("figures",)
    assert declare(small, "[uncertainty]\nfigures = true").recipe().variation.figures


def test_noise_of_a_group_is_its_own_then_its_level_s_then_the_general(small):
    framework = small.framework()
    variation = Variation(
        weights=WeightNoise("flat"),
        weights_at={"indicator": WeightNoise("uniform"), "skills": WeightNoise("bootstrap")},
    )
    found = {code: variation.noise(framework, code).method for code in ("index", "compute", "skills")}
    assert found == {"index": "flat", "compute": "uniform", "skills": "bootstrap"}


# The recipe's own choice


@pytest.mark.parametrize(
    ("given", "shares", "names", "chances"),
    [
        ('["min_max", "rank"]', "", ["min_max", "rank"], (0.5, 0.5)),
        ('["rank", "min_max"]', "[0.3, 0.7]", ["min_max", "rank"], (0.7, 0.3)),
        ('["rank"]', "[0.3]", ["min_max", "rank"], (0.7, 0.3)),
        ('["rank", { method = "min_max", low = 0, high = 100 }]', "", ["min_max", "rank"], (0.5, 0.5)),
        ('"rank"', "", ["min_max", "rank"], (0.5, 0.5)),
        ('{ method = "rank" }', "", ["min_max", "rank"], (0.5, 0.5)),
    ],
)
def test_the_recipe_s_own_method_comes_first_with_its_share(small, given, shares, names, chances):
    text = f"[uncertainty.choices]\nnormalise = {given}\n"
    variation = declare(small, text + (f"[uncertainty.shares]\nnormalise = {shares}\n" if shares else "")).recipe()
    assert [each.method for each in variation.variation.choices["normalise"]] == names
    assert variation.variation.chances("normalise") == pytest.approx(chances)


def test_a_name_alone_means_the_recipe_s_own_numbers(small):
    """`treat = ["winsorise", ...]` beside points = 2 is no third alternative with the default of five points."""
    variation = declare(small, '[uncertainty.choices]\ntreat = ["winsorise", "none"]').recipe().variation
    assert variation.choices["treat"] == (Choice("winsorise", {"points": 2.0}), Choice("none"))


def test_places_may_be_nested_or_quoted(small):
    quoted = declare(small, '[uncertainty.choices]\n"aggregate.index" = ["geometric"]').recipe()
    small.edit(FILE, '"aggregate.index"', "aggregate.index")
    assert small.recipe() == quoted


def test_alternatives_stay_when_the_method_changes(small):
    recipe = declare(small, '[uncertainty.choices]\ntreat = ["none"]\n"aggregate.index" = ["geometric"]').recipe()
    framework = small.framework()

    def names(changed, place):
        return [each.method for each in changed.variation.choices[place]]

    assert names(recipe.replace(aggregate="geometric"), "aggregate.index") == ["geometric", "arithmetic"]
    assert names(recipe.replace(treat="winsorise_then_log"), "treat") == ["winsorise_then_log", "none"]
    changed = override(recipe, framework, ["aggregate.index=geometric", "treat.points=1"])
    assert names(changed, "aggregate.index") == ["geometric", "arithmetic"]
    assert [dict(each.parameters) for each in changed.variation.choices["treat"]] == [{"points": 1.0}, {}]


def test_a_replicate_s_recipe_has_its_choices_and_varies_nothing(small):
    recipe, framework = declare(small, FULL).recipe(), small.framework()
    picked = recipe.picked({"normalise": Choice("rank"), "aggregate.index": Choice("geometric")})
    assert picked.method("normalise", *framework.places("chips")).name == "rank"
    assert picked.method("aggregate", *framework.places("index")).name == "geometric"
    assert picked.method("aggregate", *framework.places("compute")).name == "arithmetic"
    assert picked.variation.nothing
    assert recipe.method("normalise").name == "min_max"


# Digests


def test_a_recipe_without_variation_declares_what_it_did_before(small):
    before = small.recipe().declaration()
    assert "uncertainty" not in before
    assert declare(small, '[uncertainty.weights]\nmethod = "none"').recipe().declaration() == before
    assert digest(before)[:12] == "7b849e0b3f0a"


def test_all_that_varies_is_declared_with_every_default(small):
    declared = declare(small, FULL).recipe().declaration()["uncertainty"]
    assert declared["weights_at"] == {
        "pillar": {"method": "dirichlet", "concentration": 50.0},
        "compute": {"method": "flat"},
    }
    assert declared["choices"]["aggregate.index"] == [
        {"method": "arithmetic"},
        {"method": "geometric", "floor": 1.0},
    ]
    assert declared["shares"] == {"normalise": [0.75, 0.25], "aggregate.index": [0.5, 0.5]}
    assert digest(declared)


@pytest.mark.parametrize(
    "change",
    [
        {"weights": WeightNoise("uniform", 0.3)},
        {"leave_out": "pillar"},
        {"figures": True},
        {"figures": True, "flags": {"e": 2.0}},
        {"figures": True, "common": {"chips": 0.5}},
        {"revisions": True},
        {"refit": False},
        {"choices": {"normalise": (Choice("rank"),)}},
        {"choices": {"normalise": (Choice("rank"),)}, "shares": {"normalise": (0.4,)}},
    ],
    ids=str,
)
def test_every_change_of_what_varies_changes_the_digest(small, change):
    recipe = replace(small.recipe(), variation=Variation(weights=WeightNoise("uniform")))
    other = replace(recipe, variation=replace(recipe.variation, **change))
    assert digest(other.declaration()) != digest(recipe.declaration())


def test_numbers_without_effect_leave_the_digest(small):
    one, other = (Variation(WeightNoise("flat", spread)) for spread in (0.1, 0.2))
    assert one.declaration() == other.declaration()


# Faults of a file, each with the start of its line
