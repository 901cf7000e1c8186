"""What went wrong in other programmes: failed replicates, absent choices, order, gaps, searches that stop early."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from index_values import column, varied
from method_calls import QUICK, call, over_each, usual
from numpy.testing import assert_array_equal
from scipy.optimize import minimize
from small_index import INDICATOR, SOURCE, UNITS

from readiness import climbing, steps
from readiness.cli import main
from readiness.pipeline import score
from readiness.recipe import Choice
from readiness.registry import lookup
from readiness.remarks import NEAR
from readiness.results import prepare
from readiness.statistics import importance_residual

MEANS = [each for each in QUICK if each.step in ("transform", "treat", "normalise", "aggregate", "rank", "impute")]


# One failed replicate


@over_each(MEANS)
def test_a_failed_replicate_leaves_the_others_as_they_are(method):
    whole = usual(method)
    x = whole.x.copy()
    x[..., 1] = np.nan
    before, after = call(method, whole), call(method, whole.with_figures(x))
    for one, other in zip(before, after, strict=True):
        assert_array_equal(one[..., [0, 2]], other[..., [0, 2]])
    assert not np.isnan(after[0][..., [0, 2]]).all(), "there is something to lose"


@pytest.mark.parametrize("name", ["arithmetic", "geometric", "copeland", "kemeny", "benefit_of_the_doubt"])
@pytest.mark.parametrize("weight", ["declared", "optimised", "principal_components"])
def test_a_failed_replicate_leaves_the_scores_of_a_tree_as_they_are(small, name, weight):
    results = small.run()
    recipe = results.recipe.replace(aggregate=name, weight=weight)
    given = prepare(results.framework, results.panel, recipe)
    stages = score(given.plan, given.denominated)
    leaves = np.repeat(stages.normalised[..., None], 3, axis=-1)
    leaves[..., 2] = leaves[..., 2] ** 2 / 100
    failed = leaves.copy()
    failed[..., 1] = np.nan
    for before, after in zip(
        climbing.aggregate(given.plan, leaves)[:2], climbing.aggregate(given.plan, failed)[:2], strict=True
    ):
        assert_array_equal(before[..., [0, 2]], after[..., [0, 2]])
    ranks = steps.rank(given.plan, climbing.aggregate(given.plan, failed)[0])
    assert (ranks[:, 0, :, 0] > 0).all()
    assert (ranks[..., 1] == 0).all()


def test_draws_without_a_value_leave_an_index_that_its_parts_explain(small):
    """Some draws of a skewed indicator lie below zero and have no logarithm: no node may hide while its parent counts
    with it.
    """
    for unit, value in zip(UNITS, (1, 2, 3, 4, 500, 600), strict=True):
        small.put("chips", unit, 2022, value)
        small.put("chips", unit, 2023, value)
    small.drop("chips", ("AT",))
    small.edit("framework.toml", "chips = 1\ncables = 1\nprice = 2", "chips = 3\ncables = 1\nprice = 1")
    results = small.run(settings=["impute=multiple", "transform.chips=log"])
    parts = results.scores.filter((pl.col("country") == "AT") & (pl.col("edition") == 2024))
    for group in ("compute", "index"):
        whole = column(results, group)["AT"]
        added = parts.filter(pl.col("parent") == group)["contribution"].sum()
        assert whole is None or added == pytest.approx(whole, abs=1e-9), group


# Choices that are not there


@pytest.mark.parametrize(
    ("setting", "word"),
    [
        ("normalize=rank", "normalise"),
        ("aggregate.compte=geometric", "compute"),
        ("treat.wealth=log", "an indicator"),
        ("impute.compute=mean", "a parameter"),
        ("rank.index=dense", "a parameter"),
        ("aggregate.floor=2", "coverage"),
        ("treat.chips.power=1", "points"),
        ("normalise.unit=DE", "low"),
        ("impute.seed=2", "none"),
        ("transform.chips.base=10", "none"),
    ],
)
def test_varying_what_is_absent_is_refused(small, violations, setting, word):
    found = violations(small.run, settings=[setting])
    assert word in "".join(map(str, found))
    assert [each.file for each in found] == ["--set"]


def test_weights_and_steps_that_are_absent_are_refused(small, violations):
    results = small.run()
    assert [each.code for each in violations(results.reweight, compte=2)] == ["E518"]
    assert [each.code for each in violations(results.recipe.replace, treatment="log")] == ["E502"]
    elsewhere = replace(results.recipe, at={"aggregate": {"nowhere": Choice("geometric")}})
    assert [each.code for each in violations(results.with_recipe, elsewhere)] == ["E518"]


def test_what_is_varied_moves_the_index(small):
    plain = column(small.run(), "index")
    for setting in (
        "aggregate.compute=geometric",
        "normalise.chips=rank",
        "transform.chips=log",
        "weight.compute=equal",
    ):
        assert column(small.run(settings=[setting]), "index") != plain, setting


# Outranking


def wins(children, weights):
    """Score units by wins less losses, 0 to 100; a pair is compared on the children that both have."""
    x, n = np.array(children, float), len(children[0])
    net = np.zeros(n)
    for a in range(n):
        for b in range(n):
            both = ~np.isnan(x[:, a]) & ~np.isnan(x[:, b])
            better = (weights * both * ((x[:, a] > x[:, b]) + 0.5 * (x[:, a] == x[:, b]))).sum()
            half = (weights * both).sum() / 2
            net[a] += np.sign(better - half) if a != b else 0
    return 50 + 50 * net / (n - 1)


def test_copeland_is_called_through_run_and_through_the_command(small, monkeypatch, capsys, tmp_path):
    results = varied(small, "aggregate.compute=copeland")
    children = [list(column(results, code).values()) for code in ("chips", "cables", "price")]
    expected = dict(zip(UNITS, wins(children, np.array([1.0, 1, 2])), strict=True))
    assert column(results, "compute") == pytest.approx(expected, abs=1e-12)
    assert len(set(expected.values())) > 3
    out = ["--out", str(tmp_path / "runs"), "--json", "--set", "aggregate.compute=copeland"]
    call_line = ["readiness", "run", "--framework", str(small.folder), "--data", str(small.data), *out]
    monkeypatch.setattr("sys.argv", call_line)
    main()
    printed = {row["country"]: row["compute"] for row in json.loads(capsys.readouterr().out)}
    assert printed == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", ["copeland", "borda", "kemeny"])
def test_outranking_with_gaps_does_not_depend_on_the_order_of_the_countries(small, name):
    for gone in (("chips", "AT"), ("cables", "DE"), ("price", "BG"), ("coders", "CY")):
        small.drop(gone[0], (gone[1],))
    small.edit("framework.toml", "price = 2", "price = 1")
    before = varied(small, f"aggregate={name}")
    order = '["AT", "BE", "BG", "CY", "CZ", "DE"]'
    small.edit("framework.toml", f"units = {order}", 'units = ["DE", "CY", "AT", "CZ", "BG", "BE"]')
    after = small.run(settings=[f"aggregate={name}"])
    assert before.framework.units != after.framework.units
    for node in before.framework.groups:
        assert column(before, node) == column(after, node)
        assert column(before, node, value="rank") == column(after, node, value="rank")
    assert len(set(column(before, "compute").values())) > 2


# Gaps


def test_power_mean_skips_gaps_and_shares_weights_anew(small):
    small.drop("chips", ("BE",))
    results = varied(small, "aggregate.compute=power_mean", "aggregate.compute.power=0.5", "normalise.low=1")
    for unit in ("BE", "CZ"):
        parts = {code: column(results, code)[unit] for code in ("chips", "cables", "price")}
        present = {code: value for code, value in parts.items() if value is not None}
        weights = {"chips": 1, "cables": 1, "price": 2}
        whole = sum(weights[code] for code in present)
        expected = (sum(weights[code] * value**0.5 for code, value in present.items()) / whole) ** 2
        assert column(results, "compute")[unit] == pytest.approx(expected, rel=1e-12)
    assert column(results, "chips")["BE"] is None


def test_one_indicator_of_four_gives_a_pillar_no_score_unless_coverage_says_so(small):
    small.edit("framework.toml", "price = 2", "price = 1\nports = 1")
    small.write("compute/ports.toml", INDICATOR.format(name="Ports", better="true") + SOURCE)
    small.edit("framework.toml", 'unit_coverage = "2/3"', 'unit_coverage = "0"')
    for unit, value in zip(UNITS, (4, 2, 5, 1, 3, 6), strict=True):
        small.put("ports", unit, 2023, value)
    for code in ("chips", "cables", "price"):
        small.drop(code, ("CZ",))
    strict, loose, exact = (
        small.run(settings=settings)
        for settings in ([], ["aggregate.compute.coverage=0.2"], ["aggregate.compute.coverage=0.25"])
    )
    assert column(strict, "ports")["CZ"] is not None
    assert column(strict, "compute")["CZ"] is None
    assert sum(value is None for value in column(strict, "compute").values()) == 1
    for each in (loose, exact):
        assert column(each, "compute")["CZ"] == column(each, "ports")["CZ"]
    reason = strict.scores.filter((pl.col("node") == "compute") & (pl.col("country") == "CZ"))["reason"].to_list()
    assert "25 %" in reason[-1]


# Weights found by search


@pytest.mark.parametrize("group", ["index", "business_data", 0, 4, 45, 48])
def test_the_search_for_weights_does_not_stop_early(eari, group):
    """Groups of the official index, then tables of noise, whose children go against each other."""
    rng = np.random.default_rng(1)
    if isinstance(group, str):
        children = dict(eari.framework.groups[group].children)
        own = eari.scores.filter((pl.col("edition") == eari.edition) & pl.col("country").is_in(eari.framework.units))
        table = own.pivot(on="node", index="country", values="score").select(*children).drop_nulls().to_numpy()
        given = np.array(list(children.values()))
    else:
        table = np.random.default_rng(group).normal(size=(12, 6))
        given = np.array([1.0, 2, 8, 1, 4, 1])
    out, method = np.empty((len(given), 1)), lookup("weight", "optimised")
    numbers = [each.default for each in method.parameters.values()]
    method.run(given[:, None], np.ascontiguousarray(table.T)[..., None], out, *numbers)
    found = importance_residual(table, out[:, 0], given)

    def away(weights):
        return importance_residual(table, np.abs(weights), given)

    long = {"maxiter": 4000, "maxfev": 4000, "xatol": 1e-10, "fatol": 1e-16}
    starts = [given / given.sum(), *rng.dirichlet(np.ones(len(given)), 4)]
    rivals = [minimize(away, start, method="Nelder-Mead", options=long).fun for start in starts]
    assert found <= min(rivals) + NEAR**2, "farther off by less than a point of importance is let pass"
    assert found <= away(given)


def test_importances_that_are_missed_are_told(small):
    """Cables that run against chips and price cannot be as important as both."""
    values = {"chips": (1, 2, 3, 4, 5, 6), "cables": (6, 5, 4, 3, 2, 1), "price": (6, 5, 4, 3, 1, 2)}
    for code, figures in values.items():
        for unit, value in zip(UNITS, figures, strict=True):
            small.put(code, unit, 2023, value)
            small.put(code, unit, 2022, value)
    small.edit("framework.toml", "chips = 1\ncables = 1\nprice = 2", "chips = 1\ncables = 8\nprice = 1")
    missed = small.run(settings=["weight.compute=optimised"])
    assert [note for note in missed.notes if "importances" in note] != []
    met = small.run(settings=["weight.skills=optimised"])
    assert [note for note in met.notes if "importances" in note] == []
