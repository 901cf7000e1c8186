"""The workbooks of a run (XLSX): one for each country with all its steps, one for the index with the whole ranking."""

from __future__ import annotations

from datetime import date

from readiness.report.data import Facts
from readiness.report.sources import all_sources, sources_of
from readiness.report.words import edition_title
from readiness.report.workbook_answers import moves_sheet, peers_sheet, quality_sheet, strengths_sheet, targets_sheet
from readiness.report.workbook_change import change_sheet, movements_sheet
from readiness.report.workbook_methods import Methods
from readiness.report.workbook_ranking import key_of, ranking_sheet
from readiness.report.workbook_readme import Guide, readme_sheet
from readiness.report.workbook_sheets import Sheet
from readiness.report.workbook_steps import step_grid, steps_sheet
from readiness.report.workbook_tables import (
    bounds_sheet,
    editions_sheet,
    figures_sheet,
    nodes_sheet,
    scores_grid,
    scores_sheet,
    weights_sheet,
)
from readiness.report.workbook_tree import place_of, tree_grid, tree_sheet
from readiness.report.workbook_writing import written

OF_COUNTRY = {
    "Ranking": "All countries by rank, with their scores on the parts of the index; the country's own row is in bold.",
    "Steps": "Every indicator of the country: figure, division, transform, caps, score, share and points.",
    "Tree": "Every node of the country: its score from those of its children, shares, contribution, rank.",
    "Change": "Which causes moved the scores and ranks since the edition before; they add up.",
    "Movements": "Scores and ranks in the edition before and in this one, and whether that is more than chance.",
    "Targets": "Where the country and the reference stand with each target.",
    "What would move us": "What the median of all countries would change, one indicator at a time.",
    "Data quality": "What the score of each country rests on: coverage, age, flags, imputed values.",
    "Peers": "The countries that are most alike.",
    "Strengths": "The indicators in which the country stands out, by rule.",
    "Editions": "Rank and scores of the country in every edition.",
}
OF_INDEX = {
    "Ranking": "All countries by rank, with their scores on the parts of the index.",
    "Scores": "The scores of all countries on all nodes, those of groups computed from their children.",
    "Figures": "The figures of all countries, after division.",
    "Weights": "The weight of every node in every edition, and why a node does not count.",
    "Bounds": "Transforms, caps and bounds of every indicator.",
    "Movements": "Score and rank of every country in the edition before and in this one.",
    "Targets": "Where every country stands with each target.",
    "Nodes": "What every node is: unit, definition, source, licence.",
}
COUNTRY_FORMULAS = (
    "Figure to index: Steps computes the score of each indicator from its figure, Tree those of all groups up to the "
    "index from the scores of Steps and the weights of Tree, Ranking the country's score and every rank. So a figure "
    "that is changed in Steps moves the country's rank in Ranking.",
    "A weight that is changed in Tree moves the country alone, unless it is that of a part of the index: the other "
    "countries' scores on these parts are values. The workbook of the index computes those of all countries.",
    "Change adds causes up to totals. Movements and Targets take differences. All other cells are values.",
)
INDEX_FORMULAS = (
    "Scores computes all groups up to the index from the scores of the indicators and the weights in its row 3, "
    "Ranking every rank from the scores of the parts of the index. So a weight that is changed in Scores gives another "
    "ranking.",
    "The scores of the indicators are values: how they come from the figures, each country's workbook shows. "
    "Movements and Targets take differences. All other cells are values.",
)
NO_TABLE = {
    "Change": "no edition before to compare with, or a method for which causes are not told apart",
    "Movements": "the run has no edition before",
    "Targets": "the index declares no targets for it",
    "What would move us": "the run has no table of moves",
    "Data quality": "the run has no table of the quality of its data",
    "Peers": "the run has no table of peers",
    "Strengths": "no indicator stands out",
}


def country_workbook(facts: Facts, country: str, stamp: date) -> bytes:
    """Return the workbook of a country: the ranking, all its steps, and the tables that answer its questions.

    The same facts and day give the same bytes.
    """
    methods, name = Methods(facts), facts.country(country)
    subject = f"{name} in the {edition_title(facts.framework, facts.edition)}"
    targets = [country, *([facts.reference] if facts.reference else [])]
    made = [
        _own_ranking(methods, country),
        steps_sheet(methods, country, tree_grid(facts)),
        tree_sheet(methods, country, step_grid(facts)),
        change_sheet(methods, country),
        movements_sheet(methods, country),
        targets_sheet(methods, targets),
        moves_sheet(methods, country),
        quality_sheet(methods, country),
        peers_sheet(methods, country),
        strengths_sheet(methods, country),
        editions_sheet(methods, country),
    ]
    there = [sheet for sheet in made if sheet.rows]
    guide = Guide(subject, there, OF_COUNTRY, COUNTRY_FORMULAS, sources_of(facts, country), _missing(made))
    return _bytes(methods, guide, stamp)


def index_workbook(facts: Facts, stamp: date) -> bytes:
    """Return the workbook of the index: ranking, scores of all nodes, figures, weights, bounds, codebook.

    The same facts and day give the same bytes.
    """
    methods = Methods(facts)
    everyone = [*facts.order, *([facts.reference] if facts.reference else [])]
    made = [
        _whole_ranking(methods),
        scores_sheet(methods),
        figures_sheet(methods),
        weights_sheet(methods),
        bounds_sheet(methods),
        movements_sheet(methods),
        targets_sheet(methods, everyone),
        nodes_sheet(methods),
    ]
    there = [sheet for sheet in made if sheet.rows]
    subject = edition_title(facts.framework, facts.edition)
    guide = Guide(subject, there, OF_INDEX, INDEX_FORMULAS, all_sources(facts), _missing(made))
    return _bytes(methods, guide, stamp)


def _bytes(methods: Methods, guide: Guide, stamp: date) -> bytes:
    facts = methods.facts
    sheets = [readme_sheet(methods, guide, stamp), *guide.sheets]
    title = f"{guide.subject}, run {methods.run}"
    return written(sheets, title, facts.scale.index_decimals, stamp)


def _missing(made: list[Sheet]) -> dict[str, str]:
    return {sheet.name: f"{NO_TABLE[sheet.name].capitalize()}." for sheet in made if not sheet.rows}


def _own_ranking(methods: Methods, country: str) -> Sheet:
    """Return the ranking with the weights of the tree, and with its scores in the country's own row."""
    facts, tree = methods.facts, tree_grid(methods.facts)

    def place(key: str, node: str) -> str:
        return tree.from_outside(tree.fixed(key, place_of(facts, node)))

    def link(code: str, node: str, _: str) -> str | None:
        return place("score", node) if methods.any and code == country else None

    note = f"{facts.country(country)} is in bold. Its scores and all weights are those of the sheet Tree."
    return ranking_sheet(methods, note, lambda node: place("weight", node), link, country)


def _whole_ranking(methods: Methods) -> Sheet:
    """Return the ranking with the weights and scores of the sheet of all scores."""
    scores = scores_grid(methods.facts)

    def link(_: str, node: str, code: str) -> str | None:
        return scores.found(key_of(node), "country", code) if methods.links else None

    note = "Weights and scores are those of the sheet Scores."
    return ranking_sheet(methods, note, lambda node: scores.from_outside(scores.head(key_of(node))), link)
