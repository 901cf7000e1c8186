"""Files of figures: what is read, what is refused, and with which words."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

import readiness
from readiness.errors import ReadinessError
from readiness.reading.frameworks import read_framework
from readiness.reading.places import index_folder

HEADER = "indicator,geo,year,value,obs_status,conf_status,standard_error,source,dataset,vintage\n"


@pytest.fixture(scope="module")
def framework():
    return read_framework(index_folder("indicators", "eari"))


@pytest.fixture
def write(tmp_path):
    def write(content, name="figures.csv"):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return write


@pytest.fixture
def found(write):
    """Check the text of a file and return its findings by code."""

    def found(content, name="figures.csv"):
        return {each.code: each for each in readiness.check(write(content, name))}

    return found


def row(text):
    return HEADER + text + "\n"


@pytest.mark.parametrize("value", ["1,7", "1.234,5", "-0,5", "1 234,5"])
def test_a_decimal_comma_is_refused_and_the_mend_is_shown(found, value):
    fault = found(row(f'gerd_gdp,PT,2024,"{value}",,,,,,'))["E205"]
    assert (fault.row, fault.column) == (2, "value")
    assert fault.hint == f"Write {value.replace('.', '').replace(' ', '').replace(',', '.')}."


@pytest.mark.parametrize("value", ["n/a", "#N/A", "-", "..", "1.7 p", "abc", "1_000", "0x10", "1e5e5", "١٢"])
def test_text_in_place_of_a_number_is_refused(found, value):
    fault = found(row(f"gerd_gdp,PT,2024,{value},,,,,,"))["E204"]
    assert (fault.row, fault.column, fault.found) == (2, "value", value)


@pytest.mark.parametrize("value", ["NaN", "nan", "inf", "-inf", "+Infinity"])
def test_values_that_are_not_finite_are_refused(found, value):
    assert found(row(f"gerd_gdp,PT,2024,{value},,,,,,"))["E211"].found == value


@pytest.mark.parametrize("value", ["1.7", "+1.7", "1.", ".7", "17e-1", " 1.7 "])
def test_plain_numbers_are_read(write, framework, value):
    panel = readiness.read_panel(write(row(f"gerd_gdp,PT,2024,{value},,,,,,")), framework)
    assert panel.figures["value"][0] == float(value)


def test_numbers_are_read_to_the_last_bit(write, framework):
    panel = readiness.read_panel(write(row("gerd_gdp,PT,2024,1.7000000000000002,,,,,,")), framework)
    assert panel.figures["value"][0] == 1.7000000000000002


def test_a_share_in_place_of_a_percentage_is_told_from_a_wrong_value(found):
    assert found(row("digital_skills_basic,PT,2023,0.56,,,,,,"))["E206"].hint == "Did you mean 56?"
    assert "E207" in found(row("digital_skills_basic,PT,2023,560,,,,,,"))


@pytest.mark.parametrize(("code", "kept"), [("GR", "EL"), ("gr", "EL"), ("GB", "UK")])
def test_iso_codes_are_read_as_eurostats_with_a_note(found, write, framework, code, kept):
    text = row(f"gerd_gdp,{code.upper()},2024,1.5,,,,,,")
    assert found(text)["N202"].hint == f"Read as {kept}."
    assert readiness.read_panel(write(text), framework).figures["geo"].to_list() == [kept]


def test_greece_under_both_codes_is_the_same_figure_twice(found):
    text = HEADER + "gerd_gdp,EL,2024,1.5,,,,,,\ngerd_gdp,GR,2024,1.5,,,,,,\n"
    assert found(text)["E212"].row == 3


@pytest.mark.parametrize(("code", "hint"), [("PX", "Did you mean PT or PL?"), ("EU27", "Did you mean EU27_2020?")])
def test_an_unknown_country_lists_the_nearest(found, code, hint):
    assert found(row(f"gerd_gdp,{code},2024,1.5,,,,,,"))["E202"].hint == hint


def test_a_cyrillic_letter_in_a_code_is_not_taken_for_a_latin_one(found):
    assert "E202" in found(row("gerd_gdp,С\u0417,2024,1.5,,,,,,"))


def test_an_unknown_indicator_lists_the_nearest(found):
    assert found(row("gerd_gpd,PT,2024,1.5,,,,,,"))["E201"].hint.startswith("Did you mean gerd_gdp")


def test_several_flags_at_once_are_read(write, framework):
    panel = readiness.read_panel(write(row("gerd_gdp,PT,2024,1.5,bp,,,,,")), framework)
    assert panel.figures["obs_status"].to_list() == ["bp"]


@pytest.mark.parametrize(("old", "obs", "conf"), [("s", "i", ""), ("c", "", "C"), ("r", "", ""), ("pr", "p", "")])
def test_old_flags_are_translated_with_a_note(found, write, framework, old, obs, conf):
    text = row(f"gerd_gdp,PT,2024,1.5,{old},,,,,")
    assert "N204" in found(text)
    figures = readiness.read_panel(write(text), framework).figures
    assert (figures["obs_status"][0], figures["conf_status"][0]) == (obs, conf)


def test_a_missing_value_needs_a_flag(found):
    assert "E209" in found(row("gerd_gdp,PT,2024,,,,,,,"))
    assert "E209" in found(row("gerd_gdp,PT,2024,:,,,,,,"))
    assert found(row("gerd_gdp,PT,2024,,m,,,,,")) == {}
    assert found(row("gerd_gdp,PT,2024,,z,,,,,")).keys() == {"N204"}
    assert "E208" in found(row("gerd_gdp,PT,2024,1.5,m,,,,,"))


def test_a_confidential_value_is_never_shown(found, write):
    faults = found(row("gerd_gdp,PT,2024,98765,,C,,,,"))
    assert faults["E207"].found == "(confidential)"
    assert "98765" not in str(faults["E207"]) + str(faults["E207"].as_dict())
    word = found(row("gerd_gdp,PT,2024,secret,C,,,,,"))["E204"]
    assert "secret" not in str(word)


def test_the_future_begins_after_the_vintage(found):
    assert found(row("gerd_gdp,PT,2024,1.5,,,,,,2023-12-31"))["E210"].expected == "2023 or earlier"
    assert found(row("gerd_gdp,PT,2024,1.5,,,,,,2024-06-30")) == {}
    assert found(row("gerd_gdp,PT,2024,1.5,f,,,,,2023-12-31")) == {}
    assert "E210" in found(row("gerd_gdp,PT,2027,1.5,,,,,,"))


def test_a_revision_is_a_row_of_its_own_and_a_repetition_an_error(found):
    two = "gerd_gdp,PT,2024,1.5,,,,,,2026-01-01\ngerd_gdp,PT,2024,1.6,,,,,,{}\n"
    assert found(HEADER + two.format("2026-02-01")) == {}
    assert found(HEADER + two.format("2026-01-01"))["E212"].row == 3


def test_blank_lines_are_passed_over_and_rows_keep_their_numbers(found):
    assert found(HEADER + "\n\ngerd_gdp,PT,2024,x,,,,,,\n")["E204"].row == 4


def test_a_byte_order_mark_and_windows_lines_are_read(write, framework):
    text = "\ufeff" + row("gerd_gdp,PT,2024,1.5,,,,,,2026-01-01").replace("\n", "\r\n")
    figures = readiness.read_panel(write(text), framework).figures
    assert (figures["value"][0], figures["vintage"][0]) == (1.5, date(2026, 1, 1))


def test_semicolons_are_read_and_said(found):
    assert found("indicator;geo;year;value\ngerd_gdp;PT;2024;1.5\n").keys() == {"N112"}


def test_parquet_is_read_like_text(tmp_path, framework):
    file = tmp_path / "figures.parquet"
    pl.DataFrame({"indicator": ["gerd_gdp"], "geo": ["GR"], "year": [2024], "value": [1.1]}).write_parquet(file)
    panel = readiness.read_panel(file, framework)
    assert panel.figures.select("geo", "year", "value", "row").row(0) == ("EL", 2024, 1.1, 1)


FILES = {
    "empty": (b"", "E103", None),
    "only blanks": (b"\n  \n", "E103", None),
    "header only": (HEADER.encode(), "E103", None),
    "no such column": (b"indicator,geo,yaer,value\ngerd_gdp,PT,2024,1\n", "E105", 1),
    "a column twice": (b"indicator,geo,year,value,value\ngerd_gdp,PT,2024,1,1\n", "E109", 1),
    "a cell too many": (b"indicator,geo,year,value\ngerd_gdp,PT,2024,1,7\n", "E104", 2),
    "cp1252": (HEADER.encode() + "gerd_gdp,PT,2024,1,,,,Estatística,,\n".encode("cp1252"), "E102", 2),
    "UTF-16": (HEADER.encode("utf-16"), "E102", 1),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3", "E108", None),
    "a workbook": (b"PK\x03\x04\x14\x00", "E108", None),
    "an open quote": (b'indicator,geo,year,value\ngerd_gdp,"PT,2024,1\n', "E108", None),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_of_the_wrong_kind_is_named(found, kind):
    content, code, line = FILES[kind]
    assert found(content)[code].row == line


def test_a_file_that_is_no_parquet_is_named(found):
    assert "E108" in found(b"indicator,geo", "figures.parquet")


def test_an_unknown_column_is_a_warning_with_a_hint(found):
    warning = found("indicator,geo,year,value,obs_staus\ngerd_gdp,PT,2024,1.5,p\n")["W106"]
    assert warning.hint.startswith("Did you mean obs_status")


def test_every_finding_of_a_large_bad_file_is_bounded(write):
    lines = "".join(f"gerd_gdp,PT,{1900 + place % 100},x{place},,,,,,\n" for place in range(30_000))
    text = [each for each in readiness.check(write(HEADER + lines)) if each.code == "E204"]
    assert len(text) == 20_000


def test_a_missing_file_is_unreadable_not_a_traceback(tmp_path, framework):
    with pytest.raises(ReadinessError) as caught:
        readiness.read_panel(tmp_path / "nothing.csv", framework)
    assert caught.value.violations[0].code == "E101"
