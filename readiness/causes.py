"""The causes of a change between two editions, in their fixed order, and which of them can make a difference."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from readiness.comparison import NEW, OLD, REVISED, Comparison
from readiness.plan import Array
from readiness.sides import Side

TOTAL = "total"
CAUSES = (
    "own_revision",
    "other_revision",
    "own_figures",
    "other_scale",
    "other_figures",
    "indicators",
    "weights",
    "method",
    "countries",
)
BY_INDICATOR = ("own_revision", "own_figures", "indicators")


def differs(comparison: Comparison, cause: str) -> bool:
    """Say whether a cause can make a difference at all; new figures always can."""
    check = _CHECKS.get(cause)
    return True if check is None else check(comparison)


def _revised(comparison: Comparison) -> bool:
    figures, samples = comparison.figures, comparison.samples
    return bool(unlike(figures[OLD], figures[REVISED]).any() or unlike(samples[OLD], samples[REVISED]).any())


def _rescaled(comparison: Comparison) -> bool:
    return not comparison.fixed and bool(unlike(comparison.samples[REVISED], comparison.samples[NEW]).any())


def _weighed_anew(comparison: Comparison) -> bool:
    pairs = zip(comparison.weights[False].values(), comparison.weights[True].values(), strict=True)
    return any(unlike(one / one.sum(), other / other.sum()).any() for one, other in pairs)


_CHECKS: dict[str, Callable[[Comparison], bool]] = {
    "own_revision": _revised,
    "other_revision": _revised,
    "other_scale": _rescaled,
    "indicators": lambda comparison: not comparison.shared.all(),
    "weights": _weighed_anew,
    "method": lambda comparison: _method(comparison.before) != _method(comparison.after),
    "countries": lambda comparison: comparison.before.plan.units != comparison.after.plan.units,
}


def _method(side: Side) -> object:
    """Return what a side's method is, without what varies in its simulation, its weights and its name."""
    plain = side.results.recipe.declaration()
    steps = {name: plain[name] for name in plain if name not in ("name", "uncertainty", "weight", "weight_at")}
    bounds = {
        code: (each.transform, each.goalposts, each.target) for code, each in side.plan.framework.indicators.items()
    }
    return steps, side.plan.framework.rules, bounds


def unlike(one: Array, other: Array) -> Array:
    """Say where two arrays differ; two gaps are alike, and so are values that differ by rounding."""
    return ~np.isclose(one, other, rtol=1e-12, atol=0.0) & ~(np.isnan(one) & np.isnan(other))
