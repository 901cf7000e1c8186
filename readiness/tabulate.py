"""Stages of a run -> tidy tables: cells, scores, weights, bounds, nodes, context, agreement."""

from __future__ import annotations

import numpy as np
import polars as pl

from readiness.bounds_table import bounds_table
from readiness.framework import Framework
from readiness.node_tables import Run, no_scale, scores_table, weights_table
from readiness.tables import conform, kinds


def tabulate(run: Run) -> dict[str, pl.DataFrame]:
    """Return all tables of a run, each in its schema."""
    cells = _cells(run)
    weights = weights_table(run)
    scores = scores_table(run, cells)
    frames = {
        "cells": cells,
        "scores": scores,
        "weights": weights,
        "bounds": bounds_table(run),
        "nodes": _nodes(run.plan.framework),
        "context": _context(run),
        "agreement": _agreement(run, scores),
    }
    return {name: conform(name, frame) for name, frame in frames.items()}


def _cells(run: Run) -> pl.DataFrame:
    stages = run.stages
    named = ("imputed", "imputation_error", "transformed", "treated", "normalised")
    columns = [pl.Series(name, getattr(stages, name).ravel()).fill_nan(None) for name in named]
    units = stages.denominated.shape[2]
    counted = pl.Series("counted", np.repeat(stages.counted.ravel(), units))
    present = (~np.isnan(stages.denominated[:, :, : run.plan.members])).sum(axis=2)
    number = pl.Series("present", np.repeat(present.ravel(), units))
    frame = run.used.with_columns(*columns, counted, number)
    out = pl.format("out of this edition: figures for {} of {} countries, {} are needed", "present", *_needed(run))
    scales = {code: no_scale(run, leaf) for leaf, code in enumerate(run.plan.framework.leaves)}
    status = (
        pl.when(~pl.col("counted"))
        .then(pl.lit("out"))
        .when(pl.col("imputed").is_null())
        .then(pl.lit("gap"))
        .when(pl.col("denominated").is_null())
        .then(pl.lit("imputed"))
        .otherwise(pl.lit("used"))
    )
    reason = (
        pl.when(~pl.col("counted"))
        .then(out)
        .when(pl.col("imputed").is_not_null() & pl.col("transformed").is_null())
        .then(pl.lit("the value has no logarithm"))
        .when(pl.col("transformed").is_not_null() & pl.col("treated").is_null())
        .then(pl.lit("the treatment has no value for it"))
        .when(pl.col("treated").is_not_null() & pl.col("normalised").is_null())
        .then(pl.col("indicator").replace_strict(scales, return_dtype=pl.String))
        .when(pl.col("imputed").is_null())
        .then("reason")
    )
    filled = frame.with_columns(status=status, reason=reason)
    how = run.plan.recipe.method("impute").name
    return filled.with_columns(imputation=pl.when(pl.col("status") == "imputed").then(pl.lit(how)))


def _needed(run: Run) -> tuple[pl.Expr, pl.Expr]:
    members = run.plan.members
    return pl.lit(members), pl.lit(run.plan.framework.rules.figures_needed(members))


def _nodes(framework: Framework) -> pl.DataFrame:
    rows = []
    for position, code in enumerate(framework.nodes):
        row = {
            "node": code,
            "position": position,
            "level": framework.level(code),
            "parent": framework.parents.get(code),
            "name": framework.name_of(code),
        }
        if code in framework.indicators:
            each = framework.indicators[code]
            row |= {"unit": each.unit, "scored_unit": each.scored_unit, "higher_is_better": each.higher_is_better}
            row |= {"definition": each.definition, "why": each.why or None, "note": each.note or None}
            row |= {"source": each.source["organisation"]}
            row |= {"dataset": each.source.get("dataset"), "licence": each.source.get("licence")}
        else:
            row |= {"why": framework.groups[code].demand or None}
        rows.append(row)
    return pl.DataFrame(rows, schema=kinds("nodes"))


def _context(run: Run) -> pl.DataFrame:
    context = run.plan.framework.context
    names = {code: each.name for code, each in context.items()}
    units = {code: each.unit for code, each in context.items()}
    return run.context.with_columns(
        name=pl.col("indicator").replace_strict(names, return_dtype=pl.String),
        unit=pl.col("indicator").replace_strict(units, return_dtype=pl.String),
        value=pl.col("raw"),
    )


def _agreement(run: Run, scores: pl.DataFrame) -> pl.DataFrame:
    """Correlate each context series with the index: how far others who measured something near agree."""
    framework = run.plan.framework
    index = scores.filter((pl.col("node") == framework.root) & pl.col("country").is_in(framework.units))
    both = (
        _context(run)
        .join(index.select("edition", "country", "score"), on=["edition", "country"])
        .drop_nulls(["value", "score"])
    )
    ordered = both.sort("edition", "indicator", "country")  # the same order of summing for any number of threads
    return ordered.group_by("edition", "indicator", "name", maintain_order=True).agg(
        pl.len().alias("countries"),
        pl.corr(pl.col("value"), pl.col("score"), method="spearman").fill_nan(None).alias("spearman"),
    )
