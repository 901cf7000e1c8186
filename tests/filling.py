"""Runs a method of imputation on figures, with plain defaults for what a test does not care about."""

from __future__ import annotations

import numpy as np

from readiness.registry import lookup

NAMES = [
    "none",
    "mean",
    "median",
    "group_mean",
    "group_median",
    "carry_forward",
    "linear_in_time",
    "regression",
    "em",
    "multiple",
]
YEARS = np.array([2019.0, 2022.0, 2023.0])


def fill(name, x, plain=False, siblings=None, clusters=None, years=None, noise=None, **given):
    """Return the filled figures and their standard errors; x is (edition, indicator, unit, replicate)."""
    method = lookup("impute", name)
    x = np.ascontiguousarray(x, dtype=float)
    editions, indicators, units, _ = x.shape
    numbers = method.numbers({key: each.default for key, each in method.parameters.items()} | given, fitted=False)
    out, error = np.full_like(x, -77.0), np.full_like(x, -77.0)
    (method.function if plain else method.run)(
        x,
        np.zeros(indicators, np.int64) if siblings is None else np.asarray(siblings, np.int64),
        np.zeros(units, np.int64) if clusters is None else np.asarray(clusters, np.int64),
        2020.0 + np.arange(editions) if years is None else np.asarray(years, float),
        np.zeros_like(x) if noise is None else noise,
        out,
        error,
        *(float(number) for number in numbers),
    )
    return out, error


def column(*figures):
    """Return one indicator of one edition, None for a gap."""
    return np.array([np.nan if each is None else each for each in figures], float)[None, None, :, None]


def table(*rows):
    """Return one edition from a row of figures an indicator, None for a gap."""
    return np.concatenate([column(*row) for row in rows], axis=1)


def series(*figures):
    """Return the figures of one unit over the editions, None for a gap."""
    return column(*figures).transpose(2, 1, 0, 3)


def figures(seed=1, editions=3, indicators=5, units=12, replicates=3, gaps=0.15):
    """Return correlated figures with gaps, zeros and values below zero, in units of measurement that lie far apart."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(editions, 1, units, replicates))
    x = common + 0.6 * rng.normal(size=(editions, indicators, units, replicates))
    x[:, 1] = np.round(x[:, 1])
    x *= np.array([1.0, 1.0, 1e6, -1e-4, 40.0])[:indicators, None, None]
    x[rng.random(x.shape) < gaps] = np.nan
    return x
