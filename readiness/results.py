"""Results of a run: named tables, and the questions that can be asked of them."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from readiness import __version__
from readiness.asking import Asking
from readiness.editions import context_figures, scored_reference, unit_weights, used_figures
from readiness.errors import USAGE, ReadinessError, Violation, raise_errors
from readiness.framework import Framework
from readiness.node_tables import Run
from readiness.panel import Panel
from readiness.pipeline import score
from readiness.plan import Plan
from readiness.reading.demands import node_faults
from readiness.reading.recipes import check_weights
from readiness.recipe import Recipe
from readiness.remarks import remarks
from readiness.tabulate import tabulate
from readiness.tracing import trace

if TYPE_CHECKING:
    from readiness.plotting import Plots

DIGEST_LENGTH = 10
LOG = logging.getLogger("readiness")


@dataclass(frozen=True)
class Results(Asking):
    """The tables of a run and what made them. `edition` is the newest; the tables hold all editions back to the first.

    Every table is a polars frame; its columns, units and meanings stand in tables.TABLES.
    """

    edition: int
    tables: Mapping[str, pl.DataFrame]
    framework: Framework
    recipe: Recipe
    panel: Panel
    as_of: date | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    simulation: Mapping[str, Any] = field(default_factory=dict)  # replicates, asked, seed and nodes, if simulated

    @property
    def cells(self) -> pl.DataFrame:
        """Return every stage of every indicator, country and edition."""
        return self.tables["cells"]

    @property
    def scores(self) -> pl.DataFrame:
        """Return scores, ranks and contributions of every node, country and edition."""
        return self.tables["scores"]

    @property
    def weights(self) -> pl.DataFrame:
        """Return the weight of every node in every edition."""
        return self.tables["weights"]

    @property
    def bounds(self) -> pl.DataFrame:
        """Return caps and bounds of every indicator."""
        return self.tables["bounds"]

    @property
    def intervals(self) -> pl.DataFrame:
        """Return intervals of scores and ranks, chances and tiers, if the results were simulated."""
        return self.tables["intervals"]

    @property
    def context(self) -> pl.DataFrame:
        """Return the series that describe and never score."""
        return self.tables["context"]

    @property
    def ranks(self) -> pl.DataFrame:
        """Return the ranking of the edition: rank, country, name, score, and a column for each child of the index.

        Countries without a rank come last, the reference never appears.
        """
        return self.ranking(self.edition)

    def ranking(self, edition: int) -> pl.DataFrame:
        """Return the ranking of one of the editions of the run; ranks are whole numbers unless ties share a mean."""
        root = self.framework.root
        own = self.scores.filter((pl.col("edition") == edition) & pl.col("country").is_in(self.framework.units))
        wide = own.filter(pl.col("node").is_in([root, *self.framework.children(root)]))
        wide = wide.pivot(on="node", index="country", values="score")
        names = pl.DataFrame(
            {"country": self.framework.units, "name": [self.framework.unit_name(each) for each in self.framework.units]}
        )
        places = own.filter(pl.col("node") == root).select("rank", "country")
        table = places.join(names, on="country").join(wide, on="country")
        columns = ["rank", "country", "name", pl.col(root).alias("score"), *self.framework.children(root)]
        ordered = table.select(columns).sort("rank", "name", nulls_last=True)
        whole = (ordered["rank"].drop_nulls() % 1 == 0).all()
        return ordered.with_columns(pl.col("rank").cast(pl.Int32)) if whole else ordered

    @property
    def notes(self) -> list[str]:
        """Return what a reader of the ranking must know: indicators that do not count, countries without a rank."""
        return remarks(self.framework, self.recipe, self.tables, self.edition)

    def reference_row(self) -> list[Any]:
        """Return name, score and the scores of the index's children for the reference; empty where there is none."""
        reference = self.framework.reference
        if reference is None:
            return []
        own = self.scores.filter((pl.col("edition") == self.edition) & (pl.col("country") == reference.code))
        scores = dict(own.select("node", "score").iter_rows())
        root = self.framework.root
        return [reference.name, *(scores.get(node) for node in (root, *self.framework.children(root)))]

    def trace(self, country: str, node: str | None = None, edition: int | None = None) -> pl.DataFrame:
        """Walk a score back to its figures: one row a node, parents first (see tracing.trace)."""
        return trace(self.tables, country, node, self.edition if edition is None else edition)

    def reweight(self, weights: Mapping[str, float] | None = None, /, **more: float) -> Results:
        """Return the same figures under other weights: index.reweight(compute=3); what is not named stays as it is."""
        chosen = {**(weights or {}), **more}
        raise_errors(check_weights(chosen, self.framework))
        framework = self.framework.with_weights(chosen)
        return compute(framework, self.panel, self.recipe, self.edition, self.as_of, self.inputs)

    def with_recipe(self, recipe: Recipe) -> Results:
        """Return the same figures under another recipe. Errors: ReadinessError for what the framework lacks for it."""
        raise_errors(node_faults(recipe, self.framework))
        return compute(self.framework, self.panel, recipe, self.edition, self.as_of, self.inputs)

    @property
    def declaration(self) -> dict[str, Any]:
        """Return all that decides the result, as plain data: the same declaration gives the same bytes."""
        return {
            "readiness": __version__,
            "edition": self.edition,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "recipe": self.recipe.declaration(),
            "framework": digest(self.framework.declaration()),
            "weights": {code: dict(group.children) for code, group in self.framework.groups.items()},
            "figures": dict(self.panel.digests),
            **({"simulation": dict(self.simulation)} if self.simulation else {}),
        }

    @property
    def digest(self) -> str:
        """Return the short name of the declaration."""
        return digest(self.declaration)[:DIGEST_LENGTH]

    def simulate(self, replicates: int = 100_000, seed: int = 1, **how: Any) -> Results:
        """Return the results with intervals: index.simulate(), or index.simulate(1_000_000, seed=7).

        What varies stands in the recipe; `how` is described in simulate.simulate.
        """
        from readiness.simulate import simulate

        return simulate(self, replicates, seed, **how)

    @cached_property
    def plot(self) -> Plots:
        """Return the charts of the run: index.plot.ranking() and friends. Errors: ImportError without altair."""
        from readiness.plotting import Plots

        return Plots(self)

    def write(self, out: str | Path, command: str = "", **reports: Any) -> Path:
        """Write the run folder below `out` and return its path; it is whole or absent.

        `products` names the kinds of reports that are made, all if it is not given (see store.write_run).
        """
        from readiness.store import write_run

        return write_run(self, Path(out), command, **reports)

    def _repr_html_(self) -> str:
        """Return the ranking as a notebook shows it."""
        from readiness.notebook import results_html

        return results_html(self)


@dataclass(frozen=True)
class Prepared:
    """What a run computes from: the plan, its editions, the figures used, and these as [edition, indicator, unit]."""

    plan: Plan
    used: pl.DataFrame
    denominated: np.ndarray


def prepare(
    framework: Framework, panel: Panel, recipe: Recipe, edition: int | None = None, as_of: date | None = None
) -> Prepared:
    """Choose the figures of an edition (the newest if None) and of all before it, and plan what is done with them."""
    newest = max(framework.editions) if edition is None else edition
    if newest not in framework.editions:
        expected = "one of " + ", ".join(map(str, framework.editions))
        raise ReadinessError(Violation("E517", "--edition", str(newest), expected), USAGE)
    editions = tuple(each for each in framework.editions if each <= newest)
    used = used_figures(framework, panel, editions, as_of)
    if used["raw"].null_count() == used.height:
        found = f"no figure for {framework.name}"
        raise ReadinessError(
            Violation(
                "E601",
                "--as-of" if as_of else "--data",
                found,
                "figures known by that day" if as_of else "figures of its indicators, units and years",
            ),
            USAGE,
        )
    units = (*framework.units, *scored_reference(framework))
    plan = Plan(framework, recipe, units, len(framework.units), editions)
    shape = (len(editions), len(framework.leaves), len(units))
    denominated = used["denominated"].cast(pl.Float64).fill_null(np.nan).to_numpy().reshape(shape)
    return Prepared(plan, used, denominated)


def compute(
    framework: Framework,
    panel: Panel,
    recipe: Recipe,
    edition: int | None = None,
    as_of: date | None = None,
    inputs: Mapping[str, str] | None = None,
) -> Results:
    """Compute an index from values that are already read: a pure function of its arguments."""
    given = prepare(framework, panel, recipe, edition, as_of)
    solved = dict.fromkeys(method.name for _, method, _ in recipe.resolved() if method.slow)
    if solved:
        LOG.info("%s: a solver is called for every group of every edition, which may take minutes.", ", ".join(solved))
    editions = given.plan.editions
    stages = score(given.plan, given.denominated)
    weights = unit_weights(framework, panel, editions, as_of)["weight"].cast(pl.Float64).fill_null(np.nan)
    context = context_figures(framework, panel, editions, as_of)
    own = weights.to_numpy().reshape(len(editions), -1)
    tables = tabulate(Run(given.plan, editions, stages, given.used, own, context))
    return Results(editions[-1], tables, framework, recipe, panel, as_of, inputs or {})


def digest(plain: Any) -> str:
    """Return the sha256 of plain data, the same on every machine."""
    text = json.dumps(plain, sort_keys=True, default=str, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
