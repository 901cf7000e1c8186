"""What may stand in a file of formulas: NumPy, the registry, and the file's own functions; and in any other kernel."""

from __future__ import annotations

import ast
import builtins
import inspect
from pathlib import Path

import pytest

import readiness
import readiness.methods
from readiness.registry import STEPS, methods

FILES = sorted(Path(readiness.methods.__file__).parent.glob("*.py"))
PLAIN = {Path(inspect.getsourcefile(method.function)) for method in methods() if method.slow}
COMPILED = [file for file in FILES if file not in PLAIN]

HOME = Path(readiness.__file__).parent
SHIPPED = {"tests", "benchmarks"}  # beside the package, in it when it is installed
PACKAGE = [file for file in HOME.rglob("*.py") if file not in FILES and file.relative_to(HOME).parts[0] not in SHIPPED]

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


def handed_to_the_compiler(file: Path) -> set[tuple[str, str]]:
    """Return the functions that a file hands to `compiled`, each with the module that it stands in."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    lines = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    home = {alias.name: node.module for node in lines for alias in node.names}
    names = {ast.unparse(node.args[0]) for node in ast.walk(tree) if calls_compiled(node)}
    return {(home.get(name, module(file)), name) for name in names}


def module(file: Path) -> str:
    return ".".join(file.relative_to(Path(readiness.__file__).parents[1]).with_suffix("").parts)


def calls_compiled(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "compiled"


def kernels(file: Path) -> list[ast.FunctionDef]:
    """Return the functions of a file that the compiler sees: handed to it, marked for it, or without any types.

    A file that marks some and compiles none itself holds kernels only.
    """
    if "helper" in from_registry(file) and "compiled" not in from_registry(file):
        return functions(file)
    return [
        function
        for function in functions(file)
        if (module(file), function.name) in HANDED
        or function.returns is None
        or {"helper", "inlined"} & {*map(ast.unparse, function.decorator_list)}
    ]


HANDED = set().union(*map(handed_to_the_compiler, PACKAGE))
WITH_KERNELS = sorted(file for file in PACKAGE if kernels(file))


def assert_calls_stay_in(own: set[str], function: ast.FunctionDef) -> None:
    """Of an array's own methods a kernel may call those that view or copy it."""
    for node in nodes(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert ast.unparse(node.func).startswith("np.") or node.func.attr in {"view", "copy", "reshape"}
            assert "linalg" not in ast.unparse(node.func)
            assert "random" not in ast.unparse(node.func)
        elif isinstance(node, ast.Call):
            assert node.func.id in own or hasattr(builtins, node.func.id)
        assert not isinstance(node, ast.Global | ast.Nonlocal | ast.Import | ast.ImportFrom)


@pytest.mark.parametrize("file", COMPILED, ids=lambda file: file.stem)
def test_formulas_call_numpy_and_their_own_file_only(file):
    own = {function.name for function in functions(file)} | from_registry(file)
    for function in functions(file):
        assert_calls_stay_in(own, function)


@pytest.mark.parametrize("file", WITH_KERNELS, ids=lambda file: file.stem)
def test_kernels_elsewhere_call_numpy_and_kernels_of_their_own_file_only(file):
    own = {function.name for function in kernels(file)}
    for function in kernels(file):
        assert_calls_stay_in(own, function)


def test_random_numbers_and_resampling_are_among_the_files_with_kernels():
    assert {"streams", "resampling"} <= {file.stem for file in WITH_KERNELS}


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
