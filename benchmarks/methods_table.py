"""Print the measured methods as a table in Markdown: python benchmarks/methods_table.py measured.json."""

from __future__ import annotations

import json
import sys
from pathlib import Path

HEADINGS = ("method", "one replicate", "NumPy / kernel", "replicates of the batch", "a replicate of it")
RATIOS = ("NumPy loop / kernel", "NumPy at once / kernel")


def duration(nanoseconds: float) -> str:
    """Write a duration with two or three digits, in the unit that suits it."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= 0.9995 * size:  # what would be rounded up to the next unit
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.0f} ns"


def ratio(value: float | None) -> str:
    """Write how many times as long NumPy takes, with two digits or so."""
    return "" if value is None else f"{value:.{0 if value >= 10 else 1 if value >= 1 else 2}f}"


def row(name: str, single: dict, batch: dict) -> str:
    """Return the line of one method."""
    cells = [name, duration(single["nanoseconds a replicate"]), ratio(single.get(RATIOS[0]))]
    cells += [str(batch["replicates"]), duration(batch["nanoseconds a replicate"])] if batch else ["", ""]
    return "| " + " | ".join([*cells, *(ratio(batch.get(each)) for each in RATIOS)]) + " |"


def table(measured: dict) -> str:
    """Return a line for each method, the replicate alone and the batch side by side."""
    found: dict[str, list[dict]] = {}
    for each in measured["benchmarks"]:
        found.setdefault(each["extra_info"]["method"], []).append(each["extra_info"])
    head = [*HEADINGS, "NumPy's loop / kernel", "NumPy at once / kernel"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *(row(name, both[0], (*both, {})[1]) for name, both in found.items())])


if __name__ == "__main__":
    print(table(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
