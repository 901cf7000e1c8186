"""The data of the explorer, random weights for it, and what the engine makes of them: many sets at once."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

import readiness
from readiness import climbing, steps
from readiness.choices import Choice
from readiness.pipeline import indicators_that_count, score
from readiness.report.explorer_data import explorer_groups
from readiness.rescoring import climbed
from readiness.results import prepare

SEED = 20261124


@dataclass(frozen=True)
class Ranked:
    """Scores and ranks of the index, (lane, unit); a gap is NaN, no rank 0."""

    scores: np.ndarray
    ranks: np.ndarray


def data_of(text: str) -> dict[str, Any]:
    """Return the data in a page."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (WCAG 2.2, relative luminance)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def random_weights(framework: readiness.Framework, number: int, seed: int = SEED) -> list[dict[str, float]]:
    """Draw weights of all nodes with sliders: places of sliders, many zeros, one child alone, far apart, any shares."""
    draw = np.random.default_rng(seed)
    kinds = [
        lambda n: draw.integers(0, 41, n).astype(float),
        lambda n: draw.integers(0, 41, n) * (draw.random(n) < 0.5),
        lambda n: 40.0 * (np.arange(n) == draw.integers(n)),
        lambda n: 10.0 ** draw.uniform(-6, 6, n),
        lambda n: draw.dirichlet(np.ones(n)),
    ]
    sets = []
    for lane in range(number):
        chosen: dict[str, float] = {}
        for code in explorer_groups(framework):
            children = framework.children(code)
            own = kinds[lane % len(kinds)](len(children))
            own[draw.integers(len(own))] += 0.0 if own.any() else 1.0
            chosen.update(zip(children, own.tolist(), strict=True))
        sets.append(chosen)
    return sets


def with_mean(results: readiness.Results, choice: Choice | None) -> readiness.Recipe:
    """Return the recipe of a run with another mean of the index."""
    recipe = results.recipe
    return recipe if choice is None else recipe.picked({f"aggregate.{results.framework.root}": choice})


def computed(results: readiness.Results, sets: list[dict[str, float]], choice: Choice | None = None) -> Ranked:
    """Compute the index under many sets of weights, a lane for each, by the formulas of the engine."""
    given = prepare(results.framework, results.panel, with_mean(results, choice), results.edition, results.as_of)
    plan, framework = given.plan, results.framework
    lanes = {
        code: np.array([[each.get(child, weight) for each in sets] for child, weight in group.children.items()])
        for code, group in framework.groups.items()
    }
    shares = {framework.root: np.ones(len(sets))}
    for code, own in lanes.items():
        shares.update(zip(framework.children(code), shares[code] * own / own.sum(axis=0), strict=True))
    present = ~np.isnan(given.denominated[-1]) & indicators_that_count(plan, given.denominated)[-1][:, None]
    figures = np.einsum("il,iu->ul", np.stack([shares[leaf] for leaf in framework.leaves]), present.astype(float))
    unfit = figures < float(framework.rules.unit_coverage) - climbing.ROUNDING
    leaves = np.repeat(score(plan, given.denominated).normalised[-1:, :, :, None], len(sets), axis=3)
    scores = climbed(plan, leaves, lambda code, _: (lanes[code], lanes[code]), unfit)
    ranks = steps.rank(plan, scores[None])[0]
    return Ranked(scores[0, : plan.members].T, ranks[0, : plan.members].T)


def run_again(results: readiness.Results, weights: dict[str, float], choice: Choice | None = None) -> Ranked:
    """Compute the index under one set of weights as a user would."""
    again = results.with_recipe(with_mean(results, choice)).reweight(weights).ranks
    rows = {row["country"]: row for row in again.iter_rows(named=True)}
    own = [rows[code] for code in results.framework.units]
    scores = np.array([[np.nan if row["score"] is None else row["score"] for row in own]])
    return Ranked(scores, np.array([[row["rank"] or 0 for row in own]], dtype=float))
