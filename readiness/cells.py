"""Makes the cells of a simulation: what a run has found, ready to be varied on its newest edition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from readiness import steps
from readiness.figure_errors import FigureErrors
from readiness.lanes import Cell
from readiness.pipeline import Stages, figure_shares, indicators_that_count, score
from readiness.plan import Array, Plan
from readiness.variation import Variation

CAPS = ("none", "winsorise")  # treatments that keep the order and have a value for every figure


def make_cells(
    plan: Plan, denominated: Array, variation: Variation, seed: int, errors: FigureErrors, at: int = -1
) -> list[Cell]:
    """Return the cells of a plan, found from all editions and scored on one: one for each draw of an imputation.

    Imputed figures have the imputation's standard error, unless each draw is a cell of its own. `at` is the position of
    the edition, the newest if none is named; another one has scales that are found once only.
    """
    method, given = plan.recipe.method("impute"), plan.recipe.parameters("impute")
    counted = indicators_that_count(plan, denominated)
    unfit = figure_shares(plan.framework, denominated, counted) < plan.framework.rules.unit_coverage - 1e-12
    drawn = _Drawn(variation, seed, errors, at)
    if not method.draws:
        stages = score(plan, denominated)
        return [_cell(plan, stages, stages.weights, unfit, drawn)]
    imputed, _ = steps.impute(plan, np.where(counted[:, :, None], denominated, np.nan))
    filled = replace(plan, recipe=plan.recipe.replace(plan.recipe.name, impute="none"))
    draws = [np.where(counted[:, :, None], imputed[..., m], np.nan) for m in range(int(given["draws"]))]
    weights = score(plan, denominated).weights  # learned from all draws together
    return [_cell(filled, score(filled, each), weights, unfit, drawn) for each in draws]


class _Drawn(NamedTuple):
    """What is drawn, with which seed and errors, and the position of the edition that is scored."""

    variation: Variation
    seed: int
    errors: FigureErrors
    at: int


def _cell(plan: Plan, stages: Stages, weights: Mapping[str, Array], unfit: Array, drawn: _Drawn) -> Cell:
    variation, seed, errors, at = drawn
    members = slice(0, plan.members)
    figures, witnesses = _with_witnesses(plan, stages, at, refit=variation.refit)
    units = (*plan.units[members], *[""] * witnesses, *plan.units[plan.members :])
    imputed = stages.imputation_error[at, :, members]
    fit = stages.fit
    return Cell(
        plan=replace(plan, units=units, editions=(plan.editions[at],), witnesses=witnesses),
        variation=variation,
        seed=seed,
        figures=figures,
        errors=_of_members(errors, imputed, members),
        treatment=tuple(each[:, None] for each in (fit.low, fit.high, fit.shift, fit.power)),
        bounds=fit.bounds[..., None],
        leaves=np.ascontiguousarray(stages.normalised[at, None, :, members, None]),
        unfit=unfit[at, None, members],
        taught={code: weights[code][:, None] for code, way in plan.groups.items() if way.weight.learns},
        followers=frozenset(code for code in plan.groups if variation.refit and _follows(plan, stages, code, at)),
    )


def _of_members(errors: FigureErrors, imputed: Array, members: slice) -> FigureErrors:
    """Return the errors of the members; `imputed` [indicator, member] are those of filled gaps, of each by itself."""
    filled = ~np.isnan(imputed)
    size, factors = np.where(filled, imputed, errors.size[:, members]), {}
    for row, factor in errors.factor.items():
        size[row, ~filled[row]] = 1.0  # the factor has the size in it
        factors[row] = factor[members, members] + np.diag(filled[row].astype(float))
    low, high = (np.ascontiguousarray(each[:, members]) for each in (errors.low, errors.high))
    return replace(errors, size=size, low=low, high=high, factor=factors)


def _follows(plan: Plan, stages: Stages, code: str, at: int) -> bool:
    """Say whether a group's weights are learned from nothing but the figures that vary, those of one edition."""
    way = plan.groups[code]
    children = stages.scores[at, [plan.place[child] for child in way.children], : plan.members]
    return way.weight.learns and way.fit == "newest" and not np.isnan(children).all(axis=1).any()


def _with_witnesses(plan: Plan, stages: Stages, at: int, *, refit: bool) -> tuple[Array, int]:
    """Put what other editions had between the members and the reference units, [indicator, unit]; return how many.

    Two values are enough where only the smallest and the largest count and transforms and caps keep the order; a bend
    may have no value for the smallest. Else all of them stand there.
    """
    imputed = stages.imputed
    others = np.where(np.isnan(stages.transformed), np.nan, imputed)[:, :, : plan.members]
    others = np.delete(others, at, axis=0)
    others = np.moveaxis(others, 0, 1).reshape(imputed.shape[1], -1)
    parts = [part for step in ("treat", "normalise") for part in plan.parts(step)]
    learn = [part for part in parts if part.fit == "all" and part.method.fit is not None]
    whole = any(part.method.step == "treat" or part.method.whole_sample or part.method.plain for part in learn)
    whole |= any(part.method.name not in CAPS for part in plan.parts("treat"))
    whole |= any(part.method.plain for part in plan.parts("transform"))  # may not keep the order
    if not learn or not refit:
        others = others[:, :0]
    elif not whole and others.size:
        lowest = np.where(np.isnan(others), np.inf, others).min(axis=1)
        highest = np.where(np.isnan(others), -np.inf, others).max(axis=1)
        both = np.stack([lowest, highest], axis=1)
        others = np.where(np.isinf(both), np.nan, both)
    own, outside = imputed[at, :, : plan.members], imputed[at, :, plan.members :]
    return np.concatenate([own, others, outside], axis=1), others.shape[1]
