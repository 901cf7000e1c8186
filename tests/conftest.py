"""Fixtures: the built-in indices computed once with their pages, and a small index to change."""

from __future__ import annotations

import sys

import polars as pl
import pytest
from html_page import Page
from small_index import Small

import readiness
from readiness import cli
from readiness.answers import answered
from readiness.errors import ReadinessError, Violation
from readiness.report.data import gather
from readiness.report.products import products
from readiness.simulate import simulate


def violations(action, *arguments, **options) -> list[Violation]:
    """Return what an action is refused for."""
    with pytest.raises(ReadinessError) as caught:
        action(*arguments, **options)
    return caught.value.violations


@pytest.fixture(scope="session")
def eari() -> readiness.Results:
    return readiness.run()


@pytest.fixture(scope="session")
def desi() -> readiness.Results:
    return readiness.run(index="desi-2022")


@pytest.fixture
def small(tmp_path) -> Small:
    return Small(tmp_path)


@pytest.fixture(name="violations")
def violations_fixture():
    return violations


@pytest.fixture(scope="session")
def results(eari):
    return eari


@pytest.fixture(scope="session")
def facts(results):
    return gather(results)


def pages_of(results) -> dict[str, str]:
    """Return the pages of a run: file name -> HTML."""
    return {name: content.decode() for name, content in products(results, ("pages",))}


@pytest.fixture(name="pages_of")
def pages_of_fixture():
    return pages_of


@pytest.fixture(scope="session")
def report(results):
    return pages_of(results)


@pytest.fixture(scope="session")
def desi_report(desi):
    return pages_of(desi)


@pytest.fixture(scope="session")
def parsed(report, desi_report):
    return {(index, name): Page(text) for index, made in ((0, report), (1, desi_report)) for name, text in made.items()}


@pytest.fixture(scope="session")
def simulated(results):
    """The built-in index with the tables of a short simulation."""
    return simulate(results, 3000, 11)


@pytest.fixture(scope="session")
def complete(simulated):
    """The built-in index as its run folder holds it: simulated, with the tables that answer an officer's questions."""
    return answered(simulated)


@pytest.fixture(scope="session")
def index_rows(simulated):
    """The intervals of the index by country, all varied."""
    frame = simulated.tables["intervals"].filter((pl.col("varied") == "all") & (pl.col("node") == "index"))
    return {row["country"]: row for row in frame.iter_rows(named=True)}


@pytest.fixture
def call(monkeypatch, capsys, tmp_path):
    """Run a command in an empty folder and return its exit status, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments):
        if arguments[:1] in (("run",), ("simulate",)) and "--products" not in arguments:
            arguments = (*arguments, "--products", "none")  # their tests stand by themselves, and take a while
        monkeypatch.setattr(sys, "argv", ["readiness", *map(str, arguments)])
        status = 0
        try:
            cli.main()
        except SystemExit as stop:
            status = stop.code or 0
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return status, out, err

    return call
