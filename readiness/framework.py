"""What is measured: the tree of an index, its indicators and the rules of an edition. Frozen values, no files."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from readiness.countries import code_of, name_of
from readiness.target import Target

DESCRIBED = ("indicators", "context", "denominators", "reported")  # what has a file of its own


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator, as its file declares it. `unit` is the figure's, `scored_unit` the unit after denomination."""

    code: str
    name: str
    unit: str
    higher_is_better: bool
    definition: str
    why: str
    file: str
    note: str = ""
    range: tuple[float, float] | None = None
    goalposts: tuple[float, float] | None = None
    target: tuple[float, float] | None = None
    transform: str = "none"
    max_age: int | None = None
    denominator: str = ""
    per: float = 1.0
    denominated_unit: str = ""
    rebase: tuple[str, str] | None = None
    error: Mapping[str, Any] = field(default_factory=dict)
    source: Mapping[str, str] = field(default_factory=dict)

    @property
    def scored_unit(self) -> str:
        """Return the unit of the value that is scored."""
        return self.denominated_unit or self.unit

    def bounds_for(self, needs: str) -> dict[str, tuple[float, float]]:
        """Return the declared bounds that a scale with these needs uses, by name, as far as they are declared."""
        used = {"goalposts": ("goalposts",), "target": ("goalposts", "target")}.get(needs, ())
        declared = {"goalposts": self.goalposts, "target": self.target}
        return {name: pair for name in used if (pair := declared[name]) is not None}

    @property
    def direction(self) -> float:
        """Return 1 where more is better, -1 where less is."""
        return 1.0 if self.higher_is_better else -1.0


@dataclass(frozen=True, slots=True)
class Group:
    """A node with children: the index, a pillar, a sub-pillar. `children` maps codes to declared weights."""

    code: str
    name: str
    children: Mapping[str, float]
    demand: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """Which figures an edition uses, and what is too little for a score or a rank. Shares are exact fractions."""

    lag: int = 1
    max_age: int = 4
    indicator_coverage: Fraction = Fraction(2, 3)
    node_coverage: Fraction = Fraction(1, 2)
    unit_coverage: Fraction = Fraction(2, 3)

    def figures_needed(self, units: int) -> int:
        """Return how many of the units must have a figure for an indicator to count."""
        return max(1, math.ceil(self.indicator_coverage * units))


@dataclass(frozen=True, slots=True)
class Reference:
    """The aggregate shown beside the units, never ranked: a weighted mean of scores, or scored from own figures."""

    code: str
    name: str
    rule: str
    weight: str = ""


@dataclass(frozen=True)
class Framework:
    """The tree of an index with all that is declared about it. Codes of nodes are unique in the whole tree.

    `clusters` are groupings of the units: by name, the units of each label. `opinions` are tables of experts for the
    weights of a group: by method and group, a row for each child in order. `reported` are series that the countries'
    officers report themselves, for `targets`. `peers` names the series that say who is alike: "output" and "people".
    `texts` are the translations of all these words: by language, what is said for an English text.
    """

    code: str
    name: str
    root: str
    levels: tuple[str, ...]
    units: tuple[str, ...]
    editions: tuple[int, ...]
    rules: Rules
    groups: Mapping[str, Group]
    indicators: Mapping[str, Indicator]
    context: Mapping[str, Indicator] = field(default_factory=dict)
    denominators: Mapping[str, Indicator] = field(default_factory=dict)
    reference: Reference | None = None
    unit_names: Mapping[str, str] = field(default_factory=dict)
    clusters: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    opinions: Mapping[str, Mapping[str, tuple[tuple[float, ...], ...]]] = field(default_factory=dict)
    reported: Mapping[str, Indicator] = field(default_factory=dict)
    targets: Mapping[str, Target] = field(default_factory=dict)
    peers: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, str | tuple[str, ...]]] = field(default_factory=dict)

    @cached_property
    def nodes(self) -> tuple[str, ...]:
        """Return all codes from the root down, a parent before its children, siblings in declared order."""
        return tuple(self._walk(self.root))

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """Return the indicators in the order of the tree."""
        return tuple(code for code in self.nodes if code in self.indicators)

    @cached_property
    def parents(self) -> dict[str, str]:
        """Return the parent of every node but the root."""
        return {child: group.code for group in self.groups.values() for child in group.children}

    @cached_property
    def depths(self) -> dict[str, int]:
        """Return how many steps below the root each node is."""
        depths = {self.root: 0}
        for code in self.nodes[1:]:
            depths[code] = depths[self.parents[code]] + 1
        return depths

    @cached_property
    def all_indicators(self) -> dict[str, Indicator]:
        """Return every indicator that has a file: scored, context, denominators and reported."""
        return {**self.indicators, **self.context, **self.denominators, **self.reported}

    @property
    def groups_upward(self) -> tuple[str, ...]:
        """Return the groups, children before parents: the order in which scores are computed."""
        return tuple(code for code in reversed(self.nodes) if code in self.groups)

    def level(self, code: str) -> str:
        """Return the level of a node; an indicator is on the lowest level however short its branch is."""
        return self.levels[-1] if code in self.indicators else self.levels[self.depths[code]]

    def name_of(self, code: str) -> str:
        """Return the name of a group or an indicator."""
        return self.groups[code].name if code in self.groups else self.all_indicators[code].name

    def unit_name(self, code: str) -> str:
        """Return the name of a unit: declared by the framework, else the country's, else its code."""
        return self.unit_names.get(code) or name_of(code)

    def unit_code(self, word: str) -> str:
        """Return the code of a unit given by code or name in any case, or as countries are known otherwise."""
        known = {self.unit_name(code).lower(): code for code in self.units} | {
            code.lower(): code for code in self.units
        }
        return known.get(word.lower()) or code_of(word)

    def places(self, code: str) -> tuple[str, ...]:
        """Return where a recipe may name a method for a node: itself, for an indicator the groups above, its level."""
        above = []
        while code in self.indicators and (above or [code])[-1] in self.parents:
            above.append(self.parents[(above or [code])[-1]])
        return (code, *above, self.level(code))

    def children(self, code: str) -> tuple[str, ...]:
        """Return a group's children in declared order; none for an indicator."""
        return tuple(self.groups[code].children) if code in self.groups else ()

    def below(self, code: str) -> tuple[str, ...]:
        """Return a node and all nodes under it, parents first."""
        return tuple(self._walk(code))

    def declared_shares(self) -> dict[str, float]:
        """Return each node's share of the whole index when every figure is there."""
        shares = {self.root: 1.0}
        for code in self.nodes:
            children = self.groups[code].children if code in self.groups else {}
            whole = sum(children.values())
            shares.update({child: shares[code] * weight / whole for child, weight in children.items()})
        return shares

    def with_weights(self, weights: Mapping[str, float]) -> Framework:
        """Return the framework with other weights for the nodes named; `reading.weights` has checked them."""
        groups = {
            code: replace(group, children={c: float(weights.get(c, w)) for c, w in group.children.items()})
            for code, group in self.groups.items()
        }
        return replace(self, groups=groups)

    def declaration(self) -> dict[str, Any]:
        """Return what identifies the framework, as plain data: everything but the places of files."""
        plain = asdict(self)
        for each in DESCRIBED:
            for indicator in plain[each].values():
                del indicator["file"]
        return plain

    def _walk(self, code: str) -> Iterator[str]:
        yield code
        for child in self.children(code):
            yield from self._walk(child)
