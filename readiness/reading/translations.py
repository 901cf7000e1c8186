"""Catalogues of translated texts (gettext .po) -> messages by language, checked: a bad one would break a report.

All faults of all catalogues come at once; only those without an error are given back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import PoFileError, read_po

from readiness.errors import ReadinessError, Violation, nearest
from readiness.reading.places import label, read_bytes
from readiness.reading.plurals import LANGUAGES, forms_of, plural_forms

Messages = Mapping[str, str | tuple[str, ...]]  # what is said for a message; the forms of one that counts

FOLDER = "texts"
LARGEST = 2**21  # bytes of one catalogue: ten times the whole report
PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def translation_files(folder: Path) -> list[Path]:
    """List the catalogues of an index folder, sorted."""
    return sorted(path for path in (folder / FOLDER).glob("*.po") if not path.name.startswith("."))


def read_translations(folder: Path) -> tuple[dict[str, Messages], list[Violation]]:
    """Return the messages of each language of an index folder, and all findings."""
    messages, found = {}, []
    for path in translation_files(folder):
        if path.stem not in LANGUAGES:
            expected = f"<language>.po, with one of {', '.join(LANGUAGES)}"
            found.append(Violation("E220", label(path), path.name, expected, hint=nearest(path.stem, LANGUAGES)))
            continue
        own, faults = read_catalogue(path, path.stem)
        found += faults
        messages |= {} if faults else {path.stem: own}
    return messages, found


def read_catalogue(path: Path, language: str) -> tuple[Messages, list[Violation]]:
    """Return the messages of a catalogue that are translated, without those marked as doubtful, and all findings."""
    try:
        lines = read_bytes(path, LARGEST).decode("utf-8-sig").splitlines(keepends=True)
        catalogue = read_po(lines, locale=language, abort_invalid=True)
    except ReadinessError as error:
        return {}, error.violations
    except UnicodeDecodeError:
        return {}, [Violation("E220", label(path), "bytes that are not UTF-8", "a gettext catalogue in UTF-8")]
    except (PoFileError, ValueError) as error:
        return {}, [Violation("E220", label(path), str(error)[:200], "a gettext catalogue (.po)")]
    said = [each for each in catalogue if each.id and not each.fuzzy and any(_forms(each))]
    found = [fault for each in said for fault in _faults(label(path), each, language)]
    return {_key(each): _said(each) for each in said}, found


def _faults(file: str, message: Message, language: str) -> Iterator[Violation]:
    """Yield places for values that the message does not have, and forms that are missing."""
    places = {place for text in _ids(message) for place in PLACEHOLDER.findall(text)}
    for text in _forms(message):
        for place in dict.fromkeys(PLACEHOLDER.findall(text)):
            if place not in places:
                known = sorted(places)
                expected = f"one of {', '.join(known)}" if known else "no place for a value"
                yield Violation("E221", file, place, expected, message.lineno or None, hint=nearest(place, known))
    number, given = forms_of(language), sum(map(bool, _forms(message)))
    if isinstance(message.id, tuple) and given != number:
        expected = f"{number} forms: {plural_forms(language)}"
        yield Violation("E222", file, str(given), expected, message.lineno or None)


def _key(message: Message) -> str:
    return _ids(message)[0]


def _ids(message: Message) -> tuple[str, ...]:
    return message.id if isinstance(message.id, tuple) else (message.id,)


def _forms(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string or "",)


def _said(message: Message) -> str | tuple[str, ...]:
    forms = _forms(message)
    return forms if isinstance(message.id, tuple) else forms[0]
