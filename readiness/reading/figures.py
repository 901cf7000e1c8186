"""One file of figures -> a typed frame with the file's rows, and what could not be read as what it should be.

Everything is read as text first: what stands in a cell is what a message shows.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from readiness.countries import ALIASES
from readiness.errors import ReadinessError, Violation, nearest
from readiness.panel import COLUMNS
from readiness.reading.places import label
from readiness.reading.wording import violation

REQUIRED = ("indicator", "geo", "year", "value")
OPTIONAL = ("obs_status", "conf_status", "standard_error", "source", "dataset", "vintage")
MOST = 20_000  # findings of one kind that are listed; the rest is only more of the same
MARKS = {b"%PDF": "a PDF", b"PK\x03\x04": "a zip or Excel workbook", b"\xd0\xcf\x11\xe0": "an old Excel workbook"}
MISSING = ("", ":")
OLD_FLAGS = {"s": "i", "z": "m"}
NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
DECIMAL_COMMA = r"^[+-]?([0-9]+|[0-9]{1,3}([. ][0-9]{3})+),[0-9]+$"
LARGEST = 1e150  # of a figure: products of two stay finite
NOT_FINITE = r"^[+-]?(?i:nan|inf|infinity)$"


def read_figures(path: Path, raw: bytes) -> tuple[pl.DataFrame, list[Violation]]:
    """Return the typed frame of one CSV or Parquet file and its findings so far.

    The frame has the columns of panel.COLUMNS and `given`; `text_*` columns keep what was written, for messages.
    """
    file = label(path)
    text, first_row, found = read_table(path, raw)
    missing = [name for name in REQUIRED if name not in text.columns]
    if missing:
        known = [name for name in text.columns if name not in (*REQUIRED, *OPTIONAL)]
        raise ReadinessError(
            [
                *found,
                *(
                    Violation("E105", file, row=1, column=name, expected=name, hint=nearest(name, known))
                    for name in missing
                ),
            ]
        )
    found += [
        Violation("W106", file, name, "one of " + ", ".join((*REQUIRED, *OPTIONAL)), 1, name, nearest(name, OPTIONAL))
        for name in text.columns
        if name not in (*REQUIRED, *OPTIONAL)
    ]
    written = _strip(text, file, first_row)
    typed = _parse(written)
    return typed, [*found, *_text_faults(typed), *_translations(typed)]


def read_table(path: Path, raw: bytes) -> tuple[pl.DataFrame, int, list[Violation]]:
    """Return the cells of a CSV or Parquet file as text, the number of its first row, and findings so far."""
    file = label(path)
    text, first_row, found = _read_parquet(raw, file) if path.suffix.lower() == ".parquet" else _read_csv(raw, file)
    if text.height == 0:
        raise ReadinessError([*found, Violation("E103", file, expected="at least one row of figures")])
    return text, first_row, found


def _read_csv(raw: bytes, file: str) -> tuple[pl.DataFrame, int, list[Violation]]:
    text, found = _decode(raw, file)
    if not text.strip():
        raise ReadinessError(Violation("E103", file, expected="a header and at least one row of figures"))
    header, mark = _header(text, file)
    names = [name.strip().lower() for name in header]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ReadinessError([Violation("E109", file, name, "each column once", 1, name) for name in repeated])
    if mark != ",":
        found.append(Violation("N112", file, {";": "semicolon", "\t": "tab"}[mark], "comma", 1))
    options = {"separator": mark, "infer_schema": False, "has_header": False, "new_columns": names}
    try:
        return pl.read_csv(text.encode(), **options).slice(1), 2, found
    except pl.exceptions.PolarsError:
        ragged = _ragged(text, mark, file, len(names))
    try:
        frame = pl.read_csv(text.encode(), **options, truncate_ragged_lines=True)
    except pl.exceptions.PolarsError as fault:
        reason = str(fault).split("\n")[0][:120]
        raise ReadinessError([*found, *ragged, Violation("E108", file, reason, "a CSV file")]) from fault
    shifted = pl.int_range(pl.len()).is_in([each.row - 1 for each in ragged if each.row])
    kept = frame.select(pl.when(~shifted).then(pl.all()))  # the cells of such a row stand under other columns
    return kept.slice(1), 2, [*found, *ragged]


def _read_parquet(raw: bytes, file: str) -> tuple[pl.DataFrame, int, list[Violation]]:
    try:
        frame = pl.read_parquet(io.BytesIO(raw))
        text = frame.rename(str.lower).select(pl.all().cast(pl.String))
    except (pl.exceptions.PolarsError, OSError) as fault:
        reason = str(fault).split("\n")[0][:120]
        raise ReadinessError(Violation("E108", file, reason, "a Parquet table of plain columns")) from fault
    return text, 1, []


def _decode(raw: bytes, file: str) -> tuple[str, list[Violation]]:
    """Return the text and a finding for each line that is not UTF-8; it is read on, with its signs replaced."""
    for mark, kind in MARKS.items():
        if raw.startswith(mark):
            hint = "Save the sheet as CSV UTF-8."
            raise ReadinessError(Violation("E108", file, kind, "a CSV or Parquet file", hint=hint))
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ReadinessError(Violation("E102", file, "UTF-16", "UTF-8 text", 1, hint="Save it as CSV UTF-8."))
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        return raw.decode("utf-8-sig", errors="replace"), list(_bad_lines(raw, file))[:MOST]


def _bad_lines(raw: bytes, file: str) -> Iterator[Violation]:
    for row, line in enumerate(raw.split(b"\n"), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as fault:
            found = f"byte 0x{line[fault.start]:02x}"
            yield Violation("E102", file, found, "UTF-8 text", row, hint="Save it as CSV UTF-8.")


def _header(text: str, file: str) -> tuple[list[str], str]:
    first = text.split("\n", 1)[0].rstrip("\r")
    mark = max((",", ";", "\t"), key=first.count)
    try:
        return next(csv.reader([first], delimiter=mark)), mark
    except csv.Error as fault:
        raise ReadinessError(Violation("E108", file, str(fault), "a CSV file", 1)) from fault


def _ragged(text: str, mark: str, file: str, width: int) -> list[Violation]:
    rows = csv.reader(io.StringIO(text), delimiter=mark)
    try:
        wide = [(number, len(row)) for number, row in enumerate(rows, start=1) if len(row) > width]
    except csv.Error as fault:
        raise ReadinessError(Violation("E108", file, str(fault), "a CSV file")) from fault
    if not wide:
        raise ReadinessError(Violation("E108", file, "quotes that do not close", "a CSV file"))
    hint = "A comma inside a value needs quotes; a decimal comma must be a point."
    return [Violation("E104", file, f"{cells} cells", f"{width} cells", number, hint=hint) for number, cells in wide]


def _strip(text: pl.DataFrame, file: str, first_row: int) -> pl.DataFrame:
    """Keep the known columns in fixed order, blanks cut off, with file and row; drop rows without any content."""
    columns = (*REQUIRED, *OPTIONAL)
    texts = [
        pl.col(name).str.strip_chars().fill_null("") if name in text.columns else pl.lit("").alias(name)
        for name in columns
    ]
    frame = text.with_row_index("row", offset=first_row).select("row", *texts, pl.lit(file).alias("file"))
    return frame.filter(pl.any_horizontal(pl.col(name) != "" for name in columns))


def _parse(text: pl.DataFrame) -> pl.DataFrame:
    """Turn texts into numbers and dates; what cannot be turned becomes null and is found by `_text_faults`."""
    value = pl.col("value")
    number = pl.when(value.str.contains(NUMBER)).then(value).cast(pl.Float64, strict=False)
    flags = pl.col("obs_status").str.to_lowercase().str.replace("^a$", "").str.replace_all("r", "")
    old_secret = flags.str.contains("c") & (pl.col("conf_status") == "")
    secret = pl.when(old_secret).then(pl.lit("C")).otherwise(pl.col("conf_status").str.to_uppercase())
    for old, new in OLD_FLAGS.items():
        flags = flags.str.replace_all(old, new)
    kept = {
        f"text_{name}": pl.col(name) for name in (*REQUIRED, "obs_status", "conf_status", "standard_error", "vintage")
    }
    return text.with_columns(
        **kept,
        geo=pl.col("geo").replace(ALIASES),
        year=pl.when(pl.col("year").str.contains(r"^[0-9]{4}$")).then(pl.col("year")).cast(pl.Int32, strict=False),
        value=pl.when(value.str.contains(NOT_FINITE)).then(pl.lit(None)).otherwise(number),
        given=~value.is_in(MISSING),
        obs_status=flags.str.replace_all("c", ""),
        conf_status=secret.str.replace("^F$", ""),
        standard_error=pl.col("standard_error").cast(pl.Float64, strict=False),
        vintage=pl.col("vintage").str.to_date("%Y-%m-%d", strict=False),
    ).cast(dict(COLUMNS))


def _text_faults(frame: pl.DataFrame) -> list[Violation]:
    value = pl.col("text_value")
    given = pl.col("given")
    comma, infinite = (value.str.contains(pattern) for pattern in (DECIMAL_COMMA, NOT_FINITE))
    infinite |= (pl.col("value").abs() > LARGEST).fill_null(value=False)
    error = pl.col("text_standard_error")
    rules = {
        "E211": given & infinite,
        "E205": given & comma,
        "E204": given & pl.col("value").is_null() & ~comma & ~infinite,
        "E213": pl.col("year").is_null(),
        "E214": (pl.col("text_vintage") != "") & pl.col("vintage").is_null(),
        "E215": (error != "") & pl.col("standard_error").is_null(),
    }
    found = []
    for code, rule in rules.items():
        found += [violation(code, row) for row in frame.filter(rule).head(MOST).iter_rows(named=True)]
    return found


def _translations(frame: pl.DataFrame) -> list[Violation]:
    """List what was read as something else, so that nothing is changed in silence."""
    old_letter = pl.col("text_obs_status").str.contains("(?i)[szcr]")
    rules = {"N202": pl.col("text_geo").is_in(list(ALIASES)), "N204": old_letter}
    found = []
    for code, rule in rules.items():
        found += [violation(code, row) for row in frame.filter(rule).head(MOST).iter_rows(named=True)]
    return found
