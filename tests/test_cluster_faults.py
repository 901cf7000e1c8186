"""What a cluster cannot do it says in a sentence: addresses, schedulers, workers and jobs that do not serve."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from functools import partial

import pytest
from cluster_cases import BATCHES, by_threads, codes, data, made, plain_mean, refused
from small_index import Small

import readiness
from readiness import cluster, connecting
from readiness.batches import Total
from readiness.cluster import on_cluster
from readiness.errors import UNREADABLE, USAGE
from readiness.simulation import BATCH

distributed = pytest.importorskip(
    "distributed", reason="dask.distributed is not installed: pip install readiness[cluster]"
)
dask = pytest.importorskip("dask")

WORKER = "import sys; {first}; from distributed.cli.dask_worker import main; main()"


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    return made(Small(tmp_path_factory.mktemp("small")))


@pytest.fixture(scope="module")
def expected(job):
    return by_threads(job, BATCHES)


@pytest.fixture
def empty():
    """Return a cluster without workers."""
    with connecting.quiet(), distributed.LocalCluster(n_workers=0, dashboard_address=None, silence_logs=50) as found:
        yield found


@contextlib.contextmanager
def worker(address, first="pass"):
    """Run a worker of its own, without a nanny, after a line of Python."""
    command = [sys.executable, "-c", WORKER.format(first=first), address, "--no-nanny", "--nthreads", "1"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def arrived(found):
    """Wait for the first worker of a cluster and return its address."""
    deadline = time.monotonic() + 30
    while not found.scheduler.workers and time.monotonic() < deadline:
        time.sleep(0.05)
    return next(iter(found.scheduler.workers))


@pytest.mark.parametrize(
    "address",
    ["", "host:8786", "tcp://host", "tcp://:8786", "tcp://host:99999", "http://host:8786", "tcp://host:8786/path",
     "tcp://me@host:8786", "local", "local:", "local:0", "local:-1", "local:1.5", "local:\u0662", "local:257",
     "local:99999999999999999999", "tcp://[::1:8786"],
)  # fmt: skip
def test_an_address_of_another_form_is_refused(job, address):
    error = refused(job, address)
    assert codes(error) == ["E751"]
    assert error.status == USAGE


@pytest.mark.parametrize("address", ["tcp://10.0.0.1:8786", "tls://host.example:8786", "tcp://[::1]:8786"])
def test_an_address_of_a_scheduler_asks_for_no_processes(address):
    assert connecting.parse_address(address) == 0


def test_without_dask_the_extra_is_named(job, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    error = refused(job, "local:2")
    assert codes(error) == ["E752"]
    assert error.status == USAGE
    assert "readiness[cluster]" in error.violations[0].hint


def test_a_scheduler_that_is_not_there_is_named(job, monkeypatch, capfd):
    monkeypatch.setattr(connecting, "ANSWER", 0.3)
    monkeypatch.setattr(connecting, "PATIENCE", 0.3)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        error = refused(job, address)  # bound but not listening: refused at once, tried until the time is over
        assert codes(error) == ["E753"]
        assert error.status == UNREADABLE
        assert error.violations[0].file == address
        free.listen()
        assert codes(refused(job, address)) == ["E753"], "it listens but never answers"
    assert capfd.readouterr() == ("", "")


def test_a_cluster_without_workers_is_not_waited_for_without_end(job, empty, monkeypatch):
    monkeypatch.setattr(cluster, "WORKERLESS", 0.3)
    monkeypatch.setattr(cluster, "LOOK", 0.2)
    error = refused(job, empty.scheduler_address)
    assert codes(error) == ["E754"]
    assert error.status == UNREADABLE


def test_workers_may_come_later(job, expected, empty):
    total = Total.empty(job)
    timer = threading.Timer(0.5, partial(empty.scale, 1))
    timer.start()
    assert on_cluster(job, total, BATCHES, empty.scheduler_address)
    timer.join()
    assert data(total) == expected


def test_a_worker_without_the_package_is_named(job, empty):
    with worker(empty.scheduler_address, "sys.modules['readiness'] = None"):
        address = arrived(empty)
        error = refused(job, empty.scheduler_address)
    assert codes(error) == ["E755"]
    assert error.violations[0].file == address
    assert readiness.__version__ in error.violations[0].expected


def test_a_function_that_carries_a_lock_cannot_be_sent(tmp_path):
    lock = threading.Lock()

    def locked(x, w):
        with lock:
            return plain_mean(x, w)

    error = refused(made(Small(tmp_path), locked), "local:1")
    assert codes(error) == ["E757"]
    assert error.status == USAGE


def test_batches_that_kill_every_worker_end_the_run(tmp_path, capfd):
    here = os.getpid()

    def kills(x, w):
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return plain_mean(x, w)

    with dask.config.set({"distributed.scheduler.allowed-failures": 0}):
        error = refused(made(Small(tmp_path), kills), "local:1")
    assert codes(error) == ["E758"]
    assert capfd.readouterr() == ("", "")


def test_a_scheduler_that_is_lost_leaves_whole_batches(job, empty, monkeypatch):
    monkeypatch.setattr(connecting, "ANSWER", 0.5)
    empty.scale(1)
    total, lost = Total.empty(job), []

    def lose(replicates):
        if not lost:
            lost.append(replicates)
            empty.close()

    error = refused(job, empty.scheduler_address, 500, total, lose)
    assert codes(error) == ["E759"]
    assert error.status == UNREADABLE
    assert data(total) == by_threads(job, total.replicates // BATCH)
    assert total.replicates
