"""Targets against figures: values, goals and paces worked out by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scipy import stats
from small_index import PEOPLE, UNITS
from target_cases import EU, put, rows_of, without_chips

from readiness.target_table import NO_NUMBER, NOT_REPORTED, REACHED, UNKNOWN


@pytest.fixture
def bare(small):
    return without_chips(small)


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
