"""The member states: codes, names, tiles of the map; other codes that figures may carry."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """A country by its Eurostat code; `tile` is its (column, row) on the tile map."""

    code: str
    name: str
    tile: tuple[int, int]


_TABLE = """
AT Austria 5,4|BE Belgium 3,3|BG Bulgaria 7,5|CY Cyprus 8,7|CZ Czechia 5,3|DE Germany 5,2|DK Denmark 5,1
EE Estonia 8,1|EL Greece 7,6|ES Spain 2,5|FI Finland 8,0|FR France 3,4|HR Croatia 6,5|HU Hungary 6,4
IE Ireland 1,2|IT Italy 4,5|LT Lithuania 7,2|LU Luxembourg 4,3|LV Latvia 8,2|MT Malta 4,6|NL Netherlands 4,2
PL Poland 6,2|PT Portugal 1,5|RO Romania 7,4|SE Sweden 7,0|SI Slovenia 5,5|SK Slovakia 6,3
"""


def _country(entry: str) -> Country:
    code, name, tile = entry.split()
    column, row = tile.split(",")
    return Country(code, name, (int(column), int(row)))


EU27 = {
    country.code: country
    for country in sorted(
        (_country(entry) for line in _TABLE.split("\n") for entry in line.split("|") if entry),
        key=lambda country: country.code,
    )
}

# Known, so that their figures are accepted, but not members: they are never scored.
OTHERS = {
    "EU27_2020": "European Union",
    "CH": "Switzerland",
    "IS": "Iceland",
    "LI": "Liechtenstein",
    "NO": "Norway",
    "UK": "United Kingdom",
}

# Eurostat's own letters differ from ISO 3166 for two countries; both are accepted, Eurostat's are kept.
ALIASES = {"GR": "EL", "GB": "UK"}

GROUPS = {"EU27": tuple(EU27)}

# Official languages of each country among those of the Union, by their two letters.
LANGUAGES = {
    "AT": ("de",), "BE": ("nl", "fr", "de"), "BG": ("bg",), "CY": ("el",), "CZ": ("cs",), "DE": ("de",), "DK": ("da",),
    "EE": ("et",), "EL": ("el",), "ES": ("es",), "FI": ("fi", "sv"), "FR": ("fr",), "HR": ("hr",), "HU": ("hu",),
    "IE": ("en", "ga"), "IT": ("it",), "LT": ("lt",), "LU": ("fr", "de"), "LV": ("lv",), "MT": ("mt", "en"),
    "NL": ("nl",), "PL": ("pl",), "PT": ("pt",), "RO": ("ro",), "SE": ("sv",), "SI": ("sl",), "SK": ("sk",),
}  # fmt: skip


def name_of(code: str) -> str:
    """Return the English name of a code, or the code itself where no name is known."""
    return EU27[code].name if code in EU27 else OTHERS.get(code, code)


FILES, BRIEF = ("index", "method", "explorer", "workbook"), "-brief"  # names that files of a report have anyway


def languages_of(code: str) -> tuple[str, ...]:
    """Return the official languages of a country; none for what is no member state."""
    return LANGUAGES.get(code, ())


def unfit_codes(codes: Sequence[str]) -> list[tuple[str, str]]:
    """List the codes that cannot name a page, each with what was expected: signs, or one that no other file has."""
    found, seen = [], set(FILES)
    for code in codes:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", code):
            found.append((code, "letters, digits, - and _ only"))
        elif code.lower() in seen or code.lower().endswith(BRIEF):
            found.append((code, "a code that no other unit or file has"))
        seen.add(code.lower())
    return found


def code_of(word: str) -> str:
    """Return the Eurostat code of a country given by code or English name; other words come back as they are."""
    names = {country.name.lower(): code for code, country in EU27.items()}
    names |= {name.lower(): code for code, name in OTHERS.items()}
    upper = ALIASES.get(word.upper(), word.upper())
    return upper if upper in EU27 or upper in OTHERS else names.get(word.lower(), word)
