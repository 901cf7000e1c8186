"""Stages of a run -> the table of bounds: treatment before and after, and the two ends of each scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from readiness.methods.treat import shape
from readiness.node_tables import Run
from readiness.plan import Array, Part
from readiness.registry import compiled
from readiness.steps import gathered
from readiness.tables import kinds

BOUNDS = ("zero", "full", "full_above", "zero_above")


def bounds_table(run: Run) -> pl.DataFrame:
    """Return one row an indicator: caps, bend, shape before and after treatment, bounds, and what they come from."""
    plan, fit = run.plan, run.stages.fit
    rows: list[dict[str, Any]] = [{"indicator": code} for code in plan.framework.leaves]
    for part in plan.parts("transform"):
        for i in part.rows:
            rows[i]["transform"] = part.method.name
    for part in plan.parts("treat"):
        before, after = (_shape(run, stage, part) for stage in (run.stages.transformed, run.stages.treated))
        for k, i in enumerate(part.rows):
            rows[i] |= _treatment(run, i, part) | _named("before", before[:, k]) | _named("after", after[:, k])
    for part in plan.parts("normalise"):
        for i in part.rows:
            rows[i] |= {"scale": part.method.name, "bounds_fitted_on": _fitted_on(run, i, part.fit)}
            rows[i] |= dict(zip(BOUNDS, fit.bounds[i].tolist(), strict=True))
    return pl.DataFrame(rows, schema=kinds("bounds")).with_columns(pl.col(pl.Float64).fill_nan(None))


def _treatment(run: Run, i: int, part: Part) -> dict[str, Any]:
    fit = run.stages.fit
    bent = not np.isnan(fit.power[i])
    return {
        "treatment": part.method.name,
        "cap_low": _finite(fit.low[i]),
        "cap_high": _finite(fit.high[i]),
        "capped": _capped(run, i),
        "shift": fit.shift[i] if bent else None,
        "power": fit.power[i] if bent else None,
        "caps_fitted_on": _fitted_on(run, i, part.fit),
    }


def _capped(run: Run, i: int) -> str | None:
    """List the units and editions that a cap moved."""
    fit, x = run.stages.fit, run.stages.transformed[:, i]
    moved = np.argwhere((x < fit.low[i]) | (x > fit.high[i]))
    return ", ".join(f"{run.plan.units[u]} {run.editions[e]}" for e, u in moved) or None


def _shape(run: Run, stage: Array, part: Part) -> Array:
    """Return skewness and excess kurtosis of what the treatment was fitted on, [2, indicator]."""
    members = stage[:, part.rows, : run.plan.members, None]
    sample = gathered(members, run.stages.fit.newest[part.rows], part.fit)
    found = np.empty((2, len(part.rows), 1))
    compiled(shape)(sample, found[0], found[1])
    return found[:, :, 0]


def _named(when: str, pair: Array) -> dict[str, float]:
    return {f"{name}_{when}": value for name, value in zip(("skewness", "kurtosis"), pair.tolist(), strict=True)}


def _fitted_on(run: Run, i: int, fit: str) -> str | None:
    every = [edition for e, edition in enumerate(run.editions) if run.stages.counted[e, i]]
    if not every:
        return None
    return str(every[-1]) if fit == "newest" else _span(every)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _span(years: Sequence[int]) -> str:
    whole = len(years) > 1 and len(years) == years[-1] - years[0] + 1
    return f"{years[0]}-{years[-1]}" if whole else ", ".join(map(str, years))
