"""The Commission's published DESI 2022, computed again from its own figures, goalposts and weights."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = "EU27_2020"


@pytest.fixture(scope="module")
def published():
    with (ROOT / "data" / "desi-2022" / "published.csv").open(encoding="utf-8", newline="") as file:
        return {(row["geo"], row["node"]): float(row["score"]) for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def computed(desi):
    return {(row["country"], row["node"]): row for row in desi.scores.iter_rows(named=True)}


def test_every_published_score_is_met(published, computed):
    assert len(published) == 420
    differences = {key: abs(computed[key]["score"] - score) for key, score in published.items()}
    assert max(differences.values()) <= 1e-12


def test_published_scores_are_all_groups_of_all_countries(published, computed, desi):
    groups = {key for key in computed if key[1] in desi.framework.groups}
    assert groups == set(published)


def test_ranks_are_those_of_the_published_scores(published, computed, desi):
    for node in desi.framework.groups:
        scores = {geo: score for (geo, each), score in published.items() if each == node and geo != REFERENCE}
        # published with up to 14 decimals: what differs only beyond the tenth is one score written twice
        rounded = {geo: round(score, 10) for geo, score in scores.items()}
        expected = {geo: 1 + sum(other > own for other in rounded.values()) for geo, own in rounded.items()}
        assert {geo: computed[geo, node]["rank"] for geo in scores} == expected
    ranking = desi.ranks.sort("rank")
    assert ranking.height == 27
    assert ranking["rank"].to_list() == list(range(1, 28))
    best = sorted(
        (geo for geo, node in published if node == "DESI" and geo != REFERENCE), key=lambda geo: -published[geo, "DESI"]
    )
    assert ranking["country"].to_list() == best


def test_reference_is_scored_from_its_own_figures_and_unranked(computed, desi):
    own = {code: computed[REFERENCE, code] for code in desi.framework.nodes}
    assert all(row["score"] is not None and row["rank"] is None for row in own.values())
    cells = desi.cells.filter(pl.col("country") == REFERENCE)
    assert cells.height == len(desi.framework.leaves)
    assert cells["raw"].null_count() == 0
    mean = desi.scores.filter((pl.col("node") == "DESI") & (pl.col("country") != REFERENCE))["score"].mean()
    assert abs(mean - own["DESI"]["score"]) > 0.1, "no mean of the countries"
    assert REFERENCE not in desi.ranks["country"]


def test_indicator_scores_follow_the_declared_goalposts(desi):
    for code, indicator in desi.framework.indicators.items():
        low, high = indicator.goalposts
        zero, full = (low, high) if indicator.higher_is_better else (high, low)
        cells = desi.cells.filter(pl.col("indicator") == code)
        for raw, score in cells.select("raw", "normalised").iter_rows():
            assert score == pytest.approx(100 * (raw - zero) / (full - zero), rel=1e-13, abs=1e-12)


def test_imputed_figures_come_with_the_data(desi):
    assert desi.cells.filter(pl.col("obs_status") == "i").height == 8
    assert set(desi.cells["status"]) == {"used"}
