"""Running ledgers: how many entries a year has in a district of this size, on which days, for which families.

Belongs here: what the ledgers of villages, charities and referral desks share. Does not belong here: what any of them says.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulation.aid import AidFrames
from simulation.calendar import Whole, ages_on, first_days
from simulation.setting import Setting
from simulation.streams import Generator

LEAST: Final = 8
"""Entries a ledger has at least, so that the smallest district has something of everything."""


def count_entries(setting: Setting, per_year: int, least: int = LEAST) -> int:
    """Return how many entries the ledgers of the asked months show, from the number of a year in the full Q区."""
    start, end = setting.ledger_days
    return max(least, round(per_year * setting.scale * (end - start + 1) / 365.25))


def spread_days(setting: Setting, stream: Generator, count: int) -> Whole:
    """Return the days of `count` entries, spread over the ledger in rising order; the first is known by the first asked month."""
    start, end = setting.ledger_days
    days = start + ((np.arange(count) + stream.random(count)) * (end - start + 1) / count).astype(np.int64)
    days[0] = min(int(days[0]), int(first_days(setting.first)) + 9)
    return np.minimum(days, end)


def weigh_families(setting: Setting, aid: AidFrames, poor_weight: float) -> NDArray[np.float64]:
    """Return a weight for everybody: 1 for the grown-up owner of a registered family, more when it is on 低保, else 0."""
    units = setting.units
    age = ages_on(setting.people["birth_day"], int(first_days(setting.first)))
    is_owner = (units == np.arange(setting.count)) & (age >= 22) & setting.people["is_local"] & setting.living(setting.last)
    poor = units[aid.cases.member[aid.cases.enjoys]]
    weight = np.where(is_owner, 1.0, 0.0)
    poor = poor[poor >= 0]
    weight[poor] = np.where(is_owner[poor], poor_weight, 0.0)
    return weight


def choose_people(stream: Generator, weight: NDArray[np.float64], count: int) -> Whole:
    """Return `count` people drawn by weight; the same person may be drawn again."""
    return np.asarray(stream.choice(len(weight), count, p=weight / weight.sum()), dtype=np.int64)
