"""What every table of Portugal's report must print, found by key in the Parquet tables: caption -> expected row.

A row is a tuple of texts, the notes of a cell after its text; the first is the name by which the others are found.
"""

from __future__ import annotations

from statistics import mean, stdev

from keyed import EU, GAP, NOW, PT, Run, figure, likely, printed, share, signed
from keyed_targets import TARGETS, indicator_row

RULES = {"nearest in GDP per head and population together": "both", "nearest in GDP per head": "output"}
RULES |= {"nearest in population": "people", "most alike in the scores of the pillars": "profile"}
SOURCES = {"Figures": "figures", "Weights": "weights", "Methods": "choices", "All but figures": "method", "All": "all"}
CAUSES = {"Own new figures": "own_figures", "Others' new figures, through the ranks": "other_figures"}
CAUSES |= {"Indicators that enter or leave": "indicators", "The whole change": "total"}
TOPS = {"first": 1, "among the first 3": 3, "among the first 5": 5, "among the first 10": 10}


def finely(value):
    """An end of an interval with one decimal, or with as many as show that it is not zero."""
    decimals = next((each for each in range(1, 9) if value is None or value == 0 or round(value, each)), 1)
    return signed(value, decimals)


class Tables:
    """Expected rows, by the caption of a table. `units` and `targets` are codes by name."""

    def __init__(self, run: Run, units: dict[str, str], peers: list[str], targets: dict[str, str]) -> None:
        self.run, self.codes, self.peers = run, units, peers
        self.names = {node: name for name, node in run.nodes.items()}
        rows = sorted(run.rows("nodes", parent="index"), key=lambda row: row["position"])
        self.pillars = [row["node"] for row in rows]
        self.pillar_names = [f"{self.names[node]}: score" for node in self.pillars]
        self.targets = targets

    def row(self, caption: str, name: str, cells: list[str]) -> tuple[str, ...]:
        """Return the texts after the first that a row must have; `cells` are those of the report, to choose by."""
        for beginning, method in (KNOWN | dict.fromkeys(self.pillar_names, indicator_row) | TARGETS).items():
            if caption.startswith(beginning):
                return method(self, name, cells)
        raise AssertionError(f"no key is known for the table {caption!r}")

    def ranges(self, name, cells):
        code, run = self.codes[name], self.run
        tier = run("intervals", "tier", varied="all", country=code, node="index")
        return run.rank(code), run.interval(code, width=50), run.interval(code), str(tier)

    def chances(self, name, cells):
        top = f"top_{TOPS[name]}"
        return (likely(self.run("intervals", top, varied="all", country=PT, node="index")),)

    def neighbours(self, name, cells):
        code, run = self.codes[name], self.run
        own, back = (
            run("pairs", "share", varied="all", node="index", country=one, other=other)
            for one, other in ((PT, code), (code, PT))
        )
        apart = "yes, ahead" if own >= 0.95 else "yes, behind" if back >= 0.95 else "no"
        return run.rank(code), run.interval(code), run.above(PT, code), apart

    def widths(self, name, cells):
        mix = SOURCES[name]
        (row,) = self.run.rows("intervals", varied=mix, country=PT, node="index")
        return self.run.interval(PT, varied=mix), f"{row['rank_high_90'] - row['rank_low_90']:g}"

    def differences(self, name, cells):
        """Points that add up are rounded up or down: each must lie within one unit of its last decimal."""
        node, run = "index" if name == "Index" else self.run.nodes[name], self.run
        whole = run("scores", "share", edition=NOW, country=PT, node=node) if node != "index" else 1.0
        exact = [whole * (run.score(PT, node) - run.score(other, node)) for other in (EU, "FI")]
        return tuple(self.nearly(text, value) for text, value in zip(cells, exact, strict=True))

    def parts(self, name, cells):
        node, run = self.run.nodes[name], self.run
        (row,) = run.rows("scores", edition=NOW, country=PT, node=node)
        points = self.nearly(cells[-1], row["effective"] * row["score"], plain=True)
        scores = [run.printed_score(code, node) for code in (PT, EU, "FI")]
        weight = run("weights", "effective", edition=NOW, node=node)
        return *scores, f"{run.rank(PT, node)} {run.interval(PT, node)}", share(weight), points

    def absolute(self, name, cells):
        node, run = self.run.nodes[name], self.run
        (about,) = run.rows("nodes", node=node)
        own, everyone = run.cell(PT, node), run.rows("cells", edition=NOW, indicator=node)
        return tuple(
            text
            for column, unit in (("raw", "unit"), ("denominated", "scored_unit"))
            for text in (
                f"{figure(own[column])} {about[unit]}",
                str(1 + sum(row[column] > own[column] for row in everyone if row["country"] != EU)),
            )
        )

    def causes(self, name, cells):
        (row,) = self.run.rows("change", country=PT, node="index", cause=CAUSES[name], indicator="", after=NOW)
        points = [self.nearly(cells[place], row[column]) for place, column in ((0, "points"), (2, "shapley"))]
        return points[0], signed(row["places"], 0), points[1], signed(row["shapley_places"], 1)

    def by_indicator(self, name, cells):
        node = self.run.nodes[name]
        cause = CAUSES[cells[0]]
        (row,) = self.run.rows("change", country=PT, node="index", cause=cause, indicator=node, after=NOW)
        own = self.run.cell(PT, node)
        return cells[0], f"{figure(own['raw'])} {own['year']}", signed(row["points"], 2), signed(row["places"], 0)

    def movements(self, name, cells):
        (row,) = self.run.rows("movements", country=PT, node=self.run.nodes[name])
        ends = [finely(row[f"change_{end}_90"]) for end in ("low", "high")]
        real = "beyond noise" if row["beyond_noise"] else "within noise"
        if row["change_low_90"] == row["change_high_90"] == 0:
            real = "unchanged"
        scores = [printed(row[f"score_{when}"], 1) for when in ("before", "after")]
        if row["change"] is None:
            return *scores, *[GAP] * 5
        by_set = self.run.rows("change", country=PT, node=row["node"], cause="indicators", indicator="", after=NOW)
        told = signed(sum(each["points"] for each in by_set), 1)
        places = [signed(row[f"places{end}"], 0) for end in ("", "_low_90", "_high_90")]
        moved = f"{places[0]} {places[1]} to {places[2]}"
        return *scores, signed(row["change"], 1), f"{ends[0]} to {ends[1]}", real, told, moved

    def editions(self, name, cells):
        year, run = int(name), self.run
        counted = sum(row["effective"] > 0 for row in run.rows("weights", edition=year, level="indicator"))
        scores = [run.printed_score(code, "index", year) for code in (PT, EU)]
        return run.rank(PT, edition=year), *scores, str(counted)

    def signal(self, name, cells):
        node, run = self.run.nodes[name], self.run
        own, (about,) = run.cell(PT, node), run.rows("nodes", node=node)
        ranked = sum(row["rank"] is not None for row in run.rows("scores", edition=NOW, node=node))
        dated = ", ".join(filter(None, (str(own["year"]), own["obs_status"])))
        away = run.score(PT, node) - mean(run.score(code, node) for code in self.peers)
        alike = abs(away) <= stdev(run.score(code, node) for code in self.peers)
        told = "alike" if alike else "above" if away > 0 else "below"
        text = f"{run.with_unit(own['raw'], about['unit'])} {dated}"
        return text, f"{run.rank(PT, node)} of {ranked}", run.printed_score(PT, node), told

    def peers_row(self, name, cells):
        code, run = self.codes[name], self.run
        ahead = GAP if code == PT else run.above(PT, code).replace("under ", "<").replace("over ", ">")
        pillars = [run.printed_score(code, node) for node in self.pillars]
        return f"{run.rank(code)} {run.interval(code)}", run.printed_score(code, "index"), ahead, *pillars

    def rules(self, name, cells):
        rows = sorted(self.run.rows("peers", country=PT, rule=RULES[name]), key=lambda row: row["position"])
        by_code = {code: name for name, code in self.codes.items()}
        return (", ".join(by_code[row["peer"]] for row in rows),)

    def moves(self, name, cells):
        node = self.run.nodes[name]
        (row,), (about,) = self.run.rows("moves", country=PT, indicator=node), self.run.rows("nodes", node=node)
        told = [self.run.with_unit(row[column], about["scored_unit"]) for column in ("value", "median")]
        told[0] += f", {self.run.cell(PT, node)['year']}"
        return *told, signed(row["gain"], 2), signed(row["places"], 0), likely(row["chance"])

    def flagged(self, name, cells):
        node = self.run.nodes[name]
        own, (about,) = self.run.cell(PT, node), self.run.rows("nodes", node=node)
        figures = self.run.with_unit(own["raw"], about["unit"])
        return figures, str(own["year"]), own["obs_status"], {"p": "provisional"}[own["obs_status"]]

    def tree(self, name, cells):
        node, run = self.run.nodes[name], self.run
        rows = {row["node"]: row for row in run.rows("nodes")}

        def below(leaf):
            return leaf == node or (rows[leaf]["parent"] is not None and below(rows[leaf]["parent"]))

        weights = {row["node"]: row["effective"] for row in run.rows("weights", edition=NOW)}
        counted = sum(rows[leaf]["level"] == "indicator" and weights[leaf] > 0 and below(leaf) for leaf in rows)
        return share(weights[node]), str(counted)

    def context(self, name, cells):
        (row,) = self.run.rows("context", edition=NOW, country=PT, name=name)
        return self.run.with_unit(row["value"], row["unit"]), str(row["year"]), row["source"]

    def nearly(self, text, value, *, plain=False):
        """Return a printed number where it is a value rounded down or up, else the rounded value."""
        read = float(text.replace("\N{MINUS SIGN}", "-").replace(",", ""))
        return text if abs(read - value) < 0.01 + 1e-9 else printed(value, 2) if plain else signed(value, 2)


KNOWN = {
    "Ranks and their intervals": Tables.ranges,
    "Chances": Tables.chances,
    "The neighbours in the ranking": Tables.neighbours,
    "Where the width of the interval": Tables.widths,
    "Difference in points": Tables.differences,
    "Share: part of the index": Tables.parts,
    "Size and intensity": Tables.absolute,
    "Causes of the change": Tables.causes,
    "The indicators that did most": Tables.by_indicator,
    "How far every part moved": Tables.movements,
    "Rank and score by edition": Tables.editions,
    "Strengths": Tables.signal,
    "Weaknesses": Tables.signal,
    "The country and its peers": Tables.peers_row,
    "Who else is alike": Tables.rules,
    "Each indicator set to the median": Tables.moves,
    "Figures that carry a flag": Tables.flagged,
    "The tree and its shares": Tables.tree,
    "Context: series": Tables.context,
}
