"""What iData says beside its figures: names and groupings of the units; and which figures cannot be used."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from readiness.countries import ALIASES
from readiness.reading.coinr_meta import Meta

LISTED = 12  # names in a note; of more only the number is told


def newest_texts(rows: pl.DataFrame, column: str) -> tuple[dict[str, str], list[str]]:
    """Return the newest text of each unit in a column, units without one left out, and the units where it changed."""
    if column not in rows.columns:
        return {}, []
    known = rows.filter(pl.col(column) != "").sort("year", maintain_order=True)
    newest = dict(known.select("unit", column).iter_rows())
    texts = known.group_by("unit", maintain_order=True).agg(pl.col(column).n_unique().alias("texts"))
    return newest, texts.filter(pl.col("texts") > 1)["unit"].to_list()


def groupings(rows: pl.DataFrame, meta: Meta) -> tuple[dict[str, dict[str, list[str]]], list[str]]:
    """Return the labels of each Group code with their units, and a note where a unit's label changes over time."""
    groups: dict[str, dict[str, list[str]]] = {}
    notes = []
    for each in meta.of_type("Group"):
        labels, changed = newest_texts(rows, f"={each.code.lower()}")
        units: dict[str, list[str]] = {}
        for unit in dict.fromkeys(rows["unit"]):
            if unit in labels:
                units.setdefault(labels[unit], []).append(unit)
        if units:
            groups[each.code] = units
        else:
            notes.append(f"The grouping {each.code} has no label and is not carried over.")
        if changed:
            notes.append(f"{each.code} changes over time; the newest label is taken: {listed(changed)}.")
    return groups, notes


def without_denominator(cells: pl.DataFrame, meta: Meta) -> pl.DataFrame:
    """Return the figures that nothing can be divided by: no denominator of the unit in that year or before."""
    divided = {each.code: each.denominator for each in meta.of_type("Indicator") if each.denominator}
    first = cells.group_by(pl.col("code").alias("by"), "unit").agg(pl.col("year").min().alias("first"))
    own = cells.filter(pl.col("code").is_in(list(divided))).with_columns(by=pl.col("code").replace(divided))
    joined = own.join(first, on=["by", "unit"], how="left", maintain_order="left")
    return joined.filter(pl.col("first").is_null() | (pl.col("first") > pl.col("year")))


def data_notes(rows: pl.DataFrame, cells: pl.DataFrame, dropped: pl.DataFrame, meta: Meta) -> Iterator[str]:
    """Say what was left out, read as something else, or means less than in COINr."""
    translated = [code for code in ALIASES if code in set(rows["=ucode"])]
    for code in translated:
        yield f"{code} is written as {ALIASES[code]}, Eurostat's code for the same country."
    if dropped.height:
        places = [f"{code} of {unit} in {year}" for code, unit, year in dropped.select("code", "unit", "year").rows()]
        yield f"Figures without a denominator, gaps in COINr too, are left out: {listed(places)}."
    seen = set(cells["code"])
    empty = [each.code for each in meta.of_type("Indicator") if each.code not in seen]
    if empty:
        yield f"Indicators without any figure: {listed(empty)}."
    if rows["year"].n_unique() > 1:
        yield (
            "Outliers are treated as found on the newest year, for all years alike; COINr treats every year by itself. "
            "A denominator missing in a year is taken from the newest year before it."
        )


def listed(words: list[str]) -> str:
    """Join words for a note; of many only the first."""
    more = len(words) - LISTED
    return ", ".join(words[:LISTED]) + (f" and {more} more" if more > 0 else "")
