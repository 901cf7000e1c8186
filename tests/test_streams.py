"""Random numbers by counter: the published words, the shape of the normal law, and independence of batches."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import stats

from readiness.streams import normals, words

ONES = 2**64 - 1
# Random123, known answers of philox4x64-10: counter, key, result; lowest word first.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B)),
    (
        (ONES, ONES, ONES, ONES),
        (ONES, ONES),
        (0x87B092C3013FE90B, 0x438C3C67BE8D0224, 0x9CC7D7C69CD777B6, 0xA09CAEBF594F0BA0),
    ),
    (
        (0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89),
        (0x452821E638D01377, 0xBE5466CF34E90C6C),
        (0xA528F45403E61D95, 0x38C72DBD566E9788, 0xA5A1610E72FD18B5, 0x57BD43B5E52B7FE6),
    ),
]


@pytest.mark.parametrize(("counter", "key", "result"), KNOWN)
def test_words_are_the_published_ones(counter, key, result):
    first = sum(word << (64 * place) for place, word in enumerate(counter))
    assert words(*key, first, 1).tolist() == list(result)


def test_first_numbers_are_the_box_muller_transform_of_the_published_words():
    one, two, three, four = (float(word >> 11) / 2**53 for word in KNOWN[0][2])
    expected = [
        np.sqrt(-2 * np.log(1 - one)) * np.cos(2 * np.pi * two),
        np.sqrt(-2 * np.log(1 - one)) * np.sin(2 * np.pi * two),
        np.sqrt(-2 * np.log(1 - three)) * np.cos(2 * np.pi * four),
        np.sqrt(-2 * np.log(1 - three)) * np.sin(2 * np.pi * four),
    ]
    assert normals(0, 0, (4,), 1)[:, 0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("shape", [(4,), (3,), (1,), (2, 5, 3), ()])
def test_a_replicate_alone_equals_the_one_of_a_batch(shape):
    batch = normals(7, 3, shape, 50)
    assert batch.shape == (*shape, 50)
    assert batch.flags.c_contiguous
    for r in (0, 1, 17, 49):
        assert_array_equal(normals(7, 3, shape, range(r, r + 1))[..., 0], batch[..., r])
    assert_array_equal(normals(7, 3, shape, range(10, 33)), batch[..., 10:33])
    assert_array_equal(normals(7, 3, shape, range(40, 3, -7)), batch[..., range(40, 3, -7)])


def test_batches_of_any_size_join_to_the_same_numbers():
    whole = normals(1, 2, (3, 2), 1000)
    for size in (1, 8, 333):
        parts = [normals(1, 2, (3, 2), range(r, min(r + size, 1000))) for r in range(0, 1000, size)]
        assert_array_equal(np.concatenate(parts, axis=-1), whole)


def test_seeds_streams_and_replicates_differ():
    drawn = [normals(seed, stream, (6,), 4) for seed in (0, 1, ONES) for stream in (0, 1, 2**40)]
    assert len(np.unique(np.concatenate([each.ravel() for each in drawn]))) == 9 * 24


def test_numbers_are_standard_normal_and_independent():
    x = normals(11, 5, (10,), 20000)
    n = x.size
    assert np.isfinite(x).all()
    assert abs(x.mean()) < 4 / np.sqrt(n)
    assert abs(x.var() - 1) < 4 * np.sqrt(2 / n)
    assert abs(stats.skew(x.ravel())) < 4 * np.sqrt(6 / n)
    assert abs(stats.kurtosis(x.ravel())) < 4 * np.sqrt(24 / n)
    assert stats.kstest(x.ravel(), "norm").pvalue > 0.001
    off = np.corrcoef(x)[np.triu_indices(10, 1)]
    assert np.abs(off).max() < 4.5 / np.sqrt(20000)
    assert abs(np.corrcoef(x[:, :-1].ravel(), x[:, 1:].ravel())[0, 1]) < 4 / np.sqrt(n)


def test_nothing_is_drawn_for_no_replicate_or_an_empty_shape():
    assert normals(1, 1, (3,), 0).shape == (3, 0)
    assert normals(1, 1, (3, 0), 5).shape == (3, 0, 5)


@pytest.mark.parametrize("replicates", [range(-1, 3), range(2, -3, -1)])
def test_replicates_below_zero_are_refused(replicates):
    with pytest.raises(ValueError, match="counted from 0"):
        normals(1, 1, (2,), replicates)


@pytest.mark.parametrize(("seed", "stream"), [(-1, 0), (0, -1), (2**64, 0)])
def test_seeds_outside_64_bits_are_refused(seed, stream):
    with pytest.raises(ValueError, match="seed and stream"):
        normals(seed, stream, (2,), 1)
