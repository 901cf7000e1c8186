"""Sheets -> the bytes of a workbook (XLSX). Texts are written as texts only; the same sheets give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from math import ceil, isfinite
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from readiness.report.workbook_sheets import (
    ABOVE,
    COMMENT,
    FIRST,
    HEADER,
    HEADING,
    USUAL,
    WIDTHS,
    Cell,
    Column,
    Formula,
    Sheet,
    clean,
    headings,
    letter,
)

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
TEXTS = ("word", "text", "code", "name", "title", "long")
FORMATS = {"share": "0.0%", "mean": "0.00", "year": "0", "date": "yyyy-mm-dd"}
DIGITS = 5  # significant digits of a number that are shown, no more than it has
LINE = 15.0  # height of a line of text, in points
WRAP = 1.1  # lines are broken between words, so that they hold fewer signs than the width
BLUE, PALE = "#0e47cb", "#eef3fb"
FURTHEST = 100  # signs of the title in the foot of a printed page, where each & counts twice and 255 are allowed
A4 = 9
PAGE = 220  # signs across that can be read on a printed page
MOST_LINES = 27  # of a row: Excel takes 409 points
MOST_FROZEN = 6  # columns that stay in sight; more would leave no room on a small screen
UNREMARKABLE = ("number_stored_as_text", "formula_differs", "formula_range", "empty_cell_reference")


def written(sheets: Sequence[Sheet], title: str, decimals: int, stamp: date) -> bytes:
    """Return a workbook with these sheets, as it was made on a day; scores are shown with so many decimals."""
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, OPTIONS) as book:
        created = datetime(stamp.year, stamp.month, stamp.day)
        book.set_properties({"title": clean(title, HEADING), "created": created})
        styles = Styles(book, decimals)
        for sheet in sheets:
            _write(book, styles, sheet, title)
    return stream.getvalue()


class Styles:
    """The formats of cells, each made once."""

    def __init__(self, book: Workbook, decimals: int) -> None:
        self.book = book
        self.score = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
        self.made: dict[tuple[str, bool, bool], Format] = {}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.note = book.add_format({"italic": True})
        head = {"bold": True, "text_wrap": True, "valign": "top", "font_color": "white", "bg_color": BLUE}
        self.left = book.add_format({**head, "align": "left", "indent": 1})
        self.right = book.add_format({**head, "align": "right"})

    def head(self, column: Column) -> Format:
        """Return the format of a heading, which stands to the side of its cells."""
        return self.left if column.kind in TEXTS else self.right

    def of(self, cell: Cell, kind: str, *, strong: bool) -> Format:
        """Return the format of a cell by its value, its column's kind, and whether its row stands out."""
        value = cell.value if isinstance(cell, Formula) else cell
        if isinstance(value, str):
            return self._format("", wrapped=kind == "long", strong=strong)
        return self._format(self._number(value, kind), wrapped=False, strong=strong)

    def _number(self, value: float | date, kind: str) -> str:
        if kind in FORMATS or isinstance(value, date):
            return FORMATS.get(kind, FORMATS["date"])
        if kind == "score":
            return self.score
        places = shown_decimals(value)
        return f"#,##0.{'0' * places}" if places else "#,##0"

    def _format(self, number: str, *, wrapped: bool, strong: bool) -> Format:
        key = (number, wrapped, strong)
        if key not in self.made:
            properties: dict[str, Any] = {"valign": "top", **({"num_format": number} if number else {})}
            properties |= {"text_wrap": True} if wrapped else {}
            properties |= {} if number else {"align": "left", "indent": 1}
            properties |= {"bold": True, "bg_color": PALE} if strong else {}
            self.made[key] = self.book.add_format(properties)
        return self.made[key]


def shown_decimals(value: float) -> int:
    """Return how many decimals of a number are shown: five significant digits, none that it lacks.

    >>> shown_decimals(127.91), shown_decimals(0.0123456789), shown_decimals(12.0)
    (2, 6, 0)
    """
    own = Decimal(repr(float(value))).normalize()
    wanted = max(0, DIGITS - 1 - own.adjusted())
    return min(wanted, max(0, -int(own.as_tuple().exponent)))


def _write(book: Workbook, styles: Styles, sheet: Sheet, title: str) -> None:
    page = book.add_worksheet(sheet.name)
    page.write_string(0, 0, clean(sheet.title), styles.title)
    page.write_string(1, 0, clean(sheet.note), styles.note)
    names = headings(sheet.columns)
    _size(page, sheet, names)
    _set_up(page, sheet, title)
    for place, column in enumerate(sheet.columns):
        _put(page, ABOVE - 1, place, sheet.above.get(column.key), "number", styles, strong=True)
        if column.meaning:
            options = {"author": "", "x_scale": 1.6}
            page.write_comment(HEADER - 1, place, clean(column.meaning, COMMENT), options)
    _table(page, styles, sheet, names)
    kinds = [(place, column.key, column.kind) for place, column in enumerate(sheet.columns)]
    for number, row in enumerate(sheet.rows):
        strong = number in sheet.strong
        for place, key, kind in kinds:
            _put(page, FIRST - 1 + number, place, row.get(key), kind, styles, strong=strong)


def _put(page: Worksheet, row: int, place: int, cell: Cell, kind: str, styles: Styles, *, strong: bool) -> None:
    """Write a cell by its own type; a gap leaves the cell empty."""
    if cell is None or (isinstance(cell, float) and not isfinite(cell)):
        return
    if isinstance(cell, bool):
        cell = "yes" if cell else "no"
    style = styles.of(cell, kind, strong=strong)
    if isinstance(cell, Formula):
        page.write_formula(row, place, f"={cell.text}", style, cell.value)
    elif isinstance(cell, str):
        page.write_string(row, place, clean(cell), style)
    elif isinstance(cell, date):
        page.write_datetime(row, place, cell, style)
    else:
        page.write_number(row, place, cell, style)


def _table(page: Worksheet, styles: Styles, sheet: Sheet, names: Sequence[str]) -> None:
    """Make the rows a table whose header programs and screen readers know as one."""
    last = FIRST - 1 + max(len(sheet.rows), 1) - 1
    pairs = zip(names, sheet.columns, strict=True)
    options = {
        "name": f"Table_{sheet.name.replace(' ', '_')}",
        "title": clean(sheet.title, HEADING),
        "description": clean(sheet.note, HEADING),
        "style": "Table Style Light 1",
        "autofilter": sheet.sortable,
        "columns": [{"header": name, "header_format": styles.head(column)} for name, column in pairs],
    }
    page.add_table(HEADER - 1, 0, last, len(names) - 1, options)


def _size(page: Worksheet, sheet: Sheet, names: Sequence[str]) -> None:
    """Set the widths of columns, and the heights of rows in which texts are wrapped."""
    wrapped = [column for column in sheet.columns if column.kind == "long"]
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, _width(column))
    heads = zip(names, sheet.columns, strict=True)
    page.set_row(HEADER - 1, LINE * max(_lines(name, column) for name, column in heads) + 3)
    for number, row in enumerate(sheet.rows):
        lines = [_lines(text, column) for column in wrapped if isinstance(text := row.get(column.key), str)]
        if max(lines, default=1) > 1:
            page.set_row(FIRST - 1 + number, LINE * min(max(lines), MOST_LINES))


def _set_up(page: Worksheet, sheet: Sheet, title: str) -> None:
    """Set what stays in sight, and how the sheet is printed: across, with its headers on every page."""
    stays = next((place + 1 for place, column in enumerate(sheet.columns) if column.kind in ("name", "title")), 1)
    stays = stays if stays <= MOST_FROZEN else 0
    page.freeze_panes(HEADER, stays)
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(max(1, round(sum(map(_width, sheet.columns)) / PAGE)), 0)
    page.repeat_rows(HEADER - 1)
    page.repeat_columns(0, max(stays - 1, 0))
    page.set_footer(f"&L{clean(title, FURTHEST).replace('&', '&&')}&RPage &P of &N")
    cells = f"A1:{letter(len(sheet.columns) - 1)}{FIRST + len(sheet.rows)}"
    page.ignore_errors(dict.fromkeys(UNREMARKABLE, cells))


def _lines(text: str, column: Column) -> int:
    """Return about how many lines a text takes in a column."""
    return sum(max(1, ceil(WRAP * len(line) / _width(column))) for line in text.split("\n"))


def _width(column: Column) -> float:
    return WIDTHS.get(column.kind, USUAL)
