"""Commands about input: check, data, init."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from readiness.cli.common import DATA, FRAMEWORK, INDEX, JSON, PATH, cli, options, print_json, say, summary
from readiness.errors import FINDINGS


@cli.command()
@click.argument("files", nargs=-1, type=PATH)
@options(INDEX, FRAMEWORK, JSON)
def check(files: tuple[Path, ...], index: str, framework: Path | None, as_json: bool) -> None:
    """List every fault of FILES or folders at once.

    Each with its file, row, column and code.

    Without FILES the built-in index is checked. A folder with framework.toml is an index, .csv and .parquet files hold
    figures, a .toml file whose steps have methods is a recipe, any other holds weights.
    """
    from readiness.checking import check as check_all
    from readiness.errors import errors_in
    from readiness.terminal import show_findings

    found = check_all(files, index, framework or "")
    if as_json:
        print_json([each.as_dict() for each in found])
    else:
        show_findings(found, sys.stdout)
    say(summary(found))
    sys.exit(FINDINGS if errors_in(found) else 0)


@cli.command()
@options(INDEX, FRAMEWORK, DATA, JSON)
def data(index: str, framework: Path | None, data: tuple[Path, ...], as_json: bool) -> None:
    """Show what the figures cover.

    For each series: years, countries, gaps, newest vintage.
    """
    from readiness.running import read_inputs
    from readiness.terminal import show_coverage

    tree, panel = read_inputs(index, framework=framework, data=list(data) or None)
    rows = panel.coverage(tree.units).to_dicts()
    if as_json:
        print_json(rows)
    else:
        show_coverage(rows, f"Figures for {tree.name}: {len(rows)} series, {len(tree.units)} countries")
        say("\nCountries and gaps count the index's own countries. A gap is a country without a figure in a year that")
        say("the series has. What each series is: readiness data --json, or origin.toml beside the figures.")


@cli.command()
@click.argument("folder", type=PATH, default=Path(), required=False)
@click.option(
    "--from", "source", metavar="INDEX", help="Built-in index to begin with, such as hdi; its beginning will do."
)
@click.option(
    "--from-coinr",
    "coinr",
    nargs=2,
    type=PATH,
    metavar="IMETA IDATA",
    help="The two tables of an index made for COINr.",
)
@click.option("--edition", type=int, help="With --from-coinr: year of figures that have no column Time.")
def init(folder: Path, source: str | None, coinr: tuple[Path, Path] | None, edition: int | None) -> None:
    """Begin an own index in FOLDER.

    The folder then holds an index with its figures that runs: readiness run
    --framework FOLDER. No file that exists is written over.
    """
    from readiness.starting import init as start
    from readiness.starting import init_from_coinr

    if (source is None) == (coinr is None):
        raise click.UsageError("Say what to begin with: --from INDEX, or --from-coinr IMETA IDATA.")
    if edition is not None and coinr is None:
        raise click.UsageError("--edition goes with --from-coinr: a built-in index has its own editions.")
    notes: list[str] = []
    if coinr is not None:
        files, notes = init_from_coinr(folder, *coinr, edition)
    else:
        files = start(folder, str(source))
    for note in notes:
        say(f"- {note}")
    say(f"Written: {len(files)} files in {folder if folder != Path() else 'this folder'}")
    say(f"Next       readiness check {folder}, readiness run --framework {folder}")
