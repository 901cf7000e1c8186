"""Schemas of the tables of a simulation."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl

from readiness.tables import COUNTRY, NODE, SHARE, column, table

VARIED = column(pl.String, "what varies: one factor, choices, method (all judgement) or all")
PLACE = pa.Check.ge(1)
COUNT = pa.Check.ge(0)


def _score(meaning: str) -> pa.Column:
    return column(pl.Float64, meaning, "score", gaps=True)


def _rank(meaning: str) -> pa.Column:
    return column(pl.Float64, meaning, "place", gaps=True, checks=PLACE)


def _chance(meaning: str) -> pa.Column:
    return column(pl.Float64, meaning, "share", checks=SHARE)


SIMULATED = {
    "intervals": table(
        ("varied", "node", "country"),
        varied=VARIED,
        node=NODE,
        country=COUNTRY,
        score=_score("score of the run"),
        score_mean=_score("mean score of the replicates"),
        score_sd=_score("standard deviation of the scores, divisor n - 1"),
        score_low_95=_score("2.5 % quantile of the scores"),
        score_low_90=_score("5 % quantile"),
        score_low_50=_score("25 % quantile"),
        score_median=_score("median"),
        score_high_50=_score("75 % quantile"),
        score_high_90=_score("95 % quantile"),
        score_high_95=_score("97.5 % quantile"),
        rank=_rank("rank of the run"),
        rank_mean=_rank("expected rank"),
        rank_low_95=_rank("2.5 % quantile of the ranks"),
        rank_low_90=_rank("5 % quantile"),
        rank_low_50=_rank("25 % quantile"),
        rank_median=_rank("median"),
        rank_high_50=_rank("75 % quantile"),
        rank_high_90=_rank("95 % quantile"),
        rank_high_95=_rank("97.5 % quantile"),
        top_1=_chance("share of replicates in which it is first"),
        top_3=_chance("share with a rank of 3 or better"),
        top_5=_chance("share with a rank of 5 or better"),
        top_10=_chance("share with a rank of 10 or better"),
        tier=column(
            pl.Int32,
            "tier, 1 is the best: its members are not behind its first in 95 % of the replicates",
            "tier",
            gaps=True,
            checks=PLACE,
        ),
        failed=column(pl.Int64, "replicates without a rank", "replicates", checks=COUNT),
    ),
    "ranks": table(
        ("varied", "node", "country", "rank"),
        varied=VARIED,
        node=NODE,
        country=COUNTRY,
        rank=column(pl.Float64, "rank", "place", checks=PLACE),
        count=column(pl.Int64, "replicates in which the country has the rank", "replicates", checks=COUNT),
        share=_chance("their share: the acceptability of the rank"),
    ),
    "pairs": table(
        ("varied", "node", "country", "other"),
        varied=VARIED,
        node=NODE,
        country=COUNTRY,
        other=column(pl.String, "code of the other country"),
        above=column(pl.Int64, "replicates in which the country ranks above the other", "replicates", checks=COUNT),
        share=_chance("their share"),
    ),
    "central_weights": table(
        ("varied", "country", "node"),
        varied=VARIED,
        country=COUNTRY,
        node=NODE,
        wins=column(pl.Int64, "replicates in which the country is first", "replicates", checks=COUNT),
        weight=column(pl.Float64, "mean share of the parent when the country is first", "share", checks=SHARE),
    ),
    "covariances": table(
        ("varied", "country", "other"),
        varied=VARIED,
        country=COUNTRY,
        other=column(pl.String, "code of the other country"),
        covariance=column(pl.Float64, "covariance of the two scores of the index, divisor n - 1", "score squared"),
    ),
    "mixes": table(
        ("varied", "methods"),
        varied=VARIED,
        methods=column(pl.String, "combination of methods"),
        replicates=column(pl.Int64, "replicates computed by it", "replicates", checks=COUNT),
        reason=column(pl.String, "why the combination is left out", gaps=True),
    ),
    "simulation": table(
        ("varied",),
        varied=VARIED,
        replicates=column(pl.Int64, "replicates", "replicates", checks=COUNT),
        asked=column(pl.Int64, "replicates asked for; more than computed if it was stopped", "replicates"),
        seed=column(pl.UInt64, "seed of the random numbers"),
        shift_mean=column(pl.Float64, "mean over replicates of the mean shift in rank", "places", gaps=True),
        shift_sd=column(pl.Float64, "its standard deviation, divisor n - 1", "places", gaps=True),
        failed=column(pl.Int64, "country and replicate pairs without a rank on the index", "pairs", checks=COUNT),
    ),
}
SIMULATED["simulation_state"] = table(
    ("varied", "part"),
    varied=VARIED,
    part=column(pl.String, "what is held: counts or sums of one kind, of whole batches"),
    base=column(pl.String, "digest of inputs, method and seed"),
    replicates=column(pl.Int64, "replicates in it", "replicates", checks=COUNT),
    shape=column(pl.List(pl.Int64), "shape of the array"),
    kind=column(pl.String, "kind of its numbers"),
    content=column(pl.Binary, "its numbers"),
)


def _estimate(kind: str, meaning: str) -> dict[str, pa.Column]:
    """Return the columns of a Sobol' index: its value, standard error and 95 % interval."""
    parts = {"": meaning, "_error": "its standard error", "_low": "its 2.5 % quantile", "_high": "its 97.5 % quantile"}
    return {f"{kind}{part}": column(pl.Float64, text, "share", gaps=True) for part, text in parts.items()}


SIMULATED["sensitivity"] = table(
    ("factor", "node", "output", "country"),
    factor=column(pl.String, "what varies: weights, exclusion, figures, a place of choices, or imputation"),
    node=NODE,
    output=column(pl.String, "what depends on it: score, rank, or shift, the mean over countries of the shift in rank"),
    country=column(pl.String, "Eurostat code of the country; none for the shift", gaps=True),
    **_estimate("first", "share of the output's variance that the factor explains alone"),
    **_estimate("total", "share that it has a part in, alone or together with others"),
    **_estimate("interaction", "share that it explains together with others only: total less first"),
    sd=column(pl.Float64, "standard deviation of the output", "unit of the output", gaps=True),
    rows=column(pl.Int64, "rows of the design that count", "rows", checks=COUNT),
    failed=column(pl.Int64, "rows left out: a run had no value", "rows", checks=COUNT),
    doubt=column(pl.String, "why an index is missing, or not to be relied on", gaps=True),
)
