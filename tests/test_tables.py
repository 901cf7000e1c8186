"""Every schema refuses a bad frame: pandera is silent on lazy frames, so each model is shown one."""

from __future__ import annotations

import polars as pl
import pytest
from pandera.errors import SchemaError, SchemaErrors

from readiness.tables import TABLES, conform, described, failures, figures_schema

GOOD = {
    "file": "a.csv",
    "row": 2,
    "indicator": "x",
    "geo": "AT",
    "year": 2024,
    "value": 1.0,
    "obs_status": "",
    "conf_status": "",
    "standard_error": None,
    "source": "",
    "dataset": "",
    "vintage": None,
    "given": True,
    "low": 0.0,
    "high": 100.0,
    "percent": False,
    "last_year": 2026,
}
KINDS = {
    "row": pl.UInt32,
    "year": pl.Int32,
    "value": pl.Float64,
    "standard_error": pl.Float64,
    "vintage": pl.Date,
    "low": pl.Float64,
    "high": pl.Float64,
}
BAD = {
    "E201": {"indicator": "y"},
    "E202": {"geo": "XX"},
    "E203": {"obs_status": "q"},
    "E206": {"value": 0.5, "low": 1.0, "percent": True},
    "E207": {"value": 101.0},
    "E208": {"obs_status": "m"},
    "E209": {"value": None, "given": False},
    "E210": {"year": 2027},
    "E211": {"value": float("inf")},
    "E213": {"year": 1024},
    "E215": {"standard_error": -1.0},
}


def frame(*rows):
    return pl.DataFrame([{**GOOD, **row} for row in rows], schema_overrides=KINDS)


def test_a_good_frame_of_figures_passes():
    assert failures(figures_schema({"x"}, {"AT"}), frame({})) == []


@pytest.mark.parametrize("code", BAD)
def test_the_schema_of_figures_refuses(code):
    bad = frame({}, {"year": 2023}, {**BAD[code], **({} if "year" in BAD[code] else {"year": 2022})})
    assert failures(figures_schema({"x"}, {"AT"}), bad) == [(code, 2)]


def test_the_schema_of_figures_refuses_the_same_figure_twice():
    assert failures(figures_schema({"x"}, {"AT"}), frame({}, {})) == [("E212", 1)]


def test_a_share_is_told_only_where_the_unit_is_a_percentage():
    row = {"value": 0.5, "low": 1.0}
    assert failures(figures_schema({"x"}, {"AT"}), frame(row)) == [("E207", 0)]


@pytest.mark.parametrize("name", TABLES)
def test_every_results_table_refuses_a_key_twice(name, eari):
    table = eari.tables[name]
    with pytest.raises((SchemaError, SchemaErrors)):
        conform(name, pl.concat([table, table.head(1)]))


@pytest.mark.parametrize("name", TABLES)
def test_every_results_table_refuses_a_gap_in_its_key(name, eari):
    table = eari.tables[name]
    key = TABLES[name].metadata["key"][0]
    with pytest.raises((SchemaError, SchemaErrors)):
        conform(name, table.with_columns(pl.lit(None).cast(table.schema[key]).alias(key)))


@pytest.mark.parametrize("column", ["covered", "share", "effective"])
def test_shares_stay_between_zero_and_one(column, eari):
    with pytest.raises((SchemaError, SchemaErrors)):
        conform("scores", eari.scores.with_columns(pl.lit(1.5).alias(column)))


def test_ranks_begin_at_one(eari):
    with pytest.raises((SchemaError, SchemaErrors)):
        conform("scores", eari.scores.with_columns(pl.lit(0).alias("rank")))


def test_a_status_is_one_of_four(eari):
    with pytest.raises((SchemaError, SchemaErrors)):
        conform("cells", eari.cells.with_columns(pl.lit("guessed").alias("status")))


@pytest.mark.parametrize("name", TABLES)
def test_every_column_has_a_meaning(name):
    assert all(meaning for meaning, _ in described(name).values())
