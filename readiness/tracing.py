"""A score walked back to its figures."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from readiness.errors import USAGE, ReadinessError, Violation, nearest
from readiness.framework import Framework


def trace(tables: Mapping[str, pl.DataFrame], framework: Framework, country: str, node: str, edition: int) -> pl.DataFrame:
    """Return a node and everything under it, parents first, with what each adds to the node's score.

    Columns  node, depth, name, score, rank; share: of its parent; points: what it adds to the traced node's score, so
             that the points of the figures add up to it; for a figure raw, unit, year, vintage, obs_status,
             denominator, denominated, scored_unit, treated, source, dataset, file, row; reason of a gap.
    Gaps     `points` is null below a mean that is not a sum of its parts (the geometric one).
    Errors   ReadinessError for a country, node or edition that the run does not have.
    """
    _must_be_known("country", country, tables["scores"]["country"].unique().sort().to_list())
    _must_be_known("node", node, list(framework.nodes))
    _must_be_known("edition", str(edition), [str(each) for each in tables["scores"]["edition"].unique().sort()])
    here = (pl.col("edition") == edition) & (pl.col("country") == country)
    below = framework.below(node)
    scores = {row["node"]: row for row in tables["scores"].filter(here).iter_rows(named=True)}
    cells = {row["indicator"]: row for row in tables["cells"].filter(here).iter_rows(named=True)}
    base = framework.depths[node]
    parts = {node: 1.0 if scores[node]["score"] is not None else None}
    rows = []
    for code in below:
        own = scores[code]
        if code != node:
            parent = parts[own["parent"]]
            summed = own["contribution"] is not None
            parts[code] = parent * own["share"] if parent is not None and summed else None
        points = own["score"] * parts[code] if parts[code] is not None else None
        rows.append(_row(framework, code, framework.depths[code] - base, own, points, cells.get(code, {})))
    return pl.DataFrame(rows, schema=SCHEMA)


SCHEMA = {
    "node": pl.String,
    "depth": pl.Int32,
    "name": pl.String,
    "score": pl.Float64,
    "rank": pl.Int32,
    "share": pl.Float64,
    "points": pl.Float64,
    "raw": pl.Float64,
    "unit": pl.String,
    "year": pl.Int32,
    "vintage": pl.Date,
    "obs_status": pl.String,
    "denominator": pl.Float64,
    "denominated": pl.Float64,
    "scored_unit": pl.String,
    "treated": pl.Float64,
    "source": pl.String,
    "dataset": pl.String,
    "file": pl.String,
    "row": pl.UInt32,
    "reason": pl.String,
}


def _row(framework: Framework, code: str, depth: int, own: dict, points: float | None, cell: dict) -> dict:
    row = {"node": code, "depth": depth, "name": framework.name_of(code), "points": points}
    row |= {key: own[key] for key in ("score", "rank", "share", "reason")}
    if code in framework.indicators:
        indicator = framework.indicators[code]
        row |= {"unit": indicator.unit, "scored_unit": indicator.scored_unit}
    return row | {key: cell.get(key) for key in SCHEMA if key not in row}


def _must_be_known(what: str, asked: str, known: list[str]) -> None:
    if asked not in known:
        expected = "one of " + ", ".join(known) if len(known) < 10 else f"a {what} of the run"
        raise ReadinessError(Violation("E520", what, asked, expected, hint=nearest(asked, known)), USAGE)
