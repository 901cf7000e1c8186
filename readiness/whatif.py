"""What if a figure were another: the index once more with it, on the scale of the run. Arithmetic, not a forecast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from readiness import steps
from readiness.figure_errors import figure_errors
from readiness.lanes import Cell
from readiness.movements import ENDS, may_simulate, mix_of, quantile
from readiness.paired import Pair, Replicates, replicated
from readiness.pipeline import figure_shares, indicators_that_count
from readiness.plan import Array
from readiness.rescoring import rescored
from readiness.results import Results, prepare
from readiness.scale import scale_of
from readiness.sides import Side, member, side_of
from readiness.whatif_figures import Asked, asked, scale_ends


@dataclass(frozen=True)
class WhatIf:
    """What other figures of a country would make of the index.

    changes   a row for each figure: indicator, name, unit, year, now, then (as published), score_now, score_then, and
              zero and full, the divided figures at the two ends of the scale, in scored_unit
    nodes     a row for the index and each group above a change: node, name, score_now, score_then, rank_now, rank_then,
              and of score and rank then low and high, the 90 % interval, where the run may be simulated
    chance    share of replicates in which the country ranks better on the index than without the change, or nothing
    decimals  of the index score as it is printed; other scores have one less
    """

    country: str
    name: str
    edition: int
    changes: pl.DataFrame
    nodes: pl.DataFrame
    chance: float | None
    decimals: int

    def _repr_html_(self) -> str:
        """Return the answer as a notebook shows it."""
        from readiness.notebook import what_if_html

        return what_if_html(self)


def what_if(
    results: Results, country: str, changes: Mapping[str, float | str] | Sequence[str], seed: int = 1
) -> WhatIf:
    """Return what other figures would make of a country's score and rank.

    `changes` are figures as published, by indicator: {"digital_skills_basic": 60, "gerd_gdp": "+10%"}. Caps, bounds and
    weights stay those of the run, and so do all other figures.

    Errors   ReadinessError with every fault: unknown country or indicator, no number, a figure outside the indicator's
             range or the scale of the run, an indicator that does not count.
    """
    side = side_of(results)
    code = member(results.framework, country)
    wanted = asked(side, code, changes)
    unit = side.plan.units.index(code)
    rows = [side.plan.framework.leaves.index(each) for each in wanted.figures]
    x = side.figures.copy()
    x[rows, unit] = [wanted.divided[each] for each in wanted.figures]
    scores, ranks = (each[:, unit, 0] for each in rescored(side, x[:, :, None]))
    drawn = _drawn(side, wanted, unit, rows, x, seed)
    changed = _changes(side, unit, wanted, scores)
    nodes, chance = _nodes(side, unit, rows, (scores, ranks), drawn)
    name = side.plan.framework.unit_name(code)
    scale = scale_of(results.recipe, results.scores["score"].drop_nulls().to_list())
    return WhatIf(code, name, side.edition, changed, nodes, chance, scale.index_decimals)


def _drawn(
    side: Side, wanted: Asked, unit: int, rows: list[int], x: Array, seed: int
) -> tuple[Replicates, Replicates] | None:
    """Return the replicates without and with the change, drawn alike; nothing where none can be drawn in seconds."""
    variation, other = side.results.recipe.variation, wanted.results
    if variation.nothing or not may_simulate(side.results.recipe):
        return None
    mix = mix_of(side, variation, seed)
    given = prepare(other.framework, other.panel, other.recipe, other.edition, other.as_of)
    errors = figure_errors(other.framework, other.panel, given.used, side.edition, variation, as_of=other.as_of)
    counted = indicators_that_count(side.plan, side.given.denominated)
    few = figure_shares(other.framework, given.denominated, counted)[side.at, : side.plan.members]
    unfit = (few < other.framework.rules.unit_coverage - 1e-12)[None]
    cells = tuple(replace(_changed(cell, rows, unit, x, errors.size), unfit=unfit) for cell in mix.cells)
    nodes = [(code, code) for code in side.plan.groups]
    units = [(each, each) for each in range(side.plan.members)]
    return replicated(Pair(mix, replace(mix, cells=cells), nodes, units))


def _changed(cell: Cell, rows: list[int], unit: int, x: Array, size: Array) -> Cell:
    """Return a cell with other figures of a unit and their errors."""
    figures, errors = cell.figures.copy(), cell.errors.size.copy()
    figures[rows, unit], errors[rows, unit] = x[rows, unit], size[rows, unit]
    bent = steps.transform(cell.plan, figures[None, :, :, None])
    leaves = cell.on_scale(bent, (cell.treatment, cell.bounds))[:, :, : cell.plan.members]
    return replace(cell, figures=figures, leaves=leaves, errors=replace(cell.errors, size=errors))


def _changes(side: Side, unit: int, wanted: Asked, scores: Array) -> pl.DataFrame:
    framework, rows = side.plan.framework, []
    for code, value in wanted.figures.items():
        each, place = framework.indicators[code], side.plan.place[code]
        ends = scale_ends(side, code) or (None, None)
        now = float(side.stages.scores[side.at, place, unit])
        rows.append(
            {
                "indicator": code,
                "name": each.name,
                "unit": each.unit,
                "year": wanted.now[code]["year"],
                "now": wanted.now[code]["raw"],
                "then": value,
                "score_now": None if np.isnan(now) else now,
                "score_then": float(scores[place]),
                "zero": ends[0],
                "full": ends[1],
                "scored_unit": each.scored_unit,
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None)


def _nodes(
    side: Side,
    unit: int,
    rows: list[int],
    after: tuple[Array, Array],
    drawn: tuple[Replicates, Replicates] | None,
) -> tuple[pl.DataFrame, float | None]:
    """Return the rows of the index and of the groups above the changes, and the chance of a better rank."""
    framework, groups = side.plan.framework, list(side.plan.groups)
    touched = {node for row in rows for node in _above(side, framework.leaves[row])}
    found, chance = [], None
    for node in [code for code in framework.nodes if code in touched]:
        place = side.plan.place[node]
        numbers = {
            "score_now": side.stages.scores[side.at, place, unit],
            "score_then": after[0][place],
            "rank_now": side.stages.ranks[side.at, place, unit] or np.nan,
            "rank_then": after[1][place] or np.nan,
        }
        if drawn is not None:
            at = groups.index(node)
            now, then = drawn
            for name, values in (("score", then.scores[at, unit]), ("rank", then.ranks[at, unit])):
                numbers |= {f"{name}_{end}": quantile(values, share) for end, share in zip(SIDES, ENDS, strict=True)}
            if node == framework.root:
                chance = float((then.ranks[at, unit] < now.ranks[at, unit]).mean())
        plain = {name: None if np.isnan(value) else float(value) for name, value in numbers.items()}
        found.append({"node": node, "name": framework.name_of(node), **plain})
    return pl.DataFrame(found, infer_schema_length=None), chance


SIDES = ("low", "high")


def _above(side: Side, node: str) -> list[str]:
    found = []
    while node in side.plan.framework.parents:
        node = side.plan.framework.parents[node]
        found.append(node)
    return found
