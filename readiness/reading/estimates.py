"""Tables of estimates and of their covariance -> Estimates; every fault of both files comes at once."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from readiness.errors import ReadinessError, Violation, errors_in, nearest, raise_errors
from readiness.estimates import Array, Estimates, asymmetric, matrix_faults
from readiness.reading.figures import DECIMAL_COMMA, MOST, NUMBER, read_table
from readiness.reading.places import label, read_bytes

COLUMNS = {"unit": ("unit", "geo", "country"), "estimate": ("estimate",), "se": ("se", "standard_error")}
LARGEST = 2**26  # bytes of one file: a matrix of 2,000 units
MOST_UNITS = 2_000
BOUND = 1e100  # squares of larger numbers would leave the range of numbers
MARKS = ",;\t"

Rows = list[tuple[int, tuple[str, ...]]]  # row number of the file, cells


def read_estimates(path: Path, covariance: Path | None = None) -> Estimates:
    """Return the estimates of a table with the columns unit (or geo), estimate and se.

    `covariance` is a matrix that takes the place of the column se: with a header of units and a row for each of them,
    its unit in front, or the bare numbers in the order of the table. Other columns are not looked at.

    Errors   ReadinessError with all faults of both files, each with its row and column.
    """
    units, columns, found = _read_table(path, needs_error=covariance is None)
    if covariance is None:
        raise_errors(found)
        return Estimates.independent(units, columns["estimate"], columns["se"])
    matrix, faults = _read_matrix(covariance, units)
    raise_errors([*found, *faults])
    return Estimates(tuple(units), columns["estimate"], matrix)


def _read_table(path: Path, *, needs_error: bool) -> tuple[list[str], dict[str, Array], list[Violation]]:
    """Return units, numbers by column, and what is wrong with them."""
    file = label(path)
    try:
        text, first, found = _table(path, read_bytes(path, LARGEST))
    except ReadinessError as fault:
        return [], {}, fault.violations
    wanted = ["unit", "estimate", *(["se"] if needs_error else [])]
    places = {name: next((each for each in COLUMNS[name] if each in text.columns), None) for name in wanted}
    found += [
        Violation("E711", file, expected=" or ".join(COLUMNS[name]), row=1, hint=nearest(name, text.columns))
        for name, place in places.items()
        if place is None
    ]
    rows = _rows(text, first)
    numbers = {}
    for name in wanted[1:]:
        if column := places[name]:
            cells = [(row, cells[text.columns.index(column)]) for row, cells in rows]
            numbers[name], faults = _numbers(file, column, cells)
            found += faults
            found += _below_zero(file, column, cells, numbers[name]) if name == "se" else []
    if places["unit"] is None:
        return [], numbers, found
    names = [(row, cells[text.columns.index(places["unit"])]) for row, cells in rows]
    return [name for _, name in names], numbers, [*found, *_unit_faults(file, places["unit"], names)]


def _table(path: Path, raw: bytes) -> tuple[pl.DataFrame, int, list[Violation]]:
    """Read a table as text; a file that is no table is a finding, never a traceback."""
    try:
        return read_table(path, raw)
    except (csv.Error, pl.exceptions.PolarsError) as fault:
        reason = str(fault).split("\n")[0][:120]
        raise ReadinessError(Violation("E108", label(path), reason, "a CSV file")) from fault


def _rows(text: pl.DataFrame, first: int) -> Rows:
    """Return the rows that hold something, blanks cut off."""
    cells = text.select(pl.all().fill_null("").str.strip_chars()).rows()
    return [(row, line) for row, line in enumerate(cells, start=first) if any(line)]


def _numbers(file: str, column: str, cells: Sequence[tuple[int, str]]) -> tuple[Array, list[Violation]]:
    """Return the numbers of a column, NaN for what is none, and a finding for each of these."""
    values = np.array([_number(text) for _, text in cells], dtype=np.float64)
    bad = [cells[place] for place in np.flatnonzero(np.isnan(values))[:MOST]]
    return values, [_no_number(file, row, column, text) for row, text in bad]


def _number(text: str) -> float:
    value = float(text) if re.fullmatch(NUMBER, text) else math.nan
    return value if abs(value) < BOUND else math.nan


def _no_number(file: str, row: int, column: str, text: str) -> Violation:
    hint = "A unit without an estimate or an error cannot be ranked: leave its row out." if not text else ""
    if re.fullmatch(DECIMAL_COMMA, text):
        hint = f"Write {text.replace('.', '').replace(' ', '').replace(',', '.')}."
    return Violation("E713", file, text or "nothing", "a finite number", row, column, hint)


def _below_zero(file: str, column: str, cells: Sequence[tuple[int, str]], values: Array) -> list[Violation]:
    below = [cells[place] for place in np.flatnonzero(values < 0)[:MOST]]
    return [Violation("E714", file, text, "zero or more", row, column) for row, text in below]


def _unit_faults(file: str, column: str, names: Sequence[tuple[int, str]]) -> Iterator[Violation]:
    """Find units without a name, units that stand twice (letters alone, for matrices know no case), too few or many."""
    seen: dict[str, int] = {}
    for row, name in names:
        if not name:
            yield Violation("E712", file, "no name", "the name of a unit", row, column)
        elif name.lower() in seen:
            yield Violation(
                "E712", file, name, "each unit once", row, column, f"It stands in row {seen[name.lower()]}."
            )
        seen.setdefault(name.lower(), row)
    if not 2 <= len(names) <= MOST_UNITS:
        number = f"{len(names)} unit{'' if len(names) == 1 else 's'}"
        yield Violation("E718", file, number, f"from 2 to {MOST_UNITS:,} units")


def _read_matrix(path: Path, units: Sequence[str]) -> tuple[Array, list[Violation]]:
    """Return the matrix in the order of the units, and what is wrong with it; without units nothing is compared."""
    empty = np.empty((0, 0))
    try:
        rows, header, found = _matrix_cells(path, len(units))
    except ReadinessError as fault:
        return empty, fault.violations
    if not units:
        return empty, found
    file = label(path)
    if header is None:
        found += [] if errors_in(found) else _size(file, len(rows), len(units))
        columns = [str(place) for place in range(1, len(units) + 1)]
    else:
        faults, rows = _arranged(file, header, rows, units)
        found += faults
        columns = list(units)
    if errors_in(found):
        return empty, found
    values = np.array([[_number(cell) for cell in cells] for _, cells in rows])
    bad = np.argwhere(np.isnan(values))[:MOST]
    found += [_no_number(file, rows[j][0], columns[k], rows[j][1][k]) for j, k in bad]
    return values, found if len(bad) else [*found, *_value_faults(file, values, rows, columns)]


def _matrix_cells(path: Path, size: int) -> tuple[Rows, list[str] | None, list[Violation]]:
    """Return the rows of a matrix and its header; bare numbers have none and get one to be read with."""
    raw = read_bytes(path, LARGEST)
    start = raw.split(b"\n", 1)[0].decode("utf-8-sig", errors="replace").strip()
    mark = max(MARKS, key=start.count)
    if path.suffix == ".parquet" or not all(re.fullmatch(NUMBER, cell.strip()) for cell in start.split(mark)):
        text, first, found = _table(path, raw)
        return _rows(text, first), text.columns, found
    made = mark.join(f"column {place}" for place in range(1, max(size, 1) + 1))
    try:
        text, first, found = _table(path, f"{made}\n".encode() + raw.removeprefix(b"\xef\xbb\xbf"))
    except ReadinessError as fault:
        raise ReadinessError([_one_up(each) for each in fault.violations]) from fault
    return _rows(text, first - 1), None, [_one_up(each) for each in found]


def _one_up(found: Violation) -> Violation:
    """Count rows as the file does, which has no header."""
    return replace(found, row=found.row - 1 if found.row and found.row > 1 else found.row)


def _size(file: str, rows: int, size: int) -> list[Violation]:
    """Find a bare matrix with another number of rows; its columns were counted, or left empty, as it was read."""
    return [] if rows == size else [Violation("E715", file, f"{rows} rows", f"{size} rows, one for each unit")]


def _arranged(file: str, header: list[str], rows: Rows, units: Sequence[str]) -> tuple[list[Violation], Rows]:
    """Put rows and columns in the order of the units, whatever the case of letters; find those missing or unknown."""
    known = {unit.lower(): unit for unit in units}
    found = [
        Violation("E715", file, name, "a unit of the estimates", 1, name, nearest(name, units))
        for name in header[1:]
        if name not in known
    ]
    found += [
        Violation("E715", file, unit, "a column for each unit", 1, unit)
        for unit in known.values()
        if unit.lower() not in header[1:]
    ]
    lines: dict[str, tuple[int, tuple[str, ...]]] = {}
    for row, cells in rows:
        name = cells[0].lower()
        if name not in known:
            hint = nearest(name, units) if name else ""
            found.append(Violation("E715", file, cells[0] or "no name", "a unit of the estimates", row, "", hint))
        elif name in lines:
            found.append(Violation("E712", file, cells[0], "each unit once", row))
        lines.setdefault(name, (row, cells))
    found += [Violation("E715", file, unit, "a row for each unit") for name, unit in known.items() if name not in lines]
    if found:
        return found[:MOST], []
    return [], _in_order(lines, [header.index(name, 1) for name in known], list(known))


def _in_order(lines: Mapping[str, tuple[int, tuple[str, ...]]], places: list[int], names: list[str]) -> Rows:
    return [(lines[name][0], tuple(lines[name][1][place] for place in places)) for name in names]


def _value_faults(file: str, values: Array, rows: Rows, columns: Sequence[str]) -> list[Violation]:
    """Find variances below zero, pairs that differ from their mirror, and a matrix that is no covariance."""
    found = [
        Violation("E714", file, rows[j][1][j], "zero or more on the diagonal", rows[j][0], columns[j])
        for j in np.flatnonzero(np.diag(values) < 0)
    ]
    for j, k in asymmetric(values)[:MOST]:
        expected = f"{rows[k][1][j]}, as in row {rows[k][0]}, column {columns[j]}"
        found.append(Violation("E716", file, rows[j][1][k], expected, rows[j][0], columns[k]))
    return found or [Violation("E717", file, fault, "the covariance of errors") for fault in matrix_faults(values)]
