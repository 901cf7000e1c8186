"""Published indices computed again: what was published against what the engine gives, case by case.

>>> import readiness.replicate
>>> readiness.replicate.replicate("tai-bap").passed      # doctest: +SKIP
True
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from readiness.errors import USAGE, ReadinessError, Violation, nearest, raise_errors
from readiness.numbers import whole
from readiness.reading.cases import Case, read_all_cases
from readiness.reading.figures import read_table
from readiness.reading.frameworks import read_framework
from readiness.reading.places import index_folder, label, read_bytes
from readiness.recomputed import COMPUTE, Key, Values
from readiness.results import Results
from readiness.running import run

SUMMARY = {
    "index": pl.String,
    "case": pl.String,
    "title": pl.String,
    "source": pl.String,
    "compares": pl.String,
    "n": pl.Int32,
    "equal": pl.Int32,
    "largest": pl.Float64,
    "tolerance": pl.Float64,
    "where": pl.String,
    "passed": pl.Boolean,
    "undetermined": pl.String,
}
DETAILS = {
    "edition": pl.Int32,
    "unit": pl.String,
    "node": pl.String,
    "published": pl.Float64,
    "computed": pl.Float64,
    "difference": pl.Float64,
}
NEEDED = {  # columns without which a published table does not say what it speaks of
    "scores": ("geo",),
    "ranks": ("geo",),
    "weights": ("node",),
    "statistics": ("item",),
    "support": ("item",),
}


@dataclass(frozen=True)
class Replication:
    """A published result beside the computed one.

    `n` values were published; `equal` of them agree at the case's decimals, or, where it has none, within its
    tolerance. `largest` is the largest absolute difference, infinite where a published value has no computed one, and
    `where` says of what. `passed` is None for a case that is not checked. `details` has one row a published value:
    edition, unit, node (or statistic), published, computed, difference.
    """

    case: Case
    n: int
    equal: int
    largest: float
    where: str
    passed: bool | None
    details: pl.DataFrame


def cases() -> list[Case]:
    """Return the cases of all built-in indices, checked ones and those that the printed inputs leave open."""
    return read_all_cases()


def replicate(name: str) -> Replication:
    """Compute one published result again. Errors: ReadinessError for an unknown name or a faulty case."""
    known = {case.name: case for case in cases()}
    if name not in known:
        fault = Violation("E551", "replicate", name, "one of " + ", ".join(known), hint=nearest(name, known))
        raise ReadinessError(fault, USAGE)
    return replicate_cases([known[name]])[0]


def replicate_all(index: str = "") -> list[Replication]:
    """Compute every published result again, or those of one index, in the order of the files.

    `index` is the name of a built-in index or its beginning. Errors: ReadinessError where no index begins so.
    """
    known = cases()
    chosen = [case for case in known if case.index.startswith(index)]
    if not chosen:
        names = list(dict.fromkeys(case.index for case in known))
        fault = Violation("E519", "replicate", index, "one of " + ", ".join(names), hint=nearest(index, names))
        raise ReadinessError(fault, USAGE)
    return replicate_cases(chosen)


def replicate_cases(chosen: Iterable[Case]) -> list[Replication]:
    """Compute some cases again; those that ask for the same run share its results."""
    runs: dict[Any, Results] = {}
    found = []
    for case in chosen:
        if case.compares and case.way not in runs:
            runs[case.way] = _run(case)
        found.append(_compared(case, runs[case.way]) if case.compares else _open(case))
    return found


def summary(replications: Iterable[Replication]) -> pl.DataFrame:
    """Return one row a case with the columns of SUMMARY.

    Gaps     a case that is not checked has no numbers; one that lacks a computed value has no largest difference.
    """
    rows = []
    for each in replications:
        case, checked = each.case, bool(each.case.compares)
        said = (case.index, case.name, case.title, case.source, case.compares or None)
        largest = None if math.isinf(each.largest) else each.largest
        numbers = (each.n, each.equal, largest, case.tolerance) if checked else (None,) * 4
        rows.append((*said, *numbers, each.where or None, each.passed, case.undetermined or None))
    return pl.DataFrame(rows, schema=SUMMARY, orient="row")


def _run(case: Case) -> Results:
    """Run the index as a user would, with what the case changes."""
    framework = None
    if case.units:
        framework = replace(read_framework(index_folder("indicators", case.index)), units=case.units)
    return run(
        case.edition,
        case.index,
        framework=framework,
        data=case.figures,
        weights=case.weights,
        settings=case.settings,
    )


def _compared(case: Case, results: Results) -> Replication:
    published = _published(case, results)
    computed = COMPUTE[case.compares](results, case, published)
    rows = [(*key, value, _known(computed.get(key))) for key, value in published.items()]
    differences = [math.inf if own is None else abs(own - value) for *_, value, own in rows]
    worst = max(range(len(rows)), key=differences.__getitem__)
    equal = sum(_agree(case, value, own) for *_, value, own in rows)
    largest = differences[worst]
    found = [None if each == math.inf else each for each in differences]
    columns = [*zip(*rows, strict=True), found]
    details = pl.DataFrame(dict(zip(DETAILS, columns, strict=True)), schema=DETAILS)
    where = " ".join(str(part) for part in rows[worst][:3] if part is not None) if largest else ""
    return Replication(
        case, len(rows), equal, largest, where, largest <= case.tolerance and equal >= case.equal, details
    )


def _known(value: float | None) -> float | None:
    """Return a computed value, nothing for one that could not be computed."""
    return None if value is None or math.isnan(value) else value


def _open(case: Case) -> Replication:
    return Replication(case, 0, 0, 0.0, "", None, pl.DataFrame(schema=DETAILS))


def _agree(case: Case, published: float, computed: float | None) -> bool:
    if computed is None:
        return False
    if case.decimals is None:
        return abs(computed - published) <= case.tolerance
    return whole(computed, case.decimals) == whole(published, case.decimals)


def _published(case: Case, results: Results) -> Values:
    """Read the rows of the published table that the case speaks of, by edition, unit and node or statistic."""
    if case.published is None:
        raise TypeError(f"{case.name} compares nothing")
    file = label(case.published)
    table, first_row, found = read_table(case.published, read_bytes(case.published))
    missing = [name for name in (*NEEDED[case.compares], case.column, *case.where) if name not in table.columns]
    raise_errors([*found, *(Violation("E105", file, row=1, column=name, expected=name) for name in missing)])
    values: dict[Key, float] = {}
    for place, row in enumerate(table.iter_rows(named=True), start=first_row):
        if any(row[name] != wanted for name, wanted in case.where.items()):
            continue
        key, value = _key(case, row, results), _number(row[case.column])
        if value is None:
            found.append(Violation("E204", file, str(row[case.column]), "a number", place, case.column))
        elif key in values:
            said = " ".join(str(part) for part in key if part is not None)
            found.append(Violation("E512", file, said, f"one row for the case {case.name}", place))
        else:
            values[key] = value
    if not values and not found:
        found.append(Violation("E103", file, expected=f"rows for the case {case.name}"))
    raise_errors(found)
    return values


def _number(text: str | None) -> float | None:
    """Return a finite number, nothing for any other text."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _key(case: Case, row: Mapping[str, str], results: Results) -> Key:
    """Say what a published row speaks of: columns edition, geo and node, or item, where the table has them."""
    if case.compares in ("statistics", "support"):
        return (None, None, row["item"])
    edition = int(_number(row.get("edition")) or results.edition)
    if case.compares == "weights":
        return (edition, None, row["node"])
    return (edition, row["geo"], row.get("node") or results.framework.root)
