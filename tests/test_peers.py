"""Who is alike: distances that can be worked out on paper, ties, gaps, and figures that do not count."""

from __future__ import annotations

from math import log, sqrt

import numpy as np
import polars as pl
import pytest
from small_index import UNITS
from two_runs import values_of

from readiness.answer_tables import ANSWERS
from readiness.peers import BOTH, OUTPUT, PEOPLE, PROFILE, RULES, peers_table
from readiness.sides import other_edition, side_of

DOUBLED = (1, 2, 4, 8, 16, 32)  # people: a doubling from each unit to the next
A_HEAD = (4, 4, 1, 16, 1, 16)  # output a head: so many doublings from 1 are 2, 2, 0, 4, 0, 4
PEOPLE_STEP = 1 / np.std(range(6), ddof=1)  # one doubling of the people, in standard deviations
OUTPUT_STEP = 1 / np.std([2, 2, 0, 4, 0, 4], ddof=1)


@pytest.fixture
def alike(small):
    """The small index with GDP and people of which the logarithms are whole numbers."""
    small.edit("framework.toml", "[weights.index]", '[peers]\noutput = "wealth"\npeople = "people"\n\n[weights.index]')
    for unit, people, a_head in zip(UNITS, DOUBLED, A_HEAD, strict=True):
        small.put("people", unit, 2023, people)
        small.put("wealth", unit, 2023, people * a_head)
    return small


def peers_of(results, country, rule, number=4, edition=None):
    side = side_of(results, edition)
    own = peers_table(side, number).filter((pl.col("country") == country) & (pl.col("rule") == rule)).sort("position")
    assert own["position"].to_list() == list(range(1, own.height + 1))
    return dict(own.select("peer", "distance").iter_rows())


def test_distances_in_people_are_doublings_in_standard_deviations(alike):
    found = peers_of(alike.run(), "AT", PEOPLE)
    assert list(found) == ["BE", "BG", "CY", "CZ"]
    assert list(found.values()) == pytest.approx([1 * PEOPLE_STEP, 2 * PEOPLE_STEP, 3 * PEOPLE_STEP, 4 * PEOPLE_STEP])


def test_distances_in_output_are_those_a_head_and_ties_stand_in_the_order_of_the_codes(alike):
    found = peers_of(alike.run(), "AT", OUTPUT, number=5)
    assert list(found) == ["BE", "BG", "CY", "CZ", "DE"], "all but the first are two doublings away"
    assert list(found.values()) == pytest.approx([0] + 4 * [2 * OUTPUT_STEP])


def test_both_are_the_distance_in_the_plane(alike):
    found = peers_of(alike.run(), "BG", BOTH, number=5)
    by_hand = {
        "AT": (2, 2),
        "BE": (1, 2),
        "CY": (1, 4),
        "CZ": (2, 0),
        "DE": (3, 4),
    }
    expected = {unit: sqrt((p * PEOPLE_STEP) ** 2 + (o * OUTPUT_STEP) ** 2) for unit, (p, o) in by_hand.items()}
    assert found == pytest.approx(expected)
    assert list(found) == sorted(expected, key=expected.get)


def test_scale_of_a_series_does_not_matter(alike):
    before = peers_table(side_of(alike.run()))
    for unit, people, a_head in zip(UNITS, DOUBLED, A_HEAD, strict=True):
        alike.put("wealth", unit, 2023, 1000 * people * a_head)
    after = peers_table(side_of(alike.run()))
    assert after.drop("distance").equals(before.drop("distance"))
    np.testing.assert_allclose(after["distance"], before["distance"], atol=1e-12)


def test_profiles_are_apart_by_the_scores_of_the_pillars(alike):
    results = alike.run()
    scores = values_of(results, "score")
    own = np.array([[scores[unit, node] for unit in UNITS] for node in ("compute", "skills")])
    spread = own.std(ddof=1)
    for at, unit in enumerate(UNITS):
        expected = {
            other: sqrt(((own[:, at] - own[:, place]) ** 2).sum() / 2) / spread
            for place, other in enumerate(UNITS)
            if other != unit
        }
        found = peers_of(results, unit, PROFILE, number=5)
        assert found == pytest.approx(expected)
        assert list(found) == sorted(expected, key=lambda other: (round(expected[other], 12), other))


def test_profiles_compare_the_pillars_that_both_have(alike):
    for code in ("coders", "courses"):
        alike.drop(code, ("AT",))
    results = alike.run()
    scores = values_of(results, "score")
    known = [value for (unit, node), value in scores.items() if node in ("compute", "skills") and unit in UNITS]
    assert len(known) == 11
    expected = abs(scores["AT", "compute"] - scores["BE", "compute"]) / np.std(known, ddof=1)
    assert peers_of(results, "AT", PROFILE, number=5)["BE"] == pytest.approx(expected)


def test_equal_profiles_have_no_distance(alike):
    alike.edit("framework.toml", "editions = [2023, 2024]", "editions = [2024]")
    for code in ("chips", "cables", "price", "coders", "courses"):
        people = DOUBLED if code == "courses" else (1,) * 6
        for number, (unit, size) in enumerate(zip(UNITS, people, strict=True)):
            alike.put(code, unit, 2023, (5 + (number % 2)) * size)
        alike.drop(code, years=(2022,))
    found = peers_of(alike.run(settings=["treat=none"]), "AT", PROFILE, number=5)
    assert [found[unit] for unit in ("BG", "CZ")] == [0, 0]
    assert list(found)[:2] == ["BG", "CZ"]


def test_a_country_without_a_figure_has_peers_by_what_is_known(alike):
    alike.drop("wealth", ("DE",))
    results = alike.run()
    assert [peers_of(results, "DE", rule) for rule in (OUTPUT, BOTH)] == [{}, {}]
    assert len(peers_of(results, "DE", PEOPLE)) == len(peers_of(results, "DE", PROFILE)) == 4
    assert "DE" not in peers_of(results, "AT", OUTPUT, number=5)


def test_without_series_only_profiles_are_compared(small):
    table = peers_table(side_of(small.run()))
    assert set(table["rule"]) == {PROFILE}
    assert table.height == 6 * 4


@pytest.mark.parametrize(
    "more", [{"conf_status": "C"}, {"obs_status": "f"}, {"obs_status": "ef"}], ids=["confidential", "forecast", "both"]
)
def test_confidential_figures_and_forecasts_do_not_count(alike, more):
    alike.put("wealth", "AT", 2022, 4)
    before = peers_table(side_of(alike.run()))
    alike.put("wealth", "AT", 2023, 900, **more)
    assert peers_table(side_of(alike.run())).equals(before)


def test_a_figure_of_a_year_that_was_not_over_does_not_count(alike):
    before = peers_table(side_of(alike.run()))
    alike.put("wealth", "AT", 2024, 9000)
    assert peers_table(side_of(alike.run())).equals(before)
    alike.put("wealth", "AT", 2022, 64)
    side = side_of(alike.run())
    earlier = peers_table(other_edition(side, 2023))
    assert (
        earlier.filter(pl.col("rule") == OUTPUT)["distance"].to_list()
        != before.filter(pl.col("rule") == OUTPUT)["distance"].to_list()
    )


def test_only_what_was_known_on_the_day_counts(alike):
    before = peers_table(side_of(alike.run()))
    alike.put("wealth", "AT", 2023, 900, vintage="2025-06-01")
    assert peers_table(side_of(alike.run(as_of="2025-05-31"))).equals(before)
    assert not peers_table(side_of(alike.run(as_of="2025-06-01"))).equals(before)


def test_every_country_has_four_peers_by_every_rule(eari):
    table = peers_table(side_of(eari))
    assert table.columns == list(ANSWERS["peers"].columns)
    assert set(table["rule"]) == set(RULES)
    assert table.height == 27 * 4 * 4
    assert table.filter(pl.col("country") == pl.col("peer")).is_empty()
    assert set(table["peer"]) <= set(eari.framework.units)
    assert (table["distance"] >= 0).all()
    assert table.equals(table.sort("country", "rule", "position"))
    grown = table.group_by("country", "rule", maintain_order=True).agg(pl.col("distance").is_sorted().alias("sorted"))
    assert grown["sorted"].all()


def test_the_nearest_in_population_are_those_one_knows(eari):
    known = eari.panel.known().filter(
        (pl.col("indicator") == "population_jan1") & (pl.col("year") == 2022)
    )  # the newest
    people = {geo: value for geo, value in known.select("geo", "value").iter_rows() if geo in eari.framework.units}
    own = peers_of(eari, "PT", PEOPLE)
    by_size = sorted((abs(log(value / people["PT"])), unit) for unit, value in people.items() if unit != "PT")
    assert list(own) == [unit for _, unit in by_size[:4]]
