"""Tables and schemes that the tests of the bootstrap share."""

from __future__ import annotations

import numpy as np

from readiness.resampling import Blocks, Clusters, Rows

RNG = np.random.default_rng(7)
SCORES = RNG.normal(size=(27, 6)) + RNG.normal(size=(27, 1))
SKEWED = RNG.exponential(size=40)
HOLED = np.where(RNG.random(SCORES.shape) < 0.05, np.nan, SCORES)
COARSE = np.round(2 * SCORES) / 2  # many ties
METHODS = ["percentile", "basic", "bca"]
SCHEMES = {
    "rows": Rows(),
    "strata": Rows(["a"] * 9 + ["b"] * 11 + ["c"] * 7),
    "circular": Blocks(4),
    "moving": Blocks(4, circular=False),
    "series": Blocks(4, strata=["a", "b", "b"] * 9),
    "clusters": Clusters([row // 4 for row in range(27)]),
}
