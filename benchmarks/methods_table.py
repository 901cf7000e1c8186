"""Print the measured methods as a table in Markdown: python benchmarks/methods_table.py measured.json."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from readiness.terminal_bench import duration, times

HEADINGS = ("method", "one replicate", "NumPy / kernel", "replicates of the batch", "a replicate of it")
PEERS = ("NumPy's loop", "NumPy at once")


def ratios(info: dict) -> dict[str, float]:
    """Return how many times as long each peer takes."""
    return {each["peer"]: each["ratio"] for each in (info, *info.get("others", [])) if "peer" in each}


def row(name: str, single: dict, batch: dict) -> str:
    """Return the line of one method."""
    cells = [name, time(single), times(ratios(single).get(PEERS[0]))]
    cells += [str(batch["replicates"]), time(batch)] if batch else ["", ""]
    return "| " + " | ".join([*cells, *(times(ratios(batch).get(each)) for each in PEERS)]) + " |"


def time(info: dict) -> str:
    """Write what a replicate takes."""
    return duration(info["nanoseconds a replicate"] * 1e-9)


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
