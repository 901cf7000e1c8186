"""Every fault an index folder can have, each with its file and line, and what a sound folder becomes."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from fractions import Fraction

import pytest

from readiness.reading.frameworks import examine_framework, read_framework

TREE = "framework.toml"
CODERS = "skills/coders.toml"
COURSES = "skills/courses.toml"


def faults(small):
    framework, found = examine_framework(small.folder)
    assert framework is None or not found
    return [(each.code, each.file.removeprefix(f"{small.folder.as_posix()}/"), each.row) for each in found]


def only(small):
    found = examine_framework(small.folder)[1]
    assert len(found) == 1, [str(each) for each in found]
    return found[0]


def test_sound_folder_has_no_faults(small):
    assert faults(small) == []


def test_framework_is_what_the_files_say(small):
    framework = small.framework()
    assert framework.nodes == ("index", "compute", "chips", "cables", "price", "skills", "coders", "courses")
    assert framework.leaves == ("chips", "cables", "price", "coders", "courses")
    assert framework.groups_upward == ("skills", "compute", "index")
    assert framework.parents["price"] == "compute"
    assert framework.depths["price"] == 2
    assert [framework.level(code) for code in ("index", "skills", "coders")] == ["index", "pillar", "indicator"]
    assert framework.below("skills") == ("skills", "coders", "courses")
    assert framework.rules.unit_coverage == Fraction(2, 3)
    assert framework.indicators["price"].direction == -1.0
    assert framework.indicators["courses"].scored_unit == "courses per person"
    assert set(framework.all_indicators) == {*framework.leaves, "wealth", "people", "people_old"}
    assert framework.name_of("compute") == "Compute"
    assert framework.name_of("wealth") == "Wealth"
    with pytest.raises(FrozenInstanceError):
        framework.code = "other"


def test_declared_shares_multiply_down_the_tree(small):
    shares = small.framework().declared_shares()
    assert shares == {
        "index": 1, "compute": 1 / 2, "skills": 1 / 2,
        "chips": 1 / 8, "cables": 1 / 8, "price": 1 / 4, "coders": 1 / 4, "courses": 1 / 4,
    }  # fmt: skip


def test_other_weights_change_the_named_nodes_only(small):
    framework = small.framework()
    changed = framework.with_weights({"compute": 3, "chips": 0.5})
    assert changed.groups["index"].children == {"compute": 3.0, "skills": 1.0}
    assert changed.groups["compute"].children == {"chips": 0.5, "cables": 1.0, "price": 2.0}
    assert changed.groups["skills"] == framework.groups["skills"]
    assert framework.groups["index"].children["compute"] == 1.0


def test_declaration_does_not_depend_on_where_files_are(small, tmp_path):
    moved = tmp_path / "elsewhere"
    framework = small.framework()
    small.folder.rename(moved)
    other = read_framework(moved)
    assert other.indicators["chips"].file != framework.indicators["chips"].file
    assert other.declaration() == framework.declaration()


def test_branches_may_differ_in_depth(small):
    small.edit(TREE, '"pillar", "indicator"]', '"pillar", "part", "indicator"]')
    small.edit(
        TREE, "chips = 1\ncables = 1\n", "wires = 1\n\n[weights.wires]\nchips = 1\ncables = 1\n\n[weights.more]\n"
    )
    small.edit(TREE, "[weights.more]\nprice = 2\n", "")
    small.edit(TREE, "wires = 1\n", "wires = 1\nprice = 2\n")
    small.edit(TREE, "[groups.skills]", '[groups.wires]\nname = "Wires"\n\n[groups.skills]')
    for code in ("chips", "cables"):
        small.write(f"compute/wires/{code}.toml", small.path(f"compute/{code}.toml").read_text(encoding="utf-8"))
        small.remove(f"compute/{code}.toml")
    framework = small.framework()
    assert [framework.depths[code] for code in ("chips", "price", "coders")] == [3, 2, 2]
    assert {framework.level(code) for code in framework.leaves} == {"indicator"}
    assert framework.level("wires") == "part"
    assert small.run().scores["score"].null_count() == 0


# old text, new text, code, start of the line that is named
IN_TREE = {
    "unknown key": ('code = "small"', 'code = "small"\nlevls = 1', "E502", "levls"),
    "unknown table": ("[rules]", "[rulez]\nlag = 1\n\n[rules]", "E502", "[rulez]"),
    "unknown rule": ("lag = 1", "lag = 1\nmax_agee = 4", "E502", "max_agee"),
    "missing name of a group": ('name = "Skills"', 'demand = "More"', "E501", "[groups.skills]"),
    "missing rule of the reference": ('rule = "weighted_mean"\n', "", "E501", "[reference]"),
    "number for a text": ('name = "A small index"', "name = 3", "E503", "name = 3"),
    "empty text": ('name = "A small index"', 'name = " "', "E503", 'name = " "'),
    "text for a number": ("lag = 1", 'lag = "one"', "E503", "lag"),
    "negative age": ("max_age = 4", "max_age = -1", "E503", "max_age"),
    "share above one": ('node_coverage = "1/2"', 'node_coverage = "3/2"', "E503", "node_coverage"),
    "share of nothing": ('node_coverage = "1/2"', 'node_coverage = "1/0"', "E503", "node_coverage"),
    "unknown rule of the reference": ('rule = "weighted_mean"', 'rule = "mean"', "E503", "rule"),
    "unknown set of units": ('units = ["AT", "BE", "BG", "CY", "CZ", "DE"]', 'units = "EU28"', "E503", "units"),
    "year out of reach": ("editions = [2023, 2024]", "editions = [20233]", "E503", "editions"),
    "no editions": ("editions = [2023, 2024]", "editions = []", "E503", "editions"),
    "text for a list": ('denominators = ["people", "people_old"]', "denominators = 3", "E503", "denominators"),
    "text for a weight": ("price = 2", 'price = "2"', "E503", "price"),
    "truth for a weight": ("price = 2", "price = true", "E503", "price"),
    "infinite weight": ("price = 2", "price = inf", "E503", "price"),
    "context without file": ('context = ["wealth"]', 'context = ["wealth", "welth"]', "E504", "context"),
    "negative weight": ("price = 2", "price = -2", "E506", "price"),
    "weights all zero": ("coders = 1\ncourses = 1", "coders = 0\ncourses = 0.0", "E507", "[weights.skills]"),
    "group without children": ("[groups.skills]", '[groups.m]\nname = "M"\n\n[groups.skills]', "E509", "[groups.m]"),
    "one level too few": ('"pillar", "indicator"]', '"indicator"]', "E511", "chips"),
    "unknown weight of the reference": ('weight = "people"', 'weight = "wealth"', "E513", "weight"),
    "root without children": ('root = "index"', 'root = "indx"', "E501", "root"),
}  # fmt: skip


@pytest.mark.parametrize("case", IN_TREE)
def test_fault_of_the_tree_names_its_line(small, case):
    old, new, code, start = IN_TREE[case]
    small.edit(TREE, old, new)
    assert (code, TREE, small.line(TREE, start)) in faults(small)


@pytest.mark.parametrize(("old", "new"), [("[2023, 2024]", "[2023, 2024, 2024]"), ('"DE"]', '"DE", "DE"]')])
def test_edition_or_unit_that_stands_twice_is_refused(small, old, new):
    small.edit(TREE, old, new)
    row = small.line(TREE, "editions" if "2024" in old else "units")
    assert [place for _, *place in faults(small)] == [[TREE, row]]


def test_two_parents_are_refused(small):
    small.edit(TREE, "coders = 1", "coders = 1\nprice = 1")
    fault = only(small)
    assert (fault.code, fault.found, fault.expected) == ("E512", "price", "one parent; it is already below compute")
    assert fault.row == small.line(TREE, "coders = 1") + 1


@pytest.mark.parametrize(("child", "circle"), [("index", "index > skills > index"), ("skills", "skills > skills")])
def test_circle_is_refused(small, child, circle):
    small.edit(TREE, "coders = 1", f"coders = 1\n{child} = 7")
    found = examine_framework(small.folder)[1]
    (fault,) = [each for each in found if each.code == "E508"]
    assert (fault.found, fault.row) == (circle, small.line(TREE, f"{child} = 7"))


def test_group_that_hangs_nowhere_is_refused(small):
    small.edit(TREE, "compute = 1\n", "")
    assert ("E509", TREE, small.line(TREE, "[weights.compute]")) in faults(small)


def test_group_without_a_name_is_refused(small):
    small.edit(TREE, '[groups.skills]\nname = "Skills"\n', "")
    assert faults(small) == [("E501", TREE, small.line(TREE, "[weights.skills]"))]


def test_missing_key_of_the_tree_has_no_line(small):
    small.edit(TREE, 'name = "A small index"\n', "")
    fault = only(small)
    assert (fault.code, fault.column, fault.expected, fault.row) == ("E501", "name", "name, a text", None)


@pytest.mark.parametrize("key", ["groups", "weights"])
def test_table_that_is_none_is_refused(small, key):
    head, _, tail = small.path(TREE).read_text(encoding="utf-8").partition("[rules]")
    kept = "\n".join(block for block in ("[rules]" + tail).split("\n\n") if not block.startswith(f"[{key}."))
    small.write(TREE, f"{head}{key} = 3\n\n{kept}")
    assert ("E503", TREE, small.line(TREE, f"{key} = 3")) in faults(small)


IN_INDICATOR = {
    "unknown key": (CODERS, 'unit = "points"', 'unit = "points"\nrnge = [0, 1]', "E502", "rnge"),
    "unknown key of the source": (CODERS, "[source]", '[source]\nlicense = "x"', "E502", "license"),
    "no direction": (CODERS, "higher_is_better = true\n", "", "E501", None),
    "no organisation": (CODERS, 'organisation = "Office"\n', "", "E501", "[source]"),
    "direction in words": (CODERS, "higher_is_better = true", 'higher_is_better = "yes"', "E503", "higher_is_better"),
    "range upside down": (CODERS, 'unit = "points"', 'unit = "points"\nrange = [5, 1]', "E503", "range"),
    "unknown error model": (
        CODERS, "[source]", '[error]\nmodel = "guess"\nreason = "r"\n\n[source]', "E503", "model"),
    "denominator of nothing": (COURSES, "per = 1", "per = 0", "E503", "per"),
    "denominator without unit": (COURSES, 'unit = "courses per person"\n', "", "E501", "[denominator]"),
    "unknown denominator": (COURSES, 'series = "people"', 'series = "wealth"', "E513", "series"),
    "unknown rebase": (CODERS, "[source]", '[rebase]\nfrom = "peple"\nto = "people"\n\n[source]', "E513", "from"),
    "unknown transform": (CODERS, 'unit = "points"', 'unit = "points"\ntransform = "logp1"', "E514", "transform"),
}  # fmt: skip


@pytest.mark.parametrize("case", IN_INDICATOR)
def test_fault_of_an_indicator_names_its_line(small, case):
    file, old, new, code, start = IN_INDICATOR[case]
    small.edit(file, old, new)
    assert faults(small) == [(code, file, start and small.line(file, start))]


def test_line_is_right_after_a_text_of_several_lines(small):
    """A line in a text may look like a key or like the header of a table."""
    text = 'definition = """\nWhat\nrange = "is"\n[source] says."""\nrange = 3'
    small.edit(CODERS, 'definition = "What is counted."', text)
    assert faults(small) == [("E503", CODERS, small.line(CODERS, "range = 3"))]


def test_unknown_key_names_the_nearest(small):
    small.edit(CODERS, 'unit = "points"', 'unit = "points"\nmax_agee = 2')
    assert only(small).hint == "Did you mean max_age?"


def test_unknown_transform_names_the_nearest(small):
    small.edit(CODERS, 'unit = "points"', 'unit = "points"\ntransform = "logp1"')
    assert "log1p" in only(small).hint


def test_weight_without_file_is_refused(small):
    small.path(CODERS).rename(small.path("skills/coder.toml"))
    found = {fault.code: fault for fault in examine_framework(small.folder)[1]}
    assert found["E504"].row == small.line(TREE, "coders = 1")
    assert "coder" in found["E504"].hint
    assert found["E505"].file.endswith("skills/coder.toml")
    assert "coders" in found["E505"].hint


def test_weight_and_place_outside_exclude_each_other(small):
    small.edit(TREE, 'context = ["wealth"]', 'context = ["wealth", "coders"]')
    assert "E505" in [code for code, _, _ in faults(small)]


def test_file_in_the_wrong_folder_is_refused(small):
    small.write("compute/coders.toml", small.path(CODERS).read_text(encoding="utf-8"))
    small.remove(CODERS)
    fault = only(small)
    assert (fault.code, fault.found, fault.expected) == ("E510", "compute/coders.toml", "skills/coders.toml")


def test_two_files_of_one_code_are_refused(small):
    small.write("compute/coders.toml", small.path(CODERS).read_text(encoding="utf-8"))
    fault = only(small)
    assert (fault.code, fault.found) == ("E512", "coders")
    assert "compute/coders.toml" in fault.expected


def test_one_code_for_a_group_and_an_indicator_is_refused(small):
    small.edit(TREE, '"pillar", "indicator"]', '"pillar", "part", "indicator"]')
    small.edit(TREE, "coders = 1", "coders = 1\n\n[weights.coders]\nprice = 1\n\n[weights.rest]")
    small.edit(TREE, "\n\n[weights.rest]\ncourses = 1", "")
    small.edit(TREE, "coders = 1", "coders = 1\ncourses = 1")
    small.edit(TREE, "price = 2\n", "")
    small.edit(TREE, "[groups.skills]", '[groups.coders]\nname = "Coders"\n\n[groups.skills]')
    small.write("skills/coders/price.toml", small.path("compute/price.toml").read_text(encoding="utf-8"))
    small.remove("compute/price.toml")
    assert [(code, file) for code, file, _ in faults(small)] == [("E512", CODERS)]
    small.remove(CODERS)
    assert faults(small) == []
