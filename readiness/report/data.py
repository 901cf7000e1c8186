"""The tables of a run as plain dictionaries: made once, read by every page."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from readiness.framework import Framework
from readiness.numbers import place, printed, whole
from readiness.report.spread import Spread, spread_of
from readiness.report.texts import Texts, speak
from readiness.report.words import edition_title
from readiness.results import Results
from readiness.scale import Scale, scale_of
from readiness.target import Target
from readiness.target_table import Known, known_figures, values

Row = dict[str, Any]
Key = tuple[str, str]


@dataclass(frozen=True)
class Facts:
    """What the pages print. Keys are (country, node); `scores` and `cells` are of the newest edition.

    `history` and `ranks` hold one value for each of `editions`; `effective` is a node's share of the index, by
    (edition, node). `order` lists the countries by rank and name, those without a rank last.
    """

    results: Results
    scale: Scale
    editions: tuple[int, ...]
    order: tuple[str, ...]
    nodes: dict[str, Row]
    scores: dict[Key, Row]
    cells: dict[Key, Row]
    history: dict[Key, list[float | None]]
    ranks: dict[str, list[float | None]]
    weights: dict[tuple[int, str], Row]
    context: dict[str, list[Row]]
    say: Texts = field(default_factory=Texts)

    @property
    def framework(self) -> Framework:
        """Return what is measured."""
        return self.results.framework

    @property
    def title(self) -> str:
        """Return the name of the index with its edition."""
        return edition_title(self.framework, self.edition, self.say.data(self.framework.name))

    def spoken(self, language: str) -> Facts:
        """Return the same facts in another language."""
        own = copy(self)
        own.__dict__["say"] = speak(language, self.framework.texts)
        return own

    @property
    def root(self) -> str:
        """Return the code of the index itself."""
        return self.framework.root

    @property
    def edition(self) -> int:
        """Return the newest edition."""
        return self.results.edition

    @property
    def previous(self) -> int | None:
        """Return the edition before the newest, if the run has one."""
        return self.editions[-2] if len(self.editions) > 1 else None

    @property
    def reference(self) -> str:
        """Return the code of the reference, or nothing."""
        return self.framework.reference.code if self.framework.reference else ""

    @cached_property
    def pillars(self) -> tuple[str, ...]:
        """Return the children of the index."""
        return self.framework.children(self.root)

    @cached_property
    def ranked(self) -> dict[str, int]:
        """Return how many countries have a rank on each node."""
        found = dict.fromkeys(self.framework.nodes, 0)
        for (_, node), row in self.scores.items():
            found[node] += row["rank"] is not None
        return found

    @cached_property
    def spread(self) -> Spread | None:
        """Return intervals, tiers and chances, nothing where the run was not simulated."""
        return spread_of(self.results)

    @cached_property
    def indicators_counted(self) -> dict[int, frozenset[str]]:
        """Return the indicators that carry weight in each edition."""
        return {
            edition: frozenset(code for code in self.framework.leaves if self.weights[edition, code]["effective"] > 0)
            for edition in self.editions
        }

    @cached_property
    def movements(self) -> dict[Key, Row]:
        """Return how far each score moved since the edition before."""
        rows = _rows(self.results.tables["movements"]) if "movements" in self.results.tables else []
        ranks = ("rank_before", "rank_after", "places", "places_low_90", "places_high_90")
        return {(row["country"], row["node"]): {**row, **{name: place(row[name]) for name in ranks}} for row in rows}

    @cached_property
    def changes(self) -> dict[Key, list[Row]]:
        """Return the causes of each change, the whole first, then in their order, each with its parts by indicator."""
        found: dict[Key, list[Row]] = {}
        for row in _rows(self.results.tables["change"]) if "change" in self.results.tables else ():
            found.setdefault((row["country"], row["node"]), []).append(row)
        return found

    @cached_property
    def moves(self) -> dict[str, list[Row]]:
        """Return what the median of each indicator would make of a country, in the order of their codes."""
        return self._by_country("moves")

    @cached_property
    def quality(self) -> dict[str, Row]:
        """Return what each country's score rests on."""
        return {code: rows[0] for code, rows in self._by_country("quality").items()}

    @cached_property
    def peers(self) -> dict[Key, list[str]]:
        """Return the peers of a country by rule, the nearest first."""
        found: dict[Key, list[str]] = {}
        for row in _rows(self.results.tables["peers"]) if "peers" in self.results.tables else ():
            found.setdefault((row["country"], row["rule"]), []).append(row["peer"])
        return found

    @cached_property
    def targets(self) -> dict[Key, Row]:
        """Return where a country stands with each target, by (target, country)."""
        rows = _rows(self.results.tables["targets"]) if "targets" in self.results.tables else []
        return {(row["target"], row["country"]): row for row in rows}

    @cached_property
    def target_figures(self) -> Known:
        """Return the figures that targets are held against."""
        results = self.results
        return known_figures(results.framework, results.panel, results.edition, results.as_of)

    def target_series(self, target: Target, country: str) -> list[tuple[int, float]]:
        """Return the values of a target for a country by year, the earliest first."""
        return sorted(values(self.target_figures, target, country).items())

    def _by_country(self, table: str) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in _rows(self.results.tables[table]) if table in self.results.tables else ():
            found.setdefault(row["country"], []).append(row)
        return found

    def name(self, node: str) -> str:
        """Return the name of a node."""
        return self.say.data(self.nodes[node]["name"])

    def country(self, code: str) -> str:
        """Return the name of a country, or of the reference."""
        reference = self.framework.reference
        own = reference.name if reference and code == reference.code else self.framework.unit_name(code)
        return self.say.country(code, own)

    def score(self, country: str, node: str) -> float | None:
        """Return a score of the newest edition."""
        row = self.scores.get((country, node))
        return row["score"] if row else None

    def printed_score(self, country: str, node: str) -> str:
        """Return a score as it is printed: the index with the decimals of the ranking, other nodes with fewer."""
        return self.say.digits(printed(self.score(country, node), self.decimals(node)))

    def decimals(self, node: str) -> int:
        """Return the decimals of a node's printed scores."""
        return self.scale.index_decimals if node == self.root else self.scale.decimals

    def class_of(self, country: str, node: str) -> int | None:
        """Return the colour class of a printed score."""
        decimals = self.decimals(node)
        return self.scale.class_of(whole(self.score(country, node), decimals), decimals)


def gather(results: Results, say: Texts | None = None) -> Facts:
    """Read the tables of a run once; the texts are English unless others are given."""
    newest = pl.col("edition") == results.edition
    tables = results.tables
    own = [{**row, "rank": place(row["rank"])} for row in _rows(tables["scores"].filter(newest))]
    scores = {(row["country"], row["node"]): row for row in own}
    history, ranks = _history(results)
    every = [row["score"] for row in scores.values() if row["score"] is not None]
    context: dict[str, list[Row]] = {}
    for row in _rows(tables["context"].filter(newest)):
        context.setdefault(row["country"], []).append(row)
    return Facts(
        results,
        scale_of(results.recipe, every),
        tuple(sorted(tables["weights"]["edition"].unique().to_list())),
        _by_rank(results.framework, scores),
        {row["node"]: row for row in _rows(tables["nodes"])},
        scores,
        {(row["country"], row["indicator"]): row for row in _rows(tables["cells"].filter(newest))},
        history,
        ranks,
        {(row["edition"], row["node"]): row for row in _rows(tables["weights"])},
        context,
        say or Texts(),
    )


def _rows(frame: pl.DataFrame) -> list[Row]:
    return frame.rows(named=True)


def _by_rank(framework: Framework, scores: dict[Key, Row]) -> tuple[str, ...]:
    places = {code: scores[code, framework.root]["rank"] for code in framework.units}
    return tuple(
        sorted(places, key=lambda code: (places[code] is None, places[code] or 0, framework.unit_name(code), code))
    )


def _history(results: Results) -> tuple[dict[Key, list[float | None]], dict[str, list[float | None]]]:
    """Return scores by (country, node) and ranks of the index by country, in the order of the editions."""
    scores: dict[Key, list[float | None]] = {}
    ranks: dict[str, list[float | None]] = {}
    columns = results.scores.select("country", "node", "score", "rank", "edition").sort("edition")
    for country, node, score, rank, _ in columns.rows():
        scores.setdefault((country, node), []).append(score)
        if node == results.framework.root:
            ranks.setdefault(country, []).append(place(rank))
    return scores, ranks
