"""A score walked back to its figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from readiness.errors import USAGE, ReadinessError, Violation, nearest

SCHEMA = {
    "node": pl.String,
    "parent": pl.String,
    "depth": pl.Int32,
    "name": pl.String,
    "score": pl.Float64,
    "rank": pl.Float64,
    "share": pl.Float64,
    "points": pl.Float64,
    "raw": pl.Float64,
    "unit": pl.String,
    "year": pl.Int32,
    "vintage": pl.Date,
    "obs_status": pl.String,
    "denominator": pl.Float64,
    "denominator_year": pl.Int32,
    "denominated": pl.Float64,
    "scored_unit": pl.String,
    "transformed": pl.Float64,
    "treated": pl.Float64,
    "source": pl.String,
    "dataset": pl.String,
    "file": pl.String,
    "row": pl.UInt32,
    "reason": pl.String,
}


def trace(tables: Mapping[str, pl.DataFrame], country: str, node: str | None, edition: int) -> pl.DataFrame:
    """Return a node (the index if None) and everything under it, parents first, with what each adds to its score.

    Columns  node, depth, name, score, rank; share: of its parent's score; points: what it adds to the traced node's
             score, so that the points of any level add up to it; for an indicator the figure with unit, year, vintage,
             flags, denominator, stages, source, file and row; reason of a gap.
    Gaps     `points` is null below a mean that is not the sum of its parts (the geometric one), and for the
             reference where it is the mean of the countries.
    Errors   ReadinessError for a country, node or edition that the run does not have.
    """
    nodes = tables["nodes"].sort("position")
    node = nodes["node"][0] if node is None else node
    _must_be_known("country", country, tables["scores"]["country"].unique().sort().to_list())
    _must_be_known("node", node, nodes["node"].to_list())
    _must_be_known("edition", str(edition), [str(each) for each in tables["scores"]["edition"].unique().sort()])
    here = (pl.col("edition") == edition) & (pl.col("country") == country)
    scores = {row["node"]: row for row in tables["scores"].filter(here).iter_rows(named=True)}
    cells = {row["indicator"]: row for row in tables["cells"].filter(here).iter_rows(named=True)}
    rows: dict[str, dict[str, Any]] = {}
    for each in nodes.iter_rows(named=True):
        code, own = each["node"], scores[each["node"]]
        if code == node:
            rows[code] = {"depth": 0, "part": 1.0}
        elif each["parent"] in rows:
            above = rows[each["parent"]]
            summed = own["contribution"] is not None and above["part"] is not None
            rows[code] = {"depth": above["depth"] + 1, "part": above["part"] * own["share"] if summed else None}
        else:
            continue
        rows[code] |= _details(each, own, cells.get(code, {}), rows[code]["part"])
    return pl.DataFrame([{key: row.get(key) for key in SCHEMA} for row in rows.values()], schema=SCHEMA)


def _details(node: dict[str, Any], own: dict[str, Any], cell: dict[str, Any], part: float | None) -> dict[str, Any]:
    described = {key: node[key] for key in ("node", "parent", "name", "unit", "scored_unit")}
    scored = {key: own[key] for key in ("score", "rank", "share", "reason")}
    has_points = part is not None and own["score"] is not None
    points = {"points": own["score"] * part if has_points else None}
    return {**{key: value for key, value in cell.items() if key in SCHEMA}, **described, **scored, **points}


def _must_be_known(what: str, asked: str, known: list[str]) -> None:
    if asked not in known:
        expected = "one of " + ", ".join(known) if len(known) < 10 else f"a {what} of the run"
        raise ReadinessError(Violation("E520", what, asked, expected, hint=nearest(asked, known)), USAGE)
