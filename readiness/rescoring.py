"""Other figures on the scale of a run: what its index would be if a figure were another, all else as it is."""

from __future__ import annotations

import numpy as np

from readiness import climbing, steps
from readiness.climbing import Vary
from readiness.plan import Array, Plan
from readiness.sides import Side

LANES = 512  # sets of figures that are scored at a time


def rescored(side: Side, x: Array) -> tuple[Array, Array]:
    """Return scores and ranks of an edition for other figures, with the caps, bounds and weights of its run.

    Shapes   x (indicator, unit, lane), imputed figures before their transform; returns scores (node, unit, lane) and
             ranks (node, unit, lane), 0 for none.
    """
    parts = [_part(side, np.ascontiguousarray(x[:, :, at : at + LANES])) for at in range(0, x.shape[2], LANES)]
    scores, ranks = (np.concatenate(each, axis=2) for each in zip(*parts, strict=True))
    return scores, ranks


def _part(side: Side, x: Array) -> tuple[Array, Array]:
    plan, fit, lanes = side.weighed, side.stages.fit, x.shape[2]
    treatment = tuple(np.repeat(each[:, None], lanes, axis=1) for each in (fit.low, fit.high, fit.shift, fit.power))
    bounds = np.repeat(fit.bounds[..., None], lanes, axis=2)
    leaves = steps.normalise(plan, steps.treat(plan, steps.transform(plan, x[None]), treatment), bounds)

    def weigh(code: str, weights: Array) -> tuple[Array, Array]:
        own = np.repeat(side.stages.weights[code][:, None], lanes, axis=1)
        return own, own

    declared = plan.framework.declared_shares()
    shares = np.array([declared[code] for code in plan.framework.leaves])
    invented = side.filled[:, :, None] & (x == side.figures[:, :, None])
    covered = np.einsum("i,iul->ul", shares, (~np.isnan(x) & ~invented).astype(float))
    scores = climbed(plan, leaves, weigh, covered < float(plan.framework.rules.unit_coverage) - climbing.ROUNDING)
    return scores, steps.rank(plan, scores[None])[0]


def climbed(plan: Plan, leaves: Array, weigh: Vary, unfit: Array) -> Array:
    """Return the scores of all nodes, (node, unit, lane).

    Shapes   leaves (1, indicator, unit, lane); unfit (unit, lane), where the index has no score; `weigh` gives a
             group's weights, (child, lane).
    """
    out = np.full((len(plan.framework.nodes), *leaves.shape[2:]), np.nan)
    out[[plan.place[code] for code in plan.framework.leaves]] = leaves[0]
    for code, score, _, _, _ in climbing.climb(plan, leaves, unfit[None], weigh):
        out[plan.place[code]] = np.broadcast_to(score[0], out[0].shape)
    out[plan.place[plan.framework.root]][unfit] = np.nan
    return out
