"""The findings about figures in words: which cell a rule points to, what was expected, how to mend it."""

from __future__ import annotations

from collections.abc import Iterable

from readiness.errors import Violation, nearest

HIDDEN = "(confidential)"


def violation(code: str, row: dict[str, object], expected: str = "", known: Iterable[str] = ()) -> Violation:
    """Build the finding of a rule at a row: the cell it points to, what stands there, what was expected."""
    column, standard, hint = RULES[code]
    written = str(row.get(f"text_{column}", row.get(column, "")))
    if row["conf_status"] and column in ("value", "standard_error"):
        written, hint = HIDDEN, ""
    if known:
        hint = nearest(written, known) or hint
    words = {"digits": written.replace(" ", ""), "point": _with_point(written), "percent": _as_percent(written)}
    words |= {
        "key": f"{row['indicator']}, {row['geo']}, {row['year']}",
        "geo": str(row["geo"]),
        "flags": str(row["obs_status"]),
    }
    return Violation(
        code,
        str(row["file"]),
        written,
        (expected or standard).format(**words),
        int(str(row["row"])),
        column,
        hint.format(**words),
    )


def _with_point(text: str) -> str:
    return text.replace(".", "").replace(" ", "").replace(",", ".")


def _as_percent(text: str) -> str:
    try:
        return f"{float(text) * 100:g}"
    except ValueError:
        return text


# code: (column, what was expected, hint)
RULES = {
    "E201": ("indicator", "an indicator of the index or of the figures' origin", ""),
    "E202": ("geo", "a Eurostat country code", ""),
    "E203": ("obs_status", "letters of b d e f i m n p u, or nothing", ""),
    "E204": ("value", "a number", "Leave the row out, or leave the value empty and set the flag m."),
    "E205": ("value", "a decimal point", "Write {point}."),
    "E206": ("value", "a percentage", "Did you mean {percent}?"),
    "E207": ("value", "a value in the indicator's range", ""),
    "E208": ("value", "an empty value, for the flag m says that none can exist", "Remove the value or the flag."),
    "E209": ("value", "a value, or the flag m", "Leave the row out, or set the flag m."),
    "E210": ("year", "a year that has begun", ""),
    "E211": ("value", "a finite number", "Leave the row out, or leave the value empty and set the flag m."),
    "E212": ("indicator", "one row for {key} and vintage", "Remove one of the two, or give the newer its own vintage."),
    "E213": ("year", "a year of four digits", ""),
    "E214": ("vintage", "a date such as 2026-11-22", ""),
    "E215": ("standard_error", "a number of zero or more", ""),
    "E216": ("value", "a denominator to divide by", ""),
    "E217": ("value", "a denominator above zero", ""),
    "E218": ("geo", "the country of the file", "Put the row into the file of its country."),
    "E219": ("indicator", "a series that officers report", "Other figures belong to a data release."),
    "N202": ("geo", "{geo}, Eurostat's code", "Read as {geo}."),
    "N204": ("obs_status", "the letters in use since 27 January 2025", "Read as '{flags}'."),
}
