"""What a simulation meets in the wild: tampered run folders, impatient users, seeds of zero, solvers among choices."""

from __future__ import annotations

import json
from threading import Event

import polars as pl
import pytest
from small_index import Small

from readiness.batches import _pool
from readiness.cli.runs import may_vary
from readiness.errors import NOT_REPRODUCIBLE, USAGE, ReadinessError
from readiness.simulate import STATE, simulate
from readiness.simulation import BATCH
from readiness.store import open_run

VARY = ("--vary", "weights=0.25")


@pytest.fixture
def index(tmp_path):
    """Return the options that name the small index."""
    small = Small(tmp_path)
    return ("--framework", small.folder, "--data", small.write_figures())


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    return Small(tmp_path_factory.mktemp("declared")).run(vary=("weights=0.25",))


@pytest.fixture(scope="module")
def simulated(given):
    return simulate(given, BATCH)


def refused(action, *arguments, **options):
    """Return what an action is refused for, and the exit status."""
    with pytest.raises(ReadinessError) as caught:
        action(*arguments, **options)
    return caught.value.violations, caught.value.status


def written(folder):
    """Return the only run folder in a folder."""
    (found,) = folder.iterdir()
    return found


def test_a_table_that_was_changed_is_never_read(simulated, tmp_path):
    folder = simulated.write(tmp_path)
    state = folder / f"{STATE}.parquet"
    pl.read_parquet(state).with_columns(pl.lit(0, pl.Int64).alias("replicates")).write_parquet(state)
    (folder / "intervals.parquet").unlink()
    found, status = refused(open_run, folder)
    assert [(each.code, each.file.rpartition("/")[2]) for each in found] == [
        ("E702", "intervals.parquet"),
        ("E701", f"{STATE}.parquet"),
    ]
    assert status == NOT_REPRODUCIBLE


def changed(column, value):
    """Return a change of one column in all rows."""
    return lambda state: state.with_columns(pl.lit(value).alias(column))


DAMAGES = {
    "short": changed("content", b"\0" * 8),
    "odd": changed("content", b"\0" * 7),
    "no kind": changed("kind", "zzz"),
    "objects": changed("kind", "O"),
    "texts": changed("kind", "<U1"),
    "a part of a batch": changed("replicates", 100),
    "below zero": changed("replicates", -BATCH),
    "fewer than counted": changed("replicates", 0),
    "no number": changed("replicates", None),
    "a row less": lambda state: state.tail(state.height - 1),
    "no contents": lambda state: state.drop("content"),
    "no digest": lambda state: state.drop("base"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_state_is_refused(given, simulated, damage):
    tables = {STATE: DAMAGES[damage](simulated.tables[STATE])}
    found, status = refused(simulate, given, 2 * BATCH, continued=tables)
    assert [each.code for each in found] == ["E771"]
    assert status == USAGE


@pytest.mark.parametrize(("command", "seed"), [("simulate", 0), ("run", 5)])
def test_a_run_is_continued_with_its_own_seed_and_shares_of_batches(call, index, tmp_path, command, seed):
    more = ("--vary", "aggregate.index=arithmetic,geometric")
    assert call(command, *index, *VARY, *more, "--replicates", BATCH, "--seed", seed, "--out", tmp_path / "a")[0] == 0
    before = written(tmp_path / "a")
    given = ("--replicates", BATCH + 10, "--out", tmp_path / "b", "--continue", before)
    assert call("simulate", *index, *VARY, *more, *given)[0] == 0
    manifests = [
        json.loads((each / "manifest.json").read_text(encoding="utf-8")) for each in (before, written(tmp_path / "b"))
    ]
    assert [each["seed"] for each in manifests] == [seed, seed]
    assert manifests[0]["simulation"]["every"] == manifests[1]["simulation"]["every"]


def test_a_run_does_not_call_a_solver_that_is_only_an_alternative(given, tmp_path):
    varied = Small(tmp_path).run(vary=("aggregate.index=kemeny",))
    assert may_vary(given)
    assert not may_vary(varied)


def test_a_second_interrupt_does_not_wait_for_batches():
    release = Event()
    with pytest.raises(KeyboardInterrupt), _pool(1) as pool:
        slow, waiting = pool.submit(release.wait, 60), pool.submit(int)
        while not slow.running():
            pass
        raise KeyboardInterrupt
    assert slow.running(), "it was not waited for"
    assert waiting.cancelled()
    release.set()
