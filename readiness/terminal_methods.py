"""What the terminal shows of methods: the catalogue, one method, a comparison of all pairs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl
from rich.text import Text

from readiness.numbers import GAP
from readiness.registry import COMMON, STEPS, Method, Parameter
from readiness.terminal import console, plain_table

LABEL = 13


def as_data(method: Method) -> dict[str, Any]:
    """Return all that is known of a method as plain data."""
    known = {**method.parameters, **COMMON.get(method.step, {})}
    return {
        "step": method.step,
        "name": method.name,
        "says": method.tell({}),
        "formula": method.formula,
        "parameters": {
            name: _bounds(each) | ({"default": None} if name in COMMON.get(method.step, {}) else {})
            for name, each in known.items()
        },
        "gaps": " ".join(method.section("Gaps")),
        "needs": method.needs or None,
        "learns_from_scores": method.learns,
        "calls_a_solver": method.slow,
        "random": method.draws,
        "properties": list(method.properties),
        "source": method.source,
        "example": method.example,
    }


def show_methods(chosen: Sequence[Method]) -> None:
    """Print the catalogue: a section a step, a line or two a method."""
    out = console()
    for step in STEPS:
        own = [each for each in chosen if each.step == step]
        if not own:
            continue
        table = plain_table(f"{step}: {len(own)} methods" if len(own) > 1 else f"{step}: 1 method")
        table.add_column("Method", no_wrap=True, min_width=25)
        table.add_column("Source", overflow="fold")
        for each in own:
            mark = " (slow)" if each.slow else ""
            table.add_row(f"{each.name}{mark}", Text(each.source))
        out.print(table)
        out.print()


def show_method(method: Method) -> None:
    """Print one method: what it does, formula, parameters, rule for gaps, source, example, and how to choose it."""
    out = console()
    out.print(Text(f"{method.step}: {method.name}", style="bold"))
    sections = {
        "Does": method.tell({}),
        "Formula": method.formula,
        "Gaps": " ".join(method.section("Gaps")),
        "Needs": NEEDS.get(method.needs, ""),
        "Learns": "from the scores of the children" if method.learns else "",
        "Slow": "calls a solver (HiGHS) for every replicate" if method.slow else "",
        "Source": method.source,
        "Example": method.example,
        "Choose": f"readiness run --set {method.step}={method.name}",
    }
    for label, text in sections.items():
        if text:
            for number, line in enumerate(Text(text).wrap(out, out.width - LABEL)):
                out.print(Text(f"{label if number == 0 else '':{LABEL}}", style="dim") + line)
    known = {**method.parameters, **COMMON.get(method.step, {})}
    if known:
        table = plain_table("Parameters")
        for heading in ("Name", "Default", "Bounds", "Meaning"):
            table.add_column(heading, overflow="fold")
        for name, each in known.items():
            table.add_row(name, _default(name, each, method), _range(each), each.meaning)
        out.print(table)


def show_comparison(frame: pl.DataFrame, title: str) -> None:
    """Print rank correlations: a line an aggregation, a numbered column a normalisation; the reasons of refusals."""
    scales = frame["normalise"].unique(maintain_order=True).to_list()
    table = plain_table(title)
    table.add_column("", no_wrap=True)
    for number, _ in enumerate(scales, start=1):
        table.add_column(str(number), justify="right", no_wrap=True)
    for (mean,), own in frame.group_by("aggregate", maintain_order=True):
        found = {row["normalise"]: row for row in own.iter_rows(named=True)}
        table.add_row(str(mean), *(_correlation(found[scale]) for scale in scales))
    out = console()
    out.print(table)
    out.print(Text("\nScales: " + ", ".join(f"{number} {name}" for number, name in enumerate(scales, start=1)) + "."))
    refused = frame.filter(pl.col("refused").is_not_null())
    for (reason,), own in refused.group_by("refused", maintain_order=True):
        pairs = own["aggregate"].unique(maintain_order=True).to_list()
        pairs = ["every aggregation"] if len(pairs) == frame["aggregate"].n_unique() else pairs
        names = own["normalise"].unique(maintain_order=True).to_list()
        out.print(Text(f"\n- {', '.join(pairs)} of {', '.join(names)}: {reason}."))


NEEDS = {
    "goalposts": "goalposts = [minimum, maximum] in the file of each indicator",
    "target": "target = a number or [lower, upper] in the file of each indicator",
    "clusters": "a grouping of the units, [clusters.NAME] in framework.toml",
    "opinions": "a table of experts for each group, opinions/<method>/<group>.csv in the index folder",
}


def _correlation(row: dict[str, Any]) -> str:
    if row["refused"] is not None:
        return "-"
    value = row["spearman"]
    if value is None:
        return GAP
    shown = f"{value:.2f}"
    return shown if abs(float(shown)) >= 1 else shown.replace("0.", ".", 1)


def _bounds(parameter: Parameter) -> dict[str, Any]:
    if parameter.kind != "number":
        return {"kind": parameter.kind, "default": parameter.default, "meaning": parameter.meaning}
    return {
        "kind": "whole number" if parameter.whole else "number",
        "default": parameter.default,
        "low": parameter.low,
        "high": parameter.high,
        "meaning": parameter.meaning,
    }


def _default(name: str, parameter: Parameter, method: Method) -> str:
    if name in COMMON.get(method.step, {}):
        return "framework"
    return str(parameter.default) or "none" if parameter.kind != "number" else f"{parameter.default:g}"


def _range(parameter: Parameter) -> str:
    if parameter.kind != "number":
        return f"a {parameter.kind}"
    return f"{parameter.low:g} to {parameter.high:g}" + (", whole" if parameter.whole else "")


def named(word: str, chosen: Iterable[Method]) -> list[Method]:
    """Return the methods of a name, or of a step and a name written as step.name."""
    step, _, name = word.rpartition(".")
    return [each for each in chosen if each.name == name and step in ("", each.step)]
