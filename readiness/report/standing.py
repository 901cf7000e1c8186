"""How certain the rank of a country is: chances, tier, neighbours, and which source of error matters most."""

from __future__ import annotations

from typing import Any

from readiness.numbers import GAP, printed
from readiness.report.data import Facts
from readiness.report.interval_words import (
    SHORT,
    SOURCES,
    chance,
    places_text,
    scores_text,
    told_places,
    varied_in_words,
)
from readiness.report.rankbars import rank_bars
from readiness.report.spread import Row, Spread, is_outside
from readiness.report.words import counted, listed

BESIDE = 3  # neighbours above and below
TOPS = (1, 3, 5, 10)


def standing(facts: Facts, code: str) -> dict[str, Any] | None:
    """Return the section of a country's page; nothing where no intervals were computed or the country has no rank."""
    spread = facts.spread
    row = spread.row(code, facts.root) if spread else None
    if spread is None or row is None:
        return None
    name = facts.framework.unit_name(code)
    return {
        "says": _says(facts, spread, row, name),
        "chart": rank_bars(spread.places[code], row["rank"], facts.ranked[facts.root], name),
        "tops": [(_top(number), chance(row[f"top_{number}"])) for number in TOPS if number < facts.ranked[facts.root]],
        "neighbours": neighbours(facts, spread, code),
        "sources": sources(spread, code),
        "replicates": f"{spread.replicates:,}",
        "varied": varied_in_words(spread),
        "outside": outside(facts, spread, code),
    }


def neighbours(facts: Facts, spread: Spread, code: str) -> list[dict[str, Any]]:
    """Return the countries next above and below: how often this one is ahead of each, and what follows from it."""
    ranked = [each for each in facts.order if spread.row(each, facts.root)]
    at = ranked.index(code)
    return [
        {
            "code": other,
            "name": facts.framework.unit_name(other),
            "rank": spread.rows[other, facts.root]["rank"],
            "interval": places_text(spread.rows[other, facts.root]),
            "ahead": chance(spread.ahead(code, other)),
            "apart": _apart(spread, code, other),
        }
        for other in ranked[max(0, at - BESIDE) : at + BESIDE + 1]
        if other != code
    ]


def _apart(spread: Spread, code: str, other: str) -> str:
    if not spread.apart(code, other):
        return "no"
    return "yes, ahead" if spread.leads(code, other) else "yes, behind"


def sources(spread: Spread, code: str) -> list[dict[str, str]]:
    """Return the 90 % interval of the rank by source of error."""
    found = []
    for mix in spread.mixes:
        row = spread.sources.get((mix, code))
        if row is not None and row["rank_low_90"] is not None:
            width = f"{row['rank_high_90'] - row['rank_low_90']:g}"
            found.append({"name": SHORT.get(mix, mix), "interval": places_text(row), "width": width})
    return found


def outside(facts: Facts, spread: Spread, code: str) -> str:
    """Name the parts of the index where the rank of the run lies outside its 90 % interval."""
    rows = [(node, spread.row(code, node)) for node in facts.framework.groups]
    found = [
        f"{facts.name(node)} (rank {row['rank']}, {told_places(row)})" for node, row in rows if row and is_outside(row)
    ]
    if not found:
        return ""
    return (
        f"The rank of the run lies outside its own interval in {listed(found)}: {varied_in_words(spread)} vary from "
        "replicate to replicate, and in most of them the rank is another."
    )


def score_interval(facts: Facts, code: str, node: str) -> str:
    """Return the 90 % interval of a score as it is printed; nothing where none was computed."""
    row = facts.spread.row(code, node) if facts.spread else None
    text = scores_text(row, facts.scale.decimals)
    return "" if text == GAP else text


def rank_interval(facts: Facts, code: str, node: str) -> str:
    """Return the 90 % interval of a rank as it is printed; nothing where none was computed."""
    row = facts.spread.row(code, node) if facts.spread else None
    return places_text(row) if row else ""


def in_brackets(facts: Facts, code: str) -> str:
    """Return the 90 % interval of the rank on the index for a sentence; nothing where none was computed."""
    row = facts.spread.row(code, facts.root) if facts.spread else None
    return f" (90 % interval {told_places(row)})" if row else ""


def _says(facts: Facts, spread: Spread, row: Row, name: str) -> list[str]:
    """Say rank with interval, tier and what moves the rank most."""
    with_it = [
        facts.framework.unit_name(each)
        for each in facts.order
        if each != row["country"] and (other := spread.row(each, facts.root)) and other["tier"] == row["tier"]
    ]
    beside = f"together with {listed(with_it)}" if with_it else "alone"
    low, high = row["rank_low_90"], row["rank_high_90"]
    where = f"rank {low}" if low == high else f"a rank from {low} to {high}"
    found = [f"In at least 90 % of the replicates {name} has {where}."]
    found += _off_the_run(facts, spread, row)
    return [*found, f"It is in tier {row['tier']}, {beside}.", *_moves_most(spread, row["country"])]


def _off_the_run(facts: Facts, spread: Spread, row: Row) -> list[str]:
    """Say where the run's rank or score lies outside the middle half of the replicates, and what they give."""
    found = []
    if not row["rank_low_50"] <= row["rank"] <= row["rank_high_50"]:
        places = spread.places[row["country"]]
        lower = sum(share for rank, share in places if rank > row["rank"])
        higher = sum(share for rank, share in places if rank < row["rank"])
        share, word = (lower, "lower") if lower > higher else (higher, "higher")
        average = printed(row["rank_mean"], 1)
        found.append(
            f"In {chance(share)} of the replicates it ranks {word} than in the run; its mean rank is {average}."
        )
    if spread.one_scale and not row["score_low_50"] <= row["score"] <= row["score_high_50"]:
        mean = printed(row["score_mean"], facts.scale.decimals)
        own = facts.printed_score(row["country"], facts.root)
        found.append(f"The mean score of the replicates is {mean}, that of the run {own}.")
    return found


def _moves_most(spread: Spread, code: str) -> list[str]:
    """Say which single sources of error give the widest interval of the rank."""
    alone = [mix for mix in spread.mixes if mix not in ("method", "all")]
    rows = {mix: spread.sources[mix, code] for mix in alone if (mix, code) in spread.sources}
    known = {mix: row for mix, row in rows.items() if row["rank_low_90"] is not None}
    wide = {mix: row["rank_high_90"] - row["rank_low_90"] for mix, row in known.items()}
    if len(wide) < 2:
        return []
    most = max(wide.values())
    named = [SOURCES.get(mix, mix) for mix, width in wide.items() if width == most]
    if most == 0:
        return ["No source of error alone gives an interval of more than one rank."]
    if len(named) == len(wide):
        return [f"Each source of error alone gives an interval {places} wide." for places in [counted(most, "place")]]
    return [f"Of single sources of error, {listed(named)} give the widest interval: {counted(most, 'place')}."]


def _top(number: int) -> str:
    return "First" if number == 1 else f"Top {number}"
