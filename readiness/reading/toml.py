"""TOML with places: parse a file, check its keys against a specification, find the line of a key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from pathlib import Path
from typing import Any

from readiness.errors import ReadinessError, Violation, nearest
from readiness.reading.places import label, read_bytes

HEADER = re.compile(r"^\s*\[+\s*([^\]]+?)\s*\]+")
QUOTES = re.compile(r"\"{3}|'{3}")
KEY = re.compile(r"""^\s*("[^"]*"|'[^']*'|[\w.-]+)\s*=""")


@dataclass(frozen=True, slots=True)
class Key:
    """What a key may hold; `choices` limits texts."""

    kind: str
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed TOML file that remembers its text, so that a fault can name a line."""

    file: str
    content: Mapping[str, Any]
    text: str
    raw: bytes = b""

    def line(self, key: str, table: str = "") -> int | None:
        """Return the line of a key or sub-table in a table, else of the table's header, else nothing."""
        own = f"{table}.{key}".strip(".")
        current, header, below = "", None, None
        for number, line in self._lines_outside_texts():
            if match := HEADER.match(line):
                current = _plain(match.group(1))
                header = number if current == table else header
                inside = key != "" and (current == own or current.startswith(f"{own}."))
                below = number if inside and below is None else below
            elif (match := KEY.match(line)) and current == table and _plain(match.group(1)) == key:
                return number
        return below or header

    def _lines_outside_texts(self) -> Iterator[tuple[int, str]]:
        """Go through the lines that do not begin inside a text of several lines."""
        open_with = ""
        for number, line in enumerate(self.text.splitlines(), start=1):
            if not open_with:
                yield number, line
            for quotes in QUOTES.findall(line):
                open_with = quotes if not open_with else "" if quotes == open_with else open_with

    def fault(self, code: str, key: str, table: str = "", **words: str) -> Violation:
        """Build a finding at a key of this file."""
        column = ".".join(part for part in (table, key) if part)
        return Violation(code, self.file, row=self.line(key, table), column=column, **words)

    def check(self, specification: Mapping[str, Key], table: str = "") -> list[Violation]:
        """List unknown keys, missing keys and values of the wrong kind in one table."""
        content = self.content
        for part in table.split(".") if table else ():
            content = content.get(part, {}) if isinstance(content, Mapping) else {}
        if not isinstance(content, Mapping):
            above, _, key = table.rpartition(".")
            return [self.fault("E503", key, above, found=str(content), expected="a table")]
        found = [
            self.fault("E502", key, table, found=key, expected="a known key", hint=nearest(key, specification))
            for key in content
            if key not in specification
        ]
        for key, rule in specification.items():
            if key not in content:
                if rule.required:
                    found.append(self.fault("E501", key, table, expected=f"{key}, {KINDS[rule.kind][0]}"))
            elif not KINDS[rule.kind][1](content[key]):
                found.append(self.fault("E503", key, table, found=str(content[key]), expected=KINDS[rule.kind][0]))
            elif rule.choices and content[key] not in rule.choices:
                words = {"expected": "one of " + ", ".join(rule.choices), "hint": nearest(content[key], rule.choices)}
                found.append(self.fault("E503", key, table, found=content[key], **words))
        return found


def read_toml(path: Path) -> Document:
    """Parse a TOML file. Wrong encoding and syntax are errors with their line."""
    raw, file = read_bytes(path), label(path)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        row = raw[: fault.start].count(b"\n") + 1
        raise ReadinessError(
            Violation("E102", file, f"byte 0x{raw[fault.start]:02x}", "UTF-8 text", row, hint="Save it as UTF-8.")
        ) from fault
    try:
        return Document(file, tomllib.loads(text), text, raw)
    except (ValueError, RecursionError) as fault:  # not only wrong syntax: numbers too long, brackets too deep
        message = str(fault)
        place = re.search(r"line (\d+)", message)
        row = int(place.group(1)) if place else len(text.splitlines())
        found = re.sub(r"\s*\(at .*\)$", "", message)
        raise ReadinessError(Violation("E107", file, found, "valid TOML", row)) from fault


def as_fraction(value: Any) -> Fraction | None:
    """Return a share written as 0.5 or "2/3", or nothing."""
    if isinstance(value, bool):
        return None
    try:
        share = Fraction(value) if isinstance(value, str) else Fraction(value).limit_denominator(10**6)
    except (ValueError, TypeError, ZeroDivisionError, OverflowError):
        return None
    return share if 0 <= share <= 1 else None


def is_number(value: Any) -> bool:
    """Say whether a value is a finite number and not a truth value."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return isfinite(value)
    except OverflowError:  # a whole number of hundreds of digits
        return False


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(is_number, value)) and value[0] < value[1]


def _is_pair_or_number(value: Any) -> bool:
    return is_number(value) or (
        isinstance(value, list) and len(value) == 2 and all(map(is_number, value)) and value[0] <= value[1]
    )


def _are_names(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(each, str) and each.strip() for each in value.values())


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value) and len(value) == len(set(value))


def _are_years(value: Any) -> bool:
    whole = isinstance(value, list) and bool(value) and all(isinstance(year, int) for year in value)
    return whole and all(1900 < year < 2200 for year in value) and len(value) == len(set(value))


def _plain(key: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in key.split("."))


KINDS = {
    "text": ("a text", lambda value: isinstance(value, str) and value.strip() != ""),
    "number": ("a number", is_number),
    "whole": (
        "a whole number of zero or more",
        lambda value: is_number(value) and isinstance(value, int) and value >= 0,
    ),
    "positive": ("a number above zero", lambda value: is_number(value) and value > 0),
    "flag": ("true or false", lambda value: isinstance(value, bool)),
    "pair": ("two numbers, the smaller first", _is_pair),
    "number or pair": ("a number, or two numbers, the smaller first", _is_pair_or_number),
    "names": ("a table of names", _are_names),
    "share": ('a share from 0 to 1, such as "2/3"', lambda value: as_fraction(value) is not None),
    "table": ("a table", lambda value: isinstance(value, Mapping)),
    "texts": ("a list of texts, each once", _are_texts),
    "text or texts": (
        "a text or a list of texts, each once",
        lambda value: isinstance(value, str) or _are_texts(value),
    ),
    "years": ("a list of years, each once", _are_years),
}
