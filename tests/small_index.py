"""A small invented index on disk that a test can change in one place."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import readiness

UNITS = ("AT", "BE", "BG", "CY", "CZ", "DE")

FRAMEWORK = """\
code = "small"
name = "A small index"
root = "index"
levels = ["index", "pillar", "indicator"]
units = ["AT", "BE", "BG", "CY", "CZ", "DE"]
editions = [2023, 2024]
context = ["wealth"]
denominators = ["people", "people_old"]

[rules]
lag = 1
max_age = 4
indicator_coverage = "2/3"
node_coverage = "1/2"
unit_coverage = "2/3"

[reference]
code = "EU27_2020"
name = "European Union"
rule = "weighted_mean"
weight = "people"

[weights.index]
compute = 1
skills = 1

[weights.compute]
chips = 1
cables = 1
price = 2

[weights.skills]
coders = 1
courses = 1

[groups.index]
name = "Readiness"

[groups.compute]
name = "Compute"
demand = "More compute"

[groups.skills]
name = "Skills"
"""

RECIPE = """\
name = "plain"

[impute]
method = "none"

[transform]
method = "declared"

[treat]
method = "winsorise"
points = 2

[normalise]
method = "min_max"

[weight]
method = "declared"

[aggregate]
method = "arithmetic"

[rank]
method = "competition"
decimals = 2
"""

INDICATOR = """\
name = "{name}"
unit = "points"
higher_is_better = {better}
definition = "What is counted."
"""
SOURCE = '\n[source]\norganisation = "Office"\n'
PER_PERSON = '\n[denominator]\nseries = "people"\nper = 1\nunit = "courses per person"\n'

PLACES = {
    "chips": "compute",
    "cables": "compute",
    "price": "compute",
    "coders": "skills",
    "courses": "skills",
    "wealth": "context",
    "people": "denominators",
    "people_old": "denominators",
}

# One figure a unit, in the order of UNITS. A year before a figure is 0.9 of it, and people are only known up to 2022.
FIGURES = {
    "chips": (10, 20, 30, 40, 50, 60),
    "cables": (35, 15, 55, 25, 45, 65),
    "price": (9, 4, 7, 5, 6, 8),
    "coders": (3, 1, 4, 1.5, 5.5, 9.25),
    "courses": (120, 460, 330, 210, 540, 650),
    "wealth": (50, 40, 10, 20, 30, 45),
}
PEOPLE = (9, 11, 7, 1, 10, 83)
FIELDS = ("indicator", "geo", "year", "value", "obs_status", "conf_status", "vintage")


class Small:
    """A small index on disk. `edit` changes a file's text, `put` and `drop` its figures; `run` computes it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "small"
        self.data = folder / "figures.csv"
        self.write("framework.toml", FRAMEWORK)
        self.write("recipe.toml", RECIPE)
        for code, place in PLACES.items():
            better = str(code != "price").lower()
            text = INDICATOR.format(name=code.title(), better=better) + (PER_PERSON if code == "courses" else "")
            self.write(f"{place}/{code}.toml", text + SOURCE)
        self.rows: dict[tuple, dict] = {}
        for code, values in FIGURES.items():
            for geo, value in zip(UNITS, values, strict=True):
                self.put(code, geo, 2022, 0.9 * value)
                self.put(code, geo, 2023, value)
        for geo, value in zip(UNITS, PEOPLE, strict=True):
            self.put("people", geo, 2021, value)
            self.put("people", geo, 2022, value)

    def path(self, file: str) -> Path:
        return self.folder / file

    def write(self, file: str, text: str) -> Path:
        path = self.path(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def edit(self, file: str, old: str, new: str) -> None:
        text = self.path(file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} must be there exactly once"
        self.write(file, text.replace(old, new))

    def remove(self, name: str) -> None:
        path = self.path(name)
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    def line(self, file: str, text: str) -> int:
        """Return the number of the only line that starts with a text."""
        lines = self.path(file).read_text(encoding="utf-8").splitlines()
        found = [number for number, line in enumerate(lines, start=1) if line.startswith(text)]
        assert len(found) == 1, f"{len(found)} lines start with {text!r}"
        return found[0]

    def put(self, indicator: str, geo: str, year: int, value: float | str, **more: str) -> None:
        """Set a figure; a further vintage is a further row."""
        key = (indicator, geo, year, more.get("vintage", ""))
        self.rows[key] = {"indicator": indicator, "geo": geo, "year": year, "value": value, **more}

    def drop(self, indicator: str, geos: tuple[str, ...] = UNITS, years: tuple[int, ...] | None = None) -> None:
        """Remove figures of an indicator: of all years, or of some."""
        gone = [key for key in self.rows if key[0] == indicator and key[1] in geos and (not years or key[2] in years)]
        assert gone, "there is something to remove"
        for key in gone:
            del self.rows[key]

    def write_figures(self) -> Path:
        with self.data.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, FIELDS, restval="")
            writer.writeheader()
            writer.writerows(self.rows.values())
        return self.data

    def run(self, **options) -> readiness.Results:
        return readiness.run(framework=self.folder, data=self.write_figures(), **options)

    def framework(self) -> readiness.Framework:
        return readiness.read_framework(self.folder)

    def recipe(self) -> readiness.Recipe:
        return readiness.read_recipe(self.path("recipe.toml"))
