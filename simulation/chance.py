"""Keyed luck: the same row of the same roll is unlucky in the same way every month, on every machine.

Belongs here: uniform draws and choices computed from integer keys and words. Does not belong here: what happens to an
unlucky cell (`simulation.defects`) or how lives go (those draw from a seeded generator).

A generator would hand out luck in row order, so one new row would change every later one; a hash of the row's own key does not.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Draws = NDArray[np.float64]


def salt(*words: object) -> np.uint64:
    """Return a 64-bit number made from `words`."""
    digest = hashlib.blake2b("|".join(map(str, words)).encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))


def mix(keys: Keys, *words: object) -> Keys:
    """Return well-stirred 64-bit numbers from `keys` and `words` (the splitmix64 finaliser)."""
    with np.errstate(over="ignore"):
        stirred: Keys = keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + salt(*words)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            stirred = (stirred ^ (stirred >> np.uint64(shift))) * np.uint64(factor)
        return stirred ^ (stirred >> np.uint64(31))


def draw(keys: Keys, *words: object) -> Draws:
    """Return one number in [0, 1) for each key."""
    return (mix(keys, *words) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def choose(keys: Keys, count: int, *words: object) -> NDArray[np.int64]:
    """Return one of 0 … count-1 for each key."""
    return (draw(keys, *words) * count).astype(np.int64)


def choose_once(options: tuple[str, ...], *words: object) -> str:
    """Return one of `options` for a whole file or column."""
    return options[int(salt(*words)) % len(options)]
