"""The report: rounding, lines and colours, each by itself."""

import re
from pathlib import Path

import pytest

from readiness import numbers
from readiness.report import pages, trend
from readiness.report.scale import Scale

STYLE = Path(pages.__file__).with_name("templates") / "style.css"


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
    line = trend.sparkline([10.0, 20.0, None, 40.0], [1, 2, 3, 4], scale, 1)
    assert line.count("M") == 1
    assert line.count("<circle") == 2
    assert 'aria-label="1: 10.0, 2: 20.0, 3: no score, 4: 40.0"' in line


# Colours


def palettes():
    text = STYLE.read_text(encoding="utf-8")
    light, dark = text.split("prefers-color-scheme: dark", 1)
    light = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", light))
    dark = {**light, **dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", dark))}
    return {"light": light, "dark": dark}


def contrast(one, other):
    def luminance(colour):
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXTS = [(ink, ground) for ink in ("ink", "soft", "link", "own", "other") for ground in ("bg", "panel")]
TEXTS += [(f"on{each}", f"c{each}") for each in range(5)]
MARKS = [(mark, ground) for mark in ("mark", "bar", "own", "other", "link") for ground in ("bg", "panel")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_and_marks_have_contrast(scheme):
    palette = palettes()[scheme]
    found = {(one, other): contrast(palette[one], palette[other]) for one, other in {*TEXTS, *MARKS}}
    assert [pair for pair in TEXTS if found[pair] < 4.5] == []
    assert [pair for pair in MARKS if found[pair] < 3] == []


def test_no_colour_stands_outside_the_palette():
    rules = re.sub(r"--\w+: #[0-9a-f]{6};", "", STYLE.read_text(encoding="utf-8"))
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(", rules) == []


def test_every_colour_of_the_palette_is_checked():
    checked = {each for pair in TEXTS + MARKS for each in pair}
    assert set(palettes()["dark"]) - checked == {"rule"}  # lines between rows carry no meaning
