"""The bootstrap: how sure a statistic of a table is, from the same statistic of many resamples of its rows."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from readiness.intervals import Interval, Intervals, check_interval, intervals
from readiness.resampled_statistics import Evaluate, Statistic, evaluation
from readiness.resampling import Plan, Rows, Scheme, drawn_rows, plan, rows_left

LANES = 256  # replicates side by side: their sums stay in the processor's cache
NUMBERS = 2**22  # of a resampled batch at most, so that memory stays bounded however many rows there are
WORTH = 0.05  # seconds of work: with less, threads cost more than they save
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Bootstrapped:
    """A statistic with its uncertainty; every array has the statistic's shape, the distribution the replicate behind.

    `failed` counts the replicates without a finite value, which nothing else is computed from. `reason` is empty where
    there is an interval, and says elsewhere why there is none.
    """

    estimate: Numbers
    low: Numbers
    high: Numbers
    standard_error: Numbers
    distribution: Numbers
    failed: NDArray[np.int64]
    reason: NDArray[np.object_]
    level: float
    method: Interval


def bootstrap(
    statistic: Statistic,
    data: ArrayLike,
    *,
    replicates: int = 9999,
    level: float = 0.95,
    method: Interval = "bca",
    scheme: Scheme | None = None,
    seed: int = 0,
    threads: int | None = None,
) -> Bootstrapped:
    """Return a statistic of a table with its standard error and a confidence interval for each of its components.

    Statistic  a name: mean, median, sd (column by column), pearson, spearman (column by column pair), raw_alpha,
             standardised_alpha; `learned_weights(...)`; any function of the data, called once for each resample; or
             `vectorised(function)`, called once for a batch.
    Shapes   data (row, column), or (row,) for a single column.
    Scheme   `Rows` one by one (default), `Blocks` of a series, whole `Clusters`; each with or without strata.
    Methods  bca, basic or percentile: see `intervals`. BCa takes one more statistic for each unit that is drawn: a
             row, a cluster, or one of the blocks that stand side by side.
    Gaps     rows with a gap are drawn like others. mean, median and sd leave gaps out column by column; the other
             statistics of the index leave out rows with any gap. A function of yours gets the gaps as they are.
    Seeds    a replicate depends on seed and number only: more replicates begin with the same ones, and the answer is
             the same to the byte for any number of threads.
    Threads  as many as there are processors, if not given and if there is enough to do. A function of yours runs in the
             calling thread only.
    Errors   data, labels or options that do not fit each other: ValueError.
    Source   Efron and Tibshirani (1993), An Introduction to the Bootstrap; Davison and Hinkley (1997), Bootstrap
             Methods and their Application; the schemes name their own.

    >>> found = bootstrap("mean", [1.0, 2.0, 4.0, 8.0], seed=1)
    >>> float(found.estimate), bool(found.low < 3.75 < found.high)
    (3.75, True)
    """
    check_interval(level, method)
    if replicates < 2:
        raise ValueError(f"a bootstrap takes at least 2 replicates, got {replicates}")
    if threads is not None and threads < 1:
        raise ValueError(f"threads are 1 or more, got {threads}")
    table = _checked(data)
    chosen = plan(scheme or Rows(), len(table))
    evaluate, compiled, symmetric = evaluation(statistic, table)
    estimate = evaluate(np.arange(len(table), dtype=np.int32)[:, None])[..., 0]
    workers = (threads or os.cpu_count() or 1) if compiled else 1
    columns = table[0].size
    lanes = max(1, min(LANES, NUMBERS // (chosen.most * columns + columns**2)))
    distribution = _distribution(evaluate, chosen, range(0, replicates, lanes), replicates, seed, workers)
    left_out = [_jackknife(evaluate, groups, len(table), lanes) for groups in chosen.left_out if method == "bca"]
    find = _mirrored if symmetric else intervals
    found = find(estimate, distribution, left_out, level=level, method=method)
    return Bootstrapped(
        estimate[()],
        found.low[()],
        found.high[()],
        found.standard_error[()],
        distribution,
        found.failed[()],
        found.reason[()],
        level,
        method,
    )


def _checked(data: ArrayLike) -> Numbers:
    """Return the data as numbers, after a look at their shape."""
    table = np.array(data, dtype=np.float64)
    if table.ndim not in (1, 2) or table.size == 0:
        raise ValueError(f"data must have rows, and columns if any, got the shape {table.shape}")
    if np.isinf(table).any():
        raise ValueError("data must be finite; a gap is NaN")
    return table


def _distribution(evaluate: Evaluate, chosen: Plan, starts: range, replicates: int, seed: int, workers: int) -> Numbers:
    """Return the statistic of every resample, the replicate last; batches do not depend on the number of threads."""

    def batch(start: int) -> Numbers:
        return evaluate(drawn_rows(chosen, range(start, min(start + starts.step, replicates)), seed))

    first = batch(starts[0])  # compiles what is not yet compiled, before there are threads
    out = np.empty((*first.shape[:-1], replicates))
    out[..., : starts.step] = first

    def write(mine: range) -> None:
        for start in mine:
            out[..., start : start + starts.step] = batch(start)

    began = perf_counter()
    write(starts[1:2])
    if workers == 1 or (perf_counter() - began) * len(starts) < WORTH:
        write(starts[2:])
    else:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(write, (starts[i : i + 1] for i in range(2, len(starts)))))
    return out


def _jackknife(evaluate: Evaluate, groups: list[NDArray[np.int64]], count: int, lanes: int) -> Numbers:
    """Return the statistic with each group of rows left out in turn; gaps if no row would remain."""
    if any(len(group) == count for group in groups):
        shape = evaluate(np.arange(count, dtype=np.int32)[:, None]).shape[:-1]
        return np.full((*shape, len(groups)), np.nan)
    batches = (rows_left(groups[i : i + lanes], count) for i in range(0, len(groups), lanes))
    return np.concatenate([evaluate(rows) for rows in batches], axis=-1)


def _mirrored(estimate: Numbers, distribution: Numbers, left_out: list[Numbers], **options: Any) -> Intervals:
    """Return the intervals of a symmetric matrix; each pair is computed once."""
    below = np.tril_indices(len(estimate))
    half = intervals(estimate[below], distribution[below], [each[below] for each in left_out], **options)
    whole = {}
    for each in fields(half):
        values = getattr(half, each.name)
        whole[each.name] = np.empty(estimate.shape, dtype=values.dtype)
        whole[each.name][below] = whole[each.name].T[below] = values
    return Intervals(**whole)
