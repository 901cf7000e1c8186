"""Faults of an index folder as a whole: all at once, files that cannot be read, the built-in folders."""

from __future__ import annotations

import pytest
from test_framework import CODERS, TREE, faults

from readiness.errors import UNREADABLE, ReadinessError
from readiness.reading.frameworks import examine_framework, read_framework
from readiness.reading.places import index_folder, indices


def test_all_faults_are_listed_at_once_and_in_order(small, violations):
    small.edit(CODERS, 'unit = "points"', "unit = 3\nrnge = 1")
    small.edit("compute/chips.toml", "higher_is_better = true\n", "")
    small.edit(TREE, "lag = 1", 'lag = "one"\nlagg = 1')
    found = violations(read_framework, small.folder)
    assert sorted(each.code for each in found) == ["E501", "E502", "E502", "E503", "E503"]
    assert [each.place for each in found] == sorted(each.place for each in found)


def test_all_faults_of_the_tree_are_listed_at_once(small):
    small.edit(TREE, "price = 2", "price = -2")
    small.edit(TREE, "coders = 1", 'coders = "1"')
    assert {code for code, _, _ in faults(small)} == {"E506", "E503"}


def test_folder_that_is_not_there_cannot_be_read(tmp_path):
    with pytest.raises(ReadinessError) as caught:
        read_framework(tmp_path / "nowhere")
    assert [each.code for each in caught.value.violations] == ["E101"]
    assert caught.value.status == UNREADABLE


def test_wrong_syntax_names_its_line(small):
    small.edit(CODERS, "higher_is_better = true", "higher_is_better == true")
    assert faults(small) == [("E107", CODERS, 3)]


def test_wrong_encoding_names_its_line(small):
    small.path(CODERS).write_bytes(small.path(CODERS).read_bytes().replace(b"What is", b"What \xe9 is"))
    assert faults(small) == [("E102", CODERS, 4)]


def test_unknown_index_names_the_nearest(violations):
    (fault,) = violations(index_folder, "indicators", "eary")
    assert (fault.code, fault.hint) == ("E519", "Did you mean eari?")
    assert indices() == ["desi-2022", "eari", "hdi", "tai-2008"]
    assert index_folder("indicators", "tai") == index_folder("indicators", "tai-2008")


@pytest.mark.parametrize("index", indices())
def test_built_in_frameworks_have_no_faults(index):
    framework, found = examine_framework(index_folder("indicators", index))
    assert found == []
    assert sum(framework.declared_shares()[code] for code in framework.leaves) == pytest.approx(1, rel=1e-14)


@pytest.mark.parametrize("text", ["a = " + "9" * 5000, "a = " + "[" * 5000 + "]" * 5000], ids=["digits", "brackets"])
def test_toml_beyond_all_measure_is_a_finding(small, violations, text):
    small.write("framework.toml", text)
    assert [each.code for each in violations(small.framework)] == ["E107"]


def test_a_number_too_large_is_a_finding(small, violations):
    small.edit("framework.toml", "price = 2", "price = 1" + "0" * 400)
    assert [each.code for each in violations(small.framework)] == ["E503"]
