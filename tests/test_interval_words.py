"""Words and pictures of uncertainty, each by itself."""

import re

import pytest
from html_page import Page

from readiness.report.charts.axis import Axis, of_places, of_values
from readiness.report.charts.dotrange import LEFT, RIGHT, Range, dot_range
from readiness.report.charts.rankbars import rank_bars, window
from readiness.report.charts.svg import WIDTH
from readiness.report.interval_words import chance, neighbours_in_words, places_text, scores_text, told_places
from readiness.report.spread import Spread


def pairs_of(shares, replicates=100):
    """A simulation of some countries of which only the shares of one above another are known."""
    above = {}
    for (one, other), share in shares.items():
        above[one, other] = round(share * replicates)
        above[other, one] = replicates - above[one, other]
    return Spread("all", {}, {}, above, {}, {"all": {"replicates": replicates}}, (), {}, "")


# Words


def test_a_place_alone_is_not_written_as_a_range():
    row = {"rank_low_90": 2, "rank_high_90": 2, "rank_low_50": 2.5, "rank_high_50": 4}
    assert (places_text(row), places_text(row, 50), places_text(None)) == ("2", "2.5–4", ":")
    assert (told_places(row), told_places(None)) == ("2–2", ":")  # in a sentence one place alone would read as a slip


def test_a_range_below_zero_has_no_dash_beside_a_minus():
    row = {"score_low_90": -1.25, "score_high_90": -0.5}
    assert scores_text(row, 1) == "−1.2 to −0.5"
    assert scores_text({"score_low_90": None, "score_high_90": None}, 1) == ":"


@pytest.mark.parametrize("share", [0.9450, 0.9496, 0.94999])
def test_less_than_95_per_cent_is_never_printed_as_95(share):
    assert chance(share).startswith("94")


def test_neighbours_that_cannot_be_told_apart_are_named_once():
    spread = pairs_of({("A", "B"): 0.55, ("B", "C"): 0.60, ("A", "C"): 0.70})
    members = [("A", "Alba"), ("B", "Brava"), ("C", "Corda")]
    told = ["Alba, Brava and Corda cannot be told apart: none is ahead of another in 95 % of replicates."]
    assert neighbours_in_words(spread, members, None) == told


def test_a_chain_is_not_told_as_a_group():
    spread = pairs_of({("A", "B"): 0.80, ("B", "C"): 0.80, ("A", "C"): 0.96})
    told = neighbours_in_words(spread, [("A", "Alba"), ("B", "Brava"), ("C", "Corda")], None)
    assert told == ["From Alba to Corda, none can be told apart from the next."]


def test_a_pair_across_the_border_of_a_tier_is_told():
    spread = pairs_of({("A", "B"): 0.90, ("B", "C"): 0.20})
    told = neighbours_in_words(spread, [("B", "Brava"), ("C", "Corda")], ("A", "Alba"))
    assert told == [
        "Alba, in the tier above, and Brava cannot be told apart: Alba is ahead in 90 % of replicates.",
        "Brava and Corda cannot be told apart: Corda is ahead in 80 % of replicates.",
    ]


def test_a_country_that_ranks_below_but_is_ahead_is_named():
    told = neighbours_in_words(pairs_of({("A", "B"): 0.04}), [("A", "Alba"), ("B", "Brava")], None)
    assert told == ["Brava ranks below Alba in the run but is ahead of it in 96 % of replicates."]


def test_neighbours_that_can_be_told_apart_are_not_named():
    assert neighbours_in_words(pairs_of({("A", "B"): 0.95}), [("A", "Alba"), ("B", "Brava")], None) == []


# Pictures


def rows_of(*values):
    return [
        Range(f"C{n}", f"Country {n}", tier, dot, half, most, "") for n, (tier, dot, half, most) in enumerate(values)
    ]


def ends_of(picture, style):
    """Return where the lines of a class begin and end, from left to right."""
    pattern = rf'<path class="{style}" d="M([\d.]+) [\d.]+L([\d.]+) '
    return [tuple(map(float, each)) for each in re.findall(pattern, picture)]


def test_a_dot_and_both_lines_stand_at_their_values():
    axis = of_places(11)
    picture = dot_range(rows_of((1, 1, (1, 1), (1, 11)), (2, 11, (6, 11), (1, 11))), axis, "x", "title", "desc")
    left, middle, right = (axis.place(value, LEFT, WIDTH - RIGHT) for value in (1, 6, 11))
    assert middle == pytest.approx((left + right) / 2)
    assert [float(each) for each in re.findall(r'cx="([\d.]+)"', picture)] == [left, right]
    assert ends_of(picture, "thin") == [(left, right), (left, right)]
    assert ends_of(picture, "thick") == [(middle, right)]
    assert Page(picture).faults == []


def test_the_own_row_stands_out_by_more_than_colour():
    rows = [*rows_of((1, 1, (1, 2), (1, 3))), Range("O", "Own", 1, 2, (1, 2), (1, 3), "", own=True)]
    picture = dot_range(rows, of_places(3), "x", "t", "d")
    assert re.findall(r'class="end strong"[^>]*>(\w+)<', picture) == ["Own"]
    assert (picture.count('"band"'), picture.count('"thin mine"'), picture.count('"thick mine"')) == (1, 1, 1)


def test_a_rule_and_a_number_stand_where_a_tier_begins():
    rows = rows_of(*[(tier, 1, (1, 1), (1, 1)) for tier in (1, 1, 2, 3)])
    picture = dot_range(rows, of_places(4), "x", "t", "d", "Rang")
    assert re.findall(r'class="end soft"[^>]*>(\w+)<', picture) == ["Rang", "1", "2", "3"]
    assert picture.count('class="rule"') == 3


def test_what_lies_outside_an_axis_is_drawn_at_its_end():
    axis = Axis(0, 10, [])
    assert [axis.place(value, 20, 80) for value in (-5, 0, 5, 10, 50)] == [20, 20, 50, 80, 80]
    assert Axis(3, 3, []).place(3, 20, 80) == 50


@pytest.mark.parametrize(("low", "high"), [(12.1, 87.9), (0.0, 1.0), (-2.31, 1.7), (50.0, 50.0), (0.001, 0.0017)])
def test_an_axis_holds_its_values_and_has_few_ticks(low, high):
    axis = of_values(low, high)
    assert axis.first < low <= high < axis.last
    assert 1 <= len(axis.ticks) <= 8
    assert len({text for _, text in axis.ticks}) == len(axis.ticks)
    for value, text in axis.ticks:
        assert float(text.replace("−", "-")) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize("size", [1, 2, 5, 27, 180])
def test_an_axis_of_places_begins_with_the_first(size):
    places = [value for value, _ in of_places(size).ticks]
    assert places[0] == 1 and places[-1] <= size and len(places) == len(set(places)) <= 8


def share_bars(places, own, of):
    return rank_bars(places, own, of, ("title", "desc", "run"), lambda share: f"{100 * share:g} %")


def test_bars_have_the_proportions_of_their_shares():
    picture = share_bars([(2, 0.25), (3, 0.5), (4, 0.25)], 3, 27)
    heights = [float(each) for each in re.findall(r'height="([\d.]+)"', picture)]
    assert heights[0] == heights[2] == pytest.approx(heights[1] / 2)
    assert re.findall(r'<rect class="(\w+)"', picture) == ["rest", "mine", "rest"]
    assert re.findall(r">([\d.]+ %)<", picture) == ["25 %", "50 %", "25 %"]


def test_the_rank_of_the_run_is_named_below_its_bar():
    picture = share_bars([(2, 0.25), (3, 0.5), (4, 0.25)], 3, 27)
    strong = re.findall(r'<text class="middle strong" x="([\d.]+)" y="[\d.]+">(\w+)<', picture)
    assert [text for _, text in strong] == ["3", "run"]
    bar = re.search(r'<rect class="mine" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', picture)
    middle = float(bar[1]) + float(bar[2]) / 2
    assert [float(x) for x, _ in strong] == pytest.approx([middle, middle], abs=0.1)


def test_bars_of_shared_ranks_stay_within_the_picture():
    picture = share_bars([(1, 0.5), (1.5, 0.5)], 1.5, 2)
    edges = [(float(x), float(w)) for x, w in re.findall(r'<rect[^>]*x="([\d.]+)"[^>]*width="([\d.]+)"', picture)]
    assert all(x >= 0 and x + w <= WIDTH for x, w in edges)
    assert re.findall(r'<rect class="(\w+)"', picture) == ["rest", "mine"]
    assert re.findall(r">([\d.]+ %)<", picture) == ["50 %", "50 %"]


def test_a_window_holds_all_places_and_lies_within_the_ranking():
    for of in (1, 3, 27):
        for low in range(1, of + 1):
            for high in range(low, of + 1):
                first, last = window([low, high], of)
                assert 1 <= first <= low <= high <= last <= of
                assert last - first + 1 >= min(7, of)
