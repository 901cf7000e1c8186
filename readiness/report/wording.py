"""Small texts that all sections share: ranks with intervals, signed points, figures with units, verdicts on noise."""

from __future__ import annotations

from math import floor, log10

from readiness.numbers import GAP, MINUS, figure, printed
from readiness.report.data import Facts, Row
from readiness.report.document import Cell
from readiness.report.interval_words import places_text, scores_text, told_places
from readiness.report.texts import Texts
from readiness.report.words import short_reference
from readiness.sides import SAME


def signed(say: Texts, value: float | None, decimals: int) -> str:
    """Return a difference with its sign; one that is printed as zero has none.

    >>> signed(Texts(), 1.376, 2), signed(Texts(), -0.004, 2), signed(Texts(), -0.72, 1)
    ('+1.38', '0.00', '−0.7')
    """
    text = printed(value, decimals)
    plain = text.strip(MINUS + "0.,") == ""
    return say.digits(text if text == GAP or plain or text.startswith(MINUS) else f"+{text}")


def number(say: Texts, value: float | None) -> str:
    """Return a published figure with three digits."""
    return say.digits(figure(value))


def figure_text(say: Texts, value: float | None, unit: str) -> str:
    """Return a figure with its unit: "59.2 % of individuals", "3,960 TFlop/s"; a gap is its sign alone."""
    text, word = figure(value), say.data(unit)
    if text == GAP:
        return text
    if word.startswith("%"):
        return f"{say.percent(text)}{word[1:]}"
    return f"{say.digits(text)} {word}"


def rank_text(facts: Facts, code: str, node: str = "") -> str:
    """Return a rank with the number of ranked countries: "15 of 27"; a gap where there is none."""
    node = node or facts.root
    rank = facts.scores[code, node]["rank"]
    return facts.say("{rank} of {number}", rank=rank, number=facts.ranked[node]) if rank else GAP


def interval(facts: Facts, code: str, node: str = "") -> str:
    """Return the 90 % interval of a rank, nothing where none was computed."""
    row = facts.spread.row(code, node or facts.root) if facts.spread else None
    return places_text(row) if row else ""


def told_interval(facts: Facts, code: str) -> str:
    """Return the 90 % interval of the rank for a sentence, where a single place would read as a slip."""
    row = facts.spread.row(code, facts.root) if facts.spread else None
    return told_places(row) if row else ""


def score_range(facts: Facts, code: str) -> str:
    """Return the 90 % interval of a score, nothing where none was computed."""
    row = facts.spread.row(code, facts.root) if facts.spread else None
    text = scores_text(row, facts.scale.decimals, say=facts.say)
    return "" if text == GAP else text


def rank_cell(facts: Facts, code: str, node: str) -> Cell:
    """Return the cell of a rank, its interval below it."""
    row = facts.scores[code, node]
    beside = interval(facts, code, node)
    text = str(row["rank"]) if row["rank"] else GAP
    return Cell(text, facts.say.reason(row["reason"]) or facts.say("no rank"), (beside,) if beside else ())


def score_cell(facts: Facts, code: str, node: str, *, heat: bool = False, strong: bool = False) -> Cell:
    """Return the cell of a score, or of its gap with the reason."""
    row = facts.scores.get((code, node))
    reason = facts.say.reason(row["reason"] if row else None) or facts.say("no score")
    style = facts.class_of(code, node) if heat else None
    return Cell(facts.printed_score(code, node), reason, heat=style, strong=strong)


def reference_name(facts: Facts) -> str:
    """Return the short name of the reference, nothing where there is none."""
    return facts.say.data(short_reference(facts.framework))


def noise_text(facts: Facts, row: Row | None) -> str:
    """Say whether a movement is more than chance."""
    if row is None or None in (row["beyond_noise"], row["change"]):
        return ""
    if max(abs(row[name]) for name in ("change", "change_low_90", "change_high_90")) < SAME:
        return facts.say("unchanged")
    return facts.say("beyond noise") if row["beyond_noise"] else facts.say("within noise")


def change_range(facts: Facts, row: Row, decimals: int) -> str:
    """Return the interval of a change; an end that is not zero is not printed as zero."""
    say, ends = facts.say, []
    for end in (row["change_low_90"], row["change_high_90"]):
        text = signed(say, end, decimals)
        finer = end is not None and abs(end) >= SAME and text == signed(say, 0.0, decimals)
        ends.append(signed(say, end, max(decimals, -floor(log10(abs(end))))) if finer else text)
    return GAP if GAP in ends else say("{low} to {high}", low=ends[0], high=ends[1])


def places_range(say: Texts, row: Row) -> str:
    """Return the interval of places won, nothing where none was computed."""
    if row["places_low_90"] is None:
        return ""
    ends = {end: signed(say, row[f"places_{end}_90"], 0) for end in ("low", "high")}
    return say("{low} to {high}", **ends)


def places_cell(facts: Facts, row: Row) -> Cell:
    """Return the cell of places won or lost, its interval beside it."""
    say, beside = facts.say, places_range(facts.say, row)
    gap = say("no rank in one of the two editions")
    return Cell(signed(say, row["places"], 0), gap, (beside,) if beside and row["places"] is not None else ())


def places_moved(say: Texts, places: float | None) -> str:
    """Say how many places were won or lost."""
    if places is None:
        return GAP
    if places == 0:
        return say("same place")
    size = abs(places)
    whole, form = say.digits(f"{size:g}"), 1 if size == 1 else int(size + 0.5)
    if places > 0:
        return say.plural("{number} place won", "{number} places won", form, number=whole)
    return say.plural("{number} place lost", "{number} places lost", form, number=whole)
