"""Numbers as they are printed: rounding, significant digits, shares, parts that add up to their total."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

GAP = ":"
MINUS = "\N{MINUS SIGN}"
DIGITS = 3


def place(rank: float | None) -> int | float | None:
    """Return a rank as it is shown: a whole number, or with its half where ties share the mean of their places."""
    return int(rank) if rank is not None and rank == int(rank) else rank


def whole(value: float | None, decimals: int) -> int | None:
    """Return a value as a whole number of its last printed decimal, rounded as the ranks are; None for a gap.

    >>> whole(59.968627, 2)
    5997
    """
    if value is None or not math.isfinite(value):
        return None
    return round(value * 10.0**decimals)


def fixed(number: int | None, decimals: int) -> str:
    """Return what `whole` gave as a text.

    >>> fixed(-5, 2)
    '−0.05'
    """
    if number is None:
        return GAP
    units, rest = divmod(abs(number), 10**decimals)
    text = f"{units:,}" + (f".{rest:0{decimals}d}" if decimals else "")
    return MINUS + text if number < 0 else text


def printed(value: float | None, decimals: int) -> str:
    """Return a value with a fixed number of decimals, or the sign of a gap."""
    return fixed(whole(value, decimals), decimals)


def percent(share: float | None) -> str:
    """Return a share in per cent without decimals."""
    return GAP if share is None else f"{printed(100 * share, 0)} %"


def figure(value: float | None) -> str:
    """Return a published figure with three significant digits, all digits before the point, none that it lacks.

    >>> figure(0.05891), figure(7434.9956), figure(44.03), figure(1.6)
    ('0.0589', '7,435', '44.0', '1.6')
    """
    if value is None or not math.isfinite(value):
        return GAP
    own = Decimal(repr(value)).normalize()
    if own == 0:
        return "0"
    wanted = max(0, DIGITS - 1 - own.adjusted())
    has = max(0, -int(own.as_tuple().exponent))
    text = f"{abs(own):,.{min(wanted, has)}f}"
    return MINUS + text if own < 0 else text


def significant(value: float, digits: int = DIGITS) -> str:
    """Return a computed number with so many significant digits, zeros at its end included.

    >>> significant(8.0), significant(-0.0304, 2), significant(7_004_321.0)
    ('8.00', '−0.030', '7,000,000')
    """
    rounded = float(f"{value:.{digits}g}")
    if rounded == 0:
        return "0"
    places = max(0, digits - 1 - math.floor(math.log10(abs(rounded))))
    return (MINUS if rounded < 0 else "") + f"{abs(rounded):,.{places}f}"


def apportion(parts: Sequence[float], total: int) -> list[int]:
    """Round parts down or up so that they add up to a printed total: the largest remainders are rounded up.

    Parts and total are in units of the last printed decimal. Equal remainders: the earlier part goes first.

    >>> apportion([33.4, 33.4, 33.2], 100)
    [34, 33, 33]
    """
    floors = [math.floor(part) for part in parts]
    missing = total - sum(floors)
    if abs(missing) > len(parts):
        raise ValueError(f"the parts add up to {sum(parts)}, not to {total}")
    order = sorted(range(len(parts)), key=lambda place: floors[place] - parts[place])
    chosen = order[:missing] if missing >= 0 else order[missing:]
    for place in chosen:
        floors[place] += 1 if missing > 0 else -1
    return floors


def apportion_tree(
    root: str, total: int, children: Callable[[str], Iterable[str]], parts: Mapping[str, float]
) -> dict[str, int]:
    """Round the parts of a tree so that the printed parts of a node's children add up to its own, level by level.

    `parts` are in units of the last printed decimal, like the root's printed `total`; a node without one is left out
    with all below it.
    """
    found = {root: total}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        below = [child for child in children(node) if child in parts]
        if below:
            found.update(zip(below, apportion([parts[child] for child in below], found[node]), strict=True))
            waiting += below
    return found
