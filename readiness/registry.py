"""The methods of every step: registered by decorator, looked up by name, compiled on first use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from readiness.errors import ReadinessError, Violation, nearest

STEPS = ("impute", "transform", "treat", "normalise", "weight", "aggregate", "rank")

Kernel = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that a method takes: its default, its bounds and what it means."""

    default: float
    low: float
    high: float
    meaning: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Method:
    """One way of doing a step.

    `function` is the formula in plain Python; `run` is the same function compiled. A step that first learns from a
    sample has that part in `fit`, so that bounds found on some editions can be applied to any.
    """

    step: str
    name: str
    function: Kernel
    says: str  # what it does, for the reader of a report; parameters stand in braces
    axes: str
    source: str
    fit: Kernel | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    pointwise: bool = True  # a unit's value depends on the fit only, never on the other units
    needs_declared: bool = False  # the indicators' files must declare goalposts
    any_sign: bool = False  # normalise: may give values below zero
    non_negative: bool = False  # aggregate: takes no values below zero
    additive: bool = False  # aggregate: a score is the sum of its children's contributions

    @property
    def run(self) -> Kernel:
        """Return the compiled formula."""
        return compiled(self.function)

    @property
    def run_fit(self) -> Kernel:
        """Return the compiled fit."""
        if self.fit is None:
            raise TypeError(f"{self.step} {self.name} learns nothing from a sample")
        return compiled(self.fit)

    def tell(self, parameters: Mapping[str, float]) -> str:
        """Say in a sentence what the method does with these parameters; those not given have their defaults."""
        values = {name: parameters.get(name, parameter.default) for name, parameter in self.parameters.items()}
        return self.says.format(**{name: f"{value:g}" for name, value in values.items()})


_METHODS: dict[tuple[str, str], Method] = {}
_HELPERS: dict[str, list[Callable[..., Any]]] = {}


def method(step: str, name: str, **details: Any) -> Callable[[Kernel], Kernel]:
    """Register a formula under a step and a name; several names may share one formula."""

    def register(function: Kernel) -> Kernel:
        _METHODS[step, name] = Method(step, name, function, **details)
        return function

    return register


def helper(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a function that the kernels of the same file call; it is compiled with them."""
    _HELPERS.setdefault(function.__module__, []).append(function)
    return function


def methods(step: str | None = None) -> Iterator[Method]:
    """Go through the methods, of one step or of all, in the order of the steps and their files."""
    _load()
    order = sorted(_METHODS.values(), key=lambda found: STEPS.index(found.step))
    return iter([found for found in order if step in (None, found.step)])


def lookup(step: str, name: str, file: str = "recipe", row: int | None = None) -> Method:
    """Return one method; an unknown name is an error that lists the nearest."""
    _load()
    if (step, name) not in _METHODS:
        known = [found.name for found in methods(step)]
        expected = "one of " + ", ".join(known)
        raise ReadinessError(Violation("E514", file, name, expected, row, f"{step}.method", nearest(name, known)))
    return _METHODS[step, name]


@cache
def _load() -> None:
    for step in STEPS:
        import_module(f"readiness.methods.{step}")


@cache
def compiled(function: Kernel) -> Kernel:
    """Compile a kernel on first use, keep it on disk, and let it run beside other threads.

    Plain IEEE arithmetic (no reordering), so that a formula gives the same bytes for any number of threads. The
    logarithm is the compiler's own: its last bit may differ from NumPy's.
    """
    import numba
    from numba.extending import register_jitable

    for each in _HELPERS.pop(function.__module__, []):
        register_jitable(each)
    options = {"nogil": True, "error_model": "numpy"}
    try:
        return numba.njit(cache=True, **options)(function)
    except RuntimeError:  # neither the package's nor the user's folder can be written: compile at every start
        return numba.njit(**options)(function)
