"""A framework and a recipe made ready to be applied: which method with which numbers at which node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from readiness.framework import Framework
from readiness.recipe import Recipe
from readiness.registry import Method, lookup

Array = np.ndarray


@dataclass(frozen=True)
class Part:
    """The indicators (their positions) that do a step in the same way, and that way."""

    rows: list[int]
    method: Method
    parameters: dict[str, Any]
    fit: str


@dataclass(frozen=True)
class Way:
    """How a group is scored: its children (their codes, their positions if all are indicators), methods and numbers."""

    children: tuple[str, ...]
    leaves: slice | None
    declared: Array
    weight: Method
    weight_numbers: list[float]
    fit: str
    aggregate: Method
    numbers: list[float]


@dataclass(frozen=True)
class Plan:
    """A framework and a recipe, ready to be applied to figures of `units`; only the first `members` are ranked.

    The next `witnesses` are values of other editions, which have no score and take part where all editions are learned
    from. A simulation has them; a run has its editions instead.
    """

    framework: Framework
    recipe: Recipe
    units: tuple[str, ...]
    members: int
    editions: tuple[int, ...]
    witnesses: int = 0

    @cached_property
    def place(self) -> dict[str, int]:
        """Return the position of every node in arrays of nodes."""
        return {code: position for position, code in enumerate(self.framework.nodes)}

    @cached_property
    def siblings(self) -> Array:
        """Return a number for the parent of each indicator."""
        return np.array([self.place[self.framework.parents[code]] for code in self.framework.leaves])

    def clusters(self, name: str) -> Array:
        """Return a number for the cluster of each unit in a grouping, the first one if unnamed; -1 for none."""
        groupings = self.framework.clusters
        labels = groupings.get(name) or next(iter(groupings.values()), {})
        numbers = {unit: number for number, units in enumerate(labels.values()) for unit in units}
        return np.array([numbers.get(unit, -1) for unit in self.units])

    @cached_property
    def groups(self) -> dict[str, Way]:
        """Return how each group is scored, children before parents."""
        return {code: self._group(code) for code in self.framework.groups_upward}

    def parts(self, step: str) -> tuple[Part, ...]:
        """Split the indicators by how they do a step."""
        return self._parts[step]

    @cached_property
    def _parts(self) -> dict[str, tuple[Part, ...]]:
        return {step: tuple(self._split(step)) for step in ("transform", "treat", "normalise")}

    def _group(self, code: str) -> Way:
        weight, given = self.way("weight", code)
        method, parameters = self.way("aggregate", code)
        children = self.framework.children(code)
        rows = [self.framework.leaves.index(child) for child in children if child in self.framework.indicators]
        return Way(
            children,
            slice(rows[0], rows[-1] + 1) if len(rows) == len(children) else None,
            np.array(list(self.framework.groups[code].children.values())),
            weight,
            weight.numbers(given, fitted=False),
            self.recipe.fit("weight", *self.framework.places(code)),
            method,
            [self.coverage(code), *method.numbers(parameters, fitted=False)],
        )

    def _split(self, step: str) -> Iterator[Part]:
        ways: dict[str, Part] = {}
        for row, code in enumerate(self.framework.leaves):
            places = self.framework.places(code)
            method, parameters = self.way(step, code)
            fit = self.recipe.fit(step, *places) if step != "transform" else ""
            way = repr((method.name, id(method.function), parameters, fit))
            part = ways.setdefault(way, Part([], method, parameters, fit))
            part.rows.append(row)
        return iter(ways.values())

    def way(self, step: str, code: str) -> tuple[Method, dict[str, Any]]:
        """Return the method of a step at a node, and its parameters; a declared transform is the indicator's own."""
        places = self.framework.places(code)
        if step == "transform" and self.recipe.choice(step, *places).method == "declared":
            return lookup(step, self.framework.indicators[code].transform), {}
        return self.recipe.method(step, *places), self.recipe.parameters(step, *places)

    def coverage(self, code: str) -> float:
        """Return the least share of a group's weight that must have a score."""
        own = self.recipe.coverage(*self.framework.places(code))
        return float(self.framework.rules.node_coverage) if own is None else own
