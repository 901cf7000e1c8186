"""What must not happen in a simulation: a gap in a count, a number that is none, a fault that is not told."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import stats
from simulated_cases import AS_IT_IS, job_of, make_plan, near, no_errors, own, replicates_of, tables_of

from readiness.choices import Choice
from readiness.variation import Variation, WeightNoise

FLAT = Variation(weights=WeightNoise("flat"))
PAIR, TRIPLE = {"index": {"x": 1, "y": 1}}, {"index": {"x": 1, "y": 1, "z": 1}}
TREE = {"index": {"a": 1, "b": 2}, "a": {"x": 1, "y": 3}, "b": {"z": 1, "v": 1}}
RANDOM = np.random.default_rng(12).normal(50, 10, size=(4, 8))


def everything(**more):
    noise = {"weights": WeightNoise("uniform"), "leave_out": "indicator", "figures": True}
    choices = {"aggregate.index": (Choice("arithmetic"), Choice("geometric"))}
    return make_plan(TREE, 8, variation=Variation(**noise, choices=choices), **more)


def no_nan(tables):
    for frame in tables.values():
        for column in frame.select(pl.col(pl.Float64)):
            assert not column.is_nan().any()
            assert not column.is_infinite().any()


@pytest.mark.parametrize("units", [1, 2, 300])
@pytest.mark.parametrize("method", ["competition", "dense", "fractional"])
def test_one_unit_two_and_three_hundred(units, method):
    plan = make_plan(PAIR, units, variation=FLAT, normalise=AS_IT_IS, rank=Choice(method, {"decimals": 1}))
    figures = np.random.default_rng(1).normal(50, 10, size=(2, units)).round(0)
    job = job_of(plan, figures)
    tables = tables_of(job, 1500)
    no_nan(tables)
    scores = np.round(replicates_of(job, 1500)["index"], 1)
    rule = {"competition": "min", "fractional": "average", "dense": "dense"}[method]
    ranks = np.stack([stats.rankdata(-each, method=rule) for each in scores.T], axis=1)
    found = own(tables, "intervals").sort("country")
    np.testing.assert_allclose(found["rank_mean"], ranks.mean(axis=1), rtol=1e-12)
    assert own(tables, "ranks")["count"].sum() == 1500 * units


def test_ranks_that_vary_in_their_method_may_end_on_a_half():
    rules = tuple(Choice(each, {"decimals": 0}) for each in ("competition", "fractional"))
    plan = make_plan(PAIR, 3, variation=Variation(choices={"rank": rules}), normalise=AS_IT_IS, rank=rules[0])
    tables = tables_of(job_of(plan, [[9.0, 7, 7], [9, 7, 7]]), 1000)
    rows = own(tables, "ranks").filter(pl.col("country") == "U001").select("rank", "count").rows()
    assert rows == [(2.0, 500), (2.5, 500)]


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_scores_of_any_scale_have_their_quantiles(scale):
    plan = make_plan(TRIPLE, 4, variation=FLAT, normalise=AS_IT_IS, rank=Choice("competition", {"decimals": 12}))
    job = job_of(plan, scale * RANDOM[:3, :4])
    found, scores = own(tables_of(job, 4000), "intervals").sort("country"), replicates_of(job, 4000)["index"]
    width = np.ptp(scores, axis=1) / 250
    for name, share in (("low_95", 0.025), ("median", 0.5), ("high_95", 0.975)):
        assert (np.abs(found[f"score_{name}"].to_numpy() - np.quantile(scores, share, axis=1)) < width).all()
    np.testing.assert_allclose(found["score_sd"], scores.std(axis=1, ddof=1), rtol=1e-9)


def test_replicates_without_any_rank_are_counted_as_failed():
    """The only pillar of an index is left out, always."""
    plan = make_plan({"index": {"a": 1}, "a": {"x": 1, "y": 2}}, 4, variation=Variation(leave_out="pillar"))
    tables = tables_of(job_of(plan, RANDOM[:2, :4]), 1000)
    no_nan(tables)
    found = own(tables, "intervals")
    assert found["failed"].to_list() == [1000] * 4
    assert found["rank_mean"].null_count() == found["score_mean"].null_count() == 4
    assert found["score"].null_count() == 0
    assert own(tables, "simulation")["failed"].item() == 4000
    assert tables["covariances"].height == 0
    assert set(tables["ranks"]["node"]) == {"a"}, "the pillar itself has ranks"


def test_an_indicator_that_becomes_constant_leaves_no_score():
    plan = make_plan(PAIR, 2, variation=Variation(figures=True))
    errors = no_errors(plan, size=50.0, low=0.0, high=1.0)
    tables = tables_of(job_of(plan, [[0.2, 0.8], [0.4, 0.5]], errors), 2000)
    no_nan(tables)
    failed = own(tables, "intervals")["failed"].to_list()
    assert failed[0] == failed[1]
    assert failed[0] / 2000 == near(0.25, 2000), "both indicators have both units at one end: a half, twice"


def test_a_unit_without_figures_is_in_no_table_of_ranks():
    figures = RANDOM.copy()
    figures[:, 2] = np.nan
    tables = tables_of(job_of(everything(), figures), 1000)
    no_nan(tables)
    rows = own(tables, "intervals").filter(pl.col("country") == "U002").row(0, named=True)
    assert (rows["score"], rows["rank"], rows["rank_mean"], rows["tier"], rows["failed"], rows["top_10"]) == (
        None,
    ) * 4 + (0, 0)
    assert not (tables["ranks"]["country"] == "U002").any()
    assert not (tables["covariances"]["country"] == "U002").any()
    assert own(tables, "pairs").filter((pl.col("country") == "U002") | (pl.col("other") == "U002"))["above"].sum() == 0


def test_a_plain_function_s_ranks_beyond_the_table_count_as_none():
    def beyond(x):
        return x * 0 + 500.0

    plan = make_plan(PAIR, 3, variation=FLAT, rank=Choice("beyond", {}, "", beyond))
    assert tables_of(job_of(plan, RANDOM[:2, :3]), 500)["ranks"].height == 0


def test_scores_that_do_not_vary_have_themselves_as_quantiles():
    plan = make_plan(PAIR, 4, variation=Variation(weights=WeightNoise("uniform")))
    figures = np.tile([1.0, 2.0, 5.0, 3.0], (2, 1))
    found = own(tables_of(job_of(plan, figures), 1000), "intervals").sort("country")
    for name in ("score_low_95", "score_median", "score_high_95"):
        np.testing.assert_allclose(found[name], [0, 25, 100, 50], rtol=1e-12)
