"""The explorer in a browser: its controls do what they say, by keyboard too, and nothing leaves the page."""

import csv
import io
import re

import pytest
from explorer_browser import DRAWN, NEEDED, Files, browsers, official, push, slider, table, told, visits

from readiness.reading.overrides import override
from readiness.reading.recipes import read_weights
from readiness.report.data import gather
from readiness.report.explorer_data import means

pytestmark = NEEDED
HOSTILE = (
    "w.compute=41&w.energy=-1&w.data=1e9&w.skills=NaN&w.rules=%3Cscript%3E&mean=harmonic&country=XX",
    "w.compute=10.5&w.compute=5&w.__proto__=3&__proto__=3&constructor=1&w.index=3",
    "mean=__proto__&country=__proto__&w.capacity=0x10",
    "%E0%A4%A&&&===&w.compute",
    "ranking",
    "w.compute=1" * 5000,
)
EMPTY = "At least one weight must be above zero."


@pytest.fixture(scope="module")
def browser():
    yield from browsers()


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return Files(tmp_path_factory.mktemp("explorer"))


@pytest.fixture
def visit(browser, files):
    yield from visits(browser, files)


# Controls


def test_the_page_opens_with_the_official_ranking(visit, simulated, desi):
    page = visit(simulated)
    assert told(page) == official(simulated)
    assert {row[2] for row in table(page)} == {"=same"}
    assert page.locator("#status").inner_text() == "No country changes places. First: Finland."
    assert page.get_by_label("AI readiness: Compute").input_value() == "10"
    assert told(visit(desi)) == official(desi)


def test_a_slider_moves_by_keyboard_and_the_table_follows(visit, simulated):
    page = visit(simulated)
    push(page, simulated, "compute", "ArrowRight", 30)
    push(page, simulated, "capacity", "Home")
    again = simulated.reweight(
        dict.fromkeys(simulated.framework.children("index"), 10) | {"compute": 40, "capacity": 0}
    )
    assert told(page) == official(again)
    assert slider(page, simulated, "compute").get_attribute("aria-valuetext") == "40, 44.4 %"
    before = dict(simulated.ranks.select("name", "rank").iter_rows())
    for rank, interval, change, name, *_ in table(page):
        places = before[name] - int(rank)
        assert change == (
            "=same" if not places else f"▲ {places}up {places}" if places > 0 else f"▼ {-places}down {-places}"
        )
        assert re.fullmatch(r"\d+(–\d+)?", interval)
    moved = sum(row[2] != "=same" for row in table(page))
    assert page.locator("#status").inner_text().startswith(f"{moved} countries change places. First: ")


def test_the_mean_of_the_pillars_can_be_geometric(visit, simulated):
    page = visit(simulated)
    page.get_by_label("geometric").check()
    page.evaluate(DRAWN)
    choice = means(gather(simulated))[1]
    assert told(page) == official(simulated.with_recipe(simulated.recipe.picked({"aggregate.index": choice})))
    assert "mean=geometric" in page.url


def test_all_weights_at_zero_change_nothing_until_mended(visit, simulated):
    page = visit(simulated)
    push(page, simulated, "capacity", "Home")
    before = table(page)
    push(page, simulated, "networks_cloud", "Home")
    assert page.locator("#status").inner_text() == EMPTY
    assert page.locator("#status").get_attribute("aria-live") == "polite"
    push(page, simulated, "compute", "End")
    assert (page.locator("#status").inner_text(), table(page)) == (EMPTY, before)
    push(page, simulated, "networks_cloud", "ArrowRight")
    assert EMPTY not in page.locator("#status").inner_text()
    assert table(page) != before


def test_reset_brings_the_official_ranking_back(visit, simulated):
    page = visit(simulated)
    before = table(page)
    push(page, simulated, "rules", "End")
    page.get_by_label("geometric").check()
    assert table(page) != before
    page.get_by_role("button", name="Reset").click()
    page.evaluate(DRAWN)
    assert table(page) == before
    assert "#" not in page.url


def test_a_link_brings_the_choices_to_another_reader(visit, simulated):
    page = visit(simulated)
    push(page, simulated, "compute", "ArrowRight", 9)
    push(page, simulated, "clean", "Home")
    page.get_by_label("geometric").check()
    page.locator("#country").select_option("PT")
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_function("document.getElementById('shared').textContent !== ''")
    other = visit(simulated, page.url[page.url.index("#") :])
    assert table(other) == table(page)
    assert slider(other, simulated, "compute").input_value() == "19"
    assert slider(other, simulated, "clean").is_visible()  # the part that it belongs to is open
    assert other.locator("#rows tr[aria-current=true] th").inner_text() == "Portugal"
    assert other.locator("#status").inner_text() == page.locator("#status").inner_text()


def test_a_hostile_link_changes_nothing(visit, eari):
    page = visit(eari)
    for text in HOSTILE:
        page.evaluate("text => { location.hash = text; dispatchEvent(new HashChangeEvent('hashchange')); }", text)
        assert told(page) == official(eari)
        assert page.evaluate("({}).w") is None
        other = visit(eari, f"#{text}") if text in HOSTILE[:2] else page
        assert told(other) == official(eari)


def test_a_link_with_zeros_only_says_what_is_missing(visit, eari):
    page = visit(eari, "#w.capacity=0&w.networks_cloud=0")
    page.locator("#country").select_option("PT")
    assert page.locator("#status").inner_text() == EMPTY
    assert told(page) == official(eari)
    assert [row["rank"] for row in downloaded(page)[1]] == [rank for rank, _, _ in official(eari)]


def test_a_slider_between_two_places_keeps_its_weight_until_it_is_moved(visit, small):
    """Weights of 1 and 100 have no whole places up to 40: a slider shows the nearest, its share is the true one."""
    small.edit("framework.toml", "cables = 1\nprice = 2", "cables = 100\nprice = 99")
    results = small.run()
    page = visit(results)
    share = page.locator("#s0")
    assert (slider(page, results, "chips").input_value(), share.text_content()) == ("0", "0.5 %")
    assert told(page) == official(results)
    push(page, results, "cables", "Home")
    assert share.text_content() == "1.0 %"
    assert told(page) == official(results.reweight(cables=0))


def test_moving_about_the_page_keeps_the_choices(visit, simulated):
    page = visit(simulated)
    push(page, simulated, "data", "End")
    before = table(page)
    page.evaluate("location.hash = '#ranking'")
    page.evaluate(DRAWN)
    assert table(page) == before
    assert slider(page, simulated, "data").input_value() == "40"


def test_a_country_is_highlighted_and_scrolled_to(visit, simulated):
    page = visit(simulated, viewport={"width": 1280, "height": 500})
    row = page.locator("#rows tr", has_text="Romania")
    assert not in_view(row)
    page.locator("#country").select_option("RO")
    assert in_view(row)
    assert row.get_attribute("aria-current") == "true"
    assert re.search(r"Romania: rank 27 \(2\d(–27)?\), officially 27\.$", page.locator("#status").inner_text())
    page.locator("#country").select_option("")
    assert page.locator("[aria-current]").count() == 0


def in_view(row):
    return row.evaluate(
        "row => { const box = row.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; }"
    )


def downloaded(page):
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download CSV").click()
    text = waiting.value.path().read_text(encoding="utf-8")
    return waiting.value.suggested_filename, list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_table_can_be_taken_away(visit, simulated):
    page = visit(simulated)
    push(page, simulated, "energy", "End")
    name, rows = downloaded(page)
    weights = dict.fromkeys(simulated.framework.children("index"), 10) | {"energy": 40}
    again = {row["country"]: row for row in simulated.reweight(weights).ranks.iter_rows(named=True)}
    before = dict(simulated.ranks.select("country", "rank").iter_rows())
    assert name == "eari-2026-other-weights.csv"
    assert list(rows[0]) == ["rank", "low", "high", "code", "country", "score", "official_rank"]
    assert [(row["rank"], row["country"]) for row in rows] == [(cells[0], cells[3]) for cells in table(page)]
    for row in rows:
        own = again[row["code"]]
        assert (int(row["rank"]), float(row["score"])) == (own["rank"], own["score"])
        assert int(row["official_rank"]) == before[row["code"]]
        assert 1 <= int(row["low"]) <= int(row["high"]) <= 27


def test_names_are_plain_text_on_the_page_and_in_the_table(visit, small):
    names = {"AT": '=HYPERLINK("x")', "BE": "</script><script>alert(1)</script>", "BG": "@SUM(1), or 2", "CY": "-1"}
    told = "".join(f"{code} = '{name}'\n" for code, name in names.items())
    small.edit("framework.toml", "[groups.index]", f"[unit_names]\n{told}\n[groups.index]")
    small.edit(
        "framework.toml",
        '[groups.compute]\nname = "Compute"',
        "[groups.compute]\nname = '<img src=x onerror=alert(2)>'",
    )
    page = visit(small.run())
    assert set(names.values()) <= {row[3] for row in table(page)}
    page.locator("#country").select_option("BE")
    assert "</script><script>alert(1)</script>: rank" in page.locator("#status").inner_text()
    _, rows = downloaded(page)
    guarded = {row["code"]: row["country"] for row in rows}
    assert guarded["AT"] == '\'=HYPERLINK("x")'
    assert [guarded[code][:2] for code in ("BE", "BG", "CY")] == ["</", "'@", "'-"]


def test_the_engine_takes_what_the_page_tells_it(visit, simulated, tmp_path):
    page = visit(simulated)
    push(page, simulated, "compute", "ArrowRight", 7)
    push(page, simulated, "trust", "ArrowLeft", 4)
    page.get_by_label("geometric").check()
    page.evaluate(DRAWN)
    file, command = page.locator("#engine").text_content().split("\n\n")
    (tmp_path / "weights.toml").write_text(file, encoding="utf-8")
    assert command == "readiness run --weights weights.toml --set aggregate.index=geometric"
    recipe = override(simulated.recipe, simulated.framework, ["aggregate.index=geometric"])
    weights = read_weights(tmp_path / "weights.toml", simulated.framework)
    assert told(page) == official(simulated.with_recipe(recipe).reweight(weights))
