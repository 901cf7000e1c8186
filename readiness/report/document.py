"""What a report says, before it is a page or a print: sections of texts, charts and tables, without markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

TEXT, NUMBER, RANGE, LONG = "text", "num", "range", "long"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: heading, kind (text, num, range or long), and its share of the width in print."""

    head: str
    kind: str = TEXT
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text, or why there is none; notes below it, a class of colour, a link, a small chart."""

    text: str
    reason: str = ""
    notes: tuple[str, ...] = ()
    heat: int | None = None
    link: str = ""
    spark: Markup = field(default_factory=Markup)
    strong: bool = False
    abbreviations: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row; `kind` is "", "group", "total", "own", or "band", a heading over the rows below it with one cell."""

    cells: tuple[Cell, ...]
    kind: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table: caption, columns, rows; `style` is "cards" (rows become cards on a narrow screen) or "fit"."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    style: str = "cards"
    key: str = ""
    kind: str = "table"


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: the title says the finding, the subtitle what is plotted, `alt` all that is seen, `data` its numbers."""

    title: str
    subtitle: str
    svg: Markup
    alt: str
    data: Table | None = None
    width: float = 1.0  # share of the text's width in print
    kind: str = "chart"


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; `style` is "" or "note"."""

    text: str
    style: str = ""
    link: str = ""
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of short texts, or of pairs of a term and its text; `language` where it is not that of the document."""

    items: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    language: str = ""
    kind: str = "list"


@dataclass(frozen=True, slots=True)
class Boxes:
    """Key figures: label, figure, and what stands below it."""

    items: tuple[tuple[str, str, str], ...]
    kind: str = "boxes"


@dataclass(frozen=True, slots=True)
class Link:
    """A link: where to, its text, what stands behind it, and the language of what it leads to if another."""

    href: str
    text: str
    says: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Links:
    """A list of links."""

    links: tuple[Link, ...]
    kind: str = "links"


@dataclass(frozen=True, slots=True)
class Side:
    """Blocks side by side where there is room."""

    blocks: tuple[Block, ...]
    kind: str = "side"


Block = Table | Chart | Text | Listing | Boxes | Links | Side


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its key, which links lead to, its title, and its blocks."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A report: language, title, what stands above and below it, and its sections.

    `name` is whom it is about; `lead` the finding in a sentence or two; `foot` what identifies the run.
    """

    language: str
    title: str
    name: str
    lead: str
    boxes: Boxes
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
    foot: str
    kind: str = "report"


def every_block(blocks: Sequence[Block]) -> Iterator[Block]:
    """Go through blocks and those that stand side by side in them."""
    for block in blocks:
        yield block
        if isinstance(block, Side):
            yield from every_block(block.blocks)
