"""Cells of COINr's tables: gaps, numbers, codes that can name files; and findings with their place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import polars as pl

from readiness.countries import unfit_codes
from readiness.errors import Violation, nearest
from readiness.reading.figures import DECIMAL_COMMA, NOT_FINITE, NUMBER
from readiness.reading.places import label

GAPS = ("", "NA")
MOST_CODES = 5000  # each becomes a file
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
OURS = {"framework", "recipe", "replicate", "origin", "figures", "weights", "opinions", "published"}
OUTSIDE = {"context", "denominators"}


@dataclass(frozen=True, slots=True)
class Finder:
    """Builds the findings of one table."""

    file: str

    @classmethod
    def of(cls, path: Path) -> Finder:
        """Name the table as all messages name a file."""
        return cls(label(path))

    def __call__(self, code: str, row: int | None, column: str, found: str, expected: str, hint: str = "") -> Violation:
        """Return a finding at a row and column."""
        return Violation(code, self.file, found, expected, row, column, hint)


def text_of(cell: object) -> str:
    """Return a cell without the blanks around it, a gap as an empty text."""
    text = str(cell).strip() if cell is not None else ""
    return "" if text in GAPS else text


def as_number(text: str) -> float | None:
    """Return a finite number, or nothing."""
    number = float(text) if re.fullmatch(NUMBER, text) else None
    return number if number is not None and isfinite(number) else None


def number_fault(at: Finder, row: int, column: str, text: str) -> Violation:
    """Say why a text is no number: a decimal comma, no finite value, or something else."""
    if re.fullmatch(DECIMAL_COMMA, text):
        point = text.replace(".", "").replace(" ", "").replace(",", ".")
        return at("E205", row, column, text, "a decimal point", f"Write {point}.")
    if re.fullmatch(NOT_FINITE, text) or re.fullmatch(NUMBER, text):
        return at("E211", row, column, text, "a finite number", "Write NA for a gap.")
    return at("E204", row, column, text, "a number", "Write NA for a gap.")


def unfit_for_files(code: str) -> str:
    """Return what was expected of a code that cannot name a file on every system, nothing for one that can."""
    if unfit_codes([code]) and code.lower() != "index":
        return "1 to 64 letters, digits, - and _ only"
    if code.lower() in DEVICES:
        return "a code that is no name of a device"
    return "a code that is no file or folder of an index" if code.lower() in OURS | OUTSIDE else ""


def unfit_for_pages(code: str) -> str:
    """Return what was expected of a unit's code that cannot name a page of the report, nothing for one that can."""
    words = [expected for _, expected in unfit_codes([code])]
    if words and code.lower() == "index":
        return "a code that no other page has"
    return words[0] if words else "a code that is no name of a device" if code.lower() in DEVICES else ""


def column_faults(table: pl.DataFrame, needed: Mapping[str, str], at: Finder) -> list[Violation]:
    """List the needed columns that are missing; `needed` maps names in small letters to COINr's spelling."""
    others = {name: needed.get(name, name) for name in table.columns}
    free = [shown for name, shown in others.items() if name not in needed]
    return [
        at("E532", 1, shown, "", f"a column {shown}", nearest(shown, free))
        for name, shown in needed.items()
        if name not in table.columns
    ]
