"""The standard errors of an edition's figures, from what the indicators declare and what vintages show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from readiness.errors import Violation, nearest, raise_errors
from readiness.estimates import ROUNDING, matrix_faults
from readiness.framework import Framework, Indicator
from readiness.panel import Panel
from readiness.plan import Array
from readiness.rank_sets import factorise
from readiness.registry import compiled
from readiness.revisions import revision_error
from readiness.variation import Variation


@dataclass(frozen=True, eq=False)
class FigureErrors:
    """How far the denominated figures of one edition may lie from what they measure.

    Shapes   size, low, high (indicator, unit); common (indicator,); factor by indicator's position (unit, unit).
    Units    those of the denominated figure.
    Gaps     no error and no figure give a size of 0; no declared range gives limits at infinity.

    `size` is the standard error and `common` the share of its variance that all units have in common. `low` and `high`
    bound the figure. An indicator with a covariance has the lower triangular root of it in `factor`: its errors are
    factor @ z, with z independent standard normal, and nothing besides in common. `notes` say what had to be assumed.
    """

    size: Array
    low: Array
    high: Array
    common: Array
    factor: Mapping[int, Array] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def figure_errors(
    framework: Framework,
    panel: Panel,
    used: pl.DataFrame,
    edition: int,
    variation: Variation,
    *,
    covariance: Mapping[str, Array] | None = None,
    as_of: date | None = None,
) -> FigureErrors:
    """Return the errors of the figures that an edition uses; `used` is the frame of editions.used_figures.

    published  the standard error beside the figure; where it is missing the declared `size`, else the median of the
               indicator's others in the edition, else none
    absolute   the declared size, in the unit of the figure
    relative   the declared size times the figure, so that a zero stays one
    none       no error

    A flag widens the error by its factor, several by the largest. Revisions are added in quadrature, not widened. All
    is divided by what the figure is divided by, which counts as exact. A covariance [unit, unit], in the unit of
    the figures, takes the place of the indicator's model and flags.

    Errors   ReadinessError for covariances of unknown indicators, of another shape, or that are none.
    """
    own = used.filter(pl.col("edition") == edition)
    shape = (len(framework.leaves), own.height // len(framework.leaves))
    matrices = (covariance or {}) if variation.figures else {}
    raise_errors(_covariance_faults(matrices, framework, shape[1]))
    raw, divisor = _numbers(own, "raw", shape), _divisors(own, framework, shape)
    size, notes = np.zeros(shape), []
    if variation.figures:
        size, notes = _declared(own, framework, raw)
        size *= _widening(own, variation.flags, shape)
    revised = _revised(panel, framework, raw, as_of) if variation.revisions else np.zeros(shape)
    known = ~np.isnan(raw) & ~np.isnan(divisor)
    factor = {}
    for code, given in matrices.items():
        row, matrix = framework.leaves.index(code), (np.asarray(given) + np.transpose(given)) / 2
        size[row] = np.sqrt(np.diag(matrix))
        scale = np.where(known[row], 1 / divisor[row], 0.0)
        factor[row] = _root((matrix + np.diag(revised[row] ** 2)) * np.outer(scale, scale))
    low, high = _limits(framework, divisor, known)
    common = np.array([_common(framework.indicators[code], variation) for code in framework.leaves])
    common[list(factor)] = 0.0
    return FigureErrors(
        size=np.where(known, np.hypot(size, revised) / divisor, 0.0),
        low=low,
        high=high,
        common=common,
        factor=factor,
        notes=tuple(notes),
    )


def _numbers(own: pl.DataFrame, column: str, shape: tuple[int, int]) -> Array:
    return own[column].cast(pl.Float64).fill_null(np.nan).to_numpy().reshape(shape)


def _divisors(own: pl.DataFrame, framework: Framework, shape: tuple[int, int]) -> Array:
    """Return what each figure is divided by, 1 where by nothing."""
    indicators = [framework.indicators[code] for code in framework.leaves]
    divided = np.array([bool(each.denominator or each.rebase) for each in indicators])
    return np.where(divided[:, None], _numbers(own, "denominator", shape), 1.0)


def _declared(own: pl.DataFrame, framework: Framework, raw: Array) -> tuple[Array, list[str]]:
    """Return the errors that the indicators' models give, in the unit of the figures, and what was assumed."""
    published = _numbers(own, "standard_error", raw.shape)
    size, notes = np.zeros(raw.shape), []
    for row, code in enumerate(framework.leaves):
        each = framework.indicators[code]
        model, declared = each.error.get("model", "none"), float(each.error.get("size", 0.0))
        if model == "absolute":
            size[row] = declared
        elif model == "relative":
            size[row] = declared * np.abs(raw[row])
        elif model == "published":
            size[row], note = _published(each, published[row], ~np.isnan(raw[row]))
            notes += [note] if note else []
    return size, notes


def _published(indicator: Indicator, errors: Array, figures: Array) -> tuple[Array, str]:
    """Fill in the errors that were not published beside a figure, and say so."""
    missing = figures & np.isnan(errors)
    given = errors[figures & ~np.isnan(errors)]
    if not missing.any():
        return np.nan_to_num(errors), ""
    if "size" in indicator.error:
        filled, said = float(indicator.error["size"]), "the declared size"
    else:
        filled, said = (float(np.median(given)), "the median of the others") if given.size else (0.0, "none")
    counted = f"{missing.sum()} of {figures.sum()} figures have no published error"
    return np.where(missing, filled, np.nan_to_num(errors)), f"{indicator.name}: {counted}; taken was {said}."


def _widening(own: pl.DataFrame, flags: Mapping[str, float], shape: tuple[int, int]) -> Array:
    """Return the largest factor of each figure's flags, 1 where none of them has one."""
    texts = own["obs_status"].fill_null("").to_list()
    return np.array([max((flags.get(letter, 1.0) for letter in text), default=1.0) for text in texts]).reshape(shape)


def _revised(panel: Panel, framework: Framework, raw: Array, as_of: date | None) -> Array:
    """Return the revision errors, in the unit of the figures; 0 where too few figures were revised."""
    found = revision_error(panel, framework, as_of)
    error = found["error"].fill_null(0.0).to_numpy()[:, None]
    return np.where(found["relative"].to_numpy()[:, None], error * np.nan_to_num(np.abs(raw)), error)


def _limits(framework: Framework, divisor: Array, known: Array) -> tuple[Array, Array]:
    """Return the declared ranges of the figures, divided as they are."""
    ranges = [framework.indicators[code].range or (-np.inf, np.inf) for code in framework.leaves]
    low, high = (np.array(ends)[:, None] / divisor for ends in zip(*ranges, strict=True))
    return np.where(known, low, -np.inf), np.where(known, high, np.inf)


def _common(indicator: Indicator, variation: Variation) -> float:
    """Return the share of error variance in common: the indicator's own, else that of its source."""
    organisation = indicator.source.get("organisation", "")
    return float(variation.common.get(indicator.code, variation.common.get(organisation, 0.0)))


def _covariance_faults(matrices: Mapping[str, Array], framework: Framework, units: int) -> list[Violation]:
    found = []
    for code, given in matrices.items():
        matrix = np.asarray(given, dtype=float)
        if code not in framework.leaves:
            hint = nearest(code, framework.leaves)
            found.append(Violation("E747", "covariance", code, "an indicator of the index", hint=hint))
        elif matrix.shape != (units, units):
            shape = " x ".join(map(str, matrix.shape))
            found.append(Violation("E747", "covariance", shape, f"{units} x {units}", column=code))
        elif not np.isfinite(matrix).all():
            found.append(Violation("E747", "covariance", "not finite", "finite numbers", column=code))
        else:
            faults = matrix_faults(matrix)
            found += [Violation("E747", "covariance", fault, "a covariance", column=code) for fault in faults]
    return found


def _root(covariance: Array) -> Array:
    """Return the lower triangular root; a variance that the units before explain to rounding counts as none."""
    root = np.zeros_like(covariance)
    compiled(factorise)(covariance, ROUNDING * np.diag(covariance), root)
    return root
