"""A stored run as results that can be asked again: its tables, and all that they were made from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from readiness.framework import Framework
from readiness.panel import COLUMNS, Panel
from readiness.reading.stored import framework_of, recipe_of
from readiness.results import Results
from readiness.tables import conform

FIGURES = "figures"


def figures_table(panel: Panel, framework: Framework, as_of: date | None) -> pl.DataFrame:
    """Return the figures of an index that were known on a day, every vintage; those that are confidential unsaid."""
    known = panel.figures.filter(pl.col("indicator").is_in(list(framework.all_indicators)))
    if as_of is not None:
        known = known.filter(pl.col("vintage").is_null() | (pl.col("vintage") <= as_of))
    told = pl.when(pl.col("conf_status") == "")
    open_only = known.with_columns(told.then("value"), told.then("standard_error"))
    return conform(FIGURES, open_only.rename({"geo": "country"}))


def reopened(manifest: Mapping[str, Any], tables: Mapping[str, pl.DataFrame], declared: Mapping[str, Any]) -> Results:
    """Return the results that a run folder holds; `declared` is the content of its framework.json.

    Errors   ReadinessError for a run whose methods only a Python session had.
    """
    figures = tables[FIGURES].rename({"country": "geo"}).select(list(COLUMNS))
    digests = {name: entry["sha256"] for name, entry in manifest["inputs"]["figures"].items()}
    return Results(
        edition=int(manifest["edition"]),
        tables={name: frame for name, frame in tables.items() if name != FIGURES},
        framework=framework_of(declared),
        recipe=recipe_of(manifest["recipe"]),
        panel=Panel(figures, {}, digests),
        as_of=date.fromisoformat(manifest["as_of"]) if manifest["as_of"] else None,
        inputs=manifest["inputs"]["framework"],
        simulation=manifest["simulation"] or {},
    )
