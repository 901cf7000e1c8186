"""The NumPy formula of a method, run on what the method itself is run on."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import numpy as np
import numpy_aggregates
import numpy_imputation
import numpy_normal
import numpy_programmes
import numpy_treatment
import numpy_weights
from method_calls import Given, clusters, declared, directions, noise, opinions, siblings, years
from numpy_formulas import BATCH, FORMULAS

from readiness.registry import Method

FILES: tuple[ModuleType, ...] = (
    numpy_aggregates,
    numpy_imputation,
    numpy_normal,
    numpy_programmes,
    numpy_treatment,
    numpy_weights,
)  # importing them registers their formulas


def has_peer(method: Method) -> bool:
    return (method.step, method.name) in FORMULAS


def all_at_once(method: Method) -> bool:
    """Tell whether NumPy can do all replicates at once."""
    return (method.step, method.name) in BATCH


def named_numbers(method: Method, data: Given) -> dict[str, float]:
    values = {name: each.default for name, each in method.parameters.items() if each.kind == "number"} | data.numbers
    return {name: int(value) if method.parameters[name].whole else value for name, value in values.items()}


def arguments(method: Method, data: Given) -> list[tuple[object, bool]]:
    """Return what the formula takes, and of each whether it has a value for every replicate."""
    x = (data.x, True)
    if method.step == "impute":
        return [x, (siblings(data), False), (clusters(data), False), (years(data), False), (noise(data), True)]
    if method.step == "normalise":
        return [x, (directions(data), False), (declared(data), True)]
    if method.step == "weight":
        asked = (opinions(method, len(data.weights))[..., 0], False) if method.needs == "opinions" else x
        return [(data.weights, True), asked]
    if method.step == "aggregate":
        return [x, (data.weights, True), (data.coverage, False)]
    return [x]


def peer(method: Method, data: Given) -> Callable[[], list[np.ndarray]]:
    """Return NumPy's loop over replicates, ready to be run; it gives the results of the replicates one by one."""
    formula, given, numbers = FORMULAS[method.step, method.name], arguments(method, data), named_numbers(method, data)
    replicates = range(data.x.shape[-1])
    return lambda: [formula(*(each[..., r] if many else each for each, many in given), **numbers) for r in replicates]


def peer_at_once(method: Method, data: Given) -> Callable[[], np.ndarray]:
    """Return NumPy's formula over all replicates at once, ready to be run."""
    formula, given, numbers = FORMULAS[method.step, method.name], arguments(method, data), named_numbers(method, data)
    return lambda: formula(*(each for each, _ in given), **numbers)
