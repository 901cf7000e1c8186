"""Indices whose every text wants to be more than a text, on disk and in the tables of a run."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace

import polars as pl
from small_index import FIELDS, PLACES, Small

import readiness
from readiness.answers import answered
from readiness.reading.variations import vary
from readiness.report.options import Options
from readiness.results import Results
from readiness.simulate import simulate

MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=y>&amp;]]>"
FORMULA = '=HYPERLINK("http://x")'
TYPST = '#import "x": * ; #eval("1") $x$ *bold* @label <label> \\u{41} // no'
BIDI = "\u202eright\u2066isolate"  # neither is closed
CONTROL = "a\x00b\x08c\x1b[31md\x7fe\x85f\ufffeg"
LONG = "W" * 10_000
TEXTS = {
    "markup": MARKUP,
    "formula": FORMULA,
    "typst": TYPST,
    "bidi": BIDI,
    "control": CONTROL,
    "long": LONG,
}
MIXED = f"{FORMULA} {MARKUP} {TYPST} {BIDI}"
REASONS = ("reason", "imputation", "methods")  # columns of tables that hold words for a reader
TARGETS = """\
[more_chips]
name = {0}
demand = {1}
origin = {2}
series = "chips"
unit = {3}
proxy = {4}
goal = 100
by = 2030

[beside]
name = {5}
origin = {6}
series = "officer"
unit = {7}
context = true
goal = 6
split = "equal"
by = 2030
"""


def hostile(small: Small, text: str) -> Results:
    """Return the run of a small index that has a text for every name, unit, definition, note, source and demand."""
    words = (json.dumps(f"{text}{number}") for number in range(1000))  # TOML writes a text as JSON does
    _framework(small, words)
    for code, place in {**PLACES, "officer": "reported"}.items():
        small.write(f"{place}/{code}.toml", _indicator(code, words))
    small.write("targets.toml", TARGETS.format(*(next(words) for _ in range(8))))
    recipe = small.path("recipe.toml").read_text(encoding="utf-8")
    small.write("recipe.toml", recipe.replace('name = "plain"', f"name = {next(words)}"))
    for code in ("chips", "cables", "price", "coders"):  # a trend needs figures
        for year in (2018, 2019, 2020, 2021):
            small.put(code, "AT", year, 3 + year - 2018)
    small.put("chips", "AT", 2023, 12, obs_status="be")
    small.drop("cables", ("AT",))
    _figures(small, text)
    results = readiness.run(framework=small.folder, data=small.data)
    recipe = vary(
        results.recipe, results.framework, ["weights=0.25", "figures", "aggregate.index=arithmetic,geometric"]
    )
    return answered(simulate(results.with_recipe(recipe), 300, 5))


def spoiled(complete: Results, text: str) -> Results:
    """Return a run whose tables give a text for every reason and name that they hold, as a forged run folder may."""
    tables = dict(complete.tables)
    for name, frame in complete.tables.items():
        held = [each for each in REASONS if each in frame.columns]
        tables[name] = frame.with_columns(_if_any(each, text) for each in held)
    words = ("name", "unit", "scored_unit", "definition", "why", "note", "source", "dataset", "licence")
    tables["nodes"] = tables["nodes"].with_columns(pl.lit(text).alias(each) for each in words)
    tables["context"] = tables["context"].with_columns(pl.lit(text).alias(each) for each in ("name", "unit", "source"))
    tables["agreement"] = tables["agreement"].with_columns(name=pl.lit(text))
    flags = pl.when(pl.col("raw").is_not_null()).then(pl.lit(text[:40])).otherwise("obs_status")
    tables["cells"] = tables["cells"].with_columns(obs_status=flags)
    return replace(complete, tables=tables)


def hostile_options(text: str, country: str = "AT", peers: tuple[str, ...] = ("BE", "CZ")) -> Options:
    """Return the choices of an officer who writes a text wherever one can be written."""
    return Options(country, officer=text, status=text, peers=peers)


def _if_any(column: str, text: str) -> pl.Expr:
    return pl.when(pl.col(column).is_not_null()).then(pl.lit(text)).otherwise(column).alias(column)


def _framework(small: Small, words: Iterator[str]) -> None:
    file = "framework.toml"
    names = "".join(f"{unit} = {next(words)}\n" for unit in ("AT", "BE", "DE"))
    small.edit(file, "[weights.index]", f"[unit_names]\n{names}\n[weights.index]")
    small.edit(file, 'context = ["wealth"]', 'context = ["wealth"]\nreported = ["officer"]')
    small.edit(file, "[weights.index]", '[peers]\noutput = "wealth"\npeople = "people"\n\n[weights.index]')
    for name in ("A small index", "European Union", "Readiness", "Compute", "Skills", "More compute"):
        small.edit(file, f'"{name}"', next(words))


def _indicator(code: str, words: Iterator[str]) -> str:
    divided = ""
    if code == "courses":
        divided = f'[denominator]\nseries = "people"\nper = 1\nunit = {next(words)}\n'
    return (
        f"name = {next(words)}\nunit = {next(words)}\nhigher_is_better = {str(code != 'price').lower()}\n"
        f"definition = {next(words)}\nwhy = {next(words)}\nnote = {next(words)}\n"
        f'{divided}[error]\nmodel = "relative"\nsize = 0.05\nreason = {next(words)}\n'
        f"[source]\norganisation = {next(words)}\ndataset = {next(words)}\nlicence = {next(words)}\n"
    )


def _figures(small: Small, text: str) -> None:
    """Write the figures with a source and a data set of their own in every row."""
    with small.data.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*FIELDS, "source", "dataset"], restval=text.replace("\x00", ""))
        writer.writeheader()
        blank = dict.fromkeys(FIELDS, "")
        writer.writerows({**blank, **row} for row in small.rows.values())
