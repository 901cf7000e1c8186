"""The treatments in NumPy, for the oracle and the benchmarks; see numpy_formulas."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy_formulas import formula


def skewness_and_kurtosis(values):
    """Return the sample-adjusted figures, as spreadsheets have them."""
    n, d = values.size, values - values.mean()
    m2, m3, m4 = (d**2).mean(), (d**3).mean(), (d**4).mean()
    skewness = np.sqrt(n * (n - 1)) / (n - 2) * m3 / m2**1.5
    return skewness, (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (m4 / m2**2 - 3) + 6)


def tail(values, skewness, kurtosis):
    """Return the skewness where both limits are passed, else 0."""
    if values.size < 4 or np.ptp(values) == 0:
        return 0.0
    skew, excess = skewness_and_kurtosis(values)
    return skew if abs(skew) > skewness and excess > kurtosis else 0.0


def winsorised(values, points, **limits):
    """Move the extreme on the side of the skew to the next value, ties together, while both limits are passed."""
    now = values.copy()
    while (skew := tail(now, **limits)) != 0:
        steps = np.unique(now)
        following = np.minimum(now, steps[-2]) if skew > 0 else np.maximum(now, steps[1])
        if (following != values).sum() > points:
            break
        now = following
    return now


def by_indicator(name: str) -> Callable[[Callable], Callable]:
    """Register a treatment of the known values of one indicator."""

    def keep(function: Callable) -> Callable:
        def whole(x, **numbers):
            out = x.copy()
            for i in range(x.shape[0]):
                known = ~np.isnan(x[i])
                if known.any():
                    out[i, known] = function(x[i, known], **numbers)
            return out

        formula("treat", name, batch=False)(whole)
        return function

    return keep


@formula("treat", "none")
def none(x):
    return x.copy()


@by_indicator("winsorise")
def winsorise(values, points, **limits):
    return winsorised(values, points, **limits)


def bends(values, power, always, **limits):
    """Tell whether to bend: skewed past both limits, to the side that the power draws in."""
    return np.ptp(values) > 0 and (always or (1 - power) * tail(values, **limits) > 0)


@by_indicator("log")
def log(values, always, **limits):
    return np.log(values) if values.min() > 0 and bends(values, 0, always, **limits) else values


@by_indicator("log1p")
def log1p(values, always, **limits):
    return np.log1p(values) if values.min() > -1 and bends(values, 0, always, **limits) else values


def log_of_distance(values):
    return np.log(values - values.min() + 0.01 * np.ptp(values))


@by_indicator("log_shift")
def log_shift(values, always, **limits):
    return log_of_distance(values) if bends(values, 0, always, **limits) else values


def likelihood(values, power):
    """Return the profile log-likelihood of a Box-Cox power, from its definition."""
    bent = (values**power - 1) / power if power else np.log(values)
    return -values.size / 2 * np.log(bent.var()) + (power - 1) * np.log(values).sum()


def likeliest(values):
    """Search the power on finer and finer grids."""
    centre, width = 0.0, 5.0
    while width > 1e-6:
        grid = np.clip(centre + np.linspace(-width, width, 41), -5, 5)
        centre = grid[np.argmax([likelihood(values, power) for power in grid])]
        width /= 8
    return np.round(centre, 4)


@by_indicator("box_cox")
def box_cox(values, power, estimate, shift, always, **limits):
    if np.ptp(values) == 0 or not (always or tail(values, **limits)):
        return values
    lifted = values + (shift * np.ptp(values) - values.min() if values.min() <= 0 else 0.0)
    power = likeliest(lifted) if estimate else power
    if not bends(values, power, always, **limits):
        return values
    return np.log(lifted) if power == 0 else (lifted**power - 1) / power


@by_indicator("winsorise_then_log")
def winsorise_then_log(values, points, **limits):
    capped = winsorised(values, points, **limits)
    return log_of_distance(values) if tail(capped, **limits) and tail(values, **limits) > 0 else capped
