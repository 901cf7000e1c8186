"""Confidence sets for ranks, written apart in plain NumPy: every pair, draw and round, as the paper says it."""

from __future__ import annotations

import numpy as np

from readiness.streams import RANK_SETS, normals


def errors(covariance, draws, seed=0):
    """Errors as differences to the unit of least variance, from the same normal numbers as the engine's."""
    base = int(np.argmin(np.diag(covariance)))
    contrast = np.delete(np.eye(len(covariance)), base, axis=0)
    contrast[:, base] -= 1
    root = np.linalg.cholesky(contrast @ covariance @ contrast.T)
    z = root @ normals(seed, RANK_SETS, (len(covariance) - 1,), draws)
    return np.insert(z, base, 0.0, axis=0)


def rank_sets(x, covariance, z, *, level=0.95, units=None, side="two", stepdown=True):
    """Return the sets of the units whose ranks are asked, simultaneously: lower and upper ends."""
    p = len(x)
    variance = np.diag(covariance)
    s = np.sqrt(variance[:, None] + variance[None, :] - 2 * covariance)
    np.fill_diagonal(s, 1.0)
    t = (z[:, None, :] - z[None, :, :]) / s[:, :, None]
    d = x[:, None] - x[None, :]
    inside = np.zeros(p, dtype=bool)
    inside[list(range(p)) if units is None else units] = True
    other = ~np.eye(p, dtype=bool)
    play = inside[:, None] & other
    if side == "two" and stepdown:
        play = (inside[:, None] | inside[None, :]) & other
    above = np.zeros((p, p), dtype=bool)  # above[j, k]: theta_j > theta_k
    while play.any():
        values = t[play]
        if side == "lower":
            values = -values
        elif side == "two" and not stepdown:
            values = np.abs(values)
        c = np.quantile(values.max(axis=0), level)
        higher = play & (d - c * s > 0) & (side != "lower")
        lower = play & (d + c * s < 0) & (side == "lower" or (side == "two" and not stepdown))
        above |= higher | lower.T
        play = play & ~(higher | lower)
        if not stepdown or not (higher | lower).any():
            break
    first = 1 + above.sum(axis=0) if side != "upper" else np.ones(p, dtype=int)
    last = p - above.sum(axis=1) if side != "lower" else np.full(p, p)
    return first[inside], last[inside]


def marginal_sets(x, covariance, z, **options):
    """Return the set of each unit by itself."""
    ends = [rank_sets(x, covariance, z, units=[j], **options) for j in range(len(x))]
    return tuple(np.concatenate(each) for each in zip(*ends, strict=True))
