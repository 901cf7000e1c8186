"""Ten million draws of each law against its distribution, its moments and its independence; all seeds are fixed.

Where many statistics are looked at, the least p-value is held against the number of them.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy import special, stats

from readiness.streams import chosen, exponentials, gammas, normals, uniforms, words

DRAWS, BATCH = 10**7, 250_000
BINS = 4096
LEAST = 1e-3  # p-value of a whole test
TOP = 2**64 - 1
ORDERS = np.arange(1, 9)  # moments: four, and those that their standard errors take

SHAPES = (0.05, 0.5, 1.0, 2.5, 100.0)
SIMPLEX = np.array([0.3, 1.0, 2.5, 40.0])
FACTORIALS = special.factorial(ORDERS)
CASES = {  # name: numbers of a batch, law, moments about zero
    "uniform": (lambda part: uniforms(1, 1, (), part), stats.uniform(), 1 / (ORDERS + 1)),
    "exponential": (lambda part: exponentials(1, 2, (), part), stats.expon(), FACTORIALS),
    "normal": (
        lambda part: normals(1, 3, (4,), range(part.start // 4, part.stop // 4)).ravel(),
        stats.norm(),
        np.array([0, 1, 0, 3, 0, 15, 0, 105]),
    ),
} | {
    f"gamma {alpha:g}": (
        lambda part, alpha=alpha: gammas(1, 4, np.array([alpha]), part)[0],
        stats.gamma(alpha),
        special.poch(alpha, ORDERS),
    )
    for alpha in SHAPES
}


def batches(count: int = DRAWS) -> list[range]:
    return [range(start, min(start + BATCH, count)) for start in range(0, count, BATCH)]


def counted(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Count values between edges, those below the first and above the last too."""
    below = np.searchsorted(np.sort(values), edges, side="right")
    return np.diff(below, prepend=0, append=values.size)


def holds_to_law(counts: np.ndarray) -> bool:
    """Kolmogorov-Smirnov at 4095 quantiles (the largest distance anywhere is hardly larger), and chi-square."""
    total = counts.sum()
    distance = np.abs(np.cumsum(counts) / total - np.arange(1, BINS + 1) / BINS).max()
    return min(stats.kstwo.sf(distance, total), stats.chisquare(counts).pvalue) > LEAST


def holds_to_moments(sums: np.ndarray, moments: np.ndarray, count: int) -> bool:
    """First four moments within five standard errors."""
    error = np.sqrt((moments[1::2] - moments[:4] ** 2) / count)
    return bool((np.abs(sums / count - moments[:4]) < 5 * error).all())


@pytest.mark.parametrize("name", CASES)
def test_ten_million_numbers_follow_their_law_and_have_its_moments(name):
    drawn, law, moments = CASES[name]
    edges = law.ppf(np.arange(1, BINS) / BINS)
    counts, sums = np.zeros(BINS, dtype=int), np.zeros(4)
    for part in batches():
        x = drawn(part)
        counts += counted(x, edges)
        square = x * x
        sums += x.sum(), square.sum(), (square * x).sum(), (square * square).sum()
    assert counts.sum() == DRAWS
    assert holds_to_law(counts)
    assert holds_to_moments(sums, moments, DRAWS)


def test_the_tails_are_hit_as_often_as_they_should():
    """Beyond 4.5 standard deviations, beyond 12 means: counts are Poisson, read two-sided."""
    far, long = 0, 0
    for part in batches():
        far += np.count_nonzero(np.abs(normals(2, 3, (2,), part)) > 4.5)
        long += np.count_nonzero(exponentials(2, 2, (4,), part) > 12)
    for seen, expected in ((far, 2 * DRAWS * 2 * stats.norm.sf(4.5)), (long, 4 * DRAWS * np.exp(-12))):
        assert min(stats.poisson.cdf(seen, expected), stats.poisson.sf(seen - 1, expected)) > LEAST


def test_gammas_by_their_sum_are_dirichlet():
    """Marginals are Beta; the product of two components has the mean a b / (A (A + 1))."""
    total, rest = SIMPLEX.sum(), SIMPLEX.sum() - SIMPLEX
    edges = [stats.beta.ppf(np.arange(1, BINS) / BINS, a, b) for a, b in zip(SIMPLEX, rest, strict=True)]
    counts, sums, products = np.zeros((4, BINS), dtype=int), np.zeros((4, 4)), np.zeros((4, 4))
    for part in batches():
        share = gammas(3, 4, SIMPLEX, part)
        share /= share.sum(axis=0)
        counts += [counted(*pair) for pair in zip(share, edges, strict=True)]
        sums += np.transpose([(share**order).sum(axis=1) for order in range(1, 5)])
        products += share @ share.T
    moments = np.cumprod((SIMPLEX[:, None] + ORDERS - 1) / (total + ORDERS - 1), axis=1)
    assert all(holds_to_law(each) for each in counts)
    assert all(holds_to_moments(*pair, DRAWS) for pair in zip(sums, moments, strict=True))
    both = np.outer(SIMPLEX, SIMPLEX) / total / (total + 1)  # mean of the product of two, and of its square
    squared = both * np.outer(SIMPLEX + 1, SIMPLEX + 1) / (total + 2) / (total + 3)
    off = ~np.eye(4, dtype=bool)
    error = np.sqrt((squared - both**2)[off] / DRAWS)
    assert (np.abs(products / DRAWS - both)[off] < 5 * error).all()


def test_exponentials_by_their_sum_are_uniform_on_the_simplex():
    share = exponentials(4, 2, (5,), 10**6)
    share /= share.sum(axis=0)
    for row in share:
        assert holds_to_law(counted(row, stats.beta.ppf(np.arange(1, BINS) / BINS, 1, 4)))


# ---- bits -----------------------------------------------------------------------------------------------------------


def test_every_bit_and_every_byte_of_the_words_is_even():
    bits, halves = np.zeros((4, 32)), np.zeros((4, 2, 65536))
    for part in batches(10**6):
        drawn = words(5, 1, 4, part).astype(np.uint32)
        for place, row in enumerate(drawn):
            bits[place] += [np.count_nonzero(row >> bit & 1) for bit in range(32)]
            halves[place] += [np.bincount(each, minlength=65536) for each in (row & 0xFFFF, row >> 16)]
    z = (bits - 5e5) / 500
    assert np.abs(z).max() < stats.norm.isf(LEAST / 2 / z.size)
    assert stats.chi2.sf((z**2).sum(), z.size) > LEAST
    bytes_ = np.concatenate([halves.reshape(8, 256, 256).sum(axis=axis) for axis in (1, 2)])
    assert stats.chisquare(bytes_, axis=1).pvalue.min() > LEAST / 16
    assert stats.chisquare(halves, axis=2).pvalue.min() > LEAST / 8


def flipped(argument: str, bit: int) -> np.ndarray:
    """Return words drawn with one bit of the seed, the stream or the replicate changed."""
    seed, stream, replicate = 0x0123456789ABCDEF, 0x5A5A, np.uint64(0xFEDCBA9876543210)
    many = np.arange(500, dtype=np.uint64) * np.uint64(2**40 + 2**10) + replicate
    if argument == "seed":
        return words(seed ^ (1 << bit), stream, 40, many)
    if argument == "stream":
        return words(seed, stream ^ (1 << bit), 40, many)
    return words(seed, stream, 40, many ^ np.uint64(1 << bit))


@pytest.mark.parametrize(("argument", "length"), [("seed", 64), ("stream", 16), ("replicate", 64)])
def test_one_bit_of_seed_stream_or_replicate_changes_half_of_the_bits(argument, length):
    """The bits that differ are binomial (32, 1/2) in each word, whichever bit was changed."""
    law = stats.binom(32, 0.5).pmf(np.arange(33))
    groups = np.clip(np.arange(33), 6, 26) - 6
    expected = np.bincount(groups, law)
    plain = words(
        0x0123456789ABCDEF,
        0x5A5A,
        40,
        np.arange(500, dtype=np.uint64) * np.uint64(2**40 + 2**10) + np.uint64(0xFEDCBA9876543210),
    )
    least = []
    for bit in range(length):
        differ = np.bitwise_count(plain ^ flipped(argument, bit)).ravel()
        least.append(stats.chisquare(np.bincount(groups[differ], minlength=21), expected * differ.size).pvalue)
    assert min(least) > LEAST / length


# ---- independence ---------------------------------------------------------------------------------------------------

NEAR = {  # pairs of words that a weak generator would tie together: (seed, stream, replicates) twice
    "replicates": ((6, 1, range(200_000)), (6, 1, range(1, 200_001))),
    "far replicates": ((6, 1, range(200_000)), (6, 1, range(2**32, 2**32 + 200_000))),
    "streams": ((6, 1, range(200_000)), (6, 2, range(200_000))),
    "seeds": ((6, 1, range(200_000)), (7, 1, range(200_000))),
    "seeds that differ in the highest bit": ((6, 1, range(200_000)), (6 + 2**63, 1, range(200_000))),
    "a seed and its halves changed about": ((6, 1, range(200_000)), (6 * 2**32, 1, range(200_000))),
    "a seed and a stream changed about": ((6, 1, range(200_000)), (1, 6, range(200_000))),
    "last seed and last replicates": ((TOP, 1, range(2**64 - 200_000, 2**64)), (0, 1, range(200_000))),
}


def tied(first: np.ndarray, second: np.ndarray) -> float:
    """Return the least p-value of a chi-square on 64 x 64 cells of pairs and of a correlation, for these two."""
    cells = (first >> np.uint64(26)) * np.uint64(64) + (second >> np.uint64(26))
    low = (first & np.uint64(63)) * np.uint64(64) + (second & np.uint64(63))
    found = [stats.chisquare(np.bincount(each.astype(int).ravel(), minlength=4096)).pvalue for each in (cells, low)]
    correlation = np.corrcoef(first.ravel(), second.ravel())[0, 1]
    return min(*found, 2 * stats.norm.sf(abs(correlation) * np.sqrt(first.size)))


@pytest.mark.parametrize("pair", NEAR)
def test_draws_of_neighbours_are_independent(pair):
    (seed, stream, part), (other_seed, other_stream, other_part) = NEAR[pair]
    first, second = words(seed, stream, 5, part), words(other_seed, other_stream, 5, other_part)
    assert tied(first, second) > LEAST / 3
    assert tied(first[:4], second[1:]) > LEAST / 3


def test_draws_of_a_replicate_are_independent():
    drawn = words(8, 1, 12, 200_000)
    least = [tied(drawn[i], drawn[j]) for j in range(12) for i in range(j)]
    assert min(least) > LEAST / 3 / len(least)


@pytest.mark.parametrize("law", [uniforms, exponentials, normals])
def test_numbers_do_not_correlate_within_or_between_replicates(law):
    x = law(9, 1, (20,), 50_000)
    x -= x.mean(axis=1, keepdims=True)
    within = np.corrcoef(x)[np.triu_indices(20, 1)]
    assert np.abs(within).max() * np.sqrt(50_000) < stats.norm.isf(LEAST / 2 / within.size)
    squares = np.corrcoef(x**2)[np.triu_indices(20, 1)]
    assert np.abs(squares).max() * np.sqrt(50_000) < stats.norm.isf(LEAST / 2 / squares.size) * 1.1
    for lag in (1, 2, 4, 8, 1000):
        between = np.corrcoef(x[:, :-lag].ravel(), x[:, lag:].ravel())[0, 1]
        assert abs(between) * np.sqrt(x.size) < stats.norm.isf(LEAST / 2 / 5)


def test_gammas_do_not_correlate_with_each_other_or_with_normals_of_another_stream():
    """Attempts of one draw, and attempts of different draws, take words of their own."""
    drawn = np.concatenate(
        [gammas(10, 4, np.array([0.05, 0.5, 1, 1, 2.5, 2.5, 100]), 200_000), normals(10, 5, (5,), 200_000)]
    )
    ranks = special.ndtri((stats.rankdata(drawn, axis=1) - 0.5) / 200_000)
    between = np.corrcoef(ranks)[np.triu_indices(12, 1)]
    assert np.abs(between).max() * np.sqrt(200_000) < stats.norm.isf(LEAST / 2 / between.size)


def test_the_gaps_between_sorted_uniforms_are_those_of_random_points():
    """Birthday spacings (Marsaglia): 4096 points among 2**32 days give Poisson (4) equal spacings; 400 samples."""
    drawn = np.sort(words(11, 1, 4096, 400), axis=0)
    gaps = np.sort(np.diff(drawn, axis=0), axis=0)
    equal = (np.diff(gaps, axis=0) == 0).sum(axis=0)
    seen = np.bincount(np.minimum(equal, 10), minlength=11)
    expected = np.append(stats.poisson(4).pmf(range(10)), stats.poisson(4).sf(9))
    assert stats.chisquare(seen, expected * 400).pvalue > LEAST


def test_extreme_seeds_and_replicates_draw_from_the_same_law():
    corners = [0, 1, 2**31, 2**32 - 1, 2**32, 2**63, TOP - 1, TOP]
    for seed, start in [*pairwise(corners), (TOP, TOP - 100_000), (0, TOP - 100_000)]:
        part = range(min(start, TOP - 99_999), min(start, TOP - 99_999) + 100_000)
        assert len(np.unique(chosen(part))) == 100_000
        z = normals(seed, 2**16 - 1, (10,), part)
        counts = counted(z.ravel(), stats.norm.ppf(np.arange(1, BINS) / BINS))
        assert holds_to_law(counts)
