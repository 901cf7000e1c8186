"""Estimates of units with the covariance of their errors: checked once, then never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

ROUNDING = 1e-8  # a matrix that was printed and read again is symmetric and semidefinite to about this, as correlations


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """What is known of each unit: an estimate, and how the errors of the estimates vary together.

    Shapes   units (p,) their names, each once; estimate (p,); covariance (p, p).
    Errors   ValueError for fewer than two units, names that repeat, numbers that are not finite, and for a matrix that
             is not the covariance of anything.
    """

    units: tuple[str, ...]
    estimate: Array
    covariance: Array

    def __post_init__(self) -> None:
        object.__setattr__(self, "units", tuple(map(str, self.units)))
        object.__setattr__(self, "estimate", np.array(self.estimate, dtype=np.float64))
        object.__setattr__(self, "covariance", np.array(self.covariance, dtype=np.float64))
        faults = self._faults()
        if faults:
            raise ValueError("; ".join(faults))
        object.__setattr__(self, "covariance", (self.covariance + self.covariance.T) / 2)

    @classmethod
    def independent(cls, units: Sequence[str], estimate: ArrayLike, error: ArrayLike) -> Estimates:
        """Return estimates with errors that do not depend on each other, from their standard errors."""
        errors = np.asarray(error, dtype=np.float64)
        if errors.ndim != 1 or not (np.isfinite(errors) & (errors >= 0)).all():
            raise ValueError("standard errors are one list of finite numbers of zero or more")
        return cls(tuple(units), np.asarray(estimate, dtype=np.float64), np.diag(errors**2))

    @property
    def error(self) -> Array:
        """Return the standard errors."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def rank(self) -> NDArray[np.int64]:
        """Return the ranks of the estimates: 1 is the largest, equal ones share the smaller rank."""
        return 1 + np.searchsorted(np.sort(-self.estimate), -self.estimate, side="left")

    def _faults(self) -> list[str]:
        size = len(self.units)
        if self.estimate.shape != (size,) or self.covariance.shape != (size, size):
            shapes = f"{self.estimate.shape} and {self.covariance.shape}"
            return [f"{size} units have estimates ({size},) and a covariance ({size}, {size}), got {shapes}"]
        faults = [] if size >= 2 else [f"a ranking has at least two units, got {size}"]
        if len(set(self.units)) < size:
            faults.append("a unit stands twice")
        if not (np.isfinite(self.estimate).all() and np.isfinite(self.covariance).all()):
            return [*faults, "estimates and covariances are finite numbers"]
        return [*faults, *matrix_faults(self.covariance)]


def matrix_faults(covariance: Array) -> list[str]:
    """Say why a square matrix of finite numbers is not a covariance; nothing if it is one, to rounding."""
    variance = np.diag(covariance)
    if (variance < 0).any():
        return ["a variance is below zero"]
    if len(asymmetric(covariance)):
        return ["the covariance is not symmetric"]
    least = least_eigenvalue(covariance)
    if least < -ROUNDING * len(covariance):
        return [f"the covariance is not positive semidefinite: an eigenvalue of its correlations is {least:.3g}"]
    return []


def asymmetric(covariance: Array) -> NDArray[np.int64]:
    """Return the places below the diagonal that differ from their mirror by more than rounding, a row each."""
    scale = np.sqrt(np.abs(np.diag(covariance)))
    unequal = np.abs(covariance - covariance.T) > ROUNDING * np.maximum(np.outer(scale, scale), np.abs(covariance))
    return np.argwhere(np.tril(unequal, -1))


def least_eigenvalue(covariance: Array) -> float:
    """Return the smallest eigenvalue of the correlations; minus infinity if a unit without variance has covariances."""
    if not np.any(covariance - np.diag(np.diag(covariance))):
        return 1.0 if (np.diag(covariance) > 0).all() else 0.0
    scale = np.sqrt(np.diag(covariance))
    known = scale == 0
    if covariance[known].any():
        return -np.inf
    scale = np.where(known, 1.0, scale)
    return float(np.linalg.eigvalsh(covariance / np.outer(scale, scale))[0])
