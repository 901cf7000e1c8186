"""Random numbers by counter: any replicate can be drawn alone and is the same as in a batch.

Philox4x32-10 is a function of a key, the seed, and a counter, which holds the replicate, the number of the stream and
the place of a draw in its replicate. So draws depend neither on threads nor on batches. Uniform draws take 32 bits;
what is made of them uses arithmetic and square roots only, which every machine rounds alike: the same bytes everywhere.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readiness.registry import Kernel, compiled, helper, inlined

Replicates = range | int | NDArray[np.uint64]

# Each use of random numbers has a stream of its own; each group has one more for its Dirichlet weights.
IMPUTATION, WEIGHTS, EXCLUSION, FIGURES, COMMON, RANK_SETS, BOOTSTRAP, SENSITIVITY = range(1, 9)
FLAT_WEIGHTS, DIRICHLET_WEIGHTS, RESAMPLED_WEIGHTS, OTHER_FIGURES = range(9, 13)

WORDS, KEYS, STREAMS = 4, 2**64, 2**16  # 32-bit words of a block; seeds and replicates, and streams, run below
ATTEMPT = np.uint64(STREAMS)  # a rejected gamma number is drawn again with this much more in the stream's word

MULTIPLIER_0, MULTIPLIER_1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
STEP_0, STEP_1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
LOW, HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
ROOT_HALF = 0x3FE6A09E667F3BCD  # the bits of the square root of one half
LOG_2, UNIT, QUARTER = 0.6931471805599453, 2.0**-32, 1.5707963267948966  # the last: a quarter of a turn
SHIFTER = 1.5 * 2.0**52  # a number added to it is rounded to a whole one, which stands in the last bits
LARGEST_SHAPE, LEAST_POWER = 1e12, -690.0  # the exponential of less counts as that: nearly nothing, above zero


def uniforms(seed: int, stream: int, shape: tuple[int, ...], replicates: Replicates) -> NDArray[np.float64]:
    """Return independent uniform numbers above 0 and below 1, the replicate on the last axis.

    Shapes   shape + (number of replicates,). A number stands for the replicates from 0 up to it.
    Seeds    seed from 0 to 2**64 - 1, stream from 0 to 2**16 - 1. Another use of random numbers takes another stream.
    Units    (k + 1/2) / 2**32 for whole k: the resolution is 2.3e-10.
    Source   Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3 (2011).
    """
    return _drawn(fill_uniforms, seed, stream, shape, replicates)


def exponentials(seed: int, stream: int, shape: tuple[int, ...], replicates: Replicates) -> NDArray[np.float64]:
    """Return independent exponential numbers of mean 1, the replicate on the last axis; arguments as for `uniforms`.

    By inversion, -log(u). Divided by their sum, those of a replicate are uniform on the simplex. The largest is 22.9.
    """
    return _drawn(fill_exponentials, seed, stream, shape, replicates)


def normals(seed: int, stream: int, shape: tuple[int, ...], replicates: Replicates) -> NDArray[np.float64]:
    """Return independent standard normal numbers, the replicate on the last axis; arguments as for `uniforms`.

    None is further from zero than 6.8, which a true normal number is once in 10**11 draws.
    Source   Box and Muller, Annals of Mathematical Statistics 29:610 (1958).
    """
    return _drawn(fill_normals, seed, stream, shape, replicates)


def gammas(seed: int, stream: int, shapes: NDArray[np.float64], replicates: Replicates) -> NDArray[np.float64]:
    """Return gamma numbers of scale 1, one for each shape parameter, the replicate on the last axis.

    Divided by their sum, those of a replicate are a Dirichlet draw. No number is zero, however small its parameter.
    Shapes   shapes (draw,), above 0 and up to 1e12, where rounding begins to show; returns (draw, replicate).
    Source   Marsaglia and Tsang, ACM Transactions on Mathematical Software 26:363 (2000).
    """
    wanted, given = chosen(replicates), np.array(shapes, dtype=float)
    if given.ndim != 1 or not ((given > 0) & (given <= LARGEST_SHAPE)).all():
        raise ValueError(f"shape parameters are a row of numbers above 0 and up to {LARGEST_SHAPE:g}, got {shapes}")
    out = np.empty((len(given), len(wanted)))
    compiled(fill_gammas)(given, *key(seed, stream), wanted, out)
    return out


def words(seed: int, stream: int, count: int, replicates: Replicates) -> NDArray[np.uint64]:
    """Return the raw words, from 0 to 2**32 - 1, as (count, replicate)."""
    return (uniforms(seed, stream, (count,), replicates) / UNIT - 0.5).astype(np.uint64)  # exactly


def chosen(replicates: Replicates) -> NDArray[np.uint64]:
    """Return the numbers of the replicates that are asked for."""
    if isinstance(replicates, np.ndarray):
        signed = replicates.dtype != np.uint64
        if replicates.ndim != 1 or replicates.dtype.kind not in "iu" or (signed and (replicates < 0).any()):
            raise ValueError(f"replicates are a row of whole numbers counted from 0, got {replicates}")
        return np.ascontiguousarray(replicates, dtype=np.uint64)
    wanted = replicates if isinstance(replicates, range) else range(replicates)
    ends = (*wanted[:1], *wanted[-1:]) or (min(wanted.stop, 0),)
    if min(ends) < 0 or max(ends) >= KEYS:
        raise ValueError(f"replicates are counted from 0 to below 2**64, got {replicates}")
    return np.arange(len(wanted), dtype=np.uint64) * np.uint64(wanted.step % KEYS) + np.uint64(ends[0])


def key(seed: int, stream: int) -> tuple[np.uint64, np.uint64, np.uint64]:
    """Return the halves of a seed, and the stream, as kernels take them."""
    if not (0 <= seed < KEYS and 0 <= stream < STREAMS):
        raise ValueError(f"seeds run from 0 to 2**64 - 1, streams to 2**16 - 1, got {seed} and {stream}")
    return np.uint64(seed & 0xFFFFFFFF), np.uint64(seed >> 32), np.uint64(stream)


def room(draws: int, replicates: int) -> NDArray[np.float64]:
    """Return an empty array for so many draws: whole blocks of four, [draw, replicate]."""
    return np.empty((-(-draws // WORDS) * WORDS, replicates))


def _drawn(fill: Kernel, seed: int, stream: int, shape: Any, replicates: Any) -> NDArray[np.float64]:
    wanted, size = chosen(replicates), prod(shape)
    out = room(size, len(wanted))
    compiled(fill)(*key(seed, stream), wanted, out)
    return out[:size].reshape(*shape, len(wanted))


def fill_uniforms(low, high, stream, replicates, out):
    """Write uniform numbers.

    Shapes   low, high, stream from `key`; replicates (replicate,); out from `room`, (draw, replicate), written.
    """
    for block in range(out.shape[0] // 4):
        i = 4 * block
        four(low, high, stream, np.uint64(block), replicates, out[i], out[i + 1], out[i + 2], out[i + 3])
    for i in range(out.shape[0]):
        for r in range(out.shape[1]):
            out[i, r] *= UNIT


def fill_exponentials(low, high, stream, replicates, out):
    """Write exponential numbers; arguments as for `fill_uniforms`."""
    for block in range(out.shape[0] // 4):
        i = 4 * block
        four(low, high, stream, np.uint64(block), replicates, out[i], out[i + 1], out[i + 2], out[i + 3])
        for j in range(i, i + 4):
            surprise(out[j])


def fill_normals(low, high, stream, replicates, out):
    """Write normal numbers; arguments as for `fill_uniforms`."""
    for block in range(out.shape[0] // 4):
        normal_block(low, high, stream, block, replicates, out)


def fill_figures(mean, deviation, low, high, stream, replicates, out):
    """Write normal numbers of given means and standard deviations, (draw,) each; else as `fill_uniforms`."""
    for block in range(out.shape[0] // 4):
        normal_block(low, high, stream, block, replicates, out)
        for j in range(4 * block, min(4 * block + 4, mean.shape[0])):
            stretch(mean[j], deviation[j], out[j])


@helper
def normal_block(low, high, stream, block, replicates, out):
    """Write the four rows of a block."""
    i = 4 * block
    four(low, high, stream, np.uint64(block), replicates, out[i], out[i + 1], out[i + 2], out[i + 3])
    polar(out[i], out[i + 1])
    polar(out[i + 2], out[i + 3])


@inlined
def stretch(mean, deviation, values):
    """Give standard normal numbers a mean and a standard deviation."""
    for r in range(values.shape[0]):
        values[r] = mean + deviation * values[r]


def fill_gammas(shapes, low, high, stream, replicates, out):
    """Write gamma numbers, `shapes` (draw,) their parameters; else as for `fill_uniforms`.

    A replicate whose proposal is rejected (one in twenty or fewer) waits in `lanes` for the next attempt.
    """
    count = replicates.shape[0]
    lanes, waiting, scratch = np.empty(count, np.int64), np.empty(count, np.uint64), np.empty((5, count))
    for i in range(shapes.shape[0]):
        alpha, left, word = shapes[i], count, stream
        d = (alpha if alpha >= 1 else alpha + 1) - 1 / 3
        for r in range(count):
            lanes[r], waiting[r] = r, replicates[r]
        while left > 0:
            x, volume, surprised = scratch[0, :left], scratch[1, :left], scratch[2, :left]  # rows, each in one piece
            lift, small = scratch[3, :left], scratch[4, :left]
            four(low, high, word, np.uint64(i), waiting[:left], x, volume, surprised, lift)
            propose(d, x, volume, surprised, small)
            powers(lift, alpha)
            kept = 0
            for r in range(left):
                if volume[r] > 0 and surprised[r] > d * (volume[r] + small[r] - 1) - 0.5 * x[r] * x[r]:
                    out[i, lanes[r]] = d * volume[r] * lift[r]
                else:
                    lanes[kept], waiting[kept] = lanes[r], waiting[r]
                    kept += 1
            left, word = kept, word + ATTEMPT


@helper
def propose(d, x, volume, surprised, small):
    """Turn four rows of words into a normal number, Marsaglia and Tsang's cube, -log(u) and -log(cube)."""
    polar(x, volume)
    surprise(surprised)
    c = 1 / np.sqrt(9 * d)
    for r in range(x.shape[0]):
        volume[r] = (1 + c * x[r]) * (1 + c * x[r]) * (1 + c * x[r])
        small[r] = (volume[r] if volume[r] > UNIT else UNIT) / UNIT
    surprise(small)


@helper
def powers(values, alpha):
    """Replace words by u^(1 / alpha), which brings a gamma number of alpha + 1 to alpha; by 1 where alpha is 1 or more.

    exp(p log 2 + f) = 2^p exp(f), twelve terms of the series. The sum with SHIFTER ends in the digits of p.
    """
    surprise(values)
    bits = values.view(np.int64)
    for r in range(values.shape[0]):
        least = -values[r] / alpha if alpha < 1 else 0.0
        power = least if least > LEAST_POWER else LEAST_POWER
        values[r] = power * (1 / LOG_2) + SHIFTER
        whole = bits[r]
        f = power - (values[r] - SHIFTER) * LOG_2
        tail = 1 / 40320 + f * (1 / 362880 + f * (1 / 3628800 + f * (1 / 39916800 + f * (1 / 479001600))))
        tail = 1 / 24 + f * (1 / 120 + f * (1 / 720 + f * (1 / 5040 + f * tail)))
        values[r] = 1 + f * (1 + f * (1 / 2 + f * (1 / 6 + f * tail)))
        bits[r] += whole << 52


@inlined
def philox(x0, x1, x2, x3, k0, k1):
    """Return the four words of Philox4x32-10 for a counter and a key; all are 32 bits in words of 64."""
    for _ in range(10):
        p0, p1 = x0 * MULTIPLIER_0, x2 * MULTIPLIER_1
        x0, x1, x2, x3 = (p1 >> HALF) ^ x1 ^ k0, p1 & LOW, (p0 >> HALF) ^ x3 ^ k1, p0 & LOW
        k0, k1 = (k0 + STEP_0) & LOW, (k1 + STEP_1) & LOW
    return x0, x1, x2, x3


@helper
def four(low, high, stream, block, replicates, a, b, c, d):
    """Write the four words of a block of each replicate as numbers k + 1/2."""
    for r in range(replicates.shape[0]):
        own = replicates[r]
        x0, x1, x2, x3 = philox(own & LOW, own >> HALF, block, stream, low, high)
        a[r] = np.float64(np.int64(x0)) + 0.5
        b[r] = np.float64(np.int64(x1)) + 0.5
        c[r] = np.float64(np.int64(x2)) + 0.5
        d[r] = np.float64(np.int64(x3)) + 0.5


@inlined
def negative_logarithm(values, bits, r):
    """Return -log of values[r] / 2**32 to two units of the last digit; `bits` are the same memory as whole numbers.

    log(m 2^p) = p log 2 + log(m), m between the roots of 1/2 and 2, by the polynomial of Sun's fdlibm (e_log.c).
    Arithmetic alone, so that the compiler takes eight at a time and every machine gives the same bits.
    """
    power = (bits[r] - ROOT_HALF) >> 52
    bits[r] -= power << 52
    f = values[r] - 1.0
    s = f / (2.0 + f)
    z = s * s
    tail = 0.1818357216161805012 + z * (0.1531383769920937332 + z * 0.1479819860511658591)
    tail = 0.3999999999940941908 + z * (0.2857142874366239149 + z * (0.2222219843214978396 + z * tail))
    return (32.0 - power) * LOG_2 - (2.0 * s + s * z * (0.6666666666666735130 + z * tail))


@helper
def surprise(values):
    """Replace numbers k + 1/2 by -log((k + 1/2) / 2**32)."""
    bits = values.view(np.int64)
    for r in range(values.shape[0]):
        values[r] = negative_logarithm(values, bits, r)


@helper
def polar(a, b):
    """Replace two rows of numbers k + 1/2 by two rows of normal numbers."""
    bits = a.view(np.int64)
    for r in range(a.shape[0]):
        radius = np.sqrt(2.0 * negative_logarithm(a, bits, r))
        across, along = turned(b[r])
        a[r], b[r] = radius * across, radius * along


@inlined
def turned(x):
    """Return cosine and sine of x / 2**32 turns, by an eighth of a turn: fdlibm's polynomials (k_sin.c, k_cos.c)."""
    nearest = np.floor(x * 2.0**-30 + 0.5)
    t = (x * 2.0**-30 - nearest) * QUARTER
    z = t * t
    sine = -2.50507602534068634e-08 + z * 1.58969099521155010e-10
    sine = 8.33333333332248946e-03 + z * (-1.98412698298579493e-04 + z * (2.75573137070700677e-06 + z * sine))
    sine = t + t * z * (-1.66666666666666324e-01 + z * sine)
    cosine = 2.08757232129817483e-09 - z * 1.13596475577881948e-11
    cosine = -1.38888888888741096e-03 + z * (2.48015872894767294e-05 + z * (-2.75573143513906633e-07 + z * cosine))
    cosine = 1 - (0.5 * z - z * z * (4.16666666666666019e-02 + z * cosine))
    place = np.int64(nearest)
    first, second = (sine, cosine) if (place & 1) != 0 else (cosine, sine)
    return (-first if ((place + 1) & 2) != 0 else first), (-second if (place & 2) != 0 else second)
