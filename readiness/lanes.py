"""Many replicates of an index at once: one combination of methods, scored for the draws of a batch.

The steps are those of a run (steps.py), on one edition: [1, indicator, unit, replicate]. What no draw touches is
computed once, when the cell is made, and has one replicate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from readiness import climbing, noise, steps, streams
from readiness.figure_errors import FigureErrors
from readiness.plan import Array, Plan
from readiness.rank_sets import correlate
from readiness.registry import Kernel, Method, compiled
from readiness.variation import Variation, WeightNoise

Numbers = np.ndarray  # of replicates, unsigned


@dataclass(frozen=True)
class Draws:
    """Which replicate each lane takes from each source of noise; None where that does not vary."""

    lanes: int
    weights: Numbers | None = None
    exclusion: Numbers | None = None
    figures: Numbers | None = None


@dataclass(frozen=True)
class Cell:
    """One combination of methods, ready for any draws.

    Shapes   figures (indicator, unit), imputed and not yet transformed: members, then the witnesses of other editions,
             then reference units; leaves (1, indicator, member, 1), the scores of the indicators if figures do not
             vary; unfit (1, member).
    """

    plan: Plan
    variation: Variation
    seed: int
    figures: Array
    errors: FigureErrors
    treatment: steps.Treatment
    bounds: Array
    leaves: Array
    unfit: Array
    taught: Mapping[str, Array] = field(default_factory=dict)  # learned weights of the run
    followers: frozenset[str] = frozenset()  # groups whose weights are learned anew from varied figures
    apart: Array | None = None  # (indicator, member): figures that have errors of their own beside another cell's

    @cached_property
    def noises(self) -> dict[str, WeightNoise]:
        """Return the noise on the weights of each group."""
        framework = self.plan.framework
        return {code: self.variation.noise(framework, code) for code in self.plan.groups}

    @cached_property
    def spans(self) -> dict[str, slice]:
        """Return where the children of each group stand among all children."""
        spans, start = {}, 0
        for code, way in self.plan.groups.items():
            spans[code] = slice(start, start + len(way.children))
            start += len(way.children)
        return spans

    @cached_property
    def children(self) -> int:
        """Return how many weights there are in the tree."""
        return sum(len(way.children) for way in self.plan.groups.values())

    @cached_property
    def candidates(self) -> tuple[str, ...]:
        """Return the nodes of which one is left out."""
        framework = self.plan.framework
        return tuple(code for code in framework.nodes[1:] if framework.level(code) == self.variation.leave_out)

    @property
    def ranking(self) -> tuple[Kernel, list[float]]:
        """Return the compiled rule of ranks and its numbers."""
        method, numbers = self._rule
        return method.run, numbers

    @cached_property
    def _rule(self) -> tuple[Method, list[float]]:
        method = self.plan.recipe.method("rank")
        return method, method.numbers(self.plan.recipe.parameters("rank"), fitted=False)

    def scores(self, draws: Draws) -> Iterator[tuple[str, Array, Array]]:
        """Yield each group's code, scores and weights, children before parents.

        Shapes   scores (member, replicate), weights (child, replicate); either may have one replicate for all.
        """
        leaves = self.leaves if draws.figures is None else self._varied_leaves(draws.figures)
        for code, scores, _, weights, _ in climbing.climb(self._members, leaves, self.unfit, Weighing(self, draws)):
            yield code, scores[0], weights

    @cached_property
    def _members(self) -> Plan:
        return replace(self.plan, units=self.plan.units[: self.plan.members], witnesses=0)

    def _varied_leaves(self, replicates: Numbers) -> Array:
        """Draw figures and bring them to scores, [1, indicator, member, replicate]."""
        bent = steps.transform(self.plan, self.varied_figures(replicates)[None], in_place=True)
        scored = self.on_scale(bent, self.scale(bent))
        return scored if scored.shape[2] == self.plan.members else scored[:, :, : self.plan.members]

    def scale(self, bent: Array) -> tuple[steps.Treatment, Array]:
        """Return treatment and bounds for each replicate: found from its transformed figures, or those of the run."""
        count = bent.shape[3]
        if not self.variation.refit:
            return tuple(np.repeat(each, count, axis=1) for each in self.treatment), np.repeat(
                self.bounds, count, axis=2
            )
        nothing = np.zeros(bent.shape[1], np.int64)
        treatment = steps.fit_treatment(self.plan, bent, nothing)
        return treatment, steps.fit_bounds(self.plan, steps.treat(self.plan, bent, treatment), treatment, nothing)

    def on_scale(self, bent: Array, scale: tuple[steps.Treatment, Array]) -> Array:
        """Bring transformed figures to scores, [1, indicator, unit, replicate]."""
        treatment, bounds = scale
        return steps.normalise(self.plan, steps.treat(self.plan, bent, treatment), bounds)

    def varied_figures(self, replicates: Numbers) -> Array:
        """Return figures with their errors, [indicator, unit, replicate]; witnesses and reference units have none."""
        indicators, members, count = len(self.figures), self.plan.members, len(replicates)
        mean, own, common = self._spreads
        drawn = streams.room(indicators * members, count)
        compiled(streams.fill_figures)(mean, own, *streams.key(self.seed, streams.FIGURES), replicates, drawn)
        if self.apart is not None:
            other, rows = np.empty_like(drawn), np.flatnonzero(self.apart.ravel())
            compiled(streams.fill_figures)(mean, own, *streams.key(self.seed, streams.OTHER_FIGURES), replicates, other)
            drawn[rows] = other[rows]
        for i, factor in self.errors.factor.items():
            mine = drawn[i * members : (i + 1) * members]
            independent = mine.copy()
            mine[:] = 0.0
            compiled(correlate)(np.ascontiguousarray(factor), independent, mine)
            mine *= self.errors.size[i, :, None]
            mine += self.figures[i, :members, None]
        if self._free:
            return drawn[: indicators * members].reshape(indicators, members, count)
        shared = np.zeros((indicators, count))
        if common.any():
            shared = streams.normals(self.seed, streams.COMMON, (indicators,), replicates)
        out = self._beside(count)
        compiled(noise.limit)(drawn, self.errors.low, self.errors.high, common, shared, out)
        return out

    @cached_property
    def _spreads(self) -> tuple[Array, Array, Array]:
        """Return means and standard deviations of what is drawn, in one row, and those of common errors.

        An indicator with a covariance is drawn as standard normal numbers first.
        """
        mean, errors = self.figures[:, : self.plan.members].copy(), self.errors
        own = errors.size * np.sqrt(1 - errors.common)[:, None]
        common = errors.size * np.sqrt(errors.common)[:, None]
        for i in errors.factor:
            mean[i], own[i], common[i] = 0.0, 1.0, 0.0
        return mean.ravel(), np.ascontiguousarray(own.ravel()), np.ascontiguousarray(common)

    @cached_property
    def _free(self) -> bool:
        """Say whether figures are what is drawn: no limits, nothing in common, no unit beside the members."""
        errors, alone = self.errors, self.figures.shape[1] == self.plan.members
        return alone and not errors.common.any() and bool(np.isinf(errors.low).all() and np.isinf(errors.high).all())

    def _beside(self, count: int) -> Array:
        """Return room for figures, with those of witnesses and reference units in it."""
        members = self.plan.members
        out = np.empty((*self.figures.shape, count))
        out[:, members:] = self.figures[:, members:, None]
        return out


class Weighing:
    """Draws the weights of the groups for the lanes of a batch."""

    def __init__(self, cell: Cell, draws: Draws) -> None:
        self.cell, self.draws = cell, draws
        self.drawn: dict[str, Array] = {}
        self.left_out = None
        if draws.exclusion is not None and cell.candidates:
            u = streams.uniforms(cell.seed, streams.EXCLUSION, (1,), draws.exclusion)[0]
            self.left_out = np.floor(u * len(cell.candidates))

    def __call__(self, code: str, weights: Array) -> tuple[Array, Array]:
        """Return the weights of a group's children in each replicate, and what they are without noise."""
        if self.draws.figures is None or code not in self.cell.followers:
            weights = self.cell.taught.get(code, weights)
        how, drawn = self.cell.noises[code], weights
        if self.draws.weights is not None and how.method != "none":
            drawn = getattr(self, f"_{how.method}")(code, weights, how)
        if self.left_out is None:
            return drawn, weights
        return self._without(code, drawn), self._without(code, weights)

    def _uniform(self, code: str, weights: Array, how: WeightNoise) -> Array:
        out = self._room(weights)
        compiled(noise.uniform_weights)(self._numbers("uniforms", streams.WEIGHTS, code), weights, how.spread, out)
        return out

    def _flat(self, code: str, weights: Array, how: WeightNoise) -> Array:
        drawn = self._numbers("exponentials", streams.FLAT_WEIGHTS, code)
        return drawn if (weights > 0).all() else np.where(weights > 0, drawn, 0.0)

    def _bootstrap(self, code: str, weights: Array, how: WeightNoise) -> Array:
        out = self._room(weights)
        u = self._numbers("uniforms", streams.RESAMPLED_WEIGHTS, code)
        compiled(noise.resampled_weights)(u, weights, out)
        return out

    def _dirichlet(self, code: str, weights: Array, how: WeightNoise) -> Array:
        """Draw around the shares of the run; weights learned anew in a replicate are multiplied by what is drawn."""
        nominal = self.cell.taught.get(code, weights)[:, 0]
        shares = nominal / nominal.sum()
        place = np.uint64(streams.DIRICHLET_WEIGHTS + 16 * list(self.cell.spans).index(code))
        out = np.zeros((len(weights), self.draws.lanes))
        some = np.flatnonzero(shares > 0)
        out[some] = streams.gammas(self.cell.seed, int(place), how.concentration * shares[some], self.draws.weights)
        if self.draws.figures is not None and code in self.cell.followers:
            out[some] *= weights[some] / shares[some, None]
        return out

    def _room(self, weights: Array) -> Array:
        return np.empty((len(weights), self.draws.lanes))

    def _numbers(self, law: str, stream: int, code: str) -> Array:
        """Return a group's rows of the numbers that are drawn for all children of the tree at once."""
        if law not in self.drawn:
            self.drawn[law] = getattr(streams, law)(self.cell.seed, stream, (self.cell.children,), self.draws.weights)
        return self.drawn[law][self.cell.spans[code]]

    def _without(self, code: str, weights: Array) -> Array:
        children = self.cell.plan.groups[code].children
        if not set(children) & set(self.cell.candidates):
            return weights
        positions = [self.cell.candidates.index(child) if child in self.cell.candidates else -1 for child in children]
        out = self._room(weights)
        compiled(noise.leave_out)(self.left_out, np.array(positions, dtype=float), weights, out)
        return out
