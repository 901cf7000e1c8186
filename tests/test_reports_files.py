"""What officers report: a file for each country, every fault at once, and figures that count for targets alone."""

from __future__ import annotations

import polars as pl
import pytest

import readiness
from readiness.errors import errors_in
from readiness.reading.panels import examine_panel, read_panel
from readiness.reading.reports import is_report
from readiness.target_table import target_rows

HEADER = "indicator,geo,year,value,conf_status,source,vintage\n"
TARGET = """\
[officers]
name = "Officers"
origin = "Someone"
series = "officer"
unit = "countries"
goal = 6
split = "equal"
by = 2030
"""


@pytest.fixture
def index(small):
    """The small index with a series that officers report, and a folder of figures with reports."""
    small.edit("framework.toml", 'context = ["wealth"]', 'context = ["wealth"]\nreported = ["officer", "trained"]')
    text = small.path("context/wealth.toml").read_text(encoding="utf-8")
    small.write("reported/officer.toml", text.replace('unit = "points"', 'unit = "points"\nrange = [0, 1]'))
    small.write("reported/trained.toml", text)
    small.write("targets.toml", TARGET)
    small.data = small.folder.parent / "figures" / "2024" / "figures.csv"
    small.data.parent.mkdir(parents=True)
    small.write_figures()
    return small


def report(small, name, *rows, folder="reports"):
    path = small.folder.parent / "figures" / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def faults(small):
    found = examine_panel([small.folder.parent / "figures"], small.framework())[1]
    return sorted((each.code, each.file.rsplit("/", 1)[-1], each.row, each.column) for each in found)


def test_a_sound_report_is_read_with_its_source_and_counts_for_its_target(index):
    report(index, "AT.csv", "officer,AT,2023,1,,Decree of 12 May,2024-06-01")
    assert faults(index) == []
    framework = index.framework()
    panel = read_panel(index.folder.parent / "figures", framework)
    own = panel.figures.filter(pl.col("indicator") == "officer").row(0, named=True)
    assert (own["geo"], own["value"], own["source"], own["file"]) == (
        "AT",
        1,
        "Decree of 12 May",
        "figures/reports/AT.csv",
    )
    assert "figures/reports/AT.csv" in panel.digests
    rows = {row["country"]: row for row in target_rows(framework, panel, 2024)}
    assert (rows["AT"]["value"], rows["AT"]["verdict"], rows["BE"]["verdict"]) == (1, "reached", "not reported")


def test_nothing_that_is_reported_moves_a_score(index):
    place = index.folder.parent / "figures"
    before = readiness.run(framework=index.folder, data=place)
    report(index, "AT.csv", "officer,AT,2023,1,,Decree,2024-06-01", "trained,AT,2023,900,,Decree,2024-06-01")
    after = readiness.run(framework=index.folder, data=place)
    for name, frame in before.tables.items():
        assert after.tables[name].equals(frame) or name == "nodes", name
    assert after.digest != before.digest


def test_a_row_of_another_country_is_named(index):
    report(index, "AT.csv", "officer,AT,2023,1,,,", "officer,BE,2023,1,,,", "trained,BE,2023,5,,,")
    assert faults(index) == [("E218", "AT.csv", 3, "geo"), ("E218", "AT.csv", 4, "geo")]
    found = examine_panel([index.folder.parent / "figures"], index.framework())[1]
    assert (found[0].found, found[0].expected) == ("BE", "AT, the country of the file")


def test_a_series_that_officers_do_not_report_is_named_with_what_was_meant(index):
    report(index, "AT.csv", "chips,AT,2021,99,,,", "oficer,AT,2023,1,,,")
    assert faults(index) == [
        ("E201", "AT.csv", 3, "indicator"),
        ("E219", "AT.csv", 2, "indicator"),
        ("E219", "AT.csv", 3, "indicator"),
    ]
    found = examine_panel([index.folder.parent / "figures"], index.framework())[1]
    assert all(each.hint.startswith("Did you mean officer") for each in found if each.row == 3)


def test_every_fault_of_all_reports_is_told_at_once(index):
    report(
        index,
        "AT.csv",
        "officer,AT,2023,2,,,",
        "officer,BE,2022,1,,,",
        "chips,AT,2021,5,,,",
        "trained,AT,2022,many,,,",
        "trained,AT,2031,5,,,",
        'trained,AT,2021,"5,5",,,',
        "trained,AT,2020,5,,,yesterday",
        "trained,AT,2019,,,,",
    )
    report(index, "BE.csv", "officer,XX,2023,1,,,")
    assert faults(index) == [
        ("E202", "BE.csv", 2, "geo"),
        ("E204", "AT.csv", 5, "value"),
        ("E205", "AT.csv", 7, "value"),
        ("E207", "AT.csv", 2, "value"),
        ("E209", "AT.csv", 9, "value"),
        ("E210", "AT.csv", 6, "year"),
        ("E214", "AT.csv", 8, "vintage"),
        ("E218", "AT.csv", 3, "geo"),
        ("E218", "BE.csv", 2, "geo"),
        ("E219", "AT.csv", 4, "indicator"),
    ]


def test_the_same_figure_in_two_reports_is_named(index):
    report(index, "AT.csv", "officer,AT,2023,1,,,", "officer,AT,2023,0,,,")
    assert faults(index) == [("E212", "AT.csv", 3, "indicator")]


def test_a_correction_is_a_row_with_a_later_vintage(index):
    report(index, "AT.csv", "officer,AT,2023,1,,,2024-05-01", "officer,AT,2023,0,,,2024-07-01")
    assert faults(index) == []
    framework = index.framework()
    panel = read_panel(index.folder.parent / "figures", framework)
    assert target_rows(framework, panel, 2024)[0]["value"] == 0


@pytest.mark.parametrize(
    ("name", "geo"), [("EL.csv", "EL"), ("GR.csv", "EL"), ("el.csv", "EL"), ("EU27_2020.csv", "EU27_2020")]
)
def test_the_name_of_a_file_is_the_code_of_its_country_in_any_writing(index, name, geo):
    report(index, name, f"officer,{geo},2023,1,,,")
    assert faults(index) == []
    report(index, name, "officer,GR,2023,1,,,")
    expected = [("E218", name, 2, "geo")] if geo != "EL" else []
    assert [each for each in faults(index) if each[0] != "N202"] == expected


def test_a_file_is_a_report_by_its_folder(index, tmp_path):
    path = report(index, "AT.csv", "officer,BE,2023,1,,,", folder="other")
    assert not is_report(path)
    assert is_report(tmp_path / "reports" / "AT.csv")
    assert not is_report(tmp_path / "reports" / "old" / "AT.csv")
    assert faults(index) == []


def test_one_report_can_be_checked_alone(index):
    path = report(index, "AT.csv", "officer,BE,2023,1,,,", "wealth,AT,2023,1,,,")
    found = errors_in(readiness.check(path, framework=index.folder))
    assert [(each.code, each.row) for each in found] == [("E218", 2), ("E219", 3)]
    assert all(each.file.endswith("reports/AT.csv") for each in found)


def test_a_confidential_report_is_neither_counted_nor_told(index):
    report(index, "AT.csv", "trained,AT,2023,4711.5,C,,", "officer,AT,2023,7,C,,")
    found = examine_panel([index.folder.parent / "figures"], index.framework())[1]
    assert [each.code for each in found] == ["E207"]
    assert found[0].found == "(confidential)"
    report(index, "AT.csv", "officer,AT,2023,1,C,,")
    framework = index.framework()
    rows = target_rows(framework, read_panel(index.folder.parent / "figures", framework), 2024)
    assert rows[0]["verdict"] == "not reported"


def test_a_text_beside_the_reports_is_no_figure(index):
    report(index, "AT.csv", "officer,AT,2023,1,,,")
    (index.folder.parent / "figures" / "reports" / "README.md").write_text("Hello\n", encoding="utf-8")
    assert faults(index) == []
