"""The command that simulates, and what `run` shares with it: progress, and an interrupt that keeps what is complete."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from readiness.cli.common import (
    DATA,
    FRAMEWORK,
    INDEX,
    JSON,
    OTHERS,
    PATH,
    SEED,
    THREADS,
    VARY,
    cli,
    compute,
    options,
    say,
)
from readiness.cli.runs import OUT, PRODUCTS, finish

if TYPE_CHECKING:
    from readiness.batches import Progress
    from readiness.results import Results
    from readiness.store import StoredRun

STOPPED = 130


@cli.command()
@options(INDEX, FRAMEWORK, DATA, *OTHERS, VARY)
@click.option("--replicates", type=int, default=100_000, show_default=True, help="Replicates in all.")
@options(SEED, THREADS)
@click.option("--only-ranks", is_flag=True, help="Count nothing but ranks: three times as fast.")
@click.option("--cluster", default="", metavar="ADDRESS", help="Dask scheduler, tcp://host:8786, or local:N processes.")
@click.option("--nodes", default="all", show_default=True, help="Groups to simulate, with commas; index for it alone.")
@click.option("--continue", "before", type=PATH, help="Run folder whose replicates are the first of these.")
@options(PRODUCTS, OUT, JSON)
def simulate(replicates: int, before: Path | None, out: Path, *, as_json: bool, **chosen: Any) -> None:
    """Simulate an index: intervals, tiers and chances of scores and ranks.

    Weights, figures and methods vary as the recipe or --vary says. The same
    seed gives the same tables for any number of threads and any cluster;
    Ctrl-C keeps what is complete, and --continue goes on from there.
    """
    from readiness.simulate import SEED as USUAL
    from readiness.simulate import Machine
    from readiness.simulate import simulate as run
    from readiness.store import open_run

    machine = {name: chosen.pop(name) for name in ("threads", "cluster")}
    asked = {name: chosen.pop(name) for name in ("seed", "nodes", "only_ranks")}
    products = chosen.pop("products")
    stored = None if before is None else open_run(before)
    seed = asked["seed"] if asked["seed"] is not None else _kept(stored, "seed", USUAL)
    results = compute(**chosen)
    how = {
        "nodes": _groups(asked["nodes"], results.framework.root),
        "only_ranks": asked["only_ranks"],
        "every": _kept(stored, "every", 1),
        "continued": None if stored is None else stored.tables,
    }
    with shown(replicates) as progress:
        done = run(results, replicates, seed, **how, machine=Machine(**machine, progress=progress))
    given = {"replicates": replicates, "seed": seed, "nodes": None if asked["nodes"] == "all" else asked["nodes"]}
    said = chosen | given | {"only_ranks": asked["only_ranks"]}
    folder = finish(done, out, "simulate", said, products, as_json=as_json)
    if stopped(done):
        say_stopped(done, folder)
        sys.exit(STOPPED)


def _kept(stored: StoredRun | None, name: str, usual: int) -> int:
    """Return a number of the simulation that is continued, the usual one where there is none."""
    simulation = None if stored is None else stored.manifest.get("simulation")
    number = simulation.get(name) if isinstance(simulation, dict) else None
    return number if isinstance(number, int) else usual


def say_stopped(results: Results, folder: Path) -> None:
    """Say how far an interrupted simulation came, and how to go on from there."""
    done, asked = results.simulation["replicates"], results.simulation["asked"]
    say(f"\nStopped: {done:,} of {asked:,} replicates are complete and kept.")
    say(f"Go on      readiness simulate --continue {folder} --replicates {asked}, with the same other options")


def _groups(words: str, root: str) -> tuple[str, ...]:
    """Return the groups that are named with commas, none for all; `index` is the index whatever its code."""
    named = [word.strip() for word in words.split(",") if word.strip()]
    return () if named == ["all"] else tuple(root if word == "index" else word for word in named)


def stopped(results: Results) -> bool:
    """Say whether a simulation was interrupted."""
    return bool(results.simulation) and results.simulation["replicates"] < results.simulation["asked"]


@contextmanager
def shown(replicates: int) -> Iterator[Progress | None]:
    """Show a bar with rate and remaining time while a simulation runs, on a terminal only."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("Simulating"),
        BarColumn(bar_width=None),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f}"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=replicates, rate="")

        def progress(done: int) -> None:
            speed = bar.tasks[0].speed
            bar.update(task, completed=done, rate=f"{speed:,.0f}/s" if speed else "")

        yield progress
