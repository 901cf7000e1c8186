"""iMeta of COINr: a row for each code, with its type, its place in the tree, its direction and weight."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from readiness.errors import Violation, nearest
from readiness.reading.coinr_cells import (
    MOST_CODES,
    Finder,
    as_number,
    column_faults,
    number_fault,
    text_of,
    unfit_for_files,
)
from readiness.reading.figures import read_table
from readiness.reading.places import read_bytes
from readiness.reading.trees import LARGEST_WEIGHT

NEEDED = {name.lower(): name for name in ("iCode", "Level", "Parent", "Direction", "Weight", "Type")}
OPTIONAL = {name.lower(): name for name in ("iName", "Unit", "Target", "Denominator", "ScaleFactor")}
TYPES = ("Indicator", "Aggregate", "Group", "Denominator", "Other")
IN_TREE = ("Indicator", "Aggregate")


@dataclass(frozen=True, slots=True)
class Entry:
    """One code of iMeta. `texts` holds its cells by column in small letters, gaps as empty texts."""

    code: str
    type: str
    row: int
    texts: Mapping[str, str]

    @property
    def name(self) -> str:
        """Return the name in words, the code where none is given."""
        return self.texts["iname"] or self.code

    @property
    def parent(self) -> str:
        """Return the code of the group above, nothing for the index and for what is not in the tree."""
        return self.texts["parent"] if self.type in IN_TREE else ""

    @property
    def denominator(self) -> str:
        """Return the code that an indicator is divided by, nothing if it is not."""
        return self.texts["denominator"] if self.type == "Indicator" else ""

    @property
    def weight(self) -> float:
        """Return the weight beside its siblings."""
        return as_number(self.texts["weight"]) or 0.0

    @property
    def higher_is_better(self) -> bool:
        """Return the direction: 1 or -1 in the table."""
        return as_number(self.texts["direction"]) != -1


@dataclass(frozen=True)
class Meta:
    """The codes of iMeta in their order, and the tree that their parents make."""

    file: str
    entries: Mapping[str, Entry]
    notes: tuple[str, ...] = ()

    @cached_property
    def children(self) -> dict[str, list[str]]:
        """Return the children of every group."""
        children: dict[str, list[str]] = {each.code: [] for each in self.of_type("Aggregate")}
        for each in self.entries.values():
            if each.parent in children:
                children[each.parent].append(each.code)
        return children

    @property
    def root(self) -> str:
        """Return the index: the group without a parent."""
        return next((each.code for each in self.of_type("Aggregate") if not each.parent), "")

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Return the groups from the index down, a parent before its children."""
        order, waiting = [], [self.root]
        while waiting:
            order.append(waiting.pop(0))
            waiting += [child for child in self.children[order[-1]] if child in self.children]
        return tuple(order)

    def of_type(self, kind: str) -> list[Entry]:
        """Return the codes of one type."""
        return [each for each in self.entries.values() if each.type == kind]

    def above(self, code: str) -> tuple[str, ...]:
        """Return the groups above a code, the index first; the walk ends where a circle closes."""
        above: dict[str, None] = {}
        parent = self.entries[code].parent
        while parent in self.entries and parent != code and parent not in above:
            above[parent] = None
            parent = self.entries[parent].parent
        return tuple(reversed(above))


def read_imeta(path: Path) -> tuple[Meta, list[Violation]]:
    """Return the codes of an iMeta table and what is wrong with each of them; the tree is looked at elsewhere."""
    table, first, found = read_table(path, read_bytes(path))
    at = Finder.of(path)
    missing = column_faults(table, NEEDED, at)
    if missing:
        return Meta(at.file, {}), [*found, *missing]
    rows = list(_entries(table, first))
    if len(rows) > MOST_CODES:
        return Meta(at.file, {}), [*found, at("E111", None, "iCode", f"{len(rows)} codes", f"at most {MOST_CODES}")]
    if not rows:
        return Meta(at.file, {}), [*found, at("E103", None, "", "only empty rows", "at least one code")]
    entries: dict[str, Entry] = {}
    for each in rows:
        entries.setdefault(each.code, each)
    meta = Meta(at.file, entries)
    found += [*_code_faults(rows, at), *(fault for each in entries.values() for fault in _faults(each, meta, at))]
    return Meta(at.file, entries, tuple(_notes(table, meta))), found


def _entries(table: pl.DataFrame, first: int) -> Iterator[Entry]:
    for row, cells in enumerate(table.iter_rows(named=True), start=first):
        texts = {name: text_of(cells.get(name)) for name in (*NEEDED, *OPTIONAL)}
        if any(texts.values()):
            kind = next((each for each in TYPES if each.lower() == texts["type"].lower()), texts["type"])
            yield Entry(texts["icode"], kind, row, texts)


def _code_faults(rows: list[Entry], at: Finder) -> Iterator[Violation]:
    """Codes become names of files and folders: each must be fit for one, and stand once."""
    first: dict[str, Entry] = {}
    for each in rows:
        other = first.setdefault(each.code.lower(), each)
        unfit = unfit_for_files(each.code)
        if unfit:
            yield at("E531", each.row, "iCode", each.code, unfit)
        elif other is not each and other.code == each.code:
            yield at("E512", each.row, "iCode", each.code, f"each code once; the other is in row {other.row}")
        elif other is not each:
            yield at("E531", each.row, "iCode", each.code, f"a code that differs from {other.code} not in case alone")


def _faults(each: Entry, meta: Meta, at: Finder) -> Iterator[Violation]:
    texts = each.texts
    if each.type not in TYPES:
        yield at("E536", each.row, "Type", each.type, "one of " + ", ".join(TYPES), nearest(each.type, TYPES))
    if each.type == "Indicator" and as_number(texts["direction"]) not in (1, -1):
        yield at("E535", each.row, "Direction", texts["direction"], "1 (more is better) or -1 (less is better)")
    if each.type == "Indicator" or each.parent:
        yield from _weight_faults(each, at)
    if each.type == "Indicator" and texts["target"] and as_number(texts["target"]) is None:
        yield number_fault(at, each.row, "Target", texts["target"])
    if each.denominator:
        known = [other.code for other in meta.of_type("Denominator")]
        if each.denominator not in known:
            expected = "a code of type Denominator" + (": " + ", ".join(known) if known else "")
            hint = nearest(each.denominator, known)
            yield at("E513", each.row, "Denominator", each.denominator, expected, hint)
        factor = as_number(texts["scalefactor"] or "1")
        if factor is None or factor <= 0:
            yield at("E503", each.row, "ScaleFactor", texts["scalefactor"], "a number above zero")


def _weight_faults(each: Entry, at: Finder) -> Iterator[Violation]:
    text, number = each.texts["weight"], as_number(each.texts["weight"])
    if not text:
        yield at("E501", each.row, "Weight", "", "a weight of zero or more")
    elif number is None:
        yield number_fault(at, each.row, "Weight", text)
    elif number < 0:
        yield at("E506", each.row, "Weight", text, "a weight of zero or more")
    elif number > LARGEST_WEIGHT:
        yield at("E503", each.row, "Weight", text, f"a number from 0 to {LARGEST_WEIGHT:g}")


def _notes(table: pl.DataFrame, meta: Meta) -> Iterator[str]:
    """Say what of the table has no counterpart in an index folder."""
    unknown = [name for name in table.columns if name and name not in (*NEEDED, *OPTIONAL)]
    if unknown:
        yield f"Columns of iMeta that are not carried over: {', '.join(unknown)}."
    others = [each.code for each in meta.of_type("Other")]
    if others:
        yield f"Codes of type Other, which no score uses, are not carried over: {', '.join(others)}."
    turned = [each.code for each in meta.of_type("Aggregate") if not each.higher_is_better]
    if turned:
        yield f"Direction -1 has no meaning for groups and is not carried over: {', '.join(turned)}."
    divided = [each.code for each in meta.of_type("Indicator") if each.denominator and each.texts["target"]]
    if divided:
        yield f"Targets are read in the unit after division by the denominator: {', '.join(divided)}."
