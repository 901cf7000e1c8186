"""The languages of the reports: every text of brief and page of the index is there, with its values in their places."""

import pytest
from html_page import Page

from readiness.reading.plurals import forms_of
from readiness.reading.translations import PLACEHOLDER, read_catalogue
from readiness.report import products, texts
from readiness.report.brief import ministers_brief
from readiness.report.data import gather
from readiness.report.interval_words import methods_in_words, noise_in_words
from readiness.report.messages import catalogue, messages, own_messages
from readiness.report.method import ten_lines
from readiness.report.officer import officers_report
from readiness.report.options import Options
from readiness.report.products import index_products
from readiness.report.texts import COMPLETE, speak

OTHERS = [each for each in COMPLETE if each != "en"]


@pytest.fixture(scope="module")
def english(complete):
    return gather(complete)


def engine(language):
    return read_catalogue(texts.FOLDER / f"{language}.po", language)


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_translated_with_all_its_forms(language, results):
    assert engine(language)[1] == []
    speaker = speak(language, results.framework.texts)
    for message in {**messages(), **own_messages(results.framework)}:
        key = message if isinstance(message, str) else message[0]
        own = speaker.translation(key)
        assert own, key
        assert isinstance(own, str) or len(own) == forms_of(language)


@pytest.mark.parametrize("language", OTHERS)
def test_every_translation_has_the_places_of_its_message(language, results):
    speaker = speak(language, results.framework.texts)
    for message in {**messages(), **own_messages(results.framework)}:
        one, *many = (message,) if isinstance(message, str) else message
        own = speaker.translation(one)
        wanted = {place for text in (one, *many) for place in PLACEHOLDER.findall(text)}
        for form in (own,) if isinstance(own, str) else own:
            assert set(PLACEHOLDER.findall(form)) | {"{number}"} == wanted | {"{number}"}, (one, form)


@pytest.mark.parametrize("language", OTHERS)
def test_catalogues_are_as_the_command_writes_them(language, results):
    """So that a later change of a message shows as the change of its lines alone."""
    said, _ = engine(language)
    assert (
        catalogue(language, messages(), speak(language, {language: said}))
        == (texts.FOLDER / f"{language}.po").read_bytes()
    )


@pytest.mark.parametrize("language", OTHERS)
def test_briefs_and_page_of_the_index_lack_nothing(language, english):
    own = english.spoken(language)
    for code in own.framework.units:
        ministers_brief(own, code)
    list(index_products(own, ("pages",)))
    assert list(own.say.missing) == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_report_lacks_no_more_than_the_lines_on_the_method(language, english):
    own = english.spoken(language)
    for code in ("PT", "RO", "CY"):
        officers_report(own, code)
    known = {text for heading, _, text in ten_lines(english)} | {heading for heading, _, _ in ten_lines(english)}
    variation = own.results.recipe.variation
    known.add(f"{noise_in_words(variation, own.spread.mixes)} Methods vary, {methods_in_words(variation)}.")
    assert set(own.say.missing) == known


@pytest.mark.parametrize("language", OTHERS)
def test_the_page_says_its_language_and_leads_to_the_others(language, english):
    ((name, content),) = index_products(english.spoken(language), ("pages",))
    page = Page(content.decode())
    assert name == f"index.{language}.html"
    assert page.all("html")[0][0]["lang"] == language
    links = {a["href"]: a.get("hreflang") for a, _ in page.all("a")}
    for other in COMPLETE:
        if other != language:
            assert links["index.html" if other == "en" else f"index.{other}.html"] == other


def test_a_language_without_a_catalogue_falls_back_and_counts(english):
    own = english.spoken("mt")
    document = ministers_brief(own, "MT")
    assert document.name == "Malta"
    assert len(own.say.missing) > 100


@pytest.mark.parametrize(
    ("code", "languages"), [("EL", ["el"]), ("BE", ["fr", "de"]), ("LU", ["fr", "de"]), ("PT", []), ("IE", [])]
)
def test_a_country_gets_a_brief_in_its_own_languages_where_they_are_complete(english, code, languages):
    names = [name for name, _ in products._briefs(english, Options(code))]
    assert sorted(names) == sorted([f"{code}-brief.pdf", *(f"{code}-brief.{each}.pdf" for each in languages)])
