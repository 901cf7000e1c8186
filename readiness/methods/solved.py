"""Methods that solve a programme: the Kemeny order, and the benefit of the doubt as scores and as weights.

They are plain Python around readiness.programmes and keep the gap rule of aggregate.py.
"""

from __future__ import annotations

import numpy as np

from readiness.programmes import impossible, linear, optimal_orders, support
from readiness.registry import Parameter, method

AXES = "child unit replicate"
ROUNDING = 1e-12  # a share of two thirds must pass a limit of two thirds
NOTHING = 1e-9
SHARES = {
    "share_low": Parameter(0.0, 0.0, 1.0, "least share of a child in the sum of the weights"),
    "share_high": Parameter(1.0, 0.0, 1.0, "greatest share of a child in the sum of the weights"),
}


@method(
    "aggregate",
    "kemeny",
    says="the place in the order of the units that most weight supports, pair by pair; {low} for the last, {high} for "
    "the first",
    axes=AXES,
    source="Kemeny (1959), Mathematics without numbers, Daedalus 88; Young and Levenglick (1978), A consistent "
    "extension of Condorcet's election principle, SIAM Journal on Applied Mathematics 35; OECD/JRC Handbook (2008), "
    "step 6, non-compensatory multi-criteria approach",
    formula="score = high - (high - low) (place - 1) / (n - 1), places by the order with the greatest sum of E(a, b) "
    "over its pairs, E the weight share of the children on which a is ahead, a tie counting half",
    example="Weights 2 and 1, unit a ahead of b on the first child, b ahead on the other: a before b has 2/3, b before "
    "a 1/3; a scores 100, b 0.",
    parameters={
        "low": Parameter(0.0, -1e9, 1e9, "score of the last unit"),
        "high": Parameter(100.0, -1e9, 1e9, "score of the first unit"),
    },
    pointwise=False,
    slow=True,
)
def kemeny(x, w, coverage, out, covered, low, high):
    """Place in the order of units with the greatest support (Condorcet, Kemeny, Young and Levenglick).

    Shapes   x (child, unit, replicate); w (child, replicate), zero or more, any positive scale; coverage a share;
             out (unit, replicate) and covered (unit, replicate), the share of weight present, written.
    Gaps     a pair is compared on the children that both units have; without one it is a tie. A unit with less than
             `coverage` of the weight is not placed and has a gap. A unit alone scores `high`.
    Ties     places are not shared. Of all orders with the greatest support the one is taken that is first when the
             units are sorted by Borda score (their summed support, higher first), then by their scores on the
             children in turn, then by position: only units that are alike in all can depend on the last.
    """
    for r in range(x.shape[2]):
        inside, covered[:, r] = admit(x[:, :, r], w[:, r], coverage)
        units, kept = np.flatnonzero(inside), w[:, r] > 0
        out[:, r] = np.nan
        for place, unit in enumerate(canonical_order(x[kept][:, units, r], w[kept, r])):
            out[units[unit], r] = high - (high - low) * place / max(len(units) - 1, 1)


@method(
    "aggregate",
    "benefit_of_the_doubt",
    says="the weighted sum with the weights that suit the unit best, such that no unit passes {high} with them; a "
    "child has {share_low} to {share_high} of the weights and {pie_low} to {pie_high} of the sum",
    axes=AXES,
    source="Cherchye, Moesen, Rogge and Van Puyenbroeck (2007), An introduction to 'benefit of the doubt' composite "
    "indicators, Social Indicators Research 82",
    formula="score = high max(sum(v x)) over v >= 0 with sum(v x_k) <= 1 for every unit k, share_low <= v_q / sum(v) "
    "<= share_high, pie_low <= v_q x_q / sum(v x) <= pie_high",
    example="Scores 4, 1 and 2, 2 and 1, 4 of three units on two children: (2, 2) has its best weights 1/5 and 1/5 and "
    "scores 100 (2 + 2) / 5 = 80, the others 100.",
    parameters={
        **SHARES,
        "pie_low": Parameter(0.0, 0.0, 1.0, "least share of a child in the weighted sum of the unit itself"),
        "pie_high": Parameter(1.0, 0.0, 1.0, "greatest share of a child in the weighted sum of the unit itself"),
        "high": Parameter(100.0, 1e-9, 1e9, "score of a unit that none surpasses with its weights"),
    },
    pointwise=False,
    non_negative=True,
    slow=True,
)
def benefit_of_the_doubt(x, w, coverage, out, covered, share_low, share_high, pie_low, pie_high, high):
    """Best weighted sum that a unit can have before another passes the top with the same weights.

    Shapes   x (child, unit, replicate); w (child, replicate): children with weight 0 are left out, and beyond that
             the weights count for coverage only; coverage a share; out (unit, replicate) and covered (unit,
             replicate), the share of weight present, written.
    Gaps     a child that a unit lacks is left out of that unit's own programme, bounds included, and counts as 0 for
             the unit where it is held against others. A unit with less than `coverage` of the weight is held against
             nobody and has a gap; so has one that no weights within the bounds suit.
    Floor    scores below 0 count as 0. A child on which the unit has 0 has no pie share, and pie bounds leave it out;
             a unit with 0 on all children scores 0.
    """
    for r in range(x.shape[2]):
        inside, covered[:, r] = admit(x[:, :, r], w[:, r], coverage)
        present = ~np.isnan(x[:, :, r]) & (w[:, r, None] > 0) & inside
        values = np.where(present, np.maximum(np.nan_to_num(x[:, :, r]), 0.0), 0.0)
        for c in range(x.shape[1]):
            share, pie = (share_low, share_high), (pie_low, pie_high)
            out[c, r] = high * own_best(values[present[:, c]], c, share, pie) if inside[c] else np.nan


@method(
    "weight",
    "benefit_of_the_doubt",
    says="Weights are those, the same for all units, that keep the unit farthest below the top as near to it as can "
    "be; a child has {share_low} to {share_high} of them.",
    axes="child replicate",
    source="Hatefi and Torabi (2010), A common weight MCDA-DEA approach to construct composite indicators, Ecological "
    "Economics 70",
    formula="min max_k(d_k) over v >= 0 with sum(v x_k) + d_k = 1, d_k >= 0 for every unit k, share_low <= "
    "v_q / sum(v) <= share_high; weight = v_q / sum(v)",
    example="Scores 4, 2 and 2, 4 of two units on two children: v = 1/6 and 1/6 brings both to the top; weights 1/2 "
    "and 1/2.",
    parameters=SHARES,
    learns=True,
    non_negative=True,
    slow=True,
    properties=("scale_free",),
)
def common_weights(given, sample, out, share_low, share_high):
    """Give one set of weights that suits the worst-off unit best.

    Shapes   given, out (child, replicate), sample (child, value, replicate); weights with sum 1.
    Gaps     rows with a gap in a child that counts are left out; without a row, or with zeros only, weights are equal.
             A declared weight of 0 stays 0; other declared weights do not matter. Bounds that no weights can keep
             give 0 for all, so that the group has a gap.
    Floor    scores below 0 count as 0.
    Ties     of several solutions the one with the least sum of distances, then the least largest weight, then the
             least sum of weights times position, so that earlier children get more.
    """
    for r in range(given.shape[1]):
        kept = given[:, r] > 0
        figures = sample[kept, :, r]
        complete = ~np.any(np.isnan(figures), axis=0)
        out[:, r] = 0.0
        out[kept, r] = fairest(np.maximum(figures[:, complete], 0.0), (share_low, share_high))


def admit(x, w, coverage):
    """Say which units have enough of the weight, and which share of it each has."""
    weight = np.sum(np.where(np.isnan(x), 0.0, np.maximum(w, 0.0)[:, None]), axis=0)
    whole = np.sum(w)
    inside = (weight > 0) & (weight >= (coverage - ROUNDING) * whole)
    return inside, weight / whole if whole > 0 else weight


def canonical_order(values, w):
    """Return the order with the greatest support that is first by Borda score, values and position."""
    pairs = support(values, w)
    position = np.arange(len(pairs))[None, :]
    ahead = np.round(np.sum(pairs, axis=1), 9)[None, :]
    keys = np.concatenate([position, -np.nan_to_num(values[::-1], nan=-np.inf), -ahead])
    return optimal_orders(pairs, 1, np.lexsort(keys))[0]


def own_best(values, unit, share, pie):
    """Return the best weighted sum of a unit, 1 at most; a gap where no weights keep the bounds.

    Values are those of the children that the unit has, (child, unit).
    """
    own = values[:, unit]
    if impossible({"share_low": share[0], "share_high": share[1]}, len(own)):
        return np.nan
    if not np.any(own > 0):
        return 0.0
    if impossible({"pie_low": pie[0], "pie_high": pie[1]}, np.sum(own > 0)):
        return np.nan
    own, rivals = own / np.max(values), values.T / np.max(values)
    bounds = np.concatenate([bound_rows(np.ones(len(own)), *share), bound_rows(own, *pie)])
    lower = np.concatenate([np.full(len(rivals), -np.inf), np.zeros(len(bounds))])
    upper = np.concatenate([np.ones(len(rivals)), np.full(len(bounds), np.inf)])
    weights = linear(own, np.concatenate([rivals, bounds]), lower, upper)
    best = np.nan if weights is None else min(np.sum(own * weights), 1.0)
    return best if best > NOTHING else np.nan  # zero weights keep any bounds: here only they do


def bound_rows(parts, low, high):
    """Return rows that are 0 or more when v_q parts_q, of each q with a part, has `low` to `high` of the sum."""
    each, whole = np.diag(parts)[parts > 0], np.tile(parts, (np.sum(parts > 0), 1))
    rows = np.zeros((0, len(parts)))
    if low > 0:
        rows = np.concatenate([rows, each - low * whole])
    return np.concatenate([rows, high * whole - each]) if high < 1 else rows


def fairest(figures, share):
    """Return the common weights of the children, with sum 1; equal ones if there is nothing to learn from."""
    children, units = figures.shape
    if impossible({"share_low": share[0], "share_high": share[1]}, children):
        return np.zeros(children)
    if not np.any(figures > 0):
        return np.full(children, 1.0 / children)
    rows, bounds = figures.T / np.max(figures), bound_rows(np.ones(children), *share)
    no, one, each = np.zeros((units, 1)), np.ones((units, 1)), np.eye(children)
    aside = np.zeros((len(bounds), 2))  # variables: the weights, the largest distance, the largest weight
    programme = np.concatenate(
        [
            np.hstack([rows, no, no]),
            np.hstack([-rows, -one, no]),
            np.hstack([each, np.zeros((children, 1)), -np.ones((children, 1))]),
            np.hstack([-bounds, aside]),
        ]
    )
    upper = np.concatenate([np.ones(units), -np.ones(units), np.zeros(children + len(bounds))])
    first = np.diag(np.concatenate([np.zeros(children), [-1.0, -1.0]]))[children:]
    total = np.append(np.sum(rows, axis=0), [0.0, 0.0])
    early = np.append(-np.arange(1.0, children + 1), [0.0, 0.0])
    for goal in (first[0], total, first[1], early):
        solution = linear(goal, programme, np.full(len(upper), -np.inf), upper)
        programme, upper = np.concatenate([programme, -goal[None, :]]), np.append(upper, -np.sum(goal * solution))
    return solution[:children] / np.sum(solution[:children])
