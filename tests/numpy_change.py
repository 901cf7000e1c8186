"""A state between two editions scored in plain Python: the oracle of the causes of a change, which shares no code.

The rules are those of the small index without treatment: min-max, means of the children that are there, ranks of two
decimals. A country on its way between two scores takes what is there; the others keep to the rules of coverage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import exp, factorial, log

Values = Mapping[str, float]  # by unit
Weights = Mapping[str, Mapping[str, float]]  # by group and child, the root first


@dataclass(frozen=True)
class Edition:
    """What an edition has; of an earlier one also what is known of its figures later on."""

    figures: Mapping[str, Values]
    weights: Weights
    units: tuple[str, ...]
    geometric: bool = False
    revised: Mapping[str, Values] | None = None


@dataclass(frozen=True)
class Way:
    """The way of one country from an edition to another."""

    before: Edition
    after: Edition
    country: str
    falling: tuple[str, ...] = ()

    def state(self, done: Sequence[str]) -> tuple[dict[str, float], dict[str, float]]:
        """Return score and rank of the country by node when the causes named have been made; gaps are left out."""
        units = (self.after if "countries" in done else self.before).units
        weights = (self.after if "weights" in done else self.before).weights
        geometric = (self.after if "method" in done else self.before).geometric
        scaled = {leaf: self._scaled(leaf, units, done) for leaf in leaves(weights)}
        scores = {}
        for unit in units:
            own = {leaf: values[unit] for leaf, values in scaled.items() if unit in values}
            scores[unit] = climbed(own, weights, geometric, 0.5)
            if unit == self.country:
                scores[unit] = {**climbed(own, weights, geometric, 0.0), **scores[unit]}
            elif share(own, weights) < 2 / 3 - 1e-12:
                scores[unit].pop(root(weights), None)
        mine = scores.get(self.country, {})
        rounded = {unit: {node: round(100 * value) for node, value in own.items()} for unit, own in scores.items()}
        ranks = {
            node: 1 + sum(other.get(node, -1) > rounded[self.country][node] for other in rounded.values())
            for node in mine
        }
        return mine, ranks

    def shapley(self, node: str, causes: Sequence[str]) -> dict[str, tuple[float, float]]:
        """Return each cause's mean difference of score, and of places won, over all orders of the causes."""
        told = {
            chosen: self._value(chosen, node)
            for size in range(len(causes) + 1)
            for chosen in combinations(causes, size)
        }
        found = {}
        for cause in causes:
            gains = [0.0, 0.0]
            for chosen in (each for each in told if cause not in each):
                orders = factorial(len(chosen)) * factorial(len(causes) - len(chosen) - 1) / factorial(len(causes))
                with_it = tuple(each for each in causes if each in chosen or each == cause)
                for which in (0, 1):
                    gains[which] += orders * (told[with_it][which] - told[chosen][which])
            found[cause] = (gains[0], -gains[1])
        return found

    def _value(self, done: Sequence[str], node: str) -> tuple[float, float]:
        scores, ranks = self.state(done)
        first = self.state(()) if node not in scores else (scores, ranks)
        return first[0][node], first[1][node]

    def _scaled(self, leaf: str, units: Sequence[str], done: Sequence[str]) -> dict[str, float]:
        """Bring an indicator to 0-100 between the extremes of what the scale learns from."""
        sample = [self._figure(leaf, unit, done, "other_scale") for unit in units]
        known = [value for value in sample if value is not None]
        figures = {unit: self._figure(leaf, unit, done, "other_figures") for unit in units}
        if not known or min(known) == max(known):
            return {}
        low, high = (max(known), min(known)) if leaf in self.falling else (min(known), max(known))
        return {unit: 100 * (value - low) / (high - low) for unit, value in figures.items() if value is not None}

    def _figure(self, leaf: str, unit: str, done: Sequence[str], others: str) -> float | None:
        """Return the figure of a state; a figure that was only revised is no new one."""
        own = unit == self.country
        first, last = (each.figures.get(leaf, {}) for each in (self.before, self.after))
        known = first if self.before.revised is None else self.before.revised.get(leaf, {})
        stays = bool(first) and bool(last)
        new = ("own_figures" if own else others) if stays else "indicators"
        if new in done and not (stays and known.get(unit) == last.get(unit)):
            return last.get(unit)
        return (known if ("own_revision" if own else "other_revision") in done else first).get(unit)


def root(weights: Weights) -> str:
    return next(iter(weights))


def leaves(weights: Weights) -> list[str]:
    return [child for children in weights.values() for child in children if child not in weights]


def share(own: Values, weights: Weights) -> float:
    """Return the share of the declared weight of the index that has a figure."""
    shares = {root(weights): 1.0}
    for group, children in weights.items():
        shares |= {child: shares[group] * weight / sum(children.values()) for child, weight in children.items()}
    return sum(shares[leaf] for leaf in own)


def climbed(own: Values, weights: Weights, geometric: bool, coverage: float) -> dict[str, float]:
    """Return the scores of all nodes that have one; only the mean at the top may be geometric, of one or more."""
    scores = dict(own)
    for group in reversed(weights):
        there = {child: weight for child, weight in weights[group].items() if child in scores}
        if not there or sum(there.values()) < coverage * sum(weights[group].values()) - 1e-12:
            continue
        whole = sum(there.values())
        if geometric and group == root(weights):
            scores[group] = exp(sum(w * log(max(scores[child], 1.0)) for child, w in there.items()) / whole)
        else:
            scores[group] = sum(w * scores[child] for child, w in there.items()) / whole
    return scores
