"""The report: every number it prints agrees with the tables."""

import re
from dataclasses import replace

import polars as pl
import pytest
from html_page import Page

import readiness
from readiness import numbers
from readiness.report import method, pages, points
from readiness.report.data import gather
from readiness.report.scale import Scale
from readiness.results import compute


def changed(results, **tables):
    return replace(results, tables={**results.tables, **tables})


def number(text):
    return round(float(text.replace("−", "-").replace(",", "")) * 100)


# Numbers


def test_the_ranking_prints_the_ranks(results, parsed):
    ranks = [text for _, text in parsed[0, "index.html"].classed("td", "rank")]
    assert ranks == [*(str(rank) for rank in results.ranks["rank"]), ""]


def test_scores_of_the_ranking_are_rounded_as_the_ranks_are(results, report):
    page = report["index.html"]
    rows = re.findall(r'<a href="(\w+)\.html">[^<]*</a></th>.*?</i></span>([\d.]+)</td>', page)
    assert [code for code, _ in rows] == results.ranks["country"].to_list()
    assert [number(text) for _, text in rows] == [round(score * 100) for score in results.ranks["score"]]


@pytest.mark.parametrize("index", [0, 1])
def test_every_colour_agrees_with_the_printed_value(parsed, index):
    page = parsed[index, "index.html"]
    cells = page.classed("td", "heat")
    assert len(cells) >= 4 * 28
    for a, text in cells:
        assert a["class"].split()[-1] == f"c{min(4, number(text) // 2000)}", text


def test_every_tile_agrees_with_its_score(report, results):
    tiles = re.findall(r'class="tile (\w+)".*?<text x="30" y="47">([\d.]+)</text>', report["index.html"])
    assert len(tiles) == len(results.framework.units)
    assert all(style == f"c{int(float(text) // 20)}" for style, text in tiles)


def test_a_score_is_in_the_class_of_its_printed_value():
    scale = Scale(0, 100, 2, 1)
    assert scale.class_of(numbers.whole(59.96, 1), 1) == 3  # printed 60.0
    assert scale.class_of(numbers.whole(59.94, 1), 1) == 2  # printed 59.9
    assert scale.class_of(numbers.whole(59.96, 2), 2) == 2  # printed 59.96
    assert [scale.class_of(each, 1) for each in (-5, 0, 199, 200, 1000, 1200)] == [0, 0, 0, 1, 4, 4]


def test_a_cell_has_the_colour_of_its_printed_value(results):
    child = results.framework.children(results.framework.root)[0]
    here = (pl.col("country") == "FI") & (pl.col("edition") == results.edition)
    score = pl.when(here & (pl.col("node") == child)).then(59.96).when(here & (pl.col("node") == "index")).then(59.996)
    scores = results.scores.with_columns(score=score.otherwise("score"), contribution=None)
    made = pages.pages(changed(results, scores=scores))["index.html"]
    row = re.search(r'<a href="FI.html">Finland.*', made[: made.index("</tbody>")])[0]
    assert re.search(r'heat (c\d)"[^>]*>([\d.]+)<', row).groups() == ("c3", "60.0")
    assert re.search(r'class="tile (c\d)"[^>]*><title>Finland: ([\d.]+)<', made).groups() == ("c3", "60.00")


def test_printed_points_add_up_to_the_printed_score_of_every_country(report, results):
    pillars = len(results.framework.children(results.framework.root))
    for code in results.framework.units:
        shown = re.findall(r'data-label="Points"[^>]*>([^<]+)<', report[f"{code}.html"])
        score = re.search(r"<dt>Score</dt><dd>([\d.]+)</dd>", report[f"{code}.html"])
        own, total = shown[:pillars], shown[pillars]
        assert total == score[1]
        assert sum(map(number, own)) == number(total), code


def test_points_add_up_at_every_node_and_stay_within_one_unit(facts):
    for country in facts.order:
        found = points.points(facts, country)
        for code in facts.framework.groups:
            assert found[code] == sum(found[child] for child in facts.framework.children(code)), (country, code)
        for code in facts.framework.nodes:
            row = facts.scores[country, code]
            assert abs(found[code] - 100 * row["effective"] * row["score"]) < 1 + 1e-6


def test_a_geometric_mean_has_no_points_and_says_why(results):
    index = results.with_recipe(results.recipe.replace(aggregate="geometric"))
    page = pages.pages(index)["DK.html"]
    assert points.points(gather(index), "DK").keys() == {"index"}
    assert "the score of AI readiness (geometric) is not a sum of its parts" in page
    assert Page(page).faults == []


@pytest.fixture(scope="session")
def gaps(results):
    """The index without one indicator of Denmark, which is confidential, and without most of Romania's."""
    secret = (pl.col("geo") == "DK") & (pl.col("indicator") == "gerd_gdp")
    lost = (pl.col("geo") == "RO") & pl.col("indicator").is_in(results.framework.leaves[:20])
    figures = results.panel.figures.filter(~lost).with_columns(
        value=pl.when(~secret).then("value"), conf_status=pl.when(secret).then(pl.lit("C")).otherwise("conf_status")
    )
    panel = replace(results.panel, figures=figures)
    return compute(results.framework, panel, results.recipe)


def test_a_gap_is_shown_with_its_reason(gaps):
    page = pages.pages(gaps)["DK.html"]
    assert "No score: the figure is confidential." in page
    assert 'title="the figure is confidential">:<span' in page


def test_a_country_without_a_rank_comes_last_and_says_why(gaps):
    made = pages.pages(gaps)
    assert "Romania has no score and no rank in edition 2026: figures for" in made["RO.html"]
    assert re.findall(r'<a href="(\w+)\.html">[^<]*</a></th>', made["index.html"])[-1] == "RO"
    assert "Bulgaria has rank 26" in made["index.html"]
    assert re.search(r'class="tile none"[^>]*><title>Romania: :</title>', made["index.html"])
    assert "add up to :" not in made["RO.html"]
    assert Page(made["RO.html"]).faults == Page(made["index.html"]).faults == []


def test_an_edition_before_the_newest_can_be_reported():
    made = pages.pages(readiness.run(2022))
    assert "out of this edition: figures for 0 of 27 countries" in made["DK.html"]
    assert Page(made["DK.html"]).faults == Page(made["index.html"]).faults == []


def test_scores_of_another_scale_are_printed_and_coloured(results):
    made = pages.pages(results.with_recipe(results.recipe.replace(normalise="z_score")))
    cells = Page(made["index.html"]).classed("td", "heat")
    assert {a["class"].split()[-1] for a, _ in cells} >= {"c1", "c2", "c3"}
    assert any("−" in text for _, text in cells)


def test_every_capped_value_is_named(results, facts):
    told = {
        (code, f"{country} {edition}")
        for code, units in method.capped(facts).items()
        for country, editions in units.items()
        for edition in editions
    }
    rows = results.bounds.filter(pl.col("capped").is_not_null()).select("indicator", "capped").rows()
    assert told == {(code, each) for code, text in rows for each in text.split(", ")}
    assert told


def test_ten_lines_tell_the_method(facts):
    lines = method.ten_lines(facts)
    assert len(lines) == 10
    assert all(text.endswith(".") for _, _, text in lines)


def test_what_does_not_count_is_listed(results, parsed):
    page = parsed[0, "index.html"]
    text = "".join(text for _, _, text in page.elements)
    names = dict(results.tables["nodes"].select("node", "name").rows())
    for node, reason in results.weights.filter(pl.col("share") == 0).select("node", "reason").rows():
        assert names[node] in text
        assert reason in text
