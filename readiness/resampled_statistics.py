"""The statistics that can be bootstrapped: those of the index by name, learned weights, and any function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from readiness import resampled
from readiness.registry import Kernel, compiled, lookup
from readiness.resampling import Placed, count_rows, gather

Numbers = NDArray[np.float64]
Evaluate = Callable[[Placed], Numbers]  # rows (place, replicate) -> statistic (..., replicate)


class Evaluation(NamedTuple):
    """How a statistic of resamples is computed."""

    run: Evaluate
    compiled: bool = False  # threads may share the work
    symmetric: bool = False  # a matrix that is the same on both sides of its diagonal


@dataclass(frozen=True, slots=True)
class Counted:
    """A statistic that needs to know only how often each row was drawn."""

    kernel: Kernel
    axes: str  # column, pair or whole: what there is a value for
    complete: bool = True  # rows with any gap are left out

    def shape(self, columns: int) -> tuple[int, ...]:
        """Return the shape of the statistic of a table with so many columns."""
        return {"column": (columns,), "pair": (columns, columns), "whole": ()}[self.axes]


@dataclass(frozen=True, slots=True)
class Learned:
    """The weights that a weighting method learns from the table, as shares."""

    method: str
    parameters: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vectorised:
    """A function of many resamples at once."""

    function: Callable[[Numbers], Any]


Statistic = str | Learned | Vectorised | Callable[[Numbers], Any]

STATISTICS = {
    "mean": Counted(resampled.mean, "column", complete=False),
    "median": Counted(resampled.median, "column", complete=False),
    "sd": Counted(resampled.deviation, "column", complete=False),
    "pearson": Counted(resampled.pearson, "pair"),
    "spearman": Counted(resampled.spearman, "pair"),
    "raw_alpha": Counted(resampled.alpha, "whole"),
    "standardised_alpha": Counted(resampled.standardised_alpha, "whole"),
}


def learned_weights(method: str, **parameters: float) -> Learned:
    """Return the statistic "weights learned from the table": one share for each column, by a method of the index.

    Gaps     as the method says: a column that is constant in a resample weighs nothing there; where nothing can be
             learned all columns weigh the same.
    Errors   a method that does not exist: ReadinessError; one that learns nothing from scores: ValueError.

    >>> learned_weights("principal_components", factors=1).method
    'principal_components'
    """
    found = lookup("weight", method)
    unknown = set(parameters) - set(found.parameters)
    if not found.learns or found.needs:
        raise ValueError(f"the weights of {method} are not learned from scores alone")
    if unknown:
        raise ValueError(
            f"{method} takes {', '.join(found.parameters) or 'no parameters'}, got {', '.join(sorted(unknown))}"
        )
    return Learned(method, dict(parameters))


def vectorised(function: Callable[[Numbers], Any]) -> Vectorised:
    """Return a statistic from a function that takes many resamples at once.

    Shapes   it gets data (row, column, replicate), or (row, replicate) for a single column, and returns the statistic
             with the replicate last.
    Gaps     a resample with fewer rows than others (clusters of different size, a row left out) ends with rows of
             NaN.
    """
    return Vectorised(function)


def evaluation(statistic: Statistic, table: Numbers) -> Evaluation:
    """Return how to compute a statistic of resamples of this table."""
    if isinstance(statistic, str):
        known = _named(statistic)
        return Evaluation(_counted(known, table), compiled=True, symmetric=known.axes == "pair")
    if isinstance(statistic, Learned):
        return Evaluation(_learned(statistic, table), compiled=True)
    if isinstance(statistic, Vectorised):
        return Evaluation(_vectorised(statistic.function, table))
    return Evaluation(_called(statistic, table))


def _named(name: str) -> Counted:
    if name not in STATISTICS:
        raise ValueError(f"statistic is one of {', '.join(STATISTICS)}, or a function, got {name!r}")
    return STATISTICS[name]


def _counted(statistic: Counted, table: Numbers) -> Evaluate:
    """Return the evaluation of a statistic of counts; a single column has no axis of columns."""
    x = np.ascontiguousarray(np.atleast_2d(table.T))
    whole = ~np.isnan(x).any(axis=0) if statistic.complete else np.ones(x.shape[1], dtype=np.bool_)
    if statistic.axes != "column" and x.shape[0] < 2:
        raise ValueError("a statistic of relations takes at least two columns")
    shape = statistic.shape(len(x))[table.ndim == 1 :]
    x = np.ascontiguousarray(x[:, whole])
    order = np.argsort(x, axis=1, kind="stable")

    def evaluate(rows: Placed) -> Numbers:
        counts = np.empty((len(table), rows.shape[1]))
        compiled(count_rows)(rows, counts)
        out = np.empty((*statistic.shape(len(x)), rows.shape[1]))
        compiled(statistic.kernel)(x, order, counts if whole.all() else counts[whole], out)
        return out.reshape(*shape, rows.shape[1])

    return evaluate


def _learned(statistic: Learned, table: Numbers) -> Evaluate:
    """Return the evaluation of learned weights: the method's own kernel, all columns declared alike."""
    if table.ndim == 1:
        raise ValueError("weights are learned from at least two columns")
    method = lookup("weight", statistic.method)
    defaults = {name: each.default for name, each in method.parameters.items()}
    numbers = method.numbers(defaults | statistic.parameters, fitted=False)

    def evaluate(rows: Placed) -> Numbers:
        sample = gathered(table, rows)
        given = np.ones((len(sample), rows.shape[1]))
        out = np.empty_like(given)
        method.run(given, sample, out, *numbers)
        return out / out.sum(axis=0)

    return evaluate


def gathered(table: Numbers, rows: Placed) -> Numbers:
    """Return the resampled values (column, place, replicate)."""
    x = np.ascontiguousarray(np.atleast_2d(table.T))
    out = np.empty((len(x), *rows.shape))
    compiled(gather)(x, rows, out)
    return out


def _vectorised(function: Callable[[Numbers], Any], table: Numbers) -> Evaluate:
    def evaluate(rows: Placed) -> Numbers:
        sample = gathered(table, rows)
        values = np.asarray(function(sample[0] if table.ndim == 1 else sample.swapaxes(0, 1)), dtype=np.float64)
        if values.ndim == 0 or values.shape[-1] != rows.shape[1]:
            raise ValueError(
                f"the function must return (..., {rows.shape[1]} replicates), got the shape {values.shape}"
            )
        return values

    return evaluate


def _called(function: Callable[[Numbers], Any], table: Numbers) -> Evaluate:
    def evaluate(rows: Placed) -> Numbers:
        lanes = (column[column >= 0] for column in rows.T)
        return np.stack([np.asarray(function(table[lane]), dtype=np.float64) for lane in lanes], axis=-1)

    return evaluate
