"""Stages of a run -> the tables of nodes: weights and scores."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import polars as pl

from readiness.framework import Framework
from readiness.pipeline import Stages, reference_mean
from readiness.plan import Plan
from readiness.tables import kinds

TINY = 1e-12


@dataclass(frozen=True)
class Run:
    """What the tables are made from: the plan, its editions, the stages, the figures used.

    `weights` [edition, member] are those of the reference's mean, NaN where unknown.
    """

    plan: Plan
    editions: tuple[int, ...]
    stages: Stages
    used: pl.DataFrame
    weights: np.ndarray
    context: pl.DataFrame


def weights_table(run: Run) -> pl.DataFrame:
    """Return each node's declared weight, its share in each edition and why it does not count."""
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
            own = dict(zip(siblings, stages.weights[parent].tolist(), strict=True))
            counts = {each: own[each] if scored[e, place[each]] else 0.0 for each in siblings}
            whole = sum(counts.values())
            share = counts[code] / whole if whole else 0.0
            effective[code] = effective[parent] * share
            reason = _why_not(run, e, code, own[code], place) if share == 0 else None
            learned = sum(own.values())
            shares = (own[code] / learned if learned else 0.0, share, effective[code])
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
            needed = framework.rules.figures_needed(run.plan.members)
            return f"figures for {present} of {run.plan.members} countries, {needed} are needed"
        return no_scale(run, leaf)
    best = float(run.stages.covered[e, place[code], : run.plan.members].max())
    return f"{_share(best)} of its weight has a score, {_needed(run.plan, code)} is needed"


def no_scale(run: Run, leaf: int) -> str:
    """Say why an indicator with values has no scores."""
    zero, full = run.stages.fit.bounds[leaf, :2]
    return "all values are equal: no scale" if zero == full else "the method of the scale has no bounds for it"


def scores_table(run: Run, cells: pl.DataFrame) -> pl.DataFrame:
    """Return score, rank, shares and contribution of every node and unit, the reference included."""
    plan, stages = run.plan, run.stages
    framework = plan.framework
    shape = stages.scores.shape
    nodes = np.array(framework.nodes)
    columns = {
        "edition": np.repeat(np.array(run.editions), shape[1] * shape[2]),
        "country": np.tile(np.array(plan.units), shape[0] * shape[1]),
        "node": np.tile(np.repeat(nodes, shape[2]), shape[0]),
        "score": stages.scores.ravel(),
        "imputation_error": stages.score_error.ravel(),
        "rank": stages.ranks.ravel(),
        "covered": np.minimum(stages.covered, 1.0).ravel(),
        **{name: array.ravel() for name, array in _shares(plan, stages).items()},
    }
    frame = pl.DataFrame(columns).with_columns(
        pl.col("score", "imputation_error", "share", "effective", "contribution").fill_nan(None),
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
        weights = np.where(present, stages.weights[parent][None, :, None], 0.0)
        whole = weights.sum(axis=1, keepdims=True)
        part = np.divide(weights, whole, out=np.full_like(weights, np.nan), where=whole > 0)
        share[:, rows] = np.where(part > 0, part, np.nan)
        effective[:, rows] = effective[:, [place[parent]]] * share[:, rows]
        if plan.way("aggregate", parent)[0].additive:
            points[:, rows] = share[:, rows] * stages.scores[:, rows]
    return {"share": share, "effective": effective, "contribution": points}


def _reasons(run: Run) -> list[str | None]:
    """Say why a group has no score, for every edition, node and unit; None for scores and indicators."""
    plan, stages = run.plan, run.stages
    framework = plan.framework
    reasons: list[str | None] = []
    for e, n, u in np.ndindex(stages.scores.shape):
        code = framework.nodes[n]
        if code in framework.indicators or not np.isnan(stages.scores[e, n, u]):
            reasons.append(None)
        elif n == 0 and stages.figures[e, u] < framework.rules.unit_coverage - TINY:
            needed = _fraction(framework.rules.unit_coverage)
            reasons.append(f"figures for {_share(stages.figures[e, u])} of the indicator weight, {needed} is needed")
        else:
            reasons.append(_too_little(plan, code, float(stages.covered[e, n, u])))
    return reasons


def _reference_rows(run: Run, scores: pl.DataFrame) -> list[pl.DataFrame]:
    """Score the reference as the weighted mean of the countries that have a score; never ranked."""
    reference = run.plan.framework.reference
    if reference is None or reference.rule != "weighted_mean":
        return []
    means = [reference_mean(run.plan, own, each) for own, each in zip(run.stages.scores, run.weights, strict=True)]
    keys = scores.filter(pl.col("country") == run.plan.units[0]).select("edition", "node", "level", "parent")
    rows = keys.with_columns(pl.Series("score", np.concatenate(means)).fill_nan(None), country=pl.lit(reference.code))
    return [
        rows.with_columns(
            covered=pl.col("score").is_not_null().cast(pl.Float64),
            reason=pl.when(pl.col("score").is_null()).then(
                pl.lit("no country has a score, or a weight of the mean is missing")
            ),
        )
    ]


def _too_little(plan: Plan, code: str, share: float) -> str:
    own = plan.recipe.coverage(*plan.framework.places(code))
    if share >= (float(plan.framework.rules.node_coverage) if own is None else own) - TINY and share > 0:
        return f"{plan.way('aggregate', code)[0].name} finds no score for it"
    return f"{_share(share)} of its weight has a score, {_needed(plan, code)} is needed"


def _needed(plan: Plan, code: str) -> str:
    own = plan.recipe.coverage(*plan.framework.places(code))
    return _fraction(plan.framework.rules.node_coverage) if own is None else _share(own)


def _share(value: float) -> str:
    return f"{100 * value:.0f} %"


def _fraction(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"
