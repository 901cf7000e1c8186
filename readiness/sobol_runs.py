"""The results of a design's runs, and the formulas of Sobol' indices: ratios of sums over rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

ROUNDING = 8 * float(np.finfo(float).eps)  # a spread below this share of a result is rounding
GRAIN = 2.0**-49  # times the rows and the largest square: what the rounded terms of a resample leave of no variance
LARGEST = 1e100  # a result beyond it counts as a failed run: sums of squares would overflow


def collected(y_a: ArrayLike, y_b: ArrayLike, y_ab: ArrayLike) -> Runs:
    """Return the runs, with the rows that count and the mean and size by which each output is brought to one scale.

    Shapes   y_a, y_b (n, output); y_ab (factor, n, output). Others are a ValueError.
    """
    a, b, ab = _checked(y_a, y_b, y_ab)
    valid = (np.abs(a) < LARGEST) & (np.abs(b) < LARGEST) & (np.abs(ab) < LARGEST).all(axis=0)
    there = True if valid.all() else valid
    rows = valid.sum(axis=0)
    whole = a.sum(axis=0, where=there) + b.sum(axis=0, where=there) + ab.sum(axis=1, where=there).sum(axis=0)
    centre = whole / np.maximum(rows * (len(ab) + 2), 1)
    low, high = _range([a, b], there)
    lowest, highest = _range([a, b, *ab], there)
    fixed = (rows < 2) | (high - low <= ROUNDING * np.maximum(np.abs(low), np.abs(high)))
    size = np.maximum(highest - centre, centre - lowest)
    scale = np.where(size > 0, size, 1.0)
    grain = GRAIN * len(a) * (np.maximum(high - centre, centre - low) / scale) ** 2
    return Runs(a, b, ab, None if there is True else valid, rows, centre, scale, np.where(fixed, np.inf, grain))


def _checked(y_a: ArrayLike, y_b: ArrayLike, y_ab: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return the results as arrays of floats; shapes that do not fit are an error."""
    a, b, ab = (np.asarray(y, dtype=np.float64) for y in (y_a, y_b, y_ab))
    if a.ndim != 2 or a.shape != b.shape or ab.ndim != 3 or ab.shape[1:] != a.shape or 0 in ab.shape:
        expected = "y_a and y_b (n, output) and y_ab (factor, n, output)"
        raise ValueError(f"expected {expected}, got {a.shape}, {b.shape} and {ab.shape}")
    return a, b, ab


def _range(results: list[Floats], there: Flags | bool) -> tuple[Floats, Floats]:
    """Return the lowest and the highest value of each output among the rows that count."""
    low = np.min([y.min(axis=0, initial=np.inf, where=there) for y in results], axis=0)
    return low, np.max([y.max(axis=0, initial=-np.inf, where=there) for y in results], axis=0)


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """The results of all runs, and the sums over rows that the indices are ratios of."""

    a: Floats
    b: Floats
    ab: Floats
    valid: Flags | None  # (row, output); none: no row has a failed run
    rows: NDArray[np.int64]
    centre: Floats
    scale: Floats
    grain: Floats  # (output,) a variance not above it is rounding; infinite if the output does not vary over A and B

    @property
    def points(self) -> int:
        """Return the number of rows of the design."""
        return len(self.a)

    @property
    def layers(self) -> int:
        """Return the terms of a row and an output: two for the variance, two a factor, with gaps one that counts."""
        return 2 + 2 * len(self.ab) + (self.valid is not None)

    @property
    def columns(self) -> int:
        """Return the number of terms of a row over all outputs."""
        return self.layers * self.a.shape[1]

    def terms(self, block: slice) -> Floats:
        """Return the terms of some rows, (row, layer x output): the formulas of the two estimators and the variance."""
        a, b = self._standard(self.a, block), self._standard(self.b, block)
        out = np.empty((len(a), self.layers, a.shape[1]))
        factors = len(self.ab)
        out[:, 0] = a + b
        out[:, 1] = a * a + b * b
        for i in range(factors):
            change = self._standard(self.ab[i], block) - a
            out[:, 2 + i] = b * change
            out[:, 2 + factors + i] = change * change
        if self.valid is not None:
            out[:, -1] = self.valid[block]
        return out.reshape(len(a), -1)

    def variance(self, sums: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the variance of A and B together, of standard results, the number of rows, and the sums by layer."""
        parts = sums.reshape(*sums.shape[:-1], self.layers, -1)
        rows = np.maximum(parts[..., -1, :], 1) if self.valid is not None else np.float64(self.points)
        variance = parts[..., 1, :] / (2 * rows) - (parts[..., 0, :] / (2 * rows)) ** 2
        return np.where(variance > self.grain, variance, np.nan), rows, parts

    def ratios(self, sums: Floats) -> Floats:
        """Return first-order, total and their difference, (..., kind, factor, output), from sums (..., column)."""
        variance, rows, parts = self.variance(sums)
        means = parts[..., 2 : 2 + 2 * len(self.ab), :] / (rows * variance)[..., None, :]
        first, total = means[..., : len(self.ab), :], means[..., len(self.ab) :, :] / 2
        return np.stack([first, total, total - first], axis=-3)

    def _standard(self, y: Floats, block: slice) -> Floats:
        """Return results with mean 0, none above 1 in size; 0 where a run of the row failed."""
        if self.valid is None:
            return (y[block] - self.centre) / self.scale
        return (np.where(self.valid[block], y[block], self.centre) - self.centre) / self.scale
