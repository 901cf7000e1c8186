"""Climb the tree: the scores of every group from those of its children, children before parents.

Arrays are [edition, indicator or node, unit, replicate]. What rests on other units is computed on the ranked units
only; a reference unit has none of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from readiness.plan import Array, Plan, Way
from readiness.steps import gathered, newest_edition

Vary = Callable[[str, Array], tuple[Array, Array]]
ROUNDING = 1e-12  # a share of two thirds must pass a limit of two thirds
Climbed = Iterator[tuple[str, Array, Array, Array, Array]]


def aggregate(plan: Plan, leaves: Array, unfit: Array | None = None) -> tuple[Array, Array, dict[str, Array]]:
    """Score every node from the indicators' scores, children before parents.

    Weights that are learned are the same for all draws of an imputation: contributions then add up.

    Shapes   leaves (edition, indicator, unit, replicate); unfit (edition, unit), the units that may have no score of
             the index: there they are nobody's rival and teach no weights. Returns scores and covered shares, both
             (edition, node, unit, replicate) in the order of framework.nodes, and the weights of each group (child,
             replicate).
    """
    nodes = plan.framework.nodes
    scores = np.empty((len(leaves), len(nodes), *leaves.shape[2:]))
    covered = np.empty_like(scores)
    own = [plan.place[code] for code in plan.framework.leaves]
    scores[:, own], covered[:, own] = leaves, ~np.isnan(leaves)
    weights: dict[str, Array] = {}
    draws = bool(plan.recipe.method("impute").draws)
    for code, score, share, weight, children in climb(plan, leaves, unfit, pooled=draws):
        if draws:
            score[np.isnan(score).any(axis=-1)] = np.nan  # a draw without a score leaves a gap in all draws
        scores[:, plan.place[code]], covered[:, plan.place[code]], weights[code] = score, share, weight
        if code == plan.framework.root and unfit is not None:
            covered[:, plan.place[code]][unfit] = _present(children, weight)[unfit]
    return scores, covered, weights


def climb(
    plan: Plan, leaves: Array, unfit: Array | None = None, vary: Vary | None = None, *, pooled: bool = False
) -> Climbed:
    """Yield each group's code, scores, covered shares and weights, and its children's scores, children before parents.

    Shapes   leaves (edition, indicator, unit, replicate), of one replicate if all have the same; `vary` takes a group's
             code and its weights (child, replicate) and returns those of more replicates, and those by which a unit is
             judged to have too few scores: chance must not decide that. Yields scores and shares (edition, unit,
             replicate), weights (child, replicate), children (edition, child, unit, replicate).
    """
    done: dict[str, Array] = {}
    for code, way in plan.groups.items():
        children = leaves[:, way.leaves] if way.leaves is not None else _gather(plan, way, leaves, done)
        teaching = children
        if code == plan.framework.root and unfit is not None and unfit.any():
            teaching = np.where(unfit[:, None] if unfit.ndim == 3 else unfit[:, None, :, None], np.nan, children)
        averaged = teaching.mean(axis=3, keepdims=True) if pooled else teaching
        weights = weigh(plan, way, code, averaged)
        judged, coverage = weights, way.numbers[0]
        if vary is not None:
            weights, judged = vary(code, weights)
        weights = np.repeat(weights, teaching.shape[3], axis=1) if weights.shape[1] < teaching.shape[3] else weights
        if vary is None:
            scores, share = _average(plan, way, teaching, weights, coverage)
        else:
            scores, share = _varied(plan, way, teaching, weights, judged)
        done[code] = scores
        yield code, scores, share, weights, children


def weigh(plan: Plan, way: Way, code: str, children: Array) -> Array:
    """Return the weights of a group's children, [child, replicate].

    Shapes   children (edition, child, unit, replicate), their scores. A method that learns does so from the ranked
             units in the newest edition in which a child has a score, or in all editions.
    """
    given = np.repeat(way.declared[:, None], children.shape[3] if way.weight.learns else 1, axis=1)
    if way.weight.name == "declared":
        return given
    sample = np.empty((len(given), 0, given.shape[1]))
    if way.weight.learns:
        members = children[:, :, : plan.members]
        newest = newest_edition(~np.isnan(members).all(axis=(2, 3)))
        sample = gathered(members, newest, way.fit)
    elif way.weight.needs == "opinions" and len(given) > 1:
        sample = np.array(plan.framework.opinions[way.weight.name][code])[:, :, None]
    out = np.empty_like(given)
    way.weight.run(given, sample, out, *way.weight_numbers)
    return out


def _varied(plan: Plan, way: Way, x: Array, weights: Array, judged: Array) -> tuple[Array, Array]:
    """Do as `_average`, but judge by other weights who has too few scores; where units are rivals, before they meet."""
    least = way.numbers[0]
    if least > 0 and not way.aggregate.pointwise and np.isnan(x).any():
        few = _present(x, judged) < least - ROUNDING
        x = np.where(few[:, None], np.nan, x)
    scores, share = _average(plan, way, x, weights, 0.0)
    gaps = np.isnan(x).any() if x.shape[3] == 1 else (share < 1).any()
    if least > 0 and way.aggregate.pointwise and gaps:
        np.copyto(scores, np.nan, where=_present(x, judged) < least - ROUNDING)
    return scores, share


def _gather(plan: Plan, way: Way, leaves: Array, done: dict[str, Array]) -> Array:
    """Put the scores of a group's children side by side, all with as many replicates as the one with most."""
    place = plan.framework.leaves.index
    rows = [done[child] if child in done else leaves[:, place(child)] for child in way.children]
    out = np.empty((len(leaves), len(rows), leaves.shape[2], max(row.shape[-1] for row in rows)))
    for k, row in enumerate(rows):
        out[:, k] = row
    return out


def _present(children: Array, weights: Array) -> Array:
    """Return the share of a group's weight that has a score, [edition, unit, replicate]."""
    replicates = max(weights.shape[1], children.shape[3])
    weights = np.repeat(weights, replicates, axis=1) if weights.shape[1] < replicates else weights
    whole = weights.sum(axis=0)
    there = np.broadcast_to(~np.isnan(children), (*children.shape[:3], replicates))
    share = np.einsum("kr,ekur->eur", weights, there.astype(float))
    return np.divide(share, whole, out=np.zeros_like(share), where=whole > 0)


def _average(plan: Plan, way: Way, x: Array, weights: Array, coverage: float) -> tuple[Array, Array]:
    """Return the scores of a group and the share of weight present, [edition, unit, replicate] each."""
    method, replicates = way.aggregate, weights.shape[1]
    units = x.shape[2] if method.pointwise else plan.members
    if x.shape[3] < replicates and not method.steady:
        x = np.repeat(x, replicates, axis=3)
    out, covered = (np.empty((len(x), x.shape[2], replicates)) for _ in range(2))
    if units < x.shape[2]:
        out[:, units:], covered[:, units:] = np.nan, 0.0
    for e in range(len(x)):
        given = np.ascontiguousarray(x[e, :, :units])
        method.run(given, weights, coverage, out[e, :units], covered[e, :units], *way.numbers[1:])
    return out, covered
