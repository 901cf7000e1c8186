"""Texts in other languages: numbers, dates and names of countries from CLDR, plural forms, reasons, what is missing."""

from datetime import date

import pytest

from readiness.errors import ReadinessError
from readiness.report import texts
from readiness.report.texts import LANGUAGES, Texts, speak

NO_BREAK, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"


# Numbers, dates, countries


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "1,234.5"),
        ("de", "1.234,5"),
        ("fr", f"1{NARROW}234,5"),
        ("pl", f"1{NO_BREAK}234,5"),
        ("el", "1.234,5"),
        ("bg", f"1{NO_BREAK}234,5"),
        ("pt", f"1{NO_BREAK}234,5"),  # CLDR's "pt" is Brazilian and would print 1.234,5
        ("mt", "1,234.5"),
    ],
)
def test_numbers_have_the_signs_of_the_language(language, text):
    assert Texts(language).digits("1,234.5") == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_keeps_its_digits_and_its_minus_in_every_language(language):
    said = Texts(language).digits("\N{MINUS SIGN}12,345.67")
    assert said[0] == "\N{MINUS SIGN}"
    assert [sign for sign in said if sign.isdigit()] == list("1234567")


@pytest.mark.parametrize(("language", "text"), [("en", "90 %"), ("de", f"90{NO_BREAK}%"), ("el", "90%"), ("pt", "90%")])
def test_a_percentage_has_the_blank_of_the_language(language, text):
    assert Texts(language).percent("90") == text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "22 November 2026"),  # not November 22, as in America
        ("de", "22. November 2026"),
        ("fr", "22 novembre 2026"),
        ("pl", "22 listopada 2026"),
        ("el", "22 Νοεμβρίου 2026"),
        ("pt", "22 de novembro de 2026"),
        ("xx", "22 November 2026"),
    ],
)
def test_a_date_is_written_out(language, text):
    assert Texts(language).date(date(2026, 11, 22)) == text


def test_greece_has_its_own_code_in_statistics_and_another_in_cldr():
    assert Texts("de").country("EL", "Greece") == "Griechenland"
    assert Texts("el").country("EL", "Greece") == "Ελλάδα"
    assert Texts("fr").country("EU27_2020", "European Union") == "Union européenne"


def test_a_unit_that_is_no_country_keeps_its_name():
    assert Texts("de").country("X1", "Land of one") == "Land of one"
    assert Texts("en").country("EL", "Hellas") == "Hellas"


@pytest.mark.parametrize("language", sorted({*LANGUAGES} - {"en"}))
def test_every_language_knows_the_name_of_every_member_state(language):
    say = Texts(language)
    names = [say.country(code, country.name) for code, country in texts.EU27.items()]
    assert len(set(names)) == len(names) == 27
    assert sum(name != country.name for name, country in zip(names, texts.EU27.values(), strict=True)) >= 12


# Messages


OWN = {
    "Rank {rank}": "Rang {rank}",
    "{number} place won": ("{number} miejsce", "{number} miejsca", "{number} miejsc"),
    "no figure": "brak danych",
    "newest figure is of {year}, older than {years} years": "najnowsza: {year}, limit {years}",
    "{name} has too few figures": "{name}: za mało danych",
    "Skills": "Umiejętności",
}


@pytest.fixture
def polish(monkeypatch):
    """Polish with nothing but the messages above."""
    monkeypatch.setattr(texts, "_messages", lambda language: {})
    return Texts("pl", OWN)


def test_a_message_has_its_values_in_their_places(polish):
    assert polish("Rank {rank}", rank=3) == "Rang 3"
    assert polish.missing == {}


def test_a_message_without_a_translation_is_said_in_english_and_counted_once(polish):
    assert [polish("Score {score}", score=5) for _ in range(2)] == ["Score 5"] * 2
    assert list(polish.missing) == ["Score {score}"]


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1 miejsce"), (2, "2 miejsca"), (5, "5 miejsc"), (12, "12 miejsc"), (22, "22 miejsca")]
)
def test_a_number_chooses_the_form(polish, number, said):
    assert polish.plural("{number} place won", "{number} places won", number) == said


def test_forms_that_are_missing_are_counted_by_their_first(polish):
    assert polish.plural("{number} rank", "{number} ranks", 2) == "2 ranks"
    assert list(polish.missing) == ["{number} rank"]


def test_a_value_with_braces_is_not_filled_again(polish):
    assert polish("Rank {rank}", rank="{rank}{score}") == "Rang {rank}{score}"


def test_a_reason_of_a_table_is_found_with_its_values(polish):
    assert polish.reason("no figure") == "brak danych"
    assert polish.reason("newest figure is of 2019, older than 4 years") == "najnowsza: 2019, limit 4"
    assert polish.reason("Skills has too few figures") == "Umiejętności: za mało danych"
    assert polish.reason(None) == polish.reason("") == ""
    assert polish.missing == {}


def test_a_reason_that_nobody_knows_is_said_as_it_is(polish):
    assert polish.reason("the moon is full") == "the moon is full"
    assert list(polish.missing) == ["the moon is full"]


def test_english_says_every_message_as_it_is():
    say = Texts()
    assert say("Rank {rank}", rank=3) == "Rank 3"
    assert say.plural("{number} rank", "{number} ranks", 1200) == "1,200 ranks"
    assert say.missing == {}


def test_the_pseudo_language_is_longer_and_keeps_the_places():
    say = Texts("xx")
    said = say("Countries that it cannot be told apart from: {names}", names="A and B")
    assert "A and B" in said
    assert len(said) - len("A and B") >= 1.4 * len("Countries that it cannot be told apart from: ") - 1
    assert "Countries" not in said


def test_an_unknown_language_is_refused_with_the_nearest():
    with pytest.raises(ReadinessError) as caught:
        speak("gr")
    (found,) = caught.value.violations
    assert (found.code, found.found) == ("E786", "gr")
