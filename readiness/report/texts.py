"""Texts in the language of a reader: messages from catalogues, numbers, dates and country names from CLDR."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from gettext import c2py
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from readiness.countries import ALIASES, EU27
from readiness.errors import USAGE, ReadinessError, Violation, nearest

ENGLISH, PSEUDO = "en", "xx"
LANGUAGES = ("bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt", "lv", "mt", "nl")
LANGUAGES += ("pl", "pt", "ro", "sk", "sl", "sv")
COMPLETE = ("en", "de", "fr", "pl", "el", "bg")  # brief and page of the index have every text
LOCALES = {"pt": "pt_PT", "en": "en_IE"}  # CLDR's "pt" is Brazilian, and "en" writes dates as in America
TERRITORIES = {"EU27_2020": "EU", "UK": "GB"} | {own: iso for iso, own in ALIASES.items()}
FOLDER = Path(__file__).with_name("locale")
LONGER = 0.4  # how much longer a text of the pseudo-language is
ACCENTS = str.maketrans("aeiouycnsAEIOUYCNS", "áéíóúýçñšÁÉÍÓÚÝÇÑŠ")
PLACEHOLDER = re.compile(r"(\{[^{}]*\})")
THIN = "\N{NO-BREAK SPACE}"


def mark(message: str) -> str:
    """Return a message as it is, so that catalogues have it; it is said later."""
    return message


@dataclass
class Texts:
    """Says things in one language. A message that its catalogue lacks is said in English and kept in `missing`."""

    language: str = ENGLISH
    missing: dict[str, None] = field(default_factory=dict)

    def __call__(self, message: str, /, **values: object) -> str:
        """Return a message in the language, with values in the places of their names in braces."""
        return self._filled(self._found(message), values)

    def plural(self, one: str, many: str, number: int, /, **values: object) -> str:
        """Return the form of a message that a number asks for; the number stands for {number}."""
        form = one if number == 1 else many
        if self.language == PSEUDO:
            form = _longer(form)
        elif self.language != ENGLISH:
            forms = self._forms(one)
            form = forms[self._form_of(number)] if forms else self._fallen(form)
        return self._filled(form, {"number": self.digits(f"{number:,}"), **values})

    def data(self, text: str | None) -> str:
        """Return a text of the index itself (a name, a unit) in the language."""
        return "" if not text else self._found(text)

    def digits(self, text: str) -> str:
        """Return a number that was printed the English way with the signs of the language.

        >>> Texts("de").digits("1,234.5")
        '1.234,5'
        """
        if self.language in (ENGLISH, PSEUDO):
            return text
        symbols = self.locale.number_symbols.get("latn", {})
        signs = {".": symbols.get("decimal", "."), ",": symbols.get("group", ",")}
        return "".join(signs.get(sign, sign) for sign in text)

    def percent(self, text: str) -> str:
        """Return a printed number as a percentage: "12 %" or "12%", as the language has it."""
        if self.language in (ENGLISH, PSEUDO):
            return f"{text} %"
        pattern = self.locale.percent_formats[None].pattern
        return f"{self.digits(text)}{THIN if pattern[-2:-1].isspace() else ''}%"

    def country(self, code: str, name: str) -> str:
        """Return the name of a country; what CLDR does not know keeps the name that the index gives it."""
        if self.language in (ENGLISH, PSEUDO) or code not in {*EU27, *TERRITORIES}:
            return name
        return self.locale.territories.get(TERRITORIES.get(code, code), name)

    def date(self, day: date) -> str:
        """Return a date in long form."""
        return format_date(day, "long", self.locale)

    def listed(self, words: Sequence[str]) -> str:
        """Join words as a sentence does.

        >>> Texts().listed(["a", "b", "c"])
        'a, b and c'
        """
        if len(words) < 2:
            return "".join(words)
        return self("{first} and {last}", first=", ".join(words[:-1]), last=words[-1])

    @cached_property
    def locale(self) -> Locale:
        """Return the conventions of the language."""
        return Locale.parse(LOCALES.get(self.language, ENGLISH if self.language == PSEUDO else self.language))

    def _found(self, message: str) -> str:
        if self.language == ENGLISH:
            return message
        if self.language == PSEUDO:
            return _longer(message)
        return _messages(self.language).get(message) or self._fallen(message)

    def _fallen(self, message: str) -> str:
        self.missing[message] = None
        return message

    def _forms(self, one: str) -> tuple[str, ...]:
        forms = _plurals(self.language).get(one, ())
        return forms if all(forms) else ()

    def _form_of(self, number: int) -> int:
        return _rule(self.language)(number)

    @staticmethod
    def _filled(text: str, values: dict[str, object]) -> str:
        return PLACEHOLDER.sub(lambda found: str(values[found[0][1:-1]]), text) if values else text


def speak(language: str) -> Texts:
    """Return the texts of a language. Errors: ReadinessError for a language that is none of the Union's."""
    if language not in (*LANGUAGES, PSEUDO):
        expected = "one of " + ", ".join(LANGUAGES)
        raise ReadinessError(Violation("E786", "--lang", language, expected, hint=nearest(language, LANGUAGES)), USAGE)
    return Texts(language)


def _longer(message: str) -> str:
    """Return a message as a language would have it that needs more room, every letter with an accent that has one."""
    parts = [part if part.startswith("{") else part.translate(ACCENTS) for part in PLACEHOLDER.split(message)]
    letters = sum(len(part) for part in parts if not part.startswith("{"))
    return "".join(parts) + " ·" * round(LONGER * letters / 2)


@cache
def _catalogue(language: str) -> Catalog | None:
    path = FOLDER / f"{language}.po"
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        return read_po(stream, locale=language)


@cache
def _messages(language: str) -> dict[str, str]:
    """Return the messages of a language that has a catalogue; those that are marked as doubtful do not count."""
    own = _catalogue(language)
    return {} if own is None else {each.id: each.string for each in own if isinstance(each.id, str) and not each.fuzzy}


@cache
def _plurals(language: str) -> dict[str, tuple[str, ...]]:
    own = _catalogue(language) or ()
    return {each.id[0]: tuple(each.string) for each in own if isinstance(each.id, tuple) and not each.fuzzy}


@cache
def _rule(language: str) -> Callable[[int], int]:
    own = _catalogue(language)
    return c2py(own.plural_expr if own is not None else "n != 1")
