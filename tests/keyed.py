"""The Parquet tables of a run folder, read by key with polars alone, and numbers printed as a report prints them."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import polars as pl

from readiness.numbers import GAP, figure, printed

PT, EU, NOW, BEFORE = "PT", "EU27_2020", 2026, 2025
MINUS = "\N{MINUS SIGN}"


def signed(value, decimals):
    text = printed(value, decimals)
    return text if text == GAP or float(text.replace(MINUS, "-").replace(",", "")) <= 0 else f"+{text}"


def share(value, decimals=0):
    return f"{printed(100 * value, decimals)} %"


def likely(value):
    """A chance as it is printed: never rounded to certainty, nor up to the 95 % that tell two countries apart."""
    if value in (0, 1):
        return f"{100 * value:.0f} %"
    if value < 0.005:
        return "under 1 %"
    if value > 0.995:
        return "over 99 %"
    return f"{100 * value - 0.05:.1f} %" if 0.945 <= value < 0.95 else f"{round(100 * value)} %"


def span(low, high):
    return f"{low:g}" if low == high else f"{low:g}–{high:g}"


class Run:
    """The tables of a run folder: `run(table, column, key=value, ...)` is one value, `rows` are all that fit."""

    def __init__(self, folder: Path) -> None:
        self.tables = {path.stem: pl.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}

    def rows(self, table, **key):
        tests = [pl.col(name).is_null() if value is None else pl.col(name) == value for name, value in key.items()]
        return self.tables[table].filter(pl.lit(True), *tests).rows(named=True)

    def __call__(self, table, column, **key):
        (row,) = self.rows(table, **key)
        return row[column]

    @cached_property
    def nodes(self):
        """The code of each node by its name."""
        return {row["name"]: row["node"] for row in self.rows("nodes")}

    def score(self, country, node, edition=2026):
        return self("scores", "score", edition=edition, country=country, node=node)

    def printed_score(self, country, node, edition=2026):
        return printed(self.score(country, node, edition), 2 if node == "index" else 1)

    def rank(self, country, node="index", edition=2026):
        return f"{self('scores', 'rank', edition=edition, country=country, node=node):g}"

    def interval(self, country, node="index", width=90, varied="all"):
        (row,) = self.rows("intervals", varied=varied, country=country, node=node)
        return span(row[f"rank_low_{width}"], row[f"rank_high_{width}"])

    def above(self, country, other):
        return likely(self("pairs", "share", varied="all", node="index", country=country, other=other))

    def cell(self, country, indicator, edition=2026):
        (row,) = self.rows("cells", edition=edition, country=country, indicator=indicator)
        return row

    def with_unit(self, value, unit):
        return f"{figure(value)}{'' if unit.startswith('%') and figure(value) == GAP else ' '}{unit}"
