"""Every code that the program can give is explained, and nothing is explained that it cannot give."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import readiness
from readiness.errors import ReadinessError, Violation, catalogue, in_order, nearest, shorten

CODE = re.compile(r'"([EWN][1-9][0-9]{2})"')


def codes_in_the_program():
    files = Path(readiness.__file__).parent.rglob("*.py")
    return {code for file in files for code in CODE.findall(file.read_text(encoding="utf-8"))}


def test_the_catalogue_holds_exactly_the_codes_of_the_program():
    assert codes_in_the_program() == set(catalogue())


@pytest.mark.parametrize("code", catalogue())
def test_an_entry_says_what_it_means_and_how_to_mend_it(code):
    entry = catalogue()[code]
    assert {"title", "meaning", "mend"} <= set(entry) <= {"title", "meaning", "mend", "wrong", "right"}
    assert not entry["title"].endswith(".")
    assert entry["meaning"].endswith(".")
    assert entry["mend"].endswith(".")


def test_findings_come_in_the_order_of_files_and_rows():
    found = [Violation("E204", "b.csv", row=2), Violation("E204", "a.csv", row=10), Violation("E201", "a.csv", row=9)]
    assert [(each.file, each.row) for each in in_order(found)] == [("a.csv", 9), ("a.csv", 10), ("b.csv", 2)]


def test_an_error_holds_all_findings_in_one():
    error = ReadinessError([Violation("E204", "a.csv", row=3), Violation("E101", "a.csv")])
    assert [each.code for each in error.violations] == ["E101", "E204"]
    assert len(str(error).splitlines()) == 2


def test_text_from_a_file_cannot_break_a_message():
    assert shorten("a\nb\x1b[31m") == "'a\\nb\\x1b[31m'"
    assert len(shorten("x" * 10_000)) <= 62


def test_the_nearest_are_named_and_far_words_are_not():
    assert nearest("gerd_gpd", ["gerd_gdp", "population"]) == "Did you mean gerd_gdp?"
    assert nearest("zzz", ["gerd_gdp"]) == ""
