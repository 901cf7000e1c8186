"""Runs the batches of a simulation on a Dask cluster, with the same result as on threads."""

from __future__ import annotations

import hashlib
import queue
import time
from typing import TYPE_CHECKING
from uuid import uuid4

from readiness import bundles
from readiness.batches import Progress, Total
from readiness.connecting import ANSWER, connected, finding, gone, pack, parse_address, quiet, same_versions, workerless
from readiness.connecting import uninterrupted as whole
from readiness.simulation import BATCH, Job

if TYPE_CHECKING:
    from distributed import Client, Future

WORKERLESS = 60.0  # seconds that a cluster may be without workers, while they restart or are being asked for
LOOK = 1.0  # seconds after which the cluster is looked at again
FETCH = 30.0  # seconds in which a result should come from its worker
SECONDS = 4.0  # that a bundle should take: what is lost when a worker dies
MOST = 64  # batches in a bundle
AHEAD = 3  # bundles for each thread of the cluster that are under way or wait for their turn
RETRIES = 2  # of a bundle that failed; one whose worker died is tried again as often as the scheduler allows


def on_cluster(job: Job, total: Total, last: int, address: str, progress: Progress | None = None) -> bool:
    """Add whole batches to a total, up to but not including batch `last`; say whether all were done.

    The address is tcp://HOST:PORT of a scheduler, or local:N for N processes on this machine, which end with the call.
    Results are the same bytes as on threads. An interrupt from the keyboard, or an error, leaves the total with the
    batches that were complete without a gap. A script that asks for local:N needs the guard
    if __name__ == "__main__", as with every pool of processes in Python.

    Errors   E751 to E759: the address, the cluster, its workers' versions, a job that cannot be sent.
    """
    processes = parse_address(address)
    if total.replicates // BATCH >= last:
        return True
    packed = pack(job)
    try:
        with quiet(), connected(address, processes) as client:
            same_versions(client)
            return _Feed(client, address, packed, total, last, progress).run()
    except KeyboardInterrupt:
        return False


class _Feed:
    """Sends bundles of batches and adds them in their order.

    A result stays with its worker until its turn comes, so that this process holds one at a time; if that worker dies
    meanwhile the cluster computes it again.
    """

    def __init__(
        self, client: Client, address: str, packed: bytes, total: Total, last: int, progress: Progress | None
    ) -> None:
        self.client, self.address, self.total, self.last, self.progress = client, address, total, last, progress
        self.next = total.replicates // BATCH  # the first batch that is not sent
        self.sent: dict[int, tuple[Future, int]] = {}  # by first batch, in order: the bundle and its end
        self.news: queue.SimpleQueue[Future] = queue.SimpleQueue()
        self.size = self.threads = 1
        self.looked, self.manned = 0.0, time.monotonic()
        self.name = f"readiness-{uuid4().hex}"
        key = f"readiness-job-{hashlib.sha256(packed).hexdigest()}"
        self.packed = client.submit(bundles.same, packed, key=key)

    def run(self) -> bool:
        """Do all batches; after an interrupt finish those that have begun and return False."""
        try:
            self._look()
            self._send()
            while self.sent:
                self._receive()
                self._send()
        except KeyboardInterrupt:
            self._finish()
            return False
        return True

    def _send(self) -> None:
        """Keep every thread of the cluster busy, and no more."""
        while self.next < self.last and len(self.sent) < AHEAD * self.threads:
            share = -(-(self.last - self.next) // (2 * self.threads))  # smaller ones at the end: all are done together
            first, end = self.next, self.next + max(1, min(self.size, share))
            given = (self.packed, bundles.versions(), first, end)
            future = self.client.submit(
                bundles.compute, *given, key=f"{self.name}-{first}", retries=RETRIES, priority=-first, pure=False
            )
            self.sent[first], self.next = (future, end), end
            future.add_done_callback(self.news.put)

    def _receive(self) -> None:
        """Wait for news, then add the bundles whose turn it is; the first that failed ends it all."""
        if time.monotonic() - self.looked > LOOK:
            self._look()
        try:
            self.news.get(timeout=LOOK)
        except queue.Empty:
            self._look()
        while self._add_next():
            pass
        for future, _ in self.sent.values():
            if future.status == "cancelled":
                raise gone(self.address)
            if future.status == "error":
                raise finding(future.exception(timeout=ANSWER), self.address)

    def _add_next(self) -> bool:
        """Fetch the next bundle and add it, if it is there."""
        first, (future, end) = next(iter(self.sent.items()), (0, (None, 0)))
        bundle = self._fetched(future) if future is not None and future.status == "finished" else None
        if bundle is None:
            return False
        with whole():
            del self.sent[first]
            self.total.add_counts(bundle.counts)
            for sums in bundle.sums:
                self.total.add_sums(sums)
            self.total.replicates += BATCH * (end - first)
        self.size = max(1, min(MOST, int(SECONDS * (end - first) / max(bundle.seconds, 1e-9))))
        if self.progress is not None:
            self.progress(self.total.replicates)
        return True

    def _fetched(self, future: Future) -> bundles.Bundle | None:
        """Return a result, or None if it was lost with its worker and has to be computed again."""
        try:
            return future.result(timeout=FETCH)
        except TimeoutError:
            return None
        except Exception as fault:
            if future.status == "cancelled":
                raise gone(self.address) from fault
            raise finding(fault, self.address) from None

    def _look(self) -> None:
        """See how many threads the cluster has now; it may grow and shrink."""
        self.looked = time.monotonic()
        try:
            found = sum(self.client.nthreads(callback_timeout=ANSWER).values()) if self._running() else 0
        except OSError as fault:
            if self._running():
                raise gone(self.address) from fault
            found = 0
        if found:
            self.threads, self.manned = found, self.looked
        elif self.looked - self.manned > WORKERLESS:
            raise workerless(self.address, WORKERLESS)

    def _running(self) -> bool:
        """Say whether the scheduler is connected; it has a few seconds to come back."""
        if self.client.status == "closed":
            raise gone(self.address)
        return self.client.status == "running"

    def _finish(self) -> None:
        """Cancel what has not begun, and add what has: bundles begin in their order."""
        begun = dict(list(self.sent.items())[: self.threads])
        self.client.cancel([future for first, (future, _) in self.sent.items() if first not in begun])
        self.sent, self.next = begun, self.last
        while self.sent:
            self._receive()
