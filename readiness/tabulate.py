"""Stages of a run -> tidy tables: cells, scores, weights, bounds, nodes, context, agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import polars as pl

from readiness.framework import Framework
from readiness.pipeline import Plan, Stages
from readiness.tables import conform, kinds

TINY = 1e-12


@dataclass(frozen=True)
class Run:
    """What the tables are made from: the plan, its editions, the stages, the figures used, the reference's weights."""

    plan: Plan
    editions: tuple[int, ...]
    stages: Stages
    used: pl.DataFrame
    unit_weights: pl.DataFrame
    context: pl.DataFrame


def tabulate(run: Run) -> dict[str, pl.DataFrame]:
    """Return all tables of a run, each in its schema."""
    cells = _cells(run)
    weights = _weights(run)
    scores = _scores(run, cells, weights)
    frames = {
        "cells": cells,
        "scores": scores,
        "weights": weights,
        "bounds": _bounds(run),
        "nodes": _nodes(run.plan.framework),
        "context": _context(run),
        "agreement": _agreement(run, scores),
    }
    return {name: conform(name, frame) for name, frame in frames.items()}


def _cells(run: Run) -> pl.DataFrame:
    stages = run.stages
    named = ("imputed", "transformed", "treated", "normalised")
    columns = [pl.Series(name, getattr(stages, name).ravel()).fill_nan(None) for name in named]
    units = stages.denominated.shape[2]
    counted = pl.Series("counted", np.repeat(stages.counted.ravel(), units))
    present = (~np.isnan(stages.denominated[:, :, : run.plan.members])).sum(axis=2)
    number = pl.Series("present", np.repeat(present.ravel(), units))
    frame = run.used.with_columns(*columns, counted, number)
    out = pl.format("out of this edition: figures for {} of {} countries, {} are needed", "present", *_needed(run))
    status = (
        pl.when(~pl.col("counted"))
        .then(pl.lit("out"))
        .when(pl.col("imputed").is_null())
        .then(pl.lit("gap"))
        .when(pl.col("denominated").is_null())
        .then(pl.lit("imputed"))
        .otherwise(pl.lit("used"))
    )
    reason = (
        pl.when(~pl.col("counted"))
        .then(out)
        .when(pl.col("imputed").is_not_null() & pl.col("transformed").is_null())
        .then(pl.lit("the value has no logarithm"))
        .when(pl.col("treated").is_not_null() & pl.col("normalised").is_null())
        .then(pl.lit("all values are equal: no scale"))
        .when(pl.col("imputed").is_null())
        .then("reason")
    )
    return frame.with_columns(status=status, reason=reason)


def _needed(run: Run) -> tuple[pl.Expr, pl.Expr]:
    limit = run.plan.framework.rules.indicator_coverage
    return pl.lit(run.plan.members), pl.lit(-(-run.plan.members * limit.numerator // limit.denominator))


def _weights(run: Run) -> pl.DataFrame:
    plan, stages = run.plan, run.stages
    framework = plan.framework
    place = {code: position for position, code in enumerate(framework.nodes)}
    scored = (~np.isnan(stages.scores[:, :, : plan.members])).any(axis=2)
    rows = []
    for e, edition in enumerate(run.editions):
        effective = {framework.root: 1.0}
        rows.append(_weight_row(framework, edition, framework.root, 1.0, (1.0, 1.0, 1.0), None))
        for code in framework.nodes[1:]:
            parent = framework.parents[code]
            siblings = framework.children(parent)
            own = dict(zip(siblings, plan.weights[parent][:, 0].tolist(), strict=True))
            counts = {each: own[each] if scored[e, place[each]] else 0.0 for each in siblings}
            whole = sum(counts.values())
            share = counts[code] / whole if whole else 0.0
            effective[code] = effective[parent] * share
            reason = _why_not(run, e, code, own[code], place) if share == 0 else None
            shares = (plan.shares[code], share, effective[code])
            rows.append(_weight_row(framework, edition, code, framework.groups[parent].children[code], shares, reason))
    return pl.DataFrame(rows, orient="row", schema=kinds("weights"))


def _weight_row(
    framework: Framework, edition: int, code: str, weight: float, shares: tuple, reason: str | None
) -> tuple:
    return (edition, code, framework.level(code), framework.parents.get(code), weight, *shares, reason)


def _why_not(run: Run, e: int, code: str, weight: float, place: dict[str, int]) -> str:
    framework = run.plan.framework
    if weight == 0:
        return "its weight is zero"
    if code in framework.indicators:
        leaf = framework.leaves.index(code)
        if not run.stages.counted[e, leaf]:
            present = int((~np.isnan(run.stages.denominated[e, leaf, : run.plan.members])).sum())
            needed = run.plan.members * framework.rules.indicator_coverage
            return f"figures for {present} of {run.plan.members} countries, {-(-needed // 1)} are needed"
        return "all values are equal: no scale"
    best = float(run.stages.covered[e, place[code], : run.plan.members].max())
    return f"{_share(best)} of its weight has a score, {_fraction(framework.rules.node_coverage)} is needed"


def _scores(run: Run, cells: pl.DataFrame, weights: pl.DataFrame) -> pl.DataFrame:
    plan, stages = run.plan, run.stages
    framework = plan.framework
    shape = stages.scores.shape
    nodes = np.array(framework.nodes)
    columns = {
        "edition": np.repeat(np.array(run.editions), shape[1] * shape[2]),
        "country": np.tile(np.array(plan.units), shape[0] * shape[1]),
        "node": np.tile(np.repeat(nodes, shape[2]), shape[0]),
        "score": stages.scores.ravel(),
        "rank": stages.ranks.ravel(),
        "covered": np.minimum(stages.covered, 1.0).ravel(),
        **{name: array.ravel() for name, array in _shares(plan, stages).items()},
    }
    frame = pl.DataFrame(columns).with_columns(
        pl.col("score", "share", "effective", "contribution").fill_nan(None),
        rank=pl.when(pl.col("rank") > 0).then("rank"),
        reason=pl.Series(_reasons(run), dtype=pl.String),
        level=pl.col("node").replace_strict({code: framework.level(code) for code in framework.nodes}),
        parent=pl.col("node").replace_strict(framework.parents, default=None, return_dtype=pl.String),
    )
    leaf_reasons = cells.select("edition", "country", node="indicator", why="reason")
    frame = frame.join(leaf_reasons, on=["edition", "country", "node"], how="left", maintain_order="left")
    frame = frame.with_columns(reason=pl.when(pl.col("score").is_null()).then(pl.coalesce("why", "reason")))
    return pl.concat([frame.drop("why"), *_reference_rows(run, frame)], how="diagonal")


def _shares(plan: Plan, stages: Stages) -> dict[str, np.ndarray]:
    """Return, for each node and unit, its share of the parent, of the index, and the points it adds to the parent."""
    framework = plan.framework
    place = {code: position for position, code in enumerate(framework.nodes)}
    share, effective, points = (np.full(stages.scores.shape, np.nan) for _ in range(3))
    effective[:, 0] = np.where(np.isnan(stages.scores[:, 0]), np.nan, 1.0)
    for parent in framework.nodes:
        rows = [place[child] for child in framework.children(parent)]
        if not rows:
            continue
        present = ~np.isnan(stages.scores[:, rows]) & ~np.isnan(stages.scores[:, [place[parent]]])
        weights = np.where(present, plan.weights[parent][None, :, :], 0.0)
        whole = weights.sum(axis=1, keepdims=True)
        part = np.divide(weights, whole, out=np.full_like(weights, np.nan), where=whole > 0)
        share[:, rows] = np.where(part > 0, part, np.nan)
        effective[:, rows] = effective[:, [place[parent]]] * share[:, rows]
        if plan.recipe.method("aggregate", parent, framework.level(parent)).additive:
            points[:, rows] = share[:, rows] * stages.scores[:, rows]
    return {"share": share, "effective": effective, "contribution": points}


def _reasons(run: Run) -> list[str | None]:
    """Say why a group has no score, for every edition, node and unit; None for scores and indicators."""
    plan, stages = run.plan, run.stages
    framework = plan.framework
    limit = _fraction(framework.rules.node_coverage)
    reasons: list[str | None] = []
    for e, n, u in np.ndindex(stages.scores.shape):
        code = framework.nodes[n]
        if code in framework.indicators or not np.isnan(stages.scores[e, n, u]):
            reasons.append(None)
        elif n == 0 and stages.figures[e, u] < framework.rules.unit_coverage - TINY:
            needed = _fraction(framework.rules.unit_coverage)
            reasons.append(f"figures for {_share(stages.figures[e, u])} of the indicator weight, {needed} is needed")
        else:
            reasons.append(f"{_share(stages.covered[e, n, u])} of its weight has a score, {limit} is needed")
    return reasons


def _reference_rows(run: Run, scores: pl.DataFrame) -> list[pl.DataFrame]:
    """Score the reference as the weighted mean of the countries that have a score; never ranked."""
    reference = run.plan.framework.reference
    if reference is None or reference.rule != "weighted_mean":
        return []
    joined = scores.join(run.unit_weights, on=["edition", "country"], how="left", maintain_order="left")
    scored = joined.filter(pl.col("score").is_not_null())
    mean = (pl.col("score") * pl.col("weight")).sum() / pl.col("weight").sum()
    means = scored.group_by("edition", "node").agg(
        pl.when(pl.col("weight").is_not_null().all()).then(mean).alias("score")
    )
    keys = scores.select("edition", "node", "level", "parent").unique(maintain_order=True)
    rows = keys.join(means, on=["edition", "node"], how="left", maintain_order="left").with_columns(
        country=pl.lit(reference.code),
        covered=pl.col("score").is_not_null().cast(pl.Float64),
        reason=pl.when(pl.col("score").is_null()).then(
            pl.lit("no country has a score, or a weight of the mean is missing")
        ),
    )
    return [rows]


def _bounds(run: Run) -> pl.DataFrame:
    plan, stages, fit = run.plan, run.stages, run.stages.fit
    caps = np.isfinite(np.stack([fit.cap_low[:, 0], fit.cap_high[:, 0]]))
    moved = (stages.treated != stages.transformed) & ~np.isnan(stages.treated)
    counts = stages.counted.any(axis=0)
    rows = []
    for i, code in enumerate(plan.framework.leaves):
        capped = [f"{plan.units[u]} {run.editions[e]}" for e, u in np.argwhere(moved[:, i])]
        newest = run.editions[fit.newest[i]]
        every = [edition for e, edition in enumerate(run.editions) if stages.counted[e, i]]
        on = {"newest": str(newest), "all": _span(every)}
        rows.append(
            {
                "indicator": code,
                "transform": plan.transforms()[i],
                "cap_low": fit.cap_low[i, 0] if caps[0, i] else None,
                "cap_high": fit.cap_high[i, 0] if caps[1, i] else None,
                "capped": ", ".join(capped) or None,
                "caps_fitted_on": on[plan.recipe.fit("treat")] if counts[i] else None,
                "zero": fit.zero[i, 0],
                "full": fit.full[i, 0],
                "bounds_fitted_on": on[plan.recipe.fit("normalise")] if counts[i] else None,
            }
        )
    return pl.DataFrame(rows, schema=kinds("bounds")).with_columns(pl.col("zero", "full").fill_nan(None))


def _nodes(framework: Framework) -> pl.DataFrame:
    rows = []
    for position, code in enumerate(framework.nodes):
        row = {
            "node": code,
            "position": position,
            "level": framework.level(code),
            "parent": framework.parents.get(code),
            "name": framework.name_of(code),
        }
        if code in framework.indicators:
            each = framework.indicators[code]
            row |= {"unit": each.unit, "scored_unit": each.scored_unit, "higher_is_better": each.higher_is_better}
            row |= {"definition": each.definition, "why": each.why or None, "note": each.note or None}
            row |= {"source": each.source["organisation"]}
            row |= {"dataset": each.source.get("dataset"), "licence": each.source.get("licence")}
        else:
            row |= {"why": framework.groups[code].demand or None}
        rows.append(row)
    return pl.DataFrame(rows, schema=kinds("nodes"))


def _context(run: Run) -> pl.DataFrame:
    context = run.plan.framework.context
    names = {code: each.name for code, each in context.items()}
    units = {code: each.unit for code, each in context.items()}
    return run.context.with_columns(
        name=pl.col("indicator").replace_strict(names, return_dtype=pl.String),
        unit=pl.col("indicator").replace_strict(units, return_dtype=pl.String),
        value=pl.col("raw"),
    )


def _agreement(run: Run, scores: pl.DataFrame) -> pl.DataFrame:
    """Correlate each context series with the index: how far others who measured something near agree."""
    framework = run.plan.framework
    index = scores.filter((pl.col("node") == framework.root) & pl.col("country").is_in(framework.units))
    both = (
        _context(run)
        .join(index.select("edition", "country", "score"), on=["edition", "country"])
        .drop_nulls(["value", "score"])
    )
    return both.group_by("edition", "indicator", "name").agg(
        pl.len().alias("countries"),
        pl.corr(pl.col("value"), pl.col("score"), method="spearman").fill_nan(None).alias("spearman"),
    )


def _span(years: Sequence[int]) -> str:
    whole = len(years) > 1 and len(years) == years[-1] - years[0] + 1
    return f"{years[0]}-{years[-1]}" if whole else ", ".join(map(str, years))


def _share(value: float) -> str:
    return f"{100 * value:.0f} %"


def _fraction(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"
