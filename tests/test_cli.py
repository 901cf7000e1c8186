"""The command line as a user meets it: figures on stdout, words on stderr, an exit status, never a traceback."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from faults import FAULTS, copy_index, figures_of, set_faults

import readiness
from readiness import cli


def test_the_main_job_prints_27_countries_and_says_what_is_next(call, tmp_path):
    status, out, err = call("run", "--products", "pages")
    assert status == 0
    assert sum(line[:4].strip().isdigit() for line in out.splitlines()) == 27
    assert max(map(len, out.splitlines())) <= 80
    (folder,) = (tmp_path / "runs").iterdir()
    assert f"Written to runs/{folder.name}" in err
    assert "readiness verify" in err
    assert (folder / "report/index.html").is_file()


def test_what_is_said_to_be_next_can_be_done(call):
    for index, question in (("eari", "why FI --run"), ("tai-2008", "trace FIN TAI --run")):
        err = call("run", "--index", index, "--replicates", "0")[2]
        assert f"readiness {question}" in err
        assert "tables and manifest.json." in err
        for command in re.search(r"^Next +(.*)$", err, re.MULTILINE)[1].split(", "):
            assert call(*command.removeprefix("readiness ").split())[0] == 0, command


def test_a_ranking_as_json_is_json_alone(call):
    _, out, _ = call("run", "--json")
    rows = json.loads(out)
    assert [row["rank"] for row in rows] == sorted(row["rank"] for row in rows)
    assert len(rows) == 27


def test_what_does_not_count_and_who_has_no_rank_is_said(call):
    assert "Not counted" not in call("run")[2]
    assert "Not counted in 2024: TOP500 computing power, TOP500 systems, " in call("run", "--edition", "2024")[2]
    err = call("run", "--as-of", "2026-03-01")[2]
    assert "27 countries have no rank; a trace of AT says why." in err


def test_desi_runs_through_the_same_command(call):
    status, out, _ = call("run", "--index", "desi-2022")
    assert status == 0
    assert re.search(r"^ +1 +\S+ +1 Finland +69\.60 ", out, flags=re.MULTILINE)


def test_own_weights_change_ranks_and_digest(call, tmp_path):
    (tmp_path / "my.toml").write_text("compute = 3\n", encoding="utf-8")
    _, plain, _ = call("run", "--json")
    _, tripled, _ = call("run", "--weights", "my.toml", "--json")
    assert [row["country"] for row in json.loads(plain)] != [row["country"] for row in json.loads(tripled)]
    manifests = [json.loads((run / "manifest.json").read_text()) for run in (tmp_path / "runs").iterdir()]
    assert len({manifest["digest"] for manifest in manifests}) == 2
    (own,) = [manifest for manifest in manifests if "--weights" in manifest["inputs"]["framework"]]
    assert own["command"] == "readiness run --index eari --weights my.toml"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("compute = -1", "E506"),
        ("[index]\ncompute = -1", "E506"),
        ("computer = 1", "E518"),
        ("[indx]\ncompute = 1", "E518"),
        ("[compute]\nclean = 1", "E518"),
        ("[compute]\ncapacity = 0\nnetworks_cloud = 0", "E507"),
        ("compute=0\nenergy=0\ndata=0\nskills=0\nadoption=0\nrules=0", "E507"),
        ('compute = "much"', "E503"),
        ("compute = nan", "E503"),
        ("compute = ", "E107"),
    ],
)
def test_impossible_weights_are_clear_errors_and_write_nothing(call, tmp_path, text, code):
    (tmp_path / "my.toml").write_text(text, encoding="utf-8")
    status, out, err = call("run", "--weights", "my.toml")
    assert (status, out) == (1, "")
    assert f"error {code}" in err
    assert err.startswith("my.toml:")
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("arguments", "status", "word"),
    [
        (["run", "--edition", "2030"], 2, "one of 2022, 2023, 2024, 2025, 2026"),
        (["run", "--as-of", "soon"], 2, "a date such as 2026-05-01"),
        (["run", "--as-of", "1990-01-01"], 2, "figures known by that day"),
        (["run", "--index", "desy-2022"], 2, "Did you mean desi-2022"),
        (["run", "--nonsense"], 2, "--nonsense"),
        (["run", "--data", "nowhere"], 3, "E101"),
        (["run", "--framework", "nowhere"], 3, "E101"),
        (["run", "--recipe", "nowhere.toml"], 3, "E101"),
        (["trace", "PX"], 2, "E520"),
        (["trace", "PT", "computer"], 2, "Did you mean compute?"),
        (["verify", "nowhere"], 3, "E101"),
        (["explain", "E2055"], 2, "Did you mean E205"),
        (["check", "nowhere.csv"], 3, "E101"),
        (["chekc"], 2, "No such command"),
    ],
)
def test_a_wrong_call_is_a_sentence_and_a_status(call, arguments, status, word):
    got, out, err = call(*arguments)
    assert (got, out) == (status, "")
    assert word in err


def test_check_prints_each_fault_as_file_and_row_and_ends_with_status_1(call, tmp_path):
    copy_index(tmp_path)
    rows = set_faults(figures_of(tmp_path), FAULTS)
    status, out, err = call("check", "indicators", "data")
    assert status == 1
    for fault, row in rows.items():
        assert f"data/eari/2026-11-22/figures.csv:{row}  error {fault.code}  {fault.column}" in out
    assert "More on a code: readiness explain" in err


def test_check_as_json_has_every_field(call, tmp_path):
    (tmp_path / "a.csv").write_text("indicator,geo,year,value\ngerd_gdp,PX,2024,1.5\n", encoding="utf-8")
    status, out, _ = call("check", "a.csv", "--json")
    (found,) = json.loads(out)
    assert status == 1
    assert {"code", "file", "row", "column", "rule", "found", "expected", "hint", "severity"} == set(found)


def test_check_without_files_checks_the_built_in_index(call):
    status, out, err = call("check")
    assert (status, out) == (0, "")
    assert "no errors" in err


def test_notes_alone_do_not_fail_a_check(call, tmp_path):
    (tmp_path / "a.csv").write_text("indicator,geo,year,value\ngerd_gdp,GR,2024,1.5\n", encoding="utf-8")
    status, out, err = call("check", "a.csv")
    assert status == 0
    assert "note N202" in out
    assert "1 note." in err


def test_trace_prints_points_that_add_up(call):
    status, out, _ = call("trace", "PT", "compute")
    lines = out.splitlines()
    assert status == 0
    assert max(map(len, lines)) <= 80
    figures = [re.match(r"( *)\S.* \d+\.\d\d +(?:\d+%)? +(\d+\.\d\d)$", line) for line in lines[2:]]
    points = [(len(match[1]), float(match[2])) for match in figures if match]
    assert len(points) == 8
    top = [value for indent, value in points if indent == 0]
    for depth in (2, 4):
        assert round(sum(value for indent, value in points if indent == depth), 2) == top[0]


def test_trace_takes_names_and_other_codes(call):
    _, by_code, _ = call("trace", "EL", "compute", "--json")
    assert call("trace", "GR", "compute", "--json")[1] == by_code
    assert call("trace", "greece", "compute", "--json")[1] == by_code


def test_a_stored_run_is_traced_without_computing(call, tmp_path):
    call("run", "--edition", "2025")
    (folder,) = (tmp_path / "runs").iterdir()
    stored = json.loads(call("trace", "PT", "compute", "--run", folder, "--json")[1])
    fresh = json.loads(call("trace", "PT", "compute", "--edition", "2025", "--json")[1])
    assert stored == fresh
    whole = json.loads(call("trace", "PT", "--run", folder, "--json")[1])
    assert whole == json.loads(call("trace", "PT", "--edition", "2025", "--json")[1])
    assert whole[0]["node"] == "index"


def test_verify_names_the_changed_table_with_status_4(call, tmp_path):
    call("run")
    (folder,) = (tmp_path / "runs").iterdir()
    assert call("verify", folder)[0] == 0
    file = folder / "weights.parquet"
    file.write_bytes(file.read_bytes()[:-1] + b"\x00")
    status, out, err = call("verify", folder)
    assert status == 4
    assert "weights.parquet" in out
    assert "table weights" in out
    assert "weights.parquet" in err


def test_data_lists_all_series_with_their_gaps(call):
    _, out, _ = call("data", "--json")
    rows = {row["indicator"]: row for row in json.loads(out)}
    assert len(rows) == 75
    assert rows["ai_diffusion_population"]["countries"] == 22
    assert rows["cloud_adoption_ent"]["years"] == 9
    _, table, _ = call("data")
    assert max(map(len, table.splitlines())) <= 80


@pytest.mark.parametrize("command", ["run", "check", "data", "trace", "verify", "explain"])
def test_every_command_has_help(call, command):
    status, out, _ = call(command, "--help")
    assert status == 0
    assert out.startswith("Usage: ")
    assert max(map(len, out.splitlines())) <= 80


def test_a_fault_of_ours_is_said_as_such(call, monkeypatch):
    monkeypatch.setattr("readiness.checking.check", lambda *_: 1 / 0)
    status, _, err = call("check")
    assert status == 70
    assert "ZeroDivisionError" in err
    assert "--debug" in err


def test_debug_shows_the_traceback(monkeypatch):
    monkeypatch.setattr("readiness.checking.check", lambda *_: 1 / 0)
    monkeypatch.setattr(sys, "argv", ["readiness", "--debug", "check"])
    with pytest.raises(ZeroDivisionError):
        cli.main()


def test_an_interrupt_is_no_traceback(call, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("readiness.checking.check", stop)
    assert call("check")[0] == 130


def test_colours_only_on_a_terminal(call, tmp_path):
    (tmp_path / "a.csv").write_text("indicator,geo,year,value\ngerd_gdp,PX,2024,1.5\n", encoding="utf-8")
    assert "\x1b" not in call("check", "a.csv")[1]


def test_import_is_light():
    code = "import sys, readiness; print(*sorted({'polars', 'numba', 'pandera', 'click'} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == ""
    assert set(readiness.__all__) == set(dir(readiness))
