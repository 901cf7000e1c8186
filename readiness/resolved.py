"""A choice with everything filled in: its method, all its parameters, and the editions that it learns from."""

from __future__ import annotations

from typing import Any

from readiness.choices import Choice
from readiness.errors import ReadinessError
from readiness.own_methods import identity, own_method
from readiness.registry import COMMON, Method, lookup

FITS = {"treat": ("newest", "all"), "normalise": ("all", "newest"), "weight": ("newest", "all")}


def method_of(step: str, choice: Choice) -> Method:
    """Return the chosen method, registered or a plain function. Errors: ReadinessError for an unknown name."""
    return own_method(step, choice.function) if choice.function else lookup(step, choice.method)


def parameters_of(step: str, choice: Choice) -> dict[str, Any]:
    """Return the method's parameters by name, defaults filled in."""
    known = method_of(step, choice).parameters
    return {name: choice.parameters.get(name, parameter.default) for name, parameter in known.items()}


def fit_of(step: str, choice: Choice) -> str:
    """Return which editions a step learns from: "newest" or "all"."""
    return choice.fit or FITS[step][0]


def plain(step: str, choice: Choice) -> dict[str, Any]:
    """Return a choice as plain data, every default written out."""
    if is_declared(step, choice):
        return {"method": "declared"}
    common = {name: choice.parameters[name] for name in COMMON.get(step, {}) if name in choice.parameters}
    learns = step in FITS and (step != "weight" or method_of(step, choice).learns)
    fit = {"fit": fit_of(step, choice)} if learns else {}
    own = {"function": identity(choice.function)} if choice.function else {}
    return {"method": choice.method, **parameters_of(step, choice), **common, **fit, **own}


def alike(step: str, one: Choice, other: Choice) -> bool:
    """Say whether two choices are the same once all defaults are written out."""
    if one == other or (one.method, one.function) != (other.method, other.function):
        return one == other
    try:
        return plain(step, one) == plain(step, other)
    except ReadinessError:  # no such method, which is a finding elsewhere
        return False


def is_declared(step: str, choice: Choice) -> bool:
    """Say whether a choice leaves the transform to each indicator's own file."""
    return (step, choice.method) == ("transform", "declared")
