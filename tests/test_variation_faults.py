"""Every fault of what varies, in a file, in an index and in settings."""

from __future__ import annotations

from dataclasses import replace

import pytest

import readiness
from readiness.choices import Choice
from readiness.reading.demands import node_faults
from readiness.reading.places import index_folder
from readiness.reading.variations import vary
from readiness.recipe import Recipe
from readiness.variation import Variation, WeightNoise

FILE = "recipe.toml"


def declare(small, text):
    small.write(FILE, small.path(FILE).read_text(encoding="utf-8") + "\n" + text)
    return small


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
    assert varied.pop("eari").factors == ("weights", "figures", "treat", "aggregate.index")
    assert all(each == Variation(weights=WeightNoise("uniform", 0.25)) for each in varied.values())
