"""Which form of a text a number asks for, by language: the headers Plural-Forms of our catalogues.

The rules are those of the Unicode CLDR for whole numbers below a million. They stand here, since releases of a library
differ in them (whether French has a form of its own for millions), and a catalogue must mean the same to all.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from gettext import c2py

ONE = ("bg", "da", "de", "el", "en", "es", "et", "fi", "hu", "it", "nl", "pt", "sv")
FEW = "n%10>=2 && n%10<=4 && (n%100<12 || n%100>14)"
TEENS = "n%100>=11 && n%100<=19"
RULES = {
    **dict.fromkeys(ONE, (2, "n!=1")),
    **dict.fromkeys(("cs", "sk"), (3, "n==1 ? 0 : n>=2 && n<=4 ? 1 : 2")),
    "fr": (2, "n>1"),
    "ga": (5, "n==1 ? 0 : n==2 ? 1 : n>=3 && n<=6 ? 2 : n>=7 && n<=10 ? 3 : 4"),
    "hr": (3, f"n%10==1 && n%100!=11 ? 0 : {FEW} ? 1 : 2"),
    "lt": (3, f"n%10==1 && n%100!=11 ? 0 : n%10>=2 && !({TEENS}) ? 1 : 2"),
    "lv": (3, f"n%10==0 || {TEENS} ? 0 : n%10==1 ? 1 : 2"),
    "mt": (5, f"n==1 ? 0 : n==2 ? 1 : n==0 || (n%100>=3 && n%100<=10) ? 2 : {TEENS} ? 3 : 4"),
    "pl": (3, f"n==1 ? 0 : {FEW} ? 1 : 2"),
    "ro": (3, "n==1 ? 0 : n==0 || (n%100>=1 && n%100<=19) ? 1 : 2"),
    "sl": (4, "n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3"),
}
LANGUAGES = tuple(sorted(RULES))  # those of the Union


def forms_of(language: str) -> int:
    """Return how many forms a language has for a text that counts."""
    return RULES[language][0]


def plural_forms(language: str) -> str:
    """Return the header Plural-Forms of a catalogue."""
    number, rule = RULES[language]
    return f"nplurals={number}; plural=({rule});"


@cache
def form_of(language: str) -> Callable[[int], int]:
    """Return what gives the place of the form that a number asks for."""
    return c2py(RULES[language][1])
