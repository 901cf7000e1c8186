"""One function a step: it gathers what the formulas need, calls them, and hands their results on.

Arrays are [edition, indicator or node, unit, replicate]. What rests on other units is computed on the ranked units
only; a reference unit has none of it.
"""

from __future__ import annotations

import numpy as np

from readiness.errors import Violation, raise_errors
from readiness.plan import Array, Part, Plan
from readiness.registry import Method
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
    noise = normals(int(given["seed"]), IMPUTATION, members.shape[:-1], draws) if method.draws else np.zeros_like(members)
    clusters = plan.clusters(given.get("by", ""))[: plan.members]
    years = np.array(plan.editions, dtype=float)
    numbers = method.numbers(given, fitted=False)
    method.run(members, plan.siblings, clusters, years, noise, filled, error, *numbers)
    outside = x[:, :, plan.members :]
    unfilled = np.full_like(outside, np.nan)
    return np.concatenate([filled, outside], axis=2), np.concatenate([error, unfilled], axis=2)


def transform(plan: Plan, x: Array) -> Array:
    """Bend each indicator's scale by its transform."""
    out = np.empty_like(x)
    for part in plan.parts("transform"):
        numbers = part.method.numbers(part.parameters, fitted=False)
        for e in range(len(x)):
            own = np.ascontiguousarray(x[e, part.rows])
            bent = np.empty_like(own)
            part.method.run(own, bent, *numbers)
            out[e, part.rows] = bent
    return out


def fit_treatment(plan: Plan, transformed: Array, newest: Array) -> Treatment:
    """Find caps and bends of each indicator, on the newest edition in which it counts or on all editions."""
    found = tuple(np.empty((transformed.shape[1], transformed.shape[3])) for _ in range(4))
    for part in plan.parts("treat"):
        sample = _sample(plan, transformed, newest, part)
        own = tuple(np.empty((len(part.rows), transformed.shape[3])) for _ in range(4))
        part.method.run_fit(sample, *own, *part.method.numbers(part.parameters, fitted=True))
        for whole, each in zip(found, own, strict=True):
            whole[part.rows] = each
    return found


def treat(plan: Plan, x: Array, treatment: Treatment) -> Array:
    """Apply caps and bends."""
    return _apply(plan, "treat", x, list(treatment), otherwise=x)


def fit_bounds(plan: Plan, treated: Array, treatment: Treatment, newest: Array) -> Array:
    """Find, for each indicator, the values that score the two ends of the scale, [indicator, 4, replicate]."""
    direction = np.array([plan.framework.indicators[code].direction for code in plan.framework.leaves])
    declared = _declared(plan, treatment, treated.shape[3])
    _must_be_bent(plan, declared)
    bounds = np.empty((treated.shape[1], 4, treated.shape[3]))
    for part in plan.parts("normalise"):
        own = np.empty((len(part.rows), 4, treated.shape[3]))
        given = np.ascontiguousarray(declared[part.rows])
        given[:, 4] = _reference(plan, treated, newest, part)
        numbers = part.method.numbers(part.parameters, fitted=True)
        sample = _sample(plan, treated, newest, part)
        part.method.run_fit(sample, np.ascontiguousarray(direction[part.rows]), given, own, *numbers)
        bounds[part.rows] = own
    return bounds


def normalise(plan: Plan, x: Array, bounds: Array) -> Array:
    """Bring the indicators to one scale."""
    return _apply(plan, "normalise", x, [bounds], otherwise=np.full_like(x, np.nan))


def aggregate(plan: Plan, leaves: Array, unfit: Array | None = None) -> tuple[Array, Array, dict[str, Array]]:
    """Score every node from the indicators' scores, children before parents.

    Weights that are learned are the same for all draws of an imputation: contributions then add up.

    Shapes   leaves (edition, indicator, unit, replicate); unfit (edition, unit), the units that may have no score of
             the index: there they are nobody's rival and teach no weights. Returns scores and covered shares, both
             (edition, node, unit, replicate) in the order of framework.nodes, and the weights of each group (child,
             replicate).
    """
    framework = plan.framework
    scores = np.empty((len(leaves), len(framework.nodes), *leaves.shape[2:]))
    scores[:, [plan.place[code] for code in framework.leaves]] = leaves
    covered = (~np.isnan(scores)).astype(float)
    weights = {}
    for code in framework.groups_upward:
        rows = [plan.place[child] for child in framework.children(code)]
        children = scores[:, rows]
        if code == framework.root and unfit is not None:
            children = np.where(unfit[:, None, :, None], np.nan, children)
        pooled = children.mean(axis=3, keepdims=True) if plan.recipe.method("impute").draws else children
        weights[code] = np.repeat(weigh(plan, code, pooled), children.shape[3] // pooled.shape[3], axis=1)
        method, given = plan.way("aggregate", code)
        numbers = [plan.coverage(code), *method.numbers(given, fitted=False)]
        for e in range(len(leaves)):
            parts = _average(plan, method, np.ascontiguousarray(children[e]), weights[code], numbers)
            scores[e, plan.place[code]], covered[e, plan.place[code]] = parts
        if pooled is not children:
            own = scores[:, plan.place[code]]
            own[np.isnan(own).any(axis=-1)] = np.nan  # a draw without a score leaves a gap in all draws
    if unfit is not None:
        covered[:, 0][unfit] = _present(scores[:, rows], weights[framework.root])[unfit]
    return scores, covered, weights


def _present(children: Array, weights: Array) -> Array:
    """Return the share of a group's weight that has a score, [edition, unit, replicate]."""
    whole = weights.sum(axis=0)
    share = np.einsum("kr,ekur->eur", weights, (~np.isnan(children)).astype(float))
    return np.divide(share, whole, out=np.zeros_like(share), where=whole > 0)


def weigh(plan: Plan, code: str, children: Array) -> Array:
    """Return the weights of a group's children, [child, replicate].

    Shapes   children (edition, child, unit, replicate), their scores. A method that learns does so from the ranked
             units in the newest edition in which a child has a score, or in all editions.
    """
    method, parameters = plan.way("weight", code)
    declared = np.array(list(plan.framework.groups[code].children.values()))
    given = np.repeat(declared[:, None], children.shape[3], axis=1)
    members = children[:, :, : plan.members]
    sample = np.empty((len(given), 0, given.shape[1]))
    if method.learns:
        newest = newest_edition(~np.isnan(members).all(axis=(2, 3)))
        sample = gathered(members, newest, plan.recipe.fit("weight", *plan.framework.places(code)))
    elif method.needs == "opinions" and len(given) > 1:
        sample = np.array(plan.framework.opinions[method.name][code])[:, :, None]
    out = np.empty_like(given)
    method.run(given, sample, out, *method.numbers(parameters, fitted=False))
    return out


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
    """Gather what a fit learns from: [indicator, value, replicate] of the members."""
    return gathered(x[:, part.rows, : plan.members], newest[part.rows], part.fit)


def gathered(members: Array, newest: Array, fit: str) -> Array:
    """Take each column from its newest edition, or all editions one after the other; [column, value, replicate]."""
    if fit == "newest":
        return np.stack([members[position, column] for column, position in enumerate(newest)])
    return np.ascontiguousarray(np.moveaxis(members, 0, 1).reshape(members.shape[1], -1, members.shape[3]))


def _apply(plan: Plan, step: str, x: Array, learned: list[Array], otherwise: Array) -> Array:
    """Run a step's formulas on all units, or on the members alone where units depend on each other."""
    out = np.array(otherwise)
    for part in plan.parts(step):
        own = [np.ascontiguousarray(each[part.rows]) for each in learned]
        numbers = part.method.numbers(part.parameters, fitted=False)
        units = x.shape[2] if part.method.pointwise else plan.members
        for e in range(len(x)):
            given = np.ascontiguousarray(x[e, part.rows, :units])
            made = np.empty_like(given)
            part.method.run(given, *own, *numbers, made)
            out[e, part.rows, :units] = made
    return out


def _declared(plan: Plan, treatment: Treatment, replicates: int) -> Array:
    """Take goalposts and targets through each indicator's transform and bend.

    Shapes   returns (indicator, 5, replicate); the last of the five, the reference, is a gap.

    They are declared in the unit of the figures and used in the unit that is scored. Caps do not move them.
    """
    nothing = (np.nan, np.nan)
    indicators = [plan.framework.indicators[code] for code in plan.framework.leaves]
    values = np.array([[*(each.goalposts or nothing), *(each.target or nothing), np.nan] for each in indicators])
    bent = transform(plan, np.repeat(values[None, :, :, None], replicates, axis=-1))
    low, high, shift, power = treatment
    uncapped = (np.full_like(low, -np.inf), np.full_like(high, np.inf), shift, power)
    everyone = Plan(plan.framework, plan.recipe, plan.units, values.shape[1], plan.editions)
    return treat(everyone, bent, uncapped)[0]


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


def _average(plan: Plan, method: Method, x: Array, weights: Array, numbers: list[float]) -> tuple[Array, Array]:
    """Return the scores of a group and the share of weight present, [unit, replicate] each."""
    units = x.shape[1] if method.pointwise else plan.members
    out, covered = np.full(x.shape[1:], np.nan), np.zeros(x.shape[1:])
    part, share = np.empty((units, x.shape[2])), np.empty((units, x.shape[2]))
    method.run(np.ascontiguousarray(x[:, :units]), weights, numbers[0], part, share, *numbers[1:])
    out[:units], covered[:units] = part, share
    return out, covered
