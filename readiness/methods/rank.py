"""Rank: the order of the units. Rank 1 is the highest score."""

from __future__ import annotations

import numpy as np

from readiness.registry import Parameter, method

AXES = "unit replicate"
SOURCE = "Kendall (1945), The treatment of ties in ranking problems, Biometrika 33(3)"
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
    rounded = np.rint(x * 10.0**decimals)
    for c in range(x.shape[0]):
        for r in range(x.shape[1]):
            out[c, r] = 0.0 if np.isnan(x[c, r]) else 1.0
        for d in range(x.shape[0]):
            for r in range(x.shape[1]):
                out[c, r] += 1.0 if rounded[d, r] > rounded[c, r] else 0.0


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
    rounded = np.rint(x * 10.0**decimals)
    for c in range(x.shape[0]):
        for r in range(x.shape[1]):
            out[c, r] = 0.0 if np.isnan(x[c, r]) else 0.5
        for d in range(x.shape[0]):
            for r in range(x.shape[1]):
                out[c, r] += 1.0 if rounded[d, r] > rounded[c, r] else 0.0
                out[c, r] += 0.5 if rounded[d, r] == rounded[c, r] else 0.0
