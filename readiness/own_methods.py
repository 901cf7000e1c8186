"""A plain function as a method: it takes and returns whole arrays, the engine keeps the rules for gaps and coverage.

| step | the function | returns |
|---|---|---|
| impute | f(x) | x filled [edition, indicator, unit, replicate] |
| transform, treat | f(x) | values [indicator, unit, replicate] |
| normalise | f(x, direction) | scores [indicator, unit, replicate] |
| weight | f(given, sample) | weights [child, replicate]; sample is [child, unit, replicate] |
| aggregate | f(x, w) | scores [unit, replicate] from x [child, unit, replicate] and w [child, replicate] |
| rank | f(x) | ranks [unit, replicate], 0 for none |
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from readiness.errors import ReadinessError, Violation
from readiness.registry import Kernel, Method, lookup

Function = Callable[..., Any]


@cache
def own_method(step: str, function: Function) -> Method:
    """Return a plain function as a method of a step; its results must have the shape that the step asks for."""
    name = getattr(function, "__name__", type(function).__name__)
    fits = {"treat": _no_treatment, "normalise": _directions}
    return Method(
        step,
        name,
        _ADAPTERS[step](function),
        says=f"the function {name}",
        axes="as the step",
        source="a function given with the recipe",
        fit=fits.get(step),
        pointwise=False,
        learns=step == "weight",
        plain=True,
    )


def identity(function: Function, seen: tuple[Function, ...] = ()) -> str:
    """Return a digest of what a function does: its source text or compiled code, and the values that it carries along.

    Values carried are defaults, those of an enclosing function, of an object and of functools.partial; module variables
    are not.
    """
    plain = _plain(function)
    carried = [getattr(function, "args", ()), getattr(function, "keywords", {}), getattr(plain, "__self__", None)]
    carried += [getattr(plain, "__defaults__", None), getattr(plain, "__kwdefaults__", None)]
    carried += [cell.cell_contents for cell in getattr(plain, "__closure__", None) or ()]
    carried += sorted(vars(plain).items()) if hasattr(plain, "__dict__") and not inspect.isfunction(plain) else []
    parts = [_text(plain), *(_value(each, (*seen, function)) for each in carried)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _value(carried: Any, seen: tuple[Function, ...]) -> bytes:
    """Return a value as bytes that hold no address; a function that carries itself is named there, not followed."""
    if isinstance(carried, np.ndarray):
        return carried.tobytes()
    if isinstance(carried, tuple | list):
        return b"\1".join(_value(each, seen) for each in carried)
    if isinstance(carried, dict):
        return _value(sorted(carried.items()), seen)
    if callable(carried) or hasattr(carried, "__dict__"):
        return b"itself" if any(carried is each for each in seen) else identity(carried, seen).encode()
    return repr(carried).encode()


def _plain(function: Function) -> Function:
    """Return what stands behind functools.partial and a compiled function."""
    inner = getattr(function, "func", function)
    return getattr(inner, "py_func", inner)


def _text(plain: Function) -> bytes:
    try:
        return inspect.getsource(plain if inspect.isroutine(plain) else type(plain)).encode()
    except (OSError, TypeError):
        code = getattr(plain, "__code__", None)
        return repr((code.co_code, code.co_consts, code.co_names) if code else type(plain)).encode()


def _impute(function: Function) -> Kernel:
    def run(x: Any, *rest: Any) -> None:
        out, error = rest[-2:]
        out[...] = np.where(np.isnan(x), _shaped(function, x.shape, x), x)
        error[...] = np.nan

    return run


def _transform(function: Function) -> Kernel:
    def run(x: Any, out: Any) -> None:
        out[...] = _shaped(function, x.shape, x)

    return run


def _treat(function: Function) -> Kernel:
    def run(x: Any, *rest: Any) -> None:
        rest[-1][...] = _shaped(function, x.shape, x)

    return run


def _normalise(function: Function) -> Kernel:
    def run(x: Any, bounds: Any, out: Any) -> None:
        out[...] = _shaped(function, x.shape, x, bounds[:, 1, 0])

    return run


def _weight(function: Function) -> Kernel:
    def run(given: Any, sample: Any, out: Any) -> None:
        out[...] = _shaped(function, given.shape, given, sample)

    return run


def _aggregate(function: Function) -> Kernel:
    """Leave the rule of coverage to the arithmetic mean, whose share of weight present is every method's."""

    def run(x: Any, w: Any, coverage: float, out: Any, covered: Any) -> None:
        lookup("aggregate", "arithmetic").run(x, w, coverage, out, covered)
        out[...] = np.where(np.isnan(out), np.nan, _shaped(function, out.shape, x, w))

    return run


def _rank(function: Function) -> Kernel:
    def run(x: Any, out: Any) -> None:
        out[...] = _shaped(function, out.shape, x)

    return run


def _no_treatment(_sample: Any, low: Any, high: Any, shift: Any, power: Any) -> None:
    low[...], high[...], shift[...], power[...] = -np.inf, np.inf, 0.0, np.nan


def _directions(_sample: Any, direction: Any, _declared: Any, bounds: Any) -> None:
    bounds[...] = np.nan
    bounds[:, 0], bounds[:, 1] = 0.0, direction[:, None]


def _shaped(function: Function, shape: tuple[int, ...], *arguments: Any) -> Any:
    """Call a function on copies, so that it cannot change what others see; refuse a result of another shape."""
    result = np.asarray(function(*(each.copy() for each in arguments)), dtype=float)
    if result.shape != shape:
        name = getattr(function, "__name__", type(function).__name__)
        found = " x ".join(map(str, result.shape)) or "one number"
        raise ReadinessError(Violation("E542", name, found, " x ".join(map(str, shape))))
    return result


_ADAPTERS = {
    "impute": _impute,
    "transform": _transform,
    "treat": _treat,
    "normalise": _normalise,
    "weight": _weight,
    "aggregate": _aggregate,
    "rank": _rank,
}
