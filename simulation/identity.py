"""Identity numbers, certificate numbers, phones and accounts of invented people.

Belongs here: GB 11643 numbers under the unassigned prefix 3599 (domain.md §5.2), disability certificate numbers (§5.3),
phones and accounts. Does not belong here: how a number is damaged on its way into a roll.
"""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulation.calendar import Whole
from simulation.streams import Generator, pick_texts

NEW_COUNTY: Final = 359901
OLD_COUNTY: Final = 359921
SPLIT_YEAR: Final = 2000
"""Before about 2000 the district was part of an older county, whose code stays in its people's numbers for life."""

WEIGHTS: Final = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
CHECKS: Final = np.array(list("10X98765432"), dtype=object)
BANKS: Final = {"农村信用社": 46, "邮政储蓄银行": 20, "农业银行": 16, "建设银行": 10, "工商银行": 8}
MOBILE_STARTS: Final = tuple(
    str.split("134 135 136 137 138 139 150 151 152 158 159 182 183 187 188 130 131 132 155 156 186 133 153 180 189")
)


def check_characters(bodies: Whole) -> NDArray[np.object_]:
    """Return the eighteenth character for 17-digit numbers (weights and characters of GB 11643-1999)."""
    digits = bodies[:, None] // 10 ** np.arange(16, -1, -1, dtype=np.int64) % 10
    found: NDArray[np.object_] = CHECKS[(digits * WEIGHTS).sum(axis=1) % 11]
    return found


def _serials(stream: Generator, keys: Whole, sexes: Whole) -> Whole:
    """Return three-digit serials, odd for men, different for everybody with the same key (place, birth date and sex)."""
    order = np.lexsort((np.arange(len(keys)), keys))
    ordered = keys[order]
    starts = np.concatenate([[0], np.flatnonzero(np.diff(ordered)) + 1])
    group = np.repeat(np.arange(len(starts)), np.diff(np.concatenate([starts, [len(keys)]])))
    rank = np.arange(len(keys)) - starts[group]
    offset = stream.integers(0, 490, size=len(starts))[group]
    serials = np.empty(len(keys), dtype=np.int64)
    serials[order] = (offset + rank) % 490 * 2
    return serials + np.where(sexes == 1, 1, 2)


def draw_identity_numbers(stream: Generator, birth_days: Whole, sexes: Whole) -> pl.Series:
    """Return valid 18-character numbers, one for each person."""
    births = birth_days.astype("datetime64[D]")
    years = births.astype("datetime64[Y]").astype(np.int64) + 1970
    months = births.astype("datetime64[M]").astype(np.int64) % 12 + 1
    days = (births - births.astype("datetime64[M]")).astype(np.int64) + 1
    stamps = years * 10000 + months * 100 + days
    counties = np.where(years >= SPLIT_YEAR, NEW_COUNTY, OLD_COUNTY)
    keys = counties * 10**9 + stamps * 10 + sexes
    bodies = counties * 10**11 + stamps * 1000 + _serials(stream, keys, sexes)
    return pl.Series(bodies).cast(pl.String) + pl.Series(check_characters(bodies), dtype=pl.String)


def certificate_numbers(identity_numbers: pl.Series, kinds: Whole, grades: Whole, reissued: NDArray[np.bool_]) -> pl.Series:
    """Return disability certificate numbers: the identity number, kind, grade, and B1 when re-issued."""
    tail = pl.Series(kinds * 10 + grades).cast(pl.String)
    return identity_numbers + tail + pl.Series(np.where(reissued, "B1", "").astype(object), dtype=pl.String)


def draw_phones(stream: Generator, count: int) -> pl.Series:
    """Return eleven-digit mobile numbers."""
    starts = pl.Series(MOBILE_STARTS).gather(stream.integers(len(MOBILE_STARTS), size=count))
    return starts + pl.Series(stream.integers(10**7, 10**8, size=count)).cast(pl.String)


def draw_accounts(stream: Generator, count: int) -> tuple[pl.Series, pl.Series]:
    """Return 19-digit accounts and the banks that keep them."""
    numbers = pl.Series(stream.integers(10**12, 10**13, size=count)).cast(pl.String)
    return "621700" + numbers, pick_texts(stream, BANKS, count)
