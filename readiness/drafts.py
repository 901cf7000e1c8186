"""Files and folders put in place whole: made beside their place and renamed, so that nothing is seen half-written."""

from __future__ import annotations

import errno
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

Told = Callable[[str], None]

TRIES, PAUSE = 50, 0.01  # how often a folder is put in place while others do the same, and seconds between
TAKEN = (errno.ENOENT, errno.EEXIST, errno.ENOTEMPTY)


def write_whole(folder: Path, files: Iterable[tuple[str, bytes]], told: Told | None = None) -> list[str]:
    """Write files to a folder, none of them before all are made; return their names.

    Errors   OSError where a name is that of a folder, or nothing can be written; the files that stood there still do.
    """
    folder.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder))
    names = []
    try:
        for name, content in files:
            (draft / name).write_bytes(content)
            names.append(name)
            if told:
                told(name)
        for name in names:
            if (folder / name).is_dir():
                raise IsADirectoryError(errno.EISDIR, "a folder stands there", str(folder / name))
        for name in names:
            (draft / name).replace(folder / name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return names


def put_in_place(draft: Path, target: Path) -> None:
    """Rename a finished folder; the one that it replaces is put back if that fails.

    Another process may do the same at the same moment: then the last one stays.
    """
    for _ in range(TRIES):
        try:
            _exchange(draft, target)
        except OSError as error:
            if error.errno not in TAKEN or not draft.exists():
                raise
            time.sleep(PAUSE)
        else:
            return
    _exchange(draft, target)


def _exchange(draft: Path, target: Path) -> None:
    if not target.exists():
        draft.rename(target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
    try:
        target.rename(old / "run")
        try:
            draft.rename(target)
        except OSError:
            if not target.exists():
                (old / "run").rename(target)
            raise
    finally:
        shutil.rmtree(old, ignore_errors=True)
