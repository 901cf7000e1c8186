"""Sheets of a workbook before they are written: columns, rows, and where each cell will stand. Frozen values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from readiness.tables import described

ABOVE, HEADER, FIRST = 3, 4, 5  # rows, counted from 1: what stands above the header, the header, the first of the table
LONGEST = 32_767  # UTF-16 units in a cell, the limit of Excel
HEADING, COMMENT = 200, 1_000  # signs in a heading, in the comment that explains it
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # no XML 1.0 document may hold these
ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # Excel would read it as the code of a sign
WIDTHS = {"word": 12, "text": 20, "code": 24, "name": 24, "title": 42, "long": 60, "year": 9, "share": 10, "rank": 9}
USUAL = 14  # width of a column of any other kind


class Formula(NamedTuple):
    """A formula and the engine's value, which programs show that do not compute."""

    text: str
    value: float | str


Cell = Formula | str | float | date | bool | None
Row = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key in rows, its heading, what it means, and the kind of its cells, which decides their format.

    Texts are a word, text, code, name, title or long (wrapped); others a number, score, mean (two decimals), share (of
    one, shown in per cent), rank, year or date.
    """

    key: str
    heading: str
    meaning: str
    kind: str = "text"


@dataclass(frozen=True)
class Sheet:
    """A sheet: its title in row 1, a note in row 2, `above` in row 3, then one table with its header in row 4.

    `strong` are positions of rows in bold. A table is `sortable` if no formula would break by it.
    """

    name: str
    title: str
    note: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    above: Row = field(default_factory=dict)
    strong: frozenset[int] = frozenset()
    sortable: bool = True


@dataclass(frozen=True)
class Grid:
    """Where the cells of a sheet stand: its name, the keys of its columns, its number of rows.

    Parts of the sheet are told by key and by position of a row, counted from 0.
    """

    name: str
    keys: tuple[str, ...]
    rows: int

    @cached_property
    def letters(self) -> dict[str, str]:
        """Return the letter of each column."""
        return {key: letter(place) for place, key in enumerate(self.keys)}

    def cell(self, key: str, row: int) -> str:
        """Return the reference of a cell."""
        return f"{self.letters[key]}{FIRST + row}"

    def across(self, keys: Sequence[str], row: int) -> str:
        """Return the reference of neighbouring cells of a row."""
        return f"{self.cell(keys[0], row)}:{self.cell(keys[-1], row)}"

    def down(self, key: str, rows: Sequence[int]) -> str:
        """Return the reference of neighbouring cells of a column."""
        return f"{self.cell(key, rows[0])}:{self.cell(key, rows[-1])}"

    def whole(self, key: str) -> str:
        """Return the reference of a whole column, the same from everywhere."""
        own = self.letters[key]
        return f"${own}${FIRST}:${own}${FIRST + self.rows - 1}"

    def fixed(self, key: str, row: int) -> str:
        """Return the reference of a cell, the same from everywhere."""
        return f"${self.letters[key]}${FIRST + row}"

    def head(self, key: str) -> str:
        """Return the reference of the cell above a heading, the same from everywhere."""
        return f"${self.letters[key]}${ABOVE}"

    def from_outside(self, reference: str) -> str:
        """Return a reference as another sheet writes it."""
        return f"{self.name}!{reference}"

    def found(self, key: str, by: str, value: str) -> str:
        """Return a formula of another sheet for the cell of a column in the row that has a value in the column `by`."""
        column, keys = self.from_outside(self.whole(key)), self.from_outside(self.whole(by))
        return f"INDEX({column},MATCH({value},{keys},0))"


def grid_of(name: str, columns: Sequence[Column], rows: int) -> Grid:
    """Return where the cells of a sheet will stand."""
    return Grid(name, tuple(column.key for column in columns), rows)


def letter(place: int) -> str:
    """Return the letters of a column, counted from 0.

    >>> letter(0), letter(25), letter(26), letter(701), letter(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    text = ""
    while place >= 0:
        place, rest = divmod(place, 26)
        text, place = chr(ord("A") + rest) + text, place - 1
    return text


def columns_of(table: str, *wanted: tuple[str, str, str]) -> list[Column]:
    """Return columns of a results table, given by name, heading and kind; meaning and unit are those of its schema."""
    told = described(table)
    return [
        Column(name, heading, f"{told[name][0]}; {told[name][1]}" if told[name][1] else told[name][0], kind)
        for name, heading, kind in wanted
    ]


def clean(text: str, longest: int = LONGEST) -> str:
    r"""Return a text that a cell can hold: without signs that XML forbids, cut where it is too long.

    What looks like a formula stays a text, and so does what looks like formatted text, which begins with <r>.

    >>> clean("a\x00b"), clean("abcdef", 4), clean("<r>x</r>")
    ('ab', 'abc…', ' <r>x</r>')
    """
    kept = FORBIDDEN.sub("", text)
    if kept.startswith("<r>") and kept.endswith("</r>"):
        kept = f" {kept}"
    units = kept.encode("utf-16-le")
    return kept if len(units) <= 2 * longest else units[: 2 * (longest - 1)].decode("utf-16-le", "ignore") + "…"


def headings(columns: Sequence[Column]) -> list[str]:
    """Return the headings as a table can have them: on one line, none empty, no two alike in any case."""
    found: list[str] = []
    taken: set[str] = set()
    for column in columns:
        words = ESCAPE.sub("_ ", " ".join(FORBIDDEN.sub("", column.heading).split()))
        own = clean(words, HEADING) or column.kind
        number, text = 1, own
        while text.lower() in taken:
            number, text = number + 1, f"{own} ({number + 1})"
        taken.add(text.lower())
        found.append(text)
    return found
