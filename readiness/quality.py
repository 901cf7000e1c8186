"""How good a country's data are: coverage, age, flags, imputed cells and what they do to its score and rank."""

from __future__ import annotations

import numpy as np
import polars as pl

from readiness.plan import Array
from readiness.rescoring import rescored
from readiness.sides import Side
from readiness.tables import conform

TABLE = "quality"
GOOD, THIN = (0.95, 2.0), (0.80, 3.0)  # coverage at least, mean age in years at most: A, and else still B


def quality_table(side: Side) -> pl.DataFrame:
    """Return what each country's score rests on in the edition.

    Coverage is the share of the declared indicator weight that has a figure. The age of a figure is the edition's last
    year less its own. Grade A: coverage of 95 % or more and a mean age of two years or less; B: 80 % and three years;
    else C. What imputed values do is seen by leaving a country's own out and sharing their weight.

    Columns  those of answer_tables.ANSWERS["quality"].
    Source   the grades are ours, after the reliability index of INFORM Risk (European Commission, 2017), which also
             weighs missing and old figures.
    """
    framework, members = side.plan.framework, side.plan.members
    last = side.edition - framework.rules.lag
    used = side.given.used.filter(pl.col("edition") == side.edition)
    shape = (len(framework.leaves), len(side.plan.units))
    years = used["year"].cast(pl.Float64).fill_null(np.nan).to_numpy().reshape(shape)[:, :members]
    flags = np.array([bool(text) for text in used["obs_status"].fill_null("").to_list()]).reshape(shape)[:, :members]
    counted = side.stages.counted[side.at][:, None]
    observed = ~np.isnan(side.given.denominated[side.at, :, :members]) & counted
    imputed = ~np.isnan(side.figures[:, :members]) & ~observed & counted
    ages = np.where(observed, last - years, np.nan)
    coverage = np.minimum(side.stages.figures[side.at, :members], 1.0)
    score, rank = _observed(side, imputed)
    with_any = observed.any(axis=0)
    mean_age = np.divide(np.nansum(ages, axis=0), observed.sum(axis=0), out=np.full(members, np.nan), where=with_any)
    oldest = np.where(with_any, np.where(np.isnan(ages), -np.inf, ages).max(axis=0), np.nan)
    frame = pl.DataFrame(
        {
            "country": side.plan.units[:members],
            "counted": np.full(members, counted.sum()),
            "figures": observed.sum(axis=0),
            "imputed": imputed.sum(axis=0),
            "flagged": (flags & observed).sum(axis=0),
            "coverage": coverage,
            "mean_age": mean_age,
            "oldest": oldest,
            "score_observed": score,
            "rank_observed": rank,
            "grade": [grade(*each) for each in zip(coverage, mean_age, strict=True)],
        }
    )
    return conform(TABLE, frame.with_columns(pl.col(pl.Float64).fill_nan(None)))


def grade(coverage: float, mean_age: float) -> str:
    """Return the letter of a country's data.

    >>> grade(1.0, 1.2), grade(0.9, 1.2), grade(0.5, 1.0)
    ('A', 'B', 'C')
    """
    for letter, (least, oldest) in (("A", GOOD), ("B", THIN)):
        if coverage >= least and mean_age <= oldest:
            return letter
    return "C"


def _observed(side: Side, imputed: Array) -> tuple[Array, Array]:
    """Return score and rank of each country without its own imputed values, (member,); gaps for many draws."""
    root, members = side.plan.place[side.plan.framework.root], side.plan.members
    if side.plan.recipe.method("impute").draws:  # the score is a mean over draws, which no one set of figures has
        return np.full(members, np.nan), np.full(members, np.nan)
    score = side.stages.scores[side.at, root, :members].copy()
    rank = side.stages.ranks[side.at, root, :members].copy()
    units = np.flatnonzero(imputed.any(axis=0))
    if len(units):
        x = np.repeat(side.figures[:, :, None], len(units), axis=2)
        for lane, unit in enumerate(units):
            x[imputed[:, unit], unit, lane] = np.nan
        scores, ranks = rescored(side, x)
        lanes = np.arange(len(units))
        score[units], rank[units] = scores[root, units, lanes], ranks[root, units, lanes]
    return score, np.where(rank > 0, rank, np.nan)
