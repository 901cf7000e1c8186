"""A simulation written out in plain NumPy, one replicate after the other: the oracle of the engine's tests.

It shares nothing with the engine but the random numbers. Rules are those of the built-in index: means of the children
that are there if they have half of the weight, min-max over all editions, caps of the newest one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy_treatment import winsorised
from scipy import stats

from readiness import streams

LIMITS = {"skewness": 2.0, "kurtosis": 3.5}


@dataclass
class Simulation:
    """An index and what varies. `noise` is a law of weights and its number, `left_out` the nodes one of which goes.

    Shapes   figures (edition, indicator, unit), the newest edition last; size, low, high (indicator, unit) and common
             (indicator,) say how its figures vary.
    """

    tree: Mapping[str, Mapping[str, float]]
    figures: np.ndarray
    seed: int
    falling: tuple[str, ...] = ()
    noise: tuple[str, float] = ("none", 0.0)
    left_out: tuple[str, ...] = ()
    errors: tuple[np.ndarray, ...] = ()
    points: int = 0
    refit: bool = True
    coverage: float = 0.5
    scale: str = "min_max"
    aggregate: str = "arithmetic"
    numbers: dict = field(default_factory=dict)

    def replicates(self, count: int) -> dict[str, np.ndarray]:
        """Return the scores of every group, [unit, replicate]."""
        self.numbers = self._drawn(count)
        each = [self.scores(replicate) for replicate in range(count)]
        return {code: np.stack([scores[code] for scores in each], axis=1) for code in self.groups}

    @property
    def groups(self) -> list[str]:
        """Return the groups, children before parents: the tree from the root down, the other way round."""
        return [code for code in self._down(next(iter(self.tree))) if code in self.tree][::-1]

    @property
    def leaves(self) -> list[str]:
        return [code for code in self._down(next(iter(self.tree))) if code not in self.tree]

    def _down(self, code: str) -> list[str]:
        return [code, *(below for child in self.tree.get(code, ()) for below in self._down(child))]

    def _drawn(self, count: int) -> dict[str, np.ndarray]:
        """Draw the numbers that the engine draws: all weights are one block a replicate, all figures another."""
        children, (_, indicators, units) = sum(map(len, self.tree.values())), self.figures.shape
        return {
            "uniform": streams.uniforms(self.seed, streams.WEIGHTS, (children,), count),
            "flat": streams.exponentials(self.seed, streams.FLAT_WEIGHTS, (children,), count),
            "bootstrap": streams.uniforms(self.seed, streams.RESAMPLED_WEIGHTS, (children,), count),
            "own": streams.normals(self.seed, streams.FIGURES, (indicators, units), count),
            "common": streams.normals(self.seed, streams.COMMON, (indicators,), count),
            "left_out": streams.uniforms(self.seed, streams.EXCLUSION, (1,), count)[0],
        }

    def scores(self, replicate: int) -> dict[str, np.ndarray]:
        """Return the scores of every group in one replicate."""
        newest = self.varied(replicate) if self.errors else self.figures[-1]
        rows = [self.scaled(row, newest[row], falling=code in self.falling) for row, code in enumerate(self.leaves)]
        scores, start = dict(zip(self.leaves, rows, strict=True)), 0
        for number, code in enumerate(self.groups):
            names, declared = list(self.tree[code]), np.array(list(self.tree[code].values()), float)
            weights = self.weights(declared, number, start, replicate)
            gone = [name == self.gone(replicate) for name in names]
            judged = np.array(declared, float)  # chance does not decide who has too few scores
            weights[gone], judged[gone] = 0.0, 0.0
            scores[code] = self.mean(np.stack([scores[name] for name in names]), weights, judged)
            start += len(names)
        return scores

    def varied(self, replicate: int) -> np.ndarray:
        """Add errors to the newest figures and keep them in their range."""
        size, low, high, common = self.errors
        own, shared = self.numbers["own"][..., replicate], self.numbers["common"][:, None, replicate]
        z = np.sqrt(1 - common)[:, None] * own + np.sqrt(common)[:, None] * shared
        return np.clip(self.figures[-1] + size * z, low, high)

    def scaled(self, row: int, newest: np.ndarray, *, falling: bool) -> np.ndarray:
        """Score an indicator: cap it by its newest figures, stretch it between the extremes of all editions."""
        learned = newest if self.refit else self.figures[-1, row]
        known = learned[~np.isnan(learned)]
        pulled = winsorised(known, self.points, **LIMITS) if self.points else known
        moved_down, moved_up = (pulled < known).any(), (pulled > known).any()
        caps = pulled.min() if moved_up else -np.inf, pulled.max() if moved_down else np.inf
        if self.scale == "percentile_rank":
            values = -np.clip(newest, *caps) if falling else np.clip(newest, *caps)
            known = np.where(np.isnan(values), np.nan, [np.sum(values < value) for value in values])
            return 100 * known / (np.sum(~np.isnan(values)) - 1)
        all_of_it = np.clip(np.concatenate([self.figures[:-1, row].ravel(), learned]), *caps)
        low, high = np.nanmin(all_of_it), np.nanmax(all_of_it)
        share = (np.clip(newest, *caps) - low) / (high - low)
        return 100 * (1 - share if falling else share)

    def weights(self, declared: np.ndarray, group: int, start: int, replicate: int) -> np.ndarray:
        """Vary the weights of one group; its numbers start at `start` in those of the tree."""
        law, number = self.noise
        if law == "dirichlet":
            stream = streams.DIRICHLET_WEIGHTS + 16 * group
            return streams.gammas(self.seed, stream, number * declared / declared.sum(), np.array([replicate]))[:, 0]
        own = self.numbers[law][start : start + len(declared), replicate] if law != "none" else None
        if law == "uniform":
            return declared * (1 + number * (2 * own - 1))
        if law == "bootstrap":
            return declared * np.bincount((own * len(own)).astype(int), minlength=len(own))
        return own.copy() if law == "flat" else declared.copy()

    def gone(self, replicate: int) -> str:
        """Return the node that a replicate leaves out."""
        return self.left_out[int(self.numbers["left_out"][replicate] * len(self.left_out))] if self.left_out else ""

    def mean(self, children: np.ndarray, weights: np.ndarray, judged: np.ndarray) -> np.ndarray:
        """Return the weighted mean of the children that are there, if they have enough of the weight."""
        present = ~np.isnan(children)
        there = weights @ present
        terms = np.log(np.maximum(children, 1.0)) if self.aggregate == "geometric" else children
        total = weights @ np.where(present, terms, 0.0)
        enough = (there > 0) & (judged @ present >= self.coverage * judged.sum() * (1 - 1e-12))
        mean = np.divide(total, there, out=np.full(len(there), np.nan), where=enough)
        return np.exp(mean) if self.aggregate == "geometric" else mean


def ranks_of(scores: np.ndarray, decimals: int = 10) -> np.ndarray:
    """Return the ranks of each replicate, 0 for none: ties share the better one."""
    out = np.zeros(scores.shape)
    for replicate, own in enumerate(np.round(scores, decimals).T):
        known = ~np.isnan(own)
        out[known, replicate] = stats.rankdata(-own[known], method="min")
    return out
