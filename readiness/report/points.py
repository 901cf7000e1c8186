"""Points: what each node adds to the printed score of the index."""

from __future__ import annotations

from readiness.numbers import apportion_tree, whole
from readiness.report.data import Facts


def points(facts: Facts, country: str) -> dict[str, int]:
    """Return the points of every node that has some, in units of the last printed decimal of the index score.

    The points of a node's children add up to its own, and so all add up to the printed score of the index. A node
    below a mean that is not a sum of its parts has none.
    """
    decimals = facts.scale.index_decimals
    total = whole(facts.score(country, facts.root), decimals)
    if total is None:
        return {}
    rows = [facts.scores[country, node] for node in facts.framework.nodes]
    parts = {
        row["node"]: row["effective"] * row["score"] * 10.0**decimals
        for row in rows
        if row["contribution"] is not None and row["effective"] is not None
    }
    return apportion_tree(facts.root, total, facts.framework.children, parts)


def why_no_points(facts: Facts, country: str, node: str) -> str:
    """Say why a node adds no points that could be told."""
    if facts.score(country, node) is None:
        return facts.scores[country, node]["reason"] or "no score"
    while node != facts.root:
        parent = facts.framework.parents[node]
        row = facts.scores[country, node]
        if facts.score(country, parent) is None:
            return f"{facts.nodes[parent]['name']} has no score"
        if row["share"] is None:
            return "its weight is zero"
        if row["contribution"] is None:
            how = facts.results.recipe.method("aggregate", *facts.framework.places(parent))
            return f"the score of {facts.nodes[parent]['name']} ({how.name}) is not a sum of its parts"
        node = parent
    return "no points"
