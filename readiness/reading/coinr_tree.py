"""The tree that iMeta's parents make: one index, no circles, no empty groups."""

from __future__ import annotations

from collections.abc import Iterator

from readiness.errors import Violation, nearest
from readiness.reading.coinr_cells import Finder, as_number
from readiness.reading.coinr_meta import Entry, Meta
from readiness.reading.coinr_units import listed

DEEPEST = 12  # levels; the folders of an indicator must stay a path that every system can hold


def coin_tree_faults(meta: Meta) -> list[Violation]:
    """List every fault of the tree."""
    at = Finder(meta.file)
    in_tree = [*meta.of_type("Indicator"), *meta.of_type("Aggregate")]
    found = [*_roots(meta, at), *_circles(meta, at)]
    found += [fault for each in in_tree for fault in _parent_faults(each, meta, at)]
    return [*found, *(fault for each in meta.of_type("Aggregate") for fault in _group_faults(each, meta, at))]


def level_notes(meta: Meta) -> Iterator[str]:
    """Say where Level does not go up by one with the parents; the tree follows the parents."""
    odd, uneven = [], []
    for each in (*meta.of_type("Indicator"), *meta.of_type("Aggregate")):
        own = as_number(each.texts["level"])
        above = as_number(meta.entries[each.parent].texts["level"]) if each.parent in meta.entries else None
        if own is None or (each.type == "Indicator" and own != 1) or (above is not None and own >= above):
            odd.append(f"{each.code} (row {each.row})")
        elif above is not None and own + 1 < above:
            uneven.append(each.code)
    if odd:
        yield f"Level does not fit Parent, which the tree follows, in iMeta: {listed(odd)}."
    if uneven:
        yield f"Branches of another depth, which COINr refuses and this tree keeps: {listed(uneven)}."


def _roots(meta: Meta, at: Finder) -> Iterator[Violation]:
    roots = [each for each in meta.of_type("Aggregate") if not each.parent]
    if not roots:
        yield at("E533", None, "Parent", "no index", "one Aggregate whose Parent is NA: the index")
    for each in roots[1:]:
        expected = f"one Aggregate whose Parent is NA; {roots[0].code} has none already"
        yield at("E533", each.row, "Parent", each.code, expected)


def _circles(meta: Meta, at: Finder) -> Iterator[Violation]:
    """Report each circle once, at its first row."""
    reported: set[str] = set()
    for each in meta.of_type("Aggregate"):
        above = meta.above(each.code)
        top = meta.entries[above[0]] if above else each
        if top.parent == each.code and each.code not in reported:
            reported.update((each.code, *above))
            circle = " > ".join((each.code, *above, each.code))
            yield at("E508", each.row, "Parent", circle, "a tree without circles")


def _parent_faults(each: Entry, meta: Meta, at: Finder) -> Iterator[Violation]:
    groups = [other.code for other in meta.of_type("Aggregate")]
    if each.type == "Indicator" and not each.parent:
        yield at("E533", each.row, "Parent", "", "the code of an Aggregate")
    elif each.parent and each.parent not in meta.entries:
        yield at("E533", each.row, "Parent", each.parent, "the code of an Aggregate", nearest(each.parent, groups))
    elif each.parent and meta.entries[each.parent].type in ("Indicator", "Group", "Denominator", "Other"):
        found = f"{each.parent}, of type {meta.entries[each.parent].type}"
        yield at("E533", each.row, "Parent", found, "the code of an Aggregate")
    elif len(meta.above(each.code)) + 1 > DEEPEST:
        yield at("E511", each.row, "Parent", each.code, f"at most {DEEPEST} levels")


def _group_faults(each: Entry, meta: Meta, at: Finder) -> Iterator[Violation]:
    children = [meta.entries[child] for child in meta.children[each.code]]
    if not children:
        yield at("E533", each.row, "iCode", each.code, "an Aggregate that is the Parent of something")
    elif all(as_number(child.texts["weight"]) == 0 for child in children):
        yield at("E507", children[0].row, "Weight", f"only zeros below {each.code}", "at least one weight above zero")
