"""An index from COINr's tables: its scores by hand, what is carried over, what is not."""

from __future__ import annotations

import tomllib

import numpy as np
import polars as pl
import pytest
from coinr_tables import DATA, NA, SIZES, UNITS, Tables, flat

import readiness
from readiness.reading.frameworks import examine_framework
from readiness.starting import init_from_coinr

TREE = {
    "Index": {"Conn": 2, "Sust": 1, "Trust": 1},
    "Conn": {"Phys": 1, "Inst": 3},
    "Phys": {"Goods": 1, "Flights": 2},
    "Inst": {"Costs": 1, "Speed": 1},
    "Sust": {"CO2": 0.5, "Forest": 1.5},
}
INDICATORS = ("Goods", "Flights", "Costs", "Speed", "CO2", "Forest", "Trust")


@pytest.fixture
def tables(tmp_path) -> Tables:
    return Tables(tmp_path)


def column(name: str) -> np.ndarray:
    return np.array([np.nan if value == NA else float(value) for value in DATA[name]])


def min_max(x: np.ndarray, direction: int) -> np.ndarray:
    """Scale to 0 to 100 as COINr does: times the direction first."""
    turned = direction * x
    return 100 * (turned - np.nanmin(turned)) / (np.nanmax(turned) - np.nanmin(turned))


def mean(columns: list[np.ndarray], weights: list[float]) -> np.ndarray:
    """Weighted mean of what is there, by unit; a gap where nothing is."""
    x, w = np.array(columns), np.array(weights)[:, None]
    there = np.where(np.isnan(x), 0.0, w)
    total = there.sum(axis=0)
    return np.divide((np.nan_to_num(x) * there).sum(axis=0), total, out=np.full(x.shape[1], np.nan), where=total > 0)


def by_hand() -> dict[str, np.ndarray]:
    """Compute every node of the tables from their columns."""
    raw = {name: column(name) for name in INDICATORS}
    raw["Goods"] = raw["Goods"] / column("GDP")
    raw["Flights"] = raw["Flights"] / column("Pop") * 1000
    scores = {name: min_max(x, -1 if name in ("Costs", "CO2") else 1) for name, x in raw.items()}
    for group in ("Phys", "Inst", "Conn", "Sust", "Index"):
        scores[group] = mean([scores[child] for child in TREE[group]], list(TREE[group].values()))
    return scores


def scores_of(results: readiness.Results, node: str, edition: int = 2024) -> np.ndarray:
    own = results.scores.filter((pl.col("node") == node) & (pl.col("edition") == edition))
    values = dict(own.select("country", "score").iter_rows())
    return np.array([np.nan if values[unit] is None else values[unit] for unit in ("AUT", *UNITS[1:])])


def test_every_score_is_the_one_computed_by_hand(tables):
    results = tables.run()
    for node, expected in by_hand().items():
        assert scores_of(results, node) == pytest.approx(expected, abs=1e-9, nan_ok=True), node


def test_ranks_are_those_of_the_scores_by_hand(tables):
    index = by_hand()["Index"]
    expected = {unit: int((index > own).sum()) + 1 for unit, own in zip(UNITS, index, strict=True)}
    assert dict(tables.run().ranks.select("country", "rank").iter_rows()) == expected


def test_gaps_are_in_the_example_and_their_weight_is_shared_again(tables):
    """FIN has no figure for CO2: Sust is Forest alone, and Trust's weight goes to Conn and Sust."""
    results, hand = tables.run(), by_hand()
    fin = UNITS.index("FIN")
    assert scores_of(results, "Sust")[fin] == pytest.approx(hand["Forest"][fin])
    assert scores_of(results, "Index")[fin] == pytest.approx((2 * hand["Conn"][fin] + hand["Sust"][fin]) / 3)
    cyp = UNITS.index("CYP")
    assert scores_of(results, "Sust")[cyp] == pytest.approx(hand["CO2"][cyp])  # a quarter of the weight is enough


def test_what_is_written_has_no_faults_and_names_what_the_tables_name(tables):
    folder, _ = tables.init()
    framework, found = examine_framework(folder)
    assert found == []
    assert {code: dict(group.children) for code, group in framework.groups.items()} == TREE
    assert framework.units == UNITS
    assert framework.editions == (2024,)
    assert framework.unit_names["AUT"] == "Country AUT"
    assert framework.name_of("Phys") == "Physical links"
    small = tuple(unit for unit, size in zip(UNITS, SIZES, strict=True) if size == "S")
    large = tuple(unit for unit, size in zip(UNITS, SIZES, strict=True) if size == "L")
    assert framework.clusters == {"Size": {"L": large, "S": small}}
    assert framework.indicators["Flights"].denominator == "Pop"
    assert framework.indicators["Flights"].per == 1000
    assert framework.indicators["Costs"].higher_is_better is False


def test_check_finds_nothing_in_what_is_written(tables):
    folder, _ = tables.init()
    assert readiness.check([folder, folder / "figures" / "coinr" / "figures.csv"]) == []


def test_branches_of_uneven_depth_keep_their_levels(tables):
    framework = readiness.read_framework(tables.init()[0])
    assert framework.levels == ("index", "pillar", "sub_pillar", "indicator")
    assert framework.depths["Trust"] == 1
    assert framework.depths["Goods"] == 3
    assert (tables.folder / "own" / "Trust.toml").is_file()


@pytest.mark.parametrize("depth", [2, 5, 6])
def test_levels_have_names_at_any_depth(tmp_path, depth):
    tables = flat(tmp_path, one=[1, 2, 3], two=[3, 1, 2])
    group = tables.meta.pop("Only")
    above = "Index"
    for number in range(depth - 2):
        code = f"Group{number}"
        tables.meta[code] = group | {"iCode": code, "Parent": above, "Level": str(depth - 1 - number)}
        above = code
    for code in ("one", "two"):
        tables.meta[code] |= {"Parent": above}
    framework = readiness.read_framework(tables.init()[0])
    assert len(framework.levels) == len(set(framework.levels)) == depth
    assert framework.depths["one"] == depth - 1


def test_a_code_with_the_name_of_a_level_keeps_its_name(tables):
    tables.meta["pillar"] = tables.meta.pop("Conn") | {"iCode": "pillar"}
    for code in ("Phys", "Inst"):
        tables.meta[code] |= {"Parent": "pillar"}
    assert readiness.read_framework(tables.init()[0]).levels == ("index", "pillar_level", "sub_pillar", "indicator")


def test_a_column_of_years_gives_editions(tables):
    tables.by_year(2021, 2023)
    results = tables.run(edition=None)
    assert results.framework.editions == (2021, 2023)
    low, high = np.nanmin(column("Speed")), 1.1 * np.nanmax(column("Speed"))
    for step, edition in enumerate((2021, 2023)):
        expected = 100 * (1.1**step * column("Speed") - low) / (high - low)  # one scale for all years
        assert scores_of(results, "Speed", edition) == pytest.approx(expected, nan_ok=True)


def test_a_year_column_of_another_name_is_understood(tables):
    tables.by_year(2021, 2023)
    for row in tables.data:
        row["Year"] = row.pop("Time")
    assert readiness.read_framework(tables.init(edition=None)[0]).editions == (2021, 2023)


def test_no_figure_of_another_year_fills_a_gap(tables):
    tables.by_year(2021, 2022)
    tables.data[-1]["Trust"] = NA
    results = tables.run(edition=None)
    assert np.isnan(scores_of(results, "Trust", 2022)[-1])
    assert not np.isnan(scores_of(results, "Trust", 2021)[-1])


def test_the_newest_name_and_label_of_a_unit_are_taken(tables):
    tables.by_year(2021, 2022)
    tables.data[-1] |= {"uName": "New name", "Size": "L"}
    folder, notes = tables.init(edition=None)
    framework = readiness.read_framework(folder)
    assert framework.unit_names["HUN"] == "New name"
    assert "HUN" in framework.clusters["Size"]["L"]
    assert any(note.startswith("Size changes over time") and "HUN" in note for note in notes)
    assert any(note.startswith("Names of units change") and "HUN" in note for note in notes)


def test_codes_of_countries_are_written_in_eurostats_letters(tables):
    tables.unit("GRC")["uCode"] = "GR"
    folder, notes = tables.init()
    assert "EL" in readiness.read_framework(folder).units
    assert "GR is written as EL, Eurostat's code for the same country." in notes
    assert not np.isnan(readiness.run(framework=folder).ranks.filter(pl.col("country") == "EL")["score"][0])


def test_a_figure_without_denominator_is_a_gap_and_said(tables):
    tables.unit("AUT")["GDP"] = NA
    folder, notes = tables.init()
    results = readiness.run(framework=folder)
    assert "Figures without a denominator, gaps in COINr too, are left out: Goods of AUT in 2024." in notes
    assert np.isnan(scores_of(results, "Goods")[0])
    assert scores_of(results, "Phys")[0] == pytest.approx(scores_of(results, "Flights")[0])


def test_what_is_not_carried_over_is_said(tables):
    tables.meta["Sust"]["Direction"] = "-1"
    tables.meta["Goods"]["Target"] = "2.5"
    for entry in tables.meta.values():
        entry["Colour"] = "red"
    folder, notes = tables.init()
    assert [note for note in notes if "not carried over" in note] == [
        "Columns of iMeta that are not carried over: colour.",
        "Codes of type Other, which no score uses, are not carried over: Area.",
        "Direction -1 has no meaning for groups and is not carried over: Sust.",
    ]
    assert "Targets are read in the unit after division by the denominator: Goods." in notes
    assert "Branches of another depth, which COINr refuses and this tree keeps: CO2, Forest, Trust." in notes
    thin = [note for note in notes if note.startswith("2 scores of groups rest on less than half")]
    assert len(thin) == 1  # Phys of DNK and Sust of CYP
    assert readiness.read_framework(folder).indicators["Goods"].target == (2.5, 2.5)


def test_levels_that_do_not_fit_are_said_and_change_nothing(tables):
    tables.meta["Phys"]["Level"] = "3"
    tables.meta["Goods"]["Level"] = "2"
    folder, notes = tables.init()
    (note,) = [each for each in notes if each.startswith("Level does not fit Parent")]
    goods, phys = (list(tables.meta).index(code) + 2 for code in ("Goods", "Phys"))
    assert note.endswith(f"Goods (row {goods}), Phys (row {phys}).")
    assert {code: dict(group.children) for code, group in readiness.read_framework(folder).groups.items()} == TREE


def test_words_of_any_kind_stay_words(tables):
    evil = 'a "quoted" \\ name\n[weights.Index]\nTrust = 9 \x7f\x1b \U0001f600'
    tables.meta["Goods"] |= {"iName": evil, "Unit": evil}
    tables.meta["Index"]["iName"] = evil
    tables.unit("AUT").update(uName=evil, Size=evil)
    folder, _ = tables.init()
    framework, found = examine_framework(folder)
    assert found == []
    assert framework.indicators["Goods"].name == framework.name == framework.unit_names["AUT"] == evil
    assert framework.clusters["Size"][evil] == ("AUT",)
    assert dict(framework.groups["Index"].children) == TREE["Index"]
    assert readiness.run(framework=folder).ranks.height == len(UNITS)


def test_a_table_from_r_with_row_names_is_read(tables):
    tables.write()
    for path in (tables.imeta, tables.idata):
        lines = path.read_text(encoding="utf-8").splitlines()
        numbered = ['"",' + lines[0], *(f'"{row}",{line}' for row, line in enumerate(lines[1:], start=1))]
        path.write_text("\n".join(numbered) + "\n", encoding="utf-8")
    init_from_coinr(tables.folder / "own", tables.imeta, tables.idata, 2024)
    assert examine_framework(tables.folder / "own")[1] == []


def test_the_figures_are_written_as_they_stand_and_with_their_sum(tables):
    tables.unit("BEL")["Speed"] = "1.30e2"
    folder, _ = tables.init()
    place = folder / "figures" / "coinr"
    lines = (place / "figures.csv").read_text(encoding="utf-8").splitlines()
    assert "Speed,BEL,2024,1.30e2,iData,row 3" in lines
    release = tomllib.loads((place / "origin.toml").read_text(encoding="utf-8"))["release"]
    assert release["rows"] == len(lines) - 1


def test_the_same_tables_give_the_same_bytes(tables):
    one, two = (tables.init(name=name)[0] for name in ("one", "two"))
    assert {path.relative_to(one).as_posix(): path.read_bytes() for path in one.rglob("*") if path.is_file()} == {
        path.relative_to(two).as_posix(): path.read_bytes() for path in two.rglob("*") if path.is_file()
    }
