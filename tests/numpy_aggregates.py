"""The aggregations in NumPy, for the oracle and the benchmarks; see numpy_formulas."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy_formulas import NAN, formula, ratio


def mean_rule(step_name: str, batch: bool = True) -> Callable[[Callable], Callable]:
    """Register a mean of values by shares: what is missing leaves its weight to the others, too little is a gap."""

    def keep(function: Callable) -> Callable:
        def whole(x, w, coverage, **numbers):
            present = ~np.isnan(x) & (w[:, None] > 0)
            weights = np.where(present, w[:, None], 0.0)
            carried = weights.sum(axis=0)
            out = function(np.where(present, x, 0.0), ratio(weights, carried), present, **numbers)
            return np.where(ratio(carried, w.sum(axis=0)) >= coverage - 1e-12, out, NAN)

        formula("aggregate", step_name, batch)(whole)
        return function

    return keep


@mean_rule("arithmetic")
def arithmetic(x, shares, present):
    return (shares * x).sum(axis=0)


@mean_rule("geometric")
def geometric(x, shares, present, floor):
    return np.exp((shares * np.log(np.maximum(x, floor))).sum(axis=0))


@mean_rule("harmonic")
def harmonic(x, shares, present, floor):
    return ratio(1.0, (shares / np.maximum(x, floor)).sum(axis=0))


@mean_rule("power_mean")
def power_mean(x, shares, present, power, floor):
    if power == 0:
        return geometric(x, shares, present, floor)
    values = np.maximum(x, floor) if power < 0 else x
    return (shares * values**power).sum(axis=0) ** (1 / power)


@mean_rule("minimum")
def minimum(x, shares, present):
    return np.where(present.any(axis=0), np.where(present, x, np.inf).min(axis=0), NAN)


@mean_rule("mean_min")
def mean_min(x, shares, present, alpha, beta):
    mean, least = arithmetic(x, shares, present), minimum(x, shares, present)
    return mean - alpha * (np.sqrt((mean - least) ** 2 + beta**2) - beta)


@mean_rule("ordered_weighted")
def ordered_weighted(x, shares, present, orness):
    order = np.argsort(-np.where(present, x, -np.inf), axis=0, kind="stable")
    ordered, shared = np.take_along_axis(x, order, axis=0), np.take_along_axis(shares, order, axis=0)
    reached = np.minimum(np.cumsum(shared, axis=0), 1.0)
    exponent = (1 - orness) / orness
    before = np.concatenate([np.zeros_like(reached[:1]), reached[:-1]])
    return ((reached**exponent - before**exponent) * ordered).sum(axis=0)


@mean_rule("mazziotta_pareto")
def mazziotta_pareto(x, shares, present, sign):
    mean = (shares * x).sum(axis=0)
    variance = (shares * (x - mean) ** 2).sum(axis=0)
    return np.where(mean == 0, 0.0, mean + sign * ratio(variance, mean))


def standing(x, w, coverage):
    """Return who has enough figures to be compared."""
    carried = np.where(np.isnan(x), 0.0, w[:, None]).sum(axis=0)
    return (carried > 0) & (ratio(carried, w.sum(axis=0)) >= coverage - 1e-12)


def pairwise_support(x, w):
    """Return the share of the weight of what two countries both have in which the first is ahead; a tie is half."""
    ahead = (x[:, :, None] > x[:, None, :]) + 0.5 * (x[:, :, None] == x[:, None, :])
    both = ~np.isnan(x[:, :, None]) & ~np.isnan(x[:, None, :])
    weights = w.reshape(w.shape[0], 1, 1, *w.shape[1:]) * both
    support = ratio((weights * ahead).sum(axis=0), weights.sum(axis=0))
    return np.where(np.isnan(support), 0.5, support)


@formula("aggregate", "copeland")
def copeland(x, w, coverage, low, high):
    stands = standing(x, w, coverage)
    support = pairwise_support(x, w)
    both = stands[:, None] & stands[None]
    balance = ((support > 0.5 + 1e-12) & both).sum(axis=1) - ((support < 0.5 - 1e-12) & both).sum(axis=1)
    others = stands.sum(axis=0) - 1
    place = np.where(others > 0, ratio(balance + others, 2 * others), 1.0)
    return np.where(stands, low + (high - low) * place, NAN)


@formula("aggregate", "borda")
def borda(x, w, coverage, low, high):
    stands = standing(x, w, coverage)
    values = np.where(stands, x, NAN)
    beaten = (values[:, :, None] > values[:, None, :]).sum(axis=2)
    equal = (values[:, :, None] == values[:, None, :]).sum(axis=2) - 1
    rivals = (~np.isnan(values)).sum(axis=1, keepdims=True) - 1
    won = ratio(beaten + equal / 2, np.broadcast_to(rivals, beaten.shape))
    weights = np.where(np.isnan(values) | np.isnan(won), 0.0, w[:, None])
    mean = ratio((weights * np.nan_to_num(won)).sum(axis=0), weights.sum(axis=0))
    mean = np.where(np.isnan(mean), np.where(stands.sum(axis=0) > 1, 0.5, 1.0), mean)
    return np.where(stands, low + (high - low) * mean, NAN)
