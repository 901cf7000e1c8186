"""What may stand in a file of formulas: NumPy, the registry, and the file's own functions."""

from __future__ import annotations

import ast
import builtins
import inspect
from pathlib import Path

import pytest

import readiness.methods
from readiness.registry import STEPS, methods

FILES = sorted(Path(readiness.methods.__file__).parent.glob("*.py"))
PLAIN = {Path(inspect.getsourcefile(method.function)) for method in methods() if method.slow}
COMPILED = [file for file in FILES if file not in PLAIN]

over = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def functions(file: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.parse(file.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)]


def from_registry(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    lines = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "readiness.registry"]
    return {alias.name for node in lines for alias in node.names}


def nodes(function: ast.FunctionDef) -> list[ast.AST]:
    """Return all that stands in a function's body, without its decorators."""
    return [node for line in function.body for node in ast.walk(line)]


@over
def test_formulas_import_numpy_and_the_registry_only(file):
    """What is learned may stand in another file of the step: it is named there, not called."""
    imported = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module)
    solver = {"readiness.programmes"} if file in PLAIN else set()
    same_step = {
        f"readiness.methods.{each.stem}" for each in FILES if each.stem.split("_")[0] == file.stem.split("_")[0]
    }
    assert imported <= {"numpy", "__future__", "readiness.registry"} | solver | same_step


@pytest.mark.parametrize("file", COMPILED, ids=lambda file: file.stem)
def test_formulas_call_numpy_and_their_own_file_only(file):
    own = {function.name for function in functions(file)} | from_registry(file)
    for function in functions(file):
        for node in nodes(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert ast.unparse(node.func).startswith("np.")
                assert "linalg" not in ast.unparse(node.func)
            elif isinstance(node, ast.Call):
                assert node.func.id in own or hasattr(builtins, node.func.id)
            assert not isinstance(node, ast.Global | ast.Nonlocal | ast.Import | ast.ImportFrom)


@over
def test_no_array_is_copied_as_a_whole(file):
    """A copy by `out[:] = x` takes seconds to compile."""
    for function in functions(file) if file in COMPILED else ():
        for node in nodes(function):
            if isinstance(node, ast.Assign):
                whole = [each for each in node.targets if isinstance(each, ast.Subscript)]
                assert not any(isinstance(each.slice, ast.Slice) for each in whole)


@over
def test_files_of_formulas_stay_short(file):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 300


def test_every_step_has_a_file_of_formulas_named_after_it():
    assert set(STEPS) <= {file.stem for file in FILES}
    assert all(file.stem == "solved" or file.stem.split("_")[0] in (*STEPS, "") for file in FILES)
