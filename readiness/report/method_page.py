"""The page on method: how certain the ranks are, what counts, how it is computed, agreement, indicators, sources."""

from __future__ import annotations

from functools import partial
from typing import Any

from readiness.numbers import printed
from readiness.report.certainty import certainty
from readiness.report.data import Facts
from readiness.report.method import ten_lines
from readiness.report.officer import caution
from readiness.report.sources import all_sources, used_for
from readiness.report.words import TABLES, edition_title, level_word, short_reference

GROUP_OUT = "the group above it does not count"


def method_page(facts: Facts) -> dict[str, Any]:
    """Return all that the page prints."""
    first, last = facts.editions[0], facts.editions[-1]
    return {
        "title": edition_title(facts.framework, facts.edition),
        "edition": facts.edition,
        "editions": facts.editions,
        "previous": facts.previous,
        "span": f"{first} to {last}",
        "short": short_reference(facts.framework),
        "caution": caution(facts),
        "certainty": certainty(facts),
        "counting": counting(facts),
        "method": ten_lines(facts),
        "agreement": agreement(facts),
        "glossary": [glossary_row(facts, number, code) for number, code in enumerate(facts.framework.leaves, 1)],
        "tables": [(name, TABLES.get(name, "")) for name in _known_first(facts.results.tables)],
        "sources": all_sources(facts),
        "used_for": partial(used_for, facts.say),
    }


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


def _letter(notes: dict[str, str], reason: str) -> str:
    return notes.setdefault(reason, _name_of_note(len(notes)))


def _name_of_note(number: int) -> str:
    """Return a, b, ... z, then a1, b1 and so on."""
    again, place = divmod(number, 26)
    return chr(ord("a") + place) + (str(again) if again else "")


def _known_first(tables: Any) -> list[str]:
    return [*(name for name in TABLES if name in tables), *sorted(set(tables) - set(TABLES))]
