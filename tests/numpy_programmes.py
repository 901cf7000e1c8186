"""What takes a solver, by brute force over all orders or by scipy's linear programmes; see numpy_formulas."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from numpy_aggregates import pairwise_support, standing
from numpy_formulas import NAN, formula
from scipy.optimize import linprog


@formula("aggregate", "kemeny", batch=False)
def kemeny(x, w, coverage, low, high):
    """Try all orders and take the first of the best: by support, then by the scores in turn, then by position."""
    stands = np.flatnonzero(standing(x, w, coverage))
    out = np.full(x.shape[1], NAN)
    support = pairwise_support(x[:, stands], w)
    won = support.sum(axis=1) - 0.5
    scores = np.nan_to_num(x[w > 0][::-1, stands], nan=-np.inf)
    canonical = np.lexsort((stands, *-scores, -np.round(won, 9)))
    best, places = -1.0, canonical
    for order in permutations(canonical):
        total = sum(support[order[i], order[j]] for i in range(len(order)) for j in range(i + 1, len(order)))
        if total > best + 1e-9:
            best, places = total, np.array(order)
    out[stands[places]] = high - (high - low) * np.arange(len(stands)) / max(len(stands) - 1, 1)
    return out


def frontier(own, others, share_low, share_high, pie_low, pie_high):
    """Return the best weighted sum that a unit can have where no other gets above one with the same weights."""
    size = own.size
    ones = np.ones((size, size))
    rows = [others, np.eye(size) - share_high * ones, share_low * ones - np.eye(size)]
    rows += [np.diag(own) - pie_high * own, pie_low * own - np.diag(own)]
    limits = np.concatenate([np.ones(len(others)), np.zeros(4 * size)])
    found = linprog(-own, A_ub=np.vstack(rows), b_ub=limits, bounds=(0, None), method="highs")
    return -found.fun if found.success else NAN


@formula("aggregate", "benefit_of_the_doubt", batch=False)
def benefit_of_the_doubt(x, w, coverage, high, **limits):
    """A child that a unit lacks has no part in its own programme; elsewhere it counts as zero for that unit."""
    stands = standing(x, w, coverage)
    out = np.full(x.shape[1], NAN)
    for u in np.flatnonzero(stands):
        mine = ~np.isnan(x[:, u]) & (w > 0)
        others = np.nan_to_num(np.maximum(x[mine][:, stands], 0.0)).T
        out[u] = high * frontier(np.maximum(x[mine, u], 0.0), others, **limits)
    return out


@formula("weight", "benefit_of_the_doubt", batch=False)
def common_weights(given, sample, share_low, share_high):
    """Bring the unit that is farthest below one as near to it as can be; further ties are left as they fall."""
    inside = given > 0
    x = np.maximum(sample[inside][:, ~np.isnan(sample[inside]).any(axis=0)], 0.0).T
    units, size = x.shape
    ones, none = np.ones((size, size)), np.zeros((size, 1))
    shares = [np.hstack([np.eye(size) - share_high * ones, none]), np.hstack([share_low * ones - np.eye(size), none])]
    rows = [np.hstack([x, np.zeros((units, 1))]), np.hstack([-x, -np.ones((units, 1))]), *shares]
    limits = np.concatenate([np.ones(units), -np.ones(units), np.zeros(2 * size)])
    found = linprog(np.append(np.zeros(size), 1.0), A_ub=np.vstack(rows), b_ub=limits, bounds=(0, None), method="highs")
    out = np.zeros(given.shape)
    out[inside] = found.x[:size] / found.x[:size].sum()
    return out
