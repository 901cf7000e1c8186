"""What the README says is so."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import readiness
from readiness import cli
from readiness.reading.frameworks import read_framework
from readiness.reading.places import builtin, index_folder, indices
from readiness.registry import STEPS, methods
from readiness.terminal_intervals import rank_intervals

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_two_commands_stand_on_top():
    first = [line.strip() for line in README.splitlines() if line.startswith("    ")][:2]
    assert first[0].startswith("python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/readiness run")
    assert first[1].startswith('python3 -m venv .venv && .venv/bin/pip install ".[test]" && .venv/bin/pytest')


@pytest.mark.parametrize("command", cli.cli.commands)
def test_every_command_is_in_the_readme(command):
    assert f"readiness {command}" in README


def test_every_option_in_the_readme_exists():
    known = {name for command in cli.cli.commands.values() for each in command.params for name in each.opts}
    used = set(re.findall(r"(?<= )--[a-z-]+", "\n".join(re.findall(r"readiness .*", README))))
    assert used - known - {"--help", "--debug", "--extra"} == set()


def test_every_method_is_in_the_readme():
    rows = dict(re.findall(r"^\| ([a-z]+) \| ([a-z0-9_, ]+) \|$", README, flags=re.MULTILINE))
    assert {step: set(rows[step].split(", ")) for step in STEPS} == {
        step: {each.name for each in methods(step)} for step in STEPS
    }


def test_the_python_lines_of_the_readme_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    block = README.split("In Python:\n")[1].split("\n## ")[0]
    code = "\n".join(line[4:] for line in block.splitlines())
    exec(code, {})
    assert (tmp_path / "runs").is_dir()


def test_the_ranking_in_the_readme_is_the_computed_one(eari, simulated):
    rows = re.findall(r"^ +(\d+) +(\S+) +(\d+) ([A-Z]\w+) +(\d+\.\d\d) ", README, flags=re.MULTILINE)
    beside = rank_intervals(simulated)
    computed = [
        (str(rank), *map(str, beside[code]), name, f"{score:.2f}")
        for rank, code, name, score, *_ in eari.ranks.iter_rows()
    ]
    assert len(rows) == 3
    assert rows == computed[:3]


def test_the_version_stands_once():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert declared == readiness.__version__
    assert f"## {declared}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("index", indices())
def test_every_series_of_an_index_has_an_origin(index):
    tree = read_framework(index_folder("indicators", index))
    newest = sorted((builtin("data") / index).glob("*/origin.toml"))[-1]
    origins = tomllib.loads(newest.read_text(encoding="utf-8"))["series"]
    released = {code: each for code, each in tree.all_indicators.items() if code not in tree.reported}
    assert set(released) <= set(origins)
    for code, each in released.items():
        assert origins[code]["unit"] == each.unit, code
    assert not set(tree.reported) & set(origins), "what officers report comes in no release"


def test_every_scored_indicator_is_in_the_codebook():
    codebook = (builtin("indicators") / "README.md").read_text(encoding="utf-8")
    tree = read_framework(index_folder("indicators", "eari"))
    assert [each.name for each in tree.indicators.values() if each.name not in codebook] == []
