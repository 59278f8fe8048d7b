"""Gifts for pupils and students by the education association, the union and the charity federation.

Belongs here: who got into which school and who gave how much. Does not belong here: student aid of the state
(`simulation.schooling`). What the federation gave stands in its own ledger too; here it is repeated, not given again.
"""

from typing import Final

import numpy as np
import polars as pl

from simulation.aid import AidFrames
from simulation.calendar import Whole, dates, day_number
from simulation.ledgers import LEAST
from simulation.setting import Setting
from simulation.streams import Generator, pick_texts

PER_YEAR: Final = 900
LEVELS: Final = {"高中": ("普通高中批", 3), "中职": ("中等职业批", 3), "大学": ("本科批", 4)}
GIVERS: Final = {"区教育促进会": 70, "区总工会": 30}
KINDS: Final = {"区教育促进会": "奖优助困", "区总工会": "金秋助学", "区慈善总会": "慈善助学"}
HARDSHIPS: Final = {"低保": 26, "单亲": 16, "重病": 18, "残疾": 12, "孤儿": 2, "其他": 26}
COLLEGES: Final = ("本省师范大学", "本省理工大学", "外省综合大学", "本市职业学院")
SEASONS: Final = ((2, 20, 0.25), (8, 25, 0.75))
"""Month, day and share of the two seasons of giving: the spring term and, above all, admission."""


def draw_school_gifts(setting: Setting, students: pl.DataFrame, aid: AidFrames) -> pl.DataFrame:
    """Return gifts of each asked year and the year before, and the federation's gifts to people of that age, repeated."""
    stream = setting.stream("school gifts")
    parts = []
    for year in range(int(setting.texts[0][:4]) - 1, int(setting.texts[-1][:4]) + 1):
        for month, day, share in SEASONS:
            around = day_number(f"{year}-{month:02d}-{day:02d}") + stream.integers(-12, 13, max(LEAST, _count(setting, share)))
            parts.append(_draw_season(setting, stream, students, year if month > 6 else year - 1, np.sort(around)))
    gifts = pl.concat([*parts, _repeat_charity(setting, stream, students, aid)], rechunk=True)
    today = dates(np.array([setting.today]))[0]
    return gifts.filter(pl.col("paid_date") <= today).with_row_index("gift").with_columns(pl.col("gift").cast(pl.Int64))


def _count(setting: Setting, share: float) -> int:
    return round(PER_YEAR * setting.scale * share)


def _draw_season(setting: Setting, stream: Generator, students: pl.DataFrame, school_year: int, days: Whole) -> pl.DataFrame:
    """Return one season's gifts to students of the school year that begins in `school_year`, each student once."""
    living = np.flatnonzero(setting.living(setting.last))
    there = students.filter(
        (pl.col("from_date").dt.year() == school_year) & (pl.col("state") == "在读") & pl.col("stage").is_in(list(LEVELS))
    )
    there = there.filter(pl.col("person").is_in(pl.Series(living).implode())).unique("person", keep="first", maintain_order=True)
    rows = there[stream.permutation(there.height)[: len(days)].tolist()]
    count = rows.height
    giver = pick_texts(stream, GIVERS, count)
    return _gift_frame(stream, rows, giver, stream.integers(10, 61, count) * 10_000, pl.Series(dates(days[:count])))


def _repeat_charity(setting: Setting, stream: Generator, students: pl.DataFrame, aid: AidFrames) -> pl.DataFrame:
    """Return the federation's gifts for schooling to people who are at school, as the joint list repeats them."""
    stages = students.filter(pl.col("stage").is_in(list(LEVELS))).unique("person", keep="last", maintain_order=True)
    given = aid.payments.filter(pl.col("programme_code") == "CHA_E").select("person", "amount", "paid_date")
    rows = given.join(stages, on="person", how="inner", maintain_order="left")
    giver = pl.Series(["区慈善总会"], dtype=pl.String).new_from_index(0, rows.height)
    return _gift_frame(stream, rows, giver, rows["amount"].to_numpy(), rows["paid_date"])


def _gift_frame(stream: Generator, rows: pl.DataFrame, giver: pl.Series, amount: Whole, paid: pl.Series) -> pl.DataFrame:
    count, stage = rows.height, rows["stage"]
    is_college = stage == "大学"
    return pl.DataFrame(
        {
            "person": rows["person"],
            "school": rows["school"].zip_with(~is_college, pick_texts(stream, COLLEGES, count)),
            "batch": stage.replace_strict({name: batch for name, (batch, _) in LEVELS.items()}, return_dtype=pl.String),
            "years": stage.replace_strict({name: years for name, (_, years) in LEVELS.items()}, return_dtype=pl.Int64),
            "kind": giver.replace_strict(KINDS, return_dtype=pl.String),
            "hardship": pick_texts(stream, HARDSHIPS, count),
            "income": stream.integers(200, 900, count) * 100,
            "earlier": np.where(stream.random(count) < 0.2, stream.integers(5, 40, count) * 10_000, 0),
            "amount": pl.Series(amount).cast(pl.Int64),
            "giver": giver,
            "paid_date": paid,
        }
    )
