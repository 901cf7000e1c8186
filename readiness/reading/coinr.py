"""COINr's pair of tables -> a tree with its figures; every fault of both tables is raised at once.

iMeta says what each code is and where it stands, iData holds a row for each unit (and year) and a column for each
code. The conventions are those that COINr documents for new_coin(); only code that reads them is here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from readiness.errors import ReadinessError, Violation, raise_errors
from readiness.reading.coinr_data import Figures, read_idata
from readiness.reading.coinr_meta import Meta, read_imeta
from readiness.reading.coinr_tree import coin_tree_faults, level_notes

Made = TypeVar("Made")


@dataclass(frozen=True)
class Coin:
    """What the two tables declare: the codes of iMeta, the units and figures of iData, and what was left behind."""

    meta: Meta
    figures: Figures
    notes: tuple[str, ...]


def read_coin(imeta: Path, idata: Path, edition: int | None = None) -> Coin:
    """Read and check both tables. `edition` is the year of figures without a column Time."""
    found: list[Violation] = []
    meta = _try(found, lambda: read_imeta(imeta))
    found += coin_tree_faults(meta) if meta is not None and meta.entries else []
    figures = _try(found, lambda: read_idata(idata, meta, edition))
    raise_errors(found)
    if meta is None or figures is None:
        raise AssertionError("tables without faults give a coin")
    return Coin(meta, figures, (*meta.notes, *level_notes(meta), *figures.notes, *_thin_groups(meta, figures)))


def _try(found: list[Violation], step: Callable[[], tuple[Made, list[Violation]]]) -> Made | None:
    """Take a step and keep its findings, so that the other table can add its own."""
    try:
        made, faults = step()
    except ReadinessError as error:
        found += error.violations
        return None
    found += faults
    return made


def _thin_groups(meta: Meta, figures: Figures) -> list[str]:
    """Say how many scores of groups rest on less than half of their weight: COINr computes them all the same."""
    cells = figures.cells.select("unit", "year", "code").iter_rows()
    present: dict[tuple[str, int], set[str]] = {}
    for unit, year, code in cells:
        present.setdefault((unit, year), set()).add(code)
    thin = sum(_thin(meta, codes) for codes in present.values())
    if not thin:
        return []
    return [
        f"{thin} scores of groups rest on less than half of the group's weight: neither COINr nor recipe.toml asks "
        "for a share. `coverage` in [aggregate] sets one."
    ]


def _thin(meta: Meta, scored: set[str]) -> int:
    """Count the groups that have a score on less than half of their weight where these indicators have figures."""
    known, thin = set(scored), 0
    for group in reversed(meta.groups):
        children = meta.children[group]
        share = sum(meta.entries[each].weight for each in children if each in known)
        if share > 0:
            known.add(group)
            thin += share < sum(meta.entries[each].weight for each in children) / 2
    return thin
