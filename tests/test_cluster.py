"""A cluster gives the bytes of threads, whatever happens to its workers; functions of a script go with the job."""

from __future__ import annotations

import importlib
import os
import pickle
import signal
import subprocess
import sys
from functools import partial

import numpy as np
import pytest
from cluster_cases import BATCHES, by_threads, codes, data, made, plain_mean, processes, refused
from small_index import Small

from readiness import bundles, cluster, connecting
from readiness.batches import Total, on_threads
from readiness.cluster import on_cluster
from readiness.simulation import BATCH

distributed = pytest.importorskip(
    "distributed", reason="dask.distributed is not installed: pip install readiness[cluster]"
)


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    return made(Small(tmp_path_factory.mktemp("small")))


@pytest.fixture(scope="module")
def expected(job):
    return by_threads(job, BATCHES)


@pytest.fixture(scope="module")
def scheduler():
    """Return a cluster of two workers with two threads each, whose scheduler has an address."""
    with (
        connecting.quiet(),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=2, dashboard_address=None, silence_logs=50, memory_limit=0
        ) as found,
    ):
        yield found


def pids(found):
    return [each.pid for each in found.workers.values()]


def test_a_cluster_gives_the_bytes_of_threads_for_any_workers_and_bundles(job, expected, scheduler, monkeypatch):
    for most, ahead in ((64, 3), (1, 1), (5, 2)):
        monkeypatch.setattr(cluster, "MOST", most)
        monkeypatch.setattr(cluster, "AHEAD", ahead)
        total, seen = Total.empty(job), []
        assert on_cluster(job, total, BATCHES, scheduler.scheduler_address, seen.append)
        assert data(total) == expected
        assert seen == sorted(set(seen))
        assert seen[-1] == BATCHES * BATCH


def test_processes_of_this_machine_end_with_the_call(job, expected, capfd):
    before, running = processes(), []
    total = Total.empty(job)
    assert on_cluster(job, total, BATCHES, "local:2", lambda _: running.append(len(processes() - before)))
    assert data(total) == expected
    assert set(running) == {2}
    assert processes() == before
    assert capfd.readouterr() == ("", "")


def test_a_total_is_continued(job, expected, scheduler):
    total = Total.empty(job)
    assert on_threads(job, total, 5, 2)
    assert on_cluster(job, total, BATCHES, scheduler.scheduler_address)
    assert data(total) == expected
    assert on_cluster(job, total, BATCHES, "tcp://nobody.invalid:1"), "nothing is left to do"
    assert data(total) == expected


def test_a_killed_worker_costs_only_its_bundles(job, scheduler):
    last = 4 * BATCHES
    victims = pids(scheduler)
    killed = []

    def kill(replicates):
        if replicates >= 6 * BATCH and not killed:
            killed.append(victims[0])
            os.kill(victims[0], signal.SIGKILL)

    total = Total.empty(job)
    assert on_cluster(job, total, last, scheduler.scheduler_address, kill)
    assert killed
    assert data(total) == by_threads(job, last)
    with connecting.quiet(), distributed.Client(scheduler, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=30)
    assert victims[0] not in pids(scheduler)


def test_an_only_worker_that_is_killed_comes_back_with_the_job(job, expected, capfd):
    before, gone = processes(), []

    def kill(replicates):
        if not gone:
            gone.extend(processes() - before)
            os.kill(gone[0], signal.SIGKILL)

    total = Total.empty(job)
    assert on_cluster(job, total, BATCHES, "local:1", kill)
    assert len(gone) == 1
    assert data(total) == expected
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("way", ["progress", "signal"])
def test_an_interrupt_leaves_whole_batches(job, scheduler, way):
    def interrupt(replicates):
        if replicates >= 3 * BATCH:
            if way == "progress":
                raise KeyboardInterrupt
            os.kill(os.getpid(), signal.SIGINT)

    total = Total.empty(job)
    assert not on_cluster(job, total, 500, scheduler.scheduler_address, interrupt)
    assert 3 * BATCH <= total.replicates < 500 * BATCH
    assert data(total) == by_threads(job, total.replicates // BATCH)


def test_an_interrupt_waits_until_a_bundle_is_added(job):
    total = Total.empty(job)
    with pytest.raises(KeyboardInterrupt), connecting.uninterrupted():
        os.kill(os.getpid(), signal.SIGINT)
        total.replicates += BATCH
    assert total.replicates == BATCH


def test_the_keyboard_does_not_reach_the_workers_of_this_machine(job, tmp_path):
    """Ctrl-C goes to every process of a terminal: the total is kept and nothing but our word is printed."""
    (tmp_path / "job").write_bytes(pickle.dumps(job))
    script = tmp_path / "interrupted.py"
    script.write_text(INTERRUPTED, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, script],
        cwd=tmp_path,
        env=environment,
        start_new_session=True,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stderr == ""
    batches = int(done.stdout.removeprefix("False ").strip())
    assert 2 <= batches < 5000
    assert done.returncode == 0


INTERRUPTED = """
import os, pickle, signal
from readiness.batches import Total
from readiness.cluster import on_cluster
from readiness.simulation import BATCH

if __name__ == "__main__":
    job = pickle.load(open("job", "rb"))
    total, sent = Total.empty(job), []

    def interrupt(replicates):
        if replicates >= 2 * BATCH and not sent:
            sent.append(True)
            os.killpg(0, signal.SIGINT)

    print(on_cluster(job, total, 5000, "local:1", interrupt), total.replicates // BATCH)
"""


def test_a_function_of_a_script_goes_to_the_workers(tmp_path, scheduler):
    half = 0.5
    own = made(Small(tmp_path), lambda x, w: half * plain_mean(x, w))
    total = Total.empty(own)
    assert on_cluster(own, total, 2, scheduler.scheduler_address)
    assert data(total) == by_threads(own, 2)


def test_a_function_of_a_module_that_workers_lack_is_named(tmp_path, scheduler, monkeypatch):
    (tmp_path / "only_here.py").write_text("def mean(x, w):\n    return x.mean(axis=0) + 0 * w[0]\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    error = refused(made(Small(tmp_path), importlib.import_module("only_here").mean), scheduler.scheduler_address)
    assert codes(error) == ["E757"]
    assert "only_here" in error.violations[0].found


def test_the_fault_of_a_function_is_its_own(tmp_path, scheduler):
    here = os.getpid()

    def fails(x, w):
        if os.getpid() != here:
            raise ArithmeticError("not today")
        return plain_mean(x, w)

    own = made(Small(tmp_path), fails)
    total = Total.empty(own)
    with pytest.raises(ArithmeticError, match="not today"):
        on_cluster(own, total, 2, scheduler.scheduler_address)
    assert data(total) == data(Total.empty(own))


def test_workers_with_other_versions_are_named_together(job, scheduler, monkeypatch):
    mine = {**bundles.versions(), "numpy": "1.0", "numba": "0.1"}
    monkeypatch.setattr(bundles, "versions", Pretended(mine, bundles.versions()))
    error = refused(job, scheduler.scheduler_address)
    assert codes(error) == ["E756", "E756"]
    assert {each.expected for each in error.violations} == {"numpy 1.0", "numba 0.1"}
    assert all("1 other worker" in each.hint for each in error.violations)


class Pretended:
    """Says other versions here; elsewhere it is the function that asks for the true ones."""

    def __init__(self, here, there):
        self.here, self.there = here, there

    def __call__(self):
        return self.here

    def __reduce__(self):
        return partial, (dict, self.there)


def test_a_worker_that_comes_later_with_another_version_is_refused(job, scheduler, monkeypatch):
    monkeypatch.setattr(cluster, "same_versions", lambda client: None)
    monkeypatch.setattr(bundles, "versions", lambda: {"numpy": "1.0"})
    error = refused(job, scheduler.scheduler_address)
    assert codes(error) == ["E756"]
    assert np.__version__ in error.violations[0].found
