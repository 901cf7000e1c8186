"""A document as a page: one self-contained HTML file that runs nothing and loads nothing."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from readiness.report.charts.svg import STYLES
from readiness.report.document import Document, Link
from readiness.report.texts import Texts
from readiness.report.visible import visible

if TYPE_CHECKING:
    from jinja2 import Template

SHEETS = ("style.css", "charts.css")
POLICY = "default-src 'none'; style-src '{style}'; base-uri 'none'; form-action 'none'"


def page(document: Document, say: Texts, above: Sequence[Link] = (), countries: Sequence[Link] = ()) -> str:
    """Return a document as HTML; `above` are links over it, `countries` those of all countries at its end."""
    words = {
        "skip": say("Skip to the content"),
        "pages": say("Pages"),
        "contents": say("On this page"),
        "countries": say("All countries"),
        "data": say("The numbers of this chart"),
    }
    given = {"document": document, "words": words, "above": above, "countries": countries}
    return filled("page.html", given)


def filled(name: str, given: dict[str, Any]) -> str:
    """Return a template with its values, the style sheet, and the policy that lets this sheet pass and nothing else."""
    return template(name).render(given, style=Markup(style()), policy=policy())


@cache
def style() -> str:
    """Return the style sheet of all pages, without comments and needless blanks."""
    text = "\n".join((STYLES / name).read_text(encoding="utf-8") for name in SHEETS)
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)).strip()


@cache
def policy() -> str:
    """Return the security policy of a page: nothing but its own style sheet, known by its hash."""
    return POLICY.format(style=digest(style()))


def digest(text: str) -> str:
    """Return the hash of an inline script or style as a security policy names it."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def template(name: str) -> Template:
    """Return a template."""
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    """Make the environment once: every value is escaped, a name that is missing is an error."""
    options: dict[str, Any] = {"trim_blocks": True, "lstrip_blocks": True, "auto_reload": False}
    return Environment(
        loader=FileSystemLoader(STYLES), autoescape=True, undefined=StrictUndefined, finalize=_seen, **options
    )


def _seen(value: Any) -> Any:
    """Return a value as it is printed; texts from data are cleaned, what a chart or a sheet made stays."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else visible(value)
