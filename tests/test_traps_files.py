"""What users of other programmes miss: scales, trees of any shape, single treatment, panels, names, an account."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from index_values import cell, column, varied
from small_index import INDICATOR, SOURCE, UNITS

from readiness.errors import ReadinessError
from readiness.registry import lookup


def goalposts(small, *bounds):
    """Declare goalposts for all indicators in their order."""
    places = ("compute/chips", "compute/cables", "compute/price", "skills/coders", "skills/courses")
    for place, (low, high) in zip(places, bounds, strict=True):
        small.edit(f"{place}.toml", "definition", f"goalposts = [{low}, {high}]\ndefinition")


# Scales


def test_goalposts_on_an_indicator_where_less_is_better(small):
    goalposts(small, (0, 100), (15, 65), (2, 12), (0, 10), (0, 1000))
    results = varied(small, "normalise=goalposts")
    expected = {"AT": 30, "BE": 80, "BG": 50, "CY": 70, "CZ": 60, "DE": 40}  # (12 - price) / 10
    assert column(results, "price") == pytest.approx(expected)
    assert column(results, "chips")["CZ"] == pytest.approx(50)
    for setting in ("normalise.price.high=10", "normalise.price.low=-100"):
        changed = column(small.run(settings=["normalise=goalposts", setting]), "price")
        assert changed["AT"] == pytest.approx(3 if "high" in setting else -40)


def test_output_ranges_that_suit_a_geometric_mean(small):
    """From 1 to 100 no score is zero; the last in one indicator is not the last in all."""
    results = varied(small, "normalise.low=1", "aggregate=geometric")
    scores = np.array([[column(results, leaf)[unit] for unit in UNITS] for leaf in ("chips", "cables", "price")])
    assert (scores.min(), scores.max()) == (1, 100)
    expected = np.exp(np.array([0.25, 0.25, 0.5]) @ np.log(scores))
    assert list(column(results, "compute").values()) == pytest.approx(list(expected), rel=1e-12)
    assert len(set(np.round(expected, 6))) == len(UNITS)


@pytest.mark.parametrize("scale", ["distance_to_maximum", "distance_to_reference"])
@pytest.mark.parametrize("mean", ["geometric", "harmonic", "power_mean"])
def test_a_scale_below_the_floor_of_a_mean_does_not_make_all_equal_in_silence(small, scale, mean):
    """From 0 to 1 no score reaches a floor of 1: refused, told, or ranked apart."""
    try:
        results = varied(small, f"normalise={scale}", f"aggregate={mean}")
    except ReadinessError as error:
        assert "floor" in str(error)
        return
    apart = len(set(np.round(list(column(results, "index").values()), 9))) > 1
    assert apart or any("floor" in note for note in results.notes)


# Trees and nodes


def test_an_indicator_directly_below_the_root_beside_pillars(small, pages_of):
    small.edit("framework.toml", "compute = 1\nskills = 1", "compute = 1\nskills = 1\nports = 2")
    small.write("ports.toml", INDICATOR.format(name="Ports", better="true") + SOURCE)
    for unit, value in zip(UNITS, (4, 2, 5, 1, 3, 6), strict=True):
        small.put("ports", unit, 2023, value)
        small.put("ports", unit, 2022, value)
    results = varied(small)
    parts = [column(results, code) for code in ("compute", "skills", "ports")]
    expected = {unit: (parts[0][unit] + parts[1][unit] + 2 * parts[2][unit]) / 4 for unit in UNITS}
    assert column(results, "index") == pytest.approx(expected, rel=1e-12)
    assert parts[2] == pytest.approx(dict(zip(UNITS, (60, 20, 80, 0, 40, 100), strict=True)))
    walked = results.trace("BG")
    assert "ports" in walked["node"].to_list()
    assert "Ports" in pages_of(results)["BG.html"]


def test_one_indicator_is_treated_by_a_way_of_its_own(small):
    small.put("chips", "DE", 2023, 5000)
    small.put("cables", "DE", 2023, 5000)
    plain = small.run()
    recipe = small.path("recipe.toml").read_text()
    small.write("recipe.toml", recipe + '\n[treat_at.chips]\nmethod = "winsorise"\npoints = 0\n')
    alone = small.run()
    assert cell(plain, "chips", "DE")["treated"] == cell(plain, "chips", "CZ")["treated"] == 50
    assert cell(alone, "chips", "DE")["treated"] == 5000
    assert cell(alone, "cables", "DE")["treated"] == cell(plain, "cables", "DE")["treated"] < 5000


def test_groups_of_one_level_are_aggregated_in_different_ways(small):
    recipe = small.path("recipe.toml").read_text()
    small.write("recipe.toml", recipe + '\n[aggregate_at.compute]\nmethod = "minimum"\n')
    small.edit("recipe.toml", "points = 2", "points = 0")
    results = small.run()
    for unit in UNITS:
        low = min(column(results, leaf)[unit] for leaf in ("chips", "cables", "price"))
        mean = (column(results, "coders")[unit] + column(results, "courses")[unit]) / 2
        assert column(results, "compute")[unit] == low
        assert column(results, "skills")[unit] == pytest.approx(mean, rel=1e-12)


# Panels


@pytest.mark.parametrize(("method", "filled"), [("carry_forward", 18), ("linear_in_time", 24)])
def test_editions_are_run_again_with_gaps_filled_over_time(small, method, filled):
    small.edit("framework.toml", "editions = [2023, 2024]", "editions = [2022, 2023, 2024]")
    small.edit("framework.toml", "max_age = 4", "max_age = 0")
    for code, place in (("chips", 1), ("cables", 2), ("price", 3), ("coders", 4)):
        for unit in UNITS:
            small.put(code, unit, 2021, 5 + place * UNITS.index(unit))
    small.put("chips", "BE", 2021, 18)
    small.put("chips", "BE", 2023, 30)
    small.drop("chips", ("BE",), (2022,))
    plain, results = small.run(), small.run(settings=[f"impute={method}"])
    assert (cell(plain, "chips", "BE", 2023)["status"], cell(plain, "chips", "BE", 2023)["imputed"]) == ("gap", None)
    own = cell(results, "chips", "BE", 2023)
    assert (own["status"], own["imputation"], own["imputed"]) == ("imputed", method, filled)
    assert own["raw"] is None
    assert cell(results, "chips", "BE", 2024)["imputed"] == 30
    assert column(results, "chips", 2023)["BE"] is not None
    assert column(plain, "chips", 2023)["BE"] is None
    assert column(results, "index", 2023) != column(plain, "index", 2023)


# Words


@pytest.mark.parametrize(
    ("series", "geo", "near"), [("chipz", "DE", "Did you mean chips"), ("chips", "DEU", "Did you mean DE")]
)
def test_a_code_that_differs_is_told_with_the_nearest(small, violations, series, geo, near):
    small.put(series, geo, 2023, 5)
    (found,) = violations(small.run)
    assert near in str(found)
    assert found.row == len(small.rows) + 1


@pytest.mark.parametrize("language", ["", ".de", ".el"])
def test_pages_show_names_instead_of_codes(small, pages_of, language):
    """A name that the index gives a unit stands in every language: it may hide which country it is."""
    names = {unit: f"Land of {number}" for number, unit in enumerate(UNITS)}
    table = "\n".join(f'{unit} = "{name}"' for unit, name in names.items())
    small.edit("framework.toml", "[weights.index]", f"[unit_names]\n{table}\n\n[weights.index]")
    made = pages_of(small.run())
    for unit, name in names.items():
        assert name in made[f"index{language}.html"]
        assert name in made[f"{unit}.html"].partition("</title>")[0]
    known = {"": "Cyprus", ".de": "Zypern", ".el": "Κύπρος"}[language]
    assert known not in "".join(made.values())


def test_what_a_run_did_is_told(small, tmp_path):
    small.drop("chips", ("AT",))
    settings = [
        "impute=regression",
        "impute.correlation=0.1",
        "impute.pairs=3",
        "treat.chips=log",
        "aggregate.coverage=0.4",
    ]
    results = small.run(settings=settings)
    manifest = json.loads((results.write(tmp_path, products=()) / "manifest.json").read_text(encoding="utf-8"))
    told = manifest["recipe"]
    for step, choice in results.recipe.steps.items():
        assert told[step]["method"] == choice.method
        known = {} if choice.method == "declared" else lookup(step, choice.method).parameters
        assert set(known) <= set(told[step]), step
    assert (told["impute"]["correlation"], told["impute"]["siblings_only"]) == (0.1, 1)
    assert told["aggregate"]["coverage"] == 0.4
    assert set(told["treat_at"]["chips"]) == {"method", "fit", *lookup("treat", "log").parameters}
    assert manifest["recipe"]["name"] == "+".join(["plain", *settings])
    filled = results.cells.filter(pl.col("status") == "imputed")
    assert set(filled["country"]) == {"AT"}
    assert set(filled["imputation"]) == {"regression"}
    assert filled["imputation_error"].null_count() == 0
    assert filled["imputation_error"].min() > 0
    assert results.cells.filter(pl.col("status") == "used")["imputation"].is_null().all()
