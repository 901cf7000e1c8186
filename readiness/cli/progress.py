"""A bar that shows how many files of a report are made, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EACH = 4  # files of a country, about


@contextmanager
def counted_files(countries: int) -> Iterator[Callable[[str], None]]:
    """Yield what is to be told the name of every file that is made."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (
        TextColumn("Reports"),
        BarColumn(bar_width=None),
        TextColumn("{task.completed} files"),
        TextColumn("{task.fields[name]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=EACH * countries, name="")

        def told(name: str) -> None:
            bar.update(task, advance=1, name=name)

        yield told
