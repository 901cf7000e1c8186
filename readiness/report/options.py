"""What the one who asks for a report may choose: language, peers, and what stands on its front."""

from __future__ import annotations

from dataclasses import dataclass

from readiness.report.reasons import mark

STATUSES = (mark("draft"), mark("final"))


@dataclass(frozen=True)
class Options:
    """Choices of a report. `officer` and `status` are printed as they are; `peers` are codes of countries."""

    country: str = ""
    officer: str = ""
    status: str = ""
    peers: tuple[str, ...] = ()
