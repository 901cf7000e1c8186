"""The sheets of the index workbook: scores of all nodes, figures, weights, bounds, the codebook; and the editions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from readiness.report.data import Facts
from readiness.report.words import level_word
from readiness.report.workbook_methods import Methods, by_level
from readiness.report.workbook_ranking import key_of, mean_across, own_figures
from readiness.report.workbook_sheets import Cell, Column, Formula, Grid, Row, Sheet, columns_of, grid_of

BOUNDS = (
    ("transform", "Transform", "word"),
    ("treatment", "Treatment", "word"),
    ("cap_low", "Lower cap", "number"),
    ("cap_high", "Upper cap", "number"),
    ("capped", "Capped", "name"),
    ("caps_fitted_on", "Caps found on", "word"),
    ("shift", "Shift", "number"),
    ("power", "Power", "number"),
    ("skewness_before", "Skewness before", "number"),
    ("kurtosis_before", "Kurtosis before", "number"),
    ("skewness_after", "Skewness after", "number"),
    ("kurtosis_after", "Kurtosis after", "number"),
    ("scale", "Scale", "word"),
    ("zero", "Zero", "number"),
    ("full", "Full", "number"),
    ("full_above", "Full until", "number"),
    ("zero_above", "Zero again", "number"),
    ("bounds_fitted_on", "Bounds found on", "word"),
)
COUNTRY = (Column("country", "Code", "Code of the country"), Column("name", "Country", "Its name", "name"))


def editions_sheet(methods: Methods, country: str) -> Sheet:
    """Return score and rank of a country in each edition, with the scores of the index's children."""
    facts = methods.facts
    other = [facts.country(facts.reference)] if facts.reference else []
    columns = [
        Column("edition", "Edition", "Edition of the index", "year"),
        Column("rank", "Rank", "Rank on the index", "rank"),
        Column("score", "Score", "Score of the index", "score"),
        *(Column("reference", name, "Score of the index", "score") for name in other),
        *(Column(key_of(node), facts.name(node), f"Score of {facts.name(node)}", "score") for node in facts.pillars),
        Column("indicators", "Indicators", "Indicators that count in the edition", "number"),
    ]
    others = facts.history.get((facts.reference, facts.root), [None] * len(facts.editions))
    rows = [
        {
            "edition": edition,
            "rank": facts.ranks[country][number],
            "score": facts.history[country, facts.root][number],
            "reference": others[number],
            **{key_of(node): facts.history[country, node][number] for node in facts.pillars},
            "indicators": len(facts.indicators_counted[edition]),
        }
        for number, edition in enumerate(facts.editions)
    ]
    note = "All editions by the method of this run, so that they compare; no published rank is changed by it."
    return Sheet("Editions", f"{facts.country(country)}: every edition", note, columns, rows)


def scores_grid(facts: Facts) -> Grid:
    """Return where the cells of the scores stand."""
    return grid_of("Scores", _scores_columns(facts), len(_countries(facts)))


def scores_sheet(methods: Methods) -> Sheet:
    """Return the scores of all countries on all nodes; those of groups computed from their children and weights."""
    facts, grid = methods.facts, scores_grid(methods.facts)
    order = by_level(facts.framework)
    rows = [_scores_row(methods, grid, number, code) for number, code in enumerate(_countries(facts))]
    above: dict[str, Cell] = {key_of(node): methods.weight(node) for node in order[1:]}
    above["name"] = "Weight"
    note = "Level by level. Change a weight in row 3 to try another: groups, scores and the ranking follow."
    return Sheet("Scores", f"Scores of all nodes, edition {facts.edition}", note, _scores_columns(facts), rows, above)


def figures_sheet(methods: Methods) -> Sheet:
    """Return the figures of all countries after division, as far as the edition uses them."""
    facts, leaves = methods.facts, methods.framework.leaves
    columns = [*COUNTRY, *(_node_column(facts, leaf, "number") for leaf in leaves)]
    rows = [
        {
            "country": code,
            "name": facts.country(code),
            **{key_of(leaf): facts.cells[code, leaf]["denominated"] for leaf in leaves},
        }
        for code in _countries(facts)
        if (code, leaves[0]) in facts.cells
    ]
    above: dict[str, Cell] = {key_of(leaf): facts.nodes[leaf]["scored_unit"] for leaf in leaves}
    above["name"] = "Unit"
    note = "Before imputation, transform and treatment. Year, flags and source of each stand in the country's workbook."
    return Sheet("Figures", f"Figures, edition {facts.edition}", note, columns, rows, above)


def weights_sheet(methods: Methods) -> Sheet:
    """Return the weight of every node in every edition."""
    facts = methods.facts
    columns = [
        *columns_of("weights", ("edition", "Edition", "year"), ("node", "Code", "code")),
        Column("name", "Node", "Name of the index, group or indicator", "title"),
        *columns_of(
            "weights",
            ("level", "Level", "text"),
            ("parent", "Parent", "code"),
            ("weight", "Weight", "number"),
            ("declared", "Declared share", "share"),
            ("share", "Share of parent", "share"),
            ("effective", "Share of index", "share"),
            ("reason", "Why it does not count", "name"),
        ),
    ]
    rows = [
        {**row, "name": facts.name(node), "level": level_word(row["level"])}
        for edition in reversed(facts.editions)
        for node in facts.framework.nodes
        for row in [facts.weights[edition, node]]
    ]
    note = "Shares are those of an edition: the weight of what does not count goes to its siblings."
    return Sheet("Weights", "Weights of all editions", note, columns, rows)


def bounds_sheet(methods: Methods) -> Sheet:
    """Return transform, caps and bounds of every indicator, in the order of the tree."""
    facts = methods.facts
    columns = [
        *columns_of("bounds", ("indicator", "Code", "code")),
        Column("name", "Indicator", "Name of the indicator", "title"),
        *columns_of("bounds", *BOUNDS),
    ]
    own = {row["indicator"]: row for row in facts.results.bounds.iter_rows(named=True)}
    rows = [{**own[leaf], "name": facts.name(leaf)} for leaf in facts.framework.leaves]
    return Sheet("Bounds", "Transforms, caps and bounds", "What every indicator's scale rests on.", columns, rows)


def nodes_sheet(methods: Methods) -> Sheet:
    """Return the codebook: what every node is, in the order of the tree."""
    facts = methods.facts
    columns = columns_of(
        "nodes",
        ("node", "Code", "code"),
        ("name", "Name", "title"),
        ("level", "Level", "text"),
        ("parent", "Parent", "code"),
        ("unit", "Unit", "text"),
        ("scored_unit", "Unit, scored", "text"),
        ("higher_is_better", "More is better", "word"),
        ("definition", "Definition", "long"),
        ("why", "Why it is here", "long"),
        ("note", "Note", "long"),
        ("source", "Source", "name"),
        ("dataset", "Data set", "name"),
        ("licence", "Licence", "name"),
    )
    rows = [{**facts.nodes[node], "level": level_word(facts.nodes[node]["level"])} for node in facts.framework.nodes]
    return Sheet("Nodes", "Codebook", "What every node is, and where its figures come from.", columns, rows)


def _countries(facts: Facts) -> Sequence[str]:
    """Return the countries by rank, then the reference if it has scores."""
    return [*facts.order, *([facts.reference] if (facts.reference, facts.root) in facts.scores else [])]


def _scores_columns(facts: Facts) -> list[Column]:
    return [*COUNTRY, *(_node_column(facts, node, "score") for node in by_level(facts.framework))]


def _node_column(facts: Facts, node: str, kind: str) -> Column:
    row, parent = facts.nodes[node], facts.framework.parents.get(node)
    above = f"; part of {facts.name(parent)}" if parent else ""
    unit = f"; {row['scored_unit']}" if row["scored_unit"] else ""
    return Column(key_of(node), facts.name(node), f"{level_word(row['level'])} {node}{above}{unit}", kind)


def _scores_row(methods: Methods, grid: Grid, number: int, code: str) -> Row:
    facts = methods.facts
    found: dict[str, Any] = {"country": code, "name": facts.country(code)}
    averaged = code == facts.reference and not own_figures(facts)
    for node in by_level(facts.framework):
        value = facts.score(code, node)
        found[key_of(node)] = value
        if value is not None and node in methods.means and not averaged:
            text = mean_across(methods.means[node], grid, facts.framework.children(node), number)
            found[key_of(node)] = Formula(text, value) if text else value
    return found
