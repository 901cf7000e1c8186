"""Which of the simulations of a run is shown: the one in which most varies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

MIXES = ("figures", "weights", "exclusion", "choices", "method", "all")  # from one source of error to all


def mixes_of(simulation: pl.DataFrame) -> list[str]:
    """Return what was simulated, single sources of error first, all together last."""
    held = simulation["varied"].to_list()
    return [*sorted(name for name in held if name not in MIXES), *(name for name in MIXES if name in held)]


def shown_of(mixes: Sequence[str]) -> str:
    """Return the mix that intervals are printed of: the one in which most varies."""
    return mixes[-1]


def shown_mix(tables: Mapping[str, pl.DataFrame]) -> str:
    """Return the mix whose intervals are printed of a run's tables; nothing where it was not simulated."""
    simulation = tables.get("simulation")
    return "" if simulation is None or simulation.is_empty() else shown_of(mixes_of(simulation))
