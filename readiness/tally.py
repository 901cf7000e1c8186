"""The counts and sums of a simulation: they add up batch by batch, and everything that is reported comes from them."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from readiness import counting
from readiness.plan import Array
from readiness.registry import compiled


@dataclass(frozen=True)
class Layout:
    """What is counted: nodes, units, and where the bins of scores lie.

    Shapes   centre, ranks (node, unit): the run's own scores and ranks; low, scale (node, unit), the lower end of the
             first bin and bins for one point; children: weights in the whole tree. halves 2 if ranks may end on a half;
             only_ranks leaves out all but the ranks.
    """

    nodes: tuple[str, ...]
    centre: Array
    ranks: Array
    low: Array
    scale: Array
    bins: int
    children: int
    halves: int
    cells: int
    weights_vary: bool
    only_ranks: bool = False

    @property
    def units(self) -> int:
        """Return the number of units."""
        return self.centre.shape[1]


@dataclass
class Counts:
    """Whole numbers, the same however batches are added.

    Shapes   ranks (node, unit, place), place 0 for no rank; above (node, unit, unit); bins (node, unit, bin),
             the last for gaps; wins (unit,), replicates in which the unit is first on the index;
             cells (cell,), replicates of each.
    """

    ranks: Array
    above: Array
    bins: Array
    wins: Array
    cells: Array

    @classmethod
    def empty(cls, layout: Layout) -> Counts:
        """Return counts of nothing."""
        nodes, units = len(layout.nodes), layout.units
        shapes = ((nodes, units, layout.halves * units + 1), (nodes, units, units), (nodes, units, layout.bins + 1))
        return cls(*(np.zeros(shape, np.int64) for shape in (*shapes, (units,), (layout.cells,))))

    def add(self, other: Counts, times: int = 1) -> None:
        """Add other counts, so many times."""
        for each in fields(self):
            mine = getattr(self, each.name)
            mine += times * getattr(other, each.name)


@dataclass
class Sums:
    """Sums of real numbers: their last bits depend on the order, which is that of the batches.

    Shapes   moments (node, 3, unit): how many, sum and squares of scores less the run's; products (unit, unit) of the
             index; winners (unit, child), shares under which a unit is first; shift (3,), of the mean shift in ranks.
    """

    moments: Array
    products: Array
    winners: Array
    shift: Array

    @classmethod
    def empty(cls, layout: Layout) -> Sums:
        """Return sums of nothing."""
        nodes, units = len(layout.nodes), layout.units
        shapes = ((nodes, 3, units), (units, units), (units, layout.children), (3,))
        return cls(*(np.zeros(shape) for shape in shapes))

    def add(self, other: Sums, times: int = 1) -> None:
        """Add other sums, so many times."""
        for each in fields(self):
            mine = getattr(self, each.name)
            mine += times * getattr(other, each.name)


def count_node(layout: Layout, node: int, scores: Array, ranks: Array, counts: Counts, sums: Sums) -> None:
    """Count the scores and ranks of one node, [unit, replicate] each."""
    compiled(counting.count_ranks)(ranks, layout.halves, counts.ranks[node])
    if layout.only_ranks:
        return
    compiled(counting.count_pairs)(ranks, counts.above[node])
    compiled(counting.count_scores)(scores, layout.low[node], layout.scale[node], counts.bins[node])
    compiled(counting.add_moments)(scores, layout.centre[node], sums.moments[node])


def count_index(layout: Layout, scores: Array, ranks: Array, shares: Array, counts: Counts, sums: Sums) -> None:
    """Count what is kept of the index alone, the last of the nodes; `shares` (child, replicate), of all groups."""
    if layout.only_ranks:
        return
    compiled(counting.add_products)(scores, layout.centre[-1], sums.products)
    compiled(counting.add_shift)(ranks, layout.ranks[-1], sums.shift)
    if layout.weights_vary:
        compiled(counting.add_winners)(ranks, shares, sums.winners, counts.wins)
