"""Every chart is valid, plain, the same twice, says what it shows, and refuses what the run does not have."""

from __future__ import annotations

import json
import sys

import pytest
from chart_rows import every_row, layers, rows, subtitle, title

import readiness
from readiness.plotting import CHARTS, Plots
from readiness.plotting_canvas import (
    BAR,
    CLASSES,
    DOWN,
    FADED,
    HIGHLIGHT,
    INK,
    LINES,
    MARK,
    ON_CLASSES,
    UP,
    WHITE,
    table,
)

DRAWN = {
    "ranking": lambda plot: plot.ranking(highlight="PT"),
    "scores": lambda plot: plot.scores(highlight=["PT", "Spain"]),
    "pillars": lambda plot: plot.pillars(),
    "map": lambda plot: plot.map("skills", "PT"),
    "trend": lambda plot: plot.trend("PT", "Spain"),
    "change": lambda plot: plot.change("PT"),
    "contributions": lambda plot: plot.contributions("PT"),
    "moves": lambda plot: plot.moves("PT"),
    "targets": lambda plot: plot.targets("PT"),
    "compare": lambda plot: plot.compare("PT", "ES"),
    "scatter": lambda plot: plot.scatter("gdp_meur", log_x=True),
}
WITH_COUNTRY = {
    "ranking": lambda plot, word: plot.ranking(highlight=word),
    "scores": lambda plot, word: plot.scores(word),
    "map": lambda plot, word: plot.map(highlight=word),
    "trend": lambda plot, word: plot.trend("ES", word),
    "change": lambda plot, word: plot.change(word),
    "contributions": lambda plot, word: plot.contributions(word),
    "contributions against": lambda plot, word: plot.contributions("ES", word),
    "moves": lambda plot, word: plot.moves(word),
    "targets": lambda plot, word: plot.targets(word),
    "compare": lambda plot, word: plot.compare(word, "ES"),
    "scatter": lambda plot, word: plot.scatter("skills", highlight=word),
}
WITH_NODE = {
    "map": lambda plot, word: plot.map(word),
    "trend": lambda plot, word: plot.trend(node=word),
    "change": lambda plot, word: plot.change("PT", word),
    "scatter": lambda plot, word: plot.scatter(word),
}
HOSTILE = '"]<script>alert(1)</script> =1+1 datum.x \\n'


@pytest.fixture(params=["eari", "simulated"])
def plot(request):
    return request.getfixturevalue(request.param).plot


@pytest.fixture(scope="module")
def again(simulated):
    """The charts of the same run, made from its tables once more."""
    return Plots(simulated.plot.answers)


def test_every_chart_is_drawn_here():
    assert set(DRAWN) == set(CHARTS)
    assert all(callable(getattr(Plots, name)) for name in CHARTS)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_valid_and_says_what_it_shows(plot, name):
    chart = DRAWN[name](plot)
    plain = chart.to_dict(validate=True)
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain  # plain values, no NaN
    assert len(title(chart)) > 10
    assert "2026" in subtitle(chart)
    assert len(plain["description"]) > 30
    assert any("tooltip" in layer["encoding"] for layer in plain["layer"])
    assert len(every_row(chart)) > 0


@pytest.mark.parametrize("name", CHARTS)
def test_the_same_run_gives_the_same_chart(simulated, again, name):
    one, other = (DRAWN[name](each).to_json(indent=None) for each in (simulated.plot, again))
    assert one == other


FIELDS = {  # which fields the marks of a chart stand at: across, and to
    ("ranking", "rule"): [(None, None), ("low", "high"), ("half_low", "half_high")],
    ("ranking", "point"): [("rank", None)],
    ("scores", "bar"): [("score", "start")],
    ("scores", "rule"): [("low", "high"), ("score", None)],
    ("pillars", "rect"): [("pillar", None)],
    ("map", "rect"): [("column", None)],
    ("trend", "line"): [("edition", None)],
    ("change", "bar"): [("start", "stop")],
    ("change", "tick"): [("stop", None)],
    ("contributions", "bar"): [("points", "start")],
    ("moves", "bar"): [("gain", "start")],
    ("targets", "bar"): [("value", "zero")],
    ("targets", "rule"): [("projection_low", "projection_high")],
    ("targets", "tick"): [("goal", None)],
    ("compare", "rule"): [("one", "other")],
    ("compare", "point"): [("score", None)],
    ("scatter", "point"): [("x", None)],
}


@pytest.mark.parametrize(("name", "mark"), FIELDS)
def test_marks_stand_at_the_values_they_are_of(simulated, name, mark):
    found = [layer["encoding"] for layer in layers(DRAWN[name](simulated.plot), mark)]
    assert [tuple(each.get(side, {}).get("field") for side in ("x", "x2")) for each in found] == FIELDS[name, mark]


def test_numbers_that_are_not_finite_are_gaps():
    given = [{"a": float("nan"), "b": float("inf"), "c": 1.5, "d": None, "e": "nan"}]
    assert table(given).to_dict()["values"] == [{"a": None, "b": None, "c": 1.5, "d": None, "e": "nan"}]


def test_axes_have_titles_with_units(simulated):
    for name in ("scores", "contributions", "moves", "change", "compare", "scatter", "trend"):
        plain = DRAWN[name](simulated.plot).to_dict()
        titles = {
            each["axis"]["title"]
            for layer in plain["layer"]
            for each in layer["encoding"].values()
            if isinstance(each, dict) and (each.get("axis") or {}).get("title")
        }
        assert titles, name
        assert all("(" in each for each in titles), name


def test_charts_can_be_put_side_by_side(simulated):
    both = simulated.plot.ranking() | simulated.plot.scores()
    assert len(both.to_dict(validate=True)["hconcat"]) == 2


def test_plots_name_themselves_shortly(eari):
    assert repr(eari.plot).startswith("Plots of European AI Readiness Index 2026: ranking, ")


@pytest.mark.parametrize("name", WITH_COUNTRY)
def test_an_unknown_country_is_refused_with_what_was_meant(simulated, violations, name):
    found = violations(WITH_COUNTRY[name], simulated.plot, "Portugall")
    assert [each.code for each in found] == ["E520"]
    assert found[0].hint == "Did you mean Portugal?"


@pytest.mark.parametrize("name", WITH_NODE)
def test_an_unknown_node_is_refused_with_what_was_meant(simulated, violations, name):
    found = violations(WITH_NODE[name], simulated.plot, "skils")
    assert [each.code for each in found] == ["E520"]
    assert "skills" in found[0].hint.lower()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (lambda plot: plot.ranking(80), "a level of 50, 90 and 95 %"),
        (lambda plot: plot.moves("PT", 0), "1 or more"),
        (lambda plot: plot.compare("PT", "PT"), "another country than the first"),
        (lambda plot: plot.contributions("PT", "PT"), "another country than the first"),
        (lambda plot: plot.compare("PT", "ES", "pilar"), "a level of the index"),
        (lambda plot: plot.trend("European Unoin"), "a country of the index"),
    ],
)
def test_what_makes_no_sense_is_refused(simulated, violations, asked, expected):
    assert [each.expected for each in violations(asked, simulated.plot)] == [expected]


def test_a_run_without_what_a_chart_needs_refuses_it(desi, violations):
    assert "targets" in violations(desi.plot.targets, "PT")[0].expected
    assert "two editions" in violations(desi.plot.change, "PT")[0].expected


def test_names_are_data_and_never_part_of_an_expression(small):
    small.edit("framework.toml", 'name = "Compute"', f"name = {json.dumps(HOSTILE)}")
    small.edit("compute/chips.toml", 'name = "Chips"', f"name = {json.dumps(HOSTILE)}")
    plot = small.run().plot
    charts = [plot.pillars(), plot.trend("AT", node="compute"), plot.map("chips"), plot.moves("AT")]
    charts += [plot.contributions("AT"), plot.change("AT", by_indicator=True), plot.scatter("chips", "compute")]
    seen = 0
    for chart in charts:
        plain = chart.to_dict(validate=True)
        assert not any("script" in each for each in expressions(plain))
        seen += "<script>" in json.dumps(plain)
    assert seen == len(charts)
    assert {row["node"] for row in rows(plot.map("chips"), "rect")} == {HOSTILE}


def expressions(plain) -> list[str]:
    """Return every text that is run as an expression, or that names a field."""
    if isinstance(plain, list):
        return [text for each in plain for text in expressions(each)]
    if not isinstance(plain, dict):
        return []
    own = [
        str(plain[key])
        for key in ("expr", "labelExpr", "signal", "calculate", "filter", "test", "field")
        if key in plain
    ]
    return own + [
        text for key, each in plain.items() if key not in ("values", "datasets") for text in expressions(each)
    ]


def test_equal_names_get_their_codes(small):
    small.edit("framework.toml", 'name = "Compute"', 'name = "Skills"')
    found = {row["pillar"] for row in rows(small.run().plot.pillars(), "rect")}
    assert found == {"Skills (compute)", "Skills (skills)"}


def test_without_altair_charts_say_how_to_get_it(monkeypatch, small):
    results = small.run()
    for name in [each for each in sys.modules if each.startswith("readiness.plotting")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(ImportError, match=r"^Charts need altair: pip install 'readiness\[notebook\]'$"):
        _ = results.plot


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_marks_and_texts_have_contrast():
    assert all(contrast(each, WHITE) >= 3 for each in (HIGHLIGHT, MARK, BAR, DOWN, UP, *LINES))
    assert all(contrast(each, WHITE) >= 4.5 for each in (INK, FADED, *LINES))
    assert all(contrast(*pair) >= 4.5 for pair in zip(CLASSES, ON_CLASSES, strict=True))


def test_a_stored_run_draws_the_same_charts(small, tmp_path):
    results = small.run()
    stored = readiness.open_run(results.write(tmp_path / "runs"))
    for draw in (Plots.scores, Plots.pillars, lambda plot: plot.change("AT"), lambda plot: plot.moves("AT")):
        assert draw(stored.results.plot).to_json() == draw(results.plot).to_json()
