"""Texts from data as a reader may see them: without signs that hide or that turn the direction of reading."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # embeddings, overrides, isolates
KEPT = frozenset("\n\t")
NONE = ("Cc", "Cs", "Cn", "Co")  # controls, halves of characters, no characters, those of private use
ENDS = ("Zl", "Zp")  # ends of lines and paragraphs that only some readers know


def visible(text: str) -> str:
    r"""Return a text without signs that cannot be seen: HTML and XML have no place for them, and some turn numbers.

    >>> visible("rank \u202e12\x00")
    'rank 12'
    """
    return text if text.isascii() and text.isprintable() else _seen(text)


@lru_cache(maxsize=8192)
def _seen(text: str) -> str:
    kinds = ((sign, unicodedata.category(sign)) for sign in text)
    return "".join(
        " " if kind in ENDS else sign for sign, kind in kinds if sign in KEPT or not (sign in TURNING or kind in NONE)
    )
