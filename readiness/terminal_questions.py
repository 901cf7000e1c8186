"""What the terminal shows of questions: two countries side by side, other figures, peers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from readiness.numbers import GAP, figure, place, printed
from readiness.peers import NUMBER, RULES
from readiness.report.interval_words import chance
from readiness.report.texts import Texts
from readiness.report.wording import signed
from readiness.terminal import console, plain_table

if TYPE_CHECKING:
    import polars as pl

    from readiness.contrast import Contrast
    from readiness.results import Results
    from readiness.whatif import WhatIf

ENGLISH = Texts()


def show_contrast(found: Contrast) -> None:
    """Print two countries on every node: scores, difference, chance of the first, who leads."""
    name, depths = found.framework.unit_name, found.framework.depths
    table = plain_table(f"{name(found.one)} and {name(found.other)}, edition {found.edition}")
    table.add_column("Part of the index", no_wrap=True)
    for head in (found.one, found.other, "Apart", "Chance"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("Leads", no_wrap=True)
    for row in found.table.iter_rows(named=True):
        depth = depths[row["node"]]
        told = GAP if row["chance"] is None else chance(row["chance"]).replace("under ", "<").replace("over ", ">")
        table.add_row(
            f"{'  ' * max(0, depth - 1)}{row['name']}",
            printed(row["one"], found.decimals),
            printed(row["other"], found.decimals),
            signed(ENGLISH, row["difference"], found.decimals),
            told,
            row["leads"] or ("" if row["chance"] is None else "-"),
            style="bold" if depth <= 1 else "",
        )
    console().print(table)


def show_what_if(found: WhatIf) -> None:
    """Print figures now and then, and what becomes of scores and ranks."""
    out = console()
    for row in found.changes.iter_rows(named=True):
        then = f"{figure(row['now'])} -> {figure(row['then'])} {row['unit']}"
        out.print(Text(f"{row['name']}: {then}", style="bold"))
        ends = "" if row["zero"] is None else f"; the scale runs from {row['zero']:.4g} to {row['full']:.4g}"
        scores = (printed(row[f"score_{each}"], found.decimals - 1) for each in ("now", "then"))
        out.print(Text(f"  score {' -> '.join(scores)}{ends}", style="dim"))
    table = plain_table(f"\n{found.name} with these figures, edition {found.edition}")
    table.add_column("Part of the index", no_wrap=True)
    for name in ("Score", "then", "90 %", "Rank", "then", "90 %"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in found.nodes.iter_rows(named=True):
        scores = [printed(row[f"score_{name}"], found.decimals) for name in ("now", "then")]
        ranks = [str(place(row[f"rank_{name}"]) or GAP) for name in ("now", "then")]
        table.add_row(
            row["name"], *scores, _between(row, "score", found.decimals - 1), *ranks, _between(row, "rank", 0)
        )
    out.print(table)
    if found.chance is not None:
        out.print(f"\nIn {chance(found.chance)} of the paired replicates {found.name} ranks better with them.")


def _between(row: dict, what: str, decimals: int) -> str:
    low, high = row.get(f"{what}_low"), row.get(f"{what}_high")
    return GAP if low is None or high is None else f"{printed(low, decimals)}-{printed(high, decimals)}"


def show_peers(results: Results, code: str, rows: pl.DataFrame) -> None:
    """Print the nearest countries by every rule, with their ranks."""
    name = results.framework.unit_name
    ranks = dict(results.ranks.select("country", "rank").iter_rows())
    table = plain_table(f"Peers of {name(code)} (rank {place(ranks[code]) or GAP})")
    table.add_column("Rule")
    table.add_column(f"Nearest {NUMBER}, with their ranks")
    for rule, text in RULES.items():
        own = rows.filter(rows["rule"] == rule)
        if own.height:
            told = ", ".join(f"{name(peer)} ({place(ranks[peer]) or GAP})" for peer in own["peer"])
            table.add_row(text, told)
    console().print(table)
