"""Plain values -> TOML text. What comes from a table is a text in quotes, whatever it holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

WIDTH = 110
DELETE = "\x7f"  # the one sign that JSON leaves as it is and TOML does not take


def text(value: str) -> str:
    r"""Return a basic string: quotes, backslashes and control characters as escapes, which TOML and JSON share.

    >>> text('5" \\ x')
    '"5\\" \\\\ x"'
    """
    return json.dumps(value, ensure_ascii=False).replace(DELETE, "\\u007f")


def key(name: str) -> str:
    """Return a key, bare where TOML allows it."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else text(name)


def array(values: Iterable[str]) -> str:
    """Return a list of texts, on several lines where one is not enough."""
    words = [text(value) for value in values]
    line = f"[{', '.join(words)}]"
    if len(line) <= WIDTH:
        return line
    lines = [""]
    for word in words:
        if len(lines[-1]) + len(word) > WIDTH:
            lines.append("")
        lines[-1] += f"{word}, "
    return "[\n" + "".join(f"    {each.rstrip()}\n" for each in lines if each) + "]"


def table(name: str, content: Mapping[str, str]) -> str:
    """Return a table whose values are TOML text already."""
    return f"[{name}]\n" + "".join(f"{key(each)} = {value}\n" for each, value in content.items())
