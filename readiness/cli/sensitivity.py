"""The command that says which of the choices behind an index matters: sensitivity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from readiness.cli.common import (
    DATA,
    FRAMEWORK,
    INDEX,
    JSON,
    OTHERS,
    SEED,
    THREADS,
    VARY,
    cli,
    compute,
    options,
    print_json,
    say,
)

if TYPE_CHECKING:
    from readiness.results import Results
    from readiness.sensitivity import Found

TOLERATED = 0.1  # half an interval beyond which an index says nothing; sobol.doubtful


@cli.command()
@options(INDEX, FRAMEWORK, DATA, *OTHERS, VARY)
@click.option("--points", type=int, default=4096, show_default=True, help="Base points n; k factors: n (k + 2) runs.")
@click.option("--nodes", default="index", show_default=True, help="Groups besides the index, with commas, or all.")
@click.option("--drop", is_flag=True, help="Leave out alternatives that do not go with others.")
@click.option("--countries", type=click.IntRange(0), default=10, show_default=True, help="Countries to list.")
@options(SEED, THREADS, JSON)
def sensitivity(
    points: int,
    nodes: str,
    drop: bool,
    countries: int,
    seed: int | None,
    threads: int,
    as_json: bool,
    **chosen: Any,
) -> None:
    """Say which choice matters for scores and ranks, and which does not.

    Everything that varies in the recipe, or by --vary, is a factor. Each gets
    its Sobol' indices: the share of the variance that it explains alone, and
    that it has a part in, with others too. --json has all scores and ranks.
    """
    from readiness.sensitivity import SEED as USUAL
    from readiness.sensitivity import sensitivity as analyse

    results = compute(**chosen)
    named = [each.strip() for each in nodes.split(",")]
    asked = tuple(each for each in named if each != "index")
    found = analyse(results, points, USUAL if seed is None else seed, nodes=asked, drop=drop, threads=threads)
    if as_json:
        print_json(found.table.to_dicts())
    else:
        _show(results, found, countries)
    for each in found.dropped:
        say(f"Left out since it does not go with another: {each}")
    for note in found.notes:
        say(note)


def _show(results: Results, found: Found, countries: int) -> None:
    """Print what decides the mean shift in rank, then the countries whose ranks vary most."""
    from readiness.report.words import edition_title
    from readiness.terminal_sensitivity import show_countries, show_factors

    own = found.table.filter(node=results.framework.root)
    whole = own.filter(output="shift").sort("total", "factor", descending=[True, False], nulls_last=True).to_dicts()
    order = [row["factor"] for row in whole]
    title = edition_title(results.framework, results.edition)
    show_factors(whole, f"{title}: what moves the ranking")
    say("\nShares of the variance of the mean shift in rank: how many places a country is")
    say(f"from its rank in the run, on average (standard deviation {whole[0]['sd'] or 0:.2f}).\n")
    ranks = own.filter(output="rank")
    varying = ranks.filter(ranks["sd"].is_not_null()).unique("country").sort("sd", "country", descending=[True, False])
    listed = varying["country"].to_list()[:countries]
    if listed:
        rows = {(row["country"], row["factor"]): row for row in ranks.iter_rows(named=True)}
        places = dict(results.ranks.select("country", "rank").iter_rows())
        name = results.framework.unit_name
        lines = [(name(code), places[code], [rows[code, factor] for factor in order]) for code in listed]
        show_countries(lines, "Ranks that vary most: standard deviation in places, each factor's share in all")
    _say_doubts(found, listed, whole)


def _say_doubts(found: Found, listed: list[str], whole: list[dict[str, Any]]) -> None:
    """Say how many runs there were, and what of what is shown cannot be relied on."""
    shown = found.table.filter(found.table["country"].is_in(listed) & (found.table["output"] == "rank"))
    doubtful = shown.filter(node=list(found.indices)[-1])["doubt"].drop_nulls().len()
    doubtful += sum(row["doubt"] is not None for row in whole)
    if not found.points:
        say(f"\nOnly methods vary: all {found.runs:,} combinations were computed, and the shares are exact.")
        return
    say(f"\n{found.points:,} points, {found.runs:,} runs, {found.different:,} of them different; seed {found.seed}.")
    for row in whole:
        if row["doubt"]:
            say(f"{row['factor']}: {row['doubt']}.")
    if doubtful and whole[0]["total"] is not None:
        more = found.enough(TOLERATED, listed)
        say(f"{doubtful} indices shown are in doubt (?): the error is as large as what it is about.")
        if more > found.points:
            say(f"About {more:,} points would bring all of them within +-{TOLERATED}: --points {more}")
