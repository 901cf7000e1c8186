"""The officer's question: why a score and a rank moved between two editions, or two runs, and whether it is real."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from readiness.change import change_table
from readiness.errors import USAGE, ReadinessError, Violation, nearest
from readiness.framework import Framework
from readiness.movements import movements_table
from readiness.report.texts import Texts
from readiness.report.why import sentences
from readiness.results import Results
from readiness.scale import scale_of
from readiness.sides import Side, member, other_edition, side_of
from readiness.store import open_run


@dataclass(frozen=True)
class Explanation:
    """Why a node of a country moved.

    causes      rows of table change: the whole, the causes in their order, parts by indicator
    movement    its row of table movements, nothing where the node is an indicator
    says        three sentences
    one_run     whether both editions come from one run, whose figures and method are the same
    """

    country: str
    name: str
    node: str
    causes: pl.DataFrame
    movement: dict[str, Any] | None
    says: tuple[str, ...]
    decimals: int
    one_run: bool
    framework: Framework


def explained(
    results: Results, country: str, before: str | Path | int | None = None, node: str | None = None, seed: int = 1
) -> Explanation:
    """Return why a score and a rank moved from an earlier edition, or from another run's newest edition, to the newest.

    `before` is an edition of the run (the one before the newest if not given) or a run folder.

    Errors   ReadinessError for unknown countries, nodes and editions, a node without a score on both sides, a run that
             is not as it was written or does not meet its own table.
    """
    code, place = member(results.framework, country), node or results.framework.root
    after = side_of(results)
    earlier = _before(after, before)
    causes = change_table(earlier, after, [code]).filter(pl.col("node") == place)
    if causes.is_empty():
        raise _no_change(results, code, place, (earlier.edition, after.edition))
    moved = movements_table(earlier, after, seed)
    own = moved.filter((pl.col("country") == code) & (pl.col("node") == place)).to_dicts()
    movement = own[0] if own else None
    scale = scale_of(results.recipe, results.ranks["score"].drop_nulls().to_list())
    decimals = scale.index_decimals if place == results.framework.root else scale.decimals
    names = _names(earlier, after)
    name = results.framework.unit_name(code)
    label = name if place == results.framework.root else f"{name}, {results.framework.name_of(place)}"
    told = sentences(Texts(), label, causes.to_dicts(), movement, names, decimals)
    one_run = earlier.stages is after.stages
    return Explanation(code, name, place, causes, movement, tuple(told), decimals, one_run, results.framework)


def _no_change(results: Results, code: str, place: str, editions: tuple[int, int]) -> ReadinessError:
    """Say that there is no such node, or that it has no score on one of the two sides."""
    known = results.framework.nodes
    if place not in known:
        return ReadinessError(
            Violation("E520", "node", place, "a node of the index", hint=nearest(place, known)), USAGE
        )
    expected = f"a node for which {code} has a score in {editions[0]} and in {editions[1]}"
    return ReadinessError(Violation("E520", "node", place, expected), USAGE)


def _before(after: Side, before: str | Path | int | None) -> Side:
    """Return the earlier side: an edition of the same run, or the newest of another run."""
    editions = after.plan.editions
    if before is None:
        if len(editions) < 2:
            hint = "The run has one edition: name the folder of another run."
            raise ReadinessError(
                Violation("E517", "--from", str(editions[0]), "an edition before it", hint=hint), USAGE
            )
        return other_edition(after, editions[-2])
    text = str(before)
    if re.fullmatch("[0-9]{1,4}", text) and not Path(text).exists():
        if int(text) == after.edition:
            raise ReadinessError(Violation("E517", "--from", text, "an edition before it"), USAGE)
        return other_edition(after, int(text))
    earlier = side_of(open_run(text).results)
    own, other = after.results.framework.code, earlier.results.framework.code
    if own != other or earlier.edition > after.edition:
        expected = f"a run of {own}, of edition {after.edition} or one before it"
        raise ReadinessError(Violation("E520", "--from", f"{other} {earlier.edition}", expected), USAGE)
    return earlier


def _names(earlier: Side, after: Side) -> dict[str, str]:
    """Return the names of the indicators of both sides."""
    both = (earlier.plan.framework, after.plan.framework)
    return {code: each.name for framework in both for code, each in framework.indicators.items()}
