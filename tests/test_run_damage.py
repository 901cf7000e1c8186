"""Damage to what a run folder says it was made from is found when it is opened and when it is verified."""

from __future__ import annotations

import json
import shutil

import pytest
from test_framework import CODERS

import readiness
from readiness.errors import NOT_REPRODUCIBLE, ReadinessError
from readiness.results import digest


@pytest.fixture
def folder(small, tmp_path):
    return small.run().write(tmp_path, products=())


def damaged(folder):
    """Return the codes and status with which a folder is refused, by opening and by verifying."""
    with pytest.raises(ReadinessError) as caught:
        readiness.open_run(folder)
    found = readiness.verify(folder)
    assert {each.code for each in caught.value.violations} == {each.code for each in found}
    assert {each.file for each in caught.value.violations} == {each.file for each in found}
    return [(each.code, each.file.rsplit("/", 1)[-1]) for each in found], caught.value.status


@pytest.mark.parametrize("name", ["framework.json", "figures.parquet", "change.parquet"])
def test_a_damaged_file_is_found_and_named(folder, name):
    file = folder / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))
    assert damaged(folder) == ([("E701", name)], NOT_REPRODUCIBLE)


def test_a_changed_declaration_is_found(folder):
    file = folder / "framework.json"
    plain = json.loads(file.read_text(encoding="utf-8"))
    plain["groups"]["index"]["children"]["compute"] = 9.0
    file.write_text(json.dumps(plain), encoding="utf-8")
    assert damaged(folder) == ([("E701", "framework.json")], NOT_REPRODUCIBLE)


def test_a_missing_declaration_is_found(folder):
    (folder / "framework.json").unlink()
    assert damaged(folder) == ([("E702", "framework.json")], NOT_REPRODUCIBLE)


def test_a_damaged_declaration_gives_exit_status_4(call, folder, tmp_path):
    moved = tmp_path / "elsewhere"
    shutil.copytree(folder, moved)
    with (moved / "framework.json").open("a", encoding="utf-8") as file:
        file.write(" ")
    status, out, err = call("verify", moved)
    assert status == NOT_REPRODUCIBLE
    assert "framework.json" in out + err


def test_the_declaration_is_written_for_people_and_machines(small, tmp_path):
    small.edit(CODERS, 'name = "Coders"', 'name = "Kodéři"')
    folder = small.run().write(tmp_path, products=())
    text = (folder / "framework.json").read_text(encoding="utf-8")
    assert "Kodéři" in text
    plain = json.loads(text)
    assert plain["rules"]["unit_coverage"] == "2/3"
    assert plain["indicators"]["coders"]["unit"] == "points"
    assert "file" not in plain["indicators"]["coders"]


# Manifests whose own sha256 fits


def signed(folder, **changed):
    """Give a folder's manifest other contents and the sha256 of these; None leaves a key out."""
    file = folder / "manifest.json"
    plain = {**json.loads(file.read_text(encoding="utf-8")), **changed}
    plain = {key: value for key, value in plain.items() if value is not None and key != "sha256"}
    file.write_text(json.dumps({**plain, "sha256": digest(plain)}), encoding="utf-8")


def asked(folder):
    return readiness.open_run(folder).results


def refused(folder):
    with pytest.raises(ReadinessError) as caught:
        asked(folder)
    assert caught.value.status == NOT_REPRODUCIBLE
    return {each.code for each in caught.value.violations}


@pytest.mark.parametrize("key", ["as_of", "edition", "inputs", "recipe"])
def test_a_manifest_that_lacks_something_is_refused(folder, key):
    signed(folder, **{key: None})
    assert refused(folder) == {"E704"}


def test_a_run_of_another_format_is_refused_but_may_be_verified(folder):
    signed(folder, format=1, versions={"readiness": "0.3.0"})
    assert refused(folder) == {"E705"}
    assert readiness.verify(folder) == []


def test_a_run_without_a_table_that_each_has_is_refused(folder):
    outputs = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    del outputs["scores.parquet"]
    signed(folder, outputs=outputs)
    assert refused(folder) == {"E702"}


@pytest.mark.parametrize("text", ["[" * 100_000, '{"sha256": 5, "outputs": {}}', '{"sha256": null, "outputs": {}}'])
def test_a_manifest_that_is_none_is_refused(folder, text):
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    assert refused(folder) == {"E704"}
