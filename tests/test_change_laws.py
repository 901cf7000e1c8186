"""Causes of a change between two runs of figures that Hypothesis makes up, against plain Python; trees that differ."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from numpy_change import Edition, Way
from small_index import UNITS, Small
from two_runs import BEFORE, sums, table_of, told

from readiness.causes import CAUSES
from readiness.results import compute

CODES = tuple(BEFORE)
GROUPS = ("index", "compute", "skills")
STEADY = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=20,
    phases=(Phase.generate,),
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.function_scoped_fixture),
)
CELLS = st.tuples(st.sampled_from(CODES), st.sampled_from(UNITS))
EDITS = st.fixed_dictionaries(
    {
        "revised": st.dictionaries(CELLS, st.integers(1, 99), max_size=4),
        "new": st.dictionaries(CELLS, st.one_of(st.integers(1, 99), st.none()), max_size=9),
        "enters": st.sampled_from(["", "chips", "coders"]),
        "leaves": st.sampled_from(["", "cables", "price"]),
        "weights": st.dictionaries(
            st.sampled_from(["compute", "chips", "price", "coders"]), st.sampled_from([0.5, 2, 3])
        ),
        "absent": st.tuples(st.sampled_from(["", "BE", "DE"]), st.booleans()),
        "geometric": st.booleans(),
        "country": st.sampled_from(["AT", "CY", "CZ"]),
    }
)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The small index without treatment and division, to be changed in memory: an edition a run, figures of a year."""
    small = Small(tmp_path_factory.mktemp("plain"))
    small.edit("recipe.toml", 'method = "winsorise"\npoints = 2', 'method = "none"')
    small.edit("framework.toml", "max_age = 4", "max_age = 0")
    small.edit("skills/courses.toml", '\n[denominator]\nseries = "people"\nper = 1\nunit = "courses per person"\n', "")
    return small.run(), small.run(settings=["aggregate.index=geometric"]).recipe


def run_of(plain, recipe, edition, units, weights, figures):
    """Return the run of an edition; figures are {year: {(indicator, unit): value}}."""
    own = plain.panel.figures
    rows = [(*cell, year, float(value)) for year, cells in figures.items() for cell, value in cells.items()]
    cells = pl.DataFrame(rows, schema=("indicator", "geo", "year", "value"), orient="row")
    rest = own.head(1).drop(cells.columns)
    made = cells.join(rest, how="cross").select(own.columns).cast(own.schema)
    tree = replace(plain.framework, units=units, editions=(edition,)).with_weights(weights)
    return compute(tree, replace(plain.panel, figures=made), recipe)


def by_indicator(cells, units):
    """Return the figures of each indicator that counts: two thirds of the units have one."""
    found = {code: {unit: float(cells[code, unit]) for unit in units if (code, unit) in cells} for code in CODES}
    return {code: values for code, values in found.items() if 3 * len(values) >= 2 * len(units)}


def edited(plain, geometric, edit):
    """Return the runs before and after an edit, and the way between them as the oracle takes it."""
    cells = {(code, unit): value for code, values in BEFORE.items() for unit, value in values.items()}
    before = {cell: value for cell, value in cells.items() if cell[0] != edit["enters"]}
    absent, enters = edit["absent"]
    revised = {cell: value if cell[1] == absent else edit["revised"].get(cell, value) for cell, value in before.items()}
    after = {**cells, **revised, **edit["new"]}
    after = {cell: value for cell, value in after.items() if value is not None and cell[0] != edit["leaves"]}
    fewer = tuple(unit for unit in UNITS if unit != absent)
    units = (fewer, UNITS) if enters else (UNITS, fewer)
    recipe = geometric if edit["geometric"] else plain.recipe
    runs = (
        run_of(plain, plain.recipe, 2024, units[0], {}, {2023: before}),
        run_of(plain, recipe, 2025, units[1], edit["weights"], {2023: revised, 2024: after}),
    )
    one, other = (
        Edition(
            by_indicator(own, each),
            {code: run.framework.groups[code].children for code in GROUPS},
            each,
            geometric=bool(number and edit["geometric"]),
            revised=by_indicator(revised, each),
        )
        for number, (own, each, run) in enumerate(zip((before, after), units, runs, strict=True))
    )
    return runs, Way(one, other, edit["country"], ("price",))


@STEADY
@given(EDITS)
def test_causes_of_random_edits_add_up_and_are_those_of_plain_python(plain, edit):
    runs, way = edited(*plain, edit)
    table = table_of(*runs)
    for row in sums(table).iter_rows(named=True):
        for value in ("points", "places", "shapley", "shapley_places"):
            assert row[f"{value}_sum"] == pytest.approx(row[value], abs=1e-9), (row["country"], row["node"], value)
    for node in GROUPS:
        own = {value: told(table, way.country, node, value) for value in ("points", "places")}
        if not own["points"]:
            continue  # no score on one of the sides
        last = way.state(())
        for number, cause in enumerate(CAUSES, start=1):
            found = way.state(CAUSES[:number])
            state = [{**one, **other} for one, other in zip(last, found, strict=True)]  # a gap keeps what was before
            assert own["points"].get((cause, ""), 0.0) == pytest.approx(state[0][node] - last[0][node], abs=1e-9), cause
            assert own["places"].get((cause, ""), 0.0) == last[1][node] - state[1][node], cause
            last = state


@settings(STEADY, max_examples=6)
@given(EDITS)
def test_shapley_values_of_random_edits_are_those_of_plain_python(plain, edit):
    runs, way = edited(*plain, edit)
    table = table_of(*runs)
    own = [told(table, way.country, "index", value) for value in ("shapley", "shapley_places")]
    if own[0]:
        for cause, expected in way.shapley("index", CAUSES).items():
            found = [each.get((cause, ""), 0.0) for each in own]
            assert found == pytest.approx(expected, abs=1e-9), cause
