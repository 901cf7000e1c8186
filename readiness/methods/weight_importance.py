"""Weights found by search: each child is to be as important for the group's score as it is declared to be.

What is learned from, and why three helpers stand here once more, is said in weight_data.py.
"""

from __future__ import annotations

import numpy as np

from readiness.registry import Parameter, helper, method

AXES = "child value replicate"
FEWEST = 3  # rows that something can be learned from
SAME = 1e-12  # values that differ by a smaller share are equal but for rounding
FAR = 4.0  # more than any distance between two sets of shares
FINE, TINY = 1e-12, 1e-24  # a step must lower the distance by such a share of it, and by so much
ROUNDS = Parameter(2000, 1, 1_000_000, "exchanges of weight tried at most from each start", whole=True)
TOLERANCE = Parameter(1e-9, 1e-12, 0.1, "smallest share of weight that is exchanged")


@helper
def differ(values):
    """Say whether there are two values that differ by more than rounding; gaps are skipped."""
    low, high = np.inf, -np.inf
    for value in values:
        if not np.isnan(value):
            low, high = min(low, value), max(high, value)
    return high - low > SAME * max(abs(low), abs(high)) if high > low else False


@helper
def complete_rows(given, sample, r, place, rows):
    """Gather the scores of the children that take part, without the rows in which one of them has a gap.

    Writes the children's numbers to `place` and their scores to `rows`; returns how many children and rows there are.
    A child whose scores are the same in all rows that are left takes no part; with fewer than three rows none does.
    """
    part, count, kept = 0, 0, 0
    for k in range(sample.shape[0]):
        if given[k, r] > 0 and differ(sample[k, :, r]):
            place[part] = k
            part += 1
    for v in range(sample.shape[1]):
        whole = part > 0
        for p in range(part):
            whole = whole and not np.isnan(sample[place[p], v, r])
        if whole:
            for p in range(part):
                rows[p, count] = sample[place[p], v, r]
            count += 1
    for p in range(part):
        if count >= FEWEST and differ(rows[p, :count]):
            place[kept] = place[p]
            for v in range(count):
                rows[kept, v] = rows[p, v]
            kept += 1
    return kept, count


@helper
def write_weights(given, r, place, weights, part, out):
    """Write what was learned; the others weigh nothing. Nothing learned: all that are not declared zero weigh the same.

    Weights of zero for all that take part say that none is better than the others: these weigh the same.
    """
    total = 0.0
    for p in range(part):
        total += weights[p]
    for k in range(given.shape[0]):
        out[k, r] = 1.0 if part == 0 and given[k, r] > 0 else 0.0
    for p in range(part):
        out[place[p], r] = weights[p] / total if total > 0 else 1.0


@helper
def correlations(rows, part, count, matrix, lengths):
    """Write the correlations of the rows, and the roots of the sums of squares about the means; the rows are scaled."""
    for p in range(part):
        mean, squares = 0.0, 0.0
        for v in range(count):
            mean += rows[p, v] / count
        for v in range(count):
            rows[p, v] -= mean
            squares += rows[p, v] * rows[p, v]
        lengths[p] = np.sqrt(squares)
        for v in range(count):
            rows[p, v] /= lengths[p]
    for p in range(part):
        for q in range(part):
            matrix[p, q] = 1.0 if p == q else 0.0
            for v in range(count if p != q else 0):
                matrix[p, q] += rows[p, v] * rows[q, v]


@helper
def aims(given, r, place, part, target):
    """Write the declared shares of the children that take part.

    Rounded to twelve digits, so that the scale of the declared weights cannot lead the search elsewhere.
    """
    total = 0.0
    for p in range(part):
        total += given[place[p], r]
    for p in range(part):
        target[p] = np.rint(given[place[p], r] / total * 1e12) / 1e12


@helper
def shares_of(part, pulls, shares):
    """Write the shares of the squared correlations with the mean, from covariances; say whether there are any."""
    total = 0.0
    for p in range(part):
        shares[p] = pulls[p] * pulls[p]
        total += shares[p]
    for p in range(part):
        shares[p] = shares[p] / total if total > 0 else 0.0
    return total > 0


@helper
def distance(part, pulls, target, shares):
    """Return the sum of squared differences between the shares and their aims; a constant mean is far away."""
    total = 0.0 if shares_of(part, pulls, shares) else FAR
    for p in range(part):
        total += (shares[p] - target[p]) * (shares[p] - target[p])
    return total


@helper
def pull(matrix, part, weights, pulls):
    """Write the covariance of each child, at standard deviation 1, with the weighted mean."""
    for p in range(part):
        pulls[p] = 0.0
        for q in range(part):
            pulls[p] += matrix[p, q] * weights[q]


@helper
def distances(matrix, part, target, pulls, k, moved, total, found):
    """Write the distance after moving weight from child k to each of the children.

    The children that take it stand in the innermost loops, so that the compiler takes eight at a time.
    """
    for i in range(part):
        total[i] = 0.0
    for p in range(part):
        for i in range(part):
            tried = pulls[p] + moved * (matrix[p, i] - matrix[p, k])
            total[i] += tried * tried
    for i in range(part):
        found[i] = 0.0 if total[i] > 0 else FAR
    for p in range(part):
        for i in range(part):
            tried = pulls[p] + moved * (matrix[p, i] - matrix[p, k])
            apart = (tried * tried / total[i] if total[i] > 0 else 0.0) - target[p]
            found[i] += apart * apart


@helper
def solve(matrix, part, target, flipped, factor, weights):
    """Write the weights that meet the aims, cut at zero, and say whether none was cut: then they are exact.

    Squared correlations are in the proportions of the aims if the covariances with the mean are the roots of the aims,
    that of the child `flipped` with a minus: a linear system, solved by Cholesky's factors. Children that determine
    each other leave no single solution: the aims themselves are written.
    """
    for p in range(part):
        weights[p] = target[p]
    for p in range(part):
        for q in range(p + 1):
            rest = matrix[p, q]
            for s in range(q):
                rest -= factor[p, s] * factor[q, s]
            if p == q and rest <= SAME:
                return False
            factor[p, q] = np.sqrt(rest) if p == q else rest / factor[q, q]
    for p in range(part):
        weights[p] = -np.sqrt(target[p]) if p == flipped else np.sqrt(target[p])
        for s in range(p):
            weights[p] -= factor[p, s] * weights[s]
        weights[p] /= factor[p, p]
    whole, total = True, 0.0
    for back in range(part):
        p = part - 1 - back
        for s in range(p + 1, part):
            weights[p] -= factor[s, p] * weights[s]
        weights[p] /= factor[p, p]
    for p in range(part):
        whole = whole and weights[p] >= 0
        weights[p] = max(weights[p], 0.0)
        total += weights[p]
    for p in range(part):
        weights[p] = weights[p] / total if total > 0 else target[p]
    return whole


@helper
def search(matrix, part, target, rounds, tolerance, weights, scratch):
    """Lower the distance by exchanges of weight between two children; return it.

    Every round tries all pairs and makes the best exchange; the exchange doubles after a success and halves when none
    helps, until it is below the tolerance. Such exchanges span all directions on the simplex, so that this ends only
    where no direction leads down.
    """
    pulls, found, total, shares = scratch[0], scratch[1], scratch[2], scratch[3]
    pull(matrix, part, weights, pulls)
    best = distance(part, pulls, target, shares)
    span, made = 0.25, 0
    while span > tolerance and made < rounds:
        made += 1
        lowest, giver, taker = best * (1 - FINE) - TINY, -1, -1
        for k in range(part):
            moved = min(span, weights[k])
            if moved > 0:
                distances(matrix, part, target, pulls, k, moved, total, found)
                for i in range(part):
                    if i != k and found[i] < lowest:
                        lowest, giver, taker = found[i], k, i
        if giver < 0:
            span /= 2
        else:
            moved = min(span, weights[giver])
            weights[giver] -= moved
            weights[taker] += moved
            span = min(2 * span, 0.5)
            pull(matrix, part, weights, pulls)
            best = distance(part, pulls, target, shares)
    return best


@helper
def start(number, matrix, part, target, factor, weights):
    """Write where a search begins: half of the weight on one child each, the aims, all equal, then one child flipped.

    The squares make valleys, one for each choice of the children that go against the mean; hence the last starts.
    """
    if number >= part + 2:
        solve(matrix, part, target, number - part - 2, factor, weights)
    else:
        for p in range(part):
            weights[p] = target[p] if number <= part else 1.0 / part
            if number < part:
                weights[p] = target[p] / 2 + (0.5 if p == number else 0.0)


@method(
    "weight",
    "optimised",
    says="Weights are such that the children's squared correlations with the group's weighted mean come as near as can "
    "be to the proportions of the declared weights (at most {rounds} exchanges from each start, down to {tolerance}).",
    axes=AXES,
    source="Becker, Saisana, Paruolo and Vandecasteele (2017), Weights and importance in composite indicators, "
    "Ecological Indicators 80, 12-22",
    formula="minimise sum((S / sum(S) - declared share)^2), S: squared correlation of a child with the weighted mean",
    example="Two children, declared alike, one with scores twice as spread: 1/3 for it and 2/3 for the other.",
    parameters={"rounds": ROUNDS, "tolerance": TOLERANCE},
    learns=True,
    properties=("scale_free",),
)
def optimised(given, sample, out, rounds, tolerance):
    """Find the weights with which each child is as important as it is declared to be, or as nearly as can be.

    If a linear system gives such weights and none is below zero, they are exact. Else searches from several starts
    compete: no start is sure to lead to the lowest point of all. readiness.statistics.importances tells how near to the
    aims the best comes.

    Shapes   given, out (child, replicate); sample (child, value, replicate), scores on one scale.
    Gaps     a row with a gap in a child that takes part is skipped. A child without two different scores, or declared
             zero, weighs nothing. Fewer than three rows, or no child whose scores differ: equal weights for all that
             are not declared zero.
    """
    children, values = sample.shape[0], sample.shape[1]
    place, rows = np.empty(children, dtype=np.int64), np.empty((children, values))
    matrix, factor = np.empty((children, children)), np.empty((children, children))
    target, weights, best = np.empty(children), np.empty(children), np.empty(children)
    lengths, scratch = np.empty(children), np.empty((4, children))
    for r in range(given.shape[1]):
        part, count = complete_rows(given, sample, r, place, rows)
        correlations(rows, part, count, matrix, lengths)
        aims(given, r, place, part, target)
        exact = solve(matrix, part, target, -1, factor, best)
        nearest = 0.0 if exact else search(matrix, part, target, rounds, tolerance, best, scratch)
        for number in range(0 if exact else 2 * part + 2):
            start(number, matrix, part, target, factor, weights)
            found = search(matrix, part, target, rounds, tolerance, weights, scratch)
            if found < nearest * (1 - FINE) - TINY:
                nearest = found
                for p in range(part):
                    best[p] = weights[p]
        for p in range(part):
            best[p] /= lengths[p]  # found for scores of standard deviation 1
        write_weights(given, r, place, best, part, out)
