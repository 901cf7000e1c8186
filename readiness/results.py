"""Results of a run: named tables, and the questions that can be asked of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from readiness import __version__
from readiness.countries import name_of
from readiness.editions import context_figures, scored_reference, unit_weights, used_figures
from readiness.errors import USAGE, ReadinessError, Violation, raise_errors
from readiness.framework import Framework
from readiness.node_tables import Run
from readiness.panel import Panel
from readiness.pipeline import Plan, score
from readiness.reading.frameworks import framework_files, read_framework
from readiness.reading.panels import read_panel
from readiness.reading.places import index_folder, label, read_bytes
from readiness.reading.recipes import check_weights, node_faults, read_recipe, read_weights
from readiness.recipe import Recipe
from readiness.tabulate import tabulate
from readiness.tracing import trace

DIGEST_LENGTH = 10


@dataclass(frozen=True)
class Results:
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
        """Return the ranking of one of the editions of the run."""
        root = self.framework.root
        own = self.scores.filter((pl.col("edition") == edition) & pl.col("country").is_in(self.framework.units))
        wide = own.filter(pl.col("node").is_in([root, *self.framework.children(root)]))
        wide = wide.pivot(on="node", index="country", values="score")
        names = pl.DataFrame(
            {"country": self.framework.units, "name": [name_of(each) for each in self.framework.units]}
        )
        places = own.filter(pl.col("node") == root).select("rank", "country")
        table = places.join(names, on="country").join(wide, on="country")
        columns = ["rank", "country", "name", pl.col(root).alias("score"), *self.framework.children(root)]
        return table.select(columns).sort("rank", "name", nulls_last=True)

    @property
    def notes(self) -> list[str]:
        """Return what a reader of the ranking must know: indicators that do not count, countries without a rank."""
        leaves = self.weights.filter((pl.col("edition") == self.edition) & pl.col("node").is_in(self.framework.leaves))
        lost = leaves.filter(pl.col("effective") == 0)["node"].to_list()
        names = [self.framework.name_of(code) for code in self.framework.leaves if code in lost]
        notes = [f"Not counted in {self.edition}: {', '.join(names)}."] if names else []
        unranked = self.ranks.filter(pl.col("rank").is_null())
        if unranked.height:
            first = unranked["country"][0]
            notes.append(f"{unranked.height} countries have no rank; readiness trace {first} says why.")
        return notes

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
        """Return the same figures under another recipe."""
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
        }

    @property
    def digest(self) -> str:
        """Return the short name of the declaration."""
        return digest(self.declaration)[:DIGEST_LENGTH]

    def write(self, out: str | Path, command: str = "") -> Path:
        """Write the run folder below `out` and return its path; it is whole or absent."""
        from readiness.store import write_run

        return write_run(self, Path(out), command)


def run(
    edition: int | None = None,
    index: str = "eari",
    *,
    framework: str | Path | Framework | None = None,
    data: str | Path | list[str | Path] | None = None,
    recipe: str | Path | Recipe | None = None,
    weights: str | Path | Mapping[str, float] | None = None,
    as_of: date | str | None = None,
) -> Results:
    """Compute an index: the edition asked for (the newest if none) and all editions before it, by one method.

    A folder, file or value given takes the place of the built-in one. All faults of all inputs are raised at once
    as ReadinessError, and nothing is computed then.
    """
    found: list[Violation] = []
    folder = _folder(framework, index)
    day = _day(as_of) if isinstance(as_of, str) else as_of
    method = recipe if isinstance(recipe, Recipe) else _try(found, read_recipe, recipe or folder / "recipe.toml")
    tree = framework if isinstance(framework, Framework) else _try(found, read_framework, folder)
    panel = None if tree is None else _try(found, read_panel, _data_paths(data, index), tree)
    own = None if tree is None or weights is None else _try(found, _weights, weights, tree)
    if tree is not None and method is not None:
        found += node_faults(method, tree, label(Path(recipe)) if isinstance(recipe, str | Path) else "recipe.toml")
    raise_errors(found)
    inputs = _digests(folder, framework, recipe, weights)
    return compute(tree.with_weights(own) if own else tree, panel, method, edition, day, inputs)


def compute(
    framework: Framework,
    panel: Panel,
    recipe: Recipe,
    edition: int | None = None,
    as_of: date | None = None,
    inputs: Mapping[str, str] | None = None,
) -> Results:
    """Compute an index from values that are already read: a pure function of its arguments."""
    newest = max(framework.editions) if edition is None else edition
    if newest not in framework.editions:
        expected = "one of " + ", ".join(map(str, framework.editions))
        raise ReadinessError(Violation("E517", "--edition", str(newest), expected), USAGE)
    editions = tuple(each for each in framework.editions if each <= newest)
    used = used_figures(framework, panel, editions, as_of)
    if used["raw"].null_count() == used.height:
        found = f"no figure for {framework.name}"
        raise ReadinessError(
            Violation("E601", "--as-of" if as_of else "--data", found, "figures known by that day"), USAGE
        )
    units = (*framework.units, *scored_reference(framework))
    plan = Plan(framework, recipe, units, len(framework.units))
    shape = (len(editions), len(framework.leaves), len(units))
    denominated = used["denominated"].cast(pl.Float64).fill_null(np.nan).to_numpy().reshape(shape)
    stages = score(plan, denominated)
    weights = unit_weights(framework, panel, editions, as_of)["weight"].cast(pl.Float64).fill_null(np.nan)
    context = context_figures(framework, panel, editions, as_of)
    tables = tabulate(Run(plan, editions, stages, used, weights.to_numpy().reshape(len(editions), -1), context))
    return Results(newest, tables, framework, recipe, panel, as_of, inputs or {})


def digest(plain: Any) -> str:
    """Return the sha256 of plain data, the same on every machine."""
    text = json.dumps(plain, sort_keys=True, default=str, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read_inputs(
    index: str = "eari",
    *,
    framework: str | Path | Framework | None = None,
    data: str | Path | list[str | Path] | None = None,
) -> tuple[Framework, Panel]:
    """Read and check the framework and the figures of an index, built in or given."""
    tree = framework if isinstance(framework, Framework) else read_framework(_folder(framework, index))
    return tree, read_panel(_data_paths(data, index), tree)


def _try(found: list[Violation], step: Callable[..., Any], *arguments: Any) -> Any:
    """Take a step; keep what it finds, so that the next step can add its own findings."""
    try:
        return step(*arguments)
    except ReadinessError as error:
        found += error.violations
        return None


def _data_paths(data: str | Path | list[str | Path] | None, index: str) -> str | Path | list[str | Path]:
    return index_folder("data", index) if data is None else data


def _folder(framework: str | Path | Framework | None, index: str) -> Path:
    return Path(framework) if isinstance(framework, str | Path) else index_folder("indicators", index)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise ReadinessError(Violation("E603", "--as-of", text, "a date such as 2026-05-01"), USAGE) from fault


def _weights(weights: Any, framework: Framework) -> dict[str, float]:
    if isinstance(weights, str | Path):
        return read_weights(Path(weights), framework)
    raise_errors(check_weights(weights, framework))
    return {node: float(weight) for node, weight in weights.items()}


def _digests(folder: Path, framework: Any, recipe: Any, weights: Any) -> dict[str, str]:
    """Return the sha256 of each file that declares the index and its method, by its place in the folder or its use."""
    files = {} if isinstance(framework, Framework) else {_below(path, folder): path for path in framework_files(folder)}
    if isinstance(recipe, str | Path):
        files["--recipe"] = Path(recipe)
    elif recipe is None:
        files["recipe.toml"] = folder / "recipe.toml"
    if isinstance(weights, str | Path):
        files["--weights"] = Path(weights)
    return {name: hashlib.sha256(read_bytes(path)).hexdigest() for name, path in files.items()}


def _below(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
