"""Tables of opinions: what is read, and that every fault is named with its place."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from technology_index import COMPARISONS

from readiness.reading.opinions import LARGEST, MOST_CHILDREN, opinion_files, read_opinions

GROUPS = {"G": ("a", "b", "c"), "TAI": tuple(f"i{k}" for k in range(8)), "Pair": ("X1", "y2")}
PAIRS, POINTS = "analytic_hierarchy", "budget_allocation"
GOOD = "child,a,b,c\na,1,2,4\nb,1/2,1,2\nc,1/4,0.5,1\n"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "index"


def write(folder, method, group, content, suffix=".csv"):
    path = folder / "opinions" / method / f"{group}{suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(folder, method, group, content):
    write(folder, method, group, content)
    opinions, found = read_opinions(folder, GROUPS)
    return opinions.get(method, {}).get(group), found


def places(found):
    return [(each.code, each.row, each.column, each.found) for each in found]


def test_no_folder_is_no_opinion(folder):
    assert read_opinions(folder, GROUPS) == ({}, [])
    assert opinion_files(folder) == []


def test_comparisons_are_read_in_the_order_of_the_children(folder):
    mixed = "child,C,a,b\nb,2, 1/2 ,1\nc,1,.25,0.5\n\na,4,1,2\n"
    for content in (GOOD, GOOD.replace(",", ";"), "\ufeff" + GOOD, GOOD.replace("\n", "\r\n"), mixed):
        table, found = read(folder, PAIRS, "G", content)
        assert table == ((1, 2, 4), (0.5, 1, 2), (0.25, 0.5, 1))
        assert all(each.severity == "note" for each in found)


def test_comparisons_of_the_handbook(folder):
    cells = [["1", "1/2", "1/3", "1/4", "1/5"]]
    fractions = {float(text) if "/" not in text else 1 / int(text[2:]): text for text in cells[0]}
    rows = [[fractions.get(value, f"{value:g}") for value in row] for row in COMPARISONS]
    names = GROUPS["TAI"]
    lines = [",".join(["code", *names]), *(",".join([name, *row]) for name, row in zip(names, rows, strict=True))]
    table, found = read(folder, PAIRS, "TAI", "\n".join(lines))
    assert found == []
    np.testing.assert_array_equal(table, COMPARISONS)


def test_points_are_read_by_child_and_gaps_stay(folder):
    table, found = read(folder, POINTS, "G", "expert,b,a,c\nAnn,30,70,0\nBob,1e1,,2.5\n")
    assert found == []
    assert table[0][0] == 70
    assert math.isnan(table[0][1])
    assert table[1:] == ((30, 10), (0, 2.5))


def test_children_are_known_in_any_case(folder):
    assert read(folder, PAIRS, "Pair", "c,x1,Y2\nX1,1,3\nY2,0.33,1\n")[0] == ((1, 3), (0.33, 1))


def test_both_methods_and_several_groups(folder):
    paths = [write(folder, POINTS, "Pair", "e,X1,y2\n1,1,1\n"), write(folder, PAIRS, "G", GOOD)]
    write(folder, POINTS, ".hidden", "x")
    write(folder, POINTS, "README", "who the experts are", ".md")
    opinions, found = read_opinions(folder, GROUPS)
    assert found == []
    assert {method: list(tables) for method, tables in opinions.items()} == {PAIRS: ["G"], POINTS: ["Pair"]}
    assert opinion_files(folder) == sorted(paths)


def test_all_faults_of_all_tables_come_at_once(folder):
    write(folder, PAIRS, "G", "child,a,b,c\na,1,x,40\nb,1/0,1,\nc,-1,0,inf\n")
    write(folder, POINTS, "G", 'expert,a,b,c\nAnn,"1,5",2,3\nBob,-1,nan,1e999\nCyd,0,0,\nAnn,1,1,1\n,1,1,1\n')
    opinions, found = read_opinions(folder, GROUPS)
    assert opinions == {}
    assert sorted(places(found), key=str) == sorted(
        [
            ("E522", 2, "b", "x"),
            ("E522", 2, "c", "40"),
            ("E522", 3, "a", "1/0"),
            ("E522", 3, "c", "no number"),
            ("E522", 4, "a", "-1"),
            ("E522", 4, "b", "0"),
            ("E522", 4, "c", "inf"),
            ("E522", 2, "a", "1,5"),
            ("E522", 3, "a", "-1"),
            ("E522", 3, "b", "nan"),
            ("E522", 3, "c", "1e999"),
            ("E524", 4, "", "no points"),
            ("E521", 5, "", "Ann"),
            ("E521", 6, "", "no name"),
        ],
        key=str,
    )
    assert "Write 1.5." in [each.hint for each in found]
    assert all(each.file.endswith("G.csv") and each.expected for each in found)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("child,a,b\na,1,1\nb,1,1\nc,1,1\n", [("E521", 1, "c", "c")]),
        ("child,a,b,c,d\na,1,1,1,1\n", [("E521", 1, "d", "d")]),
        ("child,a,b,c\na,1,2,4\nb,1/2,1,2\n", [("E521", None, "", "c")]),
        (
            "child,a,b,c\na,1,2,4\nb,1/2,1,2\nb,1/2,1,2\nq,1,1,1\n",
            [("E521", None, "", "c"), ("E521", 4, "", "b"), ("E521", 5, "", "q")],
        ),
        ("child,a,b,a\na,1,2,4\n", [("E109", 1, "a", "a")]),
        ("child,a,b,c\n", [("E103", None, "", "")]),
        ("", [("E103", None, "", "")]),
        (GOOD.replace("a,1,", "a,2,"), [("E523", 2, "a", "2")]),
        (GOOD.replace("1/2", "2"), [("E523", 3, "a", "2")]),
        (GOOD.replace("1/4", "0.3"), [("E523", 4, "a", "0.3")]),
        (b"PK\x03\x04...", [("E108", None, "", "a zip or Excel workbook")]),
        (GOOD.encode().replace(b"b,", b"\xff,"), None),
    ],
)
def test_table_that_does_not_fit(folder, content, expected):
    table, found = read(folder, PAIRS, "G", content)
    assert table is None
    assert any(each.severity == "error" for each in found)
    if expected is not None:
        assert sorted(places(found), key=str) == sorted(expected, key=str)


def test_row_with_too_many_cells_is_named_once(folder):
    table, found = read(folder, POINTS, "G", "expert,a,b,c\nAnn,1,2,3\nBob,1,2,3,4\n")
    assert table is None
    assert [(each.code, each.row) for each in found] == [("E104", 3)]


def test_rounded_mirrors_pass_and_others_do_not(folder):
    assert read(folder, PAIRS, "Pair", "c,X1,y2\nX1,1,3\ny2,0.33,1\n")[0] is not None
    assert read(folder, PAIRS, "Pair", "c,X1,y2\nX1,1,3\ny2,0.3267,1\n")[0] is None
    assert read(folder, PAIRS, "Pair", "c,X1,y2\nX1,1,9\ny2,0.11,1\n")[0] is not None
    assert read(folder, PAIRS, "Pair", "c,X1,y2\nX1,1,9.2\ny2,0.1087,1\n")[0] is None


def test_contradictions_are_a_warning(folder):
    table, found = read(folder, PAIRS, "G", "child,a,b,c\na,1,3,1/3\nb,1/3,1,3\nc,3,1/3,1\n")
    assert table is not None
    assert [(each.code, each.severity, each.found) for each in found] == [
        ("W525", "warning", "a consistency ratio of 1.15")
    ]


def test_places_that_nobody_reads_are_told(folder):
    write(folder, "analytic_hierachy", "G", GOOD)
    write(folder, PAIRS, "H", GOOD)
    write(folder, PAIRS, "G", b"PK", ".xlsx")
    write(folder, ".", "G", GOOD)
    opinions, found = read_opinions(folder, GROUPS)
    assert opinions == {}
    assert sorted((each.code, each.found) for each in found) == [
        ("E521", "G.csv"),
        ("E521", "G.xlsx"),
        ("E521", "H"),
        ("E521", "analytic_hierachy"),
    ]
    assert "Did you mean analytic_hierarchy?" in {each.hint for each in found}


def test_sizes_are_bounded(folder):
    assert [each.code for each in read(folder, POINTS, "G", "x" * (LARGEST + 1))[1]] == ["E111"]
    many = tuple(f"i{k}" for k in range(MOST_CHILDREN + 1))
    write(
        folder, PAIRS, "Many", ",".join(["c", *many]) + "\n" + "\n".join(",".join([one, *["1"] * 16]) for one in many)
    )
    (folder / "opinions" / POINTS / "G.csv").unlink()
    assert places(read_opinions(folder, {"Many": many})[1]) == [("E521", None, "", "16 children")]


def test_folder_in_the_place_of_a_table_is_told(folder):
    (folder / "opinions" / PAIRS / "G.csv").mkdir(parents=True)
    assert [each.code for each in read_opinions(folder, GROUPS)[1]] == ["E101"]


def test_codes_that_differ_only_in_case_are_told(folder):
    write(folder, POINTS, "G", "expert,a\nAnn,1\n")
    assert [each.code for each in read_opinions(folder, {"G": ("a", "A")})[1]] == ["E521"]


cells = st.sampled_from(
    ["a", "b", "c", "1", "1/2", "2", "0.5", "", " ", '"', "\n", ",", ";", "\t", "\r", "é", "\0", "9e9", "-"]
)
contents = st.one_of(st.binary(max_size=60), st.lists(cells, max_size=40).map(lambda parts: "".join(parts).encode()))


@settings(derandomize=True, deadline=None, database=None, max_examples=150)
@given(contents, st.sampled_from([PAIRS, POINTS]), st.booleans())
def test_nothing_that_stands_in_a_file_is_a_traceback(tmp_path_factory, content, method, headed):
    folder = tmp_path_factory.mktemp("index")
    table, found = read(folder, method, "G", b"child,a,b,c\n" + content if headed else content)
    assert (table is None) == any(each.severity == "error" for each in found)
