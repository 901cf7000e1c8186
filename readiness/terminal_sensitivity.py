"""What the terminal shows of a sensitivity analysis: what moves the ranking, and the countries most affected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from readiness.numbers import GAP, MINUS, printed
from readiness.terminal import console, plain_table

Row = Mapping[str, Any]

DECIMALS, DOUBT = 2, "?"
WIDEST_BAR, NARROWEST_BAR, WIDEST_NAME = 20, 8, 24
FIXED = 16  # columns of the countries' table besides the name and the factors
CELL = 6
SIGNS, ASCII_SIGNS = ("±", "█", "░", MINUS), ("+-", "#", ".", "-")


def show_factors(rows: Sequence[Row], title: str) -> None:
    """Print a line a factor: the shares it explains alone, in all, and with others, and a bar of the first two."""
    out = console()
    plus, full, part, minus = _signs(out)
    out.print(Text(title, style="bold"))
    table = plain_table("")
    table.add_column("", justify="right")
    table.add_column("Factor", overflow="fold")
    for heading in ("Alone", "In all", "With others"):
        table.add_column(heading, justify="right", no_wrap=True)
    longest = min(WIDEST_NAME, max(len(row["factor"]) for row in rows))
    width = min(WIDEST_BAR, out.width - longest - 3 * (11 + len(plus)) - 8)
    if width >= NARROWEST_BAR:
        table.add_column("", no_wrap=True)
    for number, row in enumerate(rows, start=1):
        shares = [_with_error(row, kind, plus).replace(MINUS, minus) for kind in ("first", "total", "interaction")]
        picture = [bar(row["first"], row["total"], width, full, part)] if width >= NARROWEST_BAR else []
        table.add_row(str(number), row["factor"], *shares, *picture)
    out.print(table)


def show_countries(rows: Sequence[tuple[str, float | None, Sequence[Row]]], title: str) -> None:
    """Print a line a country: its rank, how much that varies, and the share that each factor has a part in.

    `rows` are name, rank and a row of the table for each factor, in the order in which the factors are numbered. Those
    that have no room are left out, and that is said.
    """
    out = console()
    longest = min(WIDEST_NAME, max(len("Country"), *(len(name) for name, _, _ in rows)))
    factors = len(rows[0][2])
    shown = max(1, min(factors, (out.width - longest - FIXED) // CELL))
    out.print(Text(title, style="bold"))
    table = plain_table("")
    table.add_column("Rank", justify="right")
    table.add_column("Country", no_wrap=True)
    table.add_column("Std dev", justify="right", style="bold")
    for number in range(1, shown + 1):
        table.add_column(str(number), justify="right", no_wrap=True)
    for name, rank, own in rows:
        short = Text(name)
        short.truncate(WIDEST_NAME, overflow="ellipsis")
        spread = printed(own[0]["sd"], DECIMALS)
        table.add_row(GAP if rank is None else f"{rank:g}", short, spread, *(_marked(each) for each in own[:shown]))
    out.print(table)
    if shown < factors:
        out.print(Text(f"{factors - shown} factors have no room; --json has them all.", style="dim"))


def bar(first: float | None, total: float | None, width: int, full: str, part: str) -> str:
    """Draw the share alone and, behind it, the share with others, 1 being the whole width.

    >>> bar(0.3, 0.5, 10, "#", ".")
    '###..'
    """
    if first is None or total is None:
        return ""
    alone, whole = (round(min(max(each, 0.0), 1.0) * width) for each in (first, total))
    return full * min(alone, whole) + part * max(whole - alone, 0)


def _with_error(row: Row, kind: str, plus: str) -> str:
    """Write an index with half the length of its interval."""
    if row[f"{kind}_low"] is None or not row[f"{kind}_error"]:
        return printed(row[kind], DECIMALS)
    return f"{printed(row[kind], DECIMALS)} {plus} {printed((row[f'{kind}_high'] - row[f'{kind}_low']) / 2, DECIMALS)}"


def _marked(row: Row) -> str:
    """Write a total index, marked where it is in doubt."""
    text = printed(row["total"], DECIMALS)
    return text + (DOUBT if row["doubt"] and row["total"] is not None else "")


def _signs(out: Console) -> tuple[str, str, str, str]:
    return SIGNS if out.encoding.lower().startswith("utf") else ASCII_SIGNS
