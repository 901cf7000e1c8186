"""What every run keeps: sums that add up, scales that do not matter, gaps that are explained."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import readiness
from readiness.pipeline import score
from readiness.plan import Plan

EU = "EU27_2020"
KEY = ["edition", "country", "node"]
CLOSE = {"rel_tol": 0, "abs_tol": 1e-9}


def at(results, node, country="AT", edition=2024):
    found = (pl.col("node") == node) & (pl.col("country") == country) & (pl.col("edition") == edition)
    return results.scores.filter(found).row(0, named=True)


def scores_of(results, node, edition=2024):
    rows = results.scores.filter((pl.col("node") == node) & (pl.col("edition") == edition))
    return dict(rows.select("country", "score").iter_rows())


def weight_of(results, node, edition=2024):
    return results.weights.filter((pl.col("node") == node) & (pl.col("edition") == edition)).row(0, named=True)


def ranks_of(results, node="index", edition=2024):
    rows = results.scores.filter((pl.col("node") == node) & (pl.col("edition") == edition))
    return dict(rows.select("country", "rank").iter_rows())


def test_small_index_by_hand(small):
    """Bounds over 2022 and 2023: chips 9 to 60, cables 13.5 to 65, price 3.6 to 9 (less is better)."""
    small.edit("recipe.toml", 'method = "winsorise"\npoints = 2', 'method = "none"')
    results = small.run()
    chips, cables, price = 100 * (10 - 9) / (60 - 9), 100 * (35 - 13.5) / (65 - 13.5), 0.0
    coders = 100 * (3 - 0.9) / (9.25 - 0.9)
    low, high = 0.9 * 650 / 83, 210 / 1  # courses per person: Germany 2022 and Cyprus 2023
    courses = 100 * (120 / 9 - low) / (high - low)
    compute, skills = (chips + cables + 2 * price) / 4, (coders + courses) / 2
    expected = {"chips": chips, "cables": cables, "price": price, "coders": coders, "courses": courses}
    expected |= {"compute": compute, "skills": skills, "index": (compute + skills) / 2}
    assert {node: at(results, node)["score"] for node in expected} == pytest.approx(expected, rel=1e-13, abs=1e-13)


@pytest.mark.parametrize("name", ["eari", "desi"])
def test_contributions_add_up_to_every_score(name, request):
    results = request.getfixturevalue(name)
    own = results.scores.filter(pl.col("score").is_not_null() & pl.col("node").is_in(list(results.framework.groups)))
    own = own.filter(pl.col("effective").is_not_null() | (pl.col("country") != EU))
    added = results.scores.group_by("edition", "country", node="parent").agg(pl.col("contribution", "share").sum())
    both = own.select(*KEY, "score").join(added, on=KEY)
    assert both.height == own.height > 100
    assert (both["score"] - both["contribution"]).abs().max() < 1e-9
    assert (both["share"] - 1).abs().max() < 1e-9


@pytest.mark.parametrize("node", ["index", "compute", "business_data"])
def test_points_of_a_trace_add_up_to_the_score(eari, node):
    for country in ("AT", "MT", "RO"):
        for edition in (2022, 2026):
            walked = eari.trace(country, node, edition)
            total = at(eari, node, country, edition)["score"]
            leaves = walked.filter(pl.col("node").is_in(eari.framework.leaves))
            assert set(walked["node"]) == set(eari.framework.below(node))
            assert walked.row(0, named=True)["points"] == total
            assert leaves["points"].sum() == pytest.approx(total or 0, abs=1e-9)


def test_effective_shares_of_figures_add_up_to_one(eari):
    leaves = eari.scores.filter(pl.col("node").is_in(eari.framework.leaves) & pl.col("effective").is_not_null())
    sums = leaves.group_by("edition", "country").agg(pl.col("effective").sum())
    assert sums.height == 5 * 27
    assert (sums["effective"] - 1).abs().max() < 1e-9


@pytest.mark.parametrize("factor", [1e-3, 7.0])
def test_scaling_all_weights_changes_nothing(eari, factor):
    weights = {
        child: factor * weight for group in eari.framework.groups.values() for child, weight in group.children.items()
    }
    scaled = eari.reweight(weights)
    assert_frame_equal(scaled.scores, eari.scores, check_exact=False, **CLOSE)


def test_weight_zero_leaves_a_child_out(small):
    plain, without = small.run(), small.run(weights={"price": 0})
    small.remove("compute/price.toml")
    small.edit("framework.toml", "price = 2\n", "")
    small.drop("price")
    removed = small.run()
    for node in ("index", "compute", "skills"):
        assert scores_of(without, node) == pytest.approx(scores_of(removed, node), rel=1e-14)
        assert ranks_of(without, node) == ranks_of(removed, node)
    assert scores_of(plain, "index") != pytest.approx(scores_of(without, "index"))
    assert weight_of(without, "price")["reason"] == "its weight is zero"
    assert at(without, "price")["contribution"] is None
    assert at(without, "price")["score"] == at(plain, "price")["score"], "it is still shown"


def test_permuting_countries_permutes_the_result(small):
    plain = small.run()
    small.edit("framework.toml", '["AT", "BE", "BG", "CY", "CZ", "DE"]', '["CZ", "AT", "DE", "CY", "BG", "BE"]')
    permuted = small.run()
    assert permuted.framework.units != plain.framework.units
    assert_frame_equal(permuted.scores, plain.scores, check_exact=False, rel_tol=0, abs_tol=1e-12)


def test_indicator_of_too_few_countries_is_out_for_all(small):
    small.drop("chips", ("AT", "BE"))
    assert weight_of(small.run(), "chips")["reason"] is None, "four of six are two thirds"
    small.drop("chips", ("BG",), years=(2022,))
    results = small.run()
    out = weight_of(results, "chips", 2023)
    assert (out["share"], out["effective"], out["declared"]) == (0.0, 0.0, 0.25)
    assert out["reason"] == "figures for 3 of 6 countries, 4 are needed"
    siblings = [weight_of(results, node, 2023) for node in ("cables", "price")]
    assert [row["share"] for row in siblings] == pytest.approx([1 / 3, 2 / 3], rel=1e-15)
    gone = results.cells.filter((pl.col("indicator") == "chips") & (pl.col("edition") == 2023))
    assert set(gone["status"]) == {"out"}
    assert gone["normalised"].null_count() == 6
    assert set(gone["reason"]) == {"out of this edition: figures for 3 of 6 countries, 4 are needed"}
    assert at(results, "chips", "DE", 2023)["reason"] == gone["reason"][0]
    assert at(results, "chips", "DE")["score"] is not None, "it counts in the other edition"
    assert small.run().bounds.filter(pl.col("indicator") == "chips")["bounds_fitted_on"].item() == "2024"


def test_shares_of_siblings_add_up_to_one_where_any_counts(eari):
    sums = eari.weights.drop_nulls("parent").group_by("edition", "parent").agg(pl.col("share", "declared").sum())
    none = eari.scores.group_by("edition", parent="node").agg(pl.col("score").is_null().all().alias("empty"))
    both = sums.join(none, on=["edition", "parent"])
    scored = both.filter(~pl.col("empty"))
    assert scored.height > 80
    assert (scored["share"] - 1).abs().max() < 1e-12
    assert (both["declared"] - 1).abs().max() < 1e-12


def test_node_below_half_of_its_weight_is_a_gap(small):
    small.drop("chips", ("AT",))
    small.drop("cables", ("AT",))
    assert at(small.run(), "compute")["covered"] == 0.5
    assert at(small.run(), "compute")["score"] is not None, "half is enough"
    small.edit("framework.toml", "price = 2", "price = 1.9")
    row = at(small.run(), "compute")
    assert (row["score"], row["rank"]) == (None, None)
    assert row["reason"] == "49 % of its weight has a score, 1/2 is needed"


def test_country_below_two_thirds_of_the_figures_is_not_ranked(small):
    small.drop("coders", ("AT",))
    assert at(small.run(), "index")["rank"] is not None, "three quarters of the weight"
    small.drop("chips", ("AT",))
    row = at(small.run(), "index")
    assert (row["score"], row["rank"]) == (None, None)
    assert row["reason"] == "figures for 62 % of the indicator weight, 2/3 is needed"
    assert at(small.run(), "skills")["score"] is not None
    results = small.run()
    assert results.ranks["country"][-1] == "AT"
    assert results.ranks["rank"].to_list() == [1, 2, 3, 4, 5, None]


def test_figures_of_an_indicator_that_is_out_do_not_help_a_country(small):
    small.drop("coders", ("CY", "CZ", "DE"))
    small.drop("chips", ("AT",))
    results = small.run()
    assert at(results, "index")["reason"] == "figures for 62 % of the indicator weight, 2/3 is needed"
    assert at(results, "index", "BE")["rank"] is not None


def test_equal_figures_everywhere_leave_an_indicator_out(small):
    for geo in small.framework().units:
        for year in (2022, 2023):
            small.put("coders", geo, year, 4)
    results = small.run()
    reason = "all values are equal: no scale"
    assert weight_of(results, "coders")["reason"] == at(results, "coders")["reason"] == reason
    assert weight_of(results, "courses")["share"] == 1.0


def test_reference_is_never_ranked_and_moves_nothing(small):
    plain = small.run()
    for indicator in ("chips", "cables", "coders"):
        small.put(indicator, EU, 2023, 1e6)
    for results in (plain, small.run()):
        assert set(ranks_of(results)) == {*results.framework.units, EU}
        assert results.scores.filter((pl.col("country") == EU) & pl.col("rank").is_not_null()).is_empty()
        assert EU not in results.ranks["country"]
        assert_frame_equal(results.scores, plain.scores)


def test_reference_with_own_figures_moves_nothing(small):
    plain = small.run()
    small.edit("framework.toml", 'rule = "weighted_mean"\nweight = "people"', 'rule = "own_figures"')
    for indicator in ("chips", "cables", "price", "coders"):
        small.put(indicator, EU, 2023, 1e6)
    results = small.run()
    assert at(results, "chips", EU)["score"] == pytest.approx(100 * (1e6 - 9) / (60 - 9), rel=1e-14)
    assert_frame_equal(results.bounds.drop("capped"), plain.bounds.drop("capped"))
    members = pl.col("country") != EU
    assert_frame_equal(results.scores.filter(members), plain.scores.filter(members))
    assert results.scores.filter(~members)["rank"].null_count() == results.scores.filter(~members).height


def test_bounds_are_fitted_on_all_editions(small):
    results = small.run()
    bounds = results.bounds.filter(pl.col("indicator") == "chips").row(0, named=True)
    assert (bounds["zero"], bounds["full"], bounds["bounds_fitted_on"]) == (9.0, 60.0, "2023-2024")
    small.edit("recipe.toml", 'method = "min_max"', 'method = "min_max"\nfit = "newest"')
    bounds = small.run().bounds.filter(pl.col("indicator") == "chips").row(0, named=True)
    assert (bounds["zero"], bounds["full"], bounds["bounds_fitted_on"]) == (10.0, 60.0, "2024")
    assert at(small.run(), "chips")["score"] == 0.0
    assert at(small.run(), "chips", edition=2023)["score"] < 0.0
    assert at(small.run(), "index")["score"] != at(results, "index")["score"]


def test_caps_are_fitted_on_the_newest_edition(small):
    for geo, old, new in zip(small.framework().units, (1, 2, 3, 4, 50, 9000), (1, 2, 3, 4, 5, 900), strict=True):
        small.put("chips", geo, 2022, old)
        small.put("chips", geo, 2023, new)
    bounds = small.run().bounds.filter(pl.col("indicator") == "chips").row(0, named=True)
    assert (bounds["cap_low"], bounds["cap_high"], bounds["caps_fitted_on"]) == (None, 5.0, "2024")
    assert bounds["capped"] == "CZ 2023, DE 2023, DE 2024"
    assert (bounds["zero"], bounds["full"]) == (1.0, 5.0)
    small.edit("recipe.toml", "points = 2", 'points = 2\nfit = "all"')
    assert small.run().bounds.filter(pl.col("indicator") == "chips")["caps_fitted_on"].item() == "2023-2024"
    assert small.run().bounds.filter(pl.col("indicator") == "chips")["cap_high"].item() > 5


def test_a_dominated_country_never_ranks_above(small):
    for code, best in (("chips", 61), ("cables", 66), ("price", 3), ("coders", 10), ("courses", 9000)):
        small.put(code, "AT", 2023, best)
    results = small.run()
    for node in results.framework.nodes:
        assert at(results, node)["rank"] == 1


def test_better_in_everything_is_never_behind(eari):
    wide = eari.cells.filter(pl.col("edition") == 2026).pivot(on="indicator", index="country", values="normalised")
    x = wide.drop("country").to_numpy()
    ranks = [ranks_of(eari, edition=2026)[country] for country in wide["country"]]
    pairs = [(a, b) for a in range(27) for b in range(27) if a != b and np.all(x[a] >= x[b])]
    assert all(ranks[a] <= ranks[b] for a, b in pairs)
    assert len(set(ranks)) > 20


def test_ranking_is_the_order_of_the_scores(eari):
    table = eari.ranks
    assert table.columns == ["rank", "country", "name", "score", *eari.framework.groups["index"].children]
    assert table["score"].is_sorted(descending=True)
    assert dict(table.select("country", "rank").iter_rows()) == {
        country: rank for country, rank in ranks_of(eari, edition=2026).items() if country != EU
    }
    for pillar in eari.framework.groups["index"].children:
        assert dict(table.select("country", pillar).iter_rows()).items() <= scores_of(eari, pillar, 2026).items()
    assert_frame_equal(eari.ranking(2026), table)


def test_ties_share_a_rank_and_stand_in_the_order_of_names(small):
    for code in ("chips", "cables", "price", "coders"):
        small.put(code, "DE", 2023, small.rows[code, "BG", 2023, ""]["value"])
    small.put("courses", "DE", 2023, 330 / 7 * 83)
    table = small.run().ranks
    tied = table.filter(pl.col("country").is_in(["BG", "DE"]))
    assert tied["rank"].n_unique() == 1
    assert tied["name"].to_list() == ["Bulgaria", "Germany"]
    assert sorted(table["rank"]) != list(range(1, 7))


def test_two_runs_give_the_same_tables(eari):
    again = readiness.run()
    assert again.tables.keys() == eari.tables.keys()
    for name, table in eari.tables.items():
        assert again.tables[name].equals(table), name
    assert again.digest == eari.digest


def test_stages_keep_earlier_stages(small):
    results = small.run()
    framework, recipe = results.framework, results.recipe
    figures = results.cells.sort(
        "edition", pl.col("indicator").replace_strict({c: i for i, c in enumerate(framework.leaves)}), "country"
    )
    x = figures["denominated"].to_numpy().reshape(2, len(framework.leaves), 6)
    given = x.copy()
    stages = score(Plan(framework, recipe, framework.units, 6, framework.editions), x)
    np.testing.assert_array_equal(x, given)
    np.testing.assert_array_equal(stages.denominated, given)
    assert at(results, "index")["score"] == stages.scores[1, 0, 0]
