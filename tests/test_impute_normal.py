"""Expectation-maximisation and multiple imputation against closed forms and a second implementation."""

from __future__ import annotations

import numpy as np
import pytest
from filling import column, figures, fill, table
from numpy.testing import assert_allclose, assert_array_equal

from readiness.methods import impute_normal as normal

EXACT = {"tolerance": 1e-12, "rounds": 20000}
SIBLING = (1, 2, 3, 4, 5, 6)
FIGURES = (2, 4, 5, 4, 5, None)


def correlated(units=30, indicators=4, gaps=0.15, seed=1, replicates=1):
    """Return one edition of strongly correlated figures without gaps, and the same with gaps."""
    rng = np.random.default_rng(seed)
    whole = 5 + 3 * rng.normal(size=(units, 1)) + rng.normal(size=(units, indicators))
    x = whole.T[None, :, :, None] * np.ones(replicates)
    return x, np.where(rng.random(x.shape[:3])[..., None] < gaps, np.nan, x)


def standardised(x):
    """Return the figures of one edition as (unit, indicator), scaled as `em` does."""
    rows = x[0, :, :, 0].T
    return (rows - np.nanmean(rows, axis=0)) / np.nanstd(rows, axis=0)


def fitting(rows):
    """Return the arrays that a fit works on: the table with its lists of gaps, the law at its start, the scratch."""
    units, size = rows.shape
    missing, misses = np.zeros((units, size), np.int64), np.isnan(rows).sum(axis=1)
    for u, row in enumerate(rows):
        missing[u, : misses[u]] = np.flatnonzero(np.isnan(row))
    law = np.zeros(size), np.eye(size), np.eye(size)
    work = np.zeros((size, size)), np.zeros((size, size)), np.zeros(size), np.zeros(size)
    return (rows.copy(), missing, misses), law, work


def penalised_likelihood(rows, mean, covariance, ridge):
    """Return the logarithm of the likelihood of what is known, times the prior, by the direct formula."""
    used = [row for row in rows if not np.isnan(row).all()]
    prior = np.linalg.slogdet(covariance)[1] + np.trace(np.linalg.inv(covariance))
    total = -0.5 * ridge * len(used) * prior
    for row in used:
        known = np.flatnonzero(~np.isnan(row))
        part, away = covariance[np.ix_(known, known)], row[known] - mean[known]
        total -= 0.5 * (
            np.linalg.slogdet(part)[1] + away @ np.linalg.solve(part, away) + len(known) * np.log(2 * np.pi)
        )
    return total


def textbook_em(rows, rounds):
    """Return filled rows and standard errors by maximum likelihood, in raw units, a matrix equation at a time."""
    mean, covariance = np.nanmean(rows, axis=0), np.diag(np.nanvar(rows, axis=0))
    for _ in range(rounds):
        filled, extra, errors = rows.copy(), np.zeros_like(covariance), np.full_like(rows, np.nan)
        for u, row in enumerate(rows):
            m, o = np.flatnonzero(np.isnan(row)), np.flatnonzero(~np.isnan(row))
            slopes = np.linalg.solve(covariance[np.ix_(o, o)], covariance[np.ix_(o, m)]).T
            filled[u, m] = mean[m] + slopes @ (row[o] - mean[o])
            conditional = covariance[np.ix_(m, m)] - slopes @ covariance[np.ix_(o, m)]
            extra[np.ix_(m, m)] += conditional
            errors[u, m] = np.sqrt(np.diag(conditional))
        mean = filled.mean(axis=0)
        covariance = ((filled - mean).T @ (filled - mean) + extra) / len(rows)
    return filled, errors


@pytest.mark.parametrize(("units", "ridge"), [(30, 0.0), (30, 0.1), (6, 0.1), (6, 2.0)])
def test_penalised_likelihood_never_falls(units, ridge):
    _, x = correlated(units, indicators=8 if units == 6 else 4, gaps=0.25)
    rows = standardised(x)
    rows[0] = np.nan
    data, law, work = fitting(rows)
    used = (data[2] < rows.shape[1]).sum()
    reached = [penalised_likelihood(rows, law[0], law[1], ridge)]
    for _ in range(40):
        normal.improve(data, rows.shape[1], used, ridge, law, work)
        reached.append(penalised_likelihood(rows, law[0], law[1], ridge))
    assert (np.diff(reached) > -1e-9).all()
    assert reached[-1] > reached[0] + 1


def test_end_of_the_fit_is_a_maximum():
    """No small step of a mean or of the covariance betters the penalised likelihood."""
    rows = standardised(correlated(gaps=0.25)[1])
    data, law, work = fitting(rows)
    assert normal.fit(data, 4, 0.1, 1e-12, 10000, law, work)
    best = penalised_likelihood(rows, law[0], law[1], 0.1)
    rng = np.random.default_rng(1)
    for _ in range(20):
        step = 1e-3 * rng.normal(size=(4, 4))
        assert penalised_likelihood(rows, law[0] + step[0], law[1], 0.1) < best
        assert penalised_likelihood(rows, law[0], law[1] + step + step.T, 0.1) < best


@pytest.mark.parametrize("ridge", [0.0, 0.1, 3.0])
def test_complete_data_give_the_plain_moments(ridge):
    rows = standardised(correlated()[0])
    data, law, work = fitting(rows)
    assert normal.fit(data, 4, ridge, 1e-12, 10, law, work)
    plain = np.cov(rows.T, bias=True)
    assert_allclose(law[0], 0.0, atol=1e-14)
    assert_allclose(law[1], (plain + ridge * np.eye(4)) / (1 + ridge), atol=1e-14)
    assert_allclose(law[1] @ law[2], np.eye(4), atol=1e-11)


@pytest.mark.parametrize("rounds", [1, 2, 5, 600])
def test_em_equals_a_textbook_implementation(rounds):
    """Round by round, not only at the end: the second one fills once more after the last estimates."""
    x = correlated()[1]
    filled, errors = textbook_em(x[0, :, :, 0].T, rounds + 1)
    out, error = fill("em", x, ridge=0, tolerance=1e-12, rounds=rounds)
    assert_allclose(out[0, :, :, 0].T, filled, rtol=1e-8)
    assert_allclose(error[0, :, :, 0].T, errors, rtol=1e-7)


def test_gaps_in_one_of_two_indicators_lie_on_the_regression_line():
    """Anderson (1957): maximum likelihood is then the least-squares line through the complete pairs."""
    out, error = fill("em", table(SIBLING, FIGURES), ridge=0, **EXACT)
    assert out[0, 1, 5, 0] == pytest.approx(5.8)
    assert error[0, 1, 5, 0] == pytest.approx(np.sqrt(2.4 / 5))


def test_ridge_by_hand():
    """The gap's unit is at the mean of the first indicator, so that its filled figure is the mean of the second.

    On the standard scale, n = 5 and ridge 1/2, the covariance is c = (5 + 2.5) / 7.5 for the first indicator and b =
    S_12 / 7.5 between the two with S_12 = 16 / sqrt(4 5); the second's a and the gap's v = a - b^2 / c satisfy 7.5 a =
    4 + v + 2.5, hence v = (6.5 - 7.5 b^2 / c) / 6.5. The second's variance is 5.
    """
    out, error = fill("em", table((-3, 3, 1, -1, 0), (-3, 3, -1, 1, None)), ridge=0.5, **EXACT)
    b = 16 / np.sqrt(20) / 7.5
    assert out[0, 1, 4, 0] == pytest.approx(0.0, abs=1e-9)
    assert error[0, 1, 4, 0] == pytest.approx(np.sqrt(5 * (6.5 - 7.5 * b**2) / 6.5))


def test_em_recovers_correlated_figures_better_than_the_mean():
    whole, x = correlated(units=27, indicators=6, gaps=0.2, seed=4)
    gaps = np.isnan(x)
    miss = {name: np.sqrt(np.mean((fill(name, x)[0] - whole)[gaps] ** 2)) for name in ("em", "regression", "mean")}
    assert miss["em"] < 0.55 * miss["mean"]
    assert miss["em"] < miss["regression"] < miss["mean"]


def test_errors_tell_how_far_off_the_filled_figures_are():
    whole, x = correlated(units=2000, indicators=5, gaps=0.2, seed=3)
    out, error = fill("em", x, ridge=0)
    filled = np.isnan(x) & ~np.isnan(out)
    assert filled.sum() > 1900
    assert 0.95 < np.sqrt(np.mean(((out - whole) / error)[filled] ** 2)) < 1.05


def test_fewer_units_than_indicators_are_filled_with_a_ridge_only():
    _, x = correlated(units=6, indicators=15)
    assert not np.isnan(fill("em", x)[0]).any()
    out, error = fill("em", x, ridge=0)
    assert_array_equal(out, x)
    assert np.isnan(error).all()


def test_singular_covariance_leaves_gaps():
    _, x = correlated(units=30, indicators=3)
    doubled = np.concatenate([x, 2 * x[:, :1] + 1], axis=1)
    assert_array_equal(fill("em", doubled, ridge=0)[0], doubled)
    assert not np.isnan(fill("em", doubled)[0]).any()


def test_constant_indicator_and_empty_unit_stay_and_disturb_nobody():
    _, x = correlated(units=20)
    constant = np.where(np.isnan(x[:, :1]), np.nan, 0.1)
    empty = np.full((1, 5, 1, 1), np.nan)
    out, error = fill("em", np.concatenate([np.concatenate([x, constant], axis=1), empty], axis=2))
    assert_array_equal(out[:, 4:, :20], constant)
    assert np.isnan(out[:, :, 20]).all()
    assert np.isnan(error[:, 4]).all()
    assert np.isnan(constant).any()
    assert_array_equal(out[:, :4, :20], fill("em", x)[0])


def test_unit_with_nothing_but_a_constant_figure_keeps_its_gaps():
    x = table((1, 2, 4, 3, None), (2, 3, 3, 5, None), (7, 7, 7, 7, 7))
    assert_array_equal(fill("em", x)[0], x)


def test_siblings_only_is_one_law_for_each_parent():
    _, x = correlated(units=20, indicators=5)
    siblings = np.array([4, 9, 4, 9, 9])
    out, error = fill("em", x, siblings=siblings, siblings_only=1)
    for parent in (4, 9):
        of = siblings == parent
        alone, own = fill("em", x[:, of])
        assert_array_equal(out[:, of], alone)
        assert_array_equal(error[:, of], own)
    assert (out != fill("em", x, siblings=siblings)[0]).any()


def test_indicator_without_siblings_keeps_its_gaps():
    x = column(1, 2, None, 4)
    assert_array_equal(fill("em", x, siblings_only=1)[0], x)


def test_one_round_starts_from_uncorrelated_indicators():
    """The gap counts as the mean in the first round; the line through the six points so filled gives its figure."""
    out, _ = fill("em", table(SIBLING, FIGURES), ridge=0, rounds=1)
    x, y = np.arange(1.0, 7.0), np.array([2, 4, 5, 4, 5, 4.0])
    slope = np.cov(x, y, bias=True)[0, 1] / x.var()
    assert out[0, 1, 5, 0] == pytest.approx(4 + slope * 2.5)


def test_noise_of_zero_gives_em():
    x = figures()
    for one, other in zip(fill("multiple", x), fill("em", x), strict=True):
        assert_array_equal(one, other)


def test_draws_have_the_conditional_mean_and_covariance():
    """Three gaps given one figure: they share a common part that the figure does not settle."""
    _, x = correlated(units=20, replicates=4000)
    x[:, 0, 0], x[:, 1:, 0] = 6.0, np.nan
    drawn, error = fill("multiple", x, noise=np.random.default_rng(8).normal(size=x.shape))
    expected, errors = (each[0, 1:, 0, 0] for each in fill("em", x[..., :1]))
    three = drawn[0, 1:, 0]
    assert_allclose((three.mean(axis=1) - expected) / errors, 0.0, atol=4 / np.sqrt(4000))
    assert_allclose(three.std(axis=1), errors, rtol=4 / np.sqrt(8000))
    assert_allclose(error[0, 1:, 0], errors[:, None] * np.ones(4000), rtol=1e-12)
    data, law, work = fitting(standardised(x[..., :1]))
    assert normal.fit(data, 4, 0.1, 1e-6, 1000, law, work)
    given = law[1][1:, 1:] - np.outer(law[1][1:, 0], law[1][0, 1:]) / law[1][0, 0]
    correlations = given / np.sqrt(np.outer(np.diag(given), np.diag(given)))
    assert_allclose(np.corrcoef(three), correlations, atol=4 / np.sqrt(4000))
    assert correlations[np.triu_indices(3, 1)].min() > 0.2


def test_draw_of_a_single_gap_is_mean_plus_noise_times_error():
    x = table(SIBLING, FIGURES)
    (out, error), noise = fill("em", x), np.full_like(x, -1.25)
    drawn, _ = fill("multiple", x, noise=noise)
    assert drawn[0, 1, 5, 0] == pytest.approx(out[0, 1, 5, 0] - 1.25 * error[0, 1, 5, 0])


def test_replicates_with_equal_and_other_figures_each_get_their_own_fit():
    x = figures(editions=2, replicates=4)
    x[..., 1] = x[..., 3] = x[..., 0]
    x[..., 2] = x[..., 0] ** 3
    out, _ = fill("em", x)
    assert_array_equal(out[..., 1], out[..., 0])
    assert_array_equal(out[..., 3], out[..., 0])
    filled = np.isnan(x[..., 0]) & ~np.isnan(out[..., 0])
    assert filled.any()
    assert (out[..., 2] != out[..., 0])[filled].all()
    assert_array_equal(out[..., 2], fill("em", x[..., 2:3])[0][..., 0])


def test_inverse_of_a_positive_definite_matrix_and_refusal_of_another():
    a = np.array([[4.0, 2.0, 0.6], [2.0, 5.0, 1.0], [0.6, 1.0, 3.0]])
    swept = a.copy()
    assert normal.invert(swept, 3)
    assert_allclose(swept @ a, np.eye(3), atol=1e-14)
    assert not normal.invert(np.array([[1.0, 2.0], [2.0, 1.0]]), 2)
    assert not normal.invert(np.array([[1.0, 1.0], [1.0, 1.0]]), 2)


def test_factor_times_its_transpose_is_the_matrix():
    a = np.array([[4.0, 2.0, 0.6], [2.0, 5.0, 1.0], [0.6, 1.0, 3.0]])
    factor = a.copy()
    normal.factorise(factor, 3)
    assert_allclose(np.tril(factor) @ np.tril(factor).T, a, rtol=1e-14)
    assert_allclose(np.tril(factor), np.linalg.cholesky(a), rtol=1e-14)
