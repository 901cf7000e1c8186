"""A pair of COINr's tables that a test can change in one place: uneven depth, groupings, denominators, gaps."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import readiness
from readiness.starting import init_from_coinr

META = ("Level", "iCode", "iName", "Direction", "Weight", "Unit", "Denominator", "ScaleFactor", "Parent", "Type")
NA = "NA"
ENTRIES = """
4 Index  "European index"     1  NA  NA         NA  NA   NA    Aggregate
3 Conn   Connectivity         1  2   NA         NA  NA   Index Aggregate
3 Sust   "Sustainability"     1  1   NA         NA  NA   Index Aggregate
2 Phys   "Physical links"     1  1   NA         NA  NA   Conn  Aggregate
2 Inst   Institutions         1  3   NA         NA  NA   Conn  Aggregate
1 Goods  "Trade in goods"     1  1   "mn EUR"   GDP 1    Phys  Indicator
1 Flights Flights             1  2   seats      Pop 1000 Phys  Indicator
1 Costs  "Cost of trade"     -1  1   EUR        NA  NA   Inst  Indicator
1 Speed  Speed                1  1   "Mbit/s"   NA  NA   Inst  Indicator
1 CO2    Emissions           -1  0.5 "t a head" NA  NA   Sust  Indicator
1 Forest "Forest area"        1  1.5 "%"        NA  NA   Sust  Indicator
1 Trust  Trust                1  1   points     NA  NA   Index Indicator
NA GDP   "Gross domestic product" NA NA "bn EUR" NA NA   NA    Denominator
NA Pop   Population           NA NA millions    NA  NA   NA    Denominator
NA Size  "Size of economy"    NA NA NA          NA  NA   NA    Group
NA Area  "Area of land"       NA NA km2         NA  NA   NA    Other
"""
UNITS = ("AUT", "BEL", "CYP", "DNK", "EST", "FIN", "GRC", "HUN")
SIZES = ("L", "L", "S", "L", "S", "L", NA, "S")
DATA = {
    "GDP": (400, 500, 25, 350, 33, 250, 200, 170),
    "Pop": (9, 11.5, 0.9, 5.8, 1.3, 5.5, 10.5, 9.7),
    "Area": (84, 31, 9, 43, 45, 338, 132, 93),
    "Goods": (300, 700, 5, 200, 30, 120, 60, 190),
    "Flights": (28, 32, 11, NA, 3, 21, 60, 12),
    "Costs": (110, 95, 160, 90, 120, 100, 150, NA),
    "Speed": (95, 130, 70, 210, NA, 150, 60, 140),
    "CO2": (7.1, 8.2, 7.4, 5.1, 9.9, NA, 5.6, 4.9),
    "Forest": (47, 23, NA, 15, 54, 74, 31, 23),
    "Trust": (60, 45, 38, 78, 55, NA, 30, 41),
}


def _entries() -> dict[str, dict[str, str]]:
    rows = csv.reader((" ".join(line.split()) for line in ENTRIES.strip().splitlines()), delimiter=" ")
    return {row[1]: dict(zip(META, row, strict=True)) for row in rows}


class Tables:
    """Both tables as dictionaries by code and by row; `write` writes them, `init` makes an index of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.meta = _entries()
        columns = {"uCode": UNITS, "uName": [f"Country {unit}" for unit in UNITS], "Size": SIZES, **DATA}
        self.data = [{name: str(values[row]) for name, values in columns.items()} for row in range(len(UNITS))]

    @property
    def imeta(self) -> Path:
        return self.folder / "iMeta.csv"

    @property
    def idata(self) -> Path:
        return self.folder / "iData.csv"

    def unit(self, code: str) -> dict[str, str]:
        return next(row for row in self.data if row["uCode"] == code)

    def by_year(self, *years: int) -> None:
        """Repeat the figures for years, each year's indicators a tenth larger than the year's before."""
        self.data = [
            {"Time": str(year), **{name: self._grown(name, cell, step) for name, cell in row.items()}}
            for step, year in enumerate(years)
            for row in self.data
        ]

    def _grown(self, name: str, cell: str, step: int) -> str:
        indicator = self.meta.get(name, {}).get("Type") == "Indicator"
        return str(float(cell) * 1.1**step) if indicator and cell != NA else cell

    def drop(self, name: str) -> None:
        """Take a column out of iData."""
        for row in self.data:
            del row[name]

    def write(self) -> None:
        for path, rows in ((self.imeta, list(self.meta.values())), (self.idata, self.data)):
            columns = list(dict.fromkeys(name for row in rows for name in row))
            with path.open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, columns, restval=NA)
                writer.writeheader()
                writer.writerows(rows)

    def init(self, edition: int | None = 2024, name: str = "own") -> tuple[Path, list[str]]:
        """Write the tables, make an index of them, return its folder and the notes."""
        self.write()
        folder = self.folder / name
        _, notes = init_from_coinr(folder, self.imeta, self.idata, edition)
        return folder, notes

    def run(self, edition: int | None = 2024, name: str = "own", **options) -> readiness.Results:
        return readiness.run(framework=self.init(edition, name)[0], **options)


def flat(folder: Path, **columns: list[float | None]) -> Tables:
    """Make tables of one group with a column for each indicator, all of weight 1 and direction 1; None is a gap."""
    tables = Tables(folder)
    kept = {
        "Index": tables.meta["Index"] | {"Level": "3"},
        "Only": tables.meta["Conn"] | {"iCode": "Only", "Level": "2"},
    }
    for code in columns:
        kept[code] = tables.meta["Speed"] | {"iCode": code, "Parent": "Only", "Weight": "1"}
    tables.meta = kept
    length = len(next(iter(columns.values())))
    tables.data = [
        {"uCode": f"U{row:02}", **{code: _cell(values[row]) for code, values in columns.items()}}
        for row in range(length)
    ]
    return tables


def _cell(value: float | None) -> str:
    return NA if value is None or math.isnan(value) else repr(float(value))
