"""The chart of scores over the editions, each line named at its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from readiness.numbers import GAP, printed, whole
from readiness.plotting_canvas import (
    INK,
    LINES,
    MARK,
    Chart,
    Said,
    alt,
    around,
    finished,
    quiet,
    raw,
    score_title,
    table,
    tips,
)
from readiness.plotting_names import country_labels, member_or_reference, node_of, signed
from readiness.report.data import Facts
from readiness.report.words import edition_title, listed

WIDTH, HEIGHT = 480, 300
LABEL = 13  # height of a name at a line's end
NAMED = 120  # room for it
DASHES = ([1, 0], [6, 3], [2, 2])  # beside the colours, which return after the last
MOST_NAMES = 3  # countries that a title names


def trend(facts: Facts, countries: Sequence[str], node: str | None = None) -> Chart:
    """Return the scores of some countries over the editions and those of the reference; of all where none is named."""
    code = node_of(facts.framework, node)
    chosen = list(dict.fromkeys(member_or_reference(facts.framework, word) for word in countries))
    shown = [each for each in (chosen or facts.order) if each != facts.reference]
    shown += [facts.reference] if facts.reference else []
    names = country_labels(facts.framework)
    lines = [
        {"code": each, "name": names[each], **_style(facts, each, number, one_of_many=not chosen)}
        for number, each in enumerate(shown)
    ]
    decimals = facts.decimals(code)
    points = [
        {**line, "edition": str(edition), "score": score, "text": printed(score, decimals)}
        for line in lines
        for edition, score in zip(facts.editions, facts.history[line["code"], code], strict=True)
    ]
    height = max(HEIGHT, (LABEL + 1) * len(shown))
    layers = _layers(facts, points, height, code)
    return finished(
        layers, _said(facts, [line["code"] for line in lines], code), width=WIDTH, height=height, beside=NAMED
    )


def apart(places: Sequence[float], least: float) -> list[float]:
    """Return places moved as little as a sweep allows, so that neighbours are at least so far apart; the order stays.

    >>> apart([10.0, 11.0, 40.0], 4.0)
    [8.5, 12.5, 40.0]
    """
    blocks: list[list[float]] = []  # middle and number of neighbours that touch
    order = sorted(range(len(places)), key=lambda each: places[each])
    for each in order:
        blocks.append([places[each], 1])
        while len(blocks) > 1 and _touch(blocks[-2], blocks[-1], least):
            upper = blocks.pop()
            lower = blocks.pop()
            number = lower[1] + upper[1]
            blocks.append([(lower[0] * lower[1] + upper[0] * upper[1]) / number, number])
    spread = [middle + least * (n - (number - 1) / 2) for middle, number in blocks for n in range(int(number))]
    found = [0.0] * len(places)
    for each, place in zip(order, spread, strict=True):
        found[each] = place
    return found


def _touch(lower: Sequence[float], upper: Sequence[float], least: float) -> bool:
    return upper[0] - lower[0] < least * (lower[1] + upper[1]) / 2


def _style(facts: Facts, code: str, number: int, *, one_of_many: bool) -> dict[str, Any]:
    """Return colour and dashes of a line: the reference is dark and dashed, one of many is grey."""
    if code == facts.reference:
        colour, dash = INK, DASHES[1]
    elif one_of_many:
        colour, dash = MARK, DASHES[0]
    else:
        colour, dash = LINES[number % len(LINES)], DASHES[number // len(LINES) % len(DASHES)]
    return {"colour": colour, "dash": dash}


def _layers(facts: Facts, points: Sequence[dict[str, Any]], height: int, node: str) -> list[alt.Chart]:
    ends = around(point["score"] for point in points)
    axis = alt.Axis(title=None, labelAngle=0, labelFontSize=12, grid=False, ticks=False, domain=False)
    domain = [str(edition) for edition in facts.editions]
    x = alt.X("edition:O", scale=alt.Scale(domain=domain, padding=0.15), sort=None, axis=axis)
    y = alt.Y(
        "score:Q",
        scale=alt.Scale(domain=list(ends), nice=False, zero=False),
        axis=alt.Axis(title=score_title(facts.scale, facts.name(node)), **quiet()),
    )
    base = alt.Chart(table(points))
    hover = tips(name="Country", edition="Edition", text="Score")
    dashes = alt.StrokeDash("dash:N", scale=None, legend=None)
    return [
        base.mark_line(strokeWidth=2).encode(x=x, y=y, color=raw("colour"), strokeDash=dashes, detail="code:N"),
        base.mark_point(filled=True, size=36, opacity=1).encode(x=x, y=y, color=raw("colour"), tooltip=hover),
        _names(points, ends, height),
    ]


def _names(points: Sequence[dict[str, Any]], ends: tuple[float, float], height: int) -> alt.Chart:
    """Write each name at the right, as high as the line's last score, or as near as other names allow."""
    last = {point["code"]: point for point in points if point["score"] is not None}
    heights = [height * (ends[1] - point["score"]) / (ends[1] - ends[0]) for point in last.values()]
    moved = apart(heights, LABEL)
    rows = [
        {"says": f"{point['name']} {point['text']}", "colour": point["colour"], "height": place}
        for point, place in zip(last.values(), moved, strict=True)
    ]
    text = alt.Chart(table(rows)).mark_text(align="left", fontSize=11)
    return text.encode(
        x=alt.value(WIDTH + 2), y=alt.Y("height:Q", scale=None, axis=None), text="says:N", color=raw("colour")
    )


def _said(facts: Facts, codes: Sequence[str], node: str) -> Said:
    names, decimals = country_labels(facts.framework), facts.decimals(node)
    first, last = facts.editions[0], facts.editions[-1]
    subtitle = (
        f"{edition_title(facts.framework, facts.edition)}: {facts.name(node)} by edition, {first} to {last}, computed "
        "by one method."
    )
    if facts.reference:
        subtitle += f" Dashed: {names[facts.reference]}."
    told = ". ".join(f"{names[code]}: {_scores(facts, code, node, decimals)}" for code in codes)
    own = [code for code in codes if code != facts.reference]
    return Said(_finding(facts, own or codes, node), subtitle, f"{told}.")


def _scores(facts: Facts, code: str, node: str, decimals: int) -> str:
    own = zip(facts.editions, facts.history[code, node], strict=True)
    return ", ".join(f"{edition} {printed(score, decimals)}" for edition, score in own)


def _finding(facts: Facts, codes: Sequence[str], node: str) -> str:
    """Say how far a few countries moved from the first edition to the last, or how many of many have more than then."""
    first, decimals = facts.editions[0], facts.decimals(node)
    ends = {code: [whole(facts.history[code, node][end], decimals) for end in (0, -1)] for code in codes}
    moved = {code: then - start for code, (start, then) in ends.items() if start is not None and then is not None}
    if len(facts.editions) < 2 or not moved:
        return f"{facts.name(node)} by edition"
    if len(codes) > MOST_NAMES:
        higher = sum(each > 0 for each in moved.values())
        return f"{facts.name(node)}: {higher} of {len(moved)} countries have a higher score than in {first}"
    names = country_labels(facts.framework)
    parts = [f"{names[code]} {signed(moved[code], decimals) if code in moved else GAP}" for code in codes]
    return f"{facts.name(node)}, points since {first}: {listed(parts)}"
