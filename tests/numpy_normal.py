"""Imputation by a multivariate normal law in NumPy, for the oracle and the benchmarks; see numpy_formulas."""

from __future__ import annotations

import numpy as np
from numpy_formulas import NAN, formula


def conditional(z, gaps, mean, covariance):
    """Return conditional mean and covariance of the gaps of one unit."""
    known = ~gaps
    slope = np.linalg.solve(covariance[np.ix_(known, known)], covariance[np.ix_(known, gaps)]).T
    expected = mean[gaps] + slope @ (z[known] - mean[known])
    return expected, covariance[np.ix_(gaps, gaps)] - slope @ covariance[np.ix_(known, gaps)]


def fitted_law(z, ridge, tolerance, rounds):
    """Fit mean and covariance of the rows of z by expectation-maximisation, from 0 and 1 on."""
    units, size = z.shape
    mean, covariance = np.zeros(size), np.eye(size)
    for _ in range(rounds):
        filled, extra = z.copy(), np.zeros((size, size))
        for u in np.flatnonzero(np.isnan(z).any(axis=1)):
            gaps = np.isnan(z[u])
            filled[u, gaps], spread = conditional(z[u], gaps, mean, covariance)
            extra[np.ix_(gaps, gaps)] += spread
        centred = filled - filled.mean(axis=0)
        products = centred.T @ centred + extra + ridge * units * np.eye(size)
        before, covariance = covariance, products / (units * (1 + ridge))
        change = max(np.abs(filled.mean(axis=0) - mean).max(), np.abs(covariance - before).max())
        mean = filled.mean(axis=0)
        if change <= tolerance:
            break
    return mean, covariance


def by_law(x, groups, noise, limits):
    out, error = x.copy(), np.full(x.shape, NAN)
    for e, group in np.ndindex(x.shape[0], groups.max() + 1):
        columns = [i for i in np.flatnonzero(groups == group) if np.unique(x[e, i][~np.isnan(x[e, i])]).size > 1]
        known = x[e, columns]
        centre, scale = np.nanmean(known, axis=1), np.nanstd(known, axis=1)
        z = ((known - centre[:, None]) / scale[:, None]).T
        rows = np.flatnonzero(~np.isnan(z).all(axis=1))
        mean, covariance = fitted_law(z[rows], limits["ridge"], limits["tolerance"], limits["rounds"])
        for u in rows[np.isnan(z[rows]).any(axis=1)]:
            gaps = np.isnan(z[u])
            expected, spread = conditional(z[u], gaps, mean, covariance)
            where = np.array(columns)[gaps]
            drawn = expected + np.linalg.cholesky(spread) @ noise[e, where, u]
            out[e, where, u] = centre[gaps] + scale[gaps] * drawn
            error[e, where, u] = scale[gaps] * np.sqrt(np.diag(spread))
    return out, error


@formula("impute", "em", batch=False)
def em(x, siblings, clusters, years, noise, **limits):
    return by_law(x, siblings if limits["siblings_only"] else 0 * siblings, 0 * noise, limits)


@formula("impute", "multiple", batch=False)
def multiple(x, siblings, clusters, years, noise, **limits):
    return by_law(x, siblings if limits["siblings_only"] else 0 * siblings, noise, limits)
