"""Which method each step uses, with which parameters: a frozen value that comes from TOML and can be varied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from dataclasses import replace as with_changes
from typing import Any

from readiness.errors import ReadinessError, Violation, nearest, raise_errors
from readiness.registry import STEPS, Method, lookup

FITS = {"treat": ("newest", "all"), "normalise": ("all", "newest")}


@dataclass(frozen=True, slots=True)
class Choice:
    """A method's name and the parameters that are set; the others have their defaults."""

    method: str
    parameters: Mapping[str, float] = field(default_factory=dict)
    fit: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One choice per step, and a name. `aggregate_at` holds other aggregations for single levels or nodes."""

    name: str
    steps: Mapping[str, Choice]
    aggregate_at: Mapping[str, Choice] = field(default_factory=dict)

    def replace(self, name: str = "", **methods: str | Choice) -> Recipe:
        """Return a recipe with other methods: recipe.replace(aggregate="geometric")."""
        unknown = [Violation("E502", "recipe", step, hint=nearest(step, STEPS)) for step in set(methods) - set(STEPS)]
        raise_errors(unknown)
        chosen = {step: Choice(how) if isinstance(how, str) else how for step, how in methods.items()}
        label = name or "+".join([self.name, *sorted(f"{step}={how.method}" for step, how in chosen.items())])
        aggregate_at = {} if "aggregate" in methods else self.aggregate_at
        changed = with_changes(self, name=label, steps={**self.steps, **chosen}, aggregate_at=aggregate_at)
        raise_errors(changed.faults())
        return changed

    def method(self, step: str, node: str = "", level: str = "") -> Method:
        """Return the method of a step; for an aggregation the node's own, else its level's, else the general one."""
        return lookup(step, self._choice(step, node, level).method)

    def parameters(self, step: str, node: str = "", level: str = "") -> dict[str, float]:
        """Return a step's parameters in the order its formula takes them, defaults filled in."""
        choice = self._choice(step, node, level)
        known = self.method(step, node, level).parameters
        return {name: choice.parameters.get(name, parameter.default) for name, parameter in known.items()}

    def fit(self, step: str) -> str:
        """Return which editions a step learns from: "newest" or "all"."""
        return self.steps[step].fit or FITS[step][0]

    def faults(self, file: str = "recipe") -> list[Violation]:
        """List what cannot work: unknown methods, parameters out of bounds, methods that do not go together."""
        tables = [(step, step, choice) for step, choice in self.steps.items()]
        tables += [(f"aggregate_at.{node}", "aggregate", choice) for node, choice in self.aggregate_at.items()]
        found = [fault for table, step, choice in tables for fault in _faults_of(table, step, choice, file)]
        return found or self._conflicts(file)

    def declaration(self) -> dict[str, Any]:
        """Return the resolved recipe as plain data, every default written out."""
        resolved = {step: self._resolved(step) for step in self.steps}
        at = {node: self._resolved("aggregate", node) for node in self.aggregate_at}
        return {"name": self.name, **resolved, **({"aggregate_at": at} if at else {})}

    def _choice(self, step: str, node: str, level: str) -> Choice:
        if step == "aggregate":
            own = self.aggregate_at.get(node) or self.aggregate_at.get(level)
            return own or self.steps[step]
        return self.steps[step]

    def _resolved(self, step: str, node: str = "") -> dict[str, Any]:
        choice = self._choice(step, node, "")
        if choice.method == "declared" and step == "transform":
            return {"method": "declared"}
        fit = {"fit": self.fit(step)} if step in FITS else {}
        return {"method": choice.method, **self.parameters(step, node), **fit}

    def _conflicts(self, file: str) -> list[Violation]:
        normalise = self.method("normalise")
        bounds = self.parameters("normalise")
        below_zero = normalise.any_sign or min(bounds.get("low", 0.0), bounds.get("high", 0.0)) < 0
        aggregations = {"aggregate": self.steps["aggregate"].method}
        aggregations |= {f"aggregate_at.{node}": choice.method for node, choice in self.aggregate_at.items()}
        return [
            Violation(
                "E516",
                file,
                f"{name} of {normalise.name}",
                "scores of zero or more",
                column=table,
                hint=f"A {name} mean has no meaning below zero, where {normalise.name} scores can lie. "
                "Take normalise = min_max, or aggregate = arithmetic",
            )
            for table, name in aggregations.items()
            if below_zero and lookup("aggregate", name).non_negative
        ]


def _faults_of(table: str, step: str, choice: Choice, file: str) -> list[Violation]:
    """List the faults of one choice; `table` is where it stands in a recipe file."""
    if step == "transform" and choice.method == "declared":
        return []
    try:
        known = lookup(step, choice.method, file).parameters
    except ReadinessError as error:
        return [with_changes(each, column=f"{table}.method") for each in error.violations]
    found = [
        Violation("E515", file, name, ", ".join(known) or "none", column=f"{table}.{name}", hint=nearest(name, known))
        for name in choice.parameters
        if name not in known
    ]
    if choice.fit and choice.fit not in FITS.get(step, ()):
        expected = " or ".join(FITS.get(step, ("no fit",)))
        found.append(Violation("E515", file, choice.fit, expected, column=f"{table}.fit"))
    for name, value in choice.parameters.items():
        limits = known.get(name)
        if limits and not (limits.low <= value <= limits.high and (not limits.whole or value == int(value))):
            kind = "a whole number" if limits.whole else "a number"
            expected = f"{kind} from {limits.low:g} to {limits.high:g}"
            found.append(Violation("E515", file, f"{value:g}", expected, column=f"{table}.{name}"))
    low, high = (choice.parameters.get(end, known[end].default if end in known else None) for end in ("low", "high"))
    if low is not None and high is not None and low >= high:
        found.append(Violation("E515", file, f"{low:g} to {high:g}", "low below high", column=f"{table}.low"))
    return found
