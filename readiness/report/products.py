"""All that a run gives its readers: pages, prints, workbooks, explorer; file name -> content, from one data object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from itertools import chain

from readiness.countries import languages_of, unfit_codes
from readiness.errors import Violation, raise_errors
from readiness.report.brief import ministers_brief
from readiness.report.data import Facts, gather
from readiness.report.document import Document, Link
from readiness.report.explorer import explorer_missing, explorer_page
from readiness.report.html import filled, page
from readiness.report.index_page import index_page
from readiness.report.maps import map_chart
from readiness.report.method_page import method_page
from readiness.report.officer import foot, officers_report
from readiness.report.options import Options
from readiness.report.printing import pdf
from readiness.report.texts import COMPLETE, ENGLISH, Texts, folded
from readiness.report.words import TABLES
from readiness.report.workbook import country_workbook, index_workbook
from readiness.report.working import Job, Product, worked
from readiness.results import Results
from readiness.store import KINDS, Told

PAGES, PRINTS, WORKBOOKS, EXPLORER = KINDS
NAMES = {"bg": "Български", "de": "Deutsch", "el": "Ελληνικά", "en": "English", "fr": "Français", "pl": "Polski"}


def products(results: Results, kinds: Sequence[str] = KINDS, told: Told | None = None) -> Iterator[Product]:
    """Yield every product of a run; `told` hears the name of each when it is made.

    The same results give the same bytes. Errors: ReadinessError for a code that cannot name a file.
    """
    unfit = unfit_codes(results.framework.units)
    raise_errors(Violation("E503", "framework.toml", code, expected, column="units") for code, expected in unfit)
    facts = gather(results)
    each = (_country_jobs(facts, Options(code), kinds) for code in facts.framework.units)
    for name, content in worked(chain(_index_jobs(facts, kinds), *each)):
        if told:
            told(name)
        yield name, content


def index_products(facts: Facts, kinds: Sequence[str] = KINDS) -> Iterator[Product]:
    """Yield what is about all countries: page of the index, method, explorer, workbook."""
    return worked(_index_jobs(facts, kinds))


def country_products(facts: Facts, options: Sequence[Options], kinds: Sequence[str] = KINDS) -> Iterator[Product]:
    """Yield the products of countries: page, report, brief (in the languages of the country too), workbook."""
    return worked(chain.from_iterable(_country_jobs(facts, each, kinds) for each in options))


def _index_jobs(facts: Facts, kinds: Sequence[str]) -> Iterator[Job]:
    english = facts.say.language == ENGLISH
    if PAGES in kinds:
        for language in COMPLETE if english else (facts.say.language,):
            spoken = facts if language == facts.say.language else facts.spoken(language)
            yield f"index{_mark(spoken.say)}.html", partial(_index, spoken, kinds)
    if PAGES in kinds and english:
        yield "method.html", partial(_method, facts)
    if EXPLORER in kinds and english and not explorer_missing(facts):
        yield "explorer.html", lambda: explorer_page(facts).encode()
    if WORKBOOKS in kinds and english:
        yield "workbook.xlsx", partial(index_workbook, facts, stamp(facts))


def _country_jobs(facts: Facts, options: Options, kinds: Sequence[str]) -> Iterator[Job]:
    code, mark = options.country, _mark(facts.say)
    if {PAGES, PRINTS} & set(kinds):
        report = officers_report(facts, code, options)
        if PAGES in kinds:
            yield f"{code}{mark}.html", partial(_page, facts, code, report, kinds)
        if PRINTS in kinds:
            yield f"{code}{mark}.pdf", partial(_print, facts, code, report)
            yield from _briefs(facts, options)
    if WORKBOOKS in kinds and not mark:
        yield f"{code}.xlsx", partial(country_workbook, facts, code, stamp(facts))


def _briefs(facts: Facts, options: Options) -> Iterator[Job]:
    """Yield the brief; beside an English one those in the country's own languages, as far as they are complete."""
    code, own = options.country, facts.say.language
    languages = [each for each in languages_of(code) if each in COMPLETE and each != ENGLISH] if own == ENGLISH else []
    yield f"{code}-brief{_mark(facts.say)}.pdf", partial(_brief, facts, options)
    for language in languages:
        yield f"{code}-brief.{language}.pdf", partial(_brief, facts.spoken(language), options)


def _index(facts: Facts, kinds: Sequence[str]) -> bytes:
    say = facts.say
    others = [
        Link(f"index{_mark(Texts(each))}.html", NAMES[each], language=each)
        for each in sorted(COMPLETE)
        if each != say.language
    ]
    return page(index_page(facts, _downloads(facts, kinds)), say, others, _countries(facts)).encode()


def _method(facts: Facts) -> bytes:
    return filled("method.html", {**method_page(facts), "foot": foot(facts)}).encode()


def _page(facts: Facts, code: str, report: Document, kinds: Sequence[str]) -> bytes:
    return page(report, facts.say, _above(facts, code, kinds), _countries(facts, code)).encode()


def _print(facts: Facts, code: str, report: Document) -> bytes:
    return pdf(report, stamp(facts), map_chart(facts, code), facts.say("Contents"))


def _brief(facts: Facts, options: Options) -> bytes:
    return pdf(ministers_brief(facts, options.country, options), stamp(facts))


def stamp(facts: Facts) -> date:
    """Return the date of the documents: that of the newest figure known, for a clock would change their bytes."""
    results = facts.results
    days = [day for day in results.panel.figures["vintage"].drop_nulls() if not results.as_of or day <= results.as_of]
    return max(days, default=date(facts.edition, 1, 1))


def _mark(say: Texts) -> str:
    return "" if say.language == ENGLISH else f".{say.language}"


def _countries(facts: Facts, own: str = "") -> list[Link]:
    ordered = sorted(facts.framework.units, key=lambda code: (folded(facts.country(code)), code))
    return [Link("" if code == own else f"{code}.html", facts.country(code)) for code in ordered]


def _above(facts: Facts, code: str, kinds: Sequence[str]) -> list[Link]:
    """Return the links over a country's page: all countries, its neighbours in the ranking, its other products."""
    say, place = facts.say, facts.order.index(code)
    links = [Link("index.html", say("All countries"))]
    for at, text in ((place - 1, say("Ranked before")), (place + 1, say("Ranked after"))):
        if 0 <= at < len(facts.order):
            links.append(Link(f"{facts.order[at]}.html", say.named(text, facts.country(facts.order[at]))))
    if PRINTS in kinds:
        links += [Link(f"{code}-brief.pdf", say("Brief (PDF)")), Link(f"{code}.pdf", say("Report (PDF)"))]
    return links + ([Link(f"{code}.xlsx", say("Workbook (XLSX)"))] if WORKBOOKS in kinds else [])


def _downloads(facts: Facts, kinds: Sequence[str]) -> tuple[Link, ...]:
    """Return what lies beside the page of the index: explorer, workbook, tables, manifest."""
    say, links = facts.say, []
    if EXPLORER in kinds and not explorer_missing(facts):
        links.append(Link("explorer.html", say("Explorer"), say("try other weights")))
    if WORKBOOKS in kinds:
        links.append(Link("workbook.xlsx", say("Workbook (XLSX)"), say("ranking, scores and figures")))
    links += [
        Link(f"../{name}.parquet", f"{name}.parquet", say(TABLES[name]))
        for name in ("scores", "cells", "intervals", "change", "movements", "targets")
        if name in facts.results.tables and name in TABLES
    ]
    links.append(
        Link("../manifest.json", "manifest.json", say("what the run was made from, so that it can be repeated"))
    )
    return tuple(links)
