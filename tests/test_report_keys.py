"""Every number of a country's report is found by its key in a Parquet table of the run folder, and printed as it is."""

import re
from html import unescape
from statistics import mean

import pytest
from keyed import Run, likely, share
from keyed_tables import Tables

import readiness
from readiness.numbers import figure
from readiness.report.data import gather
from readiness.report.document import Boxes, Chart, Listing, Side, Table, Text
from readiness.report.officer import officers_report
from readiness.report.options import Options
from readiness.report.sections.peers import peers_of

NUMBER = re.compile(r"[+\u2212]?\d[\d,]*(?:\.\d+)?")
UNKEYED = ("Who publishes",)  # tables of words: their few numbers are counts of indicators


@pytest.fixture(scope="module")
def folder(simulated, tmp_path_factory):
    return simulated.write(tmp_path_factory.mktemp("keyed"), products=())


@pytest.fixture(scope="module")
def facts(folder):
    return gather(readiness.open_run(folder).results)


@pytest.fixture(scope="module")
def document(facts):
    return officers_report(facts, "PT", Options("PT"))


@pytest.fixture(scope="module")
def keyed(folder, facts):
    framework = facts.framework
    units = {framework.unit_name(code): code for code in framework.units}
    targets = {each.name: code for code, each in framework.targets.items()}
    return Tables(Run(folder), units, peers_of(facts, "PT", ()), targets)


def blocks(parts):
    """Yield every block of a section, those beside each other and the tables of charts too."""
    for block in parts:
        yield block
        if isinstance(block, Side):
            yield from blocks(block.blocks)
        if isinstance(block, Chart) and block.data:
            yield block.data


def text(cell):
    return " ".join((cell.text, *cell.notes, *(sign for sign, _ in cell.abbreviations)))


def tables(document):
    return [
        (section.key, block)
        for section in document.sections
        for block in blocks(section.blocks)
        if isinstance(block, Table)
    ]


def test_every_cell_of_every_table_is_found_by_its_key(document, keyed):
    wrong, number = [], 0
    for _, table in tables(document):
        if table.caption.startswith(UNKEYED):
            continue
        for row in table.rows:
            name, *cells = (text(cell) for cell in row.cells)
            expected = keyed.row(table.caption, row.cells[0].text, cells)
            wrong += [
                (table.caption[:40], name, each) for each in zip(cells, expected, strict=True) if len({*each}) > 1
            ]
            number += len(cells)
    assert wrong == []
    assert number > 600


def said(block):
    """The texts of a block that are no table."""
    if isinstance(block, Text):
        return [block.text]
    if isinstance(block, Chart):
        return [block.title, block.subtitle, block.alt, *re.findall(r"<text[^>]*>([^<]*)<", unescape(block.svg))]
    if isinstance(block, Boxes):
        return [each for item in block.items for each in item]
    return [*block.items, *(each for pair in block.pairs for each in pair)] if isinstance(block, Listing) else []


def values_of(keyed, facts):
    """Every number that the sentences and charts of the report may say beside those of its tables."""
    run, spread = keyed.run, keyed.run.rows("simulation", varied="all")[0]
    (quality,) = run.rows("quality", country="PT")
    (own,) = run.rows("intervals", varied="all", country="PT", node="index")
    found = [run.printed_score(code, node) for code in facts.framework.units for node in ("index", *keyed.pillars)]
    found += [f"{own[f'score_{end}_90']:.1f}" for end in ("low", "high")]
    found += [f"{spread['replicates']:,}", str(spread["seed"]), str(own["tier"]), f"{quality['mean_age']:.1f}"]
    found += [str(max(row["tier"] for row in run.rows("intervals", varied="all", node="index")))]
    found += [str(quality[each]) for each in ("counted", "figures", "imputed", "flagged", "oldest")]
    found += [share(quality["coverage"]), *map(str, facts.editions)]
    found += [likely(row["share"]) for row in run.rows("ranks", varied="all", country="PT", node="index")]
    found += [f"{row['rank']:g}" for row in run.rows("ranks", varied="all", country="PT", node="index")]
    scores = [[run.score(code, node) for code in keyed.peers] for node in facts.framework.leaves]
    found += [f"{mean(each):.1f}" for each in scores]
    found += [run.printed_score("EU27_2020", node) for node in facts.framework.leaves]
    apart = run.score("PT", "index") - run.score("EU27_2020", "index")
    found += [f"{abs(apart):.2f}"]
    for row in run.rows("movements", country="PT", node="index"):
        found += [f"{abs(row[each]):.2f}" for each in ("change", "change_low_90", "change_high_90")]
    found += [figure(row["value"]) for row in run.rows("figures", country="PT")]
    found += [str(row["year"]) for row in run.rows("figures", country="PT")]
    return {each for every in found for each in NUMBER.findall(every)}


def bare(number):
    return number.lstrip("+\u2212")


FIXED = {
    "front": "90",
    "standing": "1 3 5 10 15 20 25 50 90 95",
    "parts": "0 100",
    "change": "0 20 40 60 80 100 90 1",
    "signals": "0 20 40 60 80 100 3",
    "targets": "90 27 16 74",
    "moves": "",
    "quality": "95 80 1 2 3 4 5",
}  # levels of intervals and rules, ages in proxies, ticks of axes


@pytest.mark.parametrize("key", FIXED)
def test_every_number_of_a_sentence_or_chart_is_one_of_the_tables(document, keyed, facts, key):
    own = [text(cell) for _, table in tables(document) for row in table.rows for cell in row.cells]
    known = {bare(each) for every in own for each in NUMBER.findall(every)} | set(FIXED[key].split())
    known |= {bare(each) for each in values_of(keyed, facts)}
    front = (Text(document.lead), document.boxes, *map(Text, document.notes))
    shown = next((each.blocks for each in document.sections if each.key == key), front)
    ticks = {each for block in blocks(shown) if isinstance(block, Chart) for each in axis(block)}
    texts = [each for block in blocks(shown) for each in said(block)]
    found = {bare(each.rstrip(",")) for every in texts for each in NUMBER.findall(every)}
    assert sorted(found - known - ticks) == []


def axis(chart):
    """The ticks of a chart: places on its scale, not values of the run."""
    svg = str(chart.svg)
    style = "end soft" if re.search('class="chart (lines|trajectory)"', svg) else "tick"
    return {bare(each) for each in re.findall(rf'<text class="{style}"[^>]*>([^<]*)<', svg)}
