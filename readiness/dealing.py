"""Which combination of methods each replicate uses.

Replicates are dealt to cells by a sequence of golden steps, which fills any number of shares as evenly as can be, for
every number of replicates; the first of many are the same as those of few.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np

from readiness.errors import Violation
from readiness.framework import Framework
from readiness.reading.demands import node_faults
from readiness.recipe import Recipe

GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2**64 divided by the golden ratio, made odd
WHOLE = 2**64


@dataclass(frozen=True)
class Combination:
    """One choice for every place that varies, its probability, and why it cannot work, nothing if it can."""

    chosen: tuple[tuple[str, int], ...]
    recipe: Recipe
    chance: float
    faults: tuple[Violation, ...] = ()

    @property
    def text(self) -> str:
        """Say which methods these are."""
        return ", ".join(f"{place} = {self.method(place)}" for place, _ in self.chosen) or "as in the recipe"

    def method(self, place: str) -> str:
        """Return the name of the method at a place."""
        choice = self.recipe.own(place)
        return choice.method if choice else ""


def combinations(recipe: Recipe, framework: Framework, places: Sequence[str]) -> list[Combination]:
    """Return every combination of the alternatives at some places; those that cannot work have their faults."""
    variation = recipe.variation
    found = []
    for options in product(*(range(len(variation.choices[place])) for place in places)):
        chosen = tuple(zip(places, options, strict=True))
        varied = recipe.picked({place: variation.choices[place][option] for place, option in chosen})
        chance = prod(variation.chances(place)[option] for place, option in chosen)
        faults = (*varied.faults("uncertainty.choices"), *node_faults(varied, framework, "uncertainty.choices"))
        found.append(Combination(chosen, varied, chance, faults))
    return found


def thresholds(chances: Sequence[float]) -> np.ndarray:
    """Return the upper ends of the cells on a circle of 2**64 places; only proportions of the chances count."""
    ends = np.cumsum(chances) / np.sum(chances)
    return np.array([min(int(end * WHOLE), WHOLE - 1) for end in ends[:-1]], dtype=np.uint64)


def deal(replicates: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Return the cell of each replicate."""
    places = (replicates + np.uint64(1)) * GOLDEN
    return np.searchsorted(ends, places, side="right")


def chosen_at(points: np.ndarray, chances: Sequence[float]) -> np.ndarray:
    """Return the alternative that each number from 0 to 1 stands for."""
    return np.searchsorted(np.cumsum(chances)[:-1] / np.sum(chances), points, side="right")


def each(cells: np.ndarray, count: int) -> Iterator[tuple[int, np.ndarray]]:
    """Yield every cell with the positions of its replicates, in their order."""
    for cell in range(count):
        mine = np.flatnonzero(cells == cell)
        if len(mine):
            yield cell, mine
