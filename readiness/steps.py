"""One function a step: it gathers what the formulas need, calls them, and hands their results on.

Weights and aggregation, which climb the tree group by group, stand in climbing.py.

Arrays are [edition, indicator or node, unit, replicate]. What rests on other units is computed on the ranked units
only; a reference unit has none of it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from readiness.errors import Violation, raise_errors
from readiness.plan import Array, Part, Plan
from readiness.streams import IMPUTATION, normals

Treatment = tuple[Array, Array, Array, Array]  # low, high, shift, power, each [indicator, replicate]


def impute(plan: Plan, considered: Array) -> tuple[Array, Array]:
    """Fill gaps by the recipe's method, many times if it draws; return figures and standard errors of the filled.

    Shapes   considered (edition, indicator, unit); returns two arrays (edition, indicator, unit, replicate).
    """
    method, given = plan.recipe.method("impute"), plan.recipe.parameters("impute")
    draws = int(given["draws"]) if method.draws else 1
    x = np.repeat(considered[..., None], draws, axis=-1)
    members = np.ascontiguousarray(x[:, :, : plan.members])
    filled, error = np.full_like(members, np.nan), np.full_like(members, np.nan)
    noise = np.zeros_like(members)
    if method.draws:
        noise = normals(int(given["seed"]), IMPUTATION, members.shape[:-1], draws)
    clusters = plan.clusters(given.get("by", ""))[: plan.members]
    years = np.array(plan.editions, dtype=float)
    numbers = method.numbers(given, fitted=False)
    method.run(members, plan.siblings, clusters, years, noise, filled, error, *numbers)
    outside = x[:, :, plan.members :]
    unfilled = np.full_like(outside, np.nan)
    return np.concatenate([filled, outside], axis=2), np.concatenate([error, unfilled], axis=2)


def transform(plan: Plan, x: Array, *, in_place: bool = False) -> Array:
    """Bend each indicator's scale by its transform; figures that nobody else needs may be bent where they are."""
    bends = [part for part in plan.parts("transform") if part.method.name != "none"]
    out = x.copy() if bends and not in_place else x
    for part in bends:
        numbers = part.method.numbers(part.parameters, fitted=False)
        for e in range(len(x)):
            own = _rows(x[e], part.rows)
            bent = np.empty_like(own)
            part.method.run(own, bent, *numbers)
            out[e, part.rows] = bent
    return out


def fit_treatment(plan: Plan, transformed: Array, newest: Array) -> Treatment:
    """Find caps and bends of each indicator, on the newest edition in which it counts or on all editions."""
    found = _untreated(transformed.shape[1], transformed.shape[3])
    treating = [part for part in plan.parts("treat") if part.method.name != "none"]
    found = tuple(each.copy() for each in found) if treating else found
    for part in treating:
        sample = _sample(plan, transformed, newest, part)
        own = tuple(np.empty((len(part.rows), transformed.shape[3])) for _ in range(4))
        part.method.run_fit(sample, *own, *part.method.numbers(part.parameters, fitted=True))
        for whole, each in zip(found, own, strict=True):
            whole[part.rows] = each
    return found


@cache
def _untreated(indicators: int, replicates: int) -> Treatment:
    """Return no caps, no shift and no power; nobody writes into them."""
    found = tuple(np.full((indicators, replicates), each) for each in (-np.inf, np.inf, 0.0, np.nan))
    for each in found:
        each.flags.writeable = False
    return found


def treat(plan: Plan, x: Array, treatment: Treatment) -> Array:
    """Apply caps and bends."""
    if all(part.method.name == "none" for part in plan.parts("treat")):
        return x
    return _apply(plan, "treat", x, list(treatment), x.shape[2])


def fit_bounds(plan: Plan, treated: Array, treatment: Treatment, newest: Array) -> Array:
    """Find, for each indicator, the values that score the two ends of the scale, [indicator, 4, replicate]."""
    direction = np.array([plan.framework.indicators[code].direction for code in plan.framework.leaves])
    declared = _declared(plan, treatment, treated.shape[3])
    bounds = np.empty((treated.shape[1], 4, treated.shape[3]))
    for part in plan.parts("normalise"):
        given = _rows(declared, part.rows)
        if "unit" in part.method.parameters:
            given = np.array(given)
            given[:, 4] = _reference(plan, treated, newest, part)
        numbers = part.method.numbers(part.parameters, fitted=True)
        sample = _sample(plan, treated, newest, part)
        whole = len(part.rows) == len(bounds)
        own = bounds if whole else np.empty((len(part.rows), 4, treated.shape[3]))
        part.method.run_fit(sample, np.ascontiguousarray(direction[part.rows]), given, own, *numbers)
        if not whole:
            bounds[part.rows] = own
    return bounds


def normalise(plan: Plan, x: Array, bounds: Array) -> Array:
    """Bring the indicators to one scale."""
    return _apply(plan, "normalise", x, [bounds], plan.members if plan.witnesses else x.shape[2])


def rank(plan: Plan, scores: Array) -> Array:
    """Rank the members on every node; a reference unit has no rank.

    Shapes   scores (edition, node, unit, replicate); returns places of the same shape, 0 for no rank.
    """
    method = plan.recipe.method("rank")
    numbers = method.numbers(plan.recipe.parameters("rank"), fitted=False)
    ranks = np.zeros(scores.shape)
    for e, n in np.ndindex(scores.shape[:2]):
        own = np.zeros((plan.members, scores.shape[3]))
        method.run(np.ascontiguousarray(scores[e, n, : plan.members]), own, *numbers)
        ranks[e, n, : plan.members] = own
    return ranks


def newest_edition(present: Array) -> Array:
    """Return the position of the newest edition in which each column is present, -1 for none.

    Shapes   present (edition, column), true or false.
    """
    return np.where(present, np.arange(len(present))[:, None], -1).max(axis=0)


def _sample(plan: Plan, x: Array, newest: Array, part: Part) -> Array:
    """Gather what a fit learns from: [indicator, value, replicate] of the members, and of the witnesses if from all."""
    known = plan.members + (plan.witnesses if part.fit == "all" else 0)
    own = x if len(part.rows) == x.shape[1] else x[:, part.rows]
    return gathered(own if known == x.shape[2] else own[:, :, :known], newest[part.rows], part.fit)


def gathered(members: Array, newest: Array, fit: str) -> Array:
    """Take each column from its newest edition, or all editions one after the other; [column, value, replicate]."""
    if len(members) == 1:
        return np.ascontiguousarray(members[0])
    if fit == "newest":
        return np.stack([members[position, column] for column, position in enumerate(newest)])
    return np.ascontiguousarray(np.moveaxis(members, 0, 1).reshape(members.shape[1], -1, members.shape[3]))


def _rows(x: Array, rows: list[int]) -> Array:
    """Return rows of an array as one block, not copied if they are all of it."""
    return np.ascontiguousarray(x if len(rows) == len(x) else x[rows])


def _apply(plan: Plan, step: str, x: Array, learned: list[Array], units: int) -> Array:
    """Run a step's formulas on so many units, or on the members alone where units depend on each other.

    The others keep their values in a treatment, which is of the same unit, and have none on a scale.
    """
    parts = plan.parts(step)
    whole = len(parts) == 1 and (parts[0].method.pointwise or plan.members == units)
    out = np.empty((*x.shape[:2], units, x.shape[3]))
    if not whole:
        out[:] = x[:, :, :units] if step == "treat" else np.nan
    for part in parts:
        own = [_rows(each, part.rows) for each in learned]
        numbers = part.method.numbers(part.parameters, fitted=False)
        mine = units if part.method.pointwise else plan.members
        for e in range(len(x)):
            given = _rows(x[e], part.rows)
            given = given if mine == x.shape[2] else np.ascontiguousarray(given[:, :mine])
            made = out[e] if whole else np.empty_like(given)
            part.method.run(given, *own, *numbers, made)
            if not whole:
                out[e, part.rows, :mine] = made
    return out


def _declared(plan: Plan, treatment: Treatment, replicates: int) -> Array:
    """Take goalposts and targets through each indicator's transform and bend.

    Shapes   returns (indicator, 5, replicate); the last of the five, the reference, is a gap.

    They are declared in the unit of the figures and used in the unit that is scored. Caps do not move them.
    """
    if not any(part.method.needs for part in plan.parts("normalise")):
        return _nothing(len(plan.framework.leaves), replicates)
    nothing = (np.nan, np.nan)
    indicators = [plan.framework.indicators[code] for code in plan.framework.leaves]
    values = np.array([[*(each.goalposts or nothing), *(each.target or nothing), np.nan] for each in indicators])
    bent = transform(plan, np.repeat(values[None, :, :, None], replicates, axis=-1))
    low, high, shift, power = treatment
    uncapped = (np.full_like(low, -np.inf), np.full_like(high, np.inf), shift, power)
    everyone = replace(plan, members=values.shape[1], witnesses=0)
    declared = treat(everyone, bent, uncapped)[0]
    _must_be_bent(plan, declared)
    return declared


@cache
def _nothing(indicators: int, replicates: int) -> Array:
    """Return declared values where none is needed; nobody writes into them."""
    nothing = np.full((indicators, 5, replicates), np.nan)
    nothing.flags.writeable = False
    return nothing


def _must_be_bent(plan: Plan, declared: Array) -> None:
    """Refuse declared bounds that are used and have no value after transform and bend, as zero has no logarithm."""
    found = []
    for row, code in enumerate(plan.framework.leaves):
        each, method = plan.framework.indicators[code], plan.way("normalise", code)[0]
        for name, pair in each.bounds_for(method.needs).items():
            first = {"goalposts": 0, "target": 2}[name]
            if np.isnan(declared[row, first : first + 2]).any():
                treat = plan.way("treat", code)[0].name
                shown = f"{pair[0]:g}, {pair[1]:g}"
                hint = f"Two ways out: treat_at.{code} = none, or another normalise_at.{code}"
                found.append(Violation("E544", each.file, shown, f"values that {treat} can take", hint=hint))
    raise_errors(found)


def _reference(plan: Plan, treated: Array, newest: Array, part: Part) -> Array:
    """Return what the reference unit has in each indicator's newest edition, or the mean of the members there."""
    own = np.stack([treated[newest[row], row] for row in part.rows])
    unit = plan.framework.unit_code(part.parameters.get("unit", ""))
    if unit:
        return own[:, plan.units.index(unit)] if unit in plan.units else np.full(own[:, 0].shape, np.nan)
    members = own[:, : plan.members]
    known = ~np.isnan(members)
    total, count = np.where(known, members, 0.0).sum(axis=1), known.sum(axis=1)
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
