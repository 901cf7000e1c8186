"""Indices, words and streams that nobody would choose: each ends in products or in a sentence, never in a fault."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from io import BytesIO

import polars as pl
import pytest
from pypdf import PdfReader

import readiness
from readiness.answers import answered
from readiness.change import change_table
from readiness.errors import NOT_REPRODUCIBLE, USAGE, ReadinessError
from readiness.report.data import gather
from readiness.report.options import Options
from readiness.report.products import country_products, products
from readiness.results import digest
from readiness.sides import other_edition, side_of


def test_letters_that_the_fonts_lack_are_shown_as_a_question_mark(complete):
    options = Options("PT", officer="王小明 日本 😀 한국")
    made = dict(country_products(gather(complete), [options], ("prints",)))
    for name in ("PT.pdf", "PT-brief.pdf"):
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(made[name])).pages)
        assert "Portugal" in text
    assert "Officer: ??? ?? ? ??" in PdfReader(BytesIO(made["PT.pdf"])).pages[0].extract_text()


def test_a_country_without_any_figure_has_its_products(small):
    for code in ("chips", "cables", "price", "coders", "courses"):
        small.drop(code, ("BE",))
    results = answered(small.run())
    assert results.tables["quality"].filter(pl.col("country") == "BE")["oldest"].to_list() == [None]
    made = dict(products(results))
    assert {"BE.html", "BE.pdf", "BE-brief.pdf", "BE.xlsx"} <= made.keys()


def test_a_country_that_had_no_score_before_has_no_change(small):
    """The frame of such a country is empty, and must have the types of the others."""
    for code in ("chips", "cables", "price", "coders", "courses"):
        small.drop(code, ("AT",), (2022,))
    after = side_of(small.run())
    before = other_edition(after, after.plan.editions[0])
    assert change_table(before, after, ["AT"]).is_empty()
    assert set(change_table(before, after)["country"]) == set(after.plan.units[: after.plan.members]) - {"AT"}


def test_a_figure_of_hundreds_of_digits_is_refused(small):
    small.put("chips", "AT", 2023, 1e200)
    with pytest.raises(ReadinessError) as caught:
        small.run()
    assert {each.code for each in caught.value.violations} == {"E211"}


def test_a_run_of_another_index_is_no_earlier_edition(complete, desi, tmp_path):
    other = desi.write(tmp_path, products=())
    with pytest.raises(ReadinessError, match="desi") as caught:
        complete.why("PT", other)
    assert caught.value.status == USAGE


@pytest.mark.parametrize("word", ["²", "20²5", "-1", "99999"])
def test_what_is_no_edition_is_a_finding(complete, word):
    with pytest.raises(ReadinessError):
        complete.why("PT", word)


def test_all_unknown_countries_are_named_at_once(call, complete, tmp_path):
    run = complete.write(tmp_path / "kept", products=())
    assert call("compare", "XX", "YY", "--run", run)[2].count("error E520") == 2
    assert call("report", "XX", "YY", run, "--peers", "QQ")[2].count("error E520") == 3


def test_a_report_is_never_written_into_a_run(call, complete, tmp_path):
    run = complete.write(tmp_path / "kept", products=())
    for place in (run, run / "report"):
        status, _, err = call("report", "PT", run, "--kind", "page", "--out", place)
        assert (status, "E602" in err) == (USAGE, True)
    assert readiness.verify(run) == []


def test_the_explorer_is_of_the_whole_index(call, complete, tmp_path):
    run = complete.write(tmp_path / "kept", products=())
    assert call("report", "PT", run, "--kind", "explorer")[0] == USAGE


def test_translations_are_not_overwritten(call, tmp_path):
    file = tmp_path / "sv.po"
    assert call("texts", "sv", "--out", file)[0] == 0
    text = file.read_text(encoding="utf-8")
    assert 'msgid "Where we stand"\nmsgstr ""' in text
    file.write_text(text.replace('"Where we stand"\nmsgstr ""', '"Where we stand"\nmsgstr "Var vi star"'), "utf-8")
    status, _, err = call("texts", "sv", "--out", file)
    assert (status, "E602" in err) == (USAGE, True)
    assert "Var vi star" in file.read_text(encoding="utf-8")


def test_files_of_an_older_run_are_verified(call, complete, tmp_path):
    run = complete.write(tmp_path / "kept", products=())
    plain = json.loads((run / "manifest.json").read_text(encoding="utf-8")) | {"format": 1}
    del plain["sha256"]
    (run / "manifest.json").write_text(json.dumps(plain | {"sha256": digest(plain)}), encoding="utf-8")
    status, _, err = call("verify", run)
    assert (status, "files are as written" in err) == (0, True)
    status, _, err = call("why", "PT", "--run", run)
    assert (status, "E705" in err) == (NOT_REPRODUCIBLE, True)


def process(*arguments, **streams):
    command = [sys.executable, "-c", "from readiness.cli import main; main()", *arguments]
    plain = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C", "COLUMNS": "80"}
    return subprocess.run(command, env={**os.environ, **plain}, check=False, timeout=120, **streams)


def test_a_stream_without_a_minus_has_a_hyphen():
    done = process("why", "PT", capture_output=True)
    assert done.returncode == 0, done.stderr
    assert b"90 % interval -" in done.stdout
    assert b"?" not in done.stdout


@pytest.mark.parametrize(("stream", "arguments", "status"), [(1, ["methods"], 0), (2, ["methods", "nosuch"], USAGE)])
def test_a_closed_stream_is_no_fault(stream, arguments, status):
    assert process(*arguments, preexec_fn=lambda: os.close(stream)).returncode == status


def test_a_run_that_is_ended_from_outside_leaves_no_draft(tmp_path):
    command = [sys.executable, "-c", "from readiness.cli import main; main()", "run", "--out", "runs"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as running:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob("runs/.*")) and time.monotonic() < deadline:
            time.sleep(0.02)
        running.send_signal(signal.SIGTERM)
        told = running.communicate(timeout=60)[1]
    assert running.returncode == 130
    assert b"Stopped." in told
    assert list((tmp_path / "runs").iterdir()) == []
