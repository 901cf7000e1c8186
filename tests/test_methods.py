"""Rules that every method keeps, over the registry, so that a new method is tested by existing."""

from __future__ import annotations

import ast
import builtins
import inspect
from pathlib import Path

import numba
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import readiness.methods
from readiness.errors import ReadinessError
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


def compiled_equals_plain(method, x):
    tolerance = 2e-15 if "np.log" in inspect.getsource(method.function) else 0.0
    for fast, slow in zip(call(method, x), call(method, x, plain=True), strict=True):
        assert_allclose(fast, slow, rtol=tolerance, atol=0)


@over
def test_method_says_what_it_is_and_where_it_comes_from(method):
    assert method.step in STEPS
    assert method.source.strip()
    assert method.axes.split()[-1] == "replicate"
    assert method.tell({}) == method.tell({name: each.default for name, each in method.parameters.items()}) != ""
    assert all("{" + name + "}" in method.says for name in method.parameters)
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
    compiled_equals_plain(method, figures(seed))


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
    compiled_equals_plain(method, x)


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


def test_kernels_are_compiled_where_nothing_can_be_kept_on_disk(monkeypatch):
    keep = numba.njit

    def njit(*, cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return keep(**options)

    monkeypatch.setattr(numba, "njit", njit)
    method = lookup("weight", "equal")
    out = np.empty((2, 1))
    compiled.__wrapped__(method.function)(np.array([[2.0], [0.0]]), out)
    assert out.tolist() == [[1.0], [0.0]]
