"""An HTML page taken apart: its elements, texts, and what is wrong with it."""

from __future__ import annotations

from html.parser import HTMLParser


class Page(HTMLParser):
    """A page as its elements: (tag, attributes, text up to the next tag)."""

    VOID = frozenset({"meta", "br", "img", "hr", "link", "input"})

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.faults = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append([tag, dict(attributes), ""])
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append([tag, dict(attributes), ""])

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def handle_data(self, text):
        if self.elements:
            self.elements[-1][2] += text

    def all(self, tag):
        return [(attributes, text) for name, attributes, text in self.elements if name == tag]

    def classed(self, tag, style):
        return [(a, text) for a, text in self.all(tag) if style in (a.get("class") or "").split()]
