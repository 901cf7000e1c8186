"""Faults of COINr's tables: each class at its file, row and column, all of both tables at once, nothing written."""

from __future__ import annotations

import pytest
from coinr_tables import NA, Tables, flat

from readiness.errors import ReadinessError
from readiness.starting import init_from_coinr


@pytest.fixture
def tables(tmp_path) -> Tables:
    return Tables(tmp_path)


def faults(tables: Tables, edition: int | None = 2024) -> list[tuple[str, str, int | None, str]]:
    """Return (code, table, row, column) of every finding; nothing may be written."""
    with pytest.raises(ReadinessError) as caught:
        tables.init(edition)
    assert not (tables.folder / "own").exists()
    return [(each.code, each.file.rpartition("/")[2], each.row, each.column) for each in caught.value.violations]


def row_of(tables: Tables, code: str) -> int:
    return list(tables.meta).index(code) + 2


def hint(tables: Tables, edition: int | None = 2024) -> str:
    with pytest.raises(ReadinessError) as caught:
        tables.init(edition)
    (fault,) = caught.value.violations
    return fault.hint


META_FAULTS = {
    "unknown type": ("Goods", "Type", "Indicater", "E536"),
    "no type": ("Area", "Type", NA, "E536"),
    "direction of two": ("Goods", "Direction", "2", "E535"),
    "no direction": ("Goods", "Direction", NA, "E535"),
    "negative weight": ("Goods", "Weight", "-1", "E506"),
    "no weight": ("Goods", "Weight", NA, "E501"),
    "weight in words": ("Phys", "Weight", "one", "E204"),
    "weight with a comma": ("Phys", "Weight", "0,5", "E205"),
    "weight without end": ("Phys", "Weight", "Inf", "E211"),
    "weight too large": ("Phys", "Weight", "1e13", "E503"),
    "target in words": ("Goods", "Target", "high", "E204"),
    "unknown denominator": ("Goods", "Denominator", "GNP", "E513"),
    "denominator of another type": ("Goods", "Denominator", "Speed", "E513"),
    "factor of zero": ("Flights", "ScaleFactor", "0", "E503"),
    "unknown parent": ("Goods", "Parent", "Fys", "E533"),
    "parent that is an indicator": ("Goods", "Parent", "Speed", "E533"),
    "indicator without parent": ("Goods", "Parent", NA, "E533"),
    "second index": ("Sust", "Parent", NA, "E533"),
}


@pytest.mark.parametrize("case", META_FAULTS)
def test_a_fault_of_imeta_has_its_row_and_column(tables, case):
    code, column, written, expected = META_FAULTS[case]
    tables.meta[code][column] = written
    assert faults(tables) == [(expected, "iMeta.csv", row_of(tables, code), column)]


UNFIT = ("R&D", "a b", "../up", "a.b", "con", "COM1", "framework", "figures", "x" * 65, "é", "")


@pytest.mark.parametrize("code", UNFIT)
def test_a_code_that_cannot_name_a_file_is_a_fault(tables, code):
    tables.meta["Area"]["iCode"] = code
    tables.drop("Area")
    assert faults(tables) == [("E531", "iMeta.csv", row_of(tables, "Area"), "iCode")]


def test_codes_that_differ_in_case_alone_are_a_fault(tables):
    tables.meta["Area"]["iCode"] = "gdp"
    tables.drop("Area")
    assert faults(tables) == [("E531", "iMeta.csv", row_of(tables, "Area"), "iCode")]


def test_a_code_that_stands_twice_is_a_fault(tables):
    tables.meta["again"] = dict(tables.meta["Area"])
    assert faults(tables) == [("E512", "iMeta.csv", row_of(tables, "again"), "iCode")]


@pytest.mark.parametrize("circle", [("Phys", "Conn"), ("Phys",)])
def test_a_circle_is_reported_once(tables, circle):
    if len(circle) == 2:
        tables.meta["Conn"]["Parent"] = "Phys"
    else:
        tables.meta["Phys"]["Parent"] = "Phys"
    found = faults(tables)
    assert [each[0] for each in found] == ["E508"]


def test_no_index_at_all_is_a_fault(tables):
    tables.meta["Index"]["Parent"] = "Conn"
    tables.meta["Index"]["Weight"] = "1"
    assert sorted(each[0] for each in faults(tables)) == ["E508", "E533"]


def test_a_group_of_zeros_is_a_fault(tables):
    for code in ("Costs", "Speed"):
        tables.meta[code]["Weight"] = "0"
    assert faults(tables) == [("E507", "iMeta.csv", row_of(tables, "Costs"), "Weight")]


def test_a_group_without_children_is_a_fault(tables):
    tables.meta["Empty"] = tables.meta["Inst"] | {"iCode": "Empty"}
    assert faults(tables) == [("E533", "iMeta.csv", row_of(tables, "Empty"), "iCode")]


def test_a_tree_too_deep_for_folders_is_a_fault(tmp_path):
    tables = flat(tmp_path, one=[1, 2, 3])
    group, above = tables.meta.pop("Only"), "Index"
    for number in range(30):
        tables.meta[f"g{number}"] = group | {"iCode": f"g{number}", "Parent": above}
        above = f"g{number}"
    tables.meta["one"]["Parent"] = above
    found = faults(tables)
    assert {each[0] for each in found} == {"E511"}
    assert len(found) == 20  # levels 13 to 32


@pytest.mark.parametrize("column", ["iCode", "Level", "Parent", "Direction", "Weight", "Type"])
def test_a_missing_column_of_imeta_is_a_fault(tables, column):
    tables.meta = {code: {k: v for k, v in entry.items() if k != column} for code, entry in tables.meta.items()}
    assert faults(tables) == [("E532", "iMeta.csv", 1, column)]


def test_a_misspelled_column_names_the_nearest(tables):
    tables.meta = {
        code: {("Wieght" if k == "Weight" else k): v for k, v in entry.items()} for code, entry in tables.meta.items()
    }
    assert hint(tables) == "Did you mean wieght?"


def test_idata_without_unit_codes_is_a_fault(tables):
    for row in tables.data:
        row["Unit"] = row.pop("uCode")
    assert faults(tables) == [("E532", "iData.csv", 1, "uCode"), ("E534", "iData.csv", 1, "unit")]


def test_a_column_that_imeta_does_not_know_names_the_nearest(tables):
    for row in tables.data:
        row["Sped"] = row.pop("Speed")
    with pytest.raises(ReadinessError) as caught:
        tables.init()
    found = {each.file.rpartition("/")[2]: each for each in caught.value.violations}
    assert found["iData.csv"].hint == "Did you mean Speed?"
    assert found["iMeta.csv"].hint == "Did you mean sped?"
    assert (found["iMeta.csv"].code, found["iMeta.csv"].row) == ("E534", row_of(tables, "Speed"))


@pytest.mark.parametrize("code", ["Speed", "GDP", "Size"])
def test_a_code_without_a_column_is_a_fault(tables, code):
    tables.drop(code)
    assert faults(tables) == [("E534", "iMeta.csv", row_of(tables, code), "iCode")]


def test_a_column_of_an_aggregate_is_a_fault(tables):
    for row in tables.data:
        row["Conn"] = "1"
    assert faults(tables) == [("E534", "iData.csv", 1, "Conn")]


CELL_FAULTS = {
    "words": ("Speed", "fast", "E204"),
    "a decimal comma": ("Speed", "1,5", "E205"),
    "not finite": ("Speed", "Inf", "E211"),
    "too large": ("Speed", "1e999", "E211"),
    "no denominator": ("GDP", "0", "E217"),
    "negative denominator": ("Pop", "-3", "E217"),
}


@pytest.mark.parametrize("case", CELL_FAULTS)
def test_a_cell_that_is_no_figure_has_its_row_and_column(tables, case):
    code, written, expected = CELL_FAULTS[case]
    tables.unit("CYP")[code] = written
    assert faults(tables) == [(expected, "iData.csv", 4, code)]


def test_a_unit_that_stands_twice_is_a_fault(tables):
    tables.data.append(dict(tables.data[0]))
    assert faults(tables) == [("E537", "iData.csv", len(tables.data) + 1, "uCode")]


def test_a_unit_under_both_letters_of_a_country_stands_twice(tables):
    tables.unit("GRC")["uCode"] = "GR"
    tables.unit("HUN")["uCode"] = "EL"
    assert [each[0] for each in faults(tables)] == ["E537"]


@pytest.mark.parametrize("code", ["A/B", "", "index", "aut", "nul", "x" * 65])
def test_a_unit_that_cannot_name_a_page_is_a_fault(tables, code):
    tables.unit("CYP")["uCode"] = code
    assert faults(tables) == [("E531", "iData.csv", 4, "uCode")]


def test_figures_without_a_year_need_an_edition(tables):
    assert faults(tables, edition=None) == [("E538", "iData.csv", 1, "Time")]
    assert hint(tables, edition=None).endswith("--edition 2024.")


@pytest.mark.parametrize("edition", [0, 24, 99999, -1])
def test_an_edition_is_a_year(tables, edition):
    assert [each[0] for each in faults(tables, edition)] == ["E538"]


def test_years_of_the_table_leave_no_room_for_an_edition(tables):
    tables.by_year(2021, 2022)
    assert [each[0] for each in faults(tables, 2022)] == ["E538"]


@pytest.mark.parametrize("year", ["21", "2021-05", NA, "0000", "9999"])
def test_a_year_that_is_none_is_a_fault(tables, year):
    tables.by_year(2021, 2022)
    tables.data[2]["Time"] = year
    assert faults(tables, None) == [("E538", "iData.csv", 4, "Time")]


def test_a_unit_may_not_stand_twice_in_a_year(tables):
    tables.by_year(2021, 2022)
    tables.data[-1]["Time"] = "2021"
    assert [each[0] for each in faults(tables, None)] == ["E537"]


def test_all_faults_of_both_tables_come_at_once(tables):
    tables.meta["Goods"]["Direction"] = "up"
    tables.meta["Goods"]["Weight"] = "-2"
    tables.meta["Speed"]["Parent"] = "Ins"
    tables.unit("AUT")["Trust"] = "much"
    tables.unit("BEL")["CO2"] = "7,1"
    tables.unit("CYP")["uCode"] = "C Y P"
    found = faults(tables)
    assert sorted(each[0] for each in found) == ["E204", "E205", "E506", "E531", "E533", "E535"]
    assert [each[1] for each in found] == sorted(each[1] for each in found)


def test_faults_of_one_table_do_not_hide_those_of_the_other(tables):
    tables.meta = {code: {k: v for k, v in entry.items() if k != "Type"} for code, entry in tables.meta.items()}
    tables.data.append(dict(tables.data[0]))
    assert [each[0] for each in faults(tables)] == ["E537", "E532"]


@pytest.mark.parametrize("table", ["imeta", "idata"])
def test_a_table_that_is_not_there_is_a_fault(tables, violations, table):
    tables.write()
    getattr(tables, table).unlink()
    found = violations(init_from_coinr, tables.folder / "own", tables.imeta, tables.idata, 2024)
    assert [each.code for each in found] == ["E101"]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "E103"), (b"iCode\n", "E103"), (b"\xff\xfei\x00", "E102"), (b"PK\x03\x04", "E108"), (b"a,A\n1,2\n", "E109")],
)
@pytest.mark.parametrize("table", ["imeta", "idata"])
def test_a_table_that_is_no_table_is_a_fault(tables, violations, table, content, code):
    tables.write()
    getattr(tables, table).write_bytes(content)
    found = violations(init_from_coinr, tables.folder / "own", tables.imeta, tables.idata, 2024)
    assert [each.code for each in found] == [code]


@pytest.mark.parametrize("table", ["imeta", "idata"])
def test_a_table_of_empty_rows_is_a_fault(tables, violations, table):
    tables.write()
    path = getattr(tables, table)
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([header, *("," * header.count(",") for _ in lines)]) + "\n", encoding="utf-8")
    found = violations(init_from_coinr, tables.folder / "own", tables.imeta, tables.idata, 2024)
    assert [each.code for each in found] == ["E103"]


def test_too_many_codes_are_a_fault(tables):
    for number in range(5001):
        tables.meta[f"x{number}"] = tables.meta["Area"] | {"iCode": f"x{number}"}
    assert [each[0] for each in faults(tables)] == ["E111"]
