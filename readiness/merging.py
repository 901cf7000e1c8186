"""Two trees in one: every node of both, so that what enters or leaves an index can be told from what stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from readiness.framework import Framework, Group, Indicator
from readiness.plan import Array

AGAIN = "+"  # after the code of a node that stands elsewhere, or means something else, in the other tree


@dataclass(frozen=True)
class Merged:
    """The nodes of two frameworks as one tree; `ones` and `others` give a node's code in each, where it is there.

    A node is the same in both if its parents are and, for an indicator, the figure that is scored is defined alike.
    """

    one: Framework
    other: Framework
    groups: Mapping[str, Group]
    ones: Mapping[str, str]
    others: Mapping[str, str]
    units: tuple[str, ...] = field(default=())

    def framework(self, *, later: bool) -> Framework:
        """Return the whole tree with the rules and declarations of one of the two, as far as it has them."""
        own, codes = (self.other, self.others) if later else (self.one, self.ones)
        foreign, rest = (self.one, self.ones) if later else (self.other, self.others)
        leaves = {}
        for code in {**self.ones, **self.others}:
            tree, name = (own, codes[code]) if code in codes else (foreign, rest[code])
            if name in tree.indicators:
                leaves[code] = replace(tree.indicators[name], code=code)
        levels = max(self.one.levels, self.other.levels, key=len)
        root, units = self.other.root, self.units or own.units
        return replace(own, root=root, groups=self.groups, indicators=leaves, levels=levels, units=units)

    @property
    def shared(self) -> frozenset[str]:
        """Return the nodes that stand in both trees."""
        return frozenset(self.ones) & frozenset(self.others)

    def weights(self, learned: Mapping[str, Array], *, later: bool) -> dict[str, Array]:
        """Return the weights that one of the two gives to the children of every group.

        A child that it does not have gets the weight of the other one, in proportion to the siblings they share.

        Shapes   learned and returned: by group, (child,).
        """
        own, rest = (self.others, self.ones) if later else (self.ones, self.others)
        tree, foreign = (self.other, self.one) if later else (self.one, self.other)
        found = {}
        for code, group in self.groups.items():
            mine = dict(zip(tree.children(own[code]), learned[own[code]], strict=True)) if code in own else {}
            theirs = dict(foreign.groups[rest[code]].children) if code in rest else {}
            pairs = [(mine.get(own.get(child, "")), theirs.get(rest.get(child, ""))) for child in group.children]
            both = [(a, b) for a, b in pairs if a is not None and b is not None]
            scale = sum(a for a, _ in both) / sum(b for _, b in both) if sum(b for _, b in both) > 0 else 1.0
            found[code] = np.array([b * scale if a is None else a for a, b in pairs])
        return found


def merge(one: Framework, other: Framework, units: tuple[str, ...] = ()) -> Merged:
    """Return two frameworks as one tree; `units` are the units of both, those of the earlier if none are given."""
    groups: dict[str, Group] = {}
    ones, others = {other.root: one.root}, {other.root: other.root}
    _join(one, other, (one.root, other.root), other.root, (groups, ones, others))
    ordered = {code: groups[code] for code in _downward(groups, other.root)}
    return Merged(one, other, ordered, ones, others, units or one.units)


def alike(one: Indicator, other: Indicator) -> bool:
    """Say whether two declarations mean the same figure; transform, bounds and words are a matter of method."""
    names = ("unit", "higher_is_better", "denominator", "per", "denominated_unit", "rebase")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _join(one: Framework, other: Framework, pair: tuple[str, str], code: str, found: tuple[dict, dict, dict]) -> None:
    """Merge the children of a group that stands in both trees."""
    groups, ones, others = found
    children: dict[str, float] = {}
    mine, theirs = one.groups[pair[0]].children, other.groups[pair[1]].children
    for child in dict.fromkeys((*mine, *theirs)):
        both = child in mine and child in theirs
        groups_both = both and child in one.groups and child in other.groups
        leaves_both = both and child in one.indicators and child in other.indicators
        if groups_both or (leaves_both and alike(one.indicators[child], other.indicators[child])):
            ones[child], others[child], children[child] = child, child, 1.0
            if groups_both:
                _join(one, other, (child, child), child, found)
            continue
        for tree, codes, held in ((one, ones, mine), (other, others, theirs)):
            if child in held:
                children[_alone(tree, child, codes, found)] = 1.0
    parent = one.groups[pair[0]] if code not in other.groups else other.groups[code]
    groups[code] = replace(parent, code=code, children=children)


def _alone(tree: Framework, child: str, codes: dict[str, str], found: tuple[dict, dict, dict]) -> str:
    """Add a node of one tree, with all below it, under a name that the merged tree does not have yet."""
    groups, ones, others = found
    name = child
    while name in ones or name in others:
        name += AGAIN
    codes[name] = child
    if child in tree.groups:
        children = {_alone(tree, each, codes, found): 1.0 for each in tree.groups[child].children}
        groups[name] = replace(tree.groups[child], code=name, children=children)
    return name


def _downward(groups: Mapping[str, Group], root: str) -> Iterator[str]:
    yield root
    for child in groups[root].children:
        if child in groups:
            yield from _downward(groups, child)
