"""The explorer without a browser: what stands in the file, what is escaped, and where there can be none."""

import hashlib
import re
from base64 import b64encode
from dataclasses import replace

import pytest
from explorer_cases import contrast, data_of
from html_page import Page

from readiness.choices import Choice
from readiness.framework import Group
from readiness.numbers import printed
from readiness.report.data import gather
from readiness.report.explorer import TEMPLATES, explorer_missing, explorer_page
from readiness.report.interval_words import places_text

BREAKING = "</script><script>alert(1)</script>"
FORMULA = '=HYPERLINK("x")'


@pytest.fixture(scope="module")
def simulated_facts(simulated):
    return gather(simulated)


@pytest.fixture(scope="module")
def text(simulated_facts):
    return explorer_page(simulated_facts)


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def with_recipe(facts, recipe):
    return replace(facts, results=replace(facts.results, recipe=recipe))


# The file


def test_the_file_is_small(text):
    assert len(text.encode()) < 80_000


def test_the_same_results_give_the_same_bytes(simulated, text):
    assert explorer_page(gather(simulated)) == text


def test_elements_are_closed_in_order(page):
    assert page.faults == page.open == []


def test_there_is_one_heading_a_language_and_landmarks(page):
    assert page.all("html")[0][0] == {"lang": "en"}
    assert [len(page.all(tag)) for tag in ("h1", "main", "header", "footer", "title")] == [1, 1, 1, 1, 1]
    assert page.all("a")[0][0]["href"] == "#ranking"
    assert len(page.all("table")) == len(page.all("caption")) == 1


def test_every_control_has_a_label(page):
    named = {a["for"] for a, _ in page.all("label") if "for" in a}
    controls = [a for tag in ("input", "select") for a, _ in page.all(tag) if a.get("type") != "radio"]
    assert {a["id"] for a in controls} == named
    assert len(controls) == 6 + 12 + 1
    assert all(text.strip() for a, text in page.all("button"))


def test_ids_are_unique_and_what_is_referred_to_exists(page):
    ids = [a["id"] for _, a, _ in page.elements if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["aria-labelledby"] for _, a, _ in page.elements if "aria-labelledby" in a} <= set(ids)


def test_the_policy_allows_this_script_and_this_style_and_nothing_else(text, page):
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL)[1]
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    digests = [b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in (style, script)]
    policies = [a["content"] for a, _ in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == [
        f"default-src 'none'; style-src 'sha256-{digests[0]}'; script-src 'sha256-{digests[1]}'; base-uri 'none'; "
        "form-action 'none'"
    ]


def test_nothing_outside_is_referred_to(text, page):
    tags = {tag for tag, _, _ in page.elements}
    assert not tags & {"link", "iframe", "img", "object", "embed", "base", "image", "use"}
    assert "://" not in text
    assert not re.search(r"url\(|@import|javascript:|\beval\b|innerHTML|document\.write", text)
    assert not [a for _, a, _ in page.elements if "style" in a or "src" in a or any(key.startswith("on") for key in a)]
    assert [a["href"] for a, _ in page.all("a")] == ["#ranking", "index.html"]


def test_the_page_says_first_that_it_is_not_the_official_ranking(text, simulated):
    said = re.sub(r"<[^>]+>", "", text[text.index("</h1>") :])
    assert said.strip().startswith("This is not the official ranking.")
    assert f"edition {simulated.edition}, run {simulated.digest}" in said


def test_the_page_says_what_its_intervals_are(text, facts):
    assert "multiplied by a number from 0.75 to 1.25, and each score of a sub-pillar has the error" in text
    assert "The official intervals come from 3,000 replicates" in text
    plain = explorer_page(facts)
    assert "Official intervals were not computed in this run." in plain
    assert "has the error" not in plain


def test_without_a_script_the_page_reads_as_the_official_ranking(simulated_facts, page, text):
    facts, ranks = simulated_facts, simulated_facts.results.ranks
    body = text[text.index('<tbody id="rows">') : text.index("</tbody>")]
    cells = [re.findall(r"<t[dh][ >].*?</t[dh]>", row) for row in body.split("<tr")[1:]]
    rows = [[re.sub(r"<[^>]+>", "", cell) for cell in row] for row in cells]
    official = [(str(row["rank"]), row["name"], printed(row["score"], 2)) for row in ranks.iter_rows(named=True)]
    assert [(row[0], row[3], row[4]) for row in rows] == official
    assert {row[2] for row in rows} == {"=same"}
    intervals = [facts.spread.row(code, facts.root) for code in facts.order]
    assert [row[1] for row in rows] == [places_text(each) for each in intervals]
    assert "hidden" in page.all("form")[0][0]
    assert "the table shows the official ranking." in page.all("noscript")[0][1] + text


# Text from data


def test_every_text_from_data_is_escaped(small):
    small.edit("framework.toml", '[groups.compute]\nname = "Compute"', f"[groups.compute]\nname = '{BREAKING}'")
    small.edit(
        "framework.toml",
        "[groups.index]",
        f"[unit_names]\nAT = '{FORMULA}'\nBE = '{BREAKING}&\u2028'\n\n[groups.index]",
    )
    text = explorer_page(gather(small.run()))
    page, data = Page(text), data_of(text)
    assert page.faults == page.open == []
    assert [a for a, _ in page.all("script")] == [{"type": "application/json", "id": "data"}, {}]
    assert {name for _, name, _ in data["countries"]} >= {FORMULA, f"{BREAKING}& "}
    assert "alert(1)" in text
    assert "<script>alert" not in text
    assert "\u2028" not in text[text.index('id="data"') :]


# Where there can be none


def everything_alike(x, out):
    """A rule of one's own."""
    out[:] = 1.0


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"weight": "equal"}, "The weights of Skills come from the method equal: there are none to choose."),
        ({"weight": "entropy"}, "The weights of Skills come from the method entropy: there are none to choose."),
        (
            {"aggregate": "harmonic"},
            "The mean of Skills is harmonic; the explorer knows arithmetic and geometric means.",
        ),
        ({"rank": "dense"}, "The ranks follow the rule dense; the explorer knows competition ranks."),
        (
            {"rank": everything_alike},
            "The ranks follow the rule everything_alike; the explorer knows competition ranks.",
        ),
        ({"aggregate": "geometric"}, ""),
    ],
)
def test_a_recipe_that_the_page_cannot_repeat_has_none(small, changed, reason):
    results = small.run()
    facts = with_recipe(gather(results), results.recipe.replace(**changed))
    assert explorer_missing(facts) == reason
    if reason:
        with pytest.raises(ValueError, match=re.escape(reason)):
            explorer_page(facts)


def test_means_over_draws_have_none(small):
    facts = gather(small.run())
    drawn = facts.results.recipe.replace(impute=Choice("multiple", {"draws": 3}))
    assert "means over the draws of multiple" in explorer_missing(with_recipe(facts, drawn))


def test_a_method_below_the_sliders_is_no_obstacle(eari, facts):
    at = {
        **eari.recipe.at,
        "weight": {"capacity": Choice("entropy")},
        "aggregate": {"sub_pillar": Choice("harmonic")},
    }
    assert explorer_missing(with_recipe(facts, replace(eari.recipe, at=at))) == ""


def test_an_index_without_ranks_or_without_choices_has_none(small):
    facts = gather(small.run())
    unranked = replace(facts, scores={key: {**row, "rank": None} for key, row in facts.scores.items()})
    assert explorer_missing(unranked) == "No country has a rank in edition 2024."
    single_scores = {key: row for key, row in facts.scores.items() if key[1] in ("index", "compute", "chips")}
    groups = {"index": Group("index", "All", {"compute": 1.0}), "compute": Group("compute", "Compute", {"chips": 1.0})}
    single = replace(facts.results, framework=replace(facts.framework, groups=groups))
    assert (
        explorer_missing(replace(facts, results=single, scores=single_scores))
        == "No group has two parts to weigh against each other."
    )


# Colours


def palettes():
    style = TEMPLATES.joinpath("explorer.css").read_text(encoding="utf-8")
    light, dark = style.split("prefers-color-scheme: dark", 1)
    found = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", light))
    return [found, {**found, **dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", dark))}]


@pytest.mark.parametrize("palette", palettes(), ids=["light", "dark"])
def test_texts_and_marks_have_contrast(palette):
    texts = [(ink, ground) for ink in ("ink", "soft", "link", "up", "down") for ground in ("bg", "panel")]
    marks = [(mark, ground) for mark in ("mark", "bar", "link") for ground in ("bg", "panel")]
    assert [pair for pair in texts if contrast(*(palette[each] for each in pair)) < 4.5] == []
    assert [pair for pair in marks if contrast(*(palette[each] for each in pair)) < 3] == []
    assert set(palette) - {each for pair in texts + marks for each in pair} == {"rule"}


def test_colours_are_those_of_the_report():
    style = TEMPLATES.joinpath("style.css").read_text(encoding="utf-8").split("prefers-color-scheme: dark")[0]
    report, own = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", style)), palettes()[0]
    shared = ("bg", "panel", "ink", "soft", "link", "mark", "rule", "bar")
    assert [own[name] for name in shared] == [report[name] for name in shared]
