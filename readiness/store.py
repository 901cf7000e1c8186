"""Run folders: written whole or not at all, opened, verified."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from readiness import __version__
from readiness.answers import answered
from readiness.drafts import Told, put_in_place
from readiness.errors import NOT_REPRODUCIBLE, UNREADABLE, ReadinessError, Violation, in_order
from readiness.reopening import FIGURES, figures_table, reopened
from readiness.results import Results, digest
from readiness.tables import described, schema_of
from readiness.tracing import trace

MANIFEST, DECLARED, REPORT = "manifest.json", "framework.json", "report"
NEEDED = frozenset(("figures", "scores", "cells", "nodes"))  # tables without which nothing can be said
KINDS = ("pages", "prints", "workbooks", "explorer")  # of reports
FORMAT = 2  # of a run folder; 1 had no framework.json, figures and answers
PACKAGES = ("polars", "numpy", "numba", "pyarrow", "pandera")


@dataclass(frozen=True)
class StoredRun:
    """A run folder that was read back: its manifest, its tables, and the declaration of its framework."""

    manifest: Mapping[str, Any]
    tables: Mapping[str, pl.DataFrame]
    declared: Mapping[str, Any]

    @cached_property
    def results(self) -> Results:
        """Return the run as results that can be asked again.

        Errors   ReadinessError for a run with a method that was a plain function.
        """
        try:
            return reopened(self.manifest, self.tables, self.declared)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, pl.exceptions.PolarsError) as fault:
            raise _unreadable(Path(MANIFEST)) from fault

    def trace(self, country: str, node: str | None = None, edition: int | None = None) -> pl.DataFrame:
        """Walk a stored score back to its figures (see tracing.trace)."""
        return trace(self.tables, country, node, int(self.manifest["edition"]) if edition is None else edition)


def write_run(
    results: Results, out: Path, command: str = "", products: Sequence[str] = KINDS, told: Told | None = None
) -> Path:
    """Write tables, reports and manifest to `out/<edition>-<digest>` and return that folder.

    `products` are the kinds of reports that are made; `told` hears the name of each when it is made.
    The folder is made beside its place and renamed when it is complete; a run of the same inputs takes the place of the
    one before with the same bytes. A folder that holds anything else is left alone and is an error.
    """
    results = answered(results)
    target = out / f"{results.edition}-{results.digest}"
    _may_replace(target)
    out.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=out))
    try:
        _write_files(results, draft, command, products, told)
        draft.chmod(0o755)
        put_in_place(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def open_run(folder: str | Path) -> StoredRun:
    """Read a run folder back. Errors: ReadinessError without a manifest, or where a table is not as it was written."""
    place = Path(folder)
    manifest = read_manifest(place)
    _must_be_ours(place, manifest)
    names = {entry["table"]: name for name, entry in manifest["outputs"].items() if "table" in entry}
    found = _damaged(
        place, {name: manifest["outputs"].get(name, {"sha256": ""}) for name in (*names.values(), DECLARED)}
    )
    if found:
        raise ReadinessError(in_order(found), NOT_REPRODUCIBLE)
    try:
        tables = {table: pl.read_parquet(place / name) for table, name in names.items()}
        declared = json.loads((place / DECLARED).read_text(encoding="utf-8"))
    except (pl.exceptions.PolarsError, ValueError, RecursionError) as fault:
        raise _unreadable(place) from fault
    return StoredRun(manifest, tables, declared)


def _must_be_ours(place: Path, manifest: Mapping[str, Any]) -> None:
    """Raise an error for a run folder that another version made in another format, or that lacks what each run has."""
    made = manifest.get("format")
    if made != FORMAT:
        by = str((manifest.get("versions") or {}).get("readiness", "another version"))[:40]
        found, expected = f"format {made} of readiness {by}", f"format {FORMAT} of readiness {__version__}"
        raise ReadinessError(Violation("E705", str(place / MANIFEST), found, expected), NOT_REPRODUCIBLE)
    known = {entry["table"] for entry in manifest["outputs"].values() if "table" in entry}
    lost = [Violation("E702", str(place / f"{name}.parquet"), expected=f"table {name}") for name in NEEDED - known]
    if lost:
        raise ReadinessError(in_order(lost), NOT_REPRODUCIBLE)


def _unreadable(place: Path) -> ReadinessError:
    return ReadinessError(
        Violation("E704", str(place), "contents that cannot be read", "a run folder"), NOT_REPRODUCIBLE
    )


def verify(folder: str | Path) -> list[Violation]:
    """Recompute every sha256 of a run folder; list what differs, is missing or does not belong."""
    place = Path(folder)
    manifest = read_manifest(place)
    listed = manifest["outputs"]
    present = {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()} - {MANIFEST}
    foreign = [Violation("E703", str(place / name), name) for name in present - set(listed)]
    return in_order([*foreign, *_damaged(place, listed)])


def _damaged(place: Path, listed: Mapping[str, Mapping[str, Any]]) -> list[Violation]:
    """List which files of a run are missing, and which are not as they were written."""
    found = []
    for name, entry in listed.items():
        if not (place / name).is_file():
            found.append(Violation("E702", str(place / name), expected=_kind(entry)))
        elif (actual := _sha256(place / name)) != entry["sha256"]:
            found.append(Violation("E701", str(place / name), f"{_kind(entry)} {actual[:12]}", entry["sha256"][:12]))
    return found


def _write_products(results: Results, folder: Path, kinds: Sequence[str], told: Told | None) -> dict[str, Any]:
    """Write the report: pages, prints, workbooks, explorer; return an entry for each file."""
    from readiness.report.products import products

    folder.mkdir()
    made = {}
    for name, content in products(results, kinds, told) if kinds else ():
        (folder / name).write_bytes(content)
        made[f"{REPORT}/{name}"] = {}
    return made


def _write_files(results: Results, folder: Path, command: str, products: Sequence[str], told: Told | None) -> None:
    outputs: dict[str, dict[str, Any]] = {DECLARED: {}}
    declared = json.dumps(results.framework.declaration(), indent=1, ensure_ascii=False, default=str)
    (folder / DECLARED).write_text(declared + "\n", encoding="utf-8", newline="\n")
    figures = figures_table(results.panel, results.framework, results.as_of)
    for name, frame in {**results.tables, FIGURES: figures}.items():
        _write_table(folder / f"{name}.parquet", name, frame, results)
        outputs[f"{name}.parquet"] = {"table": name, "rows": frame.height}
    outputs |= _write_products(results, folder / REPORT, products, told)
    for name, entry in outputs.items():
        entry |= {"bytes": (folder / name).stat().st_size, "sha256": _sha256(folder / name)}
    manifest = _manifest(results, outputs, command)
    manifest["sha256"] = digest(manifest)
    text = json.dumps(manifest, indent=2, ensure_ascii=False, default=str)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")


def _manifest(results: Results, outputs: Mapping[str, Any], command: str) -> dict[str, Any]:
    rows = dict(results.panel.figures["file"].value_counts().iter_rows())
    figures = {
        name: {"sha256": value, **({"rows": rows[name]} if name in rows else {})}
        for name, value in results.panel.digests.items()
    }
    declaration = results.declaration
    return {
        "format": FORMAT,
        "index": results.framework.code,
        "name": results.framework.name,
        "edition": results.edition,
        "editions": results.scores["edition"].unique().sort().to_list(),
        "as_of": declaration["as_of"],
        "digest": results.digest,
        "seed": results.simulation.get("seed"),
        "simulation": dict(results.simulation) or None,
        "command": command,
        "versions": {"readiness": __version__, **{name: version(name) for name in PACKAGES}},
        "recipe": declaration["recipe"],
        "weights": declaration["weights"],
        "framework": declaration["framework"],
        "inputs": {"framework": dict(results.inputs), "figures": figures},
        "outputs": dict(sorted(outputs.items())),
    }


def _write_table(path: Path, name: str, frame: pl.DataFrame, results: Results) -> None:
    """Write one table as Parquet with the meaning and unit of every column, readable by any Parquet reader."""
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    fields = [
        pa.field(column, _plain(table.schema.field(column).type), metadata={"description": meaning, "unit": unit})
        for column, (meaning, unit) in described(name).items()
    ]
    about = {
        "readiness.table": name,
        "readiness.key": ",".join(schema_of(name).metadata["key"]),
        "readiness.index": results.framework.code,
        "readiness.edition": str(results.edition),
        "readiness.digest": results.digest,
        "readiness.columns": json.dumps(
            {column: {"meaning": m, "unit": u} for column, (m, u) in described(name).items()}
        ),
    }
    pq.write_table(table.cast(pa.schema(fields, metadata=about)), path, compression="zstd")


def _plain(kind: pa.DataType) -> pa.DataType:
    """Take the string type that every reader knows."""
    return pa.string() if pa.types.is_large_string(kind) else kind


def _may_replace(target: Path) -> None:
    """Refuse to replace anything but a run folder that holds nothing of somebody else."""
    if not target.exists():
        return
    if not (target / MANIFEST).is_file():
        raise ReadinessError(Violation("E602", str(target), "no manifest.json", "a run folder, or nothing"))
    try:
        foreign = [each for each in verify(target) if each.code == "E703"]
    except ReadinessError:
        return  # a damaged run may be replaced by a whole one
    if foreign:
        raise ReadinessError([Violation("E602", each.file, each.found, "only files of the run") for each in foreign])


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a run folder. Errors: ReadinessError where there is none, or its sha256 does not fit."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        claimed = manifest.pop("sha256")
        outputs = manifest["outputs"]
        inside = all(not Path(name).is_absolute() and ".." not in Path(name).parts for name in outputs)
        whole = all("sha256" in entry for entry in outputs.values())
        sound = digest(manifest) == claimed and inside and whole
        claimed = str(claimed)
    except FileNotFoundError as fault:
        raise ReadinessError(Violation("E101", str(path), "no such file", "a run folder"), UNREADABLE) from fault
    except OSError as fault:
        raise ReadinessError(Violation("E101", str(path), str(fault.strerror), "a run folder"), UNREADABLE) from fault
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as fault:
        raise ReadinessError(Violation("E704", str(path), "contents that cannot be read"), NOT_REPRODUCIBLE) from fault
    if not sound:
        raise ReadinessError(Violation("E704", str(path), digest(manifest)[:12], claimed[:12]), NOT_REPRODUCIBLE)
    return manifest


def _kind(entry: Mapping[str, Any]) -> str:
    return f"table {entry['table']}" if "table" in entry else "file"


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
