"""What the terminal shows of targets: value, goal, pace needed and pace so far, verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from readiness.report.sections.targets import pace, short_figure
from readiness.report.texts import Texts
from readiness.target_table import NOT_REPORTED, UNKNOWN
from readiness.terminal import console, plain_table

if TYPE_CHECKING:
    from readiness.framework import Framework
    from readiness.target import Target

ENGLISH = Texts()


def show_targets(framework: Framework, rows: Sequence[Mapping[str, Any]], name: str) -> None:
    """Print the targets that have a figure, then those of others, why nothing can be said, and who is silent."""
    out, by = console(), {row["target"]: row for row in rows}
    known = [each for each in framework.targets.values() if each.code in by]
    for title, context in ((f"{name}: targets", False), (f"\n{name}: as context", True)):
        table = plain_table(title)
        table.add_column("Target")
        for heading in ("Value", "Goal", "By", "Needed", "So far"):
            table.add_column(heading, justify="right", no_wrap=True)
        table.add_column("Verdict", no_wrap=True)
        told = [each for each in known if each.context == context and by[each.code]["verdict"] != NOT_REPORTED]
        for each in told:
            row = by[each.code]
            figures = [short_figure(ENGLISH, row[column]) for column in ("value", "goal")]
            paces = [pace(ENGLISH, each, row[column]) for column in ("needed", "pace")]
            mark = f"{row['verdict']}*" if each.proxy else row["verdict"]
            table.add_row(f"{each.name} ({each.unit})", *figures, str(each.by), *paces, mark)
        if told:
            out.print(table)
    for reason, names in _unknown(known, by).items():
        out.print(f"Cannot be said: {', '.join(names)}: {reason}.")
    silent = [each.name for each in known if by[each.code]["verdict"] == NOT_REPORTED]
    if any(each.proxy for each in known):
        out.print("* by a proxy, which measures something near")
    if silent:
        out.print(f"\nNot reported: {'; '.join(silent)}.")


def _unknown(known: Sequence[Target], by: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return why nothing can be said of some targets: reason -> their names."""
    found: dict[str, list[str]] = {}
    for each in known:
        if by[each.code]["verdict"] == UNKNOWN:
            found.setdefault(by[each.code]["reason"], []).append(each.name)
    return found
