"""What the commands share: the group, options, and how words and figures are printed."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from readiness import __version__
from readiness.errors import Violation

if TYPE_CHECKING:
    from readiness.results import Results

HELP = """Compute the European AI Readiness Index from national indicators.

\b
readiness run                  the official index, into the folder runs/
readiness why PT               why score and rank moved; is it real?
readiness trace PT compute     a score walked back to its figures
readiness check my-data/       every fault of a data folder at once
"""
EPILOG = "Exit status: 0 fine, 1 findings, 2 usage, 3 unreadable input, 4 not reproducible, 70 a fault of this program."
PATH = click.Path(path_type=Path)

BUILT_IN = "eari"
INDEX = click.option("--index", default=BUILT_IN, show_default=True, help="Built-in index.")
FRAMEWORK = click.option(
    "--framework", type=PATH, help="Folder of another index: framework.toml, recipe.toml, indicators."
)
DATA = click.option("--data", type=PATH, multiple=True, help="Folder or file of other figures; may be repeated.")
EDITION = click.option("--edition", type=int, help="Edition; the newest if not given.")
OTHERS = (
    EDITION,
    click.option("--as-of", metavar="DATE", help="Use only what was known on that day, such as 2026-05-01."),
    click.option("--weights", type=PATH, help="TOML file of own weights; only what differs."),
    click.option("--recipe", type=PATH, help="TOML file of another method."),
    click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="STEP=METHOD",
        help="Vary the recipe: STEP=METHOD, STEP.PARAMETER=VALUE, STEP.NODE=METHOD; may be repeated.",
    ),
)
VARY = click.option(
    "--vary",
    multiple=True,
    metavar="WHAT",
    help="What varies: weights=0.25, figures, leave-out=LEVEL, STEP=METHOD,METHOD, nothing; may be repeated.",
)
SEED = click.option("--seed", type=click.IntRange(0, 2**64 - 1), help="Seed of the random numbers.  [default: 1]")
THREADS = click.option(
    "--threads", type=click.IntRange(0), default=0, help="Threads; all cores if 0.", show_default=True
)
RUN = click.option("--run", "folder", type=PATH, help="Ask a stored run instead of computing.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def options(*chosen: Callable) -> Callable:
    """Give a command several options by one decorator."""
    return lambda command: reduce(lambda done, option: option(done), reversed(chosen), command)


@click.group(help=HELP, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="readiness")
@click.option("--debug", is_flag=True, help="Show the traceback of a fault of this program.")
def cli(debug: bool) -> None:
    """Group the commands; `main` reads --debug when something fails."""


def say(text: str) -> None:
    """Print words to stderr, so that stdout holds figures only."""
    click.echo(text.encode(errors="backslashreplace").decode(), err=True)  # a path need not be UTF-8


class Said(logging.Handler):
    """Prints what the library has to say."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one message to stderr."""
        say(record.getMessage())


def compute(data: tuple[Path, ...], **chosen: Any) -> Results:
    """Run an index with the options of a command; what the library has to say meanwhile goes to stderr."""
    from readiness.running import run

    logger = logging.getLogger("readiness")
    logger.setLevel(logging.INFO)
    if not logger.handlers:
        logger.addHandler(Said())
    return run(data=list(data) or None, **chosen)


def results_of(folder: Path | None, **chosen: Any) -> Results:
    """Return the results of a stored run, or compute them with the options of a command."""
    if folder is None:
        return compute(**chosen)
    refuse_others(chosen)
    from readiness.store import open_run

    return open_run(folder).results


def refuse_others(chosen: Mapping[str, Any]) -> None:
    """Raise a usage error if options that compute a run stand beside the folder of a stored one."""
    given = [name for name, value in chosen.items() if value and value != BUILT_IN]
    if given:
        raise click.UsageError(f"--run shows a stored run as it is; without it: {', '.join(sorted(given))}.")


def summary(found: list[Violation]) -> str:
    """Count findings in words, and say where a code is explained."""
    if not found:
        return "Nothing to say: no errors, no warnings."
    count = {kind: sum(each.severity == kind for each in found) for kind in ("error", "warning", "note")}
    words = ", ".join(f"{number} {kind}{'' if number == 1 else 's'}" for kind, number in count.items() if number)
    example = next((each.code for each in found if each.severity == "error"), found[0].code)
    return f"{words}. More on a code: readiness explain {example}."


def print_json(value: Any) -> None:
    """Print plain data as JSON."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))
