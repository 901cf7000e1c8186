"""What a reader of a ranking must know: indicators that do not count, countries without a rank, weights that miss."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from readiness.statistics import importances

if TYPE_CHECKING:
    from readiness.results import Results

NEAR = 0.01  # a share of importance that is missed by less is met


def remarks(results: Results) -> list[str]:
    """Return the remarks on an edition, a sentence each."""
    return [*_lost(results), *_unranked(results), *_missed(results), *_below_zero(results)]


def _lost(results: Results) -> Iterator[str]:
    framework = results.framework
    leaves = results.weights.filter((pl.col("edition") == results.edition) & pl.col("node").is_in(framework.leaves))
    lost = leaves.filter(pl.col("effective") == 0)["node"].to_list()
    if lost:
        names = [framework.name_of(code) for code in framework.leaves if code in lost]
        yield f"Not counted in {results.edition}: {', '.join(names)}."


def _unranked(results: Results) -> Iterator[str]:
    unranked = results.ranks.filter(pl.col("rank").is_null())
    if unranked.height:
        first = unranked["country"][0]
        yield f"{unranked.height} countries have no rank; readiness trace {first} says why."


def _missed(results: Results) -> Iterator[str]:
    """Say where optimised weights do not reach the importances that were declared: no weights may."""
    framework, recipe = results.framework, results.recipe
    newest = results.scores.filter(
        (pl.col("edition") == results.edition) & pl.col("country").is_in(framework.units)
    ).pivot(on="node", index="country", values="score")
    shares = dict(results.weights.filter(pl.col("edition") == results.edition).select("node", "declared").iter_rows())
    for code, group in framework.groups.items():
        if recipe.method("weight", *framework.places(code)).name != "optimised":
            continue
        children = list(group.children)
        table = newest.select(children).cast(pl.Float64).fill_null(np.nan).to_numpy()
        declared = np.array(list(group.children.values()))
        found = importances(table, np.array([shares[child] for child in children]), declared)
        part = ~np.isnan(found)
        missed = float(np.abs(found - declared / declared[part].sum())[part].max()) if part.any() else np.nan
        if not missed <= NEAR:
            far = "cannot be known" if np.isnan(missed) else f"are up to {100 * missed:.0f} points off"
            yield f"Optimised weights of {group.name}: the importances reached {far}."


def _below_zero(results: Results) -> Iterator[str]:
    """Say where scores below zero meet a mean that takes none: its docstring says what they count as."""
    framework, recipe = results.framework, results.recipe
    below = results.scores.filter((pl.col("edition") == results.edition) & (pl.col("score") < 0))["parent"].to_list()
    for code, group in framework.groups.items():
        method = recipe.method("aggregate", *framework.places(code))
        if method.non_negative and code in below:
            number = below.count(code)
            yield f"{group.name}: {number} scores below zero do not count as they are in a {method.name} mean."
