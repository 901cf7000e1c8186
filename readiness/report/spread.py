"""The tables of a simulation as plain dictionaries: made once, read by every page. A run without one has none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from readiness.numbers import place
from readiness.results import Results
from readiness.scale import declared_scale
from readiness.shown import mixes_of, shown_of
from readiness.simulated import TOLD_APART

Row = dict[str, Any]
NEEDED = ("intervals", "ranks", "pairs", "simulation", "mixes")


@dataclass(frozen=True)
class Spread:
    """What the pages print of a simulation. `shown` is the mix of factors that intervals are printed of.

    `rows` are the intervals of that mix by (country, node); `sources` those of the index by (mix, country), in the
    order of MIXES. `above` counts the replicates in which the first of two countries ranks above the other; `places`
    are rank and share of replicates, best rank first. `central` has wins and mean weights of each country that is
    first at least once, under the mix `central_of`. `one_scale` says whether the scores of all replicates are on the
    scale of the run; where methods of other scales vary they are not, and no score has an interval.
    """

    shown: str
    rows: dict[tuple[str, str], Row]
    sources: dict[tuple[str, str], Row]
    above: dict[tuple[str, str], int]
    places: dict[str, list[tuple[float, float]]]
    summaries: dict[str, Row]
    methods: tuple[Row, ...]
    central: dict[str, tuple[int, dict[str, float]]]
    central_of: str
    one_scale: bool = True

    @property
    def summary(self) -> Row:
        """Return replicates, seed and the like of the mix that is shown."""
        return self.summaries[self.shown]

    @property
    def replicates(self) -> int:
        """Return how many replicates the mix that is shown has."""
        return self.summary["replicates"]

    @cached_property
    def mixes(self) -> tuple[str, ...]:
        """Return the mixes that were simulated, single sources of error first, all together last."""
        return tuple(dict.fromkeys(mix for mix, _ in self.sources))

    def row(self, country: str, node: str) -> Row | None:
        """Return the intervals of a country on a node; none where it has no rank or the node was not simulated."""
        row = self.rows.get((country, node))
        return row if row is not None and row["rank"] is not None and row["rank_low_90"] is not None else None

    def ahead(self, one: str, other: str) -> float:
        """Return the share of replicates in which one country ranks above another on the index."""
        return self.above[one, other] / self.replicates

    def leads(self, one: str, other: str) -> bool:
        """Say whether one country ranks above another in 95 % of the replicates or more."""
        return self.above[one, other] >= TOLD_APART * self.replicates

    def apart(self, one: str, other: str) -> bool:
        """Say whether two countries can be told apart: one leads the other."""
        return self.leads(one, other) or self.leads(other, one)


def spread_of(results: Results) -> Spread | None:
    """Return what a run's simulation says, nothing if it has none."""
    tables, root = results.tables, results.framework.root
    if any(name not in tables or tables[name].is_empty() for name in NEEDED):
        return None
    mixes = mixes_of(tables["simulation"])
    shown = shown_of(mixes)
    mine, index = pl.col("varied") == shown, pl.col("node") == root
    one_scale = shown not in ("choices", "method", "all") or _one_scale(results)
    rows = _intervals(tables["intervals"].filter(mine))
    rows = rows if one_scale else [_without_scores(row) for row in rows]
    sources = {(row["varied"], row["country"]): row for row in _intervals(tables["intervals"].filter(index))}
    pairs = tables["pairs"].filter(mine & index).select("country", "other", "above").iter_rows()
    places: dict[str, list[tuple[float, float]]] = {}
    for country, rank, share in tables["ranks"].filter(mine & index).select("country", "rank", "share").iter_rows():
        places.setdefault(country, []).append((rank, share))
    central_of, central = _central(tables.get("central_weights"), shown)
    ordered = ((mix, code) for mix in mixes for code in results.framework.units)
    return Spread(
        shown,
        {(row["country"], row["node"]): row for row in rows},
        {key: sources[key] for key in ordered if key in sources},
        {(country, other): above for country, other, above in pairs},
        {country: sorted(own) for country, own in places.items()},
        {row["varied"]: row for row in tables["simulation"].iter_rows(named=True)},
        tuple(tables["mixes"].filter(mine).iter_rows(named=True)),
        central,
        central_of,
        one_scale,
    )


def is_outside(row: Row) -> bool:
    """Say whether the rank of the run lies outside its 90 % interval."""
    return not row["rank_low_90"] <= row["rank"] <= row["rank_high_90"]


def _one_scale(results: Results) -> bool:
    """Say whether all methods that vary put the index on the scale of the run."""
    recipe, places = results.recipe, results.framework.places(results.framework.root)
    own = declared_scale(recipe, places)
    others = (
        recipe.picked({place: choice})
        for place, choices in recipe.variation.choices.items()
        for choice in choices
        if place.partition(".")[0] in ("normalise", "aggregate")
    )
    return all(declared_scale(each, places) == own for each in others)


def _without_scores(row: Row) -> Row:
    return {name: None if name.startswith("score_") else value for name, value in row.items()}


def _intervals(frame: pl.DataFrame) -> list[Row]:
    """Return rows with their ranks as they are shown: whole numbers where they are whole."""
    names = [name for name in frame.columns if name.startswith("rank_") and name != "rank_mean"]
    return [{**row, **{name: place(row[name]) for name in ("rank", *names)}} for row in frame.iter_rows(named=True)]


def _central(frame: pl.DataFrame | None, shown: str) -> tuple[str, dict[str, tuple[int, dict[str, float]]]]:
    """Return the mix whose central weights are told, and these: of the mix shown, else of the first that has some."""
    if frame is None or frame.is_empty():
        return "", {}
    held = frame["varied"].unique().to_list()
    name = shown if shown in held else min(held)
    found: dict[str, tuple[int, dict[str, float]]] = {}
    for country, node, wins, weight in (
        frame.filter(pl.col("varied") == name).select("country", "node", "wins", "weight").iter_rows()
    ):
        found.setdefault(country, (wins, {}))[1][node] = weight
    return name, found
