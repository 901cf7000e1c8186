"""Catalogues of translated texts: what is read from an index, every fault at once, and the command for translators."""

from pathlib import Path

import pytest

import readiness
from readiness.reading.frameworks import framework_files, read_framework
from readiness.reading.translations import read_catalogue
from readiness.report.messages import catalogue, messages, own_messages
from readiness.report.texts import speak

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
GOOD = HEAD + (
    'msgid "Compute"\nmsgstr "Oblicze\u0144"\n\n'
    'msgid "Rank {rank}."\nmsgstr "Miejsce {rank}."\n\n'
    'msgid "{number} place won"\nmsgid_plural "{number} places won"\n'
    'msgstr[0] "{number} miejsce"\nmsgstr[1] "{number} miejsca"\nmsgstr[2] "{number} miejsc"\n\n'
    '#, fuzzy\nmsgid "Score"\nmsgstr "Nota"\n\n'
    'msgid "Skills"\nmsgstr ""\n'
)


@pytest.fixture
def write(small):
    def write(name, text):
        path = small.path(f"texts/{name}")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def codes(found):
    return [(each.code, Path(each.file).name, each.row, each.found) for each in found]


# Reading


def test_messages_are_read_without_what_is_doubtful_or_empty(write):
    said, found = read_catalogue(write("pl.po", GOOD), "pl")
    assert found == []
    assert said == {
        "Compute": "Oblicze\u0144",
        "Rank {rank}.": "Miejsce {rank}.",
        "{number} place won": ("{number} miejsce", "{number} miejsca", "{number} miejsc"),
    }


def test_an_index_brings_its_own_texts(small, write):
    write("pl.po", GOOD)
    framework = read_framework(small.path("."))
    assert speak("pl", framework.texts).data("Compute") == "Oblicze\u0144"
    assert any(path.name == "pl.po" for path in framework_files(small.path(".")))


def test_every_fault_of_every_catalogue_comes_at_once(small, write, violations):
    write("pl.po", GOOD.replace("Miejsce {rank}", "Miejsce {rang} {0}").replace('msgstr[2] "{number} miejsc"\n', ""))
    write("de.po", HEAD.encode() + b'msgid "Compute"\nmsgstr "Rechnen \xe4"\n')
    write("fr.po", HEAD + "msgid Compute\n")
    write("gr.po", HEAD)
    found = violations(small.run)
    assert sorted(codes(found)) == [
        ("E220", "de.po", None, "bytes that are not UTF-8"),
        ("E220", "fr.po", None, next(each.found for each in found if each.file.endswith("fr.po"))),
        ("E220", "gr.po", None, "gr.po"),
        ("E221", "pl.po", 8, "{0}"),
        ("E221", "pl.po", 8, "{rang}"),
        ("E222", "pl.po", 11, "2"),
    ]
    assert all(each.expected for each in found)
    assert next(each.hint for each in found if each.found == "{rang}")


def test_a_catalogue_of_any_size_is_not_read(write):
    _, found = read_catalogue(write("pl.po", GOOD + "# " + "x" * 2**21), "pl")
    assert [each.code for each in found] == ["E111"]


@pytest.mark.parametrize("text", ["", HEAD, "\ufeff" + GOOD, GOOD.replace("\n", "\r\n")])
def test_empty_catalogues_marks_and_line_ends_are_no_faults(write, text):
    assert read_catalogue(write("pl.po", text), "pl")[1] == []


def test_a_stored_run_speaks_what_its_index_spoke(small, write, tmp_path):
    write("pl.po", GOOD)
    results = small.run()
    folder = results.write(tmp_path / "runs", products=())
    again = readiness.open_run(folder).results
    assert again.framework.texts == results.framework.texts != {}
    assert again.digest == results.digest


# Writing


def test_a_catalogue_keeps_what_is_translated_and_has_the_same_bytes(write):
    said, _ = read_catalogue(write("pl.po", GOOD), "pl")
    wanted = {"Compute": ("framework.toml", 0), ("{number} place won", "{number} places won"): ("why.py", 3)}
    wanted |= {"Data": ("framework.toml", 0)}
    made = catalogue("pl", wanted, speak("pl", {"pl": said}))
    assert made == catalogue("pl", wanted, speak("pl", {"pl": said}))
    again, found = read_catalogue(write("pl.po", made), "pl")
    assert found == []
    assert again["Compute"] == said["Compute"]
    assert again["{number} place won"] == said["{number} place won"]
    assert b"/work" not in made and b"python-format" not in made


def test_every_message_of_the_engine_is_found_in_its_source():
    found = messages()
    assert len(found) > 300
    assert "Where we stand" in found
    assert ("{number} place won", "{number} places won") in found
    assert all(file.startswith("readiness/") for file, _ in found.values())


def test_no_message_is_made_of_parts_that_a_catalogue_cannot_know():
    """A message that is said must be written out where it is said, or be marked."""
    report = Path(readiness.__file__).parent / "report"
    texts = {path.name: path.read_text(encoding="utf-8") for path in report.rglob("*.py")}
    assert [name for name, text in texts.items() if "say(f" in text or "plural(f" in text] == []


def test_the_texts_of_an_index_are_names_units_and_targets(results):
    found = own_messages(results.framework)
    assert {"AI readiness", "Computing power times four", "% of enterprises"} <= set(found)
    assert "" not in found


def test_translators_get_a_catalogue(call, tmp_path):
    status, out, err = call("texts", "pt", "--part", "index", "--out", "pt.po")
    assert (status, out) == (0, "")
    assert "not translated yet" in err
    said, found = read_catalogue(tmp_path / "pt.po", "pt")
    assert (said, found) == ({}, [])
    assert 'msgid "AI readiness"' in (tmp_path / "pt.po").read_text(encoding="utf-8")
    status, out, _ = call("texts", "pt")
    assert status == 0 and 'msgid "Where we stand"' in out and 'msgid "AI readiness"' in out


@pytest.mark.parametrize("language", ["en", "gr"])
def test_a_language_that_cannot_be_translated_to_is_refused(call, language):
    status, _, err = call("texts", language)
    assert status == 2
    assert err
