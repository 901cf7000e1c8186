"""Which steps of a run a spreadsheet can compute again, and which stand there as values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from readiness.framework import Framework
from readiness.recipe import Recipe
from readiness.registry import Method, lookup
from readiness.report.data import Facts
from readiness.report.workbook_formulas import MEANS, RANKS, TRANSFORMS, Mean, number
from readiness.resolved import is_declared


@dataclass(frozen=True)
class Methods:
    """What of a recipe formulas exist for. With multiple imputation none do: a score is the mean of many draws."""

    facts: Facts

    @property
    def framework(self) -> Framework:
        """Return what is measured."""
        return self.facts.framework

    @property
    def recipe(self) -> Recipe:
        """Return which method each step uses."""
        return self.facts.results.recipe

    @cached_property
    def run(self) -> str:
        """Return the short name of the run, made once: it is a digest of everything."""
        return self.facts.results.digest

    @cached_property
    def any(self) -> bool:
        """Say whether there are formulas at all."""
        return not self.recipe.method("impute").draws

    @cached_property
    def links(self) -> bool:
        """Say whether rows can be found by their codes, which a spreadsheet compares without case and as numbers."""
        codes = (*self.framework.nodes, *self.framework.units)
        plain = all(code.isascii() and code.replace("_", "").replace("-", "").isalnum() for code in codes)
        return self.any and plain and all(len({*map(_compared, own)}) == len(own) for own in self._codes)

    @property
    def _codes(self) -> tuple[tuple[str, ...], ...]:
        reference = self.framework.reference
        return self.framework.nodes, (*self.framework.units, *([reference.code] if reference else []))

    @cached_property
    def transforms(self) -> dict[str, str]:
        """Return the transform of each indicator for which there is a formula."""
        found = {code: self._transform(code) for code in self.framework.leaves}
        return {
            code: method.name
            for code, method in found.items()
            if self.any and method.name in TRANSFORMS and not method.plain
        }

    @cached_property
    def caps(self) -> frozenset[str]:
        """Return the indicators whose treatment is none, or caps alone."""
        bent = dict(self.facts.results.bounds.select("indicator", "power").iter_rows())
        return frozenset(
            code
            for code in self.framework.leaves
            if self.any and bent[code] is None and not self._method("treat", code).plain
        )

    @cached_property
    def lines(self) -> dict[str, dict[str, float]]:
        """Return the ends and cuts of the scale of each indicator whose scale is a straight line."""
        line = lookup("normalise", "min_max").function
        return {
            code: self.recipe.parameters("normalise", *self.framework.places(code))
            for code in self.framework.leaves
            if self.any and self._method("normalise", code).function is line
        }

    @cached_property
    def means(self) -> dict[str, Mean]:
        """Return how each group is scored for which there is a formula."""
        return {code: self._mean(code) for code in self.framework.groups if self._has_mean(code)}

    @cached_property
    def rank(self) -> str:
        """Return the method of the ranks, nothing where there is no formula for it."""
        method = self.recipe.method("rank")
        return method.name if self.any and method.name in RANKS and not method.plain else ""

    @property
    def decimals(self) -> int:
        """Return to how many decimals scores are rounded before they are ranked."""
        return int(self.recipe.parameters("rank").get("decimals", 0))

    def weight(self, node: str) -> float:
        """Return the weight of a node as it was declared; where weights were learned, its share of the parent."""
        row, parent = self.facts.weights[self.facts.edition, node], self.framework.parents.get(node)
        if parent is None:
            return 1.0
        own = self.framework.groups[parent].children
        whole = sum(own.values())
        rows = [(self.facts.weights[self.facts.edition, each]["declared"], weight) for each, weight in own.items()]
        same = whole > 0 and all(abs(share - weight / whole) < 1e-12 for share, weight in rows)
        return row["weight"] if same else row["declared"]

    def left(self) -> Iterator[str]:
        """Yield, in words, what stands as a value because there is no formula for its method."""
        if not self.any:
            yield "all scores and what they rest on: they are means of many draws of the imputed figures"
            return
        leaves = self.framework.leaves
        steps = (("transforms", self.transforms), ("treatments", self.caps), ("scores", self.lines))
        for what, known in steps:
            if out := [code for code in leaves if code not in known]:
                yield f"{what} of {len(out)} of {len(leaves)} indicators"
        if out := [self.facts.name(code) for code in self.framework.groups if code not in self.means]:
            yield f"the scores of {', '.join(out)}"
        if not self.rank:
            yield "the ranks"
        if not self.links:
            yield "links between sheets: codes of the index are too alike, or not plain"

    def _method(self, step: str, code: str) -> Method:
        return self.recipe.method(step, *self.framework.places(code))

    def _transform(self, code: str) -> Method:
        choice = self.recipe.choice("transform", *self.framework.places(code))
        if is_declared("transform", choice):
            return lookup("transform", self.framework.indicators[code].transform)
        return self._method("transform", code)

    def _has_mean(self, code: str) -> bool:
        method = self._method("aggregate", code)
        return self.any and method.name in MEANS and not method.plain

    def _mean(self, code: str) -> Mean:
        places = self.framework.places(code)
        own, rule = self.recipe.coverage(*places), self.framework.rules.node_coverage
        coverage = f"{rule.numerator}/{rule.denominator}" if own is None else number(own)
        given = self.recipe.parameters("aggregate", *places)
        floor = number(given["floor"]) if "floor" in given else ""
        return Mean(self._method("aggregate", code).name, coverage.removesuffix("/1"), floor)


def by_level(framework: Framework) -> list[str]:
    """Return all nodes level by level, so that the children of every group stand next to each other."""
    found = [framework.root]
    for node in found:
        found.extend(framework.children(node))
    return found


def _compared(code: str) -> float | str:
    """Return a code as a spreadsheet compares it."""
    try:
        return float(code.replace("_", " "))
    except ValueError:
        return code.lower()
