"""Rules that every method keeps, over the registry, so that a new method is tested by existing; then each formula."""

from __future__ import annotations

import ast
import builtins
import inspect
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

import readiness.methods
from readiness.errors import ReadinessError
from readiness.methods.treat import skewness_and_kurtosis
from readiness.registry import STEPS, compiled, lookup, methods

ALL = list(methods())
WITH_COUNTRIES = [each for each in ALL if each.step != "weight"]
LEAVING_GAPS = [each for each in WITH_COUNTRIES if each.step != "impute" or each.name == "none"]
ONE_FIGURE_ONE_SCORE = [each for each in WITH_COUNTRIES if each.step != "aggregate"]
POINTWISE = [each for each in ONE_FIGURE_ONE_SCORE if each.pointwise]
RANKED = 1  # the indicator that is ranked: it has ties
FILES = sorted(Path(readiness.methods.__file__).parent.glob("*.py"))


def over_each(of):
    return pytest.mark.parametrize("method", of, ids=lambda method: f"{method.step}-{method.name}")


over, over_countries = over_each(ALL), over_each(WITH_COUNTRIES)


def figures(seed=1, indicators=4, countries=11, replicates=3):
    """Return skewed figures with gaps, ties, zeros, values below zero and one far outlier an indicator."""
    rng = np.random.default_rng(seed)
    x = np.exp(rng.normal(1.0, 1.0, (indicators, countries, replicates)))
    x[1:3] = np.round(x[1:3])
    x[2] -= 2.0
    x[3] *= -1.0
    for i, far in enumerate((400.0, 90.0, 60.0, -300.0)[:indicators]):
        x[i, (3 * i) % countries] = far
    x[rng.random(x.shape) < 0.15] = np.nan
    return x


def call(method, x, plain=False):
    """Run a method on (indicator, country, replicate) data and return all it writes, country on the axis before last.

    Steps with other axes get what they need from the same data: an aggregation takes the indicators as children.
    """
    form = (lambda function: function) if plain else compiled
    x = np.ascontiguousarray(x)
    children, countries, replicates = x.shape
    numbers = [each.default for each in method.parameters.values()]
    written = np.full_like(x, -77.0)
    bounds = [np.full((children, replicates), -77.0) for _ in range(2)]
    if method.step == "weight":
        weights = np.array([2.0, 0.0, 1.0, 5.0])[:children, None] * np.ones(replicates)
        out = np.full_like(weights, -77.0)
        form(method.function)(weights, out, *numbers)
        return [out]
    if method.step == "aggregate":
        weights = np.array([2.0, 1.0, 0.5, 0.25])[:children, None] * 2.0 ** np.arange(
            replicates
        )  # scaled without rounding
        out, covered = np.full((countries, replicates), -77.0), np.full((countries, replicates), -77.0)
        form(method.function)(x, weights, 0.5, out, covered, *numbers)
        return [out, covered]
    if method.step == "rank":
        out = np.full((countries, replicates), -77, dtype=np.int32)
        form(method.function)(np.ascontiguousarray(x[RANKED]), out, *numbers)
        return [out]
    if method.step == "treat":
        form(method.fit)(x, *bounds, *numbers)
        form(method.function)(x, *bounds, written)
        return [written, *bounds]
    if method.step == "normalise":
        direction = np.array([1.0, -1.0, 1.0, -1.0])[:children]
        declared = np.array([[0.0, 50.0], [-5.0, 80.0], [-2.0, 9.0], [-400.0, 0.0]])[:children]
        form(method.fit)(x, direction, declared, *bounds)
        form(method.function)(x, *bounds, *numbers, written)
        return [written, *bounds]
    form(method.function)(x, written, *numbers)
    return [written]


@over
def test_method_says_what_it_is_and_where_it_comes_from(method):
    assert method.step in STEPS
    assert method.source.strip()
    assert method.axes.split()[-1] == "replicate"
    assert method.summary.endswith((".", ")"))
    assert "Shapes  " in method.function.__doc__
    assert method.step == "weight" or "Gaps  " in method.function.__doc__
    assert method.fit is None or "Shapes  " in method.fit.__doc__


@over
def test_defaults_lie_inside_their_bounds(method):
    for parameter in method.parameters.values():
        assert parameter.low <= parameter.default <= parameter.high
        assert parameter.meaning
        assert not parameter.whole or parameter.default == int(parameter.default)


@over
def test_lookup_finds_each_method(method):
    assert lookup(method.step, method.name) is method


def test_every_step_has_a_method():
    assert {method.step for method in ALL} == set(STEPS)


def test_unknown_method_names_the_nearest():
    with pytest.raises(ReadinessError) as caught:
        lookup("aggregate", "geometrik")
    (violation,) = caught.value.violations
    assert violation.code == "E514"
    assert "geometric" in violation.hint
    assert "arithmetic" in violation.expected


def test_method_without_fit_has_nothing_to_run():
    with pytest.raises(TypeError, match="learns nothing"):
        _ = lookup("aggregate", "arithmetic").run_fit


@over
@pytest.mark.parametrize("seed", range(5))
def test_compiled_equals_plain_python(method, seed):
    """Bit by bit; a logarithm comes from another library, whose last digit may differ."""
    tolerance = 2e-15 if "np.log" in inspect.getsource(method.function) else 0.0
    for fast, slow in zip(call(method, figures(seed)), call(method, figures(seed), plain=True), strict=True):
        assert_allclose(fast, slow, rtol=tolerance, atol=0)


@over
def test_one_lane_of_a_batch_equals_the_single_run(method):
    batch = call(method, figures())
    for lane in range(3):
        for whole, single in zip(batch, call(method, figures()[:, :, lane : lane + 1]), strict=True):
            assert_array_equal(whole[..., lane], single[..., 0])


@over
def test_everything_is_written(method):
    for out in call(method, figures()):
        assert not (out == -77).any()


@over
def test_input_is_left_as_it_was(method):
    x = figures()
    call(method, x)
    assert_array_equal(x, figures())


@over_countries
def test_permuting_countries_permutes_the_result(method):
    order = np.random.default_rng(7).permutation(11)
    straight, permuted = call(method, figures()), call(method, figures()[:, order])
    per_country = 2 if method.step == "aggregate" else 1
    for position, (one, other) in enumerate(zip(straight, permuted, strict=True)):
        expected = np.take(one, order, axis=-2) if position < per_country else one
        assert_allclose(other, expected, rtol=1e-13, atol=1e-13)


@over_each(LEAVING_GAPS)
def test_gaps_give_no_value(method):
    x = figures()
    out = call(method, x)[0]
    empty = {"rank": np.isnan(x[RANKED]), "aggregate": np.isnan(x).all(axis=0)}.get(method.step, np.isnan(x))
    assert empty.any() or method.step == "aggregate"
    assert (out[empty] == 0).all() if method.step == "rank" else np.isnan(out[empty]).all()


@over_countries
def test_no_figures_give_no_values(method):
    x = np.full((2, 5, 2), np.nan)
    fast, slow = call(method, x), call(method, x, plain=True)
    assert (fast[0] == 0).all() if method.step == "rank" else np.isnan(fast[0]).all()
    for one, other in zip(fast, slow, strict=True):
        assert_array_equal(one, other)


@over_countries
def test_constant_column_treats_all_countries_alike(method):
    out = call(method, np.full((2, 6, 2), 3.7))[0]
    assert_array_equal(out, np.broadcast_to(out[..., :1, :], out.shape))


@over_countries
def test_a_single_country_is_no_special_case(method):
    x = figures(countries=1)
    x[0] = 3.0
    for fast, slow in zip(call(method, x), call(method, x, plain=True), strict=True):
        assert_array_equal(fast, slow)


@over_each(POINTWISE)
def test_pointwise_methods_do_not_look_at_other_countries(method):
    scale = [each.default for each in method.parameters.values()] if method.step == "normalise" else []
    out, *bounds = call(method, figures())
    alone = np.ascontiguousarray(figures()[:, 4:5])
    written = np.empty_like(alone)
    method.run(alone, *bounds, *scale, written)
    assert_array_equal(written[:, 0], out[:, 4])


@over_each(ONE_FIGURE_ONE_SCORE)
def test_better_figures_are_never_worse(method):
    """Scores keep the order of the figures along the indicator's direction; ranks turn it round."""
    x = figures()
    out = call(method, x)[0]
    directions = (1.0, -1.0, 1.0, -1.0) if method.step == "normalise" else (1.0,) * 4
    for i, sign in enumerate(directions):
        for r in range(x.shape[2]):
            given, got = (x[RANKED, :, r], -out[:, r]) if method.step == "rank" else (sign * x[i, :, r], out[i, :, r])
            known = ~np.isnan(given) & ~np.isnan(got)
            ordered = got[known][np.argsort(given[known])]
            assert (np.diff(ordered) >= 0).all()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_formulas_import_numpy_and_the_registry_only(file):
    imported = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module)
    assert imported <= {"numpy", "__future__", "readiness.registry"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_formulas_call_numpy_and_their_own_file_only(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    own = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        for line in function.body:
            for node in ast.walk(line):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    assert ast.unparse(node.func).startswith("np.")
                elif isinstance(node, ast.Call):
                    assert node.func.id in own or hasattr(builtins, node.func.id)
                assert not isinstance(node, ast.Global | ast.Nonlocal | ast.Import | ast.ImportFrom)


def test_every_step_has_a_file_of_formulas():
    assert {file.stem for file in FILES} - {"__init__"} == set(STEPS)


# The formulas one by one, against closed forms, scipy and figures worked out by hand.

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
    ("weights", "limit"), [([1, 1], 1 / 2), ([1, 1, 1], 1 / 3), ([0.1, 0.1, 0.1], 2 / 3), ([0.3, 0.6], 2 / 3)]
)
def test_coverage_that_just_reaches_the_limit_is_enough(name, weights, limit):
    gaps = round(len(weights) * (1 - limit)) if len(set(weights)) == 1 else 1
    scores = [NAN] * gaps + [50.0] * (len(weights) - gaps)
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
