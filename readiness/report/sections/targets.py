"""Section 6, targets: value, distance, pace needed and pace so far, where the trend leads, and what can be said."""

from __future__ import annotations

from readiness.numbers import GAP, MINUS, figure, significant
from readiness.report.charts.trajectory import Course, trajectory
from readiness.report.data import Facts, Row
from readiness.report.document import NUMBER, Block, Cell, Chart, Column, Section, Side, Table, Text
from readiness.report.document import Row as TableRow
from readiness.report.reasons import mark
from readiness.report.texts import Texts
from readiness.target import Target
from readiness.target_table import NOT_REPORTED, REACHED, UNKNOWN

DRAWN = 4  # targets that have a chart
FEWEST = 3  # figures that are drawn
MILLION = 1e6


def section(facts: Facts, code: str) -> Section | None:
    """Return the section, or nothing for an index without targets."""
    say = facts.say
    own = [each for each in facts.framework.targets.values() if (each.code, code) in facts.targets]
    if not own:
        return None
    blocks: list[Block] = [Text(text) for text in summary(facts, code)]
    charts = [chart(facts, code, each) for each in _drawn(facts, code, own)]
    blocks += [Side(tuple(charts[at : at + 2])) for at in range(0, len(charts), 2)]
    measured = [each for each in own if facts.targets[each.code, code]["verdict"] != NOT_REPORTED]
    blocks += [targets_table(facts, code, rows, caption) for caption, rows in by_origin(say, measured)]
    silent = [say.data(each.name) for each in own if each not in measured]
    if silent:
        blocks.append(Text(say("Not reported yet: {names}.", names=say.series(silent))))
    blocks += [Text(text, "note") for text in _proxies(facts, measured)]
    blocks.append(Text(say(RULE), "note"))
    return Section("targets", say("Targets"), tuple(blocks))


RULE = mark(
    "Pace so far: a straight line through the figures, with its standard error; for a growth, through their "
    "logarithms. On track or behind: the whole 90 % interval of the line in the target's year lies on one side of the "
    "goal, and the newest figures move at a pace that agrees. Else nothing can be said."
)


def verdict(say: Texts, row: Row) -> str:
    """Return a verdict in words, with a sign that needs no colour."""
    words = {
        "reached": say("reached"),
        "on track": say("on track"),
        "behind": say("behind"),
        "missed": say("missed"),
        "cannot be said": say("cannot be said"),
        "not reported": say("not reported"),
        "no number set": say("no number set"),
    }
    return words[row["verdict"]]


def summary(facts: Facts, code: str) -> list[str]:
    """Count the verdicts on the targets of the Blueprint, and name those that are reached, on track or behind."""
    say, told = facts.say, []
    own = [each for each in facts.framework.targets.values() if not each.context and (each.code, code) in facts.targets]
    for word in ("reached", "on track", "behind", "missed", "cannot be said", "not reported"):
        named = [say.data(each.name) for each in own if facts.targets[each.code, code]["verdict"] == word]
        if named and word == NOT_REPORTED:
            told.append(say.plural("{number} is not reported.", "{number} are not reported.", len(named)))
        elif named:
            text = say.series(named)
            told.append(say.named(capital(verdict(say, {"verdict": word})), text) + ".")
    return [" ".join(told)] if told else []


def _drawn(facts: Facts, code: str, own: list[Target]) -> list[Target]:
    """Return the targets that have a chart: those with a goal and enough figures, the Blueprint's first."""
    fit = [
        each
        for each in own
        if len(facts.target_series(each, code)) >= FEWEST
        and facts.targets[each.code, code]["goal"] is not None
        and facts.targets[each.code, code]["verdict"] != REACHED
    ]
    return sorted(fit, key=lambda each: each.context)[:DRAWN]


def chart(facts: Facts, code: str, target: Target) -> Chart:
    """Return the figures of a target by year, the path to its goal and the interval of its trend."""
    say, row = facts.say, facts.targets[target.code, code]
    figures = facts.target_series(target, code)
    shown = [pair for pair in figures if target.since is None or pair[0] >= target.since]
    ends = (row["projection"], row["projection_low"], row["projection_high"])
    trend = None if None in ends else ends
    course = Course(
        shown, row["goal"], target.by, trend, short_figure(say, row["goal"]), short_figure(say, row["value"])
    )
    title = say.named(say.data(target.name), verdict(say, row))
    unit = say.data(target.unit)
    plotted = say("Unit: {unit}. Dashed: the path to the goal. Shaded: where the trend leads.", unit=unit)
    told = ", ".join(say.named(str(year), short_figure(say, value)) for year, value in shown)
    alt = say("{figures}. Goal {goal} by {year}.", figures=told, goal=short_figure(say, row["goal"]), year=target.by)
    svg = trajectory(course, f"target-{target.code}", title, alt, say.digits)
    return Chart(title, plotted, svg, alt, width=0.5)


def short_figure(say: Texts, value: float | None) -> str:
    """Return a figure in a few digits; millions are said as such."""
    if value is None:
        return GAP
    if abs(value) >= MILLION:
        return say("{number} m", number=say.digits(figure(float(f"{value / MILLION:.3g}"))))
    return say.digits(figure(value))


def by_origin(say: Texts, targets: list[Target]) -> list[tuple[str, list[Target]]]:
    """Return the targets of each who set them, with a caption, in the order in which they are declared."""
    found: dict[str, list[Target]] = {}
    for each in targets:
        origin = say.data(each.origin)
        caption = (
            say("As context: {origin}", origin=origin) if each.context else say("Targets: {origin}", origin=origin)
        )
        found.setdefault(caption, []).append(each)
    return list(found.items())


def targets_table(facts: Facts, code: str, targets: list[Target], caption: str) -> Table:
    """Return where a country stands with each target."""
    say = facts.say
    columns = (
        Column(say("Target"), width=2.3),
        Column(say("Value"), NUMBER, 1.05),
        Column(say("Goal"), NUMBER, 1.05),
        Column(say("Pace needed"), NUMBER, 0.9),
        Column(say("Pace so far"), NUMBER, 1.2),
        Column(say("Trend leads to"), NUMBER, 1.3),
        Column(say("Verdict"), width=2.7),
    )
    rows = []
    for each in targets:
        row = facts.targets[each.code, code]
        reason = say.reason(row["reason"])
        needed = "" if row["needed"] is not None else say("none is needed, or it cannot be told")
        rows.append(
            TableRow(
                (
                    Cell(say.data(each.name), notes=(say.data(each.unit),)),
                    Cell(short_figure(say, row["value"]), reason, (str(row["year"]),) if row["year"] else ()),
                    Cell(short_figure(say, row["goal"]), reason, (str(each.by),)),
                    Cell(pace(say, each, row["needed"]), needed),
                    Cell(pace(say, each, row["pace"]), say("fewer than two figures"), _beside(say, each, row)),
                    Cell(short_figure(say, row["projection"]), say("no trend"), _between(say, row)),
                    Cell(verdict(say, row), notes=(reason,) if reason else (), strong=True),
                )
            )
        )
    return Table(caption, columns, tuple(rows))


def _beside(say: Texts, target: Target, row: Row) -> tuple[str, ...]:
    """Return the error of the pace so far, and the pace of the newest figures where it keeps a verdict open."""
    found = []
    if row["pace_error"] is not None:
        found.append(say("± {error}", error=pace(say, target, row["pace_error"], sign=False, digits=2)))
    if row["verdict"] == UNKNOWN and None not in (row["recent"], row["needed"], row["projection_low"]):
        found.append(say("newest: {pace}", pace=pace(say, target, row["recent"])))
    return tuple(found)


def _between(say: Texts, row: Row) -> tuple[str, ...]:
    """Return the interval that a trend leads to; both ends at an end of the scale are no certainty."""
    ends = [short_figure(say, row[f"projection_{end}"]) for end in ("low", "high")]
    if GAP in ends:
        return ()
    if row["projection_low"] == row["projection_high"]:
        return (say("the end of the scale, or beyond"),)
    return (say("{low} to {high}", low=ends[0], high=ends[1]),)


def capital(text: str) -> str:
    """Return a text that begins with a capital; the rest of it stays, as German nouns need theirs."""
    return text[:1].upper() + text[1:]


def pace(say: Texts, target: Target, value: float | None, *, sign: bool = True, digits: int = 3) -> str:
    """Return a pace a year: a growth in per cent, else in the unit of the target."""
    if value is None:
        return GAP
    text = significant(100 * value if target.growth else value, digits)
    text = f"+{text}" if sign and value > 0 and not text.startswith(MINUS) else text
    return say.percent(text) if target.growth else say.digits(text)


def _proxies(facts: Facts, targets: list[Target]) -> list[str]:
    """Say what the measures leave open."""
    say = facts.say
    return [say.named(say.data(each.name), say.data(each.proxy)) for each in targets if each.proxy]
