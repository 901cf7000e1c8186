"""The scale of the scores: its ends, its printed decimals, and the five classes of colour."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from readiness.numbers import fixed
from readiness.recipe import Recipe

CLASSES = 5
DEVIATIONS = 2  # how far a scale of standard deviations is drawn to each side


@dataclass(frozen=True)
class Scale:
    """Ends of the scale, decimals of the index score and of the other scores."""

    low: float
    high: float
    index_decimals: int
    decimals: int

    @property
    def coarse(self) -> int:
        """Return the decimals of the class limits: the fewer of the two, so that both kinds of score fit them."""
        return min(self.index_decimals, self.decimals)

    @property
    def limits(self) -> list[int]:
        """Return the lower limits of the upper classes, in units of their last decimal."""
        step = (self.high - self.low) / CLASSES
        return [round((self.low + step * place) * 10.0**self.coarse) for place in range(1, CLASSES)]

    def class_of(self, number: int | None, decimals: int) -> int | None:
        """Return the class of a printed value, given in units of its last decimal, counted from 0."""
        if number is None:
            return None
        return bisect_right([limit * 10 ** (decimals - self.coarse) for limit in self.limits], number)

    def legend(self) -> list[str]:
        """Say what each class holds."""
        texts = [self.tick(limit) for limit in self.limits]
        inner = [f"{low} to under {high}" for low, high in pairwise(texts)]
        return [f"under {texts[0]}", *inner, f"{texts[-1]} and more"]

    def tick(self, limit: int) -> str:
        """Return a limit as a text, without decimals where no limit has any."""
        unit = 10**self.coarse
        return fixed(limit, self.coarse) if any(each % unit for each in self.limits) else fixed(limit // unit, 0)

    def place(self, value: float) -> float:
        """Return where a score lies between the ends, from 0 to 1; what lies outside is drawn at the end."""
        span = self.high - self.low
        return min(1.0, max(0.0, (value - self.low) / span)) if span else 0.0


def scale_of(recipe: Recipe, scores: Sequence[float]) -> Scale:
    """Return the scale that a recipe declares; where it declares none, that of the scores.

    An aggregation that orders the units has a scale of its own; else it is that of the indicators.
    """
    own = recipe.parameters("aggregate")
    given = {"low": 0.0, **own} if "high" in own else recipe.parameters("normalise")
    low = given["low"] if "low" in given else min(scores, default=0.0)
    high = given["high"] if "high" in given else max(scores, default=0.0)
    reach = DEVIATIONS * abs(high - low) if recipe.method("normalise").any_sign else 0.0
    ends = (min(low - reach, high), max(low + reach, high))
    decimals = decimals_for(ends[1] - ends[0])
    finest = decimals + 1
    ranked = int(recipe.parameters("rank").get("decimals", finest))
    return Scale(*ends, max(0, min(finest, ranked)), decimals)


def declared_scale(recipe: Recipe, places: Sequence[str]) -> tuple[object, ...]:
    """Return what the scores of the nodes at some places are measured on; equal if their values can be compared."""
    mean = recipe.parameters("aggregate", *places)
    if "high" in mean:
        return ("aggregate", mean.get("low", 0.0), mean["high"])
    method, given = recipe.method("normalise"), recipe.parameters("normalise")
    if "low" in given and "high" in given:
        return ("normalise", given["low"], given["high"], method.any_sign, method.pointwise)  # values, or their order
    return (method.name, *sorted((name, str(value)) for name, value in given.items()))


def decimals_for(span: float) -> int:
    """Return how many decimals tell some hundreds of values apart on a scale.

    >>> decimals_for(100), decimals_for(4), decimals_for(1)
    (1, 2, 3)
    """
    return next((decimals for decimals, least in ((1, 20), (2, 2)) if span >= least), 3)
