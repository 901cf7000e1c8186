"""What a reader of a ranking must know: indicators that do not count, countries without a rank, weights that miss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from readiness.framework import Framework
from readiness.recipe import Recipe
from readiness.statistics import importances

NEAR = 0.01  # a share of importance that is missed by less is met


def remarks(framework: Framework, recipe: Recipe, tables: Mapping[str, pl.DataFrame], edition: int) -> list[str]:
    """Return the remarks on an edition, a sentence each."""
    weights, scores = (tables[name].filter(pl.col("edition") == edition) for name in ("weights", "scores"))
    own = scores.filter(pl.col("country").is_in(framework.units))
    return [
        *_lost(framework, weights, edition),
        *_unranked(framework, own),
        *_missed(framework, recipe, own, weights),
        *_below_zero(framework, recipe, scores),
    ]


def _lost(framework: Framework, weights: pl.DataFrame, edition: int) -> Iterator[str]:
    leaves = weights.filter(pl.col("node").is_in(framework.leaves))
    lost = leaves.filter(pl.col("effective") == 0)["node"].to_list()
    if lost:
        names = [framework.name_of(code) for code in framework.leaves if code in lost]
        yield f"Not counted in {edition}: {', '.join(names)}."


def _unranked(framework: Framework, scores: pl.DataFrame) -> Iterator[str]:
    unranked = scores.filter((pl.col("node") == framework.root) & pl.col("rank").is_null())
    if unranked.height:
        first = min(unranked["country"], key=framework.unit_name)
        yield f"{unranked.height} countries have no rank; a trace of {first} says why."


def _missed(framework: Framework, recipe: Recipe, scores: pl.DataFrame, weights: pl.DataFrame) -> Iterator[str]:
    """Say where optimised weights do not reach the importances that were declared: no weights may."""
    wide = scores.pivot(on="node", index="country", values="score")
    shares = dict(weights.select("node", "declared").iter_rows())
    for code, group in framework.groups.items():
        if recipe.method("weight", *framework.places(code)).name != "optimised":
            continue
        children = list(group.children)
        table = wide.select(children).cast(pl.Float64).fill_null(np.nan).to_numpy()
        declared = np.array(list(group.children.values()))
        found = importances(table, np.array([shares[child] for child in children]), declared)
        part = ~np.isnan(found)
        missed = float(np.abs(found - declared / declared[part].sum())[part].max()) if part.any() else np.nan
        if not missed <= NEAR:
            far = "cannot be known" if np.isnan(missed) else f"are up to {100 * missed:.0f} points off"
            yield f"Optimised weights of {group.name}: the importances reached {far}."


def _below_zero(framework: Framework, recipe: Recipe, scores: pl.DataFrame) -> Iterator[str]:
    """Say where scores below zero meet a mean that takes none: its docstring says what they count as."""
    below = scores.filter(pl.col("score") < 0)["parent"].to_list()
    for code, group in framework.groups.items():
        method = recipe.method("aggregate", *framework.places(code))
        if method.non_negative and code in below:
            number = below.count(code)
            yield f"{group.name}: {number} scores below zero do not count as they are in a {method.name} mean."
