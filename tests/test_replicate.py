"""Published results, computed again: every case is met, and a case that should be missed is."""

from __future__ import annotations

import math
from dataclasses import replace

import polars as pl
import pytest

import readiness.replicate as proof
from readiness.errors import USAGE, ReadinessError
from readiness.terminal_proof import show_replications

# published values and the largest difference that may ever be allowed, as found by an independent computation
EXPECTED = {
    "desi-2022": (420, 2.8e-14),
    "hdi": (961, 0.0005),
    "hdi-2022": (193, 0),
    "tai-scores": (22, 0.00512),
    "tai-ew": (23, 0),
    "tai-bap": (23, 0),
    "tai-fa": (23, 1),
    "tai-ahp": (23, 2),
    "tai-6": (23, 0),
    "tai-lin": (23, 0),
    "tai-gme": (23, 0),
    "tai-bod": (23, 0.007),
    "tai-bod-ranks": (23, 0),
    "tai-correlations": (28, 0.02),
    "tai-alpha": (1, 0.004),
    "tai-alpha-deleted": (8, 0.00145),
    "tai-item-total": (8, 0.006),
    "tai-eigenvalues": (8, 0.06),
    "tai-variance": (8, 0.1101),
    "tai-loadings": (32, 0.025),
    "tai-pc-weights": (8, 0.00513),
    "tai-kemeny-five": (2, 0),
}
EQUAL = {"hdi": 961, "hdi-2022": 193, "tai-scores": 21, "tai-fa": 19, "tai-ahp": 20}
OPEN = {"desi-imputation", "hdi-ranks-before", "tai-ncmc", "tai-sobol", "tai-singapore"}


@pytest.fixture(scope="module")
def found():
    return {each.case.name: each for each in proof.replicate_all()}


def case(name):
    return next(each for each in proof.cases() if each.name == name)


def test_the_cases_are_those_expected(found):
    assert set(found) == set(EXPECTED) | OPEN
    assert [each.name for each in proof.cases()] == list(found)


@pytest.mark.parametrize("name", EXPECTED)
def test_every_published_result_is_met(found, name):
    each = found[name]
    values, allowed = EXPECTED[name]
    assert each.passed is True
    assert (each.n, each.details.height) == (values, values)
    assert each.largest <= each.case.tolerance <= allowed
    ranks = each.case.compares == "ranks"
    assert each.equal >= EQUAL.get(name, each.case.equal) >= each.case.equal
    assert not ranks or each.case.equal >= EQUAL.get(name, values), "ranks say how many are equal"


@pytest.mark.parametrize("name", sorted(OPEN))
def test_what_the_inputs_leave_open_has_a_reason_and_no_verdict(found, name):
    each = found[name]
    assert (each.passed, each.n, each.details.height) == (None, 0, 0)
    assert each.case.undetermined.endswith(".")


def test_details_add_up_to_the_summary_of_a_case(found):
    for each in found.values():
        assert each.details.schema == pl.Schema(proof.DETAILS)
        if each.passed is not None:
            own = (pl.col("published") - pl.col("computed")).abs()
            assert each.details.select((own - pl.col("difference")).abs().max()).item() == 0
            assert each.details["difference"].max() == each.largest


def test_one_case_alone_is_the_same_as_among_all(found):
    alone = proof.replicate("tai-bap")
    assert alone.details.equals(found["tai-bap"].details)


def test_cases_of_one_run_are_computed_once(monkeypatch):
    calls = []
    monkeypatch.setattr(proof, "run", lambda *given, **named: calls.append(given) or RUN(*given, **named))
    chosen = [
        each for each in proof.cases() if each.name in {"tai-ew", "tai-lin", "tai-scores", "tai-alpha", "tai-ncmc"}
    ]
    assert len(proof.replicate_cases(chosen)) == 5
    assert len(calls) == 1


RUN = proof.run


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("tai-bap", {"weights": None}),
        ("tai-gme", {"settings": ()}),
        ("tai-ew", {"settings": ("normalise=min_max",)}),
        ("tai-pc-weights", {"settings": ("normalise=min_max", "weight=principal_components", "weight.factors=3")}),
        ("tai-kemeny-five", {"settings": ()}),
        ("tai-correlations", {"tolerance": 0.01}),
        ("hdi", {"settings": ("aggregate=arithmetic",)}),
        ("hdi-2022", {"settings": ("rank.decimals=12",)}),
        ("desi-2022", {"settings": ("aggregate=geometric",)}),
    ],
)
def test_another_method_misses_the_case(name, change):
    (each,) = proof.replicate_cases([replace(case(name), **change)])
    assert each.passed is False
    assert each.where


def test_enough_equal_values_are_needed_even_within_the_tolerance():
    (each,) = proof.replicate_cases([replace(case("tai-fa"), equal=20)])
    assert (each.passed, each.equal, each.largest) == (False, 19, 1)


def test_a_published_value_without_a_computed_one_is_a_miss():
    (each,) = proof.replicate_cases([replace(case("hdi"), edition=2021)])
    assert (each.passed, each.largest, each.equal) == (False, math.inf, 768)
    assert each.where.startswith("2022")
    lost = each.details.filter(pl.col("computed").is_null())
    assert lost.height == 193
    assert lost["difference"].null_count() == 193
    assert proof.summary([each])["largest"].to_list() == [None]


def test_a_name_that_is_not_known_names_the_nearest(violations):
    (fault,) = violations(proof.replicate, "tai-bop")
    assert (fault.code, "tai-bap" in fault.hint) == ("E551", True)
    with pytest.raises(ReadinessError) as caught:
        proof.replicate("")
    assert caught.value.status == USAGE


def test_columns_that_the_table_lacks_are_named(violations):
    wrong = replace(case("tai-bap"), column="place", where={"way": "BAP"})
    assert [(each.code, each.column) for each in violations(proof.replicate_cases, [wrong])] == [
        ("E105", "place"),
        ("E105", "way"),
    ]


def test_a_selection_without_rows_is_no_success(violations):
    (fault,) = violations(proof.replicate_cases, [replace(case("tai-bap"), where={"method": "XYZ"})])
    assert fault.code == "E103"


def test_a_published_value_that_is_no_number_names_its_row(violations, tmp_path):
    table = tmp_path / "ranks.csv"
    table.write_text("geo,rank\nFIN,1\nUSA,second\n", encoding="utf-8")
    (fault,) = violations(proof.replicate_cases, [replace(case("tai-ew"), published=table, where={})])
    assert (fault.code, fault.row, fault.column) == ("E204", 3, "rank")


@pytest.mark.parametrize("value", ["", "nan", "inf", "1,5"])
def test_only_finite_numbers_are_published_values(violations, tmp_path, value):
    table = tmp_path / "ranks.csv"
    table.write_text(f'geo,rank\nFIN,"{value}"\n', encoding="utf-8")
    (fault,) = violations(proof.replicate_cases, [replace(case("tai-ew"), published=table, where={})])
    assert (fault.code, fault.row) == ("E204", 2)


def test_a_loose_selection_names_the_row_that_stands_twice(violations):
    found = violations(proof.replicate_cases, [replace(case("tai-bap"), where={"table": "38"})])
    assert {each.code for each in found} == {"E512"}
    assert (found[0].found, len(found)) == ("2001 FIN TAI", 46)


def test_a_table_that_does_not_say_what_it_speaks_of_is_refused(violations):
    wrong = replace(case("tai-alpha"), published=case("tai-bap").published, where={}, column="rank")
    (fault,) = violations(proof.replicate_cases, [wrong])
    assert (fault.code, fault.column) == ("E105", "item")


def test_loadings_of_a_part_of_the_table_are_compared(tmp_path, found):
    whole = found["tai-loadings"].details
    table = tmp_path / "loadings.csv"
    lines = [f"{node},{-value}" for node, value in whole.select("node", "published").iter_rows()][3:]
    table.write_text("\n".join(["item,value", *lines]) + "\n", encoding="utf-8")
    (part,) = proof.replicate_cases([replace(case("tai-loadings"), published=table, where={})])
    assert (part.n, part.passed) == (29, True), "the signs of all factors are turned, three loadings are left out"
    assert part.details["difference"].to_list() == pytest.approx(whole["difference"].to_list()[3:], abs=1e-15)


def test_summary_has_a_row_a_case(found):
    table = proof.summary(found.values())
    assert table.height == len(found)
    assert table.schema == pl.Schema(proof.SUMMARY)
    assert table.filter(pl.col("passed").is_null())["case"].to_list() == [n for n in found if n in OPEN]
    assert table.filter(pl.col("case") == "tai-fa").select("n", "equal", "largest", "tolerance").row(0) == (
        23,
        19,
        1,
        1,
    )


def test_the_terminal_shows_every_case_and_what_is_open(found, capsys):
    show_replications(list(found.values()))
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    text = " ".join(" ".join(lines).split())
    assert all(name in text for name in found)
    assert f"{len(EXPECTED)} of {len(EXPECTED)} cases met." in text
    assert all(each.case.undetermined in text for each in found.values())
    assert "missed" not in text


def test_the_terminal_says_why_a_case_is_missed(found, capsys):
    good = found["tai-fa"]
    show_replications(
        [
            replace(good, passed=False),
            replace(good, passed=False, largest=3.0, where="2001 SGP TAI"),
            replace(good, passed=False, largest=math.inf, where="2001 SGP TAI"),
        ]
    )
    text = " ".join(capsys.readouterr().out.split())
    assert "0 of 3 cases met." in text
    assert "tai-fa: 19 of 23 are equal, 19 are needed." in text
    assert "tai-fa: the difference at 2001 SGP TAI is 3, 1 is allowed." in text
    assert "tai-fa: no value was computed for 2001 SGP TAI." in text


def test_the_terminal_shows_open_cases_alone(found, capsys):
    show_replications([found["tai-sobol"]])
    out = capsys.readouterr().out
    assert "cases met" not in out
    assert "20 weightings" in out
