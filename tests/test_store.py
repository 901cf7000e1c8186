"""Run folders: whole or absent, the same bytes, every changed byte found."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

import readiness
from readiness.answer_tables import ANSWERS
from readiness.answers import answered
from readiness.errors import ReadinessError
from readiness.reopening import figures_table
from readiness.results import digest
from readiness.tables import TABLES, schema_of

PAGES = ("pages",)  # the other reports take much longer, and are files like these to a run folder
BESIDE = ("framework.toml", "recipe.toml", "targets.toml")  # files of the index beside those of its series
WRITTEN = (*TABLES, *ANSWERS)  # of a run that was not simulated


@pytest.fixture(scope="module")
def folder(eari, tmp_path_factory):
    return eari.write(tmp_path_factory.mktemp("runs"), "readiness run", products=PAGES)


@pytest.fixture(scope="module")
def tables(eari):
    """All tables that belong into the folder of the run."""
    return {**answered(eari).tables, "figures": figures_table(eari.panel, eari.framework, eari.as_of)}


@pytest.fixture
def copy(folder, tmp_path):
    return Path(shutil.copytree(folder, tmp_path / "runs" / folder.name))


def rewritten(results, out):
    return results.write(out, "readiness run", products=PAGES)


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_run_folder_is_named_after_edition_and_digest(folder, eari):
    assert folder.name == f"2026-{eari.digest}"
    tables = {f"{name}.parquet" for name in WRITTEN}
    assert tables | {"manifest.json", "framework.json"} == {name for name in contents(folder) if "/" not in name}


def test_two_runs_are_the_same_bytes(folder, tmp_path):
    again = rewritten(readiness.run(), tmp_path)
    assert contents(again) == contents(folder)


def test_the_bytes_do_not_depend_on_threads_locale_or_hash_seed(folder, tmp_path):
    code = "import readiness; readiness.run().write('.', 'readiness run', products=('pages',))"
    other = {"POLARS_MAX_THREADS": "1", "NUMBA_NUM_THREADS": "1", "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, **other}, check=True)
    assert contents(tmp_path / folder.name) == contents(folder)


def test_a_second_run_into_the_same_folder_is_the_same_bytes_and_leaves_nothing_else(copy, eari):
    before = contents(copy)
    assert rewritten(eari, copy.parent) == copy
    assert contents(copy) == before
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]


def test_other_weights_other_digest(eari, copy):
    other = eari.reweight(compute=3)
    assert other.digest != eari.digest
    assert other.write(copy.parent, products=()) != copy
    assert len(list(copy.parent.iterdir())) == 2


def test_what_decides_the_result_decides_the_digest(eari):
    changed = [
        eari.reweight(top500_rmax=2),
        eari.with_recipe(eari.recipe.replace(aggregate="geometric")),
        readiness.run(edition=2025),
        readiness.run(as_of="2026-11-22"),
    ]
    assert len({eari.digest, *(each.digest for each in changed)}) == 5


def test_the_manifest_names_every_input_and_output_with_sha256_and_rows(folder, eari):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["outputs"]) == set(contents(folder)) - {"manifest.json"}
    assert manifest["outputs"]["cells.parquet"]["rows"] == eari.cells.height
    figures = manifest["inputs"]["figures"]
    assert sum(entry.get("rows", 0) for entry in figures.values()) == eari.panel.figures.height
    texts = [f"texts/{language}.po" for language in eari.framework.texts]
    assert len(manifest["inputs"]["framework"]) == len(eari.framework.all_indicators) + len(BESIDE) + len(texts)
    assert {*BESIDE, *texts} < set(manifest["inputs"]["framework"])
    assert all(len(value) == 64 for value in manifest["inputs"]["framework"].values())
    assert manifest["recipe"]["treat"] == {
        "method": "winsorise",
        "points": 2,
        "skewness": 2,
        "kurtosis": 3.5,
        "fit": "newest",
    }
    assert manifest["command"] == "readiness run"


def test_nothing_in_a_run_names_the_machine(folder):
    home = str(Path.home()).encode()
    for name, content in contents(folder).items():
        assert str(folder.parent).encode() not in content, name
        assert home not in content, name


def test_a_whole_run_is_verified(folder):
    assert readiness.verify(folder) == []


TOUCHED = [f"{name}.parquet" for name in ("scores", "cells", "change", "figures")]


@pytest.mark.parametrize("name", [*TOUCHED, "framework.json", "report/index.html", "report/PT.html"])
def test_one_flipped_bit_is_found_and_named(copy, name):
    file = copy / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))
    (found,) = readiness.verify(copy)
    assert found.code == "E701"
    assert found.file.endswith(name)
    if name.endswith("parquet"):
        assert name.removesuffix(".parquet") in found.found


@pytest.mark.parametrize("place", [0.0, 0.1, 0.37, 0.5, 0.9])
def test_a_flipped_bit_in_the_manifest_is_found(copy, place):
    file = copy / "manifest.json"
    content = bytearray(file.read_bytes())
    content[int(len(content) * place)] ^= 1
    file.write_bytes(bytes(content))
    with pytest.raises(ReadinessError) as caught:
        found = readiness.verify(copy)
        raise ReadinessError(found, 4)
    assert caught.value.status == 4
    assert caught.value.violations


def test_missing_and_foreign_files_are_found(copy):
    (copy / "bounds.parquet").unlink()
    (copy / "report/notes.txt").write_text("mine", encoding="utf-8")
    assert [each.code for each in readiness.verify(copy)] == ["E702", "E703"]


def test_a_manifest_that_points_outside_its_folder_is_damaged(copy):
    file = copy / "manifest.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    manifest.pop("sha256")
    manifest["outputs"]["../../etc/passwd"] = {"sha256": "0" * 64}
    file.write_text(json.dumps({**manifest, "sha256": digest(manifest)}), encoding="utf-8")
    with pytest.raises(ReadinessError) as caught:
        readiness.verify(copy)
    assert caught.value.violations[0].code == "E704"


def test_a_folder_that_is_no_run_is_left_alone(eari, tmp_path):
    target = tmp_path / f"2026-{eari.digest}"
    target.mkdir()
    (target / "thesis.doc").write_text("years of work", encoding="utf-8")
    with pytest.raises(ReadinessError) as caught:
        rewritten(eari, tmp_path)
    assert caught.value.violations[0].code == "E602"
    assert (target / "thesis.doc").read_text(encoding="utf-8") == "years of work"
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_files_put_into_a_run_folder_are_not_lost(copy, eari):
    (copy / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ReadinessError) as caught:
        rewritten(eari, copy.parent)
    assert caught.value.violations[0].code == "E602"
    assert (copy / "notes.txt").is_file()


def test_a_failure_while_writing_leaves_no_folder(eari, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("readiness.report.products.products", fail)
    with pytest.raises(OSError, match="No space"):
        rewritten(eari, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_while_replacing_keeps_the_old_run(copy, eari, monkeypatch):
    before = contents(copy)
    monkeypatch.setattr("readiness.report.products.products", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(OSError, match="full"):
        rewritten(eari, copy.parent)
    assert contents(copy) == before


def test_a_damaged_run_is_replaced_by_a_whole_one(copy, eari):
    (copy / "manifest.json").write_text("{", encoding="utf-8")
    assert readiness.verify(rewritten(eari, copy.parent)) == []


def test_a_stored_run_gives_the_same_tables_and_traces(folder, eari, tables):
    stored = readiness.open_run(folder)
    assert stored.tables.keys() == tables.keys() == set(WRITTEN)
    assert tables.keys() > eari.tables.keys()
    for name, frame in tables.items():
        assert stored.tables[name].equals(frame), name
    assert stored.trace("PT", "compute").equals(eari.trace("PT", "compute"))


@pytest.mark.parametrize("name", WRITTEN)
def test_duckdb_pandas_and_polars_read_the_same(folder, tables, name):
    file = folder / f"{name}.parquet"
    ((rows,),) = duckdb.sql(f"select count(*) from '{file}'").fetchall()
    frame = pd.read_parquet(file)
    assert rows == len(frame) == tables[name].height
    assert list(frame.columns) == list(schema_of(name).columns) == pl.read_parquet(file).columns


def test_duckdb_and_pandas_read_the_figures(folder, eari):
    query = f"select country from '{folder}/scores.parquet' where node = 'index' and edition = 2026 and rank = 1"
    ((leader,),) = duckdb.sql(query).fetchall()
    frame = pd.read_parquet(folder / "scores.parquet")
    own = frame[(frame["node"] == "index") & (frame["edition"] == 2026) & (frame["rank"] == 1)]
    assert own["country"].to_list() == [leader] == [eari.ranks["country"][0]]


@pytest.mark.parametrize("name", WRITTEN)
def test_tables_are_sorted_by_key_and_say_their_units(folder, name):
    key = schema_of(name).metadata["key"]
    frame = pl.read_parquet(folder / f"{name}.parquet")
    assert frame.equals(frame.sort(key))
    assert frame.select(key).is_duplicated().sum() == 0
    schema = pq.read_schema(folder / f"{name}.parquet")
    assert schema.metadata[b"readiness.digest"].decode() in folder.name
    assert all(field.metadata[b"description"] for field in schema)
    assert set(json.loads(schema.metadata[b"readiness.columns"])) == set(frame.columns)
