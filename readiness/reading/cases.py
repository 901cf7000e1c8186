"""replicate.toml -> cases: what of a publication is computed again, how, and how close it has to come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from readiness.errors import ReadinessError, Violation, raise_errors
from readiness.reading.places import index_folder, indices
from readiness.reading.toml import Document, Key, read_toml

FILE = "replicate.toml"
COMPARES = ("scores", "ranks", "weights", "statistics", "support")
STATISTICS = (
    "correlation",
    "alpha",
    "item_total_correlation",
    "alpha_if_deleted",
    "eigenvalue",
    "variance_percent",
    "loading",
)
CASE = {
    "title": Key("text", required=True),
    "source": Key("text", required=True),
    "compares": Key("text", choices=COMPARES),
    "statistic": Key("text", choices=STATISTICS),
    "published": Key("text"),
    "column": Key("text"),
    "where": Key("names"),
    "edition": Key("whole"),
    "units": Key("texts"),
    "figures": Key("text"),
    "weights": Key("text"),
    "set": Key("texts"),
    "tolerance": Key("number"),
    "decimals": Key("whole"),
    "equal": Key("whole"),
    "undetermined": Key("text"),
}
CHECKED = ("published", "column", "tolerance")  # what a case that compares cannot do without
IN_DATA, IN_INDEX = ("published", "figures"), ("weights",)  # files, by the folder of the index they lie in


@dataclass(frozen=True, slots=True)
class Case:
    """One published result: its table, how the index is run for it, and the largest difference that is allowed.

    Run       `settings` change the recipe, `weights` and `figures` take the place of the declared ones, `units` are
              ranked alone, `edition` is the newest that is computed.
    Compare   rows of `published` in which every column of `where` has its value; `column` holds what was published.
    Pass      every difference is at most `tolerance`, and at least `equal` values agree at `decimals` (ranks: 0), or
              within the tolerance where no decimals are given.
    Open      a case without `compares` is not checked; `undetermined` says what the printed inputs leave open.
    """

    name: str
    index: str
    title: str
    source: str
    compares: str = ""
    statistic: str = ""
    published: Path | None = None
    column: str = ""
    where: Mapping[str, str] = field(default_factory=dict)
    edition: int | None = None
    units: tuple[str, ...] = ()
    figures: Path | None = None
    weights: Path | None = None
    settings: tuple[str, ...] = ()
    tolerance: float = 0.0
    decimals: int | None = None
    equal: int = 0
    undetermined: str = ""

    @property
    def way(self) -> tuple[Any, ...]:
        """Return what identifies the run behind the case: cases of one way can share its results."""
        return (self.index, self.edition, self.units, self.figures, self.weights, self.settings)


def read_cases(folder: Path, data: Path) -> list[Case]:
    """Read and check the cases of an index folder, none where it declares none; every fault is raised at once."""
    path = folder / FILE
    if not path.is_file():
        return []
    document = read_toml(path)
    found = document.check({"case": Key("table", required=True)})
    raise_errors(found)
    names = list(document.content["case"])
    found = [fault for name in names for fault in _case_faults(document, name, folder, data)]
    raise_errors(found)
    return [_case(name, document.content["case"][name], folder, data) for name in names]


def read_all_cases() -> list[Case]:
    """Read the cases of every built-in index; a name may stand once in all of them."""
    cases: list[Case] = []
    found: list[Violation] = []
    for index in indices():
        folder = index_folder("indicators", index)
        try:
            new = read_cases(folder, index_folder("data", index))
        except ReadinessError as error:
            found += error.violations
            continue
        taken = {case.name: case.index for case in cases}
        found += [
            Violation("E512", f"{index}/{FILE}", case.name, f"a name of its own; {taken[case.name]} has it")
            for case in new
            if case.name in taken
        ]
        cases += new
    raise_errors(found)
    return cases


def _case_faults(document: Document, name: str, folder: Path, data: Path) -> list[Violation]:
    table, content = f"case.{name}", document.content["case"][name]
    if not isinstance(content, Mapping):
        return [document.fault("E503", name, "case", found=str(content), expected="a table")]
    found = document.check(CASE, table)
    if found:
        return found
    if "compares" in content:
        needed = (*CHECKED, "statistic") if content["compares"] == "statistics" else CHECKED
    else:
        needed = ("undetermined",)
    found = [document.fault("E501", key, table, expected=key) for key in needed if key not in content]
    if content.get("tolerance", 0) < 0:
        found.append(document.fault("E503", "tolerance", table, found=str(content["tolerance"]), expected="0 or more"))
    places = dict.fromkeys(IN_DATA, data) | dict.fromkeys(IN_INDEX, folder)
    for key, place in places.items():
        if key in content and not _is_file_in(place, content[key]):
            expected = f"a file in the folder {place.parent.name}/{place.name}"
            found.append(document.fault("E503", key, table, found=content[key], expected=expected))
    return found


def _is_file_in(folder: Path, name: str) -> bool:
    path = (folder / name).resolve()
    return path.is_relative_to(folder.resolve()) and path.is_file()


def _case(name: str, content: Mapping[str, Any], folder: Path, data: Path) -> Case:
    given = dict(content)
    files = {key: data / given.pop(key) for key in IN_DATA if key in given}
    files |= {key: folder / given.pop(key) for key in IN_INDEX if key in given}
    texts = {key: " ".join(given.pop(key).split()) for key in ("title", "source", "undetermined") if key in given}
    if given.get("compares") == "ranks":
        given.setdefault("decimals", 0)
    lists = {"settings": tuple(given.pop("set", ())), "units": tuple(given.pop("units", ()))}
    return Case(name, folder.name, **texts, **files, **lists, **given)
