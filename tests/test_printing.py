"""The prints: tagged for every reader, made to be kept, as long as they may be, and the same bytes anywhere."""

import io
from datetime import date

import pypdf
import pytest

from readiness.report import printing
from readiness.report.brief import ministers_brief
from readiness.report.data import gather
from readiness.report.maps import map_chart
from readiness.report.officer import officers_report
from readiness.report.options import Options
from readiness.report.printing import pdf
from readiness.report.products import stamp

BRIEF, SIZE = 2, 300_000  # pages and bytes
REPORT = range(10, 15)


@pytest.fixture(scope="module")
def own(complete):
    return gather(complete)


def brief(facts, code):
    return pdf(ministers_brief(facts, code), stamp(facts))


def report(facts, code):
    return pdf(officers_report(facts, code, Options(code)), stamp(facts), map_chart(facts, code), "Contents")


@pytest.fixture(scope="module")
def prints(own):
    return {f"{kind.__name__} {code}": kind(own, code) for kind in (brief, report) for code in ("DK", "PT", "RO")}


def reader(content):
    return pypdf.PdfReader(io.BytesIO(content))


def elements(node, kind):
    """Yield the elements of a kind in the tree of tags."""
    node = node.get_object()
    if isinstance(node, list):
        for each in node:
            yield from elements(each, kind)
    elif isinstance(node, dict):
        if node.get("/S") == kind:
            yield node
        if "/K" in node and not isinstance(node["/K"], int):
            yield from elements(node["/K"], kind)


def test_prints_are_tagged_and_made_to_be_kept(prints):
    for content in prints.values():
        root, found = reader(content).trailer["/Root"], reader(content)
        assert root["/Lang"] == "en" or root["/Lang"].startswith("en-")
        assert root["/MarkInfo"]["/Marked"]
        assert root["/ViewerPreferences"]["/DisplayDocTitle"]
        assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
        xmp = root["/Metadata"].get_object().get_data().decode()
        assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
        assert "<pdfaid:part>2</pdfaid:part>" in xmp and "<pdfaid:conformance>A</pdfaid:conformance>" in xmp
        assert "European AI Readiness Index 2026" in found.metadata.title


def test_tags_name_headings_tables_and_pictures_with_their_text(prints, own):
    for name, content in prints.items():
        tree = reader(content).trailer["/Root"]["/StructTreeRoot"]
        figures = list(elements(tree["/K"], "/Figure"))
        assert len(figures) >= 4
        assert all(len(each.get("/Alt", "")) > 10 for each in figures)
        assert list(elements(tree["/K"], "/Table")) and list(elements(tree["/K"], "/TH"))
        assert list(elements(tree["/K"], "/H1"))
        alts = " ".join(each["/Alt"] for each in figures)
        assert f"{own.country(name[-2:])}: rank" in alts


def test_every_brief_has_two_pages_and_is_small(own):
    made = {code: brief(own, code) for code in own.framework.units}
    assert {code: len(reader(content).pages) for code, content in made.items()} == dict.fromkeys(made, BRIEF)
    assert max(map(len, made.values())) <= SIZE


def test_reports_have_ten_to_fourteen_pages(own):
    made = {code: len(reader(report(own, code)).pages) for code in own.framework.units}
    assert {code: number for code, number in made.items() if number not in REPORT} == {}


@pytest.mark.parametrize("code", ["PT", "RO", "LU"])
def test_texts_that_are_longer_by_two_fifths_keep_the_brief_at_two_pages(own, code):
    assert len(reader(brief(own.spoken("xx"), code)).pages) == BRIEF


def test_the_same_document_gives_the_same_bytes(own, prints):
    printing._own.__dict__.clear()
    assert brief(own, "PT") == prints["brief PT"]
    assert report(own, "RO") == prints["report RO"]


def test_another_date_is_another_document(own, prints):
    assert pdf(ministers_brief(own, "PT"), date(2026, 1, 1)) != prints["brief PT"]


def test_only_the_fonts_of_the_package_are_used(prints):
    """The print of a machine without fonts is that of any other."""
    for content in prints.values():
        fonts = {
            font.get_object()["/BaseFont"].partition("+")[2]
            for page in reader(content).pages
            for font in page["/Resources"].get("/Font", {}).values()
        }
        assert fonts and all(each.startswith("SourceSans3") for each in fonts)


@pytest.mark.parametrize(
    ("language", "code", "name"), [("el", "EL", "Ελλάδα"), ("bg", "BG", "България"), ("pl", "PL", "Polska")]
)
def test_three_scripts_are_printed(own, language, code, name):
    found = reader(brief(own.spoken(language), code))
    text = " ".join(page.extract_text() for page in found.pages)
    assert name in text
    assert found.trailer["/Root"]["/Lang"].startswith(language)
    assert len(found.pages) == BRIEF


def test_an_index_of_one_edition_without_a_simulation_has_prints_too(desi):
    facts = gather(desi)
    assert len(reader(brief(facts, "PT")).pages) <= BRIEF
    text = " ".join(page.extract_text() for page in reader(report(facts, "PT")).pages)
    assert "Intervals of ranks were not computed" in text
    assert "What changed and why" not in text


def test_what_cannot_be_printed_is_an_error(own, monkeypatch):
    """A picture without a text would break the promise to readers who do not see."""
    document = ministers_brief(own, "PT")
    monkeypatch.setattr(printing, "_plain", _without_alt(printing._plain))
    with pytest.raises(Exception, match="alt"):
        pdf(document, stamp(own))


def _without_alt(plain):
    def blank(value):
        found = plain(value)
        return (
            {key: None if key == "alt" else each for key, each in found.items()} if isinstance(found, dict) else found
        )

    return blank
