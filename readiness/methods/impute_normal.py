"""Impute from a multivariate normal law of the indicators, fitted by expectation-maximisation.

Units are the observations, indicators the variables, each edition and replicate has its own fit. Everything runs on
figures standardised by the known ones, so that no unit of measurement counts and one ridge suits all.
"""

from __future__ import annotations

import numpy as np

from readiness.registry import Parameter, helper, method

AXES = "edition indicator unit replicate"
SINGULAR = 1e-10  # a pivot below it, of figures with variance near 1: the covariance has no usable inverse
FIT = {
    "ridge": Parameter(0.1, 0.0, 1e6, "weight of the prior that indicators are uncorrelated, in units of the sample"),
    "tolerance": Parameter(1e-6, 1e-12, 0.1, "the fit ends where no mean or covariance moves by more"),
    "rounds": Parameter(1000, 1, 1e6, "the fit ends after so many rounds at the latest", whole=True),
    "siblings_only": Parameter(0, 0, 1, "1: one law for each group of siblings; 0: one for all indicators", whole=True),
}
FITTING = (
    "a multivariate normal law of the indicators (one for each group of siblings if 1, here {siblings_only}), fitted "
    "by expectation-maximisation with ridge {ridge}, to {tolerance}, in at most {rounds} rounds"
)


@method(
    "impute",
    "em",
    says=f"A gap takes its expectation given the unit's other figures under {FITTING}.",
    axes=AXES,
    source="Dempster, Laird and Rubin, JRSS B 39:1 (1977); ridge prior: Schafer, Analysis of Incomplete Multivariate "
    "Data (1997), section 5.2",
    formula="filled = mu_m + C_mo inverse(C_oo) (x_o - mu_o); error^2 = diagonal of C_mm - C_mo inverse(C_oo) C_om",
    example="Mean 10 and 20, variances 4 and 9, covariance 3, first figure 12: a gap in the second takes "
    "20 + 3/4 (12 - 10) = 21.5, standard error sqrt(9 - 9/4) = 2.6.",
    parameters=FIT,
    pointwise=False,
    properties=("keeps_known", "unit_free"),
)
def em(x, siblings, clusters, years, noise, out, error, ridge, tolerance, rounds, siblings_only):
    """Fill a gap with its conditional mean under a multivariate normal law of the indicators.

    Each round fills the gaps with their conditional means (expectation) and takes the means and covariances of the
    filled figures, conditional covariances added (maximisation), divisor n. With S the sum of squares and products of
    n units on the standardised scale, the covariance is (S + ridge n I) / (n (1 + ridge)): the mode under an
    inverse-Wishart prior. The likelihood times the prior never falls; after `rounds` rounds the last fit counts. Ridge
    0 is maximum likelihood: complete data then have their plain moments.

    Shapes   x, out, error (edition, indicator, unit, replicate), any unit; siblings (indicator,), same number = same
             parent; clusters, years and noise are not used.
    Gaps     filled, except of an indicator without two different known figures; of a unit without any figure of the
             law's indicators (neither takes part in the fit); and where no law can be fitted: ridge 0 with no more
             units than indicators, or a singular covariance.
    Error    the conditional standard deviation, in the indicator's unit, as if the fitted law were known for sure.
    """
    fill_by_law(x, siblings, x, False, ridge, tolerance, rounds, siblings_only, out, error)


@method(
    "impute",
    "multiple",
    says="A gap is drawn {draws} times (seed {seed}) from its distribution given the unit's other figures under "
    f"{FITTING}; the results of the draws are pooled by Rubin's rules.",
    axes=AXES,
    source="Rubin, Multiple Imputation for Nonresponse in Surveys (1987); Little and Rubin, Statistical Analysis with "
    "Missing Data (3rd ed. 2019), chapter 10",
    formula="filled = conditional mean + L z, L L' = conditional covariance, z standard normal",
    example="Conditional mean 21.5 and standard deviation 2.6, draw z = -1: the gap takes 18.9.",
    parameters=FIT
    | {
        "draws": Parameter(20, 2, 1000, "number of draws", whole=True),
        "seed": Parameter(1, 0, 2**53, "start of the random numbers", whole=True),
    },
    pointwise=False,
    draws=True,
    properties=("keeps_known", "unit_free"),
)
def multiple(x, siblings, clusters, years, noise, out, error, ridge, tolerance, rounds, siblings_only, draws, seed):
    """Fill a gap with a draw from its conditional distribution under a multivariate normal law of the indicators.

    The law is that of `em`, noise of zero gives `em`. It is not drawn anew for each draw: with few units the draws
    differ a little less than they should.

    Shapes   x, noise, out, error (edition, indicator, unit, replicate), x in any unit, noise standard normal; siblings
             (indicator,), same number = same parent; the other inputs are not used: the caller makes the noise.
    Gaps     filled, except of an indicator without two different known figures; of a unit without any figure of the
             law's indicators (neither takes part in the fit); and where no law can be fitted: ridge 0 with no more
             units than indicators, or a singular covariance.
    Error    the conditional standard deviation, in the indicator's unit. The spread of the draws shows it already:
             count one of the two, not both.
    """
    fill_by_law(x, siblings, noise, True, ridge, tolerance, rounds, siblings_only, out, error)


@helper
def fill_by_law(x, siblings, noise, drawn, ridge, tolerance, rounds, siblings_only, out, error):
    """Fit each law and fill its gaps; a replicate with the figures of the one before keeps its fit."""
    editions, indicators, units, replicates = x.shape
    line, square = indicators, (indicators, indicators)
    columns, scale = np.empty(line, np.int64), np.empty((indicators, 2))
    table = np.empty((units, indicators)), np.empty((units, indicators), np.int64), np.empty(units, np.int64)
    law = np.empty(line), np.empty(square), np.empty(square)
    work = np.empty(square), np.empty(square), np.empty(line), np.empty(line)
    for e in range(editions):
        for i in range(indicators):
            for u in range(units):
                for r in range(replicates):
                    out[e, i, u, r] = x[e, i, u, r]
                    error[e, i, u, r] = np.nan
        for first in range(indicators if siblings_only != 0 else 1):
            size, fitted, before = 0, False, 0
            for i in range(first):
                before += siblings[i] == siblings[first]
            for r in range(replicates if before == 0 else 0):
                if r == 0 or not repeated(x, e, r):
                    size = standardise(x, siblings, e, first, r, siblings_only, columns, scale, table)
                    fitted = fit(table, size, ridge, tolerance, rounds, law, work)
                if fitted:
                    place(noise, drawn, e, r, size, columns, scale, table, law, work, out, error)


@helper
def repeated(x, e, r):
    """Tell whether a replicate has the same figures and gaps as the one before."""
    same = True
    for i in range(x.shape[1]):
        for u in range(x.shape[2]):
            one, other = x[e, i, u, r], x[e, i, u, r - 1]
            same = same and (one == other or (np.isnan(one) and np.isnan(other)))
    return same


@helper
def standardise(x, siblings, e, first, r, siblings_only, columns, scale, table):
    """Write the indicators of a law with mean 0 and variance 1 of the known figures; return how many there are."""
    z, missing, misses = table
    units, size = x.shape[2], 0
    for u in range(units):
        misses[u] = 0
    for i in range(x.shape[1]):
        if siblings_only == 0 or siblings[i] == siblings[first]:
            centre, deviation = moments(x, e, i, r)
            if deviation > 0 and deviation < np.inf:  # figures whose squares overflow have no usable spread
                columns[size], scale[size, 0], scale[size, 1] = i, centre, deviation
                for u in range(units):
                    z[u, size] = (x[e, i, u, r] - centre) / deviation
                    if np.isnan(z[u, size]):
                        missing[u, misses[u]] = size
                        misses[u] += 1
                size += 1
    return size


@helper
def moments(x, e, i, r):
    """Return mean and standard deviation (divisor n) of the known figures; deviation 0 where all are equal.

    Sums run from the first figure on, so that equal figures have exactly their mean and no spread.
    """
    count, start, total, squares = 0, 0.0, 0.0, 0.0
    for u in range(x.shape[2]):
        if not np.isnan(x[e, i, u, r]):
            start = x[e, i, u, r] if count == 0 else start
            total += x[e, i, u, r] - start
            count += 1
    for u in range(x.shape[2]):
        if not np.isnan(x[e, i, u, r]):
            squares += (x[e, i, u, r] - start - total / count) ** 2
    return start + total / max(count, 1), np.sqrt(squares / max(count, 1))


@helper
def fit(table, size, ridge, tolerance, rounds, law, work):
    """Fit means, covariance and its inverse by rounds of `improve`; return False where there is no law."""
    mean, covariance, precision = law
    used = 0
    for misses in table[2]:
        used += misses < size
    if used == 0 or (ridge == 0 and used <= size):
        return False
    for j in range(size):
        mean[j] = 0.0
        for k in range(size):
            covariance[j, k] = precision[j, k] = 1.0 if j == k else 0.0
    for _ in range(int(rounds)):
        change = improve(table, size, used, ridge, law, work)
        if np.isnan(change):
            return False
        if change <= tolerance:
            break
    return True


@helper
def improve(table, size, used, ridge, law, work):
    """Do one round of expectation and maximisation; return the largest move of an estimate, NaN if singular."""
    z, missing, misses = table
    mean, covariance, precision = law
    total, block, shift, away = work
    for j in range(size):
        shift[j] = 0.0
        for k in range(size):
            total[j, k] = ridge * used if j == k else 0.0
    for u in range(z.shape[0]):
        if misses[u] < size:
            expect(z[u], missing[u], misses[u], size, mean, precision, block, away)
            for j in range(size):
                shift[j] += away[j]
                for k in range(j + 1):
                    total[j, k] += away[j] * away[k]
            for a in range(misses[u]):
                for b in range(a + 1):
                    total[missing[u, a], missing[u, b]] += block[a, b]
    change = 0.0
    for j in range(size):
        for k in range(j + 1):
            entry = (total[j, k] - shift[j] * shift[k] / used) / (used * (1.0 + ridge))
            change = max(change, abs(entry - covariance[j, k]))
            covariance[j, k] = covariance[k, j] = precision[j, k] = precision[k, j] = entry
        mean[j] += shift[j] / used
        change = max(change, abs(shift[j] / used))
    return change if invert(precision, size) else np.nan


@helper
def expect(row, missing, count, size, mean, precision, block, away):
    """Write a unit's distances from the mean, conditional ones for its gaps, and the gaps' conditional covariance.

    With K the inverse covariance: covariance inverse(K_mm), distances -inverse(K_mm) K_mo (x_o - mu_o). The row's gaps
    hold K_mo (x_o - mu_o) meanwhile.
    """
    for j in range(size):
        away[j] = row[j] - mean[j]
    for a in range(count):
        away[missing[a]] = 0.0
        for b in range(count):
            block[a, b] = precision[missing[a], missing[b]]
    invert(block, count)  # always possible: the whole of K was
    for b in range(count):
        row[missing[b]] = 0.0
        for k in range(size):
            row[missing[b]] += precision[missing[b], k] * away[k]  # gaps still count 0
    for a in range(count):
        for b in range(count):
            away[missing[a]] -= block[a, b] * row[missing[b]]


@helper
def invert(a, size):
    """Invert a symmetric positive definite matrix in place by sweeping; return False where a pivot vanishes."""
    for k in range(size):
        pivot = a[k, k]
        if not pivot > SINGULAR:
            return False
        a[k, k] = 1.0
        for j in range(size):
            a[k, j] /= pivot
        for i in range(size):
            if i != k:
                factor = a[i, k]
                a[i, k] = 0.0
                for j in range(size):
                    a[i, j] -= factor * a[k, j]
    return True


@helper
def place(noise, drawn, e, r, size, columns, scale, table, law, work, out, error):
    """Write the gaps of a law: conditional means, plus the Cholesky factor of their covariance times the noise."""
    z, missing, misses = table
    block, away = work[1], work[3]
    for u in range(z.shape[0]):
        if misses[u] < size:
            expect(z[u], missing[u], misses[u], size, law[0], law[2], block, away)
            for a in range(misses[u]):
                j = missing[u, a]
                error[e, columns[j], u, r] = scale[j, 1] * np.sqrt(block[a, a])
                out[e, columns[j], u, r] = scale[j, 0] + scale[j, 1] * (law[0][j] + away[j])
            if drawn:
                factorise(block, misses[u])
                for a in range(misses[u]):
                    j = missing[u, a]
                    for b in range(a + 1):
                        step = block[a, b] * noise[e, columns[missing[u, b]], u, r]
                        out[e, columns[j], u, r] += scale[j, 1] * step


@helper
def factorise(a, size):
    """Turn the lower half of a symmetric positive definite matrix into its Cholesky factor."""
    for k in range(size):
        for i in range(k, size):
            for j in range(k):
                a[i, k] -= a[i, j] * a[k, j]
        a[k, k] = np.sqrt(max(a[k, k], 0.0))
        for i in range(k + 1, size):
            a[i, k] = a[i, k] / a[k, k] if a[k, k] > 0 else 0.0
