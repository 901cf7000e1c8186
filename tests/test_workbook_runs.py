"""Workbooks of other runs: without tables, of other indices, with gaps, imputed values and secrets."""

from __future__ import annotations

from dataclasses import replace

import pytest
from spreadsheet import Book
from test_workbook import COUNTRY_SHEETS, DAY, like

import readiness
from readiness.answers import answered
from readiness.report.data import gather
from readiness.report.workbook import country_workbook, index_workbook
from readiness.tables import TABLES


def test_tables_that_a_run_lacks_are_left_out_and_told(eari):
    bare = replace(eari, tables={name: eari.tables[name] for name in TABLES})
    book = Book(country_workbook(gather(bare), "PT", DAY))
    assert list(book.sheets) == ["Read me", "Ranking", "Steps", "Tree", "Strengths", "Editions"]
    told = {row["Topic"]: row["Text"] for row in book.table("Read me")}
    assert {name for name in COUNTRY_SHEETS if f"No sheet: {name}" in told} == set(COUNTRY_SHEETS) - set(book.sheets)
    assert told["Intervals"].startswith("None")
    assert "Tier" not in book.table("Ranking")[0]


@pytest.mark.parametrize(("index", "country"), [("desi-2022", "PT"), ("hdi", "PRT"), ("tai-2008", "ESP")])
def test_other_indices_have_workbooks(index, country):
    facts = gather(answered(readiness.run(index=index)))
    own, everyone = Book(country_workbook(facts, country, DAY)), Book(index_workbook(facts, DAY))
    ranks = facts.results.ranks["rank"].to_list()
    assert [row["Rank"] for row in own.table("Ranking")][: len(ranks)] == ranks
    assert [row["Rank"] for row in everyone.table("Ranking")][: len(ranks)] == ranks
    scores = {node: facts.score(country, node) for node in facts.framework.nodes}
    assert {row["Code"]: row["Score"] for row in own.table("Tree")} == like(scores)
    assert ("Change" in own.sheets) == (index == "hdi")


def test_a_country_without_a_rank_has_a_workbook_that_says_why(small):
    for code in ("chips", "coders", "courses"):
        small.drop(code, ("CY",))
    facts = gather(answered(small.run()))
    book = Book(country_workbook(facts, "CY", DAY))
    row = next(row for row in book.table("Ranking") if row["Code"] == "CY")
    assert (row["Rank"], row["Score"], row["Score, rounded"]) == (None, None, None)
    assert "of the indicator weight" in row["Why no score"]
    steps = {row["Code"]: row for row in book.table("Steps")}
    assert (steps["chips"]["Figure"], steps["chips"]["Score"], steps["chips"]["Why no score"]) == (
        None,
        None,
        "no figure",
    )
    cells = book.sheets["Steps"]
    assert book.find("Steps", "Figure", 0) not in cells, "a gap is an empty cell"


def test_an_imputed_value_is_told_apart_from_a_figure(small):
    small.drop("chips", ("CY",))
    facts = gather(answered(small.run(settings=["impute.method=mean"])))
    steps = {row["Code"]: row for row in Book(country_workbook(facts, "CY", DAY)).table("Steps")}
    chips = steps["chips"]
    assert (chips["Figure"], chips["Figure, divided"], chips["Imputed by"], chips["Status"]) == (
        None,
        None,
        "mean",
        "imputed",
    )
    assert chips["Imputed value"] == like(facts.cells["CY", "chips"]["imputed"])
    assert (steps["coders"]["Imputed value"], steps["coders"]["Imputed by"]) == (None, None)


def test_confidential_figures_are_not_in_the_workbooks(small):
    small.put("chips", "CY", 2023, 987654.25, conf_status="C")
    facts = gather(answered(small.run()))
    for made in (country_workbook(facts, "CY", DAY), index_workbook(facts, DAY)):
        assert all(b"987654.25" not in part for part in Book(made).parts.values())
