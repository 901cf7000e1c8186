"""The command `readiness sensitivity`: tables, JSON, what is refused, and what is left out by name."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from itertools import product

import pytest

from readiness.dealing import Combination
from readiness.errors import Violation
from readiness.reading.variations import vary
from readiness.sensitivity import label, rectangle, sensitivity
from readiness.terminal_sensitivity import bar, show_factors

KINDS = ("first", "total", "interaction")
CLASH = ["normalise=z_score,percentile_rank", "aggregate=arithmetic,geometric"]


def varying(results, *settings):
    return replace(results, recipe=vary(results.recipe, results.framework, settings))


@pytest.fixture
def run(small):
    """Compute the small index, with what varies."""
    return lambda *settings: varying(small.run(), *settings)


def test_alternatives_that_conflict_are_refused_or_dropped_by_name(run, violations):
    results = run("nothing", *CLASH)
    (found,) = violations(sensitivity, results)
    assert (found.code, found.found, found.column) == ("E761", "normalise = z_score", "normalise")
    assert "geometric has no meaning below zero" in found.hint
    dropped = sensitivity(results, drop=True)
    assert dropped.dropped == ("normalise = z_score",)
    kept = sensitivity(run("nothing", "normalise=percentile_rank", "aggregate=arithmetic,geometric"))
    assert dropped.table.equals(kept.table)


def test_when_the_only_alternative_is_dropped_nothing_varies(small, violations):
    done = small.run(settings=["aggregate=geometric"])
    results = varying(done, "nothing", "normalise=z_score")
    assert [each.code for each in violations(sensitivity, results)] == ["E761"]
    assert [each.code for each in violations(sensitivity, results, drop=True)] == ["E770"]


def test_the_alternative_that_conflicts_most_goes_first_and_of_equals_the_least_probable(eari):
    fault = (Violation("E516", "recipe"),)

    def combinations(bad, chances):
        cells = product(range(2), range(3))
        return [
            Combination((("x", i), ("y", j)), eari.recipe, chances[0][i] * chances[1][j], fault * ((i, j) in bad))
            for i, j in cells
        ]

    even = ((0.5, 0.5), (0.4, 0.3, 0.3))
    kept, dropped = rectangle(combinations({(1, 1), (1, 2)}, even))
    assert list(dropped) == [("x", 1)]
    assert [each.chosen for each in kept] == [(("x", 0), ("y", j)) for j in range(3)]
    _, dropped = rectangle(combinations({(1, 1)}, ((0.5, 0.5), (0.7, 0.2, 0.1))))
    assert list(dropped) == [("y", 1)]
    _, dropped = rectangle(combinations({(0, 1), (1, 2), (0, 2)}, even))
    assert list(dropped) == [("y", 2), ("y", 1)]
    kept, dropped = rectangle(combinations({(0, 1), (0, 2)}, even))
    assert list(dropped) == [("y", 2), ("y", 1)]  # never the recipe's own, although x = 0 stands in both
    assert (("x", 0), ("y", 0)) in [each.chosen for each in kept]
    assert rectangle(combinations(set(), even))[1] == {}


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({"points": 100}, ["E762"]),
        ({"points": 32}, ["E762"]),
        ({"points": 2**21}, ["E762"]),
        ({"points": 0, "resamples": 1, "seed": -1, "nodes": ["indx"]}, ["E518", "E762", "E762", "E762"]),
        ({"vary": ["nothing"]}, ["E770"]),
        ({"vary": ["nonsense"]}, ["E749"]),
        ({"points": 2**20, "nodes": ["all"]}, ["E763"]),
    ],
)
def test_what_cannot_be_is_refused_all_at_once(eari, violations, given, codes):
    found = violations(sensitivity, eari, **given)
    assert [each.code for each in found] == codes


def test_too_many_combinations_are_refused(run, violations):
    scales = ",".join(f"min_max(low=0,high={high})" for high in range(1, 40))
    settings = ["nothing", f"normalise={scales}"]
    caps = ",".join(f"winsorise(points={points})" for points in range(1, 12))
    settings += [f"treat={caps}", f"normalise.chips={scales}"]
    assert [each.code for each in violations(sensitivity, run(*settings))] == ["E763"]


def test_the_command_prints_both_tables_in_80_columns(call):
    status, out, err = call("sensitivity", "--points", "64", "--countries", "4")
    assert status == 0
    lines = out.splitlines()
    assert max(map(len, lines + err.splitlines())) <= 80
    assert [line.split()[0] for line in lines[2:6]] == list("1234")
    totals = [float(line.split()[5]) for line in lines[2:6]]
    assert totals == sorted(totals, reverse=True)
    assert totals[0] > totals[-1]
    assert {line.split()[1] for line in lines[2:6]} == {"weights", "figures", "treat", "aggregate.index"}
    assert len(lines) == 2 + 4 + 2 + 4
    assert "in doubt (?)" in err
    assert "--points " in err
    assert "64 points, 384 runs" in err


def test_the_command_gives_the_table_of_the_library_as_json(call, eari):
    given = ["--points", "64", "--seed", "9", "--vary", "weights=0.1", "--nodes", "all"]
    status, out, _ = call("sensitivity", *given, "--json")
    assert status == 0
    expected = sensitivity(eari, 64, 9, vary=["weights=0.1"], nodes="all").table
    assert set(expected["node"]) == set(eari.framework.groups)
    assert json.loads(out) == expected.to_dicts()


def test_the_command_offers_to_drop_what_conflicts_and_names_it(call):
    settings = [word for setting in ("nothing", *CLASH) for word in ("--vary", setting)]
    status, out, err = call("sensitivity", *settings)
    assert (status, out) == (1, "")
    assert "normalise = z_score" in err
    assert "--drop" in err
    status, out, err = call("sensitivity", *settings, "--drop")
    assert status == 0
    assert "Left out since it does not go with another: normalise = z_score" in err
    assert "the shares are exact" in err


def test_without_unicode_and_room_the_table_is_plain_and_narrow(monkeypatch):
    row = {"factor": "weights", "first": -0.012, "total": 0.5, "interaction": 0.512}
    row |= {f"{kind}_{part}": value for kind in KINDS for part, value in (("low", -0.1), ("high", 0.3), ("error", 0.1))}
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", stream)
    monkeypatch.setenv("COLUMNS", "56")
    show_factors([row], "Title")
    stream.seek(0)
    lines = stream.read().splitlines()
    assert lines[2].split() == ["1", "weights", "-0.01", "+-", "0.20", "0.50", "+-", "0.20", "0.51", "+-", "0.20"]
    assert max(map(len, lines)) <= 56


def test_the_bar_shows_what_is_alone_and_what_with_others():
    assert bar(0.5, 0.75, 8, "#", ".") == "####.."
    assert bar(-0.1, 0.1, 10, "#", ".") == "."
    assert bar(1.2, 1.1, 10, "#", ".") == "#" * 10
    assert bar(None, None, 10, "#", ".") == ""


def test_an_alternative_is_named_with_its_numbers(eari):
    assert label(eari.recipe.steps["aggregate"]) == "arithmetic"
    recipe = vary(eari.recipe, eari.framework, ["normalise=percentile_rank(low=0,high=100)"])
    assert label(recipe.variation.choices["normalise"][1]) == "percentile_rank (low 0, high 100)"
