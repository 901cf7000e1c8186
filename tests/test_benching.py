"""Ratios are held against a baseline; the command runs a suite and says what fell."""

from __future__ import annotations

import importlib.util
import json

import pytest

from readiness import bench_suite, benching
from readiness.benching import (
    Baseline,
    Measured,
    allowed,
    better,
    compare,
    fallen,
    measurements,
    read_baseline,
    write_baseline,
)
from readiness.errors import ReadinessError

TINY = """
def test_peered(benchmark):
    benchmark.pedantic(sum, (range(10),), rounds=3)
    benchmark.extra_info.update(peer="a loop", ratio=8.0, noise=0.01, aim=9, replicates_per_second=5e3)
    benchmark.extra_info["others"] = [{"peer": "two loops", "ratio": 7.0, "aim": None, "noise": 0.0}]

def test_alone(benchmark):
    benchmark.pedantic(sum, (range(10),), rounds=3)
"""


def baseline(*ratios):
    return Baseline({}, "2026-11-22", ratios)


def line(ratio, noise=0.0, name="bench_a.py::test_x", peer="NumPy", aim=None):
    return Measured(name, 1e-3, peer, ratio, aim, noise)


def reported(ratio):
    info = {"peer": "a loop", "ratio": ratio, "noise": 0.01, "aim": 9}
    return {"fullname": "bench_tiny.py::test_peered", "stats": {"min": 1e-6}, "extra_info": info}


def verdict(now, before):
    return compare([now], baseline(before))[0].verdict


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """A suite that these tests start is no worker of theirs: pytest-benchmark measures nothing in a worker."""
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)


@pytest.fixture
def suite(tmp_path):
    folder = tmp_path / "suite"
    folder.mkdir()

    (folder / "bench_tiny.py").write_text(TINY, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("own", "stored", "share"), [(0, 0, 0.15), (0.2, 0.1, 0.2), (0.1, 0.3, 0.3), (3.0, 0, 0.5), (0, 3.0, 0.5)]
)
def test_noise_is_the_larger_of_both_days_within_limits(own, stored, share):
    assert allowed(own, stored) == share


@pytest.mark.parametrize(
    ("ratio", "noise", "expected"),
    [
        (10.0, 0.0, "held"),
        (8.51, 0.0, "held"),
        (8.49, 0.0, "fell"),
        (8.49, 0.2, "held"),
        (7.99, 0.2, "fell"),
        (4.99, 9.0, "fell"),
        (11.7, 0.0, "held"),
        (11.8, 0.0, "rose"),
    ],
)
def test_a_ratio_falls_only_beyond_noise(ratio, noise, expected):
    assert verdict(line(ratio, noise), line(10.0)) == expected
    assert verdict(line(ratio), line(10.0, noise)) == expected


def test_seconds_are_never_compared():
    slow = Measured("bench_a.py::test_x", 1000.0, "NumPy", 10.0)
    assert verdict(slow, Measured("bench_a.py::test_x", 1.0, "NumPy", 10.0)) == "held"
    alone = Measured("bench_a.py::test_y", 1000.0)
    assert compare([alone], baseline())[0].verdict == "no peer"


def test_new_and_missing_measurements_are_told_and_do_not_fail():
    found = compare([line(3.0), line(1.0, peer="C")], baseline(line(3.0), line(5.0, name="bench_a.py::test_gone")))
    assert [(each.name, each.peer, each.verdict) for each in found] == [
        ("bench_a.py::test_x", "NumPy", "held"),
        ("bench_a.py::test_x", "C", "new"),
        ("bench_a.py::test_gone", "NumPy", "missing"),
    ]
    assert fallen(found) == []


def test_what_was_not_asked_for_is_not_missing():
    stored = baseline(line(3.0), line(5.0, name="bench_a.py::test_gone"))
    assert [each.verdict for each in compare([line(3.0)], stored, expected=["bench_a.py::test_x"])] == ["held"]
    assert [each.verdict for each in compare([], stored, expected=["bench_a.py::test_gone"])] == ["missing"]


def test_a_finding_names_the_benchmark_and_both_ratios():
    [found] = fallen(compare([line(5.0)], baseline(line(10.0))))
    assert (found.code, found.file) == ("E737", "bench_a.py::test_x")
    assert found.found == "5 times NumPy"
    assert found.expected == "8.5 or more (10 less 15%)"


def test_what_seems_slower_counts_only_if_it_is_so_twice():
    first = [line(5.0), line(4.0, peer="C"), Measured("bench_a.py::test_alone", 1.0)]
    found = better(first, [line(9.0), line(3.0, peer="C"), Measured("bench_a.py::test_alone", 2.0)])
    assert [each.ratio for each in found] == [9.0, 4.0, None]
    assert fallen(compare(found, baseline(line(10.0)))) == []


def test_an_aim_is_told_apart_from_the_verdict():
    [found] = compare([line(5.0, aim=6.0)], baseline(line(5.0)))
    assert (found.verdict, found.below_aim) == ("held", True)
    assert not compare([line(6.0, aim=6.0)], None)[0].below_aim


def test_a_report_gives_a_line_for_each_peer():
    info = {"peer": "C", "ratio": 0.5, "noise": 0.1, "aim": None, "replicates_per_second": 1e6}
    more = {**info, "others": [{"peer": "NumPy", "ratio": 9, "noise": 0.2, "aim": 5}]}
    tests = [("b/bench_a.py::test_x[1]", more), ("b/bench_a.py::test_y", {})]
    report = {"benchmarks": [{"fullname": name, "stats": {"min": 2.0}, "extra_info": own} for name, own in tests]}
    assert measurements(report) == [
        Measured("bench_a.py::test_x[1]", 2.0, "C", 0.5, None, 0.1, 1e6),
        Measured("bench_a.py::test_x[1]", 2.0, "NumPy", 9.0, 5.0, 0.2),
        Measured("bench_a.py::test_y", 2.0),
    ]


def test_a_baseline_is_read_as_written_and_keeps_what_was_not_measured(tmp_path):
    path = tmp_path / "new" / "baseline.json"
    assert write_baseline(path, [line(3.14159, 0.2, aim=2.0), Measured("bench_a.py::test_alone", 1.0)]) == 1
    earlier = read_baseline(path)
    assert [(each.key, each.ratio, each.noise, each.aim) for each in earlier.ratios] == [
        (("bench_a.py::test_x", "NumPy"), 3.142, 0.2, 2.0)
    ]
    assert earlier.machine == benching.machine()
    assert write_baseline(path, [line(1.0, peer="C"), line(4.0)], earlier) == 2
    assert {each.key[1]: each.ratio for each in read_baseline(path).ratios} == {"NumPy": 4.0, "C": 1.0}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"format": 2, "machine": {}, "measured": "", "ratios": {}}',
        '{"format": 1, "machine": {}, "measured": "", "ratios": {"a": 1}}',
        '{"format": 1, "machine": {}, "measured": "", "ratios": {"a": {"b": {"ratio": 0, "noise": 0}}}}',
        '{"format": 1, "machine": {}, "measured": "", "ratios": {"a": {"b": {"ratio": NaN, "noise": 0}}}}',
        '{"format": 1, "machine": {}, "measured": "", "ratios": {"a": {"b": {"noise": 0}}}}',
        '{"format": 1, "machine": 7, "measured": "", "ratios": {}}',
    ],
)
def test_a_damaged_baseline_is_one_error(tmp_path, text):
    path = tmp_path / "baseline.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReadinessError) as caught:
        read_baseline(path)
    assert [each.code for each in caught.value.violations] == ["E735"]
    assert caught.value.status == 2


def test_the_stored_baseline_of_the_suite_is_in_order():
    folder = bench_suite.suite_folder()
    stored = read_baseline(folder / "baseline.json")
    assert stored.ratios
    assert {each.name.partition("::")[0] for each in stored.ratios} <= {each.name for each in folder.glob("bench_*.py")}


def test_a_suite_is_run_and_saved_then_checked(call, suite, monkeypatch):
    status, out, err = call("bench", "tiny", "--suite", suite, "--save")
    assert status == 0
    assert "2 ratios" in err
    assert "no baseline" in out
    assert all(len(text) <= 80 for text in out.splitlines())
    report = {"benchmarks": [reported(8.0)]}
    monkeypatch.setattr(bench_suite, "run_suite", lambda *given: report)
    status, out, _ = call("bench", "--suite", suite, "--check", "--json")
    assert status == 0
    lines = {each["peer"]: each for each in json.loads(out)["benchmarks"]}
    assert lines["a loop"]["verdict"] == "held"
    assert lines["two loops"]["verdict"] == "missing"
    assert lines["a loop"]["baseline"] == 8.0
    report["benchmarks"] = [reported(6.0)]
    status, out, err = call("bench", "--suite", suite, "--check")
    assert status == 1
    assert "fell" in out
    assert "bench_tiny.py::test_peered" in err
    assert "E737" in err
    assert "1 of 1 ratios fell" in err
    assert "measured again" in err
    assert "Below the aim" in err
    assert "not measured" in err
    assert call("bench", "--suite", suite)[0] == 0


def test_a_baseline_of_another_machine_is_told(call, suite, monkeypatch):
    write_baseline(suite / "baseline.json", [line(8.0, name="bench_tiny.py::test_peered", peer="a loop")])
    text = (suite / "baseline.json").read_text(encoding="utf-8").replace(benching.platform.python_version(), "2.7.1")
    (suite / "baseline.json").write_text(text, encoding="utf-8")
    monkeypatch.setattr(bench_suite, "run_suite", lambda *given: {"benchmarks": [reported(8.0)]})
    assert "python 2.7.1, here" in call("bench", "--suite", suite, "--check")[2]


def test_a_damaged_baseline_is_replaced_as_a_whole_only(call, suite, monkeypatch):
    (suite / "baseline.json").write_text("{", encoding="utf-8")
    monkeypatch.setattr(bench_suite, "run_suite", lambda *given: {"benchmarks": [reported(8.0)]})
    monkeypatch.setattr(bench_suite, "collected", lambda given: ["bench_tiny.py::test_peered"])
    assert call("bench", "tiny", "--suite", suite, "--save")[0] == 2
    assert call("bench", "--suite", suite, "--save")[0] == 0
    assert len(read_baseline(suite / "baseline.json").ratios) == 1


def test_unknown_names_are_all_told_and_no_baseline_is_an_error(call, suite):
    status, _, err = call("bench", "tinny", "tiny", "nothing", "--suite", suite)
    assert status == 2
    assert err.count("error E733") == 2
    assert "Did you mean tiny?" in err
    status, _, err = call("bench", "--check", "--suite", suite)
    assert status == 2
    assert "E732" in err
    assert "readiness bench --save" in err


def test_a_failing_benchmark_is_named_and_nothing_is_saved(call, tmp_path):
    text = "def test_wrong(benchmark):\n    assert benchmark(sum, [1, 1]) == 3\n"
    (tmp_path / "bench_wrong.py").write_text(text, encoding="utf-8")
    status, _, err = call("bench", "--suite", tmp_path, "--save")
    assert status == 1
    assert "E734" in err
    assert "test_wrong" in err
    assert not (tmp_path / "baseline.json").exists()


def test_an_empty_suite_and_both_options_are_usage_errors(call, tmp_path):
    assert call("bench", "--suite", tmp_path)[0] == 2
    status, _, err = call("bench", "--check", "--save")
    assert status == 2
    assert "give one of them" in err


def test_without_pytest_benchmark_it_is_said_how_to_install_it(call, monkeypatch, suite):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "pytest_benchmark" else found(name, *rest)
    )
    status, _, err = call("bench", "--suite", suite)
    assert status == 2
    assert "E731" in err
    assert "pip install" in err
