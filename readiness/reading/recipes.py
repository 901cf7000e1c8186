"""TOML -> Recipe, and own weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from readiness.errors import Violation, nearest, raise_errors
from readiness.framework import Framework
from readiness.reading.chosen import choice_of, shape_faults
from readiness.reading.toml import Document, read_toml
from readiness.reading.trees import weight_fault
from readiness.reading.uncertainty import line_of, uncertainty_faults, variation_of
from readiness.recipe import AT, Recipe
from readiness.registry import STEPS


def read_recipe(path: str | Path) -> Recipe:
    """Read and check a recipe file; every fault is raised at once, each with its line."""
    document = read_toml(Path(path))
    found = [*_shape_faults(document), *uncertainty_faults(document)]
    raise_errors(found)
    content = document.content
    steps = {step: choice_of(content[step]) for step in STEPS}
    at = {
        step: {node: choice_of(own) for node, own in content[f"{step}_at"].items()}
        for step in AT
        if f"{step}_at" in content
    }
    recipe = Recipe(content["name"], steps, at)
    recipe = replace(recipe, variation=variation_of(content.get("uncertainty", {}), recipe.own))
    raise_errors(_with_lines(recipe.faults(document.file), document))
    return recipe


def read_weights(path: Path, framework: Framework) -> dict[str, float]:
    """Read own weights: `compute = 3`, or a table of a group's children; only what differs from the framework."""
    document = read_toml(path)
    weights: dict[str, float] = {}
    found: list[Violation] = []
    for key, value in document.content.items():
        if isinstance(value, Mapping):
            found += _group_faults(document, key, value, framework)
            twice = [child for child in value if child in weights]
            found += [
                document.fault("E512", child, key, found=child, expected="one weight for each node") for child in twice
            ]
            weights.update(value)
        else:
            found += _node_faults(document, key, value, framework)
            if key in weights:
                found.append(document.fault("E512", key, found=key, expected="one weight for each node"))
            weights[key] = value
    found = found or check_weights(weights, framework, document)
    raise_errors(found)
    return {node: float(weight) for node, weight in weights.items()}


def check_weights(
    weights: Mapping[str, float], framework: Framework, document: Document | None = None
) -> list[Violation]:
    """List the faults of own weights for nodes: unknown nodes, negative weights, groups left with zeros only."""
    document = document or Document("weights", weights, "")
    found = [fault for node, weight in weights.items() for fault in _node_faults(document, node, weight, framework)]
    if found:
        return found
    groups = framework.with_weights(weights).groups
    first = {framework.parents[node]: node for node in reversed(list(weights))}
    return [
        document.fault("E507", node, parent if parent in document.content else "", found=f"only zeros below {parent}")
        for parent, node in first.items()
        if not any(groups[parent].children.values())
    ]


def _node_faults(document: Document, node: str, weight: Any, framework: Framework, table: str = "") -> list[Violation]:
    if node not in framework.parents:
        hint = nearest(node, framework.parents)
        return [document.fault("E518", node, table, found=node, expected="a node below the index", hint=hint)]
    fault = weight_fault(document, weight, node, table)
    return [fault] if fault else []


def _group_faults(document: Document, group: str, weights: Mapping[str, Any], framework: Framework) -> list[Violation]:
    if group not in framework.groups:
        hint = nearest(group, framework.groups)
        return [document.fault("E518", "", group, found=group, expected="a group of the index", hint=hint)]
    found = []
    for child, weight in weights.items():
        if child in framework.parents and child not in framework.children(group):
            expected = f"a child of {group}: " + ", ".join(framework.children(group))
            found.append(document.fault("E518", child, group, found=child, expected=expected))
        else:
            found += _node_faults(document, child, weight, framework, group)
    return found


def _shape_faults(document: Document) -> list[Violation]:
    content = document.content
    tables_at = tuple(f"{step}_at" for step in AT)
    known = ("name", *STEPS, *tables_at, "uncertainty")
    found = [
        document.fault("E502", key, found=key, expected="a step of a recipe", hint=nearest(key, known))
        for key in content
        if key not in known
    ]
    if not isinstance(content.get("name"), str) or not content["name"].strip():
        found.append(document.fault("E501", "name", expected="name, a text"))
    tables = [(step, content.get(step)) for step in STEPS]
    for key in tables_at:
        at = content.get(key, {})
        if isinstance(at, Mapping):
            tables += [(f"{key}.{node}", own) for node, own in at.items()]
        else:
            found.append(document.fault("E503", key, found=str(at), expected="a table of nodes or levels"))
    return found + [fault for name, table in tables for fault in shape_faults(document, name, table)]


def _with_lines(found: list[Violation], document: Document) -> list[Violation]:
    """Give the faults of a recipe the lines of their keys; a column is a table and a key, or a table alone."""
    placed = []
    for each in found:
        if each.column.startswith("uncertainty."):
            placed.append(replace(each, row=line_of(document, each.column)))
            continue
        alone = each.code == "E516"
        table, _, key = (each.column, "", "") if alone else each.column.rpartition(".")
        placed.append(replace(each, row=document.line(key, table)))
    return placed
