"""Counts and sums of a simulation -> tidy tables, exact where they are counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import polars as pl

from readiness.batches import Total
from readiness.plan import Array
from readiness.simulation import Job, Mix, cell_scores, settled
from readiness.tables import conform
from readiness.tally import Counts, Layout, Sums

LEVELS = (95, 90, 50)
TOPS = (1, 3, 5, 10)
TOLD_APART = 0.95  # share of replicates in which one must be above the other


def simulated_tables(
    job: Job, total: Total, units: Sequence[str], children: Sequence[str], asked: int
) -> dict[str, pl.DataFrame]:
    """Return the tables of a simulation, each in its schema.

    `units` are the codes of the countries, `children` of all nodes with a weight, in the order of the cells' spans.
    """
    given = zip(job.mixes, job.layouts, total.counts, total.sums, strict=True)
    whole = [(mix, layout, *settled(mix, layout, counts, sums)) for mix, layout, counts, sums in given]
    only_ranks = job.layouts[0].only_ranks
    frames = {
        "intervals": pl.concat(_intervals(*each, units, _done(each[2])) for each in whole),
        "ranks": pl.concat(_ranks(*each, units, _done(each[2])) for each in whole),
        "mixes": pl.concat(_mixes(*each) for each in whole),
        "simulation": pl.concat(_summary(*each, job.seed, _done(each[2]), each[0].planned(asked)) for each in whole),
    }
    if not only_ranks:
        frames["pairs"] = pl.concat(_pairs(*each, units, _done(each[2])) for each in whole)
        frames["covariances"] = pl.concat(_covariances(*each, units) for each in whole)
    weighted = [each for each in whole if each[1].weights_vary and not only_ranks]
    if weighted:
        frames["central_weights"] = pl.concat(_central(*each, units, children) for each in weighted)
    return {name: conform(name, frame) for name, frame in frames.items()}


def _done(counts: Counts) -> int:
    """Return the number of replicates of a mix."""
    return max(int(counts.cells.sum()), 1)


def places(layout: Layout) -> Array:
    """Return the rank that each column of the rank counts stands for; the first, no rank, is left out."""
    return np.arange(1, layout.halves * layout.units + 1) / layout.halves


def quantile_of_counts(grown: Array, at: Array, share: float) -> Array:
    """Return the smallest value that so much of each row's count does not exceed; a gap where nothing is counted.

    Shapes   grown (row, value), counts added up along the values; at (value,).
    """
    total = grown[:, -1]
    reached = grown >= np.ceil(share * total)[:, None]
    return np.where(total > 0, at[reached.argmax(axis=1)], np.nan)


def quantile_of_bins(bins: Array, grown: Array, low: Array, scale: Array, share: float) -> Array:
    """Return a quantile of scores that were counted in bins, by a straight line inside the bin where it falls.

    Shapes   bins, grown (row, bin), counts and counts added up; low, scale (row,). The error is a small part of a bin's
             width, which is 1/256 of the range of a thousand replicates.
    """
    total = grown[:, -1]
    wanted = share * total
    place = (grown >= wanted[:, None]).argmax(axis=1)
    rows = np.arange(len(bins))
    before = np.where(place > 0, grown[rows, place - 1], 0)
    inside = (wanted - before) / np.maximum(bins[rows, place], 1)
    return np.where(total > 0, low + (place + inside) / scale, np.nan)


def quantile_of_cells(scores: Array, times: Array, share: float) -> Array:
    """Return the smallest score that so many of each row's replicates do not exceed; each score stands for some.

    Shapes   scores (row, cell); times (cell,), the replicates of each. A gap stands for none.
    """
    order = np.argsort(scores, axis=1)
    grown = np.cumsum(np.where(np.isnan(scores), 0, times)[np.arange(len(scores))[:, None], order], axis=1)
    place = (grown >= np.ceil(share * grown[:, -1:])).argmax(axis=1)
    rows = np.arange(len(scores))
    return np.where(grown[:, -1] > 0, scores[rows, order[rows, place]], np.nan)


def tiers(order: Array, above: Array, replicates: int) -> Array:
    """Return the tier of each unit, 0 for none: its first is above the first of the next in 95 % of the replicates.

    Walks down the ranking. A unit joins the tier of the unit that leads it unless that one is above it in 95 % of the
    replicates; then it leads the next tier.

    Shapes   order (unit,), ranks of the run, 0 for none; above (unit, unit) counts.
    """
    found = np.zeros(len(order), dtype=np.int64)
    ranked = sorted(np.flatnonzero(order > 0), key=lambda unit: (order[unit], unit))
    tier, leader = 0, None
    for unit in ranked:
        if leader is None or above[leader, unit] >= TOLD_APART * replicates:
            tier, leader = tier + 1, unit
        found[unit] = tier
    return found


def _intervals(
    mix: Mix, layout: Layout, counts: Counts, sums: Sums, units: Sequence[str], replicates: int
) -> pl.DataFrame:
    """Return a row for each node and country; all are found at once, [node x unit]."""
    nodes, rows = len(layout.nodes), len(layout.nodes) * layout.units
    ranks, at = counts.ranks[:, :, 1:].reshape(rows, -1), places(layout)
    number, total, squares = np.moveaxis(sums.moments, 1, 0).reshape(3, rows)
    centre, own = layout.centre.ravel(), layout.ranks.ravel()
    mean, known = _over(total, number), own > 0
    spread = np.sqrt(np.maximum(_over(squares - number * mean**2, number - 1), 0.0))
    columns = {
        "score": np.where(known, centre, np.nan),
        "score_mean": centre + mean,
        "score_sd": spread,
        "rank": np.where(known, own, np.nan),
        "rank_mean": _over(ranks @ at, ranks.sum(axis=1)),
    }
    quantile = _quantile_of_scores(mix, layout, counts)
    exact = spread <= 1e-9 * np.repeat(abs(layout.centre).max(axis=1), layout.units)
    grown_ranks = np.cumsum(ranks, axis=1)
    for name, share in _quantiles():
        columns[f"score_{name}"] = np.where(exact, centre + mean, quantile(share))
        columns[f"rank_{name}"] = quantile_of_counts(grown_ranks, at, share)
    for top in TOPS:
        columns[f"top_{top}"] = ranks[:, at <= top].sum(axis=1) / replicates
    tier = np.stack([tiers(layout.ranks[node], counts.above[node], replicates) for node in range(nodes)]).ravel()
    tier = np.zeros_like(tier) if layout.only_ranks else tier
    frame = pl.DataFrame({name: _gaps(value) for name, value in columns.items()})
    return frame.with_columns(
        pl.lit(mix.name).alias("varied"),
        pl.Series("node", np.repeat(layout.nodes, layout.units)),
        pl.Series("country", list(units) * nodes),
        pl.Series("tier", [each or None for each in tier.tolist()], dtype=pl.Int32),
        pl.Series("failed", np.where(known, counts.ranks[:, :, 0].ravel(), 0)),
    )


def _quantiles() -> list[tuple[str, float]]:
    ends = [(f"{side}_{level}", level) for level in LEVELS for side in ("low", "high")]
    return [("median", 0.5)] + [
        (name, ((100 - level) if name.startswith("low") else (100 + level)) / 200) for name, level in ends
    ]


def _quantile_of_scores(mix: Mix, layout: Layout, counts: Counts) -> Callable[[float], Array]:
    """Return the function that gives a quantile of the scores of every node and unit."""
    if mix.steady:
        return partial(quantile_of_cells, cell_scores(mix, layout), counts.cells)
    rows = len(layout.nodes) * layout.units
    bins = counts.bins[:, :, :-1].reshape(rows, -1)
    return partial(quantile_of_bins, bins, np.cumsum(bins, axis=1), layout.low.ravel(), layout.scale.ravel())


def _ranks(mix: Mix, layout: Layout, counts: Counts, sums: Sums, units: Sequence[str], replicates: int) -> pl.DataFrame:
    node, unit, place = np.nonzero(counts.ranks[:, :, 1:])
    count = counts.ranks[node, unit, place + 1]
    return pl.DataFrame(
        {
            "node": np.array(layout.nodes)[node],
            "country": np.array(units)[unit],
            "rank": places(layout)[place],
            "count": count,
            "share": count / replicates,
        }
    ).with_columns(pl.lit(mix.name).alias("varied"))


def _pairs(mix: Mix, layout: Layout, counts: Counts, sums: Sums, units: Sequence[str], replicates: int) -> pl.DataFrame:
    shape = counts.above.shape
    node, unit, other = (each.ravel() for each in np.indices(shape))
    apart = unit != other
    node, unit, other = node[apart], unit[apart], other[apart]
    above = counts.above[node, unit, other]
    return pl.DataFrame(
        {
            "node": np.array(layout.nodes)[node],
            "country": np.array(units)[unit],
            "other": np.array(units)[other],
            "above": above,
            "share": above / replicates,
        }
    ).with_columns(pl.lit(mix.name).alias("varied"))


def _central(
    mix: Mix, layout: Layout, counts: Counts, sums: Sums, units: Sequence[str], children: Sequence[str]
) -> pl.DataFrame:
    """Return the mean weights under which each country is first; those that never are have none."""
    first, wins = np.flatnonzero(counts.wins), counts.wins
    unit, child = np.repeat(first, layout.children), np.tile(np.arange(layout.children), len(first))
    return pl.DataFrame(
        {
            "country": np.array(units)[unit],
            "node": np.array(children)[child],
            "wins": wins[unit],
            "weight": np.minimum(sums.winners[unit, child] / wins[unit], 1.0),
        },
        schema_overrides={"country": pl.String, "node": pl.String},
    ).with_columns(pl.lit(mix.name).alias("varied"))


def _covariances(mix: Mix, layout: Layout, counts: Counts, sums: Sums, units: Sequence[str]) -> pl.DataFrame:
    matrix = covariance(sums)
    scored = sums.moments[-1, 0] > 0
    unit, other = np.nonzero(scored[:, None] & scored)
    return pl.DataFrame(
        {"country": np.array(units)[unit], "other": np.array(units)[other], "covariance": matrix[unit, other]}
    ).with_columns(pl.lit(mix.name).alias("varied"))


def covariance(sums: Sums) -> Array:
    """Return the covariance of the scores of the index, [unit, unit], with the divisor n - 1.

    Gaps     a replicate in which a unit has no score counts as the score of the run.
    """
    number, total, _ = sums.moments[-1]
    whole = sums.products + np.tril(sums.products, -1).T
    count = number.max(initial=0.0)
    return (whole - np.outer(total, total) / max(count, 1.0)) / max(count - 1.0, 1.0)


def _mixes(mix: Mix, layout: Layout, counts: Counts, sums: Sums) -> pl.DataFrame:
    used = (
        pl.DataFrame({"methods": list(mix.texts), "replicates": counts.cells})
        .group_by("methods", maintain_order=True)
        .sum()
    )
    out = [(each.text, 0, "; ".join(fault.hint or fault.code for fault in each.faults)) for each in mix.left_out]
    schema = {"methods": pl.String, "replicates": pl.Int64, "reason": pl.String}
    left = pl.DataFrame(out, schema=schema, orient="row")
    rows = pl.concat([used.with_columns(pl.lit(None, pl.String).alias("reason")).cast(schema), left])
    return rows.with_columns(pl.lit(mix.name).alias("varied"))


def _summary(
    mix: Mix, layout: Layout, counts: Counts, sums: Sums, seed: int, replicates: int, asked: int
) -> pl.DataFrame:
    number, total, squares = sums.shift
    mean = total / number if number else None
    spread = float(np.sqrt(max(squares - number * mean**2, 0.0) / max(number - 1, 1.0))) if number else None
    failed = int(counts.ranks[-1, layout.ranks[-1] > 0, 0].sum())
    return pl.DataFrame(
        {
            "varied": [mix.name],
            "replicates": [replicates],
            "asked": [asked],
            "seed": [seed],
            "shift_mean": [mean],
            "shift_sd": [spread],
            "failed": [failed],
        },
        schema_overrides={"seed": pl.UInt64, "shift_mean": pl.Float64, "shift_sd": pl.Float64},
    )


def _over(total: Array, number: Array) -> Array:
    return np.divide(total, number, out=np.full(np.shape(total), np.nan), where=number > 0)


def _gaps(values: Array) -> pl.Series:
    return pl.Series(values=values, dtype=pl.Float64).fill_nan(None)
