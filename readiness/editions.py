"""Which figure an edition uses: the newest that was over, known and young enough, divided by what it is per."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl

from readiness.framework import Framework, Indicator
from readiness.panel import Panel

KEY = ["edition", "indicator", "country"]


def used_figures(
    framework: Framework, panel: Panel, editions: Sequence[int], as_of: date | None = None
) -> pl.DataFrame:
    """Return one row for each edition, indicator and unit, in the order of the arguments and the tree.

    Columns  those of tables.TABLES["cells"] up to `denominated`, `reason` of a gap, source, dataset, file, row.
    Gaps     no row is left out: where no figure is used `raw` is null and `reason` says why.
    """
    units = [*framework.units, *scored_reference(framework)]
    known = panel.known(as_of).rename({"geo": "country", "value": "raw"})
    wanted = known.filter(pl.col("indicator").is_in(framework.leaves) & pl.col("country").is_in(units))
    candidates = _in_time(wanted, framework.indicators.values(), framework, editions)
    newest = (
        candidates.filter(usable()).filter(pl.col("age") <= pl.col("max_age")).sort("year").unique(KEY, keep="last")
    )
    grid = _grid(editions, framework.leaves, units)
    cells = grid.join(newest.drop("age", "max_age"), on=KEY, how="left", maintain_order="left")
    cells = _divided(cells, framework, known)
    return cells.join(_reasons(candidates), on=KEY, how="left", maintain_order="left").with_columns(
        reason=pl.when(pl.col("raw").is_not_null() & pl.col("denominated").is_null())
        .then(pl.lit("no denominator is known"))
        .when(pl.col("raw").is_not_null())
        .then(None)
        .otherwise(pl.coalesce("reason", pl.lit("no figure")))
    )


def as_known(framework: Framework, used: pl.DataFrame, panel: Panel, as_of: date | None = None) -> pl.Series:
    """Return figures that were used, of the same years, as a panel knows them on a day, divided as they were.

    Shapes   used is the frame of `used_figures`; returns a value for each of its rows.
    Gaps     a figure that the panel does not have, or that may not be used any more, is null.
    """
    known = panel.known(as_of).rename({"geo": "country", "value": "raw"})
    values = known.filter(usable()).select("indicator", "country", "year", "raw")
    places = used.select("indicator", "country", "year")
    cells = places.join(values, on=["indicator", "country", "year"], how="left", maintain_order="left")
    return _divided(cells, framework, known)["denominated"]


def context_figures(
    framework: Framework, panel: Panel, editions: Sequence[int], as_of: date | None = None
) -> pl.DataFrame:
    """Return the newest figure of each context series for each edition and unit, by the same rules, without gaps."""
    known = panel.known(as_of).rename({"geo": "country", "value": "raw"})
    units = [*framework.units, *([framework.reference.code] if framework.reference else [])]
    wanted = known.filter(
        pl.col("indicator").is_in(list(framework.context)) & pl.col("country").is_in(units) & usable()
    )
    candidates = _in_time(wanted, framework.context.values(), framework, editions)
    return candidates.filter(pl.col("age") <= pl.col("max_age")).sort("year").unique(KEY, keep="last").sort(KEY)


def unit_weights(
    framework: Framework, panel: Panel, editions: Sequence[int], as_of: date | None = None
) -> pl.DataFrame:
    """Return the weight of each unit in the reference's mean: the newest figure up to the edition's last year.

    Columns  edition, country, weight (null where no figure is known); in the order of editions and units.
    """
    series = framework.reference.weight if framework.reference else ""
    known = panel.known(as_of).rename({"geo": "country", "value": "raw"})
    known = known.filter((pl.col("indicator") == series) & usable()).rename({"raw": "weight"})
    grid = _grid(editions, [series], framework.units).with_columns(
        year=(pl.col("edition") - framework.rules.lag).cast(pl.Int32)
    )
    right = known.select("country", "year", "weight").sort("year")
    joined = grid.with_row_index("order").sort("year").join_asof(right, on="year", by="country", check_sortedness=False)
    return joined.sort("order").select("edition", "country", "weight")


def scored_reference(framework: Framework) -> list[str]:
    """Return the reference's code in a list if it is scored from its own figures, else an empty list."""
    reference = framework.reference
    return [reference.code] if reference is not None and reference.rule == "own_figures" else []


def _grid(editions: Sequence[int], indicators: Sequence[str], units: Sequence[str]) -> pl.DataFrame:
    years = pl.DataFrame({"edition": list(editions)}, schema={"edition": pl.Int32})
    codes = pl.DataFrame({"indicator": list(indicators)}, schema={"indicator": pl.String})
    places = pl.DataFrame({"country": list(units)}, schema={"country": pl.String})
    return years.join(codes, how="cross").join(places, how="cross")


def usable() -> pl.Expr:
    """Say which figures may be used: confidential ones and forecasts feed no edition."""
    return pl.col("raw").is_not_null() & (pl.col("conf_status") == "") & ~pl.col("obs_status").str.contains("[mf]")


def _in_time(
    figures: pl.DataFrame, indicators: Sequence[Indicator], framework: Framework, editions: Sequence[int]
) -> pl.DataFrame:
    """Pair each figure with each edition whose last year it does not pass; `age` is in years."""
    rules = framework.rules
    limits = pl.DataFrame(
        [(each.code, rules.max_age if each.max_age is None else each.max_age) for each in indicators],
        schema={"indicator": pl.String, "max_age": pl.Int32},
        orient="row",
    )
    years = pl.DataFrame({"edition": list(editions)}, schema={"edition": pl.Int32})
    paired = figures.join(limits, on="indicator").join(years, how="cross")
    return paired.with_columns(age=pl.col("edition") - rules.lag - pl.col("year")).filter(pl.col("age") >= 0)


def _reasons(candidates: pl.DataFrame) -> pl.DataFrame:
    """Say, for each edition, indicator and unit with some row, why none of its rows may be used."""
    old = pl.col("year").filter(usable()).max()
    young = pl.col("age") <= pl.col("max_age")
    said = candidates.group_by(KEY).agg(
        old.alias("newest"),
        pl.col("max_age").first(),
        (young & (pl.col("conf_status") != "")).any().alias("secret"),
        (young & pl.col("obs_status").str.contains("f")).any().alias("forecast"),
    )
    too_old = pl.format("newest figure is of {}, older than {} years", "newest", "max_age")
    return said.select(
        *KEY,
        reason=pl.when("secret")
        .then(pl.lit("the figure is confidential"))
        .when("forecast")
        .then(pl.lit("the only figure is a forecast"))
        .when(pl.col("newest").is_not_null())
        .then(too_old),
    )


def _divided(cells: pl.DataFrame, framework: Framework, known: pl.DataFrame) -> pl.DataFrame:
    """Divide by the newest denominator that is not younger than the figure."""
    divisors = pl.concat(list(_divisors(framework, known)), how="vertical").sort("denominator_year")
    ordered = cells.with_row_index("order").sort("year", nulls_last=False)
    joined = ordered.filter(pl.col("year").is_not_null()).join_asof(
        divisors,
        left_on="year",
        right_on="denominator_year",
        by=["indicator", "country"],
        check_sortedness=False,
        coalesce=False,
    )
    both = pl.concat([joined, ordered.filter(pl.col("year").is_null())], how="diagonal").sort("order").drop("order")
    per = pl.col("indicator").is_in(
        [each.code for each in framework.indicators.values() if each.denominator or each.rebase]
    )
    return both.with_columns(denominated=pl.when(per).then(pl.col("raw") / pl.col("denominator")).otherwise("raw"))


def _divisors(framework: Framework, known: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield what each indicator is divided by: indicator, country, denominator_year, denominator."""
    series = known.filter(usable()).select("indicator", "country", "year", "raw")
    columns = ["country", pl.col("year").alias("denominator_year")]
    yield series.clear().select("indicator", *columns, pl.col("raw").alias("denominator"))
    for each in framework.indicators.values():
        code = pl.lit(each.code).alias("indicator")
        if each.denominator:
            own = series.filter(pl.col("indicator") == each.denominator)
            yield own.select(code, *columns, (pl.col("raw") / each.per).alias("denominator"))
        elif each.rebase:
            old, new = (series.filter(pl.col("indicator") == name) for name in each.rebase)
            both = old.join(new, on=["country", "year"], suffix="_new")
            yield both.select(code, *columns, (pl.col("raw_new") / pl.col("raw")).alias("denominator"))
