"""Which choice behind an index matters: Sobol' indices of scores and ranks for all that varies in its recipe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np
import polars as pl

from readiness.cells import make_cells
from readiness.choices import Choice
from readiness.dealing import Combination, combinations
from readiness.errors import Violation, nearest, raise_errors
from readiness.figure_errors import figure_errors
from readiness.plan import Array
from readiness.reading.variations import vary as varied
from readiness.recipe import Recipe
from readiness.results import Prepared, Results, prepare
from readiness.sensitivity_runs import Grid, every_cell, plan_runs, score_runs
from readiness.sensitivity_tables import frame, of_outputs
from readiness.simulation import NOISES
from readiness.sobol import Sensitivity, enough, indices, mean_rank_shift
from readiness.sobol_design import split
from readiness.sobol_exact import exact_indices
from readiness.tables import conform

POINTS, SEED, RESAMPLES = 2**12, 1, 1000
LEAST, MOST = 2**6, 2**20  # base points
MOST_COMBINATIONS = 4096
MOST_SCORES = 2**28  # held at once, with their ranks: 3 GB

Place = tuple[str, int]  # an alternative: where, and its number there


@dataclass(frozen=True, eq=False)
class Found:
    """The sensitivity of an index: the table "sensitivity" and what it rests on.

    `indices` has for every node those of all outputs: the scores of the units, their ranks, the mean shift in rank. Of
    the `runs` of the design only `different` ones had to be computed. Where only methods vary, every combination is
    computed and weighed: `points` is 0 then and no index has an error. `dropped` are alternatives left out since they
    do not go with others.
    """

    table: pl.DataFrame
    indices: dict[str, Sensitivity]
    factors: tuple[str, ...]
    units: tuple[str, ...]
    points: int
    runs: int
    different: int
    seed: int
    dropped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def enough(self, half_width: float = 0.05, units: Sequence[str] = (), node: str = "") -> int:
        """Return how many base points would bring the indices of the mean shift in rank within +- half_width.

        With `units` also those of their ranks; on the index unless a node is named. See sobol.enough.
        """
        size = len(self.units)
        outputs = [*(size + self.units.index(each) for each in units), 2 * size]
        own = self.indices[node] if node else list(self.indices.values())[-1]
        return enough(of_outputs(own, outputs), half_width)


def sensitivity(
    results: Results,
    points: int = POINTS,
    seed: int = SEED,
    *,
    vary: Sequence[str] = (),
    nodes: Sequence[str] | str = (),
    drop: bool = False,
    resamples: int = RESAMPLES,
    threads: int = 0,
) -> Found:
    """Return how much each thing that varies matters to every score and rank of the edition, alone and with the others.

    The factors are those of the recipe's variation, after settings such as "weights=0.3" in `vary`: noise on weights,
    what is left out, errors of figures, every place with alternatives, and the draws of a multiple imputation. `points`
    is the number of base points n, a power of two; k factors take n (k + 2) runs. Where only methods vary, every
    combination is computed instead, and the indices are exact. Next to the index, `nodes` are
    looked at too, all groups for "all".

    Sobol' indices need a design in which every alternative meets every other. Alternatives that do not go together are
    an error, or with `drop` the one that conflicts most is left out, until none does.

    Errors   ReadinessError where nothing varies, alternatives conflict, or a number or node cannot be used.
    Source   Saisana, Saltelli and Tarantola, Journal of the Royal Statistical Society A 168:307 (2005), the factors and
             the mean shift in rank; the indices and their errors: see sobol.indices.
    """
    recipe = varied(results.recipe, results.framework, tuple(vary)) if vary else results.recipe
    groups = tuple(results.framework.groups_upward)
    asked = {nodes} if isinstance(nodes, str) else set(nodes)
    named = set(groups) if asked == {"all"} else {*asked, results.framework.root}
    raise_errors(_faults(recipe, named, groups, points, resamples, seed))
    wanted = tuple(code for code in groups if code in named)
    prepared = prepare(results.framework, results.panel, recipe, results.edition, results.as_of)
    grid, left_out, notes = make_grid(prepared, results, seed, drop=drop)
    raise_errors(_too_much(grid, points, wanted))
    planned = plan_runs(grid, points, seed) if grid.drawn else every_cell(grid)
    scores, ranks = score_runs(grid, planned, wanted, threads)
    found = {}
    for node, code in enumerate(wanted):
        outputs = _outputs(scores[node], ranks[node], official_ranks(results, code), planned.rows)
        found[code] = _indices(grid, outputs, resamples, seed, threads)
    units = results.framework.units
    table = pl.concat(frame(own, code, grid.factors, units) for code, own in found.items())
    return Found(
        conform("sensitivity", table),
        found,
        grid.factors,
        units,
        points if grid.drawn else 0,
        len(planned.rows),
        planned.size,
        seed,
        left_out,
        notes,
    )


def make_grid(
    prepared: Prepared, results: Results, seed: int, *, drop: bool = False
) -> tuple[Grid, tuple[str, ...], tuple[str, ...]]:
    """Return what varies with the cells of all combinations, the alternatives that are left out, and notes."""
    plan, variation = prepared.plan, prepared.plan.recipe.variation
    places = tuple(factor for factor in variation.factors if factor not in NOISES)
    kept, conflicts = rectangle(combinations(plan.recipe, plan.framework, places))
    names = {each: f"{each[0]} = {label(variation.choices[each[0]][each[1]])}" for each in conflicts}
    raise_errors([] if drop else [_conflict(each, names[each], fault) for each, fault in conflicts.items()])
    errors = figure_errors(
        plan.framework, results.panel, prepared.used, results.edition, variation, as_of=results.as_of
    )
    options = {place: sorted({dict(each.chosen)[place] for each in kept}) for place in places}
    open_places = [place for place in places if len(options[place]) > 1]
    cells = {}
    for each in kept:
        own = dict(each.chosen)
        combination = tuple(options[place].index(own[place]) for place in open_places)
        given = (prepared.denominated, variation, seed, errors)
        cells[combination] = tuple(make_cells(replace(plan, recipe=each.recipe), *given))
    chances = {place: tuple(variation.chances(place)[option] for option in options[place]) for place in open_places}
    noises = tuple(factor for factor in variation.factors if factor in NOISES)
    return Grid(noises, chances, cells), tuple(names.values()), errors.notes if "figures" in noises else ()


def rectangle(found: Sequence[Combination]) -> tuple[list[Combination], dict[Place, Violation]]:
    """Return combinations that all work, and the alternatives left out to get there, each with why it cannot work.

    The alternative that stands in most combinations that cannot work goes first, of equals the least probable; the
    recipe's own, number 0, stays.
    """
    kept, left_out = list(found), {}
    while bad := [each for each in kept if each.faults]:
        worst = _worst(kept, bad)
        left_out[worst] = next(each.faults[0] for each in bad if worst in each.chosen)
        kept = [each for each in kept if worst not in each.chosen]
    return kept, left_out


def label(choice: Choice) -> str:
    """Return an alternative's name, with its numbers where it has some.

    >>> label(Choice("min_max", {"low": 1, "high": 100}))
    'min_max (low 1, high 100)'
    """
    given = ", ".join(
        f"{name} {value if isinstance(value, str) else format(value, 'g')}" for name, value in choice.parameters.items()
    )
    return f"{choice.method} ({given})" if given else choice.method


def official_ranks(results: Results, node: str) -> Array:
    """Return the ranks of a run on a node, NaN for none, in the order of the framework's units."""
    own = results.scores.filter((pl.col("edition") == results.edition) & (pl.col("node") == node))
    places = dict(own.select("country", "rank").iter_rows())
    return np.array([places.get(unit) or np.nan for unit in results.framework.units])


def _worst(kept: Sequence[Combination], bad: Sequence[Combination]) -> Place:
    """Return the alternative to leave out first."""
    count: Counter[Place] = Counter(each for one in bad for each in one.chosen if each[1])
    if not count:
        raise_errors(bad[0].faults)
    chance: Counter[Place] = Counter()
    for one in kept:
        chance.update(dict.fromkeys(one.chosen, one.chance))
    return max(count, key=lambda each: (count[each], -chance[each], each))


def _outputs(scores: Array, ranks: Array, official: Array, rows: Array) -> Array:
    """Return all outputs of a node for every row of the design: scores, ranks, and the mean shift in rank."""
    shift = mean_rank_shift(ranks.T, official)
    return np.column_stack([scores, ranks, shift])[rows]


def _indices(grid: Grid, outputs: Array, resamples: int, seed: int, threads: int) -> Sensitivity:
    """Return the indices of the outputs of a design, or of every combination."""
    if grid.drawn:
        parts = split(outputs, len(grid.factors))
        return indices(*parts, resamples=resamples, seed=seed, threads=threads or None)
    chances = list(grid.chances.values())
    return exact_indices(outputs.reshape(*map(len, chances), -1), chances)


def _conflict(place: Place, name: str, fault: Violation) -> Violation:
    """Say why an alternative cannot stay, and what --drop does."""
    why = fault.hint or f"{fault.rule}: {fault.found}"
    expected, hint = "what goes with every other alternative", f"{why}. Or say --drop, and it is left out"
    return Violation("E761", "uncertainty.choices", name, expected, column=place[0], hint=hint)


def _faults(
    recipe: Recipe, nodes: set[str], groups: Sequence[str], points: int, resamples: int, seed: int
) -> list[Violation]:
    found = []
    if recipe.variation.nothing:
        hint = "Declare it in the recipe's [uncertainty], or say --vary weights=0.25"
        found.append(Violation("E770", "--vary", "nothing varies", "something that varies", hint=hint))
    if not LEAST <= points <= MOST or points & (points - 1):
        near = 2 ** min(max(round(np.log2(max(points, 1))), 6), 20)
        expected, hint = f"a power of two from {LEAST} to {MOST:,}", f"The nearest is {near}"
        found.append(Violation("E762", "--points", str(points), expected, hint=hint))
    if not 2 <= resamples <= 100_000:
        found.append(Violation("E762", "--resamples", str(resamples), "a whole number from 2 to 100,000"))
    if not 0 <= seed < 2**64:
        found.append(Violation("E762", "--seed", str(seed), "a whole number from 0 to 2**64 - 1"))
    for node in sorted(nodes - set(groups)):
        expected = "a group of the index, or all"
        found.append(Violation("E518", "--nodes", node, expected, hint=nearest(node, groups)))
    choices = recipe.variation.choices
    number = prod(len(each) for each in choices.values())
    if number > MOST_COMBINATIONS:
        expected = f"at most {MOST_COMBINATIONS:,} combinations of alternatives"
        found.append(Violation("E763", "--vary", f"{number:,}", expected))
    return found


def _too_much(grid: Grid, points: int, nodes: Sequence[str]) -> list[Violation]:
    """Refuse more scores than can be held at once."""
    number = points * (len(grid.factors) + 2) * len(nodes) * grid.all_cells[0].plan.members
    if not grid.factors:
        hint = "With the conflicting alternatives left out, nothing varies"
        return [Violation("E770", "--vary", "nothing varies", "something that varies", hint=hint)]
    if number > MOST_SCORES:
        hint = "Take fewer points or nodes"
        return [Violation("E763", "--points", f"{number:,} scores", f"at most {MOST_SCORES:,}", hint=hint)]
    return []
