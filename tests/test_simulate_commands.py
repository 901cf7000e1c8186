"""The commands that simulate: an interrupt keeps what is complete, memory is bounded, options do what they say."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys

import polars as pl
import pytest
from small_index import Small

VARY = ("--vary", "weights=0.25", "--vary", "aggregate.index=arithmetic,geometric")
BATCH = 4096
SIMULATED = ("intervals", "ranks", "pairs", "central_weights", "covariances", "mixes", "simulation", "simulation_state")
NONE = "Intervals for scores and ranks were not computed in this run."


@pytest.fixture
def index(tmp_path):
    """Return the options that name the small index."""
    small = Small(tmp_path)
    return ("--framework", small.folder, "--data", small.write_figures())


def run_python(*arguments, cwd):
    """Run Python in a folder, without a terminal."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "COLUMNS": "80"}
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False, encoding="utf-8"
    )


def written(folder):
    """Return the only run folder in a folder."""
    (found,) = [each for each in folder.iterdir() if each.is_dir() and not each.name.startswith(".")]
    return found


def read(folder, table):
    return pl.read_parquet(folder / f"{table}.parquet")


def sha256(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.parquet")}


INTERRUPTED = """
import contextlib, os, signal
from readiness import cli
from readiness.cli import simulation

@contextlib.contextmanager
def shown(replicates):
    def progress(done):
        if done == 3 * 4096:
            os.kill(os.getpid(), signal.SIGINT)
    yield progress

simulation.shown = shown
cli.main()
"""


MANY = 150  # batches: so many take longer than two looks at what is done


@pytest.mark.parametrize("threads", [1, 3])
def test_an_interrupted_command_goes_on_to_the_same_bytes(call, index, tmp_path, threads):
    asked = ("simulate", *index, *VARY, "--seed", "0", "--replicates", MANY * BATCH + 5)
    threaded = ("--threads", threads)
    done = run_python("-c", INTERRUPTED, *asked, *threaded, "--out", "stopped", cwd=tmp_path)
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
    begun = written(tmp_path / "stopped")
    there = read(begun, "simulation").filter(pl.col("varied") == "all").row(0, named=True)
    assert (there["asked"], there["seed"]) == (MANY * BATCH + 5, 0)
    assert 3 * BATCH <= there["replicates"] < MANY * BATCH
    assert there["replicates"] % BATCH == 0
    words = " ".join(done.stderr.split())
    assert f"Stopped: {there['replicates']:,} of {MANY * BATCH + 5:,} replicates are complete and kept." in words
    assert f"--continue {begun.relative_to(tmp_path)} --replicates {MANY * BATCH + 5}" in words
    asked = tuple(each for each in asked if each not in ("--seed", "0"))  # the seed is that of the run continued
    assert call(*asked, "--continue", begun, "--out", "onward")[0] == 0
    assert call(*asked, "--seed", "0", "--out", "whole")[0] == 0
    onward, whole = written(tmp_path / "onward"), written(tmp_path / "whole")
    assert onward.name == whole.name != begun.name
    assert sha256(onward) == sha256(whole)
    assert set(sha256(whole)) >= {f"{name}.parquet" for name in SIMULATED}
    assert call("verify", onward)[0] == 0


def test_a_cluster_on_the_command_line_gives_the_bytes_of_threads(call, index, tmp_path):
    pytest.importorskip("distributed", reason="dask.distributed is not installed: pip install readiness[cluster]")
    asked = ("simulate", *index, *VARY, "--replicates", 12 * BATCH + 5)
    command = ("-c", "from readiness.cli import main; main()", *asked)
    done = run_python(*command, "--cluster", "local:2", "--out", "cluster", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) >= 6
    assert call(*asked, "--out", "threads")[0] == 0
    assert sha256(written(tmp_path / "cluster")) == sha256(written(tmp_path / "threads"))


MEMORY = """
import resource, sys
from pathlib import Path
import readiness
from readiness.simulate import Machine, simulate

folder, figures = sys.argv[1:]
given = readiness.run(framework=folder, data=figures, vary=["weights=0.25"])
for replicates in (20_000, 400_000):
    simulate(given, replicates, machine=Machine(threads=2))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is told in kibibytes on Linux")
def test_memory_does_not_grow_with_replicates(tmp_path):
    small = Small(tmp_path)
    done = run_python("-c", MEMORY, small.folder, small.write_figures(), cwd=tmp_path)
    few, many = (int(each) for each in done.stdout.split())
    assert many - few < 30_000, "kept scores alone would be 58 MB, ranks as many"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--replicates", "4095"), "E772"),
        (("--replicates", "5000", "--seed", "2"), "E771"),
        (("--replicates", "5000", "--nodes", "index"), "E771"),
        (("--replicates", "5000", "--only-ranks"), "E771"),
        (("--replicates", "5000", "--vary", "weights=0.3"), "E771"),
        (("--replicates", "5000", "--set", "normalise=rank"), "E771"),
    ],
)
def test_what_does_not_continue_a_run_is_refused(call, index, tmp_path, options, code):
    assert call("simulate", *index, *VARY, "--replicates", BATCH, "--out", "few")[0] == 0
    before = written(tmp_path / "few")
    status, out, err = call("simulate", *index, *VARY, *options, "--continue", before, "--out", "more")
    assert (status, out) == (2, "")
    assert code in err
    assert not (tmp_path / "more").exists()


def test_nothing_varies_and_nothing_is_simulated(call, index, tmp_path):
    status, out, err = call("simulate", *index, "--out", "none")
    assert (status, out) == (2, "")
    assert "E770" in err
    assert not (tmp_path / "none").exists()
    assert call("run", *index, "--out", "plain")[0] == 0
    folder = written(tmp_path / "plain")
    assert not any((folder / f"{name}.parquet").exists() for name in SIMULATED)


def test_a_run_without_replicates_has_no_intervals_and_its_pages_say_so(call, index, tmp_path):
    status, _, err = call("run", *index, *VARY, "--replicates", "0", "--out", "runs")
    assert status == 0
    assert "Intervals of ranks were not computed." in err
    folder = written(tmp_path / "runs")
    assert not any((folder / f"{name}.parquet").exists() for name in SIMULATED)
    for page in (folder / "report").glob("*.html"):
        assert NONE in page.read_text(encoding="utf-8"), page.name
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["simulation"] is None


def test_a_run_is_simulated_with_its_seed(call, index, tmp_path):
    for seed in (1, 2):
        status, _, err = call("run", *index, *VARY, "--replicates", 9 * BATCH, "--seed", seed, "--out", f"of{seed}")
        assert status == 0
        assert f"in {9 * BATCH:,} replicates (seed {seed})" in " ".join(err.split())
    one, two = written(tmp_path / "of1"), written(tmp_path / "of2")
    assert read(one, "scores").equals(read(two, "scores"))
    assert not read(one, "ranks").equals(read(two, "ranks"))
    done = dict(read(one, "simulation").select("varied", "replicates").iter_rows())
    assert done == {"weights": 2 * BATCH, "choices": 2 * BATCH, "all": 9 * BATCH}, "alone in every eighth batch"
    assert all(NONE not in page.read_text(encoding="utf-8") for page in (one / "report").glob("*.html"))
    assert call("run", *index, *VARY, "--replicates", 9 * BATCH, "--out", "usual")[0] == 0
    assert sha256(written(tmp_path / "usual")) == sha256(one), "the usual seed is 1"


def test_ranks_alone_and_nodes_alone_are_smaller_tables_of_the_same(call, index, tmp_path):
    asked = ("simulate", *index, *VARY, "--replicates", 5000)
    assert call(*asked, "--out", "whole")[0] == 0
    assert call(*asked, "--only-ranks", "--out", "ranks")[0] == 0
    assert call(*asked, "--nodes", "index", "--out", "index")[0] == 0
    whole, ranks, root = (written(tmp_path / name) for name in ("whole", "ranks", "index"))
    assert read(ranks, "ranks").equals(read(whole, "ranks"))
    assert not {"pairs.parquet", "covariances.parquet"} & set(sha256(ranks))
    frame, all_nodes = (read(each, "intervals") for each in (root, whole))
    assert frame.equals(all_nodes.filter(pl.col("node") == "index"))
    assert set(all_nodes["node"]) == {"index", "compute", "skills"}


def test_a_solver_is_not_called_in_every_replicate_of_a_run(call, index, tmp_path):
    solved = ("--set", "aggregate.index=kemeny")
    status, _, err = call("run", *index, "--vary", "weights=0.25", *solved, "--out", "solved")
    assert status == 0
    assert "No intervals: kemeny calls a solver in every replicate. `readiness simulate` does it." in " ".join(
        err.split()
    )
    assert not (written(tmp_path / "solved") / "intervals.parquet").exists()
    few = ("--replicates", "20", "--threads", "2")
    status, _, err = call("simulate", *index, "--vary", "weights=0.25", *solved, *few, "--out", "each")
    assert status == 0
    assert read(written(tmp_path / "each"), "intervals")["rank_mean"].null_count() == 0


def test_a_built_in_index_is_simulated_as_its_recipe_says(call, tmp_path):
    status, out, _ = call("simulate", "--index", "hdi", "--replicates", "1000", "--nodes", "index", "--json")
    assert status == 0
    assert len(json.loads(out)) == 193
    found = read(written(tmp_path / "runs"), "intervals")
    assert set(found["varied"]) == {"weights"}
    assert found.height == 193


def test_what_a_run_began_goes_on_with_its_shares_of_batches(call, index, tmp_path):
    assert call("run", *index, *VARY, "--replicates", 9 * BATCH, "--out", "few")[0] == 0
    more = (*index, *VARY, "--replicates", 17 * BATCH)
    assert call("simulate", *more, "--continue", written(tmp_path / "few"), "--out", "onward")[0] == 0
    assert call("run", *more, "--out", "whole")[0] == 0
    assert sha256(written(tmp_path / "onward")) == sha256(written(tmp_path / "whole"))
