"""Why a score and a rank moved, in words: the causes by name, what did most, and whether it is more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from readiness.causes import TOTAL
from readiness.numbers import apportion, whole
from readiness.report.texts import Texts
from readiness.report.wording import places_moved, signed

Row = dict[str, Any]
MOST = 3  # indicators that are named
SET = "indicators"  # the cause that is no figure's doing


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


def added_up(rows: Sequence[Row], decimals: int) -> list[Row]:
    """Return the causes and, last, the whole change with points as they are printed: rounded so that they add up."""
    total, parts, unit = whole_change(rows), causes(rows), 10.0**decimals
    found = [*parts, total]
    for name in ("points", "shapley"):
        end = whole(total[name], decimals)
        if end is not None:
            shares = apportion([row[name] * unit for row in parts], end)
            found = [row | {name: share / unit} for row, share in zip(found, [*shares, end], strict=True)]
    return found


def by_indicator(rows: Sequence[Row], cause: str = "") -> list[Row]:
    """Return the parts of single indicators, of one cause or of all, the largest first."""
    parts = [row for row in rows if row["indicator"] and cause in ("", row["cause"])]
    return sorted(parts, key=lambda row: (-abs(row["points"]), row["position"], row["indicator"]))


def turned(rows: Sequence[Row]) -> list[Row]:
    """Return the causes whose points in the fixed order and mean over all orders differ in sign."""
    return [row for row in causes(rows) if row["points"] * row["shapley"] < 0]


def set_points(rows: Sequence[Row]) -> float | None:
    """Return the points that indicators that enter or leave add to a change; nothing where its causes are not told."""
    return sum(row["points"] for row in causes(rows) if row["cause"] == SET) if rows else None


def mostly_set(rows: Sequence[Row]) -> bool:
    """Say whether more than half of a change comes from indicators that enter or leave, and so from no figure."""
    part = set_points(rows)
    return part is not None and 2 * part * whole_change(rows)["points"] > whole_change(rows)["points"] ** 2


def sentences(
    say: Texts, name: str, rows: Sequence[Row], movement: Row | None, names: dict[str, str], decimals: int
) -> list[str]:
    """Return three sentences: how far it moved and whether that is real, which cause did most, which indicators did.

    `rows` are those of table change for one country and node, `movement` its row of table movements, `names` those of
    the indicators.
    """
    return [
        _moved(say, name, rows, movement, decimals),
        _most(say, added_up(rows, decimals), decimals),
        *_indicators(say, rows, names, decimals),
    ]


def _moved(say: Texts, name: str, rows: Sequence[Row], movement: Row | None, decimals: int) -> str:
    """Say how score and rank moved, whether that is more than chance, and whether the set of indicators did it."""
    total = whole_change(rows)
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
        text += " " + say("The change of the score is beyond noise ({share} interval {low} to {high}).", **ends)
    else:
        text += " " + say("The change of the score is within noise ({share} interval {low} to {high}).", **ends)
    if mostly_set(rows):
        text += " " + say("Most of it comes from indicators that enter or leave.")
    if movement["places_low_90"] is None:
        return text
    ends |= {end: signed(say, movement[f"places_{end}_90"], 0) for end in ("low", "high")}
    return f"{text} " + say("In places the {share} interval is {low} to {high}.", **ends)


def _most(say: Texts, rows: Sequence[Row], decimals: int) -> str:
    """Name the causes of the score, that which did most first, and those that did most for the rank."""
    (*parts, total), words = rows, causes_in_words(say)
    told = [
        f"{words[row['cause']]} ({signed(say, row['points'], decimals)})"
        for row in sorted(parts, key=lambda row: -abs(row["points"]))
        if row["points"]
    ]
    if not told:
        return say("No cause moved the score.")
    text = say("By causes: {causes}.", causes=say.listed(told))
    moved = [row for row in parts if row["places"] and total["places"] and row["places"] * total["places"] > 0]
    if moved:
        most = max(abs(row["places"]) for row in moved)
        first = [words[row["cause"]] for row in moved if abs(row["places"]) == most]
        told = {"causes": say.listed(first), "places": places_moved(say, most if total["places"] > 0 else -most)}
        if len(first) == 1:
            text += " " + say("For the rank, most came from: {causes} ({places}).", **told)
        else:
            text += " " + say("For the rank, most came from: {causes} ({places} each).", **told)
    return text


def _indicators(say: Texts, rows: Sequence[Row], names: dict[str, str], decimals: int) -> list[str]:
    parts = [row for row in by_indicator(rows) if whole(row["points"], decimals)][:MOST]
    told = [f"{names[row['indicator']]} ({signed(say, row['points'], decimals)})" for row in parts]
    return [say("Indicators that did most: {indicators}.", indicators=say.listed(told))] if told else []


def finding(say: Texts, rows: Sequence[Row], decimals: int, *, noise: bool = False) -> str:
    """Return the finding for the title of a chart: which cause lifted or lowered the score most, and if it is noise."""
    *parts, total = added_up(rows, decimals)
    if not any(row["points"] for row in parts):
        return say("The score did not move")
    first = max(parts, key=lambda row: abs(row["points"]))
    words = {
        "cause": causes_in_words(say)[first["cause"]],
        "points": signed(say, first["points"], decimals),
        "total": signed(say, total["points"], decimals),
    }
    if noise:
        return say("Within noise: {total} points, of them {points} from: {cause}", **words)
    return say("{cause}: {points} points; the whole change: {total}", **words)
