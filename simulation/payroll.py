"""Who is paid by the treasury under which item, and who pays into the housing fund.

Belongs here: posts, pay, units, months of pay; housing fund accounts. Does not belong here: how the lists look
(`simulation.rolls.payroll`), who holds a village post (`simulation.officials`).

Pay items that are no salary stand on the same list (domain.md §3.4): missed-work money of village cadres, public welfare posts,
money for surviving dependants, substitute teachers. People on aid are among them lawfully.
"""

from typing import Final

import numpy as np
import polars as pl

from simulation.calendar import Whole, dates, day_number
from simulation.circumstances import Circumstances, weigh_age, words
from simulation.families import Mask
from simulation.places import TOWNS
from simulation.streams import Generator, pick_some, pick_texts, pick_weighted

STAFF: Final = 7_400
STAFF_POSTS: Final = {"公务员": 22, "事业人员": 30, "教师": 33, "医护人员": 15}
WELFARE_POSTS, SURVIVORS, SUBSTITUTES = 320, 150, 60
POOR_SHARE: Final = {"公益性岗位": 0.35, "遗属补助": 0.30}
OFFICES: Final = (
    "区民政局",
    "区教育局",
    "区财政局",
    "区住建局",
    "区司法局",
    "区农业局",
    "区交通局",
    "区林业局",
    "区文体局",
    "区市场监管局",
)
HOSPITALS: Final = ("区医院", "区中医院", "区妇幼保健院", *(f"{town.name}卫生院" for town in TOWNS))
SCHOOLS: Final = tuple(f"{town.name}{kind}" for town in TOWNS for kind in ("中心小学", "第二小学", "中学"))
TOWN_HALLS: Final = tuple(f"{town.name}人民政府" if town.name.endswith("镇") else f"{town.name}办事处" for town in TOWNS)
STAFF_EDUCATION: Final = {"大学本科": 9.0, "大专": 7.0, "中专": 4.0, "高中": 1.5, "初中": 0.25}
BASE_PAY: Final = {"公务员": 4_600, "事业人员": 3_900, "教师": 4_300, "医护人员": 4_100}
SMALL_PAY: Final = {"村主干误工补贴": 1_450, "公益性岗位": 1_320, "遗属补助": 465, "代课教师": 1_900}

WORKERS: Final = 8_600
"""Fund members employed by firms."""
FIRMS: Final = tuple(
    f"Q市{name}{trade}有限公司"
    for name in ("恒源", "闽港", "泰石", "华岸", "东盛", "金帆")
    for trade in ("石化", "物流", "建材", "食品", "机械")
)
SEALED_POOR: Final = 60
"""Poor people with a sealed account from an earlier job."""


def draw_payroll(circumstances: Circumstances, cadres: pl.DataFrame, barred: Mask) -> pl.DataFrame:
    """Return everybody on the treasury's list: person, unit, post, pay (fen a month). `barred` have or had a sentence."""
    stream = circumstances.setting.stream("belongings: payroll")
    free = ~barred
    free[cadres["person"].to_numpy()] = False
    staff = _hire_staff(stream, circumstances, free)
    free[staff["person"].to_numpy()] = False
    halls = pick_texts(stream, TOWN_HALLS, cadres.height)
    paid = pl.Series(stream.integers(-150, 151, cadres.height) + SMALL_PAY["村主干误工补贴"])
    village = pl.DataFrame(
        {"person": cadres["person"], "unit": halls, "post": words(["村主干误工补贴"] * cadres.height), "pay": paid * 100}
    )
    parts = [staff, village]
    for post, count in (("公益性岗位", WELFARE_POSTS), ("遗属补助", SURVIVORS), ("代课教师", SUBSTITUTES)):
        parts.append(_pay_item(stream, circumstances, post, count, free))
        free[parts[-1]["person"].to_numpy()] = False
    return pl.concat(parts).sort("unit", "post", "person", maintain_order=True)


def _hire_staff(stream: Generator, circumstances: Circumstances, free: Mask) -> pl.DataFrame:
    about = circumstances
    schooled = about.persons["education"].replace_strict(STAFF_EDUCATION, default=0.0, return_dtype=pl.Float64).to_numpy()
    able = free & about.lives & about.is_settled & ~about.is_poor & ~about.is_student & (about.age < np.where(about.is_man, 60, 55))
    weights = weigh_age(about.age, 23, 59, 40, 16) * schooled * able
    person = stream.permutation(pick_weighted(stream, weights, about.setting.number(STAFF)))
    post = pick_texts(stream, STAFF_POSTS, len(person))
    pay = post.replace_strict(BASE_PAY, return_dtype=pl.Int64).to_numpy() + about.age[person] * 28 + stream.integers(-300, 900, len(person))
    office = pl.concat([pl.Series(OFFICES * 3), pl.Series(TOWN_HALLS)])
    offices = office.gather(stream.integers(len(office), size=len(person)))
    rows = pl.DataFrame({"person": person, "post": post, "pay": pay * 100, "office": offices})
    rows = rows.with_columns(school=pick_texts(stream, SCHOOLS, len(person)), hospital=pick_texts(stream, HOSPITALS, len(person)))
    unit = pl.when(pl.col("post") == "教师").then("school").when(pl.col("post") == "医护人员").then("hospital").otherwise("office")
    return rows.select("person", unit.alias("unit"), "post", "pay")


def _pay_item(stream: Generator, circumstances: Circumstances, post: str, at_full_size: int, free: Mask) -> pl.DataFrame:
    """Return people on an item that is no salary, some of them on aid lists."""
    about = circumstances
    count = about.setting.number(at_full_size, 3)
    old = post == "遗属补助"
    able = (
        free
        & about.lives
        & about.is_settled
        & ~about.is_student
        & np.where(old, (about.age >= 58) & ~about.is_man, (about.age >= 24) & (about.age < 58))
    )
    poor = pick_some(stream, np.flatnonzero(able & about.is_drawing), max(1, round(count * POOR_SHARE[post])) if post in POOR_SHARE else 0)
    others = pick_some(stream, np.flatnonzero(able & ~about.is_poor), count - len(poor))
    person = np.concatenate([poor, others])
    units = SCHOOLS if post == "代课教师" else TOWN_HALLS
    pay = SMALL_PAY[post] + stream.integers(-5, 6, len(person)) * 10
    return pl.DataFrame(
        {"person": person, "unit": pick_texts(stream, units, len(person)), "post": words([post] * len(person)), "pay": pay * 100}
    )


def draw_fund(circumstances: Circumstances, payroll: pl.DataFrame, absent: Mask) -> pl.DataFrame:
    """Return the accounts of the housing fund: person, unit, base, monthly (fen), state, opened_date. `absent` are detained."""
    about = circumstances
    stream = about.setting.stream("belongings: housing fund")
    staff = payroll.filter(pl.col("post").is_in(list(STAFF_POSTS))).select("person", "unit", base="pay")
    free = ~absent
    free[payroll["person"].to_numpy()] = False
    firm = pl.concat([_employ(stream, about, free), _seal(stream, about, free)])
    rows = pl.concat([staff.with_columns(is_sealed=pl.lit(value=False)), firm])
    count = rows.height
    opened = stream.integers(day_number("2003-01-01"), about.setting.today, count)
    sealed = rows["is_sealed"].to_numpy() | (stream.random(count) < 0.05)
    percent = 2 * stream.integers(8, 13, count)
    monthly = rows["base"].to_numpy() * percent // 100 // 100 * 100
    return rows.select("person", "unit", "base").with_columns(
        monthly=pl.Series(np.where(sealed, 0, monthly)),
        state=words(np.where(sealed, "封存", "正常")),
        opened_date=dates(np.maximum(opened, about.adult_day[rows["person"].to_numpy()])),
    )


def _employ(stream: Generator, circumstances: Circumstances, free: Mask) -> pl.DataFrame:
    about = circumstances
    hired = np.where((about.persons["occupation"] == "企业职工").to_numpy(), 6.0, 1.0)
    able = free & about.lives & ~about.is_poor & ~about.is_student & about.is_at_home_here
    person = pick_weighted(stream, weigh_age(about.age, 20, 58, 36, 14) * hired * able, about.setting.number(WORKERS))
    return _accounts(stream, person, is_sealed=False)


def _seal(stream: Generator, circumstances: Circumstances, free: Mask) -> pl.DataFrame:
    about = circumstances
    able = np.flatnonzero(free & about.is_poor & about.lives & (about.age >= 28) & (about.age < 60))
    return _accounts(stream, pick_some(stream, able, about.setting.number(SEALED_POOR, 2)), is_sealed=True)


def _accounts(stream: Generator, person: Whole, *, is_sealed: bool) -> pl.DataFrame:
    base = stream.integers(21, 62, len(person)) * 10_000
    unit = pick_texts(stream, FIRMS, len(person))
    return pl.DataFrame({"person": person, "unit": unit, "base": base}).with_columns(is_sealed=pl.lit(is_sealed))
