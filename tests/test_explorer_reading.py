"""The explorer in a browser, read: on narrow screens, by keyboard, without JavaScript; and what its policy stops."""

import pytest
from explorer_browser import DRAWN, NEEDED, Files, browsers, push, visits
from html_page import Page

import readiness
from readiness.report.data import gather
from readiness.report.explorer import explorer_page

pytestmark = NEEDED


@pytest.fixture(scope="module")
def browser():
    yield from browsers()


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return Files(tmp_path_factory.mktemp("explorer"))


@pytest.fixture
def visit(browser, files):
    yield from visits(browser, files)


def test_without_javascript_the_official_ranking_stands_there(visit, simulated):
    page = visit(simulated, java_script_enabled=False)
    assert page.locator("noscript p").is_visible()
    assert not page.locator("#controls").is_visible()
    assert page.locator("#rows tr").first.is_visible()


@pytest.mark.parametrize(
    ("index", "width"), [("eari", 320), ("eari", 380), ("desi-2022", 380), ("hdi", 320), ("tai-2008", 380)]
)
def test_a_narrow_page_does_not_scroll_sideways(visit, index, width, simulated):
    results = simulated if index == "eari" else readiness.run(index=index)
    page = visit(results, viewport={"width": width, "height": 800})
    push(page, results, results.framework.children(results.framework.root)[0], "End")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_targets_are_large_enough(visit, simulated):
    page = visit(simulated, "#w.capacity=3", viewport={"width": 380, "height": 800})
    kinds = "button, select, summary, .choice, input[type=range]"
    boxes = page.evaluate(
        "kinds => Array.from(document.querySelectorAll(kinds), each => each.getBoundingClientRect().toJSON())", kinds
    )
    sizes = [(box["width"], box["height"]) for box in boxes if box["width"]]
    assert len(sizes) > 20
    assert min(min(size) for size in sizes) >= 24


def test_focus_is_seen(visit, simulated):
    page = visit(simulated)
    for _ in range(6):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"


def test_the_policy_stops_what_is_not_of_the_page(browser, files, eari):
    page = browser.new_page()
    failed = []
    page.on("requestfailed", lambda request: failed.append((request.url, request.failure)))
    page.goto(files.address(eari))
    page.evaluate("""() => {
      const script = document.createElement("script");
      script.textContent = "window.broken = true";
      const image = document.createElement("img");
      image.src = "http://127.0.0.1:9/image.png";
      document.body.append(script, image);
      document.body.setAttribute("style", "color: red");
    }""")
    page.evaluate(DRAWN)
    assert page.evaluate("window.broken") is None
    assert page.evaluate("getComputedStyle(document.body).color") != "rgb(255, 0, 0)"
    assert failed == [("http://127.0.0.1:9/image.png", "csp")]
    page.close()


def test_every_slider_says_what_it_weighs(visit, simulated):
    parsed = Page(explorer_page(gather(simulated)))
    page = visit(simulated)
    labels = page.evaluate(
        "Array.from(document.querySelectorAll('input[type=range]'), each => each.labels[0].textContent.trim())"
    )
    assert len(set(labels)) == len(labels) == len([a for a, _ in parsed.all("input") if a["type"] == "range"]) == 18
    assert "Compute: Supercomputing capacity" in labels
