"""Texts in the language of a reader: messages from catalogues, numbers, dates and country names from CLDR."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property, reduce
from pathlib import Path
from unicodedata import combining, normalize

from babel import Locale
from babel.dates import format_date

from readiness.countries import ALIASES, EU27, name_of
from readiness.errors import USAGE, ReadinessError, Violation, nearest, raise_errors
from readiness.reading.plurals import LANGUAGES, form_of
from readiness.reading.translations import Messages, read_catalogue
from readiness.report.reasons import REASONS

ENGLISH, PSEUDO = "en", "xx"
COMPLETE = ("en", "de", "fr", "pl", "el", "bg")  # brief and page of the index have every text
LOCALES = {"pt": "pt_PT", "en": "en_IE"}  # CLDR's "pt" is Brazilian, and "en" writes dates as in America
TERRITORIES = {"EU27_2020": "EU", "UK": "GB"} | {own: iso for iso, own in ALIASES.items()}
FOLDER = Path(__file__).with_name("locale")
LONGER = 0.4  # how much longer a text of the pseudo-language is
ACCENTS = str.maketrans("aeiouycnsAEIOUYCNS", "áéíóúýçñšÁÉÍÓÚÝÇÑŠ")
PLACE = re.compile(r"(\{[^{}]*\})")
NUMBER, SHARE = re.compile(r"[0-9]+[0-9.,]*"), re.compile(r"[0-9]+[0-9.,]* %")
THIN = "\N{NO-BREAK SPACE}"


@dataclass
class Texts:
    """Says things in one language. A message that no catalogue has is said in English and kept in `missing`.

    `own` are the messages of an index: names, units, targets, and what it would say otherwise than the engine.
    """

    language: str = ENGLISH
    own: Messages = field(default_factory=dict)
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
            form = forms[form_of(self.language)(number)] if forms else self._fallen(one, form)
        return self._filled(form, {"number": self.digits(f"{number:,}"), **values})

    def data(self, text: str | None) -> str:
        """Return a text of the index itself (a name, a unit) in the language."""
        return "" if not text else self._found(text)

    def translation(self, message: str) -> str | tuple[str, ...]:
        """Return what the catalogues say for a message, or its forms; nothing if they have none."""
        return self.own.get(message) or _messages(self.language).get(message, ())

    def reason(self, text: str | None) -> str:
        """Return a reason that a table gives, in the language: a message, or one with values at its places."""
        if not text or self.language == ENGLISH or self.translation(text):
            return self.data(text)
        for pattern, message in _reasons().items():
            if found := pattern.fullmatch(text):
                given = {name: self._known(value) for name, value in found.groupdict().items()}
                return self(message, **given)
        return self._found(text)

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
        """Return the name of a country from CLDR; one that an index gives a name of its own keeps that name."""
        if self.language in (ENGLISH, PSEUDO) or code not in {*EU27, *TERRITORIES} or name != name_of(code):
            return self._known(name)
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

    def series(self, words: Sequence[str]) -> str:
        """Join parts that may hold commas themselves.

        >>> Texts().series(["a, b", "c"])
        'a, b; c'
        """
        told = list(words) or [""]
        return reduce(lambda first, second: self("{first}; {second}", first=first, second=second), told)

    def named(self, name: str, text: str) -> str:
        """Return a text behind the name of what it is about."""
        return self("{name}: {text}", name=name, text=text)

    def english(self, text: str) -> str:
        """Return a text that exists in English only; in another language it counts as missing."""
        return text if self.language in (ENGLISH, PSEUDO) else self._fallen(text)

    @cached_property
    def locale(self) -> Locale:
        """Return the conventions of the language."""
        return Locale.parse(LOCALES.get(self.language, self.language if self.language != PSEUDO else LOCALES[ENGLISH]))

    def _found(self, message: str) -> str:
        if self.language == ENGLISH:
            return message
        if self.language == PSEUDO:
            return _longer(message)
        said = self.translation(message)
        return said if isinstance(said, str) else self._fallen(message)

    def _known(self, value: str) -> str:
        """Return a value in a reason: a number, a percentage, or a name."""
        if SHARE.fullmatch(value):
            return self.percent(value.removesuffix(" %"))
        said = self.translation(value)
        return said if isinstance(said, str) else self.digits(value) if NUMBER.fullmatch(value) else value

    def _fallen(self, message: str, form: str = "") -> str:
        self.missing[message] = None
        return form or message

    def _forms(self, one: str) -> tuple[str, ...]:
        said = self.translation(one)
        return said if isinstance(said, tuple) else ()

    @staticmethod
    def _filled(text: str, values: dict[str, object]) -> str:
        return PLACE.sub(lambda found: str(values[found[0][1:-1]]), text) if values else text


def speak(language: str, own: Mapping[str, Messages] | None = None) -> Texts:
    """Return the texts of a language; `own` are the messages of an index by language (Framework.texts).

    Errors: ReadinessError for a language that is none of the Union's.
    """
    if language not in (*LANGUAGES, PSEUDO):
        expected = "one of " + ", ".join(LANGUAGES)
        raise ReadinessError(Violation("E786", "--lang", language, expected, hint=nearest(language, LANGUAGES)), USAGE)
    return Texts(language, (own or {}).get(language, {}))


def folded(name: str) -> str:
    """Return a name for sorting: without accents and case, so that Österreich stands before Polen."""
    return "".join(sign for sign in normalize("NFKD", name) if not combining(sign)).casefold()


def _longer(message: str) -> str:
    """Return a message as a language would have it that needs more room, every letter with an accent that has one."""
    parts = [part if part.startswith("{") else part.translate(ACCENTS) for part in PLACE.split(message)]
    letters = sum(len(part) for part in parts if not part.startswith("{"))
    return "".join(parts) + " ·" * round(LONGER * letters / 2)


@cache
def _messages(language: str) -> Messages:
    """Return what the engine says in a language, nothing where it has no catalogue."""
    path = FOLDER / f"{language}.po"
    if not path.is_file():
        return {}
    messages, found = read_catalogue(path, language)
    raise_errors(found)
    return messages


@cache
def _reasons() -> dict[re.Pattern[str], str]:
    """Return the reasons that have values in them, each with what finds them."""
    return {_finder(message): message for message in REASONS if PLACE.search(message)}


def _finder(message: str) -> re.Pattern[str]:
    parts = [f"(?P<{each[1:-1]}>.+?)" if each.startswith("{") else re.escape(each) for each in PLACE.split(message)]
    return re.compile("".join(parts))
