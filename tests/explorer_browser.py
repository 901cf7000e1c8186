"""A browser for the tests of the explorer: pages of runs are opened, moved by keyboard and read."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import readiness
from readiness.numbers import printed
from readiness.report.data import gather
from readiness.report.explorer import explorer_page
from readiness.report.explorer_data import explorer_groups, explorer_leaves

driver = pytest.importorskip("playwright.sync_api", reason="a browser is driven by playwright, which is not installed")
CHROMIUM = shutil.which("chromium")
NEEDED = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
ROWS = "Array.from(document.querySelectorAll('#rows tr'), row => Array.from(row.children, cell => cell.textContent))"


def browsers() -> Iterator[Any]:
    """Yield a browser, which is closed afterwards."""
    with driver.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


class Files:
    """Pages of runs on disk, each written once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def address(self, results: readiness.Results) -> str:
        path = self.folder / f"{results.framework.code}-{results.digest}.html"
        if not path.exists():
            path.write_text(explorer_page(gather(results)), encoding="utf-8")
        return path.as_uri()


def visits(browser: Any, files: Files) -> Iterator[Callable[..., Any]]:
    """Yield what opens the page of a run; in the end nothing was complained of, and nothing asked from anywhere."""
    told: list[str] = []
    asked: list[str] = []
    contexts = []

    def visit(results: readiness.Results, hash_: str = "", **options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("dialog", lambda dialog: told.append(dialog.message))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(files.address(results) + hash_)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert told == []
    assert [url for url in asked if not url.startswith(("file:", "blob:"))] == []


def slider(page: Any, results: readiness.Results, code: str) -> Any:
    """Return the slider of a node."""
    framework = results.framework
    return page.locator(f"#w{[*explorer_leaves(framework), *explorer_groups(framework)].index(code)}")


def push(page: Any, results: readiness.Results, code: str, key: str, times: int = 1) -> None:
    """Move a slider as a reader does who has no mouse, and wait until the page has followed."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    slider(page, results, code).focus()
    for _ in range(times):
        page.keyboard.press(key)
    page.evaluate(DRAWN)


def table(page: Any) -> list[list[str]]:
    """Return the cells of the ranking: rank, interval, change, country, score, bar."""
    return page.evaluate(ROWS)


def told(page: Any) -> list[tuple[str, str, str]]:
    """Return rank, country and score in the order of the table."""
    return [(row[0], row[3], row[4]) for row in table(page)]


def official(results: readiness.Results, decimals: int = 2) -> list[tuple[str, str, str]]:
    """Return rank, country and score as a run has them."""
    rows = results.ranks.iter_rows(named=True)
    return [(str(row["rank"]), row["name"], printed(row["score"], decimals)) for row in rows]
