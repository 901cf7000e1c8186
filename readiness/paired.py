"""Two indices under the same draws: how far a difference between them is one of chance.

Each replicate draws weights, methods and errors of figures once and scores both, so that what moves both alike cancels
out. Two intervals may overlap although their difference is never zero.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from readiness.batches import keep_memory
from readiness.dealing import deal
from readiness.lanes import Cell
from readiness.plan import Array
from readiness.simulation import FEW_LANES, Mix

REPLICATES = 8192
MOST = 20_000_000  # scores of one index that are held at a time; fewer replicates where there are many nodes and units
FEWEST = 512


@dataclass(frozen=True)
class Pair:
    """Two mixes with the nodes and units that both have, by their names and positions in each."""

    one: Mix
    other: Mix
    nodes: Sequence[tuple[str, str]]
    units: Sequence[tuple[int, int]]

    def replicates(self, wanted: int = REPLICATES) -> int:
        """Return how many replicates fit into memory, up to those wanted."""
        room = MOST // max(1, len(self.nodes) * len(self.units))
        return max(FEWEST, min(wanted, room))


@dataclass(frozen=True, eq=False)
class Replicates:
    """What came out of each replicate, (node, unit, replicate); ranks are NaN for none."""

    scores: Array
    ranks: Array


def replicated(pair: Pair, replicates: int = REPLICATES) -> tuple[Replicates, Replicates]:
    """Return scores and ranks of both indices; a replicate stands at the same place in both."""
    number = pair.replicates(replicates)
    shape = (len(pair.nodes), len(pair.units), number)
    both = tuple(Replicates(np.empty(shape), np.empty(shape, np.float32)) for _ in range(2))

    def fill(start: int) -> None:
        wanted = np.arange(start, min(start + FEW_LANES, number), dtype=np.uint64)
        for lanes, cells in _dealt(pair, wanted):
            for side, (cell, mix) in enumerate(zip(cells, _mixes(pair), strict=True)):
                found, units = _scored(cell, mix, wanted[lanes]), [each[side] for each in pair.units]
                for row, names in enumerate(pair.nodes):
                    scores, ranks = found[names[side]]
                    both[side].scores[row][:, start + lanes] = scores[units]
                    both[side].ranks[row][:, start + lanes] = ranks[units]

    with ThreadPoolExecutor(os.cpu_count() or 1, initializer=keep_memory) as pool:
        list(pool.map(fill, range(0, number, FEW_LANES)))
    return both


def _mixes(pair: Pair) -> tuple[Mix, Mix]:
    return pair.one, pair.other


def _dealt(pair: Pair, replicates: Array) -> Iterator[tuple[Array, tuple[Cell, Cell]]]:
    """Yield the lanes whose replicates have the same two cells."""
    dealt = np.stack([deal(replicates, mix.ends) for mix in _mixes(pair)])
    for one, other in sorted(set(map(tuple, dealt.T.tolist()))):
        lanes = np.flatnonzero((dealt[0] == one) & (dealt[1] == other))
        yield lanes, (pair.one.cells[one], pair.other.cells[other])


def _scored(cell: Cell, mix: Mix, replicates: Array) -> dict[str, tuple[Array, Array]]:
    """Return scores and ranks of every group, (unit, lane) each; one lane stands for all where nothing is drawn."""
    rank, numbers = cell.ranking
    found = {}
    for code, scores, _ in cell.scores(mix.draws(replicates)):
        ranks = np.empty_like(scores)
        rank(np.ascontiguousarray(scores), ranks, *numbers)
        found[code] = scores, np.where(ranks > 0, ranks, np.nan)
    return found
