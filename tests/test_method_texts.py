"""What every method says of itself, and how it is looked up."""

from __future__ import annotations

import pytest
from method_calls import ALL, over_each

from readiness.errors import ReadinessError
from readiness.registry import STEPS, lookup

over = over_each(ALL)


@over
def test_method_says_what_it_is_and_where_it_comes_from(method):
    assert method.step in STEPS
    assert method.source.strip()
    assert method.formula.strip()
    assert method.example.strip()
    assert method.axes.split()[-1] == "replicate"
    assert method.tell({}) == method.tell({name: each.default for name, each in method.parameters.items()}) != ""
    assert method.section("Shapes")
    assert method.section("Gaps")
    assert "Shapes  " in method.function.__doc__
    assert method.fit is None or "Shapes  " in method.fit.__doc__


@over
def test_every_parameter_shows_in_what_the_method_says(method):
    for name, each in method.parameters.items():
        other = (each.high if each.default != each.high else each.low) if each.kind == "number" else "EU"
        assert method.tell({name: other}) != method.tell({})


@over
def test_formula_and_example_are_one_line_of_plain_text(method):
    for text in (method.formula, method.example):
        assert text == " ".join(text.split())
        assert text.isprintable()
    assert any(character.isdigit() for character in method.example)


@over
def test_defaults_lie_inside_their_bounds(method):
    for parameter in method.parameters.values():
        assert parameter.meaning
        if parameter.kind == "number":
            assert parameter.low <= parameter.default <= parameter.high
            assert not parameter.whole or parameter.default == int(parameter.default)
        else:
            assert parameter.kind in ("unit", "grouping")
            assert parameter.default == ""


@over
def test_parameters_of_the_fit_are_parameters(method):
    assert set(method.fitted) <= set(method.parameters)
    assert method.needs in ("", "goalposts", "target", "clusters", "opinions")


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
