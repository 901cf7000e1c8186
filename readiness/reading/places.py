"""Where files are: the built-in indices, and how a file is named in messages and manifests."""

from __future__ import annotations

from pathlib import Path

from readiness.errors import UNREADABLE, USAGE, ReadinessError, Violation, nearest

LARGEST = 512 * 1024**2  # bytes of one file
PACKAGE = Path(__file__).resolve().parents[1]


def builtin(kind: str) -> Path:
    """Return the built-in folder "indicators" or "data": inside the installed package, or beside it in a checkout."""
    inside = PACKAGE / kind
    return inside if inside.is_dir() else PACKAGE.parent / kind


def indices() -> list[str]:
    """List the built-in indices."""
    return sorted(path.parent.name for path in builtin("indicators").glob("*/framework.toml"))


def index_folder(kind: str, index: str) -> Path:
    """Return the built-in folder of one index, by its name or the beginning of it that only one name has.

    An unknown name is an error that lists the nearest.
    """
    known = indices()
    begun = [name for name in known if index and name.startswith(index)]
    index = begun[0] if len(begun) == 1 else index
    if index not in known:
        expected = "one of " + ", ".join(known)
        raise ReadinessError(Violation("E519", "--index", index, expected, hint=nearest(index, known)), USAGE)
    return builtin(kind) / index


def label(path: Path) -> str:
    """Name a file for people: from the built-in root or the current folder if it lies below, else as it is."""
    resolved = path.resolve()
    for root in (Path.cwd(), builtin("data").parent):
        if resolved.is_relative_to(root):
            return resolved.relative_to(root).as_posix()
    return path.as_posix()


def read_bytes(path: Path, limit: int | None = None) -> bytes:
    """Return a file's bytes; one that is not there, may not be read or is too large is an error, not a traceback."""
    most = LARGEST if limit is None else limit
    try:
        with path.open("rb") as stream:
            content = stream.read(most + 1)
    except OSError as fault:
        reason = fault.strerror or "cannot be read"
        raise ReadinessError(Violation("E101", label(path), reason, "a file that can be read"), UNREADABLE) from fault
    if len(content) > most:
        raise ReadinessError(Violation("E111", label(path), "more bytes", f"at most {most:,} bytes"))
    return content
