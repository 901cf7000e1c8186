"""The runs of a sensitivity analysis: which replicate and which methods each takes, and what comes out, each run once.

A choice of method takes its coordinate of a Sobol' design. A source of random numbers is one factor, however many
numbers it draws: in matrix A its row j takes replicate j, in matrix B replicate n + j.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from readiness.batches import keep_memory
from readiness.dealing import chosen_at
from readiness.lanes import Cell, Draws
from readiness.plan import Array
from readiness.simulation import FEW_LANES, MANY_LANES, NOISES
from readiness.sobol_design import design

DRAWS = "imputation"  # the factor that picks a draw of a multiple imputation
BITS = 1 << len(NOISES)


@dataclass(frozen=True)
class Grid:
    """What varies, and the cells of every combination of methods.

    `chances` are those of the alternatives at each place, the factors behind the noises; `cells` has for every
    combination of their numbers one cell, or one for each draw of an imputation, which then is the last factor.
    """

    noises: tuple[str, ...]
    chances: Mapping[str, tuple[float, ...]]
    cells: Mapping[tuple[int, ...], tuple[Cell, ...]]

    @property
    def factors(self) -> tuple[str, ...]:
        """Return what varies; factors that some combination ignores are drawn there too."""
        draws = (DRAWS,) if any(len(each) > 1 for each in self.cells.values()) else ()
        return (*self.noises, *self.chances, *draws)

    @property
    def drawn(self) -> bool:
        """Say whether anything besides methods varies; if not, every combination can be computed."""
        return bool(self.noises) or DRAWS in self.factors

    @property
    def all_cells(self) -> tuple[Cell, ...]:
        """Return the cells of all combinations, one after the other."""
        return tuple(cell for each in self.cells.values() for cell in each)

    @property
    def lanes(self) -> int:
        """Return how many runs are computed at a time."""
        return FEW_LANES if "figures" in self.noises else MANY_LANES


@dataclass(frozen=True, eq=False)
class Planned:
    """The runs of a design. Rows that ask for the same cell and replicates are one run.

    Shapes   cell (run,), in ascending order; numbers by noise (run,), the replicates; rows (row,), the run of every
             row of the blocks A, B and A with one column of B, one under the other.
    """

    cell: Array
    numbers: Mapping[str, Array]
    rows: Array

    @property
    def size(self) -> int:
        """Return the number of different runs."""
        return len(self.cell)

    def draws(self, some: slice) -> Draws:
        """Return the draws of some runs."""
        return Draws(some.stop - some.start, **{noise: own[some] for noise, own in self.numbers.items()})

    def parts(self, lanes: int) -> Iterator[slice]:
        """Cut the runs into pieces of one cell and at most so many lanes; the cuts depend on the design only."""
        ends = [*np.flatnonzero(np.diff(self.cell)) + 1, self.size]
        for start, end in zip([0, *ends[:-1]], ends, strict=True):
            yield from (slice(int(first), int(min(first + lanes, end))) for first in range(start, end, lanes))


def plan_runs(grid: Grid, n: int, seed: int) -> Planned:
    """Return the runs of a design of n base points: n for A, n for B, n for each factor.

    Source   Saltelli et al., Computer Physics Communications 181:259 (2010), the blocks; Saisana, Saltelli and
             Tarantola, Journal of the Royal Statistical Society A 168:307 (2005), one factor for each choice.
    """
    a, b = _levels(grid, n, seed)
    taken = [a, b, *({**a, factor: b[factor]} for factor in grid.factors)]
    keys, rows = np.unique(np.concatenate([_keys(grid, each, n) for each in taken]), return_inverse=True)
    place, row = keys // n, keys % n
    numbers = {noise: (row + n * (place >> NOISES.index(noise) & 1)).astype(np.uint64) for noise in grid.noises}
    return Planned(place // BITS, numbers, rows.ravel())


def every_cell(grid: Grid) -> Planned:
    """Return one run for each cell, where nothing is drawn."""
    cells = np.arange(len(grid.all_cells))
    return Planned(cells, {}, cells)


def score_runs(grid: Grid, planned: Planned, nodes: Sequence[str], threads: int = 0) -> tuple[Array, Array]:
    """Return scores and ranks of every run, both (node, run, unit); no rank is a gap.

    Each piece of runs is a pure function of its place and is written to its own rows: threads change no bit.
    """
    cells = grid.all_cells
    shape = (len(nodes), planned.size, cells[0].plan.members)
    scores, ranks = np.empty(shape), np.empty(shape, np.float32)  # a rank ends on a half at most: both are exact

    def one(some: slice) -> None:
        cell = cells[planned.cell[some.start]]
        rank, numbers = cell.ranking
        for code, own, _ in cell.scores(planned.draws(some)):
            if code in nodes:
                places = np.empty_like(own)
                rank(own, places, *numbers)
                scores[nodes.index(code), some] = own.T
                ranks[nodes.index(code), some] = np.where(places > 0, places, np.nan).T

    with ThreadPoolExecutor(threads or os.cpu_count() or 1, initializer=keep_memory) as pool:
        try:
            for _ in pool.map(one, planned.parts(grid.lanes)):
                pass
        except BaseException:
            pool.shutdown(cancel_futures=True)  # an interrupt does not wait for the pieces that have not begun
            raise
    return scores, ranks


def _levels(grid: Grid, n: int, seed: int) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return what each factor is in the rows of A and of B: a side, the number of an alternative, or a coordinate."""
    sides: tuple[dict[str, Array], dict[str, Array]] = ({}, {})
    for side, points in enumerate(design(len(grid.factors), n, seed)):
        for factor, own in zip(grid.factors, points.T, strict=True):
            if factor in grid.noises:
                sides[side][factor] = np.full(n, side)
            else:
                choice = factor in grid.chances
                sides[side][factor] = chosen_at(own, grid.chances[factor]) if choice else own
    return sides


def _keys(grid: Grid, levels: Mapping[str, Array], n: int) -> Array:
    """Return a whole number for each row: its cell, which sides its replicates are of, its place on a side."""
    counts = np.array([len(each) for each in grid.cells.values()])
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    numbers = {combination: number for number, combination in enumerate(grid.cells)}
    table = np.empty([len(each) for each in grid.chances.values()], dtype=np.int64)
    for combination, number in numbers.items():
        table[combination] = number
    combined = np.broadcast_to(table[tuple(levels[place] for place in grid.chances)], n)
    drawn = np.floor(levels[DRAWS] * counts[combined]) if DRAWS in grid.factors else 0
    key = (starts[combined] + drawn).astype(np.int64) * BITS
    for noise in grid.noises:
        key = key + (levels[noise] << NOISES.index(noise))
    return key * n + (np.arange(n) if grid.noises else 0)
