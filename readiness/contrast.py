"""Two countries side by side: who leads on which node, and whether that is more than chance."""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, hypot, sqrt

import numpy as np
import polars as pl

from readiness.errors import USAGE, ReadinessError, Violation
from readiness.figure_errors import figure_errors
from readiness.framework import Framework
from readiness.results import Results, prepare
from readiness.scale import scale_of
from readiness.shown import shown_mix
from readiness.sides import members
from readiness.simulated import TOLD_APART
from readiness.variation import Variation

SCHEMA = {
    "node": pl.String,
    "name": pl.String,
    "level": pl.String,
    "one": pl.Float64,
    "other": pl.Float64,
    "difference": pl.Float64,
    "rank_one": pl.Float64,
    "rank_other": pl.Float64,
    "chance": pl.Float64,
    "leads": pl.String,
}


@dataclass(frozen=True)
class Contrast:
    """Two countries on every node of the index.

    table   node, name, level, the scores of one and the other and their difference, their ranks, the chance that the
            first is ahead, and which of them leads: its code, or nothing where neither is ahead with a chance of 95 %
    decimals  of scores as they are printed
    """

    one: str
    other: str
    edition: int
    table: pl.DataFrame
    framework: Framework
    decimals: int

    def _repr_html_(self) -> str:
        """Return the comparison as a notebook shows it."""
        from readiness.notebook import contrast_html

        return contrast_html(self)


def contrast(results: Results, one: str, other: str) -> Contrast:
    """Compare two countries of the newest edition.

    On groups the chance is the share of replicates in which the first ranks above the other (table pairs); without a
    simulation there is none. On indicators it is that of a normal difference with the declared errors of both figures.

    Errors   ReadinessError for countries that the index does not rank, or the same one twice.
    """
    codes = list(members(results.framework, {"country": (one, other)})[0])
    if len(codes) == 1:
        raise ReadinessError(Violation("E520", "country", other, "another country than the first"), USAGE)
    framework = results.framework
    own = results.scores.filter(pl.col("edition") == results.edition)
    scores = {(row["country"], row["node"]): row for row in own.iter_rows(named=True) if row["country"] in codes}
    chances = {**_indicator_chances(results, codes), **_group_chances(results, codes)}
    rows = []
    for node in framework.nodes:
        mine, theirs = (scores[code, node] for code in codes)
        both = mine["score"] is not None and theirs["score"] is not None
        chance = chances.get(node) if both else None
        rows.append(
            {
                "node": node,
                "name": framework.name_of(node),
                "level": mine["level"],
                "one": mine["score"],
                "other": theirs["score"],
                "difference": mine["score"] - theirs["score"] if both else None,
                "rank_one": mine["rank"],
                "rank_other": theirs["rank"],
                "chance": chance,
                "leads": _leader(codes, chance),
            }
        )
    scale = scale_of(results.recipe, results.scores["score"].drop_nulls().to_list())
    frame = pl.DataFrame(rows, schema=SCHEMA)
    return Contrast(codes[0], codes[1], results.edition, frame, framework, scale.decimals)


def _leader(codes: list[str], chance: float | None) -> str | None:
    if chance is None:
        return None
    return codes[0] if chance >= TOLD_APART else codes[1] if chance <= 1 - TOLD_APART else None


def _group_chances(results: Results, codes: list[str]) -> dict[str, float]:
    """Return the share of replicates in which the first ranks above the other; equal ranks count half."""
    mix = shown_mix(results.tables)
    if not mix or "pairs" not in results.tables:
        return {}
    both = pl.col("country").is_in(codes) & pl.col("other").is_in(codes)
    own = results.tables["pairs"].filter((pl.col("varied") == mix) & both)
    shares = {(country, node): share for country, node, share in own.select("country", "node", "share").iter_rows()}
    groups = [node for node in results.framework.groups if (codes[0], node) in shares]
    return {node: (shares[codes[0], node] + 1 - shares[codes[1], node]) / 2 for node in groups}


def _indicator_chances(results: Results, codes: list[str]) -> dict[str, float]:
    """Return the chance that the first is better on an indicator, from the errors of the two figures.

    A figure that is declared to be exact decides by itself; where nothing is declared there is no chance.
    """
    given = prepare(results.framework, results.panel, results.recipe, results.edition, results.as_of)
    variation = Variation(figures=True, flags=results.recipe.variation.flags)
    sizes = figure_errors(
        results.framework, results.panel, given.used, results.edition, variation, as_of=results.as_of
    ).size
    at = [given.plan.units.index(code) for code in codes]
    found = {}
    for row, leaf in enumerate(results.framework.leaves):
        figures = given.denominated[-1, row, at]
        if np.isnan(figures).any():
            continue
        apart = float(figures[0] - figures[1]) * results.framework.indicators[leaf].direction
        error = hypot(*sizes[row, at])
        if not error and not results.framework.indicators[leaf].error:
            continue
        found[leaf] = 0.5 * (1 + erf(apart / error / sqrt(2))) if error else 0.5 * (1 + np.sign(apart))
    return found
