"""School and disability: long states of a life that rights to aid hang on.

Belongs here: who holds a disability certificate and who goes to which school. Does not belong here: illness and bills
(`simulation.illness`), aid given because of them (`simulation.aid`).
"""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from simulation.calendar import NEVER, Whole, ages_on, dates, day_number, months_of_days, numbers
from simulation.identity import certificate_numbers
from simulation.places import list_villages
from simulation.population import Columns
from simulation.streams import Generator, pick_texts, pick_weighted

CERTIFICATES_PER_THOUSAND: Final = 22.0
KINDS: Final = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重")
KIND_SHARES: Final = np.array([0.12, 0.10, 0.03, 0.51, 0.10, 0.11, 0.03])
GRADE_SHARES: Final = np.array([0.213, 0.361, 0.202, 0.224])
STATES: Final = {"正常": 86, "冻结": 3, "注销": 7, "迁出": 4}
DISABILITY_BY_AGE: Final = ((7, 0.15), (18, 0.45), (40, 0.75), (60, 1.3), (75, 2.2), (200, 1.6))

STAGES: Final = ("学前", "小学", "初中", "高中", "中职", "大学")
FIRST_AGE: Final = {"学前": 3, "小学": 6, "初中": 12, "高中": 15, "中职": 15, "大学": 18}
GRADES: Final = {
    "学前": ("小班", "中班", "大班"),
    "小学": ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级"),
    "初中": ("七年级", "八年级", "九年级"),
    "高中": ("高一", "高二", "高三"),
    "中职": ("中职一年级", "中职二年级", "中职三年级"),
    "大学": ("大一", "大二", "大三"),
}
SCHOOL_STATES: Final = {"在读": 97.2, "转出": 1.3, "休学": 0.5}
FIRST_SCHOOL_YEAR: Final = 2014


def draw_disabilities(stream: Generator, people: Columns, identity_numbers: pl.Series, today: int, first_day: int) -> pl.DataFrame:
    """Return the certificates of registered people; issued before `today`, some expired or no longer in force."""
    age = ages_on(people["birth_day"], first_day)
    weight = np.select([age < limit for limit, _ in DISABILITY_BY_AGE], [w for _, w in DISABILITY_BY_AGE])
    lives = (people["death_day"] == NEVER) | (people["death_day"] > first_day)
    stays = (people["moved_day"] == NEVER) | (people["moved_day"] > first_day)
    weight = np.where(people["is_local"] & lives & stays & (age >= 1), weight, 0.0)
    holders = pick_weighted(stream, weight, round(float((weight > 0).sum()) * CERTIFICATES_PER_THOUSAND / 1000))
    count = len(holders)
    kind = stream.choice(7, size=count, p=KIND_SHARES) + 1
    grade = stream.choice(4, size=count, p=GRADE_SHARES) + 1
    recent = stream.random(count) < 0.08
    issued = np.where(recent, stream.integers(first_day, today, count), stream.integers(day_number("2008-06-01"), first_day, count))
    issued = np.maximum(issued, people["birth_day"][holders] + 300)
    expires = issued + 3652
    old = (stream.random(count) < 0.055) & ~recent
    expires = np.where(old, stream.integers(first_day - 700, first_day - 1, count), np.maximum(expires, today + 60))
    issued = np.where(old, expires - 3652, issued)
    reissued = stream.random(count) < 0.02
    is_minor = age[holders] < 18
    guardian = np.where(people["mother"][holders] != NEVER, people["mother"][holders], people["father"][holders])
    needs_guardian = is_minor | np.isin(kind, [5, 6])
    guardian = np.where(guardian != NEVER, guardian, people["spouse"][holders])
    state = pick_texts(stream, STATES, count)
    return pl.DataFrame(
        {
            "person": holders,
            "kind": pl.Series(KINDS).gather(kind - 1),
            "kind_digit": kind,
            "grade": grade,
            "certificate_number": certificate_numbers(identity_numbers.gather(holders), kind, grade, reissued),
            "issued_date": dates(issued),
            "valid_to": dates(expires),
            "state": state,
            "guardian": numbers(np.where(needs_guardian, guardian, NEVER)),
        }
    )


def school_years(end_day: int) -> range:
    """Return the years in which the school years of the simulation begin."""
    last = int(months_of_days(end_day)) // 12 + 1970
    return range(FIRST_SCHOOL_YEAR, last + 1)


def draw_students(stream: Generator, people: Columns, end_day: int) -> pl.DataFrame:
    """Return one row per student and school year, also those who moved school, paused or have just left it."""
    count = len(people["birth_day"])
    luck, path = stream.random(count), stream.random(count)
    section, boards = stream.integers(1, 7, count), stream.random(count)
    return pl.concat([_school_year(stream, people, year, (luck, path, section, boards)) for year in school_years(end_day)])


def _stage_of(age: Whole, luck: NDArray[np.float64], path: NDArray[np.float64]) -> NDArray[np.object_]:
    """Return the stage of each age on 1 September; after 14 some work, some learn a trade, a quarter go on to college at 18."""
    conditions = [
        (age >= 3) & (age < 6) & (luck < 0.82),
        (age >= 6) & (age < 12) & (luck < 0.995),
        (age >= 12) & (age < 15) & (luck < 0.985),
        (age >= 15) & (age < 18) & (path < 0.58),
        (age >= 15) & (age < 18) & (path >= 0.58) & (path < 0.92),
        (age >= 18) & (age < 21) & (path < 0.26),
    ]
    return np.select(conditions, list(STAGES), "").astype(object)


def _school_year(
    stream: Generator, people: Columns, year: int, draws: tuple[NDArray[np.float64], NDArray[np.float64], Whole, NDArray[np.float64]]
) -> pl.DataFrame:
    luck, path, section, boards = draws
    start, end = day_number(f"{year}-09-01"), day_number(f"{year + 1}-08-31")
    age = ages_on(people["birth_day"], start)
    present = (people["death_day"] == NEVER) | (people["death_day"] > start)
    present &= (people["moved_day"] == NEVER) | (people["moved_day"] > start)
    present &= people["is_local"] | (luck < 0.75)
    stage = _stage_of(age, luck, path)
    just_left = present & (stage == "") & np.isin(age, (15, 18)) & (stream.random(len(age)) < 0.35)
    stage = np.where(just_left, np.where(age == 15, "初中", "高中"), stage)
    chosen = np.flatnonzero(present & (stage != ""))
    words = pl.Series(stage[chosen], dtype=pl.String)
    first = np.select([stage[chosen] == name for name in STAGES], list(FIRST_AGE.values()))
    levels = np.array([len(GRADES[name]) for name in STAGES])[np.array([STAGES.index(name) for name in STAGES])]
    number = np.select([stage[chosen] == name for name in STAGES], list(levels))
    grade = np.clip(age[chosen] - first, 0, number - 1)
    state = pick_texts(stream, SCHOOL_STATES, len(chosen)).zip_with(
        pl.Series(~just_left[chosen]), pl.Series(["毕业"]).new_from_index(0, len(chosen))
    )
    return pl.DataFrame(
        {
            "person": chosen,
            "school": _schools(people, chosen, words, section),
            "stage": words,
            "grade": _grade_words(stage[chosen], grade),
            "class_name": pl.Series(section[chosen]).cast(pl.String) + "班",
            "boarding": pl.Series(np.where((age[chosen] >= 12) & (boards[chosen] < 0.4), "住宿", "走读").astype(object), dtype=pl.String),
            "state": state,
            "from_date": dates(np.full(len(chosen), start)),
            "to_date": dates(np.full(len(chosen), end)),
        }
    )


def _grade_words(stages: NDArray[np.object_], grade: Whole) -> pl.Series:
    words = np.empty(len(stages), dtype=object)
    for name, labels in GRADES.items():
        where = stages == name
        words[where] = np.array(labels, dtype=object)[grade[where]]
    return pl.Series(words, dtype=pl.String)


def _schools(people: Columns, chosen: Whole, stages: pl.Series, section: Whole) -> pl.Series:
    """Return school names: kindergartens and primary schools by village, middle schools by town, the rest in the seat."""
    villages = list_villages()
    home = np.minimum(people["home_village"][chosen], villages.height - 1)
    stem = villages["village_name"].str.strip_suffix("社区").str.strip_suffix("村").gather(home)
    town = villages["town_name"].str.head(2).gather(home)
    number = pl.Series(section[chosen] % 3).cast(pl.Int64)
    ordinal = pl.Series(["第一", "第二", "第三"]).gather(number)
    frame = pl.DataFrame({"stage": stages, "stem": stem, "town": town, "ordinal": ordinal})
    return frame.select(
        pl.when(pl.col("stage") == "学前")
        .then(pl.col("stem") + "幼儿园")
        .when(pl.col("stage") == "小学")
        .then(pl.col("stem") + "小学")
        .when(pl.col("stage") == "初中")
        .then(pl.col("town") + pl.col("ordinal") + "中学")
        .when(pl.col("stage") == "高中")
        .then("Q区" + pl.col("ordinal") + "中学")
        .when(pl.col("stage") == "中职")
        .then(pl.lit("Q区职业中专学校"))
        .otherwise(pl.lit("外地高校"))
        .alias("school")
    )["school"]


def is_student(students: pl.DataFrame, count: int, year: int, *, college: bool = True) -> NDArray[np.bool_]:
    """Return who attends school (state 在读) in the school year that begins in `year`."""
    wanted = pl.col("from_date").dt.year() == year
    rows = students.filter(wanted & (pl.col("state") == "在读") & (pl.lit(college) | (pl.col("stage") != "大学")))
    found = np.zeros(count, dtype=np.bool_)
    found[rows["person"].to_numpy()] = True
    return found
