"""The comparison of all scales with all aggregations: what it prints is what a run by that recipe would rank."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

from readiness import comparing
from readiness.cli import main
from readiness.comparing import SCHEMA, compare_methods
from readiness.errors import ReadinessError
from readiness.registry import lookup, methods

SCALES = [each.name for each in methods("normalise")]
MEANS = [each.name for each in methods("aggregate")]


def pair(frame, scale, mean):
    return frame.filter((pl.col("normalise") == scale) & (pl.col("aggregate") == mean)).row(0, named=True)


def index(results):
    """Return score and rank of each ranked unit on the index, in the order of the framework."""
    root, units = results.framework.root, results.framework.units
    own = results.scores.filter((pl.col("node") == root) & (pl.col("edition") == results.edition))
    found = {row["country"]: (row["score"], row["rank"]) for row in own.iter_rows(named=True)}
    table = [[np.nan if value is None else value for value in found[unit]] for unit in units]
    return np.array(table)[:, 0], np.array(table)[:, 1]


def agreement(own, other):
    """Return rank correlation, largest shift and number of units with both ranks, from the tables of two runs."""
    both = ~np.isnan(own[1]) & ~np.isnan(other[1])
    scores = own[0][both], other[0][both]
    flat = any(np.ptp(each) == 0 for each in scores)
    return None if flat else spearmanr(*scores).statistic, np.abs(own[1] - other[1])[both].max(), both.sum()


def refusal(results, scale, mean):
    try:
        results.with_recipe(results.recipe.replace(normalise=scale, aggregate=mean))
    except ReadinessError as error:
        return error.violations
    return []


@pytest.fixture
def gappy(small):
    """An index in which a unit has no rank and another has gaps."""
    small.drop("price", ("BE",))
    for code in ("chips", "cables", "price"):
        small.drop(code, ("CZ",))
    small.edit("framework.toml", 'indicator_coverage = "2/3"', 'indicator_coverage = "1/2"')
    return small.run()


def test_every_pair_has_a_row_in_the_order_of_the_registry(small):
    frame = compare_methods(small.run())
    assert frame.select("normalise", "aggregate").rows() == list(product(SCALES, MEANS))
    assert dict(frame.schema) == SCHEMA


def test_allowed_pairs_are_what_a_run_by_that_recipe_ranks(gappy):
    frame = compare_methods(gappy)
    own, tried = index(gappy), 0
    for row in frame.filter(pl.col("refused").is_null()).iter_rows(named=True):
        recipe = gappy.recipe.replace(normalise=row["normalise"], aggregate=row["aggregate"])
        correlation, shift, ranked = agreement(own, index(gappy.with_recipe(recipe)))
        label = row["normalise"], row["aggregate"]
        assert row["spearman"] == (None if correlation is None else pytest.approx(correlation, abs=1e-9)), label
        assert (row["largest_shift"], row["ranked"]) == (shift, ranked), label
        tried += 1
    assert tried > len(SCALES) * len(MEANS) / 2
    assert set(frame["ranked"].drop_nulls()) == {5}, "the unit without a rank is compared with nobody"
    assert frame["spearman"].min() < 0.95, "methods differ"
    assert frame["largest_shift"].max() >= 1


def test_settings_reach_the_comparison_of_a_run(small):
    """Compared is with the run's own ranking, and its other steps stay as they are."""
    results = small.run(settings=["weight=equal", "treat=none"])
    frame = compare_methods(results)
    direct = small.run(settings=["weight=equal", "treat=none", "normalise=rank", "aggregate=copeland"])
    correlation, shift, _ = agreement(index(results), index(direct))
    found = pair(frame, "rank", "copeland")
    assert (found["spearman"], found["largest_shift"]) == (pytest.approx(correlation), shift)


@pytest.mark.parametrize("settings", [[], ["aggregate=geometric", "normalise=percentile_rank"]])
def test_the_pair_of_the_run_agrees_with_itself(small, settings):
    results = small.run(settings=settings)
    own = pair(compare_methods(results), *(results.recipe.method(step).name for step in ("normalise", "aggregate")))
    assert own == {**own, "spearman": pytest.approx(1.0), "largest_shift": 0, "ranked": 6, "refused": None}


def test_refused_pairs_have_a_reason_and_are_those_that_a_run_refuses(small):
    results = small.run()
    frame = compare_methods(results)
    refused = set(frame.filter(pl.col("refused").is_not_null()).select("normalise", "aggregate").rows())
    assert refused == {(scale, mean) for scale, mean in product(SCALES, MEANS) if refusal(results, scale, mean)}
    assert {(scale, mean) for scale, mean in refused if scale == "z_score"} == {
        ("z_score", mean) for mean in MEANS if lookup("aggregate", mean).non_negative
    }
    assert {("goalposts", mean) for mean in MEANS} <= refused
    for row in frame.filter(pl.col("refused").is_not_null()).iter_rows(named=True):
        assert len(row["refused"]) > 30
        assert [row[key] for key in ("spearman", "largest_shift", "ranked")] == [None, None, None]
    assert "goalposts" in pair(frame, "goalposts", "arithmetic")["refused"]
    assert "5 indicators" in pair(frame, "goalposts", "arithmetic")["refused"]
    assert "normalise = min_max" in pair(frame, "z_score", "geometric")["refused"]


def test_goalposts_that_are_declared_are_compared(small):
    for place in ("compute/chips", "compute/cables", "compute/price", "skills/coders", "skills/courses"):
        small.edit(f"{place}.toml", "definition", "goalposts = [0, 1000]\ndefinition")
    found = pair(compare_methods(small.run()), "goalposts", "arithmetic")
    assert found["refused"] is None
    assert found["ranked"] == 6


def test_the_official_index_equals_direct_runs(eari, monkeypatch):
    chosen = [("min_max", "arithmetic"), ("rank", "borda"), ("z_score", "geometric"), ("percentile_rank", "copeland")]
    monkeypatch.setattr(comparing, "_pairs", lambda: iter(chosen))
    frame, own = compare_methods(eari), index(eari)
    assert frame.select("normalise", "aggregate").rows() == chosen
    assert [row is None for row in frame["refused"]] == [True, True, False, True]
    for scale, mean in (chosen[1], chosen[3]):
        recipe = eari.recipe.replace(normalise=scale, aggregate=mean)
        correlation, shift, ranked = agreement(own, index(eari.with_recipe(recipe)))
        found = pair(frame, scale, mean)
        assert (found["spearman"], found["largest_shift"], found["ranked"]) == (
            pytest.approx(correlation),
            shift,
            ranked,
        )
        assert found["largest_shift"] > 0


@pytest.fixture
def command(small, monkeypatch, capsys):
    def call(*options):
        arguments = ["--framework", str(small.folder), "--data", str(small.write_figures()), *options]
        monkeypatch.setattr("sys.argv", ["readiness", "compare-methods", *arguments])
        main()
        return capsys.readouterr()

    return call


def test_the_command_prints_within_eighty_columns(command):
    printed = command()
    lines = (printed.out + printed.err).splitlines()
    assert max(map(len, lines)) <= 80
    assert "rank correlation" in lines[0]
    cells = [line.split() for line in lines]
    rows = {row[0]: row[1:] for row in cells if len(row) == len(SCALES) + 1 and row[0] in MEANS}
    assert list(rows) == MEANS
    assert rows["arithmetic"][0] == "1.00"
    assert rows["geometric"][SCALES.index("z_score")] == "-"
    for number, scale in enumerate(SCALES, start=1):
        assert f"{number} {scale}" in " ".join(printed.out.split())


def test_the_command_prints_json(command, small):
    printed = json.loads(command("--json").out)
    assert printed == compare_methods(small.run()).to_dicts()


def test_settings_of_the_command_decide_what_is_compared_with(command):
    printed = json.loads(command("--json", "--set", "aggregate=minimum").out)
    ones = {row["aggregate"]: row["spearman"] for row in printed if row["normalise"] == "min_max"}
    assert ones["minimum"] == pytest.approx(1)
    assert ones["arithmetic"] < 1
