"""The command that measures speed: bench."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from readiness.cli.common import JSON, PATH, cli, options, print_json, say
from readiness.errors import FINDINGS, ReadinessError

if TYPE_CHECKING:
    from readiness.benching import Baseline


@cli.command()
@click.argument("names", nargs=-1)
@click.option("--check", is_flag=True, help="Fail if a ratio fell beyond noise.")
@click.option("--save", is_flag=True, help="Write the ratios as the new baseline.")
@click.option("--baseline", type=PATH, help="File of the baseline; baseline.json of the suite if not given.")
@click.option("--suite", type=PATH, help="Folder of other benchmarks.")
@options(JSON)
def bench(
    names: tuple[str, ...], check: bool, save: bool, baseline: Path | None, suite: Path | None, as_json: bool
) -> None:
    """Run the benchmarks and compare them with peers.

    NAMES are files, such as methods for bench_methods.py, or parts of names;
    all if none is given. Only ratios to a peer that is measured in the same run
    are held against the baseline, never seconds. With --check the exit status
    is 1 if one fell, measured twice, by more than the spread of its rounds, at
    least 15 %.
    """
    from readiness.bench_suite import chosen, require_pytest, run_suite, suite_folder
    from readiness.benching import as_data, better, compare, fallen, measurements, write_baseline
    from readiness.reading.places import label
    from readiness.terminal import show_findings
    from readiness.terminal_bench import show_benchmarks, show_remarks

    if check and save:
        raise click.UsageError("--check compares with the baseline, --save replaces it: give one of them.")
    require_pytest()
    folder = suite_folder(suite)
    path = baseline or folder / "baseline.json"
    stored = _stored(path, needed=check, replaced=save and not names)
    wanted = chosen(folder, names)
    many = "all benchmarks" if not wanted else "1 benchmark" if len(wanted) == 1 else f"{len(wanted)} benchmarks"
    say(f"Running {many} of {label(folder)}; all together take minutes.")
    echo = _echo if sys.stderr.isatty() else None
    found = measurements(run_suite(folder, wanted, echo))
    lines = compare(found, stored, expected=wanted or None)
    fell = fallen(lines) if check else []
    if fell:
        again = list(dict.fromkeys(each.file for each in fell))
        say(f"{len(again)} seem slower and are measured again.")
        found = better(found, measurements(run_suite(folder, again, echo)))
        lines = compare(found, stored, expected=wanted or None)
        fell = fallen(lines)
    if as_json:
        print_json({"benchmarks": as_data(lines), "fell": [each.as_dict() for each in fell]})
    else:
        show_benchmarks(lines, f"Benchmarks of {label(folder)}")
        show_remarks(lines, stored)
    if save:
        say(f"\nWritten to {label(path)}: {write_baseline(path, found, stored if wanted else None)} ratios.")
    elif stored is None:
        say(f"\nNo baseline at {label(path)}; readiness bench --save writes one.")
    if fell:
        say("")
        show_findings(fell, sys.stderr)
        say(f"{len(fell)} of {sum(each.ratio is not None for each in lines)} ratios fell beyond noise.")
        sys.exit(FINDINGS)
    if check:
        say("\nNo ratio fell beyond noise.")


def _stored(path: Path, *, needed: bool, replaced: bool) -> Baseline | None:
    """Return the baseline if there is one; a damaged one is an error unless it is going to be replaced as a whole."""
    from readiness.benching import read_baseline

    try:
        return read_baseline(path) if needed or path.is_file() else None
    except ReadinessError:
        if replaced:
            return None
        raise


def _echo(text: str) -> None:
    """Pass pytest's progress on to the terminal."""
    click.echo(text, err=True, nl=False)
