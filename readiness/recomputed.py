"""What the engine gives for each kind of published result: scores, ranks, weights, statistics, support of orders.

Everything is taken from the tables of a run. A value is found under what it speaks of: edition, unit, and node or item.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import permutations

import numpy as np
import polars as pl

from readiness.programmes import optimal_orders, order_support, support
from readiness.reading.cases import Case
from readiness.results import Results
from readiness.statistics import (
    alpha_if_deleted,
    correlations,
    cronbach_alpha,
    item_total,
    principal_components,
    varimax,
)

Key = tuple[int | None, str | None, str]
Values = Mapping[Key, float]
Found = dict[Key, float | None]
MOST_ORDERS = 10_000  # optimal orders that are counted


def scores(results: Results, _case: Case, _published: Values) -> Found:
    """Return the score of every node, unit and edition."""
    return _column(results, "score")


def ranks(results: Results, _case: Case, _published: Values) -> Found:
    """Return the rank of every node, unit and edition."""
    return _column(results, "rank")


def weights(results: Results, _case: Case, _published: Values) -> Found:
    """Return each node's share of its parent in every edition."""
    rows = results.weights.select("edition", "node", "share").iter_rows()
    return {(edition, None, node): share for edition, node, share in rows}


def statistics(results: Results, case: Case, published: Values) -> Found:
    """Return a statistic of the transformed figures of the edition, by item: indicators, component or loading."""
    x, codes = figures(results)
    if case.statistic == "loading":
        return _loadings(x, codes, published)
    return {(None, None, item): value for item, value in STATISTIC[case.statistic](x, codes).items()}


def order_supports(results: Results, _case: Case, _published: Values) -> Found:
    """Return the largest support that an order of the units can have, and how many orders have it."""
    root = results.framework.root
    children = results.framework.children(root)
    table = results.scores.filter((pl.col("edition") == results.edition) & pl.col("node").is_in(children))
    x = _matrix(table, "node", "score", children, results.framework.units)
    shares = weights(results, _case, _published)
    matrix = support(x.T, np.array([shares[results.edition, None, child] for child in children]))
    orders = optimal_orders(matrix, MOST_ORDERS)
    best = order_support(orders[0], matrix)
    return {(None, None, "largest support"): float(best), (None, None, "optimal orders"): float(len(orders))}


def figures(results: Results) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the transformed figures of the edition, a row a unit and a column an indicator, and the indicators."""
    codes = results.framework.leaves
    cells = results.cells.filter(pl.col("edition") == results.edition)
    return _matrix(cells, "indicator", "transformed", codes, results.framework.units), codes


def _matrix(table: pl.DataFrame, on: str, value: str, columns: tuple[str, ...], units: tuple[str, ...]) -> np.ndarray:
    """Return a table's values as rows of units and columns of codes, both in the order given; gaps are NaN."""
    wide = pl.DataFrame({"country": units}).join(
        table.pivot(on=on, index="country", values=value), on="country", how="left", maintain_order="left"
    )
    return wide.select(pl.col(list(columns)).cast(pl.Float64).fill_null(np.nan)).to_numpy()


def _column(results: Results, name: str) -> Found:
    rows = results.scores.select("edition", "country", "node", name).iter_rows()
    return {(edition, unit, node): None if value is None else float(value) for edition, unit, node, value in rows}


def _correlation(x: np.ndarray, codes: tuple[str, ...]) -> dict[str, float]:
    matrix = correlations(x)
    return {f"{a}:{b}": float(matrix[i, j]) for i, a in enumerate(codes) for j, b in enumerate(codes) if i != j}


def _alpha(x: np.ndarray, _codes: tuple[str, ...]) -> dict[str, float]:
    return {"all": cronbach_alpha(x)}


def _alpha_if_deleted(x: np.ndarray, codes: tuple[str, ...]) -> dict[str, float]:
    return dict(zip(codes, alpha_if_deleted(x).tolist(), strict=True))


def _item_total(x: np.ndarray, codes: tuple[str, ...]) -> dict[str, float]:
    return dict(zip(codes, item_total(x).tolist(), strict=True))


def _eigenvalues(x: np.ndarray, _codes: tuple[str, ...]) -> dict[str, float]:
    return {f"pc{place}": float(value) for place, value in enumerate(principal_components(x).eigenvalues, start=1)}


def _variance(x: np.ndarray, codes: tuple[str, ...]) -> dict[str, float]:
    return {item: 100 * value / len(codes) for item, value in _eigenvalues(x, codes).items()}


def _loadings(x: np.ndarray, codes: tuple[str, ...], published: Values) -> Found:
    """Return rotated loadings, each factor in the place and with the sign of the published one that it is nearest to.

    A rotated factor has neither place nor sign of its own: of all assignments the one with the smallest largest
    difference is taken. None can be had where a figure is missing or an indicator is constant.
    """
    names = sorted({item.partition(":")[2] for _, _, item in published})
    printed = np.array([[published.get((None, None, f"{code}:{name}"), np.nan) for name in names] for code in codes])
    components = principal_components(x).loadings[:, : len(names)]
    if np.isnan(components).any() or components.shape[1] < len(names):
        return {}
    rotated = varimax(components)
    fitted = min(
        (_turned(rotated[:, list(order)], printed) for order in permutations(range(len(names)))),
        key=lambda each: float(np.nanmax(np.abs(each - printed))),
    )
    items = {(None, None, f"{code}:{name}"): (k, f) for k, code in enumerate(codes) for f, name in enumerate(names)}
    return {key: float(fitted[place]) for key, place in items.items()}


def _turned(loadings: np.ndarray, printed: np.ndarray) -> np.ndarray:
    """Give each factor the sign with which it lies on the side of the printed one."""
    return loadings * np.where(np.nansum(loadings * printed, axis=0) < 0, -1.0, 1.0)


STATISTIC: dict[str, Callable[[np.ndarray, tuple[str, ...]], dict[str, float]]] = {
    "correlation": _correlation,
    "alpha": _alpha,
    "alpha_if_deleted": _alpha_if_deleted,
    "item_total_correlation": _item_total,
    "eigenvalue": _eigenvalues,
    "variance_percent": _variance,
}
COMPUTE: dict[str, Callable[[Results, Case, Values], Found]] = {
    "scores": scores,
    "ranks": ranks,
    "weights": weights,
    "statistics": statistics,
    "support": order_supports,
}
