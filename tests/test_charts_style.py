"""The style sheet of the charts: every rule speaks to something, every class has one, and all can be read and seen."""

import re

import pytest
from chart_cases import EXTREME, ORDINARY
from chart_marks import colour, matches, read, rules
from palettes import SCHEMES, contrast, palettes
from whole_pages import whole_pages

from readiness.report.charts.svg import FONT, printable
from readiness.report.data import gather
from readiness.report.maps import map_chart

PLAIN = {"s0", "tile"}  # names of what looks like its surroundings
DECORATION = {"grid", "band", "cut"}  # lines that help the eye, what shades, and a break in a bar


@pytest.fixture(scope="module")
def charts(complete):
    """The charts of two pages, the map of a print with a country that stands out, and one chart of every kind."""
    pages = whole_pages(complete)
    found = [
        each for name in ("index.html", "PT.html") for each in re.findall(r"<svg.*?</svg>", pages[name], re.DOTALL)
    ]
    found += [map_chart(gather(complete), "PT").svg, *(make() for make in ORDINARY.values())]
    return [read(each) for each in found]


def every_mark(charts):
    return [mark for picture in charts for each in picture.marks for mark in (each, *each.groups)]


def test_every_rule_speaks_to_a_mark(charts):
    marks = every_mark(charts + [read(make()) for make in EXTREME.values()])
    assert [selector for selector, _ in rules() if not any(matches(selector, mark) for mark in marks)] == []


def test_every_class_has_a_rule(charts):
    known = {name for selector, _ in rules() for name in re.findall(r"\.([a-z]\w*)", selector)}
    assert {name for mark in every_mark(charts) for name in mark.classes} - known == PLAIN


def test_every_mark_has_a_colour_of_the_palette(charts):
    names = set(palettes()["light"])
    for picture in charts:
        for mark in picture.marks:
            used = {colour(mark, "fill"), colour(mark, "stroke")} - {""}
            assert used, mark
            assert used <= names


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_can_be_read_on_what_lies_below_it(charts, scheme):
    palette, poor, seen = palettes()[scheme], set(), set()
    for picture in charts:
        for number, mark in enumerate(picture.marks):
            if mark.tag == "text":
                pair = (colour(mark, "fill"), ground(picture.marks[:number], mark))
                seen.add(pair)
                poor |= {pair} if contrast(palette[pair[0]], palette[pair[1]]) < 4.5 else set()
    assert poor == set()
    assert seen >= {("ink", "bg"), ("soft", "bg"), ("own", "bg"), ("other", "bg"), ("ink", "band")}
    assert seen >= {(f"on{each}", f"c{each}") for each in range(5)}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_mark_can_be_seen_on_what_lies_below_it(charts, scheme):
    palette, poor, seen = palettes()[scheme], set(), set()
    for picture in charts:
        for number, mark in enumerate(picture.marks):
            if mark.tag == "text" or mark.classes & DECORATION:
                continue
            below = ground(picture.marks[:number], mark)
            colours = {colour(mark, "fill"), colour(mark, "stroke")} - {""}
            seen |= colours
            best = max(contrast(palette[each], palette[below]) for each in colours)
            poor |= {(min(mark.classes, default=""), min(colours), below)} if best < 3 else set()
    assert poor == set()
    assert seen >= {"up", "down", "bar", "own", "other", "mark", "ink"}


def ground(painted, mark):
    """Return the colour on which a mark is painted: that of the last area that holds it, else of the page."""
    x, y = mark.middle
    for each in reversed(painted):
        left, top, right, bottom = each.box
        held = left <= x <= right and top <= y <= bottom and mark.box[3] - mark.box[1] <= bottom - top
        if each.tag == "rect" and held and colour(each, "fill"):
            return colour(each, "fill")
    return "bg"


def test_areas_that_shade_are_not_needed_to_read_a_chart(charts):
    """The band of a trend has its middle line, that of a row its strong name: neither is told by its shade alone."""
    for picture in charts:
        for mark in picture.marks:
            if "band" in mark.classes:
                assert any(each.classes & {"trend", "strong"} for each in picture.marks)


def test_a_chart_in_print_has_its_colours_and_its_font_inside(charts):
    for make in ORDINARY.values():
        text = printable(str(make()))
        sheet = re.search(r"<style>(.*?)</style>", text)[1]
        assert "var(" not in sheet
        assert FONT in sheet
        assert set(re.findall(r"#[0-9a-f]{6}", sheet)) <= set(palettes()["light"].values())
        assert [each.box for each in read(text).marks] == [each.box for each in read(make()).marks]
