"""Who is alike: the nearest countries in GDP per head and population, and those with the most similar pillars."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from readiness.editions import usable
from readiness.plan import Array
from readiness.sides import Side
from readiness.tables import conform

TABLE = "peers"
NUMBER = 4  # peers by each rule
BOTH, OUTPUT, PEOPLE, PROFILE = "both", "output", "people", "profile"
RULES = {
    BOTH: "nearest in GDP per head and population together",
    OUTPUT: "nearest in GDP per head",
    PEOPLE: "nearest in population",
    PROFILE: "most alike in the scores of the pillars",
}


def peers_table(side: Side, number: int = NUMBER) -> pl.DataFrame:
    """Return the nearest countries of each by four rules.

    both      distance in the plane of the logarithms of GDP per head and of population, each in standard deviations
    output    distance in the logarithm of GDP per head alone; people: of population alone
    profile   Euclidean distance of the pillars' scores, over those that both have, divided by the root of their number
              and by the standard deviation of all such scores

    The series are those that framework.toml names under [peers], the newest known in the edition; without them only
    the profile is compared. Logarithms: a country twice as large is as far away as one half as large. Equal distances:
    in the order of the codes.

    Columns  those of answer_tables.ANSWERS["peers"].
    """
    units = side.plan.units[: side.plan.members]
    rows: list[tuple[str, str, int, str, float]] = []
    for rule, distances in _distances(side, units).items():
        for at, country in enumerate(units):
            known = [other for other in range(len(units)) if other != at and not np.isnan(distances[at, other])]
            nearest = sorted(known, key=lambda other: (distances[at, other], units[other]))[:number]
            rows += [
                (country, rule, place, units[other], float(distances[at, other]))
                for place, other in enumerate(nearest, start=1)
            ]
    schema = ["country", "rule", "position", "peer", "distance"]
    kinds = [pl.String, pl.String, pl.Int32, pl.String, pl.Float64]
    return conform(TABLE, pl.DataFrame(rows, schema=dict(zip(schema, kinds, strict=True)), orient="row"))


def _distances(side: Side, units: Sequence[str]) -> dict[str, Array]:
    """Return the distances of all pairs by rule, (unit, unit); a gap where a value is missing."""
    found: dict[str, Array] = {}
    named = side.plan.framework.peers
    if named:
        people = _newest(side, named["people"], units)
        output = _newest(side, named["output"], units)
        rich, large = _standardised(np.log(output / people)), _standardised(np.log(people))
        apart = [np.abs(each[:, None] - each) for each in (rich, large)]
        found = {BOTH: np.hypot(*apart), OUTPUT: apart[0], PEOPLE: apart[1]}
    return found | {PROFILE: _profiles(side)}


def _newest(side: Side, series: str, units: Sequence[str]) -> Array:
    """Return the newest figure of a series up to the edition's last year, (unit,)."""
    results = side.results
    known = results.panel.known(results.as_of)
    last = side.edition - side.plan.framework.rules.lag
    known = known.rename({"value": "raw"}).filter(usable() & (pl.col("year") <= last)).rename({"raw": "value"})
    own = known.filter(pl.col("indicator") == series).sort("year").unique("geo", keep="last")
    values = dict(own.select("geo", "value").iter_rows())
    return np.array([values.get(unit, np.nan) for unit in units])


def _standardised(values: Array) -> Array:
    """Return values in standard deviations (divisor n - 1) from their mean; gaps stay."""
    there = values[~np.isnan(values)]
    spread = there.std(ddof=1) if len(there) > 1 else 0.0
    return (values - there.mean()) / spread if spread > 0 else np.where(np.isnan(values), np.nan, 0.0)


def _profiles(side: Side) -> Array:
    framework = side.plan.framework
    rows = [side.plan.place[code] for code in framework.children(framework.root)]
    scores = side.stages.scores[side.at, rows, : side.plan.members]
    spread = float(np.nanstd(scores, ddof=1)) if (~np.isnan(scores)).sum() > 1 else 0.0
    apart = scores[:, :, None] - scores[:, None, :]
    both = (~np.isnan(apart)).sum(axis=0)
    squares = np.where(np.isnan(apart), 0.0, apart**2).sum(axis=0)
    mean = np.divide(squares, both, out=np.full(squares.shape, np.nan), where=both > 0)
    return np.sqrt(mean) / spread if spread > 0 else np.sqrt(mean)
