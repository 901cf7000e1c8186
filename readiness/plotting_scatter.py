"""The chart of two series over the same countries, with their rank correlation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from readiness.numbers import figure, printed
from readiness.plotting_canvas import (
    HIGHLIGHT,
    INK,
    MARK,
    Chart,
    Said,
    alt,
    finished,
    raw,
    score_title,
    table,
    tips,
)
from readiness.plotting_names import country_labels, known, members
from readiness.plotting_square import SIDE, side_for, stands
from readiness.report.data import Facts
from readiness.report.words import counted, edition_title

FEWEST = 3  # countries that a correlation is told of


@dataclass(frozen=True)
class Series:
    """A series of an edition: its name, the title of its axis, and each country's number with its text."""

    name: str
    title: str
    numbers: Mapping[str, float | None]
    texts: Mapping[str, str]


def scatter(
    facts: Facts, x: str, y: str | None = None, highlight: str | Sequence[str] = (), *, log_x: bool = False
) -> Chart:
    """Return the countries by two series, each the score of a node or a context series; the index if y is not given.

    Errors   ReadinessError for a series that the run does not have, and for a logarithm of what is not above zero.
    """
    chosen = members(facts.framework, highlight)
    across, up = series(facts, x), series(facts, facts.root if y is None else y)
    rows = _rows(facts, across, up, chosen)
    sides = (side_for("x", across.title, rows, factors=log_x), side_for("y", up.title, rows))
    place = {each.field: each.channel() for each in sides}
    titles = zip(("x_text", "y_text"), (across.name, up.name), strict=True)
    hover = [*tips(name="Country"), *(alt.Tooltip(f"{field}:N", title=title) for field, title in titles)]
    dot = alt.Chart(table(rows)).mark_point(filled=True, size=50, opacity=1)
    layers = [dot.encode(**place, color=raw("colour"), tooltip=hover)]
    for (align, dx, dy), own in stands(rows, sides):
        text = alt.Chart(table(own)).mark_text(align=align, baseline="middle", dx=dx, dy=dy, fontSize=10)
        layers.append(text.encode(**place, text="code:N", color=alt.value(INK), tooltip=hover))
    return finished(layers, _said(facts, across, up, rows), width=SIDE, height=SIDE, beside=60)


def series(facts: Facts, word: str) -> Series:
    """Return a node's scores or a context series by country.

    Errors   ReadinessError for a code or name that the run has no series of.
    """
    framework = facts.framework
    code = known("series", word, {each: framework.name_of(each) for each in (*framework.nodes, *framework.context)})
    if code in framework.nodes:
        name = facts.name(code)
        numbers = {unit: facts.score(unit, code) for unit in framework.units}
        texts = {unit: facts.printed_score(unit, code) for unit in framework.units}
        return Series(name, score_title(facts.scale, name), numbers, texts)
    own = {unit: row for unit in framework.units for row in facts.context.get(unit, []) if row["indicator"] == code}
    each = framework.context[code]
    numbers = {unit: row["value"] for unit, row in own.items()}
    texts = {unit: f"{figure(row['value'])} {each.unit} ({row['year']})" for unit, row in own.items()}
    return Series(each.name, f"{each.name} ({each.unit})", numbers, texts)


def rank_correlation(rows: Sequence[Mapping[str, Any]]) -> float | None:
    """Return Spearman's rank correlation of two series; nothing where there are too few countries or all are alike."""
    if len(rows) < FEWEST:
        return None
    frame = pl.DataFrame({side: [float(row[side]) for row in rows] for side in ("x", "y")})
    found = frame.select(pl.corr("x", "y", method="spearman").fill_nan(None)).item()
    return None if found is None else float(found)


def _rows(facts: Facts, across: Series, up: Series, chosen: Sequence[str]) -> list[dict[str, Any]]:
    """Return a row for each country that has both numbers, in the order of the ranking."""
    names = country_labels(facts.framework)
    return [
        {
            "code": code,
            "name": names[code],
            "x": across.numbers[code],
            "y": up.numbers[code],
            "x_text": across.texts[code],
            "y_text": up.texts[code],
            "colour": HIGHLIGHT if code in chosen else MARK,
        }
        for code in facts.order
        if across.numbers.get(code) is not None and up.numbers.get(code) is not None
    ]


def _said(facts: Facts, across: Series, up: Series, rows: Sequence[Mapping[str, Any]]) -> Said:
    rho = rank_correlation(rows)
    title = f"{across.name} and {up.name}"
    if rho is not None:
        title += f": rank correlation {printed(rho, 2)}"
    subtitle = (
        f"{edition_title(facts.framework, facts.edition)}: {counted(len(rows), 'country')} with both numbers. The "
        "correlation is Spearman's; it says nothing of causes."
    )
    told = "; ".join(f"{row['name']}: {row['x_text']}, {row['y_text']}" for row in rows)
    return Said(title, subtitle, f"{title}. {told}.")
