"""Charts: what is drawn stands where its value is, is said in words, stays inside the picture, and is only text."""

import re
from itertools import pairwise

import pytest
from chart_cases import ESCAPED, EXTREME, HOSTILE, LONG, ORDINARY, PLAIN, SENTENCE
from chart_marks import bare, read
from whole_pages import whole_pages

from readiness.countries import EU27
from readiness.report.charts import bars, dumbbell, heatmap, lines, tilemap, trajectory, waterfall
from readiness.report.charts.axis import of_values
from readiness.report.charts.svg import WIDTH, wrapped

NEAR = 0.11  # coordinates have one decimal


@pytest.fixture(scope="module")
def drawn():
    return {name: read(make()) for name, make in {**ORDINARY, **EXTREME}.items()}


@pytest.fixture(scope="module")
def printed_charts(complete):
    """Every chart of the pages of a run."""
    pages = whole_pages(complete)
    found = [re.findall(r"<svg.*?</svg>", pages[name], re.DOTALL) for name in ("index.html", "method.html", "PT.html")]
    return [read(each) for page in found for each in page]


def at(value):
    return pytest.approx(value, abs=NEAR)


# Words


def test_every_chart_has_a_title_and_a_description(drawn, printed_charts):
    for picture in (*drawn.values(), *printed_charts):
        root = picture.root
        linked = any(bare(each.tag) == "a" for each in root.iter())  # a picture must hold no links
        assert root.get("role") == ("group" if linked else "img")
        if "spark" in root.get("class").split():
            assert root.get("aria-label")
            continue
        title, desc = root.get("aria-labelledby").split()
        held = {each.get("id"): (bare(each.tag), each.text) for each in root if each.get("id")}
        assert set(held) == {title, desc}
        assert held[title][0] == "title"
        assert held[desc][0] == "desc"
        assert all(text for _, text in held.values())


def test_every_row_says_its_number_when_it_is_pointed_at(drawn):
    for name in ("bars", "ranges", "dumbbell", "heatmap", "waterfall", "map"):
        groups = [each for each in drawn[name].root.iter() if bare(each.tag) == "g"]
        assert groups
        assert all(bare(group[0].tag) == "title" and group[0].text for group in groups)


@pytest.mark.parametrize("name", sorted(ESCAPED))
def test_texts_are_texts_and_nothing_else(name):
    text = str(ESCAPED[name]())
    picture = read(text)
    assert {bare(each.tag) for each in picture.root.iter()} <= {
        *("svg", "title", "desc", "g", "a", "path", "rect", "circle", "text"),
    }
    assert "<script" not in text
    assert "<!--" not in text
    attributes = {key for each in picture.root.iter() for key in each.attrib}
    assert not [key for key in attributes if key.startswith("on")]
    held = [value for each in picture.root.iter() for value in (each.text, *each.attrib.values()) if value]
    assert any(HOSTILE in value for value in held)


# Places


def test_bars_begin_at_zero_and_are_as_long_as_their_values(drawn):
    for name, values in (("bars", (1.25, -0.5, 0.0)), ("bars of two series", (1.25, -2.0, -0.5, 0.25, 3.0))):
        picture = drawn[name]
        legend = 2 if name != "bars" else 0
        rects = picture.of("rect")[legend:]
        (axis,) = picture.of("path", "axis")
        zero = axis.box[0]
        unit = max(rect.box[2] - zero for rect in rects) / max(values)
        for rect, value in zip(rects, values, strict=True):
            assert (rect.box[2] if value < 0 else rect.box[0]) == at(zero)
            assert rect.box[2] - rect.box[0] == pytest.approx(max(abs(value) * unit, 0.5), abs=0.2)
            assert ("down" in rect.classes) == (value < 0)


def test_a_number_stands_at_the_end_of_its_bar(drawn):
    for picture in (drawn["bars"], drawn["bars of two series"], drawn["bars all negative"], drawn["bars huge"]):
        rects = {rect.middle[1]: rect for rect in picture.of("rect")}
        numbers = [text for text in picture.of("text") if re.fullmatch(r"[+−]?[\d,]+\.\d\d", text.text)]
        assert numbers
        for text in numbers:
            rect = rects[min(rects, key=lambda y: abs(y - text.middle[1]))]
            away = text.box[0] - rect.box[2] if "end" not in text.classes else rect.box[0] - text.box[2]
            assert 0 < away <= bars.ROOM


def test_marks_of_a_dumbbell_stand_at_their_values(drawn):
    axis = of_values(0, 100)

    def x(value):
        return at(axis.place(value, dumbbell.LEFT, WIDTH - dumbbell.RIGHT))

    picture = drawn["dumbbell"]
    own, peers, references = (
        picture.of(*each)[1:] for each in (("circle", "own"), ("circle", "peer"), ("path", "reference"))
    )
    assert [each.middle[0] for each in own] == [x(48.1), x(80.5), x(5.0)]
    assert [each.middle[0] for each in peers] == [x(22.7), x(57.5)]
    assert [each.middle[0] for each in references] == [x(52.5), x(69.4)]
    assert [each.text for each in picture.of("text", "strong")] == ["48.1", "80.5", "5.0"]
    links = [(each.box[0], each.box[2]) for each in picture.of("path", "link")]
    assert links == [(x(22.7), x(52.5)), (x(69.4), x(80.5)), (x(5.0), x(57.5))]


def test_cells_of_a_heat_map_stand_in_their_row_and_column(drawn):
    picture = drawn["heatmap"]
    cells = picture.of("rect", "cell")
    rows = sorted({each.box[1] for each in cells})
    columns = sorted({each.box[0] for each in cells})
    assert (len(rows), len(columns)) == (2, 3)
    assert [(rows.index(each.box[1]), columns.index(each.box[0])) for each in cells] == [
        (row, column) for row in range(2) for column in range(3)
    ]
    heads = picture.of("text", "middle", "soft")
    assert [each.middle[0] for each in heads] == [at(left + (WIDTH - heatmap.LEFT) / 6 - 1) for left in columns]


def test_a_class_of_colour_is_that_of_the_printed_value(drawn, printed_charts):
    seen = set()
    for picture in (*printed_charts, *drawn.values()):
        for mark in picture.of("text", "on"):
            value = re.fullmatch(r"[\d.]+", mark.text)
            if not value or "coverage-title" in picture.root.get("aria-labelledby"):
                continue
            style = min(4, int(float(mark.text) // 20))
            assert f"c{style}" in mark.classes, mark.text
            cell = [rect for rect in picture.of("rect", "cell") if rect.box[0] <= mark.middle[0] <= rect.box[2]]
            own = [rect for rect in cell if rect.box[1] <= mark.middle[1] <= rect.box[3]]
            assert len(own) == 1
            assert f"c{style}" in own[0].classes
            seen.add(style)
    assert seen == {0, 1, 2, 3, 4}


def test_a_gap_has_a_cell_without_colour(drawn):
    for name in ("heatmap", "map", "heatmap of gaps", "map of gaps"):
        gaps = [each for each in drawn[name].of("text", "on") if each.text == ":"]
        assert gaps
        assert all("none" in each.classes for each in gaps)


def test_a_tile_stands_at_the_place_of_its_country(drawn):
    for mark in drawn["map"].of("text", "strong"):
        column, row = EU27[mark.text].tile
        left, top = (column - tilemap.LEFT) * tilemap.STEP, (row - tilemap.TOP) * tilemap.STEP
        assert left < mark.middle[0] < left + tilemap.STEP
        assert top < mark.middle[1] < top + tilemap.STEP
        assert ("own" in mark.groups[-1].classes) == (mark.text == "PT")


def test_lines_go_through_their_values_and_break_at_gaps(drawn):
    picture = drawn["lines"]
    (mine,), (other,) = picture.of("path", "mine"), picture.of("path", "other")
    dots = picture.of("circle", "own")
    ticks = {each.text: each.middle[1] for each in picture.of("text", "end", "soft")}
    zero, hundred = (ticks[each] - 1.25 for each in ("0", "100"))
    height = [zero + (hundred - zero) * value / 100 for value in (40.0, 45.5, 50.25)]
    assert [each.middle[1] for each in dots] == [pytest.approx(each, abs=1.5) for each in height]
    assert mine.box[2] == at(dots[1].middle[0])  # the last value stands alone behind a gap
    assert (other.box[0], other.box[2]) == (at(dots[0].middle[0]), at(dots[2].middle[0]))
    assert [len(drawn[name].of("path", "mine")) for name in ("lines of gaps", "lines alone", "lines one edition")] == [
        0,
        0,
        0,
    ]


def test_names_at_the_ends_of_lines_do_not_touch(drawn):
    for name in ("lines", "lines all equal", "lines one edition", "lines at the ends"):
        heights = [each.middle[1] for each in drawn[name].of("text", "strong")]
        assert abs(heights[0] - heights[1]) >= lines.LABEL_HEIGHT - NEAR


def test_figures_of_a_trajectory_stand_at_year_and_value(drawn):
    picture = drawn["trajectory"]
    dots = [each.middle for each in picture.of("circle", "own")]
    values = (7.2, 7.9, 8.6, 11.5)
    ticks = {float(each.text): each.middle[1] - 1.25 for each in picture.of("text", "end", "soft")}
    (low, bottom), (high, top) = min(ticks.items()), max(ticks.items())
    for (x, y), value, year in zip(dots, values, range(2022, 2026), strict=True):
        assert y == pytest.approx(bottom + (top - bottom) * (value - low) / (high - low), abs=1.5)
        across = WIDTH - trajectory.LEFT - trajectory.RIGHT
        assert x == at(trajectory.LEFT + across * (year - 2022) / 8)
    (path,), (trend,) = picture.of("path", "path"), picture.of("path", "trend")
    assert path.box[0] == trend.box[0] == at(dots[-1][0])
    assert path.box[2] == trend.box[2] == at(WIDTH - trajectory.RIGHT)
    (band,) = picture.of("path", "band")
    assert band.box[1] < trend.box[1] < band.box[3]


def test_a_waterfall_steps_from_the_score_before_to_the_score_after(drawn):
    for name in ("waterfall", "waterfall all zero", "waterfall negative", "waterfall huge", "waterfall without causes"):
        picture = drawn[name]
        first, *steps, last = picture.of("rect")
        level = first.box[2]
        for step in steps:
            up = "up" in step.classes
            assert (step.box[0] if up else step.box[2]) == pytest.approx(level, abs=0.6)
            level = step.box[2] if up else step.box[0]
        assert last.box[2] == pytest.approx(level, abs=0.6)
        assert first.box[0] == last.box[0] == waterfall.LEFT
        links = [each.box[0] for each in picture.of("path", "link")]
        assert len(links) == len(steps) + 1


@pytest.mark.parametrize("name", sorted(name for name in {**ORDINARY, **EXTREME} if name.startswith("rank bars")))
def test_the_place_of_the_run_is_named_below_its_bar(drawn, name):
    (run,) = [each for each in drawn[name].of("text", "strong") if each.text == "run"]
    bar = drawn[name].of("rect", "mine")
    assert all(each.middle[0] == at(run.middle[0]) for each in bar)


# Edges


@pytest.mark.parametrize("name", sorted({**ORDINARY, **EXTREME}))
def test_nothing_stands_outside_the_picture(drawn, name):
    picture = drawn[name]
    assert picture.marks or name in ("spark of gaps",)
    outside = [
        (each.tag, each.text[:30], each.box)
        for each in picture.marks
        if each.box[0] < -NEAR
        or each.box[1] < -NEAR
        or each.box[2] > picture.width + NEAR
        or each.box[3] > picture.height + NEAR
    ]
    assert outside == []


def test_numbers_are_finite(drawn):
    for name, picture in drawn.items():
        values = [
            value for each in picture.root.iter() for key, value in each.attrib.items() if key not in ("class", "id")
        ]
        assert not [value for value in values if re.search(r"\b(nan|inf)\b", value)], name


def test_rows_do_not_touch(drawn):
    for name in ("bars long", "dumbbell long", "waterfall long", "heatmap of labels in two lines"):
        labels = sorted({each.box[1::2] for each in drawn[name].of("text", "end") if each.box[2] < 200})
        assert all(lower >= upper - NEAR for (_, upper), (lower, _) in pairwise(labels)), name


@pytest.mark.parametrize("name", sorted(name for name in EXTREME if name.endswith(" long")))
def test_what_is_cut_ends_in_an_ellipsis_and_is_told_in_full(drawn, name):
    picture = drawn[name]
    cut = [each.text for each in picture.of("text") if each.text.endswith("…")]
    told = " ".join(picture.titles)
    for text in cut:
        whole = next(each for each in (*PLAIN, LONG, SENTENCE, "Bosnia and Herzegovina") if text[:-1] in each)
        assert whole.strip() in told, text


@pytest.mark.parametrize("letters", [4, 16, 23])
@pytest.mark.parametrize("text", [*PLAIN, LONG, SENTENCE, "", "a b", "ab " * 40])
def test_a_label_has_two_lines_at_most_and_loses_nothing_without_a_sign(text, letters):
    found = wrapped(text, letters)
    assert 1 <= len(found) <= 2
    assert all(len(line) <= letters for line in found)
    if not any(line.endswith("…") for line in found):
        assert " ".join(found).split() == text.split()


def test_the_same_chart_has_the_same_bytes():
    assert {name: make() for name, make in ORDINARY.items()} == {name: make() for name, make in ORDINARY.items()}
