"""Simulated errors of differences between units, and what is found in them draw by draw.

Ranks depend on differences only. So what is drawn are the errors as differences to one unit, and what all units have
in common has no part in it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from readiness.estimates import Array, Estimates
from readiness.registry import compiled
from readiness.streams import RANK_SETS, normals

BLOCK = 2048  # draws that are worked on at a time: 27 units of them stay in the cache of a core
KEPT = 2**25  # numbers that are kept between passes (256 MiB); more are drawn again when they are needed
EQUAL = 16 * np.finfo(np.float64).eps  # a variance of a difference below this share of its parts is none

Places = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Spread(NamedTuple):
    """How differences between units vary: factor (unit, number) of the errors, and their standard errors (unit, unit).

    The errors of the units, as differences to one of them, are factor @ z with z independent standard normal.
    """

    factor: Array
    error: Array


def spread(estimates: Estimates) -> Spread:
    """Return factor and standard errors of the differences; those known exactly have the standard error zero.

    The unit that others are compared with is the one of least variance, so that no digits are lost; units are taken
    in the order of their names, so that the order of the rows of a file plays no part.
    """
    names, covariance = estimates.units, estimates.covariance
    variance = np.diag(covariance)
    order = sorted(range(len(names)), key=lambda place: (variance[place], names[place]))
    base, others = order[0], sorted(order[1:], key=names.__getitem__)
    sums = variance[:, None] + variance[None, :]
    known = sums - 2 * covariance <= EQUAL * sums
    differences = covariance[np.ix_(others, others)] - covariance[others, base][:, None] - covariance[base, others]
    factor = np.zeros((len(names), len(others)))
    root = np.zeros((len(others), len(others)))
    compiled(factorise)(differences + variance[base], EQUAL * sums[others, base], root)
    factor[others] = root
    factor = factor[[min(np.flatnonzero(row), key=names.__getitem__) for row in known]]  # no rounding between equals
    error = np.array([np.sqrt(((row - factor) ** 2).sum(axis=1)) for row in factor])
    return Spread(factor, error)


class Draws:
    """Errors of the units, (unit, draw), drawn in blocks; they are the same for any number of threads."""

    def __init__(self, factor: Array, count: int, seed: int) -> None:
        self.factor, self.count, self.seed = factor, count, seed
        self._blocks: dict[int, Array] = {}
        self._keeps = factor.shape[0] * count <= KEPT

    def each(self, work: Callable[[range, Array], None]) -> None:
        """Let threads work on all blocks: on the numbers of their draws, and on the errors."""
        blocks = [range(start, min(start + BLOCK, self.count)) for start in range(0, self.count, BLOCK)]
        work(blocks[0], self._block(blocks[0]))  # compiles, before threads need it
        with ThreadPoolExecutor(workers()) as pool:
            for _ in pool.map(lambda block: work(block, self._block(block)), blocks[1:]):
                pass

    def _block(self, draws: range) -> Array:
        if draws.start in self._blocks:
            return self._blocks[draws.start]
        errors = np.zeros((self.factor.shape[0], len(draws)))
        compiled(correlate)(self.factor, normals(self.seed, RANK_SETS, self.factor.shape[1:], draws), errors)
        if self._keeps:
            self._blocks[draws.start] = errors
        return errors


def rank_counts(estimate: Array, draws: Draws) -> NDArray[np.int64]:
    """Return how often each unit has each rank when the errors are added to the estimates, (unit, rank)."""
    size = len(estimate)
    found: dict[int, NDArray[np.int64]] = {}

    def count(block: range, errors: Array) -> None:
        counts = np.zeros((size, size), dtype=np.int64)
        compiled(count_ranks)(estimate, errors, np.empty(len(block), dtype=np.int64), counts)
        found[block.start] = counts

    draws.each(count)
    return np.sum(list(found.values()), axis=0)


def workers() -> int:
    """Return the number of threads: one for each processor."""
    return os.cpu_count() or 1


def factorise(covariance: Array, least: Array, out: Array) -> None:
    """Write the lower triangular root of a covariance; a pivot that is not above its least value counts as zero.

    Shapes   covariance, out (k, k), out zero; least (k,).
    Source   Cholesky; Golub and Van Loan, Matrix Computations (2013), section 4.2.8, semidefinite without pivoting.
    """
    for j in range(covariance.shape[0]):
        pivot = covariance[j, j]
        for m in range(j):
            pivot -= out[j, m] * out[j, m]
        if pivot > least[j]:
            out[j, j] = np.sqrt(pivot)
            for i in range(j + 1, covariance.shape[0]):
                rest = covariance[i, j]
                for m in range(j):
                    rest -= out[i, m] * out[j, m]
                out[i, j] = rest / out[j, j]


def correlate(factor: Array, z: Array, out: Array) -> None:
    """Add factor @ z to out, number by number in order.

    Shapes   factor (unit, number); z (number, draw); out (unit, draw).
    """
    for u in range(factor.shape[0]):
        for n in range(factor.shape[1]):
            share = factor[u, n]
            if share != 0:
                for r in range(z.shape[1]):
                    out[u, r] += share * z[n, r]


def largest(errors: Array, first: Places, second: Places, scale: Array, sign: Places, row: Places, out: Array) -> None:
    """Raise out to the largest standardised difference of the pairs of its row.

    Shapes   errors (unit, draw); first, second, scale, sign, row (pair,); out (row, draw).
    Units    sign 1: first minus second; -1: second minus first; 0: the larger of both.
    """
    for n in range(first.shape[0]):
        a, b, s, f = first[n], second[n], scale[n], row[n]
        if sign[n] == 0:
            for r in range(errors.shape[1]):
                t = abs((errors[a, r] - errors[b, r]) * s)
                out[f, r] = t if t > out[f, r] else out[f, r]
        else:
            s *= sign[n]
            for r in range(errors.shape[1]):
                t = (errors[a, r] - errors[b, r]) * s
                out[f, r] = t if t > out[f, r] else out[f, r]


def count_ranks(estimate: Array, errors: Array, rank: Places, counts: Places) -> None:
    """Count the ranks of the units over the draws; ties share the smaller rank.

    Shapes   estimate (unit,); errors (unit, draw); rank (draw,) is written over; counts (unit, rank).
    """
    for a in range(estimate.shape[0]):
        rank[:] = 0
        for b in range(estimate.shape[0]):
            lead = estimate[b] - estimate[a]
            for r in range(errors.shape[1]):
                rank[r] += 1 if errors[b, r] - errors[a, r] + lead > 0 else 0
        for r in range(errors.shape[1]):
            counts[a, rank[r]] += 1
