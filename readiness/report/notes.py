"""What a reader must know about a figure or a score: direction, cap, imputation, why there is none."""

from __future__ import annotations

from readiness.report.data import Facts
from readiness.report.points import points, why_no_points
from readiness.report.wording import figure_text, number


def notes_of(facts: Facts, code: str, node: str) -> tuple[str, ...]:
    """Return the notes on a node of a country."""
    say, row = facts.say, facts.scores[code, node]
    notes = _figure_notes(facts, code, node) if node in facts.framework.indicators else []
    if row["reason"]:
        notes.append(say("No score: {reason}.", reason=say.reason(row["reason"])))
    elif node in facts.framework.groups and node not in points(facts, code):
        notes.append(say("No points: {reason}.", reason=say.reason(why_no_points(facts, code, node))))
    return tuple(notes)


def _figure_notes(facts: Facts, code: str, leaf: str) -> list[str]:
    say, cell, node = facts.say, facts.cells[code, leaf], facts.nodes[leaf]
    notes = [] if node["higher_is_better"] else [say("Less is better.")]
    if cell["status"] == "imputed":
        figure = figure_text(say, cell["imputed"], node["scored_unit"])
        notes.append(say("No figure; imputed: {figure}.", figure=figure))
    before, after = cell["transformed"], cell["treated"]
    if before is not None and after is not None and before != after:
        bent = before != cell["imputed"]
        capped = (
            say("{figure} after its transform", figure=number(say, after))
            if bent
            else figure_text(say, after, node["scored_unit"])
        )
        notes.append(say("Capped: counts as {figure}.", figure=capped))
    return notes
