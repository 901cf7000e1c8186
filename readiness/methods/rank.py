"""Rank: the order of the units. Rank 1 is the highest score."""

from __future__ import annotations

import numpy as np

from readiness.registry import Parameter, helper, inlined, method

AXES = "unit replicate"
SOURCE = "Kendall (1945), The treatment of ties in ranking problems, Biometrika 33(3)"
LANES = 256  # replicates that are compared together
NARROW = 32000.0  # rounded scores up to here fit 16 bits, and 32 of them are compared at once
WIDEST = 2.0**53  # whole numbers below are exact
FEW, FEW_NARROW = 32, 128  # so many units are compared in pairs, the second if they fit 16 bits; more are sorted
DECIMALS = {"decimals": Parameter(2, 0, 12, "decimals that scores are rounded to before they are compared", whole=True)}


@method(
    "rank",
    "competition",
    says="Scores are rounded to {decimals} decimals; equal scores share the better rank, the next is left out.",
    axes=AXES,
    source=SOURCE,
    formula="rank = 1 + number of higher rounded scores",
    example="Scores 9, 7, 7 and 5: ranks 1, 2, 2 and 4.",
    parameters=DECIMALS,
    pointwise=False,
    properties=("monotone",),
)
def competition(x, out, decimals):
    """Rank by the number of units with a strictly higher rounded score: ties share the better rank (1, 2, 2, 4).

    Shapes   x (unit, replicate) scores; out (unit, replicate) ranks from 1, written.
    Gaps     have the rank 0, which is no rank, and are nobody's rival.
    """
    rivals_above(x, decimals, out)
    for c in range(x.shape[0]):
        for r in range(x.shape[1]):
            out[c, r] = 0.0 if np.isnan(x[c, r]) else out[c, r] + 1.0


@method(
    "rank",
    "dense",
    says="Scores are rounded to {decimals} decimals; equal scores share a rank, none is left out.",
    axes=AXES,
    source=SOURCE,
    formula="rank = 1 + number of different higher rounded scores",
    example="Scores 9, 7, 7 and 5: ranks 1, 2, 2 and 3.",
    parameters=DECIMALS,
    pointwise=False,
    properties=("monotone",),
)
def dense(x, out, decimals):
    """Rank by the number of different higher rounded scores: ties share a rank and none is skipped (1, 2, 2, 3).

    Shapes   x (unit, replicate) scores; out (unit, replicate) ranks from 1, written.
    Gaps     have the rank 0, which is no rank, and are nobody's rival.
    """
    rounded = np.rint(x * 10.0**decimals)
    news = np.rint(x * 10.0**decimals)  # each rounded score once: at the first unit that has it
    for c in range(x.shape[0]):
        for d in range(c):
            for r in range(x.shape[1]):
                news[c, r] = np.nan if rounded[d, r] == rounded[c, r] else news[c, r]
    for c in range(x.shape[0]):
        for r in range(x.shape[1]):
            out[c, r] = 0.0 if np.isnan(x[c, r]) else 1.0
        for d in range(x.shape[0]):
            for r in range(x.shape[1]):
                out[c, r] += 1.0 if news[d, r] > rounded[c, r] else 0.0


@method(
    "rank",
    "fractional",
    says="Scores are rounded to {decimals} decimals; equal scores share the mean of the places that they take up.",
    axes=AXES,
    source=SOURCE,
    formula="rank = number of higher rounded scores + (number of equal ones, its own among them, + 1) / 2",
    example="Scores 9, 7, 7 and 5: ranks 1, 2.5, 2.5 and 4.",
    parameters=DECIMALS,
    pointwise=False,
    properties=("monotone",),
)
def fractional(x, out, decimals):
    """Rank by the mean of the places that units with the same rounded score take up (1, 2.5, 2.5, 4).

    Shapes   x (unit, replicate) scores; out (unit, replicate) ranks from 1, halves among them, written.
    Gaps     have the rank 0, which is no rank, and are nobody's rival.
    """
    below = np.empty(x.shape)
    rivals_above(x, decimals, out)
    rivals_above(-x, decimals, below)
    for r in range(x.shape[1]):
        present = 0.0
        for c in range(x.shape[0]):
            present += 0.0 if np.isnan(x[c, r]) else 1.0
        for c in range(x.shape[0]):
            equal = present - out[c, r] - below[c, r]
            out[c, r] = 0.0 if np.isnan(x[c, r]) else out[c, r] + (equal + 1.0) / 2


@helper
def rivals_above(x, decimals, out):
    """Count the units with a strictly higher rounded score; gaps are below all.

    Few units are compared in pairs: 351 comparisons for 27, with 32 replicates in a register. The cost grows with the
    square of the units, so that many are sorted.
    """
    wide = 0
    for c in range(x.shape[0]):
        wide += round_scores(x[c], 10.0**decimals, out[c])
    if x.shape[0] > (FEW if wide > 0 else FEW_NARROW):
        sort(out)
    elif wide > 0:
        compare(out.copy(), np.zeros(x.shape), out)
    else:
        compare_narrow(out)


@inlined
def round_scores(x, scale, out):
    """Round scores to whole numbers of the last decimal; return how many do not fit 16 bits."""
    wide = 0
    for r in range(x.shape[0]):
        out[r] = np.rint(x[r] * scale)
        wide += (out[r] >= NARROW) | (out[r] <= -NARROW)
    return wide


@helper
def compare_narrow(out):
    """Replace whole numbers of 16 bits by the number of higher ones, so many replicates at a time as stay near."""
    units = out.shape[0]
    keys, counts = np.empty((units, LANES), np.int16), np.empty((units, LANES), np.int16)
    for start in range(0, out.shape[1], LANES):
        lanes = min(LANES, out.shape[1] - start)
        for c in range(units):
            narrow(out[c, start : start + lanes], keys[c, :lanes], counts[c, :lanes])
        for c in range(units):
            for d in range(c):
                duel(keys[c, :lanes], keys[d, :lanes], counts[c, :lanes], counts[d, :lanes])
        for c in range(units):
            widen(counts[c, :lanes], out[c, start : start + lanes])


@inlined
def narrow(values, keys, counts):
    """Write whole numbers in 16 bits, gaps below all, and set counts to zero."""
    for r in range(values.shape[0]):
        keys[r] = np.int16(values[r] if values[r] > -NARROW else -NARROW)
        counts[r] = 0


@inlined
def widen(counts, out):
    """Write counts as real numbers."""
    for r in range(out.shape[0]):
        out[r] = counts[r]


@helper
def compare(keys, counts, out):
    """Count higher keys pair by pair."""
    for c in range(keys.shape[0]):
        for d in range(c):
            duel(keys[c], keys[d], counts[c], counts[d])
    for c in range(keys.shape[0]):
        widen(counts[c], out[c])


@inlined
def duel(a, b, above_a, above_b):
    """Add one to the count of the lower of two units in each replicate."""
    for r in range(a.shape[0]):
        above_a[r] += np.int16(b[r] > a[r])
        above_b[r] += np.int16(a[r] > b[r])


@helper
def sort(out):
    """Replace rounded scores by the number of higher ones, found by a radix sort, a byte at a time.

    Keys are the bits of the numbers, turned so that higher scores come first; gaps come last.

    Source   Knuth, The Art of Computer Programming 3, 5.2.5.
    """
    units = out.shape[0]
    keys, order, spare = np.empty(units, np.int64), np.empty(units, np.int64), np.empty(units, np.int64)
    starts, column = np.empty(257, np.int64), np.empty(units)
    for r in range(out.shape[1]):
        most, least = -np.inf, np.inf
        for c in range(units):
            column[c] = out[c, r]
            most = column[c] if column[c] > most else most
            least = column[c] if column[c] < least else least
        gap = number_keys(column, most, least, keys, order)
        shift = 0
        while shift < 64 and gap >> shift > 0:
            pass_over(keys, order, spare, starts, shift)
            order, spare = spare, order
            shift += 8
        higher = 0
        for place in range(units):
            if place > 0 and keys[order[place]] > keys[order[place - 1]]:
                higher = place
            out[order[place], r] = higher


@helper
def number_keys(column, most, least, keys, order):
    """Write the keys of scores, from the highest down, exactly; return the key of a gap, the largest.

    Differences are exact below 2**53. Scores further apart have the bits of their distance as keys, which keep the
    order of what is not equal after rounding.
    """
    gap = np.int64(0)
    far = (most - column).view(np.int64) if most - least >= WIDEST else keys
    for c in range(column.shape[0]):
        order[c] = c
        known = column[c] >= least
        near = np.int64(most - column[c]) if known else np.int64(0)
        keys[c] = (far[c] if most - least >= WIDEST else near) if known else np.int64(-1)
        gap = keys[c] + 1 if keys[c] >= gap else gap
    for c in range(column.shape[0]):
        keys[c] = gap if keys[c] < 0 else keys[c]
    return gap


@helper
def pass_over(keys, order, sorted_order, starts, shift):
    """Sort units by one byte of their keys, equal ones in the order they come in."""
    for b in range(257):
        starts[b] = 0
    for c in range(keys.shape[0]):
        starts[((keys[c] >> shift) & 255) + 1] += 1
    for b in range(256):
        starts[b + 1] += starts[b]
    for place in range(order.shape[0]):
        byte = (keys[order[place]] >> shift) & 255
        sorted_order[starts[byte]] = order[place]
        starts[byte] += 1
