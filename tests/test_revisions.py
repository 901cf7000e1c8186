"""Revisions that vintages show, and errors with a covariance."""

from __future__ import annotations

from datetime import date
from math import hypot, sqrt

import numpy as np
import pytest
from small_index import UNITS

import readiness
from readiness.editions import used_figures
from readiness.figure_errors import figure_errors
from readiness.revisions import revision_error
from readiness.streams import normals
from readiness.variation import Variation

FIGURES = Variation(figures=True)
ERROR = '\n[error]\nmodel = "{model}"\n{size}reason = "assumed"\n'


def errors_of(small, variation=FIGURES, edition=2024, **more):
    """Return the errors of the small index and the position of each indicator."""
    framework = small.framework()
    panel = readiness.read_panel(small.write_figures(), framework)
    used = used_figures(framework, panel, framework.editions)
    place = {code: row for row, code in enumerate(framework.leaves)}
    return figure_errors(framework, panel, used, edition, variation, **more), place


def give(small, code, model, size=None):
    """Give an indicator of the small index a model of error."""
    folder = "skills" if code in ("coders", "courses") else "compute"
    text = ERROR.format(model=model, size="" if size is None else f"size = {size}\n")
    small.edit(f"{folder}/{code}.toml", "\n[source]", f"{text}\n[source]")


# The built-in index, by hand


def revise(small, code, changes, share=False):
    """Give the figures of an indicator, in the order of the units, a later vintage."""
    for geo, change in zip(UNITS, changes, strict=False):
        first = small.rows[code, geo, 2023, ""]["value"]
        small.put(code, geo, 2023, first * (1 + change) if share else first + change, vintage="2024-06-01")


def revisions(small, as_of=None):
    framework = small.framework()
    frame = revision_error(readiness.read_panel(small.write_figures(), framework), framework, as_of)
    return {row["indicator"]: row for row in frame.iter_rows(named=True)}


def test_the_revision_error_is_the_standard_deviation_of_the_changes(small):
    revise(small, "coders", (0.1, -0.1, 0.2, 0.3, 0.0))
    found = revisions(small)["coders"]
    assert (found["pairs"], found["relative"]) == (5, False)
    assert found["mean"] == pytest.approx(0.1)
    assert found["error"] == pytest.approx(sqrt(0.1 / 4))  # squares about 0.1: 0, .04, .01, .04, .01


def test_revisions_of_a_relative_error_are_shares(small):
    give(small, "coders", "relative", 0.1)
    revise(small, "coders", (0.1, -0.1, 0.2, 0.3, 0.0), share=True)
    found = revisions(small)["coders"]
    assert found["relative"]
    assert found["error"] == pytest.approx(sqrt(0.1 / 4))


def test_fewer_than_five_pairs_say_nothing(small):
    revise(small, "coders", (0.1, -0.1, 0.2, 0.3))
    found = revisions(small)["coders"]
    assert (found["pairs"], found["mean"], found["error"]) == (4, None, None)
    assert revisions(small)["chips"]["pairs"] == 0
    assert not errors_of(small, Variation(revisions=True))[0].size.any()


def test_the_first_and_the_latest_known_vintage_make_one_pair(small):
    revise(small, "coders", (0.1, -0.1, 0.2, 0.3, 0.0))
    small.put("coders", "AT", 2023, 9, vintage="2024-09-01")
    assert revisions(small, date(2024, 8, 31))["coders"]["mean"] == pytest.approx(0.1)
    assert revisions(small)["coders"]["mean"] == pytest.approx((6 - 0.1 + 0.2 + 0.3) / 5)
    assert revisions(small, date(2024, 5, 31))["coders"]["pairs"] == 0


def test_forecasts_and_first_values_of_zero_are_no_pairs(small):
    give(small, "coders", "relative", 0.1)
    revise(small, "coders", (0.1, -0.1, 0.2, 0.3, 0.0, 0.1), share=True)
    small.put("coders", "AT", 2023, 0)
    small.put("coders", "BE", 2023, 8, vintage="2024-06-01", obs_status="f")
    assert revisions(small)["coders"]["pairs"] == 4


def test_revisions_are_added_in_quadrature_and_divided(small):
    give(small, "courses", "absolute", 6)
    revise(small, "courses", (1, -1, 2, 3, 0))
    change = sqrt(10 / 4)
    people = np.array([9, 11, 7, 1, 10, 83])
    variation = Variation(figures=True, revisions=True, flags={"e": 2.0})
    errors, place = errors_of(small, variation)
    assert errors.size[place["courses"]] == pytest.approx(hypot(6, change) / people)
    alone, _ = errors_of(small, Variation(revisions=True))
    assert alone.size[place["courses"]] == pytest.approx(change / people)


# Covariances


def covariance(rank=6):
    rows = np.array([[1.0, 0.5, 0.2, 0, 0, 0], [0, 2, 1, 0, 0, 0.3], [0, 0, 1, 0.4, 0, 0], *np.eye(6)[3:]])[:rank]
    return rows.T @ rows


@pytest.mark.parametrize("rank", [6, 3, 1])
def test_a_covariance_takes_the_place_of_the_model(small, rank):
    """Also one of few dimensions, whose root has columns of zeros."""
    give(small, "courses", "absolute", 6)
    small.put("courses", "AT", 2023, 100, obs_status="e")
    matrix, people = covariance(rank), np.array([9, 11, 7, 1, 10, 83])
    variation = Variation(figures=True, flags={"e": 2.0}, common={"courses": 0.5})
    errors, place = errors_of(small, variation, covariance={"courses": matrix})
    row = place["courses"]
    assert list(errors.factor) == [row]
    factor = errors.factor[row]
    assert np.array_equal(factor, np.tril(factor))
    assert factor @ factor.T == pytest.approx(matrix / np.outer(people, people))
    assert errors.size[row] == pytest.approx(np.sqrt(np.diag(matrix)) / people)
    assert errors.common[row] == 0


def test_a_covariance_gives_errors_that_vary_together(small):
    errors, place = errors_of(small, covariance={"coders": covariance()})
    drawn = errors.factor[place["coders"]] @ normals(1, 0, (6,), 20_000)
    assert np.cov(drawn) == pytest.approx(covariance(), abs=0.1)


def test_a_covariance_leaves_gaps_without_error_and_has_revisions_added(small):
    small.drop("coders", ("CZ",))
    revise_with = (0.1, -0.1, 0.2, 0.3)
    revise(small, "coders", revise_with)
    small.put("coders", "DE", 2023, 9.25, vintage="2024-06-01")
    errors, place = errors_of(small, Variation(figures=True, revisions=True), covariance={"coders": covariance()})
    expected = covariance() + np.eye(6) * 0.1 / 4
    expected[4], expected[:, 4] = 0, 0
    factor = errors.factor[place["coders"]]
    assert factor @ factor.T == pytest.approx(expected)
    assert errors.size[place["coders"]] == pytest.approx(np.sqrt(np.diag(expected)))


def test_every_wrong_covariance_is_named(small, violations):
    wrong = {
        "codres": np.eye(6),
        "chips": np.eye(5),
        "cables": np.eye(6) + np.eye(6, k=1),
        "price": np.ones((6, 6)) - 2 * np.eye(6),
        "coders": np.full((6, 6), np.nan),
        "courses": -np.ones((6, 6)) + 2.5 * np.eye(6),
    }
    found = violations(errors_of, small, covariance=wrong)
    assert {each.code for each in found} == {"E747"}
    assert sorted(each.column for each in found) == ["", "cables", "chips", "coders", "courses", "price"]
    said = {each.column: each.found for each in found}
    assert said["chips"] == "5 x 5"
    assert "symmetric" in said["cables"]
    assert "below zero" in said["price"]
    assert "semidefinite" in said["courses"]
    assert next(each.hint for each in found if not each.column).startswith("Did you mean coders")
