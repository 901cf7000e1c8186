"""What can be wrong with a variation by itself: unknown names, numbers out of bounds, alternatives that are none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import isfinite
from typing import Any

from readiness.choices import Choice, choice_faults
from readiness.errors import Violation, nearest
from readiness.registry import STEPS
from readiness.resolved import FITS, alike
from readiness.variation import NOISES, Variation, WeightNoise

TABLE = "uncertainty"
FLAGS = "bdeinpu"  # letters of OBS_STATUS that a figure in use can have
BOUNDS = {"concentration": (1.0, 1e6), "factor": (1.0, 100.0), "common": (0.0, 1.0)}
MOST = 50  # alternatives at one place

Own = Callable[[str], Choice | None]


def variation_faults(variation: Variation, own: Own, file: str) -> list[Violation]:
    """List the faults of a variation that can be seen without an index; `own` gives the recipe's choice at a place."""
    found = list(_noise(variation.weights, f"{TABLE}.weights", file))
    for place, noise in variation.weights_at.items():
        found += _noise(noise, f"{TABLE}.weights_at.{place}", file)
    found += _flags(variation, file)
    for name, share in variation.common.items():
        found += _number(share, "common", f"{TABLE}.figures.common.{name}", file)
    for place, given in variation.choices.items():
        found += _alternatives(place, tuple(given), own(place), file)
    return [*found, *_shares(variation, file)]


def _noise(noise: WeightNoise, table: str, file: str) -> Iterator[Violation]:
    if noise.method not in NOISES:
        hint = nearest(str(noise.method), NOISES)
        yield Violation("E741", file, str(noise.method), "one of " + ", ".join(NOISES), None, f"{table}.method", hint)
    elif noise.method == "dirichlet":
        yield from _number(noise.concentration, "concentration", f"{table}.concentration", file)
    elif noise.method == "uniform" and not (_is_number(noise.spread) and 0 < noise.spread <= 1):
        yield Violation("E742", file, str(noise.spread), "a number above 0, up to 1", column=f"{table}.spread")


def _flags(variation: Variation, file: str) -> Iterator[Violation]:
    table = f"{TABLE}.figures.flags"
    for letter, factor in variation.flags.items():
        if len(letter) != 1 or letter not in FLAGS:
            yield Violation("E743", file, letter, "one letter of " + " ".join(FLAGS), column=f"{table}.{letter}")
        yield from _number(factor, "factor", f"{table}.{letter}", file)


def _alternatives(place: str, given: tuple[Choice, ...], own: Choice | None, file: str) -> Iterator[Violation]:
    step, column = place.partition(".")[0], f"{TABLE}.choices.{place}"
    if step not in STEPS:
        expected = "a step, or STEP.NODE: " + ", ".join(STEPS)
        yield Violation("E502", file, place, expected, column=column, hint=nearest(step, STEPS))
        return
    if len(given) > MOST:
        yield Violation("E742", file, f"{len(given)} alternatives", f"at most {MOST}", column=column)
        return
    for number, each in enumerate(given):
        if each is not own:
            yield from choice_faults(column, step, each, FITS.get(step, ()), file)
        if any(alike(step, each, before) for before in given[:number]):
            yield Violation("E744", file, _shown(each), "each alternative once", column=column)
    if len(given) < 2:
        expected = "an alternative to the recipe's own method"
        yield Violation("E745", file, ", ".join(each.method for each in given), expected, column=column)


def _shares(variation: Variation, file: str) -> Iterator[Violation]:
    for place, shares in variation.shares.items():
        column, number = f"{TABLE}.shares.{place}", len(variation.choices.get(place, ()))
        shown = ", ".join(f"{each:g}" if _is_number(each) else str(each) for each in shares)
        if number == 0:
            yield Violation("E746", file, place, f"alternatives in [{TABLE}.choices]", column=column)
        elif len(shares) != number:
            names = ", ".join(choice.method for choice in variation.choices[place])
            yield Violation("E746", file, shown, f"{number} numbers, for {names}", column=column)
        elif not all(_is_number(each) and 0 < each < 1 for each in shares) or abs(sum(shares) - 1) > 1e-6:
            yield Violation("E746", file, shown, "numbers above 0 that add up to 1", column=column)


def _number(value: Any, kind: str, column: str, file: str) -> Iterator[Violation]:
    low, high = BOUNDS[kind]
    if not (_is_number(value) and low <= value <= high):
        yield Violation("E742", file, str(value), f"a number from {low:g} to {high:g}", column=column)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _shown(choice: Choice) -> str:
    given = ", ".join(f"{name} {value}" for name, value in choice.parameters.items())
    return f"{choice.method} ({given})" if given else choice.method
