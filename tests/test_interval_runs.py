"""Runs that are simulated in part, otherwise or not at all; and what the terminal says of intervals."""

from dataclasses import replace

import polars as pl
import pytest
from html_page import Page
from whole_pages import some_pages

from readiness.reading.variations import vary
from readiness.report.spread import spread_of
from readiness.simulate import simulate
from readiness.terminal import show_ranking
from readiness.terminal_intervals import interval_note, rank_beside, rank_intervals

REPLICATES, SEED = 3000, 11  # of the fixture `simulated`


def with_tables(results, **tables):
    return replace(results, tables={**results.tables, **tables})


def table_text(text):
    return " ".join(head for table in Page(text).tables() for head in (table.caption, *table.heads))


def test_a_run_without_a_simulation_says_so(results, report):
    assert spread_of(results) is None
    assert all("This run has no intervals." in Page(report[name]).text() for name in ("index.html", "method.html"))
    for code in results.framework.units:
        text = Page(report[f"{code}.html"]).text()
        assert "This run has no intervals." in text
        assert "Intervals of ranks were not computed in this run, so small differences may be chance." in text
    assert not any("90 %" in table_text(text) or "Tier" in text for text in report.values())
    assert interval_note(results) == "Intervals of ranks were not computed."
    assert rank_intervals(results) == {}


@pytest.mark.parametrize("name", ["intervals", "pairs", "simulation"])
def test_half_a_simulation_is_none(simulated, name):
    tables = {key: table for key, table in simulated.tables.items() if key != name}
    assert spread_of(replace(simulated, tables=tables)) is None


def test_one_source_of_error_alone_is_shown(simulated):
    only = {
        name: frame.filter(pl.col("varied") == "figures")
        for name, frame in simulated.tables.items()
        if "varied" in frame.columns
    }
    made = some_pages(with_tables(simulated, **only), "PT", "RO")
    assert "in which errors of the figures vary." in made["index.html"]
    assert "The methods are those of the recipe in every replicate." in made["method.html"]
    assert "Central weights" not in made["method.html"]
    assert "Where the width comes from" not in made["method.html"]
    assert "Where the width of the interval comes from" not in made["PT.html"]
    assert all(Page(text).faults == [] for text in made.values())


def test_scores_of_different_scales_have_no_intervals(results):
    """Of shares of a range and percentile ranks only the ranks can be compared."""
    recipe = vary(results.recipe, results.framework, ["normalise=min_max,percentile_rank"])
    mixed = simulate(results.with_recipe(recipe), 400, SEED)
    made = {name: Page(text) for name, text in some_pages(mixed, "DK").items()}
    assert "different scales: ranks have intervals, scores have none" in made["method.html"].text("certainty")
    assert len(list(made["method.html"].at("certainty").below("svg"))) == 1
    assert "Score of each country" not in made["method.html"].text("certainty")
    assert made["index.html"].table("Rank and score", "ranking").heads.count("90 %") == 1
    (front,) = (each for each in made["DK.html"].at("main").inside if getattr(each, "tag", "") == "dl")
    told = {box.inside[0].text(): box.inside[1].text() for box in front.below("div")}
    assert "90 % interval" in told["Rank"]
    assert "interval" not in told["Score"]
    assert all(page.faults == [] for page in made.values())


def test_an_index_simulated_without_its_pillars_has_pages(results):
    made = Page(some_pages(simulate(results, 500, SEED, nodes=("index",)), "DK")["DK.html"])
    table = made.table("Share:", "parts")
    assert table.column("Rank")[0] == "3"
    place = table.heads.index("Rank")
    assert [note for row in table.rows for note in row[place].below("span")] == []
    assert "(90 % interval" in made.text()


# Terminal


def test_the_ranking_with_intervals_fits_80_columns(call, tmp_path, monkeypatch, capsys, simulated):
    monkeypatch.setenv("COLUMNS", "80")
    names = [(node, simulated.framework.name_of(node)) for node in simulated.framework.children("index")]
    intervals = rank_intervals(simulated)
    show_ranking(simulated.ranks, names, "Title", (2, 1), simulated.reference_row(), intervals)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[1].split()[:6] == ["Rank", "90", "%", "Tier", "Country", "Score"]
    for line, code in zip(lines[2:], simulated.ranks["country"], strict=False):
        assert line.split()[1:3] == list(intervals[code])
    assert len(lines) == 2 + len(simulated.framework.units) + 1


def test_the_note_of_the_terminal_tells_what_varied(simulated):
    note = interval_note(simulated)
    assert f"{REPLICATES:,} replicates (seed {SEED})" in note
    assert "errors of the figures, the weights and the methods" in note


def test_a_traced_rank_has_its_interval(simulated, results, index_rows, call, tmp_path):
    row = index_rows["EE"]
    text = f" (90 % interval {row['rank_low_90']:.0f}-{row['rank_high_90']:.0f})"
    assert rank_beside(simulated.tables, "EE", "index") == text
    assert rank_beside(simulated.tables, "EE", "gerd_gdp") == rank_beside(results.tables, "EE", "index") == ""
    folder = simulated.write(tmp_path, products=())
    assert f"rank 8{text}" in call("trace", "EE", "--run", folder)[1]
    assert "interval" not in call("trace", "EE", "--run", folder, "--edition", 2025)[1]
