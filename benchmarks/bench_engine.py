"""The engine inside one process, imports and compilation done: reading, computing, writing."""

from __future__ import annotations

import pytest

import readiness
from readiness.reading.frameworks import read_framework
from readiness.reading.panels import read_panel
from readiness.reading.places import index_folder
from readiness.results import compute


@pytest.fixture(scope="module")
def index():
    return readiness.run()


@pytest.mark.benchmark(group="engine")
def test_read_framework(benchmark):
    tree = benchmark(read_framework, index_folder("indicators", "eari"))
    assert len(tree.leaves) == 38


@pytest.mark.benchmark(group="engine")
def test_read_and_check_figures(benchmark, index):
    panel = benchmark(read_panel, [index_folder("data", "eari")], index.framework)
    assert panel.figures.height == index.panel.figures.height


@pytest.mark.benchmark(group="engine")
def test_compute_five_editions(benchmark, index):
    again = benchmark(compute, index.framework, index.panel, index.recipe)
    assert again.ranks.equals(index.ranks)


@pytest.mark.benchmark(group="engine")
def test_write_tables_and_pages(benchmark, index, tmp_path):
    folder = benchmark(index.write, tmp_path, products=("pages",))
    assert (folder / "report" / "index.html").is_file()
