"""What is sent to other processes and what they do with it: a job goes out once, bundles of batches come back."""

from __future__ import annotations

import ctypes
import hashlib
import pickle
import platform
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Lock

import numpy as np

from readiness import __version__
from readiness.batches import KEPT
from readiness.lanes import Draws
from readiness.simulation import Job, tally
from readiness.tally import Counts, Sums

PACKAGES = ("numpy", "numba", "scipy", "highspy")  # what figures are computed with: another version may round otherwise
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of the GNU C library's mallopt
Versions = Mapping[str, str]

_one_at_a_time = Lock()


class UnfitError(Exception):
    """Tells the client that a worker cannot compute a job: the code of the finding and what was found."""

    def __init__(self, code: str, found: str) -> None:
        super().__init__(code, found)
        self.code, self.found = code, found


@dataclass(frozen=True)
class Bundle:
    """What some batches gave: their counts together, their sums one by one, and the seconds that they took."""

    counts: list[Counts]
    sums: list[list[Sums]]
    seconds: float


def compute(packed: bytes, expected: Versions, first: int, last: int) -> Bundle:
    """Compute the batches from `first` up to but not including `last` of a packed job."""
    job = _open(packed, expected)
    counts, start = job.empty(), time.perf_counter()
    sums = [job.batch(number, counts) for number in range(first, last)]
    return Bundle([_narrow(each) for each in counts], sums, time.perf_counter() - start)


def same(packed: bytes) -> bytes:
    """Return a packed job as it is: as the result of a task it is made again if the worker that holds it is lost."""
    return packed


@cache
def versions() -> dict[str, str]:
    """Return the versions of all that figures depend on; that of this package with a digest of its source text."""
    found = {"python": ".".join(platform.python_version_tuple()[:2]), "readiness": f"{__version__} ({_digest()})"}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "none"
    return found


def dask_setup(_: object) -> None:
    """Leave an interrupt from the keyboard to the client; Dask calls this in every process that connecting starts."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _digest() -> str:
    """Return a digest of the package's source text: two checkouts may bear the same version."""
    folder, text = Path(__file__).parent, hashlib.sha256()
    for path in sorted([*folder.glob("*.py"), *folder.glob("methods/*.py")]):
        text.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n"))
    return text.hexdigest()[:8]


def _open(packed: bytes, expected: Versions) -> Job:
    """Return the job, the same one for all threads of this process."""
    if versions() != dict(expected):
        mine = versions()
        raise UnfitError(
            "E756", ", ".join(f"{name} {mine.get(name)}" for name in expected if mine.get(name) != expected[name])
        )
    with _one_at_a_time:
        return _opened(packed)


@lru_cache(maxsize=1)
def _opened(packed: bytes) -> Job:
    """Unpack a job, and score one replicate in each of its cells.

    All kernels are then compiled once, before the threads of this process ask for them at the same time.
    """
    try:
        job = pickle.loads(packed)
    except Exception as fault:
        raise UnfitError("E757", f"{type(fault).__name__}: {fault}") from None
    _keep_memory()
    one = np.zeros(1, dtype=np.uint64)
    for mix, layout in zip(job.mixes, job.layouts, strict=True):
        for cell in mix.cells:
            tally(cell, layout, Draws(1) if mix.steady else mix.draws(one), Counts.empty(layout), Sums.empty(layout))
    return job


def _keep_memory() -> None:
    """Let freed memory stay with the process, as batches.keep_memory does for threads.

    Dask starts its workers with MALLOC_TRIM_THRESHOLD_, which fixes the limit so low that batches take twice as long:
    64 for 34 milliseconds. Where the C library has no such limit this does nothing.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    mallopt(M_MMAP_THRESHOLD, 8 * KEPT)
    mallopt(M_TRIM_THRESHOLD, 16 * KEPT)


def _narrow(counts: Counts) -> Counts:
    """Return the same counts in the fewest bytes that hold them: an eighth to a quarter has to travel."""
    whole = (getattr(counts, each.name) for each in fields(counts))
    return Counts(*(each.astype(np.min_scalar_type(int(each.max(initial=0)))) for each in whole))
