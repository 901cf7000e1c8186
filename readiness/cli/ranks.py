"""The command that gives ranks their confidence sets: ranks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from readiness.cli.common import JSON, PATH, cli, compute, options, print_json, say

if TYPE_CHECKING:
    import polars as pl

    from readiness.estimates import Estimates

FILES = (
    click.argument("table", type=PATH, required=False),
    click.option("--covariance", type=PATH, help="CSV matrix of the errors, in place of the column se."),
)
RUN = click.option("--run", "folder", type=PATH, help="Run folder whose scores are used.")
QUESTION = (
    click.option(
        "--level",
        type=click.FloatRange(0, 1, min_open=True, max_open=True),
        default=0.95,
        show_default=True,
        help="Confidence.",
    ),
    click.option("--marginal", is_flag=True, help="A set for each unit by itself, not for all at once."),
    click.option(
        "--side",
        type=click.Choice(["two", "lower", "upper"]),
        default="two",
        show_default=True,
        help="Bound the ranks on both sides or one.",
    ),
    click.option("--single-step", is_flag=True, help="One critical value for all pairs; wider sets."),
    click.option("--unit", "about", multiple=True, help="Only sets for this unit; may be repeated."),
    click.option("--tau-best", type=click.IntRange(1), metavar="K", help="The units that can be among the K best."),
    click.option("--tau-worst", type=click.IntRange(1), metavar="K", help="The units that can be among the K worst."),
)
SIMULATION = (
    click.option(
        "--draws", type=click.IntRange(1000, 10_000_000), default=100_000, show_default=True, help="Simulated errors."
    ),
    click.option("--seed", type=click.IntRange(0, 2**64 - 1), default=0, show_default=True, help="Of the draws."),
)


@cli.command()
@options(*FILES, RUN, *QUESTION, *SIMULATION, JSON)
def ranks(table: Path | None, covariance: Path | None, folder: Path | None, as_json: bool, **chosen: Any) -> None:
    """Give each rank its confidence set.

    TABLE is a CSV file with the columns unit (or geo), estimate and se, the
    standard error. Rank 1 is the largest estimate. Without a table the scores
    of the index with the errors of its figures are used.
    """
    _compatible(chosen)
    estimates = _estimates(table, covariance, folder)
    _fitting(estimates, chosen)
    found = _answer(estimates, chosen)
    if as_json:
        print_json(found.to_dicts())
    else:
        _show(estimates, found, chosen | {"of_index": table is None})


def _estimates(table: Path | None, covariance: Path | None, folder: Path | None) -> Estimates:
    """Return the estimates of a file, of a stored run, or of the built-in index."""
    if table is not None:
        from readiness.reading.estimates import read_estimates

        if folder is not None:
            raise click.UsageError("A table and --run do not go together.")
        return read_estimates(table, covariance)
    if covariance is not None:
        raise click.UsageError("--covariance belongs to a table of estimates.")
    from readiness.sampling import estimates_of, index_estimates

    if folder is not None:
        from readiness.store import open_run

        stored = open_run(folder).tables
        return estimates_of(stored, stored["nodes"].filter(stored["nodes"]["parent"].is_null())["node"][0])
    return index_estimates(compute(data=()))


def _compatible(chosen: dict[str, Any]) -> None:
    """Refuse options that contradict each other."""
    taus = [name for name in ("tau_best", "tau_worst") if chosen[name]]
    others = [name for name in ("marginal", "about") if chosen[name]] + ["side"] * (chosen["side"] != "two")
    clash = taus if len(taus) > 1 else [*taus, *others] if taus else []
    if len(clash) > 1:
        words = " and ".join("--" + {"about": "unit"}.get(name, name.replace("_", "-")) for name in clash)
        raise click.UsageError(f"{words} do not go together: the tau-best are one-sided and about all units.")


def _fitting(estimates: Estimates, chosen: dict[str, Any]) -> None:
    """Refuse units that are not there and places beyond the last."""
    from readiness.errors import Violation, nearest, raise_errors

    size = len(estimates.units)
    found = [
        Violation("E719", f"--{name.replace('_', '-')}", str(chosen[name]), f"1 to {size}")
        for name in ("tau_best", "tau_worst")
        if (chosen[name] or 0) > size
    ]
    found += [
        Violation("E719", "--unit", unit, "a unit of the file", hint=nearest(unit, estimates.units))
        for unit in chosen["about"]
        if unit not in estimates.units
    ]
    raise_errors(found)


def _answer(estimates: Estimates, chosen: dict[str, Any]) -> pl.DataFrame:
    from readiness.inference import rank_sets, tau_best, tau_worst

    common = {name: chosen[name] for name in ("level", "draws", "seed")} | {"stepdown": not chosen["single_step"]}
    if chosen["tau_best"]:
        return tau_best(estimates, chosen["tau_best"], **common)
    if chosen["tau_worst"]:
        return tau_worst(estimates, chosen["tau_worst"], **common)
    variant = {"simultaneous": not chosen["marginal"], "side": chosen["side"], "about": chosen["about"] or None}
    return rank_sets(estimates, **common, **variant)


def _show(estimates: Estimates, found: pl.DataFrame, chosen: dict[str, Any]) -> None:
    from readiness.terminal_ranks import show_rank_sets

    errors = estimates.error
    least = float(errors[errors > 0].min()) if (errors > 0).any() else 0.0
    show_rank_sets(found.to_dicts(), len(estimates.units), "Ranks and their confidence sets", least)
    say("\n" + _meaning(found.height, chosen))
    if chosen["of_index"]:
        say("Errors are those that the indicators declare, many of them assumed; weights and methods are held fixed.")
    steps = "single step" if chosen["single_step"] else "stepdown"
    say(f"Mogstad, Romano, Shaikh and Wilhelm (2024), {steps}; {chosen['draws']:,} draws, seed {chosen['seed']}.")


def _meaning(size: int, chosen: dict[str, Any]) -> str:
    """Say what the sets mean."""
    level = f"{100 * chosen['level']:.10g} %"
    for end in ("best", "worst"):
        if tau := chosen[f"tau_{end}"]:
            return f"With {level} confidence the {tau} truly {end} are all among these {size}."
    if chosen["marginal"]:
        return f"Each set holds the true rank of its unit with {level} confidence; not all sets at once."
    if size == 1:
        return f"With {level} confidence the true rank lies in its set."
    return f"With {level} confidence the {size} true ranks all lie in their sets."
