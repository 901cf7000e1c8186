"""The explorer's arithmetic in a browser: scores and ranks are the engine's, intervals those of the noise told."""

import numpy as np
import pytest
import small_index
from explorer_browser import NEEDED, Files, browsers, driver, visits
from explorer_cases import computed, random_weights, run_again

import readiness
from readiness.report.data import gather
from readiness.report.explorer_data import explorer_data, means

pytestmark = NEEDED
ALL_SETS = """([sets, mean]) => sets.map(weights => {
  const { scores, ranks } = readiness.compute(weights, mean);
  return [Object.keys(scores), Object.values(scores), Object.values(ranks)];
})"""
WHOLE = {  # figures that are scores already, as each indicator goes from 0 to 100; four countries are close
    "chips": (0, 100, 50, 51, 50, 51),
    "cables": (0, 100, 51, 50, 50, 52),
    "price": (0, 100, 50, 50, 51, 52),
    "coders": (0, 100, 50, 51, 52, 50),
    "courses": (0, 100, 51, 50, 50, 51),
}


@pytest.fixture(scope="module")
def browser():
    yield from browsers()


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return Files(tmp_path_factory.mktemp("explorer"))


@pytest.fixture
def visit(browser, files):
    yield from visits(browser, files)


# Arithmetic


def by_page(page, results, sets, mean):
    """Let the page compute many sets; scores and ranks in the order of the run's countries, gaps NaN and 0."""
    found = page.evaluate(ALL_SETS, [sets, mean])
    order = [found[0][0].index(code) for code in results.framework.units]
    scores = np.array([[np.nan if value is None else value for value in each[1]] for each in found])[:, order]
    return scores, np.array([[value or 0 for value in each[2]] for each in found])[:, order]


def must_agree(page, results, number):
    """Hold each mean that the page offers against the engine for so many sets; return the share of gaps."""
    sets, gaps = random_weights(results.framework, number), []
    for choice in means(gather(results)):
        scores, ranks = by_page(page, results, sets, choice.method)
        engine = computed(results, sets, choice)
        np.testing.assert_allclose(scores, engine.scores, rtol=0, atol=1e-9)
        assert np.array_equal(scores, engine.scores, equal_nan=True), "not the same to the last bit"
        assert np.array_equal(ranks, engine.ranks)
        gaps.append(np.isnan(scores).mean())
    return gaps


def test_1000_sets_of_weights_give_the_scores_and_ranks_of_the_engine(visit, simulated):
    """500 by the arithmetic mean of the pillars, 500 by the geometric one."""
    assert must_agree(visit(simulated), simulated, 500) == [0, 0]


@pytest.mark.parametrize("index", ["desi-2022", "hdi", "tai-2008"])
def test_other_indices_give_the_scores_and_ranks_of_the_engine(visit, index):
    results = readiness.run(index=index)
    must_agree(visit(results), results, 200)


def test_gaps_follow_the_rules_of_the_engine(visit, small):
    early = readiness.run(edition=2022)  # sub-pillars without scores, countries with few figures
    assert all(0.05 < share < 0.95 for share in must_agree(visit(early), early, 200))
    for code, geo in (
        ("chips", "AT"),
        ("price", "BE"),
        ("price", "AT"),
        ("coders", "BG"),
        ("courses", "BG"),
        ("cables", "CZ"),
    ):
        small.drop(code, (geo,))
    results = small.run()
    assert all(0.05 < share < 0.95 for share in must_agree(visit(results), results, 300))


def test_halves_are_rounded_as_the_engine_rounds_them(visit, small):
    """Whole scores and small weights: many means end in one half, and countries tie where they are rounded alike."""
    small.edit("recipe.toml", "decimals = 2", "decimals = 0")
    small.edit("framework.toml", "editions = [2023, 2024]", "editions = [2024]")
    small.edit("compute/price.toml", "higher_is_better = false", "higher_is_better = true")
    small.edit("skills/courses.toml", small_index.PER_PERSON, "")
    for code, values in WHOLE.items():
        for geo, value in zip(small_index.UNITS, values, strict=True):
            small.put(code, geo, 2023, value)
    results, draw = small.run(), np.random.default_rng(3)
    names = results.framework.nodes[1:]
    sets = [dict(zip(names, draw.choice([0.0, 1.0], len(names)).tolist(), strict=True)) for _ in range(100)]
    sets = [{**each, "compute": 1.0, "skills": 1.0, "cables": 1.0, "courses": 1.0} for each in sets]
    scores, ranks = by_page(visit(results), results, sets, "arithmetic")
    engine = computed(results, sets)
    assert (scores % 1 == 0.5).sum() > 20
    assert np.array_equal(scores, engine.scores)
    assert np.array_equal(ranks, engine.ranks)


@pytest.mark.parametrize("name", ["arithmetic", "geometric"])
def test_many_sets_at_once_are_what_single_runs_give(eari, name):
    """The engine's side of the tests above, against Results.reweight and with_recipe."""
    sets = random_weights(eari.framework, 10, seed=7)
    choice = next(each for each in means(gather(eari)) if each.method == name)
    many = computed(eari, sets, choice)
    for lane, weights in enumerate(sets):
        single = run_again(eari, weights, choice)
        assert np.array_equal(single.scores[0], many.scores[lane], equal_nan=True)
        assert np.array_equal(single.ranks[0], many.ranks[lane])


def test_the_official_weights_give_the_official_scores_to_the_last_bit(visit, desi):
    found = visit(desi).evaluate("readiness.compute()")
    ranks = desi.ranks
    assert found["scores"] == dict(ranks.select("country", "score").iter_rows())
    assert found["ranks"] == dict(ranks.select("country", "rank").iter_rows())


def test_what_is_no_weight_is_refused(visit, eari):
    page = visit(eari)
    refused = {
        "{nowhere: 1}": "no such node: nowhere",
        "{index: 1}": "no such node: index",
        "{compute: -1}": "no weight of zero or more: compute",
        "{compute: '3'}": "no weight of zero or more: compute",
        "{compute: NaN}": "no weight of zero or more: compute",
        "{capacity: 0, networks_cloud: 0}": "no weight above zero in compute",
        "{}, 'harmonic'": "no such mean: harmonic",
    }
    for call, reason in refused.items():
        with pytest.raises(driver.Error, match=reason):
            page.evaluate(f"readiness.compute({call})")


# Intervals


def ends(data, weights, number=4000):
    """Draw the noise of the page anew in NumPy: weights evenly up to 25 % either way, normal errors of the leaves.

    Shapes   returns (country, 2), first and last of the middle 90 % of the ranks.
    """
    draw = np.random.default_rng(5)
    leaves = np.array(data["scores"])[:, :, None]
    sd = np.zeros_like(leaves) if data["sd"] is None else np.array(data["sd"])[:, :, None]
    values = list(leaves + sd * draw.normal(size=(*leaves.shape[:2], number)))
    codes = [*data["leaves"], *(group["code"] for group in data["groups"])]
    for group in data["groups"]:
        named = zip(group["children"], group["weights"], strict=True)
        own = np.array([weights.get(codes[child], weight) for child, weight in named])[:, None]
        own = own * draw.uniform(0.75, 1.25, (len(own), number))
        children = np.stack([values[child] for child in group["children"]])
        values.append(np.einsum("kr,kcr->cr", own, children) / own.sum(axis=0))
    rounded = np.rint(values[-1] * data["scale"])
    ranks = 1 + (rounded[None] > rounded[:, None]).sum(axis=1)
    return np.quantile(ranks, [0.05, 0.95], axis=1, method="inverted_cdf").T


@pytest.mark.parametrize("name", ["simulated", "eari"])
def test_intervals_are_those_of_the_noise_that_is_told(visit, request, name):
    """500 sets tell an end of an interval to a place or so, and all ends together far better."""
    results = request.getfixturevalue(name)
    data, page = explorer_data(gather(results)), visit(results)
    apart = []
    for weights in ({}, *random_weights(results.framework, 12)[::3]):
        found = page.evaluate("weights => readiness.intervals(weights)", weights)
        both = np.array([[found[end][code] for end in ("low", "high")] for code, _, _ in data["countries"]])
        apart.append(both - ends(data, weights))
    assert abs(np.array(apart)).max() <= 2
    assert (np.array(apart) == 0).mean() > 0.9
    assert abs(np.mean(apart, axis=(0, 1))).max() < 0.05


def test_errors_of_the_figures_widen_the_intervals(visit, simulated, eari):
    wide = []
    for results in (simulated, eari):
        found = visit(results).evaluate("readiness.intervals()")
        wide.append(sum(found["high"][code] - found["low"][code] for code in results.framework.units))
    assert wide[0] > wide[1] > 0


def test_chance_does_not_decide_who_has_a_rank(visit, small):
    """A country with just half of a group's weight would lose its score in every second set."""
    small.drop("courses", ("BG",))
    found = visit(small.run()).evaluate("[readiness.compute().ranks, readiness.intervals()]")
    ranks, ranges = found
    assert None not in ranks.values()
    assert all(ranges["low"][code] >= 1 and ranges["high"][code] <= 6 for code in ranks)


def test_the_same_weights_give_the_same_intervals(visit, simulated):
    page = visit(simulated)
    first = page.evaluate("readiness.intervals({compute: 30})")
    page.evaluate("readiness.intervals({rules: 3}, 'geometric')")
    assert page.evaluate("readiness.intervals({compute: 30})") == first
    assert visit(simulated).evaluate("readiness.intervals({compute: 30})") == first
    assert page.evaluate(
        "readiness.intervals({compute: 300, energy: 100, data: 100, skills: 100, adoption: 100, rules: 100})"
    ) == page.evaluate("readiness.intervals({compute: 3})")


def test_an_update_takes_less_than_a_tenth_of_a_second(visit, simulated):
    timed = """() => Array.from({ length: 10 }, (_, k) => {
      const start = performance.now();
      readiness.intervals({ compute: k });
      return performance.now() - start;
    })"""
    assert min(visit(simulated).evaluate(timed)) < 100
