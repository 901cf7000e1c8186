"""What a simulation reports, against closed forms: areas of the simplex, normal laws, moments; and its invariants."""

from __future__ import annotations

from math import erf, sqrt

import numpy as np
import polars as pl
import pytest
from numpy_simulation import ranks_of
from scipy import integrate, stats
from simulated_cases import (
    AS_IT_IS,
    COUNT,
    above_of,
    job_of,
    make_plan,
    near,
    no_errors,
    own,
    replicates_of,
    shares_of,
    tables_of,
)

from readiness.choices import Choice
from readiness.variation import Variation, WeightNoise

FLAT = Variation(weights=WeightNoise("flat"))
PAIR, TRIPLE = {"index": {"x": 1, "y": 1}}, {"index": {"x": 1, "y": 1, "z": 1}}
TREE = {"index": {"a": 1, "b": 2}, "a": {"x": 1, "y": 3}, "b": {"z": 1, "v": 1}}
RANDOM = np.random.default_rng(12).normal(50, 10, size=(4, 8))


# Weights: areas of the simplex


def test_two_indicators_divide_an_interval():
    """Unit 0 scores w, unit 1 scores 1 - w, unit 2 0.6: first are 0 above 0.6, 1 below 0.4, 2 between."""
    tables = tables_of(
        job_of(make_plan(PAIR, 3, variation=FLAT, normalise=AS_IT_IS), [[1, 0, 0.6], [0, 1, 0.6]]), COUNT
    )
    expected = np.array([[0.4, 0.1, 0.5], [0.4, 0.1, 0.5], [0.2, 0.8, 0.0]])
    found = shares_of(tables, 3)
    for unit, rank in np.ndindex(3, 3):
        assert found[unit, rank] == near(expected[unit, rank])
    weights = {(row["country"], row["node"]): row["weight"] for row in tables["central_weights"].iter_rows(named=True)}
    assert weights["U000", "x"] == pytest.approx(0.8, abs=0.005), "the middle of 0.6 to 1"
    assert weights["U001", "x"] == pytest.approx(0.2, abs=0.005)
    assert weights["U002", "x"] == pytest.approx(0.5, abs=0.005)
    wins = dict(tables["central_weights"].select("country", "wins").iter_rows())
    tops = dict(own(tables, "intervals").select("country", "top_1").iter_rows())
    assert {unit: won / COUNT for unit, won in wins.items()} == tops


def test_three_indicators_divide_a_triangle():
    """Unit i scores s[i] times weight i: with exponential weights its score has the rate 1 / s[i]."""
    size = np.array([1.0, 0.7, 0.4])
    tables = tables_of(job_of(make_plan(TRIPLE, 3, variation=FLAT, normalise=AS_IT_IS), np.diag(size)), COUNT)
    rate, found, above = 1 / size, shares_of(tables, 3), above_of(tables, 3)
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        last = rate[i] / rate.sum()
        first = 1 - rate[i] / (rate[i] + rate[j]) - rate[i] / (rate[i] + rate[k]) + last
        assert (found[i, 0], found[i, 1], found[i, 2]) == (near(first), near(1 - first - last), near(last))
        assert above[i, j] == near(rate[j] / (rate[i] + rate[j]))


@pytest.mark.parametrize("concentration", [2.0, 30.0])
def test_dirichlet_weights_have_the_moments_of_their_law(concentration):
    """A unit with 100 in one indicator scores that indicator's share."""
    noise = WeightNoise("dirichlet", concentration=concentration)
    plan = make_plan({"index": {"x": 5, "y": 3, "z": 2}}, 3, variation=Variation(weights=noise), normalise=AS_IT_IS)
    tables = tables_of(job_of(plan, 100 * np.eye(3)), COUNT)
    share = np.array([0.5, 0.3, 0.2])
    spread = 100 * np.sqrt(share * (1 - share) / (concentration + 1))
    found = own(tables, "intervals").sort("country")
    np.testing.assert_allclose(found["score_mean"], 100 * share, atol=4 * spread.max() / sqrt(COUNT))
    np.testing.assert_allclose(found["score_sd"], spread, rtol=0.03)
    matrix = own(tables, "covariances").sort("country", "other")["covariance"].to_numpy().reshape(3, 3)
    wanted = 1e4 * (np.diag(share) - np.outer(share, share)) / (concentration + 1)
    np.testing.assert_allclose(matrix, wanted, atol=0.05 * wanted.max())


def test_bootstrapped_children_have_the_moments_of_a_multinomial():
    noise = Variation(weights=WeightNoise("bootstrap"))
    tables = tables_of(job_of(make_plan(PAIR, 2, variation=noise, normalise=AS_IT_IS), 100 * np.eye(2)), COUNT)
    assert own(tables, "intervals")["score_mean"].to_list() == pytest.approx([50, 50], abs=1)
    assert own(tables, "intervals")["score_sd"].to_list() == pytest.approx([100 * sqrt(1 / 8)] * 2, rel=0.02)


# Figures: the parametric bootstrap of ranks


LEVELS, SIZES = np.array([50.0, 48, 47, 40]), np.array([1.0, 2, 3, 1.5])


def bootstrap(common=0.0, levels=LEVELS, sizes=SIZES):
    plan = make_plan({"index": {"x": 1}}, len(levels), variation=Variation(figures=True), normalise=AS_IT_IS)
    return tables_of(job_of(plan, levels[None], no_errors(plan, size=sizes[None], common=common)), COUNT)


@pytest.mark.parametrize("common", [0.0, 0.6])
def test_normal_errors_give_the_normal_law_of_pairs_and_expected_ranks(common):
    """What all units have in common does not tell them apart where their errors are of one size."""
    sizes = SIZES if common == 0 else np.full(4, 2.0)
    tables = bootstrap(common, sizes=sizes)
    above = above_of(tables, 4)
    expected = np.eye(4) * 0
    for i, j in ((i, j) for i in range(4) for j in range(4) if i != j):
        spread = sqrt((sizes[i] ** 2 + sizes[j] ** 2) * (1 - common))
        expected[i, j] = (1 + erf((LEVELS[i] - LEVELS[j]) / spread / sqrt(2))) / 2
        assert above[i, j] == near(expected[i, j])
    means = own(tables, "intervals").sort("country")["rank_mean"]
    np.testing.assert_allclose(means, 1 + expected.sum(axis=0), atol=0.03)
    np.testing.assert_allclose(means, 1 + above.sum(axis=0), rtol=1e-12)


def test_normal_errors_give_the_law_of_the_first_place_and_of_scores():
    tables = bootstrap()
    found = shares_of(tables, 4)
    for i in range(4):
        others = [j for j in range(4) if j != i]

        def density(x, i=i, others=others):
            below = np.prod([stats.norm.cdf(x, LEVELS[j], SIZES[j]) for j in others])
            return stats.norm.pdf(x, LEVELS[i], SIZES[i]) * below

        assert found[i, 0] == near(integrate.quad(density, 20, 80, points=[40, 47, 50])[0])
    scores = own(tables, "intervals").sort("country")
    for name, share in (("low_95", 0.025), ("low_90", 0.05), ("low_50", 0.25), ("median", 0.5), ("high_95", 0.975)):
        normal = stats.norm.ppf(share, LEVELS, SIZES)
        error = np.sqrt(share * (1 - share) / COUNT) / stats.norm.pdf(stats.norm.ppf(share)) * SIZES
        assert (np.abs(scores[f"score_{name}"].to_numpy() - normal) < 4 * error + 0.005 * SIZES).all()


def test_a_wholly_common_error_moves_no_rank():
    tables = bootstrap(common=1.0, sizes=np.full(4, 5.0))
    assert shares_of(tables, 4).tolist() == np.eye(4).tolist()
    matrix = own(tables, "covariances")["covariance"]
    assert matrix.to_list() == pytest.approx([25] * 16, rel=0.04)
    assert own(tables, "simulation")["shift_mean"].item() == 0


# Choices


def test_the_run_of_each_combination_is_a_score_of_the_choices():
    """Four combinations, each a quarter: the run is one of them, so that no interval of 90 % leaves it out."""
    choices = {
        "normalise": (Choice("min_max"), Choice("percentile_rank", {"low": 0, "high": 100})),
        "aggregate.index": (Choice("arithmetic"), Choice("geometric")),
    }
    job = job_of(make_plan(TREE, 8, variation=Variation(choices=choices)), RANDOM)
    found, scores = own(tables_of(job, 4000), "intervals").sort("country"), replicates_of(job, 4000)["index"]
    for name, share in (("low_95", 0.025), ("low_90", 0.05), ("median", 0.5), ("high_90", 0.95)):
        wanted = np.quantile(scores, share, axis=1, method="inverted_cdf")
        np.testing.assert_allclose(found[f"score_{name}"], wanted, rtol=1e-12, atol=1e-12)
    assert (found["score"] >= found["score_low_90"] - 1e-12).all()
    assert (found["score"] <= found["score_high_90"] + 1e-12).all()


# Tables against the stored replicates


def everything(**more):
    noise = {"weights": WeightNoise("uniform"), "leave_out": "indicator", "figures": True}
    choices = {"aggregate.index": (Choice("arithmetic"), Choice("geometric"))}
    return make_plan(TREE, 8, variation=Variation(**noise, choices=choices), **more)


def test_tables_are_those_of_the_stored_replicates():
    figures = RANDOM.copy()
    figures[[0, 2, 3], 5] = np.nan  # fails where what it has is left out
    plan = everything()
    job = job_of(plan, figures, no_errors(plan, size=3.0))
    tables, count = tables_of(job, 5000, 2), 5000
    for node, scores in replicates_of(job, count).items():
        ranks, found = ranks_of(scores), own(tables, "intervals", node).sort("country")
        failed = (ranks == 0).sum(axis=1)
        known = found["rank"].is_not_null().to_numpy()
        assert found["failed"].to_list() == np.where(known, failed, 0).tolist()
        there = failed < count
        mean = np.divide(ranks.sum(axis=1), count - failed, out=np.zeros(8), where=there)
        np.testing.assert_allclose(found["rank_mean"].fill_null(0), mean, rtol=1e-12)
        for top in (1, 3, 5, 10):
            share = ((ranks > 0) & (ranks <= top)).mean(axis=1)
            np.testing.assert_allclose(found[f"top_{top}"], share, rtol=1e-12)
        for name, share in (("low_95", 0.025), ("median", 0.5), ("high_90", 0.95)):
            for unit in np.flatnonzero(there):
                known = scores[unit][~np.isnan(scores[unit])]
                value, width = found[f"score_{name}"][int(unit)], np.ptp(known[:1024]) / 200 + 1e-9
                assert (
                    np.quantile(known, max(share - 0.002, 0)) - width
                    <= value
                    <= np.quantile(known, share + 0.002) + width
                )
                place = np.quantile(ranks[unit][ranks[unit] > 0], share, method="inverted_cdf")
                assert found[f"rank_{name}"][int(unit)] == place
        np.testing.assert_allclose(found["score_mean"].to_numpy()[there], np.nanmean(scores[there], axis=1), rtol=1e-10)
        np.testing.assert_allclose(
            found["score_sd"].to_numpy()[there], np.nanstd(scores[there], axis=1, ddof=1), rtol=1e-7
        )
    scores = replicates_of(job, count)["index"]
    full = ~np.isnan(scores).any(axis=1)
    assert 4 < full.sum() < 8
    matrix = own(tables, "covariances").sort("country", "other")["covariance"].to_numpy().reshape(8, 8)
    np.testing.assert_allclose(matrix[np.ix_(full, full)], np.cov(scores[full]), rtol=1e-8)
    assert own(tables, "simulation")["failed"].item() == np.isnan(scores).sum() > 0


def test_counts_of_ranks_and_failures_add_up_to_the_replicates():
    plan = everything()
    figures = RANDOM.copy()
    figures[:3, 5] = np.nan
    tables = tables_of(job_of(plan, figures, no_errors(plan, size=3.0)), 4500)
    total = tables["ranks"].group_by("varied", "node", "country").agg(pl.col("count").sum())
    joined = tables["intervals"].join(total, on=["varied", "node", "country"], how="left").fill_null(0)
    ranked = joined.filter(pl.col("rank") > 0)
    assert (ranked["count"] + ranked["failed"]).unique().to_list() == [4500]


# Invariants


def test_the_scale_of_weights_and_the_unit_of_figures_change_nothing():
    bigger = {code: {child: 7 * weight for child, weight in children.items()} for code, children in TREE.items()}
    variation = Variation(weights=WeightNoise("uniform"), figures=True)
    one, other = make_plan(TREE, 8, variation=variation), make_plan(bigger, 8, variation=variation)
    scaled = RANDOM * np.array([[1e-9], [1e9], [1.0], [3.0]])
    first = tables_of(job_of(one, RANDOM, no_errors(one, size=2.0)), 3000)
    second = tables_of(job_of(other, scaled, no_errors(other, size=2 * scaled / RANDOM)), 3000)
    for name in ("ranks", "pairs"):
        assert first[name].equals(second[name])


def test_permuted_units_have_permuted_tables():
    variation = Variation(weights=WeightNoise("uniform"), leave_out="indicator")
    plan, order = make_plan(TREE, 8, variation=variation), np.array([3, 1, 7, 0, 2, 6, 5, 4])
    names = {f"U{place:03}": f"U{unit:03}" for place, unit in enumerate(order)}
    first = tables_of(job_of(plan, RANDOM), 3000)
    second = tables_of(job_of(plan, RANDOM[:, order]), 3000)
    key = ["varied", "node", "country"]
    for name, keys in (("ranks", [*key, "rank"]), ("pairs", [*key, "other"])):
        codes = [pl.col(each).replace(names) for each in ("country", "other") if each in keys]
        assert first[name].sort(keys).equals(second[name].with_columns(codes).sort(keys))


def test_a_dominated_country_is_never_above():
    figures = RANDOM.copy()
    figures[:, 1] = figures[:, 0] - np.array([0.1, 2, 0.01, 5])
    choices = {
        "aggregate": tuple(Choice(each) for each in ("arithmetic", "geometric", "minimum", "harmonic")),
        "normalise": (Choice("min_max"), Choice("percentile_rank", {"low": 0, "high": 100}), Choice("borda")),
    }
    variation = Variation(weights=WeightNoise("flat"), leave_out="indicator", choices=choices)
    tables = tables_of(job_of(make_plan(TREE, 8, variation=variation), figures), 6000)
    pairs = tables["pairs"].filter((pl.col("country") == "U001") & (pl.col("other") == "U000"))
    assert pairs["above"].sum() == 0
    assert (tables["mixes"]["replicates"] > 0).sum() > 10


def test_units_whose_figures_are_equal_are_never_apart():
    figures = RANDOM.copy()
    figures[:, 1] = figures[:, 0]
    tables = tables_of(job_of(make_plan(TREE, 8, variation=FLAT), figures), 2000)
    assert above_of(tables, 8)[[0, 1], [1, 0]].tolist() == [0, 0]
