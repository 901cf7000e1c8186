"""Whole processes, as a user starts them: help, import, the main job warm and on the very first start."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

PEAK = "status.txt"  # what Linux says of a process when it ends, its largest resident size included
RUN = [
    sys.executable,
    "-c",
    f"""
import atexit, pathlib
atexit.register(lambda: pathlib.Path("{PEAK}").write_bytes(pathlib.Path("/proc/self/status").read_bytes()))
from readiness.cli import main
main()
""",
]


def process(arguments, folder, **environment):
    done = subprocess.run(
        arguments, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def peak_megabytes(folder):
    """Return the largest resident size of the process that last ran in a folder."""
    return round(int(re.search(r"VmHWM:\s*(\d+) kB", (folder / PEAK).read_text(encoding="utf-8"))[1]) / 1000)


@pytest.mark.benchmark(group="start")
def test_python_alone(benchmark, tmp_path):
    benchmark.pedantic(process, ([sys.executable, "-c", "pass"], tmp_path), rounds=7)


@pytest.mark.benchmark(group="start")
def test_import(benchmark, tmp_path):
    benchmark.pedantic(process, ([sys.executable, "-c", "import readiness"], tmp_path), rounds=7)


@pytest.mark.benchmark(group="start")
def test_help(benchmark, tmp_path):
    text = benchmark.pedantic(process, ([*RUN, "--help"], tmp_path), rounds=7)
    assert "readiness run" in text


@pytest.mark.benchmark(group="main job")
def test_run_warm(benchmark, tmp_path):
    """Tables alone."""
    text = benchmark.pedantic(process, ([*RUN, "run", "--products", "none"], tmp_path), rounds=7, warmup_rounds=1)
    assert "Finland" in text
    benchmark.extra_info["peak_megabytes"] = peak_megabytes(tmp_path)


@pytest.mark.benchmark(group="main job")
def test_run_warm_with_all_products(benchmark, tmp_path):
    text = benchmark.pedantic(process, ([*RUN, "run"], tmp_path), rounds=3)
    assert "Finland" in text
    benchmark.extra_info["peak_megabytes"] = peak_megabytes(tmp_path)


@pytest.mark.benchmark(group="main job")
def test_run_first_start(benchmark, tmp_path):
    """Tables alone; nothing compiled: neither kernels nor Python files of the package."""
    places = iter(range(100))

    def fresh():
        cache = tmp_path / f"cache-{next(places)}"
        return ([*RUN, "run", "--products", "none"], tmp_path), {
            "NUMBA_CACHE_DIR": str(cache),
            "PYTHONPYCACHEPREFIX": str(cache / "pyc"),
        }

    text = benchmark.pedantic(process, setup=fresh, rounds=3)
    assert "Finland" in text
    benchmark.extra_info["peak_megabytes"] = peak_megabytes(tmp_path)
