"""What imputation and missing ranks may not do to a run."""

from __future__ import annotations

import polars as pl
import pytest

from readiness.recipe import Choice

EDITION = pl.col("edition") == 2024


def scores(results, node):
    own = results.scores.filter(EDITION & (pl.col("node") == node))
    return dict(own.select("country", "score").iter_rows())


@pytest.mark.parametrize("method", ["carry_forward", "linear_in_time", "mean", "em"])
def test_no_filling_brings_back_an_indicator_that_is_out(small, method):
    """Two of six countries have a figure, four are needed: out for all, as the tables say."""
    small.edit("framework.toml", "max_age = 4", "max_age = 0")
    small.drop("chips", ("AT", "BE", "BG", "CY"), (2023,))
    results = small.run(settings=[f"impute={method}"])
    assert set(scores(results, "chips").values()) == {None}
    weight = results.weights.filter(EDITION & (pl.col("node") == "chips")).row(0, named=True)
    assert weight["effective"] == 0
    assert "figures for 2 of 6 countries" in weight["reason"]


@pytest.mark.parametrize("method", ["copeland", "borda", "kemeny", "benefit_of_the_doubt"])
def test_a_country_without_a_rank_is_nobodys_rival_on_the_index(small, method):
    """The others score as if it were not there; how much of it is known is still told."""
    small.edit("framework.toml", 'unit_coverage = "2/3"', 'unit_coverage = "4/5"')
    small.drop("chips", ("AT",))
    small.drop("cables", ("AT",))
    settings = [f"aggregate.index={method}", "treat=none"]
    results = small.run(settings=settings)
    assert scores(results, "index")["AT"] is None
    row = results.scores.filter(EDITION & (pl.col("node") == "index") & (pl.col("country") == "AT")).row(0, named=True)
    assert row["covered"] == 1
    assert "of the indicator weight" in row["reason"]
    pillars = {node: scores(results, node) for node in ("compute", "skills")}
    if method == "copeland":
        for one in ["BE", "BG", "CY", "CZ", "DE"]:
            wins = 0
            for other in ["BE", "BG", "CY", "CZ", "DE"]:
                lead = sum((own[one] > own[other]) - (own[one] < own[other]) for own in pillars.values())
                wins += (lead > 0) - (lead < 0)
            assert scores(results, "index")[one] == pytest.approx(100 * (wins + 4) / 8)


def test_draws_that_give_a_group_no_score_leave_a_gap_that_its_parent_knows(small):
    small.drop("chips", ("AT", "BE"))
    steps = {"impute": Choice("multiple", {"draws": 20.0}), "treat": "none"}
    recipe = small.recipe().replace(normalise=Choice("min_max", {"cut_below": 1.0}, "newest"), **steps)
    bound = Choice("benefit_of_the_doubt", {"pie_high": 0.4})
    recipe = type(recipe)("r", recipe.steps, {"aggregate": {"compute": bound}})
    results = small.run(recipe=recipe)
    parts = results.scores.filter(EDITION & pl.col("parent").is_in(["index"]))
    for country, score in scores(results, "index").items():
        own = parts.filter(pl.col("country") == country)
        if score is not None and country != "EU27_2020":
            assert own["contribution"].sum() == pytest.approx(score, abs=1e-9), country
    lost = results.scores.filter(EDITION & (pl.col("node") == "compute") & pl.col("score").is_null())
    assert lost.height, "some draws give some country no score"
    assert all("100 % of its weight has a score" not in reason for reason in lost["reason"])


def test_bounds_that_no_weights_keep_count_only_children_with_weight(small, violations):
    small.edit("framework.toml", "chips = 1", "chips = 0")
    settings = ["weight.compute=benefit_of_the_doubt", "weight.compute.share_high=0.4"]
    (found,) = violations(small.run, settings=settings)
    assert (found.code, found.file) == ("E515", "--set")
    assert "2 shares of at most 0.4" in found.found
