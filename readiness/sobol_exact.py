"""Sobol' indices without error: where only alternatives vary, every combination can be computed and weighed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
from numpy.typing import ArrayLike, NDArray

from readiness.sobol import NEVER, Estimates, Sensitivity
from readiness.sobol_runs import ROUNDING

Floats = NDArray[np.float64]

MISSING = "a combination has no value"


def exact_indices(y: ArrayLike, chances: Sequence[Sequence[float]]) -> Sensitivity:
    """Return the first-order and total Sobol' indices of every factor for every output, by the definition.

    With V the variance of y: first S_i = Var(E(y | x_i)) / V, total ST_i = E(Var(y | all but x_i)) / V.

    Shapes   y (alternative of factor 1, ..., alternative of factor k, output); chances, the probabilities of each
             factor's alternatives, which are drawn independently; only their proportions count.
    Gaps     an output that lacks a value somewhere or never varies has none, with a reason. Errors are zero.
    Source   Saltelli et al., Computer Physics Communications 181:259 (2010), equations 2 and 4.
    """
    results = np.asarray(y, dtype=np.float64)
    shares = [np.asarray(each, dtype=np.float64) / np.sum(each) for each in chances]
    size = results.shape[-1]
    flat = results.reshape(-1, size)
    missing = np.isnan(flat).any(axis=0)
    low, high = flat.min(axis=0), flat.max(axis=0)
    still = high - low <= ROUNDING * np.maximum(np.abs(low), np.abs(high))
    first, total, variance = _shares(results, shares)
    variance = np.where(still, np.nan, variance)  # what is missing stays a gap by itself
    values = (first / variance, total / variance, (total - first) / variance)
    count = np.full(size, len(flat))
    return Sensitivity(
        *(Estimates(each, np.where(np.isnan(each), each, 0.0), each, each) for each in values),
        variance=variance,
        rows=count - np.isnan(flat).sum(axis=0),
        left_out=np.isnan(flat).sum(axis=0),
        still=np.zeros(size, np.int64),
        reasons=tuple(MISSING if gap else NEVER if same else "" for gap, same in zip(missing, still, strict=True)),
        points=len(flat),
        resamples=0,
        level=1.0,
    )


def _shares(y: Floats, shares: Sequence[Floats]) -> tuple[Floats, Floats, Floats]:
    """Return the variance that each factor explains alone and has a part in, (factor, output), and the variance."""
    factors = range(len(shares))
    weight = reduce(np.multiply.outer, shares)[..., None]
    less = y - (weight * y).sum(axis=tuple(factors))
    first, total = [], []
    for i in factors:
        own = shares[i].reshape([-1 if j == i else 1 for j in factors] + [1])
        others = tuple(j for j in factors if j != i)
        mean = (weight / own * less).sum(axis=others, keepdims=True)
        first.append((own * mean**2).sum(axis=tuple(factors)))
        within = less - (own * less).sum(axis=i, keepdims=True)
        total.append((weight * within**2).sum(axis=tuple(factors)))
    return np.array(first), np.array(total), (weight * less**2).sum(axis=tuple(factors))
