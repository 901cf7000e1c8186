"""Small indices in memory and their simulations, for tests that change one thing at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import sqrt

import numpy as np
import polars as pl
import pytest

from readiness.batches import Total, on_threads, with_rest
from readiness.choices import Choice
from readiness.dealing import deal, each
from readiness.figure_errors import FigureErrors
from readiness.framework import Framework, Group, Indicator, Rules
from readiness.plan import Plan
from readiness.recipe import Recipe
from readiness.simulated import simulated_tables
from readiness.simulation import BATCH, Job, make_job
from readiness.variation import Variation

PLAIN = {
    "impute": Choice("none"),
    "transform": Choice("none"),
    "treat": Choice("none"),
    "normalise": Choice("min_max"),
    "weight": Choice("declared"),
    "aggregate": Choice("arithmetic"),
    "rank": Choice("competition", {"decimals": 10}),
}
AS_IT_IS = Choice("scaled", {"bottom": 0, "top": 100, "low": 0, "high": 100})  # a score is the figure itself
LENIENT = Rules(0, 9, Fraction(0), Fraction(0), Fraction(0))
COUNT = 20_000
LEVELS = ("index", "pillar", "indicator")


def make_plan(
    tree: Mapping[str, Mapping[str, float]],
    units: int,
    *,
    editions: int = 1,
    falling: Sequence[str] = (),
    rules: Rules = LENIENT,
    variation: Variation | None = None,
    **steps: Choice,
) -> Plan:
    """Return a plan of a tree {group: {child: weight}}, the index first; a child that is no group is an indicator."""
    leaves = [child for children in tree.values() for child in children if child not in tree]
    names = tuple(f"U{number:03}" for number in range(units))
    framework = Framework(
        code="made",
        name="Made",
        root=next(iter(tree)),
        levels=LEVELS,
        units=names,
        editions=tuple(range(2024 - editions + 1, 2025)),
        rules=rules,
        groups={code: Group(code, code, {c: float(w) for c, w in children.items()}) for code, children in tree.items()},
        indicators={
            code: Indicator(code, code, "points", code not in falling, "", "", f"{code}.toml") for code in leaves
        },
    )
    recipe = Recipe("made", {**PLAIN, **steps}, {}, variation or Variation())
    return Plan(framework, recipe, names, units, framework.editions)


def no_errors(plan: Plan, **given: np.ndarray) -> FigureErrors:
    """Return errors of figures, of size 0 and without limits unless given."""
    shape = (len(plan.framework.leaves), plan.members)
    plain = {
        "size": np.zeros(shape),
        "low": np.full(shape, -np.inf),
        "high": np.full(shape, np.inf),
        "common": np.zeros(shape[0]),
    }
    filled = {
        name: np.broadcast_to(np.asarray(value, float), plain[name].shape).copy() for name, value in given.items()
    }
    return FigureErrors(**(plain | filled))


def job_of(plan: Plan, figures: np.ndarray, errors: FigureErrors | None = None, seed: int = 7, **more) -> Job:
    """Return the simulation of a plan; figures (indicator, unit) are those of its one edition."""
    figures = np.asarray(figures, float)
    figures = figures[None] if figures.ndim == 2 else figures
    return make_job(plan, figures, plan.recipe.variation, errors or no_errors(plan), seed, **more)


def total_of(job: Job, replicates: int, threads: int = 1) -> Total:
    """Return the total of the first replicates of a job."""
    total = Total.empty(job)
    on_threads(job, total, replicates // BATCH, threads)
    return with_rest(job, total, replicates)


def tables_of(job: Job, replicates: int, threads: int = 1) -> dict:
    """Return the tables of the first replicates of a job."""
    cell = job.mixes[0].cells[0]
    children = [child for way in cell.plan.groups.values() for child in way.children]
    units = cell.plan.units[: cell.plan.members]
    return simulated_tables(job, total_of(job, replicates, threads), units, children, replicates)


def replicates_of(job: Job, count: int, mix: str = "") -> dict[str, np.ndarray]:
    """Return the scores of every node in the first replicates of a mix (the last if unnamed), [unit, replicate]."""
    own = next(found for found in reversed(job.mixes) if mix in ("", found.name))
    replicates = np.arange(count, dtype=np.uint64)
    out: dict[str, np.ndarray] = {}
    for number, mine in each(deal(replicates, own.ends), len(own.cells)):
        for code, scores, _ in own.cells[number].scores(own.draws(replicates[mine])):
            out.setdefault(code, np.full((len(scores), count), np.nan))[:, mine] = scores
    return out


def near(share, count=COUNT, errors=3.5):
    """Return what a share of so many replicates may be: its binomial standard errors around it."""
    return pytest.approx(share, abs=errors * sqrt(max(share * (1 - share), 1e-6) / count) + 1e-12)


def own(tables, name, node="index", varied=None):
    frame = tables[name]
    varied = varied or ("all" if (frame["varied"] == "all").any() else frame["varied"][0])
    return frame.filter((pl.col("varied") == varied) & (pl.col("node") == node if "node" in frame.columns else True))


def shares_of(tables, units, node="index"):
    """Return the acceptability of each rank, [unit, rank]."""
    out = np.zeros((units, units))
    for row in own(tables, "ranks", node).iter_rows(named=True):
        out[int(row["country"][1:]), int(row["rank"]) - 1] = row["share"]
    return out


def above_of(tables, units):
    out = np.zeros((units, units))
    for row in own(tables, "pairs").iter_rows(named=True):
        out[int(row["country"][1:]), int(row["other"][1:])] = row["share"]
    return out
