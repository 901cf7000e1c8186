"""replicate.toml: what is read from it, and every fault at once."""

from __future__ import annotations

import pytest

from readiness.reading import cases
from readiness.reading.cases import read_all_cases, read_cases

GOOD = """
[case.one]
title = "Ranks"
source = "A book, table 1"
compares = "ranks"
published = "published/ranks.csv"
column = "rank"
where = { method = "EW" }
weights = "weights/own.toml"
set = ["aggregate=geometric"]
tolerance = 1

[case.open]
title = "More ranks"
source = "A book, table 2"
undetermined = "Not printed."
"""


@pytest.fixture
def places(tmp_path):
    folder, data = tmp_path / "indicators" / "mine", tmp_path / "data" / "mine"
    for path in (folder / "weights" / "own.toml", data / "published" / "ranks.csv", tmp_path / "outside.csv"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")
    return folder, data


def faults(violations, places, text):
    (places[0] / "replicate.toml").write_text(text, encoding="utf-8")
    return [(each.code, each.row, each.column) for each in violations(read_cases, *places)]


def test_a_case_is_what_its_table_says(places):
    (places[0] / "replicate.toml").write_text(GOOD, encoding="utf-8")
    first, second = read_cases(*places)
    assert (first.name, first.index, first.title, first.tolerance) == ("one", "mine", "Ranks", 1)
    assert first.published == places[1] / "published/ranks.csv"
    assert first.weights == places[0] / "weights/own.toml"
    assert (first.settings, dict(first.where), first.decimals) == (("aggregate=geometric",), {"method": "EW"}, 0)
    assert (second.compares, second.published, second.decimals) == ("", None, None)
    assert second.undetermined == "Not printed."


def test_an_index_without_the_file_has_no_cases(places):
    assert read_cases(*places) == []


def test_all_faults_are_listed_at_once_with_their_lines(violations, places):
    text = """[case.a]
title = "A"
source = "B"
compares = "ranks"
publishd = "x"

[case.b]
title = "A"
compares = "colours"
tolerance = "1"
source = "B"

[case.c]
title = "A"
source = "B"
compares = "statistics"
published = "../../outside.csv"
column = "x"
tolerance = -1
weights = "weights/none.toml"
statistic = "alpha"
"""
    assert faults(violations, places, text) == [
        ("E502", 5, "case.a.publishd"),
        ("E503", 9, "case.b.compares"),
        ("E503", 10, "case.b.tolerance"),
        ("E503", 17, "case.c.published"),
        ("E503", 19, "case.c.tolerance"),
        ("E503", 20, "case.c.weights"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        ("tolerance = 1", "", "case.one.tolerance"),
        ('column = "rank"', "", "case.one.column"),
        ('published = "published/ranks.csv"', "", "case.one.published"),
        ('title = "Ranks"', "", "case.one.title"),
        ('compares = "ranks"', 'compares = "statistics"', "case.one.statistic"),
        ('undetermined = "Not printed."', "", "case.open.undetermined"),
    ],
)
def test_what_a_case_cannot_do_without_is_asked_for(violations, places, old, new, missing):
    assert old in GOOD
    ((code, _, column),) = faults(violations, places, GOOD.replace(old, new))
    assert (code, column) == ("E501", missing)


def test_an_absolute_path_does_not_leave_the_folder(violations, places, tmp_path):
    outside = (tmp_path / "outside.csv").as_posix()
    found = faults(violations, places, GOOD.replace("published/ranks.csv", outside))
    assert [(code, column) for code, _, column in found] == [("E503", "case.one.published")]


def test_a_file_without_cases_is_an_error(violations, places):
    assert faults(violations, places, "# nothing\n") == [("E501", None, "case")]
    assert faults(violations, places, "case = 3\n") == [("E503", 1, "case")]
    assert faults(violations, places, "[case]\none = 3\n") == [("E503", 2, "case.one")]


def test_a_name_stands_once_in_all_indices(violations, places, monkeypatch):
    (places[0] / "replicate.toml").write_text(GOOD, encoding="utf-8")
    monkeypatch.setattr(cases, "indices", lambda: ["mine", "yours"])
    monkeypatch.setattr(cases, "index_folder", lambda kind, _index: places[kind == "data"])
    found = violations(read_all_cases)
    assert [(each.code, each.file, each.found) for each in found] == [
        ("E512", "yours/replicate.toml", "one"),
        ("E512", "yours/replicate.toml", "open"),
    ]


def test_faults_of_all_indices_are_listed_at_once(violations, places, monkeypatch):
    (places[0] / "replicate.toml").write_text(GOOD.replace("tolerance = 1", ""), encoding="utf-8")
    monkeypatch.setattr(cases, "indices", lambda: ["mine", "yours"])
    monkeypatch.setattr(cases, "index_folder", lambda kind, _index: places[kind == "data"])
    assert [each.code for each in violations(read_all_cases)] == ["E501", "E501"]
