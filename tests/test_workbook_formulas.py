"""The formulas of the workbooks give the values of the run, follow a change as the engine does, hold no data text."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pytest
from spreadsheet import MAIN, Book, column, line
from spreadsheet_formulas import FUNCTIONS, Calculator

import readiness
from readiness.answers import answered
from readiness.report.data import gather
from readiness.report.workbook import country_workbook, index_workbook
from readiness.report.workbook_formulas import Mean, number, on_line, weighted
from readiness.report.workbook_methods import Methods, by_level
from readiness.report.workbook_sheets import LONGEST
from readiness.rescoring import rescored
from readiness.sides import side_of

DAY = date(2026, 11, 26)
HOSTILE = {
    "chips": '=HYPERLINK("http://example.org","click")',
    "cables": "@SUM(1)",
    "price": "+1-1\u200f\u202eabc",
    "coders": "<r>x</r>",
    "courses": "\tTab & <b> _x0041_ http://example.org",
}


@pytest.fixture(scope="module")
def whole(simulated):
    return gather(answered(simulated))


@pytest.fixture(scope="module")
def book(whole):
    return Book(country_workbook(whole, "PT", DAY))


def books(facts, country):
    return Book(country_workbook(facts, country, DAY)), Book(index_workbook(facts, DAY))


def must_give_their_values(book):
    """Compute every formula and hold it against the value beside it; return how many there are."""
    computed = Calculator(book)
    for (sheet, ref), formula in book.formulas.items():
        cell, found = book.sheets[sheet][ref], computed.value(sheet, ref)
        value = float(cell.value) if cell.kind == "n" else cell.value
        assert found == pytest.approx(value, rel=1e-9, abs=1e-9), f"{sheet}!{ref} ={formula}"
    return len(book.formulas)


@pytest.mark.parametrize("country", ["PT", "FI", "RO", "LU"])
def test_every_formula_gives_the_value_of_the_run(whole, country):
    assert must_give_their_values(Book(country_workbook(whole, country, DAY))) > 700


def test_the_formulas_of_the_index_workbook_give_the_values_of_the_run(whole):
    assert must_give_their_values(Book(index_workbook(whole, DAY))) > 1000


@pytest.mark.parametrize(("index", "country"), [("desi-2022", "PT"), ("hdi", "PRT"), ("tai-2008", "FIN")])
def test_the_formulas_of_other_indices_give_the_values_of_the_run(index, country):
    for each in books(gather(readiness.run(index=index)), country):
        assert must_give_their_values(each) > 150


SETTINGS = {
    "geometric": ["aggregate=geometric", "aggregate.floor=5"],
    "harmonic": ["aggregate.index=harmonic", "aggregate.skills=geometric"],
    "z_score": ["normalise=z_score", "rank.decimals=6"],
    "between": ["normalise.low=20", "normalise.high=80", "normalise.cut_below=1", "normalise.cut_above=1"],
    "reference": ["normalise=distance_to_reference", "normalise.cut_above=1", "normalise.low=1"],
    "log": ["transform=log10", "transform.price=log", "transform.coders=log1p"],
    "capped": ["treat.skewness=0", "treat.kurtosis=-5", "treat.points=2"],
    "learned": ["weight=entropy"],
    "fractional": ["rank=fractional", "rank.decimals=0"],
    "imputed": ["impute=mean", "transform=log1p"],
    "all there": ["aggregate.coverage=1"],
    "any": ["aggregate.coverage=0"],
}


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_the_formulas_of_other_recipes_give_the_values_of_the_run(small, settings):
    small.drop("chips", ("CY",))
    small.put("cables", "DE", 2023, 900)
    facts = gather(answered(small.run(settings=settings)))
    for country in ("CY", "DE"):
        for each in books(facts, country):
            assert must_give_their_values(each) > 40
            told = {row["Topic"]: row["Text"] for row in each.table("Read me")}
            assert told["Values, no formulas"] == "None of the steps of this recipe."


UNKNOWN = {
    "power mean": (["aggregate.skills=power_mean"], "the scores of Skills"),
    "ranks as a scale": (["normalise=percentile_rank"], "scores of 5 of 5 indicators"),
    "a bent scale": (["treat.price=log", "treat.price.always=1"], "treatments of 1 of 5 indicators"),
    "dense": (["rank=dense"], "the ranks"),
    "many draws": (["impute=multiple", "impute.draws=3"], "all scores and what they rest on"),
}


@pytest.mark.parametrize(("settings", "told"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_has_no_formula_is_a_value_and_is_named(small, settings, told):
    small.drop("chips", ("CY",))
    facts = gather(answered(small.run(settings=settings)))
    for each in books(facts, "CY"):
        must_give_their_values(each)
        texts = {row["Topic"]: row["Text"] for row in each.table("Read me")}
        assert told in texts["Values, no formulas"]
    tree = Book(country_workbook(facts, "CY", DAY)).table("Tree")
    assert {row["Code"]: row["Score"] for row in tree} == pytest.approx(
        {node: facts.score("CY", node) for node in facts.framework.nodes}
    )


def test_a_function_of_ones_own_has_no_formula(eari):
    def log1p(x):  # a name that a registered method has as well
        return x + 1

    facts = gather(eari.with_recipe(eari.recipe.replace(transform=log1p, aggregate=lambda x, w: np.fmax.reduce(x))))
    methods = Methods(facts)
    assert (methods.transforms, methods.means) == ({}, {})
    must_give_their_values(Book(country_workbook(facts, "PT", DAY)))


def test_a_changed_figure_moves_scores_and_ranks_as_the_engine_does(whole, book):
    side = side_of(whole.results)
    leaf, unit = side.plan.framework.leaves.index("ai_adoption_ent_sme"), side.plan.units.index("PT")
    for figure in (45.0, None):
        x = side.figures[:, :, None].copy()
        x[leaf, unit, 0] = np.nan if figure is None else figure
        scores, ranks = rescored(side, x)
        changed = Calculator(book, {("Steps", book.find("Steps", "Figure", leaf)): figure})
        for row, node in enumerate(by_level(whole.framework)):
            wanted = scores[side.plan.place[node], unit, 0]
            found = changed.value("Tree", book.find("Tree", "Score", row))
            assert found == ("" if np.isnan(wanted) else pytest.approx(wanted, rel=1e-12)), node
        for row, code in enumerate(whole.order):
            wanted = ranks[side.plan.place["index"], side.plan.units.index(code), 0]
            assert changed.value("Ranking", book.find("Ranking", "Rank", row)) == wanted


def test_changed_weights_give_the_ranking_of_the_engine(whole):
    weights = {"compute": 4.0, "rules": 0.0, "capacity": 3.0, "ai_ml_ent": 0.5}
    other = whole.results.reweight(weights)
    book = Book(index_workbook(whole, DAY))
    changed = {}
    for node, weight in weights.items():
        place = column(book.find("Scores", whole.name(node), 0))
        changed["Scores", f"{place}3"] = weight
    computed = Calculator(book, changed)
    scores = dict(other.ranks.select("country", "score").iter_rows())
    ranks = dict(other.ranks.select("country", "rank").iter_rows())
    for row, code in enumerate(whole.order):
        assert computed.value("Ranking", book.find("Ranking", "Score", row)) == pytest.approx(scores[code], rel=1e-12)
        assert computed.value("Ranking", book.find("Ranking", "Rank", row)) == ranks[code]


def test_a_table_that_can_be_sorted_has_formulas_of_its_own_row_only(whole):
    for each in books(whole, "PT"):
        for number_, name in enumerate(each.sheets, 1):
            sortable = each.xml(f"xl/tables/table{number_}.xml").find(f"{MAIN}autoFilter") is not None
            assert sortable == (name not in ("Read me", "Tree", "Change"))
            for (sheet, ref), formula in each.formulas.items():
                rows = {int(row) for row in re.findall(r"(?<![\w$!])[A-Z]+(\d+)", formula)}
                assert not (sheet == name and sortable) or rows <= {line(ref)}, formula


def test_formulas_hold_references_numbers_and_known_functions_only(small):
    for code, text in HOSTILE.items():
        rename(small, code, text)
    facts = gather(answered(small.run()))
    for each in books(facts, "CY"):
        assert len(each.formulas) > 40
        for formula in each.formulas.values():
            assert set(re.findall(r'"([^"]*)"', formula)) <= {"", ">", "cause", "part"}
            bare = re.sub(r'"[^"]*"', "", formula)
            assert set(re.findall(r"([A-Z][A-Z0-9]*)\(", bare)) <= set(FUNCTIONS)
            assert set(re.findall(r"(\w+)!", bare)) <= {"Tree", "Steps", "Scores"}


def rename(small, code, text):
    place = next(path for path in small.folder.rglob(f"{code}.toml"))
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    small.edit(str(place.relative_to(small.folder)), f'name = "{code.title()}"', f'name = "{escaped}"')


def test_no_text_of_the_data_becomes_a_formula_a_link_or_markup(small):
    for code, text in HOSTILE.items():
        rename(small, code, text)
    small.edit("framework.toml", 'name = "Skills"', 'name = "=1+1"')
    facts = gather(answered(small.run()))
    for each in books(facts, "CY"):
        texts = {cell.value: cell.kind for cells in each.sheets.values() for cell in cells.values()}
        for text in (*HOSTILE.values(), "=1+1"):
            assert texts.get(text, texts.get(f" {text}")) == "s", text
        for part, content in each.parts.items():
            assert b"<hyperlink" not in content, part
            assert b"relationships/hyperlink" not in content, part
            assert part.endswith(".vml") or each.xml(part) is not None


def test_long_and_forbidden_signs_leave_a_readable_file(small):
    facts = gather(answered(small.run()))
    facts.nodes["chips"]["definition"] = "é" * 40_000
    facts.nodes["cables"]["definition"] = "a\x00b\x0bc\ud800d\ufffee\rf\x1b"
    facts.nodes["price"]["definition"] = "\N{GRINNING FACE}" * 20_000
    book = Book(index_workbook(facts, DAY))
    told = {row["Code"]: row["Definition"] for row in book.table("Nodes")}
    assert told["chips"] == "é" * (LONGEST - 1) + "…"
    assert told["cables"] == "abcde\rf"
    assert len(told["price"].encode("utf-16-le")) <= 2 * LONGEST
    assert told["price"].endswith("\N{GRINNING FACE}…")


def test_parts_with_one_name_have_headings_of_their_own(small):
    small.edit("framework.toml", 'name = "Skills"', 'name = "COMPUTE"')
    small.edit("framework.toml", 'name = "Compute"', 'name = "Compute\\nand more"')
    rename(small, "chips", "Rank")
    facts = gather(answered(small.run()))
    book = Book(index_workbook(facts, DAY))
    heads = [cell.value for ref, cell in book.sheets["Ranking"].items() if line(ref) == 4]
    assert heads[-2:] == ["Compute and more", "COMPUTE"]
    assert must_give_their_values(book) > 40


def test_codes_that_a_spreadsheet_takes_for_one_are_not_looked_up(small):
    for old, new in (("chips", "1"), ("cables", "01")):
        small.edit("framework.toml", f"{old} = 1", f"{new} = 1")
        small.path(f"compute/{old}.toml").rename(small.path(f"compute/{new}.toml"))
        for key in [key for key in small.rows if key[0] == old]:
            small.rows[key] = {**small.rows[key], "indicator": new}
    facts = gather(answered(small.run()))
    book = Book(country_workbook(facts, "CY", DAY))
    assert not Methods(facts).links
    assert all("MATCH" not in formula for formula in book.formulas.values())
    assert must_give_their_values(book) > 40
    assert "links between sheets" in {row["Topic"]: row["Text"] for row in book.table("Read me")}["Values, no formulas"]


def test_a_mean_that_is_too_long_for_a_formula_is_a_value():
    cells = [f"A{row}" for row in range(1, 401)]
    ranges = ("A1:A400", "A1:A400")
    assert weighted(Mean("geometric", "1/2", "1"), cells, cells, ranges) is None
    assert weighted(Mean("arithmetic", "1/2"), cells, cells, ranges)


def test_numbers_and_lines_are_written_as_a_spreadsheet_reads_them():
    assert [number(each) for each in (100, 0.5, 1e-9, -2.0)] == ["100", "0.5", "1E-09", "(-2)"]
    ends = {"low": 0.0, "high": 1.0, "cut_below": 0, "cut_above": 1}
    assert on_line("A1", "B1", "C1", ends) == 'IF(ISNUMBER(A1),MIN(1,(A1-B1)/(C1-B1)),"")'


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_computes_the_same(whole, tmp_path):
    books = {"PT": country_workbook(whole, "PT", DAY), "index": index_workbook(whole, DAY)}
    for name, content in books.items():
        (tmp_path / f"{name}.xlsx").write_bytes(without_values(content))
    home = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", home, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "out")]
    files = [str(tmp_path / f"{name}.xlsx") for name in books]
    subprocess.run([*command, *files], check=True, capture_output=True, timeout=120)
    for name, content in books.items():
        own, computed = Book(content), Book((tmp_path / "out" / f"{name}.xlsx").read_bytes())
        for sheet, ref in own.formulas:
            value, found = own.sheets[sheet][ref].value, computed.sheets[sheet][ref].value
            assert found == pytest.approx(value, rel=1e-9, abs=1e-9), f"{sheet}!{ref}"


def without_values(content):
    """Return a workbook whose formulas have no values yet, so that a program must compute them."""
    stream = BytesIO()
    with ZipFile(BytesIO(content)) as given, ZipFile(stream, "w", ZIP_DEFLATED) as taken:
        for name in given.namelist():
            taken.writestr(name, re.sub(rb"(<f>[^<]*</f>)<v>[^<]*</v>", rb"\1", given.read(name)))
    return stream.getvalue()
