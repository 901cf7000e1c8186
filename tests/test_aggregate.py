"""Aggregation: every method's gap rule, then the means and the methods of balance against closed forms and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from readiness.methods.aggregate import logarithms
from readiness.registry import compiled, lookup, methods

NAN = np.nan
ALL = list(methods("aggregate"))
COMPILED = [each for each in ALL if not each.slow]
POINTWISE = [each for each in COMPILED if each.pointwise]


def over(of):
    return pytest.mark.parametrize("method", of, ids=lambda method: method.name)


def run(method, x, w, coverage=0.5, plain=False, **numbers):
    """Aggregate (child, unit, replicate): the scores and the shares of weight present."""
    out, covered = np.full(x.shape[1:], -77.0), np.full(x.shape[1:], -77.0)
    defaults = {name: parameter.default for name, parameter in method.parameters.items()}
    given = method.numbers(defaults | numbers, fitted=False)
    (method.function if plain else method.run)(np.ascontiguousarray(x), w, coverage, out, covered, *given)
    return out, covered


def mean_of(name, scores, weights=None, coverage=0.5, **numbers):
    """Aggregate the scores of one unit; weights are equal if none are given."""
    x = np.array(scores, dtype=float)[:, None, None]
    w = np.ones((len(scores), 1)) if weights is None else np.array(weights, dtype=float)[:, None]
    return run(lookup("aggregate", name), x, w, coverage, **numbers)[0][0, 0]


def scores_with_gaps(seed=2, children=5, units=7, replicates=3):
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 100, (children, units, replicates))
    x[rng.random(x.shape) < 0.3] = NAN
    x[1] = np.round(x[1] / 40)
    x[:, 0, 0] = NAN
    w = rng.uniform(0.1, 3, (children, replicates))
    w[2, 0] = 0.0
    return x, w


@over(ALL)
@pytest.mark.parametrize("coverage", [0.0, 0.5, 0.8, 1.0])
def test_every_method_has_the_same_gap_rule(method, coverage):
    x, w = scores_with_gaps()
    present = ~np.isnan(x) & (w[:, None] > 0)
    share = (w[:, None] * present).sum(axis=0) / w.sum(axis=0)
    out, covered = run(method, x, w, coverage)
    assert_allclose(covered, share, rtol=1e-14)
    assert_array_equal(np.isnan(out), (share == 0) | (share < coverage - 1e-12))
    assert np.isnan(out).any()
    assert not np.isnan(out).all()


@over(ALL)
@pytest.mark.parametrize(
    ("weights", "limit"),
    [([1, 1], 1 / 2), ([1, 1, 1], 2 / 3), ([0.4, 0.7, 0.1], 2 / 3), ([0.6, 0.5, 0.1], 1 / 2), ([0.9, 0.2, 0.7], 1 / 2)],
)
def test_coverage_that_just_reaches_the_limit_is_enough(method, weights, limit):
    """The first child is missing; 0.7 + 0.1 is two thirds of 0.4 + 0.7 + 0.1, though not to the last bit."""
    x, w = np.full((len(weights), 1, 1), 50.0), np.array(weights, dtype=float)[:, None]
    x[0] = NAN
    assert np.isfinite(run(method, x, w, limit)[0]).all()
    assert np.isnan(run(method, x, w, limit + 1e-6)[0]).all()


@over(ALL)
def test_a_child_without_weight_might_as_well_not_be_there(method):
    x, w = scores_with_gaps()
    w[3] = 0.0
    rest = [0, 1, 2, 4]
    for with_it, without in zip(run(method, x, w), run(method, x[rest], w[rest]), strict=True):
        assert_allclose(with_it, without, rtol=1e-13)


@over(ALL)
def test_the_scale_of_weights_does_not_count(method):
    x, w = scores_with_gaps()
    for one, other in zip(run(method, x, w), run(method, x, w * [2.0, 0.7, 1e6]), strict=True):
        assert_allclose(one, other, rtol=1e-12)


@over(ALL)
def test_no_weights_and_no_scores_give_gaps(method):
    x, w = scores_with_gaps()
    for out, covered in (run(method, x, 0 * w, 0.0), run(method, np.full_like(x, NAN), w, 0.0)):
        assert np.isnan(out).all()
        assert (covered == 0).all()


@over(ALL)
def test_each_replicate_is_the_single_run(method):
    x, w = scores_with_gaps()
    out, covered = run(method, x, w)
    for r in range(3):
        alone = run(method, x[:, :, r : r + 1], np.ascontiguousarray(w[:, r : r + 1]))
        assert_array_equal(alone[0][:, 0], out[:, r])
        assert_array_equal(alone[1][:, 0], covered[:, r])


@over(COMPILED)
def test_compiled_is_plain(method):
    x, w = scores_with_gaps(children=4, units=5)
    x[3, 1] = [0.0, -3.0, 1e9]
    for fast, plain in zip(run(method, x, w), run(method, x, w, plain=True), strict=True):
        assert_allclose(fast, plain, rtol=4e-15)


@over(POINTWISE)
def test_a_score_does_not_look_at_other_units(method):
    x, w = scores_with_gaps()
    whole = run(method, x, w)[0]
    for c in range(x.shape[1]):
        assert_array_equal(run(method, x[:, c : c + 1], w)[0][0], whole[c])


@over(POINTWISE)
@pytest.mark.parametrize("value", [1.0, 3.7, 100.0])
def test_equal_children_give_their_value(method, value):
    assert mean_of(method.name, [value] * 4, [1, 0.3, 2, 5]) == pytest.approx(value, rel=1e-14)
    assert mean_of(method.name, [value]) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize(
    ("name", "scores", "weights", "numbers", "expected"),
    [
        ("arithmetic", [4, 8], [3, 1], {}, 5),
        ("arithmetic", [10, 40, NAN], [2, 1, 1], {}, 20),
        ("arithmetic", [-10, 40, 90], [2, 1, 0], {}, 20 / 3),
        ("geometric", [4, 9], [1, 1], {}, 6),
        ("geometric", [2, 16, NAN], [2, 1, 1], {}, 4),
        ("geometric", [0, 100], [1, 1], {}, 10),
        ("geometric", [-5, 100], [1, 1], {"floor": 4.0}, 20),
        ("harmonic", [3, 6], [1, 1], {}, 4),
        ("harmonic", [3, 6, NAN], [1, 2, 1], {}, 4.5),
        ("harmonic", [0, 4], [1, 1], {}, 1.6),
        ("harmonic", [-9, 6], [1, 1], {"floor": 3.0}, 4),
        ("power_mean", [4, 16], [1, 1], {}, 9),
        ("power_mean", [0, 16], [1, 1], {}, 4),
        ("power_mean", [-7, 16], [1, 1], {}, 4),
        ("power_mean", [3, 4], [1, 1], {"power": 2.0}, 12.5**0.5),
        ("power_mean", [0, 2.0**110], [1, 1], {"power": 0.01}, 2.0**10),
        ("power_mean", [0, 100], [1, 1], {"power": 0.0}, 10),
        ("power_mean", [0, 100], [1, 1], {"power": 0.0, "floor": 4.0}, 20),
        ("power_mean", [-1, 6], [1, 1], {"power": -1.0, "floor": 3.0}, 4),
        ("power_mean", [0, -2], [1, 1], {}, 0),
        ("minimum", [4, 9, 6], [1, 1, 1], {}, 4),
        ("minimum", [-4, NAN, 6], [1, 1, 3], {}, -4),
        ("minimum", [4, 9, 6], [0, 1, 1], {}, 6),
        ("mean_min", [4, 10], [1, 1], {}, 5.5),
        ("mean_min", [4, 10], [1, 1], {"alpha": 1.0}, 4),
        ("mean_min", [4, 10], [1, 1], {"alpha": 0.0}, 7),
        ("mean_min", [4, 10], [1, 1], {"alpha": 1.0, "beta": 4.0}, 6),  # sqrt(9 + 16) - 4 = 1
        ("mean_min", [-10, 40, NAN], [2, 1, 1], {}, 20 / 3 - 25 / 3),
        ("ordered_weighted", [4, 8], [1, 1], {}, 5),
        ("ordered_weighted", [8, 4], [1, 1], {"orness": 2 / 3}, 8 * 0.5**0.5 + 4 * (1 - 0.5**0.5)),
        ("ordered_weighted", [4, 8, NAN], [3, 1, 2], {}, 8 / 16 + 4 * 15 / 16),
        ("ordered_weighted", [-6, 2], [1, 1], {}, -4),
        ("mazziotta_pareto", [90, 110], [1, 1], {}, 99),
        ("mazziotta_pareto", [90, 110], [1, 1], {"sign": 1}, 101),
        ("mazziotta_pareto", [90, 110], [1, 1], {"sign": 0}, 100),
        ("mazziotta_pareto", [80, 120, NAN], [3, 1, 2], {}, 90 - 300 / 90),
        ("mazziotta_pareto", [0, 0], [1, 1], {}, 0),
        ("mazziotta_pareto", [-5, 10], [1, 1], {}, 0),  # as 0 and 10: 5 - 25 / 5
        ("mazziotta_pareto", [0, 0, 9], [1, 1, 1], {}, 3 - 18 / 3),  # below zero, as the docstring says
    ],
)
def test_worked_by_hand(name, scores, weights, numbers, expected):
    assert mean_of(name, scores, weights, **numbers) == pytest.approx(expected, rel=1e-14, abs=1e-14)


@pytest.mark.parametrize("power", [-50, -3.3, -1, -0.01, -1e-4, 0, 1e-4, 0.3, 0.5, 1, 2, 7.5, 50])
def test_power_mean_is_that_of_scipy(power):
    rng = np.random.default_rng(4)
    rounding = 2e-15 / abs(power) if power else 0.0  # what the root makes of the last digit, here and in scipy
    for children in (1, 2, 7, 40):
        scores, weights = rng.uniform(1, 100, children), rng.uniform(0.1, 3, children)
        expected = stats.pmean(scores, power, weights=weights)
        found = mean_of("power_mean", scores, weights, power=float(power))
        assert found == pytest.approx(expected, rel=max(1e-12, rounding))


def test_power_mean_runs_through_the_others():
    scores, weights = [3.0, 40.0, 77.0, NAN], [1, 2, 0.5, 1]
    for power, name in ((1.0, "arithmetic"), (0.0, "geometric"), (-1.0, "harmonic")):
        expected = mean_of(name, scores, weights)
        assert mean_of("power_mean", scores, weights, power=power) == pytest.approx(expected, rel=1e-14)
    geometric = mean_of("geometric", scores, weights)
    for power in (1e-5, 1e-6, 9e-7, -1e-5):  # no jump and no loss of digits beside zero
        assert mean_of("power_mean", scores, weights, power=power) == pytest.approx(geometric, rel=1e-5)
    powers = [mean_of("power_mean", scores, weights, power=power) for power in np.linspace(-50, 50, 101)]
    assert (np.diff(powers) > 0).all()


@pytest.mark.parametrize("power", [-50.0, 50.0])
def test_no_power_overflows(power):
    assert mean_of("power_mean", [1e250, 1e250], power=power) == pytest.approx(1e250, rel=1e-11)
    assert mean_of("power_mean", [1e-9, 1e-9], power=power, floor=1e-12) == pytest.approx(1e-9, rel=1e-12)
    assert mean_of("power_mean", [1e9, 1e-9], power=power, floor=1e-12) == pytest.approx(
        (1e9 if power > 0 else 1e-9) * 2 ** (-1 / power), rel=1e-12
    )


def test_geometric_and_harmonic_are_those_of_scipy():
    x, w = np.random.default_rng(3).uniform(2, 100, (6, 1, 1)), np.array([[1.0, 2, 0.3, 1, 0.7, 5]]).T
    for name, oracle in (("geometric", stats.gmean), ("harmonic", stats.hmean)):
        expected = oracle(x[:, 0, 0], weights=w[:, 0])
        assert run(lookup("aggregate", name), x, w)[0][0, 0] == pytest.approx(expected, rel=1e-13)


def test_logarithms_are_right_to_two_units_of_the_last_digit():
    rng = np.random.default_rng(6)
    values = np.concatenate([np.exp(rng.uniform(-690, 690, 3000)), rng.uniform(0.5, 2, 3000), [1.0, 2.0, 0.5, 1e-300]])
    for form in (compiled, lambda function: function):
        found = np.empty(len(values))
        form(logarithms)(values, 1e-300, found, np.empty(len(values)))
        expected = np.log(values)
        assert (np.abs(found - expected) <= 2 * np.spacing(np.abs(expected))).all()


@pytest.mark.parametrize("name", ["geometric", "harmonic", "power_mean"])
def test_means_above_their_floor_lie_between_the_extremes_and_scale_along(name):
    rng = np.random.default_rng(8)
    x, w = rng.uniform(2, 100, (5, 200, 1)), rng.uniform(0.1, 3, (5, 1))
    out = run(lookup("aggregate", name), x, w)[0]
    assert (out >= x.min(axis=0) * (1 - 1e-14)).all()
    assert (out <= x.max(axis=0) * (1 + 1e-14)).all()
    assert_allclose(run(lookup("aggregate", name), 3 * x, w)[0], 3 * out, rtol=1e-13)


def test_the_methods_of_balance_stand_between_minimum_and_mean():
    x, w = scores_with_gaps()
    mean, least = run(lookup("aggregate", "arithmetic"), x, w)[0], run(lookup("aggregate", "minimum"), x, w)[0]
    known = ~np.isnan(mean)
    for name in ("mean_min", "ordered_weighted"):
        out = run(lookup("aggregate", name), x, w)[0][known]
        assert ((out >= least[known] - 1e-12) & (out <= mean[known] + 1e-12)).all()
        assert (out < mean[known] - 1).any()


def test_orness_runs_from_the_lowest_score_to_the_highest():
    x, w = scores_with_gaps()
    scores = [run(lookup("aggregate", "ordered_weighted"), x, w, orness=o)[0] for o in (0.01, 1 / 3, 0.5, 0.7, 0.99)]
    known = ~np.isnan(scores[0])
    assert_allclose(scores[2], run(lookup("aggregate", "arithmetic"), x, w)[0], rtol=1e-13)
    assert (np.diff([each[known] for each in scores], axis=0) >= -1e-12).all()
    assert mean_of("ordered_weighted", [20, 50, 80], orness=0.01) == pytest.approx(20, abs=1e-12)
    assert mean_of("ordered_weighted", [20, 50, 80], orness=0.99) == pytest.approx(80, abs=0.7)


def test_a_child_of_weight_two_counts_as_two_children():
    assert mean_of("ordered_weighted", [70, 30, 50], [2, 1, 1]) == pytest.approx(
        mean_of("ordered_weighted", [70, 30, 70, 50]), rel=1e-14
    )


def test_mazziotta_pareto_takes_off_the_variance_with_divisor_n():
    scores, weights = np.array([12.0, 70.0, 33.0, 41.0]), np.array([1.0, 2.0, 3.0, 0.5])
    mean = np.average(scores, weights=weights)
    variance = np.average((scores - mean) ** 2, weights=weights)
    assert mean_of("mazziotta_pareto", scores, weights) == pytest.approx(mean - variance / mean, rel=1e-13)
    equal = mean_of("mazziotta_pareto", scores, sign=1)
    assert equal == pytest.approx(scores.mean() * (1 + stats.variation(scores, ddof=0) ** 2), rel=1e-13)
