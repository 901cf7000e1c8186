"""Findings about input, collected and raised all at once."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

FINDINGS, USAGE, UNREADABLE, NOT_REPRODUCIBLE, OUR_FAULT = 1, 2, 3, 4, 70
SHOWN_TEXT = 60
SEVERITIES = {"E": "error", "W": "warning", "N": "note"}


@dataclass(frozen=True, slots=True)
class Violation:
    """One finding: where it is, which rule it breaks, what stands there and what was expected."""

    code: str
    file: str
    found: str = ""
    expected: str = ""
    row: int | None = None
    column: str = ""
    hint: str = ""

    @property
    def severity(self) -> str:
        """Return "error" (blocks), "warning" or "note" (both do not)."""
        return SEVERITIES[self.code[0]]

    @property
    def rule(self) -> str:
        """Return the rule's title from the catalogue."""
        return catalogue()[self.code]["title"]

    @property
    def place(self) -> tuple[str, int, str, str]:
        """Return the key that findings are sorted by."""
        return (self.file, self.row or 0, self.column, self.code)

    def __str__(self) -> str:
        where = plain(self.file) if self.row is None else f"{plain(self.file)}:{self.row}"
        parts = [f"{where}  {self.severity} {self.code}", self.column, self.rule]
        line = "  ".join(part for part in parts if part)
        if self.found:
            line += f": found {shorten(self.found)}"
        if self.expected:
            line += f", expected {self.expected}" if self.found else f": expected {self.expected}"
        return f"{line}. {self.hint}" if self.hint else line

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as plain data, for JSON."""
        return {"severity": self.severity, "rule": self.rule, **asdict(self)}


class ReadinessError(Exception):
    """Everything that is wrong, at once. Only the command line turns it into text and an exit status."""

    def __init__(self, violations: Violation | Iterable[Violation], status: int = FINDINGS) -> None:
        found = [violations] if isinstance(violations, Violation) else list(violations)
        self.violations = in_order(found)
        self.status = status
        super().__init__("\n".join(str(violation) for violation in self.violations))


def in_order(violations: Iterable[Violation]) -> list[Violation]:
    """Sort findings by place: file, row, column, code."""
    return sorted(violations, key=lambda violation: violation.place)


def errors_in(violations: Iterable[Violation]) -> list[Violation]:
    """Keep the findings that block a run."""
    return [violation for violation in violations if violation.severity == "error"]


def raise_errors(violations: Iterable[Violation]) -> None:
    """Raise one ReadinessError for all errors among the findings, if there are any."""
    errors = errors_in(violations)
    if errors:
        unreadable = all(violation.code == "E101" for violation in errors)
        options = all(violation.file.startswith("--") for violation in errors)
        raise ReadinessError(errors, UNREADABLE if unreadable else USAGE if options else FINDINGS)


def nearest(word: str, known: Iterable[str]) -> str:
    """Name what was probably meant, as a question, or nothing."""
    choices = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), choices, n=2, cutoff=0.5)
    names = " or ".join(choices[name] for name in close)
    return f"Did you mean {names}?" if names else ""


def shorten(text: str) -> str:
    """Quote text from a file for a message: one line, bounded, control characters shown as escapes."""
    shown = plain(text)
    return f"'{shown}'" if len(shown) <= SHOWN_TEXT else f"'{shown[: SHOWN_TEXT - 3]}...'"


def plain(text: str) -> str:
    """Show control characters as escapes, so that no text can move the cursor or begin a new line."""
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Return every code with its title, meaning and mend."""
    path = Path(__file__).with_name("catalogue.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
