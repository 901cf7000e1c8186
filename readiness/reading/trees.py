"""What can be wrong with a tree: weights, files, places, cycles, orphans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from readiness.errors import Violation, nearest
from readiness.reading.toml import Document, is_number

OUTSIDE = ("context", "denominators", "reported")
LARGEST_WEIGHT = 1e12


def tree_faults(
    document: Document, files: Mapping[str, Document], places: Mapping[str, tuple[str, ...]]
) -> list[Violation]:
    """List every fault between the weights of framework.toml and the indicators' files.

    `places` holds the folders of each file below the index folder.
    """
    weights = document.content["weights"]
    found = [fault for parent in weights for fault in weight_faults(document, weights[parent], f"weights.{parent}")]
    if not all(isinstance(children, Mapping) for children in weights.values()):
        return found
    entangled = [*_cycles(document, weights), *_parents(document, weights)]
    found += [
        *entangled,
        *_orphans(document, weights),
        *_unnamed(document, weights),
        *_without_file(document, weights, files),
        *_without_weight(document, weights, files),
        *_reference(document),
    ]
    if not entangled:  # a node has a place only in a tree
        found += [*_too_deep(document, weights), *_misplaced(document, weights, files, places)]
    return found


def weight_faults(document: Document, weights: Any, table: str) -> list[Violation]:
    """List the faults of one group's weights: not numbers, negative, or all zero."""
    if not isinstance(weights, Mapping) or not weights:
        return [document.fault("E503", "", table, found=str(weights), expected="a table of children and weights")]
    found = []
    for child, weight in weights.items():
        fault = weight_fault(document, weight, child, table)
        if fault:
            found.append(fault)
    if not found and not any(weights.values()):
        found.append(document.fault("E507", "", table, found="only zeros", expected="at least one weight above zero"))
    return found


def weight_fault(document: Document, weight: Any, child: str, table: str) -> Violation | None:
    """Return what is wrong with one weight: no number, negative, or so large that sums would overflow."""
    if not is_number(weight) or weight > LARGEST_WEIGHT:
        expected = f"a number from 0 to {LARGEST_WEIGHT:g}"
        return document.fault("E503", child, table, found=str(weight), expected=expected)
    if weight < 0:
        return document.fault("E506", child, table, found=f"{weight:g}", expected="a weight of zero or more")
    return None


def _cycles(document: Document, weights: Mapping[str, Mapping[str, float]]) -> Iterator[Violation]:
    reported: set[str] = set()

    def walk(code: str, path: tuple[str, ...]) -> Iterator[Violation]:
        for child in weights.get(code, {}):
            if child in (*path, code):
                loop = (*path, code)[(*path, code).index(child) :]
                if not reported.intersection(loop):
                    reported.update(loop)
                    circle = " > ".join((*loop, child))
                    yield document.fault(
                        "E508", child, f"weights.{code}", found=circle, expected="a tree without circles"
                    )
            else:
                yield from walk(child, (*path, code))

    for start in weights:
        yield from walk(start, ())


def _parents(document: Document, weights: Mapping[str, Mapping[str, float]]) -> Iterator[Violation]:
    first: dict[str, str] = {}
    for parent, children in weights.items():
        for child in children:
            if child in first:
                expected = f"one parent; it is already below {first[child]}"
                yield document.fault("E512", child, f"weights.{parent}", found=child, expected=expected)
            first.setdefault(child, parent)


def _orphans(document: Document, weights: Mapping[str, Mapping[str, float]]) -> Iterator[Violation]:
    root = document.content["root"]
    children = {child for group in weights.values() for child in group}
    if root not in weights:
        expected = f"a table [weights.{root}] with the root's children"
        yield document.fault("E501", "root", found=root, expected=expected, hint=nearest(root, weights))
        return
    for code in weights:
        if code != root and code not in children:
            words = {"found": code, "expected": "a group that some other group has as a child"}
            yield document.fault("E509", "", f"weights.{code}", **words, hint=nearest(code, children))


def _unnamed(document: Document, weights: Mapping[str, Any]) -> Iterator[Violation]:
    groups = document.content["groups"]
    for code in weights:
        if code not in groups:
            yield document.fault("E501", "", f"weights.{code}", expected=f"a table [groups.{code}] with its name")
    for code in groups:
        if code not in weights:
            words = {"found": code, "expected": f"a table [weights.{code}] with its children"}
            yield document.fault("E509", "", f"groups.{code}", **words, hint=nearest(code, weights))


def _paths(root: str, weights: Mapping[str, Mapping[str, float]]) -> dict[str, tuple[str, ...]]:
    """Return, for every node below the root, the groups above it, without the root."""
    paths: dict[str, tuple[str, ...]] = {}

    def walk(code: str, above: tuple[str, ...]) -> None:
        for child in weights.get(code, {}):
            paths[child] = above
            walk(child, (*above, child))

    walk(root, ())
    return paths


def _too_deep(document: Document, weights: Mapping[str, Mapping[str, float]]) -> Iterator[Violation]:
    levels = document.content["levels"]
    for code, above in _paths(document.content["root"], weights).items():
        if len(above) + 2 > len(levels):
            expected = f"at most {len(levels)} levels: {', '.join(levels)}"
            found = " > ".join((document.content["root"], *above, code))
            yield document.fault(
                "E511", code, f"weights.{(above or (document.content['root'],))[-1]}", found=found, expected=expected
            )


def _without_file(document: Document, weights: Mapping[str, Any], files: Mapping[str, Document]) -> Iterator[Violation]:
    for parent, children in weights.items():
        for child in children:
            if child not in weights and child not in files:
                expected = f"a file {child}.toml, or a table [weights.{child}]"
                yield document.fault(
                    "E504", child, f"weights.{parent}", found=child, expected=expected, hint=nearest(child, files)
                )
    for key in OUTSIDE:
        for code in document.content.get(key, []):
            if code not in files:
                expected = f"a file {key}/{code}.toml"
                yield document.fault("E504", key, found=code, expected=expected, hint=nearest(code, files))


def _without_weight(
    document: Document, weights: Mapping[str, Any], files: Mapping[str, Document]
) -> Iterator[Violation]:
    children = {child for group in weights.values() for child in group}
    outside = {code for key in OUTSIDE for code in document.content.get(key, [])}
    for code, each in files.items():
        if code not in children | outside:
            expected = "a weight beside its siblings in framework.toml"
            yield Violation("E505", each.file, code, expected, hint=nearest(code, children - set(files)))
        elif code in weights:
            yield Violation("E512", each.file, code, "a code of its own; framework.toml has a group of this name")
        elif code in children and code in outside:
            yield Violation(
                "E505", each.file, code, "either a weight or a place among context, denominators and reported, not both"
            )


def _misplaced(
    document: Document,
    weights: Mapping[str, Any],
    files: Mapping[str, Document],
    places: Mapping[str, tuple[str, ...]],
) -> Iterator[Violation]:
    expected = _paths(document.content["root"], weights)
    expected.update({code: (key,) for key in OUTSIDE for code in document.content.get(key, [])})
    for code, each in files.items():
        if code in expected and places[code] != expected[code]:
            wanted = "/".join((*expected[code], f"{code}.toml"))
            yield Violation("E510", each.file, "/".join((*places[code], f"{code}.toml")), wanted)


def _reference(document: Document) -> Iterator[Violation]:
    reference = document.content.get("reference", {})
    known = document.content.get("denominators", [])
    if reference.get("rule") == "weighted_mean" and reference.get("weight") not in known:
        expected = "one of the denominators: " + ", ".join(known)
        yield document.fault("E513", "weight", "reference", found=str(reference.get("weight", "")), expected=expected)
