"""Commands that compute: run, trace, compare-methods."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from readiness.cli.common import (
    DATA,
    FRAMEWORK,
    INDEX,
    JSON,
    OTHERS,
    PATH,
    SEED,
    VARY,
    cli,
    compute,
    options,
    print_json,
    refuse_others,
    say,
)
from readiness.cli.progress import counted_files

if TYPE_CHECKING:
    from readiness.results import Results

REPLICATES = 100_000  # of a yearly run
ALONE = 8  # what varies alone takes part in every so many batches of them


PRODUCTS = click.option(
    "--products",
    default="all",
    show_default=True,
    metavar="KINDS",
    help="Reports to make, with commas: pages, prints, workbooks, explorer; or none.",
)
OUT = click.option(
    "--out", type=PATH, default=Path("runs"), show_default=True, help="Folder that the run folder is made in."
)


@cli.command()
@options(INDEX, FRAMEWORK, DATA, *OTHERS, VARY)
@click.option(
    "--replicates", type=int, default=REPLICATES, show_default=True, help="Replicates for the intervals; 0 for none."
)
@options(SEED, PRODUCTS, OUT, JSON)
def run(replicates: int, seed: int | None, out: Path, as_json: bool, **chosen: Any) -> None:
    """Compute an index and write its tables and reports.

    The edition asked for and all editions before it are computed by one method,
    the edition is simulated for its intervals, and all is written to
    OUT/<edition>-<digest>, whole or not at all.
    """
    products = chosen.pop("products")
    results = compute(**chosen)
    given = {"replicates": replicates if replicates != REPLICATES else None, "seed": seed}
    if replicates and may_vary(results):
        from readiness.cli.simulation import shown
        from readiness.simulate import SEED as USUAL
        from readiness.simulate import Machine

        with shown(replicates) as progress:
            results = results.simulate(
                replicates, USUAL if seed is None else seed, every=ALONE, machine=Machine(progress=progress)
            )
    folder = finish(results, out, "run", chosen | given, products, as_json=as_json)
    if results.simulation and results.simulation["replicates"] < results.simulation["asked"]:
        from readiness.cli.simulation import STOPPED, say_stopped

        say_stopped(results, folder)
        sys.exit(STOPPED)


def may_vary(results: Results) -> bool:
    """Say whether a run is simulated without being asked: something varies, and no solver is called each time."""
    from readiness.movements import solvers

    solved = solvers(results.recipe)
    if solved:
        say(f"No intervals: {', '.join(solved)} calls a solver in every replicate. `readiness simulate` does it.")
    return bool(results.recipe.variation) and not solved


def finish(results: Results, out: Path, command: str, given: dict[str, Any], products: str, *, as_json: bool) -> Path:
    """Write a run folder with its reports, print the ranking, and say what can be done next."""
    kinds = _kinds(products)
    with counted_files(len(results.framework.units) if kinds else 0) as told:
        folder = results.write(out, _command_line(command, given), products=kinds, told=told)
    if as_json:
        print_json(results.ranks.to_dicts())
    else:
        _show_ranking(results)
    for note in results.notes:
        say(f"\n{note}")
    _say_next(results, folder, kinds)
    return folder


def _say_next(results: Results, folder: Path, kinds: tuple[str, ...]) -> None:
    """Say what was written, and what can be looked at and asked next."""
    tables = len(list(folder.glob("*.parquet")))
    reports = f", manifest.json and {len(list((folder / 'report').iterdir()))} files of report/"
    say(f"\nWritten to {folder}: {tables} tables{reports if kinds else ' and manifest.json'}.")
    if "pages" in kinds:
        say(f"Look at    {folder / 'report' / 'index.html'}")
    first, compared = results.ranks["country"][0], results.edition > min(results.framework.editions)
    ask = f"why {first}" if compared else f"trace {first} {results.framework.root}"
    say(f"Next       readiness {ask} --run {folder}, readiness verify {folder}")


def _kinds(products: str) -> tuple[str, ...]:
    """Return the kinds of reports that are asked for, with commas; none or all."""
    from readiness.store import KINDS

    words = tuple(word.strip() for word in products.split(",") if word.strip())
    if words in (("all",), ("none",)):
        return KINDS if words == ("all",) else ()
    unknown = [word for word in words if word not in KINDS]
    if unknown:
        raise click.UsageError(f"--products takes all, none, or some of {', '.join(KINDS)}; found {unknown[0]}.")
    return words


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
    from readiness.numbers import place
    from readiness.terminal import show_trace
    from readiness.terminal_intervals import rank_beside

    if folder is not None:
        from readiness.store import open_run

        refuse_others({name: value for name, value in chosen.items() if name != "edition"})
        stored = open_run(folder)
        known = set(stored.tables["scores"]["country"])
        code = next((word for word in (country, country.upper()) if word in known), code_of(country))
        rows = stored.trace(code, node, chosen["edition"]).to_dicts()
        newest = chosen["edition"] in (None, int(stored.manifest["edition"]))
        beside = rank_beside(stored.tables, code, rows[0]["node"]) if newest else ""
    else:
        results = compute(**chosen)
        code = results.framework.unit_code(country)
        rows = results.trace(code, node).to_dicts()
        beside = ""
    if as_json:
        print_json(rows)
        return
    rank = "no rank" if rows[0]["rank"] is None else f"rank {place(rows[0]['rank'])}{beside}"
    show_trace(rows, f"{code}: {rows[0]['name']}, {rank}")
    say("\nPoints are what a part adds to the score on top; shares are of the parent's score.")


@cli.command("compare-methods")
@options(INDEX, FRAMEWORK, DATA, *OTHERS, JSON)
def compare(as_json: bool, **chosen: Any) -> None:
    """Compare the ranking under every scale and aggregation.

    Prints Spearman's rank correlation of each with the run's own ranking;
    pairs that cannot work are marked and explained.
    """
    from readiness.comparing import compare_methods
    from readiness.report.words import edition_title
    from readiness.terminal_methods import show_comparison

    results = compute(**chosen)
    found = compare_methods(results)
    if as_json:
        print_json(found.to_dicts())
        return
    title = edition_title(results.framework, results.edition)
    show_comparison(found, f"{title}: rank correlation with recipe {results.recipe.name}")
    say("\nNumbered columns are scales (normalise), lines are aggregations, - is refused.")
    say("--json has the shifts of rank too.")


def _show_ranking(results: Results) -> None:
    from readiness.report.words import edition_title
    from readiness.scale import scale_of
    from readiness.terminal import show_ranking
    from readiness.terminal_intervals import interval_note, rank_intervals

    framework = results.framework
    children = framework.children(framework.root)
    names = [(child, framework.name_of(child)) for child in children]
    scale = scale_of(results.recipe, results.ranks["score"].drop_nulls().to_list())
    decimals = (scale.index_decimals, scale.decimals)
    title = edition_title(framework, results.edition)
    show_ranking(results.ranks, names, title, decimals, results.reference_row(), rank_intervals(results))
    say(f"\n{interval_note(results)}")


def _command_line(command: str, chosen: dict[str, Any]) -> str:
    """Write the options that decide the result; files by their names, so that no manifest depends on a machine."""
    given = {key: value for key, value in sorted(chosen.items()) if value not in (None, (), False)}
    listed = {key: value if isinstance(value, tuple) else (value,) for key, value in given.items()}
    parts = [
        f"--{NAMES.get(key, key.replace('_', '-'))} {value.name if isinstance(value, Path) else value}"
        for key, values in listed.items()
        for value in values
    ]
    return " ".join(["readiness", command, *parts])


NAMES = {"settings": "set"}  # options whose name is a word of Python
