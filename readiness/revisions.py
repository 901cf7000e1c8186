"""How much figures were revised: what their vintages show of the error that later vintages take away."""

from __future__ import annotations

from datetime import date

import polars as pl

from readiness.framework import Framework
from readiness.panel import Panel

FEWEST = 5  # revised figures without which nothing is estimated
KEY = ["indicator", "geo", "year"]


def revision_error(panel: Panel, framework: Framework, as_of: date | None = None) -> pl.DataFrame:
    """Return the standard deviation of an indicator's revisions, one row an indicator in the order of the tree.

    Columns  indicator, pairs (figures with a first and a later vintage), relative (true where revisions are shares of
             the first value, as for errors that are relative), mean, error (their standard deviation).
    Units    those of the figures as published, or shares.
    Gaps     fewer than five pairs give no mean and no error. A first value of zero has no share and is left out, and so
             are figures that no edition may use, and units that are not ranked.
    Source   revision = latest less first published value, its mean and standard deviation: McKenzie and Gamba (2008),
             Interpreting the Results of Revision Analyses: Recommended Summary Statistics, OECD/Eurostat Task Force.
    """
    leaves = [framework.indicators[code] for code in framework.leaves]
    models = pl.DataFrame(
        {"indicator": list(framework.leaves), "relative": [each.error.get("model") == "relative" for each in leaves]},
        schema={"indicator": pl.String, "relative": pl.Boolean},
    )
    change = pl.col("latest") - pl.col("first")
    pairs = _pairs(panel, framework, as_of).join(models, on="indicator")
    pairs = pairs.filter(~pl.col("relative") | (pl.col("first") != 0)).with_columns(
        change=pl.when("relative").then(change / pl.col("first").abs()).otherwise(change)
    )
    enough = pl.len() >= FEWEST
    found = pairs.group_by("indicator").agg(
        pl.len().alias("pairs"),
        pl.when(enough).then(pl.col("change").mean()).alias("mean"),
        pl.when(enough).then(pl.col("change").std()).alias("error"),
    )
    joined = models.join(found, on="indicator", how="left", maintain_order="left")
    return joined.select("indicator", pl.col("pairs").fill_null(0), "relative", "mean", "error")


def _pairs(panel: Panel, framework: Framework, as_of: date | None) -> pl.DataFrame:
    """Return the first and the latest value of every figure with two vintages; one without a date came first."""
    usable = pl.col("value").is_not_null() & (pl.col("conf_status") == "") & ~pl.col("obs_status").str.contains("[mf]")
    known = pl.col("vintage").is_null() | (pl.col("vintage") <= as_of) if as_of is not None else pl.lit(value=True)
    mine = pl.col("indicator").is_in(framework.leaves) & pl.col("geo").is_in(framework.units)
    figures = panel.figures.filter(mine & usable & known).sort([*KEY, "vintage"], nulls_last=False)
    values = figures.group_by(KEY, maintain_order=True).agg(
        pl.col("value").first().alias("first"), pl.col("value").last().alias("latest"), pl.len().alias("vintages")
    )
    return values.filter(pl.col("vintages") > 1)
