"""From an index and its files to results: everything is read and checked, all faults at once, then computed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from readiness.errors import USAGE, ReadinessError, Violation, raise_errors
from readiness.framework import Framework
from readiness.panel import Panel
from readiness.reading.demands import node_faults
from readiness.reading.frameworks import framework_files, read_framework
from readiness.reading.overrides import override
from readiness.reading.panels import read_panel
from readiness.reading.places import builtin, index_folder, indices, label, read_bytes
from readiness.reading.recipes import check_weights, read_recipe, read_weights
from readiness.reading.variations import vary as varied
from readiness.recipe import Recipe
from readiness.results import Results, compute


def run(
    edition: int | None = None,
    index: str = "eari",
    *,
    framework: str | Path | Framework | None = None,
    data: str | Path | list[str | Path] | None = None,
    recipe: str | Path | Recipe | None = None,
    weights: str | Path | Mapping[str, float] | None = None,
    as_of: date | str | None = None,
    settings: Sequence[str] = (),
    vary: Sequence[str] = (),
) -> Results:
    """Compute an index: the edition asked for (the newest if none) and all editions before it, by one method.

    A folder, file or value given takes the place of the built-in one; `settings` such as "aggregate.index=geometric"
    vary the recipe, and `vary` such as "weights=0.3" what varies in a simulation. With a Framework value, recipe and
    figures are those of the built-in index of its code unless given. All faults of all inputs are raised at once as
    ReadinessError, and nothing is computed then.
    """
    found: list[Violation] = []
    if isinstance(framework, Framework) and framework.code in indices():
        index = framework.code
    folder = _folder(framework, index)
    day = _try(found, _day, as_of) if isinstance(as_of, str) else as_of
    recipe = shipped(recipe) if isinstance(recipe, str | Path) else recipe
    method = recipe if isinstance(recipe, Recipe) else _try(found, read_recipe, recipe or folder / "recipe.toml")
    tree = framework if isinstance(framework, Framework) else _try(found, read_framework, folder)
    panel = None if tree is None else _try(found, read_panel, _data_paths(data, index, framework), tree)
    own = None if tree is None or weights is None else _try(found, _weights, weights, tree)
    if tree is not None and method is not None and settings:
        method = _try(found, override, method, tree, settings)
    if tree is not None and method is not None and vary:
        method = _try(found, varied, method, tree, vary)
    if tree is not None and method is not None:
        file = label(Path(recipe)) if isinstance(recipe, str | Path) else "recipe.toml"
        weighted = tree.with_weights(own) if own else tree
        found += node_faults(method, weighted, "--set" if settings else file)
    raise_errors(found)
    inputs = _digests(folder, framework, recipe, weights)
    return compute(tree.with_weights(own) if own else tree, panel, method, edition, day, inputs)


def read_inputs(
    index: str = "eari",
    *,
    framework: str | Path | Framework | None = None,
    data: str | Path | list[str | Path] | None = None,
) -> tuple[Framework, Panel]:
    """Read and check the framework and the figures of an index, built in or given."""
    tree = framework if isinstance(framework, Framework) else read_framework(_folder(framework, index))
    return tree, read_panel(_data_paths(data, index, framework), tree)


def shipped(recipe: str | Path) -> Path:
    """Return a recipe's path; a name that no file here has may be that of a shipped recipe, such as coinr.toml."""
    path = Path(recipe)
    own = builtin("indicators") / path.with_suffix(".toml").name
    return own if not path.exists() and path.parent == Path() and own.is_file() else path


def _try(found: list[Violation], step: Callable[..., Any], *arguments: Any) -> Any:
    """Take a step; keep what it finds, so that the next step can add its own findings."""
    try:
        return step(*arguments)
    except ReadinessError as error:
        found += error.violations
        return None


def _data_paths(data: Any, index: str, framework: str | Path | Framework | None) -> str | Path | list[str | Path]:
    """Return where the figures are: as given, else in the index folder that was given, else built in."""
    if data is not None:
        return data
    own = Path(framework) / "figures" if isinstance(framework, str | Path) else None
    return own if own is not None and own.is_dir() else index_folder("data", index)


def _folder(framework: str | Path | Framework | None, index: str) -> Path:
    return Path(framework) if isinstance(framework, str | Path) else index_folder("indicators", index)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise ReadinessError(Violation("E603", "--as-of", text, "a date such as 2026-05-01"), USAGE) from fault


def _weights(weights: Any, framework: Framework) -> dict[str, float]:
    if isinstance(weights, str | Path):
        return read_weights(Path(weights), framework)
    raise_errors(check_weights(weights, framework))
    return {node: float(weight) for node, weight in weights.items()}


def _digests(folder: Path, framework: Any, recipe: Any, weights: Any) -> dict[str, str]:
    """Return the sha256 of each file that declares the index and its method, by its place in the folder or its use."""
    files = {} if isinstance(framework, Framework) else {_below(path, folder): path for path in framework_files(folder)}
    if isinstance(recipe, str | Path):
        files["--recipe"] = Path(recipe)
    elif recipe is None:
        files["recipe.toml"] = folder / "recipe.toml"
    if isinstance(weights, str | Path):
        files["--weights"] = Path(weights)
    return {name: hashlib.sha256(read_bytes(path)).hexdigest() for name, path in files.items()}


def _below(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
