"""Estimates to rank in tests, and sets to compare."""

from __future__ import annotations

import numpy as np

from readiness.estimates import Estimates


def named(size):
    return [f"u{place:03d}" for place in range(size)]


def independent(x, error):
    x = np.asarray(x, dtype=float)
    return Estimates.independent(named(len(x)), x, np.broadcast_to(np.asarray(error, dtype=float), x.shape))


def related(x, covariance):
    return Estimates(tuple(named(len(x))), x, covariance)


def ends(found):
    return {unit: (low, high) for unit, low, high in found.select("unit", "lower", "upper").iter_rows()}


def inside(inner, outer):
    inner, outer = ends(inner), ends(outer)
    return all(outer[unit][0] <= low and high <= outer[unit][1] for unit, (low, high) in inner.items())


def example(size=27, seed=5):
    generator = np.random.default_rng(seed)
    return generator.normal(50, 10, size), generator.uniform(0.5, 3, size)


def random_covariance(size, seed):
    generator = np.random.default_rng(seed)
    root = generator.normal(size=(size, size + 3))
    return root @ root.T / size
