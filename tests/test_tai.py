"""The case of the Handbook on Constructing Composite Indicators, held against figures computed here."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import readiness
from readiness.programmes import optimal_orders, order_support, support
from readiness.reading.frameworks import read_framework
from readiness.reading.places import index_folder
from readiness.reading.recipes import read_weights
from readiness.replicate import cases
from readiness.statistics import consistency_ratio

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data" / "tai-2008"
CODES = ("patents", "royalties", "internet", "exports", "telephones", "electricity", "schooling", "university")
POSTS = {  # before the logarithm
    "patents": (0, 994),
    "royalties": (0, 272.6),
    "internet": (0, 232.4),
    "exports": (0, 80.8),
    "telephones": (1, 901),
    "electricity": (22, 6969),
    "schooling": (0.8, 12),
    "university": (0.1, 27.4),
}
LOGARITHMS = ("telephones", "electricity")
FIVE = ("FIN", "USA", "SWE", "JPN", "KOR")


def rows(*parts):
    with DATA.joinpath(*parts).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ranks_of(results):
    return dict(results.ranks.select("country", "rank").iter_rows())


def published_ranks(method):
    return {row["geo"]: int(row["rank"]) for row in rows("published", "ranks.csv") if row["method"] == method}


@pytest.fixture(scope="module")
def framework():
    return read_framework(index_folder("indicators", "tai-2008"))


@pytest.fixture(scope="module")
def tai():
    return readiness.run(index="tai-2008")


@pytest.fixture(scope="module")
def figures(framework):
    own = {(row["geo"], row["indicator"]): float(row["value"]) for row in rows("2026-11-22", "figures.csv")}
    return np.array([[own[unit, code] for code in CODES] for unit in framework.units])


@pytest.fixture(scope="module")
def scaled(figures):
    """Return the figures between their goalposts, telephones and electricity cut at 1."""
    out = np.empty_like(figures)
    for place, code in enumerate(CODES):
        low, high = (math.log10(post) if code in LOGARITHMS else post for post in POSTS[code])
        out[:, place] = (figures[:, place] - low) / (high - low)
        if code in LOGARITHMS:
            out[:, place] = np.minimum(out[:, place], 1)
    return out


def test_files_and_recipe_have_no_faults():
    assert readiness.check(index="tai-2008") == []


def test_goalposts_of_the_logarithms_are_logarithms(framework):
    for code, posts in POSTS.items():
        wanted = tuple(math.log10(post) for post in posts) if code in LOGARITHMS else posts
        assert framework.indicators[code].goalposts == pytest.approx(wanted, rel=1e-15)


def test_scores_are_the_mean_of_the_scaled_figures(tai, scaled):
    scores = dict(tai.ranks.select("country", "score").iter_rows())
    assert [scores[unit] for unit in tai.framework.units] == pytest.approx(scaled.mean(axis=1), rel=1e-14)


def test_the_mean_of_the_four_dimensions_is_the_mean_of_the_indicators(tai, scaled):
    dimensions = scaled.reshape(len(scaled), 4, 2).mean(axis=2)
    scores = dict(tai.ranks.select("country", "score").iter_rows())
    assert [scores[unit] for unit in tai.framework.units] == pytest.approx(dimensions.mean(axis=1), rel=1e-14)


def test_without_the_two_caps_eighteen_ranks_are_met():
    results = readiness.run(index="tai-2008", settings=["normalise=goalposts", "normalise.low=0", "normalise.high=1"])
    wanted = published_ranks("EW")
    assert sum(ranks_of(results)[unit] == rank for unit, rank in wanted.items()) == 18


def test_the_extremes_of_the_countries_are_no_goalposts():
    results = readiness.run(index="tai-2008", settings=["normalise=min_max"])
    wanted = published_ranks("EW")
    assert sum(ranks_of(results)[unit] == rank for unit, rank in wanted.items()) == 11


@pytest.mark.parametrize("method", ["BAP", "FA", "AHP"])
def test_files_of_weights_are_the_published_ones(framework, method):
    path = index_folder("indicators", "tai-2008") / "weights" / f"{method.lower()}.toml"
    printed = {row["node"]: float(row["weight"]) for row in rows("published", "weights.csv") if row["method"] == method}
    assert read_weights(path, framework) == printed
    assert len(printed) == 8


def test_singapore_has_its_original_rank_when_its_royalties_are_zero(tai, tmp_path):
    own = {row["country"]: row for row in tai.ranks.iter_rows(named=True)}["SGP"]
    assert (own["rank"], round(own["score"], 3)) == (8, 0.597)
    text = (DATA / "2026-11-22" / "figures.csv").read_text(encoding="utf-8")
    assert text.count("royalties,SGP,2001,25.5,") == 1
    (tmp_path / "figures.csv").write_text(text.replace("SGP,2001,25.5,", "SGP,2001,0,"), encoding="utf-8")
    changed = readiness.run(index="tai-2008", data=tmp_path)
    own = {row["country"]: row for row in changed.ranks.iter_rows(named=True)}["SGP"]
    assert (own["rank"], round(own["score"], 3)) == (10, 0.586)
    wanted = published_ranks("TAI8_original")
    assert ranks_of(changed) == wanted


def test_pairwise_judgements_weigh_through_the_same_command(framework):
    results = readiness.run(index="tai-2008", settings=["weight=analytic_hierarchy"])
    shares = dict(results.weights.filter(pl.col("parent") == "TAI").select("node", "share").iter_rows())
    matrix = np.array(framework.opinions["analytic_hierarchy"]["TAI"])
    values, vectors = np.linalg.eig(matrix)
    own = np.abs(vectors[:, values.real.argmax()].real)
    assert [shares[code] for code in CODES] == pytest.approx(own / own.sum(), abs=1e-9)
    assert consistency_ratio(matrix).ratio < 0.1
    assert max(shares, key=shares.get) == "schooling"


def matrix_of(x, weights=None):
    return support(np.ascontiguousarray(x.T), np.full(x.shape[1], 1 / x.shape[1]) if weights is None else weights)


def five_countries():
    own = {(row["geo"], row["indicator"]): float(row["value"]) for row in rows("published", "five_countries.csv")}
    return np.array([[own[unit, code] for code in CODES] for unit in FIVE])


def by_hand(x, order):
    """Return the support of an order: for each pair the share of indicators where the earlier leads, half for a tie."""
    pairs = [(a, b) for place, a in enumerate(order) for b in order[place + 1 :]]
    return sum(((x[a] > x[b]).sum() + (x[a] == x[b]).sum() / 2) / x.shape[1] for a, b in pairs)


def test_five_countries_have_three_best_orders_of_all_120():
    x = five_countries()
    found = [(by_hand(x, order), order) for order in permutations(range(5))]
    best = max(found)[0]
    assert best == 6.375
    orders = optimal_orders(matrix_of(x), 100)
    assert {tuple(order) for order in orders} == {order for value, order in found if value == best}
    assert [order_support(order, matrix_of(x)) for order in orders] == pytest.approx([best] * 3)


def test_two_decimals_of_the_logarithms_make_a_tie(figures, framework):
    x = figures[[framework.units.index(unit) for unit in FIVE]]
    assert max(by_hand(x, order) for order in permutations(range(5))) == 6.4375


def test_the_printed_order_of_23_countries_is_not_the_best(figures, framework):
    matrix = matrix_of(figures)
    best = order_support(optimal_orders(matrix, 1)[0], matrix)
    assert best == pytest.approx(184.5)
    printed = published_ranks("NCMC")
    places = [printed[unit] for unit in framework.units]
    value = sum(
        matrix[a, b] if places[a] < places[b] else max(matrix[a, b], matrix[b, a])
        for a in range(23)
        for b in range(23)
        if places[a] < places[b] or (places[a] == places[b] and a < b)
    )
    assert value == pytest.approx(182.125)


def test_a_case_of_five_countries_ranks_them_alone():
    (five,) = [case for case in cases() if case.name == "tai-kemeny-five"]
    tree = replace(read_framework(index_folder("indicators", "tai-2008")), units=five.units)
    results = readiness.run(index="tai-2008", framework=tree, data=five.figures, settings=list(five.settings))
    assert sorted(ranks_of(results)) == sorted(FIVE)
