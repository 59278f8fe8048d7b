"""Who gives to the charity federation's named funds, and on what conditions.

Belongs here: donors, funds, what a donation is for and how much of it is spent. Does not belong here: whom a fund helps
(`simulation.relief`).
"""

from typing import Final

import numpy as np
import polars as pl

from simulation.calendar import ages_on, dates, first_days
from simulation.ledgers import count_entries, spread_days
from simulation.setting import Setting
from simulation.streams import pick_texts

PER_YEAR: Final = 140
FUNDS: Final = {"“海丝”助医基金": 30, "宗亲助学基金": 22, "石化企业爱心基金": 20, "敬老助残基金": 16, "阳光助困基金": 12}
CONDITIONS: Final = {
    "限本区户籍重病患者": "助医",
    "限当年考入高中以上的困难学生": "助学",
    "限本村困难家庭": "助困",
    "限80周岁以上老人和残疾人": "助困",
    "不限用途": "安居",
}
FIRMS: Final = ("海港石化有限公司", "前埔石材有限公司", "东海渔业合作社", "金山建筑工程有限公司", "丰泽鞋服有限公司", "海外同乡会")


def draw_donations(setting: Setting) -> pl.DataFrame:
    """Return donations; somewhat over a third are given by people, the rest by firms and associations."""
    stream = setting.stream("donations")
    count = count_entries(setting, PER_YEAR)
    people = setting.people
    age = ages_on(people["birth_day"], int(first_days(setting.first)))
    grown = np.flatnonzero((age >= 30) & (age < 75) & setting.living(setting.last) & people["is_local"])
    person, is_person = stream.choice(grown, count), stream.random(count) < 0.4
    is_person[0] = True
    firm = pick_texts(stream, FIRMS, count)
    words = pl.Series(list(CONDITIONS)).gather(stream.integers(len(CONDITIONS), size=count))
    amount = np.where(is_person, stream.integers(1, 30, count) * 100_000, stream.integers(2, 60, count) * 1_000_000)
    return pl.DataFrame(
        {
            "donation": np.arange(count),
            "person": pl.Series(person).set(pl.Series(~is_person), None),
            "contact": pl.Series(stream.choice(grown, count)).set(pl.Series(is_person), None),
            "donor": firm.set(pl.Series(is_person), None),
            "fund": pick_texts(stream, FUNDS, count),
            "conditions": words,
            "amount": amount,
            "purpose": words.replace_strict(CONDITIONS, return_dtype=pl.String),
            "used": (amount * stream.random(count)).astype(np.int64) // 10_000 * 10_000,
            "donated_date": dates(spread_days(setting, stream, count)),
        }
    )
