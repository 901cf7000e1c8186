"""What can be said of a target and why, case by case; the built-in targets against their figures."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import stats
from target_cases import EU, put, rows_of, without_chips

from readiness.answer_tables import ANSWERS
from readiness.answers import answered
from readiness.target_table import (
    BEHIND,
    MISSED,
    NOT_REPORTED,
    ON_TRACK,
    REACHED,
    UNKNOWN,
    VERDICTS,
)


@pytest.fixture
def bare(small):
    return without_chips(small)


@pytest.mark.parametrize(
    ("values", "changed", "verdict", "reason"),
    [
        ([50, 100], {}, REACHED, "the goal is met"),
        ([50, 100], {"proxy": "another thing"}, REACHED, "the goal is met"),
        ([9, 4], {"goal": 5.0, "higher_is_better": False}, REACHED, "the goal is met"),
        ([50, 100], {"overstated": 0.25}, UNKNOWN, "not once the measure is taken to be 25 % too large"),
        ([50, 134], {"overstated": 0.25}, REACHED, "the goal is met"),
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
    met = "the goal is met" in row["reason"]
    assert (row["needed"] is None) == (met or verdict == MISSED or (changed.get("growth", False) and values[-1] == 0))


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
