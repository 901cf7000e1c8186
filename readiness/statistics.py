"""Statistics of a table with a row for each unit and a column for each indicator: what an audit of an index looks at.

A gap is NaN. What cannot be known (a constant column, fewer than three rows) comes back as NaN too, for its cell only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from readiness import resampled
from readiness.methods.weight import analytic_hierarchy
from readiness.methods.weight_data import FEWEST, SAME, differ, eigen
from readiness.methods.weight_data import varimax as rotate
from readiness.registry import Kernel, compiled

Table = NDArray[np.float64]

# Mean consistency index of random matrices of order 1 to 15: Saaty (1980), The Analytic Hierarchy Process, McGraw-Hill.
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)


class Components(NamedTuple):
    """Principal components: eigenvalues, the largest first, and loadings (column, component)."""

    eigenvalues: Table
    loadings: Table


class Consistency(NamedTuple):
    """How far paired comparisons agree with each other: 0 for the ratio is perfect, above 0.1 is poor."""

    largest_eigenvalue: float
    index: float
    ratio: float


def correlations(table: ArrayLike) -> Table:
    """Return Pearson's correlation of every two columns, over the rows that both have.

    Gaps     a pair with fewer than three rows, or with a column that is constant in them, has none: NaN.

    >>> correlations([[1, 2, 6], [2, 4, 4], [3, 6, 2]])[0].round(12).tolist()
    [1.0, 1.0, -1.0]
    """
    x = _table(table)
    out = np.full((x.shape[1], x.shape[1]), np.nan)
    for p in range(x.shape[1]):
        for q in range(p + 1):
            both = x[~np.isnan(x[:, p]) & ~np.isnan(x[:, q])][:, [p, q]]
            out[p, q] = out[q, p] = _pearson(both[:, 0], both[:, 1])
    return out


def cronbach_alpha(table: ArrayLike, *, standardised: bool = True) -> float:
    """Return Cronbach's alpha: how far the columns measure the same thing, 1 for perfectly.

    Gaps     rows with a gap are left out. Fewer than three rows or two columns: NaN; so does a constant column make
             the standardised alpha. All constant: NaN.
    Formula  k / (k - 1) (1 - sum of the columns' variances / variance of their sum); standardised: the columns are
             brought to variance 1 first.
    Source   Cronbach (1951), Psychometrika 16(3), 297-334; OECD/JRC Handbook (2008), step 4.

    >>> round(cronbach_alpha([[1, 2], [2, 1], [3, 3]]), 4)
    0.6667
    """
    return float(_once(resampled.standardised_alpha if standardised else resampled.alpha, _complete(_table(table)))[0])


def alpha_if_deleted(table: ArrayLike, *, standardised: bool = True) -> Table:
    """Return Cronbach's alpha of the other columns for each column; rows are those without any gap.

    Gaps     as in cronbach_alpha; with two columns none is left to compare: NaN.
    """
    x = _complete(_table(table))
    others = [np.delete(x, column, axis=1) for column in range(x.shape[1])]
    return np.array([cronbach_alpha(other, standardised=standardised) for other in others])


def item_total(table: ArrayLike, *, standardised: bool = True) -> Table:
    """Return the correlation of each column with the sum of the others.

    Gaps     rows with a gap are left out; fewer than three rows, a single column or a constant one: NaN.
    """
    x = _items(table, standardised=standardised)
    return np.array([_pearson(x[:, column], np.delete(x, column, axis=1).sum(axis=1)) for column in range(x.shape[1])])


def principal_components(table: ArrayLike) -> Components:
    """Return the principal components of the correlations: eigenvalues and loadings.

    Gaps     rows with a gap are left out; fewer than three rows or a constant column: NaN for all.
    Source   OECD/JRC Handbook (2008), step 4. The largest loading of each component is positive.
    """
    x = _complete(_table(table))
    matrix = correlations(x)
    values, vectors = np.full(len(matrix), np.nan), np.full_like(matrix, np.nan)
    if np.isnan(matrix).any() or matrix.size == 0:
        return Components(values, vectors)
    compiled(eigen)(matrix, values, vectors)
    values = np.where(values > SAME, values, 0.0)
    return Components(values, vectors * np.sqrt(values))


def varimax(loadings: ArrayLike) -> Table:
    """Return loadings rotated by varimax with Kaiser's normalisation, the factor with the largest variance first.

    Gaps     are not allowed: a ValueError.
    """
    given = np.ascontiguousarray(loadings, dtype=np.float64)
    if given.ndim != 2 or not np.isfinite(given).all():
        raise ValueError("loadings must be a table of finite numbers")
    out = np.empty_like(given)
    compiled(rotate)(given, out)
    return out


def importances(table: ArrayLike, weights: ArrayLike, declared: ArrayLike | None = None) -> Table:
    """Return how important each column is for the weighted mean: its share of all squared correlations with it.

    Gaps     a column takes part if its declared weight is above zero (all, if none are given) and its values differ;
             rows with a gap in such a column are left out. A column that takes no part has NaN; so have all with
             fewer than three rows or a constant mean.
    Source   Becker, Saisana, Paruolo and Vandecasteele (2017), Ecological Indicators 80, 12-22, linear case.

    >>> importances([[1, 2], [2, 1], [3, 3]], [1, 1]).round(12).tolist()
    [0.5, 0.5]
    """
    x, w = _table(table), np.asarray(weights, dtype=np.float64)
    given = np.ones(x.shape[1]) if declared is None else np.asarray(declared, dtype=np.float64)
    part = (given > 0) & _differ(x)
    rows = _complete(x[:, part])
    part[part] = _differ(rows)
    rows = rows[:, _differ(rows)]
    squares = np.array([_pearson(column, rows @ w[part]) ** 2 for column in rows.T])
    out = np.full(x.shape[1], np.nan)
    out[part] = squares / squares.sum() if len(squares) else squares
    return out


def importance_residual(table: ArrayLike, weights: ArrayLike, declared: ArrayLike) -> float:
    """Return the sum of squared differences between importances and declared shares: what "optimised" makes small.

    Gaps     as in importances, declared shares being those among the columns that take part; none takes part: NaN.
    """
    found, given = importances(table, weights, declared), np.asarray(declared, dtype=np.float64)
    part = ~np.isnan(found)
    return float(((found[part] - given[part] / given[part].sum()) ** 2).sum()) if part.any() else np.nan


def consistency_ratio(comparisons: ArrayLike) -> Consistency:
    """Return the largest eigenvalue of a matrix of paired comparisons, the consistency index and ratio.

    Formula  index = (largest eigenvalue - n) / (n - 1); ratio = index / the mean index of random matrices.
    Gaps     are not allowed: a matrix that is not square, positive and finite, or has more than 15 rows, is a
             ValueError. One or two rows cannot contradict each other: index and ratio 0.
    Source   Saaty (1980), The Analytic Hierarchy Process, McGraw-Hill.

    >>> consistency_ratio([[1, 2, 4], [0.5, 1, 2], [0.25, 0.5, 1]]).largest_eigenvalue
    3.0
    """
    matrix = np.array(comparisons, dtype=np.float64)
    n = len(matrix)
    if matrix.shape != (n, n) or not 1 <= n <= len(RANDOM_INDEX):
        raise ValueError(f"comparisons must be a square table of 1 to {len(RANDOM_INDEX)} rows")
    if not (np.isfinite(matrix) & (matrix > 0)).all():
        raise ValueError("comparisons must be finite and above zero")
    weights = np.empty((n, 1))
    analytic_hierarchy(np.ones((n, 1)), matrix[:, :, None], weights)
    largest = float(np.mean((matrix @ weights[:, 0]) / weights[:, 0]))
    index = (largest - n) / (n - 1) if n > 2 else 0.0
    return Consistency(largest, index, index / RANDOM_INDEX[n - 1] if n > 2 else 0.0)


def _table(table: ArrayLike) -> Table:
    x = np.array(table, dtype=np.float64)
    if x.ndim != 2:
        raise ValueError("a table has rows and columns")
    return x


def _complete(x: Table) -> Table:
    return x[~np.isnan(x).any(axis=1)]


def _differ(x: Table) -> NDArray[np.bool_]:
    """Say of each column whether its values differ by more than rounding."""
    return np.array([len(x) >= FEWEST and differ(column) for column in x.T], dtype=np.bool_)


def _once(kernel: Kernel, x: Table, *shape: int) -> Table:
    """Return a statistic of many resamples for a table in which every row counts once: (..., 1)."""
    columns, out = np.ascontiguousarray(x.T), np.empty((*shape, 1))
    compiled(kernel)(columns, np.argsort(columns, axis=1), np.ones((len(x), 1)), out)
    return out


def _items(table: ArrayLike, *, standardised: bool) -> Table:
    """Return the complete rows; with variance 1 in each column if asked, NaN in a constant one."""
    x = _complete(_table(table))
    if not standardised or len(x) < FEWEST:
        return x
    deviations = np.where(_differ(x), x.std(axis=0, ddof=1), np.nan)
    return (x - x.mean(axis=0)) / deviations


def _pearson(x: Table, y: Table) -> float:
    if len(x) < FEWEST or np.isnan(x).any() or np.isnan(y).any() or not (differ(x) and differ(y)):
        return np.nan
    return float(_once(resampled.pearson, np.column_stack([x, y]), 2, 2)[0, 1, 0])
