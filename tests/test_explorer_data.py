"""What the explorer is given to compute with: all digits, errors, missing figures, places of sliders, means."""

import polars as pl
import pytest
from explorer_cases import data_of

import readiness
from readiness.report.data import gather
from readiness.report.explorer import explorer_page
from readiness.report.explorer_data import explorer_data, means, slider_places


@pytest.fixture(scope="module")
def data(simulated):
    return data_of(explorer_page(gather(simulated)))


def test_scores_have_all_their_digits(data, simulated):
    newest = simulated.scores.filter(pl.col("edition") == simulated.edition)
    table = {(country, node): score for country, node, score in newest.select("country", "node", "score").iter_rows()}
    codes = [code for code, _, _ in data["countries"]]
    assert data["leaves"] == [
        node for node in simulated.framework.nodes if simulated.framework.level(node) == "sub_pillar"
    ]
    for leaf, row in zip(data["leaves"], data["scores"], strict=True):
        assert row == [table[code, leaf] for code in codes]


def test_errors_are_those_of_the_simulation_with_three_digits(data, simulated, facts):
    own = simulated.intervals.filter(pl.col("varied") == "figures")
    table = {(node, country): sd for node, country, sd in own.select("node", "country", "score_sd").iter_rows()}
    for leaf, row in zip(data["leaves"], data["sd"], strict=True):
        for (code, _, _), sd in zip(data["countries"], row, strict=True):
            assert sd == pytest.approx(table[leaf, code], rel=0.005)
            assert len(f"{sd:.15g}".replace(".", "").lstrip("0")) <= 3
    assert explorer_data(facts)["sd"] is None


def test_a_pillar_without_sub_pillars_has_its_indicators_on_the_page(small):
    data = explorer_data(gather(small.run()))
    assert data["leaves"] == ["chips", "cables", "price", "coders", "courses"]
    assert [group["code"] for group in data["groups"]] == ["skills", "compute", "index"]
    assert data["groups"][1]["weights"] == [1.0, 1.0, 2.0]


def test_figures_that_are_missing_are_counted_by_their_share(eari):
    facts = gather(readiness.run(edition=2023))
    data = explorer_data(facts)
    shares = dict(facts.framework.declared_shares())
    for c, (code, _, _) in enumerate(data["countries"]):
        own = 1 - sum(shares[data["leaves"][leaf]] * (1 - share) for leaf, at, share in data["figures"] if at == c)
        cells = [facts.cells[code, leaf] for leaf in facts.framework.leaves]
        known = [cell["indicator"] for cell in cells if cell["denominated"] is not None and cell["status"] != "out"]
        assert own == pytest.approx(sum(shares[leaf] for leaf in known), abs=1e-12)
    assert explorer_data(gather(eari))["figures"] == []


def test_a_confidential_figure_is_not_in_the_file(small):
    small.put("coders", "AT", 2023, 7.654321, conf_status="C")
    small.drop("coders", ("AT",), (2022,))
    page = explorer_page(gather(small.run()))
    data = data_of(page)
    assert data["scores"][data["leaves"].index("coders")][0] is None
    assert "7.654" not in page


@pytest.mark.parametrize(
    ("weights", "places"),
    [
        ([1, 1, 1], [10, 10, 10]),
        ([0.25, 0.25, 0.4, 0.1], [10, 10, 16, 4]),
        ([0.15, 0.7, 0.15], [6, 28, 6]),
        ([1, 0], [20, 0]),
        ([5], [10]),
        ([3, 1, 0], [24, 8, 0]),
        ([100, 1], [2000 / 101, 20 / 101]),
    ],
)
def test_sliders_stand_in_the_proportion_of_the_weights(weights, places):
    found = slider_places([float(each) for each in weights])
    assert found == pytest.approx(places)
    assert max(found) <= 40


def test_the_other_mean_is_offered_where_the_scale_bears_it(eari):
    hdi, tai = (gather(readiness.run(index=name)) for name in ("hdi", "tai-2008"))
    assert [each.method for each in means(gather(eari))] == ["arithmetic", "geometric"]
    assert [(each.method, dict(each.parameters)) for each in means(hdi)] == [
        ("geometric", {"floor": 1e-9}),
        ("arithmetic", {}),
    ]
    assert [each.method for each in means(tai)] == ["arithmetic"]  # no score would be above the usual floor
    assert explorer_data(hdi)["means"][1]["set"] == "--set aggregate.HDI=arithmetic"


def test_a_mean_of_the_simulation_keeps_its_own_floor(small):
    choices = '\n[uncertainty.choices]\n"aggregate.index" = ["arithmetic", { method = "geometric", floor = 5.0 }]\n'
    small.write("recipe.toml", small.path("recipe.toml").read_text(encoding="utf-8") + choices)
    other = explorer_data(gather(small.run()))["means"][1]
    assert (other["floor"], other["coverage"]) == (5.0, 0.5)
    assert other["set"] == "--set aggregate.index=geometric --set aggregate.index.floor=5.0"
