"""Weight: how much each child of a group counts."""

from __future__ import annotations

from readiness.registry import method


@method(
    "weight",
    "declared",
    says="Weights are those that the framework declares.",
    axes="child replicate",
    source="the framework's own weights",
)
def declared(given, out):
    """Take the weights that the framework declares.

    Shapes   given, out (child, replicate), zero or more, any positive scale.
    """
    for k in range(given.shape[0]):
        for r in range(given.shape[1]):
            out[k, r] = given[k, r]


@method(
    "weight",
    "equal",
    says="All children of a group weigh the same.",
    axes="child replicate",
    source="OECD/JRC Handbook (2008), step 6, equal weighting",
)
def equal(given, out):
    """Give every child the same weight; a child whose declared weight is zero stays out.

    Shapes   given, out (child, replicate), zero or more, any positive scale.
    """
    for k in range(given.shape[0]):
        for r in range(given.shape[1]):
            out[k, r] = 1.0 if given[k, r] > 0 else 0.0
