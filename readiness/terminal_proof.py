"""What the terminal shows of published results: which were met, how closely, and what stays open."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from readiness.terminal import console

if TYPE_CHECKING:
    from rich.console import Console

    from readiness.replicate import Replication

VERDICTS = {True: ("met", "green"), False: ("missed", "bold red")}
INDENT = "  "
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
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 1, 0, 0))
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
