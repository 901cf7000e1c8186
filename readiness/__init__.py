"""readiness: the compute engine of the annual European AI Readiness Index.

>>> import readiness
>>> index = readiness.run(edition=2026)      # doctest: +SKIP
>>> index.ranks                              # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.4.0"

if TYPE_CHECKING:
    from readiness.checking import check
    from readiness.errors import ReadinessError, Violation
    from readiness.estimates import Estimates
    from readiness.framework import Framework
    from readiness.inference import rank_sets
    from readiness.panel import Panel
    from readiness.reading.estimates import read_estimates
    from readiness.reading.frameworks import read_framework
    from readiness.reading.panels import read_panel
    from readiness.reading.recipes import read_recipe
    from readiness.recipe import Recipe
    from readiness.results import Results
    from readiness.running import run
    from readiness.store import open_run, verify
    from readiness.variation import Variation

# Loaded on first use: `import readiness` must not pay for polars, pandera and numba.
_HOMES = {
    "Variation": "variation",
    "read_estimates": "reading.estimates",
    "rank_sets": "inference",
    "Estimates": "estimates",
    "Framework": "framework",
    "Panel": "panel",
    "ReadinessError": "errors",
    "Recipe": "recipe",
    "Results": "results",
    "Violation": "errors",
    "check": "checking",
    "open_run": "store",
    "read_framework": "reading.frameworks",
    "read_panel": "reading.panels",
    "read_recipe": "reading.recipes",
    "run": "running",
    "verify": "store",
}

__all__ = [
    "Estimates",
    "Framework",
    "Panel",
    "ReadinessError",
    "Recipe",
    "Results",
    "Variation",
    "Violation",
    "__version__",
    "check",
    "open_run",
    "rank_sets",
    "read_estimates",
    "read_framework",
    "read_panel",
    "read_recipe",
    "run",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'readiness' has no attribute {name!r}")
    return getattr(import_module(f"readiness.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
