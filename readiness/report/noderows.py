"""The row of a node on the page of a country."""

from __future__ import annotations

from typing import Any

from readiness.numbers import GAP, figure, fixed, percent
from readiness.report.data import Facts, Row
from readiness.report.points import why_no_points
from readiness.report.standing import rank_interval
from readiness.report.trend import sparkline
from readiness.report.words import flags_in_words


def node_row(facts: Facts, code: str, node: str, parts: dict[str, int]) -> dict[str, Any]:
    """Return the row of a node: score, rank, reference, share, points, trend, and an indicator's figure."""
    row = facts.scores[code, node]
    no_points = "" if node in parts else why_no_points(facts, code, node)
    found = {
        "name": facts.name(node),
        "depth": facts.framework.depths[node],
        "score": facts.printed_score(code, node),
        "reason": row["reason"],
        "rank": str(row["rank"]) if row["rank"] else GAP,
        "of": facts.ranked[node],
        "interval": rank_interval(facts, code, node),
        "reference": facts.printed_score(facts.reference, node),
        "share": percent(row["effective"]),
        "points": fixed(parts.get(node), facts.scale.index_decimals),
        "no_points": no_points,
        "width": facts.scale.width(row["score"]),
        "trend": _trend(facts, code, node),
        "notes": [f"No score: {row['reason']}."] if row["reason"] else [],
        "figure": None,
    }
    if node in facts.framework.indicators:
        return _with_figure(found, facts, code, node)
    if no_points and row["score"] is not None:
        found["notes"] = [f"No points: {no_points}."]
    return found


def _with_figure(found: dict[str, Any], facts: Facts, code: str, node: str) -> dict[str, Any]:
    """Return the row of an indicator: with its figure, its notes, and the place of its definition."""
    return {
        **found,
        "figure": _figure(facts.cells[code, node], facts.nodes[node]),
        "anchor": f"index.html#i{facts.framework.leaves.index(node) + 1}",
        "notes": [*_notes(facts, code, node), *found["notes"]],
    }


def _figure(cell: Row, node: Row) -> dict[str, Any]:
    """Return a figure as published, and as divided where that differs."""
    text, after = figure(cell["raw"]), figure(cell["denominated"])
    divided = cell["denominator"] is not None and (text, node["unit"]) != (after, node["scored_unit"])
    return {
        "text": text,
        "unit": node["unit"],
        "year": cell["year"],
        "flags": flags_in_words(cell["obs_status"]),
        "second": f"{after} {node['scored_unit']}" if divided else "",
        "reason": cell["reason"] or "no figure",
    }


def _notes(facts: Facts, code: str, node: str) -> list[str]:
    """Return what a reader must know about a figure: direction, cap, imputation."""
    cell, row = facts.cells[code, node], facts.nodes[node]
    notes = [] if row["higher_is_better"] else ["Less is better."]
    if cell["status"] == "imputed":
        notes.append(f"No figure; imputed: {figure(cell['imputed'])} {row['scored_unit']}.")
    before, after = cell["transformed"], cell["treated"]
    if before is not None and after is not None and before != after:
        bent = before != cell["imputed"]
        notes.append(f"Capped: counts as {figure(after)} {'after its transform' if bent else row['scored_unit']}.")
    return notes


def _trend(facts: Facts, code: str, node: str) -> str:
    if facts.previous is None:
        return ""
    return sparkline(facts.history[code, node], facts.editions, facts.scale, facts.decimals(node))
