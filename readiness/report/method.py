"""How the index is computed, in ten lines made from the recipe, the rules and the bounds."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import polars as pl

from readiness.numbers import percent
from readiness.registry import lookup
from readiness.report.data import Facts
from readiness.report.words import counted, level_word, listed, reference_rule

Line = tuple[str, str, str]


def ten_lines(facts: Facts) -> list[Line]:
    """Return heading, method and text of each step, in the order in which the steps are done."""
    steps = (
        ("Figures", "", _figures),
        ("Division", "", _division),
        ("What counts", "", _counting),
        ("Gaps", "impute", _gaps),
        ("Transform", "transform", _transforms),
        ("Outliers", "treat", _outliers),
        ("Scale", "normalise", _scale),
        ("Weights", "weight", _weights),
        ("Means", "aggregate", _means),
        ("Ranks", "rank", _ranks),
    )
    chosen = facts.results.recipe.steps
    return [(heading, chosen[step].method if step else "", tell(facts)) for heading, step, tell in steps]


def capped(facts: Facts) -> dict[str, dict[str, list[int]]]:
    """Return, for each indicator with capped values, the editions by country."""
    caps = facts.results.bounds.select("indicator", "cap_low", "cap_high")
    value = pl.col("transformed")
    moved = facts.results.cells.join(caps, on="indicator").filter(
        (value < pl.col("cap_low")).fill_null(value=False) | (value > pl.col("cap_high")).fill_null(value=False)
    )
    found: dict[str, dict[str, list[int]]] = {}
    for code, country, edition in moved.select("indicator", "country", "edition").sort("edition", "country").rows():
        found.setdefault(code, {}).setdefault(country, []).append(edition)
    return found


def _figures(facts: Facts) -> str:
    rules, leaves = facts.framework.rules, facts.framework.leaves
    newest = facts.edition - rules.lag
    level = level_word(facts.nodes[facts.pillars[0]]["level"])
    own = sum(facts.framework.indicators[code].max_age is not None for code in leaves)
    limits = (
        f" For {counted(own, 'indicator')} the limit of age is another, declared with the indicator." if own else ""
    )
    flat = all(code in leaves for code in facts.pillars)
    groups = "" if flat else f" in {counted(len(facts.pillars), level)}"
    return (
        f"{counted(len(leaves), 'indicator')}{groups}. Edition {facts.edition} takes "
        f"each country's newest figure of {_years(newest - rules.max_age, newest)}.{limits}"
    )


def _division(facts: Facts) -> str:
    framework = facts.framework
    divided = [code for code in framework.leaves if framework.indicators[code].denominator]
    texts = []
    if divided:
        series = dict.fromkeys(framework.indicators[code].denominator for code in divided)
        by = listed([f"“{framework.denominators[each].name}”" for each in series])
        texts.append(f"{listed(_names(facts, divided))}: divided by {by}.")
    for code in framework.leaves:
        if rebase := framework.indicators[code].rebase:
            old, new = (framework.denominators[each].name for each in rebase)
            texts.append(f"{facts.name(code)}: published as divided by “{old}”, here by “{new}”.")
    return " ".join(texts) or "No indicator is divided by another series."


def _counting(facts: Facts) -> str:
    rules, members = facts.framework.rules, len(facts.framework.units)
    needed = rules.figures_needed(members)
    counts = len(facts.indicators_counted[facts.edition])
    return (
        f"An indicator counts in an edition if at least {needed} of {members} countries have a figure. "
        f"In edition {facts.edition} {counts} of {counted(len(facts.framework.leaves), 'indicator')} count."
    )


def _gaps(facts: Facts) -> str:
    states = Counter(
        row["status"] for (country, _), row in sorted(facts.cells.items()) if country in facts.framework.units
    )
    found = f"{counted(states['gap'], 'gap')} and {counted(states['imputed'], 'imputed value')} in this edition."
    rule = f"A node has a score if {_at_least(facts.framework.rules.node_coverage)} of its weight has one; "
    return f"{_summary(facts, 'impute')} {found} {rule}the weight of a gap goes to its siblings."


def _transforms(facts: Facts) -> str:
    groups: dict[str, list[str]] = {}
    names = dict(facts.results.bounds.select("indicator", "transform").rows())
    for code in facts.framework.leaves:
        groups.setdefault(names[code], []).append(code)
    bent = {how: codes for how, codes in groups.items() if how != "none"}
    texts = [f"{listed(_names(facts, codes))}: {lookup('transform', how).tell({})}." for how, codes in bent.items()]
    rest = len(groups.get("none", []))
    if not texts:
        return "No indicator is transformed."
    return " ".join(texts) + (f" The other {counted(rest, 'indicator')}: no transform." if rest else "")


def _outliers(facts: Facts) -> str:
    caps = facts.results.bounds.filter(pl.any_horizontal(pl.col("cap_low", "cap_high").is_not_null()))
    method = facts.results.recipe.method("treat")
    if not method.parameters and not caps.height:
        return "No value is capped."
    sample = {"newest": "the newest edition in which the indicator counts", "all": "all editions"}
    rule = f"{_summary(facts, 'treat')} Caps come from {sample[facts.results.recipe.fit('treat')]}."
    name = facts.framework.unit_name
    moved = [
        f"{facts.name(code)} of {listed([f'{name(unit)} ({_span(years)})' for unit, years in units.items()])}"
        for code, units in capped(facts).items()
    ]
    told = f"{rule} Capped: {'; '.join(moved)}." if moved else f"{rule} No value is capped."
    return " ".join([told, *_bent(facts)])


def _bent(facts: Facts) -> list[str]:
    """Say whose scale the treatment bent, and what that did to its skewness."""
    rows = facts.results.bounds.filter(pl.col("power").is_not_null()).rows(named=True)
    bends = [
        f"{facts.name(row['indicator'])} (skewness {_signed(row['skewness_before'])} before, "
        f"{_signed(row['skewness_after'])} after)"
        for row in rows
    ]
    return [f"Bent: {'; '.join(bends)}."] if bends else []


def _signed(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}"


def _scale(facts: Facts) -> str:
    method = facts.results.recipe.method("normalise")
    less = [code for code in facts.framework.leaves if not facts.framework.indicators[code].higher_is_better]
    direction = f" Less is better: {listed(_names(facts, less))}." if less else " More is better for every indicator."
    if method.needs == "goalposts":
        return f"{_summary(facts, 'normalise')} The bounds are declared with each indicator.{direction}"
    sample = {"newest": "on the newest edition", "all": "once over all editions"}
    fit = sample[facts.results.recipe.fit("normalise")]
    fitted = (
        f" Both are found {fit} in which the indicator counts, and hold for every edition." if method.pointwise else ""
    )
    return f"{_summary(facts, 'normalise')}{fitted}{direction}"


def _weights(facts: Facts) -> str:
    shares = [
        f"{facts.name(code)} {percent(facts.weights[facts.edition, code]['effective'])}" for code in facts.pillars
    ]
    equal = all(len(set(group.children.values())) == 1 for group in facts.framework.groups.values())
    recipe = facts.results.recipe
    declared = recipe.method("weight").name in ("declared", "equal") and "weight" not in recipe.at
    same = " They are equal among siblings." if equal and declared else ""
    return f"{_summary(facts, 'weight')}{same} Shares of the index in edition {facts.edition}: {listed(shares)}."


def _means(facts: Facts) -> str:
    recipe, framework = facts.results.recipe, facts.framework
    used: dict[str, list[str]] = {}
    for code in framework.groups:
        places = framework.places(code)
        how = recipe.method("aggregate", *places).tell(recipe.parameters("aggregate", *places))
        used.setdefault(how, []).append(code)
    start = "The score of a node comes from the scores below it, level by level up to the index: "
    if len(used) == 1:
        return f"{start}{next(iter(used))}."
    return start + " ".join(f"{listed(_names(facts, codes))}: {how}." for how, codes in used.items())


def _ranks(facts: Facts) -> str:
    coverage = facts.framework.rules.unit_coverage
    needed = _at_least(coverage)
    own = f" A country has a score and a rank if {needed} of the declared indicator weight has a figure."
    decimals = facts.results.recipe.parameters("rank").get("decimals", 0)
    finer = " Ranks rest on more decimals than are printed." if decimals > facts.scale.index_decimals else ""
    reference = facts.framework.reference
    beside = f" {reference.name} is never ranked; it is {reference_rule(facts.framework)}." if reference else ""
    return f"{_summary(facts, 'rank')}{finer}{own}{beside}"


def _summary(facts: Facts, step: str) -> str:
    """Return what a step's method does, with its parameters in words; then the methods of single nodes."""
    recipe = facts.results.recipe
    told = [recipe.method(step).tell(recipe.parameters(step))]
    for node in recipe.at.get(step, {}):
        name = facts.name(node) if node in facts.nodes else f"Level {node}"
        told.append(f"{name}: {recipe.method(step, node).tell(recipe.parameters(step, node))}")
    return " ".join(told)


def _at_least(share: Fraction) -> str:
    return "any" if share == 0 else "all" if share == 1 else f"at least {share}"


def _names(facts: Facts, codes: list[str]) -> list[str]:
    return [facts.name(code) for code in codes]


def _years(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"


def _span(years: list[int]) -> str:
    whole = len(years) > 1 and len(years) == years[-1] - years[0] + 1
    return f"{years[0]} to {years[-1]}" if whole else ", ".join(map(str, years))
