"""The formulas one by one, against closed forms, scipy and figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from readiness.methods.treat import skewness_and_kurtosis
from readiness.registry import compiled, lookup, methods

NAN, INF = np.nan, np.inf
TWENTY, FORTY = list(range(1, 21)), list(range(1, 41))


def scored(name, values, direction=1.0, declared=(NAN, NAN), sample=None, **numbers):
    """Score the figures of one indicator, by bounds from another sample if one is given."""
    method = lookup("normalise", name)
    x = np.array(values, dtype=float)[None, :, None]
    learned = x if sample is None else np.array(sample, dtype=float)[None, :, None]
    zero, full, out = np.empty((1, 1)), np.empty((1, 1)), np.empty_like(x)
    method.run_fit(learned, np.array([direction]), np.array([declared], dtype=float), zero, full)
    method.run(x, zero, full, *({k: p.default for k, p in method.parameters.items()} | numbers).values(), out)
    return out[0, :, 0]


def caps(values, points=2, skewness=2.0, kurtosis=3.5):
    low, high = np.empty((1, 1)), np.empty((1, 1))
    sample = np.array(values, dtype=float)[None, :, None]
    lookup("treat", "winsorise").run_fit(sample, low, high, points, skewness, kurtosis)
    return low[0, 0], high[0, 0]


def mean_of(name, scores, weights, coverage=0.5, **numbers):
    """Aggregate the scores of one country: its score, and the share of weight that is present."""
    x, w = np.array(scores, dtype=float)[:, None, None], np.array(weights, dtype=float)[:, None]
    out, covered = np.empty((1, 1)), np.empty((1, 1))
    method = lookup("aggregate", name)
    defaults = {key: parameter.default for key, parameter in method.parameters.items()}
    method.run(x, w, coverage, out, covered, *(defaults | numbers).values())
    return out[0, 0], covered[0, 0]


def ranked(name, scores, decimals=2):
    out = np.empty((len(scores), 1), dtype=np.int32)
    lookup("rank", name).run(np.array(scores, dtype=float)[:, None], out, decimals)
    return out[:, 0].tolist()


def simple(step, name, values):
    x = np.array(values, dtype=float)[None, :, None]
    out = np.empty_like(x)
    lookup(step, name).run(x, out)
    return out[0, :, 0]


def test_logarithms_have_no_value_below_their_domain():
    assert_allclose(simple("transform", "log", [1, np.e, 0, -1, NAN]), [0, 1, NAN, NAN, NAN], rtol=1e-15)
    assert_allclose(simple("transform", "log1p", [0, np.e - 1, -1, -2, NAN]), [0, 1, NAN, NAN, NAN], rtol=1e-15)


def test_mean_fills_gaps_with_the_mean_of_the_others():
    assert_array_equal(simple("impute", "mean", [1, NAN, 4, 7]), [1, 4, 4, 7])
    assert_array_equal(simple("impute", "none", [1, NAN, 4, 7]), [1, NAN, 4, 7])


@pytest.mark.parametrize("seed", range(20))
def test_skewness_and_kurtosis_are_the_sample_adjusted_ones(seed):
    rng = np.random.default_rng(seed)
    values = rng.lognormal(2, 1 + seed / 10, 4 + seed)
    bottom, top = np.quantile(values, [0.1, 0.9]) if seed % 2 else (-INF, INF)
    capped = np.clip(values, bottom, top)
    expected = stats.skew(capped, bias=False), stats.kurtosis(capped, bias=False)
    with_gaps = np.insert(values, [0, 2, 4], NAN)
    for function in (skewness_and_kurtosis, compiled(skewness_and_kurtosis)):
        assert_allclose(function(with_gaps, bottom, top), expected, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("values", [[1, 2, 30], [NAN, 1, 2, 30, NAN], [0.1 + 0.2, 0.3, 0.3, 0.3, 0.3], [5] * 9])
def test_too_few_or_equal_values_have_no_skewness(values):
    assert np.isnan(skewness_and_kurtosis(np.array(values, dtype=float), -INF, INF)).all()
    assert caps(values) == (-INF, INF)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([*range(1, 11), 100], (-INF, 10)),  # one outlier moves to the next value
        ([*TWENTY, 100, 200], (-INF, 20)),  # two: 200 to 100, then both to 20
        ([*TWENTY, 100, 100], (-INF, 20)),  # a tie moves together
        ([*FORTY, 300, 400, 500], (-INF, 300)),  # the third round would move a third country
        ([*FORTY, 300, 300, 300], (-INF, INF)),  # a tie of three is never split
        ([*TWENTY, NAN, 200, NAN, 100], (-INF, 20)),  # gaps are skipped
        ([-value for value in (*TWENTY, 100, 200)], (-20, INF)),  # the left side is its mirror image
        (TWENTY, (-INF, INF)),  # nothing is extreme
        ([-60, *range(-5, 6), 60], (-INF, INF)),  # kurtosis 5.7 alone is no reason
        ([*range(1, 31), 60, 60, 60], (-INF, INF)),  # not both limits are passed
    ],
)
def test_outliers_move_to_the_next_value_inward(values, expected):
    assert caps(values) == expected


def test_points_limit_the_countries_that_are_moved():
    assert [caps([*FORTY, 300, 400, 500], points=most)[1] for most in (0, 1, 2, 3)] == [INF, 400, 300, 40]
    assert caps([*TWENTY, 100, 100], points=1) == (-INF, INF)


def test_limits_are_passed_not_met():
    values = [*range(1, 11), 100]
    skewness, kurtosis = compiled(skewness_and_kurtosis)(np.array(values, dtype=float), -INF, INF)
    assert caps(values, skewness=skewness) == caps(values, kurtosis=kurtosis) == (-INF, INF)
    assert caps(values, skewness=skewness - 1e-9, kurtosis=kurtosis - 1e-9) == (-INF, 10)


def test_caps_are_where_values_beyond_them_go():
    x, out = np.array([[[1.0], [5.0], [9.0], [NAN]]]), np.empty((1, 4, 1))
    lookup("treat", "winsorise").run(x, np.array([[2.0]]), np.array([[8.0]]), out)
    assert_array_equal(out[0, :, 0], [2, 5, 8, NAN])


def test_min_max_gives_the_best_100_and_the_worst_0():
    assert_array_equal(scored("min_max", [3, 7, NAN, 5]), [0, 100, NAN, 50])
    assert_array_equal(scored("min_max", [3, 7, NAN, 5], direction=-1.0), [100, 0, NAN, 50])
    assert_array_equal(scored("min_max", [3, 7, 5], low=1.0, high=7.0), [1, 7, 4])


def test_values_outside_the_bounds_are_not_cut():
    assert_array_equal(scored("goalposts", [0, 5, 12, -5], declared=(0, 10)), [0, 50, 120, -50])
    assert_array_equal(scored("goalposts", [0, 5, 12, -5], direction=-1.0, declared=(0, 10)), [100, 50, -20, 150])
    assert_array_equal(scored("min_max", [0, 12], sample=[0, 10]), [0, 120])


@pytest.mark.parametrize("name", ["min_max", "z_score"])
@pytest.mark.parametrize("values", [[2, 2, 2], [0.1] * 10, [4, NAN, NAN]])
def test_equal_bounds_give_gaps(name, values):
    assert np.isnan(scored(name, values)).all()


@pytest.mark.parametrize("direction", [1.0, -1.0])
def test_z_score_divides_by_the_sample_standard_deviation(direction):
    values = np.array([3.0, 1.0, NAN, 4.0, 1.5, 9.2])
    expected = direction * (values - np.nanmean(values)) / np.nanstd(values, ddof=1)
    assert_allclose(scored("z_score", values, direction), expected, rtol=1e-14)
    assert_allclose(scored("z_score", values, direction, low=50.0, high=60.0), 50 + 10 * expected, rtol=1e-14)


def test_rank_scale_is_the_share_of_others_that_do_worse():
    assert_allclose(scored("rank", [3, 9, 3, NAN, 5]), [0, 100, 0, NAN, 200 / 3], rtol=1e-15)
    assert_allclose(scored("rank", [3, 9, 3, NAN, 5], direction=-1.0), [200 / 3, 0, 200 / 3, NAN, 100 / 3], rtol=1e-15)


def test_a_gap_leaves_its_weight_to_the_others():
    assert mean_of("arithmetic", [10, 40, NAN], [2, 1, 1]) == (20.0, 0.75)
    assert mean_of("arithmetic", [10, 40, 90], [2, 1, 1]) == (37.5, 1.0)
    assert mean_of("arithmetic", [10, 40, 90], [2, 1, 0]) == (20.0, 1.0)


@pytest.mark.parametrize("name", ["arithmetic", "geometric"])
@pytest.mark.parametrize(
    ("weights", "limit"),
    [([1, 1], 1 / 2), ([1, 1, 1], 2 / 3), ([0.4, 0.7, 0.1], 2 / 3), ([0.6, 0.5, 0.1], 1 / 2), ([0.9, 0.2, 0.7], 1 / 2)],
)
def test_coverage_that_just_reaches_the_limit_is_enough(name, weights, limit):
    """The first child is missing; 0.7 + 0.1 is two thirds of 0.4 + 0.7 + 0.1, though not to the last bit."""
    scores = [NAN, *[50.0] * (len(weights) - 1)]
    assert mean_of(name, scores, weights, limit)[0] == pytest.approx(50, rel=1e-14)
    assert np.isnan(mean_of(name, scores, weights, limit + 1e-6)[0])


def test_no_weight_and_no_score_give_a_gap():
    assert np.isnan(mean_of("arithmetic", [NAN, 5], [1, 0], coverage=0.0)[0])
    assert np.isnan(mean_of("arithmetic", [NAN, NAN], [1, 1], coverage=0.0)[0])


def test_geometric_mean_is_the_weighted_one():
    assert mean_of("geometric", [4, 9], [1, 1])[0] == pytest.approx(6, rel=1e-14)
    rng = np.random.default_rng(3)
    scores, weights = rng.uniform(2, 100, 6), rng.uniform(0.1, 3, 6)
    assert mean_of("geometric", scores, weights)[0] == pytest.approx(stats.gmean(scores, weights=weights), rel=1e-13)


def test_scores_below_the_floor_count_as_it():
    assert mean_of("geometric", [0, 100], [1, 1])[0] == pytest.approx(10, rel=1e-14)
    assert mean_of("geometric", [0, 100], [1, 1], floor=4.0)[0] == pytest.approx(20, rel=1e-14)
    assert np.isnan(mean_of("geometric", [NAN, NAN, 100], [1, 1, 1])[0])


def test_equal_weights_keep_out_what_weighs_zero():
    out = np.empty((3, 1))
    lookup("weight", "equal").run(np.array([[5.0], [0.0], [0.1]]), out)
    assert out[:, 0].tolist() == [1, 0, 1]
    lookup("weight", "declared").run(np.array([[5.0], [0.0], [0.1]]), out)
    assert out[:, 0].tolist() == [5, 0, 0.1]


@pytest.mark.parametrize(("name", "rule"), [("competition", "min"), ("dense", "dense")])
@pytest.mark.parametrize("decimals", [0, 1, 2])
def test_ranks_are_those_of_scipy_on_rounded_scores(name, rule, decimals):
    scores = np.random.default_rng(5).integers(0, 4000, 60) / 1000.0
    assert ranked(name, scores, decimals) == stats.rankdata(-np.round(scores, decimals), method=rule).tolist()


def test_ties_share_the_better_rank():
    assert ranked("competition", [5, 9, NAN, 7, 7, 1]) == [4, 1, 0, 2, 2, 5]
    assert ranked("dense", [5, 9, NAN, 7, 7, 1]) == [3, 1, 0, 2, 2, 4]


def test_scores_that_print_alike_tie():
    assert ranked("competition", [50.004, 50.001, 50.006]) == [2, 2, 1]
    assert ranked("competition", [50.004, 50.001, 50.006], decimals=3) == [2, 3, 1]


steady = settings(derandomize=True, deadline=None, database=None, max_examples=60)
shares = st.floats(0.01, 100)
points = st.one_of(st.floats(0, 100), st.just(NAN))
aggregations = pytest.mark.parametrize("name", [each.name for each in methods("aggregate")])


@aggregations
@steady
@given(st.lists(st.tuples(points, shares), min_size=1, max_size=6), st.floats(1e-3, 1e3))
def test_scaling_weights_changes_nothing(name, children, factor):
    scores, weights = np.array(children).T
    assert_allclose(mean_of(name, scores, factor * weights), mean_of(name, scores, weights), rtol=1e-12)


@aggregations
@steady
@given(st.lists(st.tuples(st.floats(0, 100), shares), min_size=1, max_size=6), st.floats(0, 50), st.integers(0, 5))
def test_raising_one_child_never_lowers_the_score(name, children, more, which):
    scores, weights = np.array(children).T
    raised = scores.copy()
    raised[which % len(scores)] += more
    assert mean_of(name, raised, weights)[0] >= mean_of(name, scores, weights)[0] * (1 - 1e-14)


@aggregations
@steady
@given(st.lists(st.tuples(st.floats(2, 100), shares), min_size=1, max_size=6))
def test_a_mean_lies_between_the_extremes(name, children):
    scores, weights = np.array(children).T
    assert scores.min() * (1 - 1e-14) <= mean_of(name, scores, weights)[0] <= scores.max() * (1 + 1e-14)


@steady
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=9), st.sampled_from([1.0, -1.0]))
def test_rescaling_keeps_the_order(values, direction):
    out = scored("min_max", values, direction)
    if max(values) == min(values):
        assert np.isnan(out).all()
        return
    assert (np.diff(out[np.argsort(direction * np.array(values))]) >= 0).all()
    assert (out.min(), out.max()) == (0, 100)


@steady
@given(st.lists(st.one_of(st.floats(0, 100), st.just(NAN)), min_size=1, max_size=8))
def test_a_dominated_country_never_ranks_above(scores):
    for name in ("competition", "dense"):
        ranks = ranked(name, scores)
        known = [(score, rank) for score, rank in zip(scores, ranks, strict=True) if not np.isnan(score)]
        assert all(ours <= theirs for one, ours in known for other, theirs in known if one >= other)
        assert [rank == 0 for rank in ranks] == np.isnan(scores).tolist()
