"""The sheets of an officer's questions: targets, what would move a country, its data, its peers, its strengths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from readiness.numbers import place
from readiness.peers import RULES
from readiness.report.workbook_formulas import difference, guarded
from readiness.report.workbook_methods import Methods
from readiness.report.workbook_sheets import Column, Formula, Grid, Row, Sheet, columns_of, grid_of
from readiness.signals import STRENGTH, Signal, signals
from readiness.target import Target

INDICATOR = Column("name", "Indicator", "Name of the indicator", "title")
COUNTRY = Column("name", "Country", "Name of the country", "name")
TARGET = (
    ("year", "Year", "year"),
    ("value", "Value", "number"),
    ("baseline_year", "Year of baseline", "year"),
    ("baseline", "Baseline", "number"),
    ("goal", "Goal", "number"),
    ("goal_year", "Year of goal", "year"),
    ("distance", "Distance", "number"),
    ("progress", "Progress", "share"),
    ("needed", "Pace needed", "number"),
    ("pace", "Pace so far", "number"),
    ("pace_error", "Its standard error", "number"),
    ("recent", "Newest pace", "number"),
    ("figures", "Figures", "number"),
    ("first_year", "Trend from", "year"),
    ("projection", "Projection", "number"),
    ("projection_low", "Projection, 90 % from", "number"),
    ("projection_high", "Projection, 90 % to", "number"),
    ("verdict", "Verdict", "word"),
    ("reason", "Why", "long"),
)
MOVES = (
    ("value", "Figure", "number"),
    ("median", "Median", "number"),
    ("gain", "Points", "score"),
    ("places", "Places won", "rank"),
    ("chance", "Chance of a place", "share"),
    ("reason", "Why nothing", "name"),
)
QUALITY = (
    ("counted", "Indicators that count", "number"),
    ("figures", "With a figure", "number"),
    ("imputed", "Imputed", "number"),
    ("flagged", "Flagged figures", "number"),
    ("coverage", "Coverage", "share"),
    ("mean_age", "Mean age, years", "mean"),
    ("oldest", "Oldest, years", "number"),
    ("score_observed", "Score without imputed", "score"),
    ("rank_observed", "Rank without imputed", "rank"),
    ("grade", "Grade", "word"),
)


def targets_sheet(methods: Methods, countries: Sequence[str]) -> Sheet:
    """Return where some countries stand with each target, and what of it a reader can compute again."""
    facts, targets = methods.facts, methods.framework.targets
    columns = target_columns()
    rows = [facts.targets[code, each] for code in targets for each in countries if (code, each) in facts.targets]
    grid = grid_of("Targets", columns, len(rows))
    written = [_target(methods, grid, number, row, targets[row["target"]]) for number, row in enumerate(rows)]
    note = "Distance, progress and the pace needed are computed here; pace and projection are those of a trend line."
    return Sheet("Targets", f"Targets, as known for edition {facts.edition}", note, columns, written)


def target_columns() -> list[Column]:
    """Return the columns of the targets."""
    return [
        *columns_of("targets", ("target", "Code", "code")),
        Column("name", "Target", "Name of the target", "title"),
        *columns_of("targets", ("country", "Code of country", "word")),
        Column("who", "Country", "Name of the country"),
        Column("unit", "Unit", "Unit of value, baseline and goal"),
        *columns_of("targets", *TARGET),
        Column("origin", "Set by", "Who set the target, and where", "name"),
        Column("proxy", "What is measured", "What the series measures in the place of what is meant", "long"),
    ]


def moves_sheet(methods: Methods, country: str) -> Sheet:
    """Return what the median of each indicator would add, the most first; then those that add nothing, and why."""
    facts, tree = methods.facts, methods.framework.leaves.index
    columns = [
        *columns_of("moves", ("indicator", "Code", "code")),
        INDICATOR,
        Column("unit", "Unit", "Unit of the figure after division"),
        *columns_of("moves", *MOVES),
    ]
    own = facts.moves.get(country, [])
    rows = sorted(own, key=lambda row: (row["gain"] is None, -(row["gain"] or 0.0), tree(row["indicator"])))
    written = [
        {**row, "name": facts.name(row["indicator"]), "unit": facts.nodes[row["indicator"]]["scored_unit"]}
        for row in rows
    ]
    title = f"{facts.country(country)}: what the median of all countries would change, one indicator at a time"
    note = "Arithmetic with all else as it is: no forecast, and no advice."
    return Sheet("What would move us", title, note, columns, written)


def quality_sheet(methods: Methods, country: str) -> Sheet:
    """Return what the scores of all countries rest on; the country's own row stands out."""
    facts = methods.facts
    columns = [*columns_of("quality", ("country", "Code", "word")), COUNTRY, *columns_of("quality", *QUALITY)]
    rows = [facts.quality[code] for code in facts.order if code in facts.quality]
    written = [{**row, "name": facts.country(row["country"])} for row in rows]
    strong = frozenset(number for number, row in enumerate(rows) if row["country"] == country)
    note = "A: 95 % of the weight has a figure, two years old or less on average. B: 80 %, three years. C: less."
    return Sheet(
        "Data quality", f"What the scores rest on, edition {facts.edition}", note, columns, written, strong=strong
    )


def peers_sheet(methods: Methods, country: str) -> Sheet:
    """Return the countries that are most alike, by each rule, the nearest first."""
    facts = methods.facts
    columns = [
        Column("rule", "Rule", "What is compared", "title"),
        Column("position", "Place", "Place by distance, 1 is the nearest", "rank"),
        Column("peer", "Code", "Code of the peer", "word"),
        COUNTRY,
        Column("rank", "Rank", "Rank of the peer", "rank"),
        Column("score", "Score", "Score of the peer", "score"),
    ]
    rows = [
        {
            "rule": words,
            "position": position,
            "peer": peer,
            "name": facts.country(peer),
            "rank": facts.scores[peer, facts.root]["rank"],
            "score": facts.score(peer, facts.root),
        }
        for rule, words in RULES.items()
        for position, peer in enumerate(facts.peers.get((country, rule), []), start=1)
    ]
    note = "Size and wealth say who may be compared; scores play no part in them, but in the last rule."
    return Sheet("Peers", f"{facts.country(country)}: who is alike", note, columns, rows)


def strengths_sheet(methods: Methods, country: str) -> Sheet:
    """Return the indicators that stand out, strengths first; what rests on thin data says so."""
    facts = methods.facts
    columns = [
        Column("kind", "Kind", "Strength or weakness", "word"),
        Column("indicator", "Code", "Code of the indicator", "code"),
        INDICATOR,
        Column("rank", "Rank", "Rank among the countries with a figure", "rank"),
        Column("of", "Of", "Countries with a figure", "number"),
        Column("worse", "Worse", "Countries with a figure that is worse", "number"),
        Column(
            "percentile",
            "Percentile rank",
            "(countries - rank) / (countries - 1); of a weakness the share of the others that are worse",
            "share",
        ),
        Column("thin", "Thin data", "What the signal rests on too little of; empty where the data are sound", "name"),
    ]
    found = signals(facts.framework, facts.results.tables, country, facts.edition)
    grid = grid_of("Strengths", columns, len(found))
    rows = [_signal(methods, grid, number, each) for number, each in enumerate(found)]
    note = "A strength is among the country's own best eighth or its rank is 3 or better; a weakness mirrors this."
    return Sheet("Strengths", f"{facts.country(country)}: strengths and weaknesses", note, columns, rows)


def _target(methods: Methods, grid: Grid, number: int, row: Row, target: Target) -> Row:
    facts, at = methods.facts, {key: grid.cell(key, number) for key in grid.keys}
    found: dict[str, Any] = {**row, "name": target.name, "who": facts.country(row["country"])}
    found |= {"unit": target.unit, "origin": target.origin, "proxy": " ".join(target.proxy.split())}
    years = f"({at['goal_year']}-{at['year']})"
    pace = f"({at['goal']}/{at['value']})^(1/{years})-1" if target.growth else f"({at['goal']}-{at['value']})/{years}"
    done = f"({at['value']}-{at['baseline']})/({at['goal']}-{at['baseline']})"
    makers: dict[str, Callable[[], str]] = {
        "distance": lambda: difference(at["goal"], at["value"]),
        "progress": lambda: guarded(done, at["value"], at["baseline"], at["goal"]),
        "needed": lambda: guarded(pace, at["value"], at["goal"]),
    }
    return found | {key: Formula(make(), row[key]) for key, make in makers.items() if row[key] is not None}


def _signal(methods: Methods, grid: Grid, number: int, each: Signal) -> Row:
    rank, of, worse = (grid.cell(key, number) for key in ("rank", "of", "worse"))
    above = f"{of}-{rank}" if each.kind == STRENGTH else worse
    return {
        "kind": each.kind,
        "indicator": each.indicator,
        "name": methods.facts.name(each.indicator),
        "rank": place(each.rank),
        "of": each.of,
        "worse": each.worse,
        "percentile": Formula(guarded(f"({above})/({of}-1)", rank, of), each.percentile),
        "thin": each.thin,
    }
