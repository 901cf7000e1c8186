"""How certain the ranks are, for the page of the index: tiers, charts, sources of error, central weights, notes."""

from __future__ import annotations

from itertools import pairwise
from statistics import mean
from typing import Any

from markupsafe import Markup

from readiness.numbers import percent, printed
from readiness.report.charts.axis import of_values
from readiness.report.charts.dotrange import Range, dot_range
from readiness.report.data import Facts
from readiness.report.interval_words import (
    chance,
    methods_in_words,
    noise_in_words,
    scores_text,
    short_sources,
    sources,
    told_places,
    varied_in_words,
)
from readiness.report.sections.standing import ranking_chart
from readiness.report.spread import Row, Spread, is_outside
from readiness.report.words import counted, level_word, listed

DRAWN = "Dot: run. Thick line: 50 % interval. Thin line: 90 % interval. The table of the ranking has the same numbers."
MOST_REASONS = 6  # combinations of methods that are left out and told one by one


def certainty(facts: Facts) -> dict[str, Any] | None:
    """Return the section of the page of the index, nothing where no intervals were computed."""
    spread = facts.spread
    if spread is None:
        return None
    return {
        "summary": summary(facts, spread),
        "charts": charts(facts, spread),
        "mixes": spread.mixes,
        "sources": [short_sources().get(mix, mix) for mix in spread.mixes],
        "widths": widths(facts, spread),
        "means": [printed(each, 1) for each in _means(facts, spread)],
        "both_kinds": "figures" in spread.mixes and len(spread.mixes) > 1,
        "scores": spread.one_scale,
        "central": central(facts, spread),
        "notes": notes(facts, spread),
    }


def summary(facts: Facts, spread: Spread) -> list[str]:
    """Say how many neighbours cannot be told apart, and how wide the intervals of ranks are by source of error."""
    ranked = _ranked(facts, spread)
    pairs = list(pairwise(ranked))
    together = sum(not spread.apart(*pair) for pair in pairs)
    found = [
        f"Of {counted(len(pairs), 'pair')} of neighbours in the ranking, {together} cannot be told apart: neither "
        "country is above the other in 95 % of the replicates."
    ]
    wide = dict(zip(spread.mixes, _means(facts, spread), strict=True))
    if len(wide) > 1 and ranked:
        single = [mix for mix in spread.mixes if mix != spread.shown]
        told = [f"{printed(wide[mix], 1)} for {sources().get(mix, mix)}" for mix in single]
        found.append(
            f"On average the 90 % interval of a rank is {printed(wide[spread.shown], 1)} places wide. If nothing else "
            f"varied it would be {listed(told)}."
        )
    return found


def charts(facts: Facts, spread: Spread) -> list[tuple[str, Markup]]:
    """Return heading and chart of ranks and of scores."""
    ranked = _ranked(facts, spread)
    if not ranked:
        return []
    found = [("Rank of each country", ranking_chart(facts, spread).svg)]
    if spread.one_scale:
        rows = [spread.rows[code, facts.root] for code in ranked]
        ends = [row[name] for row in rows for name in ("score", "score_low_90", "score_high_90")]
        title = f"Score of {len(rows)} countries with intervals, edition {facts.edition}"
        axis = of_values(min(ends), max(ends))
        ranges = [_range(facts, row) for row in rows]
        found.append(("Score of each country", dot_range(ranges, axis, "range-score", title, DRAWN)))
    return found


def widths(facts: Facts, spread: Spread) -> list[dict[str, Any]]:
    """Return for each country the width of the 90 % interval of its rank, by source of error."""
    return [
        {
            "name": facts.framework.unit_name(code),
            "code": code,
            "cells": [_width_text(spread.sources.get((mix, code))) for mix in spread.mixes],
        }
        for code in _ranked(facts, spread)
    ]


def central(facts: Facts, spread: Spread) -> dict[str, Any] | None:
    """Return the central weights of the countries that are first at least once; nothing where no weight varies."""
    known = [node for node in facts.pillars if all(node in own for _, own in spread.central.values())]
    if not spread.central or not known:
        return None
    winners = sorted(spread.central.items(), key=lambda pair: (-pair[1][0], pair[0]))
    return {
        "level": level_word(facts.nodes[known[0]]["level"]).capitalize(),
        "columns": [facts.framework.unit_name(code) for code, _ in winners],
        "first": [chance(wins / spread.summaries[spread.central_of]["replicates"]) for _, (wins, _) in winners],
        "varied": varied_in_words(spread) if spread.central_of == spread.shown else sources()[spread.central_of],
        "rows": [
            {
                "name": facts.name(node),
                "own": percent_finer(facts.weights[facts.edition, node]["effective"]),
                "cells": [percent_finer(weights[node]) for _, (_, weights) in winners],
            }
            for node in known
        ],
    }


def percent_finer(share: float | None) -> str:
    """Return a share in per cent with one decimal."""
    return percent(None) if share is None else f"{printed(100 * share, 1)} %"


def notes(facts: Facts, spread: Spread) -> list[tuple[str, str]]:
    """Return how the intervals were made, as pairs of heading and text."""
    found = [
        ("Replicates", _made(spread)),
        ("What varies", _varies(facts, spread)),
        ("Methods", _combinations(spread) + _alternatives(facts, spread)),
        *((("Left out", _left_out(spread)),) if _left_out(spread) else ()),
        ("Interval", "from the 5 % to the 95 % quantile of the replicates; the thick line from the 25 % to the 75 %."),
        ("Mean", _shift(facts, spread)),
        *((("Outside", outside(facts, spread)),) if outside(facts, spread) else ()),
    ]
    if failed := spread.summary["failed"]:
        pairs = counted(failed, "pair")
        found.append(("No rank", f"{pairs} of country and replicate have no rank and are not counted."))
    found.append(("Editions", f"Only {facts.edition} is simulated: ranks of earlier editions have no intervals."))
    return found


def outside(facts: Facts, spread: Spread) -> str:
    """Name the countries whose rank in the run lies outside its own 90 % interval, and say why that can be."""
    found = [
        f"{facts.framework.unit_name(code)} (rank {row['rank']}, {told_places(row)})"
        for code in _ranked(facts, spread)
        for row in [spread.rows[code, facts.root]]
        if is_outside(row)
    ]
    why = f"{varied_in_words(spread)} vary from replicate to replicate, and there it mostly ranks otherwise"
    return f"The rank of the run lies outside its interval for {listed(found)}: {why}." if found else ""


def _shift(facts: Facts, spread: Spread) -> str:
    """Say how far the mean of the replicates lies from the score of the run."""
    rows = [(code, spread.rows[code, facts.root]) for code in _ranked(facts, spread)]
    told = [(code, row) for code, row in rows if row["score_mean"] is not None]
    if not told:
        return "The methods that vary put scores on different scales: ranks have intervals, scores have none."
    decimals = facts.scale.decimals
    why = ": other methods give other scores" if "choices" in spread.mixes and spread.shown != "figures" else ""
    code, row = max(told, key=lambda pair: abs(pair[1]["score_mean"] - pair[1]["score"]))
    typical = mean(abs(row["score_mean"] - row["score"]) for _, row in told)
    return (
        f"The mean score of the replicates differs from the score of the run by {printed(typical, decimals)} points on "
        f"average, most for {facts.framework.unit_name(code)} ({printed(row['score'], decimals)} in the run, "
        f"{printed(row['score_mean'], decimals)} on average){why}. The score and the rank of "
        "a country are those of the run."
    )


def _made(spread: Spread) -> str:
    """Say how many replicates there are of each mix, and by which seed."""
    numbers = {spread.summaries[mix]["replicates"] for mix in spread.mixes if mix != spread.shown}
    alone = listed([f"{number:,}" for number in sorted(numbers)])
    others = f"; {alone} for each source of error by itself" if numbers - {spread.replicates} else ""
    made = (
        f"{spread.replicates:,}{others}. Seed {spread.summary['seed']}. The run is the index as the "
        "recipe has it; a replicate is the index computed once more with all that varies drawn anew."
    )
    if spread.summary["asked"] > spread.replicates:
        made += f" {spread.summary['asked']:,} were asked for; the simulation was stopped before."
    return made


def _varies(facts: Facts, spread: Spread) -> str:
    text, noise = varied_in_words(spread), noise_in_words(facts.results.recipe.variation, spread.mixes)
    return f"{text[0].upper()}{text[1:]}. {noise}".rstrip()


def _combinations(spread: Spread) -> str:
    """Say how many combinations of methods the replicates are dealt to, and how many are left out."""
    used = [row for row in spread.methods if row["reason"] is None]
    if len(used) == 1 and len(spread.methods) == 1:
        return "The methods are those of the recipe in every replicate."
    out = len(spread.methods) - len(used)
    left = f"{counted(out, 'combination')} left out, see below" if out else "none is left out"
    return f"The replicates are dealt to {counted(len(used), 'combination')} of methods; {left}."


def _alternatives(facts: Facts, spread: Spread) -> str:
    """List the methods of every step that varies, as far as the recipe tells."""
    told = methods_in_words(facts.results.recipe.variation) if len(spread.methods) > 1 else ""
    return f" {told}." if told else ""


def _left_out(spread: Spread) -> str:
    out = [row for row in spread.methods if row["reason"] is not None]
    told = [f"{row['methods']} ({row['reason'].rstrip('.')})" for row in out[:MOST_REASONS]]
    more = f"; {len(out) - len(told)} more stand in mixes.parquet" if len(out) > len(told) else ""
    return f"{'; '.join(told)}{more}." if told else ""


def _range(facts: Facts, row: Row) -> Range:
    """Return a country's score with its intervals."""
    name, decimals = facts.framework.unit_name(row["country"]), facts.scale.decimals
    own = facts.printed_score(row["country"], facts.root)
    half, most = ((row[f"score_low_{level}"], row[f"score_high_{level}"]) for level in (50, 90))
    texts = {level: scores_text(row, decimals, level) for level in (50, 90)}
    says = f"{name}: score {own}; 50 %: {texts[50]}; 90 %: {texts[90]}"
    return Range(row["country"], name, row["tier"], row["score"], half, most, says)


def _ranked(facts: Facts, spread: Spread) -> list[str]:
    return [code for code in facts.order if spread.row(code, facts.root)]


def _width(row: Row | None) -> float | None:
    return None if row is None or row["rank_low_90"] is None else row["rank_high_90"] - row["rank_low_90"]


def _width_text(row: Row | None) -> str:
    width = _width(row)
    return ":" if width is None else f"{width:g}"


def _means(facts: Facts, spread: Spread) -> list[float]:
    """Return the mean width of the 90 % intervals of ranks for each source of error."""
    found = ([_width(spread.sources.get((mix, code))) for code in _ranked(facts, spread)] for mix in spread.mixes)
    return [mean([0.0] if not (known := [each for each in own if each is not None]) else known) for own in found]
