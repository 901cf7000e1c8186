"""The page of the index: finding, ranking, map, what counts, method, agreement, indicators, sources."""

from __future__ import annotations

from typing import Any

from readiness.numbers import fixed, printed, whole
from readiness.report.certainty import bands, certainty
from readiness.report.data import Facts
from readiness.report.interval_words import places_text, scores_text, told_places, varied_in_words
from readiness.report.method import ten_lines
from readiness.report.sources import all_sources
from readiness.report.tilemap import tile_map
from readiness.report.words import CAUTION, TABLES, counted, level_word, listed, reference_rule, short_reference

HEAT_WIDTH = 56  # per cent of the ranking table, shared by the columns of the pillars
GROUP_OUT = "the group above it does not count"


def overview(facts: Facts) -> dict[str, Any]:
    """Return all that the page of the index prints."""
    return {
        "lead": lead(facts),
        "caution": caution(facts),
        "change_note": change_note(facts),
        "column_width": f"{HEAT_WIDTH / len(facts.pillars):.1f}%",
        "columns": [facts.name(code) for code in facts.pillars],
        "bands": bands(facts, [ranking_row(facts, code) for code in facts.order]),
        "certainty": certainty(facts),
        "reference_row": reference_row(facts),
        "reference_rule": reference_rule(facts.framework),
        "map": tile_map(facts),
        "legend": facts.scale.legend(),
        "counting": counting(facts),
        "method": ten_lines(facts),
        "agreement": agreement(facts),
        "glossary": [glossary_row(facts, number, code) for number, code in enumerate(facts.framework.leaves, 1)],
        "tables": [(name, TABLES.get(name, "")) for name in _known_first(facts.results.tables)],
        "sources": all_sources(facts),
    }


def lead(facts: Facts) -> str:
    """Say who leads, who follows, how far the scores lie apart, and where the reference stands."""
    ranked = [code for code in facts.order if facts.ranks[code][-1] is not None]
    if not ranked:
        return f"No country has a rank in edition {facts.edition}."
    first, last = (_sharing(facts, ranked, code) for code in (ranked[0], ranked[-1]))
    second = _sharing(facts, ranked, ranked[len(first)]) if len(first) < len(ranked) else []
    told = [_placed(facts, codes, len(ranked)) for codes in (first, second, last) if codes]
    decimals = facts.scale.index_decimals
    top, bottom = ((whole(facts.score(codes[0], facts.root), decimals) or 0) for codes in (first, last))
    apart = f"{fixed(top - bottom, decimals)} points lie between the first and the last."
    own = (
        f" {facts.framework.reference.name}: {facts.printed_score(facts.reference, facts.root)}."
        if facts.reference
        else ""
    )
    return f"{listed(list(dict.fromkeys(told)))}. {apart}{own}"


def _sharing(facts: Facts, ranked: list[str], code: str) -> list[str]:
    """Return the countries with the rank of a country, itself among them."""
    return [each for each in ranked if facts.ranks[each][-1] == facts.ranks[code][-1]]


def _placed(facts: Facts, codes: list[str], number: int) -> str:
    names, rank = listed([facts.framework.unit_name(code) for code in codes]), facts.ranks[codes[0]][-1]
    verb = "has rank" if len(codes) == 1 else "share rank"
    of = f" of {number}" if rank == 1 else ""
    beside = _intervals_in_brackets(facts, codes, first=rank == 1)
    return f"{names} {verb} {rank}{of}{beside} with {facts.printed_score(codes[0], facts.root)}"


def _intervals_in_brackets(facts: Facts, codes: list[str], *, first: bool) -> str:
    """Return the intervals of ranks in brackets, which the first time say what they are; nothing without intervals."""
    rows = [facts.spread.row(code, facts.root) for code in codes] if facts.spread else []
    known = [told_places(row) for row in rows if row]
    what = f"90 % interval{'s' if len(known) > 1 else ''} " if first else ""
    return f" ({what}{listed(known)})" if known else ""


def caution(facts: Facts) -> str:
    """Say what the intervals are, or that there are none."""
    if facts.spread is None:
        return CAUTION
    what = "Ranks and scores" if facts.spread.one_scale else "Ranks"
    return (
        f"{what} have 90 % intervals, from {facts.spread.replicates:,} replicates in which "
        f"{varied_in_words(facts.spread)} vary."
    )


def ranking_row(facts: Facts, code: str) -> dict[str, Any]:
    """Return the row of a country."""
    row = facts.scores[code, facts.root]
    return {
        "code": code,
        "name": facts.framework.unit_name(code),
        "rank": row["rank"],
        "reason": row["reason"] or "no rank",
        "change": change(facts, code),
        "places": places_text(own := facts.spread.row(code, facts.root) if facts.spread else None),
        "range": scores_text(own, facts.scale.decimals),
        **_scores(facts, code),
    }


def reference_row(facts: Facts) -> dict[str, Any] | None:
    """Return the row of the reference, which has no rank."""
    if not facts.framework.reference or facts.score(facts.reference, facts.root) is None:
        return None
    return {
        "name": short_reference(facts.framework),
        "full": facts.framework.reference.name,
        **_scores(facts, facts.reference),
    }


def change(facts: Facts, code: str) -> str:
    """Return the places won or lost since the previous edition, in words."""
    if facts.previous is None:
        return ""
    before, now = facts.ranks[code][-2:]
    if before is None or now is None:
        return ":"
    return "same" if before == now else f"{'up' if now < before else 'down'} {abs(now - before)}"


def change_note(facts: Facts) -> str:
    """Say how far the indicators of the newest edition and of the one before are the same."""
    if facts.previous is None:
        return ""
    old, new = (facts.indicators_counted[edition] for edition in (facts.previous, facts.edition))
    if old == new:
        return f"The same {counted(len(new), 'indicator')} count in {facts.previous} and in {facts.edition}."
    moved = [
        f"{word}: {listed([facts.name(code) for code in facts.framework.leaves if code in codes])}"
        for word, codes in ((f"Only in {facts.edition}", new - old), (f"Only in {facts.previous}", old - new))
        if codes
    ]
    return (
        f"{counted(len(old), 'indicator')} count in {facts.previous}, {len(new)} in {facts.edition}: a change of rank "
        f"can come from this alone. {'. '.join(moved)}."
    )


def counting(facts: Facts) -> dict[str, Any]:
    """Return what does not count in which edition, with the reasons as lettered notes."""
    notes: dict[str, str] = {}
    rows = []
    for code in facts.framework.nodes:
        own = [facts.weights[edition, code] for edition in facts.editions]
        if all(row["effective"] > 0 for row in own):
            continue
        letters = [_letter(notes, row["reason"] or GROUP_OUT) if row["effective"] == 0 else "" for row in own]
        rows.append({"name": facts.name(code), "level": level_word(facts.nodes[code]["level"]), "letters": letters})
    numbers = [len(facts.indicators_counted[edition]) for edition in facts.editions]
    notes_in_order = [(letter, reason) for reason, letter in notes.items()]
    return {"rows": rows, "notes": notes_in_order, "numbers": numbers, "of": len(facts.framework.leaves)}


def agreement(facts: Facts) -> list[dict[str, Any]]:
    """Return the rank correlation of each context series with the newest edition."""
    rows = facts.results.tables["agreement"].rows(named=True)
    return [
        {"name": row["name"], "countries": row["countries"], "spearman": printed(row["spearman"], 2)}
        for row in sorted(rows, key=lambda row: (-(row["spearman"] or -2.0), row["name"]))
        if row["edition"] == facts.edition
    ]


def glossary_row(facts: Facts, number: int, code: str) -> dict[str, Any]:
    """Return what is counted by an indicator."""
    row = facts.nodes[code]
    share = facts.weights[facts.edition, code]["effective"]
    return {
        **row,
        "number": number,
        "share": printed(100 * share, 1),
        "above": facts.name(facts.framework.parents[code]),
    }


def _scores(facts: Facts, code: str) -> dict[str, Any]:
    return {
        "score": facts.printed_score(code, facts.root),
        "width": facts.scale.width(facts.score(code, facts.root)),
        "cells": [_heat(facts, code, pillar) for pillar in facts.pillars],
    }


def _heat(facts: Facts, code: str, node: str) -> dict[str, Any]:
    each = facts.class_of(code, node)
    reason = facts.scores[code, node]["reason"] if (code, node) in facts.scores else None
    return {"text": facts.printed_score(code, node), "style": "none" if each is None else f"c{each}", "reason": reason}


def _letter(notes: dict[str, str], reason: str) -> str:
    return notes.setdefault(reason, _name_of_note(len(notes)))


def _name_of_note(number: int) -> str:
    """Return a, b, ... z, then a1, b1 and so on."""
    again, place = divmod(number, 26)
    return chr(ord("a") + place) + (str(again) if again else "")


def _known_first(tables: Any) -> list[str]:
    return [*(name for name in TABLES if name in tables), *sorted(set(tables) - set(TABLES))]
