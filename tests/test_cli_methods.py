"""The commands around methods: methods, replicate, init, settings, trace by name."""

from __future__ import annotations

import json

import pytest

from readiness.reading.places import index_folder
from readiness.registry import COMMON, STEPS, methods
from readiness.terminal_methods import as_data

WIDTH = 80


def test_methods_lists_every_method_with_its_source(call):
    status, out, err = call("methods")
    assert status == 0
    assert f"{len(list(methods()))} methods" in err
    words = out.split()
    for step in STEPS:
        assert f"{step}:" in words
    for each in methods():
        assert each.name in words
        assert each.source.split()[0] in words
    assert max(map(len, out.splitlines())) <= WIDTH


def test_methods_as_json_hold_all_that_a_reader_asks(call):
    status, out, _ = call("methods", "--json")
    listed = json.loads(out)
    assert status == 0
    assert [(each["step"], each["name"]) for each in listed] == [(each.step, each.name) for each in methods()]
    assert all(each[key] for each in listed for key in ("says", "formula", "gaps", "source", "example"))
    (power,) = (each for each in listed if each["name"] == "power_mean")
    assert power["parameters"]["power"] == {
        "kind": "number", "default": 0.5, "low": -50.0, "high": 50.0, "meaning": power["parameters"]["power"]["meaning"]
    }  # fmt: skip
    assert set(COMMON["aggregate"]) <= set(power["parameters"])


@pytest.mark.parametrize("method", list(methods()), ids=lambda each: f"{each.step}.{each.name}")
def test_one_method_fits_the_terminal_and_tells_everything(call, method):
    status, out, _ = call("methods", f"{method.step}.{method.name}")
    told = "".join(out.split())
    assert status == 0
    assert max(map(len, out.splitlines())) <= WIDTH
    known = as_data(method)
    for key in ("says", "formula", "gaps", "source", "example"):
        assert "".join(known[key].split()) in told
    assert all(name in told for name in known["parameters"])
    assert f"--set{method.step}={method.name}" in told


def test_a_name_of_several_steps_shows_all(call):
    _, out, _ = call("methods", "borda")
    assert "normalise: borda" in out
    assert "aggregate: borda" in out


def test_an_unknown_method_names_the_nearest(call):
    status, out, err = call("methods", "geometrik")
    assert (status, out) == (2, "")
    assert "Did you mean geometric" in err


def test_settings_reach_the_manifest(call, tmp_path):
    status, _, err = call("run", "--index", "tai", "--set", "aggregate=geometric", "--set", "aggregate.floor=0.01")
    assert status == 0, err
    manifest = json.loads(next((tmp_path / "runs").glob("*/manifest.json")).read_text(encoding="utf-8"))
    assert manifest["recipe"]["aggregate"] == {"method": "geometric", "floor": 0.01}
    assert "--set aggregate=geometric --set aggregate.floor=0.01" in manifest["command"]


def test_a_refused_setting_computes_nothing(call, tmp_path):
    status, out, err = call("run", "--set", "normalise=z_score", "--set", "aggregate=geometric")
    assert (status, out) == (2, "")
    assert "Two ways out" in err
    assert not (tmp_path / "runs").exists()


def test_replicate_shows_one_case_value_by_value(call):
    status, out, _ = call("replicate", "tai-kemeny-five")
    assert status == 0
    assert "met" in out
    assert "6.375" in out
    assert max(map(len, out.splitlines())) <= WIDTH


def test_replicate_of_an_index_runs_all_its_cases(call):
    status, out, _ = call("replicate", "desi", "--json")
    assert status == 0
    assert {each["index"] for each in json.loads(out)} == {"desi-2022"}
    status, out, _ = call("replicate", "desi-2022", "--json")
    (one,) = json.loads(out)
    assert len(one["values"]) == one["n"] == 420


def test_replicate_of_nothing_known_is_refused(call):
    status, out, err = call("replicate", "tai-bab")
    assert (status, out) == (2, "")
    assert "Did you mean tai-bap" in err


def test_init_writes_an_index_that_runs_here(call, tmp_path):
    status, _, err = call("init", "--from", "tai")
    assert status == 0, err
    assert (tmp_path / "framework.toml").is_file()
    assert call("check", ".")[0] == 0
    status, out, _ = call("run", "--framework", ".")
    assert status == 0
    assert "Finland" in out
    assert call("init", "--from", "hdi")[0] == 1, "nothing is written over"


@pytest.mark.parametrize("arguments", [(), ("--from", "tai", "--from-coinr", "a.csv", "b.csv"), ("--from", "tay")])
def test_init_says_what_it_needs(call, tmp_path, arguments):
    status, out, err = call("init", "mine", *arguments)
    assert (status, out) == (2, "")
    assert "tai-2008" in err or "--from" in err
    assert not (tmp_path / "mine").exists()


def test_a_score_is_traced_by_the_name_of_a_unit(call):
    status, out, _ = call("trace", "united states", "--index", "tai")
    assert status == 0
    assert out.startswith("USA")


def test_a_solver_is_announced(call):
    assert "kemeny: a solver is called" in call("run", "--index", "tai", "--set", "aggregate=kemeny")[2]
    assert "solver" not in call("run", "--index", "tai")[2]


def test_a_stored_run_is_traced_by_its_own_codes_and_takes_no_other_options(call, tmp_path):
    assert call("run", "--index", "tai")[0] == 0
    folder = next((tmp_path / "runs").iterdir())
    assert call("trace", "fin", "--run", folder)[1].startswith("FIN")
    status, out, err = call("trace", "FIN", "--run", folder, "--set", "aggregate=geometric")
    assert (status, out) == (2, "")
    assert "settings" in err


def test_a_recipe_of_any_name_is_checked_as_a_recipe(call, tmp_path):
    text = (index_folder("indicators", "tai") / "recipe.toml").read_text(encoding="utf-8")
    (tmp_path / "mine.toml").write_text(text.replace("arithmetic", "arithmetik"), encoding="utf-8")
    status, out, _ = call("check", "mine.toml")
    assert status == 1
    assert "E514" in out
    assert "E518" not in out


def test_an_edition_is_for_figures_without_years_only(call, tmp_path):
    assert call("init", "mine", "--from", "hdi", "--edition", "2020")[0] == 2
    assert not (tmp_path / "mine").exists()
