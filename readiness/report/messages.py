"""What a report says, as a gettext catalogue to be translated: the engine's own messages and the texts of an index."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import redirect_stderr
from datetime import UTC, datetime
from functools import cache
from io import BytesIO, StringIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import write_po

from readiness.framework import Framework
from readiness.peers import RULES
from readiness.reading.plurals import plural_forms
from readiness.report.texts import Texts
from readiness.report.words import short_reference

Message = str | tuple[str, str]  # one that counts has a form for one and another for many
Place = tuple[str, int]

KEYWORDS = {"say": None, "plural": (1, 2), "mark": None, "self": None}
REPORT = Path(__file__).parent
SOME_DAY = datetime(2000, 1, 1, tzinfo=UTC)  # a catalogue has a date; a clock would change its bytes
MARKED = dict.fromkeys(RULES.values(), ("readiness/peers.py", 0))  # texts of tables that a report says


@cache
def messages() -> dict[Message, Place]:
    """Return what the engine says in a report, with the place of each message in the source, in that order."""
    found: dict[Message, Place] = {}
    for path in sorted(REPORT.rglob("*.py")):
        # values that are f-strings are no messages, which some releases of the library complain of
        with path.open("rb") as stream, redirect_stderr(StringIO()):
            for line, message, _, _ in extract("python", stream, KEYWORDS):
                found.setdefault(message, (path.relative_to(REPORT.parents[1]).as_posix(), line))
    return {**found, **MARKED}


def own_messages(framework: Framework) -> dict[str, Place]:
    """Return the texts of an index that its reports say, with the file of each."""
    found: dict[str, Place] = {}
    for file, text in _texts(framework):
        if text:
            found.setdefault(text, (file, 0))
    return found


def catalogue(language: str, wanted: dict[Message, Place], texts: Texts) -> bytes:
    """Return messages as a gettext catalogue for a language, with what `texts` says already."""
    made = Catalog(
        locale=language,
        project="texts of",
        version="readiness",
        header_comment="# Texts of readiness. Values stand in braces: keep their names.",
        msgid_bugs_address="",
        last_translator="",
        language_team="",
        creation_date=SOME_DAY,
        revision_date=SOME_DAY,
        fuzzy=False,
    )
    made.mime_headers = [("Plural-Forms", plural_forms(language))]
    for message, (file, line) in wanted.items():
        said = texts.translation(message if isinstance(message, str) else message[0])
        made.add(message, said or "", locations=[(file, line)]).flags.clear()  # "90 %" is no format of a value
    stream = BytesIO()
    write_po(stream, made, width=100, include_lineno=False)
    return re.sub(rb'"Generated-By: .*\n', b"", stream.getvalue())  # the same bytes by any release of the library


def _texts(framework: Framework) -> Iterator[tuple[str, str]]:
    yield "framework.toml", framework.name
    yield "framework.toml", short_reference(framework)
    yield from (("framework.toml", name) for name in framework.unit_names.values())
    for group in framework.groups.values():
        yield from (("framework.toml", text) for text in (group.name, group.demand))
    for target in framework.targets.values():
        for text in (target.name, target.unit, target.demand, target.proxy, target.origin):
            yield "targets.toml", text
    for kind in (framework.indicators, framework.context, framework.reported, framework.denominators):
        for each in kind.values():
            yield from ((f"{each.code}.toml", text) for text in (each.name, each.unit, each.scored_unit))
