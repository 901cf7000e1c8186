"""What a notebook shows of results, of other figures and of two countries side by side: small HTML.

Every text is escaped, styles stand with their elements, and there is no script, so that the HTML is safe and whole
wherever it is pasted. Colours are those of the notebook, dark or light.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from readiness.numbers import GAP, figure, place, printed
from readiness.report.interval_words import DASH, chance, scores_text
from readiness.report.words import edition_title, level_word
from readiness.scale import scale_of
from readiness.terminal_intervals import interval_note, rank_intervals

if TYPE_CHECKING:
    from readiness.contrast import Contrast
    from readiness.results import Results
    from readiness.whatif import WhatIf

MOST_ROWS = 60
TABLE = "border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:0.9em;margin:0.4em 0"
CAPTION = "caption-side:top;text-align:left;font-weight:bold;font-size:1.1em;padding:0.2em 0.5em"
NOTE = "font-size:0.85em;margin:0.2em 0.5em;max-width:60em"
CELL = "padding:0.15em 0.6em;font-weight:normal"
RULE = "border-top:1px solid #767f8c"

Cells = Sequence[str]


def results_html(results: Results) -> str:
    """Return the ranking with intervals and tiers where they were computed, the reference, the run and its notes."""
    framework, ranking = results.framework, results.ranks
    beside = rank_intervals(results)
    extra = ["90 %", "Tier"] if beside else []
    pillars = [framework.name_of(code) for code in framework.children(framework.root)]
    head = ["Rank", *extra, "Country", "Score", *pillars]
    decimals = _decimals(results)
    rows = [_ranked(row, beside, decimals) for row in ranking.head(MOST_ROWS).iter_rows()]
    tiers = [beside.get(code, ("", ""))[1] for code in ranking["country"].head(MOST_ROWS)]
    rules = {number for number, (above, tier) in enumerate(pairwise(tiers), start=1) if above != tier}
    reference = results.reference_row()
    if reference:
        name, *scores = reference
        rows.append(["", *("" for _ in extra), name, *_scores(scores, decimals)])
        rules.add(len(rows) - 1)
    notes = [_run(results), interval_note(results), *results.notes]
    if ranking.height > MOST_ROWS:
        notes.insert(0, f"The first {MOST_ROWS} of {ranking.height}; index.ranks has all.")
    title = edition_title(framework, results.edition)
    return _whole(_table(title, head, rows, {"Country"}, rules), *map(_note, notes))


def what_if_html(asked: WhatIf) -> str:
    """Return figures, scores and ranks now and then, with the chance of a better rank. Arithmetic, not a forecast."""
    title = f"{asked.name}, {asked.edition}: what if"
    changes = asked.changes.rows(named=True)
    nodes = asked.nodes.rows(named=True)
    figures = [_changed(row, asked.decimals) for row in changes]
    moved = [_moved(row, asked.decimals) for row in nodes]
    notes = ["Arithmetic, not a forecast: all other figures, and the scale, stay as they are."]
    if asked.chance is not None:
        notes.insert(0, f"It ranks better than without the change in {chance(asked.chance)} of the replicates.")
    first = ["Indicator", "Unit", "Figure now", "Figure then", "Score now", "Score then"]
    second = ["Node", "Score now", "Score then", "90 %", "Rank now", "Rank then", "90 %"]
    return _whole(
        _table(title, first, figures, {"Indicator", "Unit"}),
        _table("What follows", second, moved, {"Node"}),
        *map(_note, notes),
    )


def contrast_html(pair: Contrast) -> str:
    """Return the scores of two countries on every node, their difference, and who leads beyond noise."""
    one, other = (pair.framework.unit_name(code) for code in (pair.one, pair.other))
    names = {pair.one: one, pair.other: other}
    table = pair.table.rows(named=True)
    head = ["Node", "Level", one, other, "Difference", f"Chance {one}", "Leads"]
    rows = [
        [
            row["name"],
            level_word(row["level"]),
            printed(row["one"], pair.decimals),
            printed(row["other"], pair.decimals),
            printed(row["difference"], pair.decimals),
            GAP if row["chance"] is None else chance(row["chance"]),
            _leads(row, names),
        ]
        for row in table
    ]
    note = f"Leads: {one} or {other}, where the chance to be ahead is 95 % or more; the rest is within noise."
    if any(row["chance"] is None and row["difference"] is not None for row in table):
        note += " Without a simulation, groups have no chance."
    title = f"{one} and {other}, {pair.edition}"
    return _whole(_table(title, head, rows, {"Node", "Level", "Leads"}), _note(note))


def _decimals(results: Results) -> tuple[int, int]:
    """Return the printed decimals of the index score and of the other scores."""
    own = results.scores["score"].drop_nulls().to_list()
    scale = scale_of(results.recipe, own)
    return scale.index_decimals, scale.decimals


def _ranked(row: Sequence[Any], beside: Mapping[str, tuple[str, str]], decimals: tuple[int, int]) -> list[str]:
    rank, code, name, *scores = row
    places, tier = beside.get(code, (GAP, ""))
    own = (places.replace("-", DASH), tier) if beside else ()
    return [GAP if rank is None else str(place(rank)), *own, name, *_scores(scores, decimals)]


def _scores(scores: Sequence[float | None], decimals: tuple[int, int]) -> list[str]:
    index, other = decimals
    return [printed(each, other if number else index) for number, each in enumerate(scores)]


def _run(results: Results) -> str:
    """Say which run it is: edition and digest, the day that figures were known by, the recipe."""
    known = f", as known on {results.as_of}" if results.as_of else ""
    return f"Run {results.edition}-{results.digest}, recipe {results.recipe.name}{known}."


def _changed(row: Mapping[str, Any], decimals: int) -> list[str]:
    """Return a figure and its score now and then."""
    now = figure(row["now"]) if row["year"] is None else f"{figure(row['now'])} ({row['year']})"
    scores = (printed(row[each], decimals) for each in ("score_now", "score_then"))
    return [row["name"], row["unit"], now, figure(row["then"]), *scores]


def _moved(row: Mapping[str, Any], decimals: int) -> list[str]:
    """Return a node's scores and ranks now and then, with intervals where they were drawn."""
    scores = {f"score_{end}_90": row.get(f"score_{end}") for end in ("low", "high")}
    low, high = (place(row.get(f"rank_{end}")) for end in ("low", "high"))
    ranks = [GAP if row[each] is None else str(place(row[each])) for each in ("rank_now", "rank_then")]
    return [
        row["name"],
        printed(row["score_now"], decimals),
        printed(row["score_then"], decimals),
        scores_text(scores, decimals),
        *ranks,
        GAP if low is None or high is None else f"{low}{DASH}{high}",
    ]


def _leads(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if row["leads"] is not None:
        return names[row["leads"]]
    return GAP if row["chance"] is None else "within noise"


def _table(title: str, head: Cells, rows: Sequence[Cells], words: Iterable[str], rules: Iterable[int] = ()) -> str:
    """Return a table; columns of words stand at the left, those of numbers at the right, rules above some rows."""
    sides = ["left" if each in words else "right" for each in head]
    named = next((number for number, side in enumerate(sides) if side == "left"), 0)
    top = "".join(
        f'<th scope="col" style="{CELL};text-align:{side};vertical-align:bottom">{escape(each)}</th>'
        for each, side in zip(head, sides, strict=True)
    )
    ruled = {0, *rules}
    body = "".join(_row(cells, sides, named, ruled=number in ruled) for number, cells in enumerate(rows))
    caption = f'<caption style="{CAPTION}">{escape(title)}</caption>'
    return f'<table style="{TABLE}">{caption}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


def _row(cells: Cells, sides: Sequence[str], named: int, *, ruled: bool) -> str:
    """Return a row; the first cell of words names it."""
    line = f";{RULE}" if ruled else ""
    found = []
    for number, (cell, side) in enumerate(zip(cells, sides, strict=True)):
        tag, scope = ("th", ' scope="row"') if number == named else ("td", "")
        found.append(f'<{tag}{scope} style="{CELL};text-align:{side}{line}">{escape(cell)}</{tag}>')
    return f"<tr>{''.join(found)}</tr>"


def _note(text: str) -> str:
    return f'<p style="{NOTE}">{escape(text)}</p>'


def _whole(*parts: str) -> str:
    return f"<div>{''.join(parts)}</div>"
