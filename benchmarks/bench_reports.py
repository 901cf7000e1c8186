"""What an officer receives and asks: each product alone, all of them, and the answers; sizes are held to their bars."""

from __future__ import annotations

import pytest

import readiness
from readiness.answer_tables import ANSWERS
from readiness.answers import answered
from readiness.change import change_table
from readiness.movements import movements_table
from readiness.report.brief import ministers_brief
from readiness.report.data import gather
from readiness.report.explorer import explorer_page
from readiness.report.options import Options
from readiness.report.printing import pdf
from readiness.report.products import KINDS, country_products, products, stamp
from readiness.sides import other_edition, side_of
from readiness.whatif import what_if

COUNTRY = "PT"
KILOBYTES = {"-brief": 300, ".html": 250, "explorer.html": 80}  # the most that a file of that kind may have


@pytest.fixture(scope="module")
def simulated():
    return readiness.run().simulate(3000, seed=11)


@pytest.fixture(scope="module")
def run(simulated):
    return answered(simulated)


@pytest.fixture(scope="module")
def facts(run):
    found = gather(run)
    made(found, "prints")  # fonts are read, templates compiled
    return found


def made(facts, *kinds):
    return dict(country_products(facts, [Options(COUNTRY)], kinds))


def sizes(files):
    return {name: round(len(content) / 1000, 1) for name, content in files.items()}


@pytest.mark.benchmark(group="products of a country")
def test_gather(benchmark, run):
    """What all products are written from."""
    assert benchmark(gather, run).edition == 2026


@pytest.mark.benchmark(group="products of a country")
def test_brief(benchmark, facts):
    content = benchmark(lambda: pdf(ministers_brief(facts, COUNTRY), stamp(facts)))
    benchmark.extra_info["kilobytes"] = round(len(content) / 1000, 1)
    assert len(content) <= 1000 * KILOBYTES["-brief"]


@pytest.mark.benchmark(group="products of a country")
@pytest.mark.parametrize("kind", KINDS[:3])
def test_country(benchmark, facts, kind):
    files = benchmark.pedantic(made, (facts, kind), rounds=5, warmup_rounds=1)
    benchmark.extra_info["kilobytes"] = sizes(files)
    assert len(files.get(f"{COUNTRY}.html", b"")) <= 1000 * KILOBYTES[".html"]


@pytest.mark.benchmark(group="products of the index")
def test_explorer(benchmark, facts):
    content = benchmark(explorer_page, facts).encode()
    benchmark.extra_info["kilobytes"] = round(len(content) / 1000, 1)
    assert len(content) <= 1000 * KILOBYTES["explorer.html"]


@pytest.mark.benchmark(group="products of the index")
def test_all_products(benchmark, run):
    """Page, report, briefs and workbook of each country; page of the index, method, workbook and explorer."""
    files = benchmark.pedantic(lambda: dict(products(run)), rounds=3)
    benchmark.extra_info["files"] = len(files)
    benchmark.extra_info["megabytes"] = round(sum(map(len, files.values())) / 1e6, 1)
    for code in run.framework.units:
        assert len(files[f"{code}.html"]) <= 1000 * KILOBYTES[".html"]
        assert len(files[f"{code}-brief.pdf"]) <= 1000 * KILOBYTES["-brief"]


@pytest.mark.benchmark(group="answers")
def test_change(benchmark, simulated):
    """Causes of every change between two editions: all nodes, 27 countries, sequence and Shapley values."""
    new = side_of(simulated)
    found = benchmark(change_table, other_edition(new, 2025), new)
    assert found["country"].n_unique() == 27


@pytest.mark.benchmark(group="answers")
def test_movements(benchmark, simulated):
    """Paired replicates of two editions, as many as a run takes."""
    new = side_of(simulated)
    found = benchmark.pedantic(movements_table, (other_edition(new, 2025), new), rounds=3, warmup_rounds=1)
    assert found["country"].n_unique() == 27


@pytest.mark.benchmark(group="answers")
def test_what_if(benchmark, simulated):
    found = benchmark.pedantic(what_if, (simulated, COUNTRY, {"gerd_gdp": "+10%"}), rounds=3, warmup_rounds=1)
    assert found.nodes.height


@pytest.mark.benchmark(group="answers")
def test_all_answers(benchmark, simulated):
    """The tables that a run writes beside its scores: causes, movements, moves, peers, targets, quality."""
    found = benchmark.pedantic(answered, (simulated,), rounds=3)
    assert set(ANSWERS) - {"figures"} <= found.tables.keys()
