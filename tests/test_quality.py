"""How good the data of a country are: counted by hand, and what imputed values do against a run without them."""

from __future__ import annotations

import polars as pl
import pytest
from small_index import UNITS
from two_runs import values_of

from readiness.answer_tables import ANSWERS
from readiness.quality import grade, quality_table
from readiness.sides import other_edition, side_of


def quality_of(results, country, edition=None):
    side = side_of(results)
    table = quality_table(side if edition is None else other_edition(side, edition))
    return table.row(by_predicate=pl.col("country") == country, named=True)


def test_a_country_with_all_figures_of_the_last_year(small):
    results = small.run()
    assert quality_of(results, "BE") == {
        "country": "BE",
        "counted": 5,
        "figures": 5,
        "imputed": 0,
        "flagged": 0,
        "coverage": 1.0,
        "mean_age": 0.0,
        "oldest": 0,
        "score_observed": values_of(results, "score")["BE", "index"],
        "rank_observed": values_of(results, "rank")["BE", "index"],
        "grade": "A",
    }


def test_coverage_is_the_share_of_declared_weight(small):
    small.drop("price", ("AT",))  # half of compute, which is half of the index
    small.drop("chips", ("BE",))
    small.edit("framework.toml", "[weights.index]\ncompute = 1", "[weights.index]\ncompute = 3")
    results = small.run()
    assert quality_of(results, "AT")["coverage"] == pytest.approx(1 - 3 / 4 / 2)
    assert quality_of(results, "BE")["coverage"] == pytest.approx(1 - 3 / 4 / 4)
    assert (quality_of(results, "AT")["figures"], quality_of(results, "AT")["counted"]) == (4, 5)


def test_ages_are_counted_from_the_last_year_of_the_edition(small):
    small.drop("chips", ("AT",), years=(2023,))
    small.drop("cables", ("AT",))
    small.put("cables", "AT", 2020, 35)
    results = small.run()
    own = quality_of(results, "AT")
    assert (own["mean_age"], own["oldest"]) == (pytest.approx((1 + 3) / 5), 3)
    earlier = quality_of(results, "AT", 2023)
    assert (earlier["mean_age"], earlier["oldest"]) == (pytest.approx(2 / 5), 2)


def test_flags_of_figures_in_use_are_counted_once_a_figure(small):
    small.put("chips", "AT", 2023, 10, obs_status="ep")
    small.put("cables", "AT", 2023, 35, obs_status="b")
    small.put("price", "AT", 2022, 8.1, obs_status="u")  # not in use
    assert quality_of(small.run(), "AT")["flagged"] == 2
    assert quality_of(small.run(), "AT", 2023)["flagged"] == 1


def test_an_indicator_that_does_not_count_is_left_out_of_all(small):
    small.drop("chips", UNITS[:3])
    small.put("chips", "DE", 2023, 60, obs_status="e")
    own = quality_of(small.run(), "DE")
    assert (own["counted"], own["figures"], own["flagged"]) == (4, 4, 0)
    assert own["coverage"] == pytest.approx(1 - 1 / 8), "its weight is declared all the same"


@pytest.mark.parametrize(
    ("coverage", "age", "letter"),
    [
        (0.95, 2.0, "A"),
        (0.9499, 2.0, "B"),
        (0.95, 2.001, "B"),
        (0.80, 3.0, "B"),
        (0.7999, 3.0, "C"),
        (1.0, 3.01, "C"),
        (1.0, float("nan"), "C"),
    ],
)
def test_grades_have_their_limits(coverage, age, letter):
    assert grade(coverage, age) == letter


def test_a_country_without_any_figure_has_no_age(small):
    for code in ("chips", "cables", "price", "coders", "courses"):
        small.drop(code, ("AT",))
    own = quality_of(small.run(), "AT")
    assert (own["figures"], own["coverage"], own["grade"]) == (0, 0.0, "C")
    assert [own[name] for name in ("mean_age", "oldest", "score_observed", "rank_observed")] == [None] * 4


def test_without_its_imputed_values_a_country_has_the_score_of_a_run_without_imputation(small):
    small.drop("cables", ("AT",))
    small.drop("chips", ("AT",))
    filled, plain = (small.run(settings=[f"impute={method}", "treat=none"]) for method in ("mean", "none"))
    own = quality_of(filled, "AT")
    assert (own["imputed"], own["figures"], own["counted"]) == (2, 3, 5)
    assert own["score_observed"] == pytest.approx(values_of(plain, "score")["AT", "index"], rel=1e-12)
    assert own["rank_observed"] == values_of(plain, "rank")["AT", "index"]
    assert own["score_observed"] != pytest.approx(values_of(filled, "score")["AT", "index"], abs=1)
    assert own["coverage"] == quality_of(plain, "AT")["coverage"], "what is imputed is no figure"


def test_others_keep_their_imputed_values(small):
    small.drop("coders", ("AT",))
    small.drop("courses", ("CZ",))
    filled = small.run(settings=["impute=mean", "treat=none"])
    plain = small.run(settings=["impute=none", "treat=none"])
    scores = {unit: values_of(filled, "score")[unit, "index"] for unit in UNITS}
    for unit in ("AT", "CZ"):
        own = quality_of(filled, unit)
        assert own["score_observed"] == pytest.approx(values_of(plain, "score")[unit, "index"], rel=1e-12)
        others = [round(score, 2) for other, score in scores.items() if other != unit]
        assert own["rank_observed"] == 1 + sum(score > round(own["score_observed"], 2) for score in others)
    assert quality_of(filled, "BE")["score_observed"] == scores["BE"]


def test_a_country_with_too_few_figures_is_no_rival_of_one_without_its_imputed_values(small):
    for code in ("coders", "courses", "chips"):
        small.drop(code, ("AT",))
    small.put("cables", "AT", 2023, 90)
    small.put("price", "AT", 2023, 1)
    small.drop("chips", ("BG",))
    results = small.run(settings=["impute=mean", "treat=none"])
    assert ("AT", "index") not in values_of(results, "rank")
    own = quality_of(results, "BG")
    scores = values_of(results, "score")
    others = [round(scores[unit, "index"], 2) for unit in UNITS if unit not in ("AT", "BG")]
    assert own["rank_observed"] == 1 + sum(score > round(own["score_observed"], 2) for score in others)


def test_the_mean_of_many_draws_is_the_score_of_no_figures(small):
    small.drop("coders", ("AT",))
    results = small.run(settings=["impute=multiple"])
    own = quality_of(results, "AT")
    assert (own["imputed"], own["score_observed"], own["rank_observed"]) == (1, None, None)


def test_the_built_in_index_is_counted_from_its_cells(eari):
    side = side_of(eari)
    for edition in (2023, 2026):
        table = quality_table(other_edition(side, edition))
        assert table.columns == list(ANSWERS["quality"].columns)
        cells = eari.cells.filter((pl.col("edition") == edition) & pl.col("country").is_in(eari.framework.units))
        counts = (
            cells.filter(pl.col("normalised").is_not_null())
            .group_by("country")
            .agg(
                pl.len().alias("figures"),
                (pl.col("obs_status") != "").sum().alias("flagged"),
                (edition - 1 - pl.col("year")).mean().alias("mean_age"),
                (edition - 1 - pl.col("year")).max().alias("oldest"),
            )
        )
        both = table.join(counts, on="country", suffix="_counted")
        assert both.height == 27
        for name in ("figures", "flagged", "oldest"):
            assert (both[name] == both[f"{name}_counted"]).all(), name
        assert both["mean_age"].to_list() == pytest.approx(both["mean_age_counted"].to_list())
        assert table["imputed"].sum() == 0
        published = values_of(eari, "score", edition)
        assert dict(table.select("country", "score_observed").iter_rows()) == {
            unit: published.get((unit, "index")) for unit in eari.framework.units
        }
    assert set(quality_table(side)["grade"]) <= {"A", "B", "C"}
