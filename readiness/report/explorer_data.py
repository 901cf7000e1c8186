"""What the explorer computes with: scores above the indicators, weights and rules of the run, as plain data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from shlex import quote
from typing import Any

import polars as pl

from readiness.choices import Choice
from readiness.framework import Framework
from readiness.report.data import Facts
from readiness.resolved import parameters_of

DEPTH = 2  # levels below the index that have sliders
USUAL, MOST = 10, 40  # where equal weights stand, and the end of a slider
MEANS = ("arithmetic", "geometric")
SPREAD = 0.25  # how far weights vary where the recipe does not say so
DIGITS = 3  # of a standard error


def explorer_data(facts: Facts) -> dict[str, Any]:
    """Return what the script of the page is given; it holds scores of parts of the index, no figure.

    Nodes are numbered: first `leaves`, then `groups`, children before parents. Countries are in the order of their
    names. Numbers have all their digits, so that the script starts from the very values of the run.

    Shapes   scores (leaf, country), gaps as null; sd the same, null where the run has none; figures: leaf, country and
             the share of the leaf's indicator weight that has a figure, where that is not 1.
    """
    framework, recipe = facts.framework, facts.results.recipe
    codes, leaves = by_name(framework), explorer_leaves(framework)
    rules = recipe.parameters("rank")
    return {
        "countries": [[code, framework.unit_name(code), facts.scores[code, facts.root]["rank"]] for code in codes],
        "leaves": leaves,
        "groups": [group_data(facts, code) for code in explorer_groups(framework)],
        "means": [mean_data(facts, choice) for choice in means(facts)],
        "scores": [[facts.score(code, leaf) for code in codes] for leaf in leaves],
        "sd": errors(facts, leaves, codes),
        "figures": figures(facts, leaves, codes),
        "figures_needed": float(framework.rules.unit_coverage),
        "scale": 10.0 ** rules["decimals"],
        "decimals": facts.scale.index_decimals,
        "ends": [facts.scale.low, facts.scale.high],
    }


def by_name(framework: Framework) -> list[str]:
    """Return the countries in the order of their names."""
    return sorted(framework.units, key=lambda code: (framework.unit_name(code), code))


def explorer_leaves(framework: Framework) -> list[str]:
    """Return the nodes whose scores the page is given: those two levels below the index, or indicators above."""
    return [
        code
        for code in framework.nodes
        if framework.depths[code] == DEPTH or (framework.depths[code] < DEPTH and code in framework.indicators)
    ]


def explorer_groups(framework: Framework) -> list[str]:
    """Return the groups that the page scores, children before parents."""
    return [code for code in framework.groups_upward if framework.depths[code] < DEPTH]


def group_data(facts: Facts, code: str) -> dict[str, Any]:
    """Return a group: its children by number, their weights, places of their sliders, and how they are averaged."""
    framework, recipe = facts.framework, facts.results.recipe
    numbers = {node: n for n, node in enumerate([*explorer_leaves(framework), *explorer_groups(framework)])}
    weights = list(framework.groups[code].children.values())
    choice = recipe.choice("aggregate", *framework.places(code))
    return {
        "code": code,
        "children": [numbers[child] for child in framework.children(code)],
        "weights": weights,
        "places": slider_places(weights),
        "spread": spread(facts, code),
        "coverage": coverage(framework, choice),
        "floor": floor(choice),
    }


def slider_places(weights: Sequence[float]) -> list[float]:
    """Return where the sliders of siblings stand: their weights as whole numbers if that can be, equal ones at 10.

    >>> slider_places([1.0, 1.0]), slider_places([0.25, 0.25, 0.4, 0.1]), slider_places([0.15, 0.7, 0.15])
    ([10, 10], [10, 10, 16, 4], [6, 28, 6])
    """
    exact = [Fraction(str(weight)) for weight in weights]
    ratios = [int(each * math.lcm(*(part.denominator for part in exact))) for each in exact]
    ratios = [each // math.gcd(*ratios) for each in ratios]
    wanted, times = USUAL * len(weights), MOST // max(ratios)
    if times:
        best = min(range(times, 0, -1), key=lambda each: abs(each * sum(ratios) - wanted))
        return [best * each for each in ratios]
    factor = min(wanted / sum(weights), MOST / max(weights))
    return [weight * factor for weight in weights]


def spread(facts: Facts, group: str) -> float:
    """Return how far the weights of a group vary, as a share: as the recipe says if it draws them evenly, else 25 %."""
    noise = facts.results.recipe.variation.noise(facts.framework, group)
    return noise.spread if noise.method == "uniform" else SPREAD


def means(facts: Facts) -> list[Choice]:
    """Return the means of the index that can be chosen: the recipe's own, then the other if the recipe bears it."""
    recipe, root = facts.results.recipe, facts.root
    places = facts.framework.places(root)
    own = recipe.choice("aggregate", *places)
    alternatives = (each for place in places for each in recipe.variation.choices.get(f"aggregate.{place}", ()))
    kept = {name: value for name, value in own.parameters.items() if name == "coverage"}
    usual = [Choice(name, kept) for name in MEANS]
    other = next(each for each in (*alternatives, *usual) if each.method in MEANS and each.method != own.method)
    return [own] if recipe.picked({f"aggregate.{root}": other}).faults() else [own, other]


def mean_data(facts: Facts, choice: Choice) -> dict[str, Any]:
    """Return a mean of the index, and the settings of the command line that choose it."""
    framework, recipe = facts.framework, facts.results.recipe
    usual = parameters_of("aggregate", Choice(choice.method))  # a stored recipe has them written out
    settings = [f"aggregate.{facts.root}={choice.method}"]
    settings += [
        f"aggregate.{facts.root}.{name}={value}"
        for name, value in choice.parameters.items()
        if usual.get(name) != value
    ]
    own = choice == recipe.choice("aggregate", *framework.places(facts.root))
    return {
        "name": choice.method,
        "coverage": coverage(framework, choice),
        "floor": floor(choice),
        "set": "" if own else " ".join(f"--set {quote(each)}" for each in settings),
    }


def coverage(framework: Framework, choice: Choice) -> float:
    """Return the least share of a group's weight that must have a score."""
    return float(choice.parameters.get("coverage", framework.rules.node_coverage))


def floor(choice: Choice) -> float:
    """Return the floor of a geometric mean, 0 for an arithmetic one."""
    return float(choice.parameters.get("floor", 1.0)) if choice.method == "geometric" else 0.0


def errors(facts: Facts, leaves: Sequence[str], codes: Sequence[str]) -> list[list[float]] | None:
    """Return the standard deviations that errors of the figures give the leaves' scores; none if not simulated."""
    table = facts.results.tables.get("intervals", pl.DataFrame())
    if table.is_empty():
        return None
    own = table.filter((pl.col("varied") == "figures") & pl.col("node").is_in(list(leaves)))
    found = {(node, code): sd for node, code, sd in own.select("node", "country", "score_sd").iter_rows()}
    if not any(found.values()):
        return None
    return [[float(f"{found.get((leaf, code)) or 0.0:.{DIGITS}g}") for code in codes] for leaf in leaves]


def figures(facts: Facts, leaves: Sequence[str], codes: Sequence[str]) -> list[tuple[int, int, float]]:
    """Return leaf, country and the share of declared indicator weight that has a figure, where that is not 1."""
    framework = facts.framework
    present = {indicator: _present(facts, indicator) for indicator in framework.leaves}
    found = []
    for n, leaf in enumerate(leaves):
        inside = _inside(framework, leaf)
        for c, code in enumerate(codes):
            if any(code not in present[each] for each in inside):
                share = sum(weight for each, weight in inside.items() if code in present[each])
                found.append((n, c, share))
    return found


def _present(facts: Facts, indicator: str) -> set[str]:
    """Return the countries with a figure of an indicator; none where it has too few to count."""
    cells = ((code, facts.cells.get((code, indicator))) for code in facts.framework.units)
    known = {code for code, row in cells if row and row["denominated"] is not None}
    return known if len(known) >= facts.framework.rules.figures_needed(len(facts.framework.units)) else set()


def _inside(framework: Framework, node: str) -> dict[str, float]:
    """Return the indicators at or below a node with their shares of it."""
    shares = {node: 1.0}
    for code in framework.below(node):
        own = framework.groups[code].children if code in framework.groups else {}
        shares.update({child: shares[code] * weight / sum(own.values()) for child, weight in own.items()})
    return {code: share for code, share in shares.items() if code in framework.indicators}
