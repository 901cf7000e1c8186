"""One edition of one run, as a comparison needs it: figures, what scales learn from, weights, scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl

from readiness.choices import Choice
from readiness.editions import as_known
from readiness.errors import NOT_REPRODUCIBLE, USAGE, ReadinessError, Violation, nearest
from readiness.framework import Framework
from readiness.panel import Panel
from readiness.pipeline import Stages, score
from readiness.plan import Array, Plan
from readiness.recipe import Recipe
from readiness.results import Prepared, Results, prepare

SAME = 1e-9  # a score that is computed again may differ by rounding


@dataclass(frozen=True)
class Side:
    """One edition of a run, computed again from the run's figures.

    Shapes   arrays are those of pipeline.Stages: [edition, indicator or node, unit]; `at` is the edition's position.
    """

    results: Results
    given: Prepared
    stages: Stages
    at: int

    @property
    def plan(self) -> Plan:
        """Return the plan of the run."""
        return self.given.plan

    @property
    def edition(self) -> int:
        """Return the edition."""
        return self.plan.editions[self.at]

    @cached_property
    def weighed(self) -> Plan:
        """Return the plan of the run for scores whose weights are given, those that it learned or declared."""
        return replace(self.plan, recipe=given_weights(self.plan.recipe))

    @cached_property
    def filled(self) -> Array:
        """Say which values of the edition stand in the place of a gap, [indicator, unit]."""
        return ~np.isnan(self.figures) & np.isnan(self.given.denominated[self.at])

    @cached_property
    def figures(self) -> Array:
        """Return the figures of the edition that count, imputed and not yet transformed, [indicator, unit]."""
        return self.stages.imputed[self.at]

    @cached_property
    def sample(self) -> Array:
        """Return what scales learn from, [edition, indicator, unit]: for each indicator the newest that counts is last.

        Later editions of the indicator hold nothing, since it does not count there; they move to the front.
        """
        return newest_last(self.stages.imputed, self.stages.fit.newest)

    def _still_held(self, other: Side) -> Array:
        """Say which figures the other side's index has a place for, (indicator, unit); what it lacks nobody revised."""
        framework, known = self.plan.framework, other.results.framework.all_indicators
        series = [
            {code, framework.indicators[code].denominator, *(framework.indicators[code].rebase or ())} - {""}
            for code in framework.leaves
        ]
        codes = np.array([each <= set(known) for each in series])
        units = np.array([unit in other.plan.units for unit in self.plan.units])
        return codes[:, None] & units

    def as_known_to(self, other: Side) -> tuple[Array, Array]:
        """Return figures and sample of the same years as another run knows them; imputed values stay as they are."""
        if other.results.panel is self.results.panel and other.results.as_of == self.results.as_of:
            return self.figures, self.sample
        known = denominated(self.given, other.results.panel, other.results)
        own, imputed = self.given.denominated, self.stages.imputed
        observed = ~np.isnan(own) & ~np.isnan(imputed) & self._still_held(other)
        values = np.where(observed, known, imputed)
        return values[self.at], newest_last(values, self.stages.fit.newest)


def side_of(results: Results, edition: int | None = None) -> Side:
    """Return an edition of a run, the newest if none is named, computed again from the run's figures.

    Errors   ReadinessError for an edition that the run does not have.
    """
    given = prepare(results.framework, results.panel, results.recipe, results.edition, results.as_of)
    side = Side(results, given, score(given.plan, given.denominated), len(given.plan.editions) - 1)
    return side if edition is None else other_edition(side, edition)


def must_be_met(side: Side) -> None:
    """Refuse a side whose change cannot be told apart by causes.

    Errors   ReadinessError for multiple imputation, whose mean score is not the score of any figures, and where the
             run's own table is not met: with the first score that differs.
    """
    method = side.results.recipe.method("impute")
    if method.draws:
        found, expected = f"impute = {method.name}", "an imputation with one value for each gap"
        raise ReadinessError(Violation("E781", "--from", found, expected), USAGE)
    table = side.results.scores.filter(pl.col("edition") == side.edition)
    stored = {(country, node): value for country, node, value in table.select("country", "node", "score").iter_rows()}
    for n, node in enumerate(side.plan.framework.nodes):
        for u, unit in enumerate(side.plan.units[: side.plan.members]):
            computed, told = float(side.stages.scores[side.at, n, u]), stored.get((unit, node))
            if np.isnan(computed) != (told is None) or abs(computed - (told or 0.0)) > SAME * max(1.0, abs(computed)):
                place, found = f"{unit} {node} in {side.edition}", "no score" if told is None else repr(told)
                raise ReadinessError(Violation("E782", place, found, f"{computed!r}, computed again"), NOT_REPRODUCIBLE)


def other_edition(side: Side, edition: int) -> Side:
    """Return another edition of the same run."""
    editions = side.plan.editions
    if edition not in editions:
        expected = "one of " + ", ".join(map(str, editions))
        raise ReadinessError(Violation("E517", "--from", str(edition), expected), USAGE)
    return replace(side, at=editions.index(edition))


def member(framework: Framework, country: str) -> str:
    """Return the code of a ranked country. Errors: ReadinessError with what was probably meant."""
    return members(framework, {"country": [country]})[0][0]


def members(framework: Framework, words: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """Return the codes of ranked countries, each once, by the place where they are named.

    Errors   ReadinessError with every word that names none, and what was probably meant.
    """
    known = [*framework.units, *map(framework.unit_name, framework.units)]
    codes = {place: [(word, framework.unit_code(word)) for word in given] for place, given in words.items()}
    wrong = [
        Violation("E520", place, word, "a country of the index", hint=nearest(word, known))
        for place, found in codes.items()
        for word, code in found
        if code not in framework.units
    ]
    if wrong:
        raise ReadinessError(wrong, USAGE)
    return [tuple(dict.fromkeys(code for _, code in found)) for found in codes.values()]


def given_weights(recipe: Recipe) -> Recipe:
    """Return a recipe that learns no weights, where they are given."""
    at = {step: own for step, own in recipe.at.items() if step != "weight"}
    return replace(recipe, steps={**recipe.steps, "weight": Choice("declared")}, at=at)


def newest_last(values: Array, newest: Array) -> Array:
    """Turn the editions of each indicator so that its newest that counts is the last.

    Shapes   values (edition, indicator, unit); newest (indicator,), positions of editions, -1 for none.
    """
    turned = np.empty_like(values)
    for row, position in enumerate(newest):
        turned[:, row] = np.roll(values[:, row], len(values) - 1 - int(position), axis=0)
    return turned


def denominated(given: Prepared, panel: Panel, results: Results) -> Array:
    """Return the figures that a run used as another one knows them, divided, [edition, indicator, unit]."""
    known = as_known(given.plan.framework, given.used, panel, results.as_of)
    return known.cast(pl.Float64).fill_null(np.nan).to_numpy().reshape(given.denominated.shape)
