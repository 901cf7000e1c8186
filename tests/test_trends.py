"""Lines through figures against numpy.polyfit and scipy.stats.linregress; intervals against the formula written out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from readiness.trends import LEVEL, trend

STEADY = settings(derandomize=True, deadline=None, database=None, max_examples=80)
SERIES = st.dictionaries(st.integers(1990, 2040), st.floats(0.1, 1000), min_size=3, max_size=20).filter(
    lambda series: max(series.values()) - min(series.values()) > 0.01
)


@STEADY
@given(SERIES)
def test_pace_and_error_are_those_of_a_regression(series):
    years, values = list(series), list(series.values())
    line = trend(years, values)
    expected = stats.linregress(years, values)
    scale = np.ptp(values) / np.ptp(years)
    assert line.pace == pytest.approx(expected.slope, rel=1e-7, abs=1e-7 * scale)
    assert line.pace_error == pytest.approx(expected.stderr, rel=1e-5, abs=1e-5 * scale)
    slope, middle = np.polyfit(np.array(years) - 2015.0, values, 1)
    assert line.at(2030)[0] == pytest.approx(middle + 15 * slope, rel=1e-6, abs=1e-6 * np.ptp(values))
    assert (line.number, line.first, line.growth) == (len(series), min(years), False)


@STEADY
@given(SERIES, st.integers(1990, 2060))
def test_the_interval_is_that_of_a_new_figure(series, year):
    """x'(X'X)^-1 x of the design, plus one for the figure's own error."""
    years, values = np.array(list(series), float), np.array(list(series.values()))
    design = np.column_stack([np.ones(len(years)), years - 2015])
    coefficients, *_ = np.linalg.lstsq(design, values, rcond=None)
    rest = values - design @ coefficients
    variance = rest @ rest / (len(years) - 2)
    point = np.array([1.0, year - 2015])
    error = np.sqrt(variance * (1 + point @ np.linalg.inv(design.T @ design) @ point))
    reach = stats.t.ppf((1 + LEVEL) / 2, len(years) - 2) * error
    middle, low, high = trend(list(series), list(series.values())).at(year)
    room = 1e-5 * (reach + np.ptp(values))
    assert middle == pytest.approx(point @ coefficients, abs=room)
    assert (high - low) / 2 == pytest.approx(reach, rel=1e-4, abs=room)
    assert (high + low) / 2 == pytest.approx(middle, abs=room)


def test_an_interval_holds_as_many_new_figures_as_it_says():
    """Of 4000 series with normal errors the 90 % interval of the year 2030 holds the figure of 2030 in 90 %."""
    rng, years = np.random.default_rng(12), np.arange(2016, 2026)
    held = 0
    for _ in range(4000):
        values = 50 + 1.5 * (years - 2016) + rng.normal(0, 3, len(years))
        _, low, high = trend(years.tolist(), values.tolist()).at(2030)
        held += low <= 50 + 1.5 * 14 + rng.normal(0, 3) <= high
    assert held / 4000 == pytest.approx(LEVEL, abs=4 * np.sqrt(0.09 / 4000))


def test_a_steady_growth_is_found_exactly():
    line = trend([2020, 2021, 2022, 2024], [100, 150, 225, 506.25], growth=True)
    assert line.pace == pytest.approx(0.5)
    assert line.pace_error == pytest.approx(0, abs=1e-12)
    assert line.at(2026) == pytest.approx((100 * 1.5**6,) * 3)


@STEADY
@given(SERIES)
def test_a_growth_is_the_line_of_the_logarithms(series):
    plain = trend(list(series), np.log(list(series.values())).tolist())
    line = trend(list(series), list(series.values()), growth=True)
    assert line.pace == pytest.approx(np.expm1(plain.pace), rel=1e-9, abs=1e-12)
    assert line.pace_error == pytest.approx(np.exp(plain.pace) * plain.pace_error, rel=1e-9, abs=1e-12)
    with np.errstate(over="ignore"):
        assert line.at(2026) == pytest.approx(tuple(np.exp(plain.at(2026))), rel=1e-9)


def test_two_figures_have_a_line_but_no_error():
    line = trend([2020, 2024], [10, 18])
    assert (line.pace, line.pace_error, line.number) == (2, None, 2)
    assert line.at(2030) == (30, None, None)
    assert trend([2020, 2024], [10, 40], growth=True).at(2026)[0] == pytest.approx(80)


@pytest.mark.parametrize(
    ("years", "values", "growth"),
    [([], [], False), ([2020], [5], False), ([2020, 2021, 2022], [0, 5, 9], True), ([2020, 2021], [-1, 5], True)],
)
def test_fewer_than_two_figures_or_a_growth_from_nothing_have_no_line(years, values, growth):
    assert trend(years, values, growth=growth) is None


def test_equal_figures_lead_nowhere_else():
    line = trend([2020, 2021, 2022, 2023], [7, 7, 7, 7])
    assert (line.pace, line.pace_error) == (0, 0)
    assert line.at(2040) == (7, 7, 7)


@STEADY
@given(SERIES, st.randoms(use_true_random=False))
def test_the_order_of_the_figures_does_not_matter(series, random):
    pairs = list(series.items())
    random.shuffle(pairs)
    one = trend(list(series), list(series.values()))
    other = trend([year for year, _ in pairs], [value for _, value in pairs])
    assert other.pace == pytest.approx(one.pace, rel=1e-9, abs=1e-9)
    assert other.at(2030) == pytest.approx(one.at(2030), rel=1e-9, abs=1e-6)


def test_an_interval_beyond_all_numbers_is_infinite():
    middle, low, high = trend([2019, 2020, 2021], [1, 1e6, 1], growth=True).at(2090)
    assert low == 0
    assert high == np.inf
    assert middle == pytest.approx(100)
