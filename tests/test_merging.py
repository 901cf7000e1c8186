"""Two trees in one: every node of both once, what is the same told from what is not, weights of both in proportion."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from two_runs import sums, table_of, told, values_of

from readiness.framework import Framework, Group, Indicator, Rules
from readiness.merging import AGAIN, alike, merge
from readiness.reading.frameworks import read_framework
from readiness.reading.places import index_folder, indices

LEVELS = ("index", "pillar", "part", "indicator")
STEADY = settings(derandomize=True, deadline=None, database=None, max_examples=80)


def tree_of(tree, units=("AT", "BE"), **changed):
    """Return a framework of {group: {child: weight}}, the root first; indicators that are named have another unit."""
    leaves = [child for children in tree.values() for child in children if child not in tree]
    groups = {code: Group(code, code, {c: float(w) for c, w in children.items()}) for code, children in tree.items()}
    indicators = {code: Indicator(code, code, changed.get(code, "points"), True, "", "", "") for code in leaves}
    return Framework("made", "Made", next(iter(tree)), LEVELS, units, (2024,), Rules(), groups, indicators)


@st.composite
def trees(draw):
    """Make up a tree of one to three levels whose nodes have some of a few codes, each once."""
    codes = draw(st.permutations(["a", "b", "c", "d", "e", "f", "g"]))
    size = draw(st.integers(2, 7))
    tree = {"top": {}}
    for code in codes[:size]:
        parent = draw(st.sampled_from([each for each in tree if each != code]))
        tree[parent][code] = draw(st.sampled_from([0.5, 1, 2, 3]))
        if len(tree) < 4 and parent == "top" and draw(st.booleans()):
            tree[code] = {}
    emptied = [code for code, children in tree.items() if not children]
    for code in emptied:
        tree[code] = {f"{code}0": 1, f"{code}1": 1}
    units = {code: draw(st.sampled_from(["points", "euro"])) for code in codes}
    return tree_of(tree, **units)


def learned(tree):
    return {code: np.array(list(group.children.values())) for code, group in tree.groups.items()}


@pytest.mark.parametrize("index", indices())
def test_a_tree_merged_with_itself_is_itself(index):
    tree = read_framework(index_folder("indicators", index))
    merged = merge(tree, tree)
    assert merged.framework(later=True).nodes == merged.framework(later=False).nodes == tree.nodes
    assert merged.shared == set(tree.nodes)
    assert merged.ones == merged.others == {code: code for code in tree.nodes}
    for later in (True, False):
        own = merged.weights(learned(tree), later=later)
        assert all((own[code] == weights).all() for code, weights in learned(tree).items())


@STEADY
@given(trees())
def test_merging_with_itself_changes_no_tree(tree):
    merged = merge(tree, tree)
    assert merged.framework(later=True).nodes == tree.nodes
    assert merged.shared == set(tree.nodes)


@STEADY
@given(trees(), trees())
def test_each_tree_stands_in_the_merged_one_whole_and_once(one, other):
    merged = merge(one, other)
    parents = merged.framework(later=True).parents
    for tree, codes in ((one, merged.ones), (other, merged.others)):
        assert sorted(codes.values()) == sorted(tree.nodes)
        for code, own in codes.items():
            assert own == tree.root if code not in parents else codes[parents[code]] == tree.parents[own]
    assert set(merged.framework(later=True).nodes) == {*merged.ones, *merged.others}
    assert merged.framework(later=True).nodes == merged.framework(later=False).nodes


@STEADY
@given(trees(), trees())
def test_what_is_shared_does_not_depend_on_which_comes_first(one, other):
    there, back = merge(one, other), merge(other, one)
    assert {there.ones[code] for code in there.shared} == {back.others[code] for code in back.shared}


@STEADY
@given(trees(), trees())
def test_each_side_keeps_its_own_weights(one, other):
    merged = merge(one, other)
    for later, tree, codes in ((False, one, merged.ones), (True, other, merged.others)):
        found = merged.weights(learned(tree), later=later)
        for code, weights in found.items():
            own = {
                codes[child]: weight
                for child, weight in zip(merged.groups[code].children, weights, strict=True)
                if child in codes
            }
            if code in codes:
                assert own == tree.groups[codes[code]].children
            assert (weights > 0).all()


def merged_of(one, other):
    return merge(tree_of(one), tree_of(other))


def test_a_new_indicator_stands_behind_those_that_stay_and_one_that_is_gone_stays_in_its_place():
    merged = merged_of({"top": {"a": 1, "b": 1, "c": 2}}, {"top": {"d": 3, "a": 1, "c": 2}})
    assert merged.framework(later=True).leaves == ("a", "b", "c", "d")
    assert merged.shared == {"top", "a", "c"}
    assert ("b" in merged.ones, "b" in merged.others, "d" in merged.ones, "d" in merged.others) == (
        True,
        False,
        False,
        True,
    )


def test_a_missing_child_has_the_weight_of_the_other_side_in_proportion_to_shared_siblings():
    one, other = {"top": {"a": 1, "b": 3, "gone": 2}}, {"top": {"a": 10, "b": 30, "new": 5}}
    merged = merged_of(one, other)
    assert list(merged.groups["top"].children) == ["a", "b", "gone", "new"]
    before = merged.weights(learned(tree_of(one)), later=False)["top"]
    after = merged.weights(learned(tree_of(other)), later=True)["top"]
    np.testing.assert_allclose(before, [1, 3, 2, 0.5], rtol=1e-15)
    np.testing.assert_allclose(after, [10, 30, 20, 5], rtol=1e-15)


def test_without_shared_siblings_weights_are_as_they_are_declared():
    merged = merged_of({"top": {"a": 1, "b": 3}}, {"top": {"c": 4}})
    assert merged.weights({"top": np.array([1.0, 3.0])}, later=False)["top"].tolist() == [1, 3, 4]


def test_an_indicator_that_moved_stands_twice():
    merged = merged_of(
        {"top": {"p": 1, "q": 1}, "p": {"a": 1, "b": 1}, "q": {"c": 1}},
        {"top": {"p": 1, "q": 1}, "p": {"a": 1}, "q": {"c": 1, "b": 1}},
    )
    tree = merged.framework(later=True)
    assert tree.children("p") == ("a", "b")
    assert tree.children("q") == ("c", f"b{AGAIN}")
    assert (merged.ones["b"], merged.others[f"b{AGAIN}"]) == ("b", "b")
    assert not {"b", f"b{AGAIN}"} & merged.shared


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"unit": "euro"}, False),
        ({"higher_is_better": False}, False),
        ({"denominator": "people"}, False),
        ({"per": 1000.0}, False),
        ({"rebase": ("old", "new")}, False),
        ({"denominated_unit": "a head"}, False),
        ({"name": "Other words", "definition": "More of them", "note": "!", "source": {"organisation": "X"}}, True),
        ({"transform": "log1p", "goalposts": (0.0, 9.0), "target": (5.0, 5.0)}, True),  # a matter of method
        ({"max_age": 1, "error": {"model": "absolute", "size": 1.0}, "range": (0.0, 1.0)}, True),
    ],
    ids=str,
)
def test_an_indicator_is_the_same_if_the_same_figure_is_scored(change, same):
    tree = tree_of({"top": {"a": 1, "b": 1}})
    own = tree.indicators["a"]
    other = replace(tree, indicators={**tree.indicators, "a": replace(own, **change)})
    assert alike(own, other.indicators["a"]) is same
    assert ("a" in merge(tree, other).shared) is same


def test_a_group_that_became_an_indicator_is_another_node_with_all_below_it():
    merged = merged_of({"top": {"p": 1, "a": 1}, "p": {"b": 1, "c": 1}}, {"top": {"p": 1, "a": 1, "b": 1}})
    assert merged.framework(later=True).nodes == ("top", "p", "b", "c", f"p{AGAIN}", "a", f"b{AGAIN}")
    assert merged.shared == {"top", "a"}


def test_roots_of_other_names_are_the_same_node():
    merged = merged_of({"old": {"a": 1}}, {"new": {"a": 1}})
    assert merged.ones == {"new": "old", "a": "a"}
    assert merged.framework(later=False).root == merged.framework(later=True).root == "new"


def test_declarations_are_those_of_the_side_asked_for_and_units_those_of_both():
    one, other = tree_of({"top": {"a": 1, "b": 1}}), tree_of({"top": {"a": 1, "c": 1}}, units=("BE", "CY"))
    one = replace(one, indicators={code: replace(each, transform="log") for code, each in one.indicators.items()})
    merged = merge(one, other, ("AT", "BE", "CY"))
    before, after = (merged.framework(later=later) for later in (False, True))
    assert [before.indicators[code].transform for code in before.leaves] == ["log", "log", "none"]
    assert [after.indicators[code].transform for code in after.leaves] == ["none", "log", "none"]
    assert before.units == after.units == ("AT", "BE", "CY")


# Trees that differ, told by causes: what moved, means something else or lies deeper belongs to "indicators"


def move_price(small):
    small.edit("framework.toml", "price = 2\n", "")
    small.edit("framework.toml", "courses = 1\n", "courses = 1\nprice = 2\n")
    small.path("compute/price.toml").rename(small.path("skills/price.toml"))


def redefine_courses(small):
    small.edit("skills/courses.toml", 'unit = "points"', 'unit = "hours"')


def put_skills_deeper(small):
    small.edit("framework.toml", '"pillar", "indicator"]', '"pillar", "part", "indicator"]')
    small.edit("framework.toml", "[weights.skills]\n", "[weights.skills]\nmore = 1\n\n[weights.more]\n")
    small.edit("framework.toml", "[groups.skills]\n", '[groups.more]\nname = "More"\n\n[groups.skills]\n')
    small.path("skills/more").mkdir()
    for code in ("coders", "courses"):
        small.path(f"skills/{code}.toml").rename(small.path(f"skills/more/{code}.toml"))


def take_skills_apart(small):
    small.edit("framework.toml", "skills = 1\n", "coders = 1\n")
    small.edit("framework.toml", "[weights.skills]\ncoders = 1\ncourses = 1\n\n", "")
    small.edit("framework.toml", '[groups.skills]\nname = "Skills"\n', "")
    small.path("skills/coders.toml").rename(small.path("coders.toml"))
    small.edit("framework.toml", 'context = ["wealth"]', 'context = ["wealth", "courses"]')
    small.path("skills/courses.toml").rename(small.path("context/courses.toml"))


@pytest.mark.parametrize("turned", [False, True], ids=["there", "back"])
@pytest.mark.parametrize("change", [move_price, redefine_courses, put_skills_deeper, take_skills_apart])
def test_a_tree_that_changed_is_told_by_indicator(small, change, turned):
    before = small.run()
    change(small)
    runs = (small.run(), before)[:: 1 if turned else -1]
    table = table_of(*runs)
    scores, ranks = ([values_of(run, column) for run in runs] for column in ("score", "rank"))
    whole = sums(table)
    assert {"index", "compute"} <= set(whole["node"])
    for row in whole.iter_rows(named=True):
        key = row["country"], row["node"]
        assert row["points"] == pytest.approx(scores[1][key] - scores[0][key], abs=1e-9), key
        assert row["places"] == ranks[0][key] - ranks[1][key], key
        for value in ("points", "places", "shapley", "shapley_places"):
            assert row[f"{value}_sum"] == pytest.approx(row[value], abs=1e-9), (key, value)
    for country in before.framework.units:
        own = told(table, country)
        assert own["indicators", ""] == pytest.approx(own["total", ""], abs=1e-9), "no figure, weight or method changed"
