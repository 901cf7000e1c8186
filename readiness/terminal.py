"""What the terminal shows: rankings, traces, coverage and findings as text."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from readiness.numbers import GAP, apportion_tree, fixed, place, printed, whole

if TYPE_CHECKING:
    import polars as pl

    from readiness.errors import Violation

WIDTH = 80
POINT_DECIMALS = 2
FIGURE = 5  # columns that the score of a pillar takes
COLOURS = {"error": "bold red", "warning": "bold yellow", "note": "bold blue"}


def console(stream: TextIO | None = None) -> Console:
    """Return a console for a stream: its own width on a terminal, 80 columns elsewhere unless COLUMNS says more."""
    target = stream or sys.stdout
    width = None if target.isatty() or "COLUMNS" in os.environ else WIDTH
    return Console(file=target, width=width, highlight=False, markup=False, emoji=False)


def show_ranking(
    ranking: pl.DataFrame,
    names: Sequence[tuple[str, str]],
    title: str,
    decimals: tuple[int, int] = (2, 1),
    reference: Sequence[Any] = (),
    intervals: Mapping[str, tuple[str, str]] | None = None,
) -> None:
    """Print a ranking: rank, country, score, one column a pillar; the reference below, without a rank.

    `names` are code and name of each pillar; `decimals` those of the score and of the pillars; `intervals` the interval
    of the rank and the tier of each country, by code, which get a column each where the figures leave room for it.
    """
    index, pillar = decimals
    out = console()
    beside = intervals or {}
    longest = max((len(text) for text, _ in beside.values()), default=0)
    widths = {"90 %": max(longest, len("90 %")) + 1, "Tier": len(" Tier")} if beside else {}
    widest = max(map(len, [*ranking["name"], *map(str, reference[:1])]), default=0)
    used = widest + len("Rank  Score ") + sum(widths.values())
    while widths and used + len(names) * (FIGURE + 1) > out.width:
        used -= widths.popitem()[1]
    extra = tuple(widths)
    headings, legend = _headings(names, out.width - used)
    table = plain_table(title)
    table.add_column("Rank", justify="right")
    for heading in extra:
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("Country", no_wrap=True)
    table.add_column("Score", justify="right", style="bold")
    for heading in headings:
        table.add_column(heading, justify="right", overflow="fold")
    for row in ranking.iter_rows():
        rank, code, name, score, *pillars = row
        table.add_row(
            GAP if rank is None else str(place(rank)),
            *beside.get(code, (GAP, ""))[: len(extra)],
            name,
            printed(score, index),
            *(printed(each, pillar) for each in pillars),
        )
    if reference:
        name, score, *pillars = reference
        table.add_section()
        blank = ("", *("" for _ in extra))
        table.add_row(*blank, name, printed(score, index), *(printed(each, pillar) for each in pillars))
    out.print(table)
    if legend:
        out.print(Text(legend, style="dim"))


def _headings(names: Sequence[tuple[str, str]], width: int) -> tuple[list[str], str]:
    """Return headings of columns that fit into a width: names, else codes, else numbers; and what these stand for."""
    named = "; ".join(f"{code} {name}" for code, name in names)
    longest = [max(map(len, name.split()), default=0) for _, name in names]
    if sum(max(each, FIGURE) + 1 for each in longest) <= width:
        return [name for _, name in names], ""
    if sum(max(len(code), FIGURE) + 1 for code, _ in names) <= width:
        return [code for code, _ in names], named
    numbered = "; ".join(f"{number} {name}" for number, (_, name) in enumerate(names, start=1))
    return [str(number) for number, _ in enumerate(names, start=1)], numbered


def show_trace(rows: Sequence[dict[str, Any]], title: str) -> None:
    """Print a traced score as a tree: score, share, points; under an indicator its figure, year, source, file and row.

    The printed points of a node's children add up to its own.
    """
    out = console()
    wide = max(out.width - 24, 24)
    out.print(Text(title, style="bold"))
    out.print(Text(f"{'':{wide}}{'score':>8}{'share':>8}{'points':>8}", style="dim"))
    for row, points in zip(rows, points_that_add_up(rows), strict=True):
        indent = "  " * row["depth"]
        share = "" if row["depth"] == 0 else GAP if row["share"] is None else f"{row['share']:.0%}"
        name = Text(f"{indent}{row['name']}")
        name.truncate(wide, overflow="ellipsis", pad=True)
        figures = f"{printed(row['score'], 2):>8}{share:>8}{points:>8}"
        out.print(name + Text(figures, style="" if row["depth"] else "bold"))
        for line in _figure(row):
            for part in Text(line).wrap(out, out.width - len(indent) - 2):
                out.print(Text(f"{indent}  ") + part, style="dim")


def show_coverage(rows: Sequence[dict[str, Any]], title: str) -> None:
    """Print what the figures cover: one line a series."""
    table = plain_table(title)
    table.add_column("Indicator", overflow="fold")
    for name in ("Years", "Countries", "Gaps", "Newest vintage"):
        table.add_column(name, justify="right")
    for row in rows:
        years = f"{row['first_year']}-{row['last_year']}" if row["years"] > 1 else str(row["first_year"])
        gaps = f"{row['gaps']} of {row['cells']}"
        table.add_row(
            row["indicator"], f"{years} ({row['years']})", str(row["countries"]), gaps, str(row["newest_vintage"])
        )
    console().print(table)


def show_findings(found: Iterable[Violation], stream: TextIO) -> None:
    """Print findings, one a line, as file:row; the severity stands out where colours are shown."""
    out = console(stream)
    for each in found:
        line = Text(str(each))
        line.highlight_words([f"{each.severity} {each.code}"], style=COLOURS[each.severity])
        out.print(line, soft_wrap=True)


def points_that_add_up(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Print the points of a trace with two decimals so that children add up to their parent as printed."""
    total = whole(rows[0]["points"], POINT_DECIMALS)
    if total is None:
        return [GAP] * len(rows)
    children: dict[str | None, list[str]] = {}
    for row in rows[1:]:
        children.setdefault(row["parent"], []).append(row["node"])
    parts = {row["node"]: row["points"] * 10.0**POINT_DECIMALS for row in rows if row["points"] is not None}
    points = apportion_tree(rows[0]["node"], total, lambda node: children.get(node, []), parts)
    return [fixed(points.get(row["node"]), POINT_DECIMALS) for row in rows]


def _figure(row: dict[str, Any]) -> list[str]:
    """Describe an indicator's figure: value, unit, year, divisor; source, file and row; the reason of a gap."""
    lines = [row["reason"]] if row["reason"] else []
    if row["raw"] is None:
        return lines
    flags = f" {row['obs_status']}" if row["obs_status"] else ""
    value = f"{row['raw']:.6g}{flags} {row['unit']} ({row['year']})"
    if row["denominator"] is not None and row["denominated"] is not None:
        value += (
            f" / {row['denominator']:.6g} ({row['denominator_year']}) = {row['denominated']:.6g} {row['scored_unit']}"
        )
    source = ", ".join(part for part in (row["source"], row["dataset"]) if part)
    return [value, f"{source}; {row['file']}, row {row['row']}", *lines]


def plain_table(title: str) -> Table:
    """Return a table without lines, its title on the left."""
    return Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 1, 0, 0))
