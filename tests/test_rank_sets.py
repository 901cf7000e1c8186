"""Confidence sets for ranks: closed cases, published critical values, a second implementation, and what is refused."""

from __future__ import annotations

import doctest

import numpy as np
import polars as pl
import pytest
from numpy_rank_sets import errors, marginal_sets
from numpy_rank_sets import rank_sets as plain_rank_sets
from rank_estimates import ends, example, independent, named, random_covariance, related
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.stats import norm, studentized_range

from readiness import inference
from readiness.estimates import Estimates
from readiness.inference import interval_sets, naive_bootstrap, rank_sets, tau_best, tau_worst

SIDES = ("two", "lower", "upper")


# closed cases


def test_well_separated_units_have_their_rank_alone():
    found = rank_sets(independent([10.0, 30.0, 20.0], 0.1))
    assert found.rows() == [("u001", 30.0, 1, 1, 1), ("u002", 20.0, 2, 2, 2), ("u000", 10.0, 3, 3, 3)]
    assert dict(found.schema) == {
        "unit": pl.String,
        "estimate": pl.Float64,
        "rank": pl.Int64,
        "lower": pl.Int64,
        "upper": pl.Int64,
    }


@pytest.mark.parametrize("simultaneous", [True, False])
def test_equal_estimates_say_nothing(simultaneous):
    found = rank_sets(independent([5.0] * 6, 1.0), simultaneous=simultaneous, draws=2000)
    assert set(ends(found).values()) == {(1, 6)}
    assert found["rank"].to_list() == [1] * 6


@pytest.mark.parametrize(
    ("variant", "critical"),
    [
        ({}, norm.ppf(0.975)),
        ({"simultaneous": False}, norm.ppf(0.975)),
        ({"simultaneous": False, "side": "upper"}, norm.ppf(0.95)),
        ({"simultaneous": False, "side": "lower"}, norm.ppf(0.95)),
        ({"level": 0.8}, norm.ppf(0.9)),
    ],
)
def test_two_units_differ_beyond_the_normal_quantile(variant, critical):
    error = 5.0  # of the difference: errors 3 and 4
    for factor, known in ((1.015, True), (0.985, False)):
        found = ends(rank_sets(independent([critical * error * factor, 0.0], [3.0, 4.0]), **variant))
        best = (1, 2) if variant.get("side") == "lower" else (1, 1)
        worst = (1, 2) if variant.get("side") == "upper" else (2, 2)
        assert (found["u000"], found["u001"]) == ((best, worst) if known else ((1, 2), (1, 2)))


@pytest.mark.parametrize(("size", "table"), [(3, 3.31), (5, 3.86), (10, 4.47), (20, 5.01)])
def test_a_single_step_is_tukeys_test(size, table):
    """The studentized range with infinitely many degrees of freedom, 5 %: as printed in every table of it."""
    critical = studentized_range.ppf(0.95, size, np.inf) / np.sqrt(2)
    assert critical * np.sqrt(2) == pytest.approx(table, abs=0.006)
    for factor, known in ((1.012, True), (0.988, False)):
        x = [critical * np.sqrt(2) * factor] + [0.0] * (size - 1)
        found = ends(rank_sets(independent(x, 1.0), stepdown=False))
        assert found["u000"] == ((1, 1) if known else (1, size))


@pytest.mark.parametrize(
    ("rivals", "side", "table"), [(2, "two", 2.21), (9, "two", 2.69), (2, "upper", 1.92), (9, "upper", 2.42)]
)
def test_a_marginal_single_step_is_dunnetts_test(rivals, side, table):
    """Many units with one: Dunnett, Journal of the American Statistical Association 50:1096 (1955), 5 %."""

    def reached(c):
        def given_the_one(z):
            below = norm.cdf(-np.sqrt(2) * c + z) if side == "two" else 0.0
            return norm.pdf(z) * (norm.cdf(np.sqrt(2) * c + z) - below) ** rivals

        return quad(given_the_one, -9, 9)[0] - 0.95

    critical = brentq(reached, 0, 5)
    assert critical == pytest.approx(table, abs=0.006)
    for factor, known in ((1.015, True), (0.985, False)):
        x = [critical * np.sqrt(2) * factor] + [0.0] * rivals
        found = ends(rank_sets(independent(x, 1.0), simultaneous=False, side=side, stepdown=False))
        assert found["u000"] == ((1, 1) if known else (1, rivals + 1))


# the second implementation


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("stepdown", [True, False])
@pytest.mark.parametrize("correlated", [True, False])
def test_sets_are_those_of_plain_numpy(side, stepdown, correlated):
    for seed in range(4):
        x, error = example(9, seed)
        covariance = 4 * random_covariance(9, seed) if correlated else np.diag(error**2)
        x = x / 4
        z = errors(covariance, 3000, seed)
        options = {"side": side, "stepdown": stepdown}
        estimates = related(x, covariance)
        for simultaneous, plain in ((True, plain_rank_sets), (False, marginal_sets)):
            low, high = plain(x, covariance, z, **options)
            found = rank_sets(estimates, simultaneous=simultaneous, draws=3000, seed=seed, **options).sort("unit")
            assert found["lower"].to_list() == low.tolist()
            assert found["upper"].to_list() == high.tolist()
        asked = [1, 4, 5]
        low, high = plain_rank_sets(x, covariance, z, units=asked, **options)
        about = [named(9)[place] for place in asked]
        found = rank_sets(estimates, about=about, draws=3000, seed=seed, **options).sort("unit")
        assert found["unit"].to_list() == about
        assert list(zip(found["lower"], found["upper"], strict=True)) == list(zip(low, high, strict=True))


# what is refused


@pytest.mark.parametrize(
    ("units", "x", "covariance", "match"),
    [
        ("A", [1.0], [[1.0]], "at least two units"),
        ("AA", [1.0, 2.0], np.eye(2), "stands twice"),
        ("AB", [1.0, np.nan], np.eye(2), "finite"),
        ("AB", [1.0, 2.0], [[1.0, np.inf], [np.inf, 1.0]], "finite"),
        ("AB", [1.0, 2.0, 3.0], np.eye(2), "2 units have estimates"),
        ("AB", [1.0, 2.0], np.ones((2, 3)), "2 units have estimates"),
        ("AB", [1.0, 2.0], [[-1.0, 0.0], [0.0, 1.0]], "below zero"),
        ("AB", [1.0, 2.0], [[1.0, 0.2], [0.3, 1.0]], "not symmetric"),
        ("AB", [1.0, 2.0], [[1.0, 1.2], [1.2, 1.0]], "not positive semidefinite"),
        ("AB", [1.0, 2.0], [[0.0, 0.1], [0.1, 1.0]], "not positive semidefinite"),
    ],
)
def test_estimates_check_themselves(units, x, covariance, match):
    with pytest.raises(ValueError, match=match):
        Estimates(tuple(units), x, covariance)


@pytest.mark.parametrize("error", [[1.0, -0.1], [1.0, np.nan], 1.0])
def test_standard_errors_are_zero_or_more(error):
    with pytest.raises(ValueError, match="standard errors"):
        Estimates.independent("AB", [1.0, 2.0], error)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda e: rank_sets(e, level=1.0), "level"),
        (lambda e: rank_sets(e, side="both"), "side"),
        (lambda e: rank_sets(e, draws=0), "draws"),
        (lambda e: rank_sets(e, about=["zz"]), "zz"),
        (lambda e: rank_sets(e, about=[]), "none"),
        (lambda e: tau_best(e, 0), "tau"),
        (lambda e: tau_worst(e, 4), "tau"),
        (lambda e: interval_sets(e, level=0.0), "level"),
        (lambda e: naive_bootstrap(e, draws=0), "draws"),
    ],
)
def test_questions_that_make_no_sense_are_refused(call, match):
    with pytest.raises(ValueError, match=match):
        call(independent([1.0, 2.0, 3.0], 1.0))


def test_the_example_of_the_docstring_is_so():
    assert doctest.testmod(inference).failed == 0
    assert doctest.testmod(inference).attempted > 0
