"""Sobol' indices of the outputs of a node -> a tidy table, with the doubts in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np
import polars as pl

from readiness.sobol import Doubts, Estimates, Sensitivity, doubtful

KINDS = ("first", "total", "interaction")


def frame(found: Sensitivity, node: str, factors: Sequence[str], units: Sequence[str]) -> pl.DataFrame:
    """Return the table of a node: one row for every factor and output; the columns are those of the schema."""
    size, outputs = len(units), found.variance.size
    names = ["score"] * size + ["rank"] * size + ["shift"]
    columns = {
        "factor": np.repeat(np.array(factors), outputs),
        "node": [node] * (len(factors) * outputs),
        "output": names * len(factors),
        "country": [*units, *units, None] * len(factors),
    }
    for kind in KINDS:
        own: Estimates = getattr(found, kind)
        for part in fields(own):
            name = kind if part.name == "value" else f"{kind}_{part.name}"
            columns[name] = pl.Series(getattr(own, part.name).ravel()).fill_nan(None)
    deviation = np.sqrt(found.variance)
    columns["sd"] = pl.Series(np.tile(deviation, len(factors))).fill_nan(None)
    columns["rows"] = np.tile(found.rows, len(factors))
    columns["failed"] = np.tile(found.left_out, len(factors))
    columns["doubt"] = doubts(found)
    return pl.DataFrame(columns, schema_overrides={"country": pl.String, "doubt": pl.String})


def doubts(found: Sensitivity) -> list[str | None]:
    """Say for every factor and output, factor by factor, why its indices are missing or mean nothing; else nothing."""
    rules = doubtful(found)
    places = np.ndindex(found.first.value.shape)
    return ["; ".join(_doubt(found, rules, *place)) or None for place in places]


def of_outputs(found: Sensitivity, outputs: Sequence[int]) -> Sensitivity:
    """Return the same indices of some of the outputs."""
    some = list(outputs)
    kinds = {
        kind: Estimates(*(getattr(getattr(found, kind), part.name)[:, some] for part in fields(Estimates)))
        for kind in KINDS
    }
    single = {name: getattr(found, name)[some] for name in ("variance", "rows", "left_out", "still")}
    return replace(found, **kinds, **single, reasons=tuple(found.reasons[each] for each in some))


def _doubt(found: Sensitivity, rules: Doubts, factor: int, output: int) -> list[str]:
    place = (factor, output)
    said = [found.reasons[output]] if found.reasons[output] else []
    for kind, wide in (("first", rules.wide_first), ("total", rules.wide_total)):
        width = getattr(found, kind).half_width[place]
        if wide[place] and not np.isnan(width):
            said.append(f"{kind} known to +-{width:.2f} only")
    if rules.negative[place]:
        said.append("first below zero")
    if rules.above_total[place]:
        said.append("first above total")
    return said
