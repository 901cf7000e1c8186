"""The steps of an index in order, on plain arrays.

Axes are [edition, indicator or node, unit, replicate], weights [child, replicate]; the official run is one replicate,
multiple imputation some. What is fitted (caps, bounds, weights) is found once and applied to every edition. Only
formulas are compiled; this file is their order, steps.py and climbing.py call them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from readiness import climbing, steps
from readiness.framework import Framework
from readiness.plan import Array, Plan
from readiness.pooling import pool
from readiness.registry import lookup


@dataclass(frozen=True)
class Fit:
    """What was learned: caps, shift and power of the treatment [indicator], the bounds of the scale [indicator, 4].

    `newest` is the position of the newest edition in which an indicator counts, -1 for none.
    """

    low: Array
    high: Array
    shift: Array
    power: Array
    bounds: Array
    newest: Array


@dataclass(frozen=True)
class Stages:
    """Every stage of a run; no stage overwrites another. Arrays are [edition, indicator or node, unit].

    `counted` [edition, indicator] says whether an indicator counts; `figures` [edition, unit] is the share of declared
    indicator weight with a figure; rank 0 is no rank. `imputation_error` and `score_error` are standard errors that
    come from imputation, NaN where there is none. `weights` [child] are those of each group. Nodes are in the
    framework's order.
    """

    denominated: Array
    counted: Array
    imputed: Array
    imputation_error: Array
    transformed: Array
    treated: Array
    normalised: Array
    scores: Array
    score_error: Array
    covered: Array
    ranks: Array
    figures: Array
    weights: dict[str, Array]
    fit: Fit


def score(plan: Plan, denominated: Array) -> Stages:
    """Compute an index from denominated figures.

    Shapes   denominated (edition, indicator, unit): indicators in the order of framework.leaves, units as in the plan.
    Gaps     NaN in, NaN out; an indicator with too few figures in an edition is out for all units there.
    """
    counted = indicators_that_count(plan, denominated)
    figures = figure_shares(plan.framework, denominated, counted)
    newest = steps.newest_edition(counted)
    considered = np.where(counted[:, :, None], denominated, np.nan)
    imputed, error = steps.impute(plan, considered)
    imputed[~counted], error[~counted] = np.nan, np.nan  # no filling brings back an indicator that is out
    transformed = steps.transform(plan, imputed)
    treatment = steps.fit_treatment(plan, transformed, newest)
    treated = steps.treat(plan, transformed, treatment)
    bounds = steps.fit_bounds(plan, treated, treatment, newest)
    normalised = steps.normalise(plan, treated, bounds)
    normalised[np.isnan(normalised).any(axis=-1)] = np.nan  # a draw without a value leaves a gap in all draws
    unfit = figures < plan.framework.rules.unit_coverage - 1e-12
    scores, covered, weights = climbing.aggregate(plan, normalised, unfit)
    mean, score_error = pooled(scores)
    fit = Fit(*(each.mean(axis=-1) for each in (*treatment, bounds)), newest)
    return Stages(
        denominated=denominated,
        counted=counted,
        imputed=imputed.mean(axis=-1),
        imputation_error=error.mean(axis=-1),
        transformed=transformed.mean(axis=-1),
        treated=treated.mean(axis=-1),
        normalised=normalised.mean(axis=-1),
        scores=mean,
        score_error=score_error,
        covered=covered.mean(axis=-1),
        ranks=steps.rank(plan, mean[..., None])[..., 0],
        figures=figures,
        weights={code: own.mean(axis=-1) for code, own in weights.items()},
        fit=fit,
    )


def indicators_that_count(plan: Plan, denominated: Array) -> Array:
    """Say which indicators have a figure for enough of the ranked units, [edition, indicator]."""
    present = (~np.isnan(denominated[:, :, : plan.members])).sum(axis=2)
    return present >= plan.framework.rules.figures_needed(plan.members)


def figure_shares(framework: Framework, denominated: Array, counted: Array) -> Array:
    """Return the share of the declared indicator weight that has a figure, [edition, unit]."""
    declared = framework.declared_shares()
    shares = np.array([declared[code] for code in framework.leaves])
    present = ~np.isnan(denominated) & counted[:, :, None]
    return np.einsum("i,eiu->eu", shares, present.astype(float))


def pooled(scores: Array) -> tuple[Array, Array]:
    """Return the mean of the draws and its standard error by Rubin's rules; NaN where there is only one.

    Shapes   scores (edition, node, unit, replicate); returns two arrays without the replicates.
    """
    if scores.shape[-1] == 1:
        return scores[..., 0], np.full(scores.shape[:-1], np.nan)
    mean, variance, _ = pool(scores, np.zeros_like(scores))
    same = scores.min(axis=-1) == scores.max(axis=-1)  # no gap was filled here; a mean of equals may round
    return np.where(same, scores[..., 0], mean), np.where(same, 0.0, np.sqrt(variance))


def reference_mean(plan: Plan, scores: Array, weights: Array) -> Array:
    """Return each node's mean over the members that have a score, weighted; a gap where one of them has no weight.

    Shapes   scores (node, unit), weights (member,), any positive scale; returns (node,).
    """
    members = scores[:, : plan.members]
    x = np.ascontiguousarray(members.T)[..., None]
    w = np.nan_to_num(weights)[:, None]
    mean, covered = np.empty((len(scores), 1)), np.empty((len(scores), 1))
    lookup("aggregate", "arithmetic").run(x, w, 0.0, mean, covered)
    unknown = (~np.isnan(members) & np.isnan(weights)).any(axis=1)
    return np.where(unknown, np.nan, mean[:, 0])
