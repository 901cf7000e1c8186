"""Intervals and tiers: what pages and terminal say of a simulation agrees with its tables."""

import re
from dataclasses import replace

import polars as pl
import pytest
from html_page import Page

from readiness.report import pages
from readiness.report.certainty import bands, outside
from readiness.report.data import gather
from readiness.report.dotrange import Axis, Range, dot_range, of_places, of_values
from readiness.report.interval_words import chance, neighbours_in_words, places_text, scores_text
from readiness.report.overview import ranking_row
from readiness.report.rankbars import rank_bars, window
from readiness.report.spread import Spread, spread_of
from readiness.report.standing import neighbours
from readiness.simulate import simulate
from readiness.terminal import show_ranking
from readiness.terminal_intervals import interval_note, rank_intervals

REPLICATES, SEED = 3000, 11
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=y>&"


@pytest.fixture(scope="module")
def simulated(results):
    return simulate(results, REPLICATES, SEED)


@pytest.fixture(scope="module")
def made(simulated):
    return pages.pages(simulated)


@pytest.fixture(scope="module")
def taken(made):
    return {name: Page(text) for name, text in made.items()}


@pytest.fixture(scope="module")
def index_rows(simulated):
    frame = simulated.tables["intervals"].filter((pl.col("varied") == "all") & (pl.col("node") == "index"))
    return {row["country"]: row for row in frame.iter_rows(named=True)}


def with_tables(results, **tables):
    return replace(results, tables={**results.tables, **tables})


def plain_text(page):
    return " ".join("".join(text for _, _, text in page.elements).split())


def pairs_of(shares, replicates=100):
    """A simulation of some countries of which only the shares of one above another are known."""
    above = {}
    for (one, other), share in shares.items():
        above[one, other] = round(share * replicates)
        above[other, one] = replicates - above[one, other]
    return Spread("all", {}, {}, above, {}, {"all": {"replicates": replicates}}, (), {}, "")


# Words


def test_a_place_alone_is_not_written_as_a_range():
    row = {"rank_low_90": 2, "rank_high_90": 2, "rank_low_50": 2.5, "rank_high_50": 4}
    assert (places_text(row), places_text(row, 50), places_text(None)) == ("2", "2.5–4", ":")


def test_a_range_below_zero_has_no_dash_beside_a_minus():
    row = {"score_low_90": -1.25, "score_high_90": -0.5}
    assert scores_text(row, 1) == "−1.2 to −0.5"
    assert scores_text({"score_low_90": None, "score_high_90": None}, 1) == ":"


@pytest.mark.parametrize("share", [0.9450, 0.9496, 0.94999])
def test_less_than_95_per_cent_is_never_printed_as_95(share):
    assert chance(share).startswith("94")


def test_neighbours_that_cannot_be_told_apart_are_named_once():
    spread = pairs_of({("A", "B"): 0.55, ("B", "C"): 0.60, ("A", "C"): 0.70})
    members = [("A", "Alba"), ("B", "Brava"), ("C", "Corda")]
    told = ["Alba, Brava and Corda cannot be told apart: none is ahead of another in 95 % of replicates."]
    assert neighbours_in_words(spread, members, None) == told


def test_a_chain_is_not_told_as_a_group():
    spread = pairs_of({("A", "B"): 0.80, ("B", "C"): 0.80, ("A", "C"): 0.96})
    told = neighbours_in_words(spread, [("A", "Alba"), ("B", "Brava"), ("C", "Corda")], None)
    assert told == ["From Alba to Corda, none can be told apart from the next."]


def test_a_pair_across_the_border_of_a_tier_is_told():
    spread = pairs_of({("A", "B"): 0.90, ("B", "C"): 0.20})
    told = neighbours_in_words(spread, [("B", "Brava"), ("C", "Corda")], ("A", "Alba"))
    assert told == [
        "Alba, in the tier above, and Brava cannot be told apart: Alba is ahead in 90 % of replicates.",
        "Brava and Corda cannot be told apart: Corda is ahead in 80 % of replicates.",
    ]


def test_a_country_that_ranks_below_but_is_ahead_is_named():
    told = neighbours_in_words(pairs_of({("A", "B"): 0.04}), [("A", "Alba"), ("B", "Brava")], None)
    assert told == ["Brava ranks below Alba in the run but is ahead of it in 96 % of replicates."]


def test_neighbours_that_can_be_told_apart_are_not_named():
    assert neighbours_in_words(pairs_of({("A", "B"): 0.95}), [("A", "Alba"), ("B", "Brava")], None) == []


# Pictures


def rows_of(*values):
    return [
        Range(f"C{n}", f"Country {n}", tier, dot, half, most, "") for n, (tier, dot, half, most) in enumerate(values)
    ]


def test_a_dot_and_both_lines_stand_at_their_values():
    axis = of_places(11)
    picture = dot_range(rows_of((1, 1, (1, 1), (1, 11)), (2, 11, (6, 11), (1, 11))), axis, "x", "title", "desc")
    left, right = axis.place(1), axis.place(11)
    assert axis.place(6) == pytest.approx((left + right) / 2)
    assert re.findall(r'cx="([\d.]+)"', picture) == [f"{left:g}", f"{right:g}"]
    assert len(re.findall('class="thin"', picture)) == 2
    assert len(re.findall('class="thick"', picture)) == 1
    assert Page(picture).faults == []


def test_a_rule_and_a_number_stand_where_a_tier_begins():
    picture = dot_range(rows_of(*[(tier, 1, (1, 1), (1, 1)) for tier in (1, 1, 2, 3)]), of_places(4), "x", "t", "d")
    assert re.findall(r'class="tier"[^>]*>(\w+)<', picture) == ["Tier", "1", "2", "3"]
    assert picture.count('class="rule"') == 3


def test_what_lies_outside_an_axis_is_drawn_at_its_end():
    axis = Axis(0, 10, [])
    assert (axis.place(-5), axis.place(50)) == (axis.place(0), axis.place(10))


@pytest.mark.parametrize(("low", "high"), [(12.1, 87.9), (0.0, 1.0), (-2.31, 1.7), (50.0, 50.0), (0.001, 0.0017)])
def test_an_axis_holds_its_values_and_has_few_ticks(low, high):
    axis = of_values(low, high)
    assert axis.first < low <= high < axis.last
    assert 1 <= len(axis.ticks) <= 8
    assert len({text for _, text in axis.ticks}) == len(axis.ticks)


@pytest.mark.parametrize("size", [1, 2, 5, 27, 180])
def test_an_axis_of_places_begins_with_the_first(size):
    places = [value for value, _ in of_places(size).ticks]
    assert places[0] == 1 and places[-1] <= size and len(places) == len(set(places)) <= 8


def test_bars_have_the_proportions_of_their_shares():
    picture = rank_bars([(2, 0.25), (3, 0.5), (4, 0.25)], 3, 27, "Alba")
    heights = [float(each) for each in re.findall(r'height="([\d.]+)"', picture)]
    assert heights[0] == heights[2] == pytest.approx(heights[1] / 2)
    assert re.findall(r'<rect class="(\w+)"', picture) == ["rest", "own", "rest"]
    assert re.findall(r">([\d<>]+%)<", picture) == ["25%", "50%", "25%"]


def test_bars_of_shared_ranks_stay_within_the_picture():
    picture = rank_bars([(1, 0.5), (1.5, 0.5)], 1.5, 2, "Alba")
    edges = [(float(x), float(w)) for x, w in re.findall(r'<rect[^>]*x="([\d.]+)"[^>]*width="([\d.]+)"', picture)]
    assert all(x >= 0 and x + w <= 400 for x, w in edges)
    assert "rank 1.5: 50 %" in picture


def test_a_window_holds_all_places_and_lies_within_the_ranking():
    for of in (1, 3, 27):
        for low in range(1, of + 1):
            for high in range(low, of + 1):
                first, last = window([low, high], of)
                assert 1 <= first <= low <= high <= last <= of
                assert last - first + 1 >= min(7, of)


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
    assert "dealt to 8 combinations of methods; none is left out" in text
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
    assert heads == ["Figures", "Weights", "Methods", "Method error", "All"]
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


def test_a_run_that_most_replicates_rank_otherwise_is_told(made, index_rows):
    off = [code for code, row in index_rows.items() if not row["rank_low_50"] <= row["rank"] <= row["rank_high_50"]]
    assert "EE" in off
    for code in index_rows:
        assert ("than in the run; on average they give it rank" in made[f"{code}.html"]) == (code in off)


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
    framework = replace(simulated.framework, names={**getattr(simulated.framework, "names", {}), "FI": HOSTILE})
    mixes = simulated.tables["mixes"].with_columns(methods=pl.lit(HOSTILE), reason=pl.lit(HOSTILE))
    nodes = simulated.tables["nodes"].with_columns(name=pl.lit(HOSTILE))
    hostile = replace(with_tables(simulated, mixes=mixes, nodes=nodes), framework=framework)
    for text in pages.pages(hostile).values():
        page = Page(text)
        assert not {tag for tag, _, _ in page.elements} & {"script", "img"}
        assert page.faults == page.open == []


def test_a_run_without_a_simulation_says_so(results, report):
    assert spread_of(results) is None
    assert all("Intervals for scores and ranks were not computed in this run." in text for text in report.values())
    assert not any("90 %" in text or "Tier" in text for text in report.values())
    assert interval_note(results) == "Intervals of ranks were not computed."
    assert rank_intervals(results) == {}


@pytest.mark.parametrize("name", ["intervals", "pairs", "simulation"])
def test_half_a_simulation_is_none(simulated, name):
    tables = {key: table for key, table in simulated.tables.items() if key != name}
    assert spread_of(replace(simulated, tables=tables)) is None


def test_one_source_of_error_alone_is_shown(simulated):
    only = {
        name: frame.filter(pl.col("varied") == "figures")
        for name, frame in simulated.tables.items()
        if "varied" in frame.columns
    }
    made = pages.pages(with_tables(simulated, **only))
    assert "in which errors of the figures vary. The methods are those of the recipe" in made["index.html"]
    assert "Central weights" not in made["index.html"]
    assert "Where the width comes from" not in made["index.html"]
    assert all(Page(text).faults == [] for text in made.values())


def test_an_index_simulated_without_its_pillars_has_pages(results):
    made = pages.pages(simulate(results, 500, SEED, nodes=("index",)))
    assert 'data-label="Rank" class="num">3</td>' in made["DK.html"]
    assert "(90 % interval" in made["DK.html"]


# Terminal


def test_the_ranking_with_intervals_fits_80_columns(call, tmp_path, monkeypatch, capsys, simulated):
    monkeypatch.setenv("COLUMNS", "80")
    names = [(node, simulated.framework.name_of(node)) for node in simulated.framework.children("index")]
    intervals = rank_intervals(simulated)
    show_ranking(simulated.ranks, names, "Title", (2, 1), simulated.reference_row(), intervals)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[1].split()[:6] == ["Rank", "90", "%", "Tier", "Country", "Score"]
    for line, code in zip(lines[2:], simulated.ranks["country"], strict=False):
        assert line.split()[1:3] == list(intervals[code])
    assert len(lines) == 2 + len(simulated.framework.units) + 1


def test_the_note_of_the_terminal_tells_what_varied(simulated):
    note = interval_note(simulated)
    assert f"{REPLICATES:,} replicates (seed {SEED})" in note
    assert "errors of the figures, the weights and the methods" in note
