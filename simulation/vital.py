"""What happens to the population: births, deaths and when the office hears of them, moves away, people working elsewhere.

Belongs here: demographic events from January 2015 on, calibrated to domain.md §7.4. Does not belong here: illness, school
and aid (`simulation.lives`, `simulation.aid`).
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simulation.calendar import NEVER, Whole, ages_on, last_days, months_of_days
from simulation.population import Columns, append
from simulation.streams import Generator, pick_weighted

BIRTHS_PER_THOUSAND: Final = 14.0
DEATHS_PER_THOUSAND: Final = 8.0
DEPLETION: Final = 1.11
"""The risk is fixed at the first year's ages while the oldest die out; this keeps the crude rate in the second year."""

MOVES_PER_THOUSAND: Final = 3.0
AWAY_SHARE: Final = 78 / 400
HAZARD_AGES: Final = np.array([1, 40, 60, 70, 80, 90])
HAZARDS: Final = np.array([0.006, 0.0006, 0.0035, 0.012, 0.036, 0.095, 0.20])
"""Yearly risk of death below each age and above the last; scaled to the crude rate."""

LATE_STEPS: Final = ((0.45, 1, 30), (0.75, 31, 90), (0.92, 91, 365), (1.01, 366, 900))
"""Share of deaths registered within so many days (domain.md §7.4)."""

AWAY_BY_AGE: Final = ((15, 0.12), (20, 0.17), (45, 0.36), (60, 0.20), (200, 0.03))


def add_deaths(stream: Generator, people: Columns, base_day: int, end_day: int) -> None:
    """Add `death_day` and `death_known_day` (registration); NEVER for those who live on past `end_day`."""
    age = ages_on(people["birth_day"], base_day + 365)
    hazard = HAZARDS[np.searchsorted(HAZARD_AGES, age, side="right")] * np.where(people["sex"] == 1, 1.2, 0.8)
    local = people["is_local"]
    hazard *= DEATHS_PER_THOUSAND * DEPLETION / 1000 / hazard[local].mean()
    hazard[~local] *= 0.6
    span = stream.exponential(size=len(hazard)) / hazard * 365.25
    day = base_day + np.minimum(span, 10**6).astype(np.int64)
    dies = (day <= end_day) & (day >= people["birth_day"])
    people["death_day"] = np.where(dies, day, NEVER)
    late = np.zeros(len(day), dtype=np.int64)
    late[dies] = _lateness(stream, age[dies] >= 77)
    people["death_known_day"] = np.where(dies, day + late, NEVER)


def _lateness(stream: Generator, is_old: NDArray[np.bool_]) -> Whole:
    """Return days from death to registration: fewer for the oldest, who prove every quarter that they live (or soon will)."""
    count = len(is_old)
    order = np.argsort(np.argsort(stream.random(count) - np.where(is_old, 0.7, 0.0), kind="stable"), kind="stable")
    luck, inside = (order + 0.5) / max(count, 1), stream.random(count)
    days = np.zeros(count)
    lower = 0.0
    for upper, first, last in LATE_STEPS:
        days = np.where((luck >= lower) & (luck < upper), first + inside * (last - first), days)
        lower = upper
    return days.astype(np.int64)


def add_moves(stream: Generator, people: Columns, base_day: int, end_day: int) -> None:
    """Add `moved_day`: whole dwellings, and some single elders who join their children, leave the district's register."""
    years = (end_day - base_day) / 365.25
    dwellings = int(people["dwelling"].max()) + 1
    share = MOVES_PER_THOUSAND / 1000 * years
    day = np.where(stream.random(dwellings) < share, stream.integers(base_day, end_day + 1, dwellings), NEVER)[people["dwelling"]]
    age = ages_on(people["birth_day"], base_day)
    elder = (age >= 76) & (people["spouse"] == NEVER) & (stream.random(len(age)) < 0.016 * years)
    day = np.where(elder, stream.integers(base_day, end_day + 1, len(age)), day)
    stays = ~people["is_local"] | ((people["death_day"] != NEVER) & (people["death_day"] <= day)) | (people["birth_day"] > day)
    people["moved_day"] = np.where(stays, NEVER, day)


def add_away(stream: Generator, people: Columns, base_day: int) -> None:
    """Add `is_away`: registered people who work elsewhere for half a year and more, couples and children together more often."""
    age = ages_on(people["birth_day"], base_day + 365)
    risk = np.select([age < limit for limit, _ in AWAY_BY_AGE], [share for _, share in AWAY_BY_AGE])
    family = stream.random(int(people["dwelling"].max()) + 1)[people["dwelling"]]
    luck = np.where(stream.random(len(age)) < 0.5, family, stream.random(len(age)))
    local = people["is_local"]
    for _ in range(3):
        risk = risk * AWAY_SHARE / (risk[local] > luck[local]).mean()
    people["is_away"] = local & (luck < risk)


def add_births(stream: Generator, people: Columns, base_day: int, end_day: int) -> Columns:
    """Return the population with the children born from `base_day` to `end_day`, one or two to a married mother."""
    mothers, days, twins = _choose_mothers(stream, people, base_day, end_day)
    mothers, days = np.repeat(mothers, 1 + twins), np.repeat(days, 1 + twins)
    is_twin = np.repeat(twins > 0, 1 + twins)
    count = len(mothers)
    fathers = people["spouse"][mothers]
    basis = np.where(people["is_local"][mothers], mothers, fathers)
    more: Columns = {name: values[basis].copy() for name, values in people.items()}
    nobody = np.full(count, NEVER)
    no = np.zeros(count, dtype=np.bool_)
    more.update(birth_day=days, father=fathers, mother=mothers, spouse=nobody, is_twin=is_twin, is_married_in=no)
    more["sex"] = np.where(stream.random(count) < 0.53, 1, 2)
    more["slot"] = np.array([ord(c) for c in "cde"])[np.maximum(people["branch"][mothers] - 1, 0)]
    more["marriage"] = np.full(count, 10)
    more["surname"] = people["surname"][fathers].copy()
    return append(people, more)


def _choose_mothers(stream: Generator, people: Columns, base_day: int, end_day: int) -> tuple[Whole, Whole, Whole]:
    age = ages_on(people["birth_day"], base_day + 365)
    children = np.bincount(people["mother"][people["mother"] != NEVER], minlength=len(age))
    youngest = np.full(len(age), -(10**6))
    np.maximum.at(youngest, people["mother"][people["mother"] != NEVER], people["birth_day"][people["mother"] != NEVER])
    wives = (people["sex"] == 2) & (people["spouse"] != NEVER) & (age >= 20) & (age <= 41)
    weight = np.select([children == 0, children == 1, children == 2], [3.0, 2.0, 0.5], 0.1) * np.exp(-(((age - 27) / 7.0) ** 2))
    weight = np.where(wives & (base_day - youngest > 330), weight, 0.0)
    wanted = round(people["is_local"].sum() * BIRTHS_PER_THOUSAND / 1000 * (end_day - base_day + 1) / 365.25 / 1.011)
    wanted = round(wanted * weight.sum() / weight[people["is_local"]].sum())
    mothers = pick_weighted(stream, weight, wanted)
    days = stream.integers(base_day, end_day + 1, len(mothers))
    return mothers, days, (stream.random(len(mothers)) < 0.011).astype(np.int64)


def birth_known_days(stream: Generator, people: Columns, base_day: int) -> Whole:
    """Return the day each birth was registered: long ago for people alive on `base_day`, one to six months late for the newborn."""
    late = stream.integers(30, 181, len(people["birth_day"]))
    return np.where(people["birth_day"] >= base_day, people["birth_day"] + late, people["birth_day"] + 60)


def registered_months(people: Columns) -> tuple[Whole, Whole]:
    """Return the first and last month each person stands on the register; incomers get NEVER for both.

    The last month is that in which a death was registered or the family moved away.
    """
    first = months_of_days(people["birth_known_day"])
    end: NDArray[Any] = np.where(people["death_known_day"] != NEVER, people["death_known_day"], people["moved_day"])
    last = np.where(end != NEVER, months_of_days(end), NEVER)
    return np.where(people["is_local"], first, NEVER), np.where(people["is_local"], last, NEVER)


def is_alive(people: Columns, month: int) -> NDArray[np.bool_]:
    """Return who is born by the end of `month` and lives at its end."""
    end = int(last_days(month))
    alive: NDArray[np.bool_] = (people["birth_day"] <= end) & ((people["death_day"] == NEVER) | (people["death_day"] > end))
    return alive
