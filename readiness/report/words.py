"""Words of the report: lists, plurals, levels, flags, what the reference and the tables are."""

from __future__ import annotations

from collections.abc import Sequence

from readiness.framework import Framework

FLAGS = {
    "b": "break in series",
    "d": "definition differs",
    "e": "estimated",
    "f": "forecast",
    "i": "imputed by the source",
    "m": "missing, the figure cannot exist",
    "n": "not significant",
    "p": "provisional",
    "u": "low reliability",
}
TABLES = {
    "scores": "scores, ranks and contributions of every country, node and edition",
    "cells": "every figure from its file to its score, with year, vintage, flags and the reason of each gap",
    "weights": "the weight of every node in every edition, and why a node does not count",
    "bounds": "transforms, caps and bounds of every indicator",
    "nodes": "names, units, definitions, sources and licences of all nodes",
    "context": "series that describe the countries and never score",
    "agreement": "rank correlation of the index with the context series",
    "intervals": "means, intervals, chances and tiers of every country and group, by source of error",
    "ranks": "how often every country has every rank",
    "pairs": "how often every country is above every other",
    "central_weights": "the mean weights under which a country is first",
    "covariances": "covariances of the scores of the index",
    "mixes": "the combinations of methods that were simulated, and why others were left out",
    "simulation": "what was varied, number of replicates, seed",
    "simulation_state": "the counts that a simulation can be continued from",
}
CAUTION = (
    "Every figure carries some error, so small differences in score may not be real differences. "
    "Intervals for scores and ranks were not computed in this run."
)


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
    """Return the plural of a regular noun."""
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def level_word(level: str) -> str:
    """Return the name of a level as a noun.

    >>> level_word("sub_pillar")
    'sub-pillar'
    """
    return level.replace("_", "-")


def flags_in_words(flags: str | None) -> list[tuple[str, str]]:
    """Return each flag of a figure with its meaning."""
    return [(flag, FLAGS.get(flag, "flag of the source")) for flag in flags or ""]


def short_reference(framework: Framework) -> str:
    """Return a short name of the reference: its code up to the first underscore, where a year may follow."""
    return framework.reference.code.split("_")[0] if framework.reference else ""


def reference_rule(framework: Framework) -> str:
    """Say how the reference is scored."""
    reference = framework.reference
    if reference is None:
        return ""
    if reference.rule == "weighted_mean":
        series = framework.denominators.get(reference.weight)
        weight = series.name if series else reference.weight
        return f"the mean of the countries' scores, weighted by the series “{weight}”"
    return "scored from its own figures, by the same method as the countries"


def edition_title(framework: Framework, edition: int) -> str:
    """Return the name of the index with its edition, which is not said twice."""
    return framework.name if str(edition) in framework.name.split() else f"{framework.name} {edition}"
