"""A document as PDF: tagged for readers of all kinds, made to be kept (PDF/UA-1, PDF/A-2a), the same bytes anywhere."""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from dataclasses import is_dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

from readiness.report.charts.svg import STYLES, cut, printable
from readiness.report.document import Chart, Document
from readiness.report.visible import visible

PRINT = STYLES / "print"
FONTS = Path(__file__).with_name("fonts")
STANDARDS = ["a-2a", "ua-1"]
_own = threading.local()
LONGEST = 8000  # letters of a text: a string of PDF/A has 32,767 bytes at most, and some scripts take four a letter
LATIN = 0x180  # all signs below are in the fonts
TRIES, UNKNOWN = 20, "?"  # scripts that may be left out one by one, and what stands for their signs
MISSING = re.compile(r'the text `?"([^"]+)"`? could not be displayed')
SPARK_LABEL = re.compile(r'aria-label="([^"]*)"')


def pdf(document: Document, stamp: date, tiles: Chart | None = None, contents: str = "") -> bytes:
    """Return a document as PDF; `stamp` is its date, `tiles` a map for the front, `contents` the word for it."""
    plain = {**_plain(document), "map": _plain(tiles) if tiles else None, "contents": contents}
    text, moment = json.dumps(plain, ensure_ascii=False), datetime(stamp.year, stamp.month, stamp.day, tzinfo=UTC)
    for _ in range(TRIES):
        try:
            return _compiled(document.kind, text, moment)
        except typst.TypstError as error:
            text = _without(text, error)
    return _compiled(document.kind, "".join(sign if ord(sign) < LATIN else UNKNOWN for sign in text), moment)


def _compiled(kind: str, text: str, moment: datetime) -> bytes:
    made = _compiler().compile(
        str(PRINT / f"{kind}.typ"),
        format="pdf",
        sys_inputs={"report": text, "palette": json.dumps(palette())},
        pdf_standards=STANDARDS,
        timestamp=int(moment.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one file")
    return made


def _without(text: str, error: typst.TypstError) -> str:
    """Return a text without the signs that the fonts lack: the one that is named, and all of its script."""
    found = MISSING.search(str(error))
    scripts = {_script(sign) for sign in found[1] if ord(sign) >= LATIN} if found else set()
    if not scripts:
        raise error
    return "".join(UNKNOWN if ord(sign) >= LATIN and _script(sign) in scripts else sign for sign in text)


def _script(sign: str) -> str:
    """Return the first word of a sign's name, which is mostly its script: GREEK, CJK, HANGUL."""
    return unicodedata.name(sign, f"{ord(sign):x}").split(" ")[0].split("-")[0]


@cache
def palette() -> dict[str, str]:
    """Return the colours of the light palette of the pages."""
    light = (STYLES / "style.css").read_text(encoding="utf-8").split("@media", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light))


def _compiler() -> typst.Compiler:
    """Return the compiler of a thread: it finds the fonts of the package only, and reads no file outside its folder."""
    if not hasattr(_own, "compiler"):
        _own.compiler = typst.Compiler(root=str(PRINT), font_paths=[str(FONTS)], ignore_system_fonts=True)
    return _own.compiler


def _plain(value: Any) -> Any:
    """Return a document as plain data; charts with their style inside, small charts with their text."""
    if isinstance(value, Chart):
        return {**_fields(value), "svg": printable(str(value.svg)), "data": None}
    if is_dataclass(value):
        found = _fields(value)
        if "spark" in found:
            spark = str(value.spark)
            label = SPARK_LABEL.search(spark)
            found |= {"spark": printable(spark) if spark else "", "alt": label[1] if label else ""}
        return found
    if isinstance(value, str):
        return cut(visible(value), LONGEST)
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def _fields(value: Any) -> dict[str, Any]:
    return {name: _plain(getattr(value, name)) for name in value.__slots__}
