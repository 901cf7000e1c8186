"""Two editions under the same draws: intervals of differences, what cancels out and what does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_figure_errors import give
from two_runs import values_of

from readiness import streams
from readiness.answer_tables import ANSWERS
from readiness.dealing import deal
from readiness.lanes import Draws
from readiness.movements import may_simulate, mix_of, movements_table, quantile
from readiness.paired import FEWEST, MOST, Pair, replicated
from readiness.sides import other_edition, side_of
from readiness.variation import Variation

INTERVAL = ["change_low_90", "change_high_90", "places_low_90", "places_high_90", "chance_up"]
ALL_CODES = ("chips", "cables", "price", "coders", "courses")
FIGURES = "\n[uncertainty]\nrefit = false\nfigures = true\n"


def both(results, edition=None):
    """Return the edition before the newest, or another one, and the newest."""
    side = side_of(results)
    return other_edition(side, edition or side.plan.editions[-2]), side


def varied(small, text=FIGURES, size=0.1):
    """Give every figure of the small index an error; of the edition 2024 only figures of compute are new."""
    for code in ALL_CODES:
        give(small, code, "relative", size)
    for code in ("coders", "courses"):
        small.drop(code, years=(2023,))
    small.write("recipe.toml", small.path("recipe.toml").read_text(encoding="utf-8") + text)
    return small


def on(table, node):
    return table.filter(pl.col("node") == node).sort("country")


# What the table says


def test_scores_ranks_and_differences_are_the_published_ones(eari):
    table = movements_table(*both(eari), replicates=0)
    assert table.columns == list(ANSWERS["movements"].columns)
    assert table.height == 27 * len(eari.framework.groups)
    ends = [(values_of(eari, column, edition)) for column in ("score", "rank") for edition in (2025, 2026)]
    for row in table.iter_rows(named=True):
        key = row["country"], row["node"]
        shown = [row[name] for name in ("score_before", "score_after", "rank_before", "rank_after")]
        assert shown == [own.get(key) for own in ends], key
        if None not in shown:
            assert (row["change"], row["places"]) == (shown[1] - shown[0], shown[2] - shown[3])


def test_no_intervals_where_nothing_is_drawn(small, eari):
    for table in (movements_table(*both(small.run())), movements_table(*both(eari), replicates=0)):
        assert table.select([*INTERVAL, "beyond_noise"]).null_count().row(0) == (table.height,) * 6


@pytest.mark.parametrize("setting", ["aggregate=kemeny", "weight=benefit_of_the_doubt"])
def test_no_intervals_where_each_replicate_would_call_a_solver(small, setting):
    results = varied(small).run(settings=[setting])
    assert not may_simulate(results.recipe)
    assert movements_table(*both(results))["change_low_90"].null_count() == 3 * 6


def test_no_intervals_where_an_alternative_would_call_a_solver(small):
    results = varied(small).run(vary=["aggregate.index=arithmetic,kemeny"])
    assert not may_simulate(results.recipe)
    assert may_simulate(replace(results.recipe, variation=Variation(figures=True)))


def test_beyond_noise_says_that_the_interval_does_not_hold_zero(eari):
    table = movements_table(*both(eari), seed=3, replicates=1024)
    low, high, beyond = (table[name] for name in ("change_low_90", "change_high_90", "beyond_noise"))
    assert (beyond == ((low > 0) | (high < 0))).all()
    assert 0.1 < beyond.mean() < 0.9
    assert (low <= high).all()
    assert (table.filter(low > 0)["chance_up"] >= 0.95).all()
    assert (table.filter(high < 0)["chance_up"] <= 0.05).all()


def test_the_seed_alone_decides_what_is_drawn(eari):
    one, again, other = (movements_table(*both(eari), seed=seed, replicates=600) for seed in (1, 1, 2))
    assert one.equals(again)
    assert not one.equals(other)
    assert one.drop(INTERVAL, "beyond_noise").equals(other.drop(INTERVAL, "beyond_noise"))


def test_one_thread_gives_what_two_give(eari, monkeypatch):
    tables = []
    for threads in (1, 2, None):
        monkeypatch.setattr("readiness.paired.os.cpu_count", lambda threads=threads: threads)
        tables.append(movements_table(*both(eari, 2024), replicates=1500))
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])


# What cancels out


@pytest.mark.parametrize("refit", ["false", "true"])
def test_an_edition_against_itself_has_an_interval_of_exactly_zero(small, refit):
    text = FIGURES.replace("refit = false", f'refit = {refit}\nweights = {{ method = "uniform" }}')
    side = side_of(varied(small, text).run())
    table = movements_table(side, side, replicates=1024)
    assert table.select(pl.col(INTERVAL).abs().max()).row(0) == (0, 0, 0, 0, 0)
    assert not table["beyond_noise"].any()


def test_the_built_in_edition_against_itself_has_an_interval_of_exactly_zero(eari):
    side = side_of(eari)
    table = movements_table(side, side, replicates=700)
    assert table.select(pl.col(INTERVAL).abs().max()).row(0) == (0, 0, 0, 0, 0)


def test_figures_of_the_same_year_have_one_error_in_both_editions(small):
    table = movements_table(*both(varied(small).run()))
    same, changed = on(table, "skills"), on(table, "compute")
    assert same.select(pl.col([*INTERVAL, "change", "places"]).abs().max()).row(0) == (0,) * 7
    assert (changed["change_low_90"] < changed["change_high_90"]).all()
    assert (changed["change"] != 0).any()


def test_a_figure_that_was_revised_has_another_error(small):
    varied(small)
    before = small.run()
    small.put("coders", "BG", 2022, 4.2)  # the scale stays
    table = on(movements_table(other_edition(side_of(before), 2023), side_of(small.run())), "skills")
    wide = dict(zip(table["country"], table["change_high_90"] - table["change_low_90"], strict=True))
    spread = np.hypot(0.36, 0.42) / (0.9 * 9.25 - 0.9) * 100 / 2  # coders are half of skills
    assert wide.pop("BG") == pytest.approx(2 * 1.6449 * spread, rel=0.1)
    assert max(wide.values()) == 0


def test_changed_figures_have_independent_errors(small):
    """The difference of two normal figures is normal: its quantiles follow from the two standard errors."""
    varied(small, size=0.02)
    small.edit("framework.toml", "cables = 1\nprice = 2\n", "cables = 0\nprice = 0\n")
    before, after = both(small.run())
    table = on(movements_table(before, after), "compute")
    figures = np.array([9, 18, 27, 36, 45, 54.0]), np.array([10, 20, 30, 40, 50, 60.0])
    span = 60 - 9
    middle = 100 * (figures[1] - figures[0]) / span
    spread = 100 * 0.02 * np.hypot(*figures) / span
    np.testing.assert_allclose(table["change"], middle, rtol=1e-12)
    for name, quantile_of_normal in (("change_low_90", -1.6449), ("change_high_90", 1.6449)):
        error = spread * np.sqrt(0.05 * 0.95 / 8192) / 0.1031  # density of the normal at its 5 % quantile
        assert (np.abs(table[name] - middle - quantile_of_normal * spread) < 4 * error).all(), name


def test_trees_that_differ_are_drawn_each_by_itself(small):
    varied(small, FIGURES.replace("refit", 'weights = { method = "none" }\nrefit'))
    before = small.run()
    small.edit("framework.toml", "price = 2\n", "")
    small.edit("framework.toml", 'context = ["wealth"]', 'context = ["wealth", "price"]')
    small.path("compute/price.toml").rename(small.path("context/price.toml"))
    table = movements_table(side_of(before), side_of(small.run()))
    assert set(table["node"]) == {"index", "compute", "skills"}
    assert (on(table, "skills")["change"] == 0).all()
    assert (on(table, "skills")["change_low_90"] < on(table, "skills")["change_high_90"]).all()


def test_each_side_scores_a_replicate_by_its_own_combination_of_methods(small):
    """Goalposts, an alternative to the scale, are declared later on only: before, every replicate has one method."""
    small.edit("recipe.toml", 'method = "winsorise"\npoints = 2', 'method = "none"')
    before = side_of(small.run())
    for code in ALL_CODES:
        place = "skills" if code in ("coders", "courses") else "compute"
        small.edit(f"{place}/{code}.toml", 'unit = "points"', 'unit = "points"\ngoalposts = [0, 700]')
    after = side_of(small.run(vary=["normalise=min_max,goalposts"]))
    mixes = [mix_of(side, after.results.recipe.variation, 1) for side in (before, after)]
    assert [len(mix.cells) for mix in mixes] == [1, 2]
    pair = Pair(*mixes, [("index", "index")], [(unit, unit) for unit in range(6)])
    one, other = (each.scores[0] for each in replicated(pair, 600))
    assert np.ptp(one, axis=1).max() == 0
    dealt = deal(np.arange(600, dtype=np.uint64), mixes[1].ends)
    for number, cell in enumerate(mixes[1].cells):
        *_, (_, scores, _) = cell.scores(Draws(1))
        assert (other[:, dealt == number] == scores).all(), number


# Against a simulation written in NumPy


def test_intervals_are_those_of_an_independent_simulation(small):
    """One group of three indicators: weights drawn once for both editions, errors of new figures twice."""
    text = FIGURES.replace("figures = true", 'figures = true\nweights = { method = "uniform", spread = 0.25 }')
    varied(small, text)
    small.drop("cables", years=(2023,))
    before, after = both(small.run())
    table = on(movements_table(before, after), "compute")

    draws, rng = 400_000, np.random.default_rng(99)
    scale = {
        code: before.results.bounds.row(by_predicate=pl.col("indicator") == code, named=True) for code in ALL_CODES
    }
    weights = np.array([1.0, 1.0, 2.0])[:, None] * rng.uniform(0.75, 1.25, (3, draws))
    for column, country in enumerate(table["country"]):
        scores = np.zeros((2, draws))
        for weight, code in zip(weights, ("chips", "cables", "price"), strict=True):
            own = before.results.cells.filter((pl.col("indicator") == code) & (pl.col("country") == country)).sort(
                "edition"
            )
            shared = rng.normal(size=draws)
            for edition, figure in enumerate(own["denominated"]):
                error = shared if code == "cables" else rng.normal(size=draws)
                place = (figure * (1 + 0.1 * error) - scale[code]["zero"]) / (scale[code]["full"] - scale[code]["zero"])
                scores[edition] += weight * 100 * place
        difference = np.sort((scores[1] - scores[0]) / weights.sum(axis=0))
        room = 4.5 * np.sqrt(0.05 * 0.95 / 8192)
        for name, share in (("change_low_90", 0.05), ("change_high_90", 0.95)):
            low, high = (difference[int((share + sign * room) * draws)] for sign in (-1, 1))
            assert low < table[name][column] < high, (country, name)
        assert table["chance_up"][column] == pytest.approx((difference > 0).mean(), abs=4.5 * 0.5 / np.sqrt(8192))


# The parts


@settings(derandomize=True, deadline=None, database=None)
@given(
    st.lists(st.one_of(st.floats(-9, 9), st.just(np.nan)), min_size=1, max_size=60), st.sampled_from([0.05, 0.5, 0.95])
)
def test_a_quantile_is_the_smallest_value_that_so_much_does_not_exceed(values, share):
    there = [value for value in values if not np.isnan(value)]
    found = quantile(np.array([values]), share)[0]
    if not there:
        assert np.isnan(found)
    else:
        assert found == np.quantile(there, share, method="inverted_cdf")
        assert (np.array(there) <= found).mean() >= share - 1e-12


def test_a_mix_of_another_edition_has_that_edition_s_scores(small, eari):
    for results in (varied(small).run(), eari):
        for side in both(results):
            mix = mix_of(side, results.recipe.variation, 1)
            rows = {code: scores for code, scores, _ in mix.cells[0].scores(Draws(1))}
            for code, scores in rows.items():
                expected = side.stages.scores[side.at, side.plan.place[code], : side.plan.members]
                np.testing.assert_allclose(scores[:, 0], expected, rtol=1e-12)


def test_figures_that_stand_apart_take_another_stream(small):
    mix = mix_of(side_of(varied(small).run()), Variation(figures=True, refit=False), 5)
    (cell,) = mix.cells
    apart = np.zeros((5, 6), dtype=bool)
    apart[1, 2] = apart[4, 5] = True
    wanted = np.arange(40, dtype=np.uint64)
    plain, other = (replace(cell, apart=each).varied_figures(wanted) for each in (None, apart))
    assert ((plain != other).all(axis=2) == apart).all()
    assert (plain[~apart] == other[~apart]).all()
    drawn = streams.normals(5, streams.OTHER_FIGURES, (5, 6), 40)
    expected = cell.figures[..., None] + cell.errors.size[..., None] * drawn
    np.testing.assert_allclose(other[apart], expected[apart], rtol=1e-12)


def test_large_indices_have_fewer_replicates_so_that_they_fit_into_memory():
    def number(nodes, units, wanted=8192):
        return Pair(None, None, [("a", "a")] * nodes, [(0, 0)] * units).replicates(wanted)

    assert number(30, 27) == 8192
    assert number(100, 300) == MOST // 30_000 < 8192
    assert number(1000, 1000) == FEWEST
    assert number(3, 3, 100) == FEWEST
