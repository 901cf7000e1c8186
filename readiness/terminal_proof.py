"""What the terminal shows of published results: which were met, how closely, and what stays open."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from readiness.numbers import GAP
from readiness.terminal import console, plain_table

if TYPE_CHECKING:
    from rich.console import Console

    from readiness.replicate import Replication

VERDICTS = {True: ("met", "green"), False: ("missed", "bold red")}
INDENT = "  "
MOST_ROWS = 40
AGREE = "Values agree that are equal at the decimals compared (ranks: equal), elsewhere those within what is allowed."


def show_replications(found: Sequence[Replication], title: str = "Published results, computed again") -> None:
    """Print the checked cases as a table, then those that were missed, then what the printed inputs leave open."""
    out = console()
    checked = [each for each in found if each.passed is not None]
    if checked:
        out.print(_table(checked, title))
        met = sum(each.passed is True for each in checked)
        out.print(f"{met} of {len(checked)} cases met.")
        _paragraph(out, AGREE, "dim")
    for each in checked:
        if not each.passed:
            _paragraph(out, f"{each.case.name}: {_why_missed(each)}", "bold red")
    left = [each for each in found if each.case.undetermined]
    if left:
        out.print()
        out.print(Text("What the printed inputs do not determine", style="bold"))
    for each in left:
        out.print(Text(f"{each.case.name}: {each.case.title} ({each.case.source})"))
        _paragraph(out, each.case.undetermined, "dim")


def _table(found: Sequence[Replication], title: str) -> Table:
    table = plain_table(title)
    table.add_column("Case", no_wrap=True)
    table.add_column("Compared", overflow="fold")
    for name in ("Agree", "Largest difference", "Allowed"):
        table.add_column(name, justify="right")
    table.add_column("Verdict")
    for each in found:
        word, style = VERDICTS[each.passed is True]
        table.add_row(
            each.case.name,
            each.case.statistic.replace("_", " ") or each.case.compares,
            f"{each.equal} of {each.n}",
            _number(each.largest),
            _number(each.case.tolerance),
            Text(word, style=style),
        )
    return table


def show_details(found: Replication) -> None:
    """Print published against computed, value by value; of many values those that differ most."""
    rows = found.details
    if not rows.height:
        return
    title = "Published and computed"
    if rows.height > MOST_ROWS:
        rows = rows.sort("difference", descending=True, nulls_last=False, maintain_order=True).head(MOST_ROWS)
        title += f": the {MOST_ROWS} of {found.details.height} that differ most (all with --json)"
    table = plain_table(title)
    for name in ("Edition", "Unit", "Of"):
        table.add_column(name, overflow="fold")
    for name in ("Published", "Computed", "Difference"):
        table.add_column(name, justify="right")
    for edition, unit, node, *values in rows.iter_rows():
        shown = (GAP if value is None else f"{value:.6g}" for value in values)
        table.add_row("" if edition is None else str(edition), unit or "", node or "", *shown)
    out = console()
    out.print()
    out.print(table)


def _why_missed(each: Replication) -> str:
    if each.largest == math.inf:
        return f"no value was computed for {each.where}."
    if each.largest > each.case.tolerance:
        return f"the difference at {each.where} is {_number(each.largest)}, {_number(each.case.tolerance)} is allowed."
    return f"{each.equal} of {each.n} are equal, {each.case.equal} are needed."


def _paragraph(out: Console, text: str, style: str) -> None:
    for line in Text(text).wrap(out, out.width - len(INDENT)):
        out.print(Text(INDENT) + line, style=style)


def _number(value: float) -> str:
    """Return a difference with three significant digits."""
    return "none" if value == math.inf else f"{value:.3g}"
