"""What officers report themselves: a file for each country, named by its code, in a folder called reports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from readiness.countries import ALIASES
from readiness.errors import Violation
from readiness.framework import Framework
from readiness.reading.wording import violation

REPORTS = "reports"


def is_report(path: Path) -> bool:
    """Say whether a file of figures is an officer's report, by the folder it lies in."""
    return path.parent.name == REPORTS


def report_faults(path: Path, figures: pl.DataFrame, framework: Framework) -> Iterator[Violation]:
    """Yield rows of a report that speak of another country, or of a series that officers do not report."""
    own = ALIASES.get(path.stem.upper(), path.stem.upper())
    for row in figures.filter(pl.col("geo") != own).iter_rows(named=True):
        yield violation("E218", row, f"{own}, the country of the file")
    foreign = ~pl.col("indicator").is_in(list(framework.reported))
    for row in figures.filter(foreign).iter_rows(named=True):
        yield violation("E219", row, known=framework.reported)
