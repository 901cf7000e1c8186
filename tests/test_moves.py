"""What the median would move: points and places against runs with another figure, chances against every replicate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from small_index import FIGURES, PEOPLE, UNITS
from test_figure_errors import give
from two_runs import values_of

from readiness import steps
from readiness.answer_tables import ANSWERS
from readiness.dealing import deal, each
from readiness.movements import mix_of
from readiness.moves import AHEAD, GAP, OUT, moves_table
from readiness.results import compute
from readiness.sides import other_edition, side_of

CODES = ("chips", "cables", "price", "coders", "courses")
FOLDERS = {"chips": "compute", "cables": "compute", "price": "compute", "coders": "skills", "courses": "skills"}
VARY = (
    "\n[uncertainty]\nrefit = {refit}\nfigures = true\nweights = {{ method = 'uniform', spread = 0.4 }}\n"
    "[uncertainty.choices]\ntreat = ['winsorise', 'none']\n'aggregate.index' = ['arithmetic', 'geometric']\n"
)


def moves_of(results, replicates=0, edition=None):
    side = side_of(results)
    return moves_table(side if edition is None else other_edition(side, edition), 1, replicates)


def rows(table):
    return {(row["country"], row["indicator"]): row for row in table.iter_rows(named=True)}


def figures_of(code):
    values = dict(zip(UNITS, FIGURES[code], strict=True))
    return (
        {unit: value / people for (unit, value), people in zip(values.items(), PEOPLE, strict=True)}
        if code == "courses"
        else values
    )


def with_posts(small):
    """Declare goalposts, so that no figure moves a scale."""
    for code in CODES:
        values = figures_of(code).values()
        posts = f"goalposts = [{min(values) - 1}, {max(values) + 2}]"
        small.edit(f"{FOLDERS[code]}/{code}.toml", 'unit = "points"', f'unit = "points"\n{posts}')
    small.edit("recipe.toml", 'method = "min_max"', 'method = "goalposts"')
    small.edit("recipe.toml", 'method = "winsorise"\npoints = 2', 'method = "none"')
    return small


def moved(results, country, code, value):
    """Return the run with another figure in the place of the newest, which has this value after division."""
    people = dict(zip(UNITS, PEOPLE, strict=True))[country] if code == "courses" else 1
    cell = (pl.col("indicator") == code) & (pl.col("geo") == country) & (pl.col("year") == 2023)
    figures = results.panel.figures
    assert figures.filter(cell).height == 1
    figures = figures.with_columns(value=pl.when(cell).then(value * people).otherwise("value"))
    return compute(results.framework, replace(results.panel, figures=figures), results.recipe)


# Which figures are behind


def test_every_country_and_indicator_has_a_row_in_order(small):
    table = moves_of(small.run())
    assert table.columns == list(ANSWERS["moves"].columns)
    assert set(table.select("country", "indicator").iter_rows()) == {(unit, code) for unit in UNITS for code in CODES}
    assert table["chance"].null_count() == 30


def test_values_and_medians_are_those_of_the_figures(small):
    found = rows(moves_of(small.run()))
    for code in CODES:
        own = figures_of(code)
        for unit in UNITS:
            row = found[unit, code]
            assert row["value"] == own[unit]
            assert row["median"] == pytest.approx(np.median(list(own.values())), rel=1e-15)


def test_only_figures_worse_than_the_median_have_a_move_by_direction(small):
    found = rows(moves_of(small.run()))
    for code in CODES:
        middle = np.median(list(figures_of(code).values()))
        for unit, value in figures_of(code).items():
            row, behind = found[unit, code], (value > middle if code == "price" else value < middle)
            assert (row["reason"] is None) == behind, (unit, code)
            if not behind:
                assert (row["reason"], row["gain"], row["places"], row["chance"]) == (AHEAD, None, None, None)


def test_a_country_at_the_median_has_no_move(small):
    small.drop("chips", ("DE",))
    found = rows(moves_of(small.run()))
    assert found["BG", "chips"]["value"] == found["BG", "chips"]["median"] == 30
    assert found["BG", "chips"]["reason"] == AHEAD
    assert (found["DE", "chips"]["value"], found["DE", "chips"]["reason"]) == (None, GAP)
    assert found["DE", "chips"]["gain"] is None


def test_an_indicator_that_does_not_count_has_no_moves(small):
    small.drop("chips", ("AT", "BE", "BG"))
    own = moves_of(small.run()).filter(pl.col("indicator") == "chips")
    assert set(own["reason"]) == {OUT}
    assert own.select("value", "median", "gain", "places").null_count().row(0) == (6, 6, 6, 6)


# Points and places


def test_gain_and_places_are_those_of_a_run_with_the_figure_replaced(small):
    """With declared goalposts a run with another figure has the same scale."""
    results = with_posts(small).run()
    scores, ranks = (values_of(results, column) for column in ("score", "rank"))
    wins = 0
    for (country, code), row in rows(moves_of(results)).items():
        if row["reason"] is None:
            other = moved(results, country, code, row["median"])
            expected = values_of(other, "score")[country, "index"] - scores[country, "index"]
            assert row["gain"] == pytest.approx(expected, abs=1e-9), (country, code)
            assert row["places"] == ranks[country, "index"] - values_of(other, "rank")[country, "index"], (
                country,
                code,
            )
            wins += row["places"] > 0
    assert wins > 1


@pytest.mark.parametrize("setting", ["normalise=min_max", "aggregate=geometric", "treat=none", "normalise=z_score"])
def test_gains_are_on_the_scale_of_the_run(small, setting):
    """The scale does not move, whatever the figure is: the score is that of the median between the run's bounds."""
    results = small.run(settings=[setting, "aggregate.skills=arithmetic", "aggregate.compute=arithmetic"])
    scores = values_of(results, "score")
    bounds = {row["indicator"]: row for row in results.bounds.iter_rows(named=True)}
    shares = {
        "chips": ("compute", 1 / 4),
        "cables": ("compute", 1 / 4),
        "price": ("compute", 1 / 2),
        "coders": ("skills", 1 / 2),
        "courses": ("skills", 1 / 2),
    }
    for (country, code), row in rows(moves_of(results)).items():
        if row["reason"] is None:
            low, high = (0, 1) if setting == "normalise=z_score" else (0, 100)
            place = (row["median"] - bounds[code]["zero"]) / (bounds[code]["full"] - bounds[code]["zero"])
            pillar, share = shares[code]
            pillars = {name: scores[country, name] for name in ("compute", "skills")}
            pillars[pillar] += share * (low + (high - low) * place - scores[country, code])
            index = np.mean(list(pillars.values()))
            if setting == "aggregate=geometric":
                index = np.exp(np.mean(np.log(np.maximum(list(pillars.values()), 1))))
            assert row["gain"] == pytest.approx(index - scores[country, "index"], abs=1e-9), (country, code)


@pytest.mark.parametrize(
    "setting", ["normalise=percentile_rank", "normalise=borda", "aggregate=borda", "aggregate=copeland"]
)
def test_methods_that_compare_countries_have_gains_but_no_chances(small, setting):
    step = setting.split("=")[0]
    with_posts(small)
    small.write("recipe.toml", small.path("recipe.toml").read_text(encoding="utf-8") + VARY.format(refit="false"))
    give(small, "chips", "relative", 0.1)
    small.edit(
        "recipe.toml",
        "[uncertainty.choices]\ntreat = ['winsorise', 'none']\n'aggregate.index' = ['arithmetic', 'geometric']\n",
        "",
    )
    name = setting.split("=")[1]
    own = {"normalise": 'method = "goalposts"', "aggregate": 'method = "arithmetic"'}[step]
    small.edit("recipe.toml", own, f'method = "{name}"')
    results = small.run()
    scores, ranks = (values_of(results, column) for column in ("score", "rank"))
    found = rows(moves_of(results, replicates=64))
    for (country, code), row in found.items():
        assert row["chance"] is None
        if row["reason"] is None:
            other = moved(results, country, code, row["median"])
            expected = values_of(other, "score")[country, "index"] - scores[country, "index"]
            assert row["gain"] == pytest.approx(expected, abs=1e-9), (country, code)
            assert row["places"] == ranks[country, "index"] - values_of(other, "rank")[country, "index"]


def test_a_country_without_a_rank_has_points_on_no_scale_and_no_places(small):
    small.drop("coders", ("AT",))
    small.drop("courses", ("AT",))
    found = rows(moves_of(small.run()))["AT", "chips"]
    assert (found["reason"], found["gain"], found["places"]) == (None, None, None)


def test_moves_of_an_earlier_edition_are_its_own(small):
    found = rows(moves_of(small.run(), edition=2023))
    assert found["AT", "chips"]["value"] == 9
    assert found["AT", "chips"]["median"] == 0.9 * 35


@pytest.mark.parametrize("filling", ["none", "mean"])
def test_a_country_with_too_few_figures_is_no_rival(small, filling):
    """Imputed values do not make it one."""
    for code in ("coders", "courses", "chips"):
        small.drop(code, ("AT",))
    small.put("cables", "AT", 2023, 90)
    small.put("price", "AT", 2023, 1)
    with_posts(small)
    small.edit("recipe.toml", '[impute]\nmethod = "none"', f'[impute]\nmethod = "{filling}"')
    results = small.run()
    ranks = values_of(results, "rank")
    assert ("AT", "index") not in ranks
    for (country, code), row in rows(moves_of(results)).items():
        if row["reason"] is None and country != "AT" and code in ("cables", "price"):
            other = values_of(moved(results, country, code, row["median"]), "rank")
            assert row["places"] == ranks[country, "index"] - other[country, "index"], (country, code)


# Chances


def every_chance(side, seed, replicates):
    """Return the share of replicates in which one replaced figure wins a place, one cell and figure at a time."""
    mix = mix_of(side, side.results.recipe.variation, seed)
    wanted, members = np.arange(replicates, dtype=np.uint64), side.plan.members
    won = {}
    for number, mine in each(deal(wanted, mix.ends), len(mix.cells)):
        cell, draws = mix.cells[number], mix.draws(wanted[mine])
        figures = cell.varied_figures(draws.figures)
        scale = cell.scale(steps.transform(cell.plan, figures[None]))
        before = ranked(cell, scored(cell, figures, scale, members), draws)
        for row, code in enumerate(side.plan.framework.leaves):
            median = np.nanmedian(side.figures[row, :members])
            for unit, country in enumerate(side.plan.units[:members]):
                other = figures.copy()
                other[row, unit] += median - cell.figures[row, unit]
                after = ranked(cell, scored(cell, other, scale, members), draws)
                won[country, code] = won.get((country, code), 0) + (after[unit] < before[unit]).sum()
    return {key: count / replicates for key, count in won.items()}


def scored(cell, figures, scale, members):
    return cell.on_scale(steps.transform(cell.plan, figures[None]), scale)[:, :, :members]


def ranked(cell, leaves, draws):
    """Rank the members on the index with given scores of the indicators."""
    *_, (code, scores, _) = replace(cell, leaves=leaves).scores(replace(draws, figures=None))
    assert code == "index"
    rounded = np.rint(scores * 100)
    return 1 + (rounded[None] > rounded[:, None]).sum(axis=1)


@pytest.mark.parametrize("refit", ["false", "true"])
def test_chances_are_those_of_every_replicate_with_one_figure_replaced(small, refit):
    for code in CODES:
        give(small, code, "relative", 0.15)
    small.write("recipe.toml", small.path("recipe.toml").read_text(encoding="utf-8") + VARY.format(refit=refit))
    side = side_of(small.run())
    expected = every_chance(side, 4, 48)
    found = rows(moves_table(side, 4, 48))
    told = {key: row["chance"] for key, row in found.items() if row["reason"] is None}
    assert told == {key: expected[key] for key in told}
    assert len({value for value in told.values() if 0 < value < 1}) > 3


def test_chances_do_not_depend_on_how_many_replicates_are_taken_at_a_time(small, monkeypatch):
    give(small, "chips", "relative", 0.15)
    small.write("recipe.toml", small.path("recipe.toml").read_text(encoding="utf-8") + VARY.format(refit="false"))
    side = side_of(small.run())
    whole = moves_table(side, 4, 300)
    monkeypatch.setattr("readiness.moves.LANES", 7)
    assert moves_table(side, 4, 300).equals(whole)


def test_no_chances_where_nothing_varies_or_none_are_asked_for(small, eari):
    assert moves_of(small.run(), replicates=64)["chance"].null_count() == 30
    table = moves_of(eari)
    assert table["chance"].null_count() == table.height
    assert table.filter(pl.col("reason").is_null())["gain"].null_count() == 0


def test_chances_of_the_built_in_index_grow_with_the_places(eari):
    table = moves_of(eari, replicates=48).filter(pl.col("reason").is_null())
    assert table["chance"].is_between(0, 1).all()
    none, some, many = (
        table.filter(pl.col("places").is_between(*ends))["chance"].mean() for ends in ((0, 0), (1, 1), (2, 9))
    )
    assert none < some < many
    leader = eari.ranks["country"][0]
    assert (table.filter(pl.col("country") == leader)["places"] == 0).all()
