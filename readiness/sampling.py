"""Scores of an index with their sampling error: what confidence sets for its ranks are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from readiness.errors import USAGE, ReadinessError, Violation, raise_errors
from readiness.estimates import Estimates
from readiness.reading.demands import variation_demands
from readiness.results import Results
from readiness.simulate import simulate
from readiness.variation import WeightNoise

FIGURES = "figures"  # the simulation in which the errors of figures vary and nothing else


def index_estimates(results: Results, replicates: int = 100_000, seed: int = 1) -> Estimates:
    """Return the scores of the index with the covariance that errors of its figures give them.

    The errors are simulated if the results are not. Countries without a score are left out.

    Errors   ReadinessError where no indicator declares an error.
    """
    if "covariances" not in results.tables or FIGURES not in results.tables["simulation"]["varied"]:
        results = _with_errors_only(results, replicates, seed)
    return estimates_of(results.tables, results.framework.root)


def estimates_of(tables: Mapping[str, pl.DataFrame], root: str) -> Estimates:
    """Return the scores and their covariance that the tables of a simulated run hold.

    Errors   ReadinessError where they hold none.
    """
    if "covariances" not in tables or FIGURES not in tables["simulation"]["varied"]:
        hint = "readiness simulate --vary figures"
        raise ReadinessError(
            Violation("E773", "--run", "no simulated errors of figures", "a simulated run", hint=hint), USAGE
        )
    own = tables["intervals"].filter((pl.col("varied") == FIGURES) & (pl.col("node") == root))
    known = own.filter(pl.col("score").is_not_null()).sort("country")
    units = known["country"].to_list()
    pairs = tables["covariances"].filter((pl.col("varied") == FIGURES) & pl.col("country").is_in(units))
    matrix = pairs.filter(pl.col("other").is_in(units)).sort("country", "other")["covariance"].to_numpy()
    return Estimates(tuple(units), known["score"].to_numpy(), np.reshape(matrix, (len(units), len(units))))


def _with_errors_only(results: Results, replicates: int, seed: int) -> Results:
    """Simulate the errors of figures alone."""
    alone = replace(
        results.recipe.variation,
        weights=WeightNoise(),
        weights_at={},
        leave_out="",
        figures=True,
        choices={},
        shares={},
    )
    recipe = replace(results.recipe, variation=alone)
    raise_errors(variation_demands(recipe, results.framework))
    return simulate(replace(results, recipe=recipe), replicates, seed, nodes=(results.framework.root,))
