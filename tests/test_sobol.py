"""Sobol' indices against closed forms and SALib, and their bootstrap errors."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from SALib.analyze import sobol as salib

from readiness import sobol_errors
from readiness.sobol import doubtful, enough, indices, mean_rank_shift
from readiness.sobol_design import design, split, stacked
from readiness.sobol_errors import multiplicities, resampled_sums

N = 2**14


def ishigami(x):
    u = np.pi * (2 * x - 1)
    return np.sin(u[:, 0]) + 7 * np.sin(u[:, 1]) ** 2 + 0.1 * u[:, 2] ** 4 * np.sin(u[:, 0])


def additive(x):
    return x @ np.array([1.0, 2.0, 3.0])


def at_design(functions, factors, n, seed):
    """Return y_a, y_b and y_ab of some functions at a design of our own."""
    return at_points(functions, *design(factors, n, seed))


def at_points(functions, a, b):
    return split(np.column_stack([function(stacked(a, b)) for function in functions]), a.shape[1])


def arrays(sensitivity):
    """Return all estimates, one under the other."""
    kinds = (sensitivity.first, sensitivity.total, sensitivity.interaction)
    return np.stack([getattr(kind, field.name) for kind in kinds for field in fields(kind)])


@pytest.fixture(scope="module")
def two():
    return at_design([ishigami, additive], 3, N, 11)


@pytest.fixture(scope="module")
def rough():
    """Return results of five outputs without any pattern, one with failed runs and one that never varies."""
    rng = np.random.default_rng(5)
    y_a, y_b, y_ab = rng.normal(size=(700, 5)), rng.normal(size=(700, 5)), rng.normal(size=(4, 700, 5))
    y_a[3, 1], y_b[90, 1], y_ab[2, 500, 1], y_ab[3, 500, 1] = np.nan, np.inf, np.nan, np.nan
    y_a[:, 3] = y_b[:, 3] = y_ab[:, :, 3] = 0.1
    return y_a, y_b, y_ab


def test_indices_equal_the_closed_forms_of_ishigami_and_of_a_sum(two):
    found = indices(*two, seed=1)
    assert np.abs(found.first.value[:, 0] - [0.3139, 0.4424, 0]).max() < 0.01
    assert np.abs(found.total.value[:, 0] - [0.5576, 0.4424, 0.2437]).max() < 0.01
    assert np.abs(found.first.value[:, 1] - np.array([1, 4, 9]) / 14).max() < 0.01
    assert np.abs(found.total.value[:, 1] - np.array([1, 4, 9]) / 14).max() < 0.01
    assert found.variance == pytest.approx([7**2 / 8 + 0.1 * np.pi**4 / 5 + np.pi**8 / 1800 + 0.5, 14 / 12], rel=0.01)
    assert found.reasons == ("", "")


def test_indices_equal_the_closed_form_of_the_g_function():
    a = np.array([0, 0.5, 3, 9, 99, 99])
    parts = 1 / (3 * (1 + a) ** 2)
    whole = np.prod(1 + parts) - 1

    def g(x):
        return np.prod((np.abs(4 * x - 2) + a) / (1 + a), axis=1)

    found = indices(*at_design([g], 6, N, 3), seed=1)
    assert np.abs(found.first.value[:, 0] - parts / whole).max() < 0.01
    assert np.abs(found.total.value[:, 0] - parts * np.prod(1 + parts) / (1 + parts) / whole).max() < 0.01


def of_salib(y_a, y_b, y_ab, output, resamples=1000):
    """Return SALib's indices: it wants the runs of a row together, A first, then AB factor by factor, then B."""
    factors = len(y_ab)
    problem = {"num_vars": factors, "names": [f"x{i}" for i in range(factors)], "bounds": [[0, 1]] * factors}
    runs = np.concatenate([y_a[None], y_ab, y_b[None]])[:, :, output].T.ravel()
    return salib.analyze(problem, runs, calc_second_order=False, num_resamples=resamples, seed=4)


def test_indices_and_errors_equal_those_of_salib(two, rough):
    for results, output in ((two, 0), (two, 1), (rough, 0)):
        y = tuple(each[..., :256, :] + 40 for each in results)
        found, theirs = indices(*y, seed=1), of_salib(*y, output)
        assert found.first.value[:, output] == pytest.approx(theirs["S1"], abs=1e-10)
        assert found.total.value[:, output] == pytest.approx(theirs["ST"], abs=1e-10)
        assert found.first.error[:, output] == pytest.approx(theirs["S1_conf"] / 1.959964, rel=0.2)
        assert found.total.error[:, output] == pytest.approx(theirs["ST_conf"] / 1.959964, rel=0.2)


def test_a_row_with_a_failed_run_is_left_out_for_its_output_only(rough):
    found = indices(*rough, seed=1)
    assert found.left_out.tolist() == [0, 3, 0, 0, 0]
    assert found.rows.tolist() == [700, 697, 700, 700, 700]
    kept = np.setdiff1d(np.arange(700), [3, 90, 500])
    theirs = of_salib(*(each[..., kept, :] for each in rough), 1)
    assert found.first.value[:, 1] == pytest.approx(theirs["S1"], abs=1e-10)
    assert found.total.value[:, 1] == pytest.approx(theirs["ST"], abs=1e-10)
    assert found.first.error[:, 1] == pytest.approx(theirs["S1_conf"] / 1.959964, rel=0.2)
    alone = indices(*(each[..., [0]] for each in rough), seed=1)
    assert arrays(found)[..., 0] == pytest.approx(arrays(alone)[..., 0], abs=1e-12)


def test_an_output_that_never_varies_is_a_gap_with_a_reason(rough):
    found = indices(*rough, seed=1)
    assert found.reasons == ("", "", "", "never varies", "")
    assert np.isnan(arrays(found)[..., 3]).all() and np.isnan(found.variance[3])
    assert not doubtful(found).first[:, 3].any() and not doubtful(found).total[:, 3].any()
    assert np.isfinite(arrays(found)[..., [0, 1, 2, 4]]).all()


def test_rounding_does_not_count_as_varying():
    y = np.full((6, 64, 1), 1e9)
    y[:, ::2] = np.nextafter(1e9, 2e9)
    assert indices(y[0], y[1], y[2:], seed=0).reasons == ("never varies",)


def test_an_output_without_two_complete_rows_is_a_gap_with_a_reason():
    rng = np.random.default_rng(1)
    y = rng.normal(size=(4, 16, 3))
    y[2, :, 0], y[3, 1:, 1] = np.nan, -np.inf
    y[0, 5, 2] = 1e300
    found = indices(y[0], y[1], y[2:], seed=0)
    assert found.reasons == ("fewer than two complete rows", "fewer than two complete rows", "")
    assert found.rows.tolist() == [0, 1, 15]
    assert np.isnan(arrays(found)[..., :2]).all() and np.isfinite(arrays(found)[..., 2]).all()


def test_resamples_in_which_an_output_stands_still_are_left_out_and_counted():
    y = np.zeros((4, 8, 1))
    y[0, 2] = y[2, 2] = 1.0
    found = indices(y[0], y[1], y[2:], seed=0)
    taken = multiplicities(0, 8, range(1000))[:, 2]
    assert found.still[0] == (taken == 0).sum() > 0
    assert np.isfinite(arrays(found)).all()
    seed = next(s for s in range(99) if not multiplicities(s, 8, range(2))[:, 2].any())
    few = indices(y[0], y[1], y[2:], seed=seed, resamples=2)
    assert few.reasons == ("varies in too few resamples: no error",)
    assert np.isfinite(few.first.value).all() and np.isnan(few.first.error).all()
    assert doubtful(few).wide_first.all()


def test_bootstrap_errors_equal_the_spread_over_independent_designs():
    rng = np.random.default_rng(8)
    runs = [at_points([ishigami, additive], rng.random((512, 3)), rng.random((512, 3))) for _ in range(250)]
    found = [indices(*y, seed=s, resamples=400) for s, y in enumerate(runs)]
    exact = indices(*at_design([ishigami, additive], 3, N, 2), seed=0)
    for kind in ("first", "total"):
        values = np.array([getattr(each, kind).value for each in found])
        errors = np.array([getattr(each, kind).error for each in found])
        assert errors.mean(axis=0) / values.std(axis=0, ddof=1) == pytest.approx(1, abs=0.15)
        truth = getattr(exact, kind).value
        inside = [(getattr(e, kind).low <= truth) & (truth <= getattr(e, kind).high) for e in found]
        assert np.mean(inside) == pytest.approx(0.95, abs=0.02)
        assert np.mean(inside, axis=0).min() > 0.95 - 4 * np.sqrt(0.95 * 0.05 / 250)


def test_errors_of_sobol_points_are_not_understated_and_of_a_smooth_output_too_large():
    found = [indices(*at_design([ishigami, additive], 3, 512, s), seed=s, resamples=400) for s in range(60)]
    for kind in ("first", "total"):
        spread = np.std([getattr(each, kind).value for each in found], axis=0, ddof=1)
        told = np.mean([getattr(each, kind).error for each in found], axis=0)
        assert (spread < 1.25 * told).all()  # four standard errors of a spread over 60 designs are 0.36 of it
        assert (spread[:, 1] < told[:, 1] / 5).all()  # a smooth sum


def test_numbers_of_threads_and_sizes_of_batches_change_no_bit(rough, monkeypatch):
    first = indices(*rough, seed=3, threads=1)
    for threads in (2, 3, 8):
        assert arrays(indices(*rough, seed=3, threads=threads)).tobytes() == arrays(first).tobytes()
    monkeypatch.setattr(sobol_errors, "COUNTS", 700 * 37)
    assert arrays(indices(*rough, seed=3, threads=2)).tobytes() == arrays(first).tobytes()
    monkeypatch.setattr(sobol_errors, "SUMS", 1000)
    assert arrays(indices(*rough, seed=3)).tobytes() == arrays(first).tobytes()


def test_sums_of_resamples_are_exact():
    rng = np.random.default_rng(2)
    terms = rng.normal(size=(1000, 9)) * 10.0 ** np.arange(-20, 25, 5)
    terms[:, 4] = 0
    largest = np.abs(terms).max(axis=0)
    found = resampled_sums(lambda block: terms[block].copy(), 1000, largest, 50, seed=6, threads=2)
    counts = multiplicities(6, 1000, range(50))
    digits = np.exp2(52 - 10 - np.frexp(largest)[1])
    assert (found * digits == counts.astype(np.int64) @ np.rint(terms * digits).astype(np.int64)).all()
    assert (np.abs(found - counts @ terms) <= 1000 * 1000 * 2.0**-52 * largest).all()


def test_a_resample_takes_as_many_rows_as_there_are_each_equally_often():
    counts = multiplicities(9, 300, range(2000))
    assert (counts.sum(axis=1) == 300).all()
    assert np.abs(counts.mean(axis=0) - 1).max() < 4.5 / np.sqrt(2000)
    assert (counts == 0).mean() == pytest.approx((1 - 1 / 300) ** 300, abs=0.003)
    assert (multiplicities(9, 300, range(30, 80)) == counts[30:80]).all()
    assert (multiplicities(10, 300, range(20)) != counts[:20]).any()


def test_order_scale_and_origin_of_outputs_do_not_matter(rough):
    found = arrays(indices(*rough, seed=3))
    permuted = arrays(indices(*(each[..., ::-1] for each in rough), seed=3))
    assert permuted[..., ::-1].tobytes() == found.tobytes()
    moved = arrays(indices(*(-300 * each + 1e4 for each in rough), seed=3))
    assert moved == pytest.approx(found, rel=1e-7, abs=1e-7, nan_ok=True)
    for factor in (1e-90, 1e90):
        scaled = arrays(indices(*(each * factor for each in rough), seed=3))
        assert scaled == pytest.approx(found, rel=1e-9, abs=1e-9, nan_ok=True)


def test_order_of_factors_does_not_matter(rough):
    y_a, y_b, y_ab = rough
    turned = arrays(indices(y_a, y_b, y_ab[::-1], seed=3))
    assert turned[:, ::-1] == pytest.approx(arrays(indices(*rough, seed=3)), rel=1e-9, abs=1e-9, nan_ok=True)


def test_interaction_is_total_less_first(two):
    found = indices(*two, seed=1)
    assert (found.interaction.value == found.total.value - found.first.value).all()
    assert found.interaction.low[0, 0] > 0.2  # the first and third factor of Ishigami work together
    assert np.abs(found.interaction.value[:, 1]).max() < 0.01


def test_enough_points_bring_the_widest_interval_below_the_limit():
    small = indices(*at_design([ishigami], 3, 1024, 1), seed=1)
    n = enough(small, 0.05)
    widest = max(small.first.half_width.max(), small.total.half_width.max())
    assert n & (n - 1) == 0 and widest * np.sqrt(1024 / n) <= 0.05 < widest * np.sqrt(1024 / (n / 2))
    reached = indices(*at_design([ishigami], 3, n, 1), seed=1)
    assert max(reached.first.half_width.max(), reached.total.half_width.max()) < 0.05 * 1.25
    with pytest.raises(ValueError, match="half width"):
        enough(indices(*np.ones((2, 4, 1)), np.ones((1, 4, 1)), seed=1))


def test_wide_negative_and_crossed_indices_are_doubtful(rough):
    wide = doubtful(indices(*at_design([ishigami], 3, 32, 1), seed=1))
    assert wide.wide_first[1, 0] and wide.first[1, 0] and wide.wide_total[0, 0] and wide.total[0, 0]
    a, b = np.array([1.0, 2.0, 3.0, 4.0] * 500), np.array([4.0, 3.0, 2.0, 1.0] * 500)
    against = a + 0.2 * (a - 2.5)  # moves with A where B is low: no sample of a real design does
    along = a + 0.6 * (b - a)
    crossed = indices(a[:, None], b[:, None], np.stack([against, along])[..., None], seed=1)
    doubts = doubtful(crossed, half_width=0.5)
    assert doubts.negative[:, 0].tolist() == [True, False]
    assert doubts.above_total[:, 0].tolist() == [False, True]
    assert not doubtful(indices(*at_design([ishigami], 3, N, 1), seed=1)).first.any()


def test_mean_rank_shift_is_the_mean_of_distances_over_units_with_both_ranks():
    ranks = np.array([[1, 3, np.nan], [2, 2, np.nan], [3, np.nan, np.nan], [4, 1, 2]])
    found = mean_rank_shift(ranks, [1, 2, 3, np.nan])
    assert found[:2].tolist() == [0, 1] and np.isnan(found[2])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: indices(np.zeros(4), np.zeros(4), np.zeros((2, 4)), seed=0), "y_a and y_b"),
        (lambda: indices(np.zeros((4, 1)), np.zeros((5, 1)), np.zeros((2, 4, 1)), seed=0), "(5, 1)"),
        (lambda: indices(np.zeros((4, 1)), np.zeros((4, 1)), np.zeros((2, 4, 1)), seed=0, resamples=1), "resamples"),
        (lambda: indices(np.zeros((4, 1)), np.zeros((4, 1)), np.zeros((2, 4, 1)), seed=0, level=1.0), "level"),
    ],
)
def test_arguments_that_make_no_sense_are_named(call, words):
    with pytest.raises(ValueError) as found:
        call()
    assert words in str(found.value)
