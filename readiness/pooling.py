"""Rubin's rules: one result from the results of several imputations."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Pooled(NamedTuple):
    """What several imputations say together."""

    estimate: NDArray[np.float64]
    variance: NDArray[np.float64]  # total: within an imputation and between them
    degrees: NDArray[np.float64]  # degrees of freedom of the t distribution of the estimate


def pool(estimates: ArrayLike, variances: ArrayLike, complete_degrees: float | None = None) -> Pooled:
    """Return estimate, total variance and degrees of freedom from the results of several imputations.

    With Q_k and U_k the results of M imputations, U the mean of U_k and B the variance of Q_k (divisor M - 1): estimate
    = mean of Q_k, total variance T = U + (1 + 1/M) B, degrees = (M - 1) (T / ((1 + 1/M) B))^2. `complete_degrees` are
    the degrees of freedom v that complete data would have; they bound the result as Barnard and Rubin do: 1 / (1 /
    degrees + 1 / w) with w = v (v + 1) / (v + 3) U / T.

    Shapes   estimates and variances (..., imputation), any leading axes; all results have the leading axes.
    Gaps     an estimate or variance that is NaN in one imputation leaves the result NaN.
    Limits   equal estimates (B = 0): degrees infinite, or w. No variance within (U = 0): degrees M - 1.
    Source   Rubin, Multiple Imputation for Nonresponse in Surveys (1987), section 3.1; Barnard and Rubin, Biometrika
             86:948 (1999).

    >>> pool([10.0, 12.0, 14.0], [1.0, 1.0, 1.0])
    Pooled(estimate=array(12.), variance=array(6.33333333), degrees=array(2.8203125))
    """
    q, u = np.broadcast_arrays(np.asarray(estimates, np.float64), np.asarray(variances, np.float64))
    imputations = q.shape[-1] if q.ndim else 0
    if imputations < 2:
        raise ValueError(f"pooling takes at least 2 imputations, got {imputations}")
    if (u < 0).any():
        raise ValueError("variances are 0 or more")
    if complete_degrees is not None and not complete_degrees > 0:
        raise ValueError(f"degrees of freedom are above 0, got {complete_degrees}")
    gap = np.isnan(q).any(axis=-1) | np.isnan(u).any(axis=-1)
    within = u.mean(axis=-1)
    between = (1 + 1 / imputations) * q.var(axis=-1, ddof=1)
    degrees = _degrees(within, between, imputations, complete_degrees)
    results = (q.mean(axis=-1), within + between, degrees)
    return Pooled(*(np.where(gap, np.nan, each) for each in results))


def _degrees(
    within: NDArray[np.float64], between: NDArray[np.float64], imputations: int, complete: float | None
) -> NDArray[np.float64]:
    """Return the degrees of freedom from the variance within and between, the latter with its factor 1 + 1/M."""
    total = within + between
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        large = np.where(between > 0, (imputations - 1) * (total / between) ** 2, np.inf)
        if complete is None or complete == np.inf:
            return large
        observed = complete * (complete + 1) / (complete + 3) * np.where(total > 0, within / total, 1.0)
        return np.where((within > 0) | (between == 0), 1 / (1 / large + 1 / observed), large)
