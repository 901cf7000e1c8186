"""readiness: the compute engine of the annual European AI Readiness Index.

>>> import readiness
>>> index = readiness.run(edition=2026)      # doctest: +SKIP
>>> index.ranks                              # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.2.0"

if TYPE_CHECKING:
    from readiness.checking import check
    from readiness.errors import ReadinessError, Violation
    from readiness.framework import Framework
    from readiness.panel import Panel
    from readiness.reading.frameworks import read_framework
    from readiness.reading.panels import read_panel
    from readiness.reading.recipes import read_recipe
    from readiness.recipe import Recipe
    from readiness.results import Results
    from readiness.running import run
    from readiness.store import open_run, verify

# Loaded on first use: `import readiness` must not pay for polars, pandera and numba.
_HOMES = {
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
    "Framework",
    "Panel",
    "ReadinessError",
    "Recipe",
    "Results",
    "Violation",
    "__version__",
    "check",
    "open_run",
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
