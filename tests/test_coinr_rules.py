"""The shipped recipe coinr.toml, rule by rule: what COINr does by default, computed by hand beside the engine."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from coinr_tables import Tables, flat
from scipy.stats import kurtosis, skew

import readiness
from readiness.reading.places import builtin

COINR = builtin("indicators") / "coinr.toml"


def stage(results: readiness.Results, column: str, indicator: str = "x") -> np.ndarray:
    """Return a stage of an indicator in the order of the units, gaps as NaN."""
    cells = results.cells.filter(pl.col("indicator") == indicator).sort("country")
    return cells[column].cast(pl.Float64).fill_null(np.nan).to_numpy()


def score(results: readiness.Results, node: str, unit: str) -> float | None:
    return results.scores.filter((pl.col("node") == node) & (pl.col("country") == unit))["score"][0]


def passes(x: np.ndarray) -> bool:
    return abs(skew(x, bias=False)) < 2 or kurtosis(x, bias=False) < 3.5


def treated_by_hand(x: np.ndarray) -> np.ndarray:
    """Winsorise one point at a time, five at most; if it still fails, log(x - min + 0.01 range) of the original."""
    y = x.copy()
    for _ in range(5):
        if passes(y):
            return y
        if skew(y, bias=False) > 0:
            y[y == y.max()] = y[y < y.max()].max()
        else:
            y[y == y.min()] = y[y > y.min()].min()
    return y if passes(y) else np.log(x - x.min() + 0.01 * (x.max() - x.min()))


def run_flat(folder, **columns) -> readiness.Results:
    return flat(folder, **columns).run()


def test_the_recipe_is_without_faults_and_is_the_one_of_a_new_index(tmp_path):
    recipe = readiness.read_recipe(COINR)
    assert recipe.name == "coinr"
    folder, _ = Tables(tmp_path).init()
    assert (folder / "recipe.toml").read_bytes() == COINR.read_bytes()


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 12], "both limits kept"),
        ([-100, 1, 2, 3, 4, 5, 6, 7, 8, 108], "kurtosis above its limit, skewness not"),
    ],
)
def test_an_indicator_that_passes_one_limit_is_left_alone(tmp_path, values, why):
    x = np.array(values, dtype=float)
    assert passes(x), why
    assert stage(run_flat(tmp_path, x=values), "treated") == pytest.approx(x)


def test_the_largest_is_set_to_the_next_where_the_skew_is_to_the_right(tmp_path):
    results = run_flat(tmp_path, x=[1, 2, 3, 4, 5, 6, 7, 8, 9, 100])
    assert stage(results, "treated").tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9, 9]
    assert stage(results, "normalised") == pytest.approx([0, 12.5, 25, 37.5, 50, 62.5, 75, 87.5, 100, 100])


def test_the_smallest_is_set_to_the_next_where_the_skew_is_to_the_left(tmp_path):
    results = run_flat(tmp_path, x=[-90, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    assert stage(results, "treated").tolist() == [2, 2, 3, 4, 5, 6, 7, 8, 9, 10]


def test_points_that_tie_move_together(tmp_path):
    values = [*range(1, 21), 300.0, 300.0]
    assert not passes(np.array(values))
    assert stage(run_flat(tmp_path, x=values), "treated").tolist() == [*range(1, 21), 20, 20]


def test_points_move_one_after_the_other_until_the_indicator_passes(tmp_path):
    values = [*range(1, 21), 300.0, 900.0]
    x = np.array(values, dtype=float)
    expected = treated_by_hand(x)
    assert (expected != x).sum() == 2
    assert stage(run_flat(tmp_path, x=values), "treated") == pytest.approx(expected)


def test_the_original_is_bent_by_a_logarithm_where_five_points_do_not_help(tmp_path):
    values = [*map(float, range(80)), *(10_000.0 * 2**k for k in range(7))]
    x = np.array(values)
    expected = treated_by_hand(x)
    assert expected[0] == pytest.approx(np.log(0.01 * (x.max() - x.min())))  # the smallest: log of a hundredth
    results = run_flat(tmp_path, x=values)
    assert stage(results, "treated") == pytest.approx(expected)
    assert stage(results, "normalised") == pytest.approx(
        100 * (expected - expected.min()) / (expected.max() - expected.min())
    )


def test_min_max_turns_the_values_of_direction_minus_one(tmp_path):
    tables = flat(tmp_path, x=[2.0, 4.0, 10.0], y=[2.0, 4.0, 10.0])
    tables.meta["y"]["Direction"] = "-1"
    results = tables.run()
    assert stage(results, "normalised") == pytest.approx([0, 25, 100])
    assert stage(results, "normalised", "y") == pytest.approx([100, 75, 0])


def test_a_goalpost_on_a_negative_indicator_scores_its_lower_end_best(tmp_path):
    """COINr is silently wrong here: the direction must turn the goalposts too."""
    tables = flat(tmp_path, x=[2.0, 4.0, 10.0])
    tables.meta["x"]["Direction"] = "-1"
    folder, _ = tables.init()
    file = folder / "Only" / "x.toml"
    lines = file.read_text(encoding="utf-8").replace("higher_is_better", "goalposts = [0, 10]\nhigher_is_better")
    file.write_text(lines, encoding="utf-8")
    results = readiness.run(framework=folder, settings=["normalise=goalposts"])
    assert stage(results, "normalised") == pytest.approx([80, 60, 0])


def test_the_weight_of_a_gap_goes_to_the_others(tmp_path):
    tables = flat(tmp_path, x=[0.0, 5.0, 10.0], y=[0.0, None, 10.0], z=[10.0, 0.0, 0.0])
    for code, weight in (("x", "1"), ("y", "5"), ("z", "3")):
        tables.meta[code]["Weight"] = weight
    results = tables.run()
    assert score(results, "Only", "U00") == pytest.approx(100 * 3 / 9)
    assert score(results, "Only", "U01") == pytest.approx((50 * 1 + 0 * 3) / 4)
    assert score(results, "Only", "U02") == pytest.approx(100 * 6 / 9)


def test_one_child_is_enough_until_a_threshold_is_set(tmp_path):
    columns = {"x": [0.0, 5.0, 10.0], "y": [0.0, None, 10.0], "z": [10.0, None, 0.0], "v": [10.0, None, 0.0]}
    folder, _ = flat(tmp_path, **columns).init()
    assert score(readiness.run(framework=folder), "Only", "U01") == pytest.approx(50)
    quarter = readiness.run(framework=folder, settings=["aggregate.coverage=0.25"])
    assert score(quarter, "Only", "U01") == pytest.approx(50)
    more = readiness.run(framework=folder, settings=["aggregate.coverage=0.26"])
    assert score(more, "Only", "U01") is None
    assert score(more, "Index", "U01") is None
    assert score(more, "Only", "U00") == pytest.approx(50)


def test_a_threshold_can_be_set_for_one_level(tmp_path):
    """CYP has a quarter of the weight of Sust, DNK a third of the weight of Phys: two levels, one threshold."""
    folder, _ = Tables(tmp_path).init()
    free = readiness.run(framework=folder)
    held = readiness.run(framework=folder, settings=["aggregate.sub_pillar.coverage=0.5"])
    assert score(free, "Phys", "DNK") is not None
    assert score(held, "Phys", "DNK") is None
    assert score(held, "Sust", "CYP") == pytest.approx(score(free, "Sust", "CYP"))
    assert score(held, "Conn", "DNK") == pytest.approx(score(free, "Inst", "DNK"))


def test_a_gap_takes_the_mean_of_its_group(tmp_path):
    """HUN, an S, has no Costs: the others of S have 160 and 120. FIN, an L, has no CO2: 7.1, 8.2 and 5.1."""
    results = Tables(tmp_path).run(settings=["impute=group_mean", "impute.by=Size"])
    rows = results.cells.select("indicator", "country", "imputed").iter_rows()
    cells = {(code, unit): value for code, unit, value in rows}
    assert cells["Costs", "HUN"] == pytest.approx(140)
    assert cells["CO2", "FIN"] == pytest.approx((7.1 + 8.2 + 5.1) / 3)
    assert cells["Speed", "EST"] == pytest.approx((70 + 140) / 2)
    assert cells["Costs", "AUT"] == pytest.approx(110)


def test_an_effective_weight_is_the_product_of_the_shares_down_the_tree(tmp_path):
    results = Tables(tmp_path).run()
    effective = dict(results.weights.select("node", "effective").iter_rows())
    assert effective == pytest.approx(
        {
            "Index": 1, "Conn": 1 / 2, "Sust": 1 / 4, "Trust": 1 / 4,
            "Phys": 1 / 2 * 1 / 4, "Inst": 1 / 2 * 3 / 4,
            "Goods": 1 / 8 * 1 / 3, "Flights": 1 / 8 * 2 / 3, "Costs": 3 / 8 / 2, "Speed": 3 / 8 / 2,
            "CO2": 1 / 4 * 1 / 4, "Forest": 1 / 4 * 3 / 4,
        }
    )  # fmt: skip


def test_ties_share_the_better_rank_at_full_precision(tmp_path):
    results = run_flat(tmp_path, x=[0.0, 10.0, 10.0, 9.9999999, 2.0])
    assert dict(results.ranks.select("country", "rank").iter_rows()) == {
        "U01": 1, "U02": 1, "U03": 3, "U04": 4, "U00": 5,
    }  # fmt: skip


def test_the_recipe_serves_any_index(small):
    """The values of compute's three indicators on the small index, none extreme: plain min-max and weighted means."""
    results = small.run(recipe=COINR)
    chips, price = stage(results, "normalised", "chips"), stage(results, "normalised", "price")
    assert results.recipe.name == "coinr"
    newest = results.cells.filter((pl.col("edition") == 2024) & (pl.col("indicator") == "chips")).sort("country")
    low, high = 0.9 * 10, 60
    assert newest["normalised"].to_numpy() == pytest.approx(
        100 * (np.array([10, 20, 30, 40, 50, 60]) - low) / (high - low)
    )
    assert np.nanmin(chips) == np.nanmin(price) == 0
