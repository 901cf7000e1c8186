"""Random numbers by counter: the published words, the laws computed apart from them, and independence of batches."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from math import log, sqrt

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from plain_streams import block, box_muller, marsaglia_tsang, philox, surprise, turn

from readiness import streams
from readiness.registry import compiled
from readiness.streams import exponentials, gammas, normals, uniforms, words

ONES, TOP = 2**32 - 1, 2**64 - 1
# Random123, kat_vectors, philox4x32-10: counter, key, result; lowest word first.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES,) * 4, (ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
LAWS = [uniforms, exponentials, normals]
FILLS = [streams.fill_uniforms, streams.fill_exponentials, streams.fill_normals]
SHAPES = [0.003, 0.05, 0.5, 0.999, 1.0, 2.5, 100.0, 1e6]
# The first bytes of SHA-256 of what each law draws: uniforms, exponentials, normals, gammas.
DIGESTS = ["f69053fbdc4caa21", "420240097853b9de", "cc37bd0768d5be2c", "06ecd8fab0b41a2e"]
CORNERS = [0, 1, ONES, 2**32, 2**63, TOP]


def units_off(value, expected):
    """How far values are from those expected, in units of the last digit of the latter."""
    expected = np.asarray(expected)
    return np.max(np.abs(value - expected) / np.spacing(np.abs(expected)))


# ---- the words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("counter", "key", "result"), KNOWN)
def test_words_are_the_published_ones(counter, key, result):
    low, high, number, stream = (np.uint64(each) for each in counter)
    out = np.empty((4, 1))
    replicate = np.array([low | high << np.uint64(32)])
    compiled(streams.four)(np.uint64(key[0]), np.uint64(key[1]), stream, number, replicate, *out)
    assert tuple(int(half - 0.5) for half in out[:, 0]) == philox(counter, key) == result


def test_the_public_function_starts_at_the_published_word():
    assert tuple(words(0, 0, 4, 1)[:, 0]) == KNOWN[0][2]


@pytest.mark.parametrize(("seed", "stream"), list(product([*CORNERS, 0x299F31D0A4093822], [0, 7, 2**16 - 1])))
def test_words_follow_from_seed_stream_place_and_replicate(seed, stream):
    chosen = np.array([*CORNERS, 5, 2**40 + 3], dtype=np.uint64)
    drawn = words(seed, stream, 11, chosen)
    for column, replicate in enumerate(chosen.tolist()):
        expected = [word for number in range(3) for word in block(seed, stream, number, replicate)]
        assert drawn[:, column].tolist() == expected[:11]


def test_no_two_counters_or_keys_of_a_neighbourhood_share_a_word_block():
    """Blocks of four words are 128 bits: two equal ones would mean that a part of the counter is lost."""
    near = [0, 1, 2, 2**32, 2**32 + 1, TOP]
    blocks = [
        words(seed, stream, 12, np.array(near, dtype=np.uint64)).reshape(3, 4, -1).transpose(0, 2, 1).reshape(-1, 4)
        for seed in near
        for stream in (0, 1, 2**16 - 1)
    ]
    assert len(np.unique(np.concatenate(blocks), axis=0)) == 3 * len(near) ** 2 * 3


# ---- each law from the words ----------------------------------------------------------------------------------------


def test_uniforms_are_the_middles_of_the_words():
    expected = (words(9, 4, 30, 500).astype(float) + 0.5) / 2**32
    assert_array_equal(uniforms(9, 4, (30,), 500), expected)


def test_exponentials_are_minus_the_logarithm_to_two_units_of_the_last_digit():
    expected = [[surprise(word) for word in row] for row in words(9, 4, 30, 500).tolist()]
    assert units_off(exponentials(9, 4, (30,), 500), expected) <= 2


def test_the_logarithm_holds_at_the_ends_at_powers_of_two_and_at_its_seams():
    seam = int(sqrt(0.5) * 2**32)
    at = {*range(500), *range(2**32 - 500, 2**32), *range(seam - 500, seam + 500)}
    at |= {2**power + near for power in range(2, 32) for near in (-2, -1, 0, 1)}
    at |= {(seam >> shift) + near for shift in range(25) for near in (-1, 0, 1)}
    chosen = sorted(at)
    values = np.array(chosen) + 0.5
    compiled(streams.surprise)(values)
    assert units_off(values, [surprise(word) for word in chosen]) <= 2
    assert (np.diff(values) < 0).all()
    assert 0 < values[-1] < 2e-10
    assert 22.8 < values[0] < 22.9


def test_normals_are_box_muller_to_four_units_of_the_last_digit():
    drawn = words(9, 4, 32, 300).tolist()
    pairs = [[box_muller(*pair) for pair in zip(*drawn[i : i + 2], strict=True)] for i in range(0, 32, 2)]
    expected = np.array(pairs).transpose(0, 2, 1).reshape(32, 300)
    assert units_off(normals(9, 4, (32,), 300), expected) <= 4


def test_cosine_and_sine_hold_in_every_eighth_of_a_turn_and_at_its_seams():
    seams = [eighth * 2**29 + near for eighth in range(9) for near in (-3, -2, -1, 0, 1, 2)]
    chosen = [word for word in seams if 0 <= word < 2**32] + list(range(12345, 2**32, 2**20 + 7))
    angle = np.array(chosen) + 0.5
    radius = np.full(len(chosen), 0.5)
    compiled(streams.polar)(radius, angle)
    long = sqrt(2 * surprise(0))
    expected = np.array([turn(word) for word in chosen]) * long
    assert units_off(radius, expected[:, 0]) <= 4
    assert units_off(angle, expected[:, 1]) <= 4
    assert np.max(np.hypot(radius, angle)) < 6.8


def test_gammas_are_marsaglia_and_tsang_from_the_same_words():
    """A proposal is accepted in both or in neither; the values differ by the rounding of u**(1 / alpha) only."""
    drawn = gammas(9, 4, np.array(SHAPES), 400)
    expected = [[marsaglia_tsang(alpha, 9, 4, i, r) for r in range(400)] for i, alpha in enumerate(SHAPES)]
    assert drawn == pytest.approx(np.array(expected), rel=1e-12)


def test_no_gamma_number_is_zero():
    drawn = gammas(2, 1, np.array([5e-324, 1e-300, 1e-6, 1e-3]), 2000)
    assert drawn.min() > 0
    assert np.isfinite(drawn / drawn.sum(axis=0)).all()


def test_gammas_with_the_largest_shape_still_vary_as_they_should():
    drawn = gammas(2, 1, np.array([1e12]), 100_000)[0]
    z = (drawn - 1e12) / 1e6
    assert abs(z.mean()) < 5 / sqrt(z.size)
    assert abs(z.var() - 1) < 5 * sqrt(2 / z.size)


def test_one_proposal_in_twenty_or_fewer_is_rejected():
    rejected = 0
    for r in range(4000):
        first, second, third, _ = block(1, 1, 0, r)
        x, d = box_muller(first, second)[0], 2 / 3
        v = (1 + x / sqrt(9 * d)) ** 3
        rejected += not (v > 0 and -surprise(third) < 0.5 * x * x + d - d * v + d * log(v))
    assert rejected / 4000 < 0.05 + 3 * sqrt(0.05 * 0.95 / 4000)


# ---- the same bytes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fill", FILLS)
def test_compiled_kernels_give_the_bytes_of_plain_python(fill):
    arguments = *streams.key(TOP - 5, 3), streams.chosen(range(2**64 - 50, 2**64))
    fast, plain = streams.room(14, 50), streams.room(14, 50)
    compiled(fill)(*arguments, fast)
    fill(*arguments, plain)
    assert fast.tobytes() == plain.tobytes()


def test_compiled_gammas_give_the_bytes_of_plain_python():
    plain = np.empty((len(SHAPES), 50))
    streams.fill_gammas(np.array(SHAPES), *streams.key(5, 3), streams.chosen(50), plain)
    assert gammas(5, 3, np.array(SHAPES), 50).tobytes() == plain.tobytes()


def test_every_machine_draws_these_bytes():
    """Little-endian bytes, made once; a machine or a compiler that rounds elsewhere would show here."""
    drawn = [law(2026, 7, (42,), 129) for law in LAWS] + [gammas(2026, 7, np.array(SHAPES), 129)]
    digests = [hashlib.sha256(each.astype("<f8").tobytes()).hexdigest()[:16] for each in drawn]
    assert digests == DIGESTS


@pytest.mark.parametrize("law", LAWS)
def test_threads_draw_the_same_bytes(law):
    whole = law(3, 2, (10,), 4000)
    parts = [range(r, r + 40) for r in range(0, 4000, 40)]
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(lambda part: law(3, 2, (10,), part), parts))
    assert np.concatenate(drawn, axis=-1).tobytes() == whole.tobytes()


def draw(law, shape, replicates):
    """Draw with any law; gamma numbers take a row of parameters below and above 1."""
    if law is gammas:
        return gammas(7, 3, np.resize([0.3, 4.0, 1.0], shape), replicates)
    return law(7, 3, shape, replicates)


CASES = [*product(LAWS, [(4,), (3,), (1,), (2, 5, 3), ()]), *product([gammas], [(4,), (3,), (1,)])]


@pytest.mark.parametrize(("law", "shape"), CASES)
def test_a_replicate_alone_equals_the_one_of_a_batch(law, shape):
    batch = draw(law, shape, 50)
    assert batch.shape == (*shape, 50)
    assert batch.flags.c_contiguous
    for r in (0, 1, 17, 49):
        assert_array_equal(draw(law, shape, range(r, r + 1))[..., 0], batch[..., r])


@pytest.mark.parametrize("law", [*LAWS, gammas])
@pytest.mark.parametrize("part", [range(10, 33), range(3, 48, 5), range(40, 3, -7), range(49, -1, -1), range(49, 50)])
def test_any_steps_of_the_replicates_are_those_of_the_batch(law, part):
    assert_array_equal(draw(law, (5,), part), draw(law, (5,), 50)[..., part])


@pytest.mark.parametrize("law", [*LAWS, gammas])
@pytest.mark.parametrize("kind", [np.uint64, np.int64, np.int32, np.uint8])
def test_replicates_may_be_an_array_in_any_order_and_twice(law, kind):
    chosen = np.array([4, 49, 0, 4, 17], dtype=kind)
    assert_array_equal(draw(law, (5,), chosen), draw(law, (5,), 50)[..., chosen])
    assert_array_equal(draw(law, (5,), chosen[::-2]), draw(law, (5,), 50)[..., chosen[::-2]])


@pytest.mark.parametrize("law", [*LAWS, gammas])
@pytest.mark.parametrize("size", [1, 8, 333])
def test_batches_of_any_size_join_to_the_same_numbers(law, size):
    parts = [draw(law, (6,), range(r, min(r + size, 1000))) for r in range(0, 1000, size)]
    assert_array_equal(np.concatenate(parts, axis=-1), draw(law, (6,), 1000))


@pytest.mark.parametrize("law", [*LAWS, gammas])
def test_more_draws_leave_the_first_ones_as_they_are(law):
    longer = draw(law, (9,), 20)
    for count in range(9):
        assert_array_equal(draw(law, (count,), 20), longer[:count])


@pytest.mark.parametrize("part", [range(2**64 - 3, 2**64), range(2**64 - 1, 2**64 - 9, -4), range(0, 2**64, 2**62)])
def test_replicates_reach_to_the_last_one(part):
    assert streams.chosen(part).tolist() == list(part)
    alone = [normals(1, 1, (3,), range(r, r + 1)) for r in part]
    assert_array_equal(normals(1, 1, (3,), part), np.concatenate(alone, axis=-1))


def test_a_range_is_read_by_its_ends_only():
    assert streams.chosen(range(10**6)).size == 10**6
    with pytest.raises(ValueError, match="counted from 0"):
        streams.chosen(range(0, 2**70, 2**40))


@pytest.mark.parametrize("law", LAWS)
def test_nothing_is_drawn_for_no_replicate_or_an_empty_shape(law):
    for none in (0, range(0), range(5, 5), range(TOP + 1, TOP + 1), np.array([], dtype=np.uint64)):
        assert law(1, 1, (3,), none).shape == (3, 0)
    assert law(1, 1, (3, 0), 5).shape == (3, 0, 5)
    assert gammas(1, 1, np.ones(3), 0).shape == (3, 0)
    assert gammas(1, 1, np.ones(0), 5).shape == (0, 5)
    assert words(1, 1, 0, 5).shape == (0, 5)


@pytest.mark.parametrize("replicates", [-1, range(-1, 3), range(2, -3, -1), np.array([3, -1]), np.array([-1], np.int8)])
@pytest.mark.parametrize("law", [*LAWS, gammas])
def test_replicates_below_zero_are_refused(law, replicates):
    with pytest.raises(ValueError, match="counted from 0"):
        draw(law, (2,), replicates)


@pytest.mark.parametrize(
    "replicates", [range(2**64, 2**64 + 1), range(2**64 - 1, 2**64 + 1), range(2**64, 0, -(2**62))]
)
def test_replicates_beyond_64_bits_are_refused(replicates):
    with pytest.raises(ValueError, match="below 2"):
        normals(1, 1, (2,), replicates)


@pytest.mark.parametrize("replicates", [np.array([0.5, 1.0]), np.array([True, False]), np.array([[1, 2]]), np.array(3)])
def test_replicates_are_a_row_of_whole_numbers(replicates):
    with pytest.raises(ValueError, match="row of whole numbers"):
        normals(1, 1, (2,), replicates)


@pytest.mark.parametrize(("seed", "stream"), [(-1, 0), (0, -1), (2**64, 0), (0, 2**16)])
@pytest.mark.parametrize("law", LAWS)
def test_seeds_and_streams_out_of_range_are_refused(law, seed, stream):
    with pytest.raises(ValueError, match="seeds run from 0"):
        law(seed, stream, (2,), 1)
    with pytest.raises(ValueError, match="seeds run from 0"):
        gammas(seed, stream, np.ones(2), 1)


@pytest.mark.parametrize("wrong", [0.0, -1.0, -2.0, np.nan, np.inf, -np.inf, 1.1e12])
def test_shape_parameters_without_a_law_are_refused(wrong):
    with pytest.raises(ValueError, match="shape parameters"):
        gammas(1, 1, np.array([1.0, wrong]), 3)
    with pytest.raises(ValueError, match="shape parameters"):
        gammas(1, 1, np.ones((2, 2)), 3)
