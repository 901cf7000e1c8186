"""Where the figures come from: one line for each organisation and licence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from readiness.report.data import Facts
from readiness.report.texts import Texts

INDICATOR, DENOMINATOR, CONTEXT = "indicator", "denominator", "context"


@dataclass
class Source:
    """An organisation under one licence: its data sets and how many series of each use."""

    organisation: str
    licence: str
    datasets: dict[str, None] = field(default_factory=dict)
    uses: dict[str, int] = field(default_factory=dict)


def used_for(say: Texts, source: Source) -> str:
    """Say how many series of each use have their figures from a source."""
    told = {
        INDICATOR: lambda number: say.plural("{number} indicator", "{number} indicators", number),
        DENOMINATOR: lambda number: say.plural("{number} denominator", "{number} denominators", number),
        CONTEXT: lambda number: say.plural("{number} context series", "{number} context series", number),
    }
    return ", ".join(told[use](number) for use, number in source.uses.items())


def sources(facts: Facts, indicators: Iterable[str], others: Mapping[str, Iterable[str]]) -> list[Source]:
    """Return the sources of indicators and of other series, which are given by their use; sorted by name."""
    found: dict[tuple[str, str], Source] = {}
    for code in indicators:
        row = facts.nodes[code]
        _add(found, INDICATOR, row["source"], row["licence"], row["dataset"])
    for use, codes in others.items():
        for code in codes:
            own = facts.framework.all_indicators[code].source
            _add(found, use, own.get("organisation"), own.get("licence"), own.get("dataset"))
    return [found[key] for key in sorted(found)]


def all_sources(facts: Facts) -> list[Source]:
    """Return the sources of all series of the index."""
    framework = facts.framework
    return sources(facts, framework.leaves, {DENOMINATOR: framework.denominators, CONTEXT: framework.context})


def sources_of(facts: Facts, country: str) -> list[Source]:
    """Return the sources of the figures of a country in the newest edition."""
    indicators = facts.framework.indicators
    used = [code for code in facts.framework.leaves if facts.cells[country, code]["raw"] is not None]
    divisors = dict.fromkeys(
        series
        for code in used
        for series in (indicators[code].denominator, *(indicators[code].rebase or ()))
        if series in facts.framework.denominators
    )
    context = [row["indicator"] for row in facts.context.get(country, [])]
    return sources(facts, used, {DENOMINATOR: divisors, CONTEXT: context})


def _add(found: dict, use: str, organisation: str | None, licence: str | None, dataset: str | None) -> None:
    key = (organisation or "", licence or "")
    source = found.setdefault(key, Source(*key))
    source.datasets.update({dataset: None} if dataset else {})
    source.uses[use] = source.uses.get(use, 0) + 1
