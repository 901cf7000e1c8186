"""Commands that answer an officer's questions: why, compare, whatif, peers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from readiness.cli.common import (
    DATA,
    FRAMEWORK,
    INDEX,
    JSON,
    OTHERS,
    RUN,
    SEED,
    cli,
    options,
    print_json,
    results_of,
    say,
)

if TYPE_CHECKING:
    from readiness.results import Results

REPLICATES = 20_000  # where a question needs chances and the results have none
ASKED = (INDEX, FRAMEWORK, DATA, *OTHERS, RUN)


@cli.command()
@click.argument("country")
@click.option("--from", "before", metavar="EDITION|RUN", help="Edition, or run folder, to come from.  [default: last]")
@click.option("--node", help="Pillar, sub-pillar or indicator; the index if not given.")
@options(*ASKED, SEED, JSON)
def why(country: str, before: str | None, node: str | None, seed: int | None, as_json: bool, **chosen: Any) -> None:
    """Say why a score and a rank moved, and whether it is real.

    COUNTRY is a code or a name. The causes come in a fixed order and add up to
    the published difference; beside them stands the mean over all orders
    (Shapley value). A change within the 90 % interval of the paired
    replicates is noise.
    """
    from readiness.terminal_change import show_change
    from readiness.why import explained

    results = results_of(**chosen)
    found = explained(results, country, before, node, _seed(results, seed))
    if as_json:
        print_json({"change": found.causes.to_dicts(), "movement": found.movement})
    else:
        show_change(found)
    if found.one_run:
        say("\nBoth editions come from one run: same method, figures of today. So revisions,")
        say("weights and method are no causes here. Last year's own run shows them:")
        say("readiness why COUNTRY --from RUN")


@cli.command()
@click.argument("country")
@click.argument("other")
@options(*ASKED, SEED, JSON)
def compare(country: str, other: str, seed: int | None, as_json: bool, **chosen: Any) -> None:
    """Compare two countries: who leads where, beyond noise.

    One leads if it is ahead with a chance of 95 %: on groups in the replicates
    of a simulation, on indicators by the declared errors of the two figures.
    """
    from readiness.contrast import contrast
    from readiness.terminal_questions import show_contrast

    found = contrast(_simulated(results_of(**chosen), seed), country, other)
    if as_json:
        print_json(found.table.to_dicts())
        return
    show_contrast(found)
    say("\nLeads: ahead with a chance of 95 %. Chance: that the first is ahead.")


@cli.command()
@click.argument("country")
@click.argument("changes", nargs=-1, required=True, metavar="INDICATOR=VALUE...")
@options(*ASKED, SEED, JSON)
def whatif(country: str, changes: tuple[str, ...], seed: int | None, as_json: bool, **chosen: Any) -> None:
    """Compute the index with other figures of a country.

    INDICATOR=60 sets a figure as published, INDICATOR=+10% raises today's by a
    tenth. Caps, bounds and all other figures stay those of the run. This is
    arithmetic, not a forecast.
    """
    from readiness.terminal_questions import show_what_if
    from readiness.whatif import what_if

    results = results_of(**chosen)
    found = what_if(results, country, changes, _seed(results, seed))
    if as_json:
        print_json({"changes": found.changes.to_dicts(), "nodes": found.nodes.to_dicts(), "chance": found.chance})
        return
    show_what_if(found)
    say("\nArithmetic on the scale of the run, not a forecast and not advice:")
    say("the other countries stand still.")


@cli.command()
@click.argument("country")
@options(*ASKED, JSON)
def peers(country: str, as_json: bool, **chosen: Any) -> None:
    """Name the countries that are most alike, by stated rules.

    Nearest in GDP per head, in population, in both together, and in the scores
    of the pillars.
    """
    import polars as pl

    from readiness.peers import peers_table
    from readiness.sides import member, side_of
    from readiness.terminal_questions import show_peers

    results = results_of(**chosen)
    code = member(results.framework, country)
    rows = peers_table(side_of(results)).filter(pl.col("country") == code)
    if as_json:
        print_json(rows.to_dicts())
    else:
        show_peers(results, code, rows)


def _seed(results: Results, seed: int | None) -> int:
    """Return the seed that is asked for, else that of the run."""
    return int(results.simulation.get("seed", 1)) if seed is None else seed


def _simulated(results: Results, seed: int | None) -> Results:
    """Return results with chances: those of the run, or of a short simulation."""
    from readiness.movements import may_simulate

    if results.simulation or results.recipe.variation.nothing or not may_simulate(results.recipe):
        return results
    return results.simulate(REPLICATES, _seed(results, seed), every=8)
