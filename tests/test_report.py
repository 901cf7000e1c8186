"""The pages: they agree with the tables, are escaped, stand alone, and can be read."""

import re
from dataclasses import replace
from itertools import pairwise

import polars as pl
import pytest
from html_page import Page
from whole_pages import policy_of, some_pages, whole_pages

import readiness
from readiness.answers import answered
from readiness.countries import unfit_codes
from readiness.report.products import products

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=y>&"
LANGUAGES = ("bg", "de", "el", "en", "fr", "pl")
INDEX_PAGES = {f"index{'' if each == 'en' else f'.{each}'}.html" for each in LANGUAGES} | {"method.html"}
NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'  # a name, not an address: nothing is fetched from it


def changed(results, **tables):
    return replace(results, tables={**results.tables, **tables})


@pytest.fixture(scope="module")
def texts(report, desi_report, complete):
    """The pages of three runs: the built-in index, another one, and the built-in one with intervals and answers."""
    made = (report, desi_report, whole_pages(complete))
    return {(index, name): text for index, pages in enumerate(made) for name, text in pages.items()}


@pytest.fixture(scope="module")
def taken(texts):
    return {key: Page(text) for key, text in texts.items()}


# Pages


def test_there_is_a_page_for_the_index_and_for_each_country(results, report, desi_report, complete):
    expected = {*INDEX_PAGES, *(f"{code}.html" for code in results.framework.units)}
    assert set(report) == set(desi_report) == set(whole_pages(complete)) == expected


def test_the_same_results_give_the_same_bytes(results, report, pages_of):
    assert pages_of(results) == report


def test_pages_are_small(texts):
    sizes = {key: len(text.encode()) for key, text in texts.items()}
    about_all = {key for key in sizes if key[1] in INDEX_PAGES}
    assert max(sizes[key] for key in about_all) <= 130_000
    assert max(sizes[key] for key in sizes if key not in about_all) <= 250_000


def test_elements_are_closed_in_order(taken):
    assert {name: page.faults + page.open for name, page in taken.items() if page.faults or page.open} == {}


def test_pages_stand_alone(texts, taken):
    for key, page in taken.items():
        text = texts[key]
        tags = {tag for tag, _, _ in page.elements}
        assert not tags & {"script", "link", "iframe", "img", "object", "embed", "form", "base"}
        assert "://" not in text.replace(NAMESPACE, "")
        assert not re.search(r"url\(|@import|javascript:|\son\w+\s*=", text)
        assert [a for _, a, _ in page.elements if "style" in a] == []


def test_the_policy_lets_pass_the_style_of_the_page_and_nothing_else(texts, taken):
    for key, page in taken.items():
        assert len(page.all("style")) == 1
        policies = [a["content"] for a, _ in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
        assert policies == [policy_of(texts[key])]


def test_pages_have_one_heading_landmarks_and_a_skip_link(taken):
    for (_, name), page in taken.items():
        language = name.split(".")[1] if name.count(".") > 1 else "en"
        assert page.all("html")[0][0] == {"lang": language}
        assert [len(page.all(tag)) for tag in ("h1", "main", "header", "footer", "head")] == [1, 1, 1, 1, 1]
        assert len(list(page.at("main").below("h1"))) == 1
        assert page.all("a")[0][0]["href"] == "#main"
        navs = [a.get("aria-label") for a, _ in page.all("nav")]
        assert navs
        assert all(navs)
        assert len(navs) == len(set(navs))


def test_headings_go_down_one_level_at_a_time(taken):
    for page in taken.values():
        levels = [int(tag[1]) for tag, _, _ in page.elements if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_title_of_a_page_says_what_it_is_about(taken, results):
    for (_, name), page in taken.items():
        ((title,),) = [list(head.below("title")) for head in page.root.below("head")]
        own = results.framework.unit_name(name[:2]) if name[:2] in results.framework.units else ""
        assert title.text().startswith(own)
        assert re.search(r"20\d\d$", title.text())


def test_tables_have_captions_and_scopes(taken):
    for page in taken.values():
        assert len(page.all("table")) == len(page.all("caption")) > 0
        assert all(page.root.below("caption"))
        assert all(each.caption for each in page.tables())
        assert all(a.get("scope") in ("col", "row", "rowgroup") for a, _ in page.all("th"))


def test_a_row_has_as_many_cells_as_there_are_headings(taken):
    for key, page in taken.items():
        for table in page.tables():
            wide = [[int(each.attributes.get("colspan") or 1) for each in row] for row in table.rows]
            assert {sum(each) for each in wide} <= {len(table.heads)}, (key, table.caption)


def test_every_cell_of_a_card_has_the_label_of_its_column(taken):
    """On a narrow screen a row becomes a card, and the heading is told beside each cell."""
    for page in taken.values():
        for table in page.tables():
            for row in table.rows:
                told = [cell.attributes.get("data-label") for cell in row]
                labels = [each and " ".join(each.split()) for each in told]  # as `heads` has them, on one line
                assert all(label in (None, head) for label, head in zip(labels, table.heads, strict=False))


def test_graphics_have_a_text(taken):
    for page in taken.values():
        for a, _ in page.all("svg"):
            linked = "map" in a["class"].split()  # a picture must not hold links, so the linked map is a group
            assert a["role"] in (("img", "group") if linked else ("img",))
            assert a.get("aria-label") or a.get("aria-labelledby")


def test_ids_are_unique_and_links_lead_somewhere(taken, complete):
    ids = {key: [a["id"] for _, a, _ in page.elements if "id" in a] for key, page in taken.items()}
    tables = {*complete.tables, "figures"}
    outside = {f"../{name}.parquet" for name in tables} | {"../manifest.json"}
    for (index, name), page in taken.items():
        assert len(ids[index, name]) == len(set(ids[index, name]))
        for a, _ in page.all("a"):
            file, _, anchor = a["href"].partition("#")
            assert file in outside or (index, file or name) in taken, a
            assert not anchor or anchor in ids[index, file or name], a


def test_every_link_of_all_kinds_of_files_leads_to_a_file_that_is_made(small):
    made = dict(products(answered(small.run())))
    pages = [Page(content.decode()) for name, content in made.items() if name.endswith(".html")]
    links = {a["href"].partition("#")[0] for page in pages for a, _ in page.all("a")} - {""}
    assert {each for each in links if not each.startswith("../")} <= set(made)
    assert {"explorer.html", "workbook.xlsx", "AT.pdf", "AT-brief.pdf", "AT.xlsx"} <= links


def test_pages_in_other_languages_lead_to_each_other(taken):
    files = {each: "index.html" if each == "en" else f"index.{each}.html" for each in LANGUAGES}
    for language, name in files.items():
        own = [a for a, _ in taken[2, name].all("a") if "hreflang" in a]
        assert all(a["lang"] == a["hreflang"] for a in own)
        found = {a["hreflang"]: a["href"] for a in own if a["href"] != "method.html"}
        assert found == {each: file for each, file in files.items() if each != language}


def test_labels_of_pictures_and_headings_exist(taken):
    for page in taken.values():
        ids = {a["id"] for _, a, _ in page.elements if "id" in a}
        named = {each for _, a, _ in page.elements for each in (a.get("aria-labelledby") or "").split()}
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
    for text in some_pages(hostile, "PT", "DK").values():
        page = Page(text)
        assert "&lt;script&gt;" in text
        assert not {tag for tag, _, _ in page.elements} & {"script", "img"}
        assert not [a for _, a, _ in page.elements if any(key.startswith("on") for key in a)]
        assert page.faults == page.open == []


@pytest.mark.parametrize("code", ["../x", "A B", "", "Ä", "a/b", "x\n", "index", "INDEX"])
def test_a_code_that_cannot_name_a_page_is_refused(results, code):
    framework = replace(results.framework, units=("AT", code))
    with pytest.raises(readiness.ReadinessError):
        list(products(replace(results, framework=framework), ("pages",)))


@pytest.mark.parametrize("codes", [("method",), ("Explorer",), ("workbook",), ("AT", "AT-brief")])
def test_a_code_that_another_file_is_named_after_is_refused(codes):
    """There are method.html, explorer.html and workbook.xlsx, and AT-brief.pdf is the brief of AT."""
    assert [code for code, _ in unfit_codes(codes)] == [codes[-1]]


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
    made = some_pages(replace(desi, framework=framework, tables=tables), "X1")
    assert "X1.html" in made
    assert Page(made["index.html"]).all("svg") == []
    assert "ALL" in Page(made["X1.html"]).tables("parts")[-1].heads


def test_an_index_without_a_reference_has_no_column_for_it(desi):
    made = some_pages(replace(desi, framework=replace(desi.framework, reference=None)), "RO")
    assert "EU27" not in made["index.html"] + made["RO.html"]
    assert Page(made["RO.html"]).faults == []


def test_a_pillar_without_weight_has_pages_too(small, tmp_path):
    """Its children have a share of a score that has no share of the index: they add no points."""
    folder = small.run(weights={"compute": 0}).write(tmp_path, products=("pages",))
    assert "Austria" in (folder / "report" / "AT.html").read_text(encoding="utf-8")
