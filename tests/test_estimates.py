"""Files of estimates and covariances: what is read, and every fault with its row and column."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from readiness.reading.estimates import read_estimates

GOOD = "unit,estimate,se\nA,1.5,0.1\nB,2,0\nC,-4e1,.3\n"
PLAIN = "unit,estimate\nA,1\nB,2\nC,4\n"
MATRIX = "unit,A,B,C\nA,1,0.5,0\nB,0.5,2,0.1\nC,0,0.1,3\n"
COVARIANCE = np.array([[1, 0.5, 0], [0.5, 2, 0.1], [0, 0.1, 3]])


@pytest.fixture
def write(tmp_path):
    def write(text, name="my.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def places(found):
    return [(each.code, each.row, each.column) for each in found]


def test_a_table_is_read_as_written(write):
    found = read_estimates(write(GOOD))
    assert found.units == ("A", "B", "C")
    assert found.estimate.tolist() == [1.5, 2.0, -40.0]
    assert found.covariance == pytest.approx(np.diag([0.01, 0.0, 0.09]))


@pytest.mark.parametrize(
    "text",
    [
        "geo,estimate,standard_error\nA,1.5,0.1\nB,2,0\nC,-4e1,.3\n",
        "rank,SE,Estimate,Unit\n1,0.1,1.5,A\n,0,2,B\n3,.3,-40,C\n",
        "unit;estimate;se\r\nA;1.5;0.1\r\n\r\nB; 2;0\r\nC;-4e1;.3\r\n",
        b"\xef\xbb\xbf" + GOOD.encode(),
    ],
)
def test_other_spellings_of_the_table_are_the_same(write, text):
    found, plain = read_estimates(write(text)), read_estimates(write(GOOD, "plain.csv"))
    assert found.units == plain.units
    assert found.estimate.tolist() == plain.estimate.tolist()
    assert found.covariance.tolist() == plain.covariance.tolist()


@pytest.mark.parametrize(
    "matrix",
    [
        MATRIX,
        "1,0.5,0\n0.5,2,0.1\n0,0.1,3\n",
        b"\xef\xbb\xbf1;0.5;0\r\n0.5;2;0.1\r\n0;0.1;3\r\n",
        ",c,a,b\nb,0.1,0.5,2\nC,3,0,0.1\na,0,1,0.5\n",
        "unit,A,B,C\nA,1,0.5,0\nB,0.5,2,0.1\nC,0,0.1000000000001,3\n",
    ],
)
def test_a_matrix_is_read_in_the_order_of_the_units(write, matrix):
    found = read_estimates(write(PLAIN), write(matrix, "m.csv"))
    assert found.covariance == pytest.approx(COVARIANCE, abs=1e-12)
    assert found.covariance.tolist() == found.covariance.T.tolist()


def test_a_matrix_takes_the_place_of_the_errors(write):
    found = read_estimates(write("unit,estimate,se\nA,1,text\nB,2,\nC,4,-1\n"), write(MATRIX, "m.csv"))
    assert found.covariance == pytest.approx(COVARIANCE)


def test_parquet_is_read_too(tmp_path):
    path, matrix = tmp_path / "my.parquet", tmp_path / "m.parquet"
    pl.DataFrame({"unit": ["A", "B"], "estimate": [1.0, 2.0]}).write_parquet(path)
    pl.DataFrame({"unit": ["B", "A"], "A": [0.0, 1.0], "B": [4.0, 0.0]}).write_parquet(matrix)
    assert read_estimates(path, matrix).covariance.tolist() == [[1.0, 0.0], [0.0, 4.0]]


def test_all_faults_of_a_table_come_at_once(write, violations):
    text = 'unit,estimate,se\nA,1,x\nA,,0.1\n,3,-1\nB,"1,5",1e999\nC,nan,inf\na,1,1\n'
    found = violations(read_estimates, write(text))
    assert places(found) == [
        ("E713", 2, "se"),
        ("E713", 3, "estimate"),
        ("E712", 3, "unit"),
        ("E714", 4, "se"),
        ("E712", 4, "unit"),
        ("E713", 5, "estimate"),
        ("E713", 5, "se"),
        ("E713", 6, "estimate"),
        ("E713", 6, "se"),
        ("E712", 7, "unit"),
    ]
    assert found[5].hint == "Write 1.5."
    assert all(each.file.endswith("my.csv") for each in found)


def test_missing_columns_are_named_and_the_rest_is_still_checked(write, violations):
    found = violations(read_estimates, write("name,score,sd\nA,1,x\n"))
    assert [(each.code, each.expected) for each in found] == [
        ("E711", "unit or geo or country"),
        ("E711", "estimate"),
        ("E711", "se or standard_error"),
    ]
    found = violations(read_estimates, write("name,estimat,se\nA,1,x\n"))
    assert places(found) == [("E711", 1, ""), ("E711", 1, ""), ("E713", 2, "se")]
    assert found[1].hint == "Did you mean estimat?"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "E103"),
        ("unit,estimate,se\n", "E103"),
        ("unit,estimate,se\nA,1,1\n", "E718"),
        ("unit,estimate,estimate,se\nA,1,1,1\n", "E109"),
        ("unit,estimate,se\nA,1,5,1\nB,2,1\n", "E104"),
        (b"unit,estimate,se\n\xff\xfeA,1,1\nB,1,1\n", "E102"),
        (b"%PDF-1.7", "E108"),
        (b'unit,estimate,se\nA,"1,1\nB,1,1\n', "E108"),
    ],
)
def test_a_file_that_is_no_table_of_estimates_is_refused(write, violations, text, code):
    assert code in {each.code for each in violations(read_estimates, write(text))}


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ("unit,A,B\nA,1,0\nB,0,1\n", [("E715", None, ""), ("E715", 1, "C")]),
        ("unit,A,B,D\nA,1,0,0\nB,0,1,0\nC,0,0,1\n", [("E715", 1, "C"), ("E715", 1, "d")]),
        ("unit,A,B,C\nA,1,0,0\nB,0,1,0\nB,0,1,0\n,0,0,1\n", [("E715", None, ""), ("E712", 4, ""), ("E715", 5, "")]),
        ("unit,A,B,C\nA,1,0,x\nB,0,1,0\nC,,0,1\n", [("E713", 2, "C"), ("E713", 4, "A")]),
        ("unit,A,B,C\nA,1,0,0\nC,0,0.2,1\nB,0,1,0.1\n", [("E716", 3, "B")]),
        ("unit,A,B,C\nA,1,0,0\nB,0,-1,0\nC,0,0,-1\n", [("E714", 3, "B"), ("E714", 4, "C")]),
        ("unit,A,B,C\nA,1,2,0\nB,2,1,0\nC,0,0,1\n", [("E717", None, "")]),
        ("1,0\n0,1\n", [("E715", None, "")]),
        ("1,0,0\n0,1,0\n0,0,1\n0,0,0\n", [("E715", None, "")]),
        ("1,0,0,0\n0,1,0,0\n0,0,1,0\n", [("E104", 1, ""), ("E104", 2, ""), ("E104", 3, "")]),
        ("1,0,0\n0,1,y\n0,0,1\n", [("E713", 2, "3")]),
        ("1,0,0\n0,1,0\n0,0.4,1\n", [("E716", 3, "2")]),
    ],
)
def test_faults_of_a_matrix_have_their_place(write, violations, matrix, expected):
    found = violations(read_estimates, write(PLAIN), write(matrix, "m.csv"))
    assert places(found) == expected
    assert all(each.file.endswith("m.csv") for each in found)


def test_a_mirror_is_named_with_its_own_place(write, violations):
    (found,) = violations(read_estimates, write(PLAIN), write(MATRIX.replace("C,0,0.1", "C,0,0.4"), "m.csv"))
    assert (found.found, found.expected) == ("0.4", "0.1, as in row 3, column C")


def test_faults_of_both_files_come_at_once(write, violations):
    broken = write("unit,estimate\nA,x\nB,2\nC,3\n")
    found = violations(read_estimates, broken, write("unit,A,B\nA,1,0\nB,0,1\n", "m.csv"))
    assert {each.file.rsplit("/", 1)[-1] for each in found} == {"my.csv", "m.csv"}
    found = violations(read_estimates, broken, broken.with_name("none.csv"))
    assert {each.code for each in found} == {"E101", "E713"}


def test_a_file_that_is_not_there_is_unreadable(tmp_path, violations):
    assert places(violations(read_estimates, tmp_path / "none.csv")) == [("E101", None, "")]
