"""The report: what it prints agrees with the tables, is escaped, stands alone, and can be read."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

import readiness
from readiness import numbers
from readiness.countries import unfit_codes
from readiness.report import method, pages, points, trend
from readiness.report.data import gather
from readiness.report.scale import Scale
from readiness.results import compute

STYLE = Path(pages.__file__).with_name("templates") / "style.css"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=y>&"
CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


class Page(HTMLParser):
    """A page as its elements: (tag, attributes, text up to the next tag)."""

    VOID = frozenset({"meta", "br", "img", "hr", "link", "input"})

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.faults = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append([tag, dict(attributes), ""])
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append([tag, dict(attributes), ""])

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def handle_data(self, text):
        if self.elements:
            self.elements[-1][2] += text

    def all(self, tag):
        return [(attributes, text) for name, attributes, text in self.elements if name == tag]

    def classed(self, tag, style):
        return [(a, text) for a, text in self.all(tag) if style in (a.get("class") or "").split()]


@pytest.fixture(scope="session")
def results():
    return readiness.run()


@pytest.fixture(scope="session")
def facts(results):
    return gather(results)


@pytest.fixture(scope="session")
def report(results):
    return pages.pages(results)


@pytest.fixture(scope="session")
def desi():
    return readiness.run(index="desi-2022")


@pytest.fixture(scope="session")
def desi_report(desi):
    return pages.pages(desi)


@pytest.fixture(scope="session")
def parsed(report, desi_report):
    return {(index, name): Page(text) for index, made in ((0, report), (1, desi_report)) for name, text in made.items()}


def changed(results, **tables):
    return replace(results, tables={**results.tables, **tables})


def number(text):
    return round(float(text.replace("−", "-").replace(",", "")) * 100)


# Pages


def test_there_is_a_page_for_the_index_and_for_each_country(results, report, desi_report):
    expected = {"index.html", *(f"{code}.html" for code in results.framework.units)}
    assert set(report) == set(desi_report) == expected


def test_the_same_results_give_the_same_bytes(results, report):
    assert pages.pages(results) == report


def test_pages_are_small(report, desi_report):
    sizes = {name: len(text.encode()) for made in (report, desi_report) for name, text in made.items()}
    assert max(sizes.values()) <= 120_000


def test_elements_are_closed_in_order(parsed):
    assert {name: page.faults + page.open for name, page in parsed.items() if page.faults or page.open} == {}


def test_pages_stand_alone(report, desi_report, parsed):
    for (index, name), page in parsed.items():
        text = (report, desi_report)[index][name]
        tags = {tag for tag, _, _ in page.elements}
        assert not tags & {"script", "link", "iframe", "img", "object", "embed", "form", "base"}
        assert "://" not in text
        assert not re.search(r"url\(|@import|javascript:|\son\w+\s*=", text)
        assert {"http-equiv": "Content-Security-Policy", "content": CSP} in [a for a, _ in page.all("meta")]


def test_pages_have_one_heading_landmarks_and_a_skip_link(parsed):
    for page in parsed.values():
        assert page.all("html")[0][0] == {"lang": "en"}
        assert [len(page.all(tag)) for tag in ("h1", "main", "header", "footer", "title")][:4] == [1, 1, 1, 1]
        assert page.all("a")[0][0]["href"] == "#main"
        navs = [a.get("aria-label") for a, _ in page.all("nav")]
        assert navs and all(navs) and len(navs) == len(set(navs))


def test_tables_have_captions_and_scopes(parsed):
    for page in parsed.values():
        assert len(page.all("table")) == len(page.all("caption")) > 0
        assert all(a.get("scope") in ("col", "row") for a, _ in page.all("th"))


def test_graphics_have_a_text(parsed):
    for page in parsed.values():
        for a, _ in page.all("svg"):
            assert a["role"] == "img"
            assert a.get("aria-label") or a.get("aria-labelledby")


def test_ids_are_unique_and_links_lead_somewhere(parsed, results):
    ids = {key: [a["id"] for _, a, _ in page.elements if "id" in a] for key, page in parsed.items()}
    outside = {f"../{name}.parquet" for name in results.tables} | {"../manifest.json"}
    for (index, name), page in parsed.items():
        assert len(ids[index, name]) == len(set(ids[index, name]))
        for a, _ in page.all("a"):
            file, _, anchor = a["href"].partition("#")
            assert file in outside or (index, file or name) in parsed, a
            assert not anchor or anchor in ids[index, file or name], a


def test_labels_of_pictures_and_headings_exist(parsed):
    for page in parsed.values():
        ids = {a["id"] for _, a, _ in page.elements if "id" in a}
        named = {each for _, a, _ in page.elements for each in a.get("aria-labelledby", "").split()}
        assert named <= ids


# Text from data


def test_every_text_from_data_is_escaped(results):
    texts = ("name", "unit", "scored_unit", "definition", "why", "note", "source", "dataset", "licence")
    nodes = results.tables["nodes"].with_columns(pl.lit(HOSTILE).alias(each) for each in texts)
    context = results.context.with_columns(name=pl.lit(HOSTILE), unit=pl.lit(HOSTILE), source=pl.lit(HOSTILE))
    weights = results.weights.with_columns(reason=pl.when(pl.col("reason").is_not_null()).then(pl.lit(HOSTILE)))
    cells = results.cells.with_columns(obs_status=pl.lit('<"'), reason=pl.lit(HOSTILE))
    scores = results.scores.with_columns(reason=pl.lit(HOSTILE))
    agreement = results.tables["agreement"].with_columns(name=pl.lit(HOSTILE))
    reference = replace(results.framework.reference, code=HOSTILE, name=HOSTILE)
    scores = scores.with_columns(country=pl.col("country").replace({"EU27_2020": HOSTILE}))
    framework = replace(results.framework, name=HOSTILE, reference=reference)
    hostile = changed(
        results, nodes=nodes, context=context, weights=weights, cells=cells, scores=scores, agreement=agreement
    )
    hostile = replace(hostile, framework=framework, recipe=replace(results.recipe, name=HOSTILE))
    for text in pages.pages(hostile).values():
        page = Page(text)
        assert "&lt;script&gt;" in text
        assert not {tag for tag, _, _ in page.elements} & {"script", "img"}
        assert not [a for _, a, _ in page.elements if any(key.startswith("on") for key in a)]
        assert page.faults == page.open == []


@pytest.mark.parametrize("code", ["../x", "A B", "", "Ä", "a/b", "x\n", "index", "INDEX"])
def test_a_code_that_cannot_name_a_page_is_refused(results, code):
    framework = replace(results.framework, units=("AT", code))
    with pytest.raises(readiness.ReadinessError):
        pages.pages(replace(results, framework=framework))


def test_two_codes_that_differ_in_case_only_are_refused():
    assert [code for code, _ in unfit_codes(("ab", "AB", "c"))] == ["AB"]


def test_there_is_no_map_of_units_that_have_no_tile(desi):
    other = {"AT": "X1", "EU27_2020": "ALL"}
    tables = {
        name: table.with_columns(pl.col("country").replace(other)) if "country" in table.columns else table
        for name, table in desi.tables.items()
    }
    units = tuple(other.get(code, code) for code in desi.framework.units)
    framework = replace(desi.framework, units=units, reference=replace(desi.framework.reference, code="ALL"))
    made = pages.pages(replace(desi, framework=framework, tables=tables))
    page = Page(made["index.html"])
    assert "X1.html" in made
    assert page.all("svg") == []
    assert any(text == "ALL" for _, text in page.all("abbr"))


def test_an_index_without_a_reference_has_no_column_for_it(desi):
    made = pages.pages(replace(desi, framework=replace(desi.framework, reference=None)))
    assert "EU27" not in made["index.html"] + made["RO.html"]
    assert Page(made["RO.html"]).faults == []


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
    assert "the geometric mean of AI readiness is not a sum of its parts" in page
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
