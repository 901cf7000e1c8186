"""Rank: the order of the countries. Rank 1 is the highest score."""

from __future__ import annotations

import numpy as np

from readiness.registry import Parameter, method

AXES = "country replicate"
SOURCE = "Kendall (1945), The treatment of ties in ranking problems, Biometrika 33(3)"
DECIMALS = {"decimals": Parameter(2, 0, 12, "decimals that scores are rounded to before they are compared", whole=True)}


@method(
    "rank",
    "competition",
    says="Scores are rounded to {decimals} decimals; equal scores share the better rank, the next is left out.",
    axes=AXES,
    source=SOURCE,
    parameters=DECIMALS,
    pointwise=False,
)
def competition(x, out, decimals):
    """Rank by the number of countries with a strictly higher rounded score: ties share the better rank (1, 2, 2, 4).

    Shapes   x (country, replicate) scores; out (country, replicate) ranks from 1, written.
    Gaps     have the rank 0, which is no rank, and are nobody's rival.
    """
    scale = 10.0**decimals
    for c in range(x.shape[0]):
        for r in range(x.shape[1]):
            own = np.rint(x[c, r] * scale)
            above = 0
            for d in range(x.shape[0]):
                if np.rint(x[d, r] * scale) > own:
                    above += 1
            out[c, r] = 0 if np.isnan(own) else above + 1


@method(
    "rank",
    "dense",
    says="Scores are rounded to {decimals} decimals; equal scores share a rank, none is left out.",
    axes=AXES,
    source=SOURCE,
    parameters=DECIMALS,
    pointwise=False,
)
def dense(x, out, decimals):
    """Rank by the number of different higher rounded scores: ties share a rank and none is skipped (1, 2, 2, 3).

    Shapes   x (country, replicate) scores; out (country, replicate) ranks from 1, written.
    Gaps     have the rank 0, which is no rank, and are nobody's rival.
    """
    scale = 10.0**decimals
    for c in range(x.shape[0]):
        for r in range(x.shape[1]):
            own = np.rint(x[c, r] * scale)
            above = 0
            for d in range(x.shape[0]):
                other = np.rint(x[d, r] * scale)
                first = True
                for e in range(d):
                    if np.rint(x[e, r] * scale) == other:
                        first = False
                if other > own and first:
                    above += 1
            out[c, r] = 0 if np.isnan(own) else above + 1
