"""Texts from data and options are texts in every product: none becomes markup, a formula, a link or a file's name."""

from __future__ import annotations

import re
import unicodedata
from io import BytesIO
from xml.etree import ElementTree

import pytest
from hostile_runs import BIDI, CONTROL, LONG, MARKUP, MIXED, TEXTS, TYPST, hostile, hostile_options, spoiled
from html_page import Page
from pypdf import PdfReader
from small_index import Small
from spreadsheet import Book
from whole_pages import policy_of

from readiness.errors import ReadinessError
from readiness.report.data import gather
from readiness.report.products import country_products, index_products, products
from readiness.report.texts import speak

TAGS = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "footer", "nav", "section", "figure"),
    *(
        "figcaption",
        "details",
        "summary",
        "h1",
        "h2",
        "h3",
        "p",
        "a",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "div",
        "span",
    ),
    *("strong", "abbr", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
    *("svg", "desc", "g", "path", "rect", "circle", "text"),
}
LINK = re.compile(r"(\.\./)?[A-Za-z0-9_-]*(\.[a-z]{2})?(\.(html|pdf|xlsx|parquet|json))?(#[\w-]+)?")
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}(-brief)?(\.[a-z]{2})?\.(html|pdf|xlsx)")
ACTIVE = {"/URI", "/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/OpenAction", "/AA", "/GoToR", "/SubmitForm"}
PRINTED = sorted({*TEXTS, "mixed"} - {"control", "long"})
EVERY = {**TEXTS, "mixed": MIXED}


@pytest.fixture(scope="module")
def facts_of(tmp_path_factory):
    """The data of an index whose every text is one of the hostile ones, each made once."""
    made = {}

    def facts_of(kind):
        if kind not in made:
            made[kind] = gather(hostile(Small(tmp_path_factory.mktemp(kind)), EVERY[kind]))
        return made[kind]

    return facts_of


@pytest.fixture(scope="module")
def pages_of_kind(facts_of, complete):
    """The pages of such an index, and those of a run folder in whose tables every reason is such a text."""
    made = {}

    def pages(kind):
        if kind not in made:
            own, options = facts_of(kind), [hostile_options(EVERY[kind])]
            forged, others = gather(spoiled(complete, EVERY[kind])), [hostile_options(EVERY[kind], "PT", ("ES", "EL"))]
            made[kind] = [
                (name, content.decode())
                for facts, chosen in ((own, options), (forged, others))
                for each in (index_products(facts, ("pages",)), country_products(facts, chosen, ("pages",)))
                for name, content in each
            ]
        return made[kind]

    return pages


@pytest.fixture(scope="module")
def prints(facts_of):
    """The prints of a country of such an index, and their texts."""
    made = {}

    def prints(kind):
        if kind not in made:
            found = country_products(facts_of(kind), [hostile_options(EVERY[kind])], ("prints",))
            made[kind] = {name: PdfReader(BytesIO(content)) for name, content in found}
        return made[kind]

    return prints


def squeezed(text):
    """Return a text without blanks, which a narrow column and HTML set anew."""
    return re.sub(r"\s+", "", text)


# Pages


@pytest.mark.parametrize("kind", sorted(EVERY))
def test_nothing_becomes_markup(pages_of_kind, kind):
    for name, text in pages_of_kind(kind):
        page = Page(text)
        assert page.faults == page.open == [], name
        assert {tag for tag, _, _ in page.elements} <= TAGS
        names = {key for _, a, _ in page.elements for key in a}
        assert not [key for key in names if key.startswith("on") or key in ("style", "src", "action", "xlink:href")]
        links = [a["href"] for _, a, _ in page.elements if "href" in a]
        assert [each for each in links if not LINK.fullmatch(each)] == []
        policies = [a["content"] for a, _ in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
        assert policies == [policy_of(text)]


@pytest.mark.parametrize("kind", ["formula", "long", "markup", "mixed", "typst"])
def test_the_texts_stand_there_as_they_are(pages_of_kind, kind):
    wanted = squeezed(EVERY[kind].split("\u202e")[0])
    for name, text in pages_of_kind(kind):
        if not re.match(r"index\.\w\w\.", name):  # the index's own texts are in other languages there
            assert wanted in squeezed(Page(text).text()), name


@pytest.mark.parametrize("kind", sorted(EVERY))
def test_every_picture_is_well_formed(pages_of_kind, kind):
    for _, text in pages_of_kind(kind):
        pictures = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
        assert pictures or "Method and sources" in text
        for each in pictures:
            assert ElementTree.fromstring(each) is not None


@pytest.mark.parametrize("kind", sorted(EVERY))
def test_no_sign_that_cannot_be_seen_stands_on_a_page(pages_of_kind, kind):
    """Controls have no place in HTML, and a sign that turns the direction of reading makes of rank 12 one of 21."""
    for name, text in pages_of_kind(kind):
        found = {f"U+{ord(each):04X}" for each in set(text) - {"\n", "\t"} if hidden(each)}
        assert found == set(), name


def hidden(sign):
    """Say whether a sign is a control, turns the direction of reading, or is no character at all."""
    return unicodedata.category(sign) in ("Cc", "Cs", "Cn") or unicodedata.bidirectional(sign) in (
        *("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"),
    )


# Prints


@pytest.mark.parametrize("kind", sorted(EVERY))
def test_every_print_can_be_made(prints, kind):
    assert set(prints(kind)) == {"AT.pdf", "AT-brief.pdf", "AT-brief.de.pdf"}
    assert all(len(each.pages) >= 2 for each in prints(kind).values())


@pytest.mark.parametrize("kind", PRINTED)
def test_a_print_does_nothing_and_leads_nowhere(prints, kind):
    for reader in prints(kind).values():
        found = set()
        for number in range(1, reader.trailer["/Size"]):
            each = reader.get_object(number)
            if isinstance(each, dict):
                found |= {str(part) for pair in each.items() for part in pair if str(part).startswith("/")}
        assert found & ACTIVE == set()


@pytest.mark.parametrize(("kind", "text"), [("typst", TYPST), ("markup", MARKUP), ("formula", TEXTS["formula"])])
def test_what_looks_like_a_command_is_printed_letter_by_letter(prints, kind, text):
    for name, reader in prints(kind).items():
        told = squeezed("".join(each.extract_text() for each in reader.pages))
        assert told.count(squeezed(text)) >= (3 if ".de." in name else 20), name
        assert squeezed(text) in squeezed(reader.metadata.title)


@pytest.mark.parametrize("kind", ["bidi", "control", "mixed"])
def test_hidden_signs_of_one_text_do_not_get_into_others(prints, kind):
    """A sign that turns the direction of reading must not be joined to a letter: it would come with it everywhere."""
    for reader in prints(kind).values():
        told = "".join(each.extract_text() for each in reader.pages)
        assert {f"U+{ord(each):04X}" for each in set(told) - {"\n"} if hidden(each)} == set()


# Workbooks and names of files


@pytest.mark.parametrize("kind", sorted(EVERY))
def test_no_text_becomes_a_formula_or_a_link_of_a_workbook(facts_of, kind):
    facts = facts_of(kind)
    options = [hostile_options(EVERY[kind])]
    made = [*index_products(facts, ("workbooks",)), *country_products(facts, options, ("workbooks",))]
    assert [name for name, _ in made] == ["workbook.xlsx", "AT.xlsx"]
    for _, content in made:
        book = Book(content)
        formulas = [cell.formula for sheet in book.sheets.values() for cell in sheet.values() if cell.formula]
        assert not [each for each in formulas if re.search(r"HYPERLINK|http|WEBSERVICE|script|import", each)]
        assert not [part for part in book.parts.values() if b'TargetMode="External"' in part]
        assert any(TEXTS["formula"] in text for text in book.texts) or kind not in ("formula", "mixed")


def test_names_of_files_are_codes_and_fixed_words(facts_of, small):
    kinds = ("pages", "prints", "workbooks", "explorer")
    facts = facts_of("mixed")
    options = [hostile_options("../../evil")]
    made = [*index_products(facts, kinds), *country_products(facts, options, kinds), *products(small.run(), ("pages",))]
    assert [name for name, _ in made if not NAME.fullmatch(name)] == []
    assert len({name.lower() for name, _ in made}) == len({name for name, _ in made})


@pytest.mark.parametrize("language", ["../x", "en/../..", "EN", "", "e\x00", "xx.html", MARKUP])
def test_a_language_that_is_none_names_no_file(language):
    with pytest.raises(ReadinessError):
        speak(language)


@pytest.mark.parametrize("word", ["../x", "AT/../../x", MARKUP, CONTROL, BIDI, LONG[:300]])
def test_a_country_that_is_none_names_no_file(call, small, tmp_path, word):
    folder = small.run().write(tmp_path / "runs", products=())
    for arguments in ([word, folder], ["AT", folder, "--peers", word]):
        status, _, said = call("report", *arguments, "--out", tmp_path / "made")
        assert status == 2
        assert not (tmp_path / "made").exists()
        assert not [each for each in said if each != "\n" and hidden(each)]
