"""Targets of the small index in memory, and figures to hold them against."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

import readiness
from readiness.tables import conform
from readiness.target import Target
from readiness.target_table import target_rows

EU = "EU27_2020"
PLAIN = Target("t", "A target", "Someone", "chips", "points", 2030, goal=100.0)


def without_chips(small):
    """Return the small index without any chips, and with a series that officers report."""
    small.drop("chips")
    small.edit("framework.toml", "editions = [2023, 2024]", 'editions = [2023, 2024]\nreported = ["officer"]')
    text = small.path("context/wealth.toml").read_text(encoding="utf-8").replace("Wealth", "Officer")
    small.write("reported/officer.toml", text)
    return small


def rows_of(small, target=PLAIN, edition=2024, as_of=None, **changed):
    framework = replace(small.framework(), targets={"t": replace(target, **changed)})
    panel = readiness.read_panel(small.write_figures(), framework)
    rows = target_rows(framework, panel, edition, as_of)
    conform("targets", pl.DataFrame(rows, infer_schema_length=None))
    return {row["country"]: row for row in rows}


def put(small, values, geo="AT", code="chips", last=2023):
    """Set figures of consecutive years, the last one of 2023."""
    for year, value in zip(range(last - len(values) + 1, last + 1), values, strict=True):
        if value is not None:
            small.put(code, geo, year, value)
