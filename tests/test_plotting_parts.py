"""Charts of causes, parts, moves, targets and pairs of countries hold the tables' numbers, and they add up."""

from __future__ import annotations

from itertools import pairwise
from math import isclose

import polars as pl
import pytest
from chart_rows import rows, subtitle, title

from readiness.contrast import contrast
from readiness.numbers import MINUS, printed
from readiness.plotting_canvas import DOWN, HIGHLIGHT, MARK, UP
from readiness.plotting_gap import REST


def number(text: str) -> float:
    """Return the number that a text begins with."""
    return float(text.partition(",")[0].partition(" ")[0].replace(MINUS, "-"))


@pytest.mark.parametrize("by_indicator", [False, True])
@pytest.mark.parametrize("node", ["index", "skills", "energy"])
def test_causes_lead_from_one_printed_score_to_the_other(simulated, node, by_indicator):
    decimals = 2 if node == "index" else 1
    for country in ("PT", "IE", "EE", "RO"):
        drawn = rows(simulated.plot.change(country, node, by_indicator=by_indicator), "text")
        scores = dict(zip(simulated.plot.facts.editions, simulated.plot.facts.history[country, node], strict=True))
        first, *steps, last = drawn
        assert (first["text"], last["text"]) == (printed(scores[2025], decimals), printed(scores[2026], decimals))
        whole = [round(number(row["number"]) * 10**decimals) for row in drawn]
        assert whole[0] + sum(whole[1:-1]) == whole[-1]
        assert isclose(steps[-1]["stop"], scores[2026], abs_tol=1e-9)
        assert all(isclose(one["stop"], other["start"], abs_tol=1e-9) for one, other in pairwise(drawn))
        assert {row["colour"] for row in steps} <= {UP, DOWN, MARK}


def test_a_change_says_whether_it_is_noise(simulated, eari):
    assert "The change is within noise" in subtitle(simulated.plot.change("PT"))
    assert "was not computed" in subtitle(eari.plot.change("PT"))
    assert (
        title(eari.plot.change("PT"))
        == "Portugal: +0.65 points, 1 place lost in 2026. Largest part: own new figures, +1.37"
    )


def test_a_node_without_a_score_before_has_no_change(eari, violations):
    assert violations(eari.plot.change, "PT", "business_data")[0].expected == "a score in both editions"


def test_parts_add_up_to_the_gap_to_the_reference(eari):
    for country in eari.framework.units[::4]:
        drawn = rows(eari.plot.contributions(country), "bar")
        facts = eari.plot.facts
        gap = facts.score(country, "index") - facts.score("EU27_2020", "index")
        assert isclose(sum(row["points"] for row in drawn), gap, abs_tol=1e-9)
        printed_gap = round(100 * facts.score(country, "index")) - round(100 * facts.score("EU27_2020", "index"))
        assert sum(round(100 * number(row["text"])) for row in drawn) == printed_gap
        assert [row["points"] for row in drawn] == sorted((row["points"] for row in drawn), reverse=printed_gap > 0)


def test_a_part_is_the_share_of_the_difference_in_scores(eari):
    drawn = {row["pillar"]: row["points"] for row in rows(eari.plot.contributions("PT"), "bar")}
    scores = eari.plot.facts.scores
    for pillar in eari.framework.children("index"):
        own, union = scores["PT", pillar], scores["EU27_2020", pillar]
        assert isclose(drawn[eari.framework.name_of(pillar)], (own["score"] - union["score"]) / 6, abs_tol=1e-9)


def test_parts_against_a_country_are_differences_of_contributions(eari):
    drawn = {row["pillar"]: row["points"] for row in rows(eari.plot.contributions("PT", "Finland"), "bar")}
    scores = eari.plot.facts.scores
    for pillar in eari.framework.children("index"):
        own = scores["PT", pillar]["contribution"] - scores["FI", pillar]["contribution"]
        assert drawn[eari.framework.name_of(pillar)] == own
    assert title(eari.plot.contributions("FI", "SE")).startswith("Finland against Sweden: +4.68 points")


def test_without_a_reference_parts_are_against_the_mean(small):
    small.edit(
        "framework.toml",
        '[reference]\ncode = "EU27_2020"\nname = "European Union"\nrule = "weighted_mean"\nweight = "people"\n',
        "",
    )
    results = small.run()
    found = [sum(row["points"] for row in rows(results.plot.contributions(code), "bar")) for code in ("AT", "DE")]
    mean = results.ranks["score"].mean()
    scores = dict(results.ranks.select("country", "score").iter_rows())
    assert found == pytest.approx([scores["AT"] - mean, scores["DE"] - mean])


def test_what_a_missing_pillar_leaves_is_told(small):
    for code in ("chips", "cables", "price"):
        small.drop(code, ("CY",))
    small.edit("framework.toml", 'unit_coverage = "2/3"', 'unit_coverage = "1/3"')
    drawn = {row["pillar"]: row["points"] for row in rows(small.run().plot.contributions("CY"), "bar")}
    assert set(drawn) == {"Skills", REST}


def test_an_index_that_is_no_sum_has_no_parts(small, violations):
    small.edit("recipe.toml", 'method = "arithmetic"', 'method = "geometric"')
    assert "sum of its parts" in violations(small.run().plot.contributions, "AT")[0].expected


def test_moves_are_those_of_the_table_largest_first(simulated):
    drawn = rows(simulated.plot.moves("PT", 5), "bar")
    own = simulated.plot.answers.tables["moves"].filter((pl.col("country") == "PT") & (pl.col("gain") > 0))
    best = own.sort("gain", descending=True).head(5)
    assert [row["gain"] for row in drawn] == best["gain"].to_list()
    assert [row["number"] for row in drawn] == best["places"].to_list()
    assert drawn[0]["says"].startswith("+1.17, 2 places won (")
    assert "Arithmetic, not a forecast." in subtitle(simulated.plot.moves("PT"))


def test_a_country_that_nothing_would_move_says_so(small):
    best = {"chips": 1e6, "cables": 1e6, "coders": 1e6, "courses": 1e6, "price": 1}
    for code, value in best.items():
        for year in (2022, 2023):
            small.put(code, "DE", year, value)
    chart = small.run().plot.moves("DE")
    assert rows(chart, "bar") == []
    assert title(chart) == "No indicator at the median would add to the score of Germany"


def test_targets_show_value_and_goal_on_their_own_scale(eari):
    chart = eari.plot.targets("PT")
    table = eari.plot.answers.tables["targets"].filter(pl.col("country") == "PT")
    own = {row["target"]: row for row in table.iter_rows(named=True)}
    drawn = {row["name"]: row for row in rows(chart, "bar")}
    assert len(drawn) == len(own)
    cloud, target = drawn["Enterprises using cloud computing"], own["decade_cloud"]
    assert isclose(cloud["value"] / cloud["goal"], target["value"] / target["goal"])
    assert (cloud["goal"], cloud["verdict"], cloud["colour"]) == (1.0, "behind", DOWN)
    clean = drawn["Carbon-neutral electricity (emissions)"]
    assert (clean["goal"], clean["value"], clean["less"]) == (0.0, 1.0, "less is better")
    assert [drawn[name]["value"] for name in drawn if drawn[name]["verdict"] == "not reported"] == [None] * 6
    assert title(eari.plot.targets("European Union")).startswith("European Union, 20 targets: ")


def test_two_countries_have_the_verdicts_of_their_contrast(simulated):
    drawn = rows(simulated.plot.compare("PT", "ES"), "rule")
    table = {row["node"]: row for row in contrast(simulated, "PT", "ES").table.iter_rows(named=True)}
    assert drawn[0]["node"] == "index"
    assert {row["node"] for row in drawn[1:]} == set(simulated.framework.children("index"))
    for row in drawn:
        own = table[row["node"]]
        assert (row["one"], row["other"]) == (own["one"], own["other"])
        assert row["colour"] == {"PT": HIGHLIGHT, "ES": DOWN, None: MARK}[own["leads"]]
    assert [row["ahead"] for row in drawn[1:]] == sorted((row["ahead"] for row in drawn[1:]), reverse=True)
    leads = [sum(table[row["node"]]["leads"] == code for row in drawn[1:]) for code in ("PT", "ES")]
    assert (
        title(simulated.plot.compare("PT", "ES"))
        == f"Beyond noise Portugal leads on {leads[0]} of 6 pillars, Spain on {leads[1]}"
    )


def test_without_a_simulation_nobody_leads_beyond_noise(eari):
    chart = eari.plot.compare("PT", "ES", "sub-pillar")
    assert {row["says"] for row in rows(chart, "rule")} == {"not simulated"}
    assert "not computed" in subtitle(chart)
    assert len(rows(chart, "rule")) == 12
