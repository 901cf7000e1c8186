"""The pages under axe-core, which knows the rules of accessibility that a machine can check (WCAG 2.2)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from explorer_browser import DRAWN, NEEDED, browsers
from pages_browser import NARROW, WIDE, visitors
from whole_pages import whole_pages

from readiness.report.data import gather
from readiness.report.explorer import explorer_page

ROOT = Path(__file__).resolve().parents[1]
INSTALLED = [folder / "node_modules" / "axe-core" / "axe.min.js" for folder in (ROOT, ROOT.parent)]
PLACES = [Path(os.environ["AXE"])] if os.environ.get("AXE") else INSTALLED
AXE = next((each for each in PLACES if each.is_file()), None)
pytestmark = [NEEDED, pytest.mark.skipif(AXE is None, reason="axe-core is not installed")]

PAGES = ("index.html", "index.bg.html", "method.html", "PT.html", "explorer.html")
SERIOUS = ("serious", "critical")
RUN = """async () => {
  document.querySelectorAll("details").forEach(each => { each.open = true; });
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.map(each => [each.impact, each.id, each.nodes.length, each.nodes[0].html.slice(0, 160)]);
}"""


@pytest.fixture(scope="module")
def browser():
    yield from browsers()


@pytest.fixture(scope="module")
def folder(complete, tmp_path_factory):
    place = tmp_path_factory.mktemp("axe")
    made = whole_pages(complete) | {"explorer.html": explorer_page(gather(complete))}
    for name in PAGES:
        (place / name).write_text(made[name], encoding="utf-8")
    return place


@pytest.fixture
def visit(browser):
    yield from visitors(browser)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("name", PAGES)
def test_no_rule_of_accessibility_is_broken(visit, folder, name, width, scheme):
    page = visit(folder / name, width, color_scheme=scheme)
    page.evaluate(DRAWN)
    page.evaluate(AXE.read_text(encoding="utf-8"))  # run by the browser itself, past the page's policy
    assert [each for each in page.evaluate(RUN) if each[0] in SERIOUS] == []
