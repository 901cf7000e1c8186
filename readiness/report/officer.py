"""The officer's report on a country: sections 0 to 11, the same for the page and for print."""

from __future__ import annotations

from readiness import __version__
from readiness.numbers import GAP, fixed, whole
from readiness.report.data import Facts
from readiness.report.document import Boxes, Document
from readiness.report.interval_words import varied_in_words
from readiness.report.options import Options
from readiness.report.sections import (
    change,
    indicators,
    method,
    moves,
    parts,
    peers,
    quality,
    signals,
    standing,
    targets,
)
from readiness.report.texts import Texts
from readiness.report.why import mostly_set, set_points
from readiness.report.wording import (
    noise_text,
    places_moved,
    places_range,
    rank_text,
    reference_name,
    score_range,
    signed,
    told_interval,
)


def officers_report(facts: Facts, code: str, options: Options | None = None) -> Document:
    """Return the whole report on a country."""
    chosen = options or Options(code)
    beside = peers.peers_of(facts, code, chosen.peers)
    found = [
        standing.section(facts, code),
        parts.section(facts, code),
        change.section(facts, code),
        signals.section(facts, code, beside),
        peers.section(facts, code, chosen.peers),
        targets.section(facts, code),
        moves.section(facts, code),
        quality.section(facts, code),
        indicators.section(facts, code),
        method.section(facts),
        method.reproduction(facts, chosen),
    ]
    return Document(
        facts.say.language,
        facts.title,
        facts.country(code),
        headline(facts, code),
        front_boxes(facts, code),
        front_notes(facts, chosen),
        tuple(each for each in found if each is not None),
        foot(facts),
    )


def headline(facts: Facts, code: str) -> str:
    """Return the finding: rank with interval, score, distance to the reference, change since the edition before."""
    say, row = facts.say, facts.scores[code, facts.root]
    name = facts.country(code)
    if row["score"] is None:
        return say(
            "{name} has no score in edition {edition}: {reason}.",
            name=name,
            edition=facts.edition,
            reason=say.reason(row["reason"]),
        )
    beside, score = told_interval(facts, code), facts.printed_score(code, facts.root)
    words = {"name": name, "rank": rank_text(facts, code), "interval": beside, "score": score}
    if beside:
        found = [say("{name}: rank {rank} (90 % interval {interval}), score {score}.", **words)]
    else:
        found = [say("{name}: rank {rank}, score {score}.", **words)]
    found += distance(facts, code)
    movement = facts.movements.get((code, facts.root))
    if movement and movement["change"] is not None:
        moved = {
            "edition": facts.previous,
            "points": signed(say, movement["change"], facts.scale.index_decimals),
            "noise": ", ".join(filter(None, [noise_text(facts, movement), set_text(facts, code)])),
        }
        text = (
            say("Since {edition}: {points} points, {noise}.", **moved)
            if moved["noise"]
            else say("Since {edition}: {points} points.", **moved)
        )
        found.append(text)
    return " ".join(found)


def set_text(facts: Facts, code: str) -> str:
    """Say that most of a change comes from the set of indicators, where it does."""
    rows = facts.changes.get((code, facts.root), ())
    if not mostly_set(rows):
        return ""
    points = signed(facts.say, set_points(rows), facts.scale.index_decimals)
    return facts.say("mostly by indicators that enter or leave ({points})", points=points)


def distance(facts: Facts, code: str) -> list[str]:
    """Say how far the score lies from that of the reference, and whether its own interval holds that."""
    say, decimals = facts.say, facts.scale.index_decimals
    own, other = (whole(facts.score(each, facts.root), decimals) for each in (code, facts.reference))
    if own is None or other is None:
        return []
    words = {"points": say.digits(fixed(abs(own - other), decimals)), "name": reference_name(facts)}
    if own == other:
        return [say("That is the score of {name}.", **words)]
    if own > other:
        text = say("That is {points} points above {name}.", **words)
    else:
        text = say("That is {points} points below {name}.", **words)
    row = facts.spread.row(code, facts.root) if facts.spread else None
    ends = (row["score_low_90"], row["score_high_90"]) if row else (None, None)
    held = None not in ends and ends[0] <= facts.score(facts.reference, facts.root) <= ends[1]
    return [text, say("The interval of the score holds that of {name}.", **words)] if held else [text]


def front_boxes(facts: Facts, code: str) -> Boxes:
    """Return the three key figures: rank, score, places since the edition before."""
    say, short = facts.say, reference_name(facts)
    beside, around = told_interval(facts, code), score_range(facts, code)
    ranks = say("90 % interval {interval}", interval=beside) if beside else ""
    scores = [say("90 % interval {interval}", interval=around)] if around else []
    scores += [say.named(short, facts.printed_score(facts.reference, facts.root))] if short else []
    found = [(say("Rank"), rank_text(facts, code), ranks)]
    found.append((say("Score"), facts.printed_score(code, facts.root), say.series(scores)))
    movement = facts.movements.get((code, facts.root))
    if movement and facts.previous is not None:
        told = GAP if movement["places"] is None else places_moved(say, movement["places"])
        points = signed(say, movement["change"], facts.scale.index_decimals)
        between = places_range(say, movement)
        below = [say("90 % interval {interval}", interval=between)] if between else []
        moved = filter(None, [say("score {points}", points=points), noise_text(facts, movement), set_text(facts, code)])
        below = say.series([*below, ", ".join(moved)])
        found.append((say("Since {edition}", edition=facts.previous), told, below))
    return Boxes(tuple(found))


def front_notes(facts: Facts, options: Options) -> tuple[str, ...]:
    """Return what stands on the front: officer, status, what the intervals are."""
    say = facts.say
    signed_by = [say("Officer: {name}.", name=options.officer)] if options.officer else []
    status = [say("Status: {status}.", status=say.data(options.status))] if options.status else []
    return (*signed_by, *status, caution(facts))


def caution(facts: Facts) -> str:
    """Say what the intervals are, or that there are none."""
    say, spread = facts.say, facts.spread
    if spread is None:
        return say("Every figure carries some error, so small differences may be chance. This run has no intervals.")
    number, what = say.digits(f"{spread.replicates:,}"), varied_in_words(spread, say)
    return say("Intervals: the middle 90 % of {number} replicates in which {what} vary.", number=number, what=what)


def foot(facts: Facts) -> str:
    """Return what identifies the run, on every page."""
    return identified(facts.say, facts)


def identified(say: Texts, facts: Facts) -> str:
    """Name index, edition, run and program."""
    words = {
        "title": facts.title,
        "run": facts.results.digest,
        "recipe": facts.results.recipe.name,
        "version": __version__,
    }
    text = say("{title}. Recipe: {recipe}. Run: {run}. Computed by readiness {version}.", **words)
    as_of = facts.results.as_of
    if as_of is None:
        return text
    known = say("Figures as known on {day}.", day=say.date(as_of))
    return f"{text} {known}"
