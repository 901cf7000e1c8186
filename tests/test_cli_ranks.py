"""The command `readiness ranks`: tables, JSON, options, faults."""

from __future__ import annotations

import json

import pytest

from readiness.inference import rank_sets, tau_best
from readiness.reading.estimates import read_estimates
from readiness.terminal_ranks import decimals_for, drawn, set_text

CODES = "AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
MATRIX = "unit,A,B,C\nA,1,0.9,0\nB,0.9,1,0\nC,0,0,1\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "my.csv"
    rows = [f"{code},{(37 * place) % 100 / 1.7:.2f},{0.4 + place % 5 / 2}" for place, code in enumerate(CODES.split())]
    path.write_text("\n".join(["geo,estimate,se", *rows]), encoding="utf-8")
    return path


def test_every_unit_has_a_line_with_its_set_in_80_columns(call, table):
    status, out, err = call("ranks", "my.csv")
    assert status == 0
    lines = out.splitlines()
    assert max(map(len, lines)) <= 80
    sets = rank_sets(read_estimates(table)).to_dicts()
    assert len(lines) == len(sets) + 2
    for line, row in zip(lines[2:], sets, strict=True):
        rank, unit, _, places, picture = line[:4], *line[4:].split(maxsplit=3)
        assert (int(rank), unit, places) == (row["rank"], row["unit"], set_text(row["lower"], row["upper"], 27))
        assert len(picture.strip()) == row["upper"] - row["lower"] + 1
    assert "With 95 % confidence the 27 true ranks all lie in their sets." in err
    assert "100,000 draws, seed 0" in err


def test_json_is_what_the_library_gives(call, table):
    estimates = read_estimates(table)
    for arguments, expected in (
        ([], rank_sets(estimates)),
        (["--marginal", "--level", "0.8"], rank_sets(estimates, simultaneous=False, level=0.8)),
        (["--side", "upper", "--single-step"], rank_sets(estimates, side="upper", stepdown=False)),
        (["--unit", "PT", "--unit", "ES"], rank_sets(estimates, about=["PT", "ES"])),
        (["--draws", "2000", "--seed", "7"], rank_sets(estimates, draws=2000, seed=7)),
        (["--tau-best", "3"], tau_best(estimates, 3)),
    ):
        status, out, err = call("ranks", table, *arguments, "--json")
        assert (status, err) == (0, "")
        assert json.loads(out) == expected.to_dicts()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--marginal", "--level", "0.9"], "Each set holds the true rank of its unit with 90 % confidence"),
        (["--tau-best", "4"], "With 95 % confidence the 4 truly best are all among these "),
        (["--tau-worst", "4"], "With 95 % confidence the 4 truly worst are all among these "),
        (["--unit", "SE"], "With 95 % confidence the true rank lies in its set."),
        (["--single-step"], "single step"),
    ],
)
def test_a_sentence_says_what_the_sets_mean(call, table, arguments, sentence):
    status, out, err = call("ranks", table, *arguments)
    assert status == 0
    assert sentence in err
    assert max(map(len, out.splitlines())) <= 80


def test_a_matrix_sharpens_the_sets_of_units_that_move_together(call, tmp_path):
    (tmp_path / "e.csv").write_text("unit,estimate,se\nA,1.3,1\nB,0.1,1\nC,-6,1\n", encoding="utf-8")
    (tmp_path / "m.csv").write_text(MATRIX, encoding="utf-8")
    alone = json.loads(call("ranks", "e.csv", "--json")[1])
    together = json.loads(call("ranks", "e.csv", "--covariance", "m.csv", "--json")[1])
    assert [(row["lower"], row["upper"]) for row in alone] == [(1, 2), (1, 2), (3, 3)]
    assert [(row["lower"], row["upper"]) for row in together] == [(1, 1), (2, 2), (3, 3)]


@pytest.mark.parametrize(
    ("arguments", "status", "text"),
    [
        (["none.csv"], 3, "E101"),
        (["my.csv", "--tau-best", "28"], 2, "E719"),
        (["my.csv", "--unit", "XX"], 2, "E719"),
        (["my.csv", "--tau-best", "2", "--tau-worst", "2"], 2, "do not go together"),
        (["my.csv", "--tau-best", "2", "--marginal"], 2, "do not go together"),
        (["my.csv", "--level", "1"], 2, "--level"),
        (["my.csv", "--draws", "10"], 2, "--draws"),
        (["my.csv", "--covariance", "my.csv"], 1, "E715"),
        (["--covariance", "my.csv"], 2, "belongs to a table"),
        (["my.csv", "--run", "runs"], 2, "do not go together"),
    ],
)
def test_what_cannot_be_done_is_said(call, table, arguments, status, text):
    found, out, err = call("ranks", *arguments)
    assert (found, out) == (status, "")
    assert text in err


def test_names_from_a_file_cannot_spoil_the_terminal(call, tmp_path):
    name = "\x1b[31m[bold]" + "x" * 500
    (tmp_path / "e.csv").write_text(f"unit,estimate,se\n{name},1,1\nB,0,1\n", encoding="utf-8")
    status, out, _ = call("ranks", "e.csv")
    assert status == 0
    assert "\x1b" not in out
    assert "\\x1b[31m[bold]xx" in out
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize("size", [2, 3, 9, 30, 240])
def test_any_number_of_units_fits(call, tmp_path, size):
    rows = [f"region {place},{place},1" for place in range(size)]
    (tmp_path / "e.csv").write_text("\n".join(["unit,estimate,se", *rows]), encoding="utf-8")
    status, out, _ = call("ranks", "e.csv", "--draws", "1000")
    assert status == 0
    assert len(out.splitlines()) == size + 2
    assert max(map(len, out.splitlines())) <= 80


def test_a_drawing_is_to_scale():
    assert drawn(1, 1, 4, 4, 4, ("-", "o")) == "o---"
    assert drawn(2, 3, 3, 5, 9, ("-", "o")) == "  --o    "
    assert drawn(1, 50, 100, 100, 10, ("-", "o")) == "----o-----"
    assert [decimals_for(error) for error in (120.0, 9.9, 0.31, 1e-9)] == [0, 1, 2, 6]
