"""Why a score and a rank moved, in words: the causes by name, what did most, and whether it is more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from readiness.causes import TOTAL
from readiness.report.texts import Texts
from readiness.report.wording import places_moved, signed

Row = dict[str, Any]
MOST = 3  # indicators that are named
SMALL = 0.005  # a change that is printed as nothing


def causes_in_words(say: Texts) -> dict[str, str]:
    """Return the name of each cause, in the fixed order."""
    return {
        "own_revision": say("Own figures revised"),
        "other_revision": say("Others' figures revised"),
        "own_figures": say("Own new figures"),
        "other_scale": say("Others' new figures, through the scale"),
        "other_figures": say("Others' new figures, through the ranks"),
        "indicators": say("Indicators that enter or leave"),
        "weights": say("Weights"),
        "method": say("Method"),
        "countries": say("Countries that enter or leave"),
    }


def whole_change(rows: Sequence[Row]) -> Row:
    """Return the row of the whole change."""
    return next(row for row in rows if row["cause"] == TOTAL)


def causes(rows: Sequence[Row]) -> list[Row]:
    """Return the causes of a change in their order."""
    return [row for row in rows if row["cause"] != TOTAL and not row["indicator"]]


def by_indicator(rows: Sequence[Row], cause: str = "") -> list[Row]:
    """Return the parts of single indicators, of one cause or of all, the largest first."""
    parts = [row for row in rows if row["indicator"] and cause in ("", row["cause"])]
    return sorted(parts, key=lambda row: (-abs(row["points"]), row["position"], row["indicator"]))


def sentences(
    say: Texts, name: str, rows: Sequence[Row], movement: Row | None, names: dict[str, str], decimals: int
) -> list[str]:
    """Return three sentences: how far it moved and whether that is real, which cause did most, which indicators did.

    `rows` are those of table change for one country and node, `movement` its row of table movements, `names` those of
    the indicators.
    """
    total = whole_change(rows)
    return [
        _moved(say, name, total, movement, decimals),
        _most(say, total, causes(rows), decimals),
        *_indicators(say, rows, names, decimals),
    ]


def _moved(say: Texts, name: str, total: Row, movement: Row | None, decimals: int) -> str:
    """Say how score and rank moved, and whether the change of the score is more than chance."""
    words = {
        "name": name,
        "before": total["before"],
        "after": total["after"],
        "points": signed(say, total["points"], decimals),
        "places": places_moved(say, total["places"]),
    }
    text = say("{name}, {before} to {after}: {points} points, {places}.", **words)
    if movement is None or movement["beyond_noise"] is None:
        return text
    ends = {
        "low": signed(say, movement["change_low_90"], decimals),
        "high": signed(say, movement["change_high_90"], decimals),
        "share": say.percent("90"),
    }
    if movement["beyond_noise"]:
        return f"{text} " + say("The change of the score is beyond noise ({share} interval {low} to {high}).", **ends)
    return f"{text} " + say("The change of the score is within noise ({share} interval {low} to {high}).", **ends)


def _most(say: Texts, total: Row, parts: Sequence[Row], decimals: int) -> str:
    """Name the cause that did most for the score and the one that did most for the rank."""
    words = causes_in_words(say)
    told = [
        f"{words[row['cause']]} ({signed(say, row['points'], decimals)})"
        for row in sorted(parts, key=lambda row: -abs(row["points"]))
        if abs(row["points"]) >= SMALL
    ]
    if not told:
        return say("No cause moved the score.")
    text = say("By causes: {causes}.", causes=say.listed(told))
    moved = [row for row in parts if row["places"] and total["places"] and row["places"] * total["places"] > 0]
    if moved:
        first = max(moved, key=lambda row: abs(row["places"]))
        cause = {"cause": words[first["cause"]], "places": places_moved(say, first["places"])}
        text += " " + say("For the rank, most came from: {cause} ({places}).", **cause)
    return text


def _indicators(say: Texts, rows: Sequence[Row], names: dict[str, str], decimals: int) -> list[str]:
    parts = [row for row in by_indicator(rows) if abs(row["points"]) >= SMALL][:MOST]
    told = [f"{names[row['indicator']]} ({signed(say, row['points'], decimals)})" for row in parts]
    return [say("Indicators that did most: {indicators}.", indicators=say.listed(told))] if told else []


def finding(say: Texts, rows: Sequence[Row], decimals: int) -> str:
    """Return the finding for the title of a chart: which cause lifted or lowered the score most."""
    total = whole_change(rows)
    parts = [row for row in causes(rows) if abs(row["points"]) >= SMALL]
    if not parts:
        return say("The score did not move")
    first = max(parts, key=lambda row: abs(row["points"]))
    words = {
        "cause": causes_in_words(say)[first["cause"]],
        "points": signed(say, first["points"], decimals),
        "total": signed(say, total["points"], decimals),
    }
    return say("{cause}: {points} points; the whole change: {total}", **words)
