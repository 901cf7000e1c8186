"""The sheets of change: why a country's scores and ranks moved, and how far beyond chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from readiness.causes import TOTAL
from readiness.report.data import Facts
from readiness.report.why import causes_in_words
from readiness.report.workbook_formulas import difference, sum_where
from readiness.report.workbook_methods import Methods
from readiness.report.workbook_sheets import Column, Formula, Grid, Row, Sheet, columns_of, grid_of

CAUSE, PART = "cause", "part"
NUMBERS = ("points", "places", "shapley", "shapley_places")
NAME = Column("name", "Node", "Name of the index, group or indicator", "title")


def change_columns() -> list[Column]:
    """Return the columns of the causes."""
    return [
        *columns_of("change", ("node", "Code", "code")),
        NAME,
        Column(
            "kind", "Row", f"{TOTAL}: the whole change; {CAUSE}: adds to the total; {PART}: adds to its cause", "word"
        ),
        Column("cause", "Cause", "What made the difference, in the fixed order of the causes", "title"),
        *columns_of("change", ("indicator", "Code of indicator", "code")),
        Column("indicator_name", "Indicator", "Name of the indicator", "title"),
        *columns_of(
            "change",
            ("points", "Points", "score"),
            ("places", "Places won", "rank"),
            ("shapley", "Points, mean of all orders", "score"),
            ("shapley_places", "Places, mean of all orders", "mean"),
        ),
    ]


def change_sheet(methods: Methods, country: str) -> Sheet:
    """Return the causes of the change since the edition before, for the index and its groups; totals are sums."""
    facts, columns = methods.facts, change_columns()
    rows = [row for node in _groups(methods) for row in facts.changes.get((country, node), [])]
    grid = grid_of("Change", columns, len(rows))
    words = {TOTAL: TOTAL, **causes_in_words(facts.say)}
    written = [
        {**_told(facts, row, words[row["cause"]]), **(_sums(grid, rows, number) if methods.any else {})}
        for number, row in enumerate(rows)
    ]
    span = f" from {rows[0]['before']} to {rows[0]['after']}" if rows else ""
    strong = frozenset(number for number, row in enumerate(rows) if row["cause"] == TOTAL)
    note = "Causes add up to their total, parts to their cause. Places won are above 0, places lost below."
    title = f"{facts.country(country)}: why scores and ranks changed{span}"
    return Sheet("Change", title, note, columns, written, strong=strong, sortable=False)


def movement_columns(*, every: bool) -> list[Column]:
    """Return the columns of movements: of every country, or of one."""
    who = [Column("country", "Code of country", "Code of the country"), Column("who", "Country", "Its name", "name")]
    return [
        *(who if every else []),
        *columns_of("movements", ("node", "Code", "code")),
        NAME,
        *columns_of(
            "movements",
            ("before", "From edition", "year"),
            ("after", "To edition", "year"),
            ("score_before", "Score before", "score"),
            ("score_after", "Score after", "score"),
            ("change", "Change", "score"),
            ("change_low_90", "Change, 90 % from", "score"),
            ("change_high_90", "Change, 90 % to", "score"),
            ("rank_before", "Rank before", "rank"),
            ("rank_after", "Rank after", "rank"),
            ("places", "Places won", "rank"),
            ("places_low_90", "Places, 90 % from", "rank"),
            ("places_high_90", "Places, 90 % to", "rank"),
            ("chance_up", "Chance of a higher score", "share"),
            ("beyond_noise", "Beyond noise", "word"),
        ),
    ]


def movements_sheet(methods: Methods, country: str = "") -> Sheet:
    """Return scores and ranks before and after: of all groups of a country, or of the index for every country."""
    facts, columns = methods.facts, movement_columns(every=not country)
    keys = [(country, node) for node in _groups(methods)] if country else [(c, facts.root) for c in facts.order]
    rows = [facts.movements[key] for key in keys if key in facts.movements]
    grid = grid_of("Movements", columns, len(rows))
    written = [_movement(methods, grid, number, row) for number, row in enumerate(rows)]
    whose = facts.country(country) if country else "All countries"
    note = "A change is beyond noise if its 90 % interval, of paired replicates, does not hold 0."
    return Sheet("Movements", f"{whose}: scores and ranks, before and after", note, columns, written)


def _groups(methods: Methods) -> list[str]:
    """Return the index and its groups in the order of the tree."""
    return [node for node in methods.framework.nodes if node in methods.framework.groups]


def _told(facts: Facts, row: Row, words: str) -> dict[str, Any]:
    """Return a row of the causes as values."""
    part = bool(row["indicator"])
    found: dict[str, Any] = {key: row[key] for key in ("node", *NUMBERS)}
    found |= {"name": facts.name(row["node"]), "cause": words}
    found["kind"] = TOTAL if row["cause"] == TOTAL else PART if part else CAUSE
    if part:
        found |= {"indicator": row["indicator"], "indicator_name": facts.framework.name_of(row["indicator"])}
    return found


def _sums(grid: Grid, rows: Sequence[Row], number: int) -> dict[str, Formula]:
    """Return the sums of a total's causes, or of a cause's parts, which follow it."""
    row = rows[number]
    whole = row["cause"] == TOTAL
    same = ("node",) if whole else ("node", "cause")
    end = number + 1
    while end < len(rows) and all(rows[end][key] == row[key] for key in same) and not row["indicator"]:
        end += 1
    below = range(number + 1, end)
    if not below:
        return {}
    kind = (grid.down("kind", below), f'"{CAUSE if whole else PART}"')
    summed = NUMBERS if whole else NUMBERS[:2]
    return {key: Formula(sum_where(grid.down(key, below), [kind]), row[key]) for key in summed if row[key] is not None}


def _movement(methods: Methods, grid: Grid, number: int, row: Row) -> Row:
    facts = methods.facts
    found: dict[str, Any] = {**row, "name": facts.name(row["node"]), "who": facts.country(row["country"])}
    for key, first, second in (("change", "score_after", "score_before"), ("places", "rank_before", "rank_after")):
        if methods.any and row[key] is not None:
            found[key] = Formula(difference(grid.cell(first, number), grid.cell(second, number)), row[key])
    return found
