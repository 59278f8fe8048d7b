"""Dilapidated houses and the yearly plan that rebuilds or mends them (农村危房改造).

Belongs here: which family stands in which year's plan, under which class, and when its house was finished. Does not belong
here: who owns which home (`simulation.property`), how the plan is listed (`simulation.rolls.property`).

The class is that of the year of the plan: a family may have left 低保 since, which is lawful (domain.md §2.2 row 39).
"""

from typing import Final

import numpy as np
import polars as pl

from simulation.calendar import EPOCH_YEAR, Whole, dates, first_days, last_days, month_texts
from simulation.circumstances import Circumstances, spread_days
from simulation.families import Mask
from simulation.streams import Generator, pick_some

PLANNED_PER_YEAR: Final = 120
LEAST: Final = 6
CLASSES: Final = {"低保户": 0.52, "分散供养五保户": 0.13, "贫困残疾人": 0.20, "其他": 0.15}
BUILDS_ANEW: Final = {"低保户": 0.6, "分散供养五保户": 0.5, "贫困残疾人": 0.6, "其他": 0.7}
UNFINISHED: Final = 0.12


def draw_repairs(circumstances: Circumstances) -> pl.DataFrame:
    """Return the plans of all simulated years.

    Columns: person, class, members, mode (新建/修缮), grade (C/D), year, area (square metres), amount (fen), finished_date (null
    while unfinished).
    """
    setting = circumstances.setting
    stream = setting.stream("belongings: repairs")
    years = range(setting.begin // 12 + EPOCH_YEAR, setting.last // 12 + EPOCH_YEAR + 1)
    free = np.ones(setting.count, dtype=np.bool_)
    plans = [_plan_year(stream, circumstances, year, free) for year in years]
    return pl.concat(plans)


def _plan_year(stream: Generator, circumstances: Circumstances, year: int, free: Mask) -> pl.DataFrame:
    """Return the families of one year's plan; `free` loses their people, a house is rebuilt once."""
    total = circumstances.setting.number(PLANNED_PER_YEAR, LEAST)
    parts = []
    for name, share in CLASSES.items():
        pool = np.flatnonzero(_in_class(circumstances, name, year) & free)
        chosen = pick_some(stream, pool, max(1, round(total * share)))
        free[np.isin(circumstances.setting.units, circumstances.setting.units[chosen])] = False
        free[chosen] = False
        parts.append(_fill_plan(stream, circumstances, chosen, name, year))
    return pl.concat(parts)


def _in_class(circumstances: Circumstances, name: str, year: int) -> Mask:
    """Return who could stand in the plan under a class: villagers at home, one adult a family."""
    about, aid = circumstances, circumstances.aid
    village = about.persons["village_code"].str.slice(9, 1).is_in(["2", "3"]).to_numpy()
    owner = (about.setting.units == np.arange(about.setting.count)) & about.lives & about.is_settled & (about.age >= 26) & village
    start, end = month_texts(np.array([year * 12 - EPOCH_YEAR * 12, year * 12 - EPOCH_YEAR * 12 + 11])).to_list()
    held = (pl.col("from_month") <= end) & (pl.col("to_month").is_null() | (pl.col("to_month") >= start))
    disabled = about.mask(aid.disabilities.filter(pl.col("state") == "正常")["person"].to_numpy())
    classes = {
        "低保户": about.mask(aid.dibao_members.filter(held & pl.col("enjoys"))["person"].to_numpy()),
        "分散供养五保户": about.mask(aid.tekun.filter(held & (pl.col("care_code") == "分散"))["person"].to_numpy()),
        "贫困残疾人": ~about.is_poor & disabled,
        "其他": ~about.is_poor & ~disabled,
    }
    return np.asarray(owner & classes[name], dtype=np.bool_)


def _fill_plan(stream: Generator, circumstances: Circumstances, person: Whole, name: str, year: int) -> pl.DataFrame:
    setting, count = circumstances.setting, len(person)
    january = (year - EPOCH_YEAR) * 12
    finished = stream.permutation(spread_days(stream, count, int(first_days(january + 2)), int(last_days(january + 11))))
    is_new = stream.random(count) < BUILDS_ANEW[name]
    size = np.bincount(setting.units[setting.units >= 0], minlength=setting.count)[person]
    amount = np.where(is_new, stream.integers(16, 25, count), stream.integers(5, 11, count)) * 100_000
    never = pl.Series(stream.random(count) < UNFINISHED)
    return pl.DataFrame(
        {
            "person": person,
            "class": pl.Series([name] * count, dtype=pl.String),
            "members": np.maximum(size, 1),
            "mode": pl.Series(np.where(is_new, "新建", "修缮").astype(object), dtype=pl.String),
            "grade": pl.Series(np.where(is_new, "D", "C").astype(object), dtype=pl.String),
            "year": np.full(count, year),
            "area": stream.integers(38, 96, count),
            "amount": amount.astype(np.int64),
            "finished_date": dates(finished).set(never, None),
        }
    )
