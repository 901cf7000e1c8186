"""Jobs that make files, done by a few threads and given back in their order: printing leaves Python to the others."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

Job = tuple[str, Callable[[], bytes]]
Product = tuple[str, bytes]

MOST = 4  # threads; more would wait for each other's Python
AHEAD = 8  # files that may be made before the first of them is asked for


def worked(jobs: Iterable[Job]) -> Iterator[Product]:
    """Yield what each job makes with its name, in the order of the jobs; any number of threads gives the same.

    Errors: what a job raises, when its turn comes; jobs that have not begun are dropped then.
    """
    pool = ThreadPoolExecutor(min(MOST, os.cpu_count() or 1), thread_name_prefix="readiness-report")
    waiting: deque[tuple[str, Future[bytes]]] = deque()
    try:
        for name, job in jobs:
            waiting.append((name, pool.submit(job)))
            if len(waiting) > AHEAD:
                yield _first(waiting)
        while waiting:
            yield _first(waiting)
    finally:
        pool.shutdown(cancel_futures=True)


def _first(waiting: deque[tuple[str, Future[bytes]]]) -> Product:
    name, made = waiting.popleft()
    return name, made.result()
