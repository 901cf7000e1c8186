"""The pages of the report: file name -> HTML text."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from readiness import __version__
from readiness.countries import unfit_codes
from readiness.errors import Violation, raise_errors
from readiness.report.country import country_page
from readiness.report.data import Facts, gather
from readiness.report.overview import overview
from readiness.report.words import edition_title, short_reference
from readiness.results import Results

if TYPE_CHECKING:
    from jinja2 import Environment

FIRST = "index"
CODE = re.compile(r"[A-Za-z0-9_-]+")


def pages(results: Results) -> dict[str, str]:
    """Return the report of a run: index.html and one page for each country, named by its code.

    The same results give the same text. Errors: ReadinessError for a code that cannot name a file.
    """
    unfit = unfit_codes(results.framework.units)
    raise_errors(Violation("E503", "framework.toml", code, expected, column="units") for code, expected in unfit)
    facts = gather(results)
    shared = common(facts)
    written = {f"{FIRST}.html": _template("index.html").render(shared, **overview(facts))}
    template = _template("country.html")
    for code in results.framework.units:
        written[f"{code}.html"] = template.render(shared, **country_page(facts, code))
    return written


def common(facts: Facts) -> dict[str, Any]:
    """Return what every page prints: index, edition, run, countries in order of their names."""
    results = facts.results
    by_name = sorted(facts.framework.units, key=lambda code: (facts.framework.unit_name(code), code))
    first, last = facts.editions[0], facts.editions[-1]
    return {
        "title": edition_title(facts.framework, facts.edition),
        "edition": facts.edition,
        "editions": facts.editions,
        "previous": facts.previous,
        "span": f"{first} to {last}",
        "short": short_reference(facts.framework),
        "ends": tuple(f"{end:g}" for end in (facts.scale.low, facts.scale.high)),
        "names": {code: facts.framework.unit_name(code) for code in by_name},
        "countries": [(code, facts.framework.unit_name(code)) for code in by_name],
        "number": len(facts.framework.units),
        "recipe": results.recipe.name,
        "run": results.digest,
        "as_of": results.as_of.isoformat() if results.as_of else "",
        "version": __version__,
    }


def _template(name: str) -> Any:
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    """Make the environment once: every value is escaped, a name that is missing is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
