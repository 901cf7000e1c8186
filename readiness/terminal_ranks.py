"""What the terminal shows of confidence sets for ranks: a line for each unit, its set also drawn to scale."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from readiness.errors import plain
from readiness.numbers import printed
from readiness.terminal import console, plain_table

WIDEST_NAME = 28
NARROWEST = 10  # columns that a drawing needs at least
DIGITS = 2  # of the smallest standard error that are worth printing
MOST_DECIMALS = 6
SIGNS = ("─", "●")
ASCII_SIGNS = ("-", "o")


def show_rank_sets(rows: Sequence[Mapping[str, Any]], size: int, title: str, least_error: float) -> None:
    """Print rank, unit, estimate and set of each row, and the set drawn on a line from the first place to the last.

    `size` is the number of all units; `least_error` the smallest standard error above zero, which decides on decimals.
    A row without lower or upper bound reaches to the first or last place.
    """
    out = console()
    decimals = decimals_for(least_error)
    names = [_name(row["unit"]) for row in rows]
    estimates = [printed(row["estimate"], decimals) for row in rows]
    sets = [set_text(row.get("lower"), row.get("upper"), size) for row in rows]
    table = plain_table(title)
    table.add_column("Rank", justify="right")
    table.add_column("Unit", no_wrap=True)
    table.add_column("Estimate", justify="right", style="bold")
    table.add_column("Set", justify="right")
    used = 4 + sum(
        max(map(len, [head, *column])) + 1
        for head, column in zip(("Unit", "Estimate", "Set"), (names, estimates, sets), strict=True)
    )
    width = min(out.width - used - 2, size if size > NARROWEST else 2 * size)
    draws = width >= min(NARROWEST, 2 * size)
    if draws:
        table.add_column(_ends(size, width), no_wrap=True)
    signs = SIGNS if out.encoding.lower().startswith("utf") else ASCII_SIGNS
    for row, name, estimate, places in zip(rows, names, estimates, sets, strict=True):
        ends = (row.get("lower") or 1, row["rank"], row.get("upper") or size)
        picture = [drawn(*ends, size, width, signs)] if draws else []
        table.add_row(str(row["rank"]), name, estimate, places, *picture)
    out.print(table)


def set_text(lower: int | None, upper: int | None, size: int) -> str:
    """Write a set of places: one place, or the first and the last.

    >>> set_text(2, 5, 9), set_text(3, 3, 9), set_text(None, 4, 9)
    ('2-5', '3', '1-4')
    """
    first, last = lower or 1, upper or size
    return str(first) if first == last else f"{first}-{last}"


def drawn(lower: int, rank: int, upper: int, size: int, width: int, signs: tuple[str, str] = SIGNS) -> str:
    """Draw a set as a line on a scale of places, with a dot at the rank.

    >>> drawn(2, 3, 5, 6, 6, ("-", "o"))
    ' -o-- '
    """
    line, dot = signs
    first, place, last = (round((each - 1) / max(1, size - 1) * (width - 1)) for each in (lower, rank, upper))
    cells = [line if first <= cell <= last else " " for cell in range(width)]
    cells[place] = dot
    return "".join(cells)


def decimals_for(least_error: float) -> int:
    """Return how many decimals show two digits of the smallest standard error.

    >>> decimals_for(1.9), decimals_for(0.04), decimals_for(35.0), decimals_for(0.0)
    (1, 3, 0, 6)
    """
    if not least_error > 0:
        return MOST_DECIMALS
    return min(MOST_DECIMALS, max(0, DIGITS - 1 - math.floor(math.log10(least_error))))


def _name(unit: str) -> str:
    name = Text(plain(unit))
    name.truncate(WIDEST_NAME, overflow="ellipsis")
    return name.plain


def _ends(size: int, width: int) -> str:
    """Return the heading of the drawings: the first place at the left end, the last at the right."""
    return f"1{size:>{width - 1}}"
