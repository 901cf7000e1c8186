"""The points at which an index is run for Sobol' indices: two matrices A and B, and A with one column of B each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from readiness.streams import KEYS, SENSITIVITY, words

Floats = NDArray[np.float64]

BITS, DIGITS = 30, 52  # binary digits of the points before and after scrambling
MOST_FACTORS = 21201 // 2  # Joe and Kuo's direction numbers have 21201 dimensions
SCRAMBLE = range(KEYS - 1, KEYS)  # the last replicate of the stream: no resample has this number


def design(factors: int, n: int, seed: int) -> tuple[Floats, Floats]:
    """Return A and B, points inside the open unit cube, (n, factor) each: one scrambled Sobol' set, cut in two.

    The points depend on the seed only: SciPy gives the sequence, our own random numbers scramble it.
    Errors   n not a power of two (the points would fill the cube unevenly), too many factors: ValueError.
    Source   Joe and Kuo, SIAM Journal on Scientific Computing 30:2635 (2008), the sequence; Matousek, Journal of
             Complexity 14:527 (1998), random linear scrambling and shift; Saltelli et al., Computer Physics
             Communications 181:259 (2010), two halves of one set in 2k dimensions.
    """
    if not 1 <= factors <= MOST_FACTORS:
        raise ValueError(f"a design has from 1 to {MOST_FACTORS} factors, got {factors}")
    if not 2 <= n <= 2**BITS or n & (n - 1):
        raise ValueError(f"n must be a power of two, from 2 to 2**{BITS}, got {n}")
    from scipy.stats.qmc import Sobol

    plain = Sobol(2 * factors, scramble=False, bits=BITS).random_base2(n.bit_length() - 1)
    points = _scrambled((plain * 2.0**BITS).astype(np.uint64), seed)
    return np.ascontiguousarray(points[:, :factors]), np.ascontiguousarray(points[:, factors:])


def blocks(a: Floats, b: Floats) -> Iterator[Floats]:
    """Go through the k + 2 blocks of points to run: A, B, then A with one column of B, factor by factor."""
    yield a
    yield b
    for i in range(a.shape[1]):
        mixed = a.copy()
        mixed[:, i] = b[:, i]
        yield mixed


def stacked(a: Floats, b: Floats) -> Floats:
    """Return all points to run, ((k + 2) n, factor), block under block."""
    return np.concatenate(list(blocks(a, b)))


def split(y: ArrayLike, factors: int) -> tuple[Floats, Floats, Floats]:
    """Return the results at the stacked points, (run,) or (run, output), as y_a, y_b and y_ab of `sobol.indices`."""
    results = np.asarray(y, dtype=np.float64)
    n, rest = divmod(len(results), factors + 2)
    if rest:
        raise ValueError(f"{len(results)} runs are no multiple of the {factors + 2} blocks of {factors} factors")
    parts = results.reshape(factors + 2, n, -1)
    return parts[0], parts[1], parts[2:]


def _scrambled(digits: NDArray[np.uint64], seed: int) -> Floats:
    """Return points (point, dimension) whose binary digits are mixed by a random matrix and shifted, per dimension.

    A column of the matrix has a 1 for its own digit and random digits below, so that the first digits of the points -
    which say in which part of the cube they lie - still take every value equally often.
    """
    size = digits.shape[1]
    high, low = words(seed, SENSITIVITY, 2 * size * (BITS + 1), SCRAMBLE).reshape(2, BITS + 1, size)
    drawn = ((high << np.uint64(32)) | low) >> np.uint64(64 - DIGITS)
    out = np.broadcast_to(drawn[BITS], digits.shape).copy()
    for digit in range(BITS):
        own = np.uint64(1 << (DIGITS - 1 - digit))
        column = own | (drawn[digit] & (own - np.uint64(1)))
        out ^= column * ((digits >> np.uint64(BITS - 1 - digit)) & np.uint64(1))
    return (out + 0.5) * 2.0**-DIGITS
