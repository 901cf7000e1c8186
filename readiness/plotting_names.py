"""Names in charts: which country or node is meant, labels that tell all apart, changes in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from readiness.errors import USAGE, ReadinessError, Violation, nearest
from readiness.framework import Framework
from readiness.numbers import GAP, fixed, place
from readiness.report.data import Facts
from readiness.report.interval_words import places_text
from readiness.report.words import counted
from readiness.sides import member


def labels(names: Mapping[str, str]) -> dict[str, str]:
    """Return a label for each code that no other code has: the name, with the code where names are alike.

    >>> labels({"AT": "Austria", "A1": "North", "A2": "North"})
    {'AT': 'Austria', 'A1': 'North (A1)', 'A2': 'North (A2)'}
    """
    often = Counter(names.values())
    return {code: name if often[name] == 1 else f"{name} ({code})" for code, name in names.items()}


def country_labels(framework: Framework) -> dict[str, str]:
    """Return a label for each country and the reference."""
    names = {code: framework.unit_name(code) for code in framework.units}
    if framework.reference:
        names[framework.reference.code] = framework.reference.name
    return labels(names)


def node_labels(framework: Framework, nodes: Sequence[str]) -> dict[str, str]:
    """Return a label for each of some nodes or context series."""
    return labels({code: framework.name_of(code) for code in nodes})


def members(framework: Framework, words: str | Sequence[str]) -> list[str]:
    """Return the codes of ranked countries, each once. Errors: ReadinessError for one that the index does not rank."""
    given = [words] if isinstance(words, str) else words
    return list(dict.fromkeys(member(framework, word) for word in given))


def member_or_reference(framework: Framework, word: str) -> str:
    """Return the code of a ranked country or of the reference. Errors: ReadinessError for anything else."""
    reference = framework.reference
    if reference and word.lower() in (reference.code.lower(), reference.name.lower()):
        return reference.code
    return member(framework, word)


def known(what: str, word: str, names: Mapping[str, str]) -> str:
    """Return the code that a code or a name stands for, in any case.

    Errors   ReadinessError with what was probably meant.
    """
    found = {name.lower(): code for code, name in names.items()} | {code.lower(): code for code in names}
    code = found.get(word.lower())
    if code is None:
        hint = nearest(word, [*names, *names.values()])
        raise ReadinessError(Violation("E520", what, word, f"a {what} of the index", hint=hint), USAGE)
    return code


def node_of(framework: Framework, word: str | None) -> str:
    """Return the code of a node given by code or name; the index itself where none is given."""
    if word is None:
        return framework.root
    return known("node", word, {code: framework.name_of(code) for code in framework.nodes})


def no_chart(chart: str, found: str, expected: str) -> ReadinessError:
    """Return the error that a run has nothing to draw a chart of."""
    return ReadinessError(Violation("E520", f"plot.{chart}", found, expected), USAGE)


def rank_text(facts: Facts, country: str, node: str) -> str:
    """Return a rank among how many, with its 90 % interval where one was computed; a gap where there is none."""
    rank = facts.scores[country, node]["rank"]
    if rank is None:
        return GAP
    row = facts.spread.row(country, node) if facts.spread else None
    beside = f", 90 % interval {places_text(row)}" if row else ""
    return f"{place(rank)} of {facts.ranked[node]}{beside}"


def signed(number: int | None, decimals: int = 0) -> str:
    """Return what `numbers.whole` gave as a text with its sign.

    >>> signed(65, 2), signed(-3, 1), signed(0, 1)
    ('+0.65', '−0.3', '0.0')
    """
    return f"+{fixed(number, decimals)}" if number is not None and number > 0 else fixed(number, decimals)


def places_won(places: float | None) -> str:
    """Return places won in words.

    >>> places_won(1.0), places_won(-2.0), places_won(0.0), places_won(0.5), places_won(None)
    ('1 place won', '2 places lost', 'no place', '0.5 places won', 'no rank')
    """
    if places is None:
        return "no rank"
    if places == 0:
        return "no place"
    size = abs(places)
    number = counted(int(size), "place") if size == int(size) else f"{size:g} places"
    return f"{number} {'won' if places > 0 else 'lost'}"
