"""The sheet of the steps: every indicator of a country, from its figure to its points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from readiness.report.data import Facts
from readiness.report.words import level_word
from readiness.report.workbook_formulas import capped, guarded, on_line, product, transformed
from readiness.report.workbook_methods import Methods
from readiness.report.workbook_sheets import Cell, Column, Formula, Grid, Row, Sheet, columns_of, grid_of

NAME = "Steps"
FIGURE = (
    ("year", "Year", "year"),
    ("obs_status", "Flags", "word"),
    ("vintage", "Known from", "date"),
    ("denominator", "Divided by", "number"),
    ("denominator_year", "Year of divisor", "year"),
    ("denominated", "Figure, divided", "number"),
)
ORIGIN = (
    ("status", "Status", "word"),
    ("reason", "Why no score", "name"),
    ("source", "Source", "name"),
    ("dataset", "Data set", "name"),
    ("file", "File", "name"),
    ("row", "Row", "number"),
)


def step_columns() -> list[Column]:
    """Return the columns of the steps, in the order in which they are done."""
    return [
        Column("indicator", "Code", "Code of the indicator", "code"),
        Column("name", "Indicator", "Name of the indicator", "title"),
        Column("group", "Group", "The groups it stands in, from the top", "title"),
        *columns_of("cells", ("raw", "Figure", "number")),
        Column("unit", "Unit", "Unit of the figure", "text"),
        *columns_of("cells", *FIGURE),
        Column("scored_unit", "Unit, divided", "Unit of the figure after division"),
        Column("imputed", "Imputed value", "What stands for a missing figure; empty where there is one", "number"),
        *columns_of("cells", ("imputation", "Imputed by", "word")),
        *columns_of("bounds", ("transform", "Transform", "word")),
        *columns_of("cells", ("transformed", "Transformed", "number")),
        *columns_of("bounds", ("cap_low", "Lower cap", "number"), ("cap_high", "Upper cap", "number")),
        *columns_of("cells", ("treated", "Treated", "number")),
        *columns_of("bounds", ("zero", "Zero", "number"), ("full", "Full", "number")),
        *columns_of("cells", ("normalised", "Score", "score")),
        *columns_of("scores", ("share", "Share of group", "share"), ("effective", "Share of index", "share")),
        Column("points", "Points", "What it adds to the score of the index: its score times its share", "score"),
        *columns_of("cells", *ORIGIN),
    ]


def step_grid(facts: Facts) -> Grid:
    """Return where the cells of the steps stand."""
    return grid_of(NAME, step_columns(), len(facts.framework.leaves))


def steps_sheet(methods: Methods, country: str, tree: Grid) -> Sheet:
    """Return the steps of a country: one row an indicator, in the order of the tree."""
    facts, grid = methods.facts, step_grid(methods.facts)
    bounds = {row["indicator"]: row for row in facts.results.bounds.iter_rows(named=True)}
    rows = [
        _row(methods, country, leaf, bounds[leaf], (grid, tree, number))
        for number, leaf in enumerate(facts.framework.leaves)
    ]
    note = "From left to right: the figure, what was done with it, its score, and the points it adds to the index."
    title = f"{facts.country(country)}: all steps, edition {facts.edition}"
    return Sheet(NAME, title, note, step_columns(), rows)


def adds_up(facts: Facts, country: str, node: str) -> bool:
    """Say whether a node adds points to the index: every mean above it is a sum of its parts."""
    while node != facts.root:
        if facts.scores[country, node]["contribution"] is None:
            return False
        node = facts.framework.parents[node]
    return facts.score(country, facts.root) is not None


def _row(methods: Methods, country: str, leaf: str, bounds: Row, at: tuple[Grid, Grid, int]) -> Row:
    facts, (grid, tree, number) = methods.facts, at
    cell, node, score = facts.cells[country, leaf], facts.nodes[leaf], facts.scores[country, leaf]
    above = [each for each in _path(facts, leaf) if each != facts.root]
    found: dict[str, Any] = {
        **{name: bounds[name] for name in ("transform", "cap_low", "cap_high", "zero", "full")},
        **{name: value for name, value in cell.items() if value != ""},
        "name": node["name"],
        "group": " > ".join(facts.name(each) for each in above) or level_word(node["level"]),
        "unit": node["unit"],
        "scored_unit": node["scored_unit"],
        "imputed": cell["imputed"] if cell["status"] == "imputed" else None,
        "share": score["share"],
        "effective": score["effective"],
        "reason": cell["reason"] or score["reason"],
    }
    if adds_up(facts, country, leaf):
        found["points"] = score["effective"] * score["score"]
    where = {key: grid.cell(key, number) for key in grid.keys}
    return found | _formulas(methods, leaf, found, where, tree)


def _formulas(methods: Methods, leaf: str, row: Row, at: Mapping[str, str], tree: Grid) -> Row:
    """Return the formulas of a row in the place of those of its values that a spreadsheet can compute again."""
    used = at["denominated"] if row["imputed"] is None else at["imputed"]
    divided = f"{at['raw']}/{at['denominator']}" if row["denominator"] is not None else at["raw"]
    makers: dict[str, tuple[bool, Callable[[], str]]] = {
        "denominated": (methods.any and row["raw"] is not None, lambda: guarded(divided, at["raw"])),
        "transformed": (leaf in methods.transforms, lambda: transformed(used, methods.transforms[leaf])),
        "treated": (leaf in methods.caps, lambda: capped(at["transformed"], at["cap_low"], at["cap_high"])),
        "normalised": (
            leaf in methods.lines,
            lambda: on_line(at["treated"], at["zero"], at["full"], methods.lines[leaf]),
        ),
        "share": (methods.links, lambda: tree.found("share", "node", at["indicator"])),
        "effective": (methods.links, lambda: tree.found("effective", "node", at["indicator"])),
        "points": (methods.any, lambda: product(at["effective"], at["normalised"])),
    }
    found: dict[str, Cell] = {}
    for key, (known, make) in makers.items():
        if known and row.get(key) is not None:
            found[key] = Formula(make(), row[key])
    return found


def _path(facts: Facts, node: str) -> list[str]:
    """Return the groups above a node, from the top."""
    found: list[str] = []
    while node in facts.framework.parents:
        node = facts.framework.parents[node]
        found.insert(0, node)
    return found
