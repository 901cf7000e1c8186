"""The methods of every step: registered by decorator, looked up by name, compiled on first use."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from threading import RLock
from typing import Any

from readiness.errors import ReadinessError, Violation, nearest

STEPS = ("impute", "transform", "treat", "normalise", "weight", "aggregate", "rank")

CUTS = {"cut_below": "below the lower end", "cut_above": "above the upper end"}

Kernel = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a method takes: a number with its bounds, or the code of a unit or the name of a grouping of units.

    A kernel gets the numbers only, in declared order; what a unit or a grouping stands for reaches it as data.
    """

    default: float | str
    low: float = 0.0
    high: float = 0.0
    meaning: str = ""
    whole: bool = False
    kind: str = "number"  # number, unit or grouping


@dataclass(frozen=True, slots=True)
class Method:
    """One way of doing a step.

    `function` is the formula in plain Python; `run` is the same function compiled. A step that first learns from a
    sample has that part in `fit`, so that bounds found on some editions can be applied to any. `properties` are laws
    that the method keeps; the tests hold it to each of them.
    """

    step: str
    name: str
    function: Kernel
    says: str  # what it does, for the reader of a report; parameters stand in braces
    axes: str
    source: str
    formula: str = ""  # the rule as a line of mathematics
    example: str = ""  # a worked case that can be checked by hand
    fit: Kernel | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    fitted: tuple[str, ...] = ()  # normalise: the parameters that the fit takes; the others go to the formula
    needs: str = ""  # goalposts, target, clusters or opinions: what the framework must declare
    whole_sample: bool = False  # normalise: the fit takes more of a sample than its smallest and largest value
    pointwise: bool = True  # a unit's value depends on the fit only, never on the other units
    any_sign: bool = False  # normalise: may give values below zero
    non_negative: bool = False  # weight, aggregate: takes no values below zero
    additive: bool = False  # aggregate: a score is the sum of its children's contributions
    steady: bool = False  # aggregate: scores that are the same in all replicates may come as one
    learns: bool = False  # weight: from the scores of the children
    draws: bool = False  # impute: random, many draws are made and pooled
    slow: bool = False  # calls a solver: plain Python, no kernel
    plain: bool = False  # a function given with a recipe: it runs as it is
    properties: tuple[str, ...] = ()

    @property
    def run(self) -> Kernel:
        """Return the compiled formula; one that calls a solver, or was given with a recipe, as it is."""
        return self.function if self.slow or self.plain else compiled(self.function)

    @property
    def run_fit(self) -> Kernel:
        """Return the compiled fit."""
        if self.fit is None:
            raise TypeError(f"{self.step} {self.name} learns nothing from a sample")
        return self.fit if self.plain else compiled(self.fit)

    def tell(self, parameters: Mapping[str, float]) -> str:
        """Say in a sentence what the method does with these parameters; those not given have their defaults."""
        values = {name: parameters.get(name, parameter.default) for name, parameter in self.parameters.items()}
        shown = {name: value if isinstance(value, str) else f"{value:g}" for name, value in values.items()}
        cuts = [f" Scores {side} are cut." for name, side in CUTS.items() if values.get(name)]
        return " ".join(self.says.format(**shown).split()) + "".join(cuts)

    def numbers(self, parameters: Mapping[str, Any], *, fitted: bool) -> list[float]:
        """Return the numbers that the fit takes, or those that the formula takes, in declared order."""
        mine = [name for name, each in self.parameters.items() if each.kind == "number"]
        learned = mine if self.step == "treat" else self.fitted  # a treatment's numbers only find caps and bends
        return [parameters[name] for name in mine if (name in learned) == fitted]

    def section(self, name: str) -> list[str]:
        """Return what the docstrings of fit and formula say under a heading, such as "Gaps", a paragraph each."""
        return [text for each in (self.fit, self.function) if each for text in _sections(each).get(name, ())]


COMMON = {  # parameters of every method of a step, taken by the engine
    "aggregate": {
        "coverage": Parameter(
            0.5, 0.0, 1.0, "least share of the weight that must have a score; if not given, the framework's rule"
        )
    }
}
_METHODS: dict[tuple[str, str], Method] = {}
_COMPILED: dict[Kernel, Kernel] = {}
_COMPILING = RLock()
_HELPERS: dict[str, list[tuple[Callable[..., Any], str]]] = {}


def method(step: str, name: str, **details: Any) -> Callable[[Kernel], Kernel]:
    """Register a formula under a step and a name; several names may share one formula."""

    def register(function: Kernel) -> Kernel:
        _METHODS[step, name] = Method(step, name, function, **details)
        return function

    return register


def helper(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a function that the kernels of the same file call; it is compiled with them."""
    _HELPERS.setdefault(function.__module__, []).append((function, "never"))
    return function


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a function whose body is put in the place of each call, so that the loop around it can become vectors.

    A loop that calls what the compiler finds too long (the ten rounds of a random generator) runs one number at a time;
    and a call that takes rows of arrays costs 50 nanoseconds for counting who holds them, as much as 200 numbers.
    """
    _HELPERS.setdefault(function.__module__, []).append((function, "always"))
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
    """Import every file of formulas, then those that other packages offer as entry points."""
    package = import_module("readiness.methods")
    for found in sorted(pkgutil.iter_modules(package.__path__), key=lambda each: each.name):
        import_module(f"readiness.methods.{found.name}")
    for offered in sorted(entry_points(group="readiness.methods"), key=lambda each: each.name):
        offered.load()


def _sections(function: Kernel) -> dict[str, list[str]]:
    """Split a docstring into its headed paragraphs: a word in the first column, then two spaces or more."""
    sections: dict[str, list[str]] = {}
    heading = ""
    for line in inspect.cleandoc(function.__doc__ or "").splitlines():
        word, mark, rest = line.partition("  ")
        if mark and word.isalpha():
            heading = word
            sections.setdefault(heading, []).append(rest.strip())
        elif heading and line.startswith(" "):
            sections[heading][-1] += f" {line.strip()}"
        else:
            heading = ""
    return sections


def compiled(function: Kernel) -> Kernel:
    """Compile a kernel on first use, keep it on disk, and let it run beside other threads; threads may ask at once.

    Plain IEEE arithmetic (no reordering), so that a formula gives the same bytes for any number of threads. The
    logarithm is the compiler's own: its last bit may differ from NumPy's.
    """
    if function not in _COMPILED:
        with _COMPILING:
            if function not in _COMPILED:
                _COMPILED[function] = _compile(function)
    return _COMPILED[function]


def _compile(function: Kernel) -> Kernel:
    """Register the functions that a kernel's file marks, then compile the kernel itself."""
    import numba
    from numba.extending import register_jitable

    _widen(numba.config)
    for each, inline in _HELPERS.pop(function.__module__, []):
        register_jitable(inline=inline)(each)
    options = {"nogil": True, "error_model": "numpy"}
    try:
        return numba.njit(cache=True, **options)(function)
    except RuntimeError:  # neither the package's nor the user's folder can be written: compile at every start
        return numba.njit(**options)(function)


def _widen(config: Any) -> None:
    """Let the compiler use vectors of 512 bits where the processor has them; it keeps to 256 unless it is told.

    A fifth of the time of a simulation (normal draws 1.9 for 2.4 microseconds, a weighted sum 100 for 116 nanoseconds
    on Sapphire Rapids); the figures are the same to the bit. A choice in NUMBA_CPU_FEATURES is left as it is.
    """
    if config.CPU_FEATURES is None and config.CPU_NAME is None:
        from llvmlite import binding

        features = binding.get_host_cpu_features()
        if features.get("avx512f"):
            config.CPU_FEATURES = features.flatten() + ",-prefer-256-bit"
