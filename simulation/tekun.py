"""People in destitute support (特困): chosen among elders and severely disabled people without family.

Belongs here: who is supported, since when, how. Does not belong here: what is paid (`simulation.allowances`).
"""

from typing import Final

import numpy as np
import polars as pl

from simulation.calendar import NEVER, Whole, ages_on, first_days, month_of, month_texts, numbers
from simulation.setting import Setting
from simulation.streams import pick_texts, pick_weighted

PERSONS: Final = 325
"""For 280 at any one time (domain.md §7.6): some enter during the simulation, some have died."""

LEAST: Final = 26
ONE_IN_HOMES: Final = 5
"""One in so many lives in an institution (20 %)."""

BASIC: Final = 70_200
CARE: Final = {"全自理": 15_000, "半护理": 30_000, "全护理": 60_000}
HOMES: Final = {"Q区社会福利中心": 3, "TL镇敬老院": 2, "HL镇敬老院": 1}


def choose_tekun(setting: Setting) -> Whole:
    """Return the persons in destitute support at some time of the simulation."""
    people = setting.people
    stream = setting.stream("tekun")
    age = ages_on(people["birth_day"], int(first_days(setting.first)))
    living = setting.living(setting.first)
    children = np.zeros(setting.count, dtype=np.int64)
    for name in ("father", "mother"):
        known = (people[name] != NEVER) & living
        np.add.at(children, people[name][known], 1)
    units = setting.units
    size = np.bincount(units[units != NEVER], minlength=setting.count)
    alone = living & people["is_local"] & (units == np.arange(setting.count)) & (size == 1) & (children == 0)
    weight = np.where(alone & (age >= 60), np.where(people["sex"] == 1, 3.0, 1.0), 0.0) + np.where(
        alone & (age >= 45) & (age < 60), 0.15, 0.0
    )
    weight *= ~people["is_away"]
    stop = setting.stop_month
    weight *= np.where((stop != NEVER) & (stop < setting.first + 2), 0.2, 1.0)
    return pick_weighted(stream, weight, setting.number(PERSONS, LEAST))


def build_tekun(setting: Setting, chosen: Whole, starts: Whole, accounts: pl.Series) -> pl.DataFrame:
    """Return the `tekun` frame; `starts` are the first months of support."""
    stream = setting.stream("tekun terms")
    count = len(chosen)
    order = np.argsort(np.argsort(starts, kind="stable"), kind="stable")
    in_home = order % ONE_IN_HOMES == int(stream.integers(ONE_IN_HOMES))
    home = pick_texts(stream, HOMES, count)
    self_care = pick_texts(stream, {"全自理": 55, "半护理": 28, "全护理": 17}, count)
    care = self_care.replace_strict(CARE, return_dtype=pl.Int64)
    carers = _choose_carers(setting, chosen)
    institution_account = home.replace_strict({name: f"62170019000000{i:05d}" for i, name in enumerate(HOMES)})
    return pl.DataFrame(
        {
            "person": chosen,
            "care_code": pl.Series(np.where(in_home, "集中", "分散").astype(object), dtype=pl.String),
            "institution": home.set(pl.Series(~in_home), None),
            "self_care": self_care,
            "basic": np.full(count, BASIC),
            "care": care,
            "carer": numbers(np.where(in_home, NEVER, carers)),
            "from_month": month_texts(starts),
            "to_month": month_texts(setting.cut(chosen, np.full(count, NEVER))),
            "account": institution_account.zip_with(pl.Series(in_home), accounts.gather(chosen)),
        }
    )


def draw_starts(setting: Setting, count: int) -> Whole:
    """Return first months of support: mostly long ago, a tenth since the simulation began."""
    stream = setting.stream("tekun starts")
    recent = stream.random(count) < 0.12
    old = stream.integers(month_of(2008, 1), month_of(2014, 12), count)
    return np.where(recent, stream.integers(setting.begin + 1, max(setting.last, setting.begin + 2), count), old)


def _choose_carers(setting: Setting, chosen: Whole) -> Whole:
    """Return a neighbour of working age for each person: somebody who lives in the same village."""
    people = setting.people
    stream = setting.stream("carers")
    age = ages_on(people["birth_day"], int(first_days(setting.first)))
    able = np.flatnonzero(setting.living(setting.last) & (age >= 35) & (age < 62) & ~people["is_away"])
    able = able[np.argsort(people["home_village"][able], kind="stable")]
    villages = people["home_village"][able]
    low = np.searchsorted(villages, people["home_village"][chosen], side="left")
    high = np.searchsorted(villages, people["home_village"][chosen], side="right")
    pick = low + (stream.random(len(chosen)) * np.maximum(high - low, 1)).astype(np.int64)
    return np.asarray(able[np.minimum(pick, len(able) - 1)], dtype=np.int64)
