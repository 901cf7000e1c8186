"""Weights learned from the scores by principal components, and the eigenvalues and rotations that this takes.

What is learned from is the same in weight_data.py, weight_importance.py and weight_spread.py: a child takes part if its
declared weight is above zero and its scores differ; the rows are those in which no such child has a gap. A kernel calls
its own file only, so `differ`, `complete_rows`, `write_weights` and `correlations` stand in each, word for word; a test
holds them together.
"""

from __future__ import annotations

import numpy as np

from readiness.registry import Parameter, helper, method

AXES = "child value replicate"
FEWEST = 3  # rows that something can be learned from
SAME = 1e-12  # values that differ by a smaller share are equal but for rounding
NOTHING = 1e-17  # share of the largest entry below which an entry beside the diagonal is zero
SWEEPS = 1000  # of plane rotations; ten are usual
ONE = 1 - 1e-9  # an eigenvalue of 1 but for rounding is 1: children without any correlation all have it
FACTORS = Parameter(0, 0, 100, "components that are kept; 0 keeps those with an eigenvalue of at least 1", whole=True)


@helper
def differ(values):
    """Say whether there are two values that differ by more than rounding; gaps are skipped."""
    low, high = np.inf, -np.inf
    for value in values:
        if not np.isnan(value):
            low, high = min(low, value), max(high, value)
    return high - low > SAME * max(abs(low), abs(high)) if high > low else False


@helper
def complete_rows(given, sample, r, place, rows):
    """Gather the scores of the children that take part, without the rows in which one of them has a gap.

    Writes the children's numbers to `place` and their scores to `rows`; returns how many children and rows there are.
    A child whose scores are the same in all rows that are left takes no part; with fewer than three rows none does.
    """
    part, count, kept = 0, 0, 0
    for k in range(sample.shape[0]):
        if given[k, r] > 0 and differ(sample[k, :, r]):
            place[part] = k
            part += 1
    for v in range(sample.shape[1]):
        whole = part > 0
        for p in range(part):
            whole = whole and not np.isnan(sample[place[p], v, r])
        if whole:
            for p in range(part):
                rows[p, count] = sample[place[p], v, r]
            count += 1
    for p in range(part):
        if count >= FEWEST and differ(rows[p, :count]):
            place[kept] = place[p]
            for v in range(count):
                rows[kept, v] = rows[p, v]
            kept += 1
    return kept, count


@helper
def write_weights(given, r, place, weights, part, out):
    """Write what was learned; the others weigh nothing. Nothing learned: all that are not declared zero weigh the same.

    Weights of zero for all that take part say that none is better than the others: these weigh the same.
    """
    total = 0.0
    for p in range(part):
        total += weights[p]
    for k in range(given.shape[0]):
        out[k, r] = 1.0 if part == 0 and given[k, r] > 0 else 0.0
    for p in range(part):
        out[place[p], r] = weights[p] / total if total > 0 else 1.0


@helper
def correlations(rows, part, count, matrix, lengths):
    """Write the correlations of the rows, and the roots of the sums of squares about the means; the rows are scaled."""
    for p in range(part):
        mean, squares = 0.0, 0.0
        for v in range(count):
            mean += rows[p, v] / count
        for v in range(count):
            rows[p, v] -= mean
            squares += rows[p, v] * rows[p, v]
        lengths[p] = np.sqrt(squares)
        for v in range(count):
            rows[p, v] /= lengths[p]
    for p in range(part):
        for q in range(part):
            matrix[p, q] = 1.0 if p == q else 0.0
            for v in range(count if p != q else 0):
                matrix[p, q] += rows[p, v] * rows[q, v]


@helper
def arrange(sizes, columns):
    """Put columns in falling order of their sizes, and turn each so that its largest entry is positive."""
    rows, count = columns.shape
    for f in range(count):
        largest = f
        for g in range(f + 1, count):
            if sizes[g] > sizes[largest]:
                largest = g
        sizes[f], sizes[largest] = sizes[largest], sizes[f]
        top = 0.0
        for k in range(rows):
            columns[k, f], columns[k, largest] = columns[k, largest], columns[k, f]
            if abs(columns[k, f]) > abs(top) * (1 + SAME):
                top = columns[k, f]
        for k in range(rows):
            columns[k, f] = -columns[k, f] if top < 0 else columns[k, f]


@helper
def jacobi(matrix, values, vectors):
    """Find the eigenvalues and eigenvectors of a symmetric matrix, which is overwritten, by plane rotations."""
    n = matrix.shape[0]
    scale = 0.0
    for p in range(n):
        for q in range(n):
            vectors[p, q] = 1.0 if p == q else 0.0
            scale = max(scale, abs(matrix[p, q]))
    sweeps, turned = 0, True
    while turned and sweeps < SWEEPS:
        sweeps, turned = sweeps + 1, False
        for p in range(n):
            for q in range(p + 1, n):
                if abs(matrix[p, q]) > NOTHING * scale:
                    turned = True
                    half = (matrix[q, q] - matrix[p, p]) / (2 * matrix[p, q])
                    tangent = (1.0 if half >= 0 else -1.0) / (abs(half) + np.sqrt(half * half + 1))
                    cosine = 1 / np.sqrt(tangent * tangent + 1)
                    turn(matrix.T, p, q, cosine, tangent * cosine)
                    turn(matrix, p, q, cosine, tangent * cosine)
                    turn(vectors, p, q, cosine, tangent * cosine)
                    matrix[p, q] = matrix[q, p] = 0.0  # but for rounding it is
    for p in range(n):
        values[p] = matrix[p, p]
    arrange(values, vectors)


@helper
def turn(columns, p, q, cosine, sine):
    """Rotate two columns in their plane."""
    for k in range(columns.shape[0]):
        a, b = columns[k, p], columns[k, q]
        columns[k, p] = cosine * a - sine * b
        columns[k, q] = sine * a + cosine * b


def eigen(correlation, values, vectors):
    """Find the eigenvalues and eigenvectors of a symmetric matrix.

    Shapes   correlation (child, child), left as it is; values (child,), written, the largest first; vectors (child,
             child), written, a column for each value, of length 1, its largest entry positive.
    Gaps     are not allowed.
    Source   Jacobi's method of plane rotations; Golub and Van Loan (2013), Matrix Computations, section 8.5.
    """
    work = np.empty(correlation.shape)
    for p in range(correlation.shape[0]):
        for q in range(correlation.shape[0]):
            work[p, q] = correlation[p, q]
    jacobi(work, values, vectors)


@helper
def half_angle(cosine, sine):
    """Return cosine and sine of half an angle between -180 and 180 degrees, without a trigonometric function."""
    if cosine >= 0:
        half = np.sqrt((1 + cosine) / 2)
        return half, sine / (2 * half)
    half = np.sqrt((1 - cosine) / 2)
    return abs(sine) / (2 * half), half if sine >= 0 else -half


@helper
def varimax(loadings, rotated):
    """Rotate loadings so that each factor loads high on few children: varimax with Kaiser's normalisation.

    Shapes   loadings (child, factor), left as they are; rotated (child, factor), written, factors in falling order of
             their variance, the largest loading of each positive.
    Gaps     are not allowed; a child without any loading has none afterwards.
    Source   Kaiser (1958), Psychometrika 23(3), 187-200: two factors at a time until no pair turns any more.
    """
    children, factors = loadings.shape
    lengths, sizes = np.zeros(children), np.zeros(factors)
    for k in range(children):
        for f in range(factors):
            lengths[k] += loadings[k, f] * loadings[k, f]
        lengths[k] = np.sqrt(lengths[k])
        for f in range(factors):
            rotated[k, f] = loadings[k, f] / lengths[k] if lengths[k] > 0 else 0.0
    for _ in range(SWEEPS):
        largest = 0.0
        for f in range(factors):
            for g in range(f + 1, factors):
                largest = max(largest, turn_pair(rotated, f, g))
        if largest < SAME:
            break
    for f in range(factors):
        for k in range(children):
            rotated[k, f] *= lengths[k]
            sizes[f] += rotated[k, f] * rotated[k, f]
    arrange(sizes, rotated)


@helper
def turn_pair(rotated, f, g):
    """Turn two factors to the largest variance of their squared loadings; return the sine of the angle."""
    children = rotated.shape[0]
    u_sum, v_sum, squares, products = 0.0, 0.0, 0.0, 0.0
    for k in range(children):
        u = rotated[k, f] * rotated[k, f] - rotated[k, g] * rotated[k, g]
        v = 2 * rotated[k, f] * rotated[k, g]
        u_sum += u
        v_sum += v
        squares += u * u - v * v
        products += 2 * u * v
    top = products - 2 * u_sum * v_sum / children
    bottom = squares - (u_sum * u_sum - v_sum * v_sum) / children
    length = np.sqrt(top * top + bottom * bottom)
    if length <= SAME * children:
        return 0.0
    cosine, sine = half_angle(bottom / length, top / length)
    cosine, sine = half_angle(cosine, sine)
    turn(rotated, f, g, cosine, -sine)
    return abs(sine)


@helper
def keep(values, part, factors):
    """Count the components that are kept: `factors`, or those with an eigenvalue of at least 1; none empty."""
    kept = 1
    while kept < part and values[kept] > SAME and (kept < factors or (factors == 0 and values[kept] > ONE)):
        kept += 1
    return kept


@method(
    "weight",
    "principal_components",
    says="A child weighs its squared loading on the factor where it loads highest, after varimax rotation of the "
    "principal components (number kept: {factors}; 0 stands for those with an eigenvalue of at least 1).",
    axes=AXES,
    source="Nicoletti, Scarpetta and Boylaud (2000), OECD Economics Department Working Papers 226; OECD/JRC Handbook "
    "(2008), step 6, table 18",
    formula="weight = (loading^2 / variance of the factor) (variance of the factor / variance of all factors kept), "
    "loading: the largest of the child after rotation",
    example="Two children have one component that explains both alike: 1/2 and 1/2, whatever their correlation.",
    parameters={"factors": FACTORS},
    learns=True,
    properties=("scale_free", "unit_free"),
)
def principal_components(given, sample, out, factors):
    """Weigh each child by its squared loading on its own factor; the factor's variance cancels out of the formula.

    Shapes   given, out (child, replicate); sample (child, value, replicate), scores in any unit.
    Gaps     a row with a gap in a child that takes part is skipped. A child without two different scores, or declared
             zero, weighs nothing. Fewer than three rows, or no child whose scores differ: equal weights for all that
             are not declared zero. More components than there are with an eigenvalue above zero cannot be kept.
    """
    children, values = sample.shape[0], sample.shape[1]
    place, rows = np.empty(children, dtype=np.int64), np.empty((children, values))
    matrix, roots, weights = np.empty((children, children)), np.empty(children), np.empty(children)
    vectors, rotated = np.empty((children, children)), np.empty((children, children))
    for r in range(given.shape[1]):
        part, count = complete_rows(given, sample, r, place, rows)
        correlations(rows, part, count, matrix, weights)  # their lengths are not used
        jacobi(matrix[:part, :part], roots[:part], vectors[:part, :part])
        kept = keep(roots, part, factors)
        for p in range(part):
            for f in range(kept):
                vectors[p, f] *= np.sqrt(roots[f])
        varimax(vectors[:part, :kept], rotated[:part, :kept])
        for p in range(part):
            weights[p] = 0.0
            for f in range(kept):
                weights[p] = max(weights[p], rotated[p, f] * rotated[p, f])
        write_weights(given, r, place, weights, part, out)
