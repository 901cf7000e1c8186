"""An HTML page taken apart: its elements, its tables by heading, its plain text, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass(eq=False)
class Node:
    """An element with what it holds: texts and further elements, in their order."""

    tag: str
    attributes: dict[str, str | None]
    inside: list[Node | str] = field(default_factory=list)

    def below(self, *tags: str) -> Iterator[Node]:
        """Go through the elements below this one, of some kinds or all, in the order of the page."""
        for each in self.inside:
            if isinstance(each, Node):
                if not tags or each.tag in tags:
                    yield each
                yield from each.below(*tags)

    def styled(self, style: str) -> bool:
        return style in (self.attributes.get("class") or "").split()

    def text(self, *without: str) -> str:
        """Return the text in one line; elements of some classes can be left out."""
        parts = [
            each if isinstance(each, str) else each.text(*without)
            for each in self.inside
            if isinstance(each, str) or not any(each.styled(style) for style in without)
        ]
        return " ".join("".join(parts).split())


@dataclass(frozen=True)
class Table:
    """A table: caption, headings, rows of cells; `label` names a cell as a screen reader and a narrow screen do."""

    caption: str
    heads: list[str]
    rows: list[list[Node]]
    kinds: list[str]

    def column(self, head: str, place: int = 0) -> list[str]:
        """Return the texts below a heading, the first of that name or a later one; without notes and reasons."""
        at = [number for number, each in enumerate(self.heads) if each == head][place]
        return [row[at].text("soft", "unseen") for row in self.rows if len(row) == len(self.heads)]


class Page(HTMLParser):
    """A page as its elements: (tag, attributes, text up to the next tag)."""

    VOID = frozenset({"meta", "br", "img", "hr", "link", "input"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements, self.open, self.faults = [], [], []
        self.root = Node("", {})
        self._path = [self.root]
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._add(tag, attributes)
        if tag not in self.VOID:
            self.open.append(tag)
            self._path.append(self._path[-1].inside[-1])

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._add(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)
        elif len(self._path) > 1:
            self._path.pop()

    def handle_data(self, text: str) -> None:
        self._path[-1].inside.append(text)
        if self.elements:
            self.elements[-1][2] += text

    def _add(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attributes]
        if len(set(names)) < len(names):
            self.faults.append(f"{tag}: an attribute stands twice")
        own = dict(attributes)
        self.elements.append([tag, own, ""])
        self._path[-1].inside.append(Node(tag, own))

    def all(self, tag: str) -> list[tuple[dict[str, str | None], str]]:
        return [(attributes, text) for name, attributes, text in self.elements if name == tag]

    def classed(self, tag: str, style: str) -> list[tuple[dict[str, str | None], str]]:
        return [(a, text) for a, text in self.all(tag) if style in (a.get("class") or "").split()]

    def at(self, key: str) -> Node:
        """Return the element of an id."""
        (found,) = (each for each in self.root.below() if each.attributes.get("id") == key)
        return found

    def tables(self, key: str = "") -> list[Table]:
        """Return the tables of the page, or those within the element of an id."""
        place = self.at(key) if key else self.root
        tables = [place] if place.tag == "table" else place.below("table")
        return [self._table(each) for each in tables]

    def table(self, caption: str, key: str = "") -> Table:
        """Return the table whose caption begins with a text."""
        (found,) = (each for each in self.tables(key) if each.caption.startswith(caption))
        return found

    def text(self, key: str = "main") -> str:
        """Return all that stands in the element of an id."""
        return self.at(key).text()

    @staticmethod
    def _table(table: Node) -> Table:
        lines = list(table.below("tr"))
        head = [line for part in table.below("thead") for line in part.below("tr")]
        body = [line for line in lines if line not in head]
        heads = [each.text() for line in head for each in line.below("th", "td")]
        (caption,) = table.below("caption")
        rows = [list(line.below("th", "td")) for line in body]
        return Table(caption.text(), heads, rows, [line.attributes.get("class", "") for line in body])
