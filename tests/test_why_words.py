"""What is said of a change: causes that add up as they are printed, ties, the part of the set of indicators."""

from __future__ import annotations

import pytest

from readiness.numbers import whole
from readiness.report.data import gather
from readiness.report.officer import front_boxes, headline
from readiness.report.sections.change import section, why
from readiness.report.texts import Texts
from readiness.report.why import added_up, finding, sentences

SAY = Texts()


@pytest.fixture(scope="module")
def facts(complete):
    return gather(complete)


def rows_of(**causes):
    """Return the rows of a change: points and places of each cause, and of the whole."""
    points, places = (sum(each[place] for each in causes.values()) for place in (0, 1))
    rows = [{"cause": name, "points": own[0], "places": own[1]} for name, own in causes.items()]
    rows.insert(0, {"cause": "total", "points": points, "places": places})
    same = {"indicator": "", "before": 2025, "after": 2026, "position": 0}
    return [row | same | {"shapley": row["points"], "shapley_places": row["places"]} for row in rows]


def told(rows, decimals=2, movement=None):
    return " ".join(sentences(SAY, "Here", rows, movement, {}, decimals))


def test_printed_causes_add_up_to_the_printed_change(facts):
    for (country, node), rows in facts.changes.items():
        *parts, total = added_up(rows, 2)
        exact = {row["cause"]: row for row in rows if not row["indicator"]}
        for name in ("points", "shapley"):
            assert sum(round(100 * row[name]) for row in parts) == round(100 * total[name]), (country, node)
            assert round(100 * total[name]) == whole(exact["total"][name], 2)
            assert all(abs(row[name] - exact[row["cause"]][name]) < 0.01 for row in parts)


def test_most_by_the_set_of_indicators_is_said_where_it_is(facts):
    seen = set()
    for code in facts.framework.units:
        rows = {row["cause"]: row["points"] for row in facts.changes[code, facts.root] if not row["indicator"]}
        mostly = rows["indicators"] * rows["total"] > 0 and abs(rows["indicators"]) > abs(rows["total"]) / 2
        seen.add(mostly)
        assert ("Most of it comes from indicators that enter or leave." in " ".join(why(facts, code))) == mostly
        assert ("mostly by indicators that enter or leave" in headline(facts, code)) == mostly
        assert ("mostly by indicators" in front_boxes(facts, code).items[-1][-1]) == mostly
    assert seen == {True, False}


def test_a_place_won_or_lost_has_its_interval(facts):
    low, high = (facts.movements["EE", "index"][f"places_{end}_90"] for end in ("low", "high"))
    assert (low, high) == (-1, 2)
    assert "In places the 90 % interval is −1 to +2." in " ".join(why(facts, "EE"))
    assert front_boxes(facts, "EE").items[-1][-1].startswith("90 % interval −1 to +2")


@pytest.mark.parametrize(
    ("causes", "said"),
    [
        ({"own_figures": (1, 1), "other_figures": (0, -1), "indicators": (2, 1)}, "Own new figures and Indicators"),
        ({"own_figures": (1, 2), "other_figures": (0, -1)}, "most came from: Own new figures (2 places won)."),
        ({"own_figures": (-1, 0), "indicators": (-2, -1)}, "most came from: Indicators that enter or leave (1 place"),
    ],
)
def test_all_causes_that_did_as_much_for_the_rank_are_named(causes, said):
    assert said in told(rows_of(**causes))


def test_a_small_change_on_a_small_scale_is_told():
    rows = rows_of(own_figures=(0.003, 1), indicators=(0.0, 0))
    assert "By causes: Own new figures (+0.003)." in told(rows, 3)
    assert finding(SAY, rows, 3) == "Own new figures: +0.003 points; the whole change: +0.003"
    assert "No cause moved the score." in told(rows, 2)


def test_a_finding_within_noise_begins_with_that():
    rows = rows_of(own_figures=(1.38, 0), indicators=(-0.73, 0))
    assert finding(SAY, rows, 2, noise=True) == "Within noise: +0.65 points, of them +1.38 from: Own new figures"


def test_a_part_that_is_new_has_a_gap_and_one_that_did_not_change_says_so(facts):
    (table,) = (each for each in section(facts, "PT").blocks if getattr(each, "caption", "").startswith("How far"))
    cells = {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in table.rows}
    assert cells["Business data"][0] == ":"
    assert cells["Business data"][2:] == [":"] * 5
    assert cells["Rules"][4] == "unchanged"
    assert cells["Data"][5] == cells["Data"][2], "all of it by indicators that enter"
