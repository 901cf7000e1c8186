"""Two countries side by side: differences, chances from errors and from replicates, and who leads."""

from __future__ import annotations

from math import erf, sqrt

import numpy as np
import polars as pl
import pytest
from numpy_simulation import ranks_of
from simulated_cases import replicates_of
from test_figure_errors import give
from two_runs import values_of

from readiness.contrast import contrast
from readiness.errors import USAGE, ReadinessError
from readiness.simulate import prepared_job, simulate

CODES = ("chips", "cables", "price", "coders", "courses")
VARY = "\n[uncertainty]\nrefit = false\nfigures = true\nweights = { method = 'uniform', spread = 0.4 }\n"


@pytest.fixture
def varying(small):
    for code in CODES:
        give(small, code, "absolute", 2)
    small.write("recipe.toml", small.path("recipe.toml").read_text(encoding="utf-8") + VARY)
    return small


def rows(found):
    return {row["node"]: row for row in found.table.iter_rows(named=True)}


def above(difference, error):
    return 0.5 * (1 + erf(difference / error / sqrt(2)))


def test_scores_ranks_and_differences_are_the_published_ones(small):
    results = small.run()
    found = contrast(results, "BE", "Germany")
    assert (found.one, found.other, found.edition) == ("BE", "DE", 2024)
    assert found.table["node"].to_list() == list(results.framework.nodes)
    scores, ranks = (values_of(results, column) for column in ("score", "rank"))
    for node, row in rows(found).items():
        assert (row["one"], row["other"]) == (scores["BE", node], scores["DE", node])
        assert (row["rank_one"], row["rank_other"]) == (ranks["BE", node], ranks["DE", node])
        assert row["difference"] == scores["BE", node] - scores["DE", node]
        assert (row["name"], row["level"]) == (results.framework.name_of(node), results.framework.level(node))


def test_without_simulation_groups_have_no_chance_and_nobody_leads(varying):
    found = rows(contrast(varying.run(), "BE", "DE"))
    assert [found[node]["chance"] for node in ("index", "compute", "skills")] == [None] * 3
    assert [found[node]["leads"] for node in ("index", "compute", "skills")] == [None] * 3


def test_chances_on_indicators_are_those_of_a_normal_difference(varying):
    """An error of 2 points each; 120 courses for nine people are compared with 460 for eleven."""
    found = rows(contrast(varying.run(), "AT", "BE"))
    assert found["chips"]["chance"] == pytest.approx(above(10 - 20, 2 * sqrt(2)), rel=1e-12)
    assert found["cables"]["chance"] == pytest.approx(above(35 - 15, 2 * sqrt(2)), rel=1e-12)
    assert found["price"]["chance"] == pytest.approx(above(-(9 - 4), 2 * sqrt(2)), rel=1e-12), "less is better"
    assert found["coders"]["chance"] == pytest.approx(above(3 - 1, 2 * sqrt(2)), rel=1e-12)
    apart = 120 / 9 - 460 / 11
    assert found["courses"]["chance"] == pytest.approx(above(apart, np.hypot(2 / 9, 2 / 11)), abs=1e-12)
    assert {node: found[node]["leads"] for node in CODES} == {
        "chips": "BE", "cables": "AT", "price": "BE", "coders": None, "courses": "BE",
    }  # fmt: skip


def test_flags_widen_the_error_as_in_the_recipe(varying):
    varying.edit("recipe.toml", "figures = true", "figures = { flags = { e = 3.0 } }")
    varying.put("chips", "AT", 2023, 10, obs_status="e")
    found = rows(contrast(varying.run(), "AT", "BE"))
    assert found["chips"]["chance"] == pytest.approx(above(-10, np.hypot(6, 2)), rel=1e-12)


def test_where_no_error_is_declared_there_is_no_chance(small):
    give(small, "chips", "absolute", 2)
    found = rows(contrast(small.run(), "AT", "BE"))
    assert [found[code]["chance"] is None for code in CODES] == [False, True, True, True, True]
    assert [found[code]["leads"] for code in CODES] == ["BE", None, None, None, None]


def test_of_exact_figures_the_better_is_ahead_for_sure_and_equal_ones_are_even(small):
    for code in CODES:
        give(small, code, "none")
    small.put("coders", "AT", 2023, 1)
    found = rows(contrast(small.run(), "AT", "BE"))
    assert [found[code]["chance"] for code in CODES] == [0, 1, 0, 0.5, 0]
    assert [found[code]["leads"] for code in CODES] == ["BE", "AT", "BE", None, "BE"]


def test_chances_on_groups_are_shares_of_replicates_with_half_of_the_ties(varying):
    varying.edit("recipe.toml", "decimals = 2", "decimals = 0")  # so that there are ties
    results = varying.run()
    number = 400
    job, _ = prepared_job(results, number, 5)
    draws = replicates_of(job, number, "all")
    found = rows(contrast(simulate(results, number, 5), "BG", "CY"))
    tied = 0
    for node in ("index", "compute", "skills"):
        ranks = ranks_of(draws[node], 0)[[2, 3]]
        equal = (ranks[0] == ranks[1]).mean()
        assert found[node]["chance"] == pytest.approx((ranks[0] < ranks[1]).mean() + equal / 2, abs=1e-12), node
        tied += equal > 0
    assert tied
    assert any(0.05 < found[node]["chance"] < 0.95 for node in ("index", "compute", "skills"))


def test_the_other_way_round_everything_is_mirrored(varying):
    results = simulate(varying.run(), 300, 5)
    there, back = (rows(contrast(results, *pair)) for pair in (("AT", "CZ"), ("CZ", "AT")))
    for node, row in there.items():
        other = back[node]
        assert (row["one"], row["rank_one"], row["leads"]) == (other["other"], other["rank_other"], other["leads"])
        assert row["difference"] == -other["difference"]
        assert row["chance"] == pytest.approx(1 - other["chance"], abs=1e-12)


def test_who_leads_is_ahead_with_a_chance_of_95_percent(simulated):
    for pair in (("FI", "RO"), ("PT", "ES"), ("BG", "DK")):
        for row in rows(contrast(simulated, *pair)).values():
            expected = (
                None
                if row["chance"] is None
                else pair[0]
                if row["chance"] >= 0.95
                else pair[1]
                if row["chance"] <= 0.05
                else None
            )
            assert row["leads"] == expected, row
    assert rows(contrast(simulated, "FI", "RO"))["index"]["leads"] == "FI"


def test_a_gap_has_neither_difference_nor_chance(varying):
    varying.drop("chips", ("BE",))
    for code in ("coders", "courses"):
        varying.drop(code, ("AT",))
    found = rows(contrast(simulate(varying.run(), 300, 5), "AT", "BE"))
    for node in ("chips", "coders", "skills", "index"):
        assert [found[node][name] for name in ("difference", "chance", "leads")] == [None] * 3, node
    assert found["chips"]["one"] is not None
    assert found["chips"]["other"] is None
    assert found["cables"]["chance"] is not None


def test_an_imputed_figure_has_no_chance(varying):
    varying.drop("chips", ("BE",))
    found = rows(contrast(varying.run(settings=["impute=mean"]), "AT", "BE"))
    assert found["chips"]["other"] is not None
    assert found["chips"]["chance"] is None


@pytest.mark.parametrize(
    ("one", "other", "named", "hint"),
    [
        ("BE", "BE", "BE", ""),
        ("BE", "belgium", "belgium", ""),
        ("Germny", "BE", "Germny", "Did you mean Germany?"),
        ("BE", "XX", "XX", ""),
        ("EU27_2020", "BE", "EU27_2020", ""),
        ("", "BE", "", ""),
    ],
)
def test_what_is_no_second_country_is_refused(small, one, other, named, hint):
    with pytest.raises(ReadinessError) as caught:
        contrast(small.run(), one, other)
    (found,) = caught.value.violations
    assert (found.code, found.found, found.hint, caught.value.status) == ("E520", named, hint, USAGE)


def test_the_table_has_its_types_even_where_all_is_missing(small):
    for code in CODES:
        small.drop(code, ("AT",))
    table = contrast(small.run(), "AT", "BE").table
    assert table.schema["difference"] == table.schema["chance"] == pl.Float64
    assert table.schema["leads"] == pl.String
    assert table["one"].null_count() == table.height
