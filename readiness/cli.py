"""The command line: it parses, calls the library, prints. Figures go to stdout, words to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from readiness import __version__
from readiness.errors import FINDINGS, NOT_REPRODUCIBLE, OUR_FAULT, UNREADABLE, USAGE, ReadinessError, Violation

if TYPE_CHECKING:
    from readiness.results import Results

HELP = """Compute the European AI Readiness Index from national indicators.

\b
readiness run                  the official index, into the folder runs/
readiness trace PT compute     a score walked back to its figures
readiness check my-data/       every fault of a data folder at once
"""
EPILOG = "Exit status: 0 fine, 1 findings, 2 usage, 3 unreadable input, 4 not reproducible, 70 a fault of this program."
PATH = click.Path(path_type=Path)

INDEX = click.option("--index", default="eari", show_default=True, help="Built-in index.")
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
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def options(*chosen: Callable) -> Callable:
    """Give a command several options by one decorator."""
    return lambda command: reduce(lambda done, option: option(done), reversed(chosen), command)


@click.group(help=HELP, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="readiness")
@click.option("--debug", is_flag=True, help="Show the traceback of a fault of this program.")
def cli(debug: bool) -> None:
    """Group the commands; `main` reads --debug when something fails."""


@cli.command()
@options(INDEX, FRAMEWORK, DATA, *OTHERS, JSON)
@click.option(
    "--out", type=PATH, default=Path("runs"), show_default=True, help="Folder that the run folder is made in."
)
def run(out: Path, as_json: bool, **chosen: Any) -> None:
    """Compute an index and write its tables and pages.

    The edition asked for and all editions before it are computed by one method and written to
    OUT/<edition>-<digest>, whole or not at all.
    """
    results = _compute(**chosen)
    folder = results.write(out, _command_line("run", chosen))
    if as_json:
        _print_json(results.ranks.to_dicts())
    else:
        _show_ranking(results)
    pages = folder / "report" / "index.html"
    for note in results.notes:
        say(f"\n{note}")
    say(f"\nWritten to {folder}: {len(results.tables)} tables, manifest.json and the pages of report/.")
    say(f"Look at    {pages}")
    say(f"Next       readiness trace {results.ranks['country'][0]}, readiness verify {folder}")


@cli.command()
@click.argument("files", nargs=-1, type=PATH)
@options(INDEX, FRAMEWORK, JSON)
def check(files: tuple[Path, ...], index: str, framework: Path | None, as_json: bool) -> None:
    """List every fault of FILES or folders at once.

    Each with its file, row, column and code.

    Without FILES the built-in index is checked. A folder with framework.toml is an index, .csv and .parquet files hold
    figures, recipe.toml is a recipe, any other .toml file holds weights.
    """
    from readiness.checking import check as check_all
    from readiness.errors import errors_in
    from readiness.terminal import show_findings

    found = check_all(files, index, framework or "")
    if as_json:
        _print_json([each.as_dict() for each in found])
    else:
        show_findings(found, sys.stdout)
    say(_summary(found))
    sys.exit(FINDINGS if errors_in(found) else 0)


@cli.command()
@options(INDEX, FRAMEWORK, DATA, JSON)
def data(index: str, framework: Path | None, data: tuple[Path, ...], as_json: bool) -> None:
    """Show what the figures cover.

    For each series: years, countries, gaps, newest vintage.
    """
    from readiness.results import read_inputs
    from readiness.terminal import show_coverage

    tree, panel = read_inputs(index, framework=framework, data=list(data) or None)
    rows = panel.coverage(tree.units).to_dicts()
    if as_json:
        _print_json(rows)
    else:
        show_coverage(rows, f"Figures for {tree.name}: {len(rows)} series, {len(tree.units)} countries")
        say("\nCountries and gaps count the index's own countries. A gap is a country without a figure in a year that")
        say("the series has. What each series is: readiness data --json, or origin.toml beside the figures.")


@cli.command()
@click.argument("country")
@click.argument("node", required=False)
@options(INDEX, FRAMEWORK, DATA, *OTHERS, JSON)
@click.option("--run", "folder", type=PATH, help="Trace a stored run instead of computing.")
def trace(country: str, node: str | None, folder: Path | None, as_json: bool, **chosen: Any) -> None:
    """Walk a score back to its figures.

    COUNTRY is a code or a name; NODE is the index if not given. The points of
    the children add up to those of their parent, level by level.
    """
    from readiness.countries import code_of
    from readiness.terminal import show_trace

    code = code_of(country)
    if folder is not None:
        from readiness.store import open_run

        rows = open_run(folder).trace(code, node, chosen["edition"]).to_dicts()
    else:
        rows = _compute(**chosen).trace(code, node).to_dicts()
    if as_json:
        _print_json(rows)
        return
    rank = "no rank" if rows[0]["rank"] is None else f"rank {rows[0]['rank']}"
    show_trace(rows, f"{code}: {rows[0]['name']}, {rank}")
    say("\nPoints are what a part adds to the score on top; shares are of the parent's score.")


@cli.command()
@click.argument("folder", type=PATH)
@options(JSON)
def verify(folder: Path, as_json: bool) -> None:
    """Recompute the sha256 of all files of a run.

    Names every file of FOLDER that is not as it was written.
    """
    from readiness.store import open_run
    from readiness.store import verify as verify_run
    from readiness.terminal import show_findings

    found = verify_run(folder)
    if as_json:
        _print_json([each.as_dict() for each in found])
    else:
        show_findings(found, sys.stdout)
    if found:
        say(f"Not as written: {len(found)} of the run's files, first {found[0].file}.")
        sys.exit(NOT_REPRODUCIBLE)
    manifest = open_run(folder).manifest
    say(f"All {len(manifest['outputs'])} files are as written (digest {manifest['digest']}).")


@cli.command()
@click.argument("code", required=False)
@options(JSON)
def explain(code: str | None, as_json: bool) -> None:
    """Explain the CODE of a finding; list all codes.

    What it means, how to mend it, an example.
    """
    from readiness.errors import catalogue, nearest

    known = catalogue()
    if code is not None and code.upper() not in known:
        raise ReadinessError(Violation("E520", "explain", code, "a code", hint=nearest(code, known)), USAGE)
    chosen = {code.upper(): known[code.upper()]} if code else known
    if as_json:
        _print_json(chosen)
        return
    for name, entry in chosen.items():
        click.echo(f"{name}  {entry['title']}")
        for key in ("meaning", "mend", "wrong", "right") if code else ():
            if key in entry:
                click.echo(f"  {key + ':':9}{entry[key]}")


def main() -> None:
    """Run the command line; turn every failure into a sentence and an exit status."""
    try:
        cli.main(standalone_mode=False)
    except ReadinessError as error:
        from readiness.terminal import show_findings

        show_findings(error.violations, sys.stderr)
        say(_summary(error.violations) + " Nothing was computed or written.")
        sys.exit(error.status)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        say("Stopped.")
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
    except OSError as error:
        say(f"{error.filename or 'A file'}: {error.strerror or error}. Nothing was written.")
        sys.exit(UNREADABLE)
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        say(f"This is a fault of the program, not of your input: {type(error).__name__}: {error}")
        say("Please report it with the command and what `readiness --debug ...` prints.")
        sys.exit(OUR_FAULT)


def say(text: str) -> None:
    """Print words to stderr, so that stdout holds figures only."""
    click.echo(text, err=True)


def _compute(data: tuple[Path, ...], **chosen: Any) -> Results:
    from readiness.results import run as compute

    return compute(data=list(data) or None, **chosen)


def _show_ranking(results: Results) -> None:
    from readiness.report.words import edition_title
    from readiness.terminal import show_ranking

    framework = results.framework
    children = framework.children(framework.root)
    names = [framework.name_of(child) for child in children]
    show_ranking(results.ranks, names, edition_title(framework, results.edition), results.reference_row())


def _command_line(command: str, chosen: dict[str, Any]) -> str:
    """Write the options that decide the result; files by their names, so that no manifest depends on a machine."""
    given = {key: value for key, value in sorted(chosen.items()) if value not in (None, (), False)}
    given = {key: value.name if isinstance(value, Path) else value for key, value in given.items()}
    parts = [f"--{key.replace('_', '-')} {value}" for key, value in given.items() if not isinstance(value, tuple)]
    parts += [f"--{key} {path.name}" for key, paths in given.items() if isinstance(paths, tuple) for path in paths]
    return " ".join(["readiness", command, *parts])


def _summary(found: list[Violation]) -> str:
    if not found:
        return "Nothing to say: no errors, no warnings."
    count = {kind: sum(each.severity == kind for each in found) for kind in ("error", "warning", "note")}
    words = ", ".join(f"{number} {kind}{'' if number == 1 else 's'}" for kind, number in count.items() if number)
    example = next((each.code for each in found if each.severity == "error"), found[0].code)
    return f"{words}. More on a code: readiness explain {example}."


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))
