"""A confidential figure feeds nothing and stands nowhere: in no product and no table, in no form."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import polars as pl
import pytest
from html_page import Page
from pypdf import PdfReader

from readiness.answers import answered
from readiness.report.data import gather
from readiness.report.options import Options
from readiness.report.products import country_products, index_products
from readiness.results import compute
from readiness.simulate import simulate

KINDS = ("pages", "prints", "workbooks", "explorer")
SECRET, OTHER = 87.654321, 12.345678
FORMS = ("87.654", "87,654")  # within all longer forms; a shorter one stands for other figures too
PRINTED = "87.7 % of individuals"  # as the page has it where the figure is no secret
SERIES = "digital_skills_basic"  # scored, and held against two targets by its trend


def with_figures(results, value, letter):
    """Return the run in which Portugal's figures of a series are others, with a letter of confidence or none."""
    own = (pl.col("geo") == "PT") & (pl.col("indicator") == SERIES)
    figures = results.panel.figures.with_columns(
        value=pl.when(own).then(value).otherwise("value"),
        conf_status=pl.when(own).then(pl.lit(letter)).otherwise("conf_status"),
    )
    run = compute(results.framework, replace(results.panel, figures=figures), results.recipe)
    return answered(simulate(run, 300, 3))


def everything(results, folder: Path) -> dict[str, bytes]:
    """Return all that a reader gets of Portugal and of the index, and all tables of the run folder."""
    facts = gather(results)
    made = dict(index_products(facts, KINDS)) | dict(country_products(facts, [Options("PT")], KINDS))
    place = results.write(folder, products=())
    return made | {path.name: path.read_bytes() for path in sorted(place.iterdir()) if path.is_file()}


def told(name: str, content: bytes) -> str:
    """Return all that a file says: of a page its text and its source, of a print its text, of a table its values."""
    kind = name.rpartition(".")[2]
    if kind == "pdf":
        return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    if kind == "xlsx":
        with ZipFile(BytesIO(content)) as archive:
            return "\n".join(archive.read(each).decode("utf-8", "replace") for each in archive.namelist())
    if kind == "parquet":
        return "\n".join(repr(row) for row in pl.read_parquet(BytesIO(content)).iter_rows())
    text = content.decode()
    return f"{text}\n{Page(text).root.text()}" if kind == "html" else text


def says_it(name: str, content: bytes) -> bool:
    text = told(name, content)
    return any(form in text for form in FORMS)


@pytest.fixture(scope="module")
def hidden(results, tmp_path_factory):
    return everything(with_figures(results, SECRET, "C"), tmp_path_factory.mktemp("hidden"))


def test_all_kinds_of_products_and_tables_are_looked_through(hidden):
    names = {
        "index.html",
        "method.html",
        "explorer.html",
        "workbook.xlsx",
        "PT.html",
        "PT.pdf",
        "PT-brief.pdf",
        "PT.xlsx",
    }
    names |= {"cells.parquet", "scores.parquet", "figures.parquet", "targets.parquet", "moves.parquet", "manifest.json"}
    assert names <= set(hidden)


def test_a_confidential_figure_stands_in_no_product_and_in_no_table(hidden):
    assert [name for name, content in hidden.items() if says_it(name, content)] == []
    assert PRINTED not in told("PT.html", hidden["PT.html"])
    assert "the figure is confidential" in told("PT.html", hidden["PT.html"])


def test_nothing_depends_on_a_confidential_figure(results, hidden, tmp_path):
    """If not a byte differs when it is another, then no product says anything of it, in whatever form."""
    other = everything(with_figures(results, OTHER, "C"), tmp_path)
    assert set(other) == set(hidden)
    assert [name for name, content in hidden.items() if other[name] != content] == []


def test_the_same_figure_is_found_where_it_is_no_secret(results, tmp_path):
    """The search above would find it."""
    shown = everything(with_figures(results, SECRET, ""), tmp_path)
    for name in ("cells.parquet", "figures.parquet", "PT.xlsx", "workbook.xlsx"):
        assert "87.654321" in told(name, shown[name]), name
    assert PRINTED in told("PT.html", shown["PT.html"])
    assert "87.7" in told("PT.pdf", shown["PT.pdf"])


@pytest.mark.parametrize("letter", ["C", "N", "P"])
def test_every_letter_of_confidence_keeps_a_figure_from_every_file_of_a_run(small, tmp_path, letter):
    small.put("chips", "AT", 2023, SECRET, conf_status=letter)
    small.put("wealth", "AT", 2023, SECRET, conf_status=letter)
    folder = small.run().write(tmp_path, products=("pages", "workbooks", "explorer"))
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    assert len(files) > 30
    assert [path.name for path in files if says_it(path.name, path.read_bytes())] == []
