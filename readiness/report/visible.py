"""Texts from data as a reader may see them: without signs that hide or that turn the direction of reading."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # embeddings, overrides, isolates
KEPT = frozenset("\n\t")
NONE = ("Cc", "Cs", "Cn")  # controls, halves of characters, no characters


def visible(text: str) -> str:
    r"""Return a text without signs that cannot be seen: HTML and XML have no place for them, and some turn numbers.

    >>> visible("rank \u202e12\x00")
    'rank 12'
    """
    return text if text.isascii() and text.isprintable() else _seen(text)


@lru_cache(maxsize=8192)
def _seen(text: str) -> str:
    return "".join(sign for sign in text if sign in KEPT or not (sign in TURNING or unicodedata.category(sign) in NONE))
