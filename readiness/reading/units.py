"""What framework.toml says of the units: who they are, their names, their groupings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from readiness.countries import GROUPS, unfit_codes
from readiness.errors import Violation, nearest
from readiness.reading.toml import Document


def unit_faults(document: Document) -> list[Violation]:
    """List the faults of `units`, [unit_names] and [clusters]; the tables have passed the check of their kinds."""
    units = document.content["units"]
    if isinstance(units, str) and units not in GROUPS:
        expected = ", ".join(GROUPS) + " or a list of codes"
        return [document.fault("E503", "units", found=units, expected=expected, hint=nearest(units, GROUPS))]
    codes = units_of(document.content)
    words = unfit_codes(codes) if isinstance(units, list) else []
    found = [document.fault("E503", "units", found=code, expected=expected) for code, expected in words]
    if not units:
        found.append(document.fault("E503", "units", found="none", expected="at least one unit"))
    found += [
        document.fault("E513", code, "unit_names", found=code, expected="one of the units", hint=nearest(code, codes))
        for code in document.content.get("unit_names", {})
        if code not in codes
    ]
    clusters = document.content.get("clusters", {})
    return found + [fault for name in clusters for fault in _cluster_faults(document, name, clusters[name], codes)]


def units_of(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the codes of the units, from a list or from the name of a group of countries."""
    units = content["units"]
    return GROUPS[units] if isinstance(units, str) else tuple(units)


def clusters_of(content: Mapping[str, Any]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the groupings of the units: by name, the units of each label."""
    clusters = content.get("clusters", {})
    return {name: {label: tuple(units) for label, units in labels.items()} for name, labels in clusters.items()}


def _cluster_faults(document: Document, name: str, labels: Any, units: tuple[str, ...]) -> Iterator[Violation]:
    table = f"clusters.{name}"
    if not isinstance(labels, Mapping) or not labels:
        yield document.fault("E503", "", table, found=str(labels), expected="a table of labels, each a list of units")
        return
    seen: set[str] = set()
    for label, members in labels.items():
        if not isinstance(members, list) or not all(isinstance(each, str) for each in members):
            yield document.fault("E503", label, table, found=str(members), expected="a list of units")
            continue
        for code in members:
            if code not in units:
                hint = nearest(code, units)
                yield document.fault("E513", label, table, found=code, expected="one of the units", hint=hint)
            elif code in seen:
                yield document.fault("E512", label, table, found=code, expected="each unit in one cluster")
            seen.add(code)
