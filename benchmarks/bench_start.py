"""Whole processes, as a user starts them: help, import, the main job warm and on the very first start."""

from __future__ import annotations

import os
import resource
import subprocess
import sys

import pytest

RUN = [sys.executable, "-c", "from readiness.cli import main; main()"]


def process(arguments, folder, **environment):
    done = subprocess.run(
        arguments, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def peak_megabytes():
    """Return the largest resident size of any finished child so far."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


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
    text = benchmark.pedantic(process, ([*RUN, "run"], tmp_path), rounds=7, warmup_rounds=1)
    assert "Finland" in text
    benchmark.extra_info["peak_megabytes"] = round(peak_megabytes())


@pytest.mark.benchmark(group="main job")
def test_run_first_start(benchmark, tmp_path):
    """Nothing compiled: neither kernels nor Python files of the package."""
    places = iter(range(100))

    def fresh():
        cache = tmp_path / f"cache-{next(places)}"
        return ([*RUN, "run"], tmp_path), {"NUMBA_CACHE_DIR": str(cache), "PYTHONPYCACHEPREFIX": str(cache / "pyc")}

    text = benchmark.pedantic(process, setup=fresh, rounds=3)
    assert "Finland" in text
    benchmark.extra_info["peak_megabytes"] = round(peak_megabytes())
