"""What charts draw is what the tables hold: ranks, intervals, tiers, classes, trends, pairs of series."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import isclose

import polars as pl
import pytest
from chart_rows import layers, rows, subtitle, title
from hypothesis import given
from hypothesis import strategies as st

from readiness import plotting_classes
from readiness.numbers import printed
from readiness.plotting_canvas import HIGHLIGHT
from readiness.plotting_square import LETTER, side_for, stands
from readiness.plotting_trend import apart
from readiness.simulate import simulate


@pytest.mark.parametrize("level", [50, 90, 95])
def test_ranks_and_intervals_are_those_of_the_table(simulated, index_rows, level):
    chart = simulated.plot.ranking(level)
    drawn = rows(chart, "point")
    assert len(drawn) == 27
    for row in drawn:
        own = index_rows[row["code"]]
        names = ("rank", f"rank_low_{level}", f"rank_high_{level}", "rank_low_50", "rank_high_50", "tier")
        assert [row[each] for each in ("rank", "low", "high", "half_low", "half_high", "tier")] == [
            own[n] for n in names
        ]
    assert f"{level} % interval" in subtitle(chart)
    assert [layer["mark"].get("strokeWidth") for layer in layers(chart, "rule")][1:] == (
        [1.5, 5] if level > 50 else [1.5]
    )


def test_tiers_are_named_once_and_set_apart(simulated, index_rows):
    chart = simulated.plot.ranking()
    tiers = sorted({row["tier"] for row in index_rows.values()})
    assert [row["says"] for row in rows(chart, "text")] == [f"Tier {tier}" for tier in tiers]
    assert [row["tier"] for row in rows(chart, "rule")] == tiers[1:]  # a line above the first of each but the first
    assert {row["tier"] for row in rows(chart, "rect")} == set(tiers[::2])


def test_ticks_of_ranks_are_whole_places(simulated):
    for layer in layers(simulated.plot.ranking(), "point"):
        assert layer["encoding"]["x"]["axis"]["values"] == [1, 5, 10, 15, 20, 25]
        assert layer["encoding"]["x"]["scale"]["domain"] == [0.5, 27.5]


def test_without_a_simulation_the_ranking_shows_scores_and_says_so(eari):
    chart = eari.plot.ranking()
    assert rows(chart, "bar") == rows(eari.plot.scores(), "bar")
    assert "Intervals were not computed" in subtitle(chart)
    assert title(chart) == "Finland has the highest score, 82.36; European Union 52.36"


def test_ranks_alone_have_intervals_and_no_tiers(small):
    small.edit(
        "recipe.toml", "decimals = 2\n", 'decimals = 2\n\n[uncertainty.weights]\nmethod = "uniform"\nspread = 0.5\n'
    )
    chart = simulate(small.run(), 200, 3, only_ranks=True).plot.ranking()
    assert not layers(chart, "rect")
    assert not layers(chart, "text")
    assert len(rows(chart, "point")) == 6


def test_a_highlight_colours_its_country_alone(simulated):
    drawn = rows(simulated.plot.ranking(highlight="Portugal"), "point")
    assert [row["code"] for row in drawn if row["dot"] == HIGHLIGHT] == ["PT"]


def test_scores_come_in_the_order_of_the_ranking_with_the_reference(simulated, index_rows):
    chart = simulated.plot.scores()
    drawn = rows(chart, "bar")
    assert [row["name"] for row in drawn] == simulated.ranks["name"].to_list()
    assert [row["score"] for row in drawn] == simulated.ranks["score"].to_list()
    finland = index_rows["FI"]
    assert (drawn[0]["low"], drawn[0]["high"]) == (finland["score_low_90"], finland["score_high_90"])
    assert rows(chart, "rule", 1) == [{"score": simulated.reference_row()[1], "says": "European Union 52.36"}]


def test_a_class_is_that_of_the_printed_score(eari):
    facts = eari.plot.facts
    key = ("FI", "skills")
    near = replace(facts, scores={**facts.scores, key: {**facts.scores[key], "score": 59.96}})
    cell = next(
        row
        for row in rows(plotting_classes.pillars(near), "rect")
        if row["name"] == "Finland" and row["node"] == "Skills"
    )
    assert (cell["text"], cell["class"]) == ("60.0", "60 to under 80")


def test_a_gap_is_null_with_the_sign_of_a_gap(small):
    for code in ("chips", "cables", "price"):
        small.drop(code, ("CY",))
    results = small.run()
    cell = next(row for row in rows(results.plot.pillars(), "rect") if row["code"] == "CY" and row["node"] == "Compute")
    assert (cell["score"], cell["text"], cell["class"], cell["rank"]) == (None, ":", "no score", ":")
    assert "CY" not in {row["code"] for row in rows(results.plot.map(), "rect") if row["class"] != "no score"}


def test_the_map_has_a_tile_for_each_country(eari):
    tiles = rows(eari.plot.map(), "rect")
    assert len({(row["column"], row["line"]) for row in tiles}) == len(tiles) == 27
    assert next(row for row in tiles if row["code"] == "PT")["rank"] == "15 of 27"


def test_a_trend_has_all_editions_and_the_reference(eari):
    chart = eari.plot.trend("Portugal", "ES")
    drawn = rows(chart, "line")
    assert list(dict.fromkeys(row["code"] for row in drawn)) == ["PT", "ES", "EU27_2020"]
    own = eari.scores.filter((pl.col("country") == "PT") & (pl.col("node") == "index")).sort("edition")
    assert [row["score"] for row in drawn if row["code"] == "PT"] == own["score"].to_list()
    assert [row["says"] for row in rows(chart, "text")] == ["Portugal 51.25", "Spain 55.56", "European Union 52.36"]
    assert len({row["code"] for row in rows(eari.plot.trend(), "line")}) == 28


def test_a_trend_breaks_at_a_gap(eari):
    drawn = [row for row in rows(eari.plot.trend("PT", node="business_data"), "line") if row["code"] == "PT"]
    assert [row["score"] is None for row in drawn] == [True, True, True, True, False]
    assert {row["text"] for row in drawn if row["score"] is None} == {":"}


@given(st.lists(st.floats(0, 500), min_size=1, max_size=30))
def test_names_at_the_ends_of_lines_keep_order_and_distance(places):
    moved = apart(places, 13.0)
    order = sorted(range(len(places)), key=lambda each: places[each])
    ordered = [moved[each] for each in order]
    assert all(below - above >= 13.0 - 1e-6 for above, below in pairwise(ordered))
    assert isclose(sum(moved), sum(places), abs_tol=1e-6)  # what is pushed up is pushed down elsewhere


def test_a_scatter_has_the_correlation_of_the_table(eari):
    series = eari.tables["agreement"].filter(pl.col("edition") == 2026)
    for code, rho in series.select("indicator", "spearman").iter_rows():
        assert title(eari.plot.scatter(code)).endswith(f"rank correlation {printed(rho, 2)}")
    drawn = {row["code"]: row for row in rows(eari.plot.scatter("skills", "Adoption", "PT"), "point")}
    facts = eari.plot.facts
    assert all(
        (row["x"], row["y"]) == (facts.score(code, "skills"), facts.score(code, "adoption"))
        for code, row in drawn.items()
    )
    assert [code for code, row in drawn.items() if row["colour"] == HIGHLIGHT] == ["PT"]


def test_a_logarithm_needs_numbers_above_zero(small, violations):
    small.run().plot.scatter("wealth", log_x=True).to_dict()
    small.put("wealth", "AT", 2023, 0)
    assert "above zero" in violations(small.run().plot.scatter, "wealth", log_x=True)[0].expected


def test_codes_stand_beside_their_dots_where_there_is_room():
    near = [
        {"code": "AA", "x": 0.0, "y": 0.0},
        {"code": "BB", "x": 100.0, "y": 100.0},
        {"code": "CC", "x": 3.0, "y": 0.0},
    ]
    sides = (side_for("x", "x", near), side_for("y", "y", near))
    assert sides[0].place(3.0) - sides[0].place(0.0) < 2 * LETTER  # CC is where the code of AA would be
    found = {row["code"]: stand[0] for stand, own in stands(near, sides) for row in own}
    assert found == {"AA": "right", "BB": "left", "CC": "left"}
