"""Simulates a run: draws what varies, and adds the tables of what came out to the run's own."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import polars as pl

from readiness.batches import Progress, Total, on_threads, with_rest
from readiness.errors import USAGE, ReadinessError, Violation, raise_errors
from readiness.figure_errors import figure_errors
from readiness.results import Results, digest, prepare
from readiness.simulated import simulated_tables
from readiness.simulation import BATCH, Job, make_job
from readiness.tables import conform

LOG = logging.getLogger("readiness")
REPLICATES, SEED = 100_000, 1  # of a yearly run
MOST = 10**12
STATE = "simulation_state"


@dataclass(frozen=True)
class Machine:
    """Where the batches run, which changes nothing in what comes out: threads here (all cores if 0), or a cluster."""

    threads: int = 0
    cluster: str = ""
    progress: Progress | None = None

    def work(self, job: Job, total: Total, last: int) -> bool:
        """Add the batches up to the last to a total; say whether all were done."""
        if self.cluster:
            from readiness.cluster import on_cluster

            return on_cluster(job, total, last, self.cluster, self.progress)
        return on_threads(job, total, last, self.threads, self.progress)


def simulate(
    results: Results,
    replicates: int = REPLICATES,
    seed: int = SEED,
    *,
    nodes: Sequence[str] = (),
    every: int = 1,
    only_ranks: bool = False,
    continued: Mapping[str, pl.DataFrame] | None = None,
    machine: Machine | None = None,
) -> Results:
    """Return the results with the tables of a simulation; an interrupt keeps the replicates that are complete.

    `nodes` are the groups that are simulated, all if none are named; the index always is. What varies alone takes part
    in every so many batches, what varies together in all: a yearly run has `every` at 8, to be done soon. `only_ranks`
    counts nothing but ranks, for very many replicates. `continued` are the tables of a stored simulation of the same
    inputs, whose replicates are the first of these.

    Errors   ReadinessError where nothing varies, or the stored simulation is of something else.
    """
    job, children = prepared_job(results, replicates, seed, nodes, every, only_ranks=only_ranks)
    what = {"seed": seed, "nodes": list(nodes), "every": every, "only_ranks": only_ranks}
    base = identity(results, what)
    total = Total.empty(job) if continued is None else restored(job, continued, base, replicates)
    done = (machine or Machine()).work(job, total, replicates // BATCH)
    if not done and total.replicates == 0:
        raise KeyboardInterrupt
    whole = with_rest(job, total, replicates) if done else total
    tables = simulated_tables(job, whole, results.framework.units, children, replicates)
    declared = {"replicates": whole.replicates, "asked": replicates, **what}
    kept = {STATE: stored(job, total, base)}
    return replace(results, tables={**results.tables, **tables, **kept}, simulation=declared)


def prepared_job(
    results: Results,
    replicates: int,
    seed: int,
    nodes: Sequence[str] = (),
    every: int = 1,
    *,
    only_ranks: bool = False,
) -> tuple[Job, list[str]]:
    """Return the job of a simulation, and the codes of all nodes with a weight."""
    framework, recipe = results.framework, results.recipe
    raise_errors(_faults(results, replicates, seed, nodes))
    given = prepare(framework, results.panel, recipe, results.edition, results.as_of)
    errors = figure_errors(framework, results.panel, given.used, results.edition, recipe.variation, as_of=results.as_of)
    for note in errors.notes if recipe.variation.figures else ():
        LOG.info("%s", note)
    how = {"nodes": nodes, "every": every, "only_ranks": only_ranks}
    job = make_job(given.plan, given.denominated, recipe.variation, errors, seed, **how)
    if slow_methods(job):
        LOG.info("%s: a solver is called in every replicate, which may take hours.", ", ".join(slow_methods(job)))
    return job, [child for way in given.plan.groups.values() for child in way.children]


def slow_methods(job: Job) -> list[str]:
    """Return the methods of a job's cells that call a solver."""
    plans = [cell.plan for mix in job.mixes for cell in mix.cells]
    return sorted({method.name for plan in plans for _, method, _ in plan.recipe.resolved() if method.slow})


def identity(results: Results, what: Mapping[str, Any]) -> str:
    """Return what a simulation can only be continued with: the digest of inputs and method, and of what was asked."""
    plain = replace(results, simulation={})
    return digest([plain.digest, dict(what)])


def stored(job: Job, total: Total, base: str) -> pl.DataFrame:
    """Return the counts and sums of whole batches as a table, from which a simulation can be continued."""
    rows = [
        (mix.name, each.name, base, total.replicates, list(array.shape), array.dtype.str, array.tobytes())
        for mix, counts, sums in zip(job.mixes, total.counts, total.sums, strict=True)
        for part in (counts, sums)
        for each in fields(part)
        for array in [np.ascontiguousarray(getattr(part, each.name)).astype(_narrow(getattr(part, each.name)))]
    ]
    columns = ["varied", "part", "base", "replicates", "shape", "kind", "content"]
    return conform(STATE, pl.DataFrame(rows, schema=columns, orient="row"))


def restored(job: Job, tables: Mapping[str, pl.DataFrame], base: str, replicates: int) -> Total:
    """Return the total that a stored table holds. Errors: ReadinessError if it is of something else or of more."""
    frame = tables.get(STATE)
    if frame is None:
        raise _not_its_beginning("no simulation")
    if "base" not in frame.columns or set(frame["base"]) != {base}:
        raise _not_its_beginning("another index, method, seed, nodes or version")
    try:
        total = _read_total(job, frame)
    except (KeyError, TypeError, ValueError, OverflowError, pl.exceptions.PolarsError) as fault:
        raise _not_its_beginning("a damaged simulation") from fault
    if total.replicates > replicates:
        raise ReadinessError(
            Violation("E772", "--replicates", str(replicates), f"{total.replicates} or more, which are there"), USAGE
        )
    return total


def _not_its_beginning(found: str) -> ReadinessError:
    return ReadinessError(Violation("E771", "--continue", found, "a simulation of the same inputs"), USAGE)


def _read_total(job: Job, frame: pl.DataFrame) -> Total:
    """Read counts and sums from a table; what does not fit the job, or one another, is a ValueError or KeyError."""
    total = Total.empty(job)
    (total.replicates,) = set(frame["replicates"])
    held = {(row["varied"], row["part"]): row for row in frame.iter_rows(named=True)}
    for mix, counts, sums in zip(job.mixes, total.counts, total.sums, strict=True):
        for part in (counts, sums):
            for each in fields(part):
                row, mine = held[mix.name, each.name], getattr(part, each.name)
                mine += np.frombuffer(row["content"], row["kind"]).reshape(mine.shape)
        if counts.cells.sum() != mix.planned(total.replicates):
            raise ValueError(mix.name)
    if total.replicates % BATCH:
        raise ValueError(total.replicates)
    return total


def _narrow(array: np.ndarray) -> str:
    """Return the narrowest kind of number that holds all of an array, in one order of bytes on every machine."""
    if array.dtype.kind == "f":
        return "<f8"
    return "<u4" if array.size == 0 or array.max() < 2**32 else "<i8"


def _faults(results: Results, replicates: int, seed: int, nodes: Sequence[str]) -> list[Violation]:
    """List what is wrong with a simulation as it is asked for."""
    found = []
    if results.recipe.variation.nothing:
        hint = "Declare it in the recipe's [uncertainty], or say --vary weights=0.25"
        found.append(Violation("E770", "--vary", "nothing varies", "something that varies", hint=hint))
    if not 1 <= replicates <= MOST:
        found.append(Violation("E772", "--replicates", str(replicates), f"a whole number from 1 to {MOST:,}"))
    if not 0 <= seed < 2**64:
        found.append(Violation("E772", "--seed", str(seed), "a whole number from 0 to 2**64 - 1"))
    groups = results.framework.groups
    found += [
        Violation("E518", "--nodes", node, "a group of the index: " + ", ".join(groups))
        for node in nodes
        if node not in groups
    ]
    return found
