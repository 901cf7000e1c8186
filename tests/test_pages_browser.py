"""The pages in a browser: nothing is loaded or complained of, nothing sticks out, all can be reached and read."""

from __future__ import annotations

import pytest
from chart_cases import EXTREME, ORDINARY
from explorer_browser import DRAWN, NEEDED, browsers
from hostile_runs import LONG, MIXED, hostile, hostile_options
from pages_browser import (
    NARROW,
    PAPER,
    STUCK,
    TEXTS,
    WIDE,
    Visitor,
    beside_the_paper,
    outside,
    overflow,
    overlaps,
    sheet_of,
    visitors,
)
from small_index import Small
from whole_pages import whole_pages

from readiness.report.data import gather
from readiness.report.options import Options
from readiness.report.products import country_products, index_products
from readiness.report.texts import PSEUDO, speak

pytestmark = NEEDED
PAGES = ("index.html", "index.el.html", "method.html", "PT.html", "RO.html")
LONGER = (f"index.{PSEUDO}.html", f"PT.{PSEUDO}.html")  # of a language whose texts are 40 % longer
OTHERS = ("index.pl.html", "PT.bg.html", "PT.de.html", "IT.html", "LU.html", "PL.html", "desi.html", "desi-PT.html")
EVERY = (*PAGES, *LONGER, *OTHERS)
MIDDLE = 800  # pixels: a tablet; wide enough for tables that are no cards
MARGIN = 28.35  # points, a centimetre


@pytest.fixture(scope="module")
def browser():
    yield from browsers()


@pytest.fixture(scope="module")
def folder(complete, desi_report, tmp_path_factory):
    """A folder with the pages of a run, some of them in other languages, those of another index, and all charts."""
    place = tmp_path_factory.mktemp("pages")
    made = whole_pages(complete) | {"desi.html": desi_report["index.html"], "desi-PT.html": desi_report["PT.html"]}
    for language in (PSEUDO, "bg", "de"):
        spoken = gather(complete, speak(language, complete.framework.texts))
        own = [*country_products(spoken, [Options("PT")], ("pages",)), *index_products(spoken, ("pages",))]
        made |= {name: content.decode() for name, content in own}
    charts = {name: str(make()) for name, make in {**ORDINARY, **EXTREME}.items()}
    for name, text in (made | {"charts.html": sheet_of(charts)}).items():
        (place / name).write_text(text, encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def hostile_folder(tmp_path_factory):
    """A folder with the pages of indices whose every text is hostile, such as one of 10 000 letters without a blank."""
    place = tmp_path_factory.mktemp("hostile")
    for kind, text in (("long", LONG), ("mixed", MIXED)):
        facts = gather(hostile(Small(tmp_path_factory.mktemp(kind)), text))
        made = [*index_products(facts, ("pages",)), *country_products(facts, [hostile_options(text)], ("pages",))]
        for name, content in made:
            (place / f"{kind}-{name}").write_bytes(content)
    return place


@pytest.fixture
def visit(browser):
    yield from visitors(browser)


@pytest.fixture(scope="module")
def measured(browser, folder):
    """What sticks out of a page at each width, and the texts of its pictures; every page is opened once."""
    made = {}
    visitor = Visitor(browser)

    def measured(name):
        if name not in made:
            page, found = visitor(folder / name), {}
            pictures = page.evaluate(TEXTS)
            for width in (WIDE, MIDDLE, NARROW):
                page.set_viewport_size({"width": width, "height": 900})
                found[width] = overflow(page) + page.evaluate(STUCK)
            made[name] = found, pictures
            page.close()
        return made[name]

    yield measured
    visitor.close()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_is_shown_without_a_complaint_and_asks_for_nothing(visit, folder, name, scheme):
    """A breach of the page's policy would be a complaint; `visit` demands in the end that there is none."""
    page = visit(folder / name, color_scheme=scheme)
    page.evaluate(DRAWN)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(15, 23, 34)"}[scheme]  # the style sheet came through


@pytest.mark.parametrize("name", EVERY)
def test_nothing_sticks_out_to_the_right_and_whatever_scrolls_can_be_scrolled_by_keyboard(measured, name):
    assert measured(name)[0] == {WIDE: [], MIDDLE: [], NARROW: []}


@pytest.mark.parametrize("name", EVERY)
def test_texts_of_charts_stand_inside_their_picture_and_do_not_cover_each_other(measured, name):
    pictures = measured(name)[1]
    assert pictures
    assert outside(pictures) + overlaps(pictures) == []


@pytest.mark.parametrize("name", ["index.html", "index.de.html", "method.html", "AT.html"])
@pytest.mark.parametrize("kind", ["long", "mixed"])
def test_a_hostile_text_does_not_stick_out_either(visit, hostile_folder, kind, name):
    page, found = visit(hostile_folder / f"{kind}-{name}"), {}
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        found[width] = overflow(page)
    assert found == {WIDE: [], NARROW: []}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_inside_whatever_is_drawn(visit, folder, scheme):
    pictures = visit(folder / "charts.html", color_scheme=scheme).evaluate(TEXTS)
    assert len(pictures) == len([name for name in {**ORDINARY, **EXTREME} if not name.startswith("spark")])
    assert outside(pictures) == []


# Keyboard


@pytest.mark.parametrize("name", PAGES)
def test_the_first_key_reaches_a_link_that_skips_to_the_content(visit, folder, name):
    page = visit(folder / name)
    page.keyboard.press("Tab")
    focused = page.evaluate("""() => {
      const own = document.activeElement, box = own.getBoundingClientRect(), style = getComputedStyle(own);
      return [own.className, own.getAttribute("href"), box.top >= 0 && box.left >= 0, style.outlineWidth];
    }""")
    assert focused == ["skip", "#main", True, "3px"]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.getElementById('main').contains(document.activeElement)")


@pytest.mark.parametrize("name", ["index.html", "method.html", "PT.html"])
def test_links_regions_and_what_opens_are_reached_by_keyboard_and_seen(visit, folder, name):
    page = visit(folder / name)
    wanted = page.evaluate("""() => Array.from(document.querySelectorAll("a[href], summary, .wrap[tabindex]"))
      .filter(each => each.getAttribute("tabindex") !== "-1" && each.checkVisibility()).length""")
    seen, plain = 0, []
    for _ in range(wanted):
        page.keyboard.press("Tab")
        kind, outline = page.evaluate("""() => {
          const style = getComputedStyle(document.activeElement);
          return [document.activeElement.tagName, style.outlineStyle === "none" ? "0px" : style.outlineWidth];
        }""")
        seen += kind in ("A", "SUMMARY", "DIV")
        plain += [kind] if outline == "0px" else []
    assert (seen, plain) == (wanted, [])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") in ("BODY", "HTML", "A")


def test_what_is_touched_is_large_enough(visit, folder):
    page = visit(folder / "PT.html", NARROW)
    boxes = page.evaluate(
        "Array.from(document.querySelectorAll('summary, nav a'), each => each.getBoundingClientRect().height)"
    )
    assert min(each for each in boxes if each) >= 18
    assert min(page.evaluate("Array.from(document.querySelectorAll('summary'), e => e.offsetHeight)")) >= 24


# Paper


@pytest.mark.parametrize("name", PAGES)
def test_a_printed_page_has_no_links_about_pages_and_black_on_white(visit, folder, name):
    page = visit(folder / name, PAPER, color_scheme="dark")
    page.emulate_media(media="print")
    hidden = "Array.from(document.querySelectorAll('nav, .skip'), each => getComputedStyle(each).display)"
    assert set(page.evaluate(hidden)) == {"none"}
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(16, 36, 62)"
    assert set(page.evaluate("Array.from(document.querySelectorAll('.wrap'), e => getComputedStyle(e).overflowX)")) == {
        "visible"
    }


@pytest.mark.parametrize("name", ["index.html", "index.el.html", "index.pl.html", "method.html", "PT.html"])
def test_a_printed_page_fits_on_paper(visit, folder, name):
    sides = dict.fromkeys(("left", "right", "top", "bottom"), "1cm")
    assert beside_the_paper(visit(folder / name).pdf(format="A4", margin=sides), MARGIN) == []
