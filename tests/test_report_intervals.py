"""Intervals and tiers: what pages and terminal say of a simulation agrees with its tables."""

import re
from dataclasses import replace

import polars as pl
import pytest
from html_page import Page

from readiness.report import pages
from readiness.report.certainty import bands, outside
from readiness.report.data import gather
from readiness.report.interval_words import chance, places_text
from readiness.report.overview import ranking_row
from readiness.report.standing import neighbours
from readiness.terminal_intervals import interval_note

REPLICATES, SEED = 3000, 11  # of the fixture `simulated`
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=y>&"


@pytest.fixture(scope="module")
def made(simulated):
    return pages.pages(simulated)


@pytest.fixture(scope="module")
def taken(made):
    return {name: Page(text) for name, text in made.items()}


def with_tables(results, **tables):
    return replace(results, tables={**results.tables, **tables})


def plain_text(page):
    return " ".join("".join(text for _, _, text in page.elements).split())


# Pages


def test_intervals_of_the_ranking_are_those_of_the_tables(made, index_rows, simulated):
    rows = re.findall(
        r'data-label="90 %">([^<]+)</td><th[^>]*><a href="(\w+)\.html">.*?</td><td[^>]*data-label="90 %">([^<]+)<',
        made["index.html"],
    )
    assert [code for _, code, _ in rows] == simulated.ranks["country"].to_list()
    for places, code, scores in rows:
        row = index_rows[code]
        low, high = row["rank_low_90"], row["rank_high_90"]
        assert places == (f"{low:g}" if low == high else f"{low:g}–{high:g}")
        assert scores == f"{row['score_low_90']:.1f}–{row['score_high_90']:.1f}"


def test_every_tier_has_one_line_and_holds_its_countries(made, index_rows):
    parts = re.split(r'<tr role="row" class="tier">', made["index.html"].split("<tfoot")[0])[1:]
    for number, part in enumerate(parts, start=1):
        assert re.search(r">Tier (\d+)", part)[1] == str(number)
        assert {index_rows[code]["tier"] for code in re.findall(r'href="(\w+)\.html"', part)} == {number}
    assert len(parts) == max(row["tier"] for row in index_rows.values())


def test_every_pair_of_neighbours_that_cannot_be_told_apart_is_told(simulated):
    facts = gather(simulated)
    told = " ".join(
        text for band in bands(facts, [ranking_row(facts, code) for code in facts.order]) for text in band["says"]
    )
    names = [facts.framework.unit_name(code) for code in facts.order]
    for one, other, name, next_name in zip(facts.order, facts.order[1:], names, names[1:], strict=False):
        if not facts.spread.apart(one, other):
            assert next_name in told or any(
                names.index(first) < names.index(next_name) <= names.index(last)
                for first, last in re.findall(r"From (\w+) to (\w+)", told)
            ), (name, next_name)


def test_the_note_tells_replicates_seed_and_combinations(taken):
    text = plain_text(taken["index.html"])
    assert f"{REPLICATES:,} replicates (seed {SEED})" in text
    assert "dealt to 4 combinations of methods; none is left out" in text
    assert "neither is above the other in 95 % of the replicates" in text
    assert "were not computed" not in text


def test_a_combination_that_is_left_out_is_told_with_its_reason(simulated):
    row = {
        "varied": "all",
        "methods": "normalise = z_score, aggregate = geometric",
        "replicates": 0,
        "reason": "no <sign>",
    }
    mixes = pl.concat([simulated.tables["mixes"], pl.DataFrame([row], schema=simulated.tables["mixes"].schema)])
    text = pages.pages(with_tables(simulated, mixes=mixes))["index.html"]
    assert "1 combination left out, see below" in text
    assert "normalise = z_score, aggregate = geometric (no &lt;sign&gt;)" in text


def test_widths_by_source_are_those_of_the_tables(made, simulated):
    table = re.search(r'<table class="fit widths">.*?</table>', made["index.html"], re.DOTALL)[0]
    heads = re.findall(r'class="num">([A-Z][^<]*)<', table.split("</thead>")[0])
    assert heads == ["Figures", "Weights", "Methods", "All but figures", "All"]
    rows = simulated.tables["intervals"].filter(pl.col("node") == "index")
    found = {(row["country"], row["varied"]): row["rank_high_90"] - row["rank_low_90"] for row in rows.to_dicts()}
    names = {simulated.framework.unit_name(code): code for code in simulated.framework.units}
    body = re.findall(r'<tr><th scope="row">([^<]+)</th>(.*?)</tr>', table.split("<tbody>")[1].split("</tbody>")[0])
    assert len(body) == len(names)
    for name, cells in body:
        own = [found[names[name], mix] for mix in ("figures", "weights", "choices", "method", "all")]
        assert re.findall(r">([\d.]+)<", cells) == [f"{width:g}" for width in own]


def test_central_weights_are_those_of_the_tables(made, simulated):
    rows = simulated.tables["central_weights"].filter(pl.col("varied") == "all")
    first = rows.sort("wins", descending=True)["country"].unique(maintain_order=True).to_list()
    table = re.search(r"Central weights:.*?</table>", made["index.html"], re.DOTALL)[0]
    assert re.findall(r'class="num">(\w+)</th>', table) == [
        "Run",
        *(simulated.framework.unit_name(code) for code in first),
    ]
    for node in simulated.framework.children("index"):
        cells = re.search(rf">{simulated.framework.name_of(node)}</th>(.*?)</tr>", table)[1]
        own = [rows.filter((pl.col("country") == code) & (pl.col("node") == node))["weight"][0] for code in first]
        assert re.findall(r">([\d.]+) %<", cells)[1:] == [f"{100 * weight:.1f}" for weight in own]


def test_the_page_of_a_country_tells_its_chances(made, index_rows):
    for code in ("FI", "EE", "RO"):
        tops = re.search(r"<thead><tr>(<th[^>]*>First.*?)</tbody>", made[f"{code}.html"], re.DOTALL)[1]
        shown = re.findall(r'<td class="num">([^<]+)</td>', tops)
        assert shown == [chance(index_rows[code][f"top_{number}"]) for number in (1, 3, 5, 10)]
        assert f"It is in tier {index_rows[code]['tier']}," in made[f"{code}.html"]


def test_three_neighbours_on_each_side_are_compared(simulated):
    facts = gather(simulated)
    at = facts.order.index("DE")
    beside = neighbours(facts, facts.spread, "DE")
    assert [row["code"] for row in beside] == [*facts.order[at - 3 : at], *facts.order[at + 1 : at + 4]]
    pairs = simulated.tables["pairs"].filter((pl.col("varied") == "all") & (pl.col("node") == "index"))
    for row in beside:
        share = pairs.filter((pl.col("country") == "DE") & (pl.col("other") == row["code"]))["share"][0]
        back = pairs.filter((pl.col("country") == row["code"]) & (pl.col("other") == "DE"))["share"][0]
        assert row["ahead"] == chance(share)
        assert row["apart"] == ("yes, ahead" if share >= 0.95 else "yes, behind" if back >= 0.95 else "no")
    assert len(neighbours(facts, facts.spread, facts.order[0])) == 3


def test_ranks_of_pillars_and_sub_pillars_have_intervals(made, simulated):
    rows = simulated.tables["intervals"].filter((pl.col("varied") == "all") & (pl.col("country") == "AT"))
    shown = re.findall(r'data-label="Rank" class="num">[\d.]+<span class="soft">([^<]+)<', made["AT.html"])
    texts = {
        places_text({k: int(v) if k.startswith("rank_") else v for k, v in row.items()}) for row in rows.to_dicts()
    }
    assert len(shown) >= len(simulated.framework.groups) - 1
    assert set(shown) <= texts


def test_a_rank_outside_its_interval_is_told(simulated):
    here = (pl.col("country") == "PT") & (pl.col("varied") == "all") & (pl.col("node") == "index")
    frame = simulated.tables["intervals"].with_columns(
        pl.when(here).then(20.0).otherwise(f"rank_{side}_90").alias(f"rank_{side}_90") for side in ("low", "high")
    )
    moved = with_tables(simulated, intervals=frame)
    facts = gather(moved)
    assert outside(facts, facts.spread).startswith(
        "The rank of the run lies outside its interval for Portugal (rank 15, 20–20):"
    )
    text = pages.pages(moved)
    assert "Portugal (rank 15, 20–20)" in text["index.html"]
    assert "lies outside its own interval in AI readiness (rank 15, 20–20)" in text["PT.html"]
    assert "Portugal (15, 20-20)" in interval_note(moved)


def test_a_run_outside_the_middle_half_of_its_replicates_is_told(made, index_rows):
    told = {"rank": "than in the run; its mean rank is", "score": "The mean score of the replicates is"}
    for what, text in told.items():
        low, high = f"{what}_low_50", f"{what}_high_50"
        off = {code for code, row in index_rows.items() if not row[low] <= row[what] <= row[high]}
        assert off < set(index_rows)
        assert {code for code in index_rows if text in made[f"{code}.html"]} == off
    assert off, "the geometric mean is below the arithmetic one: some scores are"
    some = index_rows[min(off)]
    means = f"mean score of the replicates is {some['score_mean']:.1f}, that of the run {some['score']:.2f}"
    assert means in made[f"{min(off)}.html"]


def test_pages_with_intervals_are_sound(made, taken):
    assert max(len(text.encode()) for text in made.values()) <= 130_000
    for name, page in taken.items():
        assert page.faults == page.open == []
        ids = [a["id"] for _, a, _ in page.elements if "id" in a]
        assert len(ids) == len(set(ids))
        assert {each for _, a, _ in page.elements for each in a.get("aria-labelledby", "").split()} <= set(ids)
        assert all(a["role"] == "img" and (a.get("aria-label") or a.get("aria-labelledby")) for a, _ in page.all("svg"))
        assert len(page.all("table")) == len(page.all("caption"))
        assert all(a.get("scope") in ("col", "row", "rowgroup") for a, _ in page.all("th"))
        links = [a["href"].partition("#") for a, _ in page.all("a")]
        assert all(not anchor or file not in ("", name) or anchor in ids for file, _, anchor in links)


def test_the_same_tables_give_the_same_bytes(simulated, made):
    shuffled = {
        name: frame.sample(fraction=1.0, shuffle=True, seed=5)
        for name, frame in simulated.tables.items()
        if name in ("intervals", "ranks", "pairs", "central_weights", "simulation")
    }
    assert pages.pages(simulated) == made
    again = pages.pages(with_tables(simulated, **shuffled))
    assert [name for name in made if again[name] != made[name]] == []


def test_names_and_reasons_are_escaped(simulated):
    framework = replace(simulated.framework, unit_names={"FI": HOSTILE, "EE": HOSTILE})
    mixes = simulated.tables["mixes"].with_columns(methods=pl.lit(HOSTILE), reason=pl.lit(HOSTILE))
    nodes = simulated.tables["nodes"].with_columns(name=pl.lit(HOSTILE))
    hostile = replace(with_tables(simulated, mixes=mixes, nodes=nodes), framework=framework)
    for text in pages.pages(hostile).values():
        page = Page(text)
        assert not {tag for tag, _, _ in page.elements} & {"script", "img"}
        assert page.faults == page.open == []
