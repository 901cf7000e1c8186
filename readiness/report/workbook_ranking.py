"""The sheet of the ranking: scores and ranks computed again from the parts of the index and their weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from readiness.numbers import whole
from readiness.report.data import Facts
from readiness.report.workbook_formulas import Mean, ranked, rounded, weighted
from readiness.report.workbook_methods import Methods
from readiness.report.workbook_sheets import Cell, Column, Formula, Grid, Row, Sheet, grid_of

NAME = "Ranking"
Link = Callable[[str, str, str], str | None]  # country, node, cell of the country's code -> where the score is computed
Head = Callable[[str], str]  # node -> where its weight stands
WEIGHT = "Weight"


def ranking_sheet(methods: Methods, note: str, head: Head, link: Link, country: str = "") -> Sheet:
    """Return all countries in the order of their ranks, then the reference; the country's own row stands out."""
    facts = methods.facts
    columns = columns_of_ranking(facts)
    reference = [facts.reference] if facts.reference and facts.score(facts.reference, facts.root) is not None else []
    codes = [*facts.order, *reference]
    grid = grid_of(NAME, columns, len(codes))
    rows = [_row(methods, grid, number, code, link) for number, code in enumerate(codes)]
    above: dict[str, Cell] = {key_of(node): _weight(methods, head, node) for node in facts.pillars}
    above["rounded"] = WEIGHT
    strong = frozenset(number for number, code in enumerate(codes) if code == country)
    return Sheet(NAME, f"Ranking of edition {facts.edition}", note, columns, rows, above, strong)


def columns_of_ranking(facts: Facts) -> list[Column]:
    """Return the columns of the ranking; those of intervals only where the run was simulated."""
    said = "quantile of the replicates, in which what the recipe declares is drawn anew"
    intervals = [
        Column("low", "Rank, 90 % from", f"5 % {said}", "rank"),
        Column("high", "Rank, 90 % to", f"95 % {said}", "rank"),
        Column("tier", "Tier", "1 is the best: its members are not behind its first in 95 % of the replicates", "rank"),
    ]
    decimals = facts.results.recipe.parameters("rank").get("decimals", 0)
    without = any(facts.ranks[code][-1] is None for code in facts.order)
    return [
        Column("rank", "Rank", "1 is the best; of scores that are rounded first", "rank"),
        *(intervals if facts.spread else []),
        Column("country", "Code", "Code of the country", "word"),
        Column("name", "Country", "Name of the country", "name"),
        Column("score", "Score", f"Score of {facts.name(facts.root)}", "score"),
        Column(
            "rounded",
            "Score, rounded",
            f"The score with {decimals:g} decimals, a half to the even side; it is ranked",
            "score",
        ),
        *(Column(key_of(node), facts.name(node), f"Score of {facts.name(node)}", "score") for node in facts.pillars),
        *([Column("reason", "Why no score", "Why the country has no score and no rank", "name")] if without else []),
    ]


def key_of(node: str) -> str:
    """Return the key of a node's column, which no other column has."""
    return f"node {node}"


def mean_across(mean: Mean, grid: Grid, nodes: Sequence[str], row: int) -> str | None:
    """Return the formula of a mean of neighbouring cells of a row; their weights stand above the headings."""
    keys = [key_of(node) for node in nodes]
    weights = [grid.head(key) for key in keys]
    ranges = (f"{weights[0]}:{weights[-1]}", grid.across(keys, row))
    return weighted(mean, weights, [grid.cell(key, row) for key in keys], ranges)


def _weight(methods: Methods, head: Head, node: str) -> Cell:
    value = methods.weight(node)
    return Formula(head(node), value) if methods.any else value


def _row(methods: Methods, grid: Grid, number: int, code: str, link: Link) -> Row:
    facts = methods.facts
    row = facts.scores[code, facts.root]
    found: dict[str, Any] = {"country": code, "name": facts.country(code), "rank": row["rank"], "reason": row["reason"]}
    own = facts.spread.row(code, facts.root) if facts.spread else None
    if own:
        found |= {"low": own["rank_low_90"], "high": own["rank_high_90"], "tier": own["tier"]}
    for node in facts.pillars:
        value, place = facts.score(code, node), link(code, node, grid.cell("country", number))
        found[key_of(node)] = value if value is None or place is None else Formula(place, value)
    if row["score"] is not None:
        found |= _scored(methods, grid, number, row, averaged=code == facts.reference and not own_figures(facts))
    return found


def own_figures(facts: Facts) -> bool:
    """Say whether the reference is scored from its own figures, as the countries are."""
    return bool(facts.framework.reference) and facts.framework.reference.rule == "own_figures"


def _scored(methods: Methods, grid: Grid, number: int, row: Row, *, averaged: bool) -> dict[str, Cell]:
    """Return score, rounded score and rank; a reference that is a mean of the countries has its score as a value."""
    facts, decimals = methods.facts, methods.decimals
    found: dict[str, Cell] = {"score": row["score"]}
    mean = methods.means.get(facts.root)
    if mean and not averaged:
        text = mean_across(mean, grid, facts.pillars, number)
        found["score"] = Formula(text, row["score"]) if text else row["score"]
    if row["rank"] is None or not methods.rank:
        return found
    value = (whole(row["score"], decimals) or 0) / 10.0**decimals
    own = grid.cell("rounded", number)
    found["rounded"] = Formula(rounded(grid.cell("score", number), decimals), value)
    found["rank"] = Formula(ranked(own, grid.whole("rounded"), methods.rank), row["rank"])
    return found
