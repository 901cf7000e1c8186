"""The laws that methods declare in their `properties`, each as a check on figures of any kind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from method_calls import Given, call, declared, directions
from numpy.testing import assert_allclose, assert_array_equal

from readiness.registry import Method

SCALES = ((4.0, 0.0), (0.1, 7.0), (1000.0, -30.0))  # another unit, and how many times the largest figure zero moves


def close(one: np.ndarray, other: np.ndarray, digits: float = 1e-9) -> None:
    """Compare values of one column of results by the size of the largest."""
    known = np.abs(other[np.isfinite(other)])
    assert_allclose(one, other, rtol=digits, atol=digits * max(known.max(initial=0.0), 1e-300))


def rising(given: np.ndarray, got: np.ndarray) -> bool:
    """Tell whether what was got never falls where what was given rises; gaps are left out."""
    known = ~np.isnan(given) & ~np.isnan(got)
    ordered = got[known][np.argsort(given[known], kind="stable")]
    slack = 1e-12 * np.abs(ordered).max(initial=0.0)
    return bool((np.diff(ordered) >= -slack).all())


def above_floor(method: Method, data: Given) -> Given:
    """Lift figures to where no floor of the method plays a part."""
    floor = data.numbers.get("floor", method.parameters["floor"].default if "floor" in method.parameters else 0.0)
    lifted = np.abs(data.x) + 1.5 * floor if floor else data.x
    return data.with_figures(np.abs(lifted) if method.non_negative else lifted)


def raising_a_child_never_lowers(method: Method, data: Given) -> None:
    before = call(method, data)[0]
    slack = 1e-10 * np.abs(data.x[~np.isnan(data.x)]).max(initial=1.0)
    for child in range(data.x.shape[0]):
        for country in range(data.x.shape[1] if not method.pointwise else 1):
            who = slice(None) if method.pointwise else slice(country, country + 1)
            x = data.x.copy()
            x[child, who] += 0.5 + 0.25 * np.abs(x[child, who])
            after = call(method, data.with_figures(x))[0]
            fallen = after[who] < before[who] - slack
            assert not fallen.any()


def scores_grow_in_proportion(method: Method, data: Given) -> None:
    data = above_floor(method, data)
    for factor in (2.0, 7.3):
        close(call(method, data.with_figures(factor * data.x))[0], factor * call(method, data)[0])


def scores_shift_along(method: Method, data: Given) -> None:
    data = above_floor(method, data)
    for shift in (0.25, 40.0):
        close(call(method, data.with_figures(data.x + shift))[0], call(method, data)[0] + shift)


def equal_children_give_their_value(method: Method, data: Given) -> None:
    data = above_floor(method, data)
    value = np.fmax.reduce(data.x, axis=0)
    out = call(method, data.with_figures(np.where(np.isnan(data.x), np.nan, value)))[0]
    assert_allclose(out, np.where(np.isnan(out), np.nan, value), rtol=1e-12, atol=1e-12)


def score_lies_between_children(method: Method, data: Given) -> None:
    data = above_floor(method, data)
    out = call(method, data)[0]
    present = np.where(data.weights[:, None] > 0, data.x, np.nan)
    slack = 1e-12 * np.abs(present[~np.isnan(present)]).max(initial=0.0)
    assert not (out < np.fmin.reduce(present, axis=0) - slack).any()
    assert not (out > np.fmax.reduce(present, axis=0) + slack).any()


def better_figures_are_never_worse(method: Method, data: Given) -> None:
    out = call(method, data)[0]
    sign = directions(data) if method.step == "normalise" else np.ones(data.x.shape[0])
    for i in range(data.x.shape[0]):
        for r in range(data.x.shape[2]):
            assert rising(sign[i] * data.x[i, :, r], out[i, :, r])


def ranks_follow_scores(method: Method, data: Given) -> None:
    ranks = call(method, data)[0]
    for r in range(data.x.shape[1]):
        assert rising(data.x[:, r], -ranks[:, r])


def moves(x: np.ndarray) -> list[tuple[float, float]]:
    """Return changes of unit and zero that leave enough digits to compare."""
    size = np.abs(x[~np.isnan(x)]).max(initial=0.0)
    return [(factor, shift * size) for factor, shift in SCALES]


def unit_does_not_matter(method: Method, data: Given) -> None:
    """Scores are the same in another unit with another zero; goalposts, targets and references change with it."""
    for factor, shift in moves(data.x):
        moved = replace(data, declared=factor * declared(data) + shift).with_figures(factor * data.x + shift)
        close(call(method, moved)[0], call(method, data)[0])


def ratio_does_not_matter(method: Method, data: Given) -> None:
    for factor, _ in SCALES:
        moved = replace(data, declared=factor * declared(data)).with_figures(factor * data.x)
        close(call(method, moved)[0], call(method, data)[0])


def shares(weights: np.ndarray) -> np.ndarray:
    total = weights.sum(axis=0)
    return np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)


def scale_of_weights_does_not_matter(method: Method, data: Given) -> None:
    for factor in (8.0, 0.3):
        scaled = replace(data, weights=factor * data.weights)
        close(shares(call(method, scaled)[0]), shares(call(method, data)[0]))


def unit_of_scores_does_not_matter(method: Method, data: Given) -> None:
    factors = np.resize([4.0, 0.5, 1000.0, 0.3], data.x.shape[0])[:, None, None]
    moved = data.with_figures(factors * data.x)
    close(shares(call(method, moved)[0]), shares(call(method, data)[0]), 1e-6)


def known_figures_stay(method: Method, data: Given) -> None:
    out, error = call(method, data)
    known = ~np.isnan(data.x)
    assert_array_equal(out[known], data.x[known])
    assert np.isnan(error[known]).all()
    assert not (error < 0).any()


def fills_in_any_unit(method: Method, data: Given) -> None:
    indicators = data.x.shape[1]
    factor = np.resize([4.0, 0.1, 1000.0], indicators)[:, None, None]
    shift = np.resize([0.0, 7.0, -30.0], indicators)[:, None, None]
    out, error = call(method, data)
    out_there, error_there = call(method, data.with_figures(factor * data.x + shift))
    for i in range(indicators):
        close((out_there[:, i] - shift[i]) / factor[i], out[:, i], 1e-6)
        close(error_there[:, i] / factor[i], error[:, i], 1e-6)


def place_between_extremes(out: np.ndarray) -> np.ndarray:
    lowest, highest = np.fmin.reduce(out, axis=1)[:, None], np.fmax.reduce(out, axis=1)[:, None]
    span = highest - lowest
    return np.divide(out - lowest, span, out=np.full_like(out, np.nan), where=span > 0)


def treats_in_any_unit(method: Method, data: Given) -> None:
    """The places of countries between the extremes are the same in another unit with another zero."""
    before = place_between_extremes(call(method, data)[0])
    for factor, shift in moves(data.x):
        after = place_between_extremes(call(method, data.with_figures(factor * data.x + shift))[0])
        close(after, before, 1e-6)


LAWS = {
    ("aggregate", "monotone"): raising_a_child_never_lowers,
    ("aggregate", "homogeneous"): scores_grow_in_proportion,
    ("aggregate", "translation"): scores_shift_along,
    ("aggregate", "idempotent"): equal_children_give_their_value,
    ("aggregate", "between"): score_lies_between_children,
    ("normalise", "monotone"): better_figures_are_never_worse,
    ("normalise", "unit_free"): unit_does_not_matter,
    ("normalise", "ratio_free"): ratio_does_not_matter,
    ("weight", "scale_free"): scale_of_weights_does_not_matter,
    ("weight", "unit_free"): unit_of_scores_does_not_matter,
    ("impute", "keeps_known"): known_figures_stay,
    ("impute", "unit_free"): fills_in_any_unit,
    ("treat", "monotone"): better_figures_are_never_worse,
    ("treat", "unit_free"): treats_in_any_unit,
    ("rank", "monotone"): ranks_follow_scores,
}
ALWAYS = {"impute": ("keeps_known",), "rank": ("monotone",)}  # whatever a method declares


def laws(method: Method) -> list[str]:
    """Name the laws that a method is held to."""
    return sorted({*method.properties, *ALWAYS.get(method.step, ())})
