"""Targets against figures: values, goals, paces and verdicts worked out by hand; the built-in targets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from scipy import stats
from small_index import PEOPLE, UNITS

import readiness
from readiness.answer_tables import ANSWERS
from readiness.answers import answered
from readiness.tables import conform
from readiness.target import Target
from readiness.target_table import (
    BEHIND,
    MISSED,
    NO_NUMBER,
    NOT_REPORTED,
    ON_TRACK,
    REACHED,
    UNKNOWN,
    VERDICTS,
    target_rows,
)

EU = "EU27_2020"
PLAIN = Target("t", "A target", "Someone", "chips", "points", 2030, goal=100.0)


@pytest.fixture
def bare(small):
    """The small index without any chips, and with a series that officers report."""
    small.drop("chips")
    small.edit("framework.toml", "editions = [2023, 2024]", 'editions = [2023, 2024]\nreported = ["officer"]')
    text = small.path("context/wealth.toml").read_text(encoding="utf-8").replace("Wealth", "Officer")
    small.write("reported/officer.toml", text)
    return small


def rows_of(small, target=PLAIN, edition=2024, as_of=None, **changed):
    framework = replace(small.framework(), targets={"t": replace(target, **changed)})
    panel = readiness.read_panel(small.write_figures(), framework)
    rows = target_rows(framework, panel, edition, as_of)
    conform("targets", pl.DataFrame(rows, infer_schema_length=None))
    return {row["country"]: row for row in rows}


def put(small, values, geo="AT", code="chips", last=2023):
    """Set figures of consecutive years, the last one of 2023."""
    for year, value in zip(range(last - len(values) + 1, last + 1), values, strict=True):
        if value is not None:
            small.put(code, geo, year, value)


# What is held against what


def test_value_distance_pace_needed_and_pace_so_far(bare):
    put(bare, [40, 44, 49, 51, 56, 60])
    row = rows_of(bare, baseline=2019)["AT"]
    line = stats.linregress(range(2018, 2024), [40, 44, 49, 51, 56, 60])
    assert (row["year"], row["value"], row["goal"], row["distance"]) == (2023, 60, 100, 40)
    assert (row["baseline_year"], row["baseline"], row["progress"]) == (2019, 44, pytest.approx(16 / 56))
    assert row["needed"] == pytest.approx(40 / 7)
    assert (row["pace"], row["pace_error"]) == (pytest.approx(line.slope), pytest.approx(line.stderr))
    assert row["recent"] == pytest.approx((60 - 51) / 2)
    assert (row["figures"], row["first_year"]) == (6, 2018)
    assert row["projection"] == pytest.approx(line.intercept + 2030 * line.slope)


def test_the_interval_of_the_projection_is_that_of_the_formula(bare):
    years, values = np.arange(2018, 2024), np.array([40, 44, 49, 51, 56, 60.0])
    put(bare, values)
    row = rows_of(bare)["AT"]
    line = stats.linregress(years, values)
    rest = values - line.intercept - line.slope * years
    squares = ((years - years.mean()) ** 2).sum()
    error = np.sqrt((rest @ rest / 4) * (1 + 1 / 6 + (2030 - years.mean()) ** 2 / squares))
    reach = stats.t.ppf(0.95, 4) * error
    assert (row["projection_low"], row["projection_high"]) == pytest.approx(
        (row["projection"] - reach, row["projection"] + reach)
    )


def test_a_growth_has_paces_in_shares(bare):
    put(bare, [10, 12, 14.4, 17.28])
    row = rows_of(bare, growth=True)["AT"]
    assert (row["pace"], row["recent"]) == (pytest.approx(0.2), pytest.approx(0.2))
    assert row["needed"] == pytest.approx((100 / 17.28) ** (1 / 7) - 1)
    assert row["projection"] == pytest.approx(17.28 * 1.2**7)


def test_the_trend_begins_in_the_year_that_is_declared(bare):
    put(bare, [90, 1, 40, 45, 50, 55])
    row = rows_of(bare, since=2020)["AT"]
    assert (row["figures"], row["first_year"], row["pace"]) == (4, 2020, pytest.approx(5))


def test_projections_of_shares_stay_within_0_and_100_and_others_above_0(bare):
    put(bare, [50, 60, 70, 80])
    put(bare, [40, 30, 20, 10], "BE")
    for unit, (top, bottom) in {"points": (150, 0), "% of firms": (100, 0), "%": (100, 0)}.items():
        rows = rows_of(bare, unit=unit)
        assert [rows["AT"][name] for name in ("projection", "projection_low", "projection_high")] == pytest.approx(
            [top] * 3
        )
        assert [rows["BE"][name] for name in ("projection", "projection_low", "projection_high")] == pytest.approx(
            [bottom] * 3
        )


def test_a_value_may_be_multiplied_by_the_newest_denominator_and_divided(bare):
    put(bare, [20, 30])
    bare.put("people", "AT", 2023, 12)
    row = rows_of(bare, times="people", per=100.0)["AT"]
    assert (row["value"], row["recent"]) == (pytest.approx(30 * 12 / 100), pytest.approx((30 * 12 - 20 * 9) / 100))
    bare.drop("courses")
    bare.drop("people", ("AT",))
    bare.put("people", "AT", 2023, 12)
    row = rows_of(bare, times="people")["AT"]
    assert (row["figures"], row["value"]) == (1, 30 * 12), "there were no people in 2022"


def test_only_figures_of_the_edition_s_years_count_and_no_forecasts_or_secrets(bare):
    put(bare, [10, 20, 30])
    bare.put("chips", "AT", 2024, 99)
    bare.put("chips", "BE", 2022, 7)
    bare.put("chips", "BE", 2023, 88.125, obs_status="f")
    bare.put("chips", "BG", 2022, 8)
    bare.put("chips", "BG", 2023, 77.125, conf_status="C")
    rows = rows_of(bare)
    assert [(rows[unit]["year"], rows[unit]["value"]) for unit in ("AT", "BE", "BG")] == [
        (2023, 30),
        (2022, 7),
        (2022, 8),
    ]
    earlier = rows_of(bare, edition=2023)["AT"]
    assert (earlier["year"], earlier["value"]) == (2022, 20)
    assert "77.125" not in str(rows)


def test_only_what_was_known_on_the_day_counts(bare):
    put(bare, [10, 20, 30])
    bare.put("chips", "AT", 2023, 44, vintage="2024-06-01")
    assert rows_of(bare)["AT"]["value"] == 44
    assert rows_of(bare, as_of=date(2024, 6, 1))["AT"]["value"] == 44
    assert rows_of(bare, as_of=date(2024, 5, 31))["AT"]["value"] == 30


# Goals


def test_a_multiple_is_of_the_own_value_in_the_baseline_year(bare):
    put(bare, [10, 20, 30])
    put(bare, [0, 5], "BE")
    rows = rows_of(bare, goal=4.0, multiple=True, baseline=2022)
    assert (rows["AT"]["baseline"], rows["AT"]["goal"]) == (20, 80)
    assert (rows["BE"]["goal"], rows["BE"]["verdict"]) == (None, UNKNOWN)
    assert rows["BE"]["reason"] == "there is nothing to multiply: 2022 has no value above zero"


def test_a_named_start_takes_the_place_of_a_figure(bare):
    put(bare, [10, 20, 30])
    row = rows_of(bare, baseline=2022, start=80.0, goal=20.0, higher_is_better=False, by=2030)["AT"]
    assert row["baseline"] == 80
    row = rows_of(bare, baseline=2022, start=10.0)["AT"]
    assert row["progress"] == pytest.approx(20 / 90)


def test_parts_of_a_split_goal_add_up_to_the_whole(bare):
    for unit in UNITS:
        put(bare, [1, 2], unit)
    for split, parts in (("people", np.array(PEOPLE) / sum(PEOPLE)), ("equal", np.full(6, 1 / 6))):
        rows = rows_of(bare, goal=600.0, split=split)
        assert [rows[unit]["goal"] for unit in UNITS] == pytest.approx((600 * parts).tolist())
        assert sum(rows[unit]["goal"] for unit in UNITS) == pytest.approx(rows[EU]["goal"], rel=1e-14)


def test_without_the_size_of_a_country_no_part_can_be_computed(bare):
    put(bare, [1, 2])
    bare.drop("courses")
    bare.drop("people", ("DE",))
    rows = rows_of(bare, split="people")
    assert (rows["AT"]["goal"], rows["AT"]["verdict"], rows["AT"]["reason"]) == (
        None,
        UNKNOWN,
        "a part of the goal cannot be computed",
    )
    assert rows[EU]["goal"] == 100


def test_without_a_number_there_is_nothing_to_say_but_the_value(bare):
    put(bare, [10, 20, 30, 40])
    row = rows_of(bare, goal=None)["AT"]
    assert (row["value"], row["verdict"], row["reason"]) == (40, NO_NUMBER, "nobody has set a number")
    assert [row[name] for name in ("goal", "distance", "needed", "progress")] == [None] * 4


# The value of the reference


def test_a_sum_needs_all_countries_in_a_year(bare):
    for unit in UNITS:
        put(bare, [10, 20, 30], unit)
    bare.put("chips", "DE", 2023, 31)
    assert (rows_of(bare)[EU]["value"], rows_of(bare)[EU]["year"], rows_of(bare)[EU]["figures"]) == (181, 2023, 3)
    bare.drop("chips", ("BG",), years=(2023,))
    assert (rows_of(bare)[EU]["value"], rows_of(bare)[EU]["year"]) == (120, 2022)
    bare.drop("chips", ("BG",), years=(2021, 2022))
    assert (rows_of(bare)[EU]["value"], rows_of(bare)[EU]["verdict"]) == (None, UNKNOWN)


def test_a_published_value_is_that_of_the_reference_alone(bare):
    for unit in UNITS:
        put(bare, [10, 20, 30], unit)
    put(bare, [11, 21], EU)
    assert rows_of(bare, combine="published")[EU]["value"] == 21
    assert rows_of(bare)[EU]["value"] == 180


def test_a_target_of_the_union_has_one_row(bare):
    put(bare, [11, 21], EU)
    assert list(rows_of(bare, combine="published", national=False)) == [EU]
    assert list(rows_of(bare)) == [*UNITS, EU]


def test_without_a_reference_there_are_rows_of_countries_only(bare):
    text = bare.path("framework.toml").read_text(encoding="utf-8")
    start, end = text.index("[reference]"), text.index("[weights.index]")
    bare.write("framework.toml", text[:start] + text[end:])
    assert list(rows_of(bare)) == list(UNITS)


# What officers report


def test_nothing_reported_is_told_as_such(bare):
    rows = rows_of(bare, series="officer")
    assert {row["verdict"] for row in rows.values()} == {NOT_REPORTED}
    assert rows["AT"]["reason"] == "no officer has reported a figure"
    assert rows_of(bare)["AT"]["verdict"] == UNKNOWN
    assert rows_of(bare)["AT"]["reason"] == "there is no figure"


def test_reports_of_several_countries_are_added_as_they_stand_each_year(bare):
    bare.put("officer", "AT", 2022, 1)
    bare.put("officer", "BE", 2023, 1)
    bare.put("officer", "DE", 2024, 1)  # of the year of the edition itself
    rows = rows_of(bare, series="officer", goal=6.0, split="equal")
    assert (rows[EU]["year"], rows[EU]["value"], rows[EU]["figures"]) == (2024, 3, 3)
    assert (rows["AT"]["verdict"], rows["BG"]["verdict"]) == (REACHED, NOT_REPORTED)
    assert rows_of(bare, series="officer", goal=6.0, edition=2023)[EU]["value"] == 2
    bare.put("officer", "AT", 2023, 0)
    assert rows_of(bare, series="officer", goal=6.0)[EU]["value"] == 2, "the newest report of each counts"


def test_a_report_of_the_union_goes_before_the_sum(bare):
    bare.put("officer", "AT", 2022, 1)
    bare.put("officer", EU, 2023, 5)
    assert rows_of(bare, series="officer", goal=6.0)[EU]["value"] == 5


# Verdicts


@pytest.mark.parametrize(
    ("values", "changed", "verdict", "reason"),
    [
        ([50, 100], {}, REACHED, "the value is beyond the goal"),
        ([50, 100], {"proxy": "another thing"}, REACHED, "the proxy is beyond the goal"),
        ([9, 4], {"goal": 5.0, "higher_is_better": False}, REACHED, "the value is beyond the goal"),
        ([50, 99], {"by": 2023}, MISSED, "the year has passed"),
        ([50, 99], {"by": 2021}, MISSED, "the year has passed"),
        ([40, 50, 60, 70], {}, ON_TRACK, "the whole 90 % interval of the trend in 2030 is beyond the goal"),
        ([40, 41, 42, 43], {}, BEHIND, "the whole 90 % interval of the trend in 2030 is short of the goal"),
        ([70, 60, 50, 40], {"goal": 0.0, "higher_is_better": False}, ON_TRACK, "is beyond the goal"),
        ([43, 42, 41, 40], {"goal": 0.0, "higher_is_better": False}, BEHIND, "is short of the goal"),
        ([50, 40, 60, 60], {}, UNKNOWN, "the 90 % interval of the trend in 2030 holds the goal"),
        ([50, 60, 70], {}, UNKNOWN, "too few figures: 3, and 4 are needed for a trend"),
        ([90], {}, UNKNOWN, "too few figures: 1, and 4 are needed for a trend"),
        ([40, 50, 60, 70], {"since": 2021}, UNKNOWN, "too few figures: 3, and 4 are needed for a trend"),
        (
            [10, 20, 30, 40, 50, 60, 70, 80, 81, 82],
            {"goal": 90.0},
            UNKNOWN,
            "is beyond the goal, but the newest figures are slower than needed",
        ),
        (
            [10, 10, 10, 10, 10, 10, 10, 10, 30, 50],
            {"goal": 150.0},
            UNKNOWN,
            "is short of the goal, but the newest figures are as fast as needed",
        ),
        ([10, 15, 22.5, 33.75], {"growth": True}, ON_TRACK, "is beyond the goal"),
        ([10, 10.1, 10.2, 10.3], {"growth": True}, BEHIND, "is short of the goal"),
        ([0, 15, 22.5, 33.75], {"growth": True}, UNKNOWN, "some years have nothing, from which no growth can"),
    ],
)  # fmt: skip
def test_what_can_be_said_and_why(bare, values, changed, verdict, reason):
    put(bare, values)
    row = rows_of(bare, **changed)["AT"]
    assert row["verdict"] == verdict, row["reason"]
    assert reason in row["reason"]
    assert (row["needed"] is None) == (
        verdict in (REACHED, MISSED) or (changed.get("growth", False) and values[-1] == 0)
    )


def test_a_figure_of_the_goal_s_year_decides(bare):
    put(bare, [40, 50, 60, 70])
    assert rows_of(bare, by=2024, goal=80.0)["AT"]["verdict"] == ON_TRACK
    assert rows_of(bare, by=2023, goal=80.0)["AT"]["verdict"] == MISSED


def test_figures_that_lead_anywhere_say_nothing(bare):
    put(bare, [0.01, 500, 0.02, 60])
    row = rows_of(bare, growth=True, by=2100)["AT"]
    assert row["verdict"] == UNKNOWN
    assert (row["projection_low"], row["projection_high"]) == (pytest.approx(0, abs=1e-9), None)


# The built-in targets


@pytest.fixture(scope="module")
def targets(eari):
    return answered(eari).tables["targets"]


def test_every_built_in_target_has_rows_of_the_union_and_of_the_states_it_means_something_for(eari, targets):
    assert targets.columns == list(ANSWERS["targets"].columns)
    assert set(targets["verdict"]) <= set(VERDICTS)
    assert {UNKNOWN, NOT_REPORTED} <= set(targets["verdict"])
    for code, target in eari.framework.targets.items():
        own = targets.filter(pl.col("target") == code)
        countries = set(eari.framework.units) if target.national else set()
        assert set(own["country"]) == countries | {EU}, code
        assert set(own["goal_year"]) == {target.by}
    assert targets.filter(pl.col("verdict") == UNKNOWN)["reason"].null_count() == 0


def test_the_compute_of_the_union_is_the_sum_of_what_its_states_have(eari, targets):
    figures = eari.panel.known().filter(
        (pl.col("indicator") == "top500_rmax") & pl.col("geo").is_in(eari.framework.units)
    )
    by_year = {
        year: own["value"].sum()
        for (year,), own in figures.filter(pl.col("year") <= 2025).group_by("year")
        if own.height == 27
    }
    row = targets.row(by_predicate=(pl.col("target") == "compute") & (pl.col("country") == EU), named=True)
    assert (row["year"], row["value"]) == (2025, pytest.approx(by_year[2025], rel=1e-12))
    assert row["goal"] == pytest.approx(4 * by_year[2025], rel=1e-12)
    since = {year: value for year, value in sorted(by_year.items()) if year >= 2015}
    slope = stats.linregress(list(since), np.log(list(since.values())))
    assert (row["figures"], row["pace"]) == (len(since), pytest.approx(np.expm1(slope.slope)))
    assert row["needed"] == pytest.approx(4 ** (1 / 5) - 1)


def test_parts_of_built_in_goals_add_up(eari, targets):
    for code, target in eari.framework.targets.items():
        own = targets.filter(pl.col("target") == code)
        whole = own.filter(pl.col("country") == EU)["goal"][0]
        if target.split:
            assert own.filter(pl.col("country") != EU)["goal"].sum() == pytest.approx(whole, rel=1e-12), code
        elif target.goal is not None and not target.multiple:
            assert set(own["goal"]) == {whole}, code


@pytest.mark.parametrize("country", ["DK", "PT", EU])
def test_shares_that_are_published_are_the_newest_figures(eari, targets, country):
    known = eari.panel.known().filter(
        (pl.col("geo") == country) & (pl.col("year") <= 2025) & (pl.col("conf_status") == "")
    )
    for code in ("renewables", "decade_skills", "decade_cloud", "carbon"):
        series = eari.framework.targets[code].series
        newest = (
            known.filter((pl.col("indicator") == series) & pl.col("value").is_not_null())
            .sort("year")
            .row(-1, named=True)
        )
        row = targets.row(by_predicate=(pl.col("target") == code) & (pl.col("country") == country), named=True)
        assert (row["year"], row["value"]) == (newest["year"], newest["value"]), code
        assert row["distance"] == pytest.approx(row["goal"] - row["value"])
