"""The sheet of the tree: every node of a country, its score computed again from those of its children."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from readiness.report.data import Facts
from readiness.report.words import level_word
from readiness.report.workbook_formulas import guarded, product, share_of, weighted
from readiness.report.workbook_methods import Methods, by_level
from readiness.report.workbook_sheets import Column, Formula, Grid, Row, Sheet, columns_of, grid_of

NAME = "Tree"
PLACE = (
    ("share", "Share of parent", "share"),
    ("effective", "Share of index", "share"),
    ("contribution", "Contribution", "score"),
    ("rank", "Rank", "rank"),
)


def tree_columns(facts: Facts) -> list[Column]:
    """Return the columns of the tree; those of intervals only where the run was simulated."""
    said = "quantile of the replicates"
    intervals = [
        Column("low", "Rank, 90 % from", f"5 % {said}", "rank"),
        Column("high", "Rank, 90 % to", f"95 % {said}", "rank"),
        Column("score_low", "Score, 90 % from", f"5 % {said}", "score"),
        Column("score_high", "Score, 90 % to", f"95 % {said}", "score"),
    ]
    return [
        *columns_of("scores", ("node", "Code", "code")),
        Column("name", "Node", "Name of the index, group or indicator", "title"),
        *columns_of("scores", ("level", "Level", "word"), ("parent", "Parent", "code")),
        Column("weight", "Weight", "Weight among its siblings, on any scale", "number"),
        Column("score", "Score", "Score, of a group from its children's scores and weights", "score"),
        Column("published", "Score of the run", "The score that the run computed, as a value", "score"),
        Column("difference", "Difference", "Score less score of the run: 0 unless a cell was changed", "score"),
        *columns_of("scores", *PLACE),
        *(intervals if facts.spread else []),
        *columns_of("scores", ("reason", "Why no score", "name")),
    ]


def tree_grid(facts: Facts) -> Grid:
    """Return where the cells of the tree stand."""
    return grid_of(NAME, tree_columns(facts), len(facts.framework.nodes))


def place_of(facts: Facts, node: str) -> int:
    """Return the position of a node's row."""
    return by_level(facts.framework).index(node)


def tree_sheet(methods: Methods, country: str, steps: Grid) -> Sheet:
    """Return the tree of a country, level by level: the children of a group stand next to each other."""
    facts, grid = methods.facts, tree_grid(methods.facts)
    order = by_level(facts.framework)
    places = {node: place for place, node in enumerate(order)}
    rows = [_row(methods, country, node, (grid, steps), places) for node in order]
    note = "Level by level. A group's score rests on its children's scores and weights; change a weight to try another."
    title = f"{facts.country(country)}: from the indicators to the index, edition {facts.edition}"
    strong = frozenset(place for node, place in places.items() if node in facts.framework.groups)
    return Sheet(NAME, title, note, tree_columns(facts), rows, strong=strong, sortable=False)


def _row(methods: Methods, country: str, node: str, grids: tuple[Grid, Grid], places: dict[str, int]) -> Row:
    facts = methods.facts
    score = facts.scores[country, node]
    found: dict[str, Any] = {
        **{key: score[key] for key in ("node", "parent", "share", "effective", "contribution", "rank", "reason")},
        "name": facts.name(node),
        "level": level_word(score["level"]),
        "weight": methods.weight(node),
        "score": score["score"],
        "published": score["score"],
        "difference": None if score["score"] is None else 0.0,
    }
    if facts.spread and (own := facts.spread.row(country, node)):
        found |= {"low": own["rank_low_90"], "high": own["rank_high_90"]}
        found |= {"score_low": own["score_low_90"], "score_high": own["score_high_90"]}
    formulas = _formulas(methods, node, grids, places) if methods.any else {}
    for key, text in formulas.items():
        if text is not None and found[key] is not None:
            found[key] = Formula(text, found[key])
    return found


def _formulas(methods: Methods, node: str, grids: tuple[Grid, Grid], places: dict[str, int]) -> dict[str, str | None]:
    """Return the formulas of a node's row, as far as there are any."""
    framework, (grid, steps), place = methods.framework, grids, places[node]
    at = {key: grid.cell(key, place) for key in grid.keys}
    found: dict[str, str | None] = {"difference": guarded(f"{at['score']}-{at['published']}", at["score"])}
    if node in framework.parents:
        parent = framework.parents[node]
        siblings = [places[each] for each in framework.children(parent)]
        found["share"] = share_of(at["weight"], at["score"], _ranges(grid, siblings))
        found["effective"] = product(at["share"], grid.cell("effective", places[parent]))
        found["contribution"] = product(at["share"], at["score"])
    if node in framework.indicators:
        found["score"] = steps.found("normalised", "indicator", at["node"]) if methods.links else None
    elif mean := methods.means.get(node):
        children = [places[each] for each in framework.children(node)]
        weights, scores = ([grid.cell(key, each) for each in children] for key in ("weight", "score"))
        found["score"] = weighted(mean, weights, scores, _ranges(grid, children))
    return found


def _ranges(grid: Grid, rows: Sequence[int]) -> tuple[str, str]:
    return grid.down("weight", rows), grid.down("score", rows)
