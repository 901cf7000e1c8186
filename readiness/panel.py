"""The figures: one long frame, every vintage kept, and where each came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

COLUMNS = {
    "indicator": pl.String,
    "geo": pl.String,
    "year": pl.Int32,
    "value": pl.Float64,
    "obs_status": pl.String,
    "conf_status": pl.String,
    "standard_error": pl.Float64,
    "source": pl.String,
    "dataset": pl.String,
    "vintage": pl.Date,
    "file": pl.String,
    "row": pl.UInt32,
}


@dataclass(frozen=True)
class Panel:
    """Checked figures in long form, one row a figure (see COLUMNS), with the origin of each series.

    A revision is a further row with a later vintage; a row without a vintage was always known.
    """

    figures: pl.DataFrame
    origins: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)

    def known(self, as_of: date | None = None) -> pl.DataFrame:
        """Return, for each indicator, country and year, the newest vintage known on a day (None: today's knowledge)."""
        figures = self.figures
        if as_of is not None:
            figures = figures.filter(pl.col("vintage").is_null() | (pl.col("vintage") <= as_of))
        key = ["indicator", "geo", "year"]
        return figures.sort([*key, "vintage"], nulls_last=False).unique(key, keep="last", maintain_order=True)

    def coverage(self, units: Sequence[str]) -> pl.DataFrame:
        """Return what each series covers for the units of an index, one row a series.

        Columns  indicator, figures, first_year, last_year, years, countries (units with any figure), cells (years x
                 units), gaps (cells without a figure), newest_vintage, title.
        """
        known = self.known().filter(pl.col("value").is_not_null())
        own = known.filter(pl.col("geo").is_in(list(units)))
        summary = own.group_by("indicator").agg(
            pl.len().alias("figures"),
            pl.col("year").min().alias("first_year"),
            pl.col("year").max().alias("last_year"),
            pl.col("year").n_unique().alias("years"),
            pl.col("geo").n_unique().alias("countries"),
            (pl.col("year").n_unique() * len(units)).alias("cells"),
            pl.col("vintage").max().alias("newest_vintage"),
        )
        titles = {code: str(origin["title"]) for code, origin in self.origins.items()}
        title = pl.col("indicator").replace_strict(titles, default=None, return_dtype=pl.String)
        gaps = pl.col("cells").cast(pl.Int64) - pl.col("figures").cast(pl.Int64)
        return summary.with_columns(gaps=gaps, title=title).sort("indicator")
