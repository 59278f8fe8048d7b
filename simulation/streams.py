"""Seeded luck for lives: every part of the world draws from its own stream, so a change in one leaves the others alone.

Belongs here: how a stream is made and the few draws NumPy does not name. Does not belong here: luck of a single delivered
cell, which is keyed by its row (`simulation.chance`).
"""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulation.calendar import Whole

Generator = np.random.Generator


def open_stream(seed: int, name: str) -> Generator:
    """Return the stream of one part of the world."""
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(name.encode())]))


def pick_texts(stream: Generator, options: Sequence[str] | Mapping[str, float], count: int) -> pl.Series:
    """Return `count` texts drawn from `options`, evenly or by weight."""
    words = pl.Series(list(options))
    weights = np.array(list(options.values())) if isinstance(options, Mapping) else None
    chosen = stream.choice(len(words), size=count, p=None if weights is None else weights / weights.sum())
    return words.gather(chosen)


def pick_weighted(stream: Generator, weights: NDArray[np.float64], count: int) -> Whole:
    """Return up to `count` different positions, the heavier the likelier (Efraimidis and Spirakis), in rising order."""
    allowed = np.flatnonzero(weights > 0)
    keys = stream.exponential(size=len(weights))[allowed] / weights[allowed]
    return np.sort(allowed[np.argsort(keys, kind="stable")[: max(0, count)]])


def pick_some(stream: Generator, candidates: Any, count: int) -> Whole:  # noqa: ANN401 - anything NumPy reads
    """Return up to `count` different members of `candidates`, in rising order."""
    pool = np.asarray(candidates, dtype=np.int64)
    return np.sort(stream.permutation(pool)[: max(0, count)])
