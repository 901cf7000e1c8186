"""Commands that answer an officer's questions, on a stored run: what they print, in 80 columns, what they refuse."""

import json

import polars as pl
import pytest

from readiness.errors import ReadinessError
from readiness.report.data import gather
from readiness.report.options import Options
from readiness.report.products import country_products
from readiness.store import open_run

WIDTH = 80


@pytest.fixture(scope="module")
def folder(complete, tmp_path_factory):
    return complete.write(tmp_path_factory.mktemp("questions"), products=())


@pytest.fixture
def ask(call, folder):
    """Run a command on the stored run; what it prints must fit the terminal."""

    def ask(*arguments):
        status, out, err = call(*arguments, "--run", folder)
        assert max((len(line) for line in out.splitlines()), default=0) <= WIDTH or "--json" in arguments
        return status, out, err

    return ask


@pytest.fixture(scope="module")
def table(folder):
    return lambda name, **key: pl.read_parquet(folder / f"{name}.parquet").filter(
        *(pl.col(each) == value for each, value in key.items())
    )


# why


def test_why_tells_sentences_causes_and_indicators(ask, table):
    status, out, _ = ask("why", "PT")
    assert status == 0
    total = table("change", country="PT", node="index", cause="total", indicator="").row(0, named=True)
    flat = " ".join(out.split())
    assert f"Portugal, 2025 to 2026: {total['points']:+.2f} points" in flat
    assert "within noise (90 % interval" in flat or "beyond noise (90 % interval" in flat
    line = next(each for each in out.splitlines() if each.startswith("The whole change"))
    assert line.split()[3] == f"{total['points']:+.2f}"


def test_why_as_json_adds_up_as_the_table_does(ask, table):
    _, out, _ = ask("why", "Portugal", "--json")
    found = json.loads(out)
    causes = [row for row in found["change"] if row["cause"] != "total" and not row["indicator"]]
    (total,) = [row for row in found["change"] if row["cause"] == "total"]
    assert sum(row["points"] for row in causes) == pytest.approx(total["points"], abs=1e-12)
    assert sum(row["shapley"] for row in causes) == pytest.approx(total["shapley"], abs=1e-12)
    own = table("change", country="PT", node="index")
    assert own.height == len(found["change"])
    assert found["movement"]["beyond_noise"] in (True, False)


def test_why_answers_for_a_part_and_an_older_edition(ask):
    status, out, _ = ask("why", "PT", "--from", "2023", "--node", "skills")
    assert status == 0
    assert "2023 to 2026" in out and "Skills" in out


def test_why_compares_two_runs(call, folder, tmp_path):
    status, out, err = call("why", "PT", "--from", folder, "--run", folder)
    assert status == 0
    assert "0.00" in out and "one run" not in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("why", "PX"), "PT"),
        (("why", "PT", "--from", "2019"), "2022"),
        (("why", "PT", "--node", "skils"), "skills"),
        (("why", "PT", "--from", "nowhere"), "nowhere"),
        (("compare", "PT", "PT"), "another country"),
        (("compare", "PT", "Spane"), "Spain"),
        (("whatif", "PT", "gerd=2"), "gerd_gdp"),
        (("whatif", "PT", "gerd_gdp=high"), "high"),
        (("whatif", "PT", "gerd_gdp=900"), "gerd_gdp"),
        (("peers", "XX"), "XX"),
        (("targets", "Portugul"), "Portugal"),
    ],
)
def test_what_cannot_be_answered_is_said_with_what_can(ask, arguments, said):
    status, out, err = ask(*arguments)
    assert status in (1, 2, 3)
    assert out == ""
    assert said in " ".join(err.split())


def test_a_stored_run_takes_no_options_that_would_change_it(ask):
    status, _, err = ask("why", "PT", "--set", "normalise=rank")
    assert status == 2
    assert "settings" in err


# compare, whatif, peers, targets


def test_compare_names_who_leads_beyond_noise(ask, table):
    status, out, _ = ask("compare", "PT", "ES")
    assert status == 0
    share = table("pairs", varied="all", node="energy", country="PT", other="ES")["share"][0]
    line = next(each for each in out.splitlines() if each.startswith("Energy"))
    assert line.split()[-1] == ("PT" if share >= 0.95 else "-")
    rows = json.loads(ask("compare", "PT", "ES", "--json")[1])
    assert {row["node"] for row in rows} == set(table("nodes")["node"])


def test_what_if_shows_bounds_rank_interval_and_chance(ask):
    status, out, err = ask("whatif", "PT", "digital_skills_basic=60", "gerd_gdp=+10%")
    assert status == 0
    flat = " ".join(out.split())
    assert "59.2 -> 60" in flat and "the scale runs from" in flat
    assert "replicates Portugal ranks better" in flat
    assert "not a forecast" in " ".join(err.split())


def test_today_s_figure_changes_nothing(ask, table):
    own = table("cells", country="PT", indicator="gerd_gdp", edition=2026)["raw"][0]
    found = json.loads(ask("whatif", "PT", f"gerd_gdp={own!r}", "--json")[1])
    (index,) = [row for row in found["nodes"] if row["node"] == "index"]
    assert index["score_now"] == index["score_then"]
    assert found["chance"] == 0


def test_peers_are_named_by_rule_with_their_ranks(ask, table):
    status, out, _ = ask("peers", "PT")
    assert status == 0
    rows = table("peers", country="PT", rule="both").sort("position")["peer"].to_list()
    ranks = dict(table("scores", edition=2026, node="index").select("country", "rank").rows())
    flat = " ".join(out.split())
    assert f"Czechia ({ranks['CZ']:.0f})" in flat and rows[0] == "CZ"


def test_targets_have_a_verdict_for_the_union_and_a_country(ask, table):
    for country, code in (("PT", "PT"), ("EU27_2020", "EU27_2020"), (None, "EU27_2020")):
        status, out, _ = ask("targets", *([country] if country else []))
        assert status == 0
        line = next(each for each in out.splitlines() if each.startswith("Computing power"))
        verdict = table("targets", country=code, target="compute")["verdict"][0]
        assert verdict in line
        assert "Not reported" in out
    rows = json.loads(ask("targets", "DK", "--json")[1])
    assert {row["verdict"] for row in rows} >= {"cannot be said", "not reported"}


def test_an_index_without_targets_says_so(call):
    status, _, err = call("targets", "--index", "hdi")
    assert status == 2
    assert "declares no targets" in err


# report


def test_a_report_is_made_again_with_the_same_bytes(complete, call, folder, tmp_path):
    status, _, err = call("report", "PT", folder, "--out", "again")
    assert status == 0
    made = {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()}
    assert sorted(made) == ["PT-brief.pdf", "PT.html", "PT.pdf", "PT.xlsx"]
    own = dict(country_products(gather(complete), [Options("PT")]))
    assert [name for name, content in made.items() if own[name] != content] == []
    assert "4 files" in err


def test_a_report_has_the_language_kind_peers_and_front_that_are_asked_for(call, folder, tmp_path):
    wanted = ("--lang", "de", "--kind", "page", "--peers", "ES,Greece", "--officer", "A. N. Other", "--status", "draft")
    status, _, _ = call("report", "Portugal", folder, *wanted)
    assert status == 0
    (path,) = (tmp_path / "report").iterdir()
    assert path.name == "PT.de.html"
    text = path.read_text(encoding="utf-8")
    assert '<html lang="de">' in text and "A. N. Other" in text
    assert "Spanien" in text and "Griechenland" in text


def test_texts_that_are_missing_are_counted(call, folder):
    status, _, err = call("report", "PT", folder, "--lang", "mt", "--kind", "page")
    assert status == 0
    assert "texts have no mt version yet and are in English" in err


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(("--lang", "gr"), 2), (("--peers", "XX"), 2), (("--kind", "poster"), 2)],
)
def test_a_report_that_cannot_be_made_is_refused(call, folder, arguments, status, tmp_path):
    assert call("report", "PT", folder, *arguments)[0] == status
    assert not (tmp_path / "report").exists()


def test_a_damaged_run_gives_no_report(complete, call, tmp_path):
    folder = complete.write(tmp_path / "runs", products=())
    (folder / "scores.parquet").write_bytes(b"PAR1")
    with pytest.raises(ReadinessError):
        open_run(folder)
    assert call("report", "PT", folder)[0] == 4
