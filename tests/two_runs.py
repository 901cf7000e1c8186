"""Two runs of the small index that differ in every way at once, and any state between them put together by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
from small_index import FIGURES, INDICATOR, PEOPLE, SOURCE, UNITS, Small

import readiness
from readiness.change import change_table
from readiness.sides import side_of

Figures = Mapping[str, Mapping[str, float]]
TABLE = ("points", "places", "shapley", "shapley_places")

# One figure a unit. Before: the small index as it is. Later on two figures of chips and the people of AT were revised,
# figures of 2024 came out, grids took the place of cables, which only describe since, and DK joined.
BEFORE = {code: dict(zip(UNITS, values, strict=True)) for code, values in FIGURES.items() if code != "wealth"}
BEFORE["courses"] = {
    unit: value / people for (unit, value), people in zip(BEFORE["courses"].items(), PEOPLE, strict=True)
}
REVISED = {
    **BEFORE,
    "chips": {**BEFORE["chips"], "BE": 26.0, "DE": 66.0},
    "courses": {**BEFORE["courses"], "AT": 12.0},  # 120 courses for 10 people in place of 9
}
NEW = {
    "chips": {"AT": 13, "BE": 37, "BG": 29, "CY": 52, "DE": 71, "DK": 63},
    "cables": {},
    "price": {"AT": 8.5, "BE": 4.5, "BG": 5.5, "CY": 5, "CZ": 7, "DE": 9.5, "DK": 3.5},
    "grids": {"AT": 4, "BE": 1, "BG": 3, "CY": 2, "CZ": 5.5, "DE": 5, "DK": 4.5},
    "coders": {"AT": 3.5, "BE": 2.25, "BG": 4.5, "DE": 9, "DK": 7},
    "courses": {"DK": 70.0},
}
AFTER = {
    code: {**{unit: value for unit, value in REVISED.get(code, {}).items() if code != "cables"}, **NEW[code]}
    for code in NEW
}


@dataclass(frozen=True)
class State:
    """What a state between the two runs has: figures by indicator and unit, tree, weight of skills, method, units."""

    figures: Figures
    cables: bool = True
    grids: bool = False
    skills: float = 1
    geometric: bool = False
    units: tuple[str, ...] = UNITS


FIRST = State(BEFORE)
LAST = State(AFTER, cables=False, grids=True, skills=3, geometric=True, units=(*UNITS, "DK"))


def folder_of(place: Path, state: State, edition: int) -> Small:
    """Return the small index on disk with the tree, weights and units of a state, and one edition."""
    place.mkdir()
    small = Small(place)
    units = ", ".join(f'"{unit}"' for unit in state.units)
    small.edit("framework.toml", 'units = ["AT", "BE", "BG", "CY", "CZ", "DE"]', f"units = [{units}]")
    small.edit("framework.toml", "editions = [2023, 2024]", f"editions = [{edition}]")
    small.edit("framework.toml", "skills = 1\n", f"skills = {state.skills}\n")
    if state.grids:
        small.edit("framework.toml", "price = 2\n", "price = 2\ngrids = 1\n")
        small.write("compute/grids.toml", INDICATOR.format(name="Grids", better="true") + SOURCE)
    if not state.cables:
        small.edit("framework.toml", "cables = 1\n", "")
        small.edit("framework.toml", 'context = ["wealth"]', 'context = ["wealth", "cables"]')
        small.path("compute/cables.toml").rename(small.path("context/cables.toml"))
    return small


def settings(state: State) -> list[str]:
    return ["aggregate.index=geometric"] if state.geometric else []


def published(tmp_path: Path) -> tuple[readiness.Results, readiness.Results]:
    """Return the runs before and after, from files as an office would write them."""
    before = folder_of(tmp_path / "before", FIRST, 2024)
    after = folder_of(tmp_path / "after", LAST, 2025)
    after.put("chips", "BE", 2023, 26)
    after.put("chips", "DE", 2023, 66)
    after.put("people", "AT", 2022, 10)
    after.put("people", "DK", 2022, 6)
    for code, values in NEW.items():
        for unit, value in values.items():
            after.put(code, unit, 2024, 6 * value if code == "courses" else value)
    return before.run(), after.run(settings=settings(LAST))


def by_hand(place: Path, state: State) -> readiness.Results:
    """Return the run of a state whose figures are put together by hand: one for each unit and indicator."""
    small = folder_of(place, state, 2024)
    small.rows.clear()
    for unit in state.units:
        small.put("people", unit, 2022, 1)
    for code, values in state.figures.items():
        if (code != "cables" or state.cables) and (code != "grids" or state.grids):
            for unit, value in values.items():
                small.put(code, unit, 2023, value)
    return small.run(settings=settings(state))


def swapped(state: State, figures: Figures, code: str, units: tuple[str, ...]) -> State:
    """Return a state with other figures of an indicator for some units; what is not there is a gap."""
    own = {unit: value for unit, value in state.figures.get(code, {}).items() if unit not in units}
    own |= {unit: value for unit, value in figures[code].items() if unit in units}
    return replace(state, figures={**state.figures, code: own})


def table_of(before: readiness.Results, after: readiness.Results) -> pl.DataFrame:
    """Return the causes of the change between the newest editions of two runs."""
    return change_table(side_of(before), side_of(after))


def told(table: pl.DataFrame, country: str, node: str = "index", value: str = "points") -> dict[tuple[str, str], float]:
    """Return a value of each row of a country on a node, by cause and indicator, in the order of the causes."""
    own = table.filter((pl.col("country") == country) & (pl.col("node") == node)).sort("position", maintain_order=True)
    return {(cause, code): found for cause, code, found in own.select("cause", "indicator", value).iter_rows()}


def values_of(results: readiness.Results, column: str, edition: int | None = None) -> dict[tuple[str, str], float]:
    """Return scores or ranks of an edition, the newest if none is named, by country and node; gaps are left out."""
    own = results.scores.filter(
        (pl.col("edition") == (edition or results.edition))
        & pl.col(column).is_not_null()
        & pl.col("rank").is_not_null()
    )
    return {(country, node): value for country, node, value in own.select("country", "node", column).iter_rows()}


def sums(table: pl.DataFrame) -> pl.DataFrame:
    """Return each whole change beside the sum of its causes, and of their parts by indicator (columns ..._parts)."""
    key = ["country", "node"]
    whole = table.filter(pl.col("cause") == "total")
    causes = table.filter((pl.col("cause") != "total") & (pl.col("indicator") == ""))
    return whole.join(causes.group_by(key).agg(pl.col(TABLE).sum()), on=key, suffix="_sum")


def parts(table: pl.DataFrame) -> pl.DataFrame:
    """Return each cause that is told by indicator beside the sum of its parts."""
    key = ["country", "node", "cause"]
    split = table.filter(pl.col("indicator") != "").group_by(key).agg(pl.col("points", "places").sum())
    return table.filter(pl.col("indicator") == "").join(split, on=key, suffix="_sum")
