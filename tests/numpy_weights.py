"""The weightings in NumPy, for the oracle and the benchmarks; see numpy_formulas. Weights sum to one."""

from __future__ import annotations

import numpy as np
from numpy_formulas import formula, ratio


def shares(w):
    return w / w.sum(axis=0)


@formula("weight", "declared")
def declared(given, sample):
    return shares(given)


@formula("weight", "equal")
def equal(given, sample):
    return shares((given > 0).astype(float))


@formula("weight", "budget_allocation")
def budget_allocation(given, sample):
    """The shares of each expert are taken over the children that take part."""
    takes_part = (given > 0).astype(float)
    points = np.where(np.isnan(sample), 0.0, sample)
    given_out = points.T @ takes_part
    return shares(takes_part * (points @ ratio(1.0, given_out)))


@formula("weight", "analytic_hierarchy", batch=False)
def analytic_hierarchy(given, sample):
    inside = given > 0
    values, vectors = np.linalg.eig(sample[np.ix_(inside, inside)])
    out = np.zeros(given.shape)
    out[inside] = shares(np.abs(vectors[:, values.real.argmax()].real))
    return out


def learned(given, sample, rule, **numbers):
    """Apply a rule to the children that take part, over the rows that all of them have."""
    spread = np.fmax.reduce(sample, axis=1) > np.fmin.reduce(sample, axis=1)
    inside = np.flatnonzero((given > 0) & spread)
    x = sample[inside][:, ~np.isnan(sample[inside]).any(axis=0)]
    varied = np.ptp(x, axis=1) > 0 if x.shape[1] >= 3 else np.zeros(inside.size, bool)
    if not varied.any():
        return equal(given, sample)
    out = np.zeros(given.shape)
    out[inside[varied]] = rule(x[varied], inside[varied], **numbers)
    return shares(out)


def by_entropy(x, _):
    p = x / x.sum(axis=1, keepdims=True)
    logs = np.log(p, out=np.zeros_like(p), where=p > 0)
    return 1 + (p * logs).sum(axis=1) / np.log(x.shape[1])


@formula("weight", "entropy", batch=False)
def entropy(given, sample):
    return learned(given, sample, by_entropy)


def by_conflict(x, _):
    return x.std(axis=1, ddof=1) * (1 - np.atleast_2d(np.corrcoef(x))).sum(axis=1)


@formula("weight", "critic", batch=False)
def critic(given, sample):
    return learned(given, sample, by_conflict)


def varimax(loadings, rounds=500):
    """Rotate by Kaiser's criterion with rows normalised: the singular value form."""
    heights = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    a, rotation, before = loadings / heights, np.eye(loadings.shape[1]), 0.0
    for _ in range(rounds):
        b = a @ rotation
        u, s, v = np.linalg.svd(a.T @ (b**3 - b * (b**2).mean(axis=0)))
        rotation = u @ v
        if s.sum() <= before * (1 + 1e-15):
            break
        before = s.sum()
    return (a @ rotation) * heights


def by_components(x, _, factors):
    values, vectors = np.linalg.eigh(np.atleast_2d(np.corrcoef(x)))
    values, vectors = values[::-1], vectors[:, ::-1]
    kept = min(factors, len(values)) if factors else max(1, (values > 1).sum())
    loadings = vectors[:, :kept] * np.sqrt(np.maximum(values[:kept], 0))
    squared = (varimax(loadings) if kept > 1 else loadings) ** 2
    explained = squared.sum(axis=0)
    home = squared.argmax(axis=1)
    return squared[np.arange(len(x)), home] / explained[home] * explained[home] / explained.sum()


@formula("weight", "principal_components", batch=False)
def principal_components(given, sample, factors):
    return learned(given, sample, by_components, factors=factors)


def importances(x, weights):
    """Return the shares of the squared correlations of the rows with their weighted mean."""
    mean = weights @ x
    return shares(np.array([np.corrcoef(row, mean)[0, 1] ** 2 for row in x]))


def as_important_as_declared(x, target):
    """Return the weights that meet the aims by a linear system, if none is below zero, else the aims."""
    covariance = np.atleast_2d(np.cov(x))
    weights = np.linalg.lstsq(covariance, np.sqrt(np.diag(covariance) * target), rcond=None)[0]
    return shares(weights) if (weights >= 0).all() else target


@formula("weight", "optimised", batch=False)
def optimised(given, sample, rounds, tolerance):
    """Raise the weight of what is less important than declared, lower the others, again and again."""

    def by_importance(x, inside):
        target = shares(given[inside])
        weights = best = as_important_as_declared(x, target)
        nearest = np.inf
        for _ in range(min(rounds, 1000)):
            found = importances(x, weights)
            away = ((found - target) ** 2).sum()
            if away < nearest:
                best, nearest = weights, away
            if away < tolerance**2:
                break
            weights = shares(weights * np.sqrt(target / np.maximum(found, 1e-12)))
        return best

    return learned(given, sample, by_importance)
