"""The explorer: one HTML file on which a reader tries other weights. It stands alone and asks nothing of any server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from markupsafe import Markup

from readiness import __version__
from readiness.numbers import GAP, printed
from readiness.report.data import Facts
from readiness.report.explorer_data import (
    MEANS,
    MOST,
    by_name,
    explorer_data,
    explorer_groups,
    group_data,
)
from readiness.report.html import digest, template
from readiness.report.interval_words import places_text, varied_in_words
from readiness.report.visible import visible
from readiness.report.words import edition_title, level_word, listed, plural

TEMPLATES = Path(__file__).with_name("templates")
REPLICATES = 500  # sets of weights behind an interval; the script draws as many
IN_SCRIPT = str.maketrans({each: f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"})
NO_SCORE = "no scores in this edition"


def explorer_page(facts: Facts) -> str:
    """Return the page: controls, the official ranking as rows that read without a script, data and script.

    The same results give the same text. Errors: ValueError with the reason where there can be no explorer.
    """
    missing = explorer_missing(facts)
    if missing:
        raise ValueError(missing)
    data = {**explorer_data(facts), "replicates": REPLICATES, "file": _file(facts)}
    style, script = _text("explorer.css"), _text("explorer.js") + _text("explorer_page.js")
    return template("explorer.html").render(
        title=edition_title(facts.framework, facts.edition),
        edition=facts.edition,
        run=facts.results.digest,
        recipe=facts.results.recipe.name,
        version=__version__,
        style=Markup(style),
        script=Markup(script),
        policy=policy(style, script),
        data=Markup(_plain(data)),
        most=MOST,
        means=[each["name"] for each in data["means"]],
        whole=facts.name(facts.root),
        parts=plural(level_word(facts.nodes[facts.pillars[0]]["level"])),
        sliders=sliders(facts),
        rows=rows(facts),
        countries=[(code, facts.framework.unit_name(code)) for code in by_name(facts.framework)],
        ends=tuple(f"{end:g}" for end in (facts.scale.low, facts.scale.high)),
        about=about(facts, data),
    )


def explorer_missing(facts: Facts) -> str:
    """Return nothing, or a sentence why the page could not repeat the arithmetic of the run."""
    return next(_obstacles(facts), "")


def _obstacles(facts: Facts) -> Iterator[str]:
    recipe, framework = facts.results.recipe, facts.framework
    groups = explorer_groups(framework)
    for code in groups:
        places, name = framework.places(code), facts.name(code)
        weight, mean = recipe.method("weight", *places), recipe.method("aggregate", *places)
        if weight.name != "declared" or weight.plain:
            yield f"The weights of {name} come from the method {weight.name}: there are none to choose."
        if mean.name not in MEANS or mean.plain:
            yield f"The mean of {name} is {mean.name}; the explorer knows arithmetic and geometric means."
    rank, imputation = recipe.method("rank"), recipe.method("impute")
    if rank.name != "competition" or rank.plain:
        yield f"The ranks follow the rule {rank.name}; the explorer knows competition ranks."
    if imputation.draws:
        yield f"The scores are means over the draws of {imputation.name}, which no mean of parts gives again."
    if not facts.ranked[facts.root]:
        yield f"No country has a rank in edition {facts.edition}."
    if all(len(framework.children(code)) < 2 for code in groups):
        yield "No group has two parts to weigh against each other."


def policy(style: str, script: str) -> str:
    """Return the content security policy: this style and this script by their hashes, and nothing else."""
    return (
        f"default-src 'none'; style-src '{digest(style)}'; script-src '{digest(script)}'; base-uri 'none'; "
        "form-action 'none'"
    )


def sliders(facts: Facts) -> list[dict[str, Any]]:
    """Return the sliders of the index's parts, each with those of its own parts; an only child has none."""
    groups = explorer_groups(facts.framework)
    top = dict(zip(facts.pillars, _siblings(facts, facts.root), strict=False))
    found = [
        {"name": facts.name(code), "own": top.get(code), "parts": _siblings(facts, code) if code in groups else []}
        for code in facts.pillars
    ]
    return [each for each in found if each["own"] or each["parts"]]


def _siblings(facts: Facts, code: str) -> list[dict[str, Any]]:
    group = group_data(facts, code)
    if len(group["children"]) < 2:
        return []
    children = zip(facts.framework.children(code), group["children"], group["weights"], group["places"], strict=True)
    return [
        {
            "number": number,
            "name": facts.name(child),
            "place": round(place),
            "share": f"{printed(100 * weight / sum(group['weights']), 1)} %",
            "note": "" if facts.ranked[child] else NO_SCORE,
        }
        for child, number, weight, place in children
    ]


def rows(facts: Facts) -> list[dict[str, Any]]:
    """Return the official ranking, a row for each country."""
    numbers = {code: n for n, code in enumerate(by_name(facts.framework))}
    return [{"number": numbers[code], **_row(facts, code)} for code in facts.order]


def _row(facts: Facts, code: str) -> dict[str, Any]:
    score, rank = (facts.scores[code, facts.root][name] for name in ("score", "rank"))
    return {
        "rank": GAP if rank is None else rank,
        "interval": places_text(facts.spread.row(code, facts.root) if facts.spread else None),
        "name": facts.framework.unit_name(code),
        "score": printed(score, facts.scale.index_decimals),
        "width": "0" if score is None else f"{100 * facts.scale.place(score):.1f}",
    }


def about(facts: Facts, data: dict[str, Any]) -> list[str]:
    """Say what the intervals of the page are, and how the official ones differ."""
    spreads = sorted({group["spread"] for group in data["groups"]})
    low, high = 1 - spreads[-1], 1 + spreads[-1]
    up_to = "a number" if len(spreads) == 1 else "a number whose range is its group's, at the widest"
    levels = dict.fromkeys(level_word(facts.nodes[leaf]["level"]) for leaf in data["leaves"])
    noise = f", and each score of {listed([f'a {each}' for each in levels])} has the error of its figures added"
    found = [
        f"The 90 % intervals on this page are the middle 90 % of the ranks in {REPLICATES} sets: in each, every weight "
        f"is multiplied by {up_to} from {low:g} to {high:g}{noise if data['sd'] else ''}. The same weights always give "
        "the same intervals."
    ]
    if facts.spread is None:
        return [*found, "Official intervals were not computed in this run."]
    return [
        *found,
        f"The official intervals come from {facts.spread.replicates:,} replicates in which "
        f"{varied_in_words(facts.spread)} vary, down to single indicators; those of this page know less.",
    ]


def _text(name: str) -> str:
    return TEMPLATES.joinpath(name).read_text(encoding="utf-8")


def _plain(data: dict[str, Any]) -> str:
    """Return data as JSON that can end no script and is read alike by every browser."""
    text = visible(json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":")))
    return text.translate(IN_SCRIPT)


def _file(facts: Facts) -> str:
    """Return the name of the table that the page gives away."""
    return f"{re.sub('[^A-Za-z0-9_-]+', '-', facts.framework.code)}-{facts.edition}-other-weights.csv"
