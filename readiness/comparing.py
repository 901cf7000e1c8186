"""The same index by every scale and every aggregation: how far each ranking agrees with the run's own."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from readiness.errors import ReadinessError, Violation
from readiness.pipeline import score
from readiness.reading.demands import node_faults
from readiness.recipe import Recipe
from readiness.registry import methods
from readiness.results import Prepared, Results, prepare

LOG = logging.getLogger("readiness")
SCHEMA = {
    "normalise": pl.String,
    "aggregate": pl.String,
    "spearman": pl.Float64,
    "largest_shift": pl.Float64,
    "ranked": pl.Int32,
    "refused": pl.String,
}


def compare_methods(results: Results) -> pl.DataFrame:
    """Return one row for each pair of a normalisation and an aggregation, in the order of the registry.

    The run's own two methods keep their parameters and what the recipe says of single nodes; all others have their
    defaults.

    Columns  normalise, aggregate; spearman: rank correlation of the index with the run's own, over the units with both;
             largest_shift: most places that a unit moves; ranked: units with both ranks; refused: why a pair cannot
             be computed, null where it can.
    Gaps     spearman is null where fewer than two units have both scores or all scores are equal.
    """
    LOG.info("Every pair is computed, some by a solver, which may take minutes.")
    given = prepare(results.framework, results.panel, results.recipe, results.edition, results.as_of)
    own = _index(given)
    rows = [{"normalise": scale, "aggregate": mean, **_pair(given, own, scale, mean)} for scale, mean in _pairs()]
    return pl.DataFrame(rows, schema=SCHEMA)


def _pairs() -> Iterator[tuple[str, str]]:
    for scale in methods("normalise"):
        for mean in methods("aggregate"):
            yield scale.name, mean.name


def _pair(given: Prepared, own: tuple[np.ndarray, np.ndarray], scale: str, mean: str) -> dict[str, Any]:
    recipe = given.plan.recipe
    other = {"normalise": scale, "aggregate": mean}
    try:
        recipe = recipe.replace(**{step: name for step, name in other.items() if name != recipe.choice(step).method})
        found = node_faults(recipe, given.plan.framework)
    except ReadinessError as error:
        found = error.violations
    if found:
        return {"refused": _reason(found)}
    return _agreement(own, _index(_with(given, recipe)))


def _with(given: Prepared, recipe: Recipe) -> Prepared:
    return replace(given, plan=replace(given.plan, recipe=recipe))


def _index(given: Prepared) -> tuple[np.ndarray, np.ndarray]:
    """Return score and rank of every ranked unit on the index, in the newest edition."""
    stages = score(given.plan, given.denominated)
    return stages.scores[-1, 0, : given.plan.members], stages.ranks[-1, 0, : given.plan.members]


def _agreement(own: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray]) -> dict[str, Any]:
    both = (own[1] > 0) & (other[1] > 0)
    frame = pl.DataFrame({"own": own[0][both], "other": other[0][both]})
    spearman = (
        frame.select(pl.corr("own", "other", method="spearman").fill_nan(None)).item() if both.sum() > 1 else None
    )
    shift = float(np.abs(own[1] - other[1])[both].max()) if both.any() else None
    return {"spearman": spearman, "largest_shift": shift, "ranked": int(both.sum())}


def _reason(found: list[Violation]) -> str:
    """Say why a pair is refused: the first finding, and how many more there are of its kind."""
    first = found[0]
    if first.code == "E501":
        return f"{first.expected} must stand in the files of {len(found)} indicators"
    if first.code == "E516":
        return f"{first.expected} are needed. {first.hint.partition('. ')[2]}"
    return f"{first.rule}: {first.found}, expected {first.expected}"
