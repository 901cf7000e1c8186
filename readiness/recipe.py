"""Which method each step uses, with which parameters: a frozen value that comes from TOML and can be varied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from dataclasses import replace as with_changes
from typing import Any

from readiness.choices import Choice, choice_faults, conflicts
from readiness.errors import Violation, nearest, raise_errors
from readiness.registry import STEPS, Method
from readiness.resolved import FITS, fit_of, is_declared, method_of, parameters_of, plain
from readiness.variation import Variation
from readiness.variation_faults import variation_faults

AT = ("transform", "treat", "normalise", "weight", "aggregate")  # steps that a node may do by a method of its own


@dataclass(frozen=True, slots=True)
class Recipe:
    """One choice per step, and a name. `at` holds, by step, the choices of single nodes or levels.

    `variation` says what varies in a simulation; among its alternatives the recipe's own choice always comes first.
    """

    name: str
    steps: Mapping[str, Choice]
    at: Mapping[str, Mapping[str, Choice]] = field(default_factory=dict)
    variation: Variation = field(default_factory=Variation)

    def __post_init__(self) -> None:
        object.__setattr__(self, "variation", self.variation.led_by(self.own))

    def replace(self, name: str = "", **methods: str | Choice | Callable[..., Any]) -> Recipe:
        """Return a recipe with other methods: recipe.replace(aggregate="geometric"), or a plain function.

        A step that is replaced loses the methods of its single nodes; alternatives of a simulation stay, behind the
        new method. Errors: ReadinessError for what cannot work.
        """
        unknown = [Violation("E502", "recipe", step, hint=nearest(step, STEPS)) for step in set(methods) - set(STEPS)]
        raise_errors(unknown)
        chosen = {step: _as_choice(how) for step, how in methods.items()}
        label = name or "+".join([self.name, *sorted(f"{step}={how.method}" for step, how in chosen.items())])
        at = {step: nodes for step, nodes in self.at.items() if step not in methods}
        changed = with_changes(self, name=label, steps={**self.steps, **chosen}, at=at).varying_as(self)
        raise_errors(changed.faults())
        return changed

    def varying_as(self, other: Recipe) -> Recipe:
        """Return the recipe with what varies in another: where that one's own choice was first, this one's is now."""
        return with_changes(self, variation=other.variation.led_by(self.own, follow=True))

    def picked(self, choices: Mapping[str, Choice]) -> Recipe:
        """Return the recipe of a replicate: other choices at places such as "aggregate.index", and nothing varies."""
        steps, at = dict(self.steps), {step: dict(nodes) for step, nodes in self.at.items()}
        for place, choice in choices.items():
            step, _, node = place.partition(".")
            if node:
                at.setdefault(step, {})[node] = choice
            else:
                steps[step] = choice
        return with_changes(self, steps=steps, at=at, variation=Variation())

    def own(self, place: str) -> Choice | None:
        """Return the recipe's choice at a place such as "normalise" or "aggregate.index"; nothing for no step."""
        step, _, node = place.partition(".")
        return self.at.get(step, {}).get(node, self.steps.get(step))

    def choice(self, step: str, *places: str) -> Choice:
        """Return the choice for a node: the first of its places that has one of its own, else the general one."""
        own = self.at.get(step, {})
        return next((own[place] for place in places if place in own), self.steps[step])

    def method(self, step: str, *places: str) -> Method:
        """Return the method of a step; at a node (Framework.places) the node's own, else its level's, else all's."""
        return method_of(step, self.choice(step, *places))

    def parameters(self, step: str, *places: str) -> dict[str, Any]:
        """Return a method's parameters by name, defaults filled in; Method.numbers sorts them for fit and formula."""
        return parameters_of(step, self.choice(step, *places))

    def coverage(self, *places: str) -> float | None:
        """Return the least share of a group's weight that must have a score, None where the framework's rule holds."""
        given = self.choice("aggregate", *places).parameters.get("coverage")
        return None if given is None else float(given)

    def fit(self, step: str, *places: str) -> str:
        """Return which editions a step learns from: "newest" or "all"."""
        return fit_of(step, self.choice(step, *places))

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
        varying = variation_faults(self.variation, self.own, file)
        return [*(found or conflicts(self.resolved(), file)), *varying]

    def resolved(self) -> list[tuple[str, Method, dict[str, Any]]]:
        """Return the table, method and parameters of every choice but the declared transforms."""
        places = [(table, step, table.partition(".")[2]) for table, step, _ in self.choices()]
        return [
            (table, self.method(step, place), self.parameters(step, place))
            for table, step, place in places
            if not is_declared(step, self.choice(step, place))
        ]

    def declaration(self) -> dict[str, Any]:
        """Return the resolved recipe as plain data, every default written out; what varies if anything does."""
        resolved = {step: plain(step, choice) for step, choice in self.steps.items()}
        at = {f"{step}_at": {node: plain(step, own) for node, own in self.at[step].items()} for step in self.at}
        varying = {"uncertainty": self.variation.declaration()} if self.variation else {}
        return {"name": self.name, **resolved, **{table: nodes for table, nodes in at.items() if nodes}, **varying}


def _as_choice(how: str | Choice | Callable[..., Any]) -> Choice:
    if isinstance(how, str | Choice):
        return Choice(how) if isinstance(how, str) else how
    return Choice(getattr(how, "__name__", type(how).__name__), function=how)
