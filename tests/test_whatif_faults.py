"""Figures that a what-if cannot take: every fault at once, with what can be asked instead, and no secret in it."""

from __future__ import annotations

import pytest
from small_index import UNITS

from readiness.errors import USAGE, ReadinessError
from readiness.whatif import what_if


def refused(results, country, changes):
    with pytest.raises(ReadinessError) as caught:
        what_if(results, country, changes)
    assert caught.value.status == USAGE
    return caught.value.violations


def test_an_unknown_country_is_named_with_what_was_meant(small):
    (found,) = refused(small.run(), "Belgum", {"chips": 20})
    assert (found.code, found.found, found.hint) == ("E520", "Belgum", "Did you mean Belgium or BG?")
    (reference,) = refused(small.run(), "EU27_2020", {"chips": 20})
    assert reference.code == "E520"


def test_an_unknown_indicator_is_named_with_what_was_meant(small):
    (found,) = refused(small.run(), "BE", {"chps": 20})
    assert (found.code, found.found, found.hint) == ("E518", "chps", "Did you mean chips?")
    (group,) = refused(small.run(), "BE", {"compute": 20})
    assert group.code == "E518"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        [],
        ["chips"],
        ["=20"],
        ["chips=20", "chips=30"],
        ["chips=much"],
        ["chips=10%"],
        ["chips=nan"],
        ["chips="],
        ["chips=1,5"],
    ],
)
def test_a_change_that_cannot_be_read_is_refused(small, changes):
    found = refused(small.run(), "BE", changes)
    assert {each.code for each in found} == {"E783"}
    assert all("INDICATOR=VALUE" in each.expected for each in found)


def test_a_percentage_of_nothing_is_refused(small):
    small.drop("chips", ("BE",))
    (found,) = refused(small.run(), "BE", ["chips=+10%"])
    assert found.code == "E783"


def test_an_indicator_that_does_not_count_is_refused(small):
    small.drop("chips", UNITS[:3])
    (found,) = refused(small.run(), "DE", {"chips": 20})
    assert (found.code, found.found) == ("E784", "chips")
    assert "2024" in found.expected


def test_a_figure_outside_the_range_is_refused(small):
    small.edit("compute/chips.toml", 'unit = "points"', 'unit = "points"\nrange = [0, 100]')
    for value in (-1, 101):
        (found,) = refused(small.run(), "BE", {"chips": value})
        assert (found.code, found.expected, found.hint) == ("E785", "0 to 100", "Today it is 20.")


@pytest.mark.parametrize("value", [8.9, 60.1])
def test_a_figure_beyond_the_scale_is_refused_with_its_ends(small, value):
    (found,) = refused(small.run(), "BE", {"chips": value})
    assert (found.code, found.expected) == ("E785", "9 to 60, the scale of the run")
    assert found.hint == "Today it is 20."


@pytest.mark.parametrize("value", [10, 5000, 0])
def test_the_ends_of_the_scale_are_told_in_the_unit_that_was_asked_in(small, value):
    """Courses are scored per person; AT has nine, and the scale runs from 0.9 x 650 / 83 to 210."""
    (found,) = refused(small.run(), "AT", {"courses": value})
    low, high = 9 * 0.9 * 650 / 83, 9 * 210
    assert (found.code, found.expected) == ("E785", f"{low:.4g} to {high:.4g}, the scale of the run")


def test_every_fault_is_told_at_once(small):
    small.drop("cables", UNITS[:3])
    small.edit("compute/price.toml", 'unit = "points"', 'unit = "points"\nrange = [0, 100]')
    found = refused(small.run(), "BE", ["chps=1", "cables=3", "price=900", "coders=x"])
    assert sorted(each.code for each in found) == ["E518", "E783", "E784", "E785"]


@pytest.mark.parametrize("changes", [["chips=+10%"], ["chips=9999"], ["chips=-5"], ["chips=20"]])
def test_a_confidential_figure_is_never_told(small, changes):
    small.edit("compute/chips.toml", 'unit = "points"', 'unit = "points"\nrange = [0, 100]')
    small.drop("chips", ("BE",))
    small.put("chips", "BE", 2023, 41.375, conf_status="C")
    results = small.run()
    try:
        found = what_if(results, "BE", changes)
    except ReadinessError as error:
        assert "41.375" not in str(error)
        assert "1.375" not in repr(error.violations)
    else:
        assert found.changes["now"][0] is None
        assert "41.375" not in f"{found.changes.rows()} {found.nodes.rows()}"
