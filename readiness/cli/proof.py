"""Commands that explain and prove: methods, replicate, verify, explain."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from readiness.cli.common import JSON, PATH, cli, options, print_json, say
from readiness.errors import NOT_REPRODUCIBLE, USAGE, ReadinessError, Violation


@cli.command()
@click.argument("name", required=False)
@options(JSON)
def methods(name: str | None, as_json: bool) -> None:
    """List all methods, or show one: NAME or STEP.NAME.

    Formula, parameters with defaults and bounds, rule for gaps, source, example.
    """
    from readiness.errors import nearest
    from readiness.registry import methods as registered
    from readiness.terminal_methods import as_data, named, show_method, show_methods

    known = list(registered())
    chosen = named(name, known) if name else known
    if not chosen:
        hint = nearest(str(name), {each.name for each in known})
        raise ReadinessError(Violation("E514", "methods", str(name), "a method", hint=hint), USAGE)
    if as_json:
        print_json([as_data(each) for each in chosen])
    elif name is None:
        show_methods(chosen)
        say(f"{len(chosen)} methods. More on one: readiness methods geometric. Use one: --set aggregate=geometric.")
    else:
        for each in chosen:
            show_method(each)


@cli.command()
@click.argument("case", required=False)
@options(JSON)
def replicate(case: str | None, as_json: bool) -> None:
    """Compute published indices again and compare.

    All of them, those of an index, or one CASE: published against computed,
    largest difference, ranks equal, and what the printed inputs do not
    determine. Exit status 4 if a case is not met.
    """
    from readiness.replicate import cases, replicate_all, summary
    from readiness.replicate import replicate as one
    from readiness.terminal_proof import show_details, show_replications

    known = cases()
    begun = case is None or any(each.index.startswith(case) for each in known)
    of_index = begun and case not in {each.name for each in known}
    found = replicate_all(case or "") if of_index else [one(str(case))]
    if as_json:
        rows = summary(found).to_dicts()
        print_json(rows if of_index else [{**rows[0], "values": found[0].details.to_dicts()}])
    else:
        show_replications(found)
        if not of_index:
            show_details(found[0])
    if any(each.passed is False for each in found):
        sys.exit(NOT_REPRODUCIBLE)


@cli.command()
@click.argument("folder", type=PATH)
@options(JSON)
def verify(folder: Path, as_json: bool) -> None:
    """Recompute the sha256 of all files of a run.

    Names every file of FOLDER that is not as it was written.
    """
    from readiness.store import read_manifest
    from readiness.store import verify as verify_run
    from readiness.terminal import show_findings

    found = verify_run(folder)
    if as_json:
        print_json([each.as_dict() for each in found])
    else:
        show_findings(found, sys.stdout)
    if found:
        say(f"Not as written: {len(found)} of the run's files, first {found[0].file}.")
        sys.exit(NOT_REPRODUCIBLE)
    manifest = read_manifest(folder)
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
        print_json(chosen)
        return
    for name, entry in chosen.items():
        click.echo(f"{name}  {entry['title']}")
        for key in ("meaning", "mend", "wrong", "right") if code else ():
            if key in entry:
                click.echo(f"  {key + ':':9}{entry[key]}")
