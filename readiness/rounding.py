"""Rounding for print."""

from __future__ import annotations

import math
from collections.abc import Sequence


def apportion(parts: Sequence[float], total: float, decimals: int) -> list[float]:
    """Round parts so that the printed parts add up to the printed total, by the method of largest remainders.

    The parts must add up to the total within rounding; each is moved by less than one unit of the last decimal.

    >>> apportion([1.006, 1.006, 1.006], 3.018, 2)
    [1.01, 1.01, 1.0]
    """
    unit = 10**decimals
    floors = [math.floor(part * unit) for part in parts]
    left = round(total * unit) - sum(floors)
    order = sorted(range(len(parts)), key=lambda place: (floors[place] - parts[place] * unit, place))
    raised = set(order[: max(left, 0)])
    return [(floor + (place in raised)) / unit for place, floor in enumerate(floors)]
