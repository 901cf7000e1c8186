"""Charts of the ranking: ranks with their intervals by tier, scores with theirs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import polars as pl

from readiness.numbers import place
from readiness.plotting_canvas import (
    BAR,
    CLASSES,
    HIGHLIGHT,
    INK,
    MARK,
    ROW,
    Chart,
    Said,
    alt,
    beside,
    finished,
    places,
    raw,
    rows_of,
    score_title,
    table,
    tips,
    values,
)
from readiness.plotting_names import country_labels, members, no_chart, rank_text
from readiness.report.data import Facts
from readiness.report.interval_words import places_text, scores_text, varied_in_words
from readiness.report.words import edition_title, listed
from readiness.shown import shown_mix

HALF = 50
LEVELS = (HALF, 90, 95)
MOST_NAMES = 4  # countries of a tier that a title names


def ranking(facts: Facts, level: int = 90, highlight: str | Sequence[str] = ()) -> Chart:
    """Return the ranks as dots with their intervals, tier by tier; the scores where nothing was simulated."""
    if level not in LEVELS:
        raise no_chart("ranking", f"level={level}", f"a level of {listed([str(each) for each in LEVELS])} %")
    rows = _ranked(facts, level, members(facts.framework, highlight))
    if not rows:
        return scores(facts, highlight)
    order, size = [row["country"] for row in rows], facts.ranked[facts.root]
    base = alt.Chart(table(rows))
    y = rows_of("country", order)
    hover = tips(name="Country", rank="Rank", interval=f"{level} % interval", score="Score")
    hover += tips(tier="Tier") if any(row["tier"] for row in rows) else []
    thick = [] if level == HALF else [_line(base, y, ("half_low", "half_high"), size, thick=5)]
    layers = [
        *_tiers(rows, order),
        _line(base, y, ("low", "high"), size, thick=1.5),
        *thick,
        base.mark_point(filled=True, size=70, opacity=1).encode(
            y=y, x=places("rank", size), color=raw("dot"), tooltip=hover
        ),
    ]
    return finished(layers, _said_of_ranks(facts, rows, level), height=ROW * len(rows))


def scores(facts: Facts, highlight: str | Sequence[str] = ()) -> Chart:
    """Return the scores as bars in the order of the ranking, with their 90 % intervals, and the reference as a line."""
    chosen = members(facts.framework, highlight)
    names = country_labels(facts.framework)
    rows = [
        {"country": names[code], "name": names[code], **_scored(facts, code, chosen)}
        for code in facts.order
        if facts.score(code, facts.root) is not None
    ]
    return finished(_bars(facts, rows), _said_of_scores(facts, rows), height=ROW * max(len(rows), 1))


def _bars(facts: Facts, rows: Sequence[dict[str, Any]]) -> list[alt.Chart]:
    """Draw the scores as bars from zero, or from the lower end of a scale that does not hold it."""
    ends = _ends(facts, rows)
    start = 0.0 if ends[0] <= 0 <= ends[1] else ends[0]
    base = alt.Chart(table({**row, "start": start} for row in rows))
    y = rows_of("country", [row["country"] for row in rows])
    score, low = (values(field, score_title(facts.scale), ends) for field in ("score", "low"))
    hover = tips(name="Country", rank="Rank", text="Score", interval="90 % interval")
    bar, line = base.mark_bar(height={"band": 0.62}), base.mark_rule(strokeWidth=2, opacity=1)
    return [
        bar.encode(y=y, x=score, x2="start:Q", color=raw("bar"), tooltip=hover),
        line.encode(y=y, x=low, x2="high:Q", color=alt.value(INK)),
        beside(base, y, "text"),
        *_reference_line(facts, ends),
    ]


def _ranked(facts: Facts, level: int, chosen: Sequence[str]) -> list[dict[str, Any]]:
    """Return a row for each country that has a rank and an interval, in the order of the ranking and its tiers."""
    rows = _intervals(facts)
    known = [code for code in facts.order if code in rows and rows[code]["rank"] is not None]
    ordered = sorted(known, key=lambda code: rows[code]["tier"] or 0)
    names = country_labels(facts.framework)
    return [
        {
            "country": names[code],
            "code": code,
            "name": names[code],
            "rank": place(rows[code]["rank"]),
            "low": rows[code][f"rank_low_{level}"],
            "high": rows[code][f"rank_high_{level}"],
            "half_low": rows[code][f"rank_low_{HALF}"],
            "half_high": rows[code][f"rank_high_{HALF}"],
            "interval": places_text(rows[code], level),
            "score": facts.printed_score(code, facts.root),
            "tier": rows[code]["tier"],
            "line": HIGHLIGHT if code in chosen else MARK,
            "dot": HIGHLIGHT if code in chosen else INK,
        }
        for code in ordered
    ]


def _intervals(facts: Facts) -> dict[str, dict[str, Any]]:
    """Return the intervals of the index by country, of the simulation in which most varies; none without one."""
    tables = facts.results.tables
    mix = shown_mix(tables)
    if not mix or "intervals" not in tables:
        return {}
    own = tables["intervals"].filter((pl.col("varied") == mix) & (pl.col("node") == facts.root))
    numbers = [f"rank_{side}_{level}" for side in ("low", "high") for level in LEVELS]
    whole = [{**row, **{name: place(row[name]) for name in numbers}} for row in own.iter_rows(named=True)]
    return {row["country"]: row for row in whole if row["rank_low_90"] is not None}


def _line(base: alt.Chart, y: alt.Y, ends: tuple[str, str], size: int, *, thick: float) -> alt.Chart:
    rule = base.mark_rule(strokeWidth=thick, opacity=1)
    return rule.encode(y=y, x=places(ends[0], size), x2=f"{ends[1]}:Q", color=raw("line"))


def _tiers(rows: Sequence[dict[str, Any]], order: Sequence[str]) -> list[alt.Chart]:
    """Set the tiers apart: every other one is shaded, a line between two, the number beside the first country."""
    turns = {tier: number for number, tier in enumerate(dict.fromkeys(row["tier"] for row in rows))}
    if turns.keys() == {None}:
        return []
    shaded = [row for row in rows if turns[row["tier"]] % 2 == 0]
    rulers = [row for above, row in pairwise(rows) if row["tier"] != above["tier"]]
    named = [{**row, "says": f"Tier {row['tier']}"} for row in [rows[0], *rulers] if row["tier"]]
    y = rows_of("country", order)
    return [
        alt.Chart(table(shaded)).mark_rect(opacity=0.35, color=CLASSES[1]).encode(y=y),
        alt.Chart(table(rulers)).mark_rule(opacity=1, color=MARK).encode(y=rows_of("country", order, bandPosition=0)),
        beside(alt.Chart(table(named)), y, "says"),
    ]


def _said_of_ranks(facts: Facts, rows: Sequence[dict[str, Any]], level: int) -> Said:
    summary = facts.results.tables["simulation"].filter(pl.col("varied") == shown_mix(facts.results.tables))
    vary = f" in which {varied_in_words(facts.spread)} vary" if facts.spread else ""
    thick = "" if level == HALF else ", thick lines for 50 %"
    subtitle = (
        f"{edition_title(facts.framework, facts.edition)}: rank of the run (dot) and its {level} % interval "
        f"(thin line{thick}) in {summary['replicates'][0]:,} replicates{vary}."
    )
    if rows[0]["tier"]:
        subtitle += " Tier: countries that the first of them does not lead in 95 % of the replicates."
    told = "; ".join(f"{row['name']} {row['rank']} ({row['interval']})" for row in rows)
    missing = [
        facts.framework.unit_name(code) for code in facts.order if facts.scores[code, facts.root]["rank"] is None
    ]
    subtitle += f" Without a rank: {listed(missing)}." if missing else ""
    return Said(_first_tier(rows), subtitle, f"Ranks with their {level} % intervals: {told}.")


def _first_tier(rows: Sequence[dict[str, Any]]) -> str:
    """Say who is in the first tier, or who leads where there are no tiers."""
    if not rows[0]["tier"]:
        return f"{listed([row['name'] for row in rows if row['rank'] == rows[0]['rank']])} rank first"
    first = [row["name"] for row in rows if row["tier"] == rows[0]["tier"]]
    if len(first) == 1:
        return f"{first[0]} is alone in the first tier"
    if len(first) > MOST_NAMES:
        return f"{len(first)} countries share the first tier"
    return f"{listed(first)} share the first tier{': they cannot be told apart' if len(first) == 2 else ''}"


def _scored(facts: Facts, code: str, chosen: Sequence[str]) -> dict[str, Any]:
    row = facts.spread.row(code, facts.root) if facts.spread else None
    return {
        "rank": rank_text(facts, code, facts.root),
        "score": facts.score(code, facts.root),
        "text": facts.printed_score(code, facts.root),
        "low": row["score_low_90"] if row else None,
        "high": row["score_high_90"] if row else None,
        "interval": scores_text(row, facts.scale.index_decimals),
        "bar": HIGHLIGHT if code in chosen else BAR,
    }


def _ends(facts: Facts, rows: Sequence[dict[str, Any]]) -> tuple[float, float]:
    """Return the ends of the scale, further out where a score or an interval lies outside."""
    numbers = [row[each] for row in rows for each in ("score", "low", "high") if row[each] is not None]
    return min([facts.scale.low, *numbers]), max([facts.scale.high, *numbers])


def _reference_line(facts: Facts, ends: tuple[float, float]) -> list[alt.Chart]:
    """Draw the score of the reference as a dashed line with its name below."""
    score = facts.score(facts.reference, facts.root) if facts.reference else None
    reference = facts.framework.reference
    if score is None or reference is None:
        return []
    said = f"{reference.name} {facts.printed_score(reference.code, facts.root)}"
    base = alt.Chart(table([{"score": score, "says": said}]))
    x = values("score", score_title(facts.scale), ends)
    line = base.mark_rule(strokeDash=[4, 3], strokeWidth=1.5).encode(
        x=x, color=alt.value(INK), tooltip=tips(says="Reference")
    )
    text = base.mark_text(baseline="top", dy=6, fontSize=11)
    return [line, text.encode(x=x, y=alt.value("height"), text="says:N", color=alt.value(INK))]


def _said_of_scores(facts: Facts, rows: Sequence[dict[str, Any]]) -> Said:
    what = f"{edition_title(facts.framework, facts.edition)}: score of each country"
    intervals = any(row["low"] is not None for row in rows)
    subtitle = f"{what}, with its 90 % interval as a line." if intervals else f"{what}. Intervals were not computed."
    told = "; ".join(f"{row['name']} {row['text']}" for row in rows)
    if not rows:
        return Said("No country has a score", subtitle, "No country has a score.")
    best = [row["name"] for row in rows if row["text"] == rows[0]["text"]]
    verb = "has" if len(best) == 1 else "have"
    title = f"{listed(best)} {verb} the highest score, {rows[0]['text']}"
    if facts.reference and facts.score(facts.reference, facts.root) is not None:
        name = country_labels(facts.framework)[facts.reference]
        title += f"; {name} {facts.printed_score(facts.reference, facts.root)}"
    return Said(title, subtitle, f"Scores: {told}.")
