"""Words of the report: lists, plurals, levels, flags, what the reference and the tables are."""

from __future__ import annotations

from collections.abc import Sequence

from readiness.framework import Framework
from readiness.report.reasons import mark
from readiness.report.texts import Texts

SPEAKER = Texts()

FLAGS = {
    "b": mark("break in series"),
    "d": mark("definition differs"),
    "e": mark("estimated"),
    "f": mark("forecast"),
    "i": mark("imputed by the source"),
    "m": mark("missing, the figure cannot exist"),
    "n": mark("not significant"),
    "p": mark("provisional"),
    "u": mark("low reliability"),
}
OTHER_FLAG = mark("flag of the source")
METHODS = (
    mark("none"),
    mark("min-max"),
    mark("z-score"),
    mark("goalposts"),
    mark("percentile-rank"),
    mark("declared"),
    mark("equal"),
    mark("arithmetic"),
    mark("geometric"),
    mark("winsorise"),
    mark("mean"),
    mark("median"),
)  # names of methods that many indices use; others stand in English
TABLES = {
    "scores": mark("scores, ranks and contributions of every country, node and edition"),
    "cells": mark("every figure from its file to its score, with year, vintage, flags and the reason of each gap"),
    "weights": mark("the weight of every node in every edition, and why a node does not count"),
    "bounds": mark("transforms, caps and bounds of every indicator"),
    "nodes": mark("names, units, definitions, sources and licences of all nodes"),
    "context": mark("series that describe the countries and never score"),
    "agreement": mark("rank correlation of the index with the context series"),
    "intervals": mark("means, intervals, chances and tiers of every country and group, by source of error"),
    "ranks": mark("how often every country has every rank"),
    "pairs": mark("how often every country is above every other"),
    "central_weights": mark("the mean weights under which a country is first"),
    "covariances": mark("covariances of the scores of the index"),
    "mixes": mark("the combinations of methods that were simulated, and why others were left out"),
    "simulation": mark("what was varied, number of replicates, seed"),
    "change": mark("causes of every change since the edition before, in points and places"),
    "movements": mark("how far every score and rank moved, with the interval of the paired difference"),
    "moves": mark("what the median of each indicator would make of each country"),
    "quality": mark("coverage, age, flags and imputed values of each country"),
    "peers": mark("the nearest countries of each country by four rules"),
    "targets": mark("value, distance, pace, projection and verdict of every target"),
    "figures": mark("every figure of the index that was known, with its source, file and row"),
    "simulation_state": mark("the counts that a simulation can be continued from"),
}


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence does.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def counted(number: int, word: str) -> str:
    """Return a number and its noun.

    >>> counted(1, "place"), counted(2, "country")
    ('1 place', '2 countries')
    """
    return f"{number} {word if number == 1 else plural(word)}"


def plural(word: str) -> str:
    """Return the plural of a regular noun; that of series is itself.

    >>> plural("country"), plural("context series")
    ('countries', 'context series')
    """
    if word.endswith("series"):
        return word
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def level_word(level: str) -> str:
    """Return the name of a level as a noun.

    >>> level_word("sub_pillar")
    'sub-pillar'
    """
    return level.replace("_", "-")


def flags_in_words(flags: str | None) -> list[tuple[str, str]]:
    """Return each flag of a figure with its meaning."""
    return [(flag, FLAGS.get(flag, OTHER_FLAG)) for flag in flags or ""]


def short_reference(framework: Framework) -> str:
    """Return a short name of the reference: its code up to the first underscore, where a year may follow."""
    return framework.reference.code.split("_")[0] if framework.reference else ""


def reference_rule(framework: Framework, say: Texts = SPEAKER) -> str:
    """Say how the reference is scored."""
    reference = framework.reference
    if reference is None:
        return ""
    if reference.rule == "weighted_mean":
        series = framework.denominators.get(reference.weight)
        weight = series.name if series else reference.weight
        return say("the mean of the countries' scores, weighted by the series “{name}”", name=say.data(weight))
    return say("scored from its own figures, by the same method as the countries")


def edition_title(framework: Framework, edition: int, name: str = "") -> str:
    """Return the name of the index with its edition, which is not said twice; `name` is that of another language."""
    own = name or framework.name
    return own if str(edition) in framework.name.split() else f"{own} {edition}"
