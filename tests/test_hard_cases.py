"""Indices, words and streams that nobody would choose: each ends in products or in a sentence, never in a fault."""

from __future__ import annotations

import os
import subprocess
import sys
from io import BytesIO

import pytest
from pypdf import PdfReader

import readiness
from readiness.change import change_table
from readiness.errors import USAGE, ReadinessError
from readiness.report.data import gather
from readiness.report.options import Options
from readiness.report.products import country_products, products
from readiness.sides import other_edition, side_of


def test_letters_that_the_fonts_lack_are_shown_as_a_question_mark(complete):
    options = Options("PT", officer="王小明 日本 😀 한국")
    made = dict(country_products(gather(complete), [options], ("prints",)))
    for name in ("PT.pdf", "PT-brief.pdf"):
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(made[name])).pages)
        assert "Portugal" in text
    assert "Officer: ??? ?? ? ??" in PdfReader(BytesIO(made["PT.pdf"])).pages[0].extract_text()


def test_a_country_without_any_figure_has_its_products(small):
    small.drop("chips", ("BE",))
    small.drop("coders", ("BE",))
    made = dict(products(small.run(), ("pages", "prints", "workbooks")))
    assert {"BE.html", "BE.pdf", "BE-brief.pdf", "BE.xlsx"} <= made.keys()


def test_a_change_of_a_country_that_had_no_score_is_an_empty_table(small):
    results = small.run()
    after = side_of(results)
    whole = change_table(other_edition(after, results.framework.editions[0]), after)
    assert change_table(other_edition(after, results.framework.editions[0]), after, []).schema == whole.schema


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


def process(*arguments, **streams):
    command = [sys.executable, "-c", "from readiness.cli import main; main()", *arguments]
    plain = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C", "COLUMNS": "80"}
    return subprocess.run(command, env={**os.environ, **plain}, check=False, timeout=120, **streams)


def test_a_stream_without_a_minus_has_a_hyphen():
    done = process("why", "PT", capture_output=True)
    assert done.returncode == 0, done.stderr
    assert b"90 % interval -" in done.stdout
    assert b"?" not in done.stdout
