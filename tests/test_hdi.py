"""The Human Development Index as published by UNDP, computed again from its own figures and goalposts."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import polars as pl
import pytest

import readiness

DATA = Path(__file__).resolve().parents[1] / "data" / "hdi"
RANGES = {"life_expectancy": (20, 85), "expected_years_schooling": (0, 18), "mean_years_schooling": (0, 15)}


def rows(*parts):
    with DATA.joinpath(*parts).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def hdi():
    return readiness.run(index="hdi")


@pytest.fixture(scope="module")
def figures():
    found = {}
    for row in rows("2026-11-22", "figures.csv"):
        found.setdefault((int(row["year"]), row["geo"]), {})[row["indicator"]] = float(row["value"])
    return found


@pytest.fixture(scope="module")
def computed(hdi):
    return {(row["edition"], row["country"], row["node"]): row for row in hdi.scores.iter_rows(named=True)}


def index_of(own):
    """Return the three dimensions and the index by the formulas of the report."""
    life, expected, mean = (min(1, (own[code] - low) / (high - low)) for code, (low, high) in RANGES.items())
    education = (expected + mean) / 2
    income = min(1, math.log(own["gni_per_capita"] / 100) / math.log(75000 / 100))
    return life, education, income, (life * education * income) ** (1 / 3)


def published(hdi_file="scores.csv", value="score"):
    return {(int(row["edition"]), row["geo"]): row[value] for row in rows("published", hdi_file)}


def test_files_and_recipe_have_no_faults():
    assert readiness.check(index="hdi") == []


def test_scores_are_those_of_the_formulas(figures, computed):
    assert len(figures) == 961
    for (year, unit), own in figures.items():
        expected = index_of(own)
        for node, score in zip(("health", "education", "income", "HDI"), expected, strict=True):
            assert computed[year, unit, node]["score"] == pytest.approx(score, rel=1e-13), (year, unit, node)


def test_all_published_values_are_met_at_their_three_decimals(computed):
    scores = published()
    assert len(scores) == 961
    assert {key: f"{computed[*key, 'HDI']['score']:.3f}" for key in scores} == {
        key: f"{float(score):.3f}" for key, score in scores.items()
    }


def test_all_published_ranks_of_the_newest_year_are_met(computed, hdi):
    ranks = published("ranks.csv", "rank")
    assert len(ranks) == 193
    assert {key: computed[*key, "HDI"]["rank"] for key in ranks} == {key: int(rank) for key, rank in ranks.items()}
    assert hdi.ranks.filter(pl.col("rank").is_null()).height == 0


def test_ranks_are_of_values_as_printed():
    ranks = published("ranks.csv", "rank")
    exact = readiness.run(index="hdi", settings=["rank.decimals=12"])
    newest = exact.scores.filter((pl.col("edition") == 2022) & (pl.col("node") == "HDI"))
    others = sum(rank != int(ranks[2022, unit]) for unit, rank in newest.select("country", "rank").iter_rows())
    assert others == 27


def test_the_cap_of_life_expectancy_matters_for_hong_kong_alone():
    scores = published()
    open_end = readiness.run(index="hdi", settings=["normalise.life_expectancy.cut_above=0"])
    found = open_end.scores.filter((pl.col("node") == "HDI") & pl.col("score").is_not_null())
    missed = {
        (edition, unit)
        for edition, unit, score in found.select("edition", "country", "score").iter_rows()
        if f"{score:.3f}" != f"{float(scores[edition, unit]):.3f}"
    }
    assert missed == {(year, "HKG") for year in (2018, 2019, 2020, 2021)}


def test_a_country_without_a_published_value_has_no_score(computed, hdi, figures):
    missing = {(year, unit) for year in hdi.framework.editions for unit in hdi.framework.units} - set(figures)
    assert missing == {(year, "SOM") for year in (2018, 2019, 2020, 2021)}
    for key in missing:
        row = computed[*key, "HDI"]
        assert (row["score"], row["rank"]) == (None, None)
        assert row["reason"]


def test_a_country_with_three_of_four_figures_has_no_score(tmp_path):
    lines = (DATA / "2026-11-22" / "figures.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("mean_years_schooling,NOR,2022,")]
    assert len(kept) == len(lines) - 1
    (tmp_path / "figures.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    newest = readiness.run(index="hdi", data=tmp_path).scores.filter(pl.col("edition") == 2022)
    own = {node: score for unit, node, score in newest.select("country", "node", "score").iter_rows() if unit == "NOR"}
    assert own["HDI"] is None
    assert own["education"] is None
    assert own["health"] is not None
    ranked = newest.filter((pl.col("node") == "HDI") & pl.col("rank").is_not_null())
    assert ranked.height == 192


def test_names_of_countries_are_those_of_the_source(hdi):
    names = dict(hdi.ranks.select("country", "name").iter_rows())
    assert len(names) == 193
    assert (names["CHE"], names["CIV"], names["TUR"]) == ("Switzerland", "Côte d'Ivoire", "Türkiye")
    assert not any(name == code for code, name in names.items())
