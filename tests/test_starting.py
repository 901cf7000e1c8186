"""Starting an own index from a built-in one: a whole folder that runs, and nothing that exists is written over."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import pytest
from coinr_tables import Tables

import readiness
from readiness import starting
from readiness.errors import ReadinessError
from readiness.reading.places import builtin, indices
from readiness.starting import init
from readiness.toml_text import array, table, text


def files_below(folder: Path) -> dict[str, str]:
    """Return the sha256 of every file below a folder."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("index", indices())
def test_a_copy_holds_the_files_of_the_index_and_its_figures(tmp_path, index):
    written = init(tmp_path / "own", index)
    copied = files_below(tmp_path / "own")
    assert sorted(path.relative_to(tmp_path / "own").as_posix() for path in written) == sorted(copied)
    declared = files_below(builtin("indicators") / index)
    declared.pop("replicate.toml", None)
    figures = {f"figures/{name}": sha for name, sha in files_below(builtin("data") / index).items()}
    assert copied == declared | figures


@pytest.mark.parametrize("index", ["eari", "desi-2022"])
def test_a_copy_gives_the_scores_of_the_index(tmp_path, index, request):
    init(tmp_path / "own", index)
    own = readiness.run(framework=tmp_path / "own")
    official = request.getfixturevalue("desi" if index == "desi-2022" else "eari")
    assert own.scores.equals(official.scores)
    assert own.ranks.equals(official.ranks)


def test_a_copy_has_no_faults(tmp_path):
    init(tmp_path / "own", "desi-2022")
    figures = sorted((tmp_path / "own" / "figures").rglob("figures.csv"))
    assert readiness.check([tmp_path / "own", *figures]) == []


def test_the_beginning_of_a_name_is_enough(tmp_path):
    init(tmp_path / "own", "desi")
    assert 'code = "desi-2022"' in (tmp_path / "own" / "framework.toml").read_text(encoding="utf-8")


def test_an_unknown_name_names_the_nearest_and_writes_nothing(tmp_path, violations):
    (fault,) = violations(init, tmp_path / "own", "eary")
    assert (fault.code, fault.hint) == ("E519", "Did you mean eari?")
    assert list(tmp_path.iterdir()) == []


def test_a_second_init_names_every_file_that_exists_and_changes_none(tmp_path, violations):
    written = init(tmp_path / "own", "desi-2022")
    before = files_below(tmp_path)
    found = violations(init, tmp_path / "own", "desi-2022")
    assert {each.code for each in found} == {"E706"}
    assert len(found) == len(written)
    assert any(each.file.endswith("own/framework.toml") for each in found)
    assert files_below(tmp_path) == before


def test_a_single_file_in_the_way_is_enough_to_write_nothing(tmp_path, violations):
    (tmp_path / "recipe.toml").write_text("mine", encoding="utf-8")
    (fault,) = violations(init, tmp_path, "desi-2022")
    assert (fault.code, Path(fault.file).name) == ("E706", "recipe.toml")
    assert files_below(tmp_path) == {"recipe.toml": hashlib.sha256(b"mine").hexdigest()}


def test_files_of_other_names_stay_where_they_are(tmp_path):
    (tmp_path / "README.md").write_text("mine", encoding="utf-8")
    (tmp_path / "figures").mkdir()
    init(tmp_path, "desi-2022")
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "framework.toml").is_file()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_folder_that_leads_elsewhere_is_not_written_into(tmp_path, violations):
    elsewhere, own = tmp_path / "elsewhere", tmp_path / "own"
    elsewhere.mkdir()
    own.mkdir()
    (own / "figures").symlink_to(elsewhere)
    found = violations(init, own, "desi-2022")
    assert [each.code for each in found] == ["E706"]
    assert list(elsewhere.iterdir()) == []


def test_a_file_in_place_of_the_folder_is_left_alone(tmp_path, violations):
    (tmp_path / "own").write_text("mine", encoding="utf-8")
    assert [each.code for each in violations(init, tmp_path / "own", "desi-2022")] == ["E706"]
    assert (tmp_path / "own").read_text(encoding="utf-8") == "mine"


def test_a_file_in_place_of_a_folder_is_named_once(tmp_path, violations):
    (tmp_path / "figures").write_text("mine", encoding="utf-8")
    found = violations(init, tmp_path, "desi-2022")
    assert [(each.code, Path(each.file).name) for each in found] == [("E706", "figures")]


@pytest.mark.parametrize("exists", [True, False])
def test_what_fails_half_way_leaves_nothing(tmp_path, monkeypatch, exists):
    if exists:
        (tmp_path / "own").mkdir()
    room = 20

    def full(path: Path, content: bytes) -> None:
        nonlocal room
        room -= 1
        if room < 0:
            raise OSError(28, "No space left on device")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    monkeypatch.setattr(starting, "_write_new", full)
    with pytest.raises(ReadinessError) as caught:
        init(tmp_path / "own", "desi-2022")
    assert [(each.code, each.found) for each in caught.value.violations] == [("E602", "No space left on device")]
    assert [path.name for path in tmp_path.rglob("*")] == (["own"] if exists else [])


def test_a_file_that_appears_meanwhile_is_kept_and_all_others_are_taken_back(tmp_path, monkeypatch):
    own = tmp_path / "own"
    own.mkdir()
    check = starting._in_the_way

    def checked_then_written(folder, files):
        found = check(folder, files)
        (own / "recipe.toml").write_text("mine", encoding="utf-8")
        return found

    monkeypatch.setattr(starting, "_in_the_way", checked_then_written)
    with pytest.raises(ReadinessError):
        init(own, "desi-2022")
    assert [path.name for path in own.rglob("*")] == ["recipe.toml"]
    assert (own / "recipe.toml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    "word",
    ["plain", 'a "quote"', "a \\ backslash", "two\nlines", "\x00\x1f\x7f", "\u2028é\U0001f600", "[a.b]", "", " # "],
)
def test_any_text_comes_back_from_toml(word):
    written = table("a", {word: text(word), "list": array([word] * 40)})
    assert tomllib.loads(written) == {"a": {word: word, "list": [word] * 40}}


def test_coinr_tables_do_not_write_over_an_index_either(tmp_path, violations):
    tables = Tables(tmp_path)
    folder, _ = tables.init()
    before = files_below(folder)
    found = violations(tables.init)
    assert {each.code for each in found} == {"E706"}
    assert len(found) == len(before)
    assert files_below(folder) == before
