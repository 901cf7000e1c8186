"""Start an own index: a folder made from a built-in index, or from the pair of tables of the R package COINr.

The folder holds all that a run needs: framework.toml, recipe.toml, a file for each indicator, and figures/. No file
that exists is ever written over, and what is written is whole or absent.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from readiness.coinr_files import coin_files
from readiness.errors import ReadinessError, Violation, raise_errors
from readiness.reading.coinr import read_coin
from readiness.reading.places import index_folder, label, read_bytes

LEFT_BEHIND = ("replicate.toml",)  # belongs to the published index, not to what is made of it
LAST = "framework.toml"  # makes a folder an index, so it comes when all else is there


def init(folder: str | Path, source: str) -> list[Path]:
    """Write a copy of a built-in index, its figures included, and return the files written."""
    files: dict[str, bytes] = {}
    for kind, place in (("indicators", ""), ("data", "figures/")):
        home = index_folder(kind, source)
        for path in _visible(home):
            files[place + path.relative_to(home).as_posix()] = read_bytes(path)
    return _write(Path(folder), files)


def init_from_coinr(
    folder: str | Path, imeta: str | Path, idata: str | Path, edition: int | None = None
) -> tuple[list[Path], list[str]]:
    """Write an index made from COINr's tables; return the files and notes on what could not be carried over.

    The editions are the years of the column Time (or Year). A table without one holds the figures of a single year,
    which it does not tell: `edition` must then say it, since no year can be guessed.
    """
    coin = read_coin(Path(imeta), Path(idata), edition)
    return _write(Path(folder), coin_files(coin)), list(coin.notes)


def _visible(home: Path) -> list[Path]:
    """List the files of a folder that are to be copied; hidden ones are not."""
    files = [path for path in sorted(home.rglob("*")) if path.is_file() and path.name not in LEFT_BEHIND]
    return [path for path in files if not any(part.startswith(".") for part in path.relative_to(home).parts)]


def _write(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write files below a folder: first beside their places, then moved there, all or none."""
    raise_errors(_in_the_way(folder, files))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".init-", dir=folder if folder.is_dir() else folder.parent))
        try:
            for place, content in files.items():
                _write_new(draft / place, content)
            _move(draft, folder, sorted(files, key=lambda place: (place == LAST, place)))
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as fault:
        reason = fault.strerror or "cannot be written"
        raise ReadinessError(Violation("E602", label(folder), reason, "a folder that can be written")) from fault
    return [folder / place for place in sorted(files)]


def _in_the_way(folder: Path, files: Mapping[str, bytes]) -> list[Violation]:
    """List what stands where a file or a folder would be written; links count, for they may lead elsewhere."""
    found = {}
    for place in files:
        for path in _down_to(folder, place):
            last = path == folder / place
            if os.path.lexists(path) and (last or path.is_symlink() or not path.is_dir()):
                found[path] = Violation("E706", label(path), expected="nothing at this place")
                break
    if not folder.is_dir() and os.path.lexists(folder):
        found = {folder: Violation("E706", label(folder), "no folder", "a folder, or nothing at this place")}
    return list(found.values())


def _down_to(folder: Path, place: str) -> Iterator[Path]:
    """Go from a folder down to a place below it."""
    path = folder
    for part in Path(place).parts:
        path /= part
        yield path


def _write_new(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _move(draft: Path, folder: Path, places: list[str]) -> None:
    """Move the files of a draft to a folder; if one cannot be moved, those before are taken away again."""
    if not folder.exists():
        draft.chmod(0o755)
        draft.rename(folder)
        return
    made: list[Path] = []
    try:
        for place in places:
            made += _make_folders(folder, place)
            target = folder / place
            with target.open("xb") as stream:  # fails where a file has appeared meanwhile
                made.append(target)
                stream.write((draft / place).read_bytes())
    except BaseException:
        for path in reversed(made):
            path.rmdir() if path.is_dir() else path.unlink()
        raise


def _make_folders(folder: Path, place: str) -> list[Path]:
    made = []
    for path in [*_down_to(folder, place)][:-1]:
        if not path.is_dir():
            path.mkdir()
            made.append(path)
    return made
