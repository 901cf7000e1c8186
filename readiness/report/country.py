"""The page of a country: finding, editions, pillars, indicators, context, sources."""

from __future__ import annotations

from typing import Any

from readiness.numbers import GAP, figure, fixed, whole
from readiness.report.data import Facts, Row
from readiness.report.noderows import node_row
from readiness.report.overview import caution
from readiness.report.points import points
from readiness.report.sources import sources_of
from readiness.report.standing import in_brackets, rank_interval, score_interval, standing
from readiness.report.trend import chart
from readiness.report.words import (
    FLAGS,
    flags_in_words,
    level_word,
    listed,
    plural,
    reference_rule,
    short_reference,
)

EXTREMES = 3


def country_page(facts: Facts, code: str) -> dict[str, Any]:
    """Return all that the page of a country prints."""
    parts = points(facts, code)
    level = level_word(facts.nodes[facts.pillars[0]]["level"])
    best, worst = extremes(facts, code)
    return {
        "code": code,
        "name": facts.framework.unit_name(code),
        "lead": lead(facts, code),
        "caution": caution(facts),
        "standing": standing(facts, code),
        "boxes": boxes(facts, code),
        "level": level,
        "levels": plural(level),
        "editions_table": editions_table(facts, code),
        "chart": _chart(facts, code),
        "columns": _columns(facts),
        "pillars": [node_row(facts, code, node, parts) for node in facts.pillars],
        "total": fixed(parts.get(facts.root), facts.scale.index_decimals),
        "best": best,
        "worst": worst,
        "sections": [section(facts, code, node, parts) for node in facts.pillars],
        "context": [_context_row(row) for row in facts.context.get(code, [])],
        "flags": _flags_used(facts, code),
        "sources": sources_of(facts, code),
        "reference_rule": reference_rule(facts.framework),
        **_neighbours(facts, code),
    }


def lead(facts: Facts, code: str) -> list[str]:
    """Return the finding: rank, score, distance to the reference and to the neighbours, highest and lowest pillar."""
    row = facts.scores[code, facts.root]
    if row["score"] is None:
        return [
            f"{facts.framework.unit_name(code)} has no score and no rank in edition {facts.edition}: {row['reason']}."
        ]
    decimals = facts.scale.index_decimals
    own = whole(row["score"], decimals) or 0
    rivals = [each for each in facts.order if facts.ranks[each][-1] == row["rank"] and each != code]
    shared = f", shared with {listed([facts.framework.unit_name(each) for each in rivals])}" if rivals else ""
    interval = in_brackets(facts, code)
    place = f"rank {row['rank']} of {facts.ranked[facts.root]}{interval}{shared}" if row["rank"] else "no rank"
    other = whole(facts.score(facts.reference, facts.root), decimals)
    beside = "" if other is None else f", {_distance(own - other, decimals)} {short_reference(facts.framework)}"
    first = f"{facts.framework.unit_name(code)} has {place} with a score of {fixed(own, decimals)}{beside}."
    return [first, *_pillar_sentence(facts, code)]


def boxes(facts: Facts, code: str) -> list[tuple[str, str, str]]:
    """Return the key figures: label, text, and the 90 % interval where there is one."""
    row = facts.scores[code, facts.root]
    place = f"{row['rank']} of {facts.ranked[facts.root]}" if row["rank"] else GAP
    found = [
        ("Rank", place, rank_interval(facts, code, facts.root)),
        ("Score", facts.printed_score(code, facts.root), score_interval(facts, code, facts.root)),
    ]
    if facts.reference:
        label = f"{short_reference(facts.framework)} score"
        found.append((label, facts.printed_score(facts.reference, facts.root), ""))
    if facts.previous is not None:
        before = facts.ranks[code][-2]
        found.append((f"Rank in {facts.previous}", str(before) if before else GAP, ""))
    return found


def editions_table(facts: Facts, code: str) -> list[dict[str, Any]]:
    """Return rank, score and number of counted indicators of each edition."""
    decimals = facts.scale.index_decimals
    others = facts.history.get((facts.reference, facts.root), [None] * len(facts.editions))
    history = zip(facts.editions, facts.ranks[code], facts.history[code, facts.root], others, strict=True)
    return [
        {
            "edition": edition,
            "rank": str(rank) if rank else GAP,
            "score": fixed(whole(score, decimals), decimals),
            "reference": fixed(whole(other, decimals), decimals),
            "indicators": len(facts.indicators_counted[edition]),
        }
        for edition, rank, score, other in history
    ]


def extremes(facts: Facts, code: str) -> tuple[list[Row], list[Row]]:
    """Return the indicators with the best and the worst ranks; equal ranks by score, then in the order of the tree."""
    own = [facts.scores[code, leaf] for leaf in facts.framework.leaves]
    ranked = [row for row in own if row["rank"] is not None and row["effective"]]
    number = min(EXTREMES, len(ranked) // 2)
    best = sorted(ranked, key=lambda row: (row["rank"], -row["score"]))[:number]
    worst = sorted(ranked, key=lambda row: (-row["rank"], row["score"]))[:number]
    return [_extreme(facts, code, row) for row in best], [_extreme(facts, code, row) for row in worst]


def section(facts: Facts, code: str, pillar: str, parts: dict[str, int]) -> dict[str, Any]:
    """Return a pillar with all nodes under it; a pillar that is an indicator has its own row."""
    below = facts.framework.below(pillar)
    head = node_row(facts, code, pillar, parts)
    rows = [node_row(facts, code, node, parts) for node in below[1:]] or [head]
    return {"head": head, "demand": facts.nodes[pillar]["why"] if len(below) > 1 else "", "rows": rows}


def _columns(facts: Facts) -> list[tuple[str, str]]:
    """Return heading and style of each column of the tables of indicators."""
    reference = [(short_reference(facts.framework), "num")] if facts.reference else []
    trend = [("Trend", "")] if facts.previous is not None else []
    return [("Indicator", ""), ("Figure", ""), ("Score", "num"), *reference, ("Rank", "num"), ("Points", "num"), *trend]


def _chart(facts: Facts, code: str) -> str:
    if facts.previous is None:
        return ""
    other = facts.history.get((facts.reference, facts.root), [])
    names = (facts.framework.unit_name(code), short_reference(facts.framework))
    return chart(facts.history[code, facts.root], other, names, facts.editions, facts.scale)


def _pillar_sentence(facts: Facts, code: str) -> list[str]:
    scored = [(facts.score(code, node), node) for node in facts.pillars if facts.score(code, node) is not None]
    if len(scored) < 2:
        return []
    level = level_word(facts.nodes[facts.pillars[0]]["level"])
    high, low = max(scored, key=lambda pair: pair[0])[1], min(scored, key=lambda pair: pair[0])[1]
    told = [f"{facts.name(node)} ({facts.printed_score(code, node)})" for node in (high, low)]
    return [f"Highest {level} score: {told[0]}; lowest: {told[1]}."]


def _distance(units: int, decimals: int) -> str:
    if units == 0:
        return "equal to that of"
    return f"{fixed(abs(units), decimals)} points {'above' if units > 0 else 'below'}"


def _extreme(facts: Facts, code: str, row: Row) -> Row:
    node = row["node"]
    return {
        "name": facts.name(node),
        "rank": row["rank"],
        "of": facts.ranked[node],
        "score": facts.printed_score(code, node),
    }


def _context_row(row: Row) -> Row:
    return {**row, "text": figure(row["value"])}


def _flags_used(facts: Facts, code: str) -> list[tuple[str, str]]:
    used = {flag for leaf in facts.framework.leaves for flag in facts.cells[code, leaf]["obs_status"] or ""}
    return [pair for flag in sorted(used, key=lambda flag: (flag not in FLAGS, flag)) for pair in flags_in_words(flag)]


def _neighbours(facts: Facts, code: str) -> dict[str, Any]:
    place = facts.order.index(code)
    before = facts.order[place - 1] if place else None
    after = facts.order[place + 1] if place + 1 < len(facts.order) else None
    return {"before": before, "after": after}
