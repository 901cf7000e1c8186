"""What the terminal shows of a change: sentences, causes in points and places, parts by indicator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from readiness.report.texts import Texts
from readiness.report.why import added_up, by_indicator, causes_in_words, turned
from readiness.report.wording import signed
from readiness.terminal import console, plain_table

if TYPE_CHECKING:
    from readiness.why import Explanation

MOST = 12  # indicators that are listed
ENGLISH = Texts()


def show_change(found: Explanation) -> None:
    """Print why a score moved."""
    out = console()
    for text in found.says:
        for line in Text(text).wrap(out, out.width):
            out.print(line)
    out.print()
    out.print(_causes(found))
    if turned(found.causes.to_dicts()):
        names = ENGLISH.listed([causes_in_words(ENGLISH)[row["cause"]] for row in turned(found.causes.to_dicts())])
        out.print(ENGLISH("The two differ in sign for: {causes}.", causes=names))
    if by_indicator(found.causes.to_dicts()):
        out.print()
        out.print(_indicators(found, out.width))


def _causes(found: Explanation) -> Table:
    rows, words = found.causes.to_dicts(), causes_in_words(ENGLISH)
    table = plain_table("Causes, in their order")
    table.add_column("Cause")
    for name in ("Points", "Places", "Shapley points", "Shapley places"):
        table.add_column(name, justify="right")
    for row in added_up(rows, found.decimals):
        label = words.get(row["cause"], "The whole change")
        table.add_row(
            label,
            signed(ENGLISH, row["points"], found.decimals),
            signed(ENGLISH, row["places"], 0),
            signed(ENGLISH, row["shapley"], found.decimals),
            signed(ENGLISH, row["shapley_places"], 1),
            style="bold" if row["cause"] == "total" else "",
        )
    return table


def _indicators(found: Explanation, width: int) -> Table:
    rows, words = found.causes.to_dicts(), causes_in_words(ENGLISH)
    parts = by_indicator(rows)
    table = plain_table("Indicators that did most")
    heads, numbers = (("Indicator", 0.57), ("Cause", 0.43)), ("Points", "Places")
    room = width - len(" ".join(("", "", *numbers)))
    for name, part in heads:
        table.add_column(name, no_wrap=True, overflow="ellipsis", max_width=int(room * part))
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True, min_width=len(name))
    for row in parts[:MOST]:
        code = row["indicator"]
        name = found.framework.indicators[code].name if code in found.framework.indicators else code
        points, places = signed(ENGLISH, row["points"], found.decimals), signed(ENGLISH, row["places"], 0)
        table.add_row(name, words[row["cause"]], points, places)
    return table
