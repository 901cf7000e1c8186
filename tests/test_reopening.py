"""A stored run can be asked again: the same digest, tables and answers, and no secret in its folder."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from test_figure_errors import give

import readiness
from readiness.answer_tables import ANSWERS
from readiness.answers import answered
from readiness.change import change_table
from readiness.errors import NOT_REPRODUCIBLE, ReadinessError
from readiness.movements import movements_table
from readiness.reopening import figures_table
from readiness.results import compute, digest
from readiness.sides import other_edition, side_of
from readiness.whatif import what_if

VARY = ("weights=0.3", "figures", "leave-out=indicator", "treat=winsorise,none", "aggregate.index=arithmetic,geometric")


@pytest.fixture(scope="module")
def stored(eari, tmp_path_factory):
    """The built-in index with its answers, and what its folder gives back."""
    whole = answered(eari)
    return whole, opened(whole, tmp_path_factory.mktemp("runs"))


def opened(results, place):
    return readiness.open_run(results.write(place / "runs", products=())).results


def same(results, again):
    """Check that what was opened says the same as the answered results, in every declaration and table."""
    assert again.digest == results.digest
    assert again.declaration == results.declaration
    assert digest(again.framework.declaration()) == digest(results.framework.declaration())
    assert again.recipe.declaration() == results.recipe.declaration()
    assert (again.edition, again.as_of, dict(again.inputs)) == (results.edition, results.as_of, dict(results.inputs))
    assert dict(again.simulation) == dict(results.simulation)
    assert again.tables.keys() == results.tables.keys()
    for name, frame in results.tables.items():
        assert again.tables[name].equals(frame), name


def recomputed(results):
    """Compute a run again from all that it says it was made from."""
    return compute(results.framework, results.panel, results.recipe, results.edition, results.as_of, results.inputs)


def computed_alike(results, again):
    """Check that what was opened gives the same tables when it is computed again, but for places in files."""
    anew = recomputed(again)
    for name, frame in anew.tables.items():
        assert frame.drop("file", "row", strict=False).equals(results.tables[name].drop("file", "row", strict=False)), (
            name
        )


def test_the_stored_official_run_is_the_run(stored):
    same(*stored)
    computed_alike(*stored)


@pytest.mark.parametrize("index", ["desi-2022", "hdi", "tai-2008"])
def test_a_stored_run_of_a_built_in_index_is_the_run(index, tmp_path):
    results = answered(readiness.run(index=index))
    again = opened(results, tmp_path)
    same(results, again)
    computed_alike(results, again)


SETTINGS = {
    "plain": {},
    "as of a day": {"as_of": "2024-05-05"},
    "an earlier edition": {"edition": 2023},
    "weights": {"weights": {"compute": 3, "chips": 0.5}},
    "methods of nodes": {
        "settings": ["aggregate.index=geometric", "normalise.chips=percentile_rank", "aggregate.compute.coverage=0.7"]
    },
    "numbers": {"settings": ["treat.points=1", "treat.fit=all", "normalise.fit=newest", "rank.decimals=1"]},
    "draws": {"settings": ["impute=multiple", "impute.draws=3", "impute.seed=9"]},
    "a unit as a number": {"settings": ["normalise=distance_to_reference", "normalise.unit=DE"]},
    "learned weights": {"settings": ["weight=critic"]},
    "what varies": {"vary": VARY},
    "noise of single groups": {"vary": ("weights=dirichlet:50", "weights.index=flat", "figures", "revisions")},
}


@pytest.mark.parametrize("how", SETTINGS)
def test_a_stored_run_is_the_run_whatever_was_asked(small, tmp_path, how):
    give(small, "coders", "relative", 0.1)
    small.put("coders", "BE", 2023, 1.25, vintage="2026-01-01")
    small.drop("chips", ("AT",))
    results = answered(small.run(**SETTINGS[how]))
    again = opened(results, tmp_path)
    same(results, again)
    assert recomputed(again).digest == results.digest


def test_a_simulated_run_keeps_its_seed_and_what_it_was_simulated_with(small, tmp_path):
    give(small, "coders", "relative", 0.1)
    results = answered(small.run(vary=VARY).simulate(300, seed=5))
    again = opened(results, tmp_path)
    same(results, again)
    assert again.simulate(300, seed=5).tables["intervals"].equals(results.tables["intervals"])


def test_clusters_opinions_targets_and_peers_are_kept(small, tmp_path):
    small.edit("framework.toml", "[weights.index]", '[peers]\noutput = "wealth"\npeople = "people"\n\n[weights.index]')
    small.edit(
        "framework.toml",
        "[weights.index]",
        '[clusters.region]\nwest = ["AT", "BE", "DE"]\neast = ["BG", "CY", "CZ"]\n\n[weights.index]',
    )
    small.write("opinions/budget_allocation/skills.csv", "expert,coders,courses\none,60,40\ntwo,50,50\n")
    small.write(
        "targets.toml",
        '[t]\nname = "T"\norigin = "O"\nseries = "chips"\nunit = "points"\ngoal = 90\nby = 2030\nsince = 2020\n',
    )
    results = answered(small.run(settings=["weight.skills=budget_allocation", "impute=group_mean"]))
    assert results.framework.clusters
    assert results.framework.opinions
    assert results.framework.targets
    same(results, opened(results, tmp_path))


# Answers


def test_a_stored_run_gives_the_same_answers(small, tmp_path):
    for code in ("coders", "chips"):
        give(small, code, "relative", 0.1)
    results = small.run(vary=("weights=0.3", "figures")).simulate(300, seed=5)
    stored = readiness.open_run(results.write(tmp_path, products=()))
    again = stored.results
    assert set(stored.tables) - set(again.tables) == {"figures"}
    assert answered(again).tables.keys() == again.tables.keys(), "nothing is made twice"
    made = answered(replace(again, tables={name: own for name, own in again.tables.items() if name not in ANSWERS}))
    for name in again.tables:
        assert made.tables[name].equals(stored.tables[name]), name
    one, other = (what_if(each, "BE", {"chips": 33}) for each in (results, again))
    assert one.nodes.equals(other.nodes)
    assert one.chance == other.chance


def test_sides_of_a_stored_run_are_those_of_the_run(stored):
    sides = [side_of(each) for each in stored]
    before = [other_edition(side, 2025) for side in sides]
    assert change_table(before[1], sides[1]).equals(change_table(before[0], sides[0]))
    assert change_table(before[0], sides[1]).equals(change_table(before[1], sides[0])), "between the run and its folder"
    one, other = (movements_table(*pair, replicates=512) for pair in zip(before, sides, strict=True))
    assert one.equals(other)


def test_a_run_that_is_stored_again_is_the_same_run(small, tmp_path):
    give(small, "coders", "relative", 0.1)
    first = small.run(vary=VARY).simulate(300, seed=5).write(tmp_path / "one", "readiness run")
    second = readiness.open_run(first).results.write(tmp_path / "two", "readiness run")
    assert second.name == first.name
    files = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(second) for path in second.rglob("*") if path.is_file())
    for file in files:
        assert (second / file).read_bytes() == (first / file).read_bytes(), file


# Methods that only a session had


def added(x, weights):
    return x.sum(axis=0)


def as_it_is(x, direction):
    return x


@pytest.mark.parametrize(("step", "function"), [("aggregate", added), ("normalise", as_it_is)])
def test_a_run_with_a_plain_function_says_that_it_cannot_be_asked_again(small, tmp_path, step, function):
    results = small.run()
    recipe = results.recipe.replace(**{step: function})
    stored = readiness.open_run(results.with_recipe(recipe).write(tmp_path, products=()))
    assert stored.tables["scores"].height > 0
    with pytest.raises(ReadinessError) as caught:
        _ = stored.results
    (found,) = caught.value.violations
    assert (found.code, found.file, caught.value.status) == ("E774", "manifest.json", NOT_REPRODUCIBLE)
    assert found.found


# Figures in the folder


@pytest.fixture
def secret(small):
    small.put("coders", "AT", 2023, 7.140625, conf_status="C")
    small.put("people", "BE", 2023, 12.015625, conf_status="N")
    small.put("wealth", "BG", 2023, 1.4140625, obs_status="c")
    return small


def test_confidential_figures_are_in_no_file_of_a_run(secret, tmp_path):
    folder = secret.run().write(tmp_path, products=("pages", "explorer"))
    figures = pl.read_parquet(folder / "figures.parquet")
    hidden = figures.filter(pl.col("conf_status") != "")
    assert set(hidden.select("indicator", "country").iter_rows()) == {
        ("coders", "AT"),
        ("people", "BE"),
        ("wealth", "BG"),
    }
    assert hidden["value"].null_count() == hidden["standard_error"].null_count() == 3
    for file in folder.glob("*.parquet"):
        frame = pl.read_parquet(file)
        for name in frame.select(pl.col(pl.Float64)).columns:
            assert not frame[name].is_in([7.140625, 12.015625, 1.4140625]).any(), (file.name, name)
    for file in (*folder.glob("*.json"), *folder.glob("report/*")):
        content = file.read_bytes()
        assert b"7.140625" not in content, file.name
        assert b"12.015625" not in content, file.name


def test_a_run_with_secrets_is_the_same_when_it_is_opened(secret, tmp_path):
    results = answered(secret.run())
    again = opened(results, tmp_path)
    same(results, again)
    anew = recomputed(again)
    assert anew.scores.equals(results.scores)
    assert anew.cells["reason"].equals(results.cells["reason"]), "a gap is still said to be confidential"


def test_figures_are_those_of_the_index_that_were_known_on_the_day(small):
    small.put("coders", "BE", 2023, 1.25, vintage="2026-01-01")
    small.put("coders", "BE", 2023, 1.5, vintage="2024-01-01")
    results = small.run(as_of="2025-01-01")
    figures = figures_table(results.panel, results.framework, results.as_of)
    assert figures.columns == list(ANSWERS["figures"].columns)
    own = figures.filter((pl.col("indicator") == "coders") & (pl.col("country") == "BE") & (pl.col("year") == 2023))
    assert sorted(own["value"].to_list()) == [1.0, 1.5]
    assert set(figures["indicator"]) == {"chips", "cables", "price", "coders", "courses", "wealth", "people"}


def test_series_that_the_index_does_not_know_are_left_out(eari):
    figures = figures_table(eari.panel, eari.framework, None)
    known = set(eari.framework.all_indicators)
    assert set(figures["indicator"]) <= known
    assert set(eari.panel.figures["indicator"]) - known, "the release holds more than the index"
    assert figures.height == eari.panel.figures.filter(pl.col("indicator").is_in(list(known))).height
