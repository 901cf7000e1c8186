"""Check files and folders without computing: whatever is found, all of it, in the order of the files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from readiness.errors import UNREADABLE, ReadinessError, Violation, in_order, raise_errors
from readiness.framework import Framework
from readiness.reading.demands import node_faults
from readiness.reading.frameworks import examine_framework, read_framework
from readiness.reading.panels import examine_panel, figure_files
from readiness.reading.places import index_folder, indices, label
from readiness.reading.published import published_faults
from readiness.reading.recipes import read_recipe, read_weights
from readiness.reading.toml import read_toml
from readiness.registry import STEPS

SCORES = "published.csv"  # published scores of an index beside its figures


def check(
    paths: str | Path | Sequence[str | Path] = (), index: str = "eari", framework: str | Path = ""
) -> list[Violation]:
    """List every finding in files and folders; in the built-in index if none are named.

    A folder with framework.toml is an index, a .csv or .parquet file holds figures, a .toml file whose steps have
    methods is a recipe and any other one holds weights. Figures are held against the index found beside them (a data
    folder belongs to the index folder of the same name), else against `framework`, a built-in index of the folder's
    name, or `index`.
    """
    given = [Path(each) for each in ([paths] if isinstance(paths, str | Path) else paths)]
    if not given:
        given = [index_folder("indicators", index), index_folder("data", index)]
    absent = [Violation("E101", label(path), "no such file or folder") for path in given if not path.exists()]
    raise_errors(absent)
    folders = _index_folders(given)
    found: list[Violation] = []
    frameworks: dict[str, Framework] = {}
    for folder in folders:
        tree, faults = examine_framework(folder)
        found += faults
        if tree is not None:
            frameworks[folder.resolve().name] = tree
            found += _recipe_faults(folder / "recipe.toml", tree)
            found += [fault for own in sorted(folder.glob("weights/*.toml")) for fault in _weight_faults(own, tree)]
            if (folder / "figures").is_dir():
                found += examine_panel([folder / "figures"], tree)[1]
    for path in given:
        for part in _parts(path, folders):
            tree = _framework_for(part, frameworks, folders)
            found += _faults_of(part, tree or read_framework(_default(part, index, framework)))
    return in_order(dict.fromkeys(found))


def _index_folders(given: Iterable[Path]) -> list[Path]:
    found = []
    for path in given:
        if path.is_dir():
            found += sorted(each.parent for each in path.rglob("framework.toml"))
        elif path.name == "framework.toml":
            found.append(path.parent)
    return list(dict.fromkeys(found))


def _parts(path: Path, folders: list[Path]) -> list[Path]:
    """Split a folder into the data folders it holds: those that carry the name of an index are checked against it."""
    if path.is_file():
        return [] if path.name == "framework.toml" else [path]
    files = [each for each in figure_files([path]) if not any(each.is_relative_to(index) for index in folders)]
    files += sorted(path.rglob(SCORES))
    names = {*(each.resolve().name for each in folders), *indices()}
    parts: list[Path] = []
    for each in files:
        named = [above for above in each.parents if above.resolve().name in names and above.is_relative_to(path)]
        parts.append(named[0] if named else path)
    if not files and not any(index.is_relative_to(path) for index in folders):
        raise ReadinessError(Violation("E101", label(path), "no files to check", "figures or an index"), UNREADABLE)
    return list(dict.fromkeys(parts))


def _framework_for(part: Path, frameworks: dict[str, Framework], folders: list[Path]) -> Framework | None:
    """Choose the index that a data folder belongs to: of its own name, or the only one that was given."""
    own = frameworks.get(part.resolve().name)
    alone = next(iter(frameworks.values())) if len(frameworks) == len(folders) == 1 else None
    return own or alone


def _default(part: Path, index: str, framework: str | Path) -> Path:
    """Choose the index of figures that came without one: the one given, else the built-in one of the folder's name."""
    if framework:
        return Path(framework)
    own = part.resolve().name
    return index_folder("indicators", own if own in indices() else index)


def _faults_of(part: Path, framework: Framework) -> list[Violation]:
    if part.suffix == ".toml":
        return _recipe_faults(part, framework) if _is_recipe(part) else _weight_faults(part, framework)
    if part.name == SCORES:
        return published_faults(part, framework)
    published = sorted(part.rglob(SCORES)) if part.is_dir() else []
    found = [fault for each in published for fault in published_faults(each, framework)]
    return found + (examine_panel([part], framework)[1] if part.is_file() or figure_files([part]) else [])


def _is_recipe(path: Path) -> bool:
    """Say whether a TOML file is a recipe: by its name, or because some step in it has a method."""
    try:
        tables = [read_toml(path).content.get(step) for step in STEPS]
    except ReadinessError:
        tables = []
    return path.name == "recipe.toml" or any(isinstance(each, Mapping) and "method" in each for each in tables)


def _recipe_faults(path: Path, framework: Framework) -> list[Violation]:
    try:
        return node_faults(read_recipe(path), framework, label(path))
    except ReadinessError as error:
        return error.violations


def _weight_faults(path: Path, framework: Framework) -> list[Violation]:
    try:
        read_weights(path, framework)
    except ReadinessError as error:
        return error.violations
    return []
