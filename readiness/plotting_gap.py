"""The chart of contributions: what each pillar adds to the gap between a country and another, or the reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from readiness.numbers import apportion, whole
from readiness.plotting_canvas import (
    DOWN,
    INK,
    MARK,
    UP,
    Chart,
    Said,
    alt,
    around,
    beside,
    finished,
    raw,
    rows_of,
    table,
    tips,
    values,
)
from readiness.plotting_names import country_labels, labels, member_or_reference, no_chart, signed
from readiness.report.data import Facts
from readiness.report.words import edition_title
from readiness.sides import member

BAR_ROW = 26
REST = "Gaps, and weights shared otherwise"  # what is left where a part has no score and its weight goes to others
MEAN = "the mean of the countries"


def contributions(facts: Facts, country: str, against: str | None = None) -> Chart:
    """Return what each pillar adds to the gap to the reference, to another country, or to the mean of the countries.

    Errors   ReadinessError where an index is no sum of its parts, or one of the two has no score.
    """
    code = member(facts.framework, country)
    other = member_or_reference(facts.framework, against) if against else facts.reference
    if other == code:
        raise no_chart("contributions", code, "another country than the first")
    own, theirs = facts.score(code, facts.root), _score(facts, other)
    if own is None or theirs is None:
        raise no_chart("contributions", code if own is None else other, "a country with a score")
    decimals = facts.scale.index_decimals
    gap = (whole(own, decimals) or 0) - (whole(theirs, decimals) or 0)
    rows = _rows(_parts(facts, code, other, own - theirs), gap, decimals)
    told = country_labels(facts.framework)
    names = (told[code], told[other] if other else MEAN)
    return finished(_layers(rows), _said(facts, rows, names, gap), height=BAR_ROW * len(rows), beside=200)


def _score(facts: Facts, other: str) -> float | None:
    """Return the score of another country, or the mean of all where there is no other."""
    if other:
        return facts.score(other, facts.root)
    known = [score for code in facts.order if (score := facts.score(code, facts.root)) is not None]
    return sum(known) / len(known) if known else None


def _parts(facts: Facts, code: str, other: str, gap: float) -> dict[str, float]:
    """Return the part of each pillar that has one, by its label, and what is left; they add up to the gap.

    Against a mean of scores, which has no contributions, a pillar's part is its share of the country's score times the
    difference of the two scores.
    """
    names = labels({**{node: facts.name(node) for node in facts.pillars}, "": REST})
    found = {}
    for node in facts.pillars:
        row = facts.scores[code, node]
        if row["score"] is not None and row["share"] and row["contribution"] is None:
            raise no_chart("contributions", facts.name(facts.root), "an index that is the sum of its parts")
        theirs = _contribution(facts, other, node, row["share"])
        if row["contribution"] is not None and theirs is not None:
            found[names[node]] = row["contribution"] - theirs
    rest = gap - sum(found.values())
    decimals = facts.scale.index_decimals
    return {**found, names[""]: rest} if round(abs(rest), decimals + 2) or not found else found


def _rows(parts: Mapping[str, float], gap: int, decimals: int) -> list[dict[str, Any]]:
    """Return a row for each part, those that have most part in the gap first; printed points add up to the gap."""
    points = apportion([part * 10.0**decimals for part in parts.values()], gap)
    rows = [
        {"pillar": name, "points": part, "text": signed(number, decimals), "start": 0.0, "colour": _sign(number)}
        for (name, part), number in zip(parts.items(), points, strict=True)
    ]
    return sorted(rows, key=lambda row: row["points"], reverse=gap > 0)


def _contribution(facts: Facts, other: str, node: str, share: float | None) -> float | None:
    """Return what a pillar adds to the score of another country, of the reference, or of the mean."""
    if other:
        row = facts.scores[other, node]
        if row["contribution"] is not None or other in facts.framework.units:
            return row["contribution"] or 0.0
        return None if share is None or row["score"] is None else share * row["score"]
    scored = [unit for unit in facts.order if facts.score(unit, facts.root) is not None]
    return sum(facts.scores[unit, node]["contribution"] or 0.0 for unit in scored) / len(scored)


def _sign(number: int) -> str:
    return UP if number > 0 else DOWN if number < 0 else MARK


def _layers(rows: Sequence[dict[str, Any]]) -> list[alt.Chart]:
    """Draw bars to both sides of zero, their points at the right."""
    ends = around([0.0, *(row["points"] for row in rows)], 0.08)
    y = rows_of("pillar", [row["pillar"] for row in rows])
    points, zero = (values(field, "Part of the gap (points of the index)", ends) for field in ("points", "start"))
    base = alt.Chart(table(rows))
    bar = base.mark_bar(height={"band": 0.62})
    return [
        bar.encode(y=y, x=points, x2="start:Q", color=raw("colour"), tooltip=tips(pillar="Pillar", text="Points")),
        alt.Chart(table([{"start": 0.0}])).mark_rule(color=INK, opacity=1).encode(x=zero),
        beside(base, y, "text"),
    ]


def _said(facts: Facts, rows: Sequence[dict[str, Any]], names: tuple[str, str], gap: int) -> Said:
    """Say who is ahead and which pillar has the largest part in it."""
    decimals = facts.scale.index_decimals
    title = f"{names[0]} against {names[1]}: {signed(gap, decimals)} points"
    if gap and (rows[0]["points"] > 0) == (gap > 0):
        title += f". Largest part: {rows[0]['pillar']}, {rows[0]['text']}"
    subtitle = (
        f"{edition_title(facts.framework, facts.edition)}: points that each part of the index adds to the gap. "
        f"Together: {signed(gap, decimals)}."
    )
    told = "; ".join(f"{row['pillar']} {row['text']}" for row in rows)
    return Said(title, subtitle, f"{title}. {told}.")
