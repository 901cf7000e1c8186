"""Aggregate, the methods that only look at order: a unit's score says how it does against the other units.

The gap rule is that of aggregate.py; a unit with too little weight present is compared with nobody. Every comparison is
made child by child, so how far a unit is ahead does not count, and no score depends on the order of the units.
"""

from __future__ import annotations

import numpy as np

from readiness.registry import Parameter, helper, method

AXES = "child unit replicate"
ROUNDING = 1e-12  # a share of two thirds must pass a limit of two thirds; half the weight is no majority
SCALE = {
    "low": Parameter(0.0, -1e9, 1e9, "score of a unit that does worse than every other"),
    "high": Parameter(100.0, -1e9, 1e9, "score of a unit that does better than every other"),
}


@method(
    "aggregate",
    "copeland",
    says="the units that it beats less those that beat it, by the weight of the children on which each is ahead; "
    "{low} if it loses to all, {high} if it beats all",
    axes=AXES,
    source="Copeland (1951), A reasonable social welfare function, University of Michigan; Saari and Merlin (1996), "
    "The Copeland method, Economic Theory 8",
    formula="score = low + (high - low) (wins - losses + n - 1) / (2 (n - 1)), n units; a beats b where E(a, b) > 1/2, "
    "E the weight share of the children on which a is ahead, a tie counting half",
    example="Scores 3, 2, 1 and 1, 2, 3 and 2, 3, 1 of units a, b, c on three equal children: a beats c, b beats a and "
    "c, c nobody; 50, 100 and 0.",
    parameters=SCALE,
    pointwise=False,
    properties=("monotone",),
)
def copeland(x, w, coverage, out, covered, low, high):
    """Wins less losses in duels between units: a unit wins where it is ahead on more than half of the weight.

    Shapes   x (child, unit, replicate); w (child, replicate), zero or more, any positive scale; coverage a share;
             out (unit, replicate) and covered (unit, replicate), the share of weight present, written.
    Gaps     a duel is fought on the children that both units have; without one it is a tie. A unit with less than
             `coverage` of the weight fights none and has a gap. A unit without rivals scores `high`: nobody beats it.
    """
    children, units, replicates = x.shape
    admit(x, w, coverage, out, covered)
    lead, shared, rivals = np.empty(replicates), np.empty(replicates), np.empty(replicates)
    count(out, rivals)
    for a in range(units):
        for b in range(a):
            for r in range(replicates):
                lead[r] = 0.0
                shared[r] = 0.0
            for k in range(children):
                for r in range(replicates):
                    ahead, behind = x[k, a, r] > x[k, b, r], x[k, a, r] < x[k, b, r]
                    lead[r] += (w[k, r] if ahead else 0.0) - (w[k, r] if behind else 0.0)
                    shared[r] += w[k, r] if ahead | behind else 0.0
            for r in range(replicates):
                duel = 1.0 if lead[r] > ROUNDING * shared[r] else -1.0 if lead[r] < -ROUNDING * shared[r] else 0.0
                fought = not (np.isnan(out[a, r]) or np.isnan(out[b, r]))
                out[a, r] += duel if fought else 0.0
                out[b, r] -= duel if fought else 0.0
    for c in range(units):
        for r in range(replicates):
            place = (out[c, r] + rivals[r]) / (2.0 * rivals[r]) if rivals[r] > 0 else 1.0
            out[c, r] = np.nan if np.isnan(out[c, r]) else low + (high - low) * place


@method(
    "aggregate",
    "borda",
    says="the weighted mean over the children of the share of the other units that do worse, a tie counting half; "
    "{low} for none, {high} for all",
    axes=AXES,
    source="de Borda (1784), Memoire sur les elections au scrutin, Histoire de l'Academie Royale des Sciences 1781",
    formula="score = low + (high - low) sum(w b) / sum(w), b = (number worse + number equal / 2) / number of others",
    example="Weights 1 and 1, three units: best of three on one child, tied for last on the other: "
    "100 (1 + 0.25) / 2 = 62.5.",
    parameters=SCALE,
    pointwise=False,
    properties=("monotone",),
)
def borda(x, w, coverage, out, covered, low, high):
    """Weighted mean of a unit's places on the children, each the share of the other units that do worse there.

    Shapes   x (child, unit, replicate); w (child, replicate), zero or more, any positive scale; coverage a share;
             out (unit, replicate) and covered (unit, replicate), the share of weight present, written.
    Gaps     a child without a value, or that no other unit has, leaves its weight to the others; where that is all,
             the score lies half way, as in a tie. A unit with less than `coverage` of the weight is nobody's rival
             and has a gap. A unit without rivals scores `high`.
    """
    children, units, replicates = x.shape
    admit(x, w, coverage, out, covered)
    others, worse, rivals = np.empty(replicates), np.empty(replicates), np.empty(replicates)
    places, weight = np.empty(replicates), np.empty(replicates)
    count(out, rivals)
    for c in range(units):
        for r in range(replicates):
            places[r] = 0.0
            weight[r] = 0.0
        for k in range(children):
            for r in range(replicates):
                others[r] = 0.0
                worse[r] = 0.0
            for d in range(units):
                for r in range(replicates):
                    met = (c != d) & (not np.isnan(x[k, d, r])) & (not np.isnan(out[d, r]))
                    others[r] += 1.0 if met else 0.0
                    worse[r] += 1.0 if met & (x[k, d, r] < x[k, c, r]) else 0.0
                    worse[r] += 0.5 if met & (x[k, d, r] == x[k, c, r]) else 0.0
            for r in range(replicates):
                if w[k, r] > 0 and others[r] > 0 and not np.isnan(x[k, c, r]):
                    places[r] += w[k, r] * worse[r] / others[r]
                    weight[r] += w[k, r]
        for r in range(replicates):
            place = places[r] / weight[r] if weight[r] > 0 else 0.5 if rivals[r] > 0 else 1.0
            out[c, r] = np.nan if np.isnan(out[c, r]) else low + (high - low) * place


@helper
def admit(x, w, coverage, out, covered):
    """Set `out` to 0 for the units that are compared and to a gap for the others; write the share of weight present."""
    for c in range(x.shape[1]):
        for r in range(x.shape[2]):
            covered[c, r] = 0.0
            out[c, r] = 0.0
        for k in range(x.shape[0]):
            for r in range(x.shape[2]):
                present = (w[k, r] > 0) & (not np.isnan(x[k, c, r]))
                covered[c, r] += w[k, r] if present else 0.0
                out[c, r] += w[k, r]
        for r in range(x.shape[2]):
            whole = out[c, r]
            enough = covered[c, r] > 0 and covered[c, r] >= (coverage - ROUNDING) * whole
            out[c, r] = 0.0 if enough else np.nan
            covered[c, r] = covered[c, r] / whole if whole > 0 else 0.0


@helper
def count(out, rivals):
    """Count the other units that a compared unit meets, in each replicate."""
    for r in range(out.shape[1]):
        rivals[r] = -1.0
    for c in range(out.shape[0]):
        for r in range(out.shape[1]):
            rivals[r] += 0.0 if np.isnan(out[c, r]) else 1.0
