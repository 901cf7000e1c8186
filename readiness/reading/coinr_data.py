"""iData of COINr: a row for each unit and year, a column for each code of iMeta."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from readiness.countries import ALIASES
from readiness.errors import Violation, errors_in, nearest
from readiness.reading.coinr_cells import GAPS, Finder, as_number, column_faults, number_fault, unfit_for_pages
from readiness.reading.coinr_meta import Meta
from readiness.reading.coinr_units import data_notes, groupings, listed, newest_texts, without_denominator
from readiness.reading.figures import MOST, NUMBER, read_table
from readiness.reading.places import read_bytes

UNIT, NAME, YEARS = "ucode", "uname", ("time", "year")
SHOWN = {UNIT: "uCode", NAME: "uName", "time": "Time", "year": "Year"}
FIRST, LAST = 1901, 2199


@dataclass(frozen=True)
class Figures:
    """The units, their groupings and their figures.

    `groups` maps a Group code to labels and their units; `cells` has the columns row, unit, year, code and text, gaps
    left out, the texts being numbers as written.
    """

    source: str
    units: tuple[str, ...]
    names: Mapping[str, str]
    groups: Mapping[str, Mapping[str, list[str]]]
    years: tuple[int, ...]
    cells: pl.DataFrame
    notes: tuple[str, ...] = ()


def read_idata(path: Path, meta: Meta | None, edition: int | None) -> tuple[Figures | None, list[Violation]]:
    """Return the figures of an iData table and all that is wrong with it; without iMeta only units and years are."""
    table, first, found = read_table(path, read_bytes(path))
    at = Finder.of(path)
    missing = column_faults(table, {UNIT: SHOWN[UNIT]}, at)
    codes = {} if meta is None else {code.lower(): code for code in meta.entries}
    time = next((name for name in YEARS if name in table.columns and name not in codes), "")
    found += [*missing, *_edition_faults(edition, time, at)]
    if meta is not None and meta.entries:
        found += _column_faults(table, meta, codes, time, at)
    if missing:
        return None, found
    rows = _rows(table, first, time, edition)
    if rows.is_empty():
        return None, [*found, at("E103", None, "", "only empty rows", "at least one unit")]
    found += [*_unit_faults(rows, at), *_year_faults(rows, time, at), *_repeated(rows, time, at)]
    if meta is None or not meta.entries:
        return None, found
    cells = _cells(rows, _measured(meta))
    found += [*_cell_faults(cells, at), *_denominator_faults(cells, meta, at)]
    return None if errors_in(found) else _figures(path, rows, cells, meta), found


def _figures(path: Path, rows: pl.DataFrame, cells: pl.DataFrame, meta: Meta) -> Figures:
    names, renamed = newest_texts(rows, f"={NAME}")
    groups, notes = groupings(rows, meta)
    if renamed:
        notes.append(f"Names of units change over time; the newest is taken: {listed(renamed)}.")
    dropped = without_denominator(cells, meta)
    kept = cells.join(dropped, on=["code", "row"], how="anti", maintain_order="left")
    return Figures(
        source=path.name,
        units=tuple(dict.fromkeys(rows["unit"])),
        names=names,
        groups=groups,
        years=tuple(sorted(set(rows["year"]))),
        cells=kept,
        notes=(*notes, *data_notes(rows, kept, dropped, meta)),
    )


def _measured(meta: Meta) -> list[str]:
    return [each.code for each in (*meta.of_type("Indicator"), *meta.of_type("Denominator"))]


def _edition_faults(edition: int | None, time: str, at: Finder) -> Iterator[Violation]:
    if time and edition is not None:
        yield at("E538", 1, SHOWN[time], f"--edition {edition}", "no edition, for the table has years of its own")
    elif not time and edition is None:
        hint = "Add the column, or say which year it is: --edition 2024."
        yield at("E538", 1, "Time", "no column Time", "the year of the figures", hint)
    elif edition is not None and not FIRST <= edition <= LAST:
        yield at("E538", None, "--edition", str(edition), f"a year from {FIRST} to {LAST}")


def _column_faults(
    table: pl.DataFrame, meta: Meta, codes: Mapping[str, str], time: str, at: Finder
) -> Iterator[Violation]:
    columns = [name for name in table.columns if name not in (UNIT, NAME, time, "")]
    needed = {each.lower(): each for each in (*_measured(meta), *(group.code for group in meta.of_type("Group")))}
    unknown = [name for name in columns if name not in codes]
    missing = {name: code for name, code in needed.items() if name not in columns}
    for name in unknown:
        yield at("E534", 1, name, name, "a code of iMeta", nearest(name, missing.values()))
    for name in columns:
        if name in codes and meta.entries[codes[name]].type == "Aggregate":
            yield at("E534", 1, codes[name], codes[name], "no column, for an Aggregate is computed")
    for code in missing.values():
        expected, hint = f"a column {code} in {at.file}", nearest(code, unknown)
        yield Finder(meta.file)("E534", meta.entries[code].row, "iCode", code, expected, hint)


def _rows(table: pl.DataFrame, first: int, time: str, edition: int | None) -> pl.DataFrame:
    """Return the rows with content as text, gaps as empty texts; a column of the table has a = before its name.

    Own columns are `row`, `unit` in Eurostat's letters and `year`, null where it is none.
    """
    kept = table.select(pl.all().str.strip_chars().fill_null("").name.prefix("=")).with_row_index("row", offset=first)
    kept = kept.filter(pl.any_horizontal(pl.exclude("row") != ""))
    kept = kept.with_columns(pl.exclude("row").replace(dict.fromkeys(GAPS, "")))
    written = pl.col(f"={time}") if time else pl.lit("")
    year = written.str.extract(r"^([0-9]{4})(?:\.0+)?$").cast(pl.Int32) if time else pl.lit(edition, pl.Int32)
    return kept.with_columns(unit=pl.col(f"={UNIT}").replace(ALIASES), year=year, time=written)


def _unit_faults(rows: pl.DataFrame, at: Finder) -> Iterator[Violation]:
    first: dict[str, str] = {}
    for row, unit, written in rows.select("row", "unit", f"={UNIT}").unique("unit", maintain_order=True).iter_rows():
        other = first.setdefault(unit.lower(), unit)
        unfit = unfit_for_pages(unit)
        if unfit:
            yield at("E531", row, SHOWN[UNIT], written, unfit)
        elif other != unit:
            yield at("E531", row, SHOWN[UNIT], written, f"a code that differs from {other} not in case alone")


def _year_faults(rows: pl.DataFrame, time: str, at: Finder) -> Iterator[Violation]:
    if time:
        unfit = rows.filter(~pl.col("year").is_between(FIRST, LAST).fill_null(value=False))
        for row, written in unfit.select("row", "time").head(MOST).iter_rows():
            yield at("E538", row, SHOWN[time], written, f"a year from {FIRST} to {LAST}")


def _repeated(rows: pl.DataFrame, time: str, at: Finder) -> Iterator[Violation]:
    known = rows.filter((pl.col("unit") != "") & pl.col("year").is_not_null())
    again = known.filter(~pl.struct("unit", "year").is_first_distinct())
    for row, unit, year in again.select("row", "unit", "year").head(MOST).iter_rows():
        where, expected = (
            (f"{unit}, {year}", "one row for each unit and year") if time else (unit, "one row for each unit")
        )
        yield at("E537", row, SHOWN[UNIT], where, expected)


def _cells(rows: pl.DataFrame, codes: list[str]) -> pl.DataFrame:
    """Return the cells of the measured codes in long form: row, unit, year, code, text; gaps are left out."""
    columns = {f"={code.lower()}": code for code in codes if f"={code.lower()}" in rows.columns}
    long = rows.unpivot(list(columns), index=["row", "unit", "year"], variable_name="code", value_name="text")
    long = long.with_columns(pl.col("code").replace(columns), pl.col("text").cast(pl.String))
    return long.filter(pl.col("text") != "")


def _cell_faults(cells: pl.DataFrame, at: Finder) -> Iterator[Violation]:
    text = pl.col("text")
    number = pl.when(text.str.contains(NUMBER)).then(text).cast(pl.Float64, strict=False)
    wrong = cells.filter(~number.is_finite().fill_null(value=False))
    for row, code, written in wrong.select("row", "code", "text").head(MOST).iter_rows():
        yield number_fault(at, row, code, written)


def _denominator_faults(cells: pl.DataFrame, meta: Meta, at: Finder) -> Iterator[Violation]:
    own = cells.filter(pl.col("code").is_in([each.code for each in meta.of_type("Denominator")]))
    for row, code, written in own.select("row", "code", "text").iter_rows():
        number = as_number(written)
        if number is not None and number <= 0:
            yield at("E217", row, code, written, "a denominator above zero")
