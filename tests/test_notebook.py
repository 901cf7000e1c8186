"""What a notebook shows: the figures of the tables, every text escaped, nothing from elsewhere."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from html_page import Page

import readiness
from readiness.contrast import contrast
from readiness.numbers import figure, printed
from readiness.simulate import simulate
from readiness.whatif import what_if

HOSTILE = "<script>alert('x')</script>&\"<b>"
ALLOWED = {"div", "table", "caption", "thead", "tbody", "tr", "th", "td", "p"}


def table(html: str, number: int = 0) -> tuple[list[str], list[list[str]]]:
    """Return the headings and the rows of one of the tables."""
    part = html.split("<table")[number + 1]
    body = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", part)]
    return body[0], body[1:]


@pytest.fixture(scope="module")
def asked(simulated):
    return what_if(simulated, "PT", {"digital_skills_basic": 70, "gerd_gdp": "+10%"})


@pytest.fixture(scope="module")
def shown(eari, simulated, asked):
    """All kinds of HTML: with and without a simulation."""
    return {
        "results": eari._repr_html_(),
        "simulated": simulated._repr_html_(),
        "what if": asked._repr_html_(),
        "contrast": contrast(simulated, "PT", "ES")._repr_html_(),
    }


@pytest.mark.parametrize("kind", ["results", "simulated", "what if", "contrast"])
def test_the_html_is_whole_small_and_of_its_own(shown, kind):
    page = Page(shown[kind])
    assert page.faults == [] and page.open == []
    assert {tag for tag, *_ in page.elements} <= ALLOWED  # no script, no link, no picture
    assert {name for _, given, _ in page.elements for name in given} <= {"style", "scope"}
    assert "url(" not in shown[kind]
    assert len(shown[kind]) < 45_000
    assert all(given.get("scope") in ("col", "row") for given, _ in page.all("th"))


def test_the_ranking_has_intervals_and_tiers(simulated, shown):
    head, body = table(shown["simulated"])
    assert head[:5] == ["Rank", "90 %", "Tier", "Country", "Score"]
    assert head[5:] == ["Compute", "Energy", "Data", "Skills", "Adoption", "Rules"]
    ranks = simulated.ranks
    assert [row[3] for row in body] == [*ranks["name"], "European Union"]
    assert [row[4] for row in body[:-1]] == [printed(score, 2) for score in ranks["score"]]
    assert body[0][:3] == ["1", "1–2", "1"]
    assert body[-1][:3] == ["", "", ""]  # the reference has no rank
    assert "3,000 replicates (seed 11)" in shown["simulated"]
    assert f"Run 2026-{simulated.digest}, recipe official." in shown["simulated"]


def test_a_line_stands_above_each_tier(simulated, shown):
    own = simulated.intervals
    tiers = own.filter((own["varied"] == "all") & (own["node"] == "index"))["tier"].n_unique()
    ruled = [row for row in shown["simulated"].split("<tr>")[2:] if "border-top" in row]
    assert len(ruled) == tiers + 1  # and above the reference


def test_without_a_simulation_it_says_so(eari, shown):
    head, body = table(shown["results"])
    assert head[:3] == ["Rank", "Country", "Score"]
    assert body[0][:3] == ["1", "Finland", "82.36"]
    assert "Intervals of ranks were not computed." in shown["results"]


def test_ranks_alone_are_told_as_such(small):
    small.edit(
        "recipe.toml", "decimals = 2\n", 'decimals = 2\n\n[uncertainty.weights]\nmethod = "uniform"\nspread = 0.5\n'
    )
    html = simulate(small.run(), 200, 3, only_ranks=True)._repr_html_()
    assert "Only ranks were counted" in html


def test_notes_and_countries_without_a_rank_are_shown(small):
    for code in ("chips", "cables", "price"):
        small.drop(code, ("CY",))
    results = small.run()
    _, body = table(results._repr_html_())
    assert next(row for row in body if row[1] == "Cyprus") == [":", "Cyprus", ":", ":", body[-2][4]]
    assert all(note in results._repr_html_() for note in results.notes)
    assert len(results.notes) > 0


def test_a_long_ranking_is_cut_and_says_so():
    html = readiness.run(index="hdi")._repr_html_()
    assert len(table(html)[1]) == 60
    assert "The first 60 of 193; index.ranks has all." in html


def test_the_day_that_figures_were_known_by_is_told(small):
    small.put("chips", "AT", 2023, 11, vintage="2024-06-01")
    assert "as known on 2024-01-01" in small.run(as_of="2024-01-01")._repr_html_()


def test_every_text_is_escaped(small):
    name = json.dumps(HOSTILE)
    small.edit("framework.toml", 'name = "A small index"', f"name = {name}")
    small.edit("framework.toml", 'name = "Compute"', f"name = {name}")
    small.edit("framework.toml", 'name = "European Union"', f"name = {name}")
    small.edit("recipe.toml", 'name = "plain"', f"name = {name}")
    small.edit("compute/chips.toml", 'name = "Chips"', f"name = {name}")
    small.edit("compute/chips.toml", 'unit = "points"', f"unit = {name}")
    results = small.run()
    asked = replace(what_if(results, "AT", {"chips": 30}), name=HOSTILE)
    for each in (results, asked, contrast(results, "AT", "BE")):
        html = each._repr_html_()
        assert "<script" not in html and "<b>" not in html
        assert html.count("&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;&amp;&quot;&lt;b&gt;") >= 1
        assert Page(html).faults == []


def test_other_figures_are_shown_with_what_follows(asked, shown):
    html = shown["what if"]
    head, changes = table(html)
    assert head == ["Indicator", "Unit", "Figure now", "Figure then", "Score now", "Score then"]
    row = asked.changes.row(0, named=True)
    assert changes[0][0] == row["name"]
    assert changes[0][2:4] == [f"{figure(row['now'])} ({row['year']})", "70"]
    head, nodes = table(html, 1)
    assert head == ["Node", "Score now", "Score then", "90 %", "Rank now", "Rank then", "90 %"]
    index = asked.nodes.row(0, named=True)
    assert nodes[0][1:3] == [printed(index["score_now"], 2), printed(index["score_then"], 2)]
    assert nodes[0][3] == f"{printed(index['score_low'], 2)}–{printed(index['score_high'], 2)}"
    assert nodes[0][4:] == [
        f"{index['rank_now']:g}",
        f"{index['rank_then']:g}",
        f"{index['rank_low']:g}–{index['rank_high']:g}",
    ]
    assert f"{100 * asked.chance:.0f} % of the replicates" in html
    assert "Arithmetic, not a forecast" in html


def test_without_what_varies_other_figures_have_no_interval(small):
    answer = what_if(small.run(), "AT", {"chips": 30})
    html = answer._repr_html_()
    assert answer.chance is None
    assert "replicates" not in html
    assert {row[3] for row in table(html, 1)[1]} == {":"}


def test_two_countries_are_shown_on_every_node(simulated, shown):
    pair = contrast(simulated, "PT", "ES")
    head, body = table(shown["contrast"])
    assert head == ["Node", "Level", "Portugal", "Spain", "Difference", "Chance Portugal", "Leads"]
    assert [row[0] for row in body] == pair.table["name"].to_list()
    names = {"PT": "Portugal", "ES": "Spain", None: "within noise"}
    assert [row[6] for row in body] == [names[leads] for leads in pair.table["leads"]]
    assert [row[4] for row in body] == [printed(each, 1) for each in pair.table["difference"]]


def test_without_a_simulation_groups_have_no_verdict(eari):
    html = contrast(eari, "PT", "ES")._repr_html_()
    _, body = table(html)
    assert {row[6] for row in body if row[1] != "indicator"} == {":"}
    assert "Without a simulation, groups have no chance." in html
