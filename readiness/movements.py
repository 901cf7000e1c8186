"""How far every score moved between two editions, and whether that is more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from readiness.figure_errors import figure_errors
from readiness.merging import merge
from readiness.paired import REPLICATES, Pair, replicated
from readiness.plan import Array
from readiness.recipe import Recipe
from readiness.sides import Side
from readiness.simulation import Mix, whole_mix
from readiness.tables import conform
from readiness.variation import Variation

TABLE = "movements"
ENDS = (0.05, 0.95)


def movements_table(before: Side, after: Side, seed: int = 1, replicates: int = REPLICATES) -> pl.DataFrame:
    """Return score and rank of every group and country on both sides, with the interval of the paired difference.

    The difference is beyond noise if the middle 90 % of the paired replicates lie on one side of zero. A figure that
    both sides have has one error in both; where the trees differ, weights and errors are drawn for each side by itself.

    Columns  those of answer_tables.ANSWERS["movements"].
    Gaps     no interval where nothing varies, no replicates are asked for, or a method calls a solver in each.
    """
    merged = merge(before.results.framework, after.results.framework)
    groups = [code for code in merged.groups if code in merged.shared]
    nodes = [(merged.ones[code], merged.others[code]) for code in groups]
    members = [side.plan.units[: side.plan.members] for side in (before, after)]
    countries = [unit for unit in members[1] if unit in members[0]]
    units = [(members[0].index(unit), members[1].index(unit)) for unit in countries]
    columns = _published(before, after, nodes, units)
    variation = after.results.recipe.variation
    if replicates and not variation.nothing and all(may_simulate(side.results.recipe) for side in (before, after)):
        columns |= _intervals(_pair(before, after, nodes, units, variation, seed), replicates)
    frame = pl.DataFrame({name: pl.Series(values.ravel()).fill_nan(None) for name, values in columns.items()})
    missing = [pl.lit(None).alias(name) for name in INTERVALS if name not in columns]
    beyond = (pl.col("change_low_90") > 0) | (pl.col("change_high_90") < 0)
    frame = frame.with_columns(*missing).with_columns(
        beyond_noise=beyond,
        node=pl.Series([code for code in groups for _ in countries]),
        country=pl.Series(countries * len(groups)),
        before=pl.lit(before.edition),
        after=pl.lit(after.edition),
    )
    return conform(TABLE, frame)


INTERVALS = ("change_low_90", "change_high_90", "places_low_90", "places_high_90", "chance_up")


def _published(
    before: Side, after: Side, nodes: Sequence[tuple[str, str]], units: Sequence[tuple[int, int]]
) -> dict[str, Array]:
    """Return scores and ranks of both sides, and their differences, (node, unit) each."""
    found: dict[str, Array] = {}
    for which, (name, side) in enumerate((("before", before), ("after", after))):
        at = np.ix_([side.plan.place[pair[which]] for pair in nodes], [pair[which] for pair in units])
        ranks = side.stages.ranks[side.at][at]
        found[f"score_{name}"] = side.stages.scores[side.at][at]
        found[f"rank_{name}"] = np.where(ranks > 0, ranks, np.nan)
    found["change"] = found["score_after"] - found["score_before"]
    found["places"] = found["rank_before"] - found["rank_after"]
    return found


def _intervals(pair: Pair, replicates: int) -> dict[str, Array]:
    """Return the middle 90 % of the paired differences, and the share of replicates with a higher score after."""
    one, other = replicated(pair, replicates)
    scores, places = other.scores - one.scores, one.ranks - other.ranks
    there = (~np.isnan(scores)).sum(axis=2)
    found = {"chance_up": np.divide((scores > 0).sum(axis=2), there, out=np.full(there.shape, np.nan), where=there > 0)}
    for name, values in (("change", scores), ("places", places)):
        for end, share in zip(("low", "high"), ENDS, strict=True):
            found[f"{name}_{end}_90"] = quantile(values, share)
    return found


def quantile(values: Array, share: float) -> Array:
    """Return the smallest value that so much of the last axis does not exceed; gaps are left out.

    Shapes   values (..., replicate); returns (...), a gap where there is nothing.
    """
    order = np.sort(values, axis=-1)  # gaps come last
    there = (~np.isnan(values)).sum(axis=-1)
    at = np.maximum(np.ceil(share * there).astype(int) - 1, 0)
    return np.where(there > 0, np.take_along_axis(order, at[..., None], axis=-1)[..., 0], np.nan)


def _pair(
    before: Side,
    after: Side,
    nodes: Sequence[tuple[str, str]],
    units: Sequence[tuple[int, int]],
    variation: Variation,
    seed: int,
) -> Pair:
    """Return the two editions as mixes of the same draws."""
    one, other = (mix_of(side, variation, seed) for side in (before, after))
    alike = _same_figures(before, after)
    cells = tuple(replace(cell, apart=~alike) for cell in one.cells)
    return Pair(replace(one, cells=cells), other, nodes, units)


def mix_of(side: Side, variation: Variation, seed: int) -> Mix:
    """Return an edition as a mix in which all that may vary does."""
    results, given = side.results, side.given
    recipe = replace(results.recipe, variation=variation)
    errors = figure_errors(results.framework, results.panel, given.used, side.edition, variation, as_of=results.as_of)
    plan = replace(given.plan, recipe=recipe)
    return whole_mix(plan, given.denominated, recipe.variation, errors, seed, side.at)


def _same_figures(before: Side, after: Side) -> Array:
    """Say which figures of the earlier side the later one has too, of the same year, (indicator, member)."""
    shape = (len(before.plan.framework.leaves), before.plan.members)
    alike = before.plan.framework.leaves == after.plan.framework.leaves and before.plan.units == after.plan.units
    if not alike:
        return np.zeros(shape, dtype=bool)
    years = [_years(side) for side in (before, after)]
    values = [side.given.denominated[side.at] for side in (before, after)]
    same = (years[0] == years[1]) & (values[0] == values[1])
    return same[:, : before.plan.members]


def _years(side: Side) -> Array:
    own = side.given.used.filter(pl.col("edition") == side.edition)
    return own["year"].cast(pl.Float64).fill_null(np.nan).to_numpy().reshape(side.given.denominated.shape[1:])


def may_simulate(recipe: Recipe) -> bool:
    """Say whether thousands of replicates take seconds: no method calls a solver, nor does one that may replace it."""
    return not solvers(recipe)


def solvers(recipe: Recipe) -> list[str]:
    """Return the methods of a recipe that call a solver, those that may replace others included."""
    others = [recipe.picked({at: each}) for at, given in recipe.variation.choices.items() for each in given]
    return sorted({method.name for each in (recipe, *others) for _, method, _ in each.resolved() if method.slow})
