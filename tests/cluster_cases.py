"""A small job for a cluster, what it gives on threads, and how a cluster refuses it."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from readiness.batches import Total, on_threads
from readiness.choices import Choice
from readiness.cluster import on_cluster
from readiness.errors import ReadinessError
from readiness.figure_errors import figure_errors
from readiness.results import prepare
from readiness.simulation import make_job
from readiness.variation import Variation, WeightNoise

CHOICES = {
    "aggregate.index": (Choice("arithmetic"), Choice("geometric")),
    "treat": (Choice("winsorise"), Choice("none")),
}

BATCHES = 12


def made(small, aggregate=None):
    """Return a small job: weights, figures and methods vary; with an own aggregation only weights."""
    results = small.run()
    weights = WeightNoise("uniform")
    variation = Variation(weights=weights) if aggregate else Variation(weights=weights, figures=True, choices=CHOICES)
    recipe = results.recipe.replace(aggregate=aggregate) if aggregate else results.recipe
    ready = prepare(results.framework, results.panel, replace(recipe, variation=variation))
    errors = figure_errors(results.framework, results.panel, ready.used, 2024, variation)
    return make_job(ready.plan, ready.denominated, variation, errors, seed=7)


def plain_mean(x, w):
    """Weighted mean of scores without gaps, [unit, replicate]."""
    return (x * w[:, None]).sum(axis=0) / w.sum(axis=0)


def data(total):
    """Return all that a total holds, as bytes."""
    parts = [getattr(each, field.name) for each in (*total.counts, *total.sums) for field in fields(each)]
    return total.replicates, [(part.dtype.str, part.shape, part.tobytes()) for part in parts]


def by_threads(job, last):
    total = Total.empty(job)
    assert on_threads(job, total, last, 2)
    return data(total)


def refused(job, address, last=BATCHES, total=None, progress=None):
    with pytest.raises(ReadinessError) as caught:
        on_cluster(job, total or Total.empty(job), last, address, progress)
    return caught.value


def codes(error):
    return [each.code for each in error.violations]


def processes():
    """Return the worker processes of this process."""
    psutil = pytest.importorskip("psutil")
    mine = psutil.Process().children(recursive=True)
    return {each.pid for each in mine if each.status() != "zombie" and "spawn_main" in " ".join(each.cmdline())}
