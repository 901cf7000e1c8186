"""What varies in a simulation of an index: weights, what is left out, errors of figures, methods. Frozen values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from readiness.choices import Choice
from readiness.framework import Framework
from readiness.resolved import alike, plain

NOISES = {
    "none": "",
    "uniform": "spread",
    "dirichlet": "concentration",
    "flat": "",
    "bootstrap": "",
}  # and their number


@dataclass(frozen=True, slots=True)
class WeightNoise:
    """How the weights of a group vary.

    none       they are as the recipe has them
    uniform    each weight w becomes w (1 + U(-spread, spread))
    dirichlet  the shares are drawn from Dirichlet(concentration x shares): their mean stays, and the larger the
               concentration, the less they vary
    flat       every set of shares is as likely as any other, Dirichlet(1, ..., 1)
    bootstrap  the children are drawn with replacement: each weight is multiplied by how often its child is drawn

    Source   uniform: Becker and others (2022), COINr, Journal of Open Source Software 7(78):4567; flat: Lahdelma,
             Hokkanen and Salminen (1998), SMAA, European Journal of Operational Research 106:137-143; bootstrap: Efron
             and Tibshirani (1993), An Introduction to the Bootstrap, with the children as the sample.
    """

    method: str = "none"
    spread: float = 0.25
    concentration: float = 100.0

    def declaration(self) -> dict[str, Any]:
        """Return the noise as plain data, with the number that its method uses."""
        number = NOISES.get(self.method, "")
        return {"method": self.method, **({number: float(getattr(self, number))} if number else {})}


@dataclass(frozen=True)
class Variation:
    """What varies from replicate to replicate; what is not named stays as it is in the run.

    weights    noise on the weights of every group; `weights_at` has the noise of single groups (the weights of their
               children) or levels (the weights of the nodes on that level)
    leave_out  a level below the index: each replicate leaves one node of it out
    figures    errors that the indicators declare; `flags` widen the standard error of a figure with that letter of
               OBS_STATUS by a factor (several letters: the largest), `common` is the share (0 to 1) of error variance
               that all units of an indicator share, by indicator or by source organisation
    revisions  the revision error that vintages show, added to what `figures` gives
    refit      caps, bounds and learned weights are found anew from the varied figures of each replicate; else they
               stay those of the figures without errors
    choices    alternatives by place ("normalise", "aggregate.index"), the recipe's own choice first; `shares` are their
               probabilities, equal if not given
    """

    weights: WeightNoise = WeightNoise()
    weights_at: Mapping[str, WeightNoise] = field(default_factory=dict)
    leave_out: str = ""
    figures: bool = False
    flags: Mapping[str, float] = field(default_factory=dict)
    common: Mapping[str, float] = field(default_factory=dict)
    revisions: bool = False
    refit: bool = True
    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    shares: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return not self.nothing

    @property
    def nothing(self) -> bool:
        """Say whether nothing varies."""
        return not self.factors

    @property
    def factors(self) -> tuple[str, ...]:
        """Return what varies: of "weights", "exclusion", "figures", and the places of choices."""
        noises = (self.weights, *self.weights_at.values())
        named = {
            "weights": any(noise.method != "none" for noise in noises),
            "exclusion": bool(self.leave_out),
            "figures": self.figures or self.revisions,
        }
        return (*(name for name, varies in named.items() if varies), *self._open())

    def noise(self, framework: Framework, group: str) -> WeightNoise:
        """Return the noise on the weights of a group's children: the group's own, else their level's, else all's."""
        levels = dict.fromkeys(framework.level(child) for child in framework.children(group))
        return next((self.weights_at[place] for place in (group, *levels) if place in self.weights_at), self.weights)

    def chances(self, place: str) -> tuple[float, ...]:
        """Return the probability of each alternative at a place."""
        number = len(self.choices[place])
        return tuple(self.shares.get(place, ())) or (1 / number,) * number

    def led_by(self, own: Callable[[str], Choice | None], *, follow: bool = False) -> Variation:
        """Return the variation with the recipe's own choice first at every place.

        `own` gives the choice of a place, nothing where there is none. Where it is no alternative yet it is added, with
        the probability that the others leave; with `follow` it takes the place of the first, which was the recipe's.
        """
        if not self.choices:
            return self
        choices, shares = dict(self.choices), dict(self.shares)
        for place, given in self.choices.items():
            first = own(place)
            if first is not None:
                choices[place], chances = _led(place, tuple(given), tuple(shares.get(place, ())), first, follow)
                shares |= {place: chances} if chances else {}
        return replace(self, choices=choices, shares=shares)

    def declaration(self) -> dict[str, Any]:
        """Return what varies as plain data, every default written out."""
        places = self._open()
        return {
            "weights": self.weights.declaration(),
            "weights_at": {place: noise.declaration() for place, noise in self.weights_at.items()},
            "leave_out": self.leave_out,
            "figures": self.figures,
            "flags": {letter: float(factor) for letter, factor in self.flags.items()} if self.figures else {},
            "common": {name: float(share) for name, share in self.common.items()} if self.figures else {},
            "revisions": self.revisions,
            "refit": self.refit,
            "choices": {
                place: [plain(place.partition(".")[0], each) for each in self.choices[place]] for place in places
            },
            "shares": {place: list(self.chances(place)) for place in places},
        }

    def _open(self) -> tuple[str, ...]:
        """Return the places with more than one alternative."""
        return tuple(place for place, given in self.choices.items() if len(given) > 1)


def _led(
    place: str, given: tuple[Choice, ...], shares: tuple[float, ...], own: Choice, follow: bool
) -> tuple[tuple[Choice, ...], tuple[float, ...]]:
    """Put the own choice first, and its probability with it."""
    matched = len(shares) == len(given)
    step = place.partition(".")[0]
    at = next((number for number, each in enumerate(given) if alike(step, each, own)), None)
    if at is None and follow:
        return (own, *given[1:]), shares
    if at is None:
        return (own, *given), (round(1 - sum(shares), 12), *shares) if shares and matched else shares
    order = [at, *(number for number in range(len(given)) if number != at)]
    return tuple(given[number] for number in order), tuple(shares[n] for n in order) if matched else shares
