"""Pandera schemas of every table: the figures that are read and the tables that are written.

A check's name is the code of the finding it gives. Pandera skips value checks on lazy frames, so only eager frames are
ever validated here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

FIGURE_KEY = ("indicator", "geo", "year", "vintage")
FLAGS = "bdefimnpu"
CONFIDENTIAL = "CNP"
FIRST_YEAR = 1900

Frame = pl.DataFrame


def column(kind: Any, meaning: str, unit: str = "", *, gaps: bool = False, checks: Any = None) -> pa.Column:
    """Describe one column: type, meaning, unit, whether it may have gaps."""
    return pa.Column(kind, checks, nullable=gaps, description=meaning, metadata={"unit": unit})


def figures_schema(codes: set[str], places: set[str]) -> pa.DataFrameSchema:
    """Return the schema of the figures for one framework: which indicators and countries are known.

    Beside the figures' own columns the frame has `given` (a value was written), `low`, `high` (the indicator's range),
    `percent` (its unit is a percentage) and `last_year` (the newest year the row can speak of).
    """
    value, year, flags = pl.col("value"), pl.col("year"), pl.col("obs_status")
    infinite = value.is_nan() | value.is_infinite()
    outside = ~value.is_between("low", "high") & ~infinite
    fraction = outside & pl.col("percent") & (value * 100).is_between("low", "high")
    unexplained = ~pl.col("given") & ~flags.str.contains("[mn]") & (pl.col("conf_status") == "")
    twice = ~pl.struct(FIGURE_KEY).is_first_distinct() & year.is_not_null()
    return pa.DataFrameSchema(
        {
            "file": pa.Column(pl.String),
            "row": pa.Column(pl.UInt32),
            "indicator": pa.Column(
                pl.String, [_broken("E201", ~pl.col("indicator").is_in(sorted(codes))), _broken("E212", twice)]
            ),
            "geo": pa.Column(pl.String, _broken("E202", ~pl.col("geo").is_in(sorted(places)))),
            "year": pa.Column(
                pl.Int32,
                [
                    _broken("E210", (year > pl.col("last_year")) & ~flags.str.contains("f")),
                    _broken("E213", year < FIRST_YEAR),
                ],
                nullable=True,
            ),
            "value": pa.Column(
                pl.Float64,
                [_broken("E211", infinite), _broken("E206", fraction), _broken("E207", outside & ~fraction)],
                nullable=True,
            ),
            "given": pa.Column(
                pl.Boolean, [_broken("E208", pl.col("given") & flags.str.contains("m")), _broken("E209", unexplained)]
            ),
            "obs_status": pa.Column(pl.String, _broken("E203", ~flags.str.contains(f"^[{FLAGS}]*$"))),
            "conf_status": pa.Column(
                pl.String, _broken("E203", ~pl.col("conf_status").str.contains(f"^[{CONFIDENTIAL}]?$"))
            ),
            "standard_error": pa.Column(pl.Float64, _broken("E215", pl.col("standard_error") < 0), nullable=True),
            "source": pa.Column(pl.String),
            "dataset": pa.Column(pl.String),
            "vintage": pa.Column(pl.Date, nullable=True),
        }
    )


def failures(schema: pa.DataFrameSchema, frame: Frame) -> list[tuple[str, int]]:
    """Validate an eager frame and list (code, row index) of every failed check."""
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        lost = cases.filter(pl.col("index").is_null())
        if lost.height:
            raise TypeError(f"the frame does not fit the schema: {lost.row(0, named=True)}") from error
        return sorted(set(cases.select("check", "index").iter_rows()), key=lambda case: (case[1], case[0]))
    return []


def _broken(code: str, rule: pl.Expr) -> pa.Check:
    """Make a check of one column that fails where the rule, which may look at other columns, is true."""
    return pa.Check(lambda data: data.lazyframe.select(~rule.fill_null(value=False)), name=code)


def table(key: tuple[str, ...], /, **columns: pa.Column) -> pa.DataFrameSchema:
    """Describe a results table: its key and its columns in order."""
    return pa.DataFrameSchema(dict(columns), unique=list(key), strict=True, ordered=True, metadata={"key": list(key)})


EDITION = column(pl.Int32, "edition of the index", "year")
COUNTRY = column(pl.String, "Eurostat code of the country, or EU27_2020")
NODE = column(pl.String, "code of the node: index, pillar, sub-pillar or indicator")
LEVEL = column(pl.String, "level of the node")
INDICATOR = column(pl.String, "code of the indicator")
REASON = column(pl.String, "why there is no value, in words", gaps=True)
YEAR = column(pl.Int32, "year of the figure", "year", gaps=True)
VINTAGE = column(pl.Date, "day from which the figure was known", gaps=True)
SHARE = pa.Check.in_range(0, 1 + 1e-9)
STATUSES = ["used", "imputed", "gap", "out"]

TABLES: dict[str, pa.DataFrameSchema] = {
    "cells": table(
        ("edition", "indicator", "country"),
        edition=EDITION,
        indicator=INDICATOR,
        country=COUNTRY,
        year=YEAR,
        vintage=VINTAGE,
        raw=column(pl.Float64, "figure as published", "unit of the indicator", gaps=True),
        obs_status=column(pl.String, "Eurostat's observation flags", gaps=True),
        standard_error=column(pl.Float64, "published standard error", "unit of the indicator", gaps=True),
        denominator=column(pl.Float64, "what the figure is divided by", "unit of the denominator", gaps=True),
        denominator_year=column(pl.Int32, "year of the denominator", "year", gaps=True),
        denominated=column(pl.Float64, "figure after division", "scored unit of the indicator", gaps=True),
        imputed=column(pl.Float64, "after imputation", "scored unit of the indicator", gaps=True),
        imputation=column(pl.String, "method that filled the gap", gaps=True),
        imputation_error=column(
            pl.Float64, "standard error of the filled value", "scored unit of the indicator", gaps=True
        ),
        transformed=column(pl.Float64, "after the indicator's transform", "transformed unit", gaps=True),
        treated=column(pl.Float64, "after treatment of outliers", "transformed unit", gaps=True),
        normalised=column(pl.Float64, "indicator's score", "score", gaps=True),
        status=column(
            pl.String, "used, imputed, gap, or out: not counted in the edition", checks=pa.Check.isin(STATUSES)
        ),
        reason=REASON,
        source=column(pl.String, "organisation that publishes the figure", gaps=True),
        dataset=column(pl.String, "data set of the source", gaps=True),
        file=column(pl.String, "file the figure was read from", gaps=True),
        row=column(pl.UInt32, "row of that file, the header being row 1", gaps=True),
    ),
    "scores": table(
        ("edition", "country", "node"),
        edition=EDITION,
        country=COUNTRY,
        node=NODE,
        level=LEVEL,
        parent=column(pl.String, "code of the parent node", gaps=True),
        score=column(pl.Float64, "score", "score", gaps=True),
        imputation_error=column(pl.Float64, "standard error from multiple imputation", "score", gaps=True),
        rank=column(pl.Float64, "rank among the countries, 1 is the best", "place", gaps=True, checks=pa.Check.ge(1)),
        covered=column(pl.Float64, "share of the node's declared weight that has a score", "share", checks=SHARE),
        share=column(
            pl.Float64, "share of the parent's score that rests on the node", "share", gaps=True, checks=SHARE
        ),
        effective=column(pl.Float64, "share of the index that rests on the node", "share", gaps=True, checks=SHARE),
        contribution=column(pl.Float64, "points the node adds to its parent's score", "score", gaps=True),
        reason=REASON,
    ),
    "weights": table(
        ("edition", "node"),
        edition=EDITION,
        node=NODE,
        level=LEVEL,
        parent=column(pl.String, "code of the parent node", gaps=True),
        weight=column(pl.Float64, "declared weight, any scale", "weight", checks=pa.Check.ge(0)),
        declared=column(pl.Float64, "declared share of the parent", "share", checks=SHARE),
        share=column(
            pl.Float64, "share of the parent in this edition, re-shared over what counts", "share", checks=SHARE
        ),
        effective=column(pl.Float64, "share of the whole index in this edition", "share", checks=SHARE),
        reason=column(pl.String, "why the node does not count in this edition", gaps=True),
    ),
    "bounds": table(
        ("indicator",),
        indicator=INDICATOR,
        transform=column(pl.String, "transform before the bounds"),
        cap_low=column(pl.Float64, "values below are set to it", "transformed unit", gaps=True),
        cap_high=column(pl.Float64, "values above are set to it", "transformed unit", gaps=True),
        capped=column(pl.String, "countries and editions that a cap moved", gaps=True),
        caps_fitted_on=column(pl.String, "editions that caps and bend come from", gaps=True),
        treatment=column(pl.String, "method of treatment"),
        shift=column(pl.Float64, "added before the scale is bent", "transformed unit", gaps=True),
        power=column(pl.Float64, "power of the Box-Cox bend, 0 is the logarithm", "power", gaps=True),
        skewness_before=column(pl.Float64, "sample skewness of what was treated", "skewness", gaps=True),
        kurtosis_before=column(pl.Float64, "sample excess kurtosis of what was treated", "kurtosis", gaps=True),
        skewness_after=column(pl.Float64, "sample skewness after treatment", "skewness", gaps=True),
        kurtosis_after=column(pl.Float64, "sample excess kurtosis after treatment", "kurtosis", gaps=True),
        scale=column(pl.String, "method of normalisation"),
        zero=column(pl.Float64, "value that scores the lower end of the scale", "treated unit", gaps=True),
        full=column(pl.Float64, "value that scores the upper end of the scale", "treated unit", gaps=True),
        full_above=column(pl.Float64, "value from which the score falls again", "treated unit", gaps=True),
        zero_above=column(pl.Float64, "value at which it has fallen to the lower end", "treated unit", gaps=True),
        bounds_fitted_on=column(pl.String, "editions the bounds come from", gaps=True),
    ),
    "nodes": table(
        ("node",),
        node=NODE,
        position=column(pl.Int32, "place in the tree, a parent before its children", "place"),
        level=LEVEL,
        parent=column(pl.String, "code of the parent node", gaps=True),
        name=column(pl.String, "name of the node"),
        unit=column(pl.String, "unit of the figure", gaps=True),
        scored_unit=column(pl.String, "unit of the value that is scored", gaps=True),
        higher_is_better=column(pl.Boolean, "direction of the indicator", gaps=True),
        definition=column(pl.String, "what is counted", gaps=True),
        why=column(pl.String, "why it stands in the index; for a pillar, the demand it answers", gaps=True),
        note=column(pl.String, "what a reader must know", gaps=True),
        source=column(pl.String, "organisation", gaps=True),
        dataset=column(pl.String, "data set", gaps=True),
        licence=column(pl.String, "licence of the figures", gaps=True),
    ),
    "context": table(
        ("edition", "indicator", "country"),
        edition=EDITION,
        indicator=INDICATOR,
        name=column(pl.String, "name of the series"),
        country=COUNTRY,
        year=YEAR,
        vintage=VINTAGE,
        value=column(pl.Float64, "figure as published; never part of the score", "unit", gaps=True),
        unit=column(pl.String, "unit of the figure"),
        source=column(pl.String, "organisation", gaps=True),
    ),
    "agreement": table(
        ("edition", "indicator"),
        edition=EDITION,
        indicator=INDICATOR,
        name=column(pl.String, "name of the context series"),
        countries=column(pl.Int32, "countries with both values", "countries"),
        spearman=column(pl.Float64, "rank correlation of the series with the index", "correlation", gaps=True),
    ),
}


def schema_of(name: str) -> pa.DataFrameSchema:
    """Return the schema of a results table."""
    if name in TABLES:
        return TABLES[name]
    from readiness.answer_tables import ANSWERS
    from readiness.simulated_tables import SIMULATED

    return {**SIMULATED, **ANSWERS}[name]


def kinds(name: str) -> dict[str, Any]:
    """Return the polars type of every column of a results table."""
    return {each: _kind(definition.dtype.type) for each, definition in schema_of(name).columns.items()}


def _kind(kind: Any) -> Any:
    """Return a type that polars can cast to; a list's is of whole numbers."""
    return pl.List(pl.Int64) if kind is pl.List else kind


def conform(name: str, frame: Frame) -> Frame:
    """Bring a results table to its schema: columns in order, types, sorted by key; then validate it."""
    schema = schema_of(name)
    typed = frame.select(pl.col(each).cast(kind) for each, kind in kinds(name).items())
    return schema.validate(typed.sort(schema.metadata["key"]))


def described(name: str) -> Mapping[str, tuple[str, str]]:
    """Return (meaning, unit) of every column of a results table."""
    columns: Mapping[str, Any] = schema_of(name).columns
    return {each: (definition.description, definition.metadata["unit"]) for each, definition in columns.items()}
