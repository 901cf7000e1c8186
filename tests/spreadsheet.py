"""Reads a workbook with nothing but zipfile and an XML parser: what really stands in the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class Cell:
    """A cell: its value, the type that the file gives it (s a shared text, str a formula's text, n a number)."""

    value: object
    kind: str
    formula: str | None = None


class Book:
    """A workbook that was read back: for each sheet its cells by reference, such as "B5"."""

    def __init__(self, content: bytes) -> None:
        with ZipFile(BytesIO(content)) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
            self.times = {info.date_time for info in archive.infolist()}
        self.texts = self._texts()
        self.sheets = {name: self._cells(part) for name, part in self._places().items()}

    def xml(self, part: str) -> ElementTree.Element:
        return ElementTree.fromstring(self.parts[part])

    def _texts(self) -> list[str]:
        items = self.xml("xl/sharedStrings.xml").iter(f"{MAIN}si")
        raw = ["".join(each.text or "" for each in item.iter(f"{MAIN}t")) for item in items]
        return [re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text) for text in raw]

    def _places(self) -> dict[str, str]:
        links = {each.get("Id"): each.get("Target") for each in self.xml("xl/_rels/workbook.xml.rels")}
        sheets = self.xml("xl/workbook.xml").iter(f"{MAIN}sheet")
        return {each.get("name"): f"xl/{links[each.get(LINK)]}" for each in sheets}

    def _cells(self, part: str) -> dict[str, Cell]:
        return {each.get("r"): self._cell(each) for each in self.xml(part).iter(f"{MAIN}c")}

    def _cell(self, element: ElementTree.Element) -> Cell:
        kind, value = element.get("t", "n"), element.findtext(f"{MAIN}v")
        if value is not None and kind != "str":
            value = self.texts[int(value)] if kind == "s" else float(value)
        return Cell(value, kind, element.findtext(f"{MAIN}f"))

    def table(self, sheet: str, header: int = 4) -> list[dict[str, object]]:
        """Return the rows of a sheet's table by heading."""
        cells = self.sheets[sheet]
        heads = {column(ref): cell.value for ref, cell in cells.items() if line(ref) == header}
        last = max(line(ref) for ref in cells)
        return [
            {head: cells[f"{at}{row}"].value if f"{at}{row}" in cells else None for at, head in heads.items()}
            for row in range(header + 1, last + 1)
        ]

    def find(self, sheet: str, heading: str, row: int, header: int = 4) -> str:
        """Return the reference of a cell by heading and by row, the first of the table being 0."""
        heads = {cell.value: column(ref) for ref, cell in self.sheets[sheet].items() if line(ref) == header}
        return f"{heads[heading]}{header + 1 + row}"

    @cached_property
    def formulas(self) -> dict[tuple[str, str], str]:
        """Return all formulas by sheet and cell."""
        return {
            (sheet, ref): cell.formula
            for sheet, cells in self.sheets.items()
            for ref, cell in cells.items()
            if cell.formula is not None
        }


def column(ref: str) -> str:
    return ref.rstrip("0123456789")


def line(ref: str) -> int:
    return int(ref[len(column(ref)) :])
