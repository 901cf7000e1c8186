"""The benchmarks run, and their ratios to peers held against a stored baseline."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from readiness.errors import USAGE, ReadinessError, Violation
from readiness.reading.places import label, read_bytes

LEAST_NOISE, MOST_NOISE = 0.15, 0.5  # shares of a ratio
LARGEST = 16 * 1024**2  # bytes of a baseline
FORMAT = 1
CREATE = "readiness bench --save writes one, here and now."
PACKAGES = ("numpy", "numba", "polars")


@dataclass(frozen=True, slots=True)
class Measured:
    """One benchmark beside one peer; without a peer there is a time only."""

    name: str
    seconds: float
    peer: str = ""
    ratio: float | None = None
    aim: float | None = None
    noise: float = 0.0
    replicates_per_second: float | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Return what the same measurement of another day has in common with this."""
        return (self.name, self.peer)


@dataclass(frozen=True, slots=True)
class Compared:
    """A measurement beside its baseline.

    Verdict  held: within noise. fell, rose: beyond it. new: not in the baseline. missing: in the baseline and asked
             for, not measured. no peer: a time only, which belongs to a machine and is not compared. no baseline.
    Noise    the share of the baseline that a ratio may lose: the larger of its own noise and the baseline's, at least
             15 %, at most half.
    """

    name: str
    peer: str
    verdict: str
    seconds: float | None = None
    ratio: float | None = None
    baseline: float | None = None
    allowed: float | None = None
    aim: float | None = None
    replicates_per_second: float | None = None

    @property
    def below_aim(self) -> bool:
        """Whether the ratio is less than was aimed at; told, not judged."""
        return self.ratio is not None and self.aim is not None and self.ratio < self.aim


@dataclass(frozen=True, slots=True)
class Baseline:
    """Ratios of an earlier day, with the machine that they were measured on."""

    machine: dict[str, str]
    measured: str
    ratios: tuple[Measured, ...]


def measurements(report: dict[str, Any]) -> list[Measured]:
    """Return what a report of pytest-benchmark holds: a line for each benchmark and each of its peers.

    The convention of extra_info stands in benchmarks/ratios.py. A time is the least of a call.
    """
    found = []
    for each in report["benchmarks"]:
        info = each.get("extra_info", {})
        file, _, test = each["fullname"].partition("::")
        name = f"{Path(file).name}::{test}"
        seconds = float(each["stats"]["min"])
        lines = [info, *info.get("others", [])] if info.get("peer") and info.get("ratio") else []
        found += [_measured(name, seconds, line) for line in lines] or [Measured(name, seconds)]
    return found


def compare(
    found: Sequence[Measured], baseline: Baseline | None, *, expected: Iterable[str] | None = None
) -> list[Compared]:
    """Hold every ratio against the baseline of the same name and peer; the missing follow at the end.

    Absolute times are never compared: they belong to a machine. `expected` names what was asked for, where that is not
    everything; only of that can a measurement be missing.
    """
    known = {each.key: each for each in baseline.ratios} if baseline else {}
    lines = [_compared(each, known.get(each.key), baseline is not None) for each in found]
    asked = None if expected is None else set(expected)
    gone = [key for key in known if key not in {each.key for each in found} and (asked is None or key[0] in asked)]
    return lines + [Compared(*key, "missing", baseline=known[key].ratio, aim=known[key].aim) for key in gone]


def allowed(own: float, stored: float) -> float:
    """Return the share that a ratio may fall: the larger noise of the two days, at least 15 %, at most half."""
    return min(max(own, stored, LEAST_NOISE), MOST_NOISE)


def better(first: Sequence[Measured], again: Iterable[Measured]) -> list[Measured]:
    """Return the first measurements, each replaced by the one made again where that has the higher ratio.

    What seems to have fallen is measured twice: a busy neighbour seldom stays, a slower kernel does.
    """
    second = {each.key: each for each in again if each.ratio is not None}
    found = []
    for each in first:
        other = second.get(each.key)
        found.append(other if other and each.ratio is not None and (other.ratio or 0) > each.ratio else each)
    return found


def fallen(lines: Iterable[Compared]) -> list[Violation]:
    """Return a finding for every ratio that fell beyond noise."""
    return [
        Violation(
            "E737",
            each.name,
            f"{each.ratio:.3g} times {each.peer}",
            f"{each.baseline * (1 - each.allowed):.3g} or more ({each.baseline:.3g} less {each.allowed:.0%})",
        )
        for each in lines
        if each.verdict == "fell" and each.baseline is not None and each.allowed is not None
    ]


def read_baseline(path: Path) -> Baseline:
    """Return a stored baseline; one that is not there or not in order is an error that says how to create it."""
    if not path.is_file():
        raise ReadinessError(Violation("E732", label(path), hint=CREATE), USAGE)
    content = read_bytes(path, LARGEST)
    try:
        stored = json.loads(content.decode("utf-8"))
        return _baseline(stored)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        found = f"{type(fault).__name__}: {fault}"
        raise ReadinessError(Violation("E735", label(path), found, hint=CREATE), USAGE) from fault


def write_baseline(path: Path, found: Sequence[Measured], earlier: Baseline | None = None) -> int:
    """Write the ratios as the new baseline and keep earlier ones not measured now; return how many stand there."""
    kept = {each.key: each for each in earlier.ratios} if earlier else {}
    kept |= {each.key: each for each in found if each.ratio is not None}
    ratios: dict[str, dict[str, dict[str, float | None]]] = {}
    for (name, peer), each in sorted(kept.items()):
        line = {"ratio": _short(each.ratio), "noise": _short(each.noise), "aim": each.aim}
        ratios.setdefault(name, {})[peer] = line
    stored = {"format": FORMAT, "measured": date.today().isoformat(), "machine": machine(), "ratios": ratios}
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.part")
    beside.write_text(json.dumps(stored, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    beside.replace(path)
    return len(kept)


def machine() -> dict[str, str]:
    """Return what ratios depend on besides the code: processor, Python and the packages that compute."""
    return {
        "processor": _processor(),
        "python": platform.python_version(),
        **{each: _version(each) for each in PACKAGES},
    }


def as_data(lines: Iterable[Compared]) -> list[dict[str, Any]]:
    """Return the compared measurements as plain data, for JSON."""
    return [asdict(each) for each in lines]


def _measured(name: str, seconds: float, line: dict[str, Any]) -> Measured:
    rate = line.get("replicates_per_second")
    aim = line.get("aim")
    return Measured(
        name,
        seconds,
        str(line["peer"]),
        float(line["ratio"]),
        None if aim is None else float(aim),
        float(line.get("noise", 0)),
        None if rate is None else float(rate),
    )


def _compared(each: Measured, stored: Measured | None, any_baseline: bool) -> Compared:
    before = stored.ratio if stored else None
    share = None
    if each.ratio is None:
        verdict = "no peer"
    elif not any_baseline:
        verdict = "no baseline"
    elif stored is None or before is None:
        verdict = "new"
    else:
        share = allowed(each.noise, stored.noise)
        low, high = before * (1 - share), before / (1 - share)
        verdict = "fell" if each.ratio < low else "rose" if each.ratio > high else "held"
    return Compared(
        each.name, each.peer, verdict, each.seconds, each.ratio, before, share, each.aim, each.replicates_per_second
    )


def _baseline(stored: dict[str, Any]) -> Baseline:
    if stored["format"] != FORMAT:
        raise ValueError(f"format {stored['format']}, not {FORMAT}")
    lines = [(name, peer, line) for name, own in stored["ratios"].items() for peer, line in own.items()]
    made_on = {str(key): str(value) for key, value in stored["machine"].items()}
    return Baseline(made_on, str(stored["measured"]), tuple(_stored(*each) for each in lines))


def _stored(name: str, peer: str, line: dict[str, Any]) -> Measured:
    ratio, noise = float(line["ratio"]), float(line["noise"])
    if not (0 < ratio < float("inf") and 0 <= noise < float("inf")):
        raise ValueError(f"{name}: a ratio above zero and a noise are needed")
    aim = line.get("aim")
    return Measured(str(name), 0.0, str(peer), ratio, None if aim is None else float(aim), noise)


def _short(value: float | None) -> float | None:
    """Keep four digits: more are noise, and would make every saved baseline differ everywhere."""
    return None if value is None else float(f"{value:.4g}")


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")]
    return f"{names[0]}, {len(names)} cores" if names else platform.machine()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
