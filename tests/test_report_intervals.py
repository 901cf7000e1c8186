"""Intervals and tiers: what the pages say of a simulation agrees with its tables."""

import re
from dataclasses import replace

import polars as pl
import pytest
from html_page import Page
from whole_pages import some_pages, whole_pages

from readiness.numbers import printed
from readiness.report.certainty import outside
from readiness.report.data import gather
from readiness.report.interval_words import chance, places_text
from readiness.terminal_intervals import interval_note

REPLICATES, SEED = 3000, 11  # of the fixture `simulated`
MIXES = ("figures", "weights", "choices", "method", "all")
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=y>&"


@pytest.fixture(scope="module")
def made(complete):
    return whole_pages(complete)


@pytest.fixture(scope="module")
def taken(made):
    return {name: Page(text) for name, text in made.items()}


def with_tables(results, **tables):
    return replace(results, tables={**results.tables, **tables})


def countries_of(table):
    """Return the rows of countries, each with its code."""
    found = [([link.attributes["href"] for cell in row for link in cell.below("a")], row) for row in table.rows]
    return [(links[0].removesuffix(".html"), row) for links, row in found if links]


# The page of the index


def test_intervals_of_the_ranking_are_those_of_the_tables(taken, index_rows, simulated):
    table = taken["index.html"].table("Rank and score", "ranking")
    rows = countries_of(table)
    assert [code for code, _ in rows] == simulated.ranks["country"].to_list()
    first, second = (at for at, head in enumerate(table.heads) if head == "90 %")
    for code, cells in rows:
        row = index_rows[code]
        low, high = row["rank_low_90"], row["rank_high_90"]
        assert cells[first].text() == (f"{low:g}" if low == high else f"{low:g}–{high:g}")
        assert cells[second].text() == f"{printed(row['score_low_90'], 1)}–{printed(row['score_high_90'], 1)}"


def test_every_tier_has_one_line_and_holds_its_countries(taken, index_rows):
    table = taken["index.html"].table("Rank and score", "ranking")
    found: dict[int, set[str]] = {}
    for kind, row in zip(table.kinds, table.rows, strict=True):
        if kind == "tier":
            found[int(re.match(r"Tier (\d+)", row[0].text())[1])] = set()
        elif kind != "total":
            (code,) = (link.attributes["href"].removesuffix(".html") for cell in row for link in cell.below("a"))
            found[max(found)].add(code)
    assert list(found) == list(range(1, max(row["tier"] for row in index_rows.values()) + 1))
    assert all({index_rows[code]["tier"] for code in codes} == {tier} for tier, codes in found.items())


def test_every_pair_of_neighbours_that_cannot_be_told_apart_is_told(taken, simulated):
    facts = gather(simulated)
    table = taken["index.html"].table("Rank and score", "ranking")
    told = " ".join(row[0].text() for kind, row in zip(table.kinds, table.rows, strict=True) if kind == "tier")
    names = [facts.framework.unit_name(code) for code in facts.order]
    alike = 0
    for one, other, name, next_name in zip(facts.order, facts.order[1:], names, names[1:], strict=False):
        if not facts.spread.apart(one, other):
            alike += 1
            assert next_name in told or any(
                names.index(first) < names.index(next_name) <= names.index(last)
                for first, last in re.findall(r"From (\w+) to (\w+)", told)
            ), (name, next_name)
    pairs = len(facts.order) - 1
    assert f"Of {pairs} pairs of neighbours, {alike} cannot be told apart" in taken["index.html"].text("certainty")
    assert f"Of {pairs} pairs of neighbours in the ranking, {alike} cannot be told" in taken["method.html"].text(
        "certainty"
    )


def test_the_numbers_behind_the_chart_of_ranks_are_those_of_the_tables(taken, index_rows, simulated):
    for name, key in (("index.html", "certainty"), ("PT.html", "standing")):
        table = taken[name].table("Ranks and their intervals", key)
        codes = simulated.ranks["country"].to_list()
        assert table.column("Country") == [simulated.framework.unit_name(code) for code in codes]
        rows = [
            {k: int(v) if "rank" in k and "mean" not in k else v for k, v in index_rows[code].items()} for code in codes
        ]
        assert table.column("50 %") == [places_text(row, 50) for row in rows]
        assert table.column("90 %") == [places_text(row, 90) for row in rows]
        assert table.column("Tier") == [str(row["tier"]) for row in rows]


def whole(row):
    """Return the ranks of a row of intervals as whole numbers, which they are where no places are shared."""
    return {name: int(row[name]) for name in row if name.startswith("rank_") and name != "rank_mean"} | {
        "tier": row["tier"]
    }


# The page on method


def test_the_notes_tell_replicates_seed_and_combinations(taken):
    assert f"{REPLICATES:,} replicates (seed {SEED})" in taken["index.html"].text("ranks")
    assert "neither is above the other in 95 % of them" in taken["index.html"].text("ranks")
    text = taken["method.html"].text("certainty")
    assert f"{REPLICATES:,}. Seed {SEED}." in text
    assert "dealt to 4 combinations of methods; none is left out" in text
    assert "neither country is above the other in 95 % of the replicates" in text
    assert not any("were not computed" in page.text() or "has no intervals" in page.text() for page in taken.values())


def test_a_combination_that_is_left_out_is_told_with_its_reason(simulated):
    row = {
        "varied": "all",
        "methods": "normalise = z_score, aggregate = geometric",
        "replicates": 0,
        "reason": "no <sign>",
    }
    mixes = pl.concat([simulated.tables["mixes"], pl.DataFrame([row], schema=simulated.tables["mixes"].schema)])
    text = some_pages(with_tables(simulated, mixes=mixes))["method.html"]
    assert "1 combination left out, see below" in text
    assert "normalise = z_score, aggregate = geometric (no &lt;sign&gt;)" in text


def test_widths_by_source_are_those_of_the_tables(taken, simulated):
    table = taken["method.html"].table("Width of the 90 % interval", "certainty")
    mixes = {
        "Figures": "figures",
        "Weights": "weights",
        "Methods": "choices",
        "All but figures": "method",
        "All": "all",
    }
    assert table.heads == ["Country", *mixes]
    rows = simulated.tables["intervals"].filter(pl.col("node") == "index")
    found = {(row["country"], row["varied"]): row["rank_high_90"] - row["rank_low_90"] for row in rows.to_dicts()}
    codes = simulated.ranks["country"].to_list()
    assert table.column("Country") == [*(simulated.framework.unit_name(code) for code in codes), "Mean"]
    for head, mix in mixes.items():
        own = [found[code, mix] for code in codes]
        assert table.column(head) == [*(f"{width:g}" for width in own), printed(sum(own) / len(own), 1)]


def test_the_page_of_a_country_tells_what_its_width_comes_from(taken, simulated):
    rows = simulated.tables["intervals"].filter((pl.col("node") == "index") & (pl.col("country") == "PT"))
    found = {row["varied"]: (row["rank_low_90"], row["rank_high_90"]) for row in rows.to_dicts()}
    table = taken["PT.html"].table("Where the width of the interval comes from", "standing")
    order = [found[mix] for mix in MIXES]
    assert table.column("90 %") == [f"{low:g}" if low == high else f"{low:g}–{high:g}" for low, high in order]
    assert table.column("Width") == [f"{high - low:g}" for low, high in order]


def test_central_weights_are_those_of_the_tables(taken, simulated):
    rows = simulated.tables["central_weights"].filter(pl.col("varied") == "all")
    first = rows.sort("wins", descending=True)["country"].unique(maintain_order=True).to_list()
    table = taken["method.html"].table("Central weights:", "certainty")
    names = [simulated.framework.unit_name(code) for code in first]
    assert table.heads == ["Pillar", "Run", *names]
    for code, name in zip(first, names, strict=True):
        own = rows.filter(pl.col("country") == code)
        weights = dict(own.select("node", "weight").iter_rows())
        shown = [f"{printed(100 * weights[node], 1)} %" for node in simulated.framework.children("index")]
        assert table.column(name) == [*shown, chance(own["wins"][0] / REPLICATES)]


# The page of a country


def test_the_page_of_a_country_tells_its_chances(taken, index_rows):
    for code in ("FI", "EE", "RO"):
        table = taken[f"{code}.html"].table("Chances", "standing")
        assert table.column("To be") == ["first", *(f"among the first {number}" for number in (3, 5, 10))]
        assert table.column("Chance") == [chance(index_rows[code][f"top_{number}"]) for number in (1, 3, 5, 10)]
        assert f"Tier {index_rows[code]['tier']} of 13." in taken[f"{code}.html"].text("standing")


def test_three_neighbours_on_each_side_and_all_that_are_alike_are_compared(taken, simulated):
    order = simulated.ranks["country"].to_list()
    pairs = simulated.tables["pairs"].filter((pl.col("varied") == "all") & (pl.col("node") == "index"))
    share = {(one, other): part for one, other, part in pairs.select("country", "other", "share").iter_rows()}
    for code in ("DE", "FI", "RO"):
        table = taken[f"{code}.html"].table("The neighbours in the ranking", "standing")
        at, rows = order.index(code), countries_of(table)
        near = {*order[max(0, at - 3) : at + 4], *(each for each in order if each != code and alike(share, code, each))}
        assert [each for each, _ in rows] == [each for each in order if each in near - {code}]
        for (each, _), ahead, apart in zip(rows, table.column("We are ahead"), table.column("Told apart"), strict=True):
            assert ahead == chance(share[code, each])
            leads = "yes, ahead" if share[code, each] >= 0.95 else "yes, behind"
            assert apart == ("no" if alike(share, code, each) else leads)


def alike(share, one, other):
    return share[one, other] < 0.95 and share[other, one] < 0.95


def test_ranks_of_pillars_and_sub_pillars_have_intervals(taken, simulated):
    rows = simulated.tables["intervals"].filter((pl.col("varied") == "all") & (pl.col("country") == "AT"))
    texts = {simulated.framework.name_of(row["node"]): places_text(whole(row)) for row in rows.to_dicts()}
    table = taken["AT.html"].table("Share:", "parts")
    names = [row[0].text() for row in table.rows]
    assert set(names) == {simulated.framework.name_of(each) for each in simulated.framework.groups if each != "index"}
    assert notes_on_ranks(table) == [texts[name] for name in names]
    listed = [note for each in taken["AT.html"].tables("indicators") for note in notes_on_ranks(each)]
    assert listed == [texts[row[0].text()] for each in taken["AT.html"].tables("indicators") for row in groups_in(each)]


def notes_on_ranks(table):
    place = table.heads.index("Rank") if "Rank" in table.heads else None
    return [] if place is None else [note.text() for row in table.rows for note in row[place].below("span")]


def groups_in(table):
    return [row for row, kind in zip(table.rows, table.kinds, strict=True) if kind == "group"]


def test_a_rank_outside_its_interval_is_told(simulated):
    here = (pl.col("country") == "PT") & (pl.col("varied") == "all") & (pl.col("node") == "index")
    frame = simulated.tables["intervals"].with_columns(
        pl.when(here).then(20.0).otherwise(f"rank_{side}_90").alias(f"rank_{side}_90") for side in ("low", "high")
    )
    moved = with_tables(simulated, intervals=frame)
    facts = gather(moved)
    told = "The rank of the run lies outside its interval for Portugal (rank 15, 20–20):"
    assert outside(facts, facts.spread).startswith(told)
    text = some_pages(moved, "PT")
    assert told in text["method.html"]
    assert "lies outside its own interval in AI readiness (15; 20)" in text["PT.html"]
    assert "Portugal (15, 20-20)" in interval_note(moved)


def test_how_far_the_mean_of_the_replicates_lies_from_the_run_is_told(taken, index_rows, simulated):
    apart = {code: abs(row["score_mean"] - row["score"]) for code, row in index_rows.items()}
    most = max(apart, key=apart.get)
    row, name = index_rows[most], simulated.framework.unit_name(most)
    text = taken["method.html"].text("certainty")
    assert f"by {printed(sum(apart.values()) / len(apart), 1)} points on average, most for {name}" in text
    assert f"({printed(row['score'], 1)} in the run, {printed(row['score_mean'], 1)} on average)" in text


# All pages


def test_the_same_tables_give_the_same_bytes(complete, made, pages_of):
    shuffled = {
        name: frame.sample(fraction=1.0, shuffle=True, seed=5)
        for name, frame in complete.tables.items()
        if name in ("intervals", "ranks", "pairs", "central_weights", "simulation")
    }
    assert pages_of(complete) == made
    again = pages_of(with_tables(complete, **shuffled))
    assert [name for name in made if again[name] != made[name]] == []


def test_names_and_reasons_are_escaped(simulated):
    framework = replace(simulated.framework, unit_names={"FI": HOSTILE, "EE": HOSTILE})
    mixes = simulated.tables["mixes"].with_columns(methods=pl.lit(HOSTILE), reason=pl.lit(HOSTILE))
    nodes = simulated.tables["nodes"].with_columns(name=pl.lit(HOSTILE))
    hostile = replace(with_tables(simulated, mixes=mixes, nodes=nodes), framework=framework)
    for text in some_pages(hostile, "FI", "EE", "PT").values():
        page = Page(text)
        assert not {tag for tag, _, _ in page.elements} & {"script", "img"}
        assert page.faults == page.open == []
