"""What varies in a simulation: how it is declared, what is refused and on which line, and that it is told apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

import readiness
from readiness.choices import Choice
from readiness.reading.demands import node_faults
from readiness.reading.overrides import override
from readiness.reading.places import index_folder
from readiness.reading.variations import vary
from readiness.recipe import Recipe
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

NOISE = "[uncertainty.weights]\n"
FIGURES = "[uncertainty.figures]\n"
CHOICES = "[uncertainty.choices]\n"
IN_FILE = {
    "unknown key": ("[uncertainty]\nleaveout = 'pillar'", "E502", "leaveout"),
    "not a table": ("uncertainty = 3", "E503", "uncertainty"),
    "switch that is no truth": ("[uncertainty]\nrefit = 1", "E503", "refit"),
    "figures that are a text": ("[uncertainty]\nfigures = 'yes'", "E503", "figures"),
    "noise without method": (NOISE + "spread = 0.3", "E501", "[uncertainty.weights]"),
    "unknown noise": (NOISE + "method = 'normal'", "E741", "method = 'normal'"),
    "unknown key of noise": (NOISE + "method = 'flat'\nspred = 0.3", "E502", "spred"),
    "number of another noise": (NOISE + "method = 'flat'\nspread = 0.3", "E515", "spread"),
    "number of the other noise": (NOISE + "method = 'uniform'\nconcentration = 3", "E515", "concentration"),
    "no spread": (NOISE + "method = 'uniform'\nspread = 0", "E742", "spread"),
    "spread above one": (NOISE + "method = 'uniform'\nspread = 1.01", "E742", "spread"),
    "concentration below one": (NOISE + "method = 'dirichlet'\nconcentration = 0.5", "E742", "concentration"),
    "concentration that is a text": (NOISE + "method = 'dirichlet'\nconcentration = '9'", "E503", "concentration"),
    "noise of a level": ("[uncertainty.weights_at.pillar]\nmethod = 'uniform'\nspread = 2", "E742", "spread"),
    "noise of a level that is a number": ("[uncertainty.weights_at]\npillar = 0.3", "E503", "pillar = 0.3"),
    "unknown key of figures": (FIGURES + "flag = { e = 1.5 }", "E502", "flag"),
    "letter that is no flag": (FIGURES + "flags = { q = 1.5 }", "E743", "flags"),
    "flag of a figure that is never used": (FIGURES + "flags = { m = 1.5 }", "E743", "flags"),
    "two letters": (FIGURES + "flags = { ep = 1.5 }", "E743", "flags"),
    "factor below one": (FIGURES + "flags = { e = 0.5 }", "E742", "flags"),
    "factor in a table": ("[uncertainty.figures.flags]\ne = 101", "E742", "e = 101"),
    "factor that is a text": (FIGURES + "flags = { e = 'x' }", "E503", "flags"),
    "share above one": (FIGURES + "common = { Office = 1.5 }", "E742", "common"),
    "alternatives of no step": (CHOICES + "normalize = ['rank']", "E502", "normalize"),
    "unknown alternative": (CHOICES + "normalise = ['min_max', 'rnk']", "E514", "normalise = ["),
    "parameter of an alternative": (CHOICES + "treat = [{ method = 'winsorise', points = -1 }]", "E515", "treat"),
    "alternative that is a number": (CHOICES + "treat = [3]", "E501", "treat = [3]"),
    "parameter that is a truth": (CHOICES + "treat = [{ method = 'winsorise', points = true }]", "E503", "treat = [{"),
    "alternative twice": (CHOICES + "normalise = ['rank', 'rank']", "E744", "normalise = ["),
    "the same with its defaults": (
        CHOICES + "aggregate = ['geometric', { method = 'geometric', floor = 1 }]", "E744", "aggregate = ["),
    "nothing to choose from": (CHOICES + "normalise = ['min_max']", "E745", "normalise = ["),
    "shares of no alternatives": ("[uncertainty.shares]\nnormalise = [0.5, 0.5]", "E746", "normalise = ["),
    "shares that are a text": ("[uncertainty.shares]\nnormalise = 'half'", "E503", "normalise = 'half'"),
    "too few shares": (CHOICES + "treat = ['none', 'box_cox', 'winsorise']\n[uncertainty.shares]\ntreat = [0.5, 0.5]",
        "E746", "treat = [0.5"),
    "shares that are no whole": (CHOICES + "treat = ['winsorise', 'none']\n[uncertainty.shares]\ntreat = [0.5, 0.4]",
        "E746", "treat = [0.5"),
    "shares that leave nothing": (CHOICES + "treat = ['none']\n[uncertainty.shares]\ntreat = [1]",
        "E746", "treat = [1"),
}  # fmt: skip


@pytest.mark.parametrize("case", IN_FILE)
def test_fault_of_a_file_names_its_line(small, violations, case):
    text, code, start = IN_FILE[case]
    before = text if text.startswith("uncertainty") else ""
    small.write(FILE, f"{before}\n{small.path(FILE).read_text(encoding='utf-8')}\n{'' if before else text}\n")
    (found,) = violations(small.recipe)
    assert (found.code, found.row) == (code, small.line(FILE, start))


def test_all_faults_of_a_file_are_listed_at_once(small, violations):
    declare(
        small,
        "[uncertainty.weights]\nmethod = 'norml'\n[uncertainty.figures]\nflags = { z = 2 }\ncommon = { Office = 2 }\n"
        "[uncertainty.choices]\nnormalise = ['rnk', 'rank', 'rank']\n",
    )
    small.edit(FILE, "points = 2", "points = -1")
    starts = ("points", "method = 'norml'", "flags", "common", "normalise", "normalise")
    found = violations(small.recipe)
    assert [(each.code, each.row) for each in found] == [
        (code, small.line(FILE, start))
        for code, start in zip(("E515", "E741", "E743", "E742", "E744", "E514"), starts, strict=True)
    ]


# What the index must have

IN_INDEX = {
    "level to leave out": ("[uncertainty]\nleave_out = 'pilar'", "E518", "leave_out", "pillar"),
    "the index itself": ("[uncertainty]\nleave_out = 'index'", "E518", "leave_out", ""),
    "group of noise": ("[uncertainty.weights_at.compte]\nmethod = 'flat'", "E518", "weights_at.compte", "compute"),
    "indicator of noise": ("[uncertainty.weights_at.chips]\nmethod = 'flat'", "E518", "weights_at.chips", ""),
    "organisation": (FIGURES + "common = { Ofice = 0.3 }", "E518", "figures.common.Ofice", "Office"),
    "node of alternatives": (CHOICES + "'aggregate.indx' = ['geometric']", "E518", "choices.aggregate.indx", "index"),
    "indicator's mean": (CHOICES + "'aggregate.chips' = ['geometric']", "E518", "choices.aggregate.chips", ""),
    "imputation of a node": (CHOICES + "'impute.compute' = ['mean']", "E518", "choices.impute.compute", ""),
    "opinions": (CHOICES + "weight = ['budget_allocation']", "E543", "choices.weight", ""),
    "reference unit": (
        CHOICES + "normalise = [{ method = 'distance_to_reference', unit = 'FR' }]", "E543", "choices.normalise", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", IN_INDEX)
def test_what_the_index_lacks_is_named(small, case):
    text, code, column, near = IN_INDEX[case]
    small.edit("compute/chips.toml", "\n[source]", '\n[error]\nmodel = "none"\nreason = "exact"\n\n[source]')
    small.edit("skills/coders.toml", "\n[source]", ABSOLUTE + "\n[source]")
    found = node_faults(declare(small, text).recipe(), small.framework())
    assert {(each.code, each.column) for each in found} == {(code, f"uncertainty.{column}")}
    assert near in found[0].hint


ABSOLUTE = '\n[error]\nmodel = "absolute"\nsize = 1\nreason = "assumed"\n'


def test_errors_must_be_declared_with_a_size(small):
    declare(small, "[uncertainty]\nfigures = true")
    (found,) = node_faults(small.recipe(), small.framework())
    assert (found.code, found.column) == ("E745", "uncertainty.figures")
    small.edit("compute/chips.toml", "\n[source]", ABSOLUTE.replace("size = 1\n", "") + "\n[source]")
    (found,) = node_faults(small.recipe(), small.framework())
    assert (found.code, found.column, found.file.endswith("chips.toml")) == ("E501", "error.size", True)


def test_goalposts_of_an_alternative_are_asked_for_once(small):
    declare(small, "[uncertainty.choices]\nnormalise = ['goalposts']\n'normalise.compute' = ['goalposts']")
    found = node_faults(small.recipe(), small.framework())
    assert [(each.code, each.column) for each in found] == [("E501", "goalposts")] * 5


def test_alternatives_that_do_not_go_together_are_left_to_the_simulation(small):
    recipe = declare(small, "[uncertainty.choices]\nnormalise = ['z_score']\naggregate = ['geometric']").recipe()
    assert recipe.variation.factors == ("normalise", "aggregate")
    assert node_faults(recipe, small.framework()) == []


def test_a_level_of_one_node_cannot_be_left_out(small):
    framework = small.framework()
    groups = {code: group for code, group in framework.groups.items() if code != "skills"}
    groups["index"] = replace(groups["index"], children={"compute": 1.0})
    recipe = replace(small.recipe(), variation=Variation(leave_out="pillar"))
    (found,) = node_faults(recipe, replace(framework, groups=groups))
    assert (found.code, found.found) == ("E745", "one pillar")


def test_a_node_that_follows_its_level_needs_its_own_method_first(small):
    recipe = small.recipe()
    at = {"aggregate": {"pillar": Choice("geometric")}}
    varied = Recipe("r", recipe.steps, at, Variation(choices={"aggregate.compute": (Choice("harmonic"),)}))
    (found,) = node_faults(varied, small.framework())
    assert found.code == "E748"
    assert "[aggregate_at.compute]" in found.hint


def test_values_of_python_are_checked_as_those_of_a_file(small):
    wrong = Variation(
        weights=WeightNoise("dirichlet", concentration=float("nan")),
        flags={"e": "much"},
        choices={"normalize": (Choice("rank"),), "treat": (Choice("none"),) * 2},
    )
    found = node_faults(replace(small.recipe(), variation=wrong), small.framework())
    assert sorted(each.code for each in found) == ["E502", "E742", "E742", "E744"]


# Settings


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (["weights"], {"weights": WeightNoise("uniform", 0.25)}),
        (["weights=0.3"], {"weights": WeightNoise("uniform", 0.3)}),
        (["weights=uniform:0.3"], {"weights": WeightNoise("uniform", 0.3)}),
        (["weights=dirichlet:50"], {"weights": WeightNoise("dirichlet", concentration=50.0)}),
        (["weights=flat"], {"weights": WeightNoise("flat")}),
        (["weights=bootstrap"], {"weights": WeightNoise("bootstrap")}),
        (["weights=off"], {"weights": WeightNoise("none")}),
        (["weights.pillar=0.1"], {"weights_at": {"pillar": WeightNoise("uniform", 0.1)}}),
        (["leave-out=indicator"], {"leave_out": "indicator"}),
        (["leave_out=indicator", "leave-out=off"], {}),
        (["figures"], {"figures": True}),
        (["figures", "figures=off"], {}),
        (["flags.e=1.5"], {"figures": True, "flags": {"e": 1.5}}),
        (["common.Office=0.3"], {"figures": True, "common": {"Office": 0.3}}),
        (["revisions", "refit=off"], {"revisions": True, "refit": False}),
        (["weights=0.3", "nothing", "leave-out=pillar"], {"leave_out": "pillar"}),
        ([], {}),
    ],
)
def test_a_setting_says_what_varies(small, settings, expected):
    small.edit("skills/coders.toml", "\n[source]", ABSOLUTE + "\n[source]")
    changed = vary(small.recipe(), small.framework(), settings)
    assert changed.variation == Variation(**expected)
    assert changed.name == "plain"


@pytest.mark.parametrize(
    ("setting", "names", "chances"),
    [
        ("normalise=min_max,z_score", ["min_max", "z_score"], (0.5, 0.5)),
        ("normalise=z_score,rank", ["min_max", "z_score", "rank"], (1 / 3,) * 3),
        ("normalise=rank:0.3", ["min_max", "rank"], (0.7, 0.3)),
        ("normalise=rank:0.3, min_max:0.7", ["min_max", "rank"], (0.7, 0.3)),
        ("aggregate.index=arithmetic,geometric", ["arithmetic", "geometric"], (0.5, 0.5)),
        ("normalise=min_max(low=1,high=10),rank", ["min_max", "min_max", "rank"], (1 / 3,) * 3),
    ],
)
def test_a_setting_names_alternatives(small, setting, names, chances):
    variation = vary(small.recipe(), small.framework(), [setting]).variation
    place = setting.partition("=")[0]
    assert [each.method for each in variation.choices[place]] == names
    assert variation.chances(place) == pytest.approx(chances)
    if "low=1" in setting:
        assert variation.choices[place][1].parameters == {"low": 1.0, "high": 10.0}
    assert vary(small.recipe(), small.framework(), [setting, f"{place}=off"]).variation.nothing


@pytest.mark.parametrize(
    ("setting", "code", "word"),
    [
        ("0.3", "E749", "weights"),
        ("wieghts=0.3", "E749", "Did you mean weights"),
        ("weights=", "E749", "weights=0.25"),
        ("weights=flat:3", "E749", "weights=0.25"),
        ("weights=dirichlet:x", "E749", "weights=0.25"),
        ("weights=normal", "E741", "uniform"),
        ("weights=2", "E742", "up to 1"),
        ("weights=nan", "E742", "up to 1"),
        ("weights.pilar=0.1", "E518", "pillar"),
        ("leave-out", "E749", "leave-out=LEVEL"),
        ("leave-out=pilar", "E518", "Did you mean pillar"),
        ("figures=maybe", "E749", "figures=off"),
        ("figures.chips", "E749", "figures=off"),
        ("figures", "E745", "[error]"),
        ("flags.e=much", "E749", "flags.LETTER=FACTOR"),
        ("nothing=1", "E749", "nothing"),
        ("normalise", "E749", "normalise=METHOD"),
        ("normalise=min_max", "E745", "alternative"),
        ("normalise=rnk", "E514", "rank"),
        ("normalise=rank,rank", "E744", "once"),
        ("normalise=rank:x", "E749", "METHOD:SHARE"),
        ("normalise=rank:0.3,z_score", "E746", "3 numbers"),
        ("normalise=rank(low)", "E749", "NUMBER=VALUE"),
        ("normalise=min_max(low=200)", "E515", "low below high"),
        ("aggregate.indx=geometric", "E518", "index"),
        ("impute.compute=mean", "E518", "impute alone"),
    ],
)
def test_a_wrong_setting_is_refused(small, violations, setting, code, word):
    (found,) = violations(vary, small.recipe(), small.framework(), [setting])
    assert (found.code, found.file) == (code, "--vary")
    assert word in str(found)


def test_all_faults_of_settings_come_at_once(small, violations):
    found = violations(vary, small.recipe(), small.framework(), ["foo", "weights=2", "leave-out=pilar"])
    assert sorted(each.code for each in found) == ["E518", "E742", "E749"]


# Built-in indices


def test_built_in_recipes_say_what_varies():
    varied = {}
    for index in ("eari", "hdi", "desi-2022", "tai-2008"):
        folder = index_folder("indicators", index)
        recipe = readiness.read_recipe(folder / FILE)
        assert node_faults(recipe, readiness.read_framework(folder)) == []
        varied[index] = recipe.variation
    assert varied.pop("eari").factors == ("weights", "figures", "normalise", "treat", "aggregate.index")
    assert all(each == Variation(weights=WeightNoise("uniform", 0.25)) for each in varied.values())
