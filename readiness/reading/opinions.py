"""Tables of experts' opinions -> numbers for the methods that weigh by them: opinions/<method>/<group>.csv.

All faults of all tables come at once, each with its row and column; only tables without an error are given back.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from readiness.errors import ReadinessError, Violation, errors_in, nearest
from readiness.reading.figures import DECIMAL_COMMA, NUMBER, read_table
from readiness.reading.places import label, read_bytes
from readiness.registry import methods
from readiness.statistics import RANDOM_INDEX, consistency_ratio

Rows = tuple[tuple[float, ...], ...]  # a row for each child in order
Opinions = dict[str, dict[str, Rows]]  # by method, then by group

LARGEST = 2**17  # bytes of one table: hundreds of experts
MOST_CHILDREN = len(RANDOM_INDEX)  # random matrices of more rows have no published index to compare with
LARGEST_COMPARISON = 9.0  # Saaty's scale goes from 1/9 to 9
LARGEST_POINTS = 1e12
ROUNDING = 0.01 + 1e-9  # 0.33 is one third
POOR = 0.1  # Saaty's limit of the consistency ratio
FRACTION = re.compile(r"([0-9]{1,6})\s*/\s*([0-9]{1,6})")
BESIDE = (".md", ".txt", ".toml")  # notes about the experts may lie beside the tables


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a table as text: a named row for each line, a column for each child."""

    file: str
    children: tuple[str, ...]
    lines: tuple[tuple[int, str, Mapping[str, str]], ...]  # row number, name, cell by child

    def fault(self, code: str, row: int, column: str, found: str, expected: str, hint: str = "") -> Violation:
        """Build a finding at a cell."""
        return Violation(code, self.file, found, expected, row, column, hint)


def opinion_files(folder: Path) -> list[Path]:
    """List the tables of opinions of an index folder, sorted; none if they cannot be listed."""
    try:
        return sorted(path for path in (folder / "opinions").glob("*/*.csv") if not _hidden(path))
    except OSError:
        return []


def read_opinions(folder: Path, groups: Mapping[str, tuple[str, ...]]) -> tuple[Opinions, list[Violation]]:
    """Read the tables below an index folder; `groups` names the children of each group in order."""
    found = list(_strays(folder / "opinions"))
    opinions: Opinions = {}
    for path in opinion_files(folder):
        method, group = path.parent.name, path.stem
        misplaced = _misplaced(path, groups)
        faults, rows = (misplaced, ()) if misplaced else _examine(path, READERS[method], groups[group])
        found += faults
        if not errors_in(faults):
            opinions.setdefault(method, {})[group] = rows
    return opinions, found


def _hidden(path: Path) -> bool:
    return path.name.startswith(".") or path.parent.name.startswith(".")


def _strays(folder: Path) -> Iterator[Violation]:
    """Find what lies among the tables and would not be read: a workbook, a table in no method's folder."""
    expected = "opinions/<method>/<group>.csv"
    try:
        here = sorted(path for path in (*folder.glob("*"), *folder.glob("*/*")) if not _hidden(path))
        for path in here:
            table = path.parent != folder and path.suffix == ".csv"
            if path.suffix not in BESIDE and not table and not (path.is_dir() and path.parent == folder):
                yield Violation("E521", label(path), path.name, expected, hint="Save the table as CSV UTF-8.")
    except OSError as fault:
        yield Violation("E101", label(folder), fault.strerror or "cannot be read", "a folder that can be read")


def _misplaced(path: Path, groups: Mapping[str, tuple[str, ...]]) -> list[Violation]:
    """List an unknown method in the folder's name, an unknown group in the file's."""
    known = [each.name for each in methods("weight") if each.needs == "opinions" and each.name in READERS]
    found = []
    for word, names, what in ((path.parent.name, known, "the folder"), (path.stem, list(groups), "the file")):
        if word not in names:
            expected = f"{what} named after one of " + ", ".join(names)
            found.append(Violation("E521", label(path), word, expected, hint=nearest(word, names)))
    return found


def _examine(
    path: Path, reader: Callable[[Grid], tuple[list[Violation], Rows]], children: tuple[str, ...]
) -> tuple[list[Violation], Rows]:
    """Read one table with its method's reader; a file that is no table is a list of findings, never a traceback."""
    try:
        grid, found = _grid(path, children)
    except ReadinessError as fault:
        return fault.violations, ()
    except (csv.Error, pl.exceptions.PolarsError) as fault:
        reason = str(fault).split("\n")[0][:120]
        return [Violation("E108", label(path), reason, "a CSV file")], ()
    if grid is None:
        return found, ()
    faults, rows = reader(grid)
    return [*found, *faults], () if errors_in([*found, *faults]) else rows


def _grid(path: Path, children: tuple[str, ...]) -> tuple[Grid | None, list[Violation]]:
    """Return the cells, and what is wrong with the table as such; no cells where a column is missing or unknown."""
    text, first, found = read_table(path, read_bytes(path, LARGEST))
    title, *columns = text.columns
    names = {child.lower(): child for child in children}
    if len(names) < len(children):
        found.append(_column(path, "codes alike but for their case", "children that differ in their letters"))
    for column in columns:
        if column not in names:
            found.append(_column(path, column, "a child of the group", nearest(column, names)))
    found += [
        _column(path, child, "a column for each child of the group")
        for child in children
        if child.lower() not in columns
    ]
    if any(violation.code == "E521" for violation in found):
        return None, found
    cells = text.fill_null("").select(title, *names).rows()
    lines = [
        (row, line[0].strip(), dict(zip(children, map(str.strip, line[1:]), strict=True)))
        for row, line in enumerate(cells, start=first)
        if any(cell.strip() for cell in line)  # a row with too many cells, which has its finding, comes back empty
    ]
    return Grid(label(path), children, tuple(lines)), found


def _column(path: Path, name: str, expected: str, hint: str = "") -> Violation:
    return Violation("E521", label(path), name, expected, 1, name, hint)


def _names(grid: Grid, known: Sequence[str], what: str) -> list[Violation]:
    """List rows without a name, with the name of another row, or with one that is not known."""
    found, seen = [], set()
    for row, name, _ in grid.lines:
        if not name or (known and name not in known):
            hint = nearest(name, known) if name else ""
            found.append(grid.fault("E521", row, "", name or "no name", what, hint))
        elif name in seen:
            found.append(grid.fault("E521", row, "", name, "each row once"))
        seen.add(name)
    return found


def _number(text: str) -> float:
    """Return a number or a fraction such as 1/2; NaN for what is neither."""
    if match := FRACTION.fullmatch(text):
        above, below = map(int, match.groups())
        return above / below if below else math.nan
    return float(text) if re.fullmatch(NUMBER, text) else math.nan


def _cell_faults(
    grid: Grid, row: int, cells: Mapping[str, str], expected: str, low: float, high: float
) -> list[Violation]:
    """List the cells that are no number from low to high; an empty cell is left to the method."""
    found = []
    for child, text in cells.items():
        if text and not low <= _number(text) <= high:
            comma = re.fullmatch(DECIMAL_COMMA, text)
            hint = f"Write {text.replace(',', '.')}." if comma else ""
            found.append(grid.fault("E522", row, child, text, expected, hint))
    return found


def _read_comparisons(grid: Grid) -> tuple[list[Violation], Rows]:
    """Read how many times more the child of a row counts than the child of a column."""
    if len(grid.children) > MOST_CHILDREN:
        size = f"{len(grid.children)} children"
        return [Violation("E521", grid.file, size, f"at most {MOST_CHILDREN} to be compared in pairs")], ()
    exact = {child.lower(): child for child in grid.children}
    lines = tuple((row, exact.get(name.lower(), name), cells) for row, name, cells in grid.lines)
    grid = Grid(grid.file, grid.children, lines)
    found = _names(grid, grid.children, "a child of the group")
    absent = [child for child in grid.children if child not in {name for _, name, _ in lines}]
    found += [Violation("E521", grid.file, child, "a row for each child of the group") for child in absent]
    expected = "a number from 1/9 to 9, such as 3 or 1/3"
    low, high = (1 - ROUNDING) / LARGEST_COMPARISON, LARGEST_COMPARISON * (1 + ROUNDING)
    for row, _, cells in lines:
        found += _cell_faults(grid, row, cells, expected, low, high)
        found += [grid.fault("E522", row, child, "no number", expected) for child, text in cells.items() if not text]
    if found:
        return found, ()
    rows = {name: {child: _number(text) for child, text in cells.items()} for _, name, cells in lines}
    found = list(_disagreements(grid, rows))
    table = tuple(tuple(rows[one][other] for other in grid.children) for one in grid.children)
    return found or list(_contradictions(grid, table)), table


def _disagreements(grid: Grid, rows: Mapping[str, Mapping[str, float]]) -> Iterator[Violation]:
    """Find a diagonal that is not 1, and pairs whose comparisons are not one over each other, once for each pair."""
    done = set()
    for row, one, cells in grid.lines:
        for other, text in cells.items():
            product = rows[one][other] * rows[other][one]
            if one == other and abs(product - 1) > ROUNDING:
                yield grid.fault("E523", row, other, text, "1, for a child counts as much as itself")
            elif other in done and abs(product - 1) > ROUNDING:
                mirror = f"{1 / rows[other][one]:.3g}"
                yield grid.fault("E523", row, other, text, f"{mirror}, one over row {other}, column {one}")
        done.add(one)


def _contradictions(grid: Grid, table: Rows) -> Iterator[Violation]:
    ratio = consistency_ratio(table).ratio
    if ratio > POOR:
        yield Violation("W525", grid.file, f"a consistency ratio of {ratio:.2f}", f"at most {POOR}")


def _read_budgets(grid: Grid) -> tuple[list[Violation], Rows]:
    """Read the points that each expert gives to the children; an empty cell is a gap."""
    found = _names(grid, (), "the expert's name or number")
    for row, _, cells in grid.lines:
        faults = _cell_faults(grid, row, cells, "a number of zero or more, or nothing", 0, LARGEST_POINTS)
        given = sum(_number(text) for text in cells.values() if text)
        if not faults and not given > 0:
            faults = [grid.fault("E524", row, "", "no points", "points for at least one child")]
        found += faults
    if not grid.lines and not found:
        found = [Violation("E103", grid.file, expected="at least one expert")]
    return found, tuple(
        tuple(_number(cells[child]) if cells[child] else math.nan for _, _, cells in grid.lines)
        for child in grid.children
    )


READERS = {"analytic_hierarchy": _read_comparisons, "budget_allocation": _read_budgets}
