"""The tables that answer an officer's questions: made once, where they can be made, and by which seed."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from test_figure_errors import give

import readiness
from readiness.answer_tables import ANSWERS
from readiness.answers import answered
from readiness.change import change_table
from readiness.movements import movements_table
from readiness.moves import moves_table
from readiness.peers import peers_table
from readiness.quality import quality_table
from readiness.shown import MIXES, mixes_of, shown_mix
from readiness.sides import other_edition, side_of
from readiness.tables import conform, described

MADE = {"quality", "peers", "targets", "moves", "movements", "change"}
VARY = "\n[uncertainty]\nrefit = false\nfigures = true\nweights = { method = 'uniform' }\n"


def names(results):
    return set(answered(results).tables) - set(results.tables)


@pytest.fixture
def varying(small):
    for code in ("chips", "coders"):
        give(small, code, "relative", 0.1)
    small.write("recipe.toml", small.path("recipe.toml").read_text(encoding="utf-8") + VARY)
    return small


@pytest.fixture(scope="module")
def made(eari):
    return answered(eari)


def test_every_table_is_made_of_the_newest_edition_and_the_one_before(eari, made):
    assert set(made.tables) - set(eari.tables) == MADE
    assert MADE | {"figures"} == set(ANSWERS)
    side = side_of(eari)
    before = other_edition(side, 2025)
    assert made.tables["change"].equals(change_table(before, side))
    assert made.tables["movements"].equals(movements_table(before, side, replicates=0))
    assert made.tables["moves"].equals(moves_table(side, replicates=0))
    assert made.tables["peers"].equals(peers_table(side))
    assert made.tables["quality"].equals(quality_table(side))
    for name in MADE:
        assert made.tables[name].equals(conform(name, made.tables[name])), name
        assert all(meaning for meaning, _ in described(name).values())


def test_tables_that_are_there_are_not_made_again(eari, made):
    assert answered(made) is made
    own = replace(eari, tables={**eari.tables, "quality": made.tables["quality"].head(1)})
    assert answered(own).tables["quality"].height == 1


def test_without_targets_there_is_no_such_table(small):
    assert names(small.run()) == MADE - {"targets"}


def test_the_first_edition_has_nothing_to_compare_with(small):
    assert names(small.run(edition=2023)) == MADE - {"targets", "change", "movements"}


def test_multiple_imputation_has_no_causes_and_moves(small):
    small.drop("coders", ("AT",))
    assert names(small.run(settings=["impute=multiple"])) == {"quality", "peers", "movements"}


@pytest.mark.parametrize("setting", ["aggregate=kemeny", "weight=benefit_of_the_doubt"])
def test_a_solver_is_not_called_hundreds_of_times(small, setting):
    assert names(small.run(settings=[setting])) == {"quality", "peers", "movements"}


def test_chances_and_intervals_are_drawn_where_the_run_was_simulated_and_by_its_seed(varying):
    results = varying.run()
    plain = answered(results).tables
    assert plain["movements"]["change_low_90"].null_count() == plain["movements"].height
    assert plain["moves"]["chance"].null_count() == plain["moves"].height
    simulated = results.simulate(300, seed=9)
    drawn = answered(simulated).tables
    side = side_of(simulated)
    assert drawn["movements"].equals(movements_table(other_edition(side, 2023), side, 9))
    assert drawn["moves"].equals(moves_table(side, 9))
    assert not drawn["moves"].equals(moves_table(side, 1))
    behind = drawn["moves"].filter(pl.col("reason").is_null())
    assert behind["chance"].null_count() == 0


@pytest.mark.parametrize("index", ["desi-2022", "hdi", "tai-2008"])
def test_every_built_in_index_has_answers(index, desi):
    results = desi if index == "desi-2022" else readiness.run(index=index)
    made = answered(results)
    for name in set(made.tables) & set(ANSWERS):
        assert made.tables[name].height > 0, name
    assert {"quality", "peers"} <= set(made.tables)


def test_the_same_results_give_the_same_answers(varying):
    one, other = (answered(varying.run().simulate(300, seed=9)).tables for _ in range(2))
    assert all(one[name].equals(other[name]) for name in one)


# Which simulation is shown


@pytest.mark.parametrize(
    ("held", "shown"),
    [
        (["weights"], "weights"),
        (["weights", "figures"], "weights"),
        (["all", "figures", "method", "weights"], "all"),
        (["choices", "exclusion"], "choices"),
        (["my own", "figures"], "figures"),
        (["my own"], "my own"),
    ],
)
def test_the_mix_in_which_most_varies_is_shown(held, shown):
    frame = pl.DataFrame({"varied": held})
    assert shown_mix({"simulation": frame}) == shown
    assert sorted(mixes_of(frame)) == sorted(held)
    known = [name for name in mixes_of(frame) if name in MIXES]
    assert known == sorted(known, key=MIXES.index)


def test_no_mix_is_shown_of_a_run_without_simulation(eari, simulated):
    assert shown_mix(eari.tables) == ""
    assert shown_mix({"simulation": pl.DataFrame({"varied": []}, schema={"varied": pl.String})}) == ""
    assert shown_mix(simulated.tables) == "all"
