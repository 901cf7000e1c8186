"""Denominators that are missing or zero, found before anything is divided."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from readiness.errors import Violation
from readiness.framework import Framework, Indicator
from readiness.reading.wording import violation


def denominator_faults(figures: pl.DataFrame, framework: Framework) -> list[Violation]:
    """List denominators of zero or less, and figures of scored indicators that have nothing to be divided by.

    The latter once for each indicator and country, at its first row; a denominator that is there but has a fault of
    its own is not reported as missing.
    """
    return [*_zeros(figures, framework), *_missing(figures, framework)]


def _zeros(figures: pl.DataFrame, framework: Framework) -> Iterator[Violation]:
    wrong = pl.col("indicator").is_in(list(framework.denominators)) & (pl.col("value") <= 0)
    for row in figures.filter(wrong).iter_rows(named=True):
        yield violation("E217", row)


def _missing(figures: pl.DataFrame, framework: Framework) -> Iterator[Violation]:
    first = figures.filter("given").group_by("indicator", "geo").agg(pl.col("year").min().alias("first"))
    reach = min(framework.editions) - framework.rules.lag - framework.rules.max_age
    in_use = pl.col("geo").is_in(framework.units) & pl.col("value").is_not_null() & (pl.col("year") >= reach)
    for indicator in framework.indicators.values():
        own = figures.filter((pl.col("indicator") == indicator.code) & in_use)
        for series in _needed(indicator):
            known = first.filter(pl.col("indicator") == series).select("geo", "first")
            joined = own.join(known, on="geo", how="left", maintain_order="left")
            without = joined.filter(pl.col("first").is_null() | (pl.col("first") > pl.col("year")))
            for row in without.unique("geo", keep="first", maintain_order=True).iter_rows(named=True):
                yield violation("E216", row, f"a figure of {series} for {row['geo']} in {row['year']} or earlier")


def _needed(indicator: Indicator) -> tuple[str, ...]:
    return (indicator.denominator,) if indicator.denominator else (indicator.rebase or ())
