"""Which method each step uses, with which parameters: a frozen value that comes from TOML and can be varied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from dataclasses import replace as with_changes
from typing import Any

from readiness.choices import Choice, choice_faults, conflicts
from readiness.errors import Violation, nearest, raise_errors
from readiness.own_methods import identity, own_method
from readiness.registry import COMMON, STEPS, Method, lookup

FITS = {"treat": ("newest", "all"), "normalise": ("all", "newest"), "weight": ("newest", "all")}
AT = ("transform", "treat", "normalise", "weight", "aggregate")  # steps that a node may do by a method of its own


@dataclass(frozen=True, slots=True)
class Recipe:
    """One choice per step, and a name. `at` holds, by step, the choices of single nodes or levels."""

    name: str
    steps: Mapping[str, Choice]
    at: Mapping[str, Mapping[str, Choice]] = field(default_factory=dict)

    def replace(self, name: str = "", **methods: str | Choice | Callable[..., Any]) -> Recipe:
        """Return a recipe with other methods: recipe.replace(aggregate="geometric"), or a plain function.

        A step that is replaced loses the methods of its single nodes. Errors: ReadinessError for what cannot work.
        """
        unknown = [Violation("E502", "recipe", step, hint=nearest(step, STEPS)) for step in set(methods) - set(STEPS)]
        raise_errors(unknown)
        chosen = {step: _as_choice(how) for step, how in methods.items()}
        label = name or "+".join([self.name, *sorted(f"{step}={how.method}" for step, how in chosen.items())])
        at = {step: nodes for step, nodes in self.at.items() if step not in methods}
        changed = with_changes(self, name=label, steps={**self.steps, **chosen}, at=at)
        raise_errors(changed.faults())
        return changed

    def choice(self, step: str, *places: str) -> Choice:
        """Return the choice for a node: the first of its places that has one of its own, else the general one."""
        own = self.at.get(step, {})
        return next((own[place] for place in places if place in own), self.steps[step])

    def method(self, step: str, *places: str) -> Method:
        """Return the method of a step; at a node (Framework.places) the node's own, else its level's, else all's."""
        choice = self.choice(step, *places)
        return own_method(step, choice.function) if choice.function else lookup(step, choice.method)

    def parameters(self, step: str, *places: str) -> dict[str, Any]:
        """Return a method's parameters by name, defaults filled in; Method.numbers sorts them for fit and formula."""
        given = self.choice(step, *places).parameters
        known = self.method(step, *places).parameters
        return {name: given.get(name, parameter.default) for name, parameter in known.items()}

    def coverage(self, *places: str) -> float | None:
        """Return the least share of a group's weight that must have a score, None where the framework's rule holds."""
        given = self.choice("aggregate", *places).parameters.get("coverage")
        return None if given is None else float(given)

    def fit(self, step: str, *places: str) -> str:
        """Return which editions a step learns from: "newest" or "all"."""
        return self.choice(step, *places).fit or FITS[step][0]

    def choices(self) -> list[tuple[str, str, Choice]]:
        """Return every choice with its table in a recipe file and its step."""
        general = [(step, step, choice) for step, choice in self.steps.items()]
        own = [(f"{step}_at.{node}", step, choice) for step in self.at for node, choice in self.at[step].items()]
        return [*general, *own]

    def faults(self, file: str = "recipe") -> list[Violation]:
        """List what cannot work: unknown methods, parameters out of bounds, methods that do not go together."""
        found = [
            fault
            for table, step, choice in self.choices()
            for fault in choice_faults(table, step, choice, FITS.get(step, ()), file)
        ]
        return found or conflicts(self.resolved(), file)

    def resolved(self) -> list[tuple[str, Method, dict[str, Any]]]:
        """Return the table, method and parameters of every choice but the declared transforms."""
        places = [(table, step, table.partition(".")[2]) for table, step, _ in self.choices()]
        return [
            (table, self.method(step, place), self.parameters(step, place))
            for table, step, place in places
            if (step, self.choice(step, place).method) != ("transform", "declared")
        ]

    def declaration(self) -> dict[str, Any]:
        """Return the resolved recipe as plain data, every default written out."""
        resolved = {step: self._resolved(step) for step in self.steps}
        at = {f"{step}_at": {node: self._resolved(step, node) for node in self.at[step]} for step in self.at}
        return {"name": self.name, **resolved, **{table: nodes for table, nodes in at.items() if nodes}}

    def _resolved(self, step: str, *places: str) -> dict[str, Any]:
        choice = self.choice(step, *places)
        if (step, choice.method) == ("transform", "declared"):
            return {"method": "declared"}
        common = {name: choice.parameters[name] for name in COMMON.get(step, {}) if name in choice.parameters}
        fit = {"fit": self.fit(step, *places)} if step in FITS and (step != "weight" or self._learns(*places)) else {}
        own = {"function": identity(choice.function)} if choice.function else {}
        return {"method": choice.method, **self.parameters(step, *places), **common, **fit, **own}

    def _learns(self, *places: str) -> bool:
        return self.method("weight", *places).learns


def _as_choice(how: str | Choice | Callable[..., Any]) -> Choice:
    if isinstance(how, str | Choice):
        return Choice(how) if isinstance(how, str) else how
    return Choice(getattr(how, "__name__", type(how).__name__), function=how)
