"""Strengths and weaknesses by rule, on ranks made up so that every limit can be counted on one's fingers."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
import pytest
from simulated_cases import make_plan

from readiness.framework import Rules
from readiness.signals import STRENGTH, WEAKNESS, signals

COUNTRIES = 21  # so that a rank r has the percentile (21 - r) / 20
CODES = [f"i{number:02}" for number in range(16)]  # two of them are an eighth
TREE = {"index": {"one": 1, "two": 1}, "one": dict.fromkeys(CODES[:8], 1), "two": dict.fromkeys(CODES[8:], 1)}
MIDDLE = 11


@pytest.fixture(scope="module")
def framework():
    rules = Rules(1, 4, Fraction(2, 3), Fraction(1, 2), Fraction(2, 3))
    return make_plan(TREE, COUNTRIES, rules=rules).framework


def tables_of(ranks, *, flags=None, covered=None, effective=None, of=None):
    """Return tables in which U000 has the ranks given, the middle where none is, and the others all other ranks."""
    rows, cells = [], []
    for code in CODES:
        number = (of or {}).get(code, COUNTRIES)
        own = ranks.get(code, MIDDLE)
        rows.append((2024, "U000", code, own, (effective or {}).get(code, 1 / 16), 1.0))
        rest = [rank for rank in range(1, number + 1) if rank != own][: number - 1]
        rows += [(2024, f"U{place:03}", code, float(rank), 1 / 16, 1.0) for place, rank in enumerate(rest, start=1)]
        rows.append((2023, "U000", code, 1.0, 1 / 16, 1.0))  # of another edition
        cells.append((2024, "U000", code, (flags or {}).get(code)))
        cells.append((2023, "U000", code, "u"))
    for group in ("one", "two"):
        rows.append((2024, "U000", group, 1.0, 0.5, (covered or {}).get(group, 1.0)))
    names = ("edition", "country", "node", "rank", "effective", "covered")
    return {
        "scores": pl.DataFrame(
            rows,
            schema=dict(zip(names, [pl.Int32, pl.String, pl.String] + 3 * [pl.Float64], strict=True)),
            orient="row",
        ),
        "cells": pl.DataFrame(cells, schema=["edition", "country", "indicator", "obs_status"], orient="row"),
    }


def found(framework, *arguments, **more):
    return [(each.indicator, each.kind) for each in signals(framework, tables_of(*arguments, **more), "U000", 2024)]


def test_the_first_three_ranks_are_strengths_and_the_last_three_weaknesses(framework):
    ranks = {"i01": 3, "i02": 1, "i03": 2, "i04": 4, "i09": 21, "i10": 20, "i11": 19, "i12": 18}
    assert found(framework, ranks) == [
        ("i02", STRENGTH), ("i03", STRENGTH), ("i01", STRENGTH),
        ("i09", WEAKNESS), ("i10", WEAKNESS), ("i11", WEAKNESS),
    ]  # fmt: skip


def test_the_own_best_eighth_are_strengths_and_the_worst_weaknesses(framework):
    """Sixteen indicators: the two best and the two worst, whatever their ranks."""
    ranks = {"i00": 6, "i05": 8, "i07": 9, "i08": 13, "i12": 15, "i15": 17}
    assert found(framework, ranks) == [("i00", STRENGTH), ("i05", STRENGTH), ("i15", WEAKNESS), ("i12", WEAKNESS)]


def test_an_eighth_is_rounded_up(framework):
    ranks = {"i00": 6, "i05": 8, "i07": 9}
    left_out = dict.fromkeys(CODES[9:], 0.0)  # nine have a weight: k is two
    assert found(framework, ranks, effective=left_out) == [("i00", STRENGTH), ("i05", STRENGTH)]
    left_out = dict.fromkeys(CODES[8:], 0.0)  # eight: k is one
    assert found(framework, ranks, effective=left_out) == [("i00", STRENGTH)]


def test_ties_with_the_limit_all_count_in_the_order_of_the_tree(framework):
    ranks = {"i12": 8, "i00": 6, "i05": 8, "i03": 8}
    assert found(framework, ranks) == [("i00", STRENGTH), ("i03", STRENGTH), ("i05", STRENGTH), ("i12", STRENGTH)]


def test_all_who_share_the_last_place_are_last(framework):
    """Ten countries share rank 12 of 21, as those without a supercomputer do: none of them is in the middle."""
    tables = tables_of({"i00": 12.0})
    shared = (pl.col("node") == "i00") & (pl.col("edition") == 2024) & (pl.col("rank") > 12)
    ranks = pl.when(shared).then(12.0).otherwise("rank").alias("rank")
    (found,) = signals(framework, tables | {"scores": tables["scores"].with_columns(ranks)}, "U000", 2024)
    assert (found.kind, found.rank, found.worse, found.percentile) == (WEAKNESS, 12, 0, 0)


def test_nothing_in_the_middle_is_a_signal(framework):
    assert found(framework, {}) == []
    assert found(framework, dict.fromkeys(CODES, 12), of={}) == [(code, WEAKNESS) for code in CODES], (
        "all tie with the worst"
    )


def test_a_rank_among_few_counts_by_its_half(framework):
    """Third of four is no strength although it is one of the first three."""
    of = {"i00": 4, "i01": 4, "i02": 2, "i03": 1}
    got = signals(framework, tables_of({"i00": 2, "i01": 3, "i02": 1, "i03": 1}, of=of), "U000", 2024)
    assert [(each.indicator, each.kind, each.of) for each in got] == [
        ("i02", STRENGTH, 2),
        ("i00", STRENGTH, 4),
        ("i01", WEAKNESS, 4),
    ]
    assert [each.percentile for each in got] == pytest.approx([1, 2 / 3, 1 / 3])


def test_rank_number_and_percentile_are_told(framework):
    (one,) = signals(framework, tables_of({"i04": 2}), "U000", 2024)
    assert (one.indicator, one.rank, one.of, one.percentile, one.thin) == ("i04", 2, 21, 19 / 20, "")


def test_a_figure_of_low_reliability_is_thin(framework):
    got = signals(framework, tables_of({"i04": 2, "i05": 1, "i06": 3}, flags={"i04": "bu", "i05": "b"}), "U000", 2024)
    assert [(each.indicator, each.thin) for each in got] == [("i05", ""), ("i04", "low reliability"), ("i06", "")]


@pytest.mark.parametrize(("share", "thin"), [(2 / 3, False), (0.66, True), (0.0, True)])
def test_too_few_figures_in_the_sub_pillar_are_thin(framework, share, thin):
    got = signals(framework, tables_of({"i04": 2, "i12": 20}, covered={"one": share}), "U000", 2024)
    assert [(each.indicator, bool(each.thin)) for each in got] == [("i04", thin), ("i12", False)]
    assert got[0].thin == ("one has too few figures" if thin else "")


def test_without_weight_or_rank_there_is_no_signal(framework):
    assert found(framework, {"i04": 1, "i05": None}, effective={"i04": 0.0}) == []
    assert signals(framework, tables_of({}), "XX", 2024) == []
    assert signals(framework, tables_of({}), "U000", 2031) == []


def test_signals_of_the_built_in_index_follow_from_its_ranks(eari):
    for country in ("PT", "FI", "BG"):
        got = signals(eari.framework, eari.tables, country, 2026)
        own = eari.scores.filter((pl.col("edition") == 2026) & pl.col("node").is_in(eari.framework.leaves))
        own = own.with_columns(pl.col("rank").count().over("node").alias("of"))
        ranks = {
            row["node"]: row
            for row in own.filter((pl.col("country") == country) & pl.col("rank").is_not_null()).iter_rows(named=True)
        }
        assert {each.kind for each in got} == {STRENGTH, WEAKNESS}
        for each in got:
            assert (each.rank, each.of) == (ranks[each.indicator]["rank"], ranks[each.indicator]["of"])
            assert (each.percentile > 0.5) == (each.kind == STRENGTH)
        signalled = {each.indicator for each in got}
        assert {node for node, row in ranks.items() if row["rank"] <= 3} <= signalled
        assert {node for node, row in ranks.items() if row["rank"] > row["of"] - 3} <= signalled
