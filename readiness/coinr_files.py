"""A coin -> the files of an index folder: framework, recipe, indicators, figures and their origin."""

from __future__ import annotations

import hashlib

from readiness.reading.coinr import Coin
from readiness.reading.coinr_cells import as_number
from readiness.reading.coinr_meta import Entry
from readiness.reading.places import builtin, read_bytes
from readiness.toml_text import array, key, table, text

RELEASE = "coinr"  # the folder of the figures; the tables say no date, so it has none
LEVELS = ("index", "pillar", "sub_pillar")
HEAD = """\
# {name}: made from COINr's tables iMeta and iData. What an indicator is stands in its own file; its folder is
# its place in the tree. recipe.toml holds COINr's defaults, step by step.

"""
RULES = """\
[rules]
lag = 0                  # as in COINr, an edition uses the figures of its own year
max_age = 0              # and of no year before
indicator_coverage = 0   # an indicator counts with a single figure; Screen() is not done unasked
unit_coverage = 0        # a unit has a rank with a single figure; for groups see coverage in recipe.toml
"""


def coin_files(coin: Coin) -> dict[str, bytes]:
    """Return the content of every file by its place below the index folder."""
    figures = _figures(coin)
    texts = {"framework.toml": _framework(coin)}
    for each in coin.meta.of_type("Indicator"):
        texts["/".join((*coin.meta.above(each.code)[1:], f"{each.code}.toml"))] = _indicator(each, coin)
    for each in coin.meta.of_type("Denominator"):
        texts[f"denominators/{each.code}.toml"] = _denominator(each)
    texts[f"figures/{RELEASE}/origin.toml"] = _origin(coin, figures)
    files = {place: content.encode() for place, content in texts.items()}
    recipe = read_bytes(builtin("indicators") / "coinr.toml")
    return {**files, "recipe.toml": recipe, f"figures/{RELEASE}/figures.csv": figures}


def _framework(coin: Coin) -> str:
    meta, figures = coin.meta, coin.figures
    root = meta.entries[meta.root]
    head = {
        "code": text(root.code),
        "name": text(root.name),
        "root": text(root.code),
        "levels": array(_levels(coin)),
        "units": array(figures.units),
        "editions": str(list(figures.years)),
        "denominators": array(each.code for each in meta.of_type("Denominator")),
    }
    lines = HEAD.format(name=_comment(root.name)) + "".join(f"{name} = {value}\n" for name, value in head.items())
    tables = [lines, RULES]
    if figures.names:
        tables.append(table("unit_names", {unit: text(name) for unit, name in figures.names.items()}))
    for group, labels in figures.groups.items():
        tables.append(table(f"clusters.{key(group)}", {label: array(units) for label, units in labels.items()}))
    for group in meta.groups:
        tables.append(
            table(f"weights.{group}", {child: _weight(meta.entries[child]) for child in meta.children[group]})
        )
    tables += [table(f"groups.{group}", {"name": text(meta.entries[group].name)}) for group in meta.groups]
    return "\n".join(tables)


def _levels(coin: Coin) -> list[str]:
    """Name the levels from the index to the indicators; where a code has such a name the level's is made another."""
    depth = max(len(coin.meta.above(each.code)) + 1 for each in coin.meta.of_type("Indicator"))
    between = [*LEVELS[1:], *(f"sub_pillar_{number}" for number in range(2, depth))][: depth - 2]
    names = [LEVELS[0], *between, "indicator"]
    codes = set(coin.meta.entries) - {coin.meta.root}
    return [f"{name}_level" if name in codes else name for name in names]


def _indicator(each: Entry, coin: Coin) -> str:
    lines = _described(each, each.higher_is_better)
    if each.texts["target"]:
        lines += f"target = {_number(each.texts['target'])}\n"
    tables = [lines]
    if each.denominator:
        by = coin.meta.entries[each.denominator]
        factor = each.texts["scalefactor"] or "1"
        unit = f"{_unit(each)} per {_unit(by) if by.texts['unit'] else by.name}"
        if as_number(factor) != 1:
            unit += f", times {factor}"
        content = {"series": text(by.code), "per": _number(factor), "unit": text(unit)}
        tables.append(table("denominator", content))
    return "\n".join([*tables, table("source", {"organisation": text("iData")})])


def _denominator(each: Entry) -> str:
    return _described(each, better=True) + "\n" + table("source", {"organisation": text("iData")})


def _described(each: Entry, better: bool) -> str:
    return (
        f"name = {text(each.name)}\nunit = {text(_unit(each))}\nhigher_is_better = {str(better).lower()}\n"
        f"definition = {text(f'{each.name}, as in the column {each.code} of iData.')}\n"
    )


def _origin(coin: Coin, figures: bytes) -> str:
    meta = coin.meta
    head = "# Where the figures come from. COINr's tables name no source and no date: write here what you know.\n\n"
    release = {
        "date": text("not stated"),
        "file": text("figures.csv"),
        "rows": str(coin.figures.cells.height),
        "sha256": text(hashlib.sha256(figures).hexdigest()),
    }
    tables = [table("release", release)]
    for each in (*meta.of_type("Indicator"), *meta.of_type("Denominator")):
        content = {"title": each.name, "unit": _unit(each), "producer": "iData", "obtained_from": coin.figures.source}
        tables.append(table(f"series.{each.code}", {name: text(value) for name, value in content.items()}))
    return head + "\n".join(tables)


def _figures(coin: Coin) -> bytes:
    """Return the figures as written in the table, in the order of codes, units and years."""
    cells = coin.figures.cells.sort("code", "unit", "year").select("code", "unit", "year", "text", "row")
    lines = ["indicator,geo,year,value,source,dataset"]
    lines += [f"{code},{unit},{year},{value},iData,row {row}" for code, unit, year, value, row in cells.iter_rows()]
    return ("\n".join(lines) + "\n").encode()


def _unit(each: Entry) -> str:
    return each.texts["unit"] or "unit not stated"


def _weight(each: Entry) -> str:
    return _number(each.texts["weight"])


def _number(written: str) -> str:
    """Return a number as TOML writes it; whole ones without a point."""
    number = as_number(written) or 0.0
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)


def _comment(words: str) -> str:
    return " ".join(words.split()) if words.isprintable() else "An index"
