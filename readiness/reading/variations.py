"""Settings of what varies: weights=0.3, weights.pillar=0.1, leave-out=indicator, figures, normalise=min_max,z_score."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from readiness.choices import Choice
from readiness.errors import USAGE, ReadinessError, Violation, nearest
from readiness.framework import Framework
from readiness.reading.demands import variation_demands
from readiness.reading.uncertainty import alternative
from readiness.recipe import Recipe
from readiness.registry import STEPS
from readiness.variation import NOISES, Variation, WeightNoise

PLACE = "--vary"
OFF = "off"
SWITCHES = ("figures", "revisions", "refit")
WORDS = ("weights", "leave-out", *SWITCHES, "flags", "common", "nothing", *STEPS)
FORMS = {
    "weights": "weights=0.25, weights=dirichlet:100, weights=flat or weights=bootstrap; weights.NODE=... for one place",
    "leave-out": "leave-out=LEVEL",
    "flags": "flags.LETTER=FACTOR",
    "common": "common.INDICATOR=SHARE",
    "nothing": "nothing",
}
ALTERNATIVE = re.compile(r"^(?P<method>[^\s():=]+)(\((?P<numbers>[^()]*)\))?(:(?P<share>[^:()]+))?$")


def vary(recipe: Recipe, framework: Framework, settings: Sequence[str]) -> Recipe:
    """Return a recipe whose variation has settings such as "weights=0.3" applied in order.

    weights            uniform noise of a quarter; weights=0.3, weights=dirichlet:50, weights=flat, weights=bootstrap;
                       weights.pillar=0.1 for a level or the children of a group
    leave-out=LEVEL    each replicate leaves one node of the level out
    figures, revisions, refit    switched on, or off with =off; flags.e=1.5 and common.CODE=0.3 go with figures
    STEP=METHOD,...    alternatives, STEP.NODE=... those of one place; METHOD(NUMBER=VALUE,...) sets numbers, METHOD:0.3
                       a probability; the recipe's own method is there without being named
    nothing            drops what was declared before; =off drops one of the others

    Errors   ReadinessError with every fault of all settings at once.
    """
    found: list[Violation] = []
    variation = recipe.variation
    for setting in settings:
        try:
            variation = _apply(variation, recipe, setting.strip())
        except ReadinessError as error:
            found += error.violations
    changed = replace(recipe, variation=variation)
    if settings:
        found += variation_demands(changed, framework, PLACE)
    if found:
        raise ReadinessError(dict.fromkeys(found), USAGE)
    return changed


def _apply(variation: Variation, recipe: Recipe, setting: str) -> Variation:
    left, mark, value = (part.strip() for part in setting.partition("="))
    word, _, place = left.partition(".")
    word = word.replace("_", "-")
    if word not in WORDS:
        raise _fault(setting, "one of " + ", ".join(WORDS), nearest(word, WORDS))
    if (mark and not value) or (place and (word in SWITCHES or word in ("leave-out", "nothing"))):
        raise _fault(setting, _form(word))
    if word == "nothing" and not mark:
        return Variation()
    if word == "weights":
        return _with_weights(variation, place, value or "uniform", setting)
    if word in SWITCHES and value in ("", "on", OFF):
        return replace(variation, **{word: value != OFF})
    if word == "leave-out" and value:
        return replace(variation, leave_out="" if value == OFF else value)
    if word in ("flags", "common") and place and value:
        return _with_error(variation, word, place, value, setting)
    if word in STEPS and value:
        return _with_choices(variation, recipe, left, value, setting)
    raise _fault(setting, _form(word))


def _with_weights(variation: Variation, place: str, value: str, setting: str) -> Variation:
    noise = _noise(value, setting)
    if not place:
        return replace(variation, weights=noise)
    return replace(variation, weights_at={**variation.weights_at, place: noise})


def _noise(value: str, setting: str) -> WeightNoise:
    method, mark, number = value.partition(":")
    if _number(method) is not None and not mark:
        method, number = "uniform", method
    method = "none" if method == OFF else method
    size = _number(number) if number else None
    if (mark or number) and (size is None or not NOISES.get(method, "")):
        raise _fault(setting, FORMS["weights"], nearest(method, NOISES))
    return WeightNoise(method, **({NOISES[method]: size} if size is not None else {}))


def _with_error(variation: Variation, word: str, place: str, value: str, setting: str) -> Variation:
    """Set a factor of a flag or a share of an indicator, and with it that figures vary."""
    number = _number(value)
    if number is None and value != OFF:
        raise _fault(setting, FORMS[word])
    given = {name: each for name, each in getattr(variation, word).items() if name != place}
    return replace(variation, figures=True, **{word: given if number is None else {**given, place: number}})


def _with_choices(variation: Variation, recipe: Recipe, place: str, value: str, setting: str) -> Variation:
    choices = {each: given for each, given in variation.choices.items() if each != place}
    shares = {each: given for each, given in variation.shares.items() if each != place}
    if value != OFF:
        read = [_alternative(text.strip(), recipe, place, setting) for text in re.split(r",(?![^(]*\))", value)]
        choices[place] = tuple(choice for choice, _ in read)
        given = tuple(share for _, share in read if share is not None)
        shares |= {place: given} if given else {}
    return replace(variation, choices=choices, shares=shares)


def _alternative(text: str, recipe: Recipe, place: str, setting: str) -> tuple[Choice, float | None]:
    """Read METHOD, METHOD(NUMBER=VALUE,...) or either with :SHARE."""
    match = ALTERNATIVE.match(text)
    share = _number(match["share"]) if match and match["share"] else None
    if match is None or (match["share"] and share is None):
        raise _fault(setting, "METHOD, METHOD(NUMBER=VALUE) or METHOD:SHARE, separated by commas")
    if match["numbers"] is None:
        return alternative(match["method"], recipe.own(place)), share
    pairs = [pair.partition("=") for pair in match["numbers"].split(",")]
    if not all(name.strip() and number.strip() for name, _, number in pairs):
        raise _fault(setting, "METHOD(NUMBER=VALUE,...)")
    table: dict[str, Any] = {name.strip(): _number_or_text(number.strip()) for name, _, number in pairs}
    return _table_choice(match["method"], table), share


def _table_choice(method: str, table: Mapping[str, Any]) -> Choice:
    fit = table.get("fit", "")
    return Choice(method, {key: value for key, value in table.items() if key != "fit"}, str(fit))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _number_or_text(text: str) -> float | str:
    number = _number(text)
    return text if number is None else number


def _form(word: str) -> str:
    if word in SWITCHES:
        return f"{word} or {word}={OFF}"
    return FORMS.get(word, f"{word}=METHOD,METHOD or {word}.NODE=METHOD,METHOD")


def _fault(found: str, expected: str, hint: str = "") -> ReadinessError:
    return ReadinessError(Violation("E749", PLACE, found, expected, hint=hint), USAGE)
