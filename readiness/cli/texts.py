"""The command for translators: what a report says, as a gettext catalogue."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from readiness.cli.common import FRAMEWORK, INDEX, PATH, cli, options, say
from readiness.errors import USAGE, ReadinessError, Violation, nearest
from readiness.reading.plurals import LANGUAGES

if TYPE_CHECKING:
    from readiness.framework import Framework


PARTS = ("all", "engine", "index")


@cli.command()
@click.argument("language")
@click.option(
    "--part",
    type=click.Choice(PARTS),
    default="all",
    show_default=True,
    help="What every report says, or the names, units and targets of the index.",
)
@options(INDEX, FRAMEWORK, click.option("--out", type=PATH, help="File to write to; printed if not given."))
def texts(language: str, part: str, index: str, framework: Path | None, out: Path | None) -> None:
    """Write what a report says as a gettext catalogue for LANGUAGE (two letters).

    Translations that exist are in it. Put the file into the folder texts of the
    index as LANGUAGE.po, and reports of its runs speak the language.
    """
    from readiness.drafts import write_whole
    from readiness.report.messages import catalogue, messages, own_messages
    from readiness.report.texts import ENGLISH, speak

    measured = _measured(index, framework)
    if language == ENGLISH:
        raise click.UsageError("English is what is translated; choose another language.")
    if language not in LANGUAGES:
        expected, hint = "one of " + ", ".join(LANGUAGES), nearest(language, LANGUAGES)
        raise ReadinessError(Violation("E786", "language", language, expected, hint=hint), USAGE)
    spoken = speak(language, measured.texts)
    parts = {"engine": messages, "index": lambda: own_messages(measured)}
    wanted = {each: place for name, found in parts.items() if part in ("all", name) for each, place in found().items()}
    content = catalogue(language, wanted, spoken)
    ids = [each if isinstance(each, str) else each[0] for each in wanted]
    lacking = {each for each in ids if not spoken.translation(each)}
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    else:
        _may_replace(out, language, lacking)
        write_whole(out.parent, [(out.name, content)])
    say(f"{len(wanted)} texts, {len(lacking)} not translated yet.")


def _may_replace(out: Path, language: str, lacking: set[str]) -> None:
    """Raise an error if a file has translations that its new version would lack."""
    from readiness.reading.translations import read_catalogue

    lost = lacking & read_catalogue(out, language)[0].keys() if out.exists() else set()
    if lost:
        found, hint = f"{len(lost)} translations that would be lost", f"One is of {min(lost)[:60]!r}."
        raise ReadinessError(Violation("E602", str(out), found, "another file", hint=hint), USAGE)


def _measured(index: str, folder: Path | None) -> Framework:
    from readiness.reading.frameworks import read_framework
    from readiness.reading.places import index_folder

    return read_framework(folder or index_folder("indicators", index))
