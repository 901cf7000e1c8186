"""Files and folders of figures -> Panel."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from readiness.countries import EU27, OTHERS
from readiness.errors import ReadinessError, Violation, errors_in, raise_errors
from readiness.framework import Framework
from readiness.panel import COLUMNS, Panel
from readiness.reading.denominators import denominator_faults
from readiness.reading.figures import MOST, read_figures
from readiness.reading.places import label, read_bytes
from readiness.reading.reports import is_report, report_faults
from readiness.reading.toml import Document, Key, read_toml
from readiness.reading.wording import violation
from readiness.tables import failures, figures_schema

PUBLISHED = "published"  # a file or folder of published results: it lies beside the figures and holds none
RELEASE = {
    "date": Key("text", required=True),
    "file": Key("text", required=True),
    "rows": Key("whole"),
    "sha256": Key("text"),
}
SERIES = {
    "title": Key("text", required=True),
    "unit": Key("text", required=True),
    "producer": Key("text", required=True),
    "dataset": Key("text"),
    "filter": Key("text"),
    "licence": Key("text"),
    "obtained_from": Key("text"),
    "vintage": Key("text"),
    "vintage_basis": Key("text"),
    "range": Key("pair"),
    "notes": Key("text"),
}


KINDS = (".csv", ".parquet")  # of files of figures, in any case of letters


def figure_files(paths: list[Path]) -> list[Path]:
    """List the files of figures among files and folders, in an order that no file system decides."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = [each for each in path.rglob("*") if each.suffix.lower() in KINDS and each.is_file()]
            files += sorted(each for each in inside if not is_published(each.relative_to(path)))
        else:
            files.append(path)
    return list(dict.fromkeys(files))


def is_published(path: Path) -> bool:
    """Say whether a file holds published results, by its own name or that of a folder above it."""
    return PUBLISHED in (path.stem, *path.parts[:-1])


def origin_files(paths: list[Path]) -> list[Path]:
    """List the origin.toml files in folders and beside files."""
    beside = [path if path.is_dir() else path.parent for path in paths]
    found = [each for path, place in zip(paths, beside, strict=True) for each in _origins_at(path, place)]
    return list(dict.fromkeys(sorted(found)))


def read_panel(paths: str | Path | Sequence[str | Path], framework: Framework) -> Panel:
    """Read and check figures from files or folders; every fault in all files is raised at once."""
    given = [paths] if isinstance(paths, str | Path) else paths
    panel, found = examine_panel([Path(each) for each in given], framework)
    raise_errors(found)
    if panel is None:
        raise AssertionError("figures without errors give a panel")
    return panel


def examine_panel(paths: list[Path], framework: Framework) -> tuple[Panel | None, list[Violation]]:
    """Return the panel, or nothing where the figures have errors, and all findings."""
    found: list[Violation] = []
    frames, digests, names = [], {}, _names([*origin_files(paths), *figure_files(paths)], paths)
    origins, releases = _read_origins(paths, digests, found)
    for path in figure_files(paths):
        try:
            raw = read_bytes(path)
            digests[path] = hashlib.sha256(raw).hexdigest()
            frame, faults = read_figures(path, raw)
        except ReadinessError as error:
            found += error.violations
        else:
            frames.append(frame)
            found += faults
            found += report_faults(path, frame, framework) if is_report(path) else ()
    found += _release_notes(releases, digests)
    if not frames:
        if not found:
            place = ", ".join(label(path) for path in paths)
            found.append(Violation("E101", place, "no files", "CSV or Parquet files of figures"))
        return None, found
    figures = pl.concat(frames, how="vertical")
    found += _rule_faults(figures, framework, origins)
    found += denominator_faults(figures, framework)
    if errors_in(found):
        return None, found
    labels = {label(path): name for path, name in names.items()}
    kept = figures.select(list(COLUMNS)).with_columns(pl.col("file").replace(labels)).sort(list(COLUMNS))
    return Panel(kept, origins, {names[path]: digests[path] for path in sorted(digests, key=names.get)}), found


def _rule_faults(
    figures: pl.DataFrame, framework: Framework, origins: Mapping[str, Mapping[str, Any]]
) -> list[Violation]:
    """Validate the typed figures by their schema and word each failure."""
    ranges = {code: tuple(map(float, each["range"])) for code, each in origins.items() if "range" in each}
    ranges |= {code: each.range for code, each in framework.all_indicators.items() if each.range}
    units = {code: each["unit"] for code, each in origins.items()}
    units |= {code: each.unit for code, each in framework.all_indicators.items()}
    reference = {framework.reference.code} if framework.reference else set()
    places = {*EU27, *OTHERS, *framework.units, *reference}
    code = pl.col("indicator")
    nothing = {"return_dtype": pl.Float64, "default": None}
    frame = figures.with_columns(
        low=code.replace_strict({each: low for each, (low, _) in ranges.items()}, **nothing),
        high=code.replace_strict({each: high for each, (_, high) in ranges.items()}, **nothing),
        percent=code.is_in([each for each, unit in units.items() if unit.startswith("%")]),
        last_year=pl.coalesce(pl.col("vintage").dt.year(), pl.lit(max(framework.editions))),
    )
    found = []
    known = {"E201": set(units), "E202": {*places, "GR", "GB"}}
    for rule, index in failures(figures_schema(set(units), places), frame)[:MOST]:
        row = frame.row(index, named=True)
        found.append(_worded(rule, row, known.get(rule, set())))
    return found


def _worded(rule: str, row: dict[str, Any], known: set[str]) -> Violation:
    expected = ""
    if rule in ("E206", "E207"):
        expected = f"{row['low']:g} to {row['high']:g}"
    elif rule == "E210":
        expected = f"{row['last_year']} or earlier"
    if rule == "E203" and row["obs_status"].strip("bdefimnpu") == "":
        row = {**row, "text_obs_status": row["text_conf_status"]}
    return violation(rule, row, expected, known)


def _read_origins(
    paths: list[Path], digests: dict[Path, str], found: list[Violation]
) -> tuple[dict[str, Any], dict[Path, Mapping[str, Any]]]:
    """Return the origin of each series, a later release over an earlier, and what each file says of its release."""
    origins: dict[str, Any] = {}
    releases: dict[Path, Mapping[str, Any]] = {}
    for path in origin_files(paths):
        try:
            document = read_toml(path)
        except ReadinessError as error:
            found += error.violations
            continue
        digests[path] = hashlib.sha256(document.raw).hexdigest()
        faults = _origin_faults(document)
        found += faults
        if not faults:
            origins |= document.content["series"]
            releases[path] = document.content["release"]
    return origins, releases


def _origin_faults(document: Document) -> list[Violation]:
    found = document.check({"release": Key("table", required=True), "series": Key("table", required=True)})
    if found:
        return found
    found = document.check(RELEASE, "release")
    for code in document.content["series"]:
        found += document.check(SERIES, f"series.{code}")
    return found


def _release_notes(releases: Mapping[Path, Mapping[str, Any]], digests: Mapping[Path, str]) -> Iterator[Violation]:
    """Warn where the figures beside an origin file are not those it describes."""
    for origin, release in releases.items():
        figures = origin.parent / Path(release["file"]).name
        expected, found = release.get("sha256", ""), digests.get(figures, "")
        if expected and found and expected != found:
            yield Violation("W110", label(figures), found[:12], f"the sha256 {expected[:12]} of the release")


def _origins_at(path: Path, place: Path) -> list[Path]:
    if path.is_dir():
        return [each for each in path.rglob("origin.toml") if each.is_file()]
    return [place / "origin.toml"] if (place / "origin.toml").is_file() else []


def _names(files: list[Path], paths: list[Path]) -> dict[Path, str]:
    """Name each input file by its place below the folder that was given; two of one name are numbered."""
    names: dict[Path, str] = {}
    for path in files:
        name = _name(path, paths)
        again = sum(other.partition(" (")[0] == name for other in names.values())
        names[path] = f"{name} ({again + 1})" if again else name
    return names


def _name(path: Path, paths: list[Path]) -> str:
    """Name an input file by its place below the folder that was given."""
    for each in paths:
        if each.is_dir() and path.is_relative_to(each):
            return f"{each.resolve().name}/{path.relative_to(each).as_posix()}"
    return path.name
