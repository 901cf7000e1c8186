"""The points of a Sobol' design: uniform, scrambled by the seed, in blocks that differ in one column."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import qmc

from readiness.sobol_design import blocks, design, split, stacked


def test_a_design_is_uniform_in_every_dimension_and_depends_on_the_seed():
    a, b = design(5, 1024, 7)
    points = np.column_stack([a, b])
    assert ((points > 0) & (points < 1)).all()
    assert (np.sort((points * 1024).astype(int), axis=0) == np.arange(1024)[:, None]).all()
    boxes = (points[:, :2] * [32, 32]).astype(int) @ [32, 1]
    assert len(np.unique(boxes)) == 1024  # the first two dimensions are a (0, 10, 2)-net in base 2
    assert qmc.discrepancy(points) < qmc.discrepancy(np.random.default_rng(0).random(points.shape)) / 5
    assert all((x == y).all() for x, y in zip(design(5, 1024, 7), (a, b), strict=True))
    assert (design(5, 1024, 8)[0] != a).all()


def test_scrambling_is_more_than_a_shift_and_stays_off_the_walls():
    digits = np.array([design(2, 8, seed) for seed in (1, 2)]) * 2.0**52
    assert (digits % 1 == 0.5).all()  # the middle of a cell: never 0, never 1
    whole = digits.astype(np.uint64)
    apart = whole[:, :, 1:] ^ whole[:, :, :1]  # a shift alone leaves this as it is
    assert (apart[0] != apart[1]).all()


def test_scrambling_is_uniform_over_seeds():
    first = np.array([design(1, 2, seed)[0][0, 0] for seed in range(400)])
    assert first.mean() == pytest.approx(0.5, abs=4 / np.sqrt(12 * 400))
    assert np.corrcoef(first[1:], first[:-1])[0, 1] == pytest.approx(0, abs=0.2)


def test_blocks_take_one_column_of_b_each():
    a, b = design(3, 8, 1)
    found = list(blocks(a, b))
    assert (found[0] == a).all() and (found[1] == b).all() and len(found) == 5
    for i, mixed in enumerate(found[2:]):
        assert (mixed[:, i] == b[:, i]).all() and (np.delete(mixed, i, 1) == np.delete(a, i, 1)).all()
    y_a, y_b, y_ab = split(stacked(a, b), 3)
    assert (y_a == a).all() and (y_b == b).all() and (y_ab == found[2:]).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: design(3, 100, 0), "power of two"),
        (lambda: design(0, 8, 0), "factors"),
        (lambda: design(3, 8, -1), "seed"),
        (lambda: split(np.zeros(11), 3), "11 runs"),
    ],
)
def test_a_design_that_cannot_be_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
