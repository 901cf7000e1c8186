"""The tables of a run that answer an officer's questions, made once and read by every report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from readiness.change import change_table
from readiness.movements import REPLICATES, movements_table
from readiness.moves import REPLICATES as MOVES
from readiness.moves import moves_table
from readiness.peers import peers_table
from readiness.quality import quality_table
from readiness.results import Results
from readiness.sides import other_edition, side_of
from readiness.tables import conform
from readiness.target_table import target_rows


def answered(results: Results) -> Results:
    """Return the results with the tables change, movements, moves, peers, quality and targets, where they can be made.

    Chances and intervals are drawn where the results were simulated, with their seed; changes are from the edition
    before. A solver is not called hundreds of times: an index that needs one has no table of changes and moves; nor has
    one with multiple imputation, whose scores are those of no single set of figures.
    """
    side = side_of(results)
    seed, simulated = int(results.simulation.get("seed", 1)), bool(results.simulation)
    recipe, editions = results.recipe, side.plan.editions
    plain = not recipe.method("impute").draws and not any(method.slow for _, method, _ in recipe.resolved())
    made: dict[str, Callable[[], pl.DataFrame]] = {
        "quality": lambda: quality_table(side),
        "peers": lambda: peers_table(side),
    }
    if results.framework.targets:
        rows = target_rows(results.framework, results.panel, results.edition, results.as_of)
        made["targets"] = lambda: conform("targets", pl.DataFrame(rows, infer_schema_length=None))
    if plain:
        made["moves"] = lambda: moves_table(side, seed, MOVES if simulated else 0)
    if len(editions) > 1:
        before = other_edition(side, editions[-2])
        made["movements"] = lambda: movements_table(before, side, seed, REPLICATES if simulated and plain else 0)
        if plain:
            made["change"] = lambda: change_table(before, side)
    missing = {name: make() for name, make in made.items() if name not in results.tables}
    return replace(results, tables={**results.tables, **missing}) if missing else results
