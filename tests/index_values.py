"""What a test asks of the results of a run of the small index."""

from __future__ import annotations

import polars as pl


def column(results, node, edition=2024, value="score"):
    """Return a value of each ranked unit on a node."""
    own = results.scores.filter((pl.col("node") == node) & (pl.col("edition") == edition))
    found = dict(own.select("country", value).iter_rows())
    return {unit: found[unit] for unit in results.framework.units}


def cell(results, indicator, country, edition=2024):
    where = (pl.col("indicator") == indicator) & (pl.col("country") == country) & (pl.col("edition") == edition)
    return results.cells.filter(where).row(0, named=True)


def varied(small, *settings):
    small.edit("recipe.toml", 'method = "winsorise"\npoints = 2', 'method = "none"')
    return small.run(settings=settings)
