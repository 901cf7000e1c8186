"""What the terminal shows of benchmarks: times, ratios to peers, the baseline's, verdicts."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.text import Text

from readiness.benching import Baseline, Compared, machine
from readiness.numbers import GAP
from readiness.terminal import console, plain_table

STYLES = {"fell": "bold red", "missing": "bold yellow", "rose": "green"}
RULE = (
    "Ratio: how many times as fast ours is as the peer, both measured in turns. It fell or rose if it left the "
    "baseline's by more than the spread of the rounds (quartile distance / median of the quicker half), at least 15 %, "
    "at most half. Times belong to this machine and are not compared."
)


def show_benchmarks(lines: Sequence[Compared], title: str) -> None:
    """Print a line for each benchmark and peer, a heading for each file; then the rule."""
    table = plain_table(title)
    table.add_column("Benchmark", overflow="fold", ratio=1)
    table.add_column("Time", justify="right", no_wrap=True)
    table.add_column("Peer", overflow="fold", max_width=16)
    table.add_column("Ratio", justify="right", no_wrap=True)
    table.add_column("Before", justify="right", no_wrap=True)
    table.add_column("Verdict", no_wrap=True)
    last = ""
    for each in lines:
        file, _, name = each.name.partition("::")
        if file != last:
            table.add_row(Text(file, style="bold"))
            last = file
        seconds = GAP if each.seconds is None else duration(each.seconds)
        verdict = Text(each.verdict, style=STYLES.get(each.verdict, ""))
        name = Text(f" {name.removeprefix('test_')}")
        table.add_row(name, seconds, each.peer, times(each.ratio), times(each.baseline), verdict)
    out = console()
    out.print(table)
    if any(each.ratio is not None for each in lines):
        for line in Text(RULE).wrap(out, out.width):
            out.print(line, style="dim")


def show_remarks(lines: Sequence[Compared], baseline: Baseline | None) -> None:
    """Print to stderr what is below its aim, new, missing, and whether the baseline is of another machine."""
    told = {
        "Below the aim": [f"{each.name} {times(each.ratio)} of {each.aim:g}" for each in lines if each.below_aim],
        "New, not in the baseline": [each.name for each in lines if each.verdict == "new"],
        "In the baseline, not measured": [each.name for each in lines if each.verdict == "missing"],
    }
    out = console(sys.stderr)
    for heading, names in told.items():
        if names:
            out.print(Text(f"\n{heading}:"))
            for name in dict.fromkeys(names):
                out.print(Text(f"  {name}"), soft_wrap=True)
    if baseline is not None:
        here = machine()
        other = [
            f"{key} {value}, here {here.get(key)}" for key, value in baseline.machine.items() if value != here.get(key)
        ]
        if other:
            out.print(Text(f"\nThe baseline of {baseline.measured} is from elsewhere: {'; '.join(other)}."))


def duration(seconds: float) -> str:
    """Write a duration with two or three digits, in the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= 0.9995 * size:  # what would be rounded up to the next unit
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.0f} ns"


def times(value: float | None) -> str:
    """Write how many times as fast, with two digits or so; nothing for no ratio."""
    return "" if value is None else f"{value:.{0 if value >= 10 else 1 if value >= 1 else 2}f}"
