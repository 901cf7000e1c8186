"""One check names every fault of a copy of the data: file, row, column, code."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from faults import FAULTS, copy_index, figures_of, remove_rows, set_faults

import readiness
from readiness.errors import ReadinessError, errors_in


@pytest.fixture
def copy(tmp_path):
    return copy_index(tmp_path)


def test_the_built_in_indices_have_no_findings():
    assert readiness.check() == []
    assert readiness.check(index="desi-2022") == []


def test_all_seeded_faults_are_named_with_row_column_and_code_and_nothing_else(copy):
    file = figures_of(copy)
    rows = set_faults(file, FAULTS)
    found = errors_in(readiness.check(copy))
    expected = {(file.name, rows[fault], fault.column, fault.code) for fault in FAULTS}
    named = {(each.file.rsplit("/", 1)[-1], each.row, each.column, each.code) for each in found}
    assert expected <= named
    # The one fault that gives two findings: a population of zero is also outside its range.
    assert {each[3] for each in named - expected} <= {"E207"}
    assert len(FAULTS) >= 15
    assert len({fault.code for fault in FAULTS}) == len(FAULTS)


def test_a_missing_denominator_is_found_beside_other_faults(copy):
    file = figures_of(copy)
    remove_rows(file, "population_jan1", "PT")
    set_faults(file, FAULTS[:1])
    found = errors_in(readiness.check(copy))
    assert {each.code for each in found} == {"E205", "E216"}
    missing = [each for each in found if each.code == "E216"]
    assert all("population_jan1 for PT" in each.expected for each in missing)
    line = file.read_text(encoding="utf-8").splitlines()[missing[0].row - 1]
    assert line.split(",")[1] == "PT"


def test_faults_of_the_framework_and_of_the_figures_come_together(copy):
    set_faults(figures_of(copy), FAULTS[:2])
    framework = copy / "indicators/eari/framework.toml"
    text = framework.read_text(encoding="utf-8").replace("gerd_gdp = 1", "gerd_gdp = -1")
    framework.write_text(text, encoding="utf-8")
    (copy / "indicators/eari/adoption/innovation/gbard_gdp.toml").write_text("name = oops\n", encoding="utf-8")
    codes = {each.code for each in errors_in(readiness.check(copy))}
    assert {"E506", "E107"} <= codes


def test_a_broken_file_gives_findings_and_no_output_folder(copy, tmp_path):
    set_faults(figures_of(copy), FAULTS[:3])
    with pytest.raises(ReadinessError) as caught:
        readiness.run(data=copy / "data/eari").write(tmp_path / "runs")
    assert {each.code for each in caught.value.violations} == {"E205", "E204", "E211"}
    assert not (tmp_path / "runs").exists()


def test_an_edited_release_is_a_warning_not_an_error(copy):
    file = figures_of(copy)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("gerd_gdp,AT,2024,", "gerd_gdp,AT,2024,1"), encoding="utf-8")
    found = readiness.check(copy)
    assert "W110" in {each.code for each in found}


def test_data_folders_are_held_against_the_index_of_their_name(tmp_path):
    copy_index(tmp_path)
    copy_index(tmp_path, "desi-2022")
    assert readiness.check(tmp_path) == []
    assert readiness.check([tmp_path / "indicators", tmp_path / "data"]) == []


def test_published_scores_are_checked_too(tmp_path):
    copy_index(tmp_path, "desi-2022")
    file = tmp_path / "data/desi-2022/published.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    lines[3] = lines[3].rsplit(",", 1)[0] + ",high"
    lines[5] = lines[5].replace(",1a,", ",1z,") if ",1a," in lines[5] else "2022,AT,1z,50"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = {(each.code, each.row) for each in readiness.check(tmp_path)}
    assert found == {("E204", 4), ("E518", 6)}


def test_no_files_is_an_error_not_a_success(tmp_path):
    with pytest.raises(ReadinessError) as caught:
        readiness.check(tmp_path)
    assert caught.value.violations[0].code == "E101"
    assert caught.value.status == 3
    with pytest.raises(ReadinessError):
        readiness.check(tmp_path / "nothing.csv")


def test_a_later_release_revises_and_an_earlier_day_still_sees_the_old_figure(copy, eari):
    release = copy / "data/eari/2027-01-15"
    release.mkdir()
    lines = "indicator,geo,year,value,vintage\ngerd_gdp,PT,2024,2.9,2027-01-10\n"
    (release / "figures.csv").write_text(lines, encoding="utf-8")
    assert readiness.check(copy) == []
    own = (pl.col("indicator") == "gerd_gdp") & (pl.col("country") == "PT") & (pl.col("edition") == 2026)
    revised = readiness.run(data=copy / "data/eari")
    assert revised.cells.filter(own)["raw"].to_list() == [2.9]
    before = readiness.run(data=copy / "data/eari", as_of="2027-01-09")
    assert before.scores.equals(eari.scores)


def test_a_line_in_another_encoding_and_a_cell_too_many_do_not_hide_other_faults(copy):
    file = figures_of(copy)
    rows = set_faults(file, FAULTS[3:6])
    lines = file.read_bytes().splitlines(keepends=True)
    lines[20] = lines[20].replace(b"Eurostat", b"Eurost\xe4t")
    lines[30] = lines[30].replace(b",", b",1,", 1)
    file.write_bytes(b"".join(lines))
    found = {(each.code, each.row) for each in errors_in(readiness.check(copy))}
    assert found == {("E102", 21), ("E104", 31), *((fault.code, row) for fault, row in rows.items())}


def test_a_copy_of_the_data_alone_is_held_against_the_built_in_indices(tmp_path):
    copy_index(tmp_path)
    copy_index(tmp_path, "desi-2022")
    assert readiness.check(tmp_path / "data") == []
    (tmp_path / "data/desi-2022").rename(tmp_path / "data/other")
    assert "E518" in {each.code for each in readiness.check(tmp_path / "data/other")}
    assert readiness.check(tmp_path / "data/other", index="desi-2022") == []


def test_two_files_of_one_name_are_two_inputs(copy, tmp_path):
    more = []
    for folder, value in (("one", "2.5"), ("two", "2.6")):
        file = tmp_path / folder / "revision.csv"
        file.parent.mkdir()
        text = f"indicator,geo,year,value,vintage\ngerd_gdp,{folder[:1].upper()}T,2024,{value},2027-01-10\n"
        file.write_text(text.replace("OT", "PT").replace("TT", "IT"), encoding="utf-8")
        more.append(file)
    panel = readiness.run(data=[copy / "data/eari", *more]).panel
    assert {"revision.csv", "revision.csv (2)"} < set(panel.digests)
    named = panel.figures.filter(pl.col("vintage") == date(2027, 1, 10)).select("geo", "file")
    assert dict(named.iter_rows()) == {"PT": "revision.csv", "IT": "revision.csv (2)"}


def test_a_file_beyond_all_bounds_is_refused_before_it_is_read_whole(copy, monkeypatch):
    monkeypatch.setattr("readiness.reading.places.LARGEST", 20_000)
    codes = {(each.code, each.file.rsplit("/", 1)[-1]) for each in readiness.check(copy / "data")}
    assert ("E111", "figures.csv") in codes
