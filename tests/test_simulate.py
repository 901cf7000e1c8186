"""A simulation has the same bytes wherever it runs, can be stopped and continued, and says what it cannot do."""

from __future__ import annotations

import hashlib
import io
import os
import signal
from dataclasses import replace

import polars as pl
import pytest
from cluster_cases import processes
from small_index import Small

from readiness.simulate import STATE, Machine, simulate
from readiness.simulation import BATCH
from readiness.variation import Variation

TABLES = ("intervals", "ranks", "pairs", "central_weights", "covariances", "mixes", "simulation", STATE)
VARY = ("weights=0.25", "figures", "aggregate.index=arithmetic,geometric", "treat=winsorise,none")
ERROR = '\n[error]\nmodel = "absolute"\nsize = {size}\nreason = "The size is invented."\n'
REPLICATES = 8 * BATCH + 100
MANY = 500  # batches: so many take longer than some looks at what is done
SEED = 7


def declared(folder):
    """Return the small index with errors of two indicators, so that figures vary too."""
    small = Small(folder)
    for code, size in (("chips", 3.0), ("coders", 0.4)):
        path = f"{'compute' if code == 'chips' else 'skills'}/{code}.toml"
        small.write(path, small.path(path).read_text(encoding="utf-8") + ERROR.format(size=size))
    return small


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    return declared(tmp_path_factory.mktemp("declared")).run(vary=VARY)


@pytest.fixture(scope="module")
def alone(given):
    return simulate(given, REPLICATES, SEED, machine=Machine(threads=1))


def sha256(frame):
    held = io.BytesIO()
    frame.rechunk().write_ipc(held)
    return hashlib.sha256(held.getvalue()).hexdigest()


def digests(results, names=TABLES):
    return {name: sha256(results.tables[name]) for name in names}


def own(results, table, node="index"):
    return results.tables[table].filter((pl.col("varied") == "all") & (pl.col("node") == node))


def stopped(given, batches, threads=1, **how):
    """Return a simulation that an interrupt from the keyboard ended after some batches."""

    def progress(done):
        if done == batches * BATCH:
            signal.raise_signal(signal.SIGINT)

    return simulate(given, MANY * BATCH, SEED, machine=Machine(threads=threads, progress=progress), **how)


def test_any_number_of_threads_gives_the_same_bytes(given, alone):
    assert set(alone.tables["simulation"]["varied"]) == {"weights", "figures", "choices", "method", "all"}
    assert (own(alone, "intervals")["score_sd"] > 0).all()
    for threads in (2, 3):
        assert digests(simulate(given, REPLICATES, SEED, machine=Machine(threads=threads))) == digests(alone)


def test_a_cluster_gives_the_bytes_of_a_thread_though_a_worker_dies(given, alone):
    pytest.importorskip("distributed", reason="dask.distributed is not installed: pip install readiness[cluster]")
    before, killed = processes(), []

    def progress(done):
        if not killed:
            killed.append(min(processes() - before))
            os.kill(killed[0], signal.SIGKILL)

    found = simulate(given, REPLICATES, SEED, machine=Machine(cluster="local:2", progress=progress))
    assert len(killed) == 1
    assert killed[0] not in processes()
    assert digests(found) == digests(alone)


def test_the_seed_alone_makes_another_simulation(given, alone):
    other = simulate(given, REPLICATES, SEED + 1)
    assert other.digest != alone.digest
    same = {name for name in TABLES if sha256(other.tables[name]) == sha256(alone.tables[name])}
    assert same <= {"mixes"}
    assert set(other.tables["simulation"]["seed"]) == {SEED + 1}


@pytest.mark.parametrize(("threads", "every"), [(1, 1), (3, 1), (2, 3)])
def test_a_stopped_simulation_is_one_of_fewer_replicates_and_goes_on_to_the_same_bytes(given, threads, every):
    begun = stopped(given, 2, threads, every=every)
    there = begun.simulation["replicates"]
    assert 2 * BATCH <= there < MANY * BATCH
    assert begun.simulation["asked"] == MANY * BATCH
    fewer = simulate(given, there, SEED, every=every)
    but_asked = [name for name in TABLES if name != "simulation"]
    assert digests(begun, but_asked) == digests(fewer, but_asked)
    more = there + 2 * BATCH + 77
    whole = simulate(given, more, SEED, every=every)
    assert digests(simulate(given, more, SEED, every=every, continued=begun.tables)) == digests(whole)


def test_the_first_of_twice_as_many_are_the_replicates_of_few(given, alone):
    """Counts only grow, and what was counted last belongs to the later replicates."""
    twice = simulate(given, 2 * REPLICATES, SEED)
    onward = simulate(given, 2 * REPLICATES, SEED, continued=alone.tables)
    assert digests(onward) == digests(twice)
    keys = ["varied", "node", "country", "rank"]
    both = alone.tables["ranks"].join(twice.tables["ranks"], on=keys, how="left", suffix="_twice")
    assert (both["count"] <= both["count_twice"]).all()


def test_an_interrupt_before_the_first_batch_leaves_nothing(given, monkeypatch):
    monkeypatch.setattr(Machine, "work", lambda *_: False)
    with pytest.raises(KeyboardInterrupt):
        simulate(given, REPLICATES, SEED)


def test_ranks_alone_are_those_of_the_whole(given, alone):
    quick = simulate(given, REPLICATES, SEED, only_ranks=True)
    assert sha256(quick.tables["ranks"]) == sha256(alone.tables["ranks"])
    assert not {"pairs", "covariances", "central_weights"} & set(quick.tables)
    ranks = [name for name in own(alone, "intervals").columns if name.startswith(("rank", "top", "failed"))]
    assert own(quick, "intervals").select(ranks).equals(own(alone, "intervals").select(ranks))
    assert own(quick, "intervals")["score_mean"].null_count() == 6


def test_nodes_that_are_asked_for_are_simulated_as_among_all(given, alone):
    found = simulate(given, REPLICATES, SEED, nodes=["skills"])
    assert set(found.tables["intervals"]["node"]) == {"skills", "index"}
    for name in ("intervals", "ranks", "pairs"):
        of_all = alone.tables[name].filter(pl.col("node") != "compute")
        assert sha256(found.tables[name]) == sha256(of_all)


def test_what_cannot_be_is_refused_all_at_once(given, violations):
    nothing = replace(given, recipe=replace(given.recipe, variation=Variation()))
    found = violations(simulate, nothing, 0, -1, nodes=["skill"])
    assert [each.code for each in found] == ["E518", "E772", "E772", "E770"]
    assert [each.code for each in violations(simulate, given, 10**12 + 1, 2**64)] == ["E772", "E772"]


@pytest.mark.parametrize(
    "other", [{"seed": SEED + 1}, {"nodes": ["skills"]}, {"every": 2}, {"only_ranks": True}, {"vary": ("weights=0.3",)}]
)
def test_only_the_same_simulation_is_continued(given, alone, violations, other):
    settings = dict(other)
    if "vary" in settings:
        weights = replace(given.recipe.variation.weights, spread=0.3)
        variation = replace(given.recipe.variation, weights=weights)
        del settings["vary"]
        given = replace(given, recipe=replace(given.recipe, variation=variation))
    settings = {"replicates": 2 * REPLICATES, "seed": SEED, **settings}
    assert [each.code for each in violations(simulate, given, continued=alone.tables, **settings)] == ["E771"]


def test_a_run_without_a_simulation_or_with_more_is_not_continued(given, alone, violations):
    (found,) = violations(simulate, given, REPLICATES, SEED, continued=given.tables)
    assert (found.code, found.found) == ("E771", "no simulation")
    (found,) = violations(simulate, given, 7 * BATCH, SEED, continued=alone.tables)
    assert (found.code, found.found, found.expected.split()[0]) == ("E772", str(7 * BATCH), str(8 * BATCH))
    assert digests(simulate(given, 8 * BATCH, SEED, continued=alone.tables)) == digests(
        simulate(given, 8 * BATCH, SEED)
    )
