"""Bootstrap of sums over rows: many resamples at once, as one product of two matrices, the same bits everywhere.

How often a resample takes each row is a whole number. The terms to be summed are rounded to whole numbers of so many
digits that no sum of theirs needs more than the 53 of a float. Then every addition is exact, and its order - which a
matrix product leaves to the library, its threads and ours - cannot matter.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from readiness.registry import compiled
from readiness.streams import SENSITIVITY, words

Floats = NDArray[np.float64]
Terms = Callable[[slice], Floats]

BLOCK = 2**19  # terms held at a time by each thread: 4 MB
COUNTS = 2**25  # multiplicities held at a time: 64 MB
SUMS = 2**22  # sums held at a time by each thread: 32 MB
DIGITS = 52  # binary digits of the largest sum; a float has 53
SMALLEST = -400  # a column whose largest term is below 2**-400 counts as zero
# The matrix library's own threads would compete with ours: half the speed on a busy machine. They are set for the whole
# process, so that two calls at once must not undo each other's setting.
ONE_AT_A_TIME = Lock()


def sums_and_largest(terms: Terms, rows: int, columns: int, threads: int | None = None) -> tuple[Floats, Floats]:
    """Return the sum and the largest size of each column of terms, added block by block in the order of the rows."""

    def one(block: slice) -> tuple[Floats, Floats]:
        found = terms(block)
        return found.sum(axis=0), np.abs(found).max(axis=0)

    sums, largest = zip(*_in_threads(one, _blocks(rows, columns), threads), strict=True)
    return np.sum(sums, axis=0), np.max(largest, axis=0)


def resampled_sums(
    terms: Terms, rows: int, largest: Floats, resamples: int, *, seed: int, threads: int | None = None
) -> Floats:
    """Return the sums of each column over resamples of the rows, drawn with replacement.

    Shapes   terms of some rows (row, column); largest (column,), the largest size of any term; out (resample, column).
    Rounding  a term is off by at most its column's largest times the number of rows over 2**53.
    Source   Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 6.
    """
    factor = np.exp2(DIGITS - (rows - 1).bit_length() - np.maximum(np.frexp(largest)[1], SMALLEST))
    step = max(1, min(COUNTS // rows, SUMS // len(largest)))
    out = np.empty((resamples, len(largest)))
    with ONE_AT_A_TIME, threadpool_limits(limits=1, user_api="blas"):
        for first in range(0, resamples, step):
            some = range(first, min(first + step, resamples))
            out[some.start : some.stop] = _sums_of(terms, factor, multiplicities(seed, rows, some, threads), threads)
    return out


def multiplicities(seed: int, rows: int, resamples: range, threads: int | None = None) -> NDArray[np.uint16]:
    """Return how often each resample takes each row: (resample, row), every resample as many rows as there are.

    Source   Lemire, ACM Transactions on Modeling and Computer Simulation 29:1 (2019), for whole numbers below a bound.
             Exact where the number of rows is a power of two; else a row's chance is off by less than rows / 2**32.
    """
    counts = np.zeros((len(resamples), rows), dtype=np.uint16)
    step = max(1, BLOCK // rows)
    count = compiled(count_rows)

    def fill(first: int) -> None:
        some = counts[first : first + step]
        count(words(seed, SENSITIVITY, rows, resamples[first : first + step]), some)

    _in_threads(fill, range(0, len(counts), step), threads)
    return counts


def count_rows(drawn: NDArray[np.uint64], counts: NDArray[np.uint16]) -> None:
    """Count the rows that resamples draw: numbers of 32 bits (draw, resample) into counts (resample, row)."""
    rows = np.uint64(counts.shape[1])
    for j in range(drawn.shape[0]):
        for r in range(drawn.shape[1]):
            counts[r, np.int64((drawn[j, r] * rows) >> np.uint64(32))] += 1


def _sums_of(terms: Terms, factor: Floats, counts: NDArray[np.uint16], threads: int | None) -> Floats:
    """Multiply counts by rounded terms, block after block of rows; each thread adds up blocks of its own."""
    blocks = list(_blocks(counts.shape[1], len(factor)))
    workers = min(_threads(threads), len(blocks))

    def one(worker: int) -> Floats:
        sums = np.zeros((len(counts), len(factor)))
        for block in blocks[worker::workers]:
            found = terms(block)
            found *= factor
            sums += counts[:, block].astype(np.float64) @ np.rint(found, out=found)
        return sums

    return sum(_in_threads(one, range(workers), threads)) / factor


def _blocks(rows: int, columns: int) -> Iterable[slice]:
    """Cut the rows into blocks of a size that depends on the number of columns only."""
    step = max(64, BLOCK // columns)
    return (slice(first, min(first + step, rows)) for first in range(0, rows, step))


def _threads(wanted: int | None) -> int:
    """Return the number of threads asked for, else one for each core."""
    return (os.cpu_count() or 1) if wanted is None else wanted


def _in_threads(work: Callable[[Any], Any], parts: Iterable[Any], threads: int | None) -> list[Any]:
    """Do the parts of a work in threads; the answers keep the order of the parts."""
    with ThreadPoolExecutor(_threads(threads)) as pool:
        return list(pool.map(work, parts))
