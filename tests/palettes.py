"""The colours of the pages, light and dark, and how well two of them can be told apart."""

from __future__ import annotations

import re

from readiness.report.charts.svg import STYLES

SCHEMES = ("light", "dark")


def palettes() -> dict[str, dict[str, str]]:
    """Return the colours of both schemes by name; what the dark one does not change it takes from the light one."""
    text = (STYLES / "style.css").read_text(encoding="utf-8")
    first, second = text.split("prefers-color-scheme: dark", 1)
    light = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", first))
    return {"light": light, "dark": {**light, **dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", second))}}


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, from 1 to 21)."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
