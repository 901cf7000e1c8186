"""How wide a text is: charts cannot ask the font of a reader's machine, so they leave the room of a wide one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from unicodedata import normalize

# Widths of DejaVu Sans at 13 units, one of the widest fonts that pages are shown in, by groups of letters.
NARROW, SLIM, LOWER, UPPER, BROAD = 4.5, 5.5, 8.35, 10.0, 12.2
GROUPS = {
    NARROW: "ijlIJ|'.,:;/\\ \u00a0·’‘ιίϊΐΙіїјІЇЈ",
    SLIM: "frt()[]-!",
    BROAD: "mwMW%@—…+−<>=±~ŒœÆæωώΩΏжшщюыфмњљЖШЩЮЫФМЊЉ",
}
BOLD = 1.13  # how much wider bold letters are
SIZE, SIZES = 13.0, {"small": 11.0, "tiny": 9.0, "tile": 16.0}


@lru_cache(maxsize=8192)
def width_of(text: str, style: str = "") -> float:
    """Return about how wide a text is, in units of a picture; `style` are its classes.

    >>> round(width_of("Skills")), round(width_of("Skills", "strong"))
    (39, 44)
    """
    size = next((size for name, size in SIZES.items() if name in style), SIZE)
    return sum(map(_letter, text)) * size / SIZE * (BOLD if "strong" in style else 1.0)


def rooms(wanted: Sequence[float], total: float) -> list[float]:
    """Share a room: who wants less than an even share leaves the rest to the others.

    >>> rooms([40, 150, 120], 300)
    [40, 140.0, 120]
    """
    found: dict[int, float] = {}
    for number, wide in sorted(enumerate(wanted), key=itemgetter(1)):
        found[number] = min(wide, (total - sum(found.values())) / (len(wanted) - len(found)))
    return [found[number] for number in range(len(wanted))]


@lru_cache(maxsize=2048)
def _letter(sign: str) -> float:
    base = normalize("NFD", sign)[0]
    found = next((width for width, signs in GROUPS.items() if sign in signs or base in signs), None)
    return found or (UPPER if base.isupper() else LOWER)
