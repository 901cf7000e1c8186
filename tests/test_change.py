"""Causes of a change add up to what was published, and are those of an independent computation."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy_change import climbed
from two_runs import TABLE, parts, sums, told, values_of

from readiness.answer_tables import ANSWERS
from readiness.causes import BY_INDICATOR, CAUSES
from readiness.change import change_table, shapley_values
from readiness.errors import NOT_REPRODUCIBLE, USAGE, ReadinessError
from readiness.sides import must_be_met, other_edition, side_of

EDITIONS = (2022, 2023, 2024, 2025, 2026)
PAIRS = tuple(combinations(EDITIONS, 2))
STEADY = settings(derandomize=True, deadline=None, database=None, max_examples=40)


@pytest.fixture(scope="module")
def newest(eari):
    return side_of(eari)


@pytest.fixture(scope="module")
def changes(newest):
    """The causes between all pairs of editions of the built-in index."""
    sides = {edition: other_edition(newest, edition) for edition in EDITIONS}
    return {pair: change_table(sides[pair[0]], sides[pair[1]]) for pair in PAIRS}


# Shapley values


def over_all_orders(values, players):
    """Walk through every order of the players and take the mean of what each adds."""
    found = np.zeros((len(values), players))
    orders = list(permutations(range(players)))
    for order in orders:
        done = [0] * players
        for player in order:
            place = int("".join(map(str, done)), 2)
            done[player] = 1
            found[:, player] += values[:, int("".join(map(str, done)), 2)] - values[:, place]
    return found / len(orders)


@STEADY
@given(st.integers(1, 5).flatmap(lambda n: arrays.arrays(float, (2, 2**n), elements=st.floats(-100, 100))))
def test_shapley_values_are_means_over_all_orders_and_add_up(values):
    players = int(np.log2(values.shape[1]))
    found = shapley_values(values, players)
    np.testing.assert_allclose(found, over_all_orders(values, players), atol=1e-9)
    np.testing.assert_allclose(found.sum(axis=1), values[:, -1] - values[:, 0], atol=1e-9)


@STEADY
@given(arrays.arrays(float, (1, 8), elements=st.floats(-100, 100)), st.floats(-10, 10))
def test_a_player_that_adds_the_same_to_every_set_has_just_that_and_a_null_player_nothing(values, gain):
    without = np.repeat(values[:, ::2], 2, axis=1)  # the last player, the fastest, makes no difference
    np.testing.assert_allclose(shapley_values(without, 3)[0, 2], 0.0, atol=1e-12)
    adding = without + gain * np.tile([0.0, 1.0], 4)
    np.testing.assert_allclose(shapley_values(adding, 3)[0, 2], gain, atol=1e-9)


@STEADY
@given(st.lists(st.floats(-100, 100), min_size=5, max_size=5))
def test_players_who_only_count_by_their_number_have_equal_values(by_number):
    values = np.array([[by_number[bin(chosen).count("1")] for chosen in range(16)]])
    found = shapley_values(values, 4)
    np.testing.assert_allclose(found, np.full((1, 4), (by_number[4] - by_number[0]) / 4), atol=1e-9)


def test_the_value_of_a_sum_is_the_sum_of_the_values():
    rng = np.random.default_rng(5)
    one, other = rng.normal(size=(2, 3, 16))
    whole = shapley_values(one + other, 4)
    np.testing.assert_allclose(whole, shapley_values(one, 4) + shapley_values(other, 4), atol=1e-12)


# The built-in index: all countries, all pairs of editions, all nodes


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_causes_add_up_to_the_published_difference(eari, changes, pair):
    table = sums(changes[pair])
    for value in ("points", "shapley"):
        np.testing.assert_allclose(table[f"{value}_sum"], table[value], rtol=0, atol=1e-9)
    assert (table["places_sum"] == table["places"]).all(), "places in sequence are whole numbers"
    np.testing.assert_allclose(table["shapley_places_sum"], table["places"], rtol=0, atol=1e-9)
    ends = [[values_of(eari, column, edition) for edition in pair] for column in ("score", "rank")]
    members = [key for key in ends[0][1] if key in ends[0][0] and key[0] in eari.framework.units]
    assert set(table.select("country", "node").iter_rows()) == set(members)
    assert table["country"].n_unique() == 27
    for country, node, points, places in table.select("country", "node", "points", "places").iter_rows():
        key = country, node
        assert points == pytest.approx(ends[0][1][key] - ends[0][0][key], abs=1e-9), key
        assert places == ends[1][0][key] - ends[1][1][key], key


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_parts_by_indicator_add_up_to_their_cause(changes, pair):
    table = parts(changes[pair])
    assert set(table["cause"]) <= set(BY_INDICATOR)
    assert table.height > 500
    np.testing.assert_allclose(table["points_sum"], table["points"], rtol=0, atol=1e-9)
    assert (table["places_sum"] == table["places"]).all()


def test_in_one_run_others_move_no_score_but_only_ranks(changes):
    for table in changes.values():
        others = table.filter(pl.col("cause").is_in(["other_revision", "other_scale", "other_figures"]))
        assert set(others["cause"]) == {"other_figures"}, "one run has one scale, and knows one figure a year"
        assert others["points"].abs().max() == 0
        assert others["shapley"].abs().max() == 0
        assert (others["places"] != 0).any()
        assert set(table["cause"]) <= {"total", "own_figures", "other_figures", "indicators"}


def test_rows_are_in_the_order_of_the_causes_and_of_the_schema(changes):
    table = changes[2022, 2026]
    assert table.columns == list(ANSWERS["change"].columns)
    assert set(table.select("before", "after").iter_rows()) == {(2022, 2026)}
    named = {(position, cause) for position, cause in table.select("position", "cause").iter_rows()}
    assert named <= {(0, "total"), *enumerate(CAUSES, start=1)}
    split = table.filter(pl.col("indicator") != "")
    assert split.select(TABLE[2:]).null_count().row(0) == (split.height, split.height)
    assert table.filter(pl.col("indicator") == "").select(TABLE).null_count().row(0) == (0, 0, 0, 0)


def normalised(results, edition):
    """Return what each country scores on each indicator, by country."""
    own = results.cells.filter((pl.col("edition") == edition) & pl.col("normalised").is_not_null())
    found = {country: {} for country in results.framework.units}
    for country, leaf, value in own.select("country", "indicator", "normalised").iter_rows():
        found[country][leaf] = value
    return found


@pytest.mark.parametrize("pair", [(2022, 2026), (2025, 2026)], ids=str)
def test_scores_on_the_way_are_those_computed_in_plain_python(eari, changes, pair):
    """One indicator after the other takes its new score; first those in both editions, then those of one only."""
    weights = {
        code: eari.framework.groups[code].children for code in eari.framework.nodes if code in eari.framework.groups
    }
    before, after = (normalised(eari, edition) for edition in pair)
    there = [set().union(*own.values()) for own in (before, after)]
    order = [("own_figures", leaf) for leaf in eari.framework.leaves if leaf in there[0] & there[1]]
    order += [("indicators", leaf) for leaf in eari.framework.leaves if leaf in there[1] - there[0]]
    order += [("indicators", leaf) for leaf in eari.framework.leaves if leaf in there[0] - there[1]]
    assert len(order) > 30
    for country in eari.framework.units:
        own, way = dict(before[country]), []
        for step in (None, *order):
            if step:
                own.pop(step[1], None)
                own |= {leaf: value for leaf, value in after[country].items() if leaf == step[1]}
            way.append({**climbed(own, weights, False, 0.0), **climbed(own, weights, False, 0.5)})
        scored = [node for node in weights if told(changes[pair], country, node)]
        assert "index" in scored
        for node in scored:
            found = told(changes[pair], country, node)
            for number, step in enumerate(order):
                expected = way[number + 1][node] - way[number][node]
                assert found.get(step, 0.0) == pytest.approx(expected, abs=1e-9), (country, node, step)


def test_a_side_against_itself_has_zeros_only(newest):
    table = change_table(newest, newest)
    assert table.filter(pl.col("cause") == "total").height == table["country"].n_unique() * table["node"].n_unique()
    assert table.select(pl.col(TABLE).abs().max()).row(0) == (0, 0, 0, 0)
    assert not (table["indicator"] != "").any()


def test_a_country_without_change_has_zero_rows(small):
    small.drop("coders", years=(2023,))
    for code, unit in (("chips", "AT"), ("cables", "AT"), ("price", "AT"), ("courses", "AT")):
        small.drop(code, (unit,), years=(2023,))
    side = side_of(small.run())
    table = change_table(other_edition(side, 2023), side)
    own = table.filter((pl.col("country") == "AT") & (pl.col("cause") != "other_figures"))
    assert own.filter(pl.col("cause") == "own_figures").height > 5
    assert own["points"].abs().max() == 0
    assert own.filter(pl.col("cause") == "own_figures")["places"].abs().max() == 0
    assert not (own["indicator"] != "").any()


def test_two_editions_of_one_run_are_alike_however_they_are_made(eari, newest, changes):
    apart = change_table(side_of(eari, 2024), newest)  # computed twice, so that scales are found anew in each state
    key = ["country", "node", "position", "indicator"]
    both = changes[2024, 2026].join(apart, on=key, how="full", suffix="_apart")
    for value in TABLE:
        np.testing.assert_allclose(both[f"{value}_apart"].fill_null(0.0), both[value].fill_null(0.0), atol=1e-9)


def test_only_the_countries_asked_for_are_told(newest):
    before = other_edition(newest, 2025)
    table = change_table(before, newest, ["PT", "EL"])
    assert set(table["country"]) == {"PT", "EL"}
    whole = change_table(before, newest)
    assert table.equals(whole.filter(pl.col("country").is_in(["PT", "EL"])))
    assert change_table(before, newest, ["XX"]).is_empty()


# What cannot be told


def test_multiple_imputation_is_refused(small, violations):
    small.drop("coders", ("AT",))
    side = side_of(small.run(settings=["impute=multiple"]))
    with pytest.raises(ReadinessError) as caught:
        change_table(other_edition(side, 2023), side)
    (found,) = caught.value.violations
    assert (found.code, found.found, caught.value.status) == ("E781", "impute = multiple", USAGE)


@pytest.mark.parametrize("value", [51.25, None])
def test_a_stored_score_that_is_not_met_is_named(small, value):
    results = small.run()
    cell = (pl.col("country") == "BE") & (pl.col("node") == "skills") & (pl.col("edition") == 2023)
    wrong = results.scores.with_columns(score=pl.when(cell).then(value).otherwise("score"))
    side = side_of(replace(results, tables={**results.tables, "scores": wrong}))
    must_be_met(side)
    with pytest.raises(ReadinessError) as caught:
        change_table(other_edition(side, 2023), side)
    (found,) = caught.value.violations
    assert caught.value.status == NOT_REPRODUCIBLE
    assert (found.code, found.file) == ("E782", "BE skills in 2023")
    assert found.found == ("51.25" if value else "no score")


def test_a_score_that_the_figures_do_not_give_is_named_in_plain_numbers(small):
    """Table and stages agree, but nothing on the way from figures to scores leads there."""
    side = side_of(small.run())
    place, unit = side.plan.place["skills"], side.plan.units.index("BE")
    scores = side.stages.scores.copy()
    scores[:, place, unit] = 51.25
    cell = (pl.col("country") == "BE") & (pl.col("node") == "skills")
    table = side.results.scores.with_columns(score=pl.when(cell).then(51.25).otherwise("score"))
    results = replace(side.results, tables={**side.results.tables, "scores": table})
    wrong = replace(side, results=results, stages=replace(side.stages, scores=scores))
    must_be_met(wrong)
    with pytest.raises(ReadinessError) as caught:
        change_table(other_edition(wrong, 2023), wrong)
    (found,) = caught.value.violations
    assert (found.code, found.file, found.found) == ("E782", "BE skills in 2023", "51.25")
    number, _, said = found.expected.partition(", ")
    assert said == "computed again"
    assert float(number) == pytest.approx(side.stages.scores[0, place, unit], rel=1e-12)


def test_an_edition_that_the_run_does_not_have_is_named(eari, newest, violations):
    for action in (lambda: other_edition(newest, 2021), lambda: side_of(eari, 2021)):
        (found,) = violations(action)
        assert (found.code, found.found) == ("E517", "2021")
        assert "2026" in found.expected
