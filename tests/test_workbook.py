"""The workbooks hold the numbers of the run, as tables that programs and people can read, and no text does anything."""

from __future__ import annotations

import re
from datetime import date

import polars as pl
import pytest
from spreadsheet import MAIN, Book, column, line

from readiness.answers import answered
from readiness.peers import RULES
from readiness.report.data import gather
from readiness.report.workbook import country_workbook, index_workbook
from readiness.report.workbook_sheets import LONGEST, Column, clean, headings, letter
from readiness.report.workbook_writing import shown_decimals
from readiness.signals import signals

DAY = date(2026, 11, 26)
COUNTRY_SHEETS = ["Read me", "Ranking", "Steps", "Tree", "Change", "Movements", "Targets", "What would move us"]
COUNTRY_SHEETS += ["Data quality", "Peers", "Strengths", "Editions"]
INDEX_SHEETS = ["Read me", "Ranking", "Scores", "Figures", "Weights", "Bounds", "Movements", "Targets", "Nodes"]


@pytest.fixture(scope="module")
def whole(simulated):
    return gather(answered(simulated))


@pytest.fixture(scope="module")
def content(whole):
    return country_workbook(whole, "PT", DAY)


@pytest.fixture(scope="module")
def book(content):
    return Book(content)


@pytest.fixture(scope="module")
def index_book(whole):
    return Book(index_workbook(whole, DAY))


@pytest.fixture(scope="module")
def both(book, index_book):
    return book, index_book


def like(wanted):
    """Return a value, or several, as a cell gives it back: with sixteen digits."""
    if isinstance(wanted, dict):
        return {key: like(value) for key, value in wanted.items()}
    if isinstance(wanted, list | tuple):
        return type(wanted)(map(like, wanted))
    return pytest.approx(wanted, rel=1e-15) if isinstance(wanted, float) else wanted


def test_the_sheets_stand_in_their_order(book, index_book):
    assert list(book.sheets) == COUNTRY_SHEETS
    assert list(index_book.sheets) == INDEX_SHEETS


def test_the_ranking_is_that_of_the_run(both, whole, index_rows):
    for each in both:
        *rows, reference = each.table("Ranking")
        ranks = whole.results.ranks
        assert [row["Rank"] for row in rows] == ranks["rank"].to_list()
        assert [row["Code"] for row in rows] == ranks["country"].to_list()
        for node, name in (("score", "Score"), *((node, whole.name(node)) for node in whole.pillars)):
            assert [row[name] for row in rows] == like(ranks[node].to_list())
        for row in rows:
            own = index_rows[row["Code"]]
            assert (row["Rank, 90 % from"], row["Rank, 90 % to"], row["Tier"]) == (
                own["rank_low_90"],
                own["rank_high_90"],
                own["tier"],
            )
        assert (reference["Country"], reference["Rank"]) == ("European Union", None)
        assert reference["Score"] == like(whole.score("EU27_2020", "index"))


def test_every_step_of_every_indicator_is_there(book, whole):
    rows = book.table("Steps")
    names = {"Figure": "raw", "Figure, divided": "denominated", "Transformed": "transformed", "Treated": "treated"}
    names |= {"Score": "normalised", "Year": "year", "Status": "status", "File": "file", "Row": "row"}
    assert [row["Code"] for row in rows] == list(whole.framework.leaves)
    for row in rows:
        cell = whole.cells["PT", row["Code"]]
        assert {name: row[name] for name in names} == like({name: cell[key] for name, key in names.items()})
        assert row["Share of index"] == like(whole.scores["PT", row["Code"]]["effective"])
    assert sum(row["Points"] for row in rows) == pytest.approx(whole.score("PT", "index"), rel=1e-12)


def test_the_tree_has_every_score_and_no_difference(book, whole):
    rows = book.table("Tree")
    scores = {node: whole.score("PT", node) for node in whole.framework.nodes}
    assert {row["Code"]: row["Score"] for row in rows} == like(scores)
    assert {row["Difference"] for row in rows} == {0.0}
    for row in rows:
        own = whole.spread.row("PT", row["Code"])
        assert row["Rank, 90 % from"] == (own["rank_low_90"] if own else None)


def test_the_causes_of_a_change_are_those_of_the_run(book, whole):
    rows = [row for row in book.table("Change") if row["Code"] == "index"]
    told = [(row["Code of indicator"] or "", row["Points"], row["Places won"]) for row in rows]
    assert told == like([(row["indicator"], row["points"], row["places"]) for row in whole.changes["PT", "index"]])
    assert [row["Row"] for row in rows].count("total") == 1
    assert {row["Code"] for row in book.table("Change")} <= set(whole.framework.groups)


def test_the_answers_are_those_of_the_tables(book, whole):
    tables = whole.results.tables
    moved = {row["Code"]: row["Change"] for row in book.table("Movements")}
    own = tables["movements"].filter(pl.col("country") == "PT")
    assert moved == like(dict(own.select("node", "change").iter_rows()))
    gains = {row["Code"]: row["Points"] for row in book.table("What would move us")}
    moves = tables["moves"].filter(pl.col("country") == "PT")
    assert gains == like(dict(moves.select("indicator", "gain").iter_rows()))
    grades = {row["Code"]: row["Grade"] for row in book.table("Data quality")}
    assert grades == dict(tables["quality"].select("country", "grade").iter_rows())
    peers = [row["Code"] for row in book.table("Peers") if row["Rule"] == RULES["both"]]
    assert peers == whole.peers["PT", "both"]
    found = signals(whole.framework, tables, "PT", 2026)
    assert [(row["Kind"], row["Code"]) for row in book.table("Strengths")] == [(e.kind, e.indicator) for e in found]
    verdicts = {(row["Code"], row["Code of country"]): row["Verdict"] for row in book.table("Targets")}
    wanted = pl.col("country").is_in(["PT", "EU27_2020"])
    assert verdicts == {
        (row["target"], row["country"]): row["verdict"]
        for row in tables["targets"].filter(wanted).iter_rows(named=True)
    }


def test_the_editions_are_told(book, whole):
    rows = book.table("Editions")
    assert [row["Edition"] for row in rows] == list(whole.editions)
    assert [row["Score"] for row in rows] == like(whole.history["PT", "index"])
    assert [row["Rank"] for row in rows] == whole.ranks["PT"]


def test_the_index_workbook_has_all_countries_and_nodes(index_book, whole):
    scores = {row["Code"]: row for row in index_book.table("Scores")}
    figures = {row["Code"]: row for row in index_book.table("Figures")}
    assert set(scores) == {*whole.framework.units, "EU27_2020"}
    for code in whole.framework.units:
        for node in whole.framework.nodes:
            assert scores[code][whole.name(node)] == like(whole.score(code, node))
        for leaf in whole.framework.leaves:
            assert figures[code][whole.name(leaf)] == like(whole.cells[code, leaf]["denominated"])
    assert len(index_book.table("Weights")) == whole.results.weights.height
    assert [row["Code"] for row in index_book.table("Bounds")] == list(whole.framework.leaves)
    assert [row["Code"] for row in index_book.table("Nodes")] == list(whole.framework.nodes)
    moved = {row["Code of country"]: row["Change"] for row in index_book.table("Movements")}
    assert moved == like({code: whole.movements[code, "index"]["change"] for code in whole.order})
    assert len(index_book.table("Targets")) == whole.results.tables["targets"].height


def test_a_program_reads_a_sheet_back_with_its_types(content, whole):
    frame = pl.read_excel(content, sheet_name="Ranking", read_options={"header_row": 3})
    ranks = frame.filter(pl.col("Rank").is_not_null())
    assert ranks["Rank"].to_list() == whole.results.ranks["rank"].to_list()
    assert ranks["Score"].dtype == pl.Float64
    steps = pl.read_excel(content, sheet_name="Steps", read_options={"header_row": 3})
    assert steps["Known from"].dtype == pl.Date
    assert steps["Known from"].to_list() == [whole.cells["PT", code]["vintage"] for code in whole.framework.leaves]


def test_the_same_facts_give_the_same_bytes(content, whole, simulated):
    assert country_workbook(whole, "PT", DAY) == content
    assert country_workbook(gather(answered(simulated)), "PT", DAY) == content
    assert index_workbook(whole, DAY) == index_workbook(whole, DAY)
    assert country_workbook(whole, "PT", date(2026, 11, 27)) != content


def test_no_time_but_the_stamp_is_in_the_file(both):
    for each in both:
        assert {time[:3] for time in each.times} == {(1980, 1, 1)}
        core = each.parts["docProps/core.xml"].decode()
        assert re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core) == ["2026-11-26T00:00:00Z"] * 2


def test_the_workbooks_are_small(whole):
    sizes = [len(country_workbook(whole, code, DAY)) for code in whole.order[::5]]
    assert max(sizes) <= 120_000


def test_every_sheet_is_one_table_with_a_real_header(both):
    for each in both:
        for number, (name, cells) in enumerate(each.sheets.items(), 1):
            page = each.xml(f"xl/worksheets/sheet{number}.xml")
            assert page.find(f"{MAIN}mergeCells") is None
            assert page.find(f"{MAIN}tableParts").get("count") == "1"
            table = each.xml(f"xl/tables/table{number}.xml")
            heads = [one.get("name") for one in table.iter(f"{MAIN}tableColumn")]
            assert heads == [cell.value for ref, cell in cells.items() if line(ref) == 4]
            assert table.get("ref") == f"A4:{letter(len(heads) - 1)}{max(line(ref) for ref in cells)}"
            assert cells["A1"].value, name


def test_every_heading_is_explained(both):
    for each in both:
        for number, cells in enumerate(each.sheets.values(), 1):
            told = {one.get("ref") for one in each.xml(f"xl/comments{number}.xml").iter(f"{MAIN}comment")}
            assert told == {ref for ref in cells if line(ref) == 4}


def test_sheets_are_printed_across_with_their_headers(book):
    names = {one.text for one in book.xml("xl/workbook.xml").iter(f"{MAIN}definedName")}
    for number, name in enumerate(book.sheets, 1):
        page = book.xml(f"xl/worksheets/sheet{number}.xml")
        setup = page.find(f"{MAIN}pageSetup")
        assert (setup.get("orientation"), setup.get("fitToHeight")) == ("landscape", "0")
        assert page.find(f"{MAIN}sheetPr/{MAIN}pageSetUpPr").get("fitToPage") == "1"
        assert page.find(f"{MAIN}sheetViews/{MAIN}sheetView/{MAIN}pane").get("ySplit") == "4"
        assert any(text.replace("'", "").startswith(f"{name}!$A") and text.endswith("$4:$4") for text in names), name


def test_the_document_has_a_title(both):
    for each, words in zip(both, ("Portugal in the European", "European AI Readiness Index 2026"), strict=True):
        title = each.xml("docProps/core.xml").findtext("{http://purl.org/dc/elements/1.1/}title")
        assert title.startswith(words)


def test_the_own_row_is_told_in_words_and_in_bold(book):
    assert "Portugal is in bold" in book.sheets["Ranking"]["A2"].value


def test_the_first_sheet_tells_of_the_others(book, whole):
    told = {row["Topic"]: row["Text"] for row in book.table("Read me")}
    assert [name for name in COUNTRY_SHEETS[1:] if not told[f"Sheet: {name}"]] == []
    assert whole.results.digest in told["Run"]
    assert "3,000 replicates" in told["Intervals"]
    assert "CC BY 4.0" in told["Source: World Bank, Worldwide Governance Indicators"]
    assert told["Values, no formulas"] == "None of the steps of this recipe."
    assert told["Made"].startswith("2026-11-26, by readiness ")


def test_letters_and_shown_digits():
    assert [column(f"{letter(place)}1") for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert [shown_decimals(each) for each in (0.0, 1e-7, 123456.7, 3.0, 2.5)] == [0, 7, 0, 0, 1]
    assert len(clean("x" * 40_000)) == LONGEST
    assert headings([Column("a", "Rank", ""), Column("b", "rank", ""), Column("c", "", "")])[1:] == ["rank (2)", "text"]
