"""The pages: rounding, lines, and the colours and classes of the style sheet, each by itself."""

import re

import pytest
from html_page import Page
from palettes import SCHEMES, contrast, palettes
from whole_pages import whole_pages

from readiness import numbers
from readiness.report.charts.lines import sparkline
from readiness.report.charts.svg import STYLES
from readiness.report.html import style
from readiness.scale import Scale


@pytest.mark.parametrize(
    ("parts", "total", "expected"),
    [
        ([33.4, 33.4, 33.2], 100, [34, 33, 33]),
        ([0.5, 0.5], 1, [1, 0]),
        ([1.9, 1.9, 1.9], 6, [2, 2, 2]),
        ([3.0000000001], 2, [2]),
        ([-0.4, 1.4], 1, [0, 1]),
        ([], 0, []),
    ],
)
def test_largest_remainders_are_rounded_up(parts, total, expected):
    assert numbers.apportion(parts, total) == expected
    assert sum(expected) == total


def test_parts_of_another_total_are_refused():
    with pytest.raises(ValueError, match="not to 9"):
        numbers.apportion([1.0, 2.0], 9)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ":"),
        (float("nan"), ":"),
        (0.0, "0"),
        (-0.0, "0"),
        (0.0589, "0.0589"),
        (44.03, "44.0"),
        (44.0, "44"),
        (1.6, "1.6"),
        (410372.0, "410,372"),
        (7434.9956, "7,435"),
        (-0.271233, "−0.271"),
        (1e-9, "0.000000001"),
    ],
)
def test_figures_have_three_significant_digits(value, text):
    assert numbers.figure(value) == text


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(2.675, 2, "2.68"), (-0.004, 2, "0.00"), (-1.25, 1, "−1.2"), (1234.5, 0, "1,234"), (None, 2, ":")],
)
def test_scores_are_rounded_as_ranks_are(value, decimals, text):
    assert numbers.printed(value, decimals) == text


def test_a_line_breaks_at_a_gap():
    scale = Scale(0, 100, 2, 1)
    line = sparkline([10.0, 20.0, None, 40.0], scale, "2022: 10.0, 2023: 20.0, 2024: no score, 2025: 40.0")
    assert line.count("M") == 1
    assert line.count("<circle") == 2
    assert 'aria-label="2022: 10.0, 2023: 20.0, 2024: no score, 2025: 40.0"' in line


# Colours


TEXTS = [(ink, ground) for ink in ("ink", "soft", "link") for ground in ("bg", "panel", "band")]
TEXTS += [(ink, "bg") for ink in ("own", "other")]
TEXTS += [(f"on{each}", f"c{each}") for each in range(5)]
MARKS = [("mark", ground) for ground in ("bg", "panel", "band")] + [("link", "bg")]  # lines of tables, the focus
DECORATION = {"rule"}  # lines between rows carry no meaning
CHARTS = {"bar", "up", "down"}  # colours of charts alone, which are tested beside them


@pytest.mark.parametrize("scheme", SCHEMES)
def test_texts_and_marks_have_contrast(scheme):
    palette = palettes()[scheme]
    found = {(one, other): contrast(palette[one], palette[other]) for one, other in {*TEXTS, *MARKS}}
    assert [pair for pair in TEXTS if found[pair] < 4.5] == []
    assert [pair for pair in MARKS if found[pair] < 3] == []


def test_no_colour_stands_outside_the_palette():
    rules = re.sub(r"--\w+: #[0-9a-f]{6};", "", style())
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", rules) == []


def test_every_colour_of_the_palette_is_checked():
    checked = {each for pair in TEXTS + MARKS for each in pair}
    assert set(palettes()["dark"]) - checked == DECORATION | CHARTS


def test_every_colour_that_is_used_is_one_of_the_palette():
    used = set(re.findall(r"var\(--(\w+)\)", style()))
    assert used == set(palettes()["light"])


# Rules


PLAIN = {"gap", "glossary", "long", "s0", "tile"}  # names of what looks like its surroundings
DEEPER = {"deep2", "deep3"}  # nodes of a tree that has more levels


def test_every_class_of_a_page_has_a_rule_and_every_rule_is_used(complete):
    pages = [Page(text) for text in whole_pages(complete).values()]
    used = {each for page in pages for _, a, _ in page.elements for each in (a.get("class") or "").split()}
    own, charts = (classes((STYLES / name).read_text(encoding="utf-8")) for name in ("style.css", "charts.css"))
    assert used - own - charts == PLAIN
    assert own - used == DEEPER


def classes(sheet):
    return set(re.findall(r"\.([a-z][\w-]*)", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)))
