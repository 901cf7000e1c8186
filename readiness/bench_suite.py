"""The suite of benchmarks: where it is, what it holds, and how it is run in a process of its own."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from readiness.errors import FINDINGS, USAGE, ReadinessError, Violation, nearest
from readiness.reading.places import PACKAGE, builtin, label

FILES = "bench_*.py"
PYTEST = ("-o", "addopts=", "-o", f"python_files={FILES}", "-p", "no:cacheprovider", "-q")
NEEDED = ("pytest", "pytest_benchmark")
INSTALL = 'pip install "pytest>=8" "pytest-benchmark>=5", or in a checkout pip install ".[test]".'
TAIL = 30  # lines of pytest's own words that are kept for a message
ALL_RAN, NOTHING_RAN = 0, 5  # exit statuses of pytest
Echo = Callable[[str], None]


def suite_folder(given: Path | None = None) -> Path:
    """Return the folder of the benchmarks: the one given, else the package's own; without bench_*.py it is an error."""
    folder = builtin("benchmarks") if given is None else given
    if not any(folder.glob(FILES)):
        raise ReadinessError(Violation("E736", label(folder), expected=f"files {FILES}"), USAGE)
    return folder


def chosen(folder: Path, names: Sequence[str]) -> list[str]:
    """Return the benchmarks that names stand for, as file::test; no names: all, which is an empty list.

    A name is a file (bench_methods.py or just methods) or a part of a benchmark's name. Unknown names are all told.
    """
    if not names:
        return []
    known = collected(folder)
    stems = {each.stem.removeprefix("bench_") for each in folder.glob(FILES)}
    found: dict[str, None] = {}
    unknown = []
    for name in names:
        stem = name.removesuffix(".py").removeprefix("bench_")
        own = [each for each in known if (each.startswith(f"bench_{stem}.py::") if stem in stems else name in each)]
        found.update(dict.fromkeys(own))
        if not own:
            hint = nearest(name, stems) or f"Files: {', '.join(sorted(stems))}."
            unknown.append(Violation("E733", "NAMES", name, "a file or a part of a benchmark's name", hint=hint))
    if unknown:
        raise ReadinessError(unknown, USAGE)
    return list(found)


def collected(folder: Path) -> list[str]:
    """Return every benchmark of a suite, as file::test."""
    require_pytest()
    status, words = _pytest([str(folder), *PYTEST, "--collect-only", "--benchmark-disable"], None)
    names = [f"{Path(line.partition('::')[0]).name}::{line.partition('::')[2]}" for line in words if "::" in line]
    if status not in (ALL_RAN, NOTHING_RAN):
        raise _failure(folder, words)
    return names


def run_suite(folder: Path, benchmarks: Sequence[str] = (), echo: Echo | None = None) -> dict[str, Any]:
    """Run benchmarks of a suite (all, if none are named); return pytest-benchmark's report.

    A benchmark that fails is an error that names it: a time of a wrong answer is worth nothing. `echo` is given what
    pytest prints meanwhile.
    """
    require_pytest()
    with tempfile.TemporaryDirectory(prefix="readiness-bench-") as temporary:
        path = Path(temporary) / "report.json"
        wanted = [str(folder / each) for each in benchmarks] or [str(folder)]
        options = [*PYTEST, "--benchmark-enable", "--benchmark-only", "--benchmark-quiet", f"--benchmark-json={path}"]
        status, words = _pytest([*wanted, *options], echo)
        if status != ALL_RAN or not path.is_file() or not path.stat().st_size:
            raise _failure(folder, words)
        return json.loads(path.read_text(encoding="utf-8"))


def require_pytest() -> None:
    """Raise an error that says what to install where pytest or pytest-benchmark is missing."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        found = ", ".join(name.replace("_", "-") for name in missing)
        raise ReadinessError(Violation("E731", "bench", found, hint=INSTALL), USAGE)


def _pytest(arguments: list[str], echo: Echo | None) -> tuple[int, list[str]]:
    """Run pytest on the package that is running now; return its status and the last lines it printed."""
    paths = [str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1", "COLUMNS": "200"}
    environment.pop("PYTEST_ADDOPTS", None)
    command = [sys.executable, "-m", "pytest", *arguments]
    said = bytearray()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        if process.stdout is not None:
            for chunk in iter(lambda: os.read(process.stdout.fileno(), 4096), b""):
                said += chunk
                if echo is not None:
                    echo(chunk.decode("utf-8", errors="replace"))
    return process.returncode, said.decode("utf-8", errors="replace").splitlines()


def _failure(folder: Path, words: list[str]) -> ReadinessError:
    """Name every benchmark that failed; where pytest names none, give the end of what it said."""
    lines = [line.partition(" ")[2] for line in words if line.startswith(("FAILED ", "ERROR "))]
    if not lines:
        tail = " / ".join(line.strip() for line in words[-TAIL:] if line.strip())
        return ReadinessError(Violation("E734", label(folder), tail[-400:]), FINDINGS)
    named = [line.partition(" - ") for line in dict.fromkeys(lines)]
    return ReadinessError([Violation("E734", place.strip(), reason.strip()) for place, _, reason in named], FINDINGS)
