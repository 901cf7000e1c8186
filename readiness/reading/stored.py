"""Declarations that a run folder holds -> Framework and Recipe, as they were when the run was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from readiness.choices import Choice
from readiness.errors import NOT_REPRODUCIBLE, ReadinessError, Violation
from readiness.framework import DESCRIBED, Framework, Group, Indicator, Reference, Rules
from readiness.reading.uncertainty import variation_of
from readiness.recipe import AT, Recipe
from readiness.registry import STEPS
from readiness.target import Target

PAIRS = ("range", "goalposts", "target", "rebase")


def framework_of(plain: Mapping[str, Any]) -> Framework:
    """Return the framework of a declaration (Framework.declaration) that was written as JSON and read back."""
    reference = plain["reference"]
    shares = {name: Fraction(share) for name, share in plain["rules"].items() if name.endswith("coverage")}
    return Framework(
        **{name: plain[name] for name in ("code", "name", "root", "unit_names", "peers")},
        **{name: tuple(plain[name]) for name in ("levels", "units", "editions")},
        **{kind: {code: _indicator(each) for code, each in plain[kind].items()} for kind in DESCRIBED},
        rules=Rules(**{**plain["rules"], **shares}),
        groups={code: Group(**group) for code, group in plain["groups"].items()},
        reference=Reference(**reference) if reference else None,
        clusters={name: _tuples(labels) for name, labels in plain["clusters"].items()},
        opinions={
            method: {group: tuple(map(tuple, rows)) for group, rows in own.items()}
            for method, own in plain["opinions"].items()
        },
        targets={code: Target(**each) for code, each in plain["targets"].items()},
        texts={language: {each: _said(text) for each, text in own.items()} for language, own in plain["texts"].items()},
    )


def recipe_of(plain: Mapping[str, Any]) -> Recipe:
    """Return the recipe of a declaration (Recipe.declaration).

    Errors   ReadinessError for a method that was a plain function: only the Python session that made the run has it.
    """
    tables = [plain[step] for step in STEPS] + [own for step in AT for own in plain.get(f"{step}_at", {}).values()]
    own = [table["method"] for table in tables if "function" in table]
    if own:
        found = Violation("E774", "manifest.json", ", ".join(own), "methods that the package has")
        raise ReadinessError(found, NOT_REPRODUCIBLE)
    steps = {step: _choice(plain[step]) for step in STEPS}
    at = {
        step: {node: _choice(table) for node, table in plain[f"{step}_at"].items()}
        for step in AT
        if f"{step}_at" in plain
    }
    recipe = Recipe(plain["name"], steps, at)
    varied = dict(plain.get("uncertainty", {}))
    if varied.pop("figures", False):
        varied["figures"] = {name: varied.get(name, {}) for name in ("flags", "common")}
    choices = {place: tuple(map(_choice, given)) for place, given in varied.pop("choices", {}).items()}
    variation = replace(variation_of(varied, recipe.own), choices=choices)
    return Recipe(plain["name"], steps, at, variation)


def _choice(table: Mapping[str, Any]) -> Choice:
    """Return a choice whose numbers are just those that were written, so that its declaration has the same bytes."""
    given = {name: value for name, value in table.items() if name not in ("method", "fit")}
    return Choice(table["method"], given, table.get("fit", ""))


def _indicator(plain: Mapping[str, Any]) -> Indicator:
    pairs = {name: tuple(plain[name]) if plain[name] is not None else None for name in PAIRS}
    return Indicator(**{**plain, **pairs, "file": ""})


def _said(text: str | list[str]) -> str | tuple[str, ...]:
    return text if isinstance(text, str) else tuple(text)


def _tuples(labels: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {label: tuple(units) for label, units in labels.items()}
