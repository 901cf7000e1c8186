"""The report: what it prints agrees with the tables, is escaped, stands alone, and can be read."""

import re
from dataclasses import replace

import polars as pl
import pytest
from html_page import Page

import readiness
from readiness.countries import unfit_codes
from readiness.report import pages

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=y>&"
CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def changed(results, **tables):
    return replace(results, tables={**results.tables, **tables})


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


def test_a_pillar_without_weight_has_pages_too(small, tmp_path):
    """Its children have a share of a score that has no share of the index: they add no points."""
    folder = small.run(weights={"compute": 0}).write(tmp_path)
    assert "Austria" in (folder / "report" / "AT.html").read_text(encoding="utf-8")
