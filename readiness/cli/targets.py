"""The command about targets: distance, pace, verdict."""

from __future__ import annotations

from typing import Any

import click

from readiness.cli.common import DATA, FRAMEWORK, INDEX, JSON, OTHERS, RUN, cli, options, print_json, results_of, say


@cli.command()
@click.argument("country", required=False)
@options(INDEX, FRAMEWORK, DATA, *OTHERS, RUN, JSON)
def targets(country: str | None, as_json: bool, **chosen: Any) -> None:
    """Say how far the targets are, and whether the pace will do.

    For COUNTRY, a code or a name, or for the Union as a whole. A verdict needs
    four figures, an interval of the trend on one side of the goal, and newest
    figures that agree; else nothing can be said.
    """
    from readiness.sides import member
    from readiness.target_table import target_rows
    from readiness.terminal_targets import show_targets

    results = results_of(**chosen)
    framework, reference = results.framework, results.framework.reference
    if not framework.targets:
        raise click.UsageError(f"{framework.name} declares no targets (targets.toml in its folder).")
    if country is None and reference is None:
        raise click.UsageError(f"{framework.name} has no reference group: name a country.")
    known = reference is not None and country in (None, reference.code, reference.name)
    code = reference.code if known and reference else member(framework, country or "")
    rows = [
        row for row in target_rows(framework, results.panel, results.edition, results.as_of) if row["country"] == code
    ]
    if as_json:
        print_json(rows)
        return
    name = reference.name if known and reference else framework.unit_name(code)
    show_targets(framework, rows, name)
    say("\nPaces are a year. --json has trends and intervals too.")
