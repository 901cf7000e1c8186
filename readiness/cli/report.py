"""The command that makes reports of a stored run again, in any language, for any country."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from readiness.cli.common import PATH, cli, options, say
from readiness.cli.progress import counted_files
from readiness.errors import USAGE, ReadinessError, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from readiness.report.data import Facts
    from readiness.report.options import Options

KINDS = {"page": "pages", "pdf": "prints", "workbook": "workbooks", "explorer": "explorer"}
CHOICES = (
    click.option("--lang", "language", default="en", show_default=True, help="Language, by its two letters."),
    click.option(
        "--kind", "kinds", multiple=True, type=click.Choice(list(KINDS)), help="Only this kind; may be repeated."
    ),
    click.option("--peers", metavar="CODES", default="", help="Peers of your choice, with commas: ES,EL,CZ."),
    click.option("--officer", default="", help="Name of the officer, printed on the front."),
    click.option("--status", default="", help="Status, such as draft or final, printed on the front."),
    click.option("--out", type=PATH, default=Path("report"), show_default=True, help="Folder to write to."),
)


@cli.command()
@click.argument("countries", nargs=-1, metavar="[COUNTRY]...")
@click.argument("run", type=PATH)
@options(*CHOICES)
def report(
    countries: tuple[str, ...], run: Path, language: str, kinds: tuple[str, ...], out: Path, **front: str
) -> None:
    """Make reports of the run folder RUN again.

    COUNTRY is a code or a name. If none is named, all countries and what is
    about all of them: page of the index, method, workbook, explorer. The last
    three, and workbooks of countries, exist in English only. The same run and
    options give the same bytes as in the run's own folder.
    """
    from readiness.report.data import gather
    from readiness.report.options import Options
    from readiness.report.texts import speak
    from readiness.sides import members
    from readiness.store import open_run

    results = open_run(run).results
    texts = speak(language, results.framework.texts)
    words = [each.strip() for each in front.pop("peers").split(",") if each.strip()]
    named, chosen = members(results.framework, {"country": countries, "--peers": words})
    facts, wanted = gather(results, texts), [KINDS[kind] for kind in kinds] or list(KINDS.values())
    if "explorer" in kinds and named:
        raise click.UsageError("The explorer is of the whole index: name no country.")
    if language != "en" and {"explorer", "workbook"} & set(kinds):
        raise click.UsageError("The explorer and workbooks exist in English only: choose no language for them.")
    given = [Options(code, peers=chosen, **front) for code in named or results.framework.units]
    written = _write(_made(facts, given, wanted, alone=bool(named)), out, len(given))
    say(f"Written to {out}: {', '.join(written[:6])}{' ...' if len(written) > 6 else ''} ({len(written)} files)")
    if texts.missing:
        number = len(texts.missing)
        say(f"{number} texts have no {language} version yet and are in English, such as: {min(texts.missing)!r}")
    sys.stdout.flush()


def _made(facts: Facts, given: list[Options], kinds: list[str], *, alone: bool) -> Iterator[tuple[str, bytes]]:
    """Yield the products that are asked for: those of countries, and of the index if no country is named."""
    from readiness.report.products import country_products, index_products

    if not alone:
        yield from index_products(facts, kinds)
    yield from country_products(facts, given, kinds)


def _write(products: Iterator[tuple[str, bytes]], out: Path, countries: int) -> list[str]:
    """Write files to a folder that is no run's; return their names."""
    from readiness.drafts import write_whole
    from readiness.store import MANIFEST

    for place in (out, out.resolve().parent):
        if (place / MANIFEST).is_file():
            expected = "a folder that is not a run's, whose files are those of its manifest"
            raise ReadinessError(Violation("E602", "--out", str(out), expected), USAGE)
    with counted_files(countries) as told:
        return write_whole(out, products, told)
