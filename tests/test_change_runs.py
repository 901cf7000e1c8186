"""Causes of a change between two runs, against states put together by hand, one cause after the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from small_index import UNITS, Small
from two_runs import (
    AFTER,
    FIRST,
    LAST,
    REVISED,
    TABLE,
    by_hand,
    parts,
    published,
    sums,
    swapped,
    table_of,
    told,
    values_of,
)

from readiness.causes import CAUSES
from readiness.editions import as_known
from readiness.results import compute, prepare

CHANGED = ("chips", "price", "coders", "courses")  # indicators that both runs have


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return published(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def table(runs):
    return table_of(*runs)


@pytest.fixture
def plain(small):
    return small.run()


def way_of(country):
    """Yield each step from the run before to the run after and the state that it leads to."""
    state = FIRST
    for code in ("chips", "courses"):
        state = swapped(state, REVISED, code, (country,))
        yield "own_revision", code, state
    for code in ("chips", "courses"):
        state = swapped(state, REVISED, code, UNITS)
    yield "other_revision", "", state
    for code in CHANGED:
        state = swapped(state, AFTER, code, (country,))
        yield "own_figures", code, state
    for code in CHANGED:
        state = swapped(state, AFTER, code, UNITS)
    yield "others", "", state
    state = replace(swapped(state, AFTER, "grids", UNITS), grids=True)
    yield "indicators", "grids", state
    for cause, change in (
        ("indicators", {"cables": False}),
        ("weights", {"skills": 3}),
        ("method", {"geometric": True}),
    ):
        state = replace(state, **change)
        yield cause, "cables" if cause == "indicators" else "", state
    yield "countries", "", LAST


def test_the_ends_are_the_published_runs(runs, tmp_path):
    for results, state, name in zip(runs, (FIRST, LAST), ("first", "last"), strict=True):
        assert values_of(by_hand(tmp_path / name, state), "score") == pytest.approx(
            values_of(results, "score"), rel=1e-12
        )


@pytest.mark.parametrize("country", ["AT", "BE", "CZ", "DE"])
def test_each_cause_is_the_difference_of_two_runs_made_by_hand(table, tmp_path, country):
    nodes = ("index", "compute", "skills")
    points, places = ({node: told(table, country, node, value) for node in nodes} for value in ("points", "places"))
    for node in nodes:  # what others do first to the scale and then to the ranks is one step by hand
        for own in (points[node], places[node]):
            own["others", ""] = own["other_scale", ""] + own["other_figures", ""]
    run = by_hand(tmp_path / "start", FIRST)
    for number, (cause, code, state) in enumerate(way_of(country)):
        last, run = run, by_hand(tmp_path / str(number), state)
        scores, ranks = ([values_of(each, column) for each in (last, run)] for column in ("score", "rank"))
        for node in nodes:
            step = (country, node, cause, code)
            moved, won = (points[node].get((cause, code), 0.0), places[node].get((cause, code), 0.0))
            assert moved == pytest.approx(scores[1][country, node] - scores[0][country, node], abs=1e-9), step
            assert won == ranks[0][country, node] - ranks[1][country, node], step


def test_every_cause_occurs_and_all_add_up(runs, table):
    assert set(table["cause"]) == {"total", *CAUSES}
    whole = sums(table)
    assert set(whole["country"]) == set(UNITS), "DK was not ranked before"
    assert set(whole["node"]) == {"index", "compute", "skills", "chips", "price", "coders", "courses"}
    scores, ranks = ([values_of(run, column) for run in runs] for column in ("score", "rank"))
    for row in whole.iter_rows(named=True):
        key = row["country"], row["node"]
        assert row["points"] == pytest.approx(scores[1][key] - scores[0][key], abs=1e-9), key
        assert row["places"] == ranks[0][key] - ranks[1][key], key
        for value in TABLE:
            assert row[f"{value}_sum"] == pytest.approx(row[value], abs=1e-9), (key, value)
    split = parts(table)
    np.testing.assert_allclose(split["points_sum"], split["points"], rtol=0, atol=1e-9)
    assert (split["places_sum"] == split["places"]).all()


def test_the_way_back_has_the_same_shapley_values_with_the_other_sign(runs, table):
    """Where revisions are none, since these are seen from the later run only."""
    before, after = runs
    known = after.panel
    alone = compute(before.framework, known, before.recipe)
    there, back = table_of(alone, after), table_of(after, alone)
    key = ["country", "node", "position"]
    both = there.filter(pl.col("indicator") == "").join(back.filter(pl.col("indicator") == ""), on=key, suffix="_back")
    assert both.height > 200
    for value in ("shapley", "shapley_places"):
        np.testing.assert_allclose(both[f"{value}_back"], -both[value], atol=1e-9)


def test_figures_are_as_the_later_run_knows_them(runs):
    before, after = runs
    given_before = prepare(before.framework, before.panel, before.recipe)
    known = given_before.used.with_columns(as_known(before.framework, given_before.used, after.panel).alias("known"))
    found = {
        (row["indicator"], row["country"]): (row["denominated"], row["known"]) for row in known.iter_rows(named=True)
    }
    assert {key for key, (one, other) in found.items() if one != other} == {
        ("chips", "BE"), ("chips", "DE"), ("courses", "AT"),
    }  # fmt: skip
    assert found["chips", "DE"] == (60.0, 66.0)
    assert found["courses", "AT"] == (120 / 9, 120 / 10), "the people were revised, not the courses"


def test_a_figure_that_was_withdrawn_is_a_gap_as_the_later_run_knows_it(small):
    before = small.run()
    small.drop("coders", ("AT",), years=(2023,))
    small.put("chips", "BE", 2023, 21, conf_status="C")
    after = small.run()
    used = prepare(before.framework, before.panel, before.recipe).used
    known = used.with_columns(as_known(before.framework, used, after.panel).alias("known"))
    lost = known.filter(pl.col("known").is_null())
    assert set(lost.select("edition", "indicator", "country").iter_rows()) == {
        (2024, "coders", "AT"),
        (2024, "chips", "BE"),
    }


def test_an_indicator_that_later_files_do_not_hold_is_told_under_indicators(runs, table):
    """Whether its figures still lie in the folder says nothing about the index: nobody has revised them."""
    before, after = runs
    held = pl.col("indicator") != "cables"
    gone = replace(
        after,
        framework=replace(after.framework, context={"wealth": after.framework.context["wealth"]}),
        panel=replace(after.panel, figures=after.panel.figures.filter(held)),
    )
    assert table_of(before, gone).equals(table)


def test_a_country_that_later_files_do_not_hold_is_told_under_countries(plain):
    """Its figures were not revised either."""
    fewer = replace(plain.framework, units=UNITS[:-1])
    held = pl.col("geo") != UNITS[-1]
    after = compute(fewer, plain.panel, plain.recipe)
    gone = compute(fewer, replace(plain.panel, figures=plain.panel.figures.filter(held)), plain.recipe)
    table = table_of(plain, gone)
    assert set(table["cause"]) == {"total", "own_figures", "other_scale", "other_figures", "countries"}
    assert table.equals(table_of(plain, after))


def test_where_figures_were_only_revised_new_figures_have_no_part_in_it(small):
    before = small.run()
    small.put("chips", "BE", 2023, 26)
    after = small.run()
    table = table_of(before, after)
    own = {value: told(table, "BE", value=value) for value in ("points", "shapley")}
    for found in own.values():
        assert found["own_revision", ""] == pytest.approx(found["total", ""], abs=1e-12)
        assert found["total", ""] > 1
        assert found.get(("own_figures", ""), 0.0) == pytest.approx(0, abs=1e-12)
    others = told(table, "AT", value="shapley")
    assert others["other_revision", ""] == pytest.approx(others["total", ""], abs=1e-12)


# Ranks that are published


@pytest.fixture
def thin(small):
    """A country that leads where it has figures, but has too few of them for a rank of the index."""
    for code in ("coders", "courses", "chips"):
        small.drop(code, ("AT",))
    for year in (2022, 2023):
        small.put("cables", "AT", year, 90)
        small.put("price", "AT", year, 1)
    return small


def ranks_are_published(before, after):
    table = table_of(before, after)
    ranks = [values_of(run, "rank") for run in (before, after)]
    whole = table.filter(pl.col("cause") == "total")
    assert set(whole["node"]) >= {"index", "compute", "skills"}
    for country, node, places in whole.select("country", "node", "places").iter_rows():
        assert places == ranks[0][country, node] - ranks[1][country, node], (country, node)


@pytest.mark.parametrize("setting", ["impute=none", "impute=mean"])
def test_places_are_those_of_the_published_ranks_where_a_country_lost_its_rank(small, thin, setting):
    whole = Small(small.folder.parent / "whole")
    for year in (2022, 2023):
        whole.put("cables", "AT", year, 90)
        whole.put("price", "AT", year, 1)
    ranks_are_published(whole.run(settings=[setting]), thin.run(settings=[setting]))


@pytest.mark.parametrize("setting", ["aggregate=copeland", "aggregate=borda", "aggregate=geometric"])
def test_a_country_without_a_rank_is_no_rival_on_the_way(thin, setting):
    before = thin.run(settings=[setting])
    thin.put("chips", "BE", 2023, 55)
    ranks_are_published(before, thin.run(settings=[setting]))


def test_a_method_of_its_own_stays_with_an_indicator_that_means_something_else(small):
    before = small.run()
    small.edit("skills/courses.toml", 'unit = "points"', 'unit = "hours"')
    ranks_are_published(before, small.run(settings=["normalise.courses=z_score"]))
