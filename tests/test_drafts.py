"""Files are put in place whole or not at all, whoever else writes there."""

from __future__ import annotations

import threading

import pytest

from readiness.drafts import put_in_place, write_whole


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_files_are_written_and_nothing_else_is_left(tmp_path):
    assert write_whole(tmp_path / "out", [("a", b"1"), ("b", b"2")]) == ["a", "b"]
    assert names(tmp_path / "out") == ["a", "b"]
    assert (tmp_path / "out/a").read_bytes() == b"1"


def test_a_product_that_fails_leaves_what_stood_there(tmp_path):
    (tmp_path / "a").write_bytes(b"before")

    def made():
        yield "a", b"after"
        raise ValueError("the second cannot be made")

    with pytest.raises(ValueError, match="second"):
        write_whole(tmp_path, made())
    assert names(tmp_path) == ["a"]
    assert (tmp_path / "a").read_bytes() == b"before"


def test_a_folder_in_the_place_of_a_file_is_told_before_anything_is_written(tmp_path):
    (tmp_path / "b").mkdir()
    with pytest.raises(IsADirectoryError):
        write_whole(tmp_path, [("a", b"1"), ("b", b"2")])
    assert names(tmp_path) == ["b"]


def test_a_link_to_a_file_elsewhere_is_replaced_and_not_followed(tmp_path):
    precious, out = tmp_path / "precious", tmp_path / "out"
    precious.write_bytes(b"mine")
    out.mkdir()
    (out / "a").symlink_to(precious)
    write_whole(out, [("a", b"1")])
    assert precious.read_bytes() == b"mine"
    assert not (out / "a").is_symlink()


def test_a_folder_takes_the_place_of_another(tmp_path):
    for text in ("old", "new"):
        draft = tmp_path / "draft"
        draft.mkdir()
        (draft / "file").write_text(text, encoding="utf-8")
        put_in_place(draft, tmp_path / "target")
    assert names(tmp_path) == ["target"]
    assert (tmp_path / "target/file").read_text(encoding="utf-8") == "new"


def test_folders_put_in_one_place_at_once_end_with_a_whole_one(tmp_path):
    failed = []

    def put(number):
        try:
            for each in range(30):
                draft = tmp_path / f"draft-{number}-{each}"
                draft.mkdir()
                (draft / "file").write_text("whole", encoding="utf-8")
                put_in_place(draft, tmp_path / "target")
        except OSError as error:
            failed.append(error)

    threads = [threading.Thread(target=put, args=(number,)) for number in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failed == []
    assert names(tmp_path) == ["target"]
    assert (tmp_path / "target/file").read_text(encoding="utf-8") == "whole"
