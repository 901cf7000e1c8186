"""What C reaches by hand for the same work, as a peer: programs of yardstick/, compiled for this machine.

    weights    exponential weights vary; additive scores; ranks; counts of ranks
    figures    figures vary too: normal draws, bounds fitted again, weights within a quarter of equal ones

Each does the work on made-up figures of any size and prints replicates a second and a check: the generator's published
answer, and every row and column of the counts. In a benchmark:

    import yardstick
    from ratios import interleaved, record, timed

    def test_weights(benchmark):
        yardstick.require()  # skips, with the reason, where no C compiler is
        benchmark(simulate)  # of 100 000 replicates, one thread
        if benchmark.enabled:
            peer = yardstick.sampler("weights", 27, 40, 100_000, threads=1)
            found = interleaved(timed(simulate, work=100_000), peer)
            record(benchmark, "C by hand", found, aim=0.5, replicates=True)

A sample of a yardstick is the quickest of five rounds inside the program, ours the mean of one: the ratio is rather
unkind to us. python benchmarks/yardstick.py 27 40 1000000 1 prints both.
"""

from __future__ import annotations

import atexit
import functools
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

SOURCES = Path(__file__).with_name("yardstick")
NAMES = ("weights", "figures")
FLAGS = ("-O3", "-march=native", "-ffp-contract=fast", "-Wno-psabi", "-fopenmp")
PATIENCE = 120  # seconds for the compiler or one run
PRINTED = re.compile(r"(\d+) replicates/s \(check (-?\d+), mean rank of the first unit ([\d.]+)\)")


@dataclass(frozen=True, slots=True)
class Run:
    """What a yardstick prints."""

    replicates_per_second: float
    faults: int
    mean_rank: float


class NoYardstickError(RuntimeError):
    """There is no yardstick on this machine; the text says why."""


def measure(name: str, units: int, indicators: int, replicates: int, threads: int = 1) -> Run:
    """Run a yardstick once; one that cannot be built, stops or counts wrongly is a NoYardstickError."""
    command = [str(program(name)), *map(str, (units, indicators, replicates, threads))]
    done = _run(command)
    found = PRINTED.search(done.stdout)
    if done.returncode or found is None or int(found[2]):
        said = (done.stdout + done.stderr).strip() or f"status {done.returncode}"
        raise NoYardstickError(f"the yardstick {name} did not pass its own check: {said}")
    return Run(float(found[1]), int(found[2]), float(found[3]))


def sampler(name: str, units: int, indicators: int, replicates: int, threads: int = 1) -> Callable[[], float]:
    """Return a function that runs a yardstick and returns its seconds a replicate, for ratios.interleaved."""
    program(name)
    return lambda: 1 / measure(name, units, indicators, replicates, threads).replicates_per_second


def require() -> None:
    """Skip the test that calls this where a yardstick cannot be compiled, and say why."""
    try:
        for name in NAMES:
            program(name)
    except NoYardstickError as fault:
        pytest.skip(str(fault))


@functools.cache
def program(name: str) -> Path:
    """Compile a yardstick once a process, into a temporary folder; return the program's path."""
    compiler = shutil.which("gcc")
    if compiler is None:
        raise NoYardstickError("no gcc on this machine to compile the yardstick with")
    path = Path(_folder()) / name
    done = _run([compiler, *FLAGS, "-o", str(path), str(SOURCES / f"{name}.c"), "-lm"])
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise NoYardstickError(f"gcc does not compile the yardstick {name}: {said[0] if said else done.returncode}")
    return path


@functools.cache
def _folder() -> str:
    """Make the temporary folder of the programs; it goes when the process ends."""
    folder = tempfile.mkdtemp(prefix="yardstick-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise NoYardstickError(f"{Path(command[0]).name} cannot be run: {fault}") from fault


if __name__ == "__main__":
    for each in NAMES:
        print(each, measure(each, *map(int, sys.argv[1:])))
