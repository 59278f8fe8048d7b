"""Giving people the names they would have: surname of the clan, character of the generation, fashion of the birth year.

Belongs here: clans of villages, surnames and given names. Does not belong here: the pools (`simulation.name_pools`) and
the ways an office misspells a name (`simulation.defects`).
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulation import name_pools as pools
from simulation.calendar import Whole
from simulation.streams import Generator

COHORT_STARTS: Final = np.array([1960, 1970, 1980, 1990, 2000])
POPULAR_SHARE: Final = 0.26
"""Share of people with one of the region's favourite names; most favourites outlive their fashion."""

OF_COHORT_SHARE: Final = 0.02
LASTING_PAIRS: Final = 16
LASTING_POWER: Final = 0.45
ONE_CHARACTER_SHARE: Final = 0.083
GENERATION_SHARE: Final = (0.27, 0.27, 0.24, 0.16, 0.11, 0.05)
"""Share of a clan's men, by cohort, whose first given character is the one of their generation."""

TAIL_SHARE: Final = 0.85
SURNAME_WORDS: Final = tuple(pools.SURNAMES)
MIGRANT_WORDS: Final = tuple(pools.MIGRANT_SURNAMES)
ALL_SURNAMES: Final = (*SURNAME_WORDS, *(word for word in MIGRANT_WORDS if word not in pools.SURNAMES))
"""Surnames by their number in the columns of this package; the first ones are the district's own."""


def surname_shares() -> NDArray[np.float64]:
    """Return the district's mix of surnames."""
    shares = np.array(list(pools.SURNAMES.values()), dtype=np.float64)
    return np.asarray(shares / shares.sum(), dtype=np.float64)


def draw_surnames(stream: Generator, count: int) -> Whole:
    """Return surnames of the district mix, as numbers."""
    return stream.choice(len(SURNAME_WORDS), size=count, p=surname_shares())


def draw_migrant_surnames(stream: Generator, count: int) -> Whole:
    """Return surnames of people from other provinces, as numbers."""
    shares = np.array(list(pools.MIGRANT_SURNAMES.values()))
    numbers = np.array([ALL_SURNAMES.index(word) for word in MIGRANT_WORDS])
    return numbers[stream.choice(len(numbers), size=count, p=shares / shares.sum())]


def draw_clans(stream: Generator, weights: NDArray[np.float64]) -> tuple[Whole, Whole, Whole]:
    """Return for each village its kind (0 one clan, 1 two clans, 2 mixed) and its first and second clan.

    Clans are dealt by quota, the biggest villages first, so that the district mix stays what §7.2 says although a clan
    fills whole villages.
    """
    count = len(weights)
    kinds = np.repeat([0, 1, 2], [round(count * 0.45), round(count * 0.30), count])[:count]
    kinds = stream.permutation(kinds)
    left = surname_shares() * weights.sum()
    clans = np.zeros((2, count), dtype=np.int64)
    held = {0: (0.80, 0.0), 1: (0.45, 0.38), 2: (0.0, 0.0)}
    for village in np.argsort(-weights, kind="stable"):
        for place, share in enumerate(held[int(kinds[village])]):
            if share:
                clans[place, village] = int(np.argmax(left))
                left[clans[place, village]] -= weights[village] * share
    return kinds, clans[0], clans[1]


def draw_book_surnames(stream: Generator, villages: Whole, weights: NDArray[np.float64]) -> Whole:
    """Return the surname of each book's male line, by the clans of its village."""
    kinds, first, second = draw_clans(stream, weights)
    luck = stream.random(len(villages))
    one, two = kinds[villages] == 0, kinds[villages] == 1
    mixed = draw_surnames(stream, len(villages))
    in_first = (one & (luck < 0.80)) | (two & (luck < 0.45))
    in_second = two & ~in_first & (luck < 0.83)
    return np.where(in_first, first[villages], np.where(in_second, second[villages], mixed))


def _fall(count: int, offset: float, power: float) -> NDArray[np.float64]:
    weights = (np.arange(count) + offset) ** -power
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _characters(top: str, tail: str, cohort: int) -> tuple[list[str], NDArray[np.float64]]:
    """Return the characters of one cohort with their shares; the tail follows the fashion of the time."""
    rest = list(dict.fromkeys(c for c in tail if c not in top))
    fashion = np.exp(-(((np.arange(len(rest)) / len(rest) - (cohort + 0.5) / 6) / 0.45) ** 2))
    tail_shares = fashion / fashion.sum() * TAIL_SHARE
    return [*top, *rest], np.concatenate([_fall(len(top), 3.0, 0.7) * (1 - TAIL_SHARE), tail_shares])


def _lasting_names(popular: tuple[str, ...], tops: tuple[str, ...]) -> list[str]:
    """Return names given in every generation: the favourites, then pairs of the most used characters."""
    letters = list(dict.fromkeys("".join(line[:10] for line in tops)))
    size = len(letters)
    pairs = [letters[i] + letters[(i * 7 + step * 5 + 3) % size] for step in range(LASTING_PAIRS) for i in range(size)]
    return list(dict.fromkeys([*" ".join(popular).split(), *(pair for pair in pairs if pair[0] != pair[1])]))


def _favourites(stream: Generator, popular: tuple[str, ...], tops: tuple[str, ...], cohort: int, count: int) -> pl.Series:
    """Return favourite names: some of the cohort's own list, most of any list."""
    own, every = popular[cohort].split(), _lasting_names(popular, tops)
    of_cohort = pl.Series(own).gather(stream.choice(len(own), size=count, p=_fall(len(own), 4.0, 0.8)))
    of_any = pl.Series(every).gather(stream.choice(len(every), size=count, p=_fall(len(every), 20.0, LASTING_POWER)))
    return of_cohort.zip_with(pl.Series(stream.random(count) < OF_COHORT_SHARE), of_any)


def _plain_names(stream: Generator, tops: tuple[str, ...], tail: str, popular: tuple[str, ...], cohort: int, count: int) -> pl.Series:
    """Return given names of one sex and cohort without clan characters."""
    words, shares = _characters(tops[cohort], tail, cohort)
    shares = shares / shares.sum()
    letters = pl.Series(words)
    first, second = (stream.choice(len(words), size=count, p=shares) for _ in range(2))
    second = np.where(first == second, (second + 7) % len(words), second)
    favourites = _favourites(stream, popular, tops, cohort, count)
    luck = stream.random(count)
    frame = pl.DataFrame(
        {
            "luck": luck,
            "popular": favourites,
            "first": letters.gather(first),
            "second": letters.gather(second),
        }
    )
    return frame.select(
        name=pl.when(pl.col("luck") < POPULAR_SHARE)
        .then("popular")
        .when(pl.col("luck") < POPULAR_SHARE + ONE_CHARACTER_SHARE)
        .then("second")
        .otherwise(pl.concat_str("first", "second"))
    )["name"]


def cohorts_of(birth_years: Whole) -> Whole:
    """Return the cohort of each birth year: 0 before 1960 … 5 from 2000."""
    return np.searchsorted(COHORT_STARTS, birth_years, side="right").astype(np.int64)


def _replace(names: NDArray[np.object_], where: NDArray[np.bool_], words: Sequence[str], chosen: Whole) -> None:
    names[where] = np.array(words, dtype=object)[chosen[where]]


def draw_given_names(stream: Generator, sexes: Whole, birth_years: Whole, clan_keys: Whole) -> pl.Series:
    """Return given names; `clan_keys` number a clan's generation in its village, or are negative for people without one."""
    count = len(sexes)
    cohorts = cohorts_of(birth_years)
    names = np.empty(count, dtype=object)
    for sex, tops, tail, popular in (
        (1, pools.MEN, pools.MEN_TAIL, pools.POPULAR_MEN),
        (2, pools.WOMEN, pools.WOMEN_TAIL, pools.POPULAR_WOMEN),
    ):
        for cohort in range(len(tops)):
            where = np.flatnonzero((sexes == sex) & (cohorts == cohort))
            names[where] = _plain_names(stream, tops, tail, popular, cohort, len(where)).to_numpy()
    _give_generation_characters(stream, names, sexes, cohorts, clan_keys)
    _give_old_names(stream, names, sexes, birth_years)
    rare = stream.random(count) < 0.004
    letters = np.array(list(pools.RARE), dtype=object)[stream.integers(len(pools.RARE), size=count)]
    names[rare] = np.array([name[:-1] for name in names[rare]], dtype=object) + letters[rare]
    return pl.Series(names, dtype=pl.String)


def _give_generation_characters(stream: Generator, names: NDArray[np.object_], sexes: Whole, cohorts: Whole, clan_keys: Whole) -> None:
    """Put the clan's character first in the two-character names of a share of its men."""
    share = np.array(GENERATION_SHARE)[cohorts]
    chosen = np.flatnonzero((sexes == 1) & (clan_keys >= 0) & (stream.random(len(names)) < share))
    letters = np.array(list(pools.GENERATIONS), dtype=object)[(clan_keys[chosen] * 2654435761 % 2**32) % len(pools.GENERATIONS)]
    second = np.array([name[-1] for name in names[chosen]], dtype=object)
    names[chosen] = np.where(letters == second, letters + "雄", letters + second)


def _give_old_names(stream: Generator, names: NDArray[np.object_], sexes: Whole, birth_years: Whole) -> None:
    """Give Southern-Min names to some born before 1950, and "氏" alone to some of the oldest women."""
    luck = stream.random(len(names))
    old_women = (sexes == 2) & (birth_years < 1950) & (luck < 0.10)
    old_men = (sexes == 1) & (birth_years < 1955) & (luck < 0.06)
    _replace(names, old_women, pools.OLD_WOMEN, stream.integers(len(pools.OLD_WOMEN), size=len(names)))
    _replace(names, old_men, pools.OLD_MEN, stream.integers(len(pools.OLD_MEN), size=len(names)))
    names[(sexes == 2) & (birth_years < 1942) & (luck > 0.95)] = "氏"


def draw_ethnicities(stream: Generator, surnames: Whole, is_incomer: NDArray[np.bool_]) -> pl.Series:
    """Return the people (民族) of each person: 畲 and 回 by surname, workers and brides from other provinces by lot."""
    count = len(surnames)
    words = np.full(count, "汉", dtype=object)
    luck = stream.random(count)
    for surname, people in pools.MINORITY_SURNAMES.items():
        number = ALL_SURNAMES.index(surname)
        words[(surnames == number) & ~is_incomer & (luck < pools.MINORITY_SHARES[surname])] = people
    shares = np.array(list(pools.INCOMER_PEOPLES.values()), dtype=float)
    chosen = stream.choice(len(shares), size=count, p=shares / shares.sum())
    from_afar = is_incomer & (luck < 0.09)
    words[from_afar] = np.array(list(pools.INCOMER_PEOPLES), dtype=object)[chosen[from_afar]]
    return pl.Series(words, dtype=pl.String)


def draw_uyghur_names(stream: Generator, sexes: Whole) -> tuple[pl.Series, pl.Series]:
    """Return given and fathers' names; the full name joins them with an interpunct."""
    count = len(sexes)
    women = pl.Series(pools.UYGHUR_WOMEN).gather(stream.integers(len(pools.UYGHUR_WOMEN), size=count))
    men = pl.Series(pools.UYGHUR_MEN).gather(stream.integers(len(pools.UYGHUR_MEN), size=count))
    fathers = pl.Series(pools.UYGHUR_MEN).gather(stream.integers(len(pools.UYGHUR_MEN), size=count))
    return men.zip_with(pl.Series(sexes == 1), women), fathers
