"""Published scores of an index: what our computation is held against."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from readiness.errors import ReadinessError, Violation, nearest, raise_errors
from readiness.framework import Framework
from readiness.reading.figures import read_table
from readiness.reading.places import label, read_bytes

COLUMNS = ("edition", "geo", "node", "score")


def published_faults(path: Path, framework: Framework) -> list[Violation]:
    """List every fault of a file of published scores."""
    try:
        return _examine(path, framework)
    except ReadinessError as error:
        return error.violations


def _examine(path: Path, framework: Framework) -> list[Violation]:
    file = label(path)
    text, first_row, found = read_table(path, read_bytes(path))
    missing = [name for name in COLUMNS if name not in text.columns]
    raise_errors([*found, *(Violation("E105", file, row=1, column=name, expected=name) for name in missing)])
    frame = text.select(
        pl.col("edition").cast(pl.Int32, strict=False),
        "geo",
        "node",
        pl.col("score").cast(pl.Float64, strict=False),
    )
    for index, (edition, _, node, score) in enumerate(frame.iter_rows()):
        written = text.row(index, named=True)
        row = index + first_row
        if edition not in framework.editions:
            found.append(Violation("E517", file, str(written["edition"]), "an edition of the index", row, "edition"))
        if node not in framework.nodes:
            hint = nearest(str(node), framework.nodes)
            found.append(Violation("E518", file, str(node), "a node of the index", row, "node", hint))
        if score is None:
            found.append(Violation("E204", file, str(written["score"]), "a number", row, "score"))
    return found
