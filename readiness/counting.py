"""What is kept of a batch of replicates: counts of ranks, of scores by bin, of pairs, and sums, by compiled loops.

Counts are whole numbers, so that they add up in any order. Sums are taken in the order of the lanes, eight side by
side, so that a batch always has the same sum.
"""

from __future__ import annotations

import numpy as np

from readiness.registry import helper


def count_ranks(ranks, halves, counts):
    """Count how often each unit has each rank.

    Shapes   ranks (unit, replicate), 0 for none; halves 2 if ranks may end on a half, else 1; counts (unit, rank x
             halves), added to.
    """
    for c in range(ranks.shape[0]):
        add_ranks(ranks[c], halves, counts[c])


@helper
def add_ranks(ranks, halves, counts):
    """Count the ranks of one unit."""
    for r in range(ranks.shape[0]):
        counts[int(ranks[r] * halves)] += 1


def count_pairs(ranks, above):
    """Count how often each unit ranks above each other; without a rank it is above nobody and nobody is above it.

    Shapes   ranks (unit, replicate), 0 for none, up to 32 767 replicates; above (unit, unit), added to.
    """
    units, lanes = ranks.shape
    places = np.empty((units, lanes), np.int16)
    for c in range(units):
        for r in range(lanes):
            places[c, r] = np.int16(2 * ranks[c, r]) - 1  # no rank: -1, so that as unsigned it is the last
    for c in range(units):
        for d in range(c):
            first, second = duels(places[c], places[d])
            above[c, d] += first
            above[d, c] += second


@helper
def duels(a, b):
    """Count in how many replicates the first is above the second, and the other way round."""
    first, second = np.int64(0), np.int64(0)
    for r in range(a.shape[0]):
        both = (a[r] > 0) & (b[r] > 0)
        first += np.int64(both & (a[r] < b[r]))
        second += np.int64(both & (b[r] < a[r]))
    return first, second


def count_scores(scores, low, scale, counts):
    """Count how often each unit's score falls into each bin; the first and last take what lies beyond.

    Shapes   scores (unit, replicate); low (unit,), the lower end of the first bin; scale (unit,), bins for one point;
             counts (unit, bin), added to.
    Gaps     are not counted.
    """
    for c in range(scores.shape[0]):
        add_scores(scores[c], low[c], scale[c], counts[c])


@helper
def add_scores(scores, low, scale, counts):
    """Count the scores of one unit."""
    last = counts.shape[0] - 1.0
    for r in range(scores.shape[0]):
        place = (scores[r] - low) * scale
        if not np.isnan(place):
            counts[int(min(max(place, 0.0), last))] += 1


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


@helper
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


@helper
def multiply(a, b, part):
    """Add the products of two rows into eight partial sums."""
    whole = a.shape[0] - a.shape[0] % 8
    for start in range(0, whole, 8):
        for k in range(8):
            part[k] += a[start + k] * b[start + k]
    for r in range(whole, a.shape[0]):
        part[0] += a[r] * b[r]


def add_winners(ranks, weights, sums, wins):
    """Add up, for each unit, the weights under which it is first, as shares of their group.

    Shapes   ranks (unit, replicate); weights (child, replicate), of one group; sums (unit, child), added to; wins
             (unit,), the number of replicates in which the unit is first, added to.
    Source   Lahdelma, Hokkanen and Salminen (1998), SMAA, central weight vectors.
    """
    for r in range(ranks.shape[1]):
        whole = 0.0
        for k in range(weights.shape[0]):
            whole += weights[k, r]
        for c in range(ranks.shape[0]):
            if ranks[c, r] > 0 and ranks[c, r] < 2 and whole > 0:
                wins[c] += 1
                for k in range(weights.shape[0]):
                    sums[c, k] += weights[k, r] / whole


def add_shift(ranks, nominal, sums):
    """Add up the mean shift of the ranks in each replicate, and its square.

    Shapes   ranks (unit, replicate); nominal (unit,), the ranks of the run; sums (3,), added to: how many, sum, squares.
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
