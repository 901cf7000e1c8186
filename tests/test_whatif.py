"""What if a figure were another: nothing for today's, for the median what moves say, else what a run with it says."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from small_index import FIGURES, PEOPLE, UNITS
from test_figure_errors import give
from test_moves import CODES, moved, with_posts
from two_runs import values_of

from readiness.moves import moves_table
from readiness.sides import side_of
from readiness.whatif import what_if

VARY = "\n[uncertainty]\nrefit = false\nfigures = true\nweights = { method = 'uniform', spread = 0.4 }\n"


def nodes_of(found):
    return {row["node"]: row for row in found.nodes.iter_rows(named=True)}


def today(results, country, code):
    own = results.cells.filter(
        (pl.col("indicator") == code) & (pl.col("country") == country) & (pl.col("edition") == results.edition)
    )
    return own["raw"][0]


def varying(small, model="absolute", size=0.5):
    for code in CODES:
        give(small, code, model, size)
    small.write("recipe.toml", small.path("recipe.toml").read_text(encoding="utf-8") + VARY)
    return small


# Today's figure


@pytest.mark.parametrize(
    "setting", ["treat=winsorise", "aggregate=geometric", "normalise=z_score", "normalise=percentile_rank"]
)
def test_the_figure_of_today_changes_nothing(small, setting):
    results = small.run(settings=[setting] if "z_score" not in setting else [setting, "aggregate=arithmetic"])
    for country in UNITS:
        for code in CODES:
            found = what_if(results, country, {code: today(results, country, code)})
            (change,) = found.changes.iter_rows(named=True)
            assert change["score_now"] == change["score_then"], (country, code)
            for row in nodes_of(found).values():
                assert (row["score_then"], row["rank_then"]) == (row["score_now"], row["rank_now"]), (country, code)


def test_the_figures_of_today_change_nothing_in_the_built_in_index(eari):
    cells = eari.cells.filter((pl.col("edition") == 2026) & (pl.col("country") == "PT") & pl.col("raw").is_not_null())
    found = what_if(eari, "Portugal", dict(cells.select("indicator", "raw").iter_rows()))
    assert found.changes.height == cells.height > 30
    assert set(found.nodes["node"]) == set(eari.framework.groups)
    published = [values_of(eari, column) for column in ("score", "rank")]
    for node, row in nodes_of(found).items():
        assert (row["score_now"], row["rank_now"]) == tuple(own["PT", node] for own in published)
        assert row["score_then"] == pytest.approx(row["score_now"], rel=1e-14)
        assert row["rank_then"] == row["rank_now"]
        assert row["score_low"] < row["score_then"] < row["score_high"]
    assert found.chance == 0


def test_a_figure_keeps_its_year_and_with_it_what_it_is_divided_by(small):
    small.drop("courses", ("AT",), years=(2023,))
    small.put("people", "AT", 2023, 18)
    found = what_if(small.run(), "AT", {"courses": 0.9 * 120})
    (row,) = found.changes.iter_rows(named=True)
    assert (row["year"], row["now"]) == (2022, 0.9 * 120)
    assert row["score_now"] == row["score_then"]


# Other figures


def test_the_median_is_worth_what_moves_says(small):
    results = small.run()
    for row in moves_table(side_of(results), 1, 0).filter(pl.col("reason").is_null()).iter_rows(named=True):
        people = dict(zip(UNITS, PEOPLE, strict=True))[row["country"]] if row["indicator"] == "courses" else 1
        found = nodes_of(what_if(results, row["country"], {row["indicator"]: row["median"] * people}))["index"]
        assert found["score_then"] - found["score_now"] == pytest.approx(row["gain"], abs=1e-9)
        assert found["rank_now"] - found["rank_then"] == row["places"]


@pytest.mark.parametrize(("code", "value"), [("chips", 43.5), ("price", 4.25), ("courses", 60.0)])
def test_scores_and_ranks_are_those_of_a_run_with_the_figure(small, code, value):
    """With declared goalposts a run with another figure has the same scale; courses are given per person here."""
    results = with_posts(small).run()
    for country, people in zip(UNITS, PEOPLE, strict=True):
        found = what_if(results, country, {code: value * (people if code == "courses" else 1)})
        other = moved(results, country, code, value)
        scores, ranks = values_of(other, "score"), values_of(other, "rank")
        for node, row in nodes_of(found).items():
            assert row["score_then"] == pytest.approx(scores[country, node], rel=1e-12), (country, node)
            assert row["rank_then"] == ranks[country, node], (country, node)
        assert found.changes["score_then"][0] == pytest.approx(scores[country, code], rel=1e-12)


def test_several_figures_change_at_once(small):
    results = with_posts(small).run()
    found = what_if(results, "AT", {"chips": 33, "courses": 9 * 44.0, "price": 6})
    other = moved(moved(moved(results, "AT", "chips", 33), "AT", "courses", 44.0), "AT", "price", 6)
    assert nodes_of(found)["index"]["score_then"] == pytest.approx(values_of(other, "score")["AT", "index"], rel=1e-12)
    assert list(nodes_of(found)) == ["index", "compute", "skills"]
    assert list(nodes_of(what_if(results, "AT", {"chips": 33}))) == ["index", "compute"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("+10%", 1.1 * 20),
        ("-25%", 0.75 * 20),
        ("+ 10%", None),
        ("33", 33),
        ("33.5", 33.5),
        ("half", None),
        ("+12", 12),
        ("+50 %", 30),
    ],
)
def test_a_change_is_a_number_or_a_percentage_of_today(small, violations, text, value):
    results = small.run()
    if value is None:
        (found,) = violations(what_if, results, "BE", [f"chips={text}"])
        assert found.code == "E783"
        return
    for changes in ([f"chips={text}"], [f" chips = {text} "], {"chips": text}):
        found = what_if(results, "BE", changes)
        assert found.changes["then"][0] == pytest.approx(value, rel=1e-15)
        assert found.changes["now"][0] == 20


@pytest.mark.parametrize("value", [1e-5, 3e16, np.float64(12.5)])
def test_a_number_from_python_is_read_however_it_is_printed(small, violations, value):
    results = small.run()
    if 10 <= value <= 60:
        assert what_if(results, "BE", {"chips": value}).changes["then"][0] == value
    else:
        assert [each.code for each in violations(what_if, results, "BE", {"chips": value})] == ["E785"]


def test_changes_say_figure_scale_and_unit(small):
    (row,) = what_if(small.run(settings=["treat=none"]), "AT", {"courses": 300}).changes.iter_rows(named=True)
    per_person = [value / people for value, people in zip(FIGURES["courses"], PEOPLE, strict=True)]
    lowest = min(*per_person, *(0.9 * value for value in per_person))
    assert (row["indicator"], row["name"], row["unit"], row["scored_unit"]) == (
        "courses",
        "Courses",
        "points",
        "courses per person",
    )
    assert (row["now"], row["then"], row["year"]) == (120, 300, 2023)
    assert (row["zero"], row["full"]) == pytest.approx((lowest, max(per_person)), rel=1e-12)
    assert row["score_then"] == pytest.approx(100 * (300 / 9 - lowest) / (max(per_person) - lowest), rel=1e-12)


def test_the_ends_of_a_transformed_scale_are_told_as_figures(small):
    small.edit("compute/chips.toml", 'unit = "points"', 'unit = "points"\ntransform = "log1p"')
    (row,) = what_if(small.run(), "AT", {"chips": 20}).changes.iter_rows(named=True)
    assert (row["zero"], row["full"]) == pytest.approx((9, 60), rel=1e-12)
    expected = 100 * (np.log(21) - np.log(10)) / (np.log(61) - np.log(10))
    assert row["score_then"] == pytest.approx(expected, rel=1e-12)


def test_a_capped_scale_goes_on_to_the_furthest_figure_which_counts_as_the_cap(small):
    results = small.run()
    cap = results.bounds.row(by_predicate=pl.col("indicator") == "courses", named=True)["cap_high"]
    assert cap == pytest.approx(54), "CY has 210 and CZ, the next, 54"
    for per_head in (60, 100, 200):
        (row,) = what_if(results, "CZ", {"courses": 10 * per_head}).changes.iter_rows(named=True)
        assert (row["score_now"], row["score_then"], row["full"]) == (100, 100, 210)


def test_a_falling_scale_has_its_full_end_below(small):
    (row,) = what_if(small.run(), "AT", {"price": 5}).changes.iter_rows(named=True)
    assert (row["zero"], row["full"]) == pytest.approx((9, 0.9 * 4))


def test_a_gap_is_filled_by_a_figure_of_the_last_year(small):
    with_posts(small)
    small.drop("chips", ("AT",))
    results = small.run()
    found = what_if(results, "AT", {"chips": 20})
    (row,) = found.changes.iter_rows(named=True)
    assert (row["now"], row["score_now"], row["then"]) == (None, None, 20)
    small.put("chips", "AT", 2023, 20)
    expected = small.run()
    assert row["score_then"] == pytest.approx(values_of(expected, "score")["AT", "chips"], rel=1e-12)
    assert nodes_of(found)["index"]["score_then"] == pytest.approx(
        values_of(expected, "score")["AT", "index"], rel=1e-12
    )


def test_a_country_gets_the_rank_that_its_figures_allow(small):
    with_posts(varying(small))
    small.drop("coders", ("AT",))
    small.drop("courses", ("AT",))
    results = small.run()
    own = nodes_of(what_if(results, "AT", {"coders": 5}))["index"]
    assert (own["score_now"], own["rank_now"]) == (None, None)
    small.put("coders", "AT", 2023, 5)
    expected = small.run()
    assert own["score_then"] == pytest.approx(values_of(expected, "score")["AT", "index"], rel=1e-12)
    assert own["rank_then"] == values_of(expected, "rank")["AT", "index"]
    assert own["score_low"] < own["score_then"] < own["score_high"]


@pytest.mark.parametrize("filling", ["none", "mean"])
def test_ranks_stay_beside_a_country_that_has_too_few_figures(small, filling):
    for code in ("coders", "courses", "chips"):
        small.drop(code, ("AT",))
    small.put("cables", "AT", 2023, 90)
    small.put("price", "AT", 2023, 1)
    results = small.run(settings=[f"impute={filling}"])
    for country in UNITS[1:]:
        own = nodes_of(what_if(results, country, {"chips": today(results, country, "chips")}))["index"]
        assert own["rank_then"] == own["rank_now"], country


# Chances


def test_without_variation_there_are_no_intervals(small):
    found = what_if(small.run(), "AT", {"chips": 20})
    assert found.chance is None
    assert "score_low" not in found.nodes.columns


def test_the_interval_of_today_s_figure_has_no_chance_of_a_better_rank(small):
    results = varying(small).run()
    found = what_if(results, "CY", {"chips": 40})
    assert found.chance == 0
    row = nodes_of(found)["index"]
    assert row["score_low"] < row["score_now"] < row["score_high"]
    assert row["rank_low"] <= row["rank_now"] <= row["rank_high"]


def test_chances_are_those_of_moves_where_the_error_does_not_grow_with_the_figure(small):
    results = varying(small).run()
    side = side_of(results)
    table = moves_table(side, 3, 8192).filter((pl.col("reason").is_null()) & (pl.col("indicator") != "courses"))
    assert table.height > 8
    for row in table.iter_rows(named=True):
        found = what_if(results, row["country"], {row["indicator"]: row["median"]}, seed=3)
        assert found.chance == row["chance"], (row["country"], row["indicator"])


def test_a_relative_error_grows_with_the_figure(small):
    results = varying(small, "relative", 0.2).run(vary=["weights=none"])
    wide = []
    for value in (20, 60):
        row = nodes_of(what_if(results, "BE", {"chips": value}))["compute"]
        wide.append(row["score_high"] - row["score_low"])
    assert wide[1] > 1.1 * wide[0]
