"""Impute from a correlated indicator of the same edition."""

from __future__ import annotations

import numpy as np

from readiness.registry import Parameter, helper, method

ROUNDING = 1e-12  # a correlation of exactly one half must pass a limit of one half
CORRELATION, SLOPE, X_MEAN, Y_MEAN, X_SQUARES, VARIANCE, PAIRS = range(7)  # the columns of a fitted line


@method(
    "impute",
    "regression",
    says="A gap is predicted by the straight line on the best-correlated indicator that the unit has a figure of "
    "(only siblings if 1, here {siblings_only}), with an absolute correlation of at least {correlation} over at least "
    "{pairs} units.",
    axes="edition indicator unit replicate",
    source="Little and Rubin, Statistical Analysis with Missing Data (3rd ed. 2019), chapter 4, regression imputation; "
    "Draper and Smith, Applied Regression Analysis (3rd ed. 1998), prediction of an individual observation",
    formula="filled = ybar + b (x - xbar); error = s sqrt(1 + 1/n + (x - xbar)^2 / sum (x_k - xbar)^2)",
    example="Sibling 1, 2, 3, 4, 5 with figures 2, 4, 5, 4, 5 (r = 0.775): where the sibling is 6, a gap takes "
    "4 + 0.6 (6 - 3) = 5.8, standard error 0.894 sqrt(1 + 1/5 + 9/10) = 1.296.",
    parameters={
        "correlation": Parameter(0.5, 0.0, 1.0, "least absolute Pearson correlation"),
        "pairs": Parameter(5, 3, 1e6, "least number of units that have both figures", whole=True),
        "siblings_only": Parameter(1, 0, 1, "1: only indicators of the same parent; 0: any indicator", whole=True),
    },
    pointwise=False,
    properties=("keeps_known", "unit_free"),
)
def regression(x, siblings, clusters, years, noise, out, error, correlation, pairs, siblings_only):
    """Fill a gap by the least-squares line on one other indicator of the same edition.

    The other indicator is the one with the largest absolute correlation among those that the unit has a figure of; the
    first of equals. Lines are fitted on known figures only, never on filled ones.

    Shapes   x, out, error (edition, indicator, unit, replicate), any unit; siblings (indicator,), same number = same
             parent; clusters, years and noise are not used.
    Gaps     filled, unless the unit has no figure of a usable indicator: one that both have at least `pairs` units in
             common (never less than 3), correlated by `correlation` or more. A constant indicator has no correlation:
             it predicts nothing and its own gaps stay.
    Error    of a prediction with n pairs: s sqrt(1 + 1/n + (x - xbar)^2 / sum (x_k - xbar)^2), s^2 the sum of squared
             residuals by n - 2. Points that lie on a line give 0, rounding aside.
    """
    editions, indicators, units, replicates = x.shape
    lines = np.empty((indicators, 7))
    for e in range(editions):
        for i in range(indicators):
            for r in range(replicates):
                gaps = 0
                for u in range(units):
                    out[e, i, u, r] = x[e, i, u, r]
                    error[e, i, u, r] = np.nan
                    gaps += np.isnan(x[e, i, u, r])
                if gaps > 0:
                    for k in range(indicators):
                        # Its own line does no harm: no unit with the gap has the figure to enter it with.
                        related = siblings_only == 0 or siblings[k] == siblings[i]
                        fit_line(x, e, i, k, r, pairs if related else np.inf, lines)
                    predict(x, e, i, r, correlation, lines, out, error)


@helper
def predict(x, e, i, r, correlation, lines, out, error):
    """Fill the gaps of one indicator from the fitted lines."""
    for u in range(x.shape[2]):
        best = -1
        for k in range(lines.shape[0]):
            usable = lines[k, CORRELATION] >= correlation - ROUNDING and not np.isnan(x[e, k, u, r])
            if usable and (best < 0 or lines[k, CORRELATION] > lines[best, CORRELATION]):
                best = k
        if np.isnan(x[e, i, u, r]) and best >= 0:
            away = x[e, best, u, r] - lines[best, X_MEAN]
            own = 1.0 / lines[best, PAIRS] + away**2 / lines[best, X_SQUARES]
            out[e, i, u, r] = lines[best, Y_MEAN] + lines[best, SLOPE] * away
            error[e, i, u, r] = np.sqrt(lines[best, VARIANCE] * (1.0 + own))


@helper
def fit_line(x, e, i, k, r, pairs, lines):
    """Fit indicator i on indicator k by least squares; a correlation of NaN where there is no line."""
    for column in range(7):
        lines[k, column] = np.nan
    count, x_mean, y_mean = paired_means(x, e, i, k, r)
    if count < max(pairs, 3):
        return
    x_squares = y_squares = products = 0.0
    for u in range(x.shape[2]):
        if not np.isnan(x[e, i, u, r]) and not np.isnan(x[e, k, u, r]):
            x_squares += (x[e, k, u, r] - x_mean) ** 2
            y_squares += (x[e, i, u, r] - y_mean) ** 2
            products += (x[e, k, u, r] - x_mean) * (x[e, i, u, r] - y_mean)
    if x_squares <= 0 or y_squares <= 0:
        return
    residuals = 0.0
    for u in range(x.shape[2]):
        if not np.isnan(x[e, i, u, r]) and not np.isnan(x[e, k, u, r]):
            residuals += (x[e, i, u, r] - y_mean - products / x_squares * (x[e, k, u, r] - x_mean)) ** 2
    lines[k, CORRELATION] = abs(products) / (np.sqrt(x_squares) * np.sqrt(y_squares))
    lines[k, SLOPE] = products / x_squares
    lines[k, X_MEAN], lines[k, Y_MEAN], lines[k, PAIRS] = x_mean, y_mean, count
    lines[k, X_SQUARES], lines[k, VARIANCE] = x_squares, residuals / (count - 2)


@helper
def paired_means(x, e, i, k, r):
    """Return how many units have both figures, and the means of k and of i over them.

    Sums run from the first figure on, so that equal figures have exactly their mean and no spread.
    """
    count, x_first, y_first, x_total, y_total = 0, 0.0, 0.0, 0.0, 0.0
    for u in range(x.shape[2]):
        if not np.isnan(x[e, i, u, r]) and not np.isnan(x[e, k, u, r]):
            if count == 0:
                x_first, y_first = x[e, k, u, r], x[e, i, u, r]
            x_total += x[e, k, u, r] - x_first
            y_total += x[e, i, u, r] - y_first
            count += 1
    if count == 0:
        return 0, np.nan, np.nan
    return count, x_first + x_total / count, y_first + y_total / count
