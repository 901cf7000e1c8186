"""Schemas of the tables that answer an officer's questions: figures, changes, moves, targets, peers, quality."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl

from readiness.tables import COUNTRY, INDICATOR, NODE, SHARE, VINTAGE, YEAR, column, table

BEFORE = column(pl.Int32, "edition before", "year")
AFTER = column(pl.Int32, "edition after", "year")
REASON = column(pl.String, "why, in words", gaps=True)
COUNT = pa.Check.ge(0)
UNIT = "unit of the target"


def _points(meaning: str) -> pa.Column:
    return column(pl.Float64, meaning, "score", gaps=True)


def _places(meaning: str) -> pa.Column:
    return column(pl.Float64, meaning, "place", gaps=True)


def _value(meaning: str) -> pa.Column:
    return column(pl.Float64, meaning, UNIT, gaps=True)


def _chance(meaning: str) -> pa.Column:
    return column(pl.Float64, meaning, "share", gaps=True, checks=SHARE)


ANSWERS = {
    "figures": table(
        ("indicator", "country", "year", "vintage"),
        indicator=INDICATOR,
        country=COUNTRY,
        year=column(pl.Int32, "year of the figure", "year"),
        value=column(pl.Float64, "figure as published; none where confidential", "unit of the indicator", gaps=True),
        obs_status=column(pl.String, "Eurostat's observation flags"),
        conf_status=column(pl.String, "letter of a confidential figure"),
        standard_error=column(pl.Float64, "published standard error", "unit of the indicator", gaps=True),
        source=column(pl.String, "organisation that publishes the figure"),
        dataset=column(pl.String, "data set of the source"),
        vintage=VINTAGE,
        file=column(pl.String, "file the figure was read from"),
        row=column(pl.UInt32, "row of that file, the header being row 1"),
    ),
    "change": table(
        ("country", "node", "position", "indicator"),
        before=BEFORE,
        after=AFTER,
        country=COUNTRY,
        node=NODE,
        position=column(pl.Int32, "place of the cause in the fixed order; 0 is the whole change", "place"),
        cause=column(pl.String, "cause, or total"),
        indicator=column(pl.String, "indicator, where a cause is told by indicator; empty for the whole cause"),
        points=_points("change of the score when the causes come in their order"),
        places=_places("places won when the causes come in their order; below 0 lost"),
        shapley=_points("mean change of the score over all orders of the causes"),
        shapley_places=_places("mean of places won over all orders of the causes"),
    ),
    "movements": table(
        ("country", "node"),
        before=BEFORE,
        after=AFTER,
        country=COUNTRY,
        node=NODE,
        score_before=_points("score in the edition before"),
        score_after=_points("score in the edition after"),
        change=_points("difference of the two"),
        change_low_90=_points("5 % quantile of the difference in paired replicates"),
        change_high_90=_points("95 % quantile"),
        rank_before=column(pl.Float64, "rank in the edition before", "place", gaps=True, checks=pa.Check.ge(1)),
        rank_after=column(pl.Float64, "rank in the edition after", "place", gaps=True, checks=pa.Check.ge(1)),
        places=_places("places won; below 0 lost"),
        places_low_90=_places("5 % quantile of places won in paired replicates"),
        places_high_90=_places("95 % quantile"),
        chance_up=_chance("share of paired replicates in which the score is higher after"),
        beyond_noise=column(pl.Boolean, "the interval of the difference does not hold 0", gaps=True),
    ),
    "moves": table(
        ("country", "indicator"),
        country=COUNTRY,
        indicator=INDICATOR,
        value=column(pl.Float64, "figure after division", "scored unit of the indicator", gaps=True),
        median=column(pl.Float64, "median of the ranked countries", "scored unit of the indicator", gaps=True),
        gain=_points("points of the index that the median would add"),
        places=_places("places of the index that the median would win"),
        chance=_chance("share of replicates in which it wins a place"),
        reason=REASON,
    ),
    "quality": table(
        ("country",),
        country=COUNTRY,
        counted=column(pl.Int32, "indicators that count in the edition", "indicators", checks=COUNT),
        figures=column(pl.Int32, "of these, indicators with a figure", "indicators", checks=COUNT),
        imputed=column(pl.Int32, "of these, indicators with an imputed value", "indicators", checks=COUNT),
        flagged=column(pl.Int32, "figures in use that carry a flag", "figures", checks=COUNT),
        coverage=column(pl.Float64, "share of the declared indicator weight with a figure", "share", checks=SHARE),
        mean_age=column(pl.Float64, "mean age of the figures in the edition's last year", "years", gaps=True),
        oldest=column(pl.Int32, "age of the oldest figure in use", "years", gaps=True),
        score_observed=_points("score of the index without the imputed values"),
        rank_observed=_places("rank of the index without the own imputed values"),
        grade=column(pl.String, "A good, B fair, C thin"),
    ),
    "peers": table(
        ("country", "rule", "position"),
        country=COUNTRY,
        rule=column(pl.String, "what is compared: both, output, people or profile"),
        position=column(pl.Int32, "place by distance, 1 is the nearest", "place", checks=pa.Check.ge(1)),
        peer=column(pl.String, "code of the peer"),
        distance=column(pl.Float64, "distance, see peers.py", "standard deviations", checks=COUNT),
    ),
    "targets": table(
        ("target", "country"),
        target=column(pl.String, "code of the target"),
        country=COUNTRY,
        series=INDICATOR,
        year=YEAR,
        value=_value("newest value"),
        baseline_year=column(pl.Int32, "year of the baseline", "year", gaps=True),
        baseline=_value("value in the baseline year, or named for it"),
        goal=_value("what is to be reached"),
        goal_year=column(pl.Int32, "year by which", "year"),
        distance=_value("goal less value"),
        progress=column(pl.Float64, "share of the way from the baseline that is done", "share", gaps=True),
        needed=_value("change a year that reaches the goal in time; of a growth its share a year"),
        pace=_value("change a year so far, by a line through the figures; of a growth its share a year"),
        pace_error=_value("standard error of the pace"),
        recent=_value("change a year over the newest three figures"),
        figures=column(pl.Int32, "figures of the trend", "figures", checks=COUNT),
        first_year=column(pl.Int32, "first year of the trend", "year", gaps=True),
        projection=_value("where the trend leads in the goal's year"),
        projection_low=_value("lower end of its 90 % interval"),
        projection_high=_value("upper end"),
        verdict=column(pl.String, "reached, on track, behind, missed, cannot be said, not reported, no number set"),
        reason=REASON,
    ),
}
