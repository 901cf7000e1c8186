"""Denominators that are missing or zero, found before anything is divided."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from readiness.errors import Violation
from readiness.framework import Framework
from readiness.reading.figures import violation


def denominator_faults(figures: pl.DataFrame, framework: Framework) -> list[Violation]:
    """List figures of scored indicators that have nothing to be divided by, and denominators of zero or less."""
    return [*_zeros(figures, framework), *_missing(figures, framework)]


def _zeros(figures: pl.DataFrame, framework: Framework) -> Iterator[Violation]:
    wrong = pl.col("indicator").is_in(list(framework.denominators)) & (pl.col("value") <= 0)
    for row in figures.filter(wrong).iter_rows(named=True):
        yield violation("E217", row)


def _missing(figures: pl.DataFrame, framework: Framework) -> Iterator[Violation]:
    first = _first_years(figures)
    reach = min(framework.editions) - framework.rules.lag - framework.rules.max_age
    for indicator in framework.indicators.values():
        needed = [indicator.denominator] if indicator.denominator else list(indicator.rebase or ())
        own = (pl.col("indicator") == indicator.code) & pl.col("geo").is_in(framework.units) & pl.col("value").is_not_null()
        rows = figures.filter(own & (pl.col("year") >= reach))
        for row in rows.iter_rows(named=True):
            for series in needed:
                if first.get((series, row["geo"]), row["year"] + 1) > row["year"]:
                    yield violation("E216", row, f"a figure of {series} for {row['geo']} in {row['year']} or earlier")


def _first_years(figures: pl.DataFrame) -> dict[tuple[str, str], int]:
    given = figures.filter(pl.col("value").is_not_null())
    first = given.group_by("indicator", "geo").agg(pl.col("year").min())
    return {(indicator, geo): year for indicator, geo, year in first.iter_rows()}
