"""The figures that a what-if asks for: read, checked against range and scale, divided like those of the run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from readiness.editions import used_figures
from readiness.errors import USAGE, ReadinessError, Violation, nearest, raise_errors
from readiness.results import Results
from readiness.sides import Side

CHANGE = re.compile(r"^(?P<sign>[+-]?)(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*(?P<percent>%?)$")
EXPECTED = "INDICATOR=VALUE or INDICATOR=+10%"
PLACE = "--"  # findings about words of the command line
BACK = {"none": lambda x: x, "log": np.exp, "log1p": np.expm1, "log10": lambda x: 10.0**x}  # inverse transforms


@dataclass(frozen=True)
class Asked:
    """Figures that take the place of a country's own, as published and divided, by indicator; and what there is now.

    `results` are those of the run with a panel that holds the figures.
    """

    figures: Mapping[str, float]
    divided: Mapping[str, float]
    now: Mapping[str, Mapping[str, Any]]
    results: Results


def asked(side: Side, country: str, changes: Mapping[str, float | str] | Sequence[str]) -> Asked:
    """Return the figures that are asked for. Errors: ReadinessError with every fault at once."""
    words = _words(changes)
    own = side.given.used.filter((pl.col("edition") == side.edition) & (pl.col("country") == country))
    now = {row["indicator"]: row for row in own.iter_rows(named=True)}
    read = {indicator: _figure(side, now, indicator, text) for indicator, text in words.items()}
    raise_errors([each for each in read.values() if isinstance(each, Violation)])
    figures = {indicator: value for indicator, value in read.items() if not isinstance(value, Violation)}
    other = _with_figures(side.results, country, figures, now)
    used = used_figures(other.framework, other.panel, (side.edition,), other.as_of)
    then = {row["indicator"]: row for row in used.filter(pl.col("country") == country).iter_rows(named=True)}
    raise_errors([fault for each, value in figures.items() for fault in _off_scale(side, value, then[each], now[each])])
    return Asked(figures, {each: then[each]["denominated"] for each in figures}, now, other)


def scale_ends(side: Side, indicator: str) -> tuple[float, float] | None:
    """Return the divided figures that score the lower and the upper end of an indicator's scale.

    They are the bounds of the run taken back through the transform; where figures were capped the scale goes on to the
    furthest of them, which counts as the cap. Nothing where the treatment bent the scale.
    """
    row = side.plan.framework.leaves.index(indicator)
    method, _ = side.plan.way("transform", indicator)
    fit = side.stages.fit
    bent = not np.isnan(fit.power[row]) or fit.shift[row] != 0
    if method.name not in BACK or bent or not np.isfinite(fit.bounds[row, :2]).all():
        return None
    zero, full = (float(BACK[method.name](each)) for each in fit.bounds[row, :2])
    observed = side.stages.imputed[:, row, : side.plan.members]
    low, high = min(zero, full, float(np.nanmin(observed))), max(zero, full, float(np.nanmax(observed)))
    return (low, high) if zero <= full else (high, low)


def _words(changes: Mapping[str, float | str] | Sequence[str]) -> dict[str, str]:
    """Return the changes as text by indicator. Errors: ReadinessError for what is no change, or none."""
    if isinstance(changes, Mapping):
        pairs = [(code, "=", str(value)) for code, value in changes.items()]
    else:
        pairs = [tuple(part.strip() for part in text.partition("=")) for text in changes]
    found: dict[str, str] = {}
    faults = []
    for code, mark, value in pairs:
        if not mark or not code or code in found:
            once = ", each once" if code in found else ""
            faults.append(Violation("E783", PLACE, f"{code}{mark}{value}", EXPECTED + once))
        found[code] = value
    if faults or not found:
        raise ReadinessError(faults or Violation("E783", PLACE, "no change", EXPECTED), USAGE)
    return found


def _figure(side: Side, now: Mapping[str, Mapping[str, Any]], indicator: str, text: str) -> float | Violation:
    """Return the figure that is asked for, or what is wrong with it."""
    framework = side.plan.framework
    if indicator not in framework.indicators:
        hint = nearest(indicator, framework.indicators)
        return Violation("E518", PLACE, indicator, "an indicator of the index", hint=hint)
    if not side.stages.counted[side.at, framework.leaves.index(indicator)]:
        return Violation("E784", PLACE, indicator, f"an indicator that counts in {side.edition}")
    match, today = CHANGE.match(text), now[indicator]["raw"]
    if match is None or (match["percent"] and (today is None or not match["sign"])):
        return Violation("E783", PLACE, f"{indicator}={text}", EXPECTED)
    number = float(f"{match['sign']}{match['number']}")
    value = today * (1 + number / 100) if match["percent"] else number
    low, high = framework.indicators[indicator].range or (-np.inf, np.inf)
    if not low <= value <= high:
        return Violation("E785", PLACE, f"{indicator}={text}", f"{low:g} to {high:g}", hint=_today(today))
    return value


def _today(value: float | None) -> str:
    return "There is no figure today." if value is None else f"Today it is {value:g}."


def _with_figures(
    results: Results, country: str, figures: Mapping[str, float], now: Mapping[str, Mapping[str, Any]]
) -> Results:
    """Return the results with other figures of the same years; where there is none now, of the edition's last year."""
    own = results.panel.figures
    last = results.edition - results.framework.rules.lag
    rows = [
        {
            "indicator": code,
            "geo": country,
            "year": now[code]["year"] or last,
            "value": value,
            "obs_status": now[code]["obs_status"] or "",
            "conf_status": "",
            "standard_error": now[code]["standard_error"],
            "source": "",
            "dataset": "",
            "vintage": None,
            "file": "",
            "row": 0,
        }
        for code, value in figures.items()
    ]
    added = pl.DataFrame(rows, schema=own.schema)
    kept = own.join(added, on=["indicator", "geo", "year"], how="anti")
    return replace(results, panel=replace(results.panel, figures=pl.concat([kept, added])))


def _off_scale(side: Side, figure: float, then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Violation]:
    """List a figure beyond the ends of its scale: what it would do to the scale is another question."""
    indicator, value = then["indicator"], then["denominated"]
    ends = scale_ends(side, indicator)
    if value is None or ends is None:
        return []
    low, high = min(ends), max(ends)
    room = 1e-9 * max(abs(low), abs(high))
    if low - room <= value <= high + room:
        return []
    divisor = then["denominator"] or 1.0  # from divided figures back to those that are given
    expected = f"{low * divisor:.4g} to {high * divisor:.4g}, the scale of the run"
    return [Violation("E785", PLACE, f"{indicator}={figure:g}", expected, hint=_today(now["raw"]))]
