"""The pages of a run, all of them made once a session or some of them anew, and the policy that each must have."""

from __future__ import annotations

import base64
import hashlib

from readiness.report.data import gather
from readiness.report.options import Options
from readiness.report.products import country_products, index_products, products
from readiness.results import Results

PAGES: dict[str, dict[str, str]] = {}


def whole_pages(complete: Results) -> dict[str, str]:
    """Return the pages of a run that has its answers, as its folder holds them: file name -> HTML."""
    if complete.digest not in PAGES:
        PAGES[complete.digest] = {name: content.decode() for name, content in products(complete, ("pages",))}
    return PAGES[complete.digest]


def some_pages(results: Results, *codes: str) -> dict[str, str]:
    """Return the pages of the index and of some countries, which takes less time than all."""
    facts = gather(results)
    made = [*index_products(facts, ("pages",)), *country_products(facts, [Options(code) for code in codes], ("pages",))]
    return {name: content.decode() for name, content in made}


def policy_of(text: str) -> str:
    """Return the policy that a page must have: nothing passes but the one style sheet that stands in it."""
    style = text.split("<style>", 1)[1].split("</style>", 1)[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
