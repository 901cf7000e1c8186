"""What is kept of a batch of replicates: counts of ranks, of scores by bin, of pairs, and sums, by compiled loops.

Counts are whole numbers, so that they add up in any order. Sums are taken in the order of the lanes, eight side by
side, so that a batch always has the same sum.
"""

from __future__ import annotations

import numpy as np

from readiness.registry import inlined

SIDE = 32  # numbers of 16 bits that are compared at once
NEVER_ABOVE, NEVER_BELOW = np.int16(32767), np.int16(-1)  # the places of a unit without a rank


def count_ranks(ranks, halves, counts):
    """Count how often each unit has each rank.

    Shapes   ranks (unit, replicate), 0 for none; halves 2 if ranks may end on a half, else 1; counts (unit, rank x
             halves), added to.
    """
    for c in range(ranks.shape[0]):
        add_ranks(ranks[c], halves, counts[c])


@inlined
def add_ranks(ranks, halves, counts):
    """Count the ranks of one unit; a number that is no place among the units counts as no rank."""
    for r in range(ranks.shape[0]):
        place = ranks[r] * halves
        counts[int(place) if 0 < place < counts.shape[0] else 0] += 1


def count_pairs(ranks, above):
    """Count how often each unit ranks above each other; without a rank it is above nobody and nobody is above it.

    Shapes   ranks (unit, replicate), 0 for none, up to 32 767 replicates; above (unit, unit), added to.
    """
    units, lanes = ranks.shape
    place, rival, part = (
        np.empty((units, lanes), np.int16),
        np.empty((units, lanes), np.int16),
        np.empty(SIDE, np.int16),
    )
    for c in range(units):
        for r in range(lanes):
            place[c, r] = np.int16(2 * ranks[c, r]) if ranks[c, r] > 0 else NEVER_ABOVE
            rival[c, r] = np.int16(2 * ranks[c, r]) if ranks[c, r] > 0 else NEVER_BELOW
    for c in range(units):
        for d in range(units):
            if c != d:
                above[c, d] += count_lower(place[c], rival[d], part)


@inlined
def count_lower(a, b, part):
    """Count in how many replicates the first place is the lower one, by counts of 16 bits side by side."""
    whole, count = a.shape[0] - a.shape[0] % SIDE, 0
    for k in range(SIDE):
        part[k] = 0
    for start in range(0, whole, SIDE):
        for k in range(SIDE):
            part[k] += np.int16(a[start + k] < b[start + k])
    for k in range(SIDE):
        count += part[k]
    for r in range(whole, a.shape[0]):
        count += a[r] < b[r]
    return count


def count_scores(scores, low, scale, counts):
    """Count how often each unit's score falls into each bin; the first and last take what lies beyond.

    Shapes   scores (unit, replicate); low (unit,), the lower end of the first bin; scale (unit,), bins for one point;
             counts (unit, bin + 1), added to; the last column takes gaps.
    """
    places = np.empty(scores.shape[1], np.int32)
    for c in range(scores.shape[0]):
        find_bins(scores[c], low[c], scale[c], counts.shape[1] - 2.0, places)
        for r in range(scores.shape[1]):
            counts[c, places[r]] += 1


@inlined
def find_bins(scores, low, scale, last, places):
    """Find the bin of each of one unit's scores; a gap has the one after the last."""
    for r in range(scores.shape[0]):
        place = (scores[r] - low) * scale
        place = 0.0 if place < 0.0 else place
        place = last if place > last else place
        places[r] = np.int32(last + 1.0 if np.isnan(place) else place)


def add_moments(scores, centre, sums):
    """Add up scores and their squares, measured from a centre.

    Shapes   scores (unit, replicate); centre (unit,); sums (3, unit), added to: how many, sum, sum of squares.
    Gaps     are left out.
    """
    part = np.empty((3, 8))
    for c in range(scores.shape[0]):
        for j in range(3):
            for k in range(8):
                part[j, k] = 0.0
        gather(scores[c], centre[c], part[0], part[1], part[2])
        for j in range(3):
            for k in range(8):
                sums[j, c] += part[j, k]


@inlined
def gather(scores, centre, number, total, squares):
    """Add a unit's scores into eight partial sums."""
    whole = scores.shape[0] - scores.shape[0] % 8
    for start in range(0, whole, 8):
        for k in range(8):
            there = not np.isnan(scores[start + k])
            d = scores[start + k] - centre if there else 0.0
            number[k] += 1.0 if there else 0.0
            total[k] += d
            squares[k] += d * d
    for r in range(whole, scores.shape[0]):
        if not np.isnan(scores[r]):
            d = scores[r] - centre
            number[0] += 1.0
            total[0] += d
            squares[0] += d * d


def add_products(scores, centre, products):
    """Add up the products of every two units' scores, measured from a centre: what a covariance is made of.

    Shapes   scores (unit, replicate); centre (unit,); products (unit, unit), the lower triangle added to.
    Gaps     count as the centre.
    """
    units, lanes = scores.shape
    d, part = np.empty((units, lanes)), np.empty(8)
    for c in range(units):
        for r in range(lanes):
            d[c, r] = 0.0 if np.isnan(scores[c, r]) else scores[c, r] - centre[c]
    for a in range(units):
        for b in range(a + 1):
            for k in range(8):
                part[k] = 0.0
            multiply(d[a], d[b], part)
            for k in range(8):
                products[a, b] += part[k]


@inlined
def multiply(a, b, part):
    """Add the products of two rows into eight partial sums."""
    whole = a.shape[0] - a.shape[0] % 8
    for start in range(0, whole, 8):
        for k in range(8):
            part[k] += a[start + k] * b[start + k]
    for r in range(whole, a.shape[0]):
        part[0] += a[r] * b[r]


def write_shares(weights, out):
    """Write the weights of a group as shares of their sum, [child, replicate]; nothing has a share of nothing."""
    whole = np.zeros(weights.shape[1])
    for k in range(weights.shape[0]):
        for r in range(weights.shape[1]):
            whole[r] += weights[k, r]
    for k in range(weights.shape[0]):
        for r in range(out.shape[1]):
            own = 0 if weights.shape[1] == 1 else r
            out[k, r] = weights[k, own] / whole[own] if whole[own] > 0 else 0.0


def add_winners(ranks, shares, sums, wins):
    """Add up, for each unit, the weights under which it is first, as shares of their group.

    Shapes   ranks (unit, replicate); shares (child, replicate), of all groups; sums (unit, child), added to; wins
             (unit,), the number of replicates in which the unit is first, added to.
    Source   Lahdelma, Hokkanen and Salminen (1998), SMAA, central weight vectors.
    """
    for r in range(ranks.shape[1]):
        for c in range(ranks.shape[0]):
            if ranks[c, r] > 0 and ranks[c, r] < 2:
                wins[c] += 1
                for k in range(shares.shape[0]):
                    sums[c, k] += shares[k, r]


def add_shift(ranks, nominal, sums):
    """Add up the mean shift of the ranks in each replicate, and its square.

    Shapes   ranks (unit, replicate); nominal (unit,), the ranks of the run; sums (3,), added to: how many, sum, squares
    Gaps     units without a rank in either are left out.
    Source   OECD/JRC Handbook (2008), equation 38.
    """
    for r in range(ranks.shape[1]):
        count, total = 0, 0.0
        for c in range(ranks.shape[0]):
            if ranks[c, r] > 0 and nominal[c] > 0:
                count += 1
                total += abs(ranks[c, r] - nominal[c])
        if count > 0:
            shift = total / count
            sums[0] += 1.0
            sums[1] += shift
            sums[2] += shift * shift
