"""What an officer asks of results: why, compared with whom, what if, and all of these answers as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from readiness.contrast import Contrast
    from readiness.results import Results
    from readiness.whatif import WhatIf
    from readiness.why import Explanation


class Asking:
    """The questions of Results; each is answered by a module of its own, which is loaded when it is asked."""

    def why(
        self: Results, country: str, before: str | Path | int | None = None, node: str | None = None, seed: int = 1
    ) -> Explanation:
        """Return why a score and a rank moved since an edition, or since another run (see why.explained)."""
        from readiness.why import explained

        return explained(self, country, before, node, seed)

    def compare(self: Results, country: str, other: str) -> Contrast:
        """Return who leads where, beyond noise (see contrast.contrast)."""
        from readiness.contrast import contrast

        return contrast(self, country, other)

    def what_if(
        self: Results, country: str, changes: Mapping[str, float | str] | Sequence[str], seed: int = 1
    ) -> WhatIf:
        """Return what other figures would make of a country: {"gerd_gdp": "+10%"} (see whatif.what_if)."""
        from readiness.whatif import what_if

        return what_if(self, country, changes, seed)

    def answered(self: Results) -> Results:
        """Return the results with the tables change, movements, moves, peers, quality and targets."""
        from readiness.answers import answered

        return answered(self)
