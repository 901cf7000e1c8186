"""The first sheet of a workbook: what it is, what its sheets and formulas do, whose figures it holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from readiness import __version__
from readiness.report.data import Facts
from readiness.report.interval_words import varied_in_words
from readiness.report.sources import Source, used_for
from readiness.report.words import FLAGS, edition_title, listed
from readiness.report.workbook_methods import Methods
from readiness.report.workbook_sheets import Column, Sheet

NAME = "Read me"
COLUMNS = (
    Column("topic", "Topic", "What the text is about", "title"),
    Column("text", "Text", "What is to be known of it", "long"),
)
READING = (
    ("Header", "Row 1 of a sheet says what it holds, row 4 heads its table. Each heading has a comment: its meaning."),
    (
        "Empty cells",
        "No value. What is missing is never 0; a page of the report prints “:” there. Where the reason is known, it "
        "stands in the column “Why no score”.",
    ),
    ("Texts", "Every text stands as it was given. None is a formula or a link, whatever it begins with."),
    (
        "Digits",
        "Cells hold sixteen digits and show some. Formulas give the values of the run but for the last digits.",
    ),
)


@dataclass(frozen=True)
class Guide:
    """What a workbook says of itself: whom it is about, what each sheet and its formulas do, what it leaves out."""

    subject: str
    sheets: Sequence[Sheet]
    purposes: dict[str, str]
    formulas: Sequence[str]
    sources: Sequence[Source]
    missing: dict[str, str] = field(default_factory=dict)


def readme_sheet(methods: Methods, guide: Guide, stamp: date) -> Sheet:
    """Return the first sheet of a workbook."""
    pairs = [*_about(methods, guide, stamp), *_sheets(guide), *READING, *_formulas(methods, guide)]
    pairs += [*_flags(methods.facts), *_rights(methods, guide)]
    rows = [{"topic": topic, "text": text} for topic, text in pairs]
    note = "The run's own tables and its pages hold the same numbers."
    return Sheet(NAME, guide.subject, note, COLUMNS, rows, sortable=False)


def _about(methods: Methods, guide: Guide, stamp: date) -> Iterator[tuple[str, str]]:
    facts, results = methods.facts, methods.facts.results
    yield "About", guide.subject
    yield "Index", edition_title(facts.framework, facts.edition)
    yield "Editions", f"{facts.edition}, with {_others(facts)}" if facts.previous else f"{facts.edition} alone"
    yield "Run", f"{methods.run}, a digest of all that decides the result; the name of the run's folder ends in it"
    yield "Recipe", f"“{results.recipe.name}”: the page of the index tells each step in words"
    yield "Figures known on", results.as_of.isoformat() if results.as_of else "No limit: the newest of each figure."
    if facts.spread:
        what = f"{facts.spread.replicates:,} replicates (seed {facts.spread.summary['seed']})"
        text = f"90 %: from the 5 % to the 95 % quantile of {what} in which {varied_in_words(facts.spread)} vary."
        yield "Intervals", text
    else:
        yield "Intervals", "None, the run was not simulated: small differences in score may not be real differences."
    yield "Made", f"{stamp.isoformat()}, by readiness {__version__}"


def _others(facts: Facts) -> str:
    return listed([str(edition) for edition in facts.editions[:-1]])


def _sheets(guide: Guide) -> Iterator[tuple[str, str]]:
    for sheet in guide.sheets:
        yield f"Sheet: {sheet.name}", guide.purposes[sheet.name]
    for name, reason in guide.missing.items():
        yield f"No sheet: {name}", reason


def _formulas(methods: Methods, guide: Guide) -> Iterator[tuple[str, str]]:
    """Yield what formulas do, what they do not do, and what stands as a value."""
    if methods.any:
        for text in guide.formulas:
            yield "Formulas", text
    left = list(methods.left())
    yield "Values, no formulas", f"{'; '.join(left)}." if left else "None of the steps of this recipe."
    yield (
        "What formulas leave out",
        "How caps and bounds are found, what is imputed, which indicators count, and the intervals: all stay those of "
        "the run. What a changed cell gives is arithmetic, and no result of the index.",
    )


def _flags(facts: Facts) -> Iterator[tuple[str, str]]:
    used = {flag for cell in facts.cells.values() for flag in cell["obs_status"] or ""}
    known = [f"{flag} {meaning}" for flag, meaning in FLAGS.items() if flag in used]
    if known:
        yield "Flags of figures", f"{'; '.join(known)}. They are Eurostat's."


def _rights(methods: Methods, guide: Guide) -> Iterator[tuple[str, str]]:
    """Yield how to cite the workbook, and the producers of the figures with their licences."""
    title = edition_title(methods.framework, methods.facts.edition)
    own = f"{title}, run {methods.run}, recipe {methods.recipe.name}"
    yield "How to cite", f"{own}; computed by readiness {__version__}."
    yield "Licences", "Figures keep the licences of their producers, which follow."
    for each in guide.sources:
        datasets = f" Data sets: {', '.join(each.datasets)}." if each.datasets else ""
        used, licence = used_for(methods.facts.say, each), each.licence or "not stated"
        yield f"Source: {each.organisation or 'not stated'}", f"Licence: {licence}. {used}.{datasets}"
