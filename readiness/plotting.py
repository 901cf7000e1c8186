"""Charts of a run for notebooks: index.plot.ranking() and friends, each an Altair chart (extra "notebook").

A chart holds plain values and the same run gives the same chart. Titles say the finding, subtitles what is plotted, and
the description all of it for those who do not see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from readiness import (
    plotting_change,
    plotting_classes,
    plotting_gap,
    plotting_moves,
    plotting_pair,
    plotting_ranks,
    plotting_scatter,
    plotting_targets,
    plotting_trend,
)
from readiness.answers import answered
from readiness.plotting_canvas import Chart
from readiness.report.data import Facts, gather
from readiness.report.words import edition_title
from readiness.results import Results

CHARTS = (
    "ranking",
    "scores",
    "pillars",
    "map",
    "trend",
    "change",
    "contributions",
    "moves",
    "targets",
    "compare",
    "scatter",
)


@dataclass(frozen=True, repr=False)
class Plots:
    """The charts of a run's newest edition. Countries and nodes are given by code or by name.

    Errors   every chart refuses countries and nodes that the run does not have, with what was probably meant.
    """

    results: Results

    @cached_property
    def facts(self) -> Facts:
        """Return the run's tables as charts read them."""
        return gather(self.results)

    @cached_property
    def answers(self) -> Results:
        """Return the run with the tables of changes, moves and targets, computed when a chart first needs one."""
        return answered(self.results)

    def ranking(self, level: int = 90, highlight: str | Sequence[str] = ()) -> Chart:
        """Return ranks with their 50, 90 or 95 % intervals, tier by tier; scores where nothing was simulated."""
        return plotting_ranks.ranking(self.facts, level, highlight)

    def scores(self, highlight: str | Sequence[str] = ()) -> Chart:
        """Return the scores of the index in the order of the ranking, with their intervals and the reference."""
        return plotting_ranks.scores(self.facts, highlight)

    def pillars(self) -> Chart:
        """Return the heat map of countries and pillars, in five classes of the printed score."""
        return plotting_classes.pillars(self.facts)

    def map(self, node: str | None = None, highlight: str | Sequence[str] = ()) -> Chart:
        """Return the tile map of the index or of another node."""
        return plotting_classes.tile_map(self.facts, node, highlight)

    def trend(self, *countries: str, node: str | None = None) -> Chart:
        """Return scores over the editions: of some countries or of all, and of the reference."""
        return plotting_trend.trend(self.facts, countries, node)

    def change(self, country: str, node: str | None = None, *, by_indicator: bool = False) -> Chart:
        """Return the waterfall of causes from the edition before to this one, in full or with each indicator's part."""
        tables = self.answers.tables
        return plotting_change.change(self.facts, tables, country, node, by_indicator=by_indicator)

    def contributions(self, country: str, against: str | None = None) -> Chart:
        """Return what each pillar adds to the gap to the reference, or to another country."""
        return plotting_gap.contributions(self.facts, country, against)

    def moves(self, country: str, most: int = 12) -> Chart:
        """Return points and places that the median figure of each indicator would add. Arithmetic, not a forecast."""
        return plotting_moves.moves(self.facts, self.answers.tables, country, most)

    def targets(self, country: str) -> Chart:
        """Return value, goal and trend of each target of a country or of the reference."""
        return plotting_targets.targets(self.facts, self.answers.tables, country)

    def compare(self, one: str, other: str, level: str | None = None) -> Chart:
        """Return two countries on the index and its pillars, or on all nodes of a level, and who leads beyond noise."""
        return plotting_pair.compare(self.facts, one, other, level)

    def scatter(
        self, x: str, y: str | None = None, highlight: str | Sequence[str] = (), *, log_x: bool = False
    ) -> Chart:
        """Return countries by two series: scores of nodes or context series; y is the index if not given."""
        return plotting_scatter.scatter(self.facts, x, y, highlight, log_x=log_x)

    def __repr__(self) -> str:
        return f"Plots of {edition_title(self.results.framework, self.results.edition)}: {', '.join(CHARTS)}"
