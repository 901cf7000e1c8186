"""The official scores computed a second time, by other code: plain NumPy and the csv module on the released files.

Nothing of the package computes here. The rules are written out again from their descriptions in the framework.
"""

from __future__ import annotations

import csv
import re
import tomllib
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

ROOT = Path(__file__).resolve().parents[1]
TREE = tomllib.loads((ROOT / "indicators" / "eari" / "framework.toml").read_text(encoding="utf-8"))
WEIGHTS = TREE["weights"]
EDITIONS = TREE["editions"]
EU = "EU27_2020"
MEMBERS = re.findall("..", "ATBEBGCYCZDEDKEEELESFIFRHRHUIEITLTLULVMTNLPLPTROSESISK")
FILES = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in (ROOT / "indicators" / "eari").glob("*/**/*.toml")
}
LEAVES = [child for group in WEIGHTS.values() for child in group if child not in WEIGHTS]
LAG, OLDEST = 1, 4


def released():
    """Return {(indicator, country): {year: value}} of the newest release: the newest vintage, usable figures only."""
    newest = max((ROOT / "data" / "eari").glob("*/figures.csv"))
    found, vintages = {}, {}
    with newest.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = row["indicator"], row["geo"], int(row["year"])
            usable = row["value"] and not set(row["obs_status"]) & set("mf") and not row.get("conf_status")
            if row["vintage"] >= vintages.get(key, ""):
                vintages[key] = row["vintage"]
                found.setdefault(key[:2], {}).pop(key[2], None)
                if usable:
                    found[key[:2]][key[2]] = float(row["value"])
    return found


FIGURES = released()


def newest_until(series, country, year, beside=""):
    """Return the newest year not after a year that a series has (and the one beside it, if named), or nothing."""
    years = set(FIGURES.get((series, country), {}))
    if beside:
        years &= set(FIGURES.get((beside, country), {}))
    return max((each for each in years if each <= year), default=None)


def raw_value(code, country, edition):
    """Select a figure, divide it, and bend its scale."""
    last = edition - LAG
    year = newest_until(code, country, last)
    if year is None or last - year > FILES[code].get("max_age", OLDEST):
        return np.nan
    value = FIGURES[code, country][year]
    if denominator := FILES[code].get("denominator"):
        divisor = newest_until(denominator["series"], country, year)
        value = (
            np.nan if divisor is None else value / FIGURES[denominator["series"], country][divisor] * denominator["per"]
        )
    if rebase := FILES[code].get("rebase"):
        both = newest_until(rebase["from"], country, year, rebase["to"])
        old, new = (FIGURES[rebase[each], country].get(both, np.nan) for each in ("from", "to"))
        value = value * old / new
    return np.log1p(value) if FILES[code].get("transform") == "log1p" else value


def winsorised(values):
    """Pull in the extreme country, then the next, at most two, while skewness and kurtosis are both extreme."""
    values, low, high = values.copy(), -np.inf, np.inf
    moved = np.zeros(len(values), dtype=bool)
    while abs(skew := stats.skew(values, bias=False)) > 2 and stats.kurtosis(values, bias=False) > 3.5:
        far = values == (values.max() if skew > 0 else values.min())
        if (moved | far).sum() > 2:
            break
        moved |= far
        inner = values[~far].max() if skew > 0 else values[~far].min()
        values[far] = inner
        low, high = (low, inner) if skew > 0 else (inner, high)
    return low, high


def indicator_scores(code):
    """Return {edition: scores of the members}: capped, scaled over all editions, empty where too few have a figure."""
    raw = {edition: np.array([raw_value(code, country, edition) for country in MEMBERS]) for edition in EDITIONS}
    counts = [edition for edition in EDITIONS if 3 * np.isfinite(raw[edition]).sum() >= 2 * len(MEMBERS)]
    if not counts:
        return {edition: np.full(len(MEMBERS), np.nan) for edition in EDITIONS}
    newest = raw[max(counts)]
    low, high = winsorised(newest[np.isfinite(newest)])
    capped = {edition: np.clip(raw[edition], low, high) for edition in counts}
    every = np.concatenate(list(capped.values()))
    least, most = np.nanmin(every), np.nanmax(every)
    best, worst = (most, least) if FILES[code]["higher_is_better"] else (least, most)
    out = {edition: np.full(len(MEMBERS), np.nan) for edition in EDITIONS}
    return out | {edition: 100 * (capped[edition] - worst) / (best - worst) for edition in counts}


def group_score(children, weights):
    """Return the mean of the children that are there, if at least half of the weight is."""
    present = [
        (score, Fraction(weight)) for score, weight in zip(children, weights, strict=True) if not np.isnan(score)
    ]
    weight = sum(each for _, each in present)
    if not present or 2 * weight < sum(map(Fraction, weights)):
        return np.nan
    return sum(score * float(each) for score, each in present) / float(weight)


def declared_share(code):
    parent = next((group for group, children in WEIGHTS.items() if code in children), None)
    if parent is None:
        return Fraction(1)
    whole = sum(map(Fraction, WEIGHTS[parent].values()))
    return Fraction(WEIGHTS[parent][code]) / whole * declared_share(parent)


def compute():
    """Return {(edition, country, node): score}."""
    scores = {}
    for code in LEAVES:
        for edition, row in indicator_scores(code).items():
            scores |= {(edition, country, code): value for country, value in zip(MEMBERS, row, strict=True)}
    for edition in EDITIONS:
        people = {country: newest_until("population_jan1", country, edition - LAG) for country in MEMBERS}
        weight = {country: FIGURES["population_jan1", country][year] for country, year in people.items()}
        for country in MEMBERS:

            def node(code, edition=edition, country=country):
                if code in WEIGHTS:
                    children = [node(child) for child in WEIGHTS[code]]
                    scores[edition, country, code] = group_score(children, list(WEIGHTS[code].values()))
                return scores[edition, country, code]

            node("index")
            figures = sum(declared_share(code) for code in LEAVES if not np.isnan(scores[edition, country, code]))
            if figures < Fraction(2, 3):
                scores[edition, country, "index"] = np.nan
        for code in (*WEIGHTS, *LEAVES):
            known = [country for country in MEMBERS if not np.isnan(scores[edition, country, code])]
            total = sum(weight[country] for country in known)
            mean = (
                sum(weight[country] * scores[edition, country, code] for country in known) / total if known else np.nan
            )
            scores[edition, EU, code] = mean
    return scores


@pytest.fixture(scope="module")
def expected():
    return compute()


@pytest.fixture(scope="module")
def official(eari):
    return {(row["edition"], row["country"], row["node"]): row for row in eari.scores.iter_rows(named=True)}


def test_every_score_of_every_edition_agrees(expected, official):
    assert set(expected) == set(official)
    assert len(expected) == len(EDITIONS) * 28 * (len(WEIGHTS) + len(LEAVES))
    gaps = {key for key, score in expected.items() if np.isnan(score)}
    assert gaps == {key for key, row in official.items() if row["score"] is None}
    differences = {key: abs(official[key]["score"] - score) for key, score in expected.items() if key not in gaps}
    assert max(differences.values()) <= 1e-10


def test_every_rank_of_every_edition_agrees(expected, official):
    for edition in EDITIONS:
        for code in (*WEIGHTS, *LEAVES):
            scores = {country: expected[edition, country, code] for country in MEMBERS}
            known = {country: np.round(score, 2) for country, score in scores.items() if not np.isnan(score)}
            ranks = dict(zip(known, stats.rankdata([-score for score in known.values()], method="min"), strict=True))
            assert {country: official[edition, country, code]["rank"] for country in MEMBERS} == {
                country: ranks.get(country) for country in MEMBERS
            }
            assert official[edition, EU, code]["rank"] is None


def test_the_check_meets_every_rule(expected, eari):
    """Were no indicator capped, divided or left out, the agreement above would say nothing on those rules."""
    assert any("denominator" in FILES[code] for code in LEAVES)
    assert any("rebase" in FILES[code] for code in LEAVES)
    assert eari.bounds["capped"].drop_nulls().len() >= 1
    assert (eari.cells["status"] == "out").any()
    gaps = {key for key, score in expected.items() if np.isnan(score)}
    assert any(code in WEIGHTS for _, _, code in gaps)


def test_the_members_are_the_27_states(eari):
    assert list(eari.framework.units) == MEMBERS
    assert eari.framework.reference.code == EU
