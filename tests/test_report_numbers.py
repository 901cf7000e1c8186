"""The pages: every number they print agrees with the tables."""

import re
from dataclasses import replace

import polars as pl
import pytest
from html_page import Page
from whole_pages import some_pages, whole_pages

import readiness
from readiness import numbers
from readiness.report import method, points
from readiness.report.data import gather
from readiness.results import compute
from readiness.scale import Scale


def changed(results, **tables):
    return replace(results, tables={**results.tables, **tables})


def number(text):
    return round(float(text.replace("−", "-").replace(",", "")) * 100)


def ranking(text):
    """Return the table of the ranking, and the code of the country in each row; the reference has none."""
    (table,) = Page(text).tables("ranking")
    rows = [row for row in table.rows if len(row) == len(table.heads)]
    links = [[link.attributes["href"] for cell in row for link in cell.below("a")] for row in rows]
    return table, [found[0].removesuffix(".html") if found else "" for found in links]


def boxes(page):
    """Return the key figures on the front of a page: label -> figure, without what stands below it."""
    (front,) = [each for each in page.at("main").inside if getattr(each, "tag", "") == "dl"]
    return {box.inside[0].text(): box.inside[1].text("soft") for box in front.below("div")}


# Numbers


def test_the_ranking_prints_the_ranks(results, report):
    table, codes = ranking(report["index.html"])
    assert codes == [*results.ranks["country"], ""]
    assert table.column("Rank") == [*(str(rank) for rank in results.ranks["rank"]), ""]


def test_scores_of_the_ranking_are_rounded_as_the_ranks_are(results, report):
    table, _ = ranking(report["index.html"])
    shown = [number(text) for text in table.column("Score")]
    reference = results.reference_row()[1]
    assert shown == [round(score * 100) for score in [*results.ranks["score"], reference]]


def test_scores_of_the_pillars_stand_below_their_names(results, report):
    table, codes = ranking(report["index.html"])
    for node in results.framework.children("index"):
        shown = table.column(results.framework.name_of(node))[:-1]
        found = dict(results.ranks.select("country", node).iter_rows())
        assert shown == [numbers.printed(found[code], 1) for code in codes[:-1]]


def test_places_won_since_the_edition_before_are_those_of_the_ranks(results, report):
    table, codes = ranking(report["index.html"])
    before, now = (dict(results.ranking(each).select("country", "rank").iter_rows()) for each in (2025, 2026))
    for code, text in zip(codes[:-1], table.column("Since 2025")[:-1], strict=True):
        won = before[code] - now[code]
        assert text == ("same" if not won else f"up {won}" if won > 0 else f"down {-won}")


def test_a_change_is_told_with_its_points_and_called_noise_as_the_tables_have_it(complete):
    pages = whole_pages(complete)
    table, codes = ranking(pages["index.html"])
    moved = (
        complete.tables["movements"].filter(pl.col("node") == "index").rows_by_key("country", named=True, unique=True)
    )
    whole = (pl.col("node") == "index") & (pl.col("cause") == "indicators") & (pl.col("indicator") == "")
    set_of = dict(complete.tables["change"].filter(whole).select("country", "points").iter_rows())
    place, told = table.heads.index("Since 2025"), []
    for row in (row for row in table.rows if len(row) == len(table.heads)):
        told += [note.text() for note in row[place].below("span")]
    for code, note in zip(codes[:-1], told, strict=True):
        points = numbers.printed(moved[code]["change"], 2)
        points = points if points.startswith("−") or points == "0.00" else f"+{points}"
        ours = set_of[code] * moved[code]["change"] > moved[code]["change"] ** 2 / 2
        beside = (", set" if ours else "") if moved[code]["beyond_noise"] else ", noise"
        assert note == points + beside
    assert any(note.endswith(", set") for note in told)
    changes = Page(pages["index.html"]).table("Change of the score since 2025", "certainty")
    real = sum(row["beyond_noise"] for row in moved.values())
    assert f"for {real} of {len(moved)} countries it is beyond noise" in changes.caption
    assert sum(bool(list(row[1].below("strong"))) for row in changes.rows) == real


@pytest.mark.parametrize("index", [0, 1])
def test_every_colour_agrees_with_the_printed_value(parsed, index):
    page = parsed[index, "index.html"]
    cells = page.classed("td", "heat")
    assert len(cells) >= 4 * 28
    for a, text in cells:
        assert a["class"].split()[-1] == f"c{min(4, number(text) // 2000)}", text


def test_every_tile_agrees_with_its_score(report, results):
    tiles = re.findall(r'class="tile (\w+)".*?<text class="[^"]*" x="30" y="47">([\d.]+)</text>', report["index.html"])
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
    made = some_pages(changed(results, scores=scores))["index.html"]
    row = re.search(r'<a href="FI.html">Finland.*', made[: made.index("</table>")])[0]
    assert re.search(r'heat (c\d)"[^>]*>([\d.]+)<', row).groups() == ("c3", "60.0")
    assert re.search(r'class="tile (c\d)"[^>]*><title>Finland: ([\d.]+)<', made).groups() == ("c3", "60.00")


def test_printed_points_add_up_to_the_printed_score_of_every_country(parsed, results):
    pillars = [results.framework.name_of(node) for node in results.framework.children(results.framework.root)]
    for code in results.framework.units:
        page = parsed[0, f"{code}.html"]
        table = page.table("Share:", "parts")
        shown = dict(zip(table.column("Part of the index"), table.column("Points"), strict=True))
        score = boxes(page)["Score"]
        assert f"The points add up to {score}." in table.caption
        assert sum(number(shown[name]) for name in pillars) == number(score), code


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
    page = some_pages(index, "DK")["DK.html"]
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
    page = some_pages(gaps, "DK")["DK.html"]
    assert "No score: the figure is confidential." in page
    assert 'title="the figure is confidential">:<span' in page


def test_a_country_without_a_rank_comes_last_and_says_why(gaps):
    made = some_pages(gaps, "RO")
    assert "Romania has no score in edition 2026: figures for" in made["RO.html"]
    assert "No rank: figures for" in made["RO.html"]
    table, codes = ranking(made["index.html"])
    assert [*codes[-2:], table.column("Rank")[-2]] == ["RO", "", ":"]
    assert "Bulgaria: rank 26" in made["index.html"]
    assert re.search(r'class="tile none"[^>]*><title>Romania: :</title>', made["index.html"])
    assert "add up to" not in made["RO.html"]
    assert Page(made["RO.html"]).faults == Page(made["index.html"]).faults == []


def test_an_edition_before_the_newest_can_be_reported():
    made = some_pages(readiness.run(2022), "DK")
    assert "figures for 0 of 27 countries, 18 are needed" in made["DK.html"]
    assert Page(made["DK.html"]).faults == Page(made["index.html"]).faults == []


def test_scores_of_another_scale_are_printed_and_coloured(results):
    made = some_pages(results.with_recipe(results.recipe.replace(normalise="z_score")))
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
    text = parsed[0, "method.html"].text("counts")
    names = dict(results.tables["nodes"].select("node", "name").rows())
    for node, reason in results.weights.filter(pl.col("share") == 0).select("node", "reason").rows():
        assert names[node] in text
        assert reason in text
