"""A chart read back as what it draws: marks with their places, texts, titles, and the colours the style sheet gives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from xml.etree import ElementTree

from readiness.report.charts.svg import STYLES

NUMBER = r"-?\d+(?:\.\d+)?"
SIZES = (("tiny", 9.0), ("small", 11.0), ("map", 16.0))
Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass
class Mark:
    """An element that is drawn: tag, classes, box, text; `groups` are the elements around it, the outermost first."""

    tag: str
    classes: frozenset[str]
    box: Box
    text: str = ""
    title: str = ""
    groups: tuple[Mark, ...] = field(default=(), repr=False)

    @property
    def middle(self) -> tuple[float, float]:
        left, top, right, bottom = self.box
        return (left + right) / 2, (top + bottom) / 2


@dataclass(frozen=True)
class Picture:
    """A chart: width, height, what it is called, and its marks in the order of painting."""

    root: ElementTree.Element
    width: float
    height: float
    marks: tuple[Mark, ...]

    def of(self, tag: str, *classes: str) -> list[Mark]:
        return [each for each in self.marks if each.tag == tag and set(classes) <= each.classes]

    @property
    def titles(self) -> list[str]:
        return [each.text or "" for each in self.root.iter() if bare(each.tag) == "title"]


def bare(tag: str) -> str:
    return tag.rpartition("}")[2]


def read(svg: str) -> Picture:
    """Return a chart that was parsed as XML: one that is not well-formed raises."""
    root = ElementTree.fromstring(str(svg))
    _, _, width, height = map(float, root.get("viewBox", "").split())
    top = Mark("svg", frozenset(root.get("class", "").split()), (0, 0, width, height))
    return Picture(root, width, height, tuple(_marks(root, (top,), (0.0, 0.0), "")))


def _marks(
    element: ElementTree.Element, groups: tuple[Mark, ...], shift: tuple[float, float], title: str
) -> Iterator[Mark]:
    for each in element:
        tag, classes = bare(each.tag), frozenset(each.get("class", "").split())
        if tag in ("title", "desc", "style"):
            continue
        if tag in ("g", "a"):
            moved = re.fullmatch(rf"translate\(({NUMBER}) ({NUMBER})\)", each.get("transform", "translate(0 0)"))
            place = (shift[0] + float(moved[1]), shift[1] + float(moved[2]))
            own = next((child.text or "" for child in each if bare(child.tag) == "title"), title)
            yield from _marks(each, (*groups, Mark(tag, classes, (0, 0, 0, 0))), place, own)
            continue
        box = _box(tag, each, classes, groups)
        moved_box = (box[0] + shift[0], box[1] + shift[1], box[2] + shift[0], box[3] + shift[1])
        yield Mark(tag, classes, moved_box, "".join(each.itertext()), title, groups)


def _box(tag: str, each: ElementTree.Element, classes: frozenset[str], groups: tuple[Mark, ...]) -> Box:
    if tag == "rect":
        x, y, width, height = (float(each.get(name, 0)) for name in ("x", "y", "width", "height"))
        return x, y, x + width, y + height
    if tag == "circle":
        x, y, radius = (float(each.get(name, 0)) for name in ("cx", "cy", "r"))
        return x - radius, y - radius, x + radius, y + radius
    if tag == "text":
        return _text_box(each, classes, groups[0].classes | classes)
    spots = list(_spots(each.get("d", "")))
    return min(x for x, _ in spots), min(y for _, y in spots), max(x for x, _ in spots), max(y for _, y in spots)


def _text_box(each: ElementTree.Element, classes: frozenset[str], known: frozenset[str]) -> Box:
    """Return about where a text stands: a letter is half as wide as it is high, which hardly any font is below."""
    x, y = float(each.get("x", 0)), float(each.get("y", 0))
    size = next((size for name, size in SIZES if name in known), 13.0)
    width = len("".join(each.itertext())) * size / 2
    left = x - (width if "end" in classes else width / 2 if classes & {"middle", "tick"} else 0)
    return left, y - 0.75 * size, left + width, y + 0.25 * size


def _spots(d: str) -> Iterator[tuple[float, float]]:
    """Go through the points of a path of straight lines."""
    x = y = 0.0
    for command, rest in re.findall(r"([MLmlZz])([^MLmlZz]*)", d):
        values = [float(each) for each in re.findall(NUMBER, rest)]
        for dx, dy in zip(values[::2], values[1::2], strict=True):
            x, y = (x + dx, y + dy) if command.islower() else (dx, dy)
            yield x, y


# Styles


@cache
def rules() -> list[tuple[str, dict[str, str]]]:
    """Return the rules of the charts: selector and what it declares, in their order."""
    text = re.sub(r"/\*.*?\*/", "", (STYLES / "charts.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    found = []
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", text):
        declared = dict(re.split(r"\s*:\s*", each.strip(), maxsplit=1) for each in body.split(";") if each.strip())
        found += [(each.strip(), declared) for each in selectors.split(",")]
    return found


def matches(selector: str, mark: Mark) -> bool:
    """Say whether a selector of classes, tags and descendants speaks to a mark."""
    *above, last = selector.split()
    if not _is(last, mark):
        return False
    chain = iter(mark.groups)
    return all(any(_is(each, group) for group in chain) for each in above)


def _is(part: str, mark: Mark) -> bool:
    tag, *classes = part.split(".")
    return tag in ("", mark.tag) and set(classes) <= mark.classes


def style(mark: Mark, name: str) -> str:
    """Return what the style sheet says of a mark: the most specific rule, the last of equals."""
    found = [
        (selector.count("."), len(re.findall(r"(?:^|\s)[a-z]", selector)), place, declared[name])
        for place, (selector, declared) in enumerate(rules())
        if name in declared and matches(selector, mark)
    ]
    return max(found)[3] if found else ""


def colour(mark: Mark, name: str) -> str:
    """Return the name of a mark's colour, nothing if it has none."""
    found = re.fullmatch(r"var\(--(\w+)\)", style(mark, name))
    return found[1] if found else ""
