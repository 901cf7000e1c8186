"""The draws of readiness.streams a second time: plain Python numbers, one at a time, from the published formulas."""

from __future__ import annotations

from math import cos, exp, log, log1p, pi, sin, sqrt


def philox(counter: tuple[int, ...], key: tuple[int, int]) -> tuple[int, ...]:
    """Philox4x32-10 as the paper states it, in whole numbers of any size."""
    (a, b, c, d), (k, m) = counter, key
    for _ in range(10):
        low, high = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = high // 2**32 ^ b ^ k, high % 2**32, low // 2**32 ^ d ^ m, low % 2**32
        k, m = (k + 0x9E3779B9) % 2**32, (m + 0xBB67AE85) % 2**32
    return a, b, c, d


def block(seed: int, stream: int, number: int, replicate: int) -> tuple[int, ...]:
    """Four words of a replicate: the counter is the replicate's halves, the block and the stream."""
    return philox((replicate % 2**32, replicate // 2**32, number, stream), (seed % 2**32, seed // 2**32))


def surprise(word: int) -> float:
    """-log((word + 1/2) / 2**32), near 1 by the distance from it."""
    return -log((word + 0.5) / 2**32) if word < 2**31 else -log1p((word + 0.5 - 2**32) / 2**32)


def turn(word: int) -> tuple[float, float]:
    """Cosine and sine of (word + 1/2) / 2**32 turns; whole quarters are taken off exactly."""
    quarters, rest = divmod(2 * word + 1 + 2**30, 2**31)
    angle = (rest - 2**30) / 2**31 * (pi / 2)
    across, along = cos(angle), sin(angle)
    return [(across, along), (-along, across), (-across, -along), (along, -across)][quarters % 4]


def box_muller(first: int, second: int) -> list[float]:
    radius = sqrt(2 * surprise(first))
    return [radius * each for each in turn(second)]


def marsaglia_tsang(alpha: float, seed: int, stream: int, draw: int, replicate: int) -> float:
    """Box 'Gamma' of Marsaglia and Tsang (2000), page 366; below 1 their u**(1 / alpha), at least exp(-690)."""
    d = (alpha if alpha >= 1 else alpha + 1) - 1 / 3
    for attempt in range(100):
        first, second, third, fourth = block(seed, stream + attempt * 2**16, draw, replicate)
        x, v = box_muller(first, second)[0], 0.0
        v = (1 + x / sqrt(9 * d)) ** 3
        if v > 0 and -surprise(third) < 0.5 * x * x + d - d * v + d * log(v):
            return d * v * (exp(max(-690.0, -surprise(fourth) / alpha)) if alpha < 1 else 1)
    raise AssertionError("a hundred proposals rejected")
