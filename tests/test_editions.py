"""Which figure an edition uses, and why none where none is used. The small index: lag 1, at most 4 years old."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import readiness
from readiness.editions import used_figures
from readiness.panel import Panel
from readiness.results import compute


def cell(results, indicator="coders", country="AT", edition=2024):
    found = results.cells.filter(
        (pl.col("indicator") == indicator) & (pl.col("country") == country) & (pl.col("edition") == edition)
    )
    return found.row(0, named=True)


def test_newest_figure_wins(small):
    row = cell(small.run())
    assert (row["year"], row["raw"], row["status"], row["reason"]) == (2023, 3.0, "used", None)


def test_lag_keeps_the_year_that_is_not_over_out(small):
    small.put("coders", "AT", 2024, 99)
    results = small.run()
    assert cell(results)["year"] == 2023
    assert (cell(results, edition=2023)["year"], cell(results, edition=2023)["raw"]) == (2022, 2.7)
    small.edit("framework.toml", "lag = 1", "lag = 0")
    assert (cell(small.run())["year"], cell(small.run())["raw"]) == (2024, 99.0)


@pytest.mark.parametrize(("year", "used"), [(2019, True), (2018, False)])
def test_figure_may_be_four_years_older_than_the_last_year(small, year, used):
    small.drop("coders", ("AT",))
    small.put("coders", "AT", year, 7)
    row = cell(small.run())
    assert row["raw"] == (7.0 if used else None)
    assert row["reason"] == (None if used else "newest figure is of 2018, older than 4 years")
    assert cell(small.run(), edition=2023)["raw"] == 7.0


def test_an_indicator_may_have_its_own_age_limit(small):
    small.drop("coders", ("AT",), years=(2023,))
    small.drop("chips", ("AT",), years=(2023,))
    small.edit("skills/coders.toml", 'unit = "points"', 'unit = "points"\nmax_age = 0')
    results = small.run()
    assert cell(results)["reason"] == "newest figure is of 2022, older than 0 years"
    assert cell(results, edition=2023)["raw"] == 2.7
    assert cell(results, "chips")["year"] == 2022


def test_a_figure_without_any_row_is_a_gap(small):
    small.drop("coders", ("AT",))
    row = cell(small.run())
    assert (row["raw"], row["year"], row["status"], row["reason"]) == (None, None, "gap", "no figure")


def test_later_vintage_of_a_year_wins(small):
    small.put("coders", "AT", 2023, 4, vintage="2024-05-01")
    small.put("coders", "AT", 2023, 6, vintage="2024-11-01")
    small.put("coders", "AT", 2023, 5, vintage="2024-08-01")
    row = cell(small.run())
    assert (row["raw"], row["vintage"]) == (6.0, date(2024, 11, 1))


@pytest.mark.parametrize(
    ("day", "value"),
    [("2024-11-01", 6.0), ("2024-10-31", 4.0), ("2024-05-01", 4.0), ("2024-04-30", 3.0)],
)
def test_as_of_hides_later_vintages(small, day, value):
    small.put("coders", "AT", 2023, 4, vintage="2024-05-01")
    small.put("coders", "AT", 2023, 6, vintage="2024-11-01")
    assert cell(small.run(as_of=day))["raw"] == value
    assert cell(small.run(as_of=date.fromisoformat(day)))["raw"] == value


def test_newer_year_wins_over_later_vintage(small):
    small.put("coders", "AT", 2022, 50, vintage="2024-11-01")
    small.put("coders", "AT", 2023, 4, vintage="2024-05-01")
    assert cell(small.run())["raw"] == 4.0
    assert cell(small.run(), edition=2023)["raw"] == 50.0


def test_revision_to_missing_hides_the_older_figure(small):
    small.put("coders", "AT", 2023, 4, vintage="2024-05-01")
    small.put("coders", "AT", 2023, "", obs_status="m", vintage="2024-11-01")
    assert (cell(small.run())["raw"], cell(small.run())["year"]) == (2.7, 2022)
    assert cell(small.run(as_of="2024-06-01"))["raw"] == 4.0


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"conf_status": "C"}, "the figure is confidential"),
        ({"obs_status": "c"}, "the figure is confidential"),
        ({"conf_status": "N", "obs_status": "p"}, "the figure is confidential"),
        ({"obs_status": "f"}, "the only figure is a forecast"),
        ({"obs_status": "fb"}, "the only figure is a forecast"),
    ],
)
def test_confidential_figures_and_forecasts_are_not_used(small, more, reason):
    small.put("coders", "AT", 2023, 3, **more)
    assert cell(small.run())["year"] == 2022, "the year before is used instead"
    small.drop("coders", ("AT",), years=(2022,))
    row = cell(small.run())
    assert (row["raw"], row["normalised"], row["status"], row["reason"]) == (None, None, "gap", reason)


def test_flag_m_is_no_figure(small):
    small.drop("coders", ("AT",))
    small.put("coders", "AT", 2023, "", obs_status="m")
    row = cell(small.run())
    assert (row["raw"], row["status"], row["reason"]) == (None, "gap", "no figure")


@pytest.mark.parametrize("flags", ["b", "d", "e", "p", "u", "i", "bp", "n"])
def test_other_flags_do_not_hinder(small, flags):
    small.put("coders", "AT", 2023, 3, obs_status=flags)
    row = cell(small.run())
    assert (row["raw"], row["obs_status"]) == (3.0, flags)


def test_denominator_is_the_newest_not_after_the_figure(small):
    small.put("people", "AT", 2021, 5)
    small.put("people", "AT", 2022, 8)
    small.put("people", "AT", 2024, 1000)
    small.put("courses", "AT", 2021, 10)
    small.drop("courses", ("AT",), years=(2022,))
    new, old = cell(small.run(), "courses"), cell(small.run(), "courses", edition=2023)
    assert (new["denominator"], new["denominator_year"], new["denominated"]) == (8.0, 2022, 120 / 8)
    assert (old["denominator"], old["denominator_year"], old["denominated"]) == (5.0, 2021, 10 / 5)
    assert cell(small.run())["denominator"] is None
    assert cell(small.run())["denominated"] == 3.0


def test_denominator_counts_in_its_unit(small):
    small.edit("skills/courses.toml", "per = 1", "per = 1000")
    row = cell(small.run(), "courses")
    assert row["denominated"] == pytest.approx(120 / (9 / 1000), rel=1e-15)


def test_denominator_that_is_not_yet_known_leaves_a_gap(small):
    small.drop("people", ("AT",))
    small.put("people", "AT", 2021, 9, vintage="2025-01-01")
    row = cell(small.run(as_of="2024-12-31"), "courses")
    assert (row["raw"], row["denominated"], row["normalised"], row["status"]) == (120.0, None, None, "gap")
    assert row["reason"] == "no denominator is known"
    assert cell(small.run(as_of="2025-01-01"), "courses")["denominated"] == 120 / 9


def test_rebase_takes_both_populations_of_their_newest_common_year(small):
    small.edit("skills/coders.toml", "[source]", '[rebase]\nfrom = "people_old"\nto = "people"\n\n[source]')
    for geo in small.framework().units:
        small.put("people_old", geo, 2021, 20)
        small.put("people_old", geo, 2023, 1)
    row = cell(small.run())
    assert row["denominator_year"] == 2021
    assert row["denominated"] == pytest.approx(3 * 20 / 9, rel=1e-15)


def test_reference_weights_are_the_newest_up_to_the_last_year(small):
    small.put("people", "DE", 2023, 1e6)
    small.put("people", "CY", 2024, 1e9)
    results = small.run()
    scores = results.scores.filter((pl.col("edition") == 2024) & (pl.col("node") == "chips"))
    by_country = dict(scores.select("country", "score").iter_rows())
    weights = {"AT": 9, "BE": 11, "BG": 7, "CY": 1, "CZ": 10, "DE": 1e6}
    expected = sum(by_country[geo] * weight for geo, weight in weights.items()) / sum(weights.values())
    assert by_country["EU27_2020"] == pytest.approx(expected, rel=1e-14)


def test_every_cell_has_a_figure_or_a_reason(small, eari):
    small.drop("coders", ("AT", "BE"))
    for results in (small.run(), eari):
        assert (results.cells["normalised"].is_null() == results.cells["reason"].is_not_null()).all()
        assert results.cells.filter(pl.col("raw").is_not_null() & pl.col("row").is_null()).is_empty()


def test_cells_are_in_the_order_of_editions_tree_and_units(small):
    framework = small.framework()
    used = used_figures(framework, small.run().panel, [2024, 2023])
    keys = [(e, i, u) for e in (2024, 2023) for i in framework.leaves for u in framework.units]
    assert used.select("edition", "indicator", "country").rows() == keys


def test_context_follows_the_same_rules_and_never_scores(small):
    plain = small.run()
    small.put("wealth", "AT", 2024, 1000)
    small.put("wealth", "BE", 2023, 1000, obs_status="f")
    changed = small.run()
    assert changed.scores.equals(plain.scores)
    shown = changed.context.filter(pl.col("edition") == 2024)
    assert dict(shown.select("country", "value").iter_rows()) == {
        "AT": 50.0,
        "BE": 36.0,
        "BG": 10.0,
        "CY": 20.0,
        "CZ": 30.0,
        "DE": 45.0,
    }


@pytest.mark.parametrize("more", [{"obs_status": "f"}, {"conf_status": "C"}, {"obs_status": "ef"}])
def test_confidential_figures_and_forecasts_divide_nothing(small, more):
    small.put("people", "AT", 2023, 1000, **more)
    results = small.run()
    assert (cell(results, "courses")["denominator"], cell(results, "courses")["denominator_year"]) == (9.0, 2022)
    small.drop("people", ("AT",), years=(2023,))
    assert_frame_equal(results.scores, small.run().scores)


def test_edition_rests_on_no_later_one(eari):
    earlier = readiness.run(edition=2024)
    assert earlier.edition == 2024
    assert earlier.scores["edition"].unique().sort().to_list() == [2022, 2023, 2024]
    assert set(earlier.bounds["bounds_fitted_on"].drop_nulls()) != set(eari.bounds["bounds_fitted_on"].drop_nulls())
    later = pl.col("year") > 2023
    panel = eari.panel
    cut = Panel(panel.figures.filter(~later), panel.origins, panel.digests)
    assert cut.figures.height < panel.figures.height
    again = compute(eari.framework, cut, eari.recipe, 2024)
    assert_frame_equal(again.scores, earlier.scores)
