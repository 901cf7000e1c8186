"""A copy of the built-in index with faults set into it, one a line: what was done and what must be found."""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass
from pathlib import Path

from readiness.reading.places import builtin


@dataclass(frozen=True)
class Fault:
    """A change to one figure's row, and the finding it must give: code, column."""

    indicator: str
    geo: str
    year: str
    change: tuple[str, str]
    code: str
    column: str


FAULTS = [
    Fault("gerd_gdp", "AT", "2024", ("value", "3,27"), "E205", "value"),
    Fault("gerd_gdp", "BE", "2024", ("value", "n/a"), "E204", "value"),
    Fault("gerd_gdp", "BG", "2024", ("value", "nan"), "E211", "value"),
    Fault("digital_skills_basic", "CY", "2023", ("value", "0.4946"), "E206", "value"),
    Fault("digital_skills_basic", "CZ", "2023", ("value", "169.1"), "E207", "value"),
    Fault("digital_skills_basic", "DE", "2023", ("obs_status", "m"), "E208", "value"),
    Fault("digital_skills_basic", "DK", "2023", ("value", ""), "E209", "value"),
    Fault("lifelong_learning", "EE", "2024", ("obs_status", "q"), "E203", "obs_status"),
    Fault("lifelong_learning", "EL", "2024", ("geo", "GX"), "E202", "geo"),
    Fault("lifelong_learning", "ES", "2024", ("indicator", "lifelong_lerning"), "E201", "indicator"),
    Fault("lifelong_learning", "FI", "2024", ("year", "2034"), "E210", "year"),
    Fault("lifelong_learning", "FR", "2024", ("year", "24"), "E213", "year"),
    Fault("lifelong_learning", "HR", "2024", ("year", "2023"), "E212", "indicator"),
    Fault("wgi_rule_of_law", "HU", "2023", ("standard_error", "-0.1"), "E215", "standard_error"),
    Fault("wgi_rule_of_law", "IE", "2023", ("vintage", "22.11.2026"), "E214", "vintage"),
    Fault("population_jan1", "LT", "2022", ("value", "0"), "E217", "value"),
]


def copy_index(folder: Path, index: str = "eari") -> Path:
    """Copy the built-in index below a folder as indicators/<index> and data/<index>."""
    for kind in ("indicators", "data"):
        shutil.copytree(builtin(kind) / index, folder / kind / index)
    return folder


def figures_of(folder: Path) -> Path:
    """Return the newest file of figures below a folder."""
    return sorted((folder / "data").rglob("figures.csv"))[-1]


def set_faults(file: Path, faults: list[Fault]) -> dict[Fault, int]:
    """Write faults into a file of figures and return the row of each, the header being row 1."""
    with file.open(newline="", encoding="utf-8") as stream:
        reader = csv.DictReader(stream)
        columns, rows = list(reader.fieldnames or []), list(reader)
    keys = {(row["indicator"], row["geo"], row["year"]): place for place, row in enumerate(rows)}
    places = {fault: keys[fault.indicator, fault.geo, fault.year] for fault in faults}
    for fault, place in places.items():
        rows[place][fault.change[0]] = fault.change[1]
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return {fault: place + 2 for fault, place in places.items()}


def remove_rows(file: Path, indicator: str, geo: str) -> None:
    """Take all figures of one indicator and country out of a file."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(f"{indicator},{geo},")]
    file.write_text("".join(kept), encoding="utf-8")
