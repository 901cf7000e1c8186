"""A table with a method and its parameters -> Choice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from readiness.choices import Choice
from readiness.errors import Violation
from readiness.reading.toml import Document, is_number


def choice_of(table: Mapping[str, Any]) -> Choice:
    """Return the choice that a table makes; the table has passed the check of its shape."""
    given = {key: value for key, value in table.items() if key not in ("method", "fit")}
    parameters = {key: value if isinstance(value, str) else float(value) for key, value in given.items()}
    return Choice(table["method"], parameters, table.get("fit", ""))


def shape_faults(document: Document, name: str, table: Any) -> list[Violation]:
    """List values of the wrong kind in the table of a choice."""
    if not isinstance(table, Mapping) or not isinstance(table.get("method"), str):
        return [document.fault("E501", "method", name, expected=f"a table [{name}] with its method")]
    found = [
        document.fault("E503", key, name, found=str(value), expected="a number or a text")
        for key, value in table.items()
        if key not in ("method", "fit") and not isinstance(value, str) and not is_number(value)
    ]
    if not isinstance(table.get("fit", ""), str):
        found.append(document.fault("E503", "fit", name, found=str(table["fit"]), expected="a text"))
    return found
