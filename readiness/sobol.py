"""Sobol' indices: which factor a result depends on, by itself and in all, with the error of each index.

A factor is a column of the design. Inputs that move together share one: the caller lets one column drive them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from readiness.sobol_errors import resampled_sums, sums_and_largest
from readiness.streams import DESIGN, words

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
BITS, DIGITS = 30, 52  # binary digits of SciPy's points, and of the scrambled ones
MOST_FACTORS = 21201 // 2  # Joe and Kuo's direction numbers have 21201 dimensions
ROUNDING = 8 * np.finfo(float).eps
"""Random choices of a numerical kind: a spread below this share of a result is rounding."""


@dataclass(frozen=True, slots=True)
class Estimates:
    """One kind of index with its bootstrap error, each array (factor, output)."""

    value: Floats
    error: Floats
    low: Floats
    high: Floats

    @property
    def half_width(self) -> Floats:
        """Return half the length of each interval."""
        return (self.high - self.low) / 2
