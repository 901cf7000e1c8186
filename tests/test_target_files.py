"""Every fault that targets.toml and the tables beside it can have, with file and line; what a sound file becomes."""

from __future__ import annotations

import json

import pytest
from test_framework import faults, only

from readiness.reading.frameworks import framework_files, read_framework
from readiness.reading.places import index_folder
from readiness.target import Target

FILE = "targets.toml"
CHIPS = """\
# What is wanted.
[more_chips]
name = "More chips"
origin = "Someone"
series = "chips"
unit = "points"
goal = 100
by = 2030
"""


@pytest.fixture
def aimed(small):
    """The small index with one target."""
    small.write(FILE, CHIPS)
    return small


def test_a_sound_file_has_no_faults_and_becomes_targets(aimed):
    assert faults(aimed) == []
    assert aimed.framework().targets == {
        "more_chips": Target("more_chips", "More chips", "Someone", "chips", "points", 2030, goal=100.0)
    }


def test_every_key_is_kept(small):
    small.write(
        FILE,
        """\
[people_with_courses]
name = "  Courses \\n for all "
demand = "A demand"
origin = "Someone"
series = "courses"
times = "people"
per = 100
unit = "persons"
combine = "published"
goal = 4
multiple = true
baseline = 2022
start = 3
by = 2030
higher_is_better = false
national = false
growth = true
since = 2015
overstated = 0.25
proxy = '''
Not quite
the same.'''
context = true
""",
    )
    assert small.framework().targets["people_with_courses"] == Target(
        code="people_with_courses",
        name="Courses for all",
        demand="A demand",
        origin="Someone",
        series="courses",
        times="people",
        per=100.0,
        unit="persons",
        combine="published",
        goal=4.0,
        multiple=True,
        baseline=2022,
        start=3.0,
        by=2030,
        higher_is_better=False,
        national=False,
        growth=True,
        since=2015,
        overstated=0.25,
        proxy="Not quite the same.",
        context=True,
    )


def test_no_file_is_no_target(small):
    assert small.framework().targets == {}
    small.write(FILE, "# nothing yet\n")
    assert (faults(small), small.framework().targets) == ([], {})


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "column"),
    [
        ("goal = 100", "gaol = 100", "E502", 7, "more_chips.gaol"),
        ('origin = "Someone"\n', "", "E501", 2, "more_chips.origin"),
        ('series = "chips"\n', "", "E501", 2, "more_chips.series"),
        ("by = 2030\n", "", "E501", 2, "more_chips.by"),
        ('unit = "points"', "unit = 3", "E503", 6, "more_chips.unit"),
        ("goal = 100", 'goal = "100"', "E503", 7, "more_chips.goal"),
        ("goal = 100", "goal = nan", "E503", 7, "more_chips.goal"),
        ("by = 2030", "by = 2030.5", "E503", 8, "more_chips.by"),
        ("goal = 100", "goal = 100\nper = 0", "E503", 8, "more_chips.per"),
        ("goal = 100", "goal = 100\ngrowth = 1", "E503", 8, "more_chips.growth"),
        ("goal = 100", 'goal = 100\nsince = "2015"', "E503", 8, "more_chips.since"),
        ("goal = 100", 'goal = 100\ncombine = "summ"', "E503", 8, "more_chips.combine"),
        ('series = "chips"', 'series = "chps"', "E513", 5, "more_chips.series"),
        ('series = "chips"', 'series = "compute"', "E513", 5, "more_chips.series"),
        ("goal = 100", 'goal = 100\ntimes = "wealth"', "E513", 8, "more_chips.times"),
        ("goal = 100", 'goal = 100\ntimes = "equal"', "E513", 8, "more_chips.times"),
        ("goal = 100", 'goal = 100\nsplit = "equally"', "E513", 8, "more_chips.split"),
        ("goal = 100", "goal = 4\nmultiple = true", "E501", 8, "more_chips.multiple"),
        ("goal = 100", "multiple = true\nbaseline = 2022", "E501", 7, "more_chips.multiple"),
        ("goal = 100", "goal = 4\nmultiple = true\nbaseline = 2022\nsplit = 'equal'", "E503", 10, "more_chips.split"),
        ("goal = 100", "goal = 100\nstart = 5", "E501", 8, "more_chips.start"),
        ("[more_chips]", "stray = 1\n[more_chips]", "E503", 2, "stray"),
        ("[more_chips]", "[more_chips", "E107", 2, ""),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_line_and_key(aimed, old, new, code, line, column):
    aimed.edit(FILE, old, new)
    found = only(aimed)
    assert (found.code, found.file.rsplit("/", 1)[-1], found.row, found.column) == (code, FILE, line, column)


def test_hints_say_what_was_meant(aimed):
    aimed.edit(FILE, "goal = 100", "gaol = 100")
    assert only(aimed).hint.startswith("Did you mean goal")
    aimed.edit(FILE, "gaol = 100", "goal = 100")
    aimed.edit(FILE, 'series = "chips"', 'series = "chps"')
    assert only(aimed).hint == "Did you mean chips?"
    aimed.edit(FILE, 'series = "chps"', 'series = "chips"\ncombine = "publisched"')
    assert (only(aimed).expected, only(aimed).hint) == ("one of sum, published", "Did you mean published?")


def test_denominators_that_can_be_used_are_listed(aimed):
    aimed.edit(FILE, "goal = 100", 'goal = 100\nsplit = "peple"')
    assert only(aimed).expected == "one of equal, people, people_old"
    aimed.edit(FILE, 'split = "peple"', 'times = "peple"')
    assert only(aimed).expected == "one of people, people_old"


def test_all_faults_of_all_targets_are_listed_at_once(aimed):
    aimed.edit(FILE, 'series = "chips"', 'series = "chps"\ntimes = "x"\nstart = 1\nmultiple = true\nsplit = "y"')
    aimed.write(
        FILE,
        aimed.path(FILE).read_text(encoding="utf-8") + CHIPS.replace("more_chips", "other").replace('"chips"', '"z"'),
    )
    found = faults(aimed)
    assert sorted(found) == sorted(
        [
            ("E513", FILE, 5),
            ("E513", FILE, 6),
            ("E513", FILE, 9),
            ("E501", FILE, 8),
            ("E503", FILE, 9),
            ("E501", FILE, 7),
            ("E513", FILE, 17),
        ]
    )


def test_wrong_kinds_are_listed_for_every_target_before_anything_is_looked_up(aimed):
    aimed.edit(FILE, "by = 2030", "by = '2030'\nxx = 1")
    aimed.write(
        FILE,
        aimed.path(FILE).read_text(encoding="utf-8")
        + CHIPS.replace("more_chips", "other").replace("goal = 100", "goal = true"),
    )
    assert sorted(code for code, _, _ in faults(aimed)) == ["E502", "E503", "E503"]


def test_faults_of_targets_stand_beside_those_of_other_files(aimed):
    aimed.edit(FILE, 'series = "chips"', 'series = "chps"')
    aimed.edit("skills/coders.toml", 'unit = "points"', "unit = 3")
    assert sorted(code for code, _, _ in faults(aimed)) == ["E503", "E513"]


def test_the_file_is_an_input_and_part_of_the_declaration(small):
    before = small.run()
    small.write(FILE, CHIPS)
    after = small.run()
    assert [path.name for path in framework_files(small.folder)][-1] == FILE
    assert set(after.inputs) - set(before.inputs) == {FILE}
    assert after.digest != before.digest
    assert after.scores.equals(before.scores)
    json.dumps(after.framework.declaration(), default=str)


# Series beside the index: reported ones, and those that say who is alike


def test_reported_series_have_files_and_never_score(small):
    small.edit("framework.toml", 'context = ["wealth"]', 'context = ["wealth"]\nreported = ["officer"]')
    small.write("reported/officer.toml", small.path("context/wealth.toml").read_text(encoding="utf-8"))
    framework = small.framework()
    assert set(framework.reported) == {"officer"}
    assert "officer" in framework.all_indicators
    assert "officer" not in framework.leaves


def test_a_reported_series_without_a_file_is_found(small):
    small.edit("framework.toml", 'context = ["wealth"]', 'context = ["wealth"]\nreported = ["officer"]')
    assert [code for code, _, _ in faults(small)] == ["E504"]


def test_a_series_stands_either_in_the_tree_or_beside_it(small):
    small.edit("framework.toml", 'context = ["wealth"]', 'context = ["wealth"]\nreported = ["chips"]')
    found = faults(small)
    assert found
    assert {code for code, _, _ in found} <= {"E505", "E510"}


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ('output = "wealth"\npeople = "peple"', "E513", "peers.people"),
        ('output = "chips"\npeople = "people"', "E513", "peers.output"),
        ('output = "wealth"', "E501", "peers.people"),
        ('output = "wealth"\npeople = 3', "E503", "peers.people"),
        ('output = "wealth"\npeople = "people"\nclimate = "wealth"', "E502", "peers.climate"),
    ],
)
def test_faults_of_the_series_of_peers_are_named(small, text, code, column):
    small.edit("framework.toml", "[weights.index]", f"[peers]\n{text}\n\n[weights.index]")
    found = only(small)
    assert (found.code, found.column) == (code, column)
    assert found.row is not None


def test_the_built_in_targets_stand_as_they_are_declared():
    framework = read_framework(index_folder("indicators", "eari"))
    assert len(framework.targets) == 20
    compute = framework.targets["compute"]
    assert (compute.goal, compute.multiple, compute.baseline, compute.by, compute.growth) == (4, True, 2025, 2030, True)
    demanded = [code for code, each in framework.targets.items() if each.demand]
    assert all(not framework.targets[code].context for code in demanded)
    assert all(each.context for code, each in framework.targets.items() if code.startswith("decade_"))
    assert {each.series for each in framework.targets.values()} >= set(framework.reported)
    assert framework.peers == {"output": "gdp_meur", "people": "population_jan1"}
