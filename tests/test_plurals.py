"""The forms of texts that count are those of the CLDR, which knows them by category, in every language of the Union."""

import pytest
from babel import Locale

from readiness.countries import LANGUAGES as OFFICIAL
from readiness.reading.plurals import LANGUAGES, RULES, form_of, forms_of, plural_forms

NUMBERS = [*range(1201), 9999, 10_000, 10_001, 99_911, 123_402, 999_995]
CATEGORIES = ("zero", "one", "two", "few", "many", "other")  # in this order a catalogue has its forms
KNOWN = {"pt": "pt_PT"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_asks_for_the_form_of_its_category(language):
    category = Locale.parse(KNOWN.get(language, language)).plural_form
    used = sorted({category(number) for number in NUMBERS}, key=CATEGORIES.index)
    assert len(used) == forms_of(language)
    for number in NUMBERS:
        assert form_of(language)(number) == used.index(category(number)), number


def test_every_language_of_a_member_state_has_a_rule():
    assert {each for spoken in OFFICIAL.values() for each in spoken} <= set(LANGUAGES)
    assert len(LANGUAGES) == 24


def test_a_header_has_the_number_and_the_rule():
    assert plural_forms("fr") == "nplurals=2; plural=(n>1);"
    assert all(plural_forms(each).startswith(f"nplurals={RULES[each][0]};") for each in LANGUAGES)
