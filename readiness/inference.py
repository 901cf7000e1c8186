"""Confidence sets for ranks: which places each unit can have, given the errors of the estimates.

Rank 1 is the largest estimate. A set holds every place from the number of units shown to be above, plus 1, to the
number of all units less those shown to be below. Units whose true values are equal share a range of places, and a set
covers all of that range. Errors are taken as normal with a known covariance.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import polars as pl

from readiness.estimates import Estimates
from readiness.rank_sets import Draws, Flags, Places, rank_counts, spread
from readiness.rank_tests import SIDES, Question, shown

DRAWS = 100_000


def rank_sets(
    estimates: Estimates,
    *,
    level: float = 0.95,
    simultaneous: bool = True,
    side: str = "two",
    stepdown: bool = True,
    about: Sequence[str] | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> pl.DataFrame:
    """Return a confidence set for the rank of each unit: columns unit, estimate, rank, lower, upper, best first.

    Simultaneous sets hold all true ranks at once with the probability of the level; marginal sets each its own.
    `side` "two" bounds ranks on both sides, "lower" only from below (how good a place can be), "upper" only from above.
    `about` limits question and answer to some units; the others remain their rivals.

    With x the estimates and s the standard error of a difference, "j is above k" is shown if x_j - x_k > c s. c is the
    quantile of the largest of all standardised errors of the differences in play. With stepdown the pairs shown leave
    play and a new, smaller c is found, until nothing more is shown; one set of draws serves all rounds and all units,
    so that stepdown sets lie inside those of a single step, and marginal sets inside simultaneous ones.

    Gaps     a difference without error is known: its order is shown, or the two are equal and share their places.
    Errors   ValueError for a level that is not between 0 and 1, an unknown side or unit, or fewer than 1 draw.
    Source   Mogstad, Romano, Shaikh and Wilhelm, Inference for ranks, Review of Economic Studies 91:476 (2024); one set
             of draws: Romano and Wolf, Journal of the American Statistical Association 100:94 (2005).

    >>> sets = rank_sets(Estimates.independent("ABC", [9.0, 5.0, 4.9], [0.1, 0.1, 0.1]))
    >>> sets.select("unit", "lower", "upper").rows()
    [('A', 1, 1), ('B', 2, 3), ('C', 2, 3)]
    """
    _check(level, draws)
    if side not in SIDES:
        raise ValueError(f"a side is one of {', '.join(SIDES)}, got {side}")
    asked = _asked(estimates, about)
    wins, losses = shown(estimates, Question(level, simultaneous, side, stepdown, asked), draws, seed)
    return _table(estimates, wins, losses, side, asked)


def tau_best(
    estimates: Estimates,
    tau: int,
    *,
    level: float = 0.95,
    stepdown: bool = True,
    draws: int = DRAWS,
    seed: int = 0,
) -> pl.DataFrame:
    """Return the units that can be among the tau best: columns unit, estimate, rank, lower.

    With the probability of the level none of the true tau best is missing. A unit belongs to the set if its one-sided
    simultaneous lower bound is tau or better.

    Source   Mogstad, Romano, Shaikh and Wilhelm (2024), section on the tau-best.
    """
    _check_tau(estimates, tau)
    sets = rank_sets(estimates, level=level, side="lower", stepdown=stepdown, draws=draws, seed=seed)
    return sets.filter(pl.col("lower") <= tau).drop("upper")


def tau_worst(
    estimates: Estimates,
    tau: int,
    *,
    level: float = 0.95,
    stepdown: bool = True,
    draws: int = DRAWS,
    seed: int = 0,
) -> pl.DataFrame:
    """Return the units that can be among the tau worst: columns unit, estimate, rank, upper.

    With the probability of the level none of the true tau worst is missing. A unit belongs to the set if its one-sided
    simultaneous upper bound is one of the last tau places.

    Source   Mogstad, Romano, Shaikh and Wilhelm (2024), section on the tau-best.
    """
    _check_tau(estimates, tau)
    sets = rank_sets(estimates, level=level, side="upper", stepdown=stepdown, draws=draws, seed=seed)
    return sets.filter(pl.col("upper") > len(estimates.units) - tau).drop("lower")


def interval_sets(estimates: Estimates, *, level: float = 0.95) -> pl.DataFrame:
    """Return simultaneous sets from intervals that do not overlap: simple, without simulation, wider than `rank_sets`.

    Each estimate gets the interval x ± z s with z the two-sided quantile of the level level^(1/p); all p hold together
    at least with the level, for normal errors of any correlation. Columns as in `rank_sets`.

    Source   Klein, Wright and Wieczorek, A joint confidence region for an overall ranking of populations, Journal of
             the Royal Statistical Society C 69:589 (2020); Sidak, Journal of the American Statistical Association
             62:626 (1967).
    """
    _check(level, 1)
    half = NormalDist().inv_cdf((1 + level ** (1 / len(estimates.units))) / 2) * estimates.error
    low, high = estimates.estimate - half, estimates.estimate + half
    wins = low[:, None] > high[None, :]
    return _table(estimates, wins.sum(axis=1), wins.sum(axis=0))


def rank_probabilities(estimates: Estimates, *, draws: int = DRAWS, seed: int = 0) -> pl.DataFrame:
    """Return how often each unit has each rank when estimates are drawn again: columns unit, rank, share.

    The shares are the probabilities of the ranks for a reader who, before the data, held every score for equally likely
    (a flat prior). They are no confidence statement: see `naive_bootstrap`. Ranks that never occur are left out.

    Source   Laird and Louis, Journal of Educational Statistics 14:29 (1989).
    """
    _check(0.5, draws)
    counts = rank_counts(estimates.estimate, Draws(spread(estimates).factor, draws, seed))[_best_first(estimates)]
    place, rank = np.nonzero(counts)
    units = np.array(estimates.units)[_best_first(estimates)]
    return pl.DataFrame({"unit": units[place], "rank": rank + 1, "share": counts[place, rank] / draws})


def naive_bootstrap(estimates: Estimates, *, level: float = 0.95, draws: int = DRAWS, seed: int = 0) -> pl.DataFrame:
    """Return percentile intervals of resampled ranks: a description of the estimates, not a confidence set.

    Where true values are equal or close these intervals miss the true ranks far more often than the level says: each
    resampled ranking adds a second error to the first and spreads tied units apart. Columns as in `rank_sets`; the ends
    are the smallest ranks that at least (1 - level) / 2 and (1 + level) / 2 of the resampled ranks do not exceed.

    Source   Mogstad, Romano, Shaikh and Wilhelm (2024) show the failure; Hall and Miller, Annals of Statistics 37:3929
             (2009).
    """
    _check(level, draws)
    counts = rank_counts(estimates.estimate, Draws(spread(estimates).factor, draws, seed))
    reached = counts.cumsum(axis=1) / draws
    low, high = (1 + (reached < share).sum(axis=1) for share in ((1 - level) / 2, (1 + level) / 2))
    return _table(estimates, len(counts) - high, low - 1)


def _table(
    estimates: Estimates, wins: Places, losses: Places, side: str = "two", asked: Flags | None = None
) -> pl.DataFrame:
    """Return the frame of sets: wins are how many others a unit is shown to be above, losses how many it is below."""
    size = len(estimates.units)
    columns = {
        "unit": np.array(estimates.units, dtype=object),
        "estimate": estimates.estimate,
        "rank": estimates.rank,
        "lower": np.ones(size, dtype=np.int64) if side == "upper" else losses + 1,
        "upper": np.full(size, size) if side == "lower" else size - wins,
    }
    order = _best_first(estimates)
    order = order if asked is None else order[asked[order]]
    schema = {"unit": pl.String, "estimate": pl.Float64, "rank": pl.Int64, "lower": pl.Int64, "upper": pl.Int64}
    return pl.DataFrame({name: values[order].tolist() for name, values in columns.items()}, schema=schema)


def _best_first(estimates: Estimates) -> Places:
    """Return the order of the rows: by estimate, equal ones by name."""
    places = range(len(estimates.units))
    return np.array(sorted(places, key=lambda place: (-estimates.estimate[place], estimates.units[place])))


def _asked(estimates: Estimates, about: Sequence[str] | None) -> Flags:
    unknown = set(about or ()) - set(estimates.units)
    if unknown or (about is not None and len(about) == 0):
        raise ValueError(f"about names units of the estimates, got {', '.join(sorted(unknown)) or 'none'}")
    return np.array([about is None or unit in about for unit in estimates.units])


def _check(level: float, draws: int) -> None:
    if not 0 < level < 1:
        raise ValueError(f"a level is between 0 and 1, got {level}")
    if draws < 1:
        raise ValueError(f"draws are 1 or more, got {draws}")


def _check_tau(estimates: Estimates, tau: int) -> None:
    if not 1 <= tau <= len(estimates.units):
        raise ValueError(f"tau is from 1 to {len(estimates.units)}, got {tau}")
