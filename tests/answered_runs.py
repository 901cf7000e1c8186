"""A run with the tables that answer an officer's questions, and the pages of it; each is made once a session."""

from __future__ import annotations

import base64
import hashlib

from readiness.answers import answered
from readiness.report.products import products
from readiness.results import Results

RUNS: dict[str, Results] = {}
PAGES: dict[str, dict[str, str]] = {}


def with_answers(results: Results) -> Results:
    """Return the results as they are written: with causes, movements, moves, peers, quality and targets."""
    if results.digest not in RUNS:
        RUNS[results.digest] = answered(results)
    return RUNS[results.digest]


def whole_pages(results: Results) -> dict[str, str]:
    """Return the pages of a run with its answers: file name -> HTML."""
    if results.digest not in PAGES:
        made = products(with_answers(results), ("pages",))
        PAGES[results.digest] = {name: content.decode() for name, content in made}
    return PAGES[results.digest]


def policy_of(text: str) -> str:
    """Return the policy that a page must have: nothing passes but the one style sheet that stands in it."""
    style = text.split("<style>", 1)[1].split("</style>", 1)[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
