"""Runs the batches of a simulation on threads: in any order, with the same result as one after the other."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Event, Lock, current_thread, main_thread
from types import FrameType

import numpy as np

from readiness.simulation import BATCH, Job
from readiness.tally import Counts, Sums

Progress = Callable[[int], None]
PAUSE = 0.02  # seconds between two looks at what the threads have done: to be told of each batch would slow them
NAME = "readiness-batches"  # of the threads
KEPT = 3_500_000  # numbers in a block that, once freed, teaches the C library to keep memory instead of giving it back


@dataclass
class Total:
    """Counts and sums of the first replicates of a job, mix by mix."""

    replicates: int
    counts: list[Counts]
    sums: list[Sums]

    @classmethod
    def empty(cls, job: Job) -> Total:
        """Return the total of no replicates."""
        return cls(0, job.empty(), [Sums.empty(layout) for layout in job.layouts])

    def add_sums(self, sums: list[Sums]) -> None:
        """Add the sums of the next batch."""
        for mine, other in zip(self.sums, sums, strict=True):
            mine.add(other)

    def add_counts(self, counts: list[Counts]) -> None:
        """Add the counts of some batches."""
        for mine, other in zip(self.counts, counts, strict=True):
            mine.add(other)

    def copy(self, job: Job) -> Total:
        """Return the same total in memory of its own."""
        again = Total.empty(job)
        again.replicates = self.replicates
        again.add_counts(self.counts)
        again.add_sums(self.sums)
        return again


def on_threads(job: Job, total: Total, last: int, threads: int = 0, progress: Progress | None = None) -> bool:
    """Add whole batches to a total, up to but not including batch `last`; say whether all were done.

    An interrupt from the keyboard ends it after the batches that are under way: the total is then of fewer replicates,
    all complete. A second one ends it at once. Counts are kept thread by thread, since whole numbers add up in any
    order; sums wait for their turn.
    """
    first = total.replicates // BATCH
    workers = min(threads or os.cpu_count() or 1, max(1, last - first))
    own, numbers, done = [job.empty() for _ in range(workers)], Numbers(first, last), SimpleQueue()
    waiting: dict[int, list[Sums]] = {}
    with _pool(workers) as pool, until_interrupted() as stop:
        try:
            working = [pool.submit(_work, job, counts, numbers, stop, done) for counts in own]
            while wait(working, timeout=PAUSE).not_done:
                _receive(done, waiting, total, progress)
        finally:
            stop.set()
        for each in working:
            each.result()
    _receive(done, waiting, total, progress)
    for counts in own:
        total.add_counts(counts)
    return total.replicates >= last * BATCH


class Numbers:
    """Gives out the numbers of batches, each once and in order, to any thread."""

    def __init__(self, first: int, last: int) -> None:
        self._left, self._lock = iter(range(first, last)), Lock()

    def take(self) -> int | None:
        """Return the next number; None when there is none."""
        with self._lock:
            return next(self._left, None)


def _work(job: Job, counts: list[Counts], numbers: Numbers, stop: Event, done: SimpleQueue) -> None:
    """Compute batch after batch; a fault stops the other threads too."""
    try:
        while not stop.is_set() and (number := numbers.take()) is not None:
            done.put((number, job.batch(number, counts)))
    except BaseException:
        stop.set()
        raise


@contextmanager
def _pool(workers: int) -> Iterator[ThreadPoolExecutor]:
    """Yield threads that are waited for, unless an interrupt asks to stop at once: a batch may take minutes."""
    pool = ThreadPoolExecutor(workers, NAME, initializer=keep_memory)
    patient = True
    try:
        yield pool
    except KeyboardInterrupt:
        patient = False
        raise
    finally:
        pool.shutdown(wait=patient, cancel_futures=True)


@contextmanager
def until_interrupted() -> Iterator[Event]:
    """Turn the first interrupt from the keyboard into an event, so that no batch is half counted; restore the usual.

    Only the main thread is told of interrupts; elsewhere the event is never set.
    """
    interrupted = Event()
    if current_thread() is not main_thread():
        yield interrupted
        return
    usual = signal.getsignal(signal.SIGINT)

    def stop(number: int, frame: FrameType | None) -> None:
        interrupted.set()
        signal.signal(signal.SIGINT, usual)

    signal.signal(signal.SIGINT, stop)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, usual)


def _receive(done: SimpleQueue, waiting: dict[int, list[Sums]], total: Total, progress: Progress | None) -> None:
    """Take the sums of the batches that are done, and add those whose turn it is."""
    while not done.empty():
        number, sums = done.get()
        waiting[number] = sums
    while total.replicates // BATCH in waiting:
        total.add_sums(waiting.pop(total.replicates // BATCH))
        total.replicates += BATCH
        if progress is not None:
            progress(total.replicates)


def with_rest(job: Job, total: Total, replicates: int) -> Total:
    """Return a total with the replicates after its last whole batch added; the total itself stays whole."""
    full = total.copy(job)
    rest = replicates - total.replicates
    if 0 < rest < BATCH:
        full.add_sums(job.batch(total.replicates // BATCH, full.counts, 0, rest))
        full.replicates = replicates
    return full


def keep_memory() -> None:
    """Let freed memory stay with the process: batches ask for the same arrays over and over.

    The GNU C library gives blocks above a limit back to the system, where taking them again costs more than what is
    computed in them; the limit follows the largest block that was freed. Elsewhere this does nothing.
    """
    block = np.empty(KEPT)
    del block
