"""Random numbers by counter: any replicate can be drawn alone and is the same as in a batch.

Philox4x64-10 is a function of a key and a counter. The key is the seed and the number of the stream; each replicate
owns a run of counter values. So draws depend neither on the number of threads nor on the size of the batches.
"""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

WORDS = 4  # 64-bit words for one value of the counter
KEYS = 2**64  # seeds and streams run from 0 to below it
COUNTER = 2**256  # the counter runs from 0 to here, then again from 0

# Each use of random numbers has a stream of its own.
IMPUTATION, WEIGHTS, EXCLUSION, FIGURES, COMMON, RANK_SETS, BOOTSTRAP, SENSITIVITY = range(1, 9)


def normals(seed: int, stream: int, shape: tuple[int, ...], replicates: range | int) -> NDArray[np.float64]:
    """Return independent standard normal numbers, the replicate on the last axis.

    Shapes   shape + (number of replicates,). A number stands for the replicates from 0 up to it.
    Seeds    seed and stream from 0 to 2**64 - 1. Another use of random numbers takes another stream. One stream serves
             one shape: the counter values of a replicate depend on how many numbers it takes.
    Source   Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3 (2011); Box and Muller, Annals
             of Mathematical Statistics 29:610 (1958). The last bit may differ between machines with the logarithm and
             the cosine.
    """
    wanted = replicates if isinstance(replicates, range) else range(replicates)
    if wanted and min(wanted) < 0:
        raise ValueError(f"replicates are counted from 0, got {wanted}")
    size = prod(shape)
    blocks = -(-size // WORDS)
    if len(wanted) == 0 or size == 0:
        return np.empty((*shape, len(wanted)))
    if wanted.step == 1:
        drawn = words(seed, stream, wanted.start * blocks, len(wanted) * blocks)
    else:
        drawn = np.concatenate([words(seed, stream, each * blocks, blocks) for each in wanted])
    numbers = _box_muller(drawn).reshape(len(wanted), blocks * WORDS)
    return np.ascontiguousarray(numbers[:, :size].T).reshape(*shape, len(wanted))


def words(seed: int, stream: int, first: int, blocks: int) -> NDArray[np.uint64]:
    """Return the four 64-bit words of each of some consecutive counter values, from the first on."""
    if not (0 <= seed < KEYS and 0 <= stream < KEYS):
        raise ValueError(f"seed and stream run from 0 to 2**64 - 1, got {seed} and {stream}")
    # NumPy adds 1 to the counter before it makes the first words.
    generator = np.random.Philox(counter=(first - 1) % COUNTER, key=np.array([seed, stream], dtype=np.uint64))
    return generator.random_raw(WORDS * blocks)


def _box_muller(drawn: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Turn each pair of words into two standard normal numbers."""
    fractions = (drawn >> np.uint64(11)).astype(np.float64) * 2.0**-53  # 0 or more, below 1
    radius = np.sqrt(-2.0 * np.log(1.0 - fractions[0::2]))  # 1 - fraction is above 0
    angle = 2.0 * np.pi * fractions[1::2]
    numbers = np.empty(len(drawn))
    numbers[0::2] = radius * np.cos(angle)
    numbers[1::2] = radius * np.sin(angle)
    return numbers
