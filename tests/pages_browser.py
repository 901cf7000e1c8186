"""Pages of a run on disk, opened in a browser: what it says of them, and what does not fit on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from readiness.report.html import policy, style

WIDE, NARROW = 1280, 380  # pixels: a desk and a telephone
PAPER = 720  # width of a page of A4 between its margins, in CSS pixels

# Elements that reach beyond the right edge, but for what stands inside a region that scrolls or a picture.
BEYOND = """() => {
  document.querySelectorAll("details").forEach(each => { each.open = true; });
  const edge = document.documentElement.clientWidth;
  return Array.from(document.body.querySelectorAll("*"))
    .filter(each => !each.parentElement.closest(".wrap, svg") && each.getBoundingClientRect().width > 0)
    .filter(each => each.getBoundingClientRect().right > edge + 0.5)
    .map(each => `${each.tagName} ${each.className} ${each.textContent.trim().slice(0, 40)}`);
}"""
# What scrolls sideways, cannot have the focus and holds nothing that can: no key would move it.
STUCK = """() => Array.from(document.querySelectorAll(".wrap"))
  .filter(each => each.scrollWidth > each.clientWidth + 1)
  .filter(each => each.tabIndex !== 0 && !each.querySelector("a[href], summary"))
  .map(each => `${each.querySelector("caption").textContent.slice(0, 60)}: ${each.scrollWidth}`)"""
# Texts of pictures, each with its box in the units of its picture, and that of its cell.
TEXTS = """() => Array.from(document.querySelectorAll("svg.chart"), svg => {
  const back = svg.getScreenCTM().inverse(), box = svg.viewBox.baseVal;
  const place = each => {
    const own = each.getBBox(), turn = back.multiply(each.getScreenCTM());
    const [a, b] = [[own.x, own.y], [own.x + own.width, own.y + own.height]]
      .map(([x, y]) => new DOMPoint(x, y).matrixTransform(turn));
    return [a.x, a.y, b.x, b.y];
  };
  const cell = each => each.classList.contains("on") && each.parentElement.querySelector("rect");
  return {
    name: svg.querySelector("title").textContent, kind: svg.getAttribute("class"),
    width: box.width, height: box.height,
    texts: Array.from(svg.querySelectorAll("text"), each => (
      {text: each.textContent, box: place(each), cell: cell(each) ? place(cell(each)) : null})),
  };
})"""
SLACK = 0.75  # units of a picture: an edge of a letter that nobody sees


class Visitor:
    """Opens pages and keeps what the browser said and asked for meanwhile."""

    def __init__(self, browser: Any) -> None:
        self.browser = browser
        self.contexts: list[Any] = []
        self.told: list[str] = []
        self.asked: list[str] = []

    def __call__(self, path: Path, width: int = WIDE, **options: Any) -> Any:
        context = self.browser.new_context(viewport={"width": width, "height": 900}, **options)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.told.append(message.text))
        page.on("pageerror", lambda error: self.told.append(str(error)))
        page.on("dialog", lambda dialog: self.told.append(dialog.message))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(path.as_uri())
        return page

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def visitors(browser: Any) -> Iterator[Callable[..., Any]]:
    """Yield what opens pages; in the end nothing was complained of, and nothing but pages was asked for."""
    visitor = Visitor(browser)
    yield visitor
    visitor.close()
    assert visitor.told == []
    assert [url for url in visitor.asked if not (url.startswith("file:") and url.endswith(".html"))] == []
    assert len(visitor.asked) == len(visitor.contexts)


def overflow(page: Any) -> list[str]:
    """Return what reaches beyond the right edge of a page, its closed parts opened."""
    beyond = page.evaluate(BEYOND)
    whole, edge = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return [*beyond, *([f"the page is {whole} wide, not {edge}"] if whole > edge else [])]


def outside(pictures: Iterable[dict[str, Any]]) -> list[str]:
    """Return the texts that do not fit into their picture, or into their cell."""
    found = []
    for picture in pictures:
        for each in picture["texts"]:
            left, top, right, bottom = each["box"]
            over = max(-left, -top, right - picture["width"], bottom - picture["height"])
            if over > SLACK:
                found.append(f"{picture['name'][:40]}: {each['text'][:30]} is {over:.1f} outside the picture")
            if each["cell"] and right - left > each["cell"][2] - each["cell"][0] + SLACK:
                found.append(f"{picture['name'][:40]}: {each['text'][:30]} is wider than its cell")
    return found


def overlaps(pictures: Iterable[dict[str, Any]]) -> list[str]:
    """Return the pairs of texts of a picture that cover each other by more than the edges of their letters."""
    found = []
    for picture in pictures:
        texts = picture["texts"]
        for number, one in enumerate(texts):
            found += [
                f"{picture['name'][:40]}: {one['text'][:30]} and {other['text'][:30]}"
                for other in texts[number + 1 :]
                if _shared(one["box"], other["box"], 0) > 2 and _shared(one["box"], other["box"], 1) > 5
            ]
    return found


def _shared(one: list[float], other: list[float], axis: int) -> float:
    return min(one[axis + 2], other[axis + 2]) - max(one[axis], other[axis])


def sheet_of(charts: dict[str, str]) -> str:
    """Return a page that shows charts, each called by its name."""
    figures = "".join(f"<figure>{svg.replace('>Title<', f'>{name}<')}</figure>" for name, svg in charts.items())
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy()}"><title>Charts</title>'
    return f"<!doctype html><html lang=en>{head}<style>{style()}</style><main>{figures}</main></html>"


def beside_the_paper(content: bytes, margin: float) -> list[str]:
    """Return the texts of a printed page that begin or end beyond its right margin, which is in points."""
    found: list[str] = []
    for sheet in PdfReader(BytesIO(content)).pages:
        edge = float(sheet.mediabox.width) - margin

        def look(
            text: str, place: list[float], letter: list[float], _: object, size: float, edge: float = edge
        ) -> None:
            words = text.strip()
            start, high = letter[4] * place[0] + place[4], size * abs(letter[0] * place[0])
            if words and start + len(words) * high * 0.45 > edge + 1:  # no sentence is narrower
                found.append(words)

        sheet.extract_text(visitor_text=look)
    return found
