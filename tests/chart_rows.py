"""A chart as plain data: its layers by mark, and the rows each of them draws."""

from __future__ import annotations

from typing import Any


def layers(chart, mark: str) -> list[dict[str, Any]]:
    """Return the layers of a chart that draw one kind of mark, each with its rows under "rows"."""
    plain = chart.to_dict(validate=False)
    found = []
    for layer in plain["layer"]:
        if layer["mark"]["type"] == mark:
            data = layer.get("data", plain.get("data"))
            found.append({**layer, "rows": data["values"] if "values" in data else plain["datasets"][data["name"]]})
    return found


def rows(chart, mark: str, number: int = 0) -> list[dict[str, Any]]:
    """Return the rows of one of the layers of a mark."""
    return layers(chart, mark)[number]["rows"]


def every_row(chart) -> list[dict[str, Any]]:
    """Return the rows of all layers."""
    marks = {layer["mark"]["type"] for layer in chart.to_dict(validate=False)["layer"]}
    return [row for mark in sorted(marks) for layer in layers(chart, mark) for row in layer["rows"]]


def title(chart) -> str:
    """Return the title in one line."""
    return _line(chart.to_dict(validate=False)["title"]["text"])


def subtitle(chart) -> str:
    """Return the subtitle in one line."""
    return _line(chart.to_dict(validate=False)["title"]["subtitle"])


def _line(lines: list[str]) -> str:
    return " ".join(lines).replace("\N{NO-BREAK SPACE}", " ")
