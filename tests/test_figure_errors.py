"""Standard errors of figures: computed by hand from what indicators declare, flags, denominators and vintages."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from small_index import UNITS

import readiness
from readiness.editions import used_figures
from readiness.figure_errors import figure_errors
from readiness.reading.places import index_folder
from readiness.results import prepare
from readiness.variation import Variation

FIGURES = Variation(figures=True)
ERROR = '\n[error]\nmodel = "{model}"\n{size}reason = "assumed"\n'


@pytest.fixture(scope="module")
def built_in():
    """Return the errors of edition 2026 of the built-in index, by indicator and unit, and the whole."""
    framework = readiness.read_framework(index_folder("indicators", "eari"))
    panel = readiness.read_panel(index_folder("data", "eari"), framework)
    recipe = readiness.read_recipe(index_folder("indicators", "eari") / "recipe.toml")
    errors = figure_errors(framework, panel, used_figures(framework, panel, [2025, 2026]), 2026, recipe.variation)
    place = {code: row for row, code in enumerate(framework.leaves)}
    unit = {code: column for column, code in enumerate(framework.units)}
    return errors, lambda code, geo: (place[code], unit[geo])


def errors_of(small, variation=FIGURES, edition=2024, **more):
    """Return the errors of the small index and the position of each indicator."""
    framework = small.framework()
    panel = readiness.read_panel(small.write_figures(), framework)
    used = used_figures(framework, panel, framework.editions)
    place = {code: row for row, code in enumerate(framework.leaves)}
    return figure_errors(framework, panel, used, edition, variation, **more), place


def give(small, code, model, size=None):
    """Give an indicator of the small index a model of error."""
    folder = "skills" if code in ("coders", "courses") else "compute"
    text = ERROR.format(model=model, size="" if size is None else f"size = {size}\n")
    small.edit(f"{folder}/{code}.toml", "\n[source]", f"{text}\n[source]")


# The built-in index, by hand


@pytest.mark.parametrize(
    ("code", "geo", "expected"),
    [
        ("wgi_rule_of_law", "AT", 0.163558),  # published, figure of 2023
        ("renewables_elec_generation", "AT", 1.0),  # percentage, absolute
        ("ict_specialists_emp", "AT", 0.2),
        ("top500_systems", "DE", 0.05 * 41 / 83.237124),  # relative, per million of 2022
        ("top500_systems", "MT", 0.0),  # a country without a system stays at zero
        ("elec_generation_per_capita", "CY", 0.02 * 4311.4956 * 1331376 / 904705),  # both populations of 2022
        ("gbard_gdp", "AT", 0.05 * 0.95 * 1.5),  # p
        ("gbard_gdp", "IE", 0.05 * 0.2 * 1.5),  # e
        ("stem_doctorates_per_1000", "PL", 0.05 * 1.5),  # de: d does not count
    ],
)
def test_errors_of_real_figures_are_those_computed_by_hand(built_in, code, geo, expected):
    errors, at = built_in
    assert errors.size[at(code, geo)] == pytest.approx(expected, rel=1e-6, abs=0)


def test_limits_are_divided_as_the_figures_are(built_in):
    errors, at = built_in
    assert (errors.low[at("wgi_rule_of_law", "AT")], errors.high[at("wgi_rule_of_law", "AT")]) == (-2.5, 2.5)
    assert (errors.low[at("ai_ml_ent", "AT")], errors.high[at("ai_ml_ent", "AT")]) == (1, 100)
    assert errors.high[at("top500_systems", "DE")] == pytest.approx(500 / 83.237124)
    assert errors.notes == ()
    assert errors.size.shape == errors.low.shape == errors.high.shape == (38, 27)
    assert not errors.common.any()


def test_a_gap_has_no_error_and_no_limits(small):
    for code in ("coders", "courses"):
        give(small, code, "absolute", 6)
        small.edit(f"skills/{code}.toml", 'unit = "points"', 'unit = "points"\nrange = [0.5, 900]')
    small.drop("coders", ("AT",))
    small.drop("courses", ("BE",))
    errors, place = errors_of(small)
    for code, column in (("coders", 0), ("courses", 1)):
        row = place[code]
        assert (errors.size[row, column], errors.low[row, column], errors.high[row, column]) == (0, -np.inf, np.inf)
    assert (errors.low[place["coders"], 1], errors.high[place["coders"], 1]) == (0.5, 900)
    assert (errors.low[place["courses"], 0], errors.high[place["courses"], 0]) == pytest.approx((0.5 / 9, 100))


# The models, on the small index


def test_absolute_errors_are_divided_as_the_figure_is(small):
    give(small, "courses", "absolute", 6)
    give(small, "price", "absolute", 0.5)
    errors, place = errors_of(small)
    assert errors.size[place["courses"]] == pytest.approx([6 / people for people in (9, 11, 7, 1, 10, 83)])
    assert errors.size[place["price"]] == pytest.approx([0.5] * 6)
    assert not errors.size[place["coders"]].any(), "no error is declared"


def test_relative_errors_are_those_of_the_size_below_zero_too(small):
    give(small, "coders", "relative", 0.1)
    small.put("coders", "AT", 2023, -3)
    small.put("coders", "BE", 2023, 0)
    errors, place = errors_of(small)
    assert errors.size[place["coders"]] == pytest.approx([0.3, 0, 0.4, 0.15, 0.55, 0.925])


def test_no_error_without_figures_that_vary(small):
    give(small, "coders", "relative", 0.1)
    assert not errors_of(small, Variation())[0].size.any()
    errors, place = errors_of(small)
    assert errors.size[place["coders"]].all()
    give(small, "chips", "none")
    assert not errors_of(small)[0].size[place["chips"]].any()


def test_only_the_edition_counts(small):
    give(small, "coders", "relative", 0.1)
    (older, place), (newer, _) = errors_of(small, edition=2023), errors_of(small, edition=2024)
    assert older.size[place["coders"]] == pytest.approx(0.9 * newer.size[place["coders"]])


def with_published(small, errors):
    """Put published standard errors beside the figures of coders."""
    framework = small.framework()
    panel = readiness.read_panel(small.write_figures(), framework)
    mine = (pl.col("indicator") == "coders") & (pl.col("year") == 2023)
    given = pl.col("geo").replace_strict(dict(zip(UNITS, errors, strict=True)), default=None, return_dtype=pl.Float64)
    figures = panel.figures.with_columns(
        standard_error=pl.when(mine).then(given).otherwise(pl.lit(None, dtype=pl.Float64))
    )
    panel = type(panel)(figures, panel.origins, panel.digests)
    used = used_figures(framework, panel, [2024])
    errors = figure_errors(framework, panel, used, 2024, FIGURES)
    return errors.size[framework.leaves.index("coders")], errors.notes


def test_a_missing_published_error_is_the_median_of_the_others(small):
    give(small, "coders", "published")
    size, notes = with_published(small, (0.1, None, 0.3, 0.5, None, 0.2))
    assert size == pytest.approx([0.1, 0.25, 0.3, 0.5, 0.25, 0.2])
    assert notes == ("Coders: 2 of 6 figures have no published error; taken was the median of the others.",)


def test_a_missing_published_error_is_the_declared_size_where_there_is_one(small):
    give(small, "coders", "published", 0.7)
    size, notes = with_published(small, (0.1, None, 0.3, 0.5, None, 0.2))
    assert size == pytest.approx([0.1, 0.7, 0.3, 0.5, 0.7, 0.2])
    assert "the declared size" in notes[0]


def test_no_published_error_at_all_is_none_and_said(small):
    give(small, "coders", "published")
    size, notes = with_published(small, (None,) * 6)
    assert not size.any()
    assert notes[0].endswith("taken was none.")


@pytest.mark.parametrize(("status", "factor"), [("", 1), ("e", 1.5), ("eu", 2), ("bd", 1), ("bep", 1.5)])
def test_the_largest_factor_of_the_flags_widens(small, status, factor):
    give(small, "coders", "absolute", 1)
    small.put("coders", "AT", 2023, 3, obs_status=status)
    errors, place = errors_of(small, Variation(figures=True, flags={"e": 1.5, "p": 1.5, "u": 2.0}))
    assert errors.size[place["coders"]].tolist() == [factor, 1, 1, 1, 1, 1]


def test_an_indicator_s_share_in_common_goes_before_its_source_s(small):
    variation = Variation(figures=True, common={"Office": 0.3, "chips": 0.8})
    errors, place = errors_of(small, variation)
    found = {code: errors.common[row] for code, row in place.items()}
    assert found == {"chips": 0.8, "cables": 0.3, "price": 0.3, "coders": 0.3, "courses": 0.3}


def test_a_reference_of_its_own_figures_has_errors_too(small):
    small.edit("framework.toml", 'rule = "weighted_mean"\nweight = "people"', 'rule = "own_figures"')
    give(small, "coders", "relative", 0.1)
    small.put("coders", "EU27_2020", 2023, 5)
    errors, place = errors_of(small)
    assert errors.size.shape == (5, 7)
    assert errors.size[place["coders"], 6] == pytest.approx(0.5)
    framework = small.framework()
    panel = readiness.read_panel(small.write_figures(), framework)
    prepared = prepare(framework, panel, small.recipe())
    assert errors.size.shape == prepared.denominated.shape[1:]


# Revisions
